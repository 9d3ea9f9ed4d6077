//! What it means that one MMSI has two tracks: a jump (impossible motion) while only the newer goes on, an
//! identity conflict as soon as they alternate. A single outlier is neither.

use bitacora_primitives::{Duration, EventId, Instant, Numbers};

use super::fix::{Fix, KNOT};
use super::split::{Candidate, can_reach};
use crate::behaviour::gap::geodesic_m;
use crate::behaviour::parameters::MotionParameters;
use crate::behaviour::{Event, EvidenceRole, Kind};

/// Changes farther apart than this are not of one conflict. By satellite, two ships with one number are heard in
/// turn once in hours, and not every day.
const MEMORY: Duration = Duration::from_hours(48);

/// Two tracks of one MMSI.
#[derive(Clone, Debug)]
pub struct Conflict {
    older: u64,
    newer: u64,
    /// Last fix of the older track when the newer began, and that beginning.
    before: Fix,
    after: Fix,
    ids: (bitacora_primitives::TrackId, bitacora_primitives::TrackId),
    /// Changes that no hull can have made, and all that no ordinary one can.
    alternations: u32,
    fast_changes: u32,
    /// Latest change from one to the other: from where, to where.
    latest: (Fix, Fix),
    start: (Fix, Fix),
    min_speed_kn: f64,
    max_distance_m: f64,
    last_reported: Instant,
    jump: Jump,
    reported: Option<u32>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Jump {
    NotReported,
    Reported,
    Withdrawn,
}

impl Conflict {
    /// The MMSI was heard at `from` on one of the tracks, then at `to` on the other. `begins`: `to` is the first
    /// fix of the newer track, which the older could not have reached.
    pub fn new(older: &impl Candidate, newer: &impl Candidate, from: Fix, to: Fix, begins: bool) -> Self {
        let mut conflict = Self {
            older: older.serial(),
            newer: newer.serial(),
            before: from,
            after: to,
            ids: (older.id(), newer.id()),
            alternations: 0,
            fast_changes: 0,
            latest: (from, to),
            start: (from, to),
            min_speed_kn: f64::INFINITY,
            max_distance_m: 0.0,
            last_reported: to.observed,
            jump: if begins { Jump::NotReported } else { Jump::Withdrawn },
            reported: None,
        };
        conflict.alternate(from, to);
        conflict
    }

    const fn reset(&mut self) {
        self.alternations = 0;
        self.fast_changes = 0;
        self.min_speed_kn = f64::INFINITY;
        self.max_distance_m = 0.0;
    }

    /// A change from one to the other that a hull can have made, but no ordinary one.
    const fn change(&mut self) {
        if self.alternations > 0 {
            self.fast_changes = self.fast_changes.saturating_add(1);
        }
    }

    pub const fn older(&self) -> u64 {
        self.older
    }
    pub const fn newer(&self) -> u64 {
        self.newer
    }
    pub const fn involves(&self, serial: u64) -> bool {
        self.older == serial || self.newer == serial
    }
    pub const fn is_between(&self, a: u64, b: u64) -> bool {
        self.involves(a) && self.involves(b)
    }

    /// The MMSI was heard on the other track than before.
    pub fn alternate(&mut self, from: Fix, to: Fix) {
        if to.observed - self.latest.1.observed > MEMORY && self.reported.is_none() {
            self.reset();
        }
        if self.alternations == 0 {
            self.start = (from, to);
        }
        self.alternations = self.alternations.saturating_add(1);
        self.fast_changes = self.fast_changes.saturating_add(1);
        self.latest = (from, to);
        let metres = from.distance_m(&to);
        let seconds = (to.observed - from.observed).secs_f64();
        self.max_distance_m = self.max_distance_m.max(metres);
        // Within one second of each other the time stamps say nothing of speed.
        self.min_speed_kn = self.min_speed_kn.min(metres / seconds.max(1.0) / KNOT);
    }

    /// Reports what can be said now. `newer_fixes` counts the fixes of the newer track.
    pub fn report(&mut self, newer_fixes: u32, parameters: &MotionParameters, out: &mut Vec<Event>) {
        if newer_fixes < parameters.min_fixes {
            return;
        }
        // To there, back at a speed that ships do not have, and there again: the way back counts beside two others.
        let shuttles = self.alternations >= 2 && self.fast_changes >= parameters.min_alternations;
        if self.alternations >= parameters.min_alternations || shuttles {
            if self.jump == Jump::Reported {
                self.jump = Jump::Withdrawn;
                out.push(self.jump_event(1, true));
            }
            let grown = self.latest.1.observed - self.last_reported >= parameters.conflict_growth;
            if self.reported.is_none() || grown {
                out.push(self.event(false));
            }
        } else if self.alternations == 1 && self.jump == Jump::NotReported && self.reported.is_none() {
            self.jump = Jump::Reported;
            out.push(self.jump_event(0, false));
        }
    }

