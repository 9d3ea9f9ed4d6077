//! One stretch of time during which two tracks are together, and the numbers gathered on the way. The one place
//! where the numbers of an encounter come from: stream and batch feed it the same steps in the same order.

use bitacora_primitives::geodesy::wrap_longitude;
use bitacora_primitives::{EventId, EvidenceRef, Instant, Mmsi, Numbers, Position, TrackId};

use super::approach::{Span, Together, square_m2};
use super::motion::{Leg, Place, place_at, short_way};
use crate::behaviour::{Event, EventEvidence, EvidenceRole, Kind};

const BINS: usize = 64;
/// Speeds at and above this fall into the last bin.
const TOP_SPEED_KN: f64 = 16.0;
/// Distances within a long span are sampled this often.
const SAMPLE_US: i64 = 60_000_000;
const MAX_SAMPLES: i64 = 64;

/// Seconds by bin, for a time-weighted median in constant memory.
#[derive(Clone, Debug)]
struct Histogram {
    seconds: [f32; BINS],
    bin: f64,
    per_bin: f64,
}

impl Histogram {
    fn new(top: f64) -> Self {
        Self { seconds: [0.0; BINS], bin: top / BINS as f64, per_bin: BINS as f64 / top }
    }
    #[inline(always)]
    fn add(&mut self, value: f64, seconds: f64) {
        let index = ((value * self.per_bin) as usize).min(BINS - 1);
        if let Some(bin) = self.seconds.get_mut(index) {
            *bin += seconds as f32;
        }
    }
    /// The value below which half of the time was spent; within a bin, time is taken as even.
    fn median(&self) -> f64 {
        let half = 0.5 * self.seconds.iter().map(|s| f64::from(*s)).sum::<f64>();
        let mut below = 0.0;
        for (index, seconds) in self.seconds.iter().enumerate() {
            let seconds = f64::from(*seconds);
            if seconds > 0.0 && below + seconds >= half {
                return (index as f64 + (half - below) / seconds) * self.bin;
            }
            below += seconds;
        }
        0.0
    }
}

/// The way from the first vessel to the second at a moment, and the point midway.
#[derive(Clone, Copy, Debug)]
pub struct Way {
    north: f64,
    east: f64,
    cos_lat: f64,
    mid_lat: f64,
    /// May lie beyond 180.
    mid_lon: f64,
    square_m2: f64,
}

