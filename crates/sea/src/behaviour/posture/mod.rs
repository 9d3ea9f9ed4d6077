//! The posture of a transfer at sea, of one vessel alone: it comes with way on, slows, lies slow with its heading held
//! far from any anchorage, and goes with way on. Its partner may be dark, or there may be none: that is not known here.

use bitacora_primitives::{Duration, Instant, Numbers, TrackId};
use serde::{Deserialize, Serialize};

use super::located::{self, Located, RowFix};
use super::motion::Motion;
use super::port_visit::anchorages::Anchorages;
use super::{Event, EvidenceRole, Kind, event_id};
use crate::tracks::fix::{Fix, KNOT};
use crate::tracks::positions::Positions;

#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PostureParameters {
    /// Slow is strictly below, over each leg: the speed of transfers in Miller et al. 2018.
    pub max_speed_kn: f64,
    /// Making way is at least this, before and after.
    pub way_kn: f64,
    /// From the last leg with way on to the first slow one, and back, at most.
    pub max_change: Duration,
    /// Two hours is the least encounter of Miller et al. 2018; their carriers alone had to lie 8 h.
    pub min_duration: Duration,
    /// From the nearest anchorage, where anchorages are known.
    pub min_offshore_m: f64,
    /// Length of the mean heading vector, at least, where half of the legs have a heading. Two hulls alongside hold
    /// theirs; a hull adrift yaws and turns. 0.9 is a spread of some 26 degrees.
    pub min_heading_steadiness: f64,
    /// Speed and course are taken over legs of at least this length.
    pub min_leg: Duration,
    pub max_silence: Duration,
}

impl Default for PostureParameters {
    fn default() -> Self {
        Self {
            max_speed_kn: 2.0,
            way_kn: 5.0,
            max_change: Duration::from_hours(1),
            min_duration: Duration::from_hours(2),
            min_offshore_m: 20.0 * 1852.0,
            min_heading_steadiness: 0.9,
            min_leg: Duration::from_mins(5),
            max_silence: Duration::from_secs(3600),
        }
    }
}

/// The state for one track.
#[derive(Clone, Debug, Default)]
pub struct Posture(Watch<Fix>);

/// The one definition, for fixes of the stream and rows of the batch alike.
#[derive(Clone, Debug)]
struct Watch<P> {
    leg_start: Option<P>,
    /// When the newest fix was made.
    newest: Option<i64>,
    /// End of the last leg with way on.
    way_until: Option<P>,
    lie: Option<Box<Lie<P>>>,
}

/// A slow stretch that began with way on shortly before.
#[derive(Clone, Copy, Debug)]
struct Lie<P> {
    way_until: P,
    first: P,
    last: P,
    motion: Motion,
    /// The first leg that was not slow any more has come.
    over: bool,
    way_again: Option<P>,
    offshore_m: Option<f64>,
    reported: Option<u32>,
}

/// How a stretch stands when it is reported.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Standing {
    GoesOn,
    Ended,
    /// It had been reported, and its heading was not held to the end.
    Withdrawn,
}

impl<P> Default for Watch<P> {
    fn default() -> Self {
        Self { leg_start: None, newest: None, way_until: None, lie: None }
    }
}

impl Posture {
    /// Something has begun and is not over.
    pub const fn goes_on(&self) -> bool {
        self.0.lie.is_some()
    }

    /// Takes the next fix of the track, later than the one before.
    pub fn observe(
        &mut self,
        track: TrackId,
        fix: &Fix,
        anchorages: &Anchorages,
        parameters: &PostureParameters,
        out: &mut Vec<Event>,
    ) {
        self.0.observe(*fix, anchorages, parameters, &mut |lie, revision, standing| {
            out.push(lie.event(track, revision, standing));
        });
    }

    /// The track has fallen silent or ended.
    pub fn end(&mut self, track: TrackId, parameters: &PostureParameters, out: &mut Vec<Event>) {
        self.0.end(parameters, &mut |lie, revision, standing| {
            out.push(lie.event(track, revision, standing));
        });
    }
}

impl<P: Located> Watch<P> {
    fn observe(
        &mut self,
        fix: P,
        anchorages: &Anchorages,
        parameters: &PostureParameters,
        report: &mut impl FnMut(&Lie<P>, u32, Standing),
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
        if speed < parameters.max_speed_kn {
            self.slow(leg_start, fix, anchorages, parameters, report);
        } else {
            self.fast(fix, speed >= parameters.way_kn, parameters, report);
        }
    }

    fn slow(
        &mut self,
        from: P,
        to: P,
        anchorages: &Anchorages,
        parameters: &PostureParameters,
        report: &mut impl FnMut(&Lie<P>, u32, Standing),
    ) {
        if self.lie.as_ref().is_some_and(|lie| lie.over) {
            // Slow again before it had way on: it did not go.
            self.close(parameters, report);
        }
        if self.lie.is_none() {
            let way_until = self
                .way_until
                .take()
                .filter(|way| from.micros().saturating_sub(way.micros()) <= parameters.max_change.micros());
            self.lie = way_until.map(|way_until| {
                Box::new(Lie {
                    way_until,
                    first: from,
                    last: from,
                    motion: Motion::default(),
                    over: false,
                    way_again: None,
                    offshore_m: None,
                    reported: None,
                })
            });
        }
        let Some(lie) = self.lie.as_mut() else { return };
        lie.motion.add(&from, &to);
        lie.last = to;
        if lie.reported.is_none() && lie.lasts(parameters) && lie.holds_heading(parameters) {
            if lie.offshore_m.is_none() {
                lie.offshore_m = anchorages.nearest(lie.first.position()).map(|found| found.distance_m);
            }
            if lie.offshore_m.is_none_or(|metres| metres >= parameters.min_offshore_m) {
                lie.reported = Some(1);
                report(lie, 0, Standing::GoesOn);
            }
        }
    }

