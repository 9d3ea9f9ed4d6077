//! Circular track: positions that go round a circle at a steady rate while speed and course say otherwise
//! (Bergman, SkyTruth and Global Fishing Watch 2020, 2021). A ship that turns reports the turn; one at anchor
//! swings to and fro, and slowly.

use bitacora_primitives::geodesy::wrap_longitude;
use bitacora_primitives::{EvidenceRef, Instant, Numbers, Position, TrackId};

use super::TrackDetector;
use super::fit::{Circle, Turning, turnings, widest_gap};
use super::parameters::CircleParameters;
use super::plane::{Told, Vector, is_polar};
use crate::behaviour::{Event, EventEvidence, EvidenceRole, Kind, event_id};
use crate::tracks::fix::{Fix, KNOT, METRES_PER_DEGREE};

/// Fixes kept at one rate.
const RING: usize = 24;
/// Least time between kept fixes, by level, as multiples of `min_step`: windows of two minutes to six hours.
const LEVELS: [i64; 4] = [1, 6, 36, 180];
/// A level is looked at once in so many of its fixes, of which a ring holds a whole number.
const EVERY: usize = 3;
/// A circle of which a third is empty still shows three quarters of its diameter: in radii, with some noise.
const LEAST_WIDTH: f64 = 1.4;
/// Failed looks that end a run.
const MISSES: u32 = 2;

/// The state for one track: thinned windows at several rates and a run.
#[derive(Clone, Debug, Default)]
pub struct CircularTrack {
    newest: Option<Instant>,
    levels: [Level; LEVELS.len()],
    run: Option<Box<Run>>,
}

#[derive(Clone, Debug, Default)]
struct Level {
    /// A ring: the newest lies before `next`.
    kept: Vec<Kept>,
    next: usize,
    newest: Instant,
    /// Bounds of each `EVERY` in the ring, close together in memory: most windows are ruled out by these alone.
    bounds: [Bounds; RING / EVERY],
}

/// South, north, west, east, degrees.
#[derive(Clone, Copy, Debug)]
struct Bounds([f32; 4]);

impl Default for Bounds {
    fn default() -> Self {
        Self([f32::INFINITY, f32::NEG_INFINITY, f32::INFINITY, f32::NEG_INFINITY])
    }
}

impl Bounds {
    const fn of(position: Position) -> Self {
        let (lat, lon) = (position.lat() as f32, position.lon() as f32);
        Self([lat, lat, lon, lon])
    }

    fn with(self, Self([south, north, west, east]): Self) -> Self {
        let Self([s, n, w, e]) = self;
        Self([s.min(south), n.max(north), w.min(west), e.max(east)])
    }
}

#[derive(Clone, Copy, Debug)]
struct Kept {
    observed: Instant,
    position: Position,
    cos_lat: f64,
    /// As reported, and NaN when not available.
    sog_kn: f32,
    cog_deg: f32,
    evidence: EvidenceRef,
}

#[derive(Clone, Debug)]
struct Run {
    level: usize,
    misses: u32,
    first: Kept,
    last: Kept,
    seen: Seen,
    fix: Fix,
    reported: u32,
}

/// What a window shows.
#[derive(Clone, Copy, Debug)]
struct Seen {
    centre: Position,
    radius_m: f64,
    rms_m: f64,
    period_s: f64,
    speed_kn: f64,
    reported_kn: f64,
    contradicted: f64,
}

impl CircularTrack {
    /// Something has begun and is not over.
    pub const fn goes_on(&self) -> bool {
        self.run.is_some()
    }
}

impl TrackDetector for CircularTrack {
    type Parameters = CircleParameters;

