//! The legs of one motion by eight, each block with the box that holds it. Two boxes prove for all steps between
//! them at once that the vessels are together, or apart, or not nearer than is known. May say nothing, never wrongly
//! something: what is not proven is asked step by step.

use super::approach::square_m2;
use super::motion::{Leg, Node};
use super::step::next_after;

/// Legs in a block: block `k` holds those that end at the vertices `PER_BLOCK * k + 1` to `PER_BLOCK * (k + 1)`.
pub const PER_BLOCK: usize = 8;
/// Boxes wider than this say nothing about longitude; so no box that says something crosses the antimeridian.
const WIDE_DEG: f64 = 1.0;
/// Nor do boxes so far from each other: the short way round may lead past the antimeridian.
const FAR_DEG: f64 = 90.0;
/// More than all rounding of places and of their differences; 0.01 mm.
const ROUNDING_DEG: f64 = 1e-10;
/// The same of cosines and squares, relative.
const ROUNDING: f64 = 1e-9;
/// Apart is proven by a hundredth more than the distance, where the cosine of the latitude changes by less than half
/// of that: entry and exit are solved with cosines of their own, and with these margins no two of them can place the
/// step between the one and the other.
const APART: f64 = 1.01 * 1.01;
const EVEN_COS: f64 = 1.004;

/// The box of one leg or several, and the cosines of the latitude on it.
#[derive(Clone, Copy, Debug)]
pub struct Area {
    south: f64,
    north: f64,
    west: f64,
    east: f64,
    cos_least: f64,
    cos_most: f64,
}

impl Area {
    const NONE: Self = Self {
        south: f64::INFINITY,
        north: f64::NEG_INFINITY,
        west: f64::INFINITY,
        east: f64::NEG_INFINITY,
        cos_least: f64::INFINITY,
        cos_most: 0.0,
    };

    /// Takes in a vertex.
    #[inline(always)]
    fn with<M>(self, node: &Node<M>) -> Self {
        Self {
            south: least(self.south, node.lat),
            north: most(self.north, node.lat),
            west: least(self.west, node.lon),
            east: most(self.east, node.lon),
            cos_least: least(self.cos_least, node.cos_lat),
            cos_most: most(self.cos_most, node.cos_lat),
        }
    }

    #[inline(always)]
    pub fn of_leg<M>((before, after): Leg<'_, M>) -> Self {
        Self::NONE.with(before).with(after)
    }

    /// Whether the boxes say something about longitude.
    #[inline(always)]
    fn knows_east(&self, other: &Self) -> bool {
        let wide = most(self.east - self.west, other.east - other.west);
        (wide <= WIDE_DEG) & ((self.west - other.west).abs() <= FAR_DEG)
    }

    /// No place of one box is nearer to a place of the other than this: the square, m2.
    #[inline(always)]
    pub fn least_m2(&self, other: &Self) -> f64 {
        let (a, b) = (self, other);
        let gap = |one: f64, other: f64| most(most(one, other) - ROUNDING_DEG, 0.0);
        let north = gap(a.south - b.north, b.south - a.north);
        let east = gap(a.west - b.east, b.west - a.east);
        let east = if a.knows_east(b) { east } else { 0.0 };
        square_m2(north, east, least(a.cos_least, b.cos_least)) * (1.0 - ROUNDING)
    }

    /// None is farther: the square, m2.
    #[inline(always)]
    fn most_m2(&self, other: &Self) -> f64 {
        let (a, b) = (self, other);
        if !a.knows_east(b) {
            return f64::INFINITY;
        }
        let north = most(a.north - b.south, b.north - a.south) + ROUNDING_DEG;
        let east = most(a.east - b.west, b.east - a.west) + ROUNDING_DEG;
        square_m2(north, east, most(a.cos_most, b.cos_most)) * (1.0 + ROUNDING)
    }
}

/// One instruction each, unlike `f64::min` and `max`, which mind what is not a number.
#[inline(always)]
fn least(a: f64, b: f64) -> f64 {
    if b < a { b } else { a }
}
#[inline(always)]
fn most(a: f64, b: f64) -> f64 {
    if b > a { b } else { a }
}

/// The box of the legs of one block.
#[derive(Clone, Copy, Debug)]
pub struct Block {
    /// Time of the last vertex.
    until: i64,
    /// The motion is known throughout; otherwise nothing is proven.
    whole: bool,
    area: Area,
}

/// What two blocks prove of every step between a leg of one and a leg of the other.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Proof {
    /// Within the distance throughout.
    Together,
    /// Never within the distance.
    Apart,
    Nothing,
}

