//! From candidates to encounters: the slices of a pair that follow one another are walked step by step, skipping
//! what blocks of legs prove; the numbers are gathered only for stretches that last.

use std::ops::Range;

use super::Encounter;
use super::candidates::Candidate;
use super::slices::{Extent, Motions};
use crate::behaviour::encounter::blocks::{Facing, Legs, Proof};
use crate::behaviour::encounter::run::Run;
use crate::behaviour::encounter::step::Walk;

impl Motions {
    /// The encounters among these candidates, by pair and start. Candidates of one pair must be here together.
    pub fn settle(&self, candidates: Vec<Candidate>) -> Vec<Encounter> {
        let ordered = self.by_pair(candidates);
        let mut found = Vec::new();
        let follows = |a: &Candidate, b: &Candidate| b.slice - a.slice <= 1 && a.tracks == b.tracks;
        for span in ordered.chunk_by(follows) {
            let (Some(first), Some(last)) = (span.first(), span.last()) else { continue };
            let longest_us = (last.slice - first.slice + 1).saturating_mul(self.slice_us);
            if longest_us >= self.limits.min_us
                && let Some(stretch) = Stretch::new(self, span)
            {
                stretch.all(&mut found);
            }
        }
        found
    }

    fn extent(&self, at: u32) -> Option<&Extent> {
        self.extents.get(at as usize)
    }

    /// By first track, second track and slice. Linear: two passes of counting, each keeping the order before it.
    fn by_pair(&self, mut candidates: Vec<Candidate>) -> Vec<Candidate> {
        if !candidates.is_sorted_by_key(|candidate| candidate.slice) {
            candidates.sort_by_key(|candidate| candidate.slice);
        }
        let mut ordered = candidates.clone();
        for second in [true, false] {
            let key = |candidate: &Candidate| {
                let [a, b] = candidate.tracks;
                (if second { b } else { a }) as usize
            };
            let mut next = vec![0_u32; self.courses.len() + 1];
            for candidate in &candidates {
                if let Some(count) = next.get_mut(key(candidate) + 1) {
                    *count += 1;
                }
            }
            let mut sum = 0;
            for count in &mut next {
                sum += *count;
                *count = sum;
            }
            for candidate in &candidates {
                if let Some(at) = next.get_mut(key(candidate)) {
                    if let Some(slot) = ordered.get_mut(*at as usize) {
                        *slot = *candidate;
                    }
                    *at += 1;
                }
            }
            std::mem::swap(&mut candidates, &mut ordered);
        }
        candidates
    }
}

/// The candidates of a pair in slices that follow one another.
struct Stretch<'a> {
    motions: &'a Motions,
    span: &'a [Candidate],
    legs: [Legs<'a, u32>; 2],
    tracks: [u32; 2],
    vessels: [u32; 2],
    /// From the beginning of the first slice to the end of the last.
    time: Range<i64>,
}

impl<'a> Stretch<'a> {
    fn new(motions: &'a Motions, span: &'a [Candidate]) -> Option<Self> {
        let (first, last) = (span.first()?, span.last()?);
        let [a, b] = first.tracks;
        let (course_a, course_b) = (motions.courses.get(a as usize)?, motions.courses.get(b as usize)?);
        let slice_us = motions.slice_us;
        Some(Self {
            motions,
            span,
            legs: [motions.legs(course_a)?, motions.legs(course_b)?],
            tracks: first.tracks,
            vessels: [course_a.mmsi, course_b.mmsi],
            time: first.slice.saturating_mul(slice_us)..(last.slice + 1).saturating_mul(slice_us),
        })
    }

    /// The legs at the beginning of the span.
    fn begin(&self) -> Option<[usize; 2]> {
        let [a, b] = self.span.first()?.extents;
        Some([self.motions.extent(a)?.leg as usize, self.motions.extent(b)?.leg as usize])
    }

