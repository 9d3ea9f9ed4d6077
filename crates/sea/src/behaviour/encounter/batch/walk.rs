//! From candidates to encounters: the slices of a pair that follow one another are walked step by step, skipping
//! what the boxes decide; the numbers are gathered only for stretches that last.

use std::ops::Range;

use super::Encounter;
use super::candidates::Candidate;
use super::slices::{Extent, Motions};
use crate::behaviour::encounter::motion::Node;
use crate::behaviour::encounter::run::{Run, Step, Way};

impl Motions {
    /// The encounters among these candidates, by pair and start. Candidates of one pair must be here together.
    pub fn settle(&self, candidates: Vec<Candidate>) -> Vec<Encounter> {
        let ordered = self.by_pair(candidates);
        let mut found = Vec::new();
        let follows = |a: &Candidate, b: &Candidate| b.slice - a.slice <= 1 && a.tracks == b.tracks;
        for span in ordered.chunk_by(follows) {
            let (Some(first), Some(last)) = (span.first(), span.last()) else { continue };
            let longest_us = (last.slice - first.slice + 1).saturating_mul(self.slice_us);
            if longest_us >= self.min_us
                && let Some(mut walk) = Walk::new(self, span)
            {
                walk.all(&mut found);
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
            let mut ordered = candidates.clone();
            for candidate in &candidates {
                if let Some(at) = next.get_mut(key(candidate)) {
                    if let Some(slot) = ordered.get_mut(*at as usize) {
                        *slot = *candidate;
                    }
                    *at += 1;
                }
            }
            candidates = ordered;
        }
        candidates
    }
}

/// Where the walk of a pair stands: the vertices that end the legs of both.
#[derive(Clone, Copy)]
struct At {
    index: [usize; 2],
    /// The way at the end of the last step, where the next begins.
    way: Option<Way>,
}

struct Walk<'a> {
    motions: &'a Motions,
    span: &'a [Candidate],
    nodes: [&'a [Node<u32>]; 2],
    tracks: [u32; 2],
    vessels: [u32; 2],
    /// From the beginning of the first slice to the end of the last.
    time: Range<i64>,
}

impl<'a> Walk<'a> {
    fn new(motions: &'a Motions, span: &'a [Candidate]) -> Option<Self> {
        let (first, last) = (span.first()?, span.last()?);
        let [a, b] = first.tracks;
        let (course_a, course_b) = (motions.courses.get(a as usize)?, motions.courses.get(b as usize)?);
        let slice_us = motions.slice_us;
        Some(Self {
            motions,
            span,
            nodes: [motions.nodes.get(course_a.nodes.clone())?, motions.nodes.get(course_b.nodes.clone())?],
            tracks: first.tracks,
            vessels: [course_a.mmsi, course_b.mmsi],
            time: first.slice.saturating_mul(slice_us)..(last.slice + 1).saturating_mul(slice_us),
        })
    }

    /// The legs at the beginning of a slice of the span.
    fn legs_of(&self, candidate: usize) -> Option<[usize; 2]> {
        let [a, b] = self.span.get(candidate)?.extents;
        Some([self.motions.extent(a)?.leg as usize, self.motions.extent(b)?.leg as usize])
    }

    /// The next two legs: `Ok` with the step they make, `Err` where there is none. `None` at the end of either track.
    #[inline(always)]
    fn step(&self, at: &mut At) -> Option<Result<Step<'a, u32>, i64>> {
        let [a, b] = self.nodes;
        let [index_a, index_b] = at.index;
        let legs = [
            (a.get(index_a.wrapping_sub(1))?, a.get(index_a)?),
            (b.get(index_b.wrapping_sub(1))?, b.get(index_b)?),
        ];
        let [(a0, a1), (b0, b1)] = legs;
        let (from, to) = (a0.t.max(b0.t), a1.t.min(b1.t));
        at.index = [index_a + usize::from(a1.t <= b1.t), index_b + usize::from(b1.t <= a1.t)];
        if from >= to || !a1.ends_leg() || !b1.ends_leg() {
            at.way = None;
            return Some(Err(to));
        }
        let step = Step::new(legs, from, to, at.way);
        at.way = Some(step.end());
        Some(Ok(step))
    }

