//! A number that is likely another's, misread by one bit (Banys 2024): a few messages under a number one bit from
//! that of a vessel which was where they say. Takes nothing away: the messages stay where they are.

use std::collections::VecDeque;

use bitacora_primitives::geodesy::wrap_longitude;
use bitacora_primitives::{EventId, Instant, Mmsi, Numbers, Position};

use super::recall::Recall;
use super::{Finding, NearMissParameters, Reason};
use crate::behaviour::{EvidenceRole, Kind};
use crate::tracks::fix::{Fix, KNOT};
use crate::tracks::positions::Positions;
use crate::tracks::segments::exact::{fix_of, is_vessel};

/// An MMSI is 30 bits on the air (M.1371-5, Annex 8).
const BITS: u32 = 30;
/// Numbers that wait for one neighbour's next fix.
const WAITING: usize = 16;
/// Places of one number compared with its neighbours; more than this many is no error of a receiver.
const COMPARED: usize = 64;

#[derive(Clone, Debug)]
struct Heard {
    last: Fix,
    /// Within `memory` of each other.
    fixes: u32,
    /// Numbers one bit away that wait for the next fix of this one.
    waiting: Vec<Mmsi>,
    suspect: Option<Box<Suspect>>,
    found: Vec<Finding>,
}

/// A number that may be another's: since when, and what neighbours say of each of its messages.
#[derive(Clone, Debug)]
struct Suspect {
    first: Fix,
    messages: u32,
    compared: Vec<Compared>,
}

#[derive(Clone, Copy, Debug)]
struct Compared {
    fix: Fix,
    neighbour: Mmsi,
    before: Fix,
    after: Option<Fix>,
}

/// See the module. Feed it all fixes of all numbers in the order (time, MMSI).
#[derive(Clone, Debug, Default)]
pub struct NearMisses {
    parameters: NearMissParameters,
    numbers: Recall<Mmsi, Heard>,
    /// Suspects by the time of their first message.
    pending: VecDeque<(Instant, Mmsi)>,
}

impl NearMisses {
    pub fn new(parameters: NearMissParameters) -> Self {
        Self { parameters, ..Self::default() }
    }

    /// Numbers remembered now.
    pub fn remembered(&self) -> usize {
        self.numbers.len()
    }

    /// Whether the number is remembered.
    pub fn knows(&self, mmsi: Mmsi) -> bool {
        self.numbers.get(&mmsi).is_some()
    }

    /// Takes the next fix.
    pub fn observe(&mut self, fix: &Fix, out: &mut Vec<Finding>) {
        self.advance(fix.observed, out);
        self.numbers.sweep(fix.observed, self.parameters.memory, |heard| heard.last.observed, |_, _| {});
        if self.numbers.get(&fix.mmsi).is_some_and(|known| known.last.observed == fix.observed) {
            // A second report of one time is the same one, heard by another station.
            return;
        }
        let most = self.parameters.max_messages;
        let (fixes, waiting) = match self.numbers.get_mut(&fix.mmsi) {
            Some(known) if fix.observed - known.last.observed <= self.parameters.memory => {
                known.fixes = known.fixes.saturating_add(1);
                known.last = *fix;
                (known.fixes, std::mem::take(&mut known.waiting))
            }
            _ => {
                self.numbers.remove(&fix.mmsi);
                self.numbers.entry(fix.mmsi).or_insert_with(|| Heard {
                    last: *fix,
                    fixes: 1,
                    waiting: Vec::new(),
                    suspect: None,
                    found: Vec::new(),
                });
                (1, Vec::new())
            }
        };
        for mmsi in waiting {
            if let Some(suspect) = self.numbers.get_mut(&mmsi).and_then(|heard| heard.suspect.as_mut()) {
                let open = |one: &&mut Compared| one.neighbour == fix.mmsi && one.after.is_none();
                suspect.compared.iter_mut().filter(open).for_each(|one| one.after = Some(*fix));
            }
        }
        if fixes <= most {
            self.compare(fix);
        } else if fixes == most.saturating_add(1)
            && let Some(known) = self.numbers.get_mut(&fix.mmsi)
        {
            // It is heard too often to be an error.
            known.suspect = None;
            for found in known.found.drain(..) {
                out.push(Finding { withdrawn: true, ..found.next_revision() });
            }
        }
    }