    fn observe(&mut self, track: TrackId, fix: &Fix, parameters: &Self::Parameters, out: &mut Vec<Event>) {
        if is_polar(fix) {
            return;
        }
        if self.newest.is_some_and(|newest| fix.observed - newest > parameters.max_silence) {
            self.end(track, parameters, out);
        } else if self.newest.is_some_and(|newest| fix.observed - newest < parameters.min_step) {
            return;
        }
        self.newest = Some(fix.observed);
        let kept = Kept::of(fix);
        for (at, (level, rate)) in self.levels.iter_mut().zip(LEVELS).enumerate() {
            let step = parameters.min_step.micros().max(1).saturating_mul(rate);
            if !level.keep(kept, step) {
                // A coarser level keeps nothing that a finer one passes over.
                break;
            }
            if !level.next.is_multiple_of(EVERY) {
                continue;
            }
            let seen = level.look(fix.cos_lat, parameters);
            match (self.run.as_mut(), seen) {
                (None, Some((first, seen))) => {
                    let run = Run { level: at, misses: 0, first, last: kept, seen, fix: *fix, reported: 1 };
                    out.push(run.event(track, 0, false));
                    self.run = Some(Box::new(run));
                }
                (Some(run), Some((_, seen))) => {
                    run.last = kept;
                    if run.level == at {
                        (run.seen, run.misses) = (seen, 0);
                    }
                }
                (Some(run), None) if run.level == at => {
                    run.misses += 1;
                    if run.misses >= MISSES {
                        out.push(run.event(track, run.reported, true));
                        self.run = None;
                    }
                }
                _ => {}
            }
        }
    }

    fn end(&mut self, track: TrackId, _: &Self::Parameters, out: &mut Vec<Event>) {
        if let Some(run) = self.run.take() {
            out.push(run.event(track, run.reported, true));
        }
        *self = Self::default();
    }
}

impl Kept {
    fn of(fix: &Fix) -> Self {
        Self {
            observed: fix.observed,
            position: fix.position,
            cos_lat: fix.cos_lat,
            sog_kn: fix.sog_kn.unwrap_or(f32::NAN),
            cog_deg: fix.cog_deg.unwrap_or(f32::NAN),
            evidence: fix.evidence,
        }
    }

    fn told(&self) -> Option<Told> {
        Told::of(Some(self.sog_kn), Some(self.cog_deg))
    }

    /// Whether what the vessel reports here denies the velocity; `None` when it reports no speed.
    fn denies(&self, velocity: Vector, parameters: &CircleParameters) -> Option<bool> {
        let moving = velocity.length();
        let allowed = (parameters.velocity_kn * KNOT).max(parameters.velocity_share * moving);
        self.told().map(|told| match told.velocity {
            Some(told) => told.minus(velocity).length() > allowed,
            None => (told.speed - moving).abs() > allowed,
        })
    }
}

impl Level {
    fn keep(&mut self, kept: Kept, step: i64) -> bool {
        if !self.kept.is_empty() && (kept.observed - self.newest).micros() < step {
            return false;
        }
        let at = self.next % RING;
        match self.kept.get_mut(at) {
            Some(slot) => *slot = kept,
            None => self.kept.push(kept),
        }
        if let Some(bounds) = self.bounds.get_mut(at / EVERY) {
            let known = if at.is_multiple_of(EVERY) { Bounds::default() } else { *bounds };
            *bounds = known.with(Bounds::of(kept.position));
        }
        self.next = at + 1;
        self.newest = kept.observed;
        true
    }

    /// The last so many of the ring, from the earliest on.
    fn window(&self, size: usize) -> impl Iterator<Item = &Kept> + Clone {
        let (newer, older) = self.kept.split_at_checked(self.next).unwrap_or_default();
        older.iter().chain(newer).skip(self.kept.len().saturating_sub(size))
    }

    /// Bounds of the last so many, which must fill their parts of the ring.
    fn bounds(&self, size: usize) -> Bounds {
        let (newer, older) = self.bounds.split_at_checked(self.next / EVERY).unwrap_or_default();
        let parts = newer.iter().rev().chain(older.iter().rev());
        parts.take(size / EVERY).fold(Bounds::default(), |all, part| all.with(*part))
    }

