//! Drift: a slow run on a steady course at a steady speed that the heading does not explain. Without weather no more
//! can be said than that wind or current would look so; without headings, that slow steaming would too.

use bitacora_primitives::{Duration, Instant, Numbers, TrackId};
use serde::{Deserialize, Serialize};

use super::located::{self, Located, RowFix};
use super::motion::Motion;
use super::{Event, EvidenceRole, Kind, event_id};
use crate::tracks::fix::{Fix, KNOT};
use crate::tracks::positions::Positions;

#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DriftParameters {
    /// Speed over each leg, from and strictly below: slower is at anchor, faster is no drift for long.
    pub min_speed_kn: f64,
    pub max_speed_kn: f64,
    /// Each leg's course from the mean course of the run so far, at most: an engine and a rudder turn more.
    pub max_turn_deg: f64,
    /// Each leg's speed from the mean speed of the run so far, at most: wind and current change slowly.
    pub max_change_kn: f64,
    /// Course and speed are taken over legs of at least this length.
    pub min_leg: Duration,
    pub min_duration: Duration,
    pub max_silence: Duration,
    /// With headings on at least half of the legs, the mean angle between heading and course must reach this; a
    /// vessel under way heads where it goes, within leeway and set.
    pub min_heading_offset_deg: f64,
}

impl Default for DriftParameters {
    fn default() -> Self {
        Self {
            min_speed_kn: 0.2,
            max_speed_kn: 3.0,
            max_turn_deg: 45.0,
            max_change_kn: 0.75,
            min_leg: Duration::from_mins(10),
            min_duration: Duration::from_hours(2),
            max_silence: Duration::from_secs(3600),
            min_heading_offset_deg: 30.0,
        }
    }
}

/// The state for one track.
#[derive(Clone, Debug, Default)]
pub struct Drift(Walk<Fix>);

/// The one definition, for fixes of the stream and rows of the batch alike.
#[derive(Clone, Debug)]
struct Walk<P> {
    leg_start: Option<P>,
    /// When the newest fix was made.
    newest: Option<i64>,
    run: Option<Box<Run<P>>>,
}

#[derive(Clone, Debug)]
struct Run<P> {
    first: P,
    last: P,
    motion: Motion,
    /// Revision to be used next, once reported.
    reported: Option<u32>,
}

impl<P> Default for Walk<P> {
    fn default() -> Self {
        Self { leg_start: None, newest: None, run: None }
    }
}

impl Drift {
    /// Something has begun and is not over.
    pub const fn goes_on(&self) -> bool {
        self.0.run.is_some()
    }

    /// Takes the next fix of the track, later than the one before.
    pub fn observe(&mut self, track: TrackId, fix: &Fix, parameters: &DriftParameters, out: &mut Vec<Event>) {
        self.0.observe(*fix, parameters, &mut |run, revision, state| {
            out.push(run.event(track, revision, state));
        });
    }

    /// The track has fallen silent or ended.
    pub fn end(&mut self, track: TrackId, parameters: &DriftParameters, out: &mut Vec<Event>) {
        self.0.end(parameters, &mut |run, revision, state| out.push(run.event(track, revision, state)));
    }
}

/// How a run stands when it is reported.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Standing {
    GoesOn,
    Ended,
    /// It had been reported, and what came after shows that the heading explains it.
    Withdrawn,
}

impl<P: Located> Walk<P> {
    fn observe(
        &mut self,
        fix: P,
        parameters: &DriftParameters,
        report: &mut impl FnMut(&Run<P>, u32, Standing),
    ) {
        let (Some(newest), Some(leg_start)) = (self.newest, self.leg_start) else {
            (self.leg_start, self.newest) = (Some(fix), Some(fix.micros()));
            return;
        };
        let silence = fix.micros().saturating_sub(newest);
        if silence <= 0 {
            return;
        }
        self.newest = Some(fix.micros());
        if silence > parameters.max_silence.micros() {
            self.end(parameters, report);
            (self.leg_start, self.newest) = (Some(fix), Some(fix.micros()));
            return;
        }
        if fix.micros().saturating_sub(leg_start.micros()) < parameters.min_leg.micros() {
            return;
        }
        self.leg_start = Some(fix);
        let speed = leg_start.distance_m(&fix) / fix.secs_since(&leg_start) / KNOT;
        if !(speed >= parameters.min_speed_kn && speed < parameters.max_speed_kn) {
            self.close(parameters, report);
            return;
        }
        if self.run.as_ref().is_some_and(|run| !run.goes_on(&leg_start, &fix, speed, parameters)) {
            self.close(parameters, report);
        }
        let run = self.run.get_or_insert_with(|| {
            Box::new(Run { first: leg_start, last: fix, motion: Motion::default(), reported: None })
        });
        run.motion.add(&leg_start, &fix);
        run.last = fix;
        if run.reported.is_none() && run.is_drift(parameters) {
            run.reported = Some(1);
            report(run, 0, Standing::GoesOn);
        }
    }