    /// Notes where the neighbours are of a number that has few messages.
    fn compare(&mut self, fix: &Fix) {
        let mut neighbours = [None; BITS as usize];
        for (bit, slot) in neighbours.iter_mut().enumerate() {
            *slot = Mmsi::new(fix.mmsi.number() ^ (1 << bit)).and_then(|mmsi| {
                let heard = self.numbers.get_mut(&mmsi)?;
                let fresh = fix.observed - heard.last.observed <= self.parameters.max_silence;
                if !fresh || heard.fixes < 2 {
                    return None;
                }
                if heard.waiting.len() < WAITING {
                    heard.waiting.push(fix.mmsi);
                }
                Some(Compared { fix: *fix, neighbour: mmsi, before: heard.last, after: None })
            });
        }
        let Some(known) = self.numbers.get_mut(&fix.mmsi) else { return };
        let suspect = known.suspect.get_or_insert_with(|| {
            self.pending.push_back((fix.observed, fix.mmsi));
            Box::new(Suspect { first: *fix, messages: 0, compared: Vec::new() })
        });
        suspect.messages += 1;
        let room = COMPARED.saturating_sub(suspect.compared.len());
        suspect.compared.extend(neighbours.into_iter().flatten().take(room));
    }

    /// After this moment a number has had its time.
    pub fn due(&self) -> Option<Instant> {
        self.pending.front().map(|(since, _)| *since + self.parameters.settle)
    }

    /// Nothing observed before `now` will come.
    pub fn advance(&mut self, now: Instant, out: &mut Vec<Finding>) {
        while let Some((since, mmsi)) = self.pending.front().copied() {
            if now - since <= self.parameters.settle {
                break;
            }
            self.pending.pop_front();
            self.decide(mmsi, since, out);
        }
    }

    /// The input has ended.
    pub fn finish(&mut self, out: &mut Vec<Finding>) {
        while let Some((since, mmsi)) = self.pending.pop_front() {
            self.decide(mmsi, since, out);
        }
    }

    fn decide(&mut self, mmsi: Mmsi, since: Instant, out: &mut Vec<Finding>) {
        let Some(known) = self.numbers.get_mut(&mmsi) else { return };
        if known.suspect.as_ref().is_none_or(|suspect| suspect.first.observed != since) {
            return;
        }
        let Some(suspect) = known.suspect.take() else { return };
        let mut candidates: Vec<Mmsi> = suspect.compared.iter().map(|one| one.neighbour).collect();
        candidates.sort_unstable();
        candidates.dedup();
        let mut best: Option<(f64, Mmsi)> = None;
        for neighbour in candidates {
            let established =
                self.numbers.get(&neighbour).is_some_and(|n| n.fixes >= self.parameters.min_neighbour_fixes);
            let own = || suspect.compared.iter().filter(|one| one.neighbour == neighbour);
            if !established || own().count() < suspect.messages as usize {
                continue;
            }
            let mut offsets = own().map(|one| offset_m(one, &self.parameters));
            let worst = offsets.try_fold(0.0_f64, |worst, one| Some(worst.max(one?)));
            if let Some(worst) = worst
                && best.is_none_or(|(least, _)| worst < least)
            {
                best = Some((worst, neighbour));
            }
        }
        let Some((offset, neighbour)) = best else { return };
        let finding = suspect.finding(neighbour, offset);
        if let Some(known) = self.numbers.get_mut(&mmsi) {
            known.found.push(finding.clone());
        }
        out.push(finding);
    }
}

