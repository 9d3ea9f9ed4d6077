//! The exact mode: which open track of its MMSI a row belongs to, by the same choice as in the picture
//! (`split`), without detectors. Knows nothing of why a track ends.

use bitacora_primitives::mmsi::MmsiClass;
use bitacora_primitives::{Duration, Mmsi, SourceId, TrackId};

use super::Segments;
use crate::behaviour::parameters::MotionParameters;
use crate::tracks::fix::Fix;
use crate::tracks::positions::{Positions, Row};
use crate::tracks::split::{self, Candidate, Placement};

/// The open tracks of one MMSI, fed in the order (time, row).
#[derive(Clone, Debug, Default)]
pub struct Splitter {
    tracks: Vec<Bare>,
    closed: Vec<Bare>,
    serial: u64,
}

/// A track without its detectors.
#[derive(Clone, Debug)]
pub struct Bare {
    pub segment: u32,
    id: TrackId,
    last: Fix,
    fixes: u32,
    serial: u64,
}

impl Candidate for Bare {
    fn last(&self) -> &Fix {
        &self.last
    }
    fn fixes(&self) -> u32 {
        self.fixes
    }
    fn serial(&self) -> u64 {
        self.serial
    }
    fn id(&self) -> TrackId {
        self.id
    }
}

/// Where a fix was put.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Placed {
    pub segment: u32,
    /// Unique within the splitter, in order of beginning.
    pub serial: u64,
    pub begins: bool,
    /// A second report of one time: no motion.
    pub duplicate: bool,
}

impl Splitter {
    /// In no particular order.
    pub fn tracks(&self) -> &[Bare] {
        &self.tracks
    }

    /// Places a fix, not earlier than the last. `begin` gives the number of a segment that begins. Changes which
    /// tracks are open, but moves none: see [`Splitter::hear`].
    pub fn place(
        &mut self,
        fix: &Fix,
        motion: &MotionParameters,
        max_idle: Duration,
        begin: impl FnOnce() -> u32,
    ) -> Placed {
        if self.tracks.iter().any(|track| fix.observed - track.last.observed > max_idle) {
            self.tracks.retain(|track| fix.observed - track.last.observed <= max_idle);
        }
        if let Placement::On(index) = split::place(&self.tracks, fix, motion)
            && let Some(track) = self.tracks.get_mut(index)
        {
            let (segment, serial) = (track.segment, track.serial);
            let duplicate = fix.observed == track.last.observed;
            return Placed { segment, serial, begins: false, duplicate };
        }
        split::thin(&mut self.tracks, fix.observed, &mut self.closed);
        self.closed.clear();
        self.serial += 1;
        let (segment, serial) = (begin(), self.serial);
        self.tracks.push(Bare { segment, id: split::track_id(fix), last: *fix, fixes: 1, serial });
        Placed { segment, serial, begins: true, duplicate: false }
    }

    /// Moves the track to the fix that was placed on it.
    pub fn hear(&mut self, fix: &Fix, placed: Placed) {
        if !placed.begins
            && !placed.duplicate
            && let Some(track) = self.tracks.iter_mut().find(|track| track.serial == placed.serial)
        {
            track.fixes = track.fixes.saturating_add(1);
            track.last = *fix;
        }
    }
}

/// False for stations that are no vessels (base station, SAR aircraft, aid to navigation): by the message type, or
/// by the form of the number where the source gives no type, as the feeds do.
pub(crate) fn is_vessel(row: &Row) -> bool {
    let station = matches!(
        Mmsi::new(row.mmsi).map(Mmsi::class),
        Some(MmsiClass::CoastStation | MmsiClass::SarAircraft | MmsiClass::AidToNavigation)
    );
    match row.message_type {
        0 => !station,
        4 | 9 | 21 | 28 => false,
        _ => true,
    }
}

/// The row as a fix; `None` for a number or a place that cannot be one.
pub(crate) fn fix_of(row: &Row, number: u32) -> Option<Fix> {
    Fix::of_row(row, SourceId::from_bytes([0; 10]), number)
}

/// The rows of one MMSI in order of time.
pub(super) fn one(
    positions: &Positions,
    rows: &[u32],
    motion: &MotionParameters,
    max_idle: Duration,
    into: &mut Segments,
) {
    let mut splitter = Splitter::default();
    for number in rows {
        let at = *number as usize;
        let Some(row) = positions.row(at).filter(is_vessel) else { continue };
        let Some(fix) = fix_of(&row, *number) else { continue };
        let placed = splitter.place(&fix, motion, max_idle, || into.begin(at, row.micros));
        splitter.hear(&fix, placed);
        into.put(at, placed.segment);
    }
}
