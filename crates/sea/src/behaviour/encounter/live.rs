//! The stream form of the encounter detector.
//!
//! Fixes are fed in order of time. A pair is settled up to the earlier of the two last fixes; each new leg of one
//! track is compared with the legs of the others that overlap it in time and come into reach.

use std::collections::BTreeSet;

use bitacora_primitives::{EvidenceRef, Instant, Mmsi, Position, TrackId};

use super::batch::{Tile, Tiling};
use super::blocks::Legs;
use super::extent::{Extent, Reach};
use super::grid::Grid;
use super::legs::{At, Dealing, Dealt};
use super::motion::{Node, Rule, STILL_US, Vertices};
use super::run::{Limits, Party, Run};
use super::step::{Step, first_after};
use crate::behaviour::Event;
use crate::behaviour::parameters::EncounterParameters;
use crate::tracks::fix::{Fix, METRES_PER_DEGREE};

type Vertex = Node<EvidenceRef>;

/// Two tracks, the lesser number first.
pub type Pair = [(Mmsi, TrackId); 2];

/// The numbers of a run are gathered once it has gone on for so long, not at every fix: many steps at a time.
const GATHER_US: i64 = 600_000_000;
const FIRST_TRIM: usize = 64;

fn vertex(fix: &Fix) -> Vertex {
    let position = fix.position;
    Node::new(fix.observed.micros(), position.lat(), position.lon(), fix.cos_lat, fix.evidence)
}

/// The motion of one track, as far back as another leg may still reach.
#[derive(Debug)]
struct Motion {
    mmsi: Mmsi,
    track: TrackId,
    /// Known with the first fix.
    party: Option<Party>,
    vertices: Vertices<EvidenceRef>,
    nodes: Vec<Vertex>,
    /// Nodes are looked through for old ones when there are so many.
    trim_at: usize,
    /// Tracks it is together with and their runs, sorted by slot.
    together: Vec<(u32, u32)>,
}

/// A stretch in which two tracks are together, and what has been said of it.
#[derive(Debug)]
struct Going {
    parties: [Party; 2],
    slots: [u32; 2],
    run: Run<EvidenceRef>,
    /// Revision to be used next, once reported.
    reported: Option<u32>,
}

impl Going {
    fn legs<'a>(&self, motions: &'a [Option<Motion>]) -> [Legs<'a, EvidenceRef>; 2] {
        let of = |slot: u32| motions.get(slot as usize).and_then(Option::as_ref);
        let legs = |nodes: &'a [Vertex]| Legs { nodes, blocks: &[] };
        self.slots.map(|slot| of(slot).map_or(legs(&[]), |motion| legs(&motion.nodes)))
    }

    fn report(&mut self, motions: &[Option<Motion>], ended: bool) -> Event {
        let revision = self.reported.unwrap_or(0);
        self.reported = Some(revision + 1);
        let legs = self.legs(motions);
        self.run.meeting(legs).event(self.parties, revision, ended, |evidence| evidence)
    }
}

/// The detector for all tracks.
#[derive(Debug)]
pub struct Encounters {
    limits: Limits,
    rule: Rule,
    motions: Vec<Option<Motion>>,
    /// By slot, as `motions`.
    extents: Vec<Extent>,
    free: Vec<u32>,
    runs: Vec<Option<Box<Going>>>,
    free_runs: Vec<u32>,
    grid: Grid,
    near: Vec<u32>,
    legs_seen: u64,
    /// For a detector of one tile: which, and the pairs that were together beyond it.
    tile: Option<(Tiling, Tile)>,
    crossing: BTreeSet<Pair>,
    /// The motion is dealt to tiles, and not searched here.
    dealing: Option<Dealing>,
}

