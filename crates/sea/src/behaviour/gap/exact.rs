//! Gaps of tracks in stored positions: what `live` reports once everything has been heard, found without a picture.
//! The two ends are one hull as far as motion can tell: the rule of `tracks::split`, not the number, joins them.

use bitacora_primitives::{Duration, Instant};

use super::order;
use super::silence::{Found, Silence, fix_of, measured};
use super::silence_counts;
use crate::behaviour::Parameters;
use crate::tracks::fix::{Fix, KNOT, METRES_PER_DEGREE};
use crate::tracks::positions::Positions;
use crate::tracks::split::{self, Placement, Track};

/// Message types of stations that are no vessels: base station, search and rescue aircraft, aid to navigation
/// (M.1371-5, table 43).
const NO_VESSEL: [u8; 3] = [4, 9, 21];
/// In the list of tracks by row: on none (no position, no vessel).
pub const NO_TRACK: u32 = u32::MAX;
/// Rows that are asked for together.
const BLOCK: usize = 128;

/// Every gap, by MMSI and time; silent vessels have an open one if they were not heard for longer than the
/// threshold before `until` (`None`: the newest row). Rows may come in any order; rows of equal vessel and time
/// count in theirs, the first for the motion.
pub fn detect(positions: &Positions, parameters: &Parameters, until: Option<Instant>) -> Vec<Silence> {
    let (found, _) = scan(positions, parameters, until, false);
    measured(positions, found)
}

/// The gaps, and for each row the track it is on: numbers in no order, the same for rows of one track.
pub fn detect_with_tracks(
    positions: &Positions,
    parameters: &Parameters,
    until: Option<Instant>,
) -> (Vec<Silence>, Vec<u32>) {
    let (found, tracks) = scan(positions, parameters, until, true);
    (measured(positions, found), tracks)
}

fn scan(
    positions: &Positions,
    parameters: &Parameters,
    until: Option<Instant>,
    keep: bool,
) -> (Vec<Found>, Vec<u32>) {
    let mut scan = Scan {
        positions,
        parameters,
        threshold: parameters.gap.min_duration.micros(),
        idle: idle(parameters).micros(),
        reach_m_per_us: parameters.motion.max_speed_kn * KNOT / 1e6,
        vessels: Vec::new(),
        several: Vec::new(),
        spare: Vec::new(),
        tracks: 0,
        found: Vec::new(),
        closed: Vec::new(),
    };
    let mut tracks = if keep { vec![NO_TRACK; positions.len()] } else { Vec::new() };
    let mut block = Vec::with_capacity(BLOCK);
    let numbers = order::visit(positions, |number, row, micros| {
        block.push((number, row, micros));
        if block.len() == BLOCK {
            scan.take_block(&block, &mut tracks);
            block.clear();
        }
    });
    scan.take_block(&block, &mut tracks);
    let newest = until.map(Instant::micros).or_else(|| positions.micros().iter().max().copied());
    if let Some(newest) = newest {
        scan.end(newest);
    }
    let mmsi = |number: u32| numbers.get(number as usize).copied().unwrap_or_default();
    let found = scan.found.into_iter().map(|(number, off, on)| (mmsi(number), off, on)).collect();
    (found, tracks)
}

/// A track silent for longer is forgotten, and never before its other silences were noticed.
pub fn idle(parameters: &Parameters) -> Duration {
    parameters
        .max_idle
        .max(parameters.gap.min_duration)
        .max(parameters.encounter.max_silence)
        .max(parameters.loitering.max_silence)
        .max(parameters.motion.conflict_silence)
}

/// A vessel with one open track, as nearly all have: only its ends are kept.
#[derive(Clone, Copy)]
struct Vessel {
    last_us: i64,
    lat: f64,
    lon: f64,
    first: u32,
    last: u32,
    /// 0: none yet.
    fixes: u32,
    track: u32,
    /// Place in `several` and one more; 0 while there is one track.
    several: u32,
}

/// Beside a [`Track`]: its rows and what its silence came to.
struct Rows {
    serial: u64,
    first: u32,
    last: u32,
    noticed: bool,
    open: bool,
}

/// A vessel with several open tracks.
#[derive(Default)]
struct Several {
    tracks: Vec<Track>,
    rows: Vec<Rows>,
}

struct Scan<'a> {
    positions: &'a Positions,
    parameters: &'a Parameters,
    threshold: i64,
    idle: i64,
    reach_m_per_us: f64,
    vessels: Vec<Vessel>,
    several: Vec<Several>,
    spare: Vec<u32>,
    tracks: u32,
    found: Vec<(u32, u32, Option<u32>)>,
    closed: Vec<Track>,
}

