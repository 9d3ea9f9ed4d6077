//! From candidates to encounters: the slices of a pair that follow one another are walked step by step, skipping
//! what the boxes decide; the numbers are gathered only for stretches that last.

use std::ops::Range;

use super::Encounter;
use super::candidates::Candidate;
use super::slices::{Extent, Motions};
use crate::behaviour::encounter::motion::Node;
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

/// The candidates of a pair in slices that follow one another.
struct Stretch<'a> {
    motions: &'a Motions,
    span: &'a [Candidate],
    nodes: [&'a [Node<u32>]; 2],
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

    /// Every stretch of the span that lasts.
    fn all(&self, found: &mut Vec<Encounter>) {
        let limit_m = self.motions.limits.max_distance_m;
        let min_us = self.motions.limits.min_us;
        let Some(index) = self.legs_of(0) else { return };
        let mut walk = Walk::new(self.nodes, index);
        // The run that goes on: the legs of its first step, its start, its latest moment.
        let mut going: Option<([usize; 2], i64, i64)> = None;
        // The slice of the span that holds the end of the last step.
        let (mut cursor, mut slice_end) = (0, self.time.start.saturating_add(self.motions.slice_us));
        loop {
            let before = walk.index;
            let step = walk.step();
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
                let (begun, start, _) = going.unwrap_or_else(|| (before, step.at(together.enter), until));
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
            while now >= slice_end && cursor + 1 < self.span.len() {
                cursor += 1;
                slice_end += self.motions.slice_us;
            }
            if going.is_some()
                && self.span.get(cursor).is_some_and(|candidate| candidate.inside)
                && let Some((index, to)) = self.skip(cursor)
            {
                if index != walk.index {
                    walk = Walk::new(self.nodes, index);
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
    fn lasted(&self, begun: [usize; 2], start: i64, until: i64, found: &mut Vec<Encounter>) {
        let limits = self.motions.limits;
        let own = self.time.start <= start && start <= self.time.end;
        if until - start < limits.min_us || !own {
            return;
        }
        if let Some(Ok(step)) = Walk::new(self.nodes, begun).step()
            && let Some(together) = step.within(limits.max_distance_m)
        {
            let mut run = Run::new(&step, &together, limits);
            run.until = until;
            let meeting = run.meeting(self.nodes);
            found.push(Encounter { tracks: self.tracks, vessels: self.vessels, meeting });
        }
    }
}