    /// Every stretch of the span that lasts.
    fn all(&self, found: &mut Vec<Encounter>) {
        let limit_m = self.motions.limits.max_distance_m;
        let min_us = self.motions.limits.min_us;
        let Some(index) = self.begin() else { return };
        let nodes = self.legs.map(|legs| legs.nodes);
        let mut walk = Walk::new(nodes, index);
        let prove = |facing: Facing<'a, u32>| (facing, facing.proof(limit_m));
        let mut facing = Facing::of(self.legs, index).map(prove);
        // The run that goes on: the legs of its first step, its start, its latest moment.
        let mut going: Option<([usize; 2], i64, i64)> = None;
        loop {
            let now = if let Some((here, _)) = facing.filter(|(_, proof)| proof.holds(going.is_some())) {
                let (until, next) = self.pass(here, going.is_some());
                if let Some((_, _, latest)) = &mut going {
                    *latest = until;
                }
                let ends = || nodes.map(<[_]>::len);
                walk = Walk::new(nodes, next.map_or_else(ends, |(next, _)| next.after(until)));
                facing = next;
                until
            } else {
                let Some(now) = self.step(&mut walk, &mut going, found) else { return };
                if facing.is_some_and(|(here, _)| here.is_left(walk.index)) {
                    facing = Facing::of(self.legs, walk.index).map(prove);
                }
                now
            };
            if now >= self.time.end || (going.is_none() && self.time.end - now < min_us) {
                // A run that goes on here goes on after the span only if rounding has it so.
                if let Some((begun, start, mut until)) = going {
                    while let Some(Ok(step)) = walk.step()
                        && let Some(together) = step.within(limit_m)
                        && together.from_start
                    {
                        until = step.at(together.leave);
                        if !together.to_end {
                            break;
                        }
                    }
                    self.lasted(begun, start, until, found);
                }
                return;
            }
        }
    }

    /// Passes over the blocks that prove that nothing changes, as far as the span goes: the end of the last of them, and
    /// the blocks that follow.
    fn pass(&self, mut here: Facing<'a, u32>, together: bool) -> (i64, Option<(Facing<'a, u32>, Proof)>) {
        loop {
            let until = here.until();
            match here.next().map(|next| (next, next.proof(self.motions.limits.max_distance_m))) {
                Some((next, proof)) if proof.holds(together) && until < self.time.end => here = next,
                next => return (until, next),
            }
        }
    }

    /// One step, which a run begins in, goes on in, or ends in. The end of the step; `None` at the end of either
    /// motion.
    #[inline(always)]
    fn step(
        &self,
        walk: &mut Walk<'a, u32>,
        going: &mut Option<([usize; 2], i64, i64)>,
        found: &mut Vec<Encounter>,
    ) -> Option<i64> {
        let before = walk.index;
        let step = walk.step();
        let together = match &step {
            Some(Ok(step)) => {
                step.within(self.motions.limits.max_distance_m).map(|together| (step, together))
            }
            _ => None,
        };
        if let Some((begun, start, until)) = *going
            && !together.as_ref().is_some_and(|(_, together)| together.from_start)
        {
            self.lasted(begun, start, until, found);
            *going = None;
        }
        if let Some((step, together)) = &together {
            let until = step.at(together.leave);
            let (begun, start, _) = going.unwrap_or_else(|| (before, step.at(together.enter), until));
            if together.to_end {
                *going = Some((begun, start, until));
            } else {
                self.lasted(begun, start, until, found);
                *going = None;
            }
        }
        match step? {
            Ok(step) => Some(step.to),
            Err(to) => Some(to),
        }
    }

    /// Gathers the numbers of a stretch, if it lasted and is of this span.
    fn lasted(&self, begun: [usize; 2], start: i64, until: i64, found: &mut Vec<Encounter>) {
        let limits = self.motions.limits;
        let own = self.time.start <= start && start <= self.time.end;
        if until - start < limits.min_us || !own {
            return;
        }
        if let Some(Ok(step)) = Walk::new(self.legs.map(|legs| legs.nodes), begun).step()
            && let Some(together) = step.within(limits.max_distance_m)
        {
            let mut run = Run::new(&step, &together, limits);
            run.until = until;
            let meeting = run.meeting(self.legs);
            found.push(Encounter { tracks: self.tracks, vessels: self.vessels, meeting });
        }
    }
}
