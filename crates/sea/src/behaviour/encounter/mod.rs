//! Encounter: two tracks within a distance of each other without a break for at least a time, in continuous time
//! on the straight motion between fixes. No grid of times, no midnight, any longitude. It does not ask where.
//!
//! Fixes are fed in order of time. A pair is settled up to the earlier of the two last fixes; each new leg of one
//! track is compared with the legs of the others that overlap it in time and come into reach.

pub mod approach;
mod extent;
mod grid;
mod run;

use std::collections::VecDeque;

use bitacora_primitives::geodesy::wrap_longitude;
use bitacora_primitives::{EvidenceRef, Mmsi, Position, TrackId};

use self::approach::Span;
use self::extent::{Extent, Reach};
use self::grid::Grid;
use self::run::{Party, Run, Step};
use super::Event;
use super::parameters::EncounterParameters;
use crate::tracks::fix::{Fix, KNOT, METRES_PER_DEGREE};

/// A vertex of a track's motion.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Node {
    t: i64,
    position: Position,
    cos_lat: f64,
    /// Speed over the last leg of at least a minute, ending here.
    speed_kn: f32,
    evidence: EvidenceRef,
}

/// Speed is taken over legs of at least this length, so that fix noise is not speed.
const SPEED_LEG_US: i64 = 60_000_000;
/// With `still_m`, a vertex is kept at least this often.
const STILL_US: i64 = 600_000_000;

impl Node {
    fn of(fix: &Fix) -> Self {
        Self {
            t: fix.observed.micros(),
            position: fix.position,
            cos_lat: fix.cos_lat,
            speed_kn: 0.0,
            evidence: fix.evidence,
        }
    }
    fn distance_m(&self, other: &Self) -> f64 {
        let north = other.position.lat() - self.position.lat();
        let east = east_of(self.position, other.position) * 0.5 * (self.cos_lat + other.cos_lat);
        (north * north + east * east).sqrt() * METRES_PER_DEGREE
    }
}

/// The motion of one track, as far back as another leg may still reach.
#[derive(Debug)]
struct Motion {
    mmsi: Mmsi,
    track: TrackId,
    nodes: VecDeque<Node>,
    leg_start: Option<Node>,
    /// Left out because the vessel had not moved; the next vertex may need it.
    held_back: Option<Node>,
    /// Tracks it is together with and their runs, sorted by slot.
    together: Vec<(u32, u32)>,
}

/// The detector for all tracks.
#[derive(Debug)]
pub struct Encounters {
    max_distance_m: f64,
    min_us: i64,
    silence_us: i64,
    still_m: f64,
    motions: Vec<Option<Motion>>,
    /// By slot, as `motions`.
    extents: Vec<Extent>,
    free: Vec<u32>,
    runs: Vec<Option<Box<Run>>>,
    free_runs: Vec<u32>,
    grid: Grid,
    near: Vec<u32>,
    legs_seen: u64,
}

impl Encounters {
    pub fn new(parameters: &EncounterParameters) -> Self {
        Self {
            max_distance_m: parameters.max_distance_m,
            min_us: parameters.min_duration.micros(),
            silence_us: parameters.max_silence.micros(),
            still_m: parameters.still_m,
            motions: Vec::new(),
            extents: Vec::new(),
            free: Vec::new(),
            runs: Vec::new(),
            free_runs: Vec::new(),
            grid: Grid::new(parameters.max_distance_m),
            near: Vec::new(),
            legs_seen: 0,
        }
    }

    /// Begins the motion of a track; the slot names it until [`Encounters::end`].
    pub fn begin(&mut self, mmsi: Mmsi, track: TrackId) -> u32 {
        let motion = Motion {
            mmsi,
            track,
            nodes: VecDeque::new(),
            leg_start: None,
            held_back: None,
            together: Vec::new(),
        };
        match self.free.pop() {
            Some(slot) => {
                if let Some(place) = self.motions.get_mut(slot as usize) {
                    *place = Some(motion);
                }
                if let Some(place) = self.extents.get_mut(slot as usize) {
                    *place = Extent::NONE;
                }
                slot
            }
            None => {
                self.motions.push(Some(motion));
                self.extents.push(Extent::NONE);
                (self.motions.len() - 1) as u32
            }
        }
    }

