//! Loitering: a maximal run of legs slower than the limit, on one track, that does not bridge silence. Whether
//! the vessel fishes, waits or drifts is not asked here.

use bitacora_primitives::geodesy::wrap_longitude;
use bitacora_primitives::{EventId, Numbers, TrackId};

use super::parameters::LoiteringParameters;
use super::{Event, EvidenceRole, Kind};
use crate::tracks::fix::{Fix, KNOT, METRES_PER_DEGREE};

/// The state for one track.
#[derive(Clone, Debug, Default)]
pub struct Loitering {
    leg_start: Option<Fix>,
    run: Option<Box<Run>>,
}

#[derive(Clone, Debug)]
struct Run {
    first: Fix,
    last: Fix,
    distance_m: f64,
    /// Degrees from `first`: south, north, west, east.
    extent: [f64; 4],
    fixes: u32,
    at_rest: u32,
    /// Revision to be used next, once reported.
    reported: Option<u32>,
}

impl Loitering {
    /// Takes the next fix of the track, later than the one before.
    pub fn observe(
        &mut self,
        track: TrackId,
        fix: &Fix,
        parameters: &LoiteringParameters,
        out: &mut Vec<Event>,
    ) {
        let Some(leg_start) = self.leg_start else {
            self.leg_start = Some(*fix);
            return;
        };
        let span = fix.observed - leg_start.observed;
        if span > parameters.max_silence {
            self.end(track, out);
            self.leg_start = Some(*fix);
            return;
        }
        if span < parameters.min_leg {
            if let Some(run) = self.run.as_mut() {
                run.count(fix);
            }
            return;
        }
        let distance_m = leg_start.distance_m(fix);
        if distance_m < parameters.max_speed_kn * KNOT * span.secs_f64() {
            let run = self.run.get_or_insert_with(|| Box::new(Run::new(leg_start)));
            run.extend(fix, distance_m);
            if run.reported.is_none()
                && run.last.observed - run.first.observed >= parameters.min_duration
                && run.radius_m() >= parameters.min_radius_m
            {
                run.reported = Some(1);
                out.push(run.event(track, 0, false));
            }
        } else {
            self.end(track, out);
        }
        self.leg_start = Some(*fix);
    }

    /// The track has fallen silent or ended.
    pub fn end(&mut self, track: TrackId, out: &mut Vec<Event>) {
        if let Some(run) = self.run.take()
            && let Some(revision) = run.reported
        {
            out.push(run.event(track, revision, true));
        }
        self.leg_start = None;
    }
}

impl Run {
    fn new(first: Fix) -> Self {
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

    fn count(&mut self, fix: &Fix) {
        self.fixes += 1;
        self.at_rest += u32::from(fix.says_at_rest());
    }

    fn extend(&mut self, fix: &Fix, distance_m: f64) {
        self.count(fix);
        self.last = *fix;
        self.distance_m += distance_m;
        let north = fix.position.lat() - self.first.position.lat();
        let east = wrap_longitude(fix.position.lon() - self.first.position.lon());
        let [s, n, w, e] = self.extent;
        self.extent = [s.min(north), n.max(north), w.min(east), e.max(east)];
    }

    /// Half the diagonal of the box around the run.
    fn radius_m(&self) -> f64 {
        let [s, n, w, e] = self.extent;
        let (north, east) = (n - s, (e - w) * self.first.cos_lat);
        0.5 * (north * north + east * east).sqrt() * METRES_PER_DEGREE
    }

    fn event(&self, track: TrackId, revision: u32, ended: bool) -> Event {
        let hours = (self.last.observed - self.first.observed).hours_f64();
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
                ("duration_h".to_owned(), hours),
                ("distance_m".to_owned(), self.distance_m),
                ("avg_speed_kn".to_owned(), self.distance_m / (hours * 3600.0) / KNOT),
                ("radius_m".to_owned(), self.radius_m()),
                ("nav_status_share".to_owned(), f64::from(self.at_rest) / f64::from(self.fixes)),
            ]),
            evidence: vec![
                self.first.as_evidence(EvidenceRole::FirstSlow),
                self.last.as_evidence(EvidenceRole::LastSlow),
            ],
            withdrawn: false,
        }
    }
}
