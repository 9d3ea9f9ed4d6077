//! Departure from an unusual place: the end of a stop, or a first appearance under way, where no vessel has been seen to
//! depart from for long. Against what this node has learned, and only once it has learned enough. A departure that no
//! one saw before may be a new port: that is not asked here.

pub mod places;

use bitacora_primitives::{Duration, Instant, Numbers, Position, TrackId};
use serde::{Deserialize, Serialize};

use self::places::Places;
use super::stop::{self, StopParameters};
use super::{Event, EvidenceRole, Kind, event_id};
use crate::tracks::fix::Fix;
use crate::tracks::positions::Positions;

#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DepartureParameters {
    /// Departures within this distance are from one place.
    pub radius_m: f64,
    /// After this time a departure counts half.
    pub half_life: Duration,
    /// Below this weight of known departures within the radius a departure is unusual.
    pub max_weight: f64,
    /// Nothing is judged before the node has learned for so long, from so many departures.
    pub min_learning: Duration,
    pub min_departures: u64,
    /// Places kept, the weakest forgotten first: some 200 bytes each.
    pub capacity: u32,
    /// A first appearance counts as a departure at or above this speed.
    pub way_kn: f64,
}

impl Default for DepartureParameters {
    fn default() -> Self {
        Self {
            radius_m: 5_000.0,
            half_life: Duration::from_hours(60 * 24),
            max_weight: 0.5,
            min_learning: Duration::from_hours(14 * 24),
            min_departures: 200,
            capacity: 100_000,
            way_kn: 2.0,
        }
    }
}

/// Where a vessel was seen to begin its way.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Origin {
    /// It left a stop: the circle of the stop was left under the vessel's own report.
    Stop = 1,
    /// It was first heard under way.
    FirstHeard = 2,
}

/// What the node knew of the place when a vessel departed.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Judged {
    pub unusual: bool,
    /// Weight of known departures within the radius, before this one.
    pub weight: f64,
    pub nearest_m: Option<f64>,
    pub departures_learned: u64,
    pub learned_h: f64,
}

/// What one node has learned. Departures come in the order in which they are seen.
#[derive(Clone, Debug)]
pub struct Departures {
    places: Places,
    since: Option<i64>,
    learned: u64,
}

impl Departures {
    pub fn new(parameters: &DepartureParameters) -> Self {
        let places =
            Places::new(parameters.radius_m, parameters.half_life.micros(), parameters.capacity as usize);
        Self { places, since: None, learned: 0 }
    }

    pub fn places(&self) -> usize {
        self.places.len()
    }

    /// Judges a departure against all before it, then learns it.
    pub fn judge(&mut self, position: Position, at: Instant, parameters: &DepartureParameters) -> Judged {
        let since = *self.since.get_or_insert(at.micros());
        let known = self.places.known(position, at.micros());
        let learned = Duration::from_micros(at.micros().saturating_sub(since));
        let judged = Judged {
            unusual: known.weight < parameters.max_weight
                && learned >= parameters.min_learning
                && self.learned >= parameters.min_departures,
            weight: known.weight,
            nearest_m: known.nearest.map(|(_, metres, _)| metres),
            departures_learned: self.learned,
            learned_h: learned.hours_f64(),
        };
        self.places.learn(position, at.micros());
        self.learned = self.learned.saturating_add(1);
        judged
    }

    /// The stop of this event is over and its vessel was heard to leave. `fix` is the first after it.
    pub fn left_stop(
        &mut self,
        stop: &Event,
        fix: &Fix,
        parameters: &DepartureParameters,
        out: &mut Vec<Event>,
    ) {
        if let Some(end) = stop.end {
            let judged = self.judge(stop.position, end, parameters);
            report(stop.track, (Origin::Stop, stop.position, end), fix, judged, out);
        }
    }

