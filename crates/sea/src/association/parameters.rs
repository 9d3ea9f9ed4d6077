//! What association assumes of fixes, motion and detections, with the reason for each default
//! (docs/integrity.md).

use bitacora_primitives::Duration;
use serde::{Deserialize, Serialize};

#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AssociationParameters {
    pub version: u32,
    /// Fixes farther in time from the scene say nothing of the place.
    pub max_time: Duration,
    /// Standard deviations, each axis: of a fix with its time; of the velocity it reports.
    pub fix_sd_m: f64,
    pub velocity_sd_kn: f64,
    /// Each axis, where a fix has no speed or course.
    pub unknown_velocity_sd_kn: f64,
    /// How a velocity wanders: 0.0004 is 1 knot in 11 minutes, each axis.
    pub wander_m2_s3: f64,
    /// Of a detection's place in the image, each axis.
    pub detection_sd_m: f64,
    /// Probability that a vessel in the scene is detected.
    pub detected: f64,
    /// Pairs farther apart than this many standard deviations cannot be one.
    pub gate_sd: f64,
    /// Of the natural logarithm of a detected length, about the true one and over all vessels.
    pub length_sd: f64,
    pub any_length_sd: f64,
    pub any_length_m: f64,
    /// Rounds in which the density of detections without AIS is estimated from the scene itself.
    pub rounds: u32,
    /// Share of the detections without AIS that are no vessels at all.
    pub false_share: f64,
    /// A pair is given a label if that is at least so likely.
    pub min_probability: f64,
    /// A label whose probability changed by less is not said again.
    pub min_change: f64,
}

impl Default for AssociationParameters {
    fn default() -> Self {
        Self {
            version: 1,
            max_time: Duration::from_hours(12),
            fix_sd_m: 30.0,
            velocity_sd_kn: 0.3,
            unknown_velocity_sd_kn: 8.0,
            wander_m2_s3: 4e-4,
            detection_sd_m: 50.0,
            detected: 0.9,
            gate_sd: 5.0,
            length_sd: 0.3,
            any_length_sd: 0.9,
            any_length_m: 60.0,
            rounds: 8,
            false_share: 0.0,
            min_probability: 0.5,
            min_change: 0.01,
        }
    }
}