    /// Every stretch of the span that lasts.
    fn all(&mut self, found: &mut Vec<Encounter>) {
        let limit_m = self.motions.max_distance_m;
        let min_us = self.motions.min_us;
        let Some(index) = self.legs_of(0) else { return };
        let mut at = At { index, way: None };
        // The run that goes on: where its first step is, its start, its latest moment.
        let mut going: Option<(At, i64, i64)> = None;
        // The slice of the span that holds the end of the last step.
        let (mut cursor, mut slice_end) = (0, self.time.start.saturating_add(self.motions.slice_us));
        loop {
            let before = at;
            let step = self.step(&mut at);
            let together = match &step {
                Some(Ok(step)) => step.within(limit_m).map(|together| (step, together)),
                _ => None,
            };
            if let Some((begun, start, until)) = going
                && !together.as_ref().is_some_and(|(_, together)| together.from_start)
            {
                self.lasted(begun, start, until, found);
                going = None;
            }
            if let Some((step, together)) = &together {
                let until = step.at(together.leave);
                let (begun, start, _) = going.unwrap_or_else(|| {
                    let begun = At { way: None, ..before };
                    (begun, step.at(together.enter), until)
                });
                if together.to_end {
                    going = Some((begun, start, until));
                } else {
                    self.lasted(begun, start, until, found);
                    going = None;
                }
            }
            let now = match &step {
                None => return,
                Some(Ok(step)) => step.to,
                Some(Err(to)) => *to,
            };
            if now >= self.time.end || (going.is_none() && self.time.end - now < min_us) {
                // A run that goes on here goes on after the span only if rounding has it so.
                if let Some((begun, start, until)) = going {
                    self.lasted(begun, start, until, found);
                }
                return;
            }
            while now >= slice_end && cursor + 1 < self.span.len() {
                cursor += 1;
                slice_end += self.motions.slice_us;
            }
            if going.is_some()
                && self.span.get(cursor).is_some_and(|candidate| candidate.inside)
                && let Some((index, to)) = self.skip(cursor)
            {
                if index != at.index {
                    at = At { index, way: None };
                }
                slice_end += (to - cursor) as i64 * self.motions.slice_us;
                cursor = to;
            }
        }
    }

    /// While they are together throughout, nothing needs to be asked: the next slice that does not say so, and the
    /// legs there.
    #[inline(never)]
    fn skip(&self, here: usize) -> Option<([usize; 2], usize)> {
        let ahead = self.span.iter().skip(here).take_while(|candidate| candidate.inside).count();
        let mut cursor = (here + ahead).min(self.span.len() - 1);
        // A slice may begin after a break; then the slice before it is walked, which is whole.
        while cursor > here {
            let begin = self.time.start + cursor as i64 * self.motions.slice_us;
            let index = self.legs_of(cursor)?;
            let known = |which: usize| {
                let (nodes, at) = (self.nodes.get(which)?, index.get(which)?);
                nodes.get(at.wrapping_sub(1)).map(|node| node.t <= begin)
            };
            if known(0) == Some(true) && known(1) == Some(true) {
                return Some((index, cursor));
            }
            cursor -= 1;
        }
        None
    }

    /// Gathers the numbers of a stretch, if it lasted and is of this span.
    fn lasted(&self, begun: At, start: i64, until: i64, found: &mut Vec<Encounter>) {
        let own = self.time.start <= start && start <= self.time.end;
        if until - start < self.motions.min_us || !own {
            return;
        }
        let limit_m = self.motions.max_distance_m;
        let mut at = begun;
        let mut run: Option<Run<u32>> = None;
        let mut last = begun.index;
        loop {
            let here = at.index;
            let Some(Ok(step)) = self.step(&mut at) else { break };
            let Some(together) = step.within(limit_m) else { break };
            if run.is_some() && !together.from_start {
                break;
            }
            run.get_or_insert_with(|| Run::new(&step, &together, limit_m)).extend(&step, &together);
            last = here;
            if !together.to_end {
                break;
            }
        }
        if let Some(mut run) = run {
            // The last step once more, to say where it ended: cheaper than to keep each.
            let mut last = At { index: last, way: None };
            if let Some(Ok(step)) = self.step(&mut last)
                && let Some(together) = step.within(limit_m)
            {
                run.settle(&step, &together);
            }
            found.push(Encounter { tracks: self.tracks, vessels: self.vessels, meeting: run.meeting() });
        }
    }
}
