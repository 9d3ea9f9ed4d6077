//! Copied track: the way of one vessel, or of the same vessel earlier, made again at a constant offset in
//! latitude, longitude and time. Found by hashes of quantised displacements, verified fix by fix. Remembers a
//! fixed number of fixes; says which two ways are equal, not which is the original.

mod aligned;
mod memory;
mod shingle;

use bitacora_primitives::geodesy::wrap_longitude;
use bitacora_primitives::{SourceId, TrackId};
use rustc_hash::FxHashMap;

use self::aligned::Aligned;
use self::memory::{Kept, Memory};
use self::shingle::{Cursors, Index};
use super::parameters::CopyParameters;
use super::plane::{is_polar, way};
use super::track_of_number;
use crate::behaviour::Event;
use crate::tracks::Fix;
use crate::tracks::positions::Positions;

/// Alignments of one track that are followed at once; a further one takes the place of the least matched.
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
    last: Fix,
    /// Number of its newest fix in memory.
    newest: Option<u64>,
    cursors: Option<Cursors>,
    aligned: Vec<Aligned>,
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

    /// Takes the next fix of any track, in order of (time, number, evidence).
    pub fn observe(&mut self, track: TrackId, fix: &Fix, out: &mut Vec<Event>) {
        let parameters = &self.parameters;
        let Some(state) = self.tracks.get_mut(&track) else {
            let first = Track { last: *fix, newest: None, cursors: None, aligned: Vec::new() };
            self.tracks.insert(track, first);
            return;
        };
        let step = fix.observed - state.last.observed;
        if step.micros() <= 0 {
            return;
        }
        let moved_m = way(&state.last, fix).length();
        let before = std::mem::replace(&mut state.last, *fix);
        if step > parameters.max_silence {
            // As if the track began: what goes before is as good as ended.
            state.aligned.drain(..).for_each(|aligned| aligned.close(out));
            (state.newest, state.cursors) = (None, None);
            return;
        }
        if step > parameters.max_step || is_polar(fix) {
            state.newest = None;
            state.cursors = None;
        }
        // A rule that looks at neighbours only keeps the same fixes of a way and of its copy.
        if moved_m < parameters.min_step_m || is_polar(fix) {
            return;
        }
        let number = self.memory.push(Kept::of(track, fix), state.newest);
        state.newest = Some(number);
        let kept = Kept::of(track, fix);
        state.aligned.retain_mut(|aligned| aligned.follow(&kept, &self.memory, parameters, out));
        let cursors = state.cursors.get_or_insert_with(|| Cursors::at(number));
        if !is_looked_at(&before, fix) {
            return;
        }
        let Some(shingle) = cursors.advance(number, &self.memory, parameters) else { return };
        for hash in shingle.hashes() {
            for found in self.index.look(hash) {
                let Some(new) = Aligned::from_seed(number, found, &self.memory, parameters, &state.aligned)
                else {
                    continue;
                };
                if state.aligned.len() >= ALIGNMENTS {
                    let least = state.aligned.iter().enumerate().min_by_key(|(_, known)| known.matched());
                    if let Some((at, _)) = least {
                        state.aligned.swap_remove(at).close(out);
                    }
                }
                let mut new = new;
                new.report(parameters, out);
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

/// Shapes are taken at one fix in three, chosen by the step to it alone, which is the same in a way and in its copy: what the
/// shape costs is what this check costs.
fn is_looked_at(before: &Fix, fix: &Fix) -> bool {
    /// About a metre: AIS resolves a sixth of it.
    const STEP_DEG: f64 = 1e-5;
    let steps = |degrees: f64| libm::round(libm::fabs(degrees) / STEP_DEG) as u64;
    let east = wrap_longitude(fix.position.lon() - before.position.lon());
    (steps(fix.position.lat() - before.position.lat()) + steps(east)).is_multiple_of(3)
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
