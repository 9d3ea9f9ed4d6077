//! Screening: what a container's history shows that an officer may want to look at. Events of every source come in one
//! model; rules over them raise alerts with their events and numbers. An alert never says why, and never names anyone
//! guilty.

pub mod alert;
pub mod baseline;
pub mod event;
pub mod inputs;
pub mod journey;
pub mod locode;
pub mod pseudonym;
mod robust;
pub mod rules;
pub mod seal;
pub mod seal_difference;
pub mod thresholds;
pub mod weights;

pub use alert::{Alert, AlertFamily, Finding, Gap, GapKind, InnocentCause, Reread, Rule};

pub use bitacora_primitives::container::{self, ContainerNumber, NumberDefect};
pub use event::{
    Classifier, ContainerEvent, DoorSide, EventKind, Kilograms, MassReading, Movement, ReeferReading,
    VgmMethod, YardPlace,
};
pub use inputs::Inputs;
pub use journey::Journey;
pub use locode::{Facility, UnLocode};
pub use pseudonym::{CodeHash, Pseudonym};
pub use rules::{FieldScreened, screen};
pub use seal::{
    ReadBy, SealClass, SealCondition, SealNumber, SealPlacement, SealReading, SealSource, SealType,
};
pub use seal_difference::{SealDifference, Tier};
pub use thresholds::Thresholds;
