//! One stretch of time during which two tracks are together, and the numbers gathered on the way.

use bitacora_primitives::geodesy::wrap_longitude;
use bitacora_primitives::{EventId, EvidenceRef, Instant, Mmsi, Numbers, Position, TrackId};

use super::Node;
use super::approach::{Span, Together};
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

/// One of the two vessels of a run.
#[derive(Clone, Copy, Debug)]
pub struct Party {
    pub slot: u32,
    pub mmsi: Mmsi,
    pub track: TrackId,
}

#[derive(Clone, Debug)]
pub struct Run {
    pub parties: [Party; 2],
    pub start: i64,
    pub until: i64,
    /// Where the step began in which they came together: names the event.
    step_start: i64,
    /// Midway between the two: degrees, the longitude perhaps beyond 180.
    start_at: (f64, f64),
    until_at: (f64, f64),
    /// A fix of the first vessel.
    known: Position,
    min_m2: f64,
    sum_lat_s: f64,
    sum_east_s: f64,
    distance: Histogram,
    speed: Histogram,
    pub first: [(EvidenceRef, i64); 2],
    closest: [(EvidenceRef, i64); 2],
    /// Revision to be used next, once reported.
    reported: Option<u32>,
}

/// The motion of both over one step: the legs they are on, and the part of time looked at.
#[derive(Clone, Copy, Debug)]
pub struct Step<'a> {
    pub legs: [(&'a Node, &'a Node); 2],
    pub from: i64,
    pub to: i64,
    pub span: Span,
    /// The point midway at both ends.
    pub middle: [(f64, f64); 2],
}

impl Step<'_> {
    pub fn at(&self, share: f64) -> i64 {
        if share <= 0.0 {
            return self.from;
        }
        if share >= 1.0 {
            return self.to;
        }
        self.from + ((self.to - self.from) as f64 * share).round() as i64
    }
    fn middle(&self, share: f64) -> (f64, f64) {
        let [(lat, lon), (lat_end, lon_end)] = self.middle;
        (lat + (lat_end - lat) * share, lon + (lon_end - lon) * share)
    }
    /// The fix of each vessel nearest in time.
    fn nearest(&self, t: i64) -> [(EvidenceRef, i64); 2] {
        self.legs.map(|(before, after)| {
            let node = if t - before.t <= after.t - t { before } else { after };
            (node.evidence, node.t)
        })
    }
}

impl Run {
    pub fn new(parties: [Party; 2], step: &Step<'_>, together: &Together, max_distance_m: f64) -> Self {
        let start = step.at(together.enter);
        let middle = step.middle(together.enter);
        let nearest = step.nearest(start);
        Self {
            parties,
            start,
            until: start,
            step_start: step.from,
            start_at: middle,
            until_at: middle,
            known: step.legs[0].0.position,
            min_m2: f64::INFINITY,
            sum_lat_s: 0.0,
            sum_east_s: 0.0,
            distance: Histogram::new(max_distance_m),
            speed: Histogram::new(TOP_SPEED_KN),
            first: nearest,
            closest: nearest,
            reported: None,
        }
    }

    pub fn extend(&mut self, step: &Step<'_>, together: &Together) {
        let until = step.at(together.leave);
        let span_us = until - step.at(together.enter);
        let samples = (span_us / SAMPLE_US + 1).min(MAX_SAMPLES);
        let seconds = span_us as f64 / 1e6 / samples as f64;
        for sample in 0..samples {
            let share = (sample as f64 + 0.5) / samples as f64;
            let share = together.enter + (together.leave - together.enter) * share;
            self.distance.add(step.span.distance_m2(share).sqrt(), seconds);
        }
        let whole = span_us as f64 / 1e6;
        for (_, after) in step.legs {
            self.speed.add(f64::from(after.speed_kn), whole);
        }
        if together.closest_m2 < self.min_m2 {
            self.min_m2 = together.closest_m2;
            self.closest = step.nearest(step.at(together.closest));
        }
        let (lat, lon) = step.middle(0.5 * (together.enter + together.leave));
        let mut east = lon - self.start_at.1;
        if !(-180.0..180.0).contains(&east) {
            east = wrap_longitude(east);
        }
        self.sum_lat_s += lat * whole;
        self.sum_east_s += east * whole;
        self.until = until;
        self.until_at = step.middle(together.leave);
    }

    /// True when it has just become long enough to be reported.
    pub fn ripens(&self, min_us: i64) -> bool {
        self.reported.is_none() && self.until - self.start >= min_us
    }

    /// True when its end is to be reported.
    pub const fn was_reported(&self) -> bool {
        self.reported.is_some()
    }

    /// The next revision. `last` is the fix of each vessel nearest to `until`.
    pub fn report(&mut self, last: [(EvidenceRef, i64); 2], ended: bool) -> Event {
        let revision = self.reported.unwrap_or(0);
        self.reported = Some(revision + 1);
        self.event(revision, last, ended)
    }

    fn event(&self, revision: u32, last: [(EvidenceRef, i64); 2], ended: bool) -> Event {
        let [a, b] = self.parties;
        let seconds = (self.until - self.start) as f64 / 1e6;
        let start = Instant::from_micros(self.start);
        let until = Instant::from_micros(self.until);
        let mean_lon = wrap_longitude(self.start_at.1 + self.sum_east_s / seconds.max(1e-6));
        let mut evidence = Vec::with_capacity(6);
        for (role, fixes) in [
            (EvidenceRole::FirstTogether, self.first),
            (EvidenceRole::ClosestApproach, self.closest),
            (EvidenceRole::LastTogether, last),
        ] {
            for (party, (evidence_ref, t)) in self.parties.iter().zip(fixes) {
                evidence.push(EventEvidence {
                    role,
                    evidence: evidence_ref,
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
                &self.step_start.to_be_bytes(),
            ]),
            revision,
            kind: Kind::Encounter,
            mmsi: a.mmsi,
            other: Some(b.mmsi),
            track: a.track,
            other_track: Some(b.track),
            start,
            end: ended.then_some(until),
            position: place(self.start_at, self.known),
            end_position: Some(place(self.until_at, self.known)),
            numbers: Numbers::from([
                ("duration_h".to_owned(), seconds / 3600.0),
                ("min_distance_m".to_owned(), self.min_m2.sqrt()),
                ("median_distance_m".to_owned(), self.distance.median()),
                ("median_speed_kn".to_owned(), self.speed.median()),
                ("mean_lat".to_owned(), self.sum_lat_s / seconds.max(1e-6)),
                ("mean_lon".to_owned(), mean_lon),
            ]),
            evidence,
            withdrawn: false,
        }
    }
}

/// Degrees midway between two positions, with the longitude brought into range.
fn place((lat, lon): (f64, f64), known: Position) -> Position {
    // NaN is the only way out of range, and fixes have none.
    Position::new(lat.clamp(-90.0, 90.0), wrap_longitude(lon)).unwrap_or(known)
}