    fn fast(
        &mut self,
        fix: P,
        has_way: bool,
        parameters: &PostureParameters,
        report: &mut impl FnMut(&Lie<P>, u32, Standing),
    ) {
        if let Some(lie) = self.lie.as_mut() {
            lie.over = true;
            let late = fix.micros().saturating_sub(lie.last.micros()) > parameters.max_change.micros();
            if has_way && !late {
                lie.way_again = Some(fix);
            }
            if has_way || late {
                self.close(parameters, report);
            }
        }
        if has_way {
            self.way_until = Some(fix);
        }
    }

    fn close(&mut self, parameters: &PostureParameters, report: &mut impl FnMut(&Lie<P>, u32, Standing)) {
        if let Some(lie) = self.lie.take()
            && let Some(revision) = lie.reported
        {
            let held = lie.holds_heading(parameters);
            report(&lie, revision, if held { Standing::Ended } else { Standing::Withdrawn });
        }
    }

    fn end(&mut self, parameters: &PostureParameters, report: &mut impl FnMut(&Lie<P>, u32, Standing)) {
        self.close(parameters, report);
        *self = Self::default();
    }
}

impl<P: Located> Lie<P> {
    fn lasts(&self, parameters: &PostureParameters) -> bool {
        self.last.micros().saturating_sub(self.first.micros()) >= parameters.min_duration.micros()
    }

    fn holds_heading(&self, parameters: &PostureParameters) -> bool {
        self.motion.heading_share() < 0.5
            || self.motion.heading.steadiness().is_some_and(|held| held >= parameters.min_heading_steadiness)
    }

    fn slowing_min(&self) -> f64 {
        self.first.secs_since(&self.way_until) / 60.0
    }
    fn gathering_min(&self) -> Option<f64> {
        self.way_again.map(|way| way.secs_since(&self.last) / 60.0)
    }
}

impl Lie<Fix> {
    fn event(&self, track: TrackId, revision: u32, standing: Standing) -> Event {
        let (start, end) = (self.first.observed, self.last.observed);
        let motion = &self.motion;
        let mut numbers = Numbers::from([
            ("duration_h".to_owned(), (end - start).hours_f64()),
            ("distance_m".to_owned(), motion.distance_m),
            ("avg_speed_kn".to_owned(), motion.speed_kn()),
            ("speed_spread_kn".to_owned(), motion.speed_spread_kn()),
            ("heading_share".to_owned(), motion.heading_share()),
            ("slowing_min".to_owned(), self.slowing_min()),
        ]);
        let maybe = [
            ("heading_steadiness", motion.heading.steadiness()),
            ("course_steadiness", motion.course.steadiness()),
            ("gathering_min", self.gathering_min()),
            ("anchorage_distance_m", self.offshore_m),
        ];
        numbers.extend(maybe.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))));
        let mut evidence = vec![
            self.way_until.as_evidence(EvidenceRole::BeforeChange),
            self.first.as_evidence(EvidenceRole::FirstSlow),
            self.last.as_evidence(EvidenceRole::LastSlow),
        ];
        evidence.extend(self.way_again.map(|way| way.as_evidence(EvidenceRole::AfterChange)));
        Event {
            id: event_id(Kind::TransshipmentPosture, self.first.mmsi, start, self.first.evidence, 0),
            revision,
            kind: Kind::TransshipmentPosture,
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
            evidence,
            withdrawn: standing == Standing::Withdrawn,
        }
    }
}

/// One posture of the batch form.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Found {
    pub mmsi: u32,
    pub start: Instant,
    pub end: Instant,
    pub motion: Motion,
    pub slowing_min: f64,
    /// `None` where it was not seen to go.
    pub gathering_min: Option<f64>,
    pub anchorage_distance_m: Option<f64>,
    pub first_row: u32,
    pub last_row: u32,
}

/// The postures of each vessel, by number and time: what the stream finds, one track for each number. `headings` is
/// true heading by row, NaN where not available, or empty.
pub fn postures(
    positions: &Positions,
    headings: &[f32],
    anchorages: &Anchorages,
    parameters: &PostureParameters,
) -> Vec<Found> {
    let mut found = Vec::new();
    for (mmsi, rows) in positions.by_vessel().iter() {
        let mut watch = Watch::default();
        let mut report = |lie: &Lie<RowFix>, _: u32, standing: Standing| {
            if standing == Standing::Ended {
                found.push(Found {
                    mmsi,
                    start: Instant::from_micros(lie.first.micros),
                    end: Instant::from_micros(lie.last.micros),
                    motion: lie.motion,
                    slowing_min: lie.slowing_min(),
                    gathering_min: lie.gathering_min(),
                    anchorage_distance_m: lie.offshore_m,
                    first_row: lie.first.row,
                    last_row: lie.last.row,
                });
            }
        };
        for fix in located::fixes(positions, rows, headings) {
            watch.observe(fix, anchorages, parameters, &mut report);
        }
        watch.end(parameters, &mut report);
    }
    found
}
