//! One alignment of a track with another, or with itself earlier: a constant offset in place and time, followed
//! fix by fix. Ends at the first fix that denies it.

use bitacora_primitives::{Duration, EventId, Instant, Numbers};

use super::super::parameters::CopyParameters;
use super::super::plane::Vector;
use super::memory::{Kept, Memory, Offset};
use crate::behaviour::{Event, EvidenceRole, Kind, event_id};

/// Fixes of the copy before the hit that are looked at for where it begins.
const LOOK_BACK: usize = 400;
/// Fixes, the hit among them, that must agree before an alignment is followed.
const SEED_FIXES: usize = 4;

#[derive(Clone, Debug)]
pub(super) struct Aligned {
    first: (Kept, Kept),
    last: (Kept, Kept),
    /// Where in the original the search goes on.
    cursor: u64,
    shift: Duration,
    offset: Offset,
    cos_lat: f64,
    matched: u32,
    missing: u32,
    path_m: f64,
    worst_m: f64,
    sums: Sums,
    /// Revision to be used next, once reported.
    reported: Option<u32>,
}

/// Sums over matched fixes, from which comes how far the way departs from even motion.
#[derive(Clone, Copy, Debug, Default)]
struct Sums {
    n: f64,
    t: f64,
    tt: f64,
    p: Vector,
    pt: Vector,
    pp: f64,
}

impl Sums {
    fn add(&mut self, t: f64, p: Vector) {
        self.n += 1.0;
        self.t += t;
        self.tt += t * t;
        self.p = self.p.plus(p, 1.0);
        self.pt = self.pt.plus(p, t);
        self.pp += p.east * p.east + p.north * p.north;
    }

    /// Root mean square distance from the best even motion.
    fn shape_m(&self) -> f64 {
        let spread = self.tt - self.t * self.t / self.n;
        if spread <= 0.0 {
            return 0.0;
        }
        let along = |pt: f64, p: f64| {
            let both = pt - self.t * p / self.n;
            p * p / self.n + both * both / spread
        };
        let explained = along(self.pt.east, self.p.east) + along(self.pt.north, self.p.north);
        ((self.pp - explained).max(0.0) / self.n).sqrt()
    }
}

/// What the original says at the time of a fix.
enum Answer {
    Agrees { cursor: u64, misfit_m: f64 },
    Denies,
    Silent { cursor: u64 },
}

impl Aligned {
    /// From a hit: the fix `copy` where the shape was seen again and the fix `original` where it was first. Of the vessel's
    /// own way only what comes after `own_until` counts.
    pub(super) fn from_seed(
        copy: u64,
        original: u64,
        memory: &Memory,
        parameters: &CopyParameters,
        known: &[Self],
        own_until: Option<Instant>,
    ) -> Option<Self> {
        let (here, there) = (*memory.get(copy)?, *memory.get(original)?);
        let shift = here.observed - there.observed;
        let offset = Offset::between(there.position, here.position);
        let cos_lat = libm::cos(here.position.lat().to_radians());
        let far = offset.metres(cos_lat).length() >= parameters.min_offset_m;
        let later = shift >= parameters.min_shift;
        if !(later || far && there.track != here.track) {
            return None;
        }
        let same = |other: &Self| {
            other.last.1.track == there.track
                && other.shift.micros().abs_diff(shift.micros())
                    <= parameters.tolerance.micros().unsigned_abs()
        };
        if known.iter().any(same) {
            return None;
        }
        let mut aligned = Self {
            first: (here, there),
            last: (here, there),
            cursor: original,
            shift,
            offset,
            cos_lat,
            matched: 0,
            missing: 0,
            path_m: 0.0,
            worst_m: 0.0,
            sums: Sums::default(),
            reported: None,
        };
        let mut chain = aligned.begin(copy, original, memory, parameters);
        if aligned.is_own() {
            chain.retain(|(here, ..)| own_until.is_none_or(|until| here.observed > until));
        }
        if chain.len() < SEED_FIXES {
            return None;
        }
        for (here, there, misfit_m) in chain.into_iter().rev() {
            aligned.take(&here, &there, misfit_m);
        }
        aligned.cursor = original;
        Some(aligned)
    }

