//! The road from the shipper to the gate, as the truck reports it.
//!
//! ```csv
//! id,at,container,truck,driver,speed_kmh,allowed_place
//! 1,2026-11-20T07:40:00Z,CSQU3054383,TRK-118,st-7f00,0.0,false
//! ```

use bitacora_primitives::Instant;
use serde::{Deserialize, Serialize};

use crate::screening::container::ContainerNumber;
use crate::screening::pseudonym::Pseudonym;

#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TelematicsRecord {
    pub id: String,
    pub at: Instant,
    pub container: ContainerNumber,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub truck: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub driver: Option<Pseudonym>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub speed_kmh: Option<f64>,
    /// Whether the place is one where this route may stop (fuel, weigh-bridge, depot). `None`: not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub allowed_place: Option<bool>,
}
