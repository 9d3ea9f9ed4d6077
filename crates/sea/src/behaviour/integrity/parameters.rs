//! Every threshold of the integrity checks, with defaults and the reason for each (docs/integrity.md). Equal
//! versions and equal input give equal findings.

use bitacora_primitives::Duration;
use serde::{Deserialize, Serialize};

/// All thresholds. Changing a default is a new `version`.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct IntegrityParameters {
    pub version: u32,
    pub motion: MotionContradictionParameters,
    pub circle: CircleParameters,
    pub copy: CopyParameters,
    pub land: LandParameters,
    pub receiver: ReceiverParameters,
    pub clock: ClockParameters,
}

/// Speed and course as reported against the way made.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct MotionContradictionParameters {
    /// The way is judged over at least this long, so that fix noise is not motion.
    pub min_leg: Duration,
    /// Between fixes farther apart than this the reported speeds say too little about the way.
    pub max_step: Duration,
    /// A run of contradictions does not bridge a silence longer than this.
    pub max_silence: Duration,
    /// Metres by which two good positions may be off together.
    pub slack_m: f64,
    /// Times of a report may be off by this much: the way in it is forgiven.
    pub latency: Duration,
    /// Share of the reported way that is forgiven: the log's averaging and rounding.
    pub share: f64,
    /// Knots by which the reported speed may be off throughout.
    pub slack_kn: f64,
    /// A leg faster than this is impossible motion, which is found elsewhere.
    pub max_speed_kn: f64,
    /// Contradicted legs and time before a run is reported: sustained, never a single one.
    pub min_legs: u32,
    pub min_duration: Duration,
    /// Legs in a row that agree and thereby end a run.
    pub agreeing_legs: u32,
}

/// Positions that go round a circle.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CircleParameters {
    /// Fixes closer in time than this are passed over, so that the window spans enough of the motion.
    pub min_step: Duration,
    /// Nothing is joined over a longer silence.
    pub max_silence: Duration,
    /// Fixes in a window (6 to 24).
    pub min_fixes: u32,
    pub min_radius_m: f64,
    pub max_radius_m: f64,
    /// Root mean square of the distance from the circle: metres, or this share of the radius if that is more.
    pub max_rms_m: f64,
    pub max_rms_share: f64,
    /// Root mean square departure from steady angular motion, degrees.
    pub max_phase_rms_deg: f64,
    pub min_turns: f64,
    /// The widest part of the circle without a fix, degrees.
    pub max_empty_deg: f64,
    /// Speed along the circle: slower is a vessel at anchor.
    pub min_speed_kn: f64,
    /// Faster than any hull: the fixes are not one motion.
    pub max_speed_kn: f64,
    /// A fix contradicts the circle if its velocity is off by more than this and than `velocity_share` of it.
    pub velocity_kn: f64,
    pub velocity_share: f64,
    /// Share of the fixes with a velocity that must contradict it.
    pub min_contradicted: f64,
}

/// A way made again at a constant offset.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CopyParameters {
    /// Fixes remembered, of all vessels under way together: about 140 bytes each.
    pub capacity: u32,
    /// A fix that lies nearer to the one before it is not of a vessel under way.
    pub min_step_m: f64,
    /// A way is not joined over a longer silence.
    pub max_step: Duration,
    /// A copy that falls silent for longer is over.
    pub max_silence: Duration,
    /// The shape of a way is taken from its places this far apart in time, five of them.
    pub interval: Duration,
    /// How far from even motion those places must lie to be a shape.
    pub seed_shape_m: f64,
    /// Fixes agree within this distance and this time.
    pub tolerance_m: f64,
    pub tolerance: Duration,
    /// Fixes in a row for which the original has none, before an alignment is given up.
    pub max_missing: u32,
    /// What must agree before it is reported: fixes, time, way, and root mean square distance from even motion.
    pub min_fixes: u32,
    pub min_duration: Duration,
    pub min_path_m: f64,
    pub min_shape_m: f64,
    /// Two ways at once are a copy only at this distance; nearer they are tug and tow, or one hull with two sets.
    pub min_offset_m: f64,
    /// A way made again this much later is a copy at any distance.
    pub min_shift: Duration,
}

/// Positions on land.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LandParameters {
    /// Less far inside is within the coarseness of the coastline, or a quay that it lacks.
    pub tolerance_m: f64,
    /// Depths are told up to this.
    pub max_depth_m: f64,
    /// Fixes in a row and time before a run is reported.
    pub min_fixes: u32,
    pub min_duration: Duration,
    pub max_silence: Duration,
}