    /// The longest of the two windows that end now and show a false circle, with its first fix.
    fn look(&self, cos_lat: f64, parameters: &CircleParameters) -> Option<(Kept, Seen)> {
        let least = (parameters.min_fixes as usize).clamp(6, RING);
        let all = self.kept.len();
        if all < least {
            return None;
        }
        [all, least].into_iter().find_map(|size| {
            let may = !size.is_multiple_of(EVERY)
                || may_be_round(self.bounds(size), cos_lat, parameters.min_radius_m);
            may.then(|| judge(self.window(size), size, parameters)).flatten()
        })
    }
}

/// False only for what [`is_round`] denies: vessels at rest or on their way, which are nearly all.
fn may_be_round(Bounds(bounds): Bounds, cos_lat: f64, min_radius_m: f64) -> bool {
    /// Single precision holds a degree of longitude to a metre; and the cosine changes within the window.
    const SLACK_M: f64 = 10.0;
    const SLACK_SHARE: f64 = 0.1;
    let [s, n, w, e] = bounds.map(f64::from);
    if e - w > 180.0 {
        return true;
    }
    let (high, wide) = ((n - s) * METRES_PER_DEGREE, (e - w) * cos_lat * METRES_PER_DEGREE);
    let least = wide.min(high) * (1.0 + SLACK_SHARE) + SLACK_M;
    least >= LEAST_WIDTH * min_radius_m && least >= 0.6 * (wide.max(high) * (1.0 - SLACK_SHARE) - SLACK_M)
}

fn judge<'a>(
    window: impl Iterator<Item = &'a Kept> + Clone,
    size: usize,
    parameters: &CircleParameters,
) -> Option<(Kept, Seen)> {
    let first = *window.clone().next()?;
    let mut points = [(0.0, Vector::default()); RING];
    for (point, kept) in points.iter_mut().zip(window.clone()) {
        let east = wrap_longitude(kept.position.lon() - first.position.lon());
        *point = (
            (kept.observed - first.observed).secs_f64(),
            Vector {
                east: east * 0.5 * (kept.cos_lat + first.cos_lat) * METRES_PER_DEGREE,
                north: (kept.position.lat() - first.position.lat()) * METRES_PER_DEGREE,
            },
        );
    }
    let points = points.get(..size)?;
    if !is_round(points, parameters.min_radius_m) {
        return None;
    }
    let circle = Circle::through(points)?;
    let rms_m = circle.rms_m(points);
    if !(parameters.min_radius_m..=parameters.max_radius_m).contains(&circle.radius_m)
        || rms_m > parameters.max_rms_m.max(parameters.max_rms_share * circle.radius_m)
    {
        return None;
    }
    let mut angles = [(0.0, 0.0); RING];
    for (angle, (time, point)) in angles.iter_mut().zip(points) {
        *angle = (*time, circle.angle(*point));
    }
    let angles = angles.get(..size)?;
    if widest_gap(angles) > parameters.max_empty_deg.to_radians() {
        return None;
    }
    let fastest = parameters.max_speed_kn * KNOT / circle.radius_m;
    let turnings = turnings(angles, fastest, parameters.max_phase_rms_deg.to_radians())?;
    let seconds = angles.last()?.0;
    let mut best: Option<(Turning, f64)> = None;
    // Coarse sampling allows several rates; the reports must deny every one of them.
    for turning in turnings {
        let speed = turning.rate.abs() * circle.radius_m;
        let turns = turning.rate.abs() * seconds / std::f64::consts::TAU;
        if turns < parameters.min_turns || speed < parameters.min_speed_kn * KNOT {
            return None;
        }
        let (mut told, mut denied) = (0_u32, 0_u32);
        for (kept, (_, angle)) in window.clone().zip(angles) {
            let along = turning.rate * circle.radius_m;
            let velocity = Vector { east: -along * libm::sin(*angle), north: along * libm::cos(*angle) };
            if let Some(denies) = kept.denies(velocity, parameters) {
                told += 1;
                denied += u32::from(denies);
            }
        }
        let share = f64::from(denied) / f64::from(told.max(1));
        if (told as usize) < size.div_ceil(2) || share < parameters.min_contradicted {
            return None;
        }
        if best.is_none_or(|(known, _)| turning.rate.abs() < known.rate.abs()) {
            best = Some((turning, share));
        }
    }
    let (turning, contradicted) = best?;
    let lat = (first.position.lat() + circle.centre.north / METRES_PER_DEGREE).clamp(-90.0, 90.0);
    let cos_lat = 0.5 * (first.cos_lat + libm::cos(lat.to_radians()));
    let lon = first.position.lon() + circle.centre.east / METRES_PER_DEGREE / cos_lat.max(1e-6);
    let told: Vec<f64> = window.filter_map(|kept| Some(kept.told()?.speed)).collect();
    let seen = Seen {
        centre: Position::new(lat, wrap_longitude(lon)).ok()?,
        radius_m: circle.radius_m,
        rms_m,
        period_s: std::f64::consts::TAU / turning.rate.abs(),
        speed_kn: turning.rate.abs() * circle.radius_m / KNOT,
        reported_kn: told.iter().sum::<f64>() / (told.len().max(1) as f64) / KNOT,
        contradicted,
    };
    Some((first, seen))
}

