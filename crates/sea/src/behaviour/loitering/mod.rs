//! Loitering: a maximal run of legs slower than the limit, on one track, that does not bridge silence. Whether
//! the vessel fishes, waits or drifts is not asked here. `gfw` is the peer's definition, kept apart.

pub mod gfw;

use bitacora_primitives::geodesy::wrap_longitude;
use bitacora_primitives::{Duration, EventId, Instant, Numbers, TrackId};

use super::located::{self, Located};
use super::parameters::LoiteringParameters;
use super::{Event, EvidenceRole, Kind};
use crate::tracks::fix::{Fix, KNOT, METRES_PER_DEGREE};
use crate::tracks::positions::Positions;

/// The state for one track.
#[derive(Clone, Debug, Default)]
pub struct Loitering(Walk<Fix>);

/// The one definition, for fixes of the stream and rows of the batch alike.
#[derive(Clone, Debug)]
struct Walk<P> {
    leg_start: Option<P>,
    run: Option<Box<Run<P>>>,
}

#[derive(Clone, Debug)]
struct Run<P> {
    first: P,
    last: P,
    distance_m: f64,
    /// Degrees from `first`: south, north, west, east.
    extent: [f64; 4],
    fixes: u32,
    at_rest: u32,
    /// Revision to be used next, once reported.
    reported: Option<u32>,
}

impl<P> Default for Walk<P> {
    fn default() -> Self {
        Self { leg_start: None, run: None }
    }
}

impl Loitering {
    /// Something has begun and is not over.
    pub const fn goes_on(&self) -> bool {
        self.0.run.is_some()
    }

    /// Takes the next fix of the track, later than the one before.
    pub fn observe(
        &mut self,
        track: TrackId,
        fix: &Fix,
        parameters: &LoiteringParameters,
        out: &mut Vec<Event>,
    ) {
        self.0.observe(*fix, parameters, &mut |run, revision, ended| {
            out.push(run.event(track, revision, ended));
        });
    }

    /// The track has fallen silent or ended.
    pub fn end(&mut self, track: TrackId, out: &mut Vec<Event>) {
        self.0.end(&mut |run, revision, ended| out.push(run.event(track, revision, ended)));
    }
}

impl<P: Located> Walk<P> {
    fn observe(
        &mut self,
        fix: P,
        parameters: &LoiteringParameters,
        report: &mut impl FnMut(&Run<P>, u32, bool),
    ) {
        let Some(leg_start) = self.leg_start else {
            self.leg_start = Some(fix);
            return;
        };
        let span = Duration::from_micros(fix.micros().saturating_sub(leg_start.micros()));
        if span > parameters.max_silence {
            self.end(report);
            self.leg_start = Some(fix);
            return;
        }
        if span < parameters.min_leg || span.micros() <= 0 {
            if let Some(run) = self.run.as_mut() {
                run.count(&fix);
            }
            return;
        }
        let distance_m = leg_start.distance_m(&fix);
        if distance_m < parameters.max_speed_kn * KNOT * span.secs_f64() {
            let run = self.run.get_or_insert_with(|| Box::new(Run::new(leg_start)));
            run.extend(fix, distance_m);
            if run.reported.is_none()
                && run.last.micros().saturating_sub(run.first.micros()) >= parameters.min_duration.micros()
                && run.radius_m() >= parameters.min_radius_m
            {
                run.reported = Some(1);
                report(run, 0, false);
            }
        } else {
            self.end(report);
        }
        self.leg_start = Some(fix);
    }

    fn end(&mut self, report: &mut impl FnMut(&Run<P>, u32, bool)) {
        if let Some(run) = self.run.take()
            && let Some(revision) = run.reported
        {
            report(&run, revision, true);
        }
        self.leg_start = None;
    }
}

impl<P: Located> Run<P> {
    fn new(first: P) -> Self {
        let mut run = Self {
            first,
            last: first,
            distance_m: 0.0,
            extent: [0.0; 4],
            fixes: 0,
            at_rest: 0,
            reported: None,
        };
        run.count(&first);
        run
    }

    fn count(&mut self, fix: &P) {
        self.fixes = self.fixes.saturating_add(1);
        self.at_rest = self.at_rest.saturating_add(u32::from(fix.says_at_rest()));
    }

    fn extend(&mut self, fix: P, distance_m: f64) {
        self.count(&fix);
        self.last = fix;
        self.distance_m += distance_m;
        let north = fix.lat() - self.first.lat();
        let east = wrap_longitude(fix.lon() - self.first.lon());
        let [s, n, w, e] = self.extent;
        self.extent = [s.min(north), n.max(north), w.min(east), e.max(east)];
    }

    /// Half the diagonal of the box around the run.
    fn radius_m(&self) -> f64 {
        let [s, n, w, e] = self.extent;
        let (north, east) = (n - s, (e - w) * self.first.cos_lat());
        0.5 * (north * north + east * east).sqrt() * METRES_PER_DEGREE
    }

    fn hours(&self) -> f64 {
        self.last.secs_since(&self.first) / 3600.0
    }

    fn speed_kn(&self) -> f64 {
        self.distance_m / (self.hours() * 3600.0) / KNOT
    }
}

impl Run<Fix> {
    fn event(&self, track: TrackId, revision: u32, ended: bool) -> Event {
        let start = self.first.observed;
        Event {
            id: EventId::of(&[b"loitering", track.bytes(), &start.micros().to_be_bytes()]),
            revision,
            kind: Kind::Loitering,
            mmsi: self.first.mmsi,
            other: None,
            track,
            other_track: None,
            start,
            end: ended.then_some(self.last.observed),
            position: self.first.position,
            end_position: Some(self.last.position),
            numbers: Numbers::from([
                ("duration_h".to_owned(), self.hours()),
                ("distance_m".to_owned(), self.distance_m),
                ("avg_speed_kn".to_owned(), self.speed_kn()),
                ("radius_m".to_owned(), self.radius_m()),
                ("nav_status_share".to_owned(), f64::from(self.at_rest) / f64::from(self.fixes)),
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

/// One run of the batch form.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Found {
    pub mmsi: u32,
    pub start: Instant,
    pub end: Instant,
    pub duration_h: f64,
    pub distance_m: f64,
    pub avg_speed_kn: f64,
    pub radius_m: f64,
    /// Numbers of the rows that began and ended it.
    pub first_row: u32,
    pub last_row: u32,
}

/// The runs of each vessel, by number and time: what the stream finds, one track for each number.
pub fn loitering(positions: &Positions, parameters: &LoiteringParameters) -> Vec<Found> {
    let mut found = Vec::new();
    for (mmsi, rows) in positions.by_vessel().iter() {
        let mut walk = Walk::default();
        let mut report = |run: &Run<located::RowFix>, _: u32, ended: bool| {
            if ended {
                found.push(Found {
                    mmsi,
                    start: Instant::from_micros(run.first.micros),
                    end: Instant::from_micros(run.last.micros),
                    duration_h: run.hours(),
                    distance_m: run.distance_m,
                    avg_speed_kn: run.speed_kn(),
                    radius_m: run.radius_m(),
                    first_row: run.first.row,
                    last_row: run.last.row,
                });
            }
        };
        for fix in located::fixes(positions, rows, &[]) {
            walk.observe(fix, parameters, &mut report);
        }
        walk.end(&mut report);
    }
    found
}