/// Who hears what from where.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ReceiverParameters {
    /// Stations known at once; those beyond are counted, not judged.
    pub max_stations: u32,
    /// Vessels from whose places the place of a station is learned when none is given (at most 64).
    pub learn_vessels: u32,
    /// Receptions from which its range is learned before it is used.
    pub learn_receptions: u32,
    /// A vessel teaches a station its range at most once in this time.
    pub teach_every: Duration,
    /// Share of receptions that lie within the range.
    pub quantile: f64,
    /// A reception contradicts the position from this many ranges on ...
    pub factor: f64,
    /// ... and from this distance on: the radio horizon of a high mast and a high ship.
    pub horizon_m: f64,
    /// A station whose median reception is farther than this is no terrestrial one and is not judged.
    pub terrestrial_m: f64,
    /// Two stations heard one transmission if its times lie this close.
    pub same_transmission: Duration,
    /// Contradicted receptions of a track in a row before it is reported.
    pub min_receptions: u32,
    pub max_silence: Duration,
}

/// Receivers' clocks.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ClockParameters {
    /// Offsets are taken for each full slice of this length since 1970.
    pub slice: Duration,
    /// Equal messages farther apart than this are two transmissions.
    pub max_offset: Duration,
    /// A clock farther off than this is at fault, as Global Fishing Watch's satellite rule.
    pub fault: Duration,
    /// Shared transmissions and vessels that a pair of stations needs, and the samples kept of it.
    pub min_shared: u32,
    pub min_vessels: u32,
    pub max_samples: u32,
    /// Pairs and waiting messages that are kept; those beyond are counted.
    pub max_pairs: u32,
    pub max_waiting: u32,
}

impl Default for IntegrityParameters {
    fn default() -> Self {
        Self {
            version: 2,
            motion: MotionContradictionParameters::default(),
            circle: CircleParameters::default(),
            copy: CopyParameters::default(),
            land: LandParameters::default(),
            receiver: ReceiverParameters::default(),
            clock: ClockParameters::default(),
        }
    }
}

impl Default for MotionContradictionParameters {
    fn default() -> Self {
        Self {
            min_leg: Duration::from_secs(120),
            max_step: Duration::from_secs(370),
            max_silence: Duration::from_mins(30),
            slack_m: 60.0,
            latency: Duration::from_secs(10),
            share: 0.25,
            slack_kn: 1.0,
            max_speed_kn: 80.0,
            min_legs: 5,
            min_duration: Duration::from_mins(10),
            agreeing_legs: 2,
        }
    }
}

impl Default for CircleParameters {
    fn default() -> Self {
        Self {
            min_step: Duration::from_secs(5),
            max_silence: Duration::from_hours(2),
            min_fixes: 12,
            min_radius_m: 50.0,
            max_radius_m: 20_000.0,
            max_rms_m: 15.0,
            max_rms_share: 0.05,
            max_phase_rms_deg: 15.0,
            min_turns: 1.5,
            max_empty_deg: 120.0,
            min_speed_kn: 2.0,
            max_speed_kn: 80.0,
            velocity_kn: 3.0,
            velocity_share: 0.5,
            min_contradicted: 0.6,
        }
    }
}

impl Default for CopyParameters {
    fn default() -> Self {
        Self {
            capacity: 1 << 19,
            min_step_m: 3.0,
            max_step: Duration::from_mins(3),
            max_silence: Duration::from_hours(1),
            interval: Duration::from_secs(60),
            seed_shape_m: 15.0,
            tolerance_m: 3.0,
            tolerance: Duration::from_secs(3),
            max_missing: 20,
            min_fixes: 10,
            min_duration: Duration::from_mins(5),
            min_path_m: 500.0,
            min_shape_m: 30.0,
            min_offset_m: 500.0,
            min_shift: Duration::from_mins(10),
        }
    }
}

impl Default for LandParameters {
    fn default() -> Self {
        Self {
            tolerance_m: 2_000.0,
            max_depth_m: 50_000.0,
            min_fixes: 3,
            min_duration: Duration::from_mins(10),
            max_silence: Duration::from_hours(1),
        }
    }
}

impl Default for ReceiverParameters {
    fn default() -> Self {
        Self {
            max_stations: 65_536,
            learn_vessels: 16,
            learn_receptions: 100,
            teach_every: Duration::from_mins(10),
            quantile: 0.95,
            factor: 3.0,
            horizon_m: 200_000.0,
            terrestrial_m: 300_000.0,
            same_transmission: Duration::from_secs(10),
            min_receptions: 3,
            max_silence: Duration::from_hours(1),
        }
    }
}

impl Default for ClockParameters {
    fn default() -> Self {
        Self {
            slice: Duration::from_hours(1),
            max_offset: Duration::from_hours(1),
            fault: Duration::from_secs(30),
            min_shared: 10,
            min_vessels: 3,
            max_samples: 64,
            max_pairs: 65_536,
            max_waiting: 65_536,
        }
    }
}
