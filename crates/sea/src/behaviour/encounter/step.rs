//! What two motions make together: steps during which both are straight, and the walk from one to the next. Gathers
//! nothing and decides nothing.

use super::approach::{Span, Together, square_m2};
use super::motion::{Leg, Node, Place, place_at, short_way};

/// The way from the first vessel to the second at a moment.
#[derive(Clone, Copy, Debug)]
pub struct Way {
    north: f64,
    east: f64,
    cos_lat: f64,
    square_m2: f64,
}

impl Way {
    #[inline(always)]
    pub fn between(a: Place, b: Place) -> Self {
        let (north, east) = (b.lat - a.lat, short_way(b.lon - a.lon));
        let cos_lat = 0.5 * (a.cos_lat + b.cos_lat);
        Self { north, east, cos_lat, square_m2: square_m2(north, east, cos_lat) }
    }
}

/// The motion of both over the time that their legs have in common.
#[derive(Clone, Copy, Debug)]
pub struct Step<'a, M> {
    pub legs: [Leg<'a, M>; 2],
    pub from: i64,
    pub to: i64,
    span: Span,
    start: Way,
    end: Way,
}

impl<'a, M: Copy> Step<'a, M> {
    /// Legs of the first and the second vessel that overlap from `from` to `to`. `start`: the way at `from`, where it
    /// is already known.
    #[inline(always)]
    pub fn new(legs: [Leg<'a, M>; 2], from: i64, to: i64, start: Option<Way>) -> Self {
        let way = |t: i64| Way::between(place_at(legs[0], t), place_at(legs[1], t));
        let start = start.unwrap_or_else(|| way(from));
        let end = way(to);
        let mut east = end.east;
        // Both ends on the same side of the meridian opposite, which matters at the poles alone.
        if (east - start.east).abs() > 180.0 {
            east += if east < start.east { 360.0 } else { -360.0 };
        }
        let span = Span {
            north: [start.north, end.north],
            east: [start.east, east],
            cos_lat: [start.cos_lat, end.cos_lat],
        };
        Self { legs, from, to, span, start, end }
    }

    /// The part of the step during which they are within the distance.
    #[inline(always)]
    pub fn within(&self, limit_m: f64) -> Option<Together> {
        self.span.within(limit_m, self.ends_m2())
    }

    /// The share at which the distance is least while together, and its square, if that is below `known_m2`.
    #[inline(always)]
    pub fn closest(&self, together: &Together, known_m2: f64) -> Option<(f64, f64)> {
        self.span.closer(together, self.ends_m2(), known_m2)
    }

    /// The way at the end of the step, where the next begins.
    #[inline]
    pub const fn end(&self) -> Way {
        self.end
    }

    /// The distance at a moment of the step, m.
    pub fn distance_m(&self, t: i64) -> f64 {
        self.span.distance_m2((t - self.from) as f64 / (self.to - self.from) as f64).sqrt()
    }

    /// Squares of the distance at both ends, m2.
    pub const fn ends_m2(&self) -> [f64; 2] {
        [self.start.square_m2, self.end.square_m2]
    }

    #[inline(always)]
    pub fn at(&self, share: f64) -> i64 {
        if share <= 0.0 {
            return self.from;
        }
        if share >= 1.0 {
            return self.to;
        }
        self.from + ((self.to - self.from) as f64 * share).round() as i64
    }

    /// The point midway at a moment of the step: latitude, and longitude perhaps beyond 180.
    pub fn midway(&self, t: i64) -> (f64, f64) {
        let [a, b] = self.legs.map(|leg| place_at(leg, t));
        (a.lat + 0.5 * (b.lat - a.lat), a.lon + 0.5 * short_way(b.lon - a.lon))
    }

    /// The fix of each vessel nearest in time.
    #[inline]
    pub fn nearest(&self, t: i64) -> [(M, i64); 2] {
        self.legs.map(|(before, after)| {
            let node = if t - before.t <= after.t - t { before } else { after };
            (node.mark, node.t)
        })
    }
}

/// Two legs and the time that they have in common, not yet made a step.
#[derive(Clone, Copy, Debug)]
pub struct Overlap<'a, M> {
    pub legs: [Leg<'a, M>; 2],
    pub from: i64,
    pub to: i64,
}

impl<M: Copy> Overlap<'_, M> {
    /// There is such a time, and the motion of both is known.
    #[inline(always)]
    pub fn is_known(&self) -> bool {
        let [(_, a1), (_, b1)] = self.legs;
        self.from < self.to && a1.ends_leg() && b1.ends_leg()
    }
}