impl Way {
    #[inline(always)]
    pub fn between(a: Place, b: Place) -> Self {
        let (north, east) = (b.lat - a.lat, short_way(b.lon - a.lon));
        let cos_lat = 0.5 * (a.cos_lat + b.cos_lat);
        Self {
            north,
            east,
            cos_lat,
            mid_lat: a.lat + 0.5 * north,
            mid_lon: a.lon + 0.5 * east,
            square_m2: square_m2(north, east, cos_lat),
        }
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

    /// The share at which the distance is least, and its square, if that is below `known_m2`.
    pub fn closest(&self, known_m2: f64) -> Option<(f64, f64)> {
        self.span.closer(&Together::THROUGHOUT, self.ends_m2(), known_m2)
    }

    /// The way at the end of the step, where the next begins.
    #[inline]
    pub const fn end(&self) -> Way {
        self.end
    }

    const fn ends_m2(&self) -> [f64; 2] {
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

    #[inline(always)]
    fn middle(&self, share: f64) -> (f64, f64) {
        let (a, b) = (&self.start, &self.end);
        let east = short_way(b.mid_lon - a.mid_lon);
        (a.mid_lat + (b.mid_lat - a.mid_lat) * share, a.mid_lon + east * share)
    }

    /// The fix of each vessel nearest in time.
    #[inline]
    fn nearest(&self, t: i64) -> [(M, i64); 2] {
        self.legs.map(|(before, after)| {
            let node = if t - before.t <= after.t - t { before } else { after };
            (node.mark, node.t)
        })
    }
}

/// A stretch that is going on.
#[derive(Clone, Debug)]
pub struct Run<M> {
    start: i64,
    until: i64,
    /// Where the step began in which they came together: names the event.
    step_start: i64,
    /// Midway between the two: degrees, the longitude perhaps beyond 180.
    start_at: (f64, f64),
    until_at: (f64, f64),
    min_m2: f64,
    sum_lat_s: f64,
    sum_east_s: f64,
    distance: Histogram,
    speed: Histogram,
    /// The speed of each vessel now, and the seconds at it that are not yet in its bin.
    at_speed: [(f32, f64); 2],
    points: [u32; 2],
    first: [(M, i64); 2],
    closest: [(M, i64); 2],
    last: [(M, i64); 2],
}

impl<M: Copy> Run<M> {
    pub fn new(step: &Step<'_, M>, together: &Together, max_distance_m: f64) -> Self {
        let start = step.at(together.enter);
        let middle = step.middle(together.enter);
        let nearest = step.nearest(start);
        Self {
            start,
            until: start,
            step_start: step.from,
            start_at: middle,
            until_at: middle,
            min_m2: f64::INFINITY,
            sum_lat_s: 0.0,
            sum_east_s: 0.0,
            distance: Histogram::new(max_distance_m),
            speed: Histogram::new(TOP_SPEED_KN),
            at_speed: step.legs.map(|(_, after)| (after.speed_kn, 0.0)),
            points: step.legs.map(|(before, _)| u32::from(before.t == start)),
            first: nearest,
            closest: nearest,
            last: nearest,
        }
    }

    /// Goes on over a step, or over the part of it that is together.
    #[inline(always)]
    pub fn extend(&mut self, step: &Step<'_, M>, together: &Together) {
        let (from, until) = (step.at(together.enter), step.at(together.leave));
        let span_us = until - from;
        let whole = span_us as f64 * 1e-6;
        let lasting = together.leave - together.enter;
        let half = together.enter + lasting * 0.5;
        if span_us < SAMPLE_US {
            self.distance.add(step.span.distance_m2(half).sqrt(), whole);
        } else {
            self.sample(step, together, span_us);
        }
        for ((_, after), of_one) in step.legs.iter().zip(&mut self.at_speed) {
            // The speed of a vessel stays for a minute and more: it is put into its bin once.
            if after.speed_kn != of_one.0 {
                self.speed.add(f64::from(of_one.0), of_one.1);
                *of_one = (after.speed_kn, 0.0);
            }
            of_one.1 += whole;
        }
        if let Some((share, square)) = step.span.closer(together, step.ends_m2(), self.min_m2) {
            self.min_m2 = square;
            self.closest = step.nearest(step.at(share));
        }
        let (lat, lon) = step.middle(half);
        self.sum_lat_s += lat * whole;
        self.sum_east_s += short_way(lon - self.start_at.1) * whole;
        for ((_, after), points) in step.legs.iter().zip(&mut self.points) {
            *points += u32::from(after.t == until);
        }
        self.until = until;
    }

    /// The distances of a long step.
    fn sample(&mut self, step: &Step<'_, M>, together: &Together, span_us: i64) {
        let samples = (span_us / SAMPLE_US + 1).min(MAX_SAMPLES);
        let seconds = span_us as f64 * 1e-6 / samples as f64;
        for sample in 0..samples {
            let share = (sample as f64 + 0.5) / samples as f64;
            let share = together.enter + (together.leave - together.enter) * share;
            self.distance.add(step.span.distance_m2(share).sqrt(), seconds);
        }
    }

    /// Where both are at the latest moment: said of the last step before the run is reported.
    pub fn settle(&mut self, step: &Step<'_, M>, together: &Together) {
        self.until_at = step.middle(together.leave);
        self.last = step.nearest(self.until);
    }

    pub const fn lasted_us(&self) -> i64 {
        self.until.saturating_sub(self.start)
    }

    /// What is to be said of it, up to its latest moment.
    pub fn meeting(&self) -> Meeting<M> {
        let seconds = ((self.until - self.start) as f64 * 1e-6).max(1e-6);
        let wrapped = |(lat, lon): (f64, f64)| (lat, wrap_longitude(lon));
        let still = self.until == self.start;
        let mut speed = self.speed.clone();
        self.at_speed.iter().for_each(|(knots, seconds)| speed.add(f64::from(*knots), *seconds));
        Meeting {
            start: Instant::from_micros(self.start),
            end: Instant::from_micros(self.until),
            step_start: Instant::from_micros(self.step_start),
            start_at: wrapped(self.start_at),
            end_at: wrapped(self.until_at),
            min_distance_m: self.min_m2.sqrt(),
            // Over no time at all there is no median: the distance at that moment.
            median_distance_m: if still { self.min_m2.sqrt() } else { self.distance.median() },
            median_speed_kn: speed.median(),
            mean_lat: if still { self.start_at.0 } else { self.sum_lat_s / seconds },
            mean_lon: wrap_longitude(self.start_at.1 + self.sum_east_s / seconds),
            points: self.points,
            first: self.first,
            closest: self.closest,
            last: self.last,
        }
    }
}

/// What an encounter was: two vessels together from `start` to `end`. `M` names a fix.
#[derive(Clone, PartialEq, Debug)]
pub struct Meeting<M> {
    pub start: Instant,
    pub end: Instant,
    /// Where the step began in which they came together; with the two tracks it names the event.
    pub step_start: Instant,
    /// Midway between the two: latitude and longitude, degrees.
    pub start_at: (f64, f64),
    pub end_at: (f64, f64),
    pub min_distance_m: f64,
    pub median_distance_m: f64,
    pub median_speed_kn: f64,
    pub mean_lat: f64,
    pub mean_lon: f64,
    /// Fixes of each vessel from `start` to `end`.
    pub points: [u32; 2],
    /// The fix of each vessel, and its time in microseconds, nearest to the beginning, the least distance, the end.
    pub first: [(M, i64); 2],
    pub closest: [(M, i64); 2],
    pub last: [(M, i64); 2],
}

/// One of the two vessels of an encounter.
#[derive(Clone, Copy, Debug)]
pub struct Party {
    pub mmsi: Mmsi,
    pub track: TrackId,
    /// A position of the vessel.
    pub known: Position,
}

impl<M: Copy> Meeting<M> {
    /// The event: parties in the order of the meeting, `evidence` gives what a fix is known by.
    pub fn event(
        &self,
        parties: [Party; 2],
        revision: u32,
        ended: bool,
        evidence: impl Fn(M) -> EvidenceRef,
    ) -> Event {
        let [a, b] = parties;
        let seconds = (self.end - self.start).micros() as f64 / 1e6;
        let mut proof = Vec::with_capacity(6);
        for (role, fixes) in [
            (EvidenceRole::FirstTogether, self.first),
            (EvidenceRole::ClosestApproach, self.closest),
            (EvidenceRole::LastTogether, self.last),
        ] {
            for (party, (mark, t)) in parties.iter().zip(fixes) {
                proof.push(EventEvidence {
                    role,
                    evidence: evidence(mark),
                    observed: Instant::from_micros(t),
                    mmsi: party.mmsi,
                });
            }
        }
        Event {
            id: EventId::of(&[
                b"encounter",
                a.track.bytes(),
                b.track.bytes(),
                &self.step_start.micros().to_be_bytes(),
            ]),
            revision,
            kind: Kind::Encounter,
            mmsi: a.mmsi,
            other: Some(b.mmsi),
            track: a.track,
            other_track: Some(b.track),
            start: self.start,
            end: ended.then_some(self.end),
            position: place(self.start_at, a.known),
            end_position: Some(place(self.end_at, a.known)),
            numbers: Numbers::from([
                ("duration_h".to_owned(), seconds / 3600.0),
                ("min_distance_m".to_owned(), self.min_distance_m),
                ("median_distance_m".to_owned(), self.median_distance_m),
                ("median_speed_kn".to_owned(), self.median_speed_kn),
                ("mean_lat".to_owned(), self.mean_lat),
                ("mean_lon".to_owned(), self.mean_lon),
            ]),
            evidence: proof,
            withdrawn: false,
        }
    }
}

fn place((lat, lon): (f64, f64), known: Position) -> Position {
    // NaN is the only way out of range, and fixes have none.
    Position::new(lat.clamp(-90.0, 90.0), lon).unwrap_or(known)
}
