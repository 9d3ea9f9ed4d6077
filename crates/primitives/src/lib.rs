//! The types every other crate speaks: instants, positions, units, ids, evidence and the one coin between
//! detectors and leads, [`Indication`]. Nothing here reads a clock, a file or the environment.

pub mod container;
pub mod evidence;
pub mod finding;
pub mod geodesy;
pub mod ids;
pub mod indication;
pub mod instant;
pub mod markings;
pub mod mid;
pub mod mmsi;
pub mod officer;
pub mod position;
pub mod ratios;
pub mod releasable;
pub mod released;
pub mod units;

pub use container::ContainerNumber;
pub use evidence::EvidenceRef;
pub use ids::{
    EventId, FactId, IncidentId, IndicationId, LeadId, OfficerId, ReleaseId, SourceId, SuspensionId, TrackId,
};
pub use indication::{Basis, Family, Indication, IndicationCode, LogLikelihoodRatio, Numbers, Subject};
pub use instant::{Duration, Instant};
pub use mmsi::Mmsi;
pub use officer::{Ability, Officer, Role};
pub use position::Position;
pub use releasable::{Offer, Originator, Releasable};
pub use units::Metres;
