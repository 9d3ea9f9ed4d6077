//! When two vessels in straight motion are within a distance of each other: the exact solution of the quadratic
//! on the local plane. Knows nothing of tracks or events.

use crate::tracks::fix::METRES_PER_DEGREE;

/// The way from one vessel to the other at both ends of a span: degrees north, degrees east (by the short way),
/// and the cosine of the latitude there.
#[derive(Clone, Copy, Debug)]
pub struct Span {
    pub north: [f64; 2],
    pub east: [f64; 2],
    pub cos_lat: [f64; 2],
}

/// The part of a span, as shares in [0, 1], during which the distance is at most the limit.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Together {
    pub enter: f64,
    pub leave: f64,
    /// Whether they are together at the beginning and at the end of the span. Entry and exit at a share that
    /// rounds to 0 or 1 are not.
    pub from_start: bool,
    pub to_end: bool,
}

impl Together {
    pub const THROUGHOUT: Self = Self { enter: 0.0, leave: 1.0, from_start: true, to_end: true };
}

/// Square of the shortest relative motion worth a division, m2.
const STANDSTILL_M2: f64 = 1e-12;
/// Half of this over the cosine is the relative error of a distance when the width of a degree is taken midway:
/// below 80 degrees under 3 cm in 500 m.
const SMALL_CHANGE: f64 = 2e-5;
const K2: f64 = METRES_PER_DEGREE * METRES_PER_DEGREE;

/// Square of the distance of a way, m2.
#[inline]
pub fn square_m2(north: f64, east: f64, cos_lat: f64) -> f64 {
    let east = east * cos_lat;
    (north * north + east * east) * K2
}

/// |r + s w|^2 = r2 + 2 b s + a s^2, m2.
#[derive(Clone, Copy)]
struct Quadratic {
    a: f64,
    b: f64,
    r2: f64,
}

impl Quadratic {
    /// The shares at which the distance equals the limit; `None` if it never comes so near.
    fn roots(&self, limit_m2: f64) -> Option<(f64, f64)> {
        let c = self.r2 - limit_m2;
        if self.a < STANDSTILL_M2 {
            return (c <= 0.0).then_some((f64::NEG_INFINITY, f64::INFINITY));
        }
        let discriminant = self.b * self.b - self.a * c;
        if discriminant < 0.0 {
            return None;
        }
        let root = discriminant.sqrt();
        Some(((-self.b - root) / self.a, (-self.b + root) / self.a))
    }
}

impl Span {
    /// Square of the distance at a share of the span, m2.
    #[inline(always)]
    pub fn distance_m2(&self, share: f64) -> f64 {
        let at = |ends: &[f64; 2]| ends[0] + (ends[1] - ends[0]) * share;
        square_m2(at(&self.north), at(&self.east), at(&self.cos_lat))
    }

    /// The distance is at most `limit_m` during one stretch of the span, or never: |r + s w| is convex in s.
    /// `ends_m2`: the squares of the distance at both ends, which say whether the stretch reaches them.
    #[inline(always)]
    pub fn within(&self, limit_m: f64, ends_m2: [f64; 2]) -> Option<Together> {
        let limit_m2 = limit_m * limit_m;
        let [from_start, to_end] = ends_m2.map(|square| square <= limit_m2);
        if from_start && to_end {
            return Some(Together::THROUGHOUT);
        }
        if !from_start && !to_end && self.is_beyond(limit_m / METRES_PER_DEGREE) {
            return None;
        }
        self.crossing(limit_m2, from_start, to_end)
    }

    /// North or east of the limit at both ends, or south or west: so it is between them, both being linear.
    #[inline(always)]
    fn is_beyond(&self, limit_deg: f64) -> bool {
        let both = |ends: [f64; 2], limit: f64| ends[0].min(ends[1]) > limit || ends[0].max(ends[1]) < -limit;
        let narrow = self.cos_lat[0].min(self.cos_lat[1]);
        both(self.north, limit_deg) || both(self.east.map(|east| east * narrow), limit_deg)
    }

    #[inline(never)]
    fn crossing(&self, limit_m2: f64, from_start: bool, to_end: bool) -> Option<Together> {
        let change = self.change();
        let middle = self.quadratic(self.cos_at(0.5));
        let small = change <= SMALL_CHANGE;
        // Apart at both ends and the least not between them: the commonest case.
        if small && !from_start && !to_end && (middle.b >= 0.0 || middle.a + middle.b <= 0.0) {
            return None;
        }
        let roots = if small {
            middle.roots(limit_m2)
        } else {
            let wide = 1.0 + change / self.cos_at(0.5).max(1e-3);
            middle.roots(limit_m2 * wide * wide).and_then(|rough| self.refine(rough, limit_m2))
        };
        let Some((enter, leave)) = roots else {
            // Rounding alone: at one end just within, and nowhere else.
            return match (from_start, to_end) {
                (false, false) => None,
                (true, _) => Some(Together { enter: 0.0, leave: 0.0, from_start, to_end }),
                (false, true) => Some(Together { enter: 1.0, leave: 1.0, from_start, to_end }),
            };
        };
        if !from_start && !to_end && (leave <= 0.0 || enter >= 1.0) {
            return None;
        }
        let enter = if from_start { 0.0 } else { enter.clamp(0.0, 1.0) };
        let leave = if to_end { 1.0 } else { leave.clamp(0.0, 1.0) };
        Some(Together { enter: enter.min(leave), leave, from_start, to_end })
    }