impl Suspect {
    fn finding(&self, neighbour: Mmsi, offset: f64) -> Finding {
        let own: Vec<&Compared> = self.compared.iter().filter(|one| one.neighbour == neighbour).collect();
        let last = own.last().map_or(self.first, |one| one.fix);
        let mut evidence = Vec::new();
        for one in own.iter().take(4) {
            evidence.push(one.fix.as_evidence(EvidenceRole::MisreadFix));
            evidence.push(one.before.as_evidence(EvidenceRole::NeighbourFix));
            evidence.extend(one.after.map(|after| after.as_evidence(EvidenceRole::NeighbourFix)));
        }
        let bit = (self.first.mmsi.number() ^ neighbour.number()).trailing_zeros();
        Finding {
            id: EventId::of(&[
                b"mmsi_near_miss",
                &self.first.mmsi.number().to_be_bytes(),
                &neighbour.number().to_be_bytes(),
                &self.first.observed.micros().to_be_bytes(),
            ]),
            revision: 0,
            kind: Kind::MmsiNearMiss,
            reason: Reason::OneBitFromNeighbour,
            mmsi: self.first.mmsi,
            other: Some(neighbour),
            start: self.first.observed,
            end: last.observed,
            position: Some(self.first.position),
            end_position: Some(last.position),
            numbers: Numbers::from([
                ("duration_h".to_owned(), (last.observed - self.first.observed).hours_f64()),
                ("distance_m".to_owned(), offset),
                ("messages".to_owned(), f64::from(self.messages)),
                ("bit".to_owned(), f64::from(bit)),
            ]),
            evidence,
            withdrawn: false,
        }
    }
}

/// Metres from where the neighbour was, if near enough to be its own message.
fn offset_m(one: &Compared, parameters: &NearMissParameters) -> Option<f64> {
    if let (Some(told), Some(known)) = (one.fix.sog_kn, one.before.sog_kn)
        && f64::from((told - known).abs()) > parameters.max_speed_difference_kn
    {
        return None;
    }
    let bracketed = one.after.filter(|after| after.observed - one.before.observed <= parameters.max_silence);
    let (there, leg_m) = match bracketed {
        Some(after) => (between(&one.before, &after, one.fix.observed)?, one.before.distance_m(&after)),
        None => {
            let ahead = one.fix.observed - one.before.observed;
            if ahead > parameters.max_reckoning {
                return None;
            }
            let speed = f64::from(one.before.sog_kn.unwrap_or(0.0));
            let there = one.before.dead_reckoned(one.fix.observed).unwrap_or(one.before.position);
            (there, speed * KNOT * ahead.secs_f64())
        }
    };
    let offset = Fix { position: there, cos_lat: one.before.cos_lat, ..one.before }.distance_m(&one.fix);
    // Never farther than a mile, however long the leg.
    (offset <= (parameters.slack_m + parameters.leg_share * leg_m).min(1852.0)).then_some(offset)
}

/// Where a vessel was between two fixes, on the straight way.
fn between(before: &Fix, after: &Fix, at: Instant) -> Option<Position> {
    let span = (after.observed - before.observed).secs_f64();
    let share = if span > 0.0 { (at - before.observed).secs_f64() / span } else { 0.0 };
    let lat = before.position.lat() + share * (after.position.lat() - before.position.lat());
    let east = wrap_longitude(after.position.lon() - before.position.lon());
    Position::new(lat.clamp(-90.0, 90.0), wrap_longitude(before.position.lon() + share * east)).ok()
}

/// The last revision of every finding in a batch that was not withdrawn, by the time of its first message.
pub fn near_misses(positions: &Positions, parameters: &NearMissParameters) -> Vec<Finding> {
    let mut detector = NearMisses::new(parameters.clone());
    let mut found = Vec::new();
    for fix in in_order(positions) {
        detector.observe(&fix, &mut found);
    }
    detector.finish(&mut found);
    super::latest(found)
}

/// All fixes of vessels in the order (time, MMSI, row).
pub(super) fn in_order(positions: &Positions) -> impl Iterator<Item = Fix> {
    let (times, numbers) = (positions.micros(), positions.mmsi());
    let key = |row: &u32| (times.get(*row as usize).copied(), numbers.get(*row as usize).copied(), *row);
    let mut order: Vec<u32> = (0..positions.len() as u32).collect();
    if !order.is_sorted_by_key(key) {
        order.sort_by_key(key);
    }
    order.into_iter().filter_map(|number| {
        let row = positions.row(number as usize).filter(is_vessel)?;
        fix_of(&row, number)
    })
}
