//! The tracks of one number, and what goes on between them.

use bitacora_primitives::Instant;

use super::detectors::Reported;
use crate::behaviour::gap;
use crate::tracks::conflict::Conflict;
use crate::tracks::fix::Fix;
use crate::tracks::split::Track;

/// The tracks of one MMSI, as far as event time has come.
#[derive(Debug)]
pub(super) struct Ship {
    pub(super) tracks: Vec<Track>,
    pub(super) conflicts: Vec<Conflict>,
    /// Serial of the track that was heard last.
    pub(super) current: u64,
    pub(super) last_heard: Instant,
    /// It has had a track of two fixes: the number is no outlier.
    pub(super) confirmed: bool,
}

impl Ship {
    pub(super) const fn new(heard: Instant) -> Self {
        Self { tracks: Vec::new(), conflicts: Vec::new(), current: 0, last_heard: heard, confirmed: false }
    }

    /// Where it was heard last.
    pub(super) fn reported(&self) -> Option<Reported> {
        let current = self.tracks.iter().find(|track| track.serial == self.current);
        current.or(self.tracks.last()).map(|track| (track.id, track.last.position))
    }

    /// The last fix before the gap of this track, if its silence counts as one. An outlier's does not; nor does
    /// that of a short track while the same MMSI is heard on another.
    pub(super) fn gap_begins(&self, index: usize) -> Option<Fix> {
        let track = self.tracks.get(index)?;
        if track.gaps.is_open() {
            return None;
        }
        gap::silence_counts(&self.tracks, index).then_some(track.last)
    }
}
