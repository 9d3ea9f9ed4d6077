//! Notices silence: one timer a track, which finds out when it is due whether the track was heard meanwhile. In
//! event time, so that stream and archive notice in the same order.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use bitacora_primitives::{Duration, Instant, Mmsi};

use super::detectors::{Alone, Together};
use crate::behaviour::Parameters;
use crate::tracks::split::Track;

/// What a silence of a certain length means.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Silence {
    /// No leg can bridge it: runs of encounters end.
    Encounter,
    /// What goes on with one track, or with all, and bears no silence as long as this.
    Behaviour(Duration),
    Conflict,
    Gap,
    /// The track is forgotten.
    Idle,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Timer {
    pub due: Instant,
    pub mmsi: Mmsi,
    pub serial: u64,
    number: u32,
}

#[derive(Debug)]
pub struct Timers {
    /// Sorted by length.
    silences: Vec<(Duration, Silence)>,
    heap: BinaryHeap<Reverse<Timer>>,
}

impl Timers {
    pub fn new(parameters: &Parameters) -> Self {
        let mut silences = vec![
            (parameters.encounter.max_silence, Silence::Encounter),
            (parameters.motion.conflict_silence, Silence::Conflict),
            (parameters.gap.min_duration, Silence::Gap),
        ];
        let behaviour = Alone::silences(parameters).into_iter().chain(Together::silences(parameters));
        silences.extend(behaviour.map(|length| (length, Silence::Behaviour(length))));
        // A track is never forgotten before its other silences were noticed.
        let longest = silences.iter().map(|(length, _)| *length).max().unwrap_or_default();
        silences.push((parameters.max_idle.max(longest), Silence::Idle));
        silences.sort_unstable();
        silences.dedup();
        Self { silences, heap: BinaryHeap::new() }
    }

    /// Starts anew from the track's last fix; an older timer of it is void.
    pub fn arm(&mut self, mmsi: Mmsi, track: &mut Track) {
        track.stage = 0;
        track.timer = track.timer.wrapping_add(1);
        self.push(mmsi, track);
    }

    fn push(&mut self, mmsi: Mmsi, track: &Track) {
        if let Some((length, _)) = self.silences.get(usize::from(track.stage)) {
            let due = track.last.observed + *length;
            self.heap.push(Reverse(Timer { due, mmsi, serial: track.serial, number: track.timer }));
        }
    }

    /// When the next timer is due.
    pub fn due(&self) -> Option<Instant> {
        self.heap.peek().map(|Reverse(timer)| timer.due)
    }

    /// The next timer due before `limit`, with the MMSI and serial of its track, if a timer is due.
    pub fn pop_before(&mut self, limit: Instant) -> Option<Timer> {
        if self.heap.peek().is_none_or(|Reverse(timer)| timer.due >= limit) {
            return None;
        }
        self.heap.pop().map(|Reverse(timer)| timer)
    }

    /// The silence that the timer has found, if the track was not heard meanwhile; sets the next timer.
    pub fn notice(&mut self, timer: Timer, track: &mut Track) -> Option<Silence> {
        if track.timer != timer.number {
            return None;
        }
        let (length, silence) = self.silences.get(usize::from(track.stage)).copied()?;
        let found = track.last.observed + length <= timer.due;
        if found {
            track.stage += 1;
        }
        self.push(timer.mmsi, track);
        found.then_some(silence)
    }
}
