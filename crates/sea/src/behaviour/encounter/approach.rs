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
    /// Where the distance is least, and how much it is there, squared.
    pub closest: f64,
    pub closest_m2: f64,
}

/// Square of the shortest relative motion worth a division, m2.
const STANDSTILL_M2: f64 = 1e-12;

impl Span {
    /// Square of the distance at a share of the span, m2.
    pub fn distance_m2(&self, share: f64) -> f64 {
        let at = |ends: &[f64; 2]| ends[0] + (ends[1] - ends[0]) * share;
        let (north, east) = (at(&self.north), at(&self.east) * at(&self.cos_lat));
        (north * north + east * east) * (METRES_PER_DEGREE * METRES_PER_DEGREE)
    }

    /// The distance is at most `limit_m` during one stretch of the span, or never: |r + s w| is convex in s.
    pub fn within(&self, limit_m: f64) -> Option<Together> {
        let change = (self.cos_lat[1] - self.cos_lat[0]).abs();
        let cos = 0.5 * (self.cos_lat[0] + self.cos_lat[1]);
        // Half of this over the cosine is the relative error: below 80 degrees under 3 cm in 500 m.
        if change <= 2e-5 {
            return self.solve(limit_m, [cos; 3]);
        }
        let wide = self.solve(limit_m * (1.0 + change / cos.max(1e-3)), [cos; 3])?;
        let limit_m2 = limit_m * limit_m;
        if self.distance_m2(0.0) <= limit_m2 && self.distance_m2(1.0) <= limit_m2 {
            return Some(Together {
                enter: 0.0,
                leave: 1.0,
                closest_m2: self.distance_m2(wide.closest),
                ..wide
            });
        }
        self.refine(wide, limit_m)
    }

    /// Over a long leg the width of a degree changes by up to a few per cent. It is taken where it matters: at
    /// each of the three points, found roughly first; four rounds leave less than a microsecond.
    fn refine(&self, rough: Together, limit_m: f64) -> Option<Together> {
        let cos_at = |share: f64| self.cos_lat[0] + (self.cos_lat[1] - self.cos_lat[0]) * share;
        let mut found = rough;
        for _ in 0..4 {
            found = self.solve(limit_m, [cos_at(found.enter), cos_at(found.leave), cos_at(found.closest)])?;
        }
        Some(Together { closest_m2: self.distance_m2(found.closest), ..found })
    }

    /// Solves |r + s w|^2 = limit^2 with the width of a degree given for the entry, the exit and the least.
    #[inline]
    fn solve(&self, limit_m: f64, cos: [f64; 3]) -> Option<Together> {
        let k = METRES_PER_DEGREE;
        let north = self.north[0] * k;
        let w_north = self.north[1] * k - north;
        let coefficients = |cos_lat: f64| {
            let east = self.east[0] * k * cos_lat;
            let w_east = self.east[1] * k * cos_lat - east;
            let a = w_north * w_north + w_east * w_east;
            let b = north * w_north + east * w_east;
            (a, b, north * north + east * east)
        };
        let limit_m2 = limit_m * limit_m;
        let (a, b, r2) = coefficients(cos[0]);
        let c = r2 - limit_m2;
        if a < STANDSTILL_M2 {
            return (c <= 0.0).then_some(Together { enter: 0.0, leave: 1.0, closest: 0.0, closest_m2: r2 });
        }
        // Apart and not approaching, the commonest case.
        if c > 0.0 && b >= 0.0 {
            return None;
        }
        let discriminant = b * b - a * c;
        if discriminant < 0.0 {
            return None;
        }
        let root = discriminant.sqrt();
        let enter = ((-b - root) / a).max(0.0);
        let mut leave = (-b + root) / a;
        let mut closest = -b / a;
        let mut least = (a, b, r2);
        if cos[1] != cos[0] || cos[2] != cos[0] {
            let (a, b, r2) = coefficients(cos[1]);
            leave = (-b + (b * b - a * (r2 - limit_m2)).max(0.0).sqrt()) / a;
            least = coefficients(cos[2]);
            closest = -least.1 / least.0;
        }
        let leave = leave.min(1.0);
        if enter > leave {
            return None;
        }
        let closest = closest.clamp(enter, leave);
        let closest_m2 = (least.2 + closest * (2.0 * least.1 + closest * least.0)).max(0.0);
        Some(Together { enter, leave, closest, closest_m2 })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn metres(north: [f64; 2], east: [f64; 2]) -> Span {
        let k = METRES_PER_DEGREE;
        Span { north: [north[0] / k, north[1] / k], east: [east[0] / k, east[1] / k], cos_lat: [1.0, 1.0] }
    }

    #[test]
    fn head_on_they_are_together_for_the_middle() {
        // From 1000 m south to 1000 m north, 300 m abeam: within 500 m for |y| <= 400.
        let together = metres([-1000.0, 1000.0], [300.0, 300.0]).within(500.0).unwrap();
        assert!((together.enter - 0.3).abs() < 1e-12);
        assert!((together.leave - 0.7).abs() < 1e-12);
        assert!((together.closest - 0.5).abs() < 1e-12);
        assert!((together.closest_m2 - 90_000.0).abs() < 1e-6);
    }

    #[test]
    fn at_rest_they_are_together_all_the_time_or_never() {
        assert_eq!(
            metres([0.0, 0.0], [499.9, 499.9]).within(500.0).map(|t| (t.enter, t.leave)),
            Some((0.0, 1.0))
        );
        assert_eq!(metres([0.0, 0.0], [500.1, 500.1]).within(500.0), None);
    }

    #[test]
    fn passing_outside_the_limit_is_never() {
        assert_eq!(metres([-1000.0, 1000.0], [501.0, 501.0]).within(500.0), None);
        assert_eq!(metres([600.0, 1000.0], [0.0, 0.0]).within(500.0), None);
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
        let together = span.within(500.0).unwrap();
        assert!((together.enter - low).abs() < 1e-7, "{} {low}", together.enter);
        assert_eq!(together.leave, 1.0);
    }
}