    /// The next fix of a track. Fixes of all tracks come in order of time.
    pub fn observe(&mut self, slot: u32, fix: &Fix, out: &mut Vec<Event>) {
        let node = Node::of(fix);
        let Some(motion) = self.motions.get_mut(slot as usize).and_then(Option::as_mut) else { return };
        let Some(last) = motion.nodes.back().copied() else {
            motion.leg_start = Some(node);
            motion.nodes.push_back(node);
            return;
        };
        if node.t <= motion.held_back.map_or(last.t, |held| held.t) {
            return;
        }
        if self.still_m > 0.0 {
            if node.t - last.t < STILL_US && last.distance_m(&node) < self.still_m {
                motion.held_back = Some(node);
                return;
            }
            if let Some(held) = motion.held_back.take() {
                self.leg(slot, held, out);
            }
        }
        self.leg(slot, node, out);
    }

    /// The track is silent for longer than a leg may last, or has ended: its runs end.
    pub fn end(&mut self, slot: u32, out: &mut Vec<Event>) {
        let held = self.motion_mut(slot).and_then(|motion| motion.held_back.take());
        if let Some(held) = held {
            self.leg(slot, held, out);
        }
        let Some(motion) = self.motions.get_mut(slot as usize).and_then(Option::as_mut) else { return };
        let together = std::mem::take(&mut motion.together);
        for (_, run) in &together {
            end_run(&mut self.runs, &mut self.free_runs, *run, &self.motions, out);
        }
        if let Some(place) = self.motions.get_mut(slot as usize) {
            *place = None;
        }
        self.free.push(slot);
        for (other, _) in together {
            if let Some(partner) = self.motion_mut(other) {
                partner.together.retain(|(with, _)| *with != slot);
            }
        }
    }

    fn motion_mut(&mut self, slot: u32) -> Option<&mut Motion> {
        self.motions.get_mut(slot as usize).and_then(Option::as_mut)
    }

    /// Adds a leg to the motion of `slot` and settles every pair that it settles.
    fn leg(&mut self, slot: u32, mut to: Node, out: &mut Vec<Event>) {
        let silence_us = self.silence_us;
        let Some(motion) = self.motions.get_mut(slot as usize).and_then(Option::as_mut) else { return };
        let Some(from) = motion.nodes.back().copied() else { return };
        match motion.leg_start {
            Some(start) if to.t - start.t >= SPEED_LEG_US => {
                to.speed_kn = (start.distance_m(&to) / ((to.t - start.t) as f64 / 1e6) / KNOT) as f32;
                motion.leg_start = Some(to);
            }
            Some(start) if from.speed_kn == 0.0 && start.t == from.t => {
                to.speed_kn = (start.distance_m(&to) / ((to.t - start.t) as f64 / 1e6) / KNOT) as f32;
            }
            _ => to.speed_kn = from.speed_kn,
        }
        motion.nodes.push_back(to);
        // No leg that is still to come begins earlier than this.
        let horizon = to.t - silence_us;
        while motion.nodes.get(1).is_some_and(|second| second.t <= horizon) {
            motion.nodes.pop_front();
        }
        if to.t - from.t > silence_us {
            return;
        }
        let party = Party { slot, mmsi: motion.mmsi, track: motion.track };
        self.legs_seen += 1;
        let number = self.legs_seen;
        let reach = Reach::new(&from, &to, 1.01 * self.max_distance_m / METRES_PER_DEGREE);
        if let Some(extent) = self.extents.get_mut(slot as usize) {
            extent.add(&from, &to);
        }
        let mut near = std::mem::take(&mut self.near);
        near.clear();
        let extents = &mut self.extents;
        self.grid.pass(slot, &from, &to, horizon, |other| {
            if let Some(extent) = extents.get_mut(other as usize)
                && extent.seen != number
            {
                extent.seen = number;
                if extent.may_meet(&reach) {
                    near.push(other);
                }
            }
        });
        for other in near.iter().copied() {
            self.settle(party, (&from, &to), other, out);
        }
        self.near = near;
    }