impl Encounters {
    pub fn new(parameters: &EncounterParameters) -> Self {
        Self {
            limits: Limits::of(parameters),
            rule: Rule::of(parameters),
            motions: Vec::new(),
            extents: Vec::new(),
            free: Vec::new(),
            runs: Vec::new(),
            free_runs: Vec::new(),
            grid: Grid::new(parameters.max_distance_m),
            near: Vec::new(),
            legs_seen: 0,
            tile: None,
            crossing: BTreeSet::new(),
            dealing: None,
        }
    }

    /// The detector of one tile, which is given the legs that touch it ([`super::legs`]). It sees the whole of an
    /// encounter unless the pair is among [`Self::crossing`].
    pub fn of_tile(parameters: &EncounterParameters, tiling: Tiling, tile: Tile) -> Self {
        Self { tile: Some((tiling, tile)), ..Self::new(parameters) }
    }

    /// Finds nothing, and deals the motion of all tracks to tiles, for detectors of one each.
    pub fn dealing(parameters: &EncounterParameters, tiling: Tiling) -> Self {
        let dealing = Some(Dealing::new(parameters.max_distance_m, tiling));
        Self { dealing, ..Self::new(parameters) }
    }

    /// When what follows is done: a detector that deals says so with each leg.
    pub const fn set_time(&mut self, at: At) {
        if let Some(dealing) = &mut self.dealing {
            dealing.at = at;
        }
    }

    /// What was dealt since the last call.
    pub fn dealt(&mut self) -> impl Iterator<Item = (Tile, Dealt)> {
        self.dealing.as_mut().into_iter().flat_map(|dealing| dealing.dealt.drain(..))
    }

    /// The pairs that were together, however short, on a leg that leaves the tile.
    pub const fn crossing(&self) -> &BTreeSet<Pair> {
        &self.crossing
    }