    /// Over a long leg the width of a degree changes by up to a few per cent. It is taken where it matters: at
    /// the entry and the exit, found roughly first; four rounds leave less than a microsecond.
    fn refine(&self, rough: (f64, f64), limit_m2: f64) -> Option<(f64, f64)> {
        let (mut enter, mut leave) = rough;
        for _ in 0..4 {
            enter = self.quadratic(self.cos_at(enter.clamp(0.0, 1.0))).roots(limit_m2)?.0;
            leave = self.quadratic(self.cos_at(leave.clamp(0.0, 1.0))).roots(limit_m2)?.1;
        }
        Some((enter, leave))
    }

    /// The share in [`together`] at which the distance is least, and its square, if that is below `known_m2`.
    #[inline(always)]
    pub fn closer(&self, together: &Together, ends_m2: [f64; 2], known_m2: f64) -> Option<(f64, f64)> {
        let [start_m2, end_m2] = ends_m2;
        let mut best = (0.0, known_m2);
        if together.from_start && start_m2 < best.1 {
            best = (0.0, start_m2);
        }
        if together.to_end && end_m2 < best.1 {
            best = (1.0, end_m2);
        }
        let q = self.quadratic(self.cos_at(0.5));
        let small = self.change() <= SMALL_CHANGE;
        // Least between the ends, and below what is known; the division comes last.
        let between = q.b < 0.0 && q.a + q.b > 0.0;
        let promising = between && (q.r2 - best.1) * q.a < q.b * q.b;
        if (small && promising) || (!small && q.a > STANDSTILL_M2) {
            let share = if small { -q.b / q.a } else { self.least_of_long_leg(-q.b / q.a) };
            let share = share.clamp(together.enter, together.leave);
            let square = self.distance_m2(share);
            if square < best.1 {
                best = (share, square);
            }
        }
        (best.1 < known_m2).then_some(best)
    }

    /// As [`Self::refine`], for the least.
    fn least_of_long_leg(&self, rough: f64) -> f64 {
        let mut share = rough;
        for _ in 0..4 {
            let there = self.quadratic(self.cos_at(share.clamp(0.0, 1.0)));
            share = -there.b / there.a.max(STANDSTILL_M2);
        }
        share
    }

    fn change(&self) -> f64 {
        (self.cos_lat[1] - self.cos_lat[0]).abs()
    }

    fn cos_at(&self, share: f64) -> f64 {
        self.cos_lat[0] + (self.cos_lat[1] - self.cos_lat[0]) * share
    }

    #[inline(always)]
    fn quadratic(&self, cos_lat: f64) -> Quadratic {
        let k = METRES_PER_DEGREE;
        let north = self.north[0] * k;
        let w_north = self.north[1] * k - north;
        let east = self.east[0] * k * cos_lat;
        let w_east = self.east[1] * k * cos_lat - east;
        Quadratic {
            a: w_north * w_north + w_east * w_east,
            b: north * w_north + east * w_east,
            r2: north * north + east * east,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn metres(north: [f64; 2], east: [f64; 2]) -> Span {
        let k = METRES_PER_DEGREE;
        Span { north: [north[0] / k, north[1] / k], east: [east[0] / k, east[1] / k], cos_lat: [1.0, 1.0] }
    }
    fn within(span: Span, limit_m: f64) -> Option<Together> {
        span.within(limit_m, [span.distance_m2(0.0), span.distance_m2(1.0)])
    }
    fn least(span: Span, together: &Together) -> (f64, f64) {
        span.closer(together, [span.distance_m2(0.0), span.distance_m2(1.0)], f64::INFINITY).unwrap()
    }

    #[test]
    fn head_on_they_are_together_for_the_middle() {
        // From 1000 m south to 1000 m north, 300 m abeam: within 500 m for |y| <= 400.
        let span = metres([-1000.0, 1000.0], [300.0, 300.0]);
        let together = within(span, 500.0).unwrap();
        assert!((together.enter - 0.3).abs() < 1e-12);
        assert!((together.leave - 0.7).abs() < 1e-12);
        let (share, square) = least(span, &together);
        assert!((share - 0.5).abs() < 1e-12);
        assert!((square - 90_000.0).abs() < 1e-6);
    }

    #[test]
    fn at_rest_they_are_together_all_the_time_or_never() {
        assert_eq!(within(metres([0.0, 0.0], [499.9, 499.9]), 500.0), Some(Together::THROUGHOUT));
        assert_eq!(within(metres([0.0, 0.0], [500.1, 500.1]), 500.0), None);
    }

    #[test]
    fn passing_outside_the_limit_is_never() {
        assert_eq!(within(metres([-1000.0, 1000.0], [501.0, 501.0]), 500.0), None);
        assert_eq!(within(metres([600.0, 1000.0], [0.0, 0.0]), 500.0), None);
    }

    #[test]
    fn a_degree_that_narrows_under_way_is_taken_where_it_matters() {
        // 6 km east shrinking to 0, while the cosine falls from 0.70 to 0.69: solve d(s) = 500 by bisection.
        let span = Span { north: [0.0, 0.0], east: [6000.0 / METRES_PER_DEGREE, 0.0], cos_lat: [0.70, 0.69] };
        let (mut low, mut high) = (0.0, 1.0);
        for _ in 0..60 {
            let mid = 0.5 * (low + high);
            if span.distance_m2(mid) > 250_000.0 { low = mid } else { high = mid }
        }
        let together = within(span, 500.0).unwrap();
        assert!((together.enter - low).abs() < 1e-7, "{} {low}", together.enter);
        assert_eq!((together.leave, together.to_end), (1.0, true));
    }
}
