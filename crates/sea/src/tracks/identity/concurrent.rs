//! Several users of one MMSI at once: the conflicts of the picture (`conflict`) as a function of the rows of one
//! number, without its other detectors. Says neither which user is the right one nor why.

use bitacora_primitives::{Duration, Instant};

use super::Reason;
use crate::behaviour::parameters::MotionParameters;
use crate::behaviour::{Event, Kind};
use crate::tracks::conflict::{self, Conflict};
use crate::tracks::fix::Fix;
use crate::tracks::positions::Positions;
use crate::tracks::segments::exact::{Splitter, fix_of, is_vessel};
use crate::tracks::split::Candidate;

/// A time during which one number had two users.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Concurrent {
    pub mmsi: u32,
    pub start: Instant,
    pub end: Instant,
    /// Geodesic between the two users, where the number was last heard in turn.
    pub distance_m: f64,
    pub reason: Reason,
}

/// The conflicts of one MMSI, fed in the order (time, row).
#[derive(Clone, Debug)]
pub struct Users {
    splitter: Splitter,
    conflicts: Vec<Conflict>,
    /// Serials of open tracks whose silence has been noticed.
    silent: Vec<u64>,
    current: u64,
    motion: MotionParameters,
    max_idle: Duration,
}

impl Users {
    pub fn new(motion: &MotionParameters, max_idle: Duration) -> Self {
        Self {
            splitter: Splitter::default(),
            conflicts: Vec::new(),
            silent: Vec::new(),
            current: 0,
            motion: motion.clone(),
            max_idle,
        }
    }

    /// Takes the next fix of the number. Appends revisions of `identity_conflict` and `impossible_motion`.
    pub fn observe(&mut self, fix: &Fix, out: &mut Vec<Event>) {
        let silence = self.motion.conflict_silence;
        for track in self.splitter.tracks() {
            // A silence is noticed once, when it has become long enough.
            let serial = track.serial();
            if fix.observed - track.last().observed > silence && !self.silent.contains(&serial) {
                self.silent.push(serial);
                let involved = self.conflicts.iter_mut().filter(|known| known.involves(serial));
                involved.for_each(|known| known.end(out));
            }
        }
        let before = self.current;
        let placed = self.splitter.place(fix, &self.motion, self.max_idle, || 0);
        let tracks = self.splitter.tracks();
        self.conflicts.retain_mut(|known| {
            let open = |serial| tracks.iter().any(|track| track.serial() == serial);
            let kept = open(known.older()) && open(known.newer());
            if !kept {
                known.end(out);
            }
            kept
        });
        if placed.duplicate {
            return;
        }
        self.splitter.hear(fix, placed);
        self.current = placed.serial;
        let tracks = self.splitter.tracks();
        self.silent.retain(|serial| {
            *serial != placed.serial && tracks.iter().any(|track| track.serial() == *serial)
        });
        if before != placed.serial && before != 0 {
            let between = (before, placed.serial);
            conflict::alternated(tracks, &mut self.conflicts, between, fix, placed.begins, &self.motion);
        }
        if !self.conflicts.is_empty() {
            conflict::report_all(tracks, &mut self.conflicts, placed.serial, &self.motion, out);
        }
    }

    /// The input has ended.
    pub fn end(&mut self, out: &mut Vec<Event>) {
        self.conflicts.iter_mut().for_each(|known| known.end(out));
    }
}

/// Every time during which a number of the batch had two users, by MMSI and start.
pub fn concurrent(positions: &Positions, motion: &MotionParameters, max_idle: Duration) -> Vec<Concurrent> {
    let mut found = Vec::new();
    let mut events = Vec::new();
    for (_, rows) in positions.by_vessel().iter() {
        let mut users = Users::new(motion, max_idle);
        for number in rows {
            let Some(row) = positions.row(*number as usize).filter(is_vessel) else {
                continue;
            };
            if let Some(fix) = fix_of(&row, *number) {
                users.observe(&fix, &mut events);
            }
        }
        users.end(&mut events);
        let from = found.len();
        // The revision that ends a conflict is its last.
        for event in events.drain(..).filter(|event| event.kind == Kind::IdentityConflict) {
            let Some(end) = event.end else { continue };
            found.push(Concurrent {
                mmsi: event.mmsi.number(),
                start: event.start,
                end,
                distance_m: event.numbers.get("distance_m").copied().unwrap_or_default(),
                reason: Reason::AlternatingTracks,
            });
        }
        if let Some(of_one) = found.get_mut(from..) {
            of_one.sort_by_key(|one| (one.start, one.end));
        }
    }
    found
}
