//! Tracks: the runs of fixes that one hull can have made under one MMSI, and who the vessel says it is. Motion
//! that no hull can make starts another track; no fix is dropped.

pub mod clock;
pub mod conflict;
pub mod fix;
pub mod identity;
pub mod positions;
pub mod reorder;
pub mod segments;
pub mod split;

pub use fix::Fix;
pub use identity::{Identity, IdentityChange, Vessel};
