//! One stretch of time during which two tracks are together, and the numbers gathered on the way. The one place
//! where the numbers of an encounter come from: stream and batch gather them from the same steps and legs in the same
//! order, however many at a time.

use bitacora_primitives::geodesy::wrap_longitude;
use bitacora_primitives::{EventId, EvidenceRef, Instant, Mmsi, Numbers, Position, TrackId};

use super::approach::Together;
use super::blocks::{Area, Facing, Legs};
use super::motion::{Leg, Node, place_at, short_way};
use super::step::{Overlap, Step, Walk, first_after};
use crate::behaviour::parameters::EncounterParameters;
use crate::behaviour::{Event, EventEvidence, EvidenceRole, Kind};

const BINS: usize = 64;
/// Speeds at and above this fall into the last bin.
const TOP_SPEED_KN: f64 = 16.0;
/// Distances are sampled this often, or so that the shortest encounter has thirty samples, at most every second.
const SAMPLE_US: i64 = 60_000_000;
const LEAST_SAMPLE_US: i64 = 1_000_000;
const LEAST_SAMPLES: i64 = 30;
/// Of more samples in one step, groups are taken at their middle.
const MAX_SAMPLES: i64 = 64;
/// With fewer, every second step or so is sampled, and each may as well be looked at.
const STEPS_PER_SAMPLE: i64 = 3;

/// Counts by bin, for a median in constant memory. Whole numbers: the order of adding does not matter.
#[derive(Clone, Copy, Debug)]
struct Histogram {
    counts: [u64; BINS],
    per_bin: f64,
}

impl Histogram {
    fn new(top: f64) -> Self {
        Self { counts: [0; BINS], per_bin: BINS as f64 / top }
    }
    #[inline(always)]
    fn add(&mut self, value: f64, count: u64) {
        let index = ((value * self.per_bin) as usize).min(BINS - 1);
        if let Some(bin) = self.counts.get_mut(index) {
            *bin = bin.saturating_add(count);
        }
    }
    /// The value below which half of the counts are; within a bin they are taken as even.
    fn median(&self) -> f64 {
        let half = 0.5 * self.counts.iter().map(|count| *count as f64).sum::<f64>();
        let mut below = 0.0;
        for (index, count) in self.counts.iter().enumerate() {
            let count = *count as f64;
            if count > 0.0 && below + count >= half {
                return (index as f64 + (half - below) / count) / self.per_bin;
            }
            below += count;
        }
        0.0
    }
}

/// What of the parameters a run needs.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    pub max_distance_m: f64,
    pub min_us: i64,
    sample_us: i64,
}

impl Limits {
    pub fn of(parameters: &EncounterParameters) -> Self {
        let min_us = parameters.min_duration.micros();
        let sample_us = (min_us / LEAST_SAMPLES).clamp(LEAST_SAMPLE_US, SAMPLE_US);
        Self { max_distance_m: parameters.max_distance_m, min_us, sample_us }
    }
}

/// What one of the two vessels adds, leg by leg: legs that end before the latest moment.
#[derive(Clone, Copy, Debug)]
struct Share {
    counted: i64,
    /// Twice the sums over time of the way from the start, degrees times seconds.
    lat_s: f64,
    lon_s: f64,
    points: u32,
}

impl Share {
    /// Goes on to the vertices up to `until`.
    #[inline]
    fn pass<M: Copy>(&mut self, nodes: &[Node<M>], until: i64, at: (f64, f64), speed: &mut Histogram) {
        let Some(legs) = nodes.get(first_after(nodes, self.counted).saturating_sub(1)..) else { return };
        // A speed stays for a minute and more: it is put into its bin once.
        let (mut knots, mut spent_us) = (0.0_f32, 0_u64);
        for leg in legs.windows(2) {
            let [before, after] = leg else { continue };
            if after.t > until {
                break;
            }
            if after.speed_kn != knots {
                speed.add(f64::from(knots), spent_us);
                (knots, spent_us) = (after.speed_kn, 0);
            }
            spent_us += self.add((before, after), after.t, at);
            self.points += 1;
        }
        speed.add(f64::from(knots), spent_us);
    }

    /// The part of a leg from what is counted to `to`; returns how long it is.
    #[inline(always)]
    fn add<M>(&mut self, leg: Leg<'_, M>, to: i64, (lat, lon): (f64, f64)) -> u64 {
        let (before, after) = leg;
        let span_us = to - self.counted;
        let seconds = span_us as f64 * 1e-6;
        let (mut north, mut east) = (after.lat - before.lat, short_way(after.lon - before.lon));
        let (mut from_lat, mut from_lon) = (before.lat, before.lon);
        if self.counted != before.t || to != after.t {
            let (begin, end) = (place_at(leg, self.counted), place_at(leg, to));
            (from_lat, from_lon) = (begin.lat, begin.lon);
            (north, east) = (end.lat - begin.lat, short_way(end.lon - begin.lon));
        }
        self.lat_s += (2.0 * (from_lat - lat) + north) * seconds;
        self.lon_s += (2.0 * short_way(from_lon - lon) + east) * seconds;
        self.counted = to;
        span_us as u64
    }
}

