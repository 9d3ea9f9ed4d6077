//! The thresholds of the compatible mode, with the defaults of gpsdio-segment @66e00d07. They are the peer's
//! and not ours: none is tuned here.

use serde::{Deserialize, Serialize};

/// What [`super::Segmenter`] is told.
#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Parameters {
    pub version: u32,
    /// A segment silent for longer is closed.
    pub max_hours: f64,
    /// Discrepancy over padded time that is still taken for motion.
    pub max_knots: f64,
    /// Around here the time over which a vessel is believed to keep on is shortened.
    pub penalty_hours: f64,
    /// Added in quadrature to every time, so that equal times do not divide by zero.
    pub buffer_hours: f64,
    /// Discrepancy over time above this is strongly discouraged.
    pub penalty_knots: f64,
    /// Messages of a segment's end that a new one is compared with.
    pub lookback: usize,
    /// How much better the match to an earlier message must be, times how far back it is.
    pub lookback_factor: f64,
    /// Metrics within this factor of the best make the match ambiguous.
    pub ambiguity_factor: f64,
    /// Segments with fewer messages weigh less where several match.
    pub short_segment: f64,
    /// Weight of a match between a class A and a class B transponder.
    pub transponder_mismatch: f64,
    /// A long-range report (type 27) within this time of its segment is left out as coarse.
    pub min_long_range_hours: f64,
    /// How much a place beside the expected way counts over one at its end.
    pub shape_factor: f64,
    /// At or below, a missing course is no fault and the vessel is taken to lie still.
    pub very_slow_knots: f64,
    /// Segments open at once; beyond it the one silent longest is closed.
    pub max_open: usize,
    /// Places with speed remembered for finding copies. The peer has no bound; here the oldest is forgotten.
    pub remembered: usize,
}

impl Default for Parameters {
    fn default() -> Self {
        Self {
            version: 1,
            max_hours: 24.0,
            max_knots: 25.0,
            penalty_hours: 4.0,
            buffer_hours: 0.25,
            penalty_knots: 5.0,
            lookback: 5,
            lookback_factor: 2.0,
            ambiguity_factor: 10.0,
            short_segment: 10.0,
            transponder_mismatch: 0.1,
            min_long_range_hours: 1.0,
            shape_factor: 4.0,
            very_slow_knots: 0.35,
            max_open: 100,
            remembered: 16_384,
        }
    }
}
