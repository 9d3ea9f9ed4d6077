//! What is assumed of reception and of vessels before the feed says anything, with the reason for each.

use bitacora_primitives::Duration;
use serde::{Deserialize, Serialize};

#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ReceptionParameters {
    /// Edge of the smallest cells, degrees. A shore station is heard over some 40 NM: a cell is well below that.
    pub cell_deg: f64,
    /// What was seen so long ago weighs half: receivers and seasons change.
    pub half_life: Duration,
    /// A place is drawn towards its surroundings by as many silences.
    pub shrinkage: f64,
    /// Fewer silences seen to end within a degree say nothing: the probability is then unknown.
    pub min_observations: f64,
    /// The stated prior: how often a transmitter that is heard is switched off, per hour. Welch et al. 2022 count some
    /// 55,000 disablings of fishing vessels that hid 6 % (4.9 million hours) of their activity: about one in 1,400 h.
    pub off_per_hour: f64,
    /// Bound of memory: beyond it the cells least heard are given up.
    pub max_cells: usize,
}

impl Default for ReceptionParameters {
    fn default() -> Self {
        Self {
            cell_deg: 0.25,
            half_life: Duration::from_hours(7 * 24),
            shrinkage: 8.0,
            min_observations: 30.0,
            off_per_hour: 0.001,
            max_cells: 65_536,
        }
    }
}