    fn close(&mut self, parameters: &DriftParameters, report: &mut impl FnMut(&Run<P>, u32, Standing)) {
        if let Some(run) = self.run.take()
            && let Some(revision) = run.reported
        {
            let standing = if run.is_drift(parameters) { Standing::Ended } else { Standing::Withdrawn };
            report(&run, revision, standing);
        }
    }

    fn end(&mut self, parameters: &DriftParameters, report: &mut impl FnMut(&Run<P>, u32, Standing)) {
        self.close(parameters, report);
        (self.leg_start, self.newest) = (None, None);
    }
}

impl<P: Located> Run<P> {
    fn goes_on(&self, from: &P, to: &P, speed: f64, parameters: &DriftParameters) -> bool {
        let (north, east) = to.offset_m(from);
        self.motion.course.angle_to_deg(north, east) <= parameters.max_turn_deg
            && (speed - self.motion.speed_kn()).abs() <= parameters.max_change_kn
    }

    fn is_drift(&self, parameters: &DriftParameters) -> bool {
        let known = self.motion.heading_share() >= 0.5;
        let explained = known
            && self
                .motion
                .heading_offset_deg()
                .is_some_and(|offset| offset < parameters.min_heading_offset_deg);
        self.last.micros().saturating_sub(self.first.micros()) >= parameters.min_duration.micros()
            && !explained
    }
}

impl Run<Fix> {
    fn event(&self, track: TrackId, revision: u32, standing: Standing) -> Event {
        let (start, end) = (self.first.observed, self.last.observed);
        let motion = &self.motion;
        let mut numbers = Numbers::from([
            ("duration_h".to_owned(), (end - start).hours_f64()),
            ("distance_m".to_owned(), motion.distance_m),
            ("avg_speed_kn".to_owned(), motion.speed_kn()),
            ("speed_spread_kn".to_owned(), motion.speed_spread_kn()),
            ("heading_share".to_owned(), motion.heading_share()),
        ]);
        let maybe = [
            ("course_deg", motion.course.mean_deg()),
            ("course_steadiness", motion.course.steadiness()),
            ("heading_steadiness", motion.heading.steadiness()),
            ("heading_offset_deg", motion.heading_offset_deg()),
        ];
        numbers.extend(maybe.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))));
        Event {
            id: event_id(Kind::Drift, self.first.mmsi, start, self.first.evidence, 0),
            revision,
            kind: Kind::Drift,
            mmsi: self.first.mmsi,
            other: None,
            track,
            other_track: None,
            start,
            end: (standing != Standing::GoesOn).then_some(end),
            position: self.first.position,
            end_position: Some(self.last.position),
            place: None,
            numbers,
            evidence: vec![
                self.first.as_evidence(EvidenceRole::FirstSlow),
                self.last.as_evidence(EvidenceRole::LastSlow),
            ],
            withdrawn: standing == Standing::Withdrawn,
        }
    }
}

/// One drift of the batch form.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Found {
    pub mmsi: u32,
    pub start: Instant,
    pub end: Instant,
    pub motion: Motion,
    pub first_row: u32,
    pub last_row: u32,
}

/// The drifts of each vessel, by number and time: what the stream finds, one track for each number. `headings` is
/// true heading by row, NaN where not available, or empty.
pub fn drifts(positions: &Positions, headings: &[f32], parameters: &DriftParameters) -> Vec<Found> {
    let mut found = Vec::new();
    for (mmsi, rows) in positions.by_vessel().iter() {
        let mut walk = Walk::default();
        let mut report = |run: &Run<RowFix>, _: u32, standing: Standing| {
            if standing == Standing::Ended {
                found.push(Found {
                    mmsi,
                    start: Instant::from_micros(run.first.micros),
                    end: Instant::from_micros(run.last.micros),
                    motion: run.motion,
                    first_row: run.first.row,
                    last_row: run.last.row,
                });
            }
        };
        for fix in located::fixes(positions, rows, headings) {
            walk.observe(fix, parameters, &mut report);
        }
        walk.end(parameters, &mut report);
    }
    found
}
