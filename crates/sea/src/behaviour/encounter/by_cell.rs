//! The encounters of one tile of the world over any time: a function of (tile, what was dealt to it, in order). Says
//! which pairs it has not seen whole, for these to be searched for in one piece.

use bitacora_primitives::{Duration, Instant, TrackId};
use rustc_hash::FxHashMap;

use super::batch::{Tile, Tiling};
use super::legs::{At, Dealt, Step};
use super::live::{Encounters, Pair};
use super::motion::STILL_US;
use crate::behaviour::Event;
use crate::behaviour::parameters::EncounterParameters;

/// How often tracks that left the tile are looked for, in steps taken.
const SWEEP: u32 = 1 << 16;

/// The detector of one tile.
#[derive(Debug)]
pub struct ByCell {
    encounters: Encounters,
    /// What has left the tile for so long meets nobody there any more.
    left: Duration,
    /// Slot and last vertex of each track.
    slots: FxHashMap<TrackId, (u32, Instant)>,
    since_sweep: u32,
}

impl ByCell {
    pub fn new(parameters: &EncounterParameters, tiling: Tiling, tile: Tile) -> Self {
        let silence_us = parameters.max_silence.micros();
        Self {
            encounters: Encounters::of_tile(parameters, tiling, tile),
            left: Duration::from_micros(silence_us.saturating_mul(3).saturating_add(STILL_US)),
            slots: FxHashMap::default(),
            since_sweep: 0,
        }
    }

    /// The next step, in the order of [`At`]. Appends revisions of events.
    pub fn take(&mut self, dealt: &Dealt, out: &mut Vec<Event>) {
        self.since_sweep += 1;
        if self.since_sweep >= SWEEP
            && let At::Heard(now) = dealt.at
        {
            self.since_sweep = 0;
            self.forget(now, out);
        }
        match &dealt.step {
            Step::Vertex(vertex) => {
                let encounters = &mut self.encounters;
                let (slot, last) = self
                    .slots
                    .entry(dealt.track)
                    .or_insert_with(|| (encounters.begin(dealt.mmsi, dealt.track), vertex.observed));
                *last = vertex.observed;
                encounters.observe_vertex(*slot, vertex.node(), out);
            }
            Step::End => {
                if let Some((slot, _)) = self.slots.remove(&dealt.track) {
                    self.encounters.end(slot, out);
                }
            }
        }
    }

    fn forget(&mut self, now: Instant, out: &mut Vec<Event>) {
        let (encounters, left) = (&mut self.encounters, self.left);
        let mut gone: Vec<(Instant, TrackId, u32)> = Vec::new();
        self.slots.retain(|track, (slot, last)| {
            let stays = now - *last <= left;
            if !stays {
                gone.push((*last, *track, *slot));
            }
            stays
        });
        gone.sort_unstable();
        gone.into_iter().for_each(|(_, _, slot)| encounters.end(slot, out));
    }

    /// The input has ended. Returns the pairs whose events here are to be dropped, because they may have gone on beyond
    /// the tile.
    pub fn crossing(self) -> Vec<Pair> {
        self.encounters.crossing().iter().copied().collect()
    }
}
