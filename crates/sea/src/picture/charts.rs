//! What a node may know of the sea before it hears anything: anchorages, areas, the coastline. A detector that needs a
//! chart which is not there is off, and this says so.

use crate::behaviour::Kind;
use crate::behaviour::area::shape::Areas;
use crate::behaviour::integrity::land::Land;
use crate::behaviour::port_visit::anchorages::Anchorages;

/// See the module. All empty: nothing is known.
#[derive(Clone, Debug, Default)]
pub struct Charts {
    pub anchorages: Anchorages,
    pub areas: Areas,
    pub land: Option<Land>,
}

impl Charts {
    /// The kinds that are not looked for, since what they need is not there.
    pub fn off(&self) -> Vec<Kind> {
        let needs = [
            (Kind::PortVisit, self.anchorages.is_empty()),
            (Kind::AreaEntry, self.areas.is_empty()),
            (Kind::OnLand, self.land.is_none()),
        ];
        needs.into_iter().filter_map(|(kind, missing)| missing.then_some(kind)).collect()
    }
}