    /// Begins the motion of a track; the slot names it until [`Encounters::end`].
    pub fn begin(&mut self, mmsi: Mmsi, track: TrackId) -> u32 {
        let motion = Motion {
            mmsi,
            track,
            party: None,
            vertices: Vertices::NONE,
            nodes: Vec::new(),
            trim_at: FIRST_TRIM,
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

    /// Reads what the next leg of a track will be compared with, and says how much of it is newer than `since`: for a caller
    /// who has several fixes at hand, so that the waits for memory overlap.
    pub fn newer(&self, slot: u32, since: Instant) -> usize {
        let motion = |slot: u32| self.motions.get(slot as usize).and_then(Option::as_ref);
        let newer = |slot: u32| {
            usize::from(
                motion(slot)
                    .and_then(|motion| motion.nodes.last())
                    .is_some_and(|last| last.t > since.micros()),
            )
        };
        let reported = |run: u32| {
            let going = self.runs.get(run as usize).and_then(Option::as_ref);
            usize::from(
                going.is_some_and(|going| going.reported.is_some() && going.run.until > since.micros()),
            )
        };
        let together = motion(slot).into_iter().flat_map(|motion| &motion.together);
        newer(slot) + together.map(|(other, run)| newer(*other) + reported(*run)).sum::<usize>()
    }

    /// The next fix of a track. Fixes of all tracks come in order of time.
    pub fn observe(&mut self, slot: u32, fix: &Fix, out: &mut Vec<Event>) {
        let Some(motion) = self.motions.get_mut(slot as usize).and_then(Option::as_mut) else { return };
        let (mmsi, track) = (motion.mmsi, motion.track);
        motion.party.get_or_insert(Party { mmsi, track, known: fix.position });
        // At most two: one that was held back and this one.
        let mut kept = [None; 2];
        motion.vertices.push(vertex(fix), &self.rule, |node| {
            let [first, second] = &mut kept;
            *(if first.is_none() { first } else { second }) = Some(node);
        });
        for node in kept.into_iter().flatten() {
            self.take(slot, node, out);
        }
    }

    /// The next vertex of a track, as it was dealt.
    pub fn observe_vertex(&mut self, slot: u32, vertex: Vertex, out: &mut Vec<Event>) {
        let Some(motion) = self.motion_mut(slot) else { return };
        let (mmsi, track) = (motion.mmsi, motion.track);
        if let Ok(known) = Position::new(vertex.lat, vertex.lon) {
            motion.party.get_or_insert(Party { mmsi, track, known });
            self.take(slot, vertex, out);
        }
    }

    /// The track is silent for longer than a leg may last, or has ended: its runs end.
    pub fn end(&mut self, slot: u32, out: &mut Vec<Event>) {
        self.flush(slot, out);
        if self.motion_mut(slot).is_none() {
            return;
        }
        self.end_runs_of(slot, out);
        if let (Some(dealing), Some(Some(motion))) = (&mut self.dealing, self.motions.get(slot as usize)) {
            dealing.end(slot, (motion.mmsi, motion.track));
        }
        if let Some(place) = self.motions.get_mut(slot as usize) {
            *place = None;
        }
        self.free.push(slot);
    }

    /// Takes the vertex that was held back because the vessel lay still.
    fn flush(&mut self, slot: u32, out: &mut Vec<Event>) {
        let mut held = None;
        let rule = self.rule;
        if let Some(motion) = self.motion_mut(slot) {
            motion.vertices.flush(&rule, |node| held = Some(node));
        }
        if let Some(held) = held {
            self.take(slot, held, out);
        }
    }

    /// Ends every run of a track with its latest moment.
    fn end_runs_of(&mut self, slot: u32, out: &mut Vec<Event>) {
        let Some(motion) = self.motion_mut(slot) else { return };
        for (other, run) in std::mem::take(&mut motion.together) {
            end_run(&self.motions, &mut self.runs, &mut self.free_runs, run, out);
            if let Some(partner) = self.motion_mut(other) {
                partner.together.retain(|(with, _)| *with != slot);
            }
        }
    }

    fn motion_mut(&mut self, slot: u32) -> Option<&mut Motion> {
        self.motions.get_mut(slot as usize).and_then(Option::as_mut)
    }

    /// Adds a vertex to the motion of `slot` and settles every pair that the leg to it settles.
    fn take(&mut self, slot: u32, to: Vertex, out: &mut Vec<Event>) {
        if !to.ends_leg() {
            self.end_runs_of(slot, out);
        }
        let silence_us = self.rule.silence_us;
        let Some(motion) = self.motions.get_mut(slot as usize).and_then(Option::as_mut) else { return };
        if let Some(dealing) = &mut self.dealing {
            dealing.vertex(slot, (motion.mmsi, motion.track), &to);
            return;
        }
        let from = motion.nodes.last().copied();
        motion.nodes.push(to);
        // No leg that is still to come begins earlier than this; one that was held back while a vessel lay still, and
        // comes when its silence is noticed, is the longest on its way.
        let held_us = if self.rule.still_m > 0.0 { STILL_US } else { 0 };
        let horizon = to.t.saturating_sub(silence_us).saturating_sub(held_us);
        if motion.nodes.len() >= motion.trim_at {
            trim(motion, &self.runs, horizon);
        }
        let Some(from) = from.filter(|_| to.ends_leg()) else { return };
        let Some(party) = motion.party else { return };
        self.legs_seen += 1;
        let number = self.legs_seen;
        let reach = Reach::new(&from, &to, 1.01 * self.limits.max_distance_m / METRES_PER_DEGREE);
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
            self.settle((slot, party), (&from, &to), other, out);
        }
        self.near = near;
    }

    /// Settles one pair from the beginning of the new leg to the last fix of the other.
    fn settle(&mut self, own: (u32, Party), leg: (&Vertex, &Vertex), other: u32, out: &mut Vec<Event>) {
        let (slot, party) = own;
        let (from, to) = leg;
        let Some(motion) = self.motions.get(other as usize).and_then(Option::as_ref) else { return };
        let Some(last) = motion.nodes.last() else { return };
        if last.t <= from.t {
            return;
        }
        let Some(theirs) = motion.party else { return };
        // The first node after the beginning of the leg; the one before it starts their leg there.
        let mut index = first_after(&motion.nodes, from.t).max(1);
        let mut run = motion
            .together
            .binary_search_by_key(&slot, |(with, _)| *with)
            .ok()
            .and_then(|place| motion.together.get(place))
            .map(|(_, run)| *run);
        let before_run = run;
        let in_order = order(&party) <= order(&theirs);
        let parties = if in_order { [party, theirs] } else { [theirs, party] };
        let slots = if in_order { [slot, other] } else { [other, slot] };
        while let (Some(before), Some(after)) = (motion.nodes.get(index - 1), motion.nodes.get(index)) {
            index += 1;
            let (start, end) = (from.t.max(before.t), to.t.min(after.t));
            if start >= end {
                if before.t >= to.t {
                    break;
                }
                continue;
            }
            let legs = if in_order { [leg, (before, after)] } else { [(before, after), leg] };
            let step = after.ends_leg().then(|| Step::new(legs, start, end, None));
            let together = step.and_then(|step| Some((step, step.within(self.limits.max_distance_m)?)));
            // INVARIANT: a run that goes on has lasted to the beginning of this step. It ends unless the step
            // begins together.
            if let Some(going) = run
                && !together.as_ref().is_some_and(|(_, together)| together.from_start)
            {
                end_run(&self.motions, &mut self.runs, &mut self.free_runs, going, out);
                run = None;
            }
            let Some((step, together)) = together else { continue };
            if let Some((tiling, tile)) = &self.tile
                && [from, to, before, after].iter().any(|node| tiling.at(node.lat, node.lon) != *tile)
            {
                self.crossing.insert(parties.map(|party| (party.mmsi, party.track)));
            }
            let place = match run {
                Some(place) => place,
                None => {
                    let new = Run::new(&step, &together, self.limits);
                    let new = Box::new(Going { parties, slots, run: new, reported: None });
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
                going.run.until = step.at(together.leave);
                if going.reported.is_none() && going.run.lasted_us() >= self.limits.min_us {
                    out.push(going.report(&self.motions, false));
                } else if together.to_end && going.run.ungathered_us() > GATHER_US {
                    let legs = going.legs(&self.motions);
                    going.run.gather(legs);
                }
            }
            if !together.to_end {
                end_run(&self.motions, &mut self.runs, &mut self.free_runs, place, out);
                run = None;
            }
        }
        if run != before_run {
            self.link(slot, other, run);
            self.link(other, slot, run);
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
        let slots = self.motions.len() as u32;
        // All motions first, so that none ends before another has caught up with it.
        (0..slots).for_each(|slot| self.flush(slot, out));
        (0..slots).for_each(|slot| self.end(slot, out));
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
    motions: &[Option<Motion>],
    runs: &mut [Option<Box<Going>>],
    free: &mut Vec<u32>,
    run: u32,
    out: &mut Vec<Event>,
) {
    if let Some(mut ended) = runs.get_mut(run as usize).and_then(Option::take) {
        free.push(run);
        if ended.reported.is_some() {
            out.push(ended.report(motions, true));
        }
    }
}

/// Drops the nodes that no leg to come reaches and that no run has still to gather.
fn trim(motion: &mut Motion, runs: &[Option<Box<Going>>], horizon: i64) {
    let run = |place: u32| runs.get(place as usize).and_then(Option::as_ref);
    let needed = motion.together.iter().filter_map(|(_, place)| Some(run(*place)?.run.counted()));
    let needed = needed.fold(horizon, i64::min);
    let old = first_after(&motion.nodes, needed).saturating_sub(1);
    motion.nodes.drain(..old);
    motion.trim_at = (2 * motion.nodes.len()).max(FIRST_TRIM);
}

fn order(party: &Party) -> (Mmsi, TrackId) {
    (party.mmsi, party.track)
}
