//! Who else was heard near a place at a time: the evidence on whether a silence is the vessel's or the
//! receiver's. Remembers one entry per vessel, cell and window for as long as a gap needs to open.

use std::collections::VecDeque;

use bitacora_primitives::geodesy::wrap_longitude;
use bitacora_primitives::{Instant, Mmsi, Position};
use rustc_hash::FxHashMap;

use super::parameters::GapParameters;
use crate::tracks::fix::{Fix, METRES_PER_DEGREE};

/// Numbers of other vessels at the start of a gap.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Reception {
    /// Heard near the last fix, in its window or the one before.
    pub heard: u32,
    /// Of those, not heard again anywhere since the window after it.
    pub silent: u32,
}

type Cell = (i32, i32);
/// Number of the window and the cell: while they stay the same a track has nothing new to tell.
pub type Noted = (i64, Cell);

#[derive(Clone, Copy, Debug)]
struct Heard {
    mmsi: Mmsi,
    position: Position,
    cos_lat: f64,
}

/// What was heard, by window and cell.
#[derive(Debug)]
pub struct HeardNearby {
    window_us: i64,
    windows_kept: i64,
    radius_m: f64,
    cell_deg: f64,
    /// Round the world; each at least as wide as a cell is high, in degrees.
    columns: i32,
    windows: VecDeque<(i64, FxHashMap<Cell, Vec<Heard>>)>,
    found: Vec<Mmsi>,
}

impl HeardNearby {
    pub fn new(parameters: &GapParameters) -> Self {
        let window_us = parameters.reception_window.micros().max(1_000_000);
        let radius_m = parameters.reception_radius_nm.max(0.1) * 1852.0;
        Self {
            window_us,
            windows_kept: parameters.min_duration.micros().max(0) / window_us + 3,
            radius_m,
            cell_deg: radius_m / METRES_PER_DEGREE,
            columns: ((360.0 * METRES_PER_DEGREE / radius_m).floor() as i32).max(1),
            windows: VecDeque::new(),
            found: Vec::new(),
        }
    }

    fn cell(&self, position: Position) -> Cell {
        let column = ((position.lon() + 180.0) / 360.0 * f64::from(self.columns)).floor() as i32;
        ((position.lat() / self.cell_deg).floor() as i32, column.rem_euclid(self.columns))
    }

    /// Notes that the vessel was heard. `noted` is the track's own memory of what it told last.
    pub fn note(&mut self, fix: &Fix, noted: &mut Option<Noted>) {
        let window = fix.observed.micros().div_euclid(self.window_us);
        let cell = self.cell(fix.position);
        if *noted == Some((window, cell)) {
            return;
        }
        *noted = Some((window, cell));
        if self.windows.back().is_none_or(|(last, _)| *last < window) {
            self.windows.push_back((window, FxHashMap::default()));
            while self.windows.front().is_some_and(|(first, _)| *first < window - self.windows_kept) {
                self.windows.pop_front();
            }
        }
        if let Some((last, cells)) = self.windows.back_mut()
            && *last == window
        {
            let heard = Heard { mmsi: fix.mmsi, position: fix.position, cos_lat: fix.cos_lat };
            cells.entry(cell).or_default().push(heard);
        }
    }

    /// Counts the others near `off`; `last_heard` gives the time at which a vessel was heard last.
    pub fn around(&mut self, off: &Fix, last_heard: impl Fn(Mmsi) -> Option<Instant>) -> Reception {
        let window = off.observed.micros().div_euclid(self.window_us);
        let (row, column) = self.cell(off.position);
        // East and west a cell is narrower by the cosine of the latitude.
        let reach = ((1.0 / off.cos_lat.max(0.01)).ceil() as i32).min(self.columns / 2);
        self.found.clear();
        for (_, cells) in self.windows.iter().filter(|(n, _)| *n == window || *n == window - 1) {
            for r in row - 1..=row + 1 {
                for c in column - reach..=column + reach {
                    for heard in cells.get(&(r, c.rem_euclid(self.columns))).into_iter().flatten() {
                        let north = heard.position.lat() - off.position.lat();
                        let east = wrap_longitude(heard.position.lon() - off.position.lon())
                            * 0.5
                            * (heard.cos_lat + off.cos_lat);
                        let metres = (north * north + east * east).sqrt() * METRES_PER_DEGREE;
                        if heard.mmsi != off.mmsi && metres <= self.radius_m {
                            self.found.push(heard.mmsi);
                        }
                    }
                }
            }
        }
        self.found.sort_unstable();
        self.found.dedup();
        let silent_since = Instant::from_micros((window + 2).saturating_mul(self.window_us));
        let silent = self
            .found
            .iter()
            .filter(|mmsi| last_heard(**mmsi).is_none_or(|heard| heard < silent_since))
            .count();
        Reception { heard: self.found.len() as u32, silent: silent as u32 }
    }
}
