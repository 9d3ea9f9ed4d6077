//! Stops: stays within a circle for a while, each as long as it can be, none overlapping another. A vessel that
//! stops may be moored, at anchor or drifting: that is not asked here.

pub mod circle;

use std::collections::VecDeque;

use bitacora_primitives::{Duration, Instant, Numbers, Position, TrackId};
use serde::{Deserialize, Serialize};

use self::circle::{Circle, Hull, Plane, smallest};
use super::located::{self, Located, RowFix};
use super::{Event, EvidenceRole, Kind, event_id};
use crate::tracks::fix::Fix;
use crate::tracks::positions::Positions;

#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct StopParameters {
    /// Of the circle that holds all fixes of the stay. Compared with what it is, to two millionths of itself.
    pub max_diameter_m: f64,
    /// From the first to the last fix of the stay, at least.
    pub min_duration: Duration,
    /// A longer silence ends the stay: where the vessel was meanwhile is not known.
    pub max_gap: Duration,
}

impl Default for StopParameters {
    fn default() -> Self {
        Self {
            max_diameter_m: 500.0,
            min_duration: Duration::from_mins(30),
            max_gap: Duration::from_secs(3600),
        }
    }
}

/// Corners of a hull within this share of the diameter from it are passed over.
const GRAIN: f64 = 2e-6;

/// The state for one track.
#[derive(Clone, Debug, Default)]
pub struct Stops(Watch<Fix>);

/// The one definition, for fixes of the stream and rows of the batch alike.
#[derive(Clone, Debug)]
struct Watch<P> {
    /// When the newest fix was made.
    newest: Option<i64>,
    seek: Seek<P>,
    stay: Option<Box<Stay<P>>>,
}

/// Fixes that may yet be the beginning of a stay: those near enough to the newest.
#[derive(Clone, Debug)]
struct Seek<P> {
    /// The first fix at each place, of fixes in a row at one place.
    window: VecDeque<P>,
    /// Number of the first in the window.
    front: u64,
    pivot: Option<Box<Pivot>>,
}

/// The hull of the window in two parts that meet at the pivot: behind it fixes are taken back from the front, ahead
/// of it they come. So each fix enters a hull at most twice, however long the window is.
#[derive(Clone, Debug)]
struct Pivot {
    plane: Plane,
    number: u64,
    behind: Hull,
    ahead: Hull,
    next: u64,
}

#[derive(Clone, Debug)]
struct Stay<P> {
    first: P,
    last: P,
    plane: Plane,
    hull: Hull,
    circle: Circle,
}

impl<P> Default for Watch<P> {
    fn default() -> Self {
        Self { newest: None, seek: Seek { window: VecDeque::new(), front: 0, pivot: None }, stay: None }
    }
}

impl Stops {
    /// Something has begun and is not over.
    pub const fn goes_on(&self) -> bool {
        self.0.stay.is_some()
    }

    /// Takes the next fix of the track, later than the one before.
    pub fn observe(&mut self, track: TrackId, fix: &Fix, parameters: &StopParameters, out: &mut Vec<Event>) {
        self.0.observe(*fix, parameters, &mut |stay, ended| out.push(stay.event(track, ended)));
    }

    /// The track has ended.
    pub fn end(&mut self, track: TrackId, out: &mut Vec<Event>) {
        self.0.end(&mut |stay, ended| out.push(stay.event(track, ended)));
    }
}

impl<P: Located> Watch<P> {
    fn observe(&mut self, fix: P, parameters: &StopParameters, report: &mut impl FnMut(&Stay<P>, bool)) {
        if let Some(newest) = self.newest {
            let silence = fix.micros().saturating_sub(newest);
            if silence <= 0 {
                return;
            }
            if silence > parameters.max_gap.micros() {
                self.end(report);
            }
        }
        self.newest = Some(fix.micros());
        if let Some(stay) = self.stay.as_mut() {
            if stay.holds(fix, parameters) {
                return;
            }
            // INVARIANT: the fix that ends a stay is the first that the next may begin with (MovingPandas #296).
            self.end(report);
            self.newest = Some(fix.micros());
        }
        self.seek.push(fix, parameters);
        if let Some(stay) = self.seek.settle(fix, parameters) {
            report(&stay, false);
            self.stay = Some(Box::new(stay));
            self.seek.clear();
        }
    }

