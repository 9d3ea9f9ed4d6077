//! What a node hands to the rules beside events: orders, access log, telematics, registers. One row type a file, with its
//! columns documented by an example; reading the files is the feeds' work.

pub mod access;
pub mod orders;
pub mod reefer;
pub mod registers;
pub mod telematics;

pub use access::{AccessAction, AccessObject, AccessRecord};
pub use orders::{Order, OrderKind};
pub use reefer::ReeferRow;
pub use registers::{FoundBad, SealRange, TravelTime};
pub use telematics::TelematicsRecord;

use super::event::ContainerEvent;

/// Everything one screening looks at. Whatever is not given is not judged, never assumed to be clean.
#[derive(Clone, Debug, Default)]
pub struct Inputs {
    /// In any order, with repeats.
    pub events: Vec<ContainerEvent>,
    /// `None`: an event's own order number counts as it stands. `Some`: it has to be one of these.
    pub orders: Option<Vec<Order>>,
    pub access: Vec<AccessRecord>,
    pub telematics: Vec<TelematicsRecord>,
    pub seal_ranges: Vec<SealRange>,
    pub travel_times: Vec<TravelTime>,
    pub found_bad: Vec<FoundBad>,
}
