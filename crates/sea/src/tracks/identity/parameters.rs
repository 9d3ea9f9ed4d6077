//! Thresholds of the identity checks, with defaults and the reason for each (docs/behaviour.md, "Identity").

use bitacora_primitives::Duration;
use serde::{Deserialize, Serialize};

/// A number misread by one bit.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct NearMissParameters {
    pub version: u32,
    /// A number heard more often than this within `memory` exists: no receiver makes the same error so often.
    pub max_messages: u32,
    /// Fixes that the neighbour must have: it is established.
    pub min_neighbour_fixes: u32,
    /// Between fixes of the neighbour farther apart nothing is known of where it was.
    pub max_silence: Duration,
    /// From the neighbour's last fix alone it is reckoned on for no longer.
    pub max_reckoning: Duration,
    /// Distance from the neighbour's way that receivers' clocks explain...
    pub slack_m: f64,
    /// ...and that turning between two fixes explains, as a share of the leg.
    pub leg_share: f64,
    /// Speeds reported by both may differ by so much.
    pub max_speed_difference_kn: f64,
    /// The number has so long to show that it is a vessel.
    pub settle: Duration,
    /// A number silent for longer is forgotten.
    pub memory: Duration,
}

impl Default for NearMissParameters {
    fn default() -> Self {
        Self {
            version: 1,
            max_messages: 5,
            min_neighbour_fixes: 10,
            max_silence: Duration::from_mins(10),
            max_reckoning: Duration::from_mins(3),
            slack_m: 50.0,
            leg_share: 0.2,
            max_speed_difference_kn: 2.0,
            settle: Duration::from_mins(30),
            memory: Duration::from_hours(24),
        }
    }
}

/// Statements that cannot both hold.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ContradictionParameters {
    pub version: u32,
    /// A value counts once it was told so often: one report may be damaged.
    pub min_reports: u32,
    /// Changes back to an earlier value before it is reported: one change alone is a new name.
    pub min_returns: u32,
    /// Values not told for longer are no longer "at once".
    pub window: Duration,
    /// How far a going contradiction must have grown before it is reported again.
    pub growth: Duration,
}

impl Default for ContradictionParameters {
    fn default() -> Self {
        Self {
            version: 1,
            min_reports: 2,
            min_returns: 1,
            window: Duration::from_hours(24),
            growth: Duration::from_hours(6),
        }
    }
}

/// A hull that goes on under another number.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ChangeParameters {
    pub version: u32,
    /// Longest silence between the two numbers.
    pub max_silence: Duration,
    /// The hull may have gone `slack_m` + `max_speed_kn` x time, and no farther than `max_distance_m`.
    pub max_speed_kn: f64,
    pub slack_m: f64,
    pub max_distance_m: f64,
    /// Fixes that both numbers need.
    pub min_fixes: u32,
    /// The new number is looked at this long after its first fix, when statics have been told.
    pub settle: Duration,
    /// Scores below are not reported.
    pub min_score: f64,
    /// Hypotheses within this of the best are rivals.
    pub rival_margin: f64,
    /// An old number heard again within this time withdraws the hypothesis.
    pub memory: Duration,
}

impl Default for ChangeParameters {
    fn default() -> Self {
        Self {
            version: 1,
            max_silence: Duration::from_hours(6),
            max_speed_kn: 30.0,
            slack_m: 1_000.0,
            max_distance_m: 60.0 * 1852.0,
            min_fixes: 3,
            settle: Duration::from_mins(30),
            min_score: 2.0,
            rival_margin: 1.0,
            memory: Duration::from_hours(48),
        }
    }
}

/// What a transponder sends how often.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CadenceParameters {
    pub version: u32,
    /// Counts are over windows of this length from the first report of the number.
    pub window: Duration,
    /// Reports of either class before they are taken for two transponders.
    pub min_mixed: u32,
    /// Positions in a window without any static report (M.1371-5 Annex 1 table 1: every 6 minutes).
    pub min_positions: u32,
    /// Static reports in a window without any position.
    pub min_statics: u32,
}

impl Default for CadenceParameters {
    fn default() -> Self {
        Self {
            version: 1,
            window: Duration::from_hours(6),
            min_mixed: 5,
            min_positions: 200,
            min_statics: 10,
        }
    }
}