    /// Settles one pair from the beginning of the new leg to the last fix of the other.
    fn settle(&mut self, party: Party, leg: (&Node, &Node), other: u32, out: &mut Vec<Event>) {
        let (from, to) = leg;
        let Some(motion) = self.motions.get(other as usize).and_then(Option::as_ref) else { return };
        let Some(last) = motion.nodes.back() else { return };
        if last.t <= from.t {
            return;
        }
        let theirs = Party { slot: other, mmsi: motion.mmsi, track: motion.track };
        let mut index = motion.nodes.len() - 1;
        while index > 0 && motion.nodes.get(index - 1).is_some_and(|node| node.t > from.t) {
            index -= 1;
        }
        // `index` is the first node after the beginning of the leg; the one before it starts their leg there.
        let mut index = index.max(1);
        let mut run = motion
            .together
            .binary_search_by_key(&party.slot, |(with, _)| *with)
            .ok()
            .and_then(|place| motion.together.get(place))
            .map(|(_, run)| *run);
        let mut changed = false;
        while let (Some(before), Some(after)) = (motion.nodes.get(index - 1), motion.nodes.get(index)) {
            index += 1;
            let (start, end) = (from.t.max(before.t), to.t.min(after.t));
            if start >= end {
                if before.t >= to.t {
                    break;
                }
                continue;
            }
            let together = if after.t - before.t > self.silence_us {
                None
            } else {
                let (span, middle) = span_of(leg, (before, after), start, end);
                span.within(self.max_distance_m).map(|together| {
                    (Step { legs: [leg, (before, after)], from: start, to: end, span, middle }, together)
                })
            };
            // INVARIANT: a run that goes on has lasted to the beginning of this step. It ends unless the step
            // begins together.
            if let Some(going) = run
                && !together.as_ref().is_some_and(|(_, together)| together.enter <= 0.0)
            {
                end_run(&mut self.runs, &mut self.free_runs, going, &self.motions, out);
                run = None;
                changed = true;
            }
            let Some((mut step, together)) = together else { continue };
            let (parties, swap) = if order(&party) <= order(&theirs) {
                ([party, theirs], false)
            } else {
                ([theirs, party], true)
            };
            if swap {
                step.legs.swap(0, 1);
            }
            let place = match run {
                Some(place) => place,
                None => {
                    let new = Box::new(Run::new(parties, &step, &together, self.max_distance_m));
                    changed = true;
                    let place = match self.free_runs.pop() {
                        Some(place) => {
                            if let Some(slot) = self.runs.get_mut(place as usize) {
                                *slot = Some(new);
                            }
                            place
                        }
                        None => {
                            self.runs.push(Some(new));
                            (self.runs.len() - 1) as u32
                        }
                    };
                    run = Some(place);
                    place
                }
            };
            if let Some(Some(going)) = self.runs.get_mut(place as usize) {
                going.extend(&step, &together);
                if going.ripens(self.min_us) {
                    let last = last_fixes(&self.motions, going);
                    out.push(going.report(last, false));
                }
            }
            if together.leave < 1.0 {
                end_run(&mut self.runs, &mut self.free_runs, place, &self.motions, out);
                run = None;
                changed = true;
            }
        }
        if changed {
            self.link(party.slot, other, run);
            self.link(other, party.slot, run);
        }
    }

    fn link(&mut self, slot: u32, other: u32, run: Option<u32>) {
        let Some(motion) = self.motion_mut(slot) else { return };
        let found = motion.together.binary_search_by_key(&other, |(with, _)| *with);
        match (found, run) {
            (Ok(place), Some(run)) => {
                if let Some(entry) = motion.together.get_mut(place) {
                    entry.1 = run;
                }
            }
            (Ok(place), None) => {
                motion.together.remove(place);
            }
            (Err(place), Some(run)) => motion.together.insert(place, (other, run)),
            (Err(_), None) => {}
        }
    }

