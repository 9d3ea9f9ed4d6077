//! Distance of two tracks by name: ever within, always within, the nearest approach at one and the same time, and
//! the closest point of approach of two vessels that keep course and speed. Exact in continuous time; the motion is
//! that of the encounter. Nothing here is a distance of two paths regardless of time.

use bitacora_primitives::geodesy::wrap_longitude;
use bitacora_primitives::{Duration, Instant, Position};

use super::approach::Together;
use super::motion::{Node, Rule, Vertices};
use super::step::Step;
use crate::tracks::fix::{Fix, KNOT, METRES_PER_DEGREE};

/// The least distance and when it was.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Approach {
    pub at: Instant,
    pub distance_m: f64,
}

/// The first moment at which the two are within the distance; `None` if they never are. Fixes in order of time;
/// nothing is known between two fixes farther apart than `max_silence`.
pub fn ever_within(a: &[Fix], b: &[Fix], limit_m: f64, max_silence: Duration) -> Option<Instant> {
    let mut first = None;
    steps(a, b, max_silence, |step| {
        if let Some(together) = step.within(limit_m) {
            first = Some(Instant::from_micros(step.at(together.enter)));
        }
        first.is_none()
    });
    first
}

/// Whether the two are within the distance at every moment at which the motion of both is known; `None` if there is
/// no such moment.
pub fn always_within(a: &[Fix], b: &[Fix], limit_m: f64, max_silence: Duration) -> Option<bool> {
    let mut always = None;
    steps(a, b, max_silence, |step| {
        // Convex: within at both ends is within between them.
        let within = step.within(limit_m).is_some_and(|together| together.from_start && together.to_end);
        always = Some(within);
        within
    });
    always
}

/// The least distance of the two at one and the same time; `None` if there is no moment at which the motion of both
/// is known. The first such moment, if there are several.
pub fn nearest_approach(a: &[Fix], b: &[Fix], max_silence: Duration) -> Option<Approach> {
    let mut best: Option<Approach> = None;
    steps(a, b, max_silence, |step| {
        let known_m2 = best.map_or(f64::INFINITY, |best| best.distance_m * best.distance_m);
        if let Some((share, square)) = step.closest(&Together::THROUGHOUT, known_m2) {
            best = Some(Approach { at: Instant::from_micros(step.at(share)), distance_m: square.sqrt() });
        }
        true
    });
    best
}

/// Calls `each` with every step that both motions have in common, until it says no.
fn steps(a: &[Fix], b: &[Fix], max_silence: Duration, mut each: impl FnMut(&Step<'_, ()>) -> bool) {
    let (a, b) = (vertices(a, max_silence), vertices(b, max_silence));
    let (mut i, mut j) = (1, 1);
    while let (Some(a0), Some(a1), Some(b0), Some(b1)) = (a.get(i - 1), a.get(i), b.get(j - 1), b.get(j)) {
        let (from, to) = (a0.t.max(b0.t), a1.t.min(b1.t));
        i += usize::from(a1.t <= b1.t);
        j += usize::from(b1.t <= a1.t);
        let known = from < to && a1.ends_leg() && b1.ends_leg();
        if known && !each(&Step::new([(a0, a1), (b0, b1)], from, to, None)) {
            return;
        }
    }
}

fn vertices(fixes: &[Fix], max_silence: Duration) -> Vec<Node<()>> {
    let rule = Rule::exact(max_silence);
    let mut nodes = Vec::with_capacity(fixes.len());
    let mut vertices = Vertices::NONE;
    for fix in fixes {
        let (lat, lon) = (fix.position.lat(), fix.position.lon());
        vertices.push(Node::new(fix.observed.micros(), lat, lon, fix.cos_lat, ()), &rule, |node| {
            nodes.push(node)
        });
    }
    nodes
}

/// A vessel at a moment, with its motion over ground.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct State {
    pub at: Instant,
    pub position: Position,
    pub sog_kn: f64,
    pub cog_deg: f64,
}

/// The closest point of approach of two vessels that keep course and speed.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Cpa {
    /// Seconds from the later of the two states; negative when it has passed.
    pub tcpa_s: f64,
    pub distance_m: f64,
    /// The distance at the later of the two states.
    pub now_m: f64,
}

/// On the plane that touches the sphere midway: good to 0.1 % within 60 NM of each other, not at the poles. Without
/// relative motion the distance does not change: `tcpa_s` is 0.
pub fn closest_point_of_approach(a: &State, b: &State) -> Cpa {
    let now = a.at.max(b.at);
    let moved = |state: &State| {
        let run = state.sog_kn * KNOT;
        let course = state.cog_deg.to_radians();
        let velocity = (run * libm::cos(course), run * libm::sin(course));
        let waited = (now - state.at).secs_f64();
        (velocity, (velocity.0 * waited, velocity.1 * waited))
    };
    let ((v_a, run_a), (v_b, run_b)) = (moved(a), moved(b));
    let cos_lat = libm::cos((0.5 * (a.position.lat() + b.position.lat())).to_radians());
    let north = (b.position.lat() - a.position.lat()) * METRES_PER_DEGREE + run_b.0 - run_a.0;
    let east =
        wrap_longitude(b.position.lon() - a.position.lon()) * METRES_PER_DEGREE * cos_lat + run_b.1 - run_a.1;
    let w = (v_b.0 - v_a.0, v_b.1 - v_a.1);
    let square = w.0 * w.0 + w.1 * w.1;
    // A millimetre an hour is no motion.
    let tcpa_s = if square < 1e-13 { 0.0 } else { -(north * w.0 + east * w.1) / square };
    let at = |t: f64| {
        let (north, east) = (north + w.0 * t, east + w.1 * t);
        (north * north + east * east).sqrt()
    };
    Cpa { tcpa_s, distance_m: at(tcpa_s), now_m: at(0.0) }
}