    fn end(&mut self, report: &mut impl FnMut(&Stay<P>, bool)) {
        if let Some(stay) = self.stay.take() {
            report(&stay, true);
        }
        self.seek.clear();
        self.newest = None;
    }
}

/// The largest radius of a stay.
fn enough_m(parameters: &StopParameters) -> f64 {
    0.5 * parameters.max_diameter_m * (1.0 + 1e-9)
}

/// Whether a circle is small enough.
fn fits(circle: &Circle, parameters: &StopParameters) -> bool {
    circle.radius_m() <= enough_m(parameters)
}

impl<P: Located> Seek<P> {
    fn clear(&mut self) {
        // Not `clear`: what a long window took is given back.
        self.window = VecDeque::new();
        self.pivot = None;
    }

    fn push(&mut self, fix: P, parameters: &StopParameters) {
        if self.window.back().is_some_and(|last| last.position() == fix.position()) {
            return;
        }
        // What is farther from the newest than the diameter is in no circle with it.
        let far = parameters.max_diameter_m * 1.001 + 0.01;
        while self.window.front().is_some_and(|first| first.distance_m(&fix) > far) {
            self.pop();
        }
        self.window.push_back(fix);
    }

    fn pop(&mut self) {
        self.window.pop_front();
        if let Some(pivot) = self.pivot.as_mut() {
            if self.front >= pivot.number {
                self.pivot = None;
            } else {
                pivot.behind.take_back(self.front);
            }
        }
        self.front += 1;
    }

    fn pop_through(&mut self, number: u64) {
        while self.front <= number && !self.window.is_empty() {
            self.pop();
        }
    }

    /// The stay that lasts long enough with the newest fix, if there is one: of all the one that begins first.
    fn settle(&mut self, newest: P, parameters: &StopParameters) -> Option<Stay<P>> {
        loop {
            let first = *self.window.front()?;
            let lasts = newest.micros().saturating_sub(first.micros());
            if lasts <= 0 || lasts < parameters.min_duration.micros() {
                return None;
            }
            if self.pivot.is_none() {
                self.turn(parameters);
                continue;
            }
            if let Some(beyond) = self.feed() {
                self.pop_through(beyond);
                continue;
            }
            let Some(pivot) = self.pivot.as_ref() else { continue };
            let corners = [pivot.behind.corners(), pivot.ahead.corners()].concat();
            let circle = smallest(&corners, enough_m(parameters))?;
            if !fits(&circle, parameters) {
                self.pop_through(circle.oldest);
                continue;
            }
            let mut hull = Hull::new(GRAIN * parameters.max_diameter_m, false);
            for corner in corners {
                hull.insert(corner);
            }
            let plane = pivot.plane;
            return Some(Stay { first, last: newest, plane, hull, circle });
        }
    }

    /// Makes the newest in the window the pivot, and forgets what is in no circle with it.
    fn turn(&mut self, parameters: &StopParameters) {
        let Some(newest) = self.window.back().copied() else { return };
        let number = self.front + self.window.len() as u64 - 1;
        let grain = GRAIN * parameters.max_diameter_m;
        let mut pivot = Pivot {
            plane: Plane::at(&newest),
            number,
            behind: Hull::new(grain, true),
            ahead: Hull::new(grain, false),
            next: number + 1,
        };
        let far = parameters.max_diameter_m * 1.001 + 0.01;
        let mut beyond = None;
        for (back, fix) in self.window.iter().rev().enumerate() {
            let number = number - back as u64;
            let near = fix.distance_m(&newest) <= far;
            match pivot.plane.vertex(fix, number).filter(|_| near) {
                Some(vertex) => pivot.behind.insert(vertex),
                None => {
                    beyond = Some(number);
                    break;
                }
            };
        }
        // Nothing of what goes now has entered the hull.
        self.pivot = None;
        if let Some(beyond) = beyond {
            self.pop_through(beyond);
        }
        self.pivot = Some(Box::new(pivot));
    }