impl Block {
    /// The block of legs by their vertices, the one before the first leg included.
    fn of<M: Copy>(nodes: &[Node<M>]) -> Self {
        Self {
            until: nodes.last().map_or(i64::MIN, |node| node.t),
            whole: nodes.iter().all(|node| node.lat.is_finite() && node.lon.is_finite())
                && nodes.iter().skip(1).all(Node::ends_leg),
            area: nodes.iter().fold(Area::NONE, Area::with),
        }
    }

    fn proof(&self, other: &Self, limit_m: f64) -> Proof {
        if !self.whole || !other.whole {
            return Proof::Nothing;
        }
        let limit_m2 = limit_m * limit_m;
        let (a, b) = (&self.area, &other.area);
        if a.most_m2(b) <= limit_m2 {
            return Proof::Together;
        }
        let even = a.cos_most.max(b.cos_most) <= EVEN_COS * a.cos_least.min(b.cos_least);
        if even && a.least_m2(b) > APART * limit_m2 { Proof::Apart } else { Proof::Nothing }
    }
}

impl Proof {
    /// Whether two that are together, or not, stay so.
    #[inline]
    pub const fn holds(self, together: bool) -> bool {
        match self {
            Self::Together => together,
            Self::Apart => !together,
            Self::Nothing => false,
        }
    }
}

/// The motion of one track and its blocks.
#[derive(Clone, Copy, Debug)]
pub struct Legs<'a, M> {
    pub nodes: &'a [Node<M>],
    pub blocks: &'a [Block],
}

/// The blocks of the legs between these vertices.
pub fn blocks_of<M: Copy>(nodes: &[Node<M>]) -> impl Iterator<Item = Block> {
    let legs = nodes.len().saturating_sub(1);
    (0..legs.div_ceil(PER_BLOCK)).map(move |block| {
        let begin = block * PER_BLOCK;
        Block::of(nodes.get(begin..=legs.min(begin + PER_BLOCK)).unwrap_or(&[]))
    })
}

