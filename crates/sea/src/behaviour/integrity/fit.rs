//! A circle through points, and the steady rates of turning that a series of angles allows. Plain geometry;
//! knows no vessel.

use std::f64::consts::{PI, TAU};

use super::plane::Vector;

/// More rates than this to try, and the sampling is too coarse to say anything.
const MAX_TURNS_TRIED: f64 = 40.0;

#[derive(Clone, Copy, Debug)]
pub(super) struct Circle {
    pub(super) centre: Vector,
    pub(super) radius_m: f64,
}

impl Circle {
    /// The algebraic least-squares circle (Kåsa 1976), good where the points go all the way round. `None` for
    /// points on a line or in one place.
    pub(super) fn through(points: &[(f64, Vector)]) -> Option<Self> {
        let n = points.len() as f64;
        let mean = points.iter().fold(Vector::default(), |sum, (_, p)| sum.plus(*p, 1.0 / n));
        let [mut xx, mut xy, mut yy, mut xz, mut yz, mut z] = [0.0; 6];
        for (_, point) in points {
            let p = point.minus(mean);
            let square = p.east * p.east + p.north * p.north;
            xx += p.east * p.east;
            xy += p.east * p.north;
            yy += p.north * p.north;
            xz += p.east * square;
            yz += p.north * square;
            z += square;
        }
        let determinant = xx * yy - xy * xy;
        // Less than a hundredth of what a round cloud has is a line.
        if determinant <= 0.01 * 0.25 * z * z || !determinant.is_finite() {
            return None;
        }
        let a = 0.5 * (xz * yy - yz * xy) / determinant;
        let b = 0.5 * (yz * xx - xz * xy) / determinant;
        let radius_m = (a * a + b * b + z / n).sqrt();
        Some(Self { centre: mean.plus(Vector { east: a, north: b }, 1.0), radius_m })
    }

    pub(super) fn rms_m(&self, points: &[(f64, Vector)]) -> f64 {
        let square = |point: &Vector| {
            let off = point.minus(self.centre).length() - self.radius_m;
            off * off
        };
        (points.iter().map(|(_, point)| square(point)).sum::<f64>() / points.len() as f64).sqrt()
    }

    /// From east, anticlockwise, radians.
    pub(super) fn angle(&self, point: Vector) -> f64 {
        let from = point.minus(self.centre);
        libm::atan2(from.north, from.east)
    }
}

/// The widest part of the circle without a point, radians.
pub(super) fn widest_gap(angles: &[(f64, f64)]) -> f64 {
    let mut sorted: Vec<f64> = angles.iter().map(|(_, angle)| *angle).collect();
    sorted.sort_by(f64::total_cmp);
    let across = match (sorted.first(), sorted.last()) {
        (Some(first), Some(last)) => first + TAU - last,
        _ => TAU,
    };
    sorted.array_windows().map(|[a, b]| b - a).fold(across, f64::max)
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Turning {
    /// Radians per second, anticlockwise positive.
    pub(super) rate: f64,
}

/// Every steady rate up to `fastest` that explains the angles within `max_rms`. `None` where the sampling is too
/// coarse to list them, or none fits. The pair of fixes nearest in time gives the candidates, one for each number
/// of whole turns that may lie between them.
pub(super) fn turnings(angles: &[(f64, f64)], fastest: f64, max_rms: f64) -> Option<Vec<Turning>> {
    let steps = angles.array_windows().map(|[(t, a), (u, b)]| (u - t, turn(b - a)));
    let (seconds, angle) = steps.filter(|(seconds, _)| *seconds > 0.0).min_by(|a, b| a.0.total_cmp(&b.0))?;
    let most = fastest * seconds / TAU;
    if most > MAX_TURNS_TRIED {
        return None;
    }
    let most = most.ceil() as i32;
    let found: Vec<Turning> = (-most..=most)
        .map(|whole| (angle + TAU * f64::from(whole)) / seconds)
        .filter(|rate| rate.abs() <= fastest)
        .filter_map(|rate| steady(angles, rate, max_rms))
        .collect();
    (!found.is_empty()).then_some(found)
}

/// The rate by least squares near a candidate, if the departures from it are small.
fn steady(angles: &[(f64, f64)], candidate: f64, max_rms: f64) -> Option<Turning> {
    let n = angles.len() as f64;
    let (mut before, mut whole) = (*angles.first()?, angles.first()?.1);
    let (mut t, mut a, mut tt, mut ta, mut aa) = (0.0, 0.0, 0.0, 0.0, 0.0);
    for (time, angle) in angles {
        let expected = candidate * (time - before.0);
        whole += expected + turn(angle - before.1 - expected);
        before = (*time, *angle);
        t += time / n;
        a += whole / n;
        tt += time * time / n;
        ta += time * whole / n;
        aa += whole * whole / n;
    }
    let spread = tt - t * t;
    let rate = (ta - t * a) / spread;
    let rest = (aa - a * a) - rate * rate * spread;
    (spread > 0.0 && rest.max(0.0).sqrt() <= max_rms).then_some(Turning { rate })
}

/// An angle brought into -pi to pi.
fn turn(angle: f64) -> f64 {
    angle - TAU * libm::floor((angle + PI) / TAU)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_circle_is_found_through_points_on_it() {
        let points: Vec<(f64, Vector)> = (0..12)
            .map(|k| f64::from(k) * 0.6)
            .map(|a| (a, Vector { east: 300.0 + 500.0 * libm::cos(a), north: 500.0 * libm::sin(a) - 90.0 }))
            .collect();
        let circle = Circle::through(&points).unwrap();
        assert!((circle.radius_m - 500.0).abs() < 1e-6 && (circle.centre.east - 300.0).abs() < 1e-6);
        assert!(circle.rms_m(&points) < 1e-6);
        let line: Vec<(f64, Vector)> =
            (0..12).map(|k| (0.0, Vector { east: f64::from(k), north: 2.0 })).collect();
        assert!(Circle::through(&line).is_none());
    }

    #[test]
    fn uneven_sampling_tells_a_rate_from_its_aliases_and_even_sampling_lists_them() {
        let rate = 0.09;
        let at = |t: f64| (t, turn(rate * t));
        let uneven: Vec<(f64, f64)> =
            [0.0, 50.0, 113.0, 190.0, 244.0, 301.0, 377.0, 440.0].into_iter().map(at).collect();
        let found = turnings(&uneven, 0.2, 0.1).unwrap();
        assert_eq!(found.len(), 1);
        assert!((found[0].rate - rate).abs() < 1e-9);
        let even: Vec<(f64, f64)> = (0..8).map(|k| at(60.0 * f64::from(k))).collect();
        let rates = turnings(&even, 0.2, 0.1).unwrap();
        assert!(rates.iter().any(|r| (r.rate - rate).abs() < 1e-9));
        assert!(rates.iter().any(|r| (r.rate - (rate - TAU / 60.0)).abs() < 1e-9));
    }
}