    /// Lets fixes newer than the pivot into the hull ahead. Some: one of them is too far from the pivot, so that
    /// all up to the pivot must go.
    fn feed(&mut self) -> Option<u64> {
        let pivot = self.pivot.as_mut()?;
        let skip = pivot.next.saturating_sub(self.front) as usize;
        for fix in self.window.iter().skip(skip) {
            let Some(vertex) = pivot.plane.vertex(fix, pivot.next) else { return Some(pivot.number) };
            pivot.ahead.insert(vertex);
            pivot.next += 1;
        }
        None
    }
}

impl<P: Located> Stay<P> {
    /// Takes the fix if the stay can go on with it.
    fn holds(&mut self, fix: P, parameters: &StopParameters) -> bool {
        let Some(vertex) = self.plane.vertex(&fix, 0) else { return false };
        if self.hull.insert(vertex) && !self.circle.covers(&vertex) {
            match smallest(self.hull.corners(), enough_m(parameters)) {
                Some(circle) if fits(&circle, parameters) => self.circle = circle,
                _ => return false,
            }
        }
        self.last = fix;
        true
    }

    fn centre(&self) -> Position {
        self.plane.position(self.circle.x, self.circle.y).unwrap_or_else(|| self.first.position())
    }
}

impl Stay<Fix> {
    fn event(&self, track: TrackId, ended: bool) -> Event {
        let start = self.first.observed;
        Event {
            id: event_id(Kind::Stop, self.first.mmsi, start, self.first.evidence, 0),
            revision: u32::from(ended),
            kind: Kind::Stop,
            mmsi: self.first.mmsi,
            other: None,
            track,
            other_track: None,
            start,
            end: ended.then_some(self.last.observed),
            position: self.centre(),
            end_position: None,
            numbers: Numbers::from([
                ("duration_h".to_owned(), (self.last.observed - start).hours_f64()),
                ("radius_m".to_owned(), self.circle.radius_m()),
            ]),
            evidence: vec![
                self.first.as_evidence(EvidenceRole::FirstSlow),
                self.last.as_evidence(EvidenceRole::LastSlow),
            ],
            place: None,
            withdrawn: false,
        }
    }
}

/// One stop of the batch form.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Found {
    pub mmsi: u32,
    pub start: Instant,
    pub end: Instant,
    /// Centre and radius of the smallest circle round its fixes.
    pub position: Position,
    pub radius_m: f64,
    pub first_row: u32,
    pub last_row: u32,
}

/// The stops of each vessel, by number and time: what the stream finds, one track for each number.
pub fn stops(positions: &Positions, parameters: &StopParameters) -> Vec<Found> {
    let mut found = Vec::new();
    for (mmsi, rows) in positions.by_vessel().iter() {
        let mut watch = Watch::default();
        let mut report = |stay: &Stay<RowFix>, ended: bool| {
            if ended {
                found.push(Found {
                    mmsi,
                    start: Instant::from_micros(stay.first.micros),
                    end: Instant::from_micros(stay.last.micros),
                    position: stay.centre(),
                    radius_m: stay.circle.radius_m(),
                    first_row: stay.first.row,
                    last_row: stay.last.row,
                });
            }
        };
        for fix in located::fixes(positions, rows, &[]) {
            watch.observe(fix, parameters, &mut report);
        }
        watch.end(&mut report);
    }
    found
}