    /// One of the tracks has fallen silent: a conflict that was reported ends with its latest alternation. What is
    /// not yet enough for a report is kept: by satellite, two ships are heard in turn once in hours.
    pub fn end(&mut self, out: &mut Vec<Event>) {
        if self.reported.is_some() {
            out.push(self.event(true));
            self.reported = None;
            self.reset();
        }
        self.jump = Jump::Withdrawn;
    }

    fn event(&mut self, ended: bool) -> Event {
        let revision = self.reported.unwrap_or(0);
        self.reported = Some(revision + 1);
        let (from, to) = self.latest;
        self.last_reported = to.observed;
        let (contradicted, conflicting) = self.start;
        let (older, newer) = self.ids;
        let mut evidence = vec![
            contradicted.as_evidence(EvidenceRole::ContradictedFix),
            conflicting.as_evidence(EvidenceRole::ConflictingFix),
        ];
        if to.evidence != conflicting.evidence {
            evidence.push(from.as_evidence(EvidenceRole::ContradictedFix));
            evidence.push(to.as_evidence(EvidenceRole::ConflictingFix));
        }
        Event {
            id: EventId::of(&[
                b"identity_conflict",
                older.bytes(),
                newer.bytes(),
                &conflicting.observed.micros().to_be_bytes(),
            ]),
            revision,
            kind: Kind::IdentityConflict,
            mmsi: conflicting.mmsi,
            other: None,
            track: newer,
            other_track: Some(older),
            start: conflicting.observed,
            end: ended.then_some(to.observed),
            position: conflicting.position,
            end_position: Some(to.position),
            numbers: Numbers::from([
                ("duration_h".to_owned(), (to.observed - conflicting.observed).hours_f64()),
                ("distance_m".to_owned(), geodesic_m(from.position, to.position)),
                ("max_distance_m".to_owned(), self.max_distance_m),
                ("implied_speed_kn".to_owned(), self.min_speed_kn),
                ("alternations".to_owned(), f64::from(self.alternations)),
            ]),
            evidence,
            place: None,
            withdrawn: false,
        }
    }

    fn jump_event(&self, revision: u32, withdrawn: bool) -> Event {
        let (older, newer) = self.ids;
        let span = self.after.observed - self.before.observed;
        let distance_m = geodesic_m(self.before.position, self.after.position);
        Event {
            id: EventId::of(&[b"impossible_motion", older.bytes(), newer.bytes()]),
            revision,
            kind: Kind::ImpossibleMotion,
            mmsi: self.after.mmsi,
            other: None,
            track: newer,
            other_track: Some(older),
            start: self.before.observed,
            end: Some(self.after.observed),
            position: self.before.position,
            end_position: Some(self.after.position),
            place: None,
            numbers: Numbers::from([
                ("duration_h".to_owned(), span.hours_f64()),
                ("distance_m".to_owned(), distance_m),
                ("implied_speed_kn".to_owned(), distance_m / span.secs_f64().max(1.0) / KNOT),
            ]),
            evidence: vec![
                self.before.as_evidence(EvidenceRole::BeforeJump),
                self.after.as_evidence(EvidenceRole::AfterJump),
            ],
            withdrawn,
        }
    }
}

/// The MMSI was heard on track `now` after track `before`, which had its last fix where it was left. Notes the
/// change if no hull can have made it.
pub fn alternated<T: Candidate>(
    tracks: &[T],
    conflicts: &mut Vec<Conflict>,
    (before, now): (u64, u64),
    to: &Fix,
    begins: bool,
    motion: &MotionParameters,
) {
    let find = |serial: u64| tracks.iter().find(|track| track.serial() == serial);
    let (Some(left), Some(entered)) = (find(before), find(now)) else { return };
    let from = *left.last();
    let known = conflicts.iter_mut().find(|conflict| conflict.is_between(before, now));
    if !begins && can_reach(&from, to, motion) {
        // One hull could have made it: by itself it contradicts nothing.
        let seconds = (to.observed - from.observed).secs_f64().max(1.0);
        let fast = from.distance_m(to) > motion.slack_m + motion.max_speed_kn / 2.0 * KNOT * seconds;
        if let Some(known) = known.filter(|_| fast) {
            known.change();
        }
        return;
    }
    let (older, newer) = if before < now { (left, entered) } else { (entered, left) };
    match known {
        Some(known) => known.alternate(from, *to),
        None => conflicts.push(Conflict::new(older, newer, from, *to, begins)),
    }
}

/// Reports what can be said of the conflicts of a track that was just heard.
pub fn report_all<T: Candidate>(
    tracks: &[T],
    conflicts: &mut [Conflict],
    serial: u64,
    motion: &MotionParameters,
    out: &mut Vec<Event>,
) {
    for conflict in conflicts.iter_mut().filter(|conflict| conflict.involves(serial)) {
        let newer = conflict.newer();
        let fixes = tracks.iter().find(|track| track.serial() == newer).map_or(0, Candidate::fixes);
        conflict.report(fixes, motion, out);
    }
}
