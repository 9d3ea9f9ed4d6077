//! One gap found in stored positions, by either definition: the rows at its ends, and what lies between them.

use bitacora_primitives::{Position, SourceId};
use geographiclib_rs::{Geodesic, InverseGeodesic};

use crate::tracks::fix::{Fix, KNOT};
use crate::tracks::positions::{Positions, Row};

/// A row at an end of a gap. `position` is `None` when it was "not available".
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct End {
    pub row: u32,
    /// Microseconds since 1970, UTC.
    pub micros: i64,
    pub position: Option<Position>,
}

/// A gap; it is open while there is no row after it.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Silence {
    pub mmsi: u32,
    pub off: End,
    pub on: Option<End>,
    /// Geodesic on WGS 84 (Karney 2013); `None` while open and without both positions.
    pub distance_m: Option<f64>,
    pub implied_speed_kn: Option<f64>,
}

impl Silence {
    pub const fn open(&self) -> bool {
        self.on.is_none()
    }

    /// `None` while open.
    pub fn duration_h(&self) -> Option<f64> {
        self.on.map(|on| on.micros.saturating_sub(self.off.micros) as f64 / 3.6e9)
    }
}

/// The rows at the ends of a gap, as the scans find them.
pub(super) type Found = (u32, u32, Option<u32>);

/// Works out what lies between the ends; in order of MMSI, then time, then row.
pub(super) fn measured(positions: &Positions, mut found: Vec<Found>) -> Vec<Silence> {
    let geodesic = Geodesic::wgs84();
    let micros = |row: u32| positions.micros().get(row as usize).copied().unwrap_or_default();
    found.sort_unstable_by_key(|(mmsi, off, _)| (*mmsi, micros(*off), *off));
    found
        .into_iter()
        .map(|(mmsi, off, on)| {
            let end = |row: u32| End { row, micros: micros(row), position: position_of(positions, row) };
            let (off, on) = (end(off), on.map(end));
            let places = off.position.zip(on.and_then(|on| on.position));
            let distance_m =
                places.map(|(from, to)| geodesic.inverse(from.lat(), from.lon(), to.lat(), to.lon()));
            let seconds = on.map(|on| on.micros.saturating_sub(off.micros) as f64 / 1e6);
            let implied_speed_kn = distance_m
                .zip(seconds.filter(|seconds| *seconds > 0.0))
                .map(|(metres, seconds)| metres / seconds / KNOT);
            Silence { mmsi, off, on, distance_m, implied_speed_kn }
        })
        .collect()
}

/// The place of a row; `None` for "not available" in any form: not a number, 91 N, 181 E, out of range.
fn position_of(positions: &Positions, row: u32) -> Option<Position> {
    let (lat, lon) = (positions.lat().get(row as usize)?, positions.lon().get(row as usize)?);
    Position::new(*lat, *lon).ok()
}

/// A row as a fix, its number for its line; `None` without a position.
pub fn fix_of(positions: &Positions, row: u32) -> Option<Fix> {
    let all = positions.row(row as usize)?;
    // A number of more than nine digits is noise, and has to be of some vessel.
    Fix::of_row(&Row { mmsi: all.mmsi % 1_000_000_000, ..all }, SourceId::from_bytes([0; 10]), row)
}