    /// The pairs from the hit back to where the two ways part, newest first.
    fn begin(
        &self,
        copy: u64,
        original: u64,
        memory: &Memory,
        parameters: &CopyParameters,
    ) -> Vec<(Kept, Kept, f64)> {
        let mut chain = Vec::new();
        let (mut at, mut cursor, mut missing) = (Some(copy), original, 0);
        while let Some(number) = at
            && let Some(here) = memory.get(number)
            && chain.len() < LOOK_BACK
        {
            // Back in the original to the first fix that is not later than the time asked for.
            let wanted = here.observed - self.shift;
            while let Some(kept) = memory.get(cursor)
                && kept.observed > wanted + parameters.tolerance
                && let Some((before, _)) = memory.before(cursor)
            {
                cursor = before;
            }
            let mut best: Option<(u64, f64)> = None;
            let mut candidate = Some(cursor);
            while let Some(number) = candidate
                && let Some(kept) = memory.get(number)
                && kept.observed >= wanted - parameters.tolerance
            {
                if (kept.observed - wanted).abs() <= parameters.tolerance {
                    let misfit_m = self.misfit_m(here, kept);
                    if best.is_none_or(|(_, known)| misfit_m < known) {
                        best = Some((number, misfit_m));
                    }
                }
                candidate = memory.before(number).map(|(before, _)| before);
            }
            match best {
                Some((number, misfit_m)) if misfit_m <= parameters.tolerance_m => {
                    let Some(there) = memory.get(number) else { break };
                    chain.push((*here, *there, misfit_m));
                    missing = 0;
                }
                Some(_) => break,
                None => {
                    missing += 1;
                    if missing > parameters.max_missing {
                        break;
                    }
                }
            }
            at = memory.before(number).map(|(before, _)| before);
        }
        chain
    }

    fn misfit_m(&self, here: &Kept, there: &Kept) -> f64 {
        Offset::between(there.position, here.position).minus(self.offset).metres(self.cos_lat).length()
    }

    /// What the original says to a fix, from the cursor on.
    fn ask(&self, here: &Kept, memory: &Memory, parameters: &CopyParameters) -> Option<Answer> {
        let wanted = here.observed - self.shift;
        let mut cursor = self.cursor;
        memory.get(cursor)?;
        let mut best: Option<(u64, f64)> = None;
        let mut next = cursor;
        while let Some((number, kept)) = memory.after(next)
            && kept.observed <= wanted + parameters.tolerance
        {
            next = number;
            if kept.observed < wanted - parameters.tolerance {
                cursor = number;
                continue;
            }
            let misfit_m = self.misfit_m(here, kept);
            if best.is_none_or(|(_, known)| misfit_m < known) {
                best = Some((number, misfit_m));
            }
        }
        Some(match best {
            Some((cursor, misfit_m)) if misfit_m <= parameters.tolerance_m => {
                Answer::Agrees { cursor, misfit_m }
            }
            Some(_) => Answer::Denies,
            None => Answer::Silent { cursor },
        })
    }

    /// Takes the next fix of the copy. False when the alignment is over; it has then said so. Where another says already that
    /// the vessel makes its own way again, as any that goes to and fro does at several shifts at once, this begins anew.
    pub(super) fn follow(
        &mut self,
        here: &Kept,
        memory: &Memory,
        parameters: &CopyParameters,
        another_says_so: bool,
        out: &mut Vec<Event>,
    ) -> bool {
        let over = match self.ask(here, memory, parameters) {
            Some(Answer::Agrees { cursor, misfit_m }) => {
                self.cursor = cursor;
                self.missing = 0;
                if another_says_so && self.is_own() && !self.says_so() {
                    (self.matched, self.path_m, self.worst_m) = (0, 0.0, 0.0);
                    self.sums = Sums::default();
                }
                if let Some(there) = memory.get(cursor) {
                    self.take(here, there, misfit_m);
                }
                self.report(parameters, out);
                false
            }
            Some(Answer::Silent { cursor }) => {
                self.cursor = cursor;
                self.missing += 1;
                self.missing > parameters.max_missing
            }
            Some(Answer::Denies) | None => true,
        };
        if over {
            self.clone().close(out);
        }
        !over
    }