    /// Ends every run with its last moment: the input has ended.
    pub fn finish(&mut self, out: &mut Vec<Event>) {
        for slot in 0..self.motions.len() {
            self.end(slot as u32, out);
        }
        self.motions.clear();
        self.extents.clear();
        self.free.clear();
    }

    /// Vessels together at this moment, in pairs. For tests and figures.
    pub fn going(&self) -> usize {
        self.runs.len() - self.free_runs.len()
    }
}

fn end_run(
    runs: &mut [Option<Box<Run>>],
    free: &mut Vec<u32>,
    run: u32,
    motions: &[Option<Motion>],
    out: &mut Vec<Event>,
) {
    if let Some(mut ended) = runs.get_mut(run as usize).and_then(Option::take) {
        free.push(run);
        if ended.was_reported() {
            let last = last_fixes(motions, &ended);
            out.push(ended.report(last, true));
        }
    }
}

/// The fix of each vessel of a run nearest in time to its latest moment.
fn last_fixes(motions: &[Option<Motion>], run: &Run) -> [(EvidenceRef, i64); 2] {
    let [a, b] = run.parties;
    let nearest = |slot: u32, known: (EvidenceRef, i64)| {
        motions
            .get(slot as usize)
            .and_then(Option::as_ref)
            .and_then(|motion| motion.nodes.iter().rev().min_by_key(|node| (node.t - run.until).abs()))
            .map_or(known, |node| (node.evidence, node.t))
    };
    let [first_a, first_b] = run.first;
    [nearest(a.slot, first_a), nearest(b.slot, first_b)]
}

fn order(party: &Party) -> (Mmsi, TrackId) {
    (party.mmsi, party.track)
}

/// The way from the vessel on leg `a` to the one on leg `b`, at both ends of the time looked at, and the point
/// midway (degrees; its longitude may lie beyond 180).
#[inline]
fn span_of(a: (&Node, &Node), b: (&Node, &Node), start: i64, end: i64) -> (Span, [(f64, f64); 2]) {
    #[inline]
    fn ends(leg: (&Node, &Node), start: i64, end: i64) -> [(f64, f64, f64); 2] {
        let (p, q) = (leg.0.position, leg.1.position);
        let per_us = 1.0 / (leg.1.t - leg.0.t).max(1) as f64;
        let way = (q.lat() - p.lat(), east_of(p, q), leg.1.cos_lat - leg.0.cos_lat);
        [start, end].map(|t| {
            let share = (t - leg.0.t) as f64 * per_us;
            (p.lat() + way.0 * share, p.lon() + way.1 * share, leg.0.cos_lat + way.2 * share)
        })
    }
    let [a_start, a_end] = ends(a, start, end);
    let [b_start, b_end] = ends(b, start, end);
    let mut east = b_start.1 - a_start.1;
    if !(-180.0..180.0).contains(&east) {
        east = wrap_longitude(east);
    }
    // The change is added to the start, so that both ends lie on the same side of the antimeridian.
    let east_end = east + (b_end.1 - b_start.1) - (a_end.1 - a_start.1);
    let span = Span {
        north: [b_start.0 - a_start.0, b_end.0 - a_end.0],
        east: [east, east_end],
        cos_lat: [0.5 * (a_start.2 + b_start.2), 0.5 * (a_end.2 + b_end.2)],
    };
    let middle = [
        (0.5 * (a_start.0 + b_start.0), a_start.1 + 0.5 * east),
        (0.5 * (a_end.0 + b_end.0), a_end.1 + 0.5 * east_end),
    ];
    (span, middle)
}

/// Degrees of longitude from `p` to `q` by the short way.
#[inline]
fn east_of(p: Position, q: Position) -> f64 {
    let east = q.lon() - p.lon();
    if (-180.0..180.0).contains(&east) { east } else { wrap_longitude(east) }
}
