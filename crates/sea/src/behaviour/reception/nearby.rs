//! Who else was heard near a place at a time: the evidence on whether a silence is the vessel's or the
//! receiver's, with what was learned of the place. Remembers one entry per vessel, cell and window for as long as a
//! gap needs to open.

use std::collections::VecDeque;

use bitacora_primitives::geodesy::wrap_longitude;
use bitacora_primitives::{Duration, Instant, Mmsi, Position};
use rustc_hash::FxHashMap;

use super::learned::{Around, Explained, Last, Learned};
use super::parameters::ReceptionParameters;
use crate::behaviour::parameters::GapParameters;
use crate::tracks::fix::{Fix, METRES_PER_DEGREE};

/// Numbers of other vessels at the start of a gap, and what follows from them.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct Reception {
    /// Heard near the last fix, in its window or the one before.
    pub heard: u32,
    /// Of those, not heard again anywhere since the window after it.
    pub silent: u32,
    /// `None`: too little has been heard there to say.
    pub explained: Option<Explained>,
}

type Cell = (i32, i32);

/// What a track told last: while window and cell stay the same it has nothing new to tell about who was heard.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Noted {
    told: (i64, Cell),
    last: Last,
}

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
    threshold: Duration,
    reception: ReceptionParameters,
    learned: Learned,
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
            threshold: parameters.min_duration,
            reception: parameters.reception.clone(),
            learned: Learned::default(),
        }
    }

    /// What has been learned so far: to be stored.
    pub const fn learned(&self) -> &Learned {
        &self.learned
    }

    /// Takes up what had been learned before.
    pub fn take_up(&mut self, learned: Learned) {
        self.learned = learned;
    }

    fn cell(&self, position: Position) -> Cell {
        let column = ((position.lon() + 180.0) / 360.0 * f64::from(self.columns)).floor() as i32;
        ((position.lat() / self.cell_deg).floor() as i32, column.rem_euclid(self.columns))
    }

    /// Notes that the vessel was heard. `noted` is the track's own memory of what it told last.
    pub fn note(&mut self, fix: &Fix, noted: &mut Option<Noted>) {
        let mut last = noted.map(|noted| noted.last);
        self.learned.hear(fix, &mut last, &self.reception, self.window_us);
        let told = (fix.observed.micros().div_euclid(self.window_us), self.cell(fix.position));
        let before = noted.map(|noted| noted.told);
        *noted = last.map(|last| Noted { told, last });
        if before == Some(told) {
            return;
        }
        let (window, cell) = told;
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
        Reception { heard: self.found.len() as u32, silent: silent as u32, explained: None }
    }

    /// The silence of a track has just become long enough: how far reception explains it, by what [`Self::around`]
    /// found. Learns from it; to be asked once a silence.
    pub fn notice(&mut self, mut reception: Reception, off: &Fix, noted: &mut Option<Noted>) -> Reception {
        let around = self.witnesses(&reception);
        let at = off.observed + self.threshold;
        reception.explained = noted.as_mut().and_then(|noted| {
            self.learned.notice(&mut noted.last, at, &around, &self.reception, self.window_us)
        });
        reception
    }

    /// The same silence when it has ended, `at` that time.
    pub fn ended(&self, mut reception: Reception, noted: Option<&Noted>, at: Instant) -> Reception {
        let around = self.witnesses(&reception);
        reception.explained = noted
            .and_then(|noted| self.learned.judge(&noted.last, at, &around, &self.reception, self.window_us))
            .map(|(explained, _)| explained);
        reception
    }

    fn witnesses(&self, reception: &Reception) -> Around {
        let window_s = self.window_us as f64 / 1e6;
        Around {
            heard: f64::from(reception.heard),
            silent: f64::from(reception.silent),
            present_s: 2.0 * window_s,
            silent_s: self.threshold.secs_f64() - 2.0 * window_s,
        }
    }
}