/// What every circle is, and vessels at rest or on their way are not: wide, and as long as broad.
fn is_round(points: &[(f64, Vector)], min_radius_m: f64) -> bool {
    let mut box_m = [f64::INFINITY, f64::NEG_INFINITY, f64::INFINITY, f64::NEG_INFINITY];
    for (_, point) in points {
        let [w, e, s, n] = box_m;
        box_m = [w.min(point.east), e.max(point.east), s.min(point.north), n.max(point.north)];
    }
    let [w, e, s, n] = box_m;
    let (wide, high) = (e - w, n - s);
    wide.min(high) >= LEAST_WIDTH * min_radius_m && wide.min(high) >= 0.6 * wide.max(high)
}

impl Run {
    fn event(&self, track: TrackId, revision: u32, ended: bool) -> Event {
        let start = self.first.observed;
        let hours = (self.last.observed - start).hours_f64();
        let seen = &self.seen;
        let shown = |kept: &Kept, role| EventEvidence {
            role,
            evidence: kept.evidence,
            observed: kept.observed,
            mmsi: self.fix.mmsi,
        };
        Event {
            id: event_id(Kind::CircularTrack, self.fix.mmsi, start, self.first.evidence, 0),
            revision,
            kind: Kind::CircularTrack,
            mmsi: self.fix.mmsi,
            other: None,
            track,
            other_track: None,
            start,
            end: ended.then_some(self.last.observed),
            position: self.first.position,
            end_position: Some(self.last.position),
            numbers: Numbers::from([
                ("duration_h".to_owned(), hours),
                ("centre_lat".to_owned(), seen.centre.lat()),
                ("centre_lon".to_owned(), seen.centre.lon()),
                ("radius_m".to_owned(), seen.radius_m),
                ("rms_m".to_owned(), seen.rms_m),
                ("period_s".to_owned(), seen.period_s),
                ("turns".to_owned(), hours * 3600.0 / seen.period_s),
                ("implied_speed_kn".to_owned(), seen.speed_kn),
                ("reported_speed_kn".to_owned(), seen.reported_kn),
                ("contradicted_share".to_owned(), seen.contradicted),
            ]),
            evidence: vec![
                shown(&self.first, EvidenceRole::FirstContradicted),
                shown(&self.last, EvidenceRole::LastContradicted),
            ],
            place: None,
            withdrawn: false,
        }
    }
}
