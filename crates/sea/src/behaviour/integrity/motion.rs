//! Motion contradiction: the way a vessel makes against the speed and course it reports, leg by leg, in a run.
//! A single leg is never a finding, and an unknown speed contradicts nothing.

use bitacora_primitives::{Instant, Numbers, TrackId};

use super::TrackDetector;
use super::parameters::MotionContradictionParameters;
use super::plane::{Spot, Told, Vector, coarseness_m, is_polar, way};
use crate::behaviour::{Event, EvidenceRole, Kind, event_id};
use crate::tracks::fix::{Fix, KNOT};

/// The state for one track: a leg under way and a run.
#[derive(Clone, Debug, Default)]
pub struct MotionContradiction {
    last: Option<Last>,
    leg: Option<Leg>,
    run: Option<Box<Run>>,
}

/// The newest fix, as far as it is needed.
#[derive(Clone, Copy, Debug)]
struct Last {
    observed: Instant,
    told: Option<Told>,
}

/// What the reports between two fixes say of the way from one to the other.
#[derive(Clone, Copy, Debug)]
struct Leg {
    start: Fix,
    /// The reported velocities integrated by trapezium over the steps.
    told: Vector,
    /// The reported speeds likewise: the longest way they allow.
    path_m: f64,
    /// What the way may differ for the change of velocity within the steps.
    variation_m: f64,
    fastest: f64,
    /// Every fix so far gave a course.
    directed: bool,
}

#[derive(Clone, Debug)]
struct Run {
    first: Fix,
    last: Fix,
    legs: u32,
    contradicted: u32,
    agreeing: u32,
    made_m: f64,
    told_m: f64,
    seconds: f64,
    worst_m: f64,
    /// Sum over legs of the way made times the conjugate of the way told: its angle is the mean turn.
    turn: Vector,
    /// Revision to be used next, once reported.
    reported: Option<u32>,
}

/// A leg when it is judged.
struct Judged {
    contradicted: bool,
    misfit_m: f64,
    made: Vector,
    told: Vector,
    path_m: f64,
    seconds: f64,
}

impl MotionContradiction {
    /// Something has begun and is not over.
    pub const fn goes_on(&self) -> bool {
        self.run.is_some()
    }
}

impl TrackDetector for MotionContradiction {
    type Parameters = MotionContradictionParameters;

    fn observe(&mut self, track: TrackId, fix: &Fix, parameters: &Self::Parameters, out: &mut Vec<Event>) {
        let Some(last) = self.last else {
            let told = Told::of(fix.sog_kn, fix.cog_deg);
            self.last = Some(Last { observed: fix.observed, told });
            self.leg = Leg::from(fix, told);
            return;
        };
        let step = fix.observed - last.observed;
        if step.micros() <= 0 {
            return;
        }
        let told = Told::of(fix.sog_kn, fix.cog_deg);
        self.last = Some(Last { observed: fix.observed, told });
        if self.run.as_ref().is_some_and(|run| fix.observed - run.last.observed > parameters.max_silence) {
            self.close(track, out);
        }
        let whole =
            step <= parameters.max_step && self.leg.as_mut().is_some_and(|leg| leg.extend(&last, fix, told));
        if !whole {
            self.leg = Leg::from(fix, told);
            return;
        }
        let long = |leg: &mut Leg| fix.observed - leg.start.observed >= parameters.min_leg;
        let Some(leg) = self.leg.take_if(long) else { return };
        self.leg = Leg::from(fix, told);
        let judged = leg.judge(fix, parameters);
        if judged.made.length() > parameters.max_speed_kn * KNOT * judged.seconds + parameters.slack_m {
            return;
        }
        self.take(track, &leg.start, fix, &judged, parameters, out);
    }

    fn end(&mut self, track: TrackId, _: &Self::Parameters, out: &mut Vec<Event>) {
        self.close(track, out);
        *self = Self::default();
    }
}

impl MotionContradiction {
    fn take(
        &mut self,
        track: TrackId,
        start: &Fix,
        fix: &Fix,
        judged: &Judged,
        parameters: &MotionContradictionParameters,
        out: &mut Vec<Event>,
    ) {
        if judged.contradicted {
            let run = self.run.get_or_insert_with(|| Box::new(Run::new(start)));
            run.extend(fix, judged);
            let lasted = run.last.observed - run.first.observed;
            if run.reported.is_none()
                && run.contradicted >= parameters.min_legs
                && lasted >= parameters.min_duration
            {
                run.reported = Some(1);
                out.push(run.event(track, 0, false));
            }
        } else if let Some(run) = self.run.as_mut() {
            run.agreeing += 1;
            if run.agreeing >= parameters.agreeing_legs {
                self.close(track, out);
            }
        }
    }

