//! Copied track: the way of one vessel, or of the same vessel earlier, made again at a constant offset in
//! latitude, longitude and time. Found by hashes of quantised displacements, verified fix by fix. Remembers a
//! fixed number of fixes; says which two ways are equal, not which is the original.

mod aligned;
mod memory;
mod shingle;

use bitacora_primitives::{Instant, SourceId, TrackId};
use rustc_hash::FxHashMap;

use self::aligned::Aligned;
use self::memory::{Kept, Memory};
use self::shingle::{Index, Recent};
use super::parameters::CopyParameters;
use super::plane::{Spot, is_polar, way};
use super::track_of_number;
use crate::behaviour::Event;
use crate::tracks::Fix;
use crate::tracks::positions::Positions;

/// Alignments of one track that are followed at once; a further one takes the place of the least matched that has said
/// nothing: one that has would be found, and say so, again.
const ALIGNMENTS: usize = 4;

/// The state for all tracks together: a copy is a relation between two.
#[derive(Debug)]
pub struct CopiedTracks {
    parameters: CopyParameters,
    memory: Memory,
    index: Index,
    tracks: FxHashMap<TrackId, Track>,
}

#[derive(Debug)]
struct Track {
    observed: Instant,
    last: Spot,
    /// Number of its newest fix in memory.
    newest: Option<u64>,
    recent: Recent,
    aligned: Vec<Aligned>,
    /// Until here it was said that the vessel makes its own way again.
    own_until: Option<Instant>,
}

impl CopiedTracks {
    pub fn new(parameters: &CopyParameters) -> Self {
        let capacity = parameters.capacity.clamp(1_024, 1 << 26) as usize;
        Self {
            parameters: parameters.clone(),
            memory: Memory::new(capacity),
            index: Index::new(capacity),
            tracks: FxHashMap::default(),
        }
    }

    /// Whether the track is followed.
    pub fn follows(&self, track: TrackId) -> bool {
        self.tracks.contains_key(&track)
    }

    /// Takes the next fix of any track, in order of (time, number, evidence).
    pub fn observe(&mut self, track: TrackId, fix: &Fix, out: &mut Vec<Event>) {
        let parameters = &self.parameters;
        let Some(state) = self.tracks.get_mut(&track) else {
            let first = Track {
                observed: fix.observed,
                last: Spot::of(fix),
                newest: None,
                recent: Recent::default(),
                aligned: Vec::new(),
                own_until: None,
            };
            self.tracks.insert(track, first);
            return;
        };
        let step = fix.observed - state.observed;
        if step.micros() <= 0 {
            return;
        }
        let spot = Spot::of(fix);
        let moved_m = way(&state.last, &spot).length();
        (state.observed, state.last) = (fix.observed, spot);
        if step > parameters.max_silence {
            // As if the track began: what goes before is as good as ended.
            state.aligned.drain(..).for_each(|aligned| aligned.close(out));
            (state.newest, state.recent) = (None, Recent::default());
            return;
        }
        if step > parameters.max_step || is_polar(fix) {
            state.newest = None;
            state.recent = Recent::default();
        }
        // A rule that looks at neighbours only keeps the same fixes of a way and of its copy.
        if moved_m < parameters.min_step_m || is_polar(fix) {
            return;
        }
        let kept = Kept::of(track, fix);
        let number = self.memory.push(kept, state.newest);
        state.newest = Some(number);
        let mut says_own = state.aligned.iter().any(Aligned::says_own);
        state.aligned.retain_mut(|aligned| {
            let goes_on = aligned.follow(&kept, &self.memory, parameters, says_own, out);
            says_own |= aligned.says_own();
            goes_on
        });
        if says_own {
            state.own_until = Some(kept.observed);
        }
        let Some(shingle) = state.recent.advance(fix, parameters) else { return };
        for hash in shingle.hashes() {
            for found in self.index.look(hash) {
                let (known, until) = (&state.aligned, state.own_until);
                let Some(mut new) = Aligned::from_seed(number, found, &self.memory, parameters, known, until)
                else {
                    continue;
                };
                if state.aligned.len() >= ALIGNMENTS {
                    let silent = state.aligned.iter().enumerate().filter(|(_, known)| !known.says_so());
                    let Some((least, _)) = silent.min_by_key(|(_, known)| known.matched()) else { continue };
                    state.aligned.swap_remove(least);
                }
                new.report(parameters, out);
                if new.says_own() {
                    state.own_until = Some(kept.observed);
                }
                state.aligned.push(new);
            }
            self.index.insert(hash, number);
        }
    }

    /// The track has fallen silent or ended. Its fixes stay in memory for those that copy it.
    pub fn end(&mut self, track: TrackId, out: &mut Vec<Event>) {
        if let Some(state) = self.tracks.remove(&track) {
            state.aligned.into_iter().for_each(|aligned| aligned.close(out));
        }
    }

    /// The input has ended.
    pub fn finish(&mut self, out: &mut Vec<Event>) {
        let mut tracks: Vec<TrackId> = self.tracks.keys().copied().collect();
        tracks.sort_unstable();
        tracks.into_iter().for_each(|track| self.end(track, out));
    }
}

/// The batch form: all rows in order of time, the number being the track.
pub fn copied_tracks(positions: &Positions, source: SourceId, parameters: &CopyParameters) -> Vec<Event> {
    let mut order: Vec<u32> = (0..positions.len() as u32).collect();
    let key = |row: &u32| {
        let at = *row as usize;
        (positions.micros().get(at).copied(), positions.mmsi().get(at).copied(), *row)
    };
    order.sort_by_key(key);
    let mut detector = CopiedTracks::new(parameters);
    let mut out = Vec::new();
    for number in order {
        if let Some(fix) = positions.row(number as usize).and_then(|row| Fix::of_row(&row, source, number)) {
            detector.observe(track_of_number(fix.mmsi.number()), &fix, &mut out);
        }
    }
    detector.finish(&mut out);
    out
}