/// A stretch that is going on. It is told how far it has come ([`Run::until`]) and gathers later ([`Run::gather`]).
#[derive(Clone, Debug)]
pub struct Run<M> {
    start: i64,
    /// The latest moment at which they are together without a break.
    pub until: i64,
    /// End of the last step whose distances are gathered.
    counted: i64,
    next_sample: i64,
    /// Where the step began in which they came together: names the event.
    step_start: i64,
    limits: Limits,
    min_m2: f64,
    shares: [Share; 2],
    /// Midway between the two: degrees, the longitude perhaps beyond 180.
    start_at: (f64, f64),
    first: [(M, i64); 2],
    closest: [(M, i64); 2],
    distance: Histogram,
    /// In microseconds, of both vessels.
    speed: Histogram,
}

impl<M: Copy> Run<M> {
    /// Begins in a step, at the moment at which they come together.
    pub fn new(step: &Step<'_, M>, together: &Together, limits: Limits) -> Self {
        let start = step.at(together.enter);
        let nearest = step.nearest(start);
        let share = |(before, after): Leg<'_, M>| {
            let points = u32::from(before.t == start || after.t == start);
            Share { counted: start, lat_s: 0.0, lon_s: 0.0, points }
        };
        Self {
            start,
            until: start,
            counted: step.from,
            next_sample: start,
            step_start: step.from,
            limits,
            min_m2: f64::INFINITY,
            shares: step.legs.map(share),
            start_at: step.midway(start),
            first: nearest,
            closest: nearest,
            distance: Histogram::new(limits.max_distance_m),
            speed: Histogram::new(TOP_SPEED_KN),
        }
    }

    pub const fn lasted_us(&self) -> i64 {
        self.until.saturating_sub(self.start)
    }

    /// What lies before is gathered.
    pub const fn counted(&self) -> i64 {
        self.counted
    }

    /// Time that is not yet gathered.
    pub const fn ungathered_us(&self) -> i64 {
        self.until.saturating_sub(self.counted)
    }

    /// Gathers up to the latest moment, which is the end of a step unless the run ends there.
    pub fn gather(&mut self, legs: [Legs<'_, M>; 2]) {
        let nodes = legs.map(|legs| legs.nodes);
        let walk = Walk::after(nodes, self.counted);
        if walk.period_us().saturating_mul(STEPS_PER_SAMPLE) <= self.limits.sample_us {
            let sampled_m2 = self.samples(walk);
            // A little more, so that no step that may tell the least is passed over, whatever the rounding.
            self.approach(walk, legs, sampled_m2 * (1.0 + 1e-6));
        } else {
            self.each_step(walk);
        }
        for (share, nodes) in self.shares.iter_mut().zip(nodes) {
            share.pass(nodes, self.until, self.start_at, &mut self.speed);
        }
    }

    /// Distances and the least of them, step by step.
    pub fn each_step(&mut self, mut walk: Walk<'_, M>) {
        while self.counted < self.until || self.counted == self.step_start {
            let Some(Ok(step)) = walk.step() else { break };
            self.counted = step.to;
            let Some(together) = self.together(&step) else { break };
            self.come(&step, &together);
            if self.next_sample <= step.to.min(self.until) {
                self.sample(&step);
            }
        }
    }

    /// The part of a step that belongs to the run.
    #[inline(always)]
    fn together(&self, step: &Step<'_, M>) -> Option<Together> {
        if self.holds(step) { Some(Together::THROUGHOUT) } else { step.within(self.limits.max_distance_m) }
    }

    /// Takes note of a distance less than all before.
    #[inline(always)]
    fn come(&mut self, step: &Step<'_, M>, together: &Together) {
        if let Some((share, square)) = step.closest(together, self.min_m2) {
            self.min_m2 = square;
            self.closest = step.nearest(step.at(share));
        }
    }

    /// The distances at the moments at which they are sampled. The least square of a distance at the end of a step met
    /// on the way, m2: the least distance of the run is not above it.
    fn samples(&mut self, mut walk: Walk<'_, M>) -> f64 {
        let mut least_m2 = f64::INFINITY;
        // A moment at which one step ends and another begins is of the one that ends, but not before the run's first.
        let before = |run: &Self| run.next_sample.saturating_sub(1).max(run.step_start);
        while self.next_sample <= self.until {
            walk.go_on(before(self));
            let Some(Ok(step)) = walk.step() else { break };
            self.sample(&step);
            if self.holds(&step) {
                least_m2 = step.ends_m2().into_iter().fold(least_m2, f64::min);
            }
        }
        least_m2
    }

    /// Whether the run goes on throughout a step.
    const fn holds(&self, step: &Step<'_, M>) -> bool {
        step.from >= self.start && step.to <= self.until
    }

    /// The least distance, which is known not to be above `bound_m2`: what lies farther off is passed over.
    fn approach<'a>(&mut self, mut walk: Walk<'a, M>, legs: [Legs<'a, M>; 2], bound_m2: f64) {
        let mut facing = Facing::of(legs, walk.index);
        let mut asked = false;
        while self.counted < self.until || self.counted == self.step_start {
            let bound_m2 = bound_m2.min(self.min_m2);
            if let Some(here) = facing.filter(|here| !asked && here.least_m2() > bound_m2) {
                self.counted = here.until().min(self.until);
                let Some(next) = here.next() else { break };
                facing = Some(next);
                if next.least_m2() <= bound_m2 {
                    walk.index = next.after(self.counted);
                    asked = true;
                }
                continue;
            }
            asked = true;
            let Some(overlap) = walk.overlap().filter(Overlap::is_known) else { break };
            self.counted = overlap.to;
            if let Some(here) = facing
                && here.is_left(walk.index)
            {
                facing = Facing::of(legs, walk.index);
                asked = false;
            }
            let [a, b] = overlap.legs;
            if Area::of_leg(a).least_m2(&Area::of_leg(b)) > bound_m2 {
                continue;
            }
            let step = walk.make(overlap);
            let Some(together) = self.together(&step) else { break };
            self.come(&step, &together);
        }
    }

    /// The distances at the moments of a step at which they are sampled.
    fn sample(&mut self, step: &Step<'_, M>) {
        let end = step.to.min(self.until);
        let period = self.limits.sample_us;
        // Mostly one: a division is spared.
        let samples = if end - self.next_sample < period { 1 } else { (end - self.next_sample) / period + 1 };
        let group = (samples + MAX_SAMPLES - 1) / MAX_SAMPLES;
        let mut left = samples;
        while left > 0 {
            let here = group.min(left);
            let t = self.next_sample + (here - 1) / 2 * period;
            self.distance.add(step.distance_m(t), here as u64);
            self.next_sample = self.next_sample.saturating_add(here * period);
            left -= here;
        }
    }

    /// What is to be said of it up to its latest moment; gathers first.
    pub fn meeting(&mut self, legs: [Legs<'_, M>; 2]) -> Meeting<M> {
        self.gather(legs);
        let seconds = ((self.until - self.start) as f64 * 1e-6).max(1e-6);
        let wrapped = |(lat, lon): (f64, f64)| (lat, wrap_longitude(lon));
        let still = self.until == self.start;
        // The legs on which both are at the latest moment, and what of them is not yet gathered.
        let (mut speed, mut shares) = (self.speed, self.shares);
        let mut last = self.first;
        let mut places = [None; 2];
        for (which, (share, Legs { nodes, .. })) in shares.iter_mut().zip(legs).enumerate() {
            let index = first_after(nodes, self.until.saturating_sub(1)).max(1);
            let (Some(before), Some(after)) = (nodes.get(index - 1), nodes.get(index)) else { continue };
            let leg = (before, after);
            if share.counted < self.until {
                let spent_us = share.add(leg, self.until, self.start_at);
                speed.add(f64::from(after.speed_kn), spent_us);
            }
            let node = if self.until - before.t <= after.t - self.until { before } else { after };
            if let (Some(last), Some(place)) = (last.get_mut(which), places.get_mut(which)) {
                *last = (node.mark, node.t);
                *place = Some(place_at(leg, self.until));
            }
        }
        let end_at = match places {
            [Some(a), Some(b)] => (a.lat + 0.5 * (b.lat - a.lat), a.lon + 0.5 * short_way(b.lon - a.lon)),
            _ => self.start_at,
        };
        let [a, b] = shares;
        // Twice the sums, of two vessels.
        let mean = |a: f64, b: f64| if still { 0.0 } else { 0.25 * (a + b) / seconds };
        Meeting {
            start: Instant::from_micros(self.start),
            end: Instant::from_micros(self.until),
            step_start: Instant::from_micros(self.step_start),
            start_at: wrapped(self.start_at),
            end_at: wrapped(end_at),
            min_distance_m: self.min_m2.sqrt(),
            // Over no time at all there is no median: the distance at that moment.
            median_distance_m: if still { self.min_m2.sqrt() } else { self.distance.median() },
            median_speed_kn: speed.median(),
            mean_lat: self.start_at.0 + mean(a.lat_s, b.lat_s),
            mean_lon: wrap_longitude(self.start_at.1 + mean(a.lon_s, b.lon_s)),
            points: [a.points, b.points],
            first: self.first,
            closest: self.closest,
            last,
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
            place: None,
            withdrawn: false,
        }
    }
}

fn place((lat, lon): (f64, f64), known: Position) -> Position {
    // NaN is the only way out of range, and fixes have none.
    Position::new(lat.clamp(-90.0, 90.0), lon).unwrap_or(known)
}
