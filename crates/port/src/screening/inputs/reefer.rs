//! Reefer controller readings from a file of their own, as events of the model.
//!
//! ```csv
//! id,at,container,setpoint_celsius,return_air_celsius,supply_air_celsius,powered,defrosting,panel_open
//! 1,2026-11-20T10:00:00Z,CSQU3054383,-18,-17.5,-19,true,false,
//! ```

use bitacora_primitives::{EvidenceRef, Instant};
use serde::{Deserialize, Serialize};

use crate::screening::container::ContainerNumber;
use crate::screening::event::{ContainerEvent, EventKind, ReeferReading};

#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReeferRow {
    pub id: String,
    pub at: Instant,
    pub container: ContainerNumber,
    pub setpoint_celsius: Option<f64>,
    pub return_air_celsius: Option<f64>,
    pub supply_air_celsius: Option<f64>,
    pub powered: Option<bool>,
    pub defrosting: Option<bool>,
    pub panel_open: Option<bool>,
}

impl ReeferRow {
    /// `authority` is whose ids these are ([`ContainerEvent::id_of`]).
    pub fn event(self, authority: &str, received: Instant, evidence: EvidenceRef) -> ContainerEvent {
        let id = ContainerEvent::id_of(authority, &self.id);
        let mut event =
            ContainerEvent::new(id, EventKind::ReeferMeasured, self.container, self.at, received, evidence);
        event.reference = Some(self.id);
        event.reefer = Some(ReeferReading {
            setpoint_celsius: self.setpoint_celsius,
            return_air_celsius: self.return_air_celsius,
            supply_air_celsius: self.supply_air_celsius,
            powered: self.powered,
            defrosting: self.defrosting,
            panel_open: self.panel_open,
        });
        event
    }
}