    /// The first fix of a track whose number was not heard before, or not for long.
    pub fn first_heard(
        &mut self,
        track: TrackId,
        fix: &Fix,
        parameters: &DepartureParameters,
        out: &mut Vec<Event>,
    ) {
        if fix.sog_kn.is_some_and(|speed| (parameters.way_kn..=102.25).contains(&f64::from(speed))) {
            let judged = self.judge(fix.position, fix.observed, parameters);
            report(track, (Origin::FirstHeard, fix.position, fix.observed), fix, judged, out);
        }
    }
}

fn report(
    track: TrackId,
    (origin, position, at): (Origin, Position, Instant),
    fix: &Fix,
    judged: Judged,
    out: &mut Vec<Event>,
) {
    if !judged.unusual {
        return;
    }
    let mut numbers = Numbers::from([
        ("duration_h".to_owned(), 0.0),
        ("origin".to_owned(), f64::from(origin as u8)),
        ("departures_here".to_owned(), judged.weight),
        ("departures_learned".to_owned(), judged.departures_learned as f64),
        ("learned_h".to_owned(), judged.learned_h),
    ]);
    numbers.extend(judged.nearest_m.map(|metres| ("nearest_place_m".to_owned(), metres)));
    out.push(Event {
        id: event_id(Kind::UnusualDeparture, fix.mmsi, at, fix.evidence, 0),
        revision: 0,
        kind: Kind::UnusualDeparture,
        mmsi: fix.mmsi,
        other: None,
        track,
        other_track: None,
        start: at,
        end: Some(at),
        position,
        end_position: Some(fix.position),
        numbers,
        evidence: vec![fix.as_evidence(EvidenceRole::Departure)],
        place: None,
        withdrawn: false,
    });
}

/// One departure of the batch form, usual or not.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Found {
    pub mmsi: u32,
    pub at: Instant,
    pub position: Position,
    pub origin: Origin,
    pub judged: Judged,
}

/// A departure, and when it was seen: with the first fix after a stop, or with the second of a number.
struct Begun {
    seen: Instant,
    mmsi: u32,
    origin: Origin,
    at: Instant,
    position: Position,
}

/// All departures in the order in which they were seen: each stop that was left within its `max_gap`, and the first row
/// of each number that has a second if it has way on. The learning begins with the input.
pub fn departures(
    positions: &Positions,
    stops: &StopParameters,
    parameters: &DepartureParameters,
) -> Vec<Found> {
    let mut begun: Vec<Begun> = Vec::new();
    let found = stop::stops(positions, stops);
    let mut found = found.iter().peekable();
    for (mmsi, rows) in positions.by_vessel().iter() {
        let fixes = super::located::fixes(positions, rows, &[]);
        let mut left: Option<&stop::Found> = None;
        let mut first = None;
        for (index, fix) in fixes.enumerate() {
            let seen = Instant::from_micros(fix.micros);
            // With the second it is known that the first is no outlier.
            let first = *first.get_or_insert(fix);
            if index == 1 && (parameters.way_kn..=102.25).contains(&f64::from(first.sog_kn)) {
                let at = Instant::from_micros(first.micros);
                begun.push(Begun { seen, mmsi, origin: Origin::FirstHeard, at, position: first.position });
            }
            // The fix after the last of a stop, if no silence lies between.
            if let Some(stop) = left.take()
                && fix.micros.saturating_sub(stop.end.micros()) <= stops.max_gap.micros()
            {
                begun.push(Begun { seen, mmsi, origin: Origin::Stop, at: stop.end, position: stop.position });
            }
            left = found.next_if(|stop| stop.mmsi == mmsi && stop.end.micros() == fix.micros);
        }
    }
    begun.sort_by_key(|one| (one.seen, one.mmsi, one.origin));
    let mut learned = Departures::new(parameters);
    begun
        .into_iter()
        .map(|Begun { mmsi, origin, at, position, .. }| Found {
            mmsi,
            at,
            position,
            origin,
            judged: learned.judge(position, at, parameters),
        })
        .collect()
}