/// Two motions walked side by side, cut at the vertices of either.
#[derive(Clone, Copy, Debug)]
pub struct Walk<'a, M> {
    nodes: [&'a [Node<M>]; 2],
    /// The vertices that end the legs at hand.
    pub index: [usize; 2],
    /// The end of the last step and the way there, where the next may begin.
    known: Option<(i64, Way)>,
}

impl<'a, M: Copy> Walk<'a, M> {
    pub const fn new(nodes: [&'a [Node<M>]; 2], index: [usize; 2]) -> Self {
        Self { nodes, index, known: None }
    }

    /// From a moment that both motions hold.
    pub fn after(nodes: [&'a [Node<M>]; 2], t: i64) -> Self {
        Self::new(nodes, nodes.map(|nodes| first_after(nodes, t)))
    }

    /// About how long the next steps are: a guess from the next legs.
    pub fn period_us(&self) -> i64 {
        const AHEAD: usize = 16;
        let leg_us = |nodes: &[Node<M>], index: usize| {
            let last = (index + AHEAD).min(nodes.len().saturating_sub(1));
            let (from, to) = (nodes.get(index.saturating_sub(1))?, nodes.get(last)?);
            Some(to.t.saturating_sub(from.t) / (last + 1).saturating_sub(index).max(1) as i64)
        };
        let ([a, b], [index_a, index_b]) = (self.nodes, self.index);
        match (leg_us(a, index_a), leg_us(b, index_b)) {
            // Each is cut at the vertices of the other.
            (Some(a), Some(b)) => {
                (a.max(1) as f64 * b.max(1) as f64 / (a.max(1) as f64 + b.max(1) as f64)) as i64
            }
            _ => i64::MAX,
        }
    }

    /// Passes over the legs that end at a moment or before.
    #[inline(always)]
    pub fn go_on(&mut self, t: i64) {
        let ([a, b], [index_a, index_b]) = (self.nodes, self.index);
        self.index = [next_after(a, index_a, t), next_after(b, index_b, t)];
    }

    /// The next two legs. `None` at the end of either motion.
    #[inline(always)]
    pub fn overlap(&mut self) -> Option<Overlap<'a, M>> {
        let [a, b] = self.nodes;
        let [index_a, index_b] = self.index;
        let legs = [
            (a.get(index_a.wrapping_sub(1))?, a.get(index_a)?),
            (b.get(index_b.wrapping_sub(1))?, b.get(index_b)?),
        ];
        let [(a0, a1), (b0, b1)] = legs;
        self.index = [index_a + usize::from(a1.t <= b1.t), index_b + usize::from(b1.t <= a1.t)];
        Some(Overlap { legs, from: a0.t.max(b0.t), to: a1.t.min(b1.t) })
    }

    /// The step of two legs of this walk, both of them known.
    #[inline(always)]
    pub fn make(&mut self, Overlap { legs, from, to }: Overlap<'a, M>) -> Step<'a, M> {
        let start = self.known.filter(|(end, _)| *end == from).map(|(_, way)| way);
        let step = Step::new(legs, from, to, start);
        self.known = Some((to, step.end()));
        step
    }

    /// The next two legs: `Ok` with the step they make, `Err` with its end where there is none. `None` at the end of
    /// either motion.
    #[inline(always)]
    pub fn step(&mut self) -> Option<Result<Step<'a, M>, i64>> {
        let overlap = self.overlap()?;
        Some(if overlap.is_known() { Ok(self.make(overlap)) } else { Err(overlap.to) })
    }
}

/// Place of the first vertex after a moment; the search goes back from the end in growing strides, the moment mostly
/// being late.
pub fn first_after<M>(nodes: &[Node<M>], t: i64) -> usize {
    let mut stride = 4;
    while nodes.len().checked_sub(stride).and_then(|at| nodes.get(at)).is_some_and(|node| node.t > t) {
        stride *= 2;
    }
    let begin = nodes.len().saturating_sub(stride);
    begin + nodes.get(begin..).map_or(0, |late| late.partition_point(|node| node.t <= t))
}

/// The same from a place on, where it is not far: one by one, as these loads overlap while a search in halves waits
/// for each.
#[inline(always)]
pub fn next_after<M>(nodes: &[Node<M>], mut from: usize, t: i64) -> usize {
    while nodes.get(from).is_some_and(|node| node.t <= t) {
        from += 1;
    }
    from
}