    fn close(&mut self, track: TrackId, out: &mut Vec<Event>) {
        if let Some(run) = self.run.take()
            && let Some(revision) = run.reported
        {
            out.push(run.event(track, revision, true));
        }
    }
}

impl Leg {
    /// `None` where nothing can be said from this fix on.
    fn from(fix: &Fix, told: Option<Told>) -> Option<Self> {
        let Told { speed: fastest, velocity } = told?;
        (!is_polar(fix)).then(|| Self {
            start: *fix,
            told: Vector::default(),
            path_m: 0.0,
            variation_m: 0.0,
            fastest,
            directed: velocity.is_some(),
        })
    }

    /// False when the step cannot be judged.
    fn extend(&mut self, last: &Last, fix: &Fix, told: Option<Told>) -> bool {
        let (Some(before), Some(after)) = (last.told, told) else { return false };
        if is_polar(fix) {
            return false;
        }
        let half = 0.5 * (fix.observed - last.observed).secs_f64();
        self.path_m += half * (before.speed + after.speed);
        self.fastest = self.fastest.max(after.speed);
        match (before.velocity, after.velocity) {
            (Some(from), Some(to)) => {
                self.told = self.told.plus(from, half).plus(to, half);
                self.variation_m += half * to.minus(from).length();
            }
            _ => {
                self.directed = false;
                self.variation_m += half * (after.speed - before.speed).abs();
            }
        }
        true
    }

    fn judge(&self, end: &Fix, parameters: &MotionContradictionParameters) -> Judged {
        let seconds = (end.observed - self.start.observed).secs_f64();
        let made = way(&Spot::of(&self.start), &Spot::of(end));
        let allowed_m = parameters.slack_m
            + coarseness_m(&self.start)
            + coarseness_m(end)
            + parameters.latency.secs_f64() * self.fastest
            + parameters.share * self.path_m
            + parameters.slack_kn * KNOT * seconds
            + self.variation_m;
        // Without courses the speeds bound the way from above only.
        let misfit_m = if self.directed {
            made.minus(self.told).length()
        } else {
            (made.length() - self.path_m).max(0.0)
        };
        let told = if self.directed { self.told } else { Vector::default() };
        Judged { contradicted: misfit_m > allowed_m, misfit_m, made, told, path_m: self.path_m, seconds }
    }
}

impl Run {
    fn new(first: &Fix) -> Self {
        Self {
            first: *first,
            last: *first,
            legs: 0,
            contradicted: 0,
            agreeing: 0,
            made_m: 0.0,
            told_m: 0.0,
            seconds: 0.0,
            worst_m: 0.0,
            turn: Vector::default(),
            reported: None,
        }
    }

    fn extend(&mut self, fix: &Fix, judged: &Judged) {
        self.last = *fix;
        self.legs += self.agreeing + 1;
        self.agreeing = 0;
        self.contradicted += 1;
        self.made_m += judged.made.length();
        self.told_m += judged.path_m;
        self.seconds += judged.seconds;
        self.worst_m = self.worst_m.max(judged.misfit_m);
        let (made, told) = (judged.made, judged.told);
        self.turn = self.turn.plus(
            Vector {
                east: made.north * told.north + made.east * told.east,
                north: made.east * told.north - made.north * told.east,
            },
            1.0,
        );
    }

    fn event(&self, track: TrackId, revision: u32, ended: bool) -> Event {
        let start = self.first.observed;
        let mut numbers = Numbers::from([
            ("duration_h".to_owned(), (self.last.observed - start).hours_f64()),
            ("legs".to_owned(), f64::from(self.legs)),
            ("contradicted_legs".to_owned(), f64::from(self.contradicted)),
            ("implied_speed_kn".to_owned(), self.made_m / self.seconds / KNOT),
            ("reported_speed_kn".to_owned(), self.told_m / self.seconds / KNOT),
            ("max_misfit_m".to_owned(), self.worst_m),
        ]);
        if self.turn.length() > 0.0 {
            let turn = libm::atan2(self.turn.north, self.turn.east).to_degrees();
            numbers.insert("course_difference_deg".to_owned(), turn);
        }
        Event {
            id: event_id(Kind::MotionContradiction, self.first.mmsi, start, self.first.evidence, 0),
            revision,
            kind: Kind::MotionContradiction,
            mmsi: self.first.mmsi,
            other: None,
            track,
            other_track: None,
            start,
            end: ended.then_some(self.last.observed),
            position: self.first.position,
            end_position: Some(self.last.position),
            numbers,
            evidence: vec![
                self.first.as_evidence(EvidenceRole::FirstContradicted),
                self.last.as_evidence(EvidenceRole::LastContradicted),
            ],
            place: None,
            withdrawn: false,
        }
    }
}
