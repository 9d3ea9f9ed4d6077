//! Encounters as Global Fishing Watch defines them (pipe-encounters df93ee4d), to compare with its tables: [`raw`]
//! on a grid of ten minutes, [`merge`]d, [`published`]. Kept apart from the exact definition, which it never feeds.
//!
//! Reproduced because the numbers depend on it: the cut at UTC midnight before the test of length (D1), the grid
//! (D4), one row for each direction, the silence of `vessel_1` alone that does not end a run, at most 100
//! neighbours, speeds and means of `vessel_1`. Not reproduced, as no given result needs it: extrapolation that
//! turns north (D2) and interpolation the long way round over the antimeridian (D3).

mod merge;
mod near;
mod raw;
mod resample;

pub use merge::{Surroundings, merge, published};
pub use raw::raw;

use bitacora_primitives::Duration;
use serde::{Deserialize, Serialize};

/// The peer's thresholds, with its defaults. Not invariant to shifts of time by less than a day: grid and midnight
/// are part of the definition.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct GfwParameters {
    pub version: u32,
    /// Grid of times, from 1970.
    pub resample: Duration,
    /// Interpolated only between messages strictly less than this apart.
    pub max_gap: Duration,
    /// Dead reckoning for up to `max_gap` beyond the first and last message of a day. The peer's pipeline has it on,
    /// its published tests off; off, because the peer's own extrapolates in the wrong direction.
    pub extrapolate: bool,
    pub max_distance_m: f64,
    /// Of a raw encounter, from the first to the last time of the grid; 60 in the shipped examples.
    pub min_minutes: f64,
    /// The nearest so many are looked at.
    pub max_neighbours: u32,
    /// Raw encounters of a pair less than this apart are one.
    pub join: Duration,
    /// Of a merged encounter.
    pub merged_min_minutes: f64,
    /// Raw encounters nearer to a port than this are dropped, where the distance is given.
    pub min_port_distance_m: f64,
    /// Published are those strictly slower.
    pub published_max_speed_kn: f64,
}

impl Default for GfwParameters {
    fn default() -> Self {
        Self {
            version: 1,
            resample: Duration::from_mins(10),
            max_gap: Duration::from_hours(1),
            extrapolate: false,
            max_distance_m: 500.0,
            min_minutes: 60.0,
            max_neighbours: 100,
            join: Duration::from_hours(4),
            merged_min_minutes: 120.0,
            min_port_distance_m: 10_000.0,
            published_max_speed_kn: 2.0,
        }
    }
}

/// The median as the peer takes it: of an even number the mean of the middle two. 0 of none.
fn median(mut values: Vec<f64>) -> f64 {
    values.sort_unstable_by(f64::total_cmp);
    let half = values.len() / 2;
    let at = |index: usize| values.get(index).copied().unwrap_or(0.0);
    if values.len() % 2 == 1 { at(half) } else { 0.5 * (at(half.wrapping_sub(1)) + at(half)) }
}