/// Two blocks that overlap in time, one of each of two motions.
#[derive(Clone, Copy, Debug)]
pub struct Facing<'a, M> {
    legs: [Legs<'a, M>; 2],
    places: [usize; 2],
    blocks: [&'a Block; 2],
}

impl<'a, M: Copy> Facing<'a, M> {
    #[inline(always)]
    fn at(legs: [Legs<'a, M>; 2], places: [usize; 2]) -> Option<Self> {
        let ([a, b], [place_a, place_b]) = (legs, places);
        Some(Self { legs, places, blocks: [a.blocks.get(place_a)?, b.blocks.get(place_b)?] })
    }

    /// The blocks of two legs, named by the vertices at which they end; `None` at the end of either motion.
    #[inline(always)]
    pub fn of(legs: [Legs<'a, M>; 2], index: [usize; 2]) -> Option<Self> {
        Self::at(legs, places(index))
    }

    /// Whether these two legs are in other blocks.
    #[inline(always)]
    pub fn is_left(&self, index: [usize; 2]) -> bool {
        self.places != places(index)
    }

    /// What is proven of being within a distance.
    #[inline(always)]
    pub fn proof(&self, limit_m: f64) -> Proof {
        let [a, b] = self.blocks;
        a.proof(b, limit_m)
    }

    /// At no moment are they nearer than this: the square, m2.
    #[inline(always)]
    pub fn least_m2(&self) -> f64 {
        let [a, b] = self.blocks;
        a.area.least_m2(&b.area)
    }

    /// The end of the time that both cover: a vertex of either.
    #[inline(always)]
    pub fn until(&self) -> i64 {
        let [a, b] = self.blocks;
        a.until.min(b.until)
    }

    /// The blocks that both are in after these; `None` at the end of either motion.
    #[inline(always)]
    pub fn next(&self) -> Option<Self> {
        let ([a, b], [place_a, place_b]) = (self.blocks, self.places);
        let places = [place_a + usize::from(a.until <= b.until), place_b + usize::from(b.until <= a.until)];
        Self::at(self.legs, places)
    }

    /// The legs of these blocks on which both are after a moment.
    pub fn after(&self, t: i64) -> [usize; 2] {
        let ([a, b], [place_a, place_b]) = (self.legs, self.places);
        let first = |nodes: &[Node<M>], place: usize| next_after(nodes, place * PER_BLOCK + 1, t);
        [first(a.nodes, place_a), first(b.nodes, place_b)]
    }
}

#[inline(always)]
const fn places([a, b]: [usize; 2]) -> [usize; 2] {
    [a.saturating_sub(1) / PER_BLOCK, b.saturating_sub(1) / PER_BLOCK]
}

#[cfg(test)]
mod tests {
    use bitacora_primitives::Duration;
    use bitacora_primitives::geodesy::wrap_longitude;
    use proptest::prelude::*;

    use super::*;
    use crate::behaviour::encounter::approach::Together;
    use crate::behaviour::encounter::motion::{Rule, Vertices};
    use crate::behaviour::encounter::step::Walk;

    /// A track of fixes within a few metres or kilometres of a place, a silence among them now and then.
    fn track(lat: f64, lon: f64, fixes: &[(i64, f64, f64)], spread_m: f64) -> Vec<Node<()>> {
        let (mut t, mut nodes, mut vertices) = (0, Vec::new(), Vertices::NONE);
        let degrees = spread_m / crate::tracks::fix::METRES_PER_DEGREE;
        for (seconds, north, east) in fixes {
            t += if *seconds > 98 { 4000 } else { *seconds };
            let lat = (lat + degrees * north).clamp(-90.0, 90.0);
            let cos_lat = libm::cos(lat.to_radians());
            let lon = wrap_longitude(lon + degrees * east / cos_lat.max(1e-3));
            let rule = Rule::exact(Duration::from_secs(3600));
            vertices.push(Node::new(t * 1_000_000, lat, lon, cos_lat, ()), &rule, |node| nodes.push(node));
        }
        nodes
    }

    fn fixes() -> impl Strategy<Value = Vec<(i64, f64, f64)>> {
        proptest::collection::vec((1..100_i64, -1.0..1.0_f64, -1.0..1.0_f64), 2..40)
    }

    proptest! {
        #![proptest_config(ProptestConfig {
            cases: 4000,
            failure_persistence: None,
            rng_seed: proptest::test_runner::RngSeed::Fixed(20_261_123),
            ..ProptestConfig::default()
        })]

        #[test]
        fn what_blocks_and_legs_prove_holds_for_every_step(
            place in 0..5_usize, a in fixes(), b in fixes(), spread in 0..3_usize, off in (-1.2..1.2_f64, -1.2..1.2_f64),
        ) {
            let (lat, lon) = [(50.0, 0.0), (0.0, 180.0), (-80.0, -179.99), (89.9, 10.0), (-89.9999, 0.0)][place];
            let spread_m = [5.0, 300.0, 4000.0][spread];
            let (limit_m, degree) = (500.0, crate::tracks::fix::METRES_PER_DEGREE);
            let near = (lat + off.0 * limit_m / degree).clamp(-90.0, 90.0);
            let there = wrap_longitude(lon + off.1 * limit_m / degree / libm::cos(lat.to_radians()).max(1e-3));
            let nodes = [track(lat, lon, &a, spread_m), track(near, there, &b, spread_m)];
            let blocks = [0, 1].map(|which: usize| blocks_of(&nodes[which]).collect::<Vec<_>>());
            let legs = [0, 1].map(|which: usize| Legs { nodes: &nodes[which], blocks: &blocks[which] });
            let mut walk = Walk::new([&nodes[0], &nodes[1]], [1, 1]);
            let mut facing = Facing::of(legs, [1, 1]).unwrap();
            loop {
                let index = walk.index;
                if facing.is_left(index) {
                    let Some(next) = facing.next() else { break };
                    prop_assert_eq!(next.after(facing.until()), index);
                    facing = next;
                    prop_assert!(!facing.is_left(index));
                }
                let Some(overlap) = walk.overlap() else { break };
                let proof = facing.proof(limit_m);
                if !overlap.is_known() {
                    // One has not begun, or there is a break.
                    prop_assert!(overlap.from >= overlap.to || proof == Proof::Nothing);
                    continue;
                }
                let step = walk.make(overlap);
                let together = step.within(limit_m);
                match proof {
                    Proof::Together => {
                        prop_assert!(together.is_some_and(|part| part.from_start && part.to_end));
                    }
                    Proof::Apart => prop_assert_eq!(together, None),
                    Proof::Nothing => {}
                }
                let [leg_a, leg_b] = overlap.legs;
                for least_m2 in [facing.least_m2(), Area::of_leg(leg_a).least_m2(&Area::of_leg(leg_b))] {
                    let (_, square) = step.closest(&Together::THROUGHOUT, f64::INFINITY).unwrap();
                    prop_assert!(square >= least_m2, "{square} {least_m2}");
                }
            }
        }
    }
}
