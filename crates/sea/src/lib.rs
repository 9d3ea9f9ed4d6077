//! From contacts to tracks to behaviour events. Pure: the same reports give the same events, in any order of
//! arrival within the lateness bound.

pub mod archive;
pub mod association;
pub mod behaviour;
pub mod contacts;
pub mod indications;
pub mod picture;
pub mod tracks;

pub use behaviour::{Event, EventEvidence, EvidenceRole, Kind, Parameters};
pub use picture::{Ahead, Charts, Counts, Detectors, Output, Picture, Refusal, Told};
pub use tracks::{Identity, IdentityChange, Vessel};
