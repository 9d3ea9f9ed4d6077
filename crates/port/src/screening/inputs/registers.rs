//! Registers a node may load: seal ranges issued, travel times between facilities, boxes that were found bad.
//!
//! ```csv
//! prefix,first,last,digits,maker,issued_to,issued_at
//! EC,4471000,4471999,7,ML-CO,SHIPPER-1,2026-09-01T00:00:00Z
//! ```
//! ```csv
//! from,to,minutes
//! COCTG-SPRC,COTRB-PTA,310
//! ```
//! ```csv
//! container,at
//! CSQU3054383,2026-11-19T12:00:00Z
//! ```

use bitacora_primitives::Instant;
use serde::{Deserialize, Serialize};

use crate::screening::container::ContainerNumber;
use crate::screening::locode::Facility;

/// Serials issued to one shipper or customs office, ends included.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SealRange {
    pub prefix: String,
    pub first: u64,
    pub last: u64,
    /// Digits of a serial, zeros in front included.
    pub digits: usize,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub maker: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issued_to: Option<String>,
    pub issued_at: Instant,
}

/// Least time on the road between two facilities, either way.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TravelTime {
    pub from: Facility,
    pub to: Facility,
    pub minutes: u32,
}

/// A box in which something was found.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FoundBad {
    pub container: ContainerNumber,
    pub at: Instant,
}
