//! Every threshold of the detectors in one place, with defaults and the reason for each (docs/behaviour.md).
//! The version is printed beside results: equal versions and equal input give equal events.

use bitacora_primitives::Duration;
use serde::{Deserialize, Serialize};

use super::area::AreaParameters;
use super::departure::DepartureParameters;
use super::drift::DriftParameters;
use super::integrity::IntegrityParameters;
use super::port_visit::PortVisitParameters;
use super::posture::PostureParameters;
use super::reception::ReceptionParameters;
use super::speed_profile::SpeedParameters;
use super::stop::StopParameters;
use crate::tracks::identity::{ChangeParameters, ContradictionParameters, NearMissParameters};

/// All thresholds. Changing a default is a new `version`.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Parameters {
    pub version: u32,
    /// Reports may arrive this much out of order and still give the events of the sorted input.
    pub lateness: Duration,
    /// A report may not claim to be observed later than this after it was received.
    pub clock_tolerance: Duration,
    /// A report this far ahead of every other must be joined by two more before it moves the clock.
    pub max_leap: Duration,
    /// A vessel silent for longer is forgotten, with its tracks.
    pub max_idle: Duration,
    pub motion: MotionParameters,
    pub gap: GapParameters,
    pub encounter: EncounterParameters,
    pub loitering: LoiteringParameters,
    pub stop: StopParameters,
    pub drift: DriftParameters,
    pub posture: PostureParameters,
    pub port_visit: PortVisitParameters,
    pub speed: SpeedParameters,
    pub area: AreaParameters,
    pub departure: DepartureParameters,
    pub near_miss: NearMissParameters,
    pub contradiction: ContradictionParameters,
    pub change: ChangeParameters,
    pub integrity: IntegrityParameters,
}

/// What one hull can do.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct MotionParameters {
    /// Two fixes of one hull lie within `slack_m` + `max_speed_kn` x time of each other.
    pub max_speed_kn: f64,
    pub slack_m: f64,
    /// Fixes a new track needs before a jump or an identity conflict is reported.
    pub min_fixes: u32,
    /// Changes from one track to the other and back before an identity conflict is reported.
    pub min_alternations: u32,
    /// A conflict ends when one of the two tracks is silent this long.
    pub conflict_silence: Duration,
    /// How far a going conflict must have grown before it is reported again.
    pub conflict_growth: Duration,
}

#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct GapParameters {
    /// Silence strictly longer than this is a gap.
    pub min_duration: Duration,
    /// Vessels within about this distance tell whether reception was lost.
    pub reception_radius_nm: f64,
    /// "The same time" for others that were heard or fell silent.
    pub reception_window: Duration,
    /// How the probability that reception explains a silence is learned.
    pub reception: ReceptionParameters,
}

#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct EncounterParameters {
    pub max_distance_m: f64,
    pub min_duration: Duration,
    /// Between fixes farther apart than this nothing is known of the motion.
    pub max_silence: Duration,
    /// Motion within this distance of the last kept fix is ignored; 0 is exact.
    pub still_m: f64,
}

#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LoiteringParameters {
    /// Slow is strictly below.
    pub max_speed_kn: f64,
    pub min_duration: Duration,
    pub max_silence: Duration,
    /// Speed is taken over legs of at least this length, so that fix noise is not speed.
    pub min_leg: Duration,
    /// Half the diagonal of the box around the run; below it the vessel is moored or at anchor.
    pub min_radius_m: f64,
}

impl Default for Parameters {
    fn default() -> Self {
        Self {
            version: 2,
            lateness: Duration::from_mins(10),
            clock_tolerance: Duration::from_mins(5),
            max_leap: Duration::from_hours(48),
            max_idle: Duration::from_hours(14 * 24),
            motion: MotionParameters::default(),
            gap: GapParameters::default(),
            encounter: EncounterParameters::default(),
            loitering: LoiteringParameters::default(),
            stop: StopParameters::default(),
            drift: DriftParameters::default(),
            posture: PostureParameters::default(),
            port_visit: PortVisitParameters::default(),
            speed: SpeedParameters::default(),
            area: AreaParameters::default(),
            departure: DepartureParameters::default(),
            near_miss: NearMissParameters::default(),
            contradiction: ContradictionParameters::default(),
            change: ChangeParameters::default(),
            integrity: IntegrityParameters::default(),
        }
    }
}

impl Default for MotionParameters {
    fn default() -> Self {
        Self {
            max_speed_kn: 80.0,
            slack_m: 1_000.0,
            min_fixes: 3,
            min_alternations: 3,
            conflict_silence: Duration::from_hours(1),
            conflict_growth: Duration::from_hours(1),
        }
    }
}

impl Default for GapParameters {
    fn default() -> Self {
        Self {
            min_duration: Duration::from_hours(6),
            reception_radius_nm: 30.0,
            reception_window: Duration::from_mins(10),
            reception: ReceptionParameters::default(),
        }
    }
}

impl Default for EncounterParameters {
    fn default() -> Self {
        Self {
            max_distance_m: 500.0,
            min_duration: Duration::from_mins(30),
            max_silence: Duration::from_secs(3600),
            still_m: 0.0,
        }
    }
}

impl Default for LoiteringParameters {
    fn default() -> Self {
        Self {
            max_speed_kn: 2.0,
            min_duration: Duration::from_hours(4),
            max_silence: Duration::from_secs(3600),
            min_leg: Duration::from_secs(60),
            min_radius_m: 1_000.0,
        }
    }
}