    fn take(&mut self, here: &Kept, there: &Kept, misfit_m: f64) {
        if self.matched == 0 {
            self.first = (*here, *there);
        } else {
            self.path_m += Offset::between(self.last.0.position, here.position).metres(self.cos_lat).length();
        }
        self.last = (*here, *there);
        self.matched += 1;
        self.worst_m = self.worst_m.max(misfit_m);
        let place = Offset::between(self.first.0.position, here.position).metres(self.cos_lat);
        self.sums.add((here.observed - self.first.0.observed).secs_f64(), place);
    }

    fn is_own(&self) -> bool {
        self.first.0.track == self.first.1.track
    }

    pub(super) const fn says_so(&self) -> bool {
        self.reported.is_some()
    }

    /// Whether it says that the vessel makes its own way again.
    pub(super) fn says_own(&self) -> bool {
        self.says_so() && self.is_own()
    }

    pub(super) const fn matched(&self) -> u32 {
        self.matched
    }

    /// Says so once the alignment is long and shaped enough.
    pub(super) fn report(&mut self, parameters: &CopyParameters, out: &mut Vec<Event>) {
        if self.reported.is_none()
            && self.matched >= parameters.min_fixes
            && self.last.0.observed - self.first.0.observed >= parameters.min_duration
            && self.path_m >= parameters.min_path_m
            && self.sums.shape_m() >= parameters.min_shape_m
        {
            self.reported = Some(1);
            out.push(self.event(0, false));
        }
    }

    pub(super) fn close(self, out: &mut Vec<Event>) {
        if let Some(revision) = self.reported {
            out.push(self.event(revision, true));
        }
    }

    fn event(&self, revision: u32, ended: bool) -> Event {
        let (here, there) = &self.first;
        let start = here.observed;
        Event {
            id: EventId::of(&[
                event_id(Kind::CopiedTrack, here.mmsi, start, here.evidence(), 0).bytes(),
                event_id(Kind::CopiedTrack, there.mmsi, there.observed, there.evidence(), 0).bytes(),
            ]),
            revision,
            kind: Kind::CopiedTrack,
            mmsi: here.mmsi,
            other: (there.mmsi != here.mmsi).then_some(there.mmsi),
            track: here.track,
            other_track: Some(there.track),
            start,
            end: ended.then_some(self.last.0.observed),
            position: here.position,
            end_position: Some(self.last.0.position),
            numbers: Numbers::from([
                ("duration_h".to_owned(), (self.last.0.observed - start).hours_f64()),
                ("matched_fixes".to_owned(), f64::from(self.matched)),
                ("time_shift_s".to_owned(), self.shift.secs_f64()),
                ("offset_lat_deg".to_owned(), self.offset.lat),
                ("offset_lon_deg".to_owned(), self.offset.lon),
                ("offset_m".to_owned(), self.offset.metres(self.cos_lat).length()),
                ("path_m".to_owned(), self.path_m),
                ("shape_m".to_owned(), self.sums.shape_m()),
                ("max_misfit_m".to_owned(), self.worst_m),
            ]),
            evidence: vec![
                here.shown(EvidenceRole::FirstCopy),
                self.last.0.shown(EvidenceRole::LastCopy),
                there.shown(EvidenceRole::FirstOriginal),
                self.last.1.shown(EvidenceRole::LastOriginal),
            ],
            place: None,
            withdrawn: false,
        }
    }
}
