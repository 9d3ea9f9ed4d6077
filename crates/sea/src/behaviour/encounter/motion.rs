//! The motion of one vessel: the vertices that its fixes make, and where it is between two of them. The only
//! place that says what is known of a motion, for the stream and for the batch; knows nothing of other vessels.

use bitacora_primitives::Duration;
use bitacora_primitives::geodesy::wrap_longitude;

use crate::behaviour::parameters::EncounterParameters;
use crate::tracks::fix::{KNOT, METRES_PER_DEGREE};

/// Speed is taken over legs of at least this length, so that fix noise is not speed.
const SPEED_LEG_US: i64 = 60_000_000;
/// With `still_m`, a vertex is kept at least this often.
pub const STILL_US: i64 = 600_000_000;
/// A silence limit beyond this is none: differences of times within it cannot overflow.
const MAX_SILENCE_US: i64 = i64::MAX / 4;

/// A vertex, with the leg that ends there. `M` names the fix: its evidence in the stream, its row in the batch.
#[derive(Clone, Copy, Debug)]
pub struct Node<M> {
    pub t: i64,
    pub lat: f64,
    pub lon: f64,
    pub cos_lat: f64,
    /// One over the length of the leg that ends here; 0 where none does, nothing being known of the motion before.
    pub per_us: f64,
    /// Speed over the last leg of at least a minute, ending here or before.
    pub speed_kn: f32,
    pub mark: M,
}

impl<M: Copy> Node<M> {
    pub const fn new(t: i64, lat: f64, lon: f64, cos_lat: f64, mark: M) -> Self {
        Self { t, lat, lon, cos_lat, per_us: 0.0, speed_kn: 0.0, mark }
    }

    fn distance_m(&self, other: &Self) -> f64 {
        let north = other.lat - self.lat;
        let east = short_way(other.lon - self.lon) * 0.5 * (self.cos_lat + other.cos_lat);
        (north * north + east * east).sqrt() * METRES_PER_DEGREE
    }

    fn speed_to(&self, later: &Self) -> f32 {
        (self.distance_m(later) / (later.t.saturating_sub(self.t) as f64 / 1e6) / KNOT) as f32
    }

    /// True when the motion between the vertex before and this one is known.
    #[inline]
    pub fn ends_leg(&self) -> bool {
        self.per_us > 0.0
    }
}

/// A difference of longitudes by the short way round.
#[inline]
pub fn short_way(east: f64) -> f64 {
    if (-180.0..180.0).contains(&east) { east } else { wrap_longitude(east) }
}

/// What makes vertices of fixes.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    pub silence_us: i64,
    pub still_m: f64,
}

impl Rule {
    /// Every fix is a vertex.
    pub fn exact(max_silence: Duration) -> Self {
        Self { silence_us: max_silence.micros().clamp(0, MAX_SILENCE_US), still_m: 0.0 }
    }
    pub fn of(parameters: &EncounterParameters) -> Self {
        Self { still_m: parameters.still_m, ..Self::exact(parameters.max_silence) }
    }
}

/// The fixes of one track in order of time, on their way to become vertices.
#[derive(Clone, Copy, Debug)]
pub struct Vertices<M> {
    last: Option<Node<M>>,
    speed_from: Option<Node<M>>,
    /// Left out because the vessel had not moved; the next vertex may need it.
    held_back: Option<Node<M>>,
}

impl<M: Copy> Vertices<M> {
    pub const NONE: Self = Self { last: None, speed_from: None, held_back: None };

    /// Takes the next fix; calls `keep` with each vertex that follows. A fix not later than the one before is none.
    #[inline]
    pub fn push(&mut self, fix: Node<M>, rule: &Rule, mut keep: impl FnMut(Node<M>)) {
        if let Some(last) = self.last {
            if fix.t <= self.held_back.map_or(last.t, |held| held.t) {
                return;
            }
            if rule.still_m > 0.0 {
                if fix.t.saturating_sub(last.t) < STILL_US && last.distance_m(&fix) < rule.still_m {
                    self.held_back = Some(fix);
                    return;
                }
                self.flush(rule, &mut keep);
            }
        }
        keep(self.vertex(fix, rule));
    }

    /// The track has ended: what was held back is its last vertex.
    pub fn flush(&mut self, rule: &Rule, mut keep: impl FnMut(Node<M>)) {
        if let Some(held) = self.held_back.take() {
            keep(self.vertex(held, rule));
        }
    }

    #[inline]
    fn vertex(&mut self, mut to: Node<M>, rule: &Rule) -> Node<M> {
        match self.last {
            Some(from) if to.t.saturating_sub(from.t) <= rule.silence_us => {
                to.per_us = 1.0 / (to.t - from.t) as f64;
                to.speed_kn = from.speed_kn;
                if let Some(start) = self.speed_from {
                    if to.t - start.t >= SPEED_LEG_US {
                        to.speed_kn = start.speed_to(&to);
                        self.speed_from = Some(to);
                    } else if from.speed_kn == 0.0 && start.t == from.t {
                        to.speed_kn = start.speed_to(&to);
                    }
                }
            }
            _ => self.speed_from = Some(to),
        }
        self.last = Some(to);
        to
    }
}

/// A leg: its two vertices. Only legs that are known are looked at ([`Node::ends_leg`]).
pub type Leg<'a, M> = (&'a Node<M>, &'a Node<M>);

/// Where a vessel is at a moment; the longitude may lie beyond 180.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    pub lat: f64,
    pub lon: f64,
    pub cos_lat: f64,
}

/// Where the vessel is at `t`, within the leg. At a vertex it is the vertex to the last bit, so that two legs that
/// meet there agree; counted from the vertex at hand, which spares a branch that cannot be foretold.
#[inline(always)]
pub fn place_at<M>((p, q): Leg<'_, M>, t: i64) -> Place {
    let base = if t == q.t { q } else { p };
    let share = (t - base.t) as f64 * q.per_us;
    Place {
        lat: base.lat + (q.lat - p.lat) * share,
        lon: base.lon + short_way(q.lon - p.lon) * share,
        cos_lat: base.cos_lat + (q.cos_lat - p.cos_lat) * share,
    }
}