const NONE_YET: Vessel =
    Vessel { last_us: 0, lat: 0.0, lon: 0.0, first: 0, last: 0, fixes: 0, track: 0, several: 0 };

impl Scan<'_> {
    /// Takes rows as they are visited: vessel, row, time. Where the input is not in order of time they lie anywhere, so all of a block
    /// are asked for before the first is looked at, and memory answers for many at once.
    fn take_block(&mut self, rows: &[(u32, u32, i64)], tracks: &mut [u32]) {
        let positions = self.positions;
        let (lats, lons, types) = (positions.lat(), positions.lon(), positions.message_type());
        let mut fixes = [(0.0, 0.0, 0); BLOCK];
        for (fix, (_, row, _)) in fixes.iter_mut().zip(rows) {
            let at = *row as usize;
            if let (Some(lat), Some(lon), Some(kind)) = (lats.get(at), lons.get(at), types.get(at)) {
                *fix = (*lat, *lon, *kind);
            }
        }
        for ((number, row, micros), (lat, lon, kind)) in rows.iter().zip(fixes) {
            let track = self.take(*number, *row, *micros, lat, lon, kind);
            if let Some(slot) = tracks.get_mut(*row as usize) {
                *slot = track;
            }
        }
    }

    /// Takes the next row of a vessel; says on which track it is.
    #[inline]
    fn take(&mut self, number: u32, row: u32, micros: i64, lat: f64, lon: f64, kind: u8) -> u32 {
        if number as usize >= self.vessels.len() {
            self.vessels.push(NONE_YET);
        }
        let placed = (-90.0..=90.0).contains(&lat) && (-180.0..=180.0).contains(&lon);
        if !placed || NO_VESSEL.contains(&kind) {
            return NO_TRACK;
        }
        let Some(vessel) = self.vessels.get_mut(number as usize) else { return NO_TRACK };
        let silent = micros.saturating_sub(vessel.last_us);
        if vessel.several == 0 && vessel.fixes > 0 && silent <= self.idle {
            // The way along the meridian and the parallel at the equator is never shorter than the distance.
            let east = (lon - vessel.lon).abs();
            let bound = ((lat - vessel.lat).abs() + east.min(360.0 - east)) * METRES_PER_DEGREE;
            let reach = self.parameters.motion.slack_m + self.reach_m_per_us * silent as f64;
            if bound * 1.000_001 <= reach || self.within_reach(number, row) {
                let Some(vessel) = self.vessels.get_mut(number as usize) else { return NO_TRACK };
                if silent > 0 {
                    if silent > self.threshold {
                        self.found.push((number, vessel.last, Some(row)));
                    }
                    (vessel.last_us, vessel.lat, vessel.lon) = (micros, lat, lon);
                    vessel.last = row;
                    vessel.fixes += 1;
                }
                return vessel.track;
            }
        }
        self.take_rarely(number, row, micros, lat, lon)
    }

    /// The rule itself, where the bound does not decide.
    #[cold]
    fn within_reach(&self, number: u32, row: u32) -> bool {
        let Some(vessel) = self.vessels.get(number as usize) else { return false };
        let (Some(last), Some(fix)) = (self.fix(vessel.last), self.fix(row)) else { return false };
        Track::new(&last, 0).can_reach(&fix, &self.parameters.motion)
    }

    /// A vessel's first fix, its first after it was forgotten, and all of a vessel with several tracks.
    #[cold]
    fn take_rarely(&mut self, number: u32, row: u32, micros: i64, lat: f64, lon: f64) -> u32 {
        let Some(vessel) = self.vessels.get_mut(number as usize) else { return NO_TRACK };
        if vessel.several == 0 {
            let forgotten = vessel.fixes > 0 && micros.saturating_sub(vessel.last_us) > self.idle;
            if forgotten {
                self.found.push((number, vessel.last, None));
            }
            if forgotten || vessel.fixes == 0 {
                let track = self.tracks;
                self.tracks += 1;
                *vessel =
                    Vessel { last_us: micros, lat, lon, first: row, last: row, fixes: 1, track, several: 0 };
                return track;
            }
            self.make_several(number);
        }
        self.take_with_several(number, row, micros)
    }

    fn fix(&self, row: u32) -> Option<Fix> {
        fix_of(self.positions, row)
    }

    fn make_several(&mut self, number: u32) {
        let Some(vessel) = self.vessels.get(number as usize).copied() else { return };
        let (Some(first), Some(last)) = (self.fix(vessel.first), self.fix(vessel.last)) else { return };
        let serial = u64::from(vessel.track);
        let track = Track { last, fixes: vessel.fixes, ..Track::new(&first, serial) };
        let rows = Rows { serial, first: vessel.first, last: vessel.last, noticed: false, open: false };
        let place = self.spare.pop().unwrap_or_else(|| {
            self.several.push(Several::default());
            (self.several.len() - 1) as u32
        });
        if let Some(several) = self.several.get_mut(place as usize) {
            several.tracks.push(track);
            several.rows.push(rows);
        }
        if let Some(vessel) = self.vessels.get_mut(number as usize) {
            vessel.several = place + 1;
        }
    }

    fn take_with_several(&mut self, number: u32, row: u32, micros: i64) -> u32 {
        let Some(fix) = self.fix(row) else { return NO_TRACK };
        let Some(vessel) = self.vessels.get_mut(number as usize) else { return NO_TRACK };
        let place = vessel.several.saturating_sub(1);
        let Some(several) = self.several.get_mut(place as usize) else { return NO_TRACK };
        several.notice(micros, self.threshold, self.idle, number, &mut self.found);
        let motion = &self.parameters.motion;
        match split::place(&several.tracks, &fix, motion) {
            Placement::Begins => {
                split::thin(&mut several.tracks, fix.observed, &mut self.closed);
                for track in self.closed.drain(..) {
                    several.forget(track.serial, number, &mut self.found);
                }
                let track = self.tracks;
                self.tracks += 1;
                several.tracks.push(Track::new(&fix, u64::from(track)));
                let serial = u64::from(track);
                several.rows.push(Rows { serial, first: row, last: row, noticed: false, open: false });
            }
            Placement::On(index) => {
                let Some(track) = several.tracks.get_mut(index) else { return NO_TRACK };
                let serial = track.serial;
                if fix.observed == track.last.observed {
                    return serial as u32;
                }
                track.fixes += 1;
                track.last = fix;
                if let Some(rows) = several.rows.iter_mut().find(|rows| rows.serial == serial) {
                    if rows.open {
                        self.found.push((number, rows.last, Some(row)));
                    }
                    (rows.last, rows.noticed, rows.open) = (row, false, false);
                }
            }
        }
        let serial =
            several.rows.iter().find(|rows| rows.last == row).map_or(NO_TRACK, |rows| rows.serial as u32);
        // One track again, and that one just heard: the short way serves.
        if let ([track], [rows]) = (several.tracks.as_slice(), several.rows.as_slice()) {
            *vessel = Vessel {
                last_us: micros,
                lat: track.last.position.lat(),
                lon: track.last.position.lon(),
                first: rows.first,
                last: rows.last,
                fixes: track.fixes,
                track: rows.serial as u32,
                several: 0,
            };
            several.tracks.clear();
            several.rows.clear();
            self.spare.push(place);
        }
        serial
    }

    /// The input has ended: what is silent for long enough before `newest` has an open gap.
    fn end(&mut self, newest: i64) {
        for (number, vessel) in self.vessels.iter().enumerate() {
            let number = number as u32;
            if vessel.fixes == 0 {
                continue;
            }
            if vessel.several == 0 {
                if newest.saturating_sub(vessel.last_us) > self.threshold {
                    self.found.push((number, vessel.last, None));
                }
            } else if let Some(several) = self.several.get_mut(vessel.several as usize - 1) {
                several.notice(newest, self.threshold, self.idle, number, &mut self.found);
                self.found.extend(
                    several.rows.iter().filter(|rows| rows.open).map(|rows| (number, rows.last, None)),
                );
            }
        }
    }
}

impl Several {
    /// Notices, in order of time, every silence that has become long enough before `now`.
    fn notice(&mut self, now: i64, threshold: i64, idle: i64, number: u32, found: &mut Vec<Found>) {
        loop {
            // Of equal times the older track's, and a gap before the forgetting.
            let due = self.tracks.iter().zip(&self.rows).enumerate().filter_map(|(index, (track, rows))| {
                let length = if rows.noticed { idle } else { threshold };
                let due = track.last.observed.micros().saturating_add(length);
                (due < now).then_some((due, track.serial, index))
            });
            let Some((_, serial, index)) = due.min() else { return };
            let Some(rows) = self.rows.get_mut(index) else { return };
            if !rows.noticed {
                rows.noticed = true;
                rows.open = silence_counts(&self.tracks, index);
            } else {
                self.tracks.remove(index);
                self.forget(serial, number, found);
            }
        }
    }

    /// The track is no more; its gap, if it has one, stays open.
    fn forget(&mut self, serial: u64, number: u32, found: &mut Vec<Found>) {
        if let Some(index) = self.rows.iter().position(|rows| rows.serial == serial) {
            let rows = self.rows.remove(index);
            if rows.open {
                found.push((number, rows.last, None));
            }
        }
    }
}
