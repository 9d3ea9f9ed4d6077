//! A hull that goes on under another number, as a hypothesis: one MMSI falls silent, another begins where the
//! hull would be, and what both say of themselves agrees or is not known. Scored, never decided.

use std::collections::VecDeque;

use bitacora_primitives::{EventId, Instant, Mmsi, Numbers};
use rustc_hash::FxHashMap;

use super::near_miss::in_order;
use super::number::{is_call_sign, is_imo_number};
use super::recall::Recall;
use super::{ChangeParameters, Finding, Reason};
use crate::behaviour::{EventEvidence, EvidenceRole, Kind};
use crate::contacts::StaticReport;
use crate::tracks::fix::{Fix, KNOT, METRES_PER_DEGREE};
use crate::tracks::positions::Positions;

/// Hypotheses kept for one old number.
const CLAIMS: usize = 8;

/// What one number says of itself, in so far as a hull keeps it.
#[derive(Clone, PartialEq, Debug, Default)]
struct Statics {
    name: Option<String>,
    call_sign: Option<String>,
    imo: Option<u32>,
    size_m: Option<(u16, u16)>,
    told: Option<EventEvidence>,
}

impl Statics {
    fn learn(&mut self, report: &StaticReport) -> bool {
        let before = self.clone();
        if let Some(name) = &report.name {
            self.name = Some(name.clone());
        }
        if let Some(call_sign) = report.call_sign.as_ref().filter(|text| is_call_sign(text)) {
            self.call_sign = Some(call_sign.clone());
        }
        if let Some(imo) = report.imo.filter(|imo| is_imo_number(*imo)) {
            self.imo = Some(imo);
        }
        if let (Some(length), Some(beam)) = (report.length_m, report.beam_m) {
            self.size_m = Some((length, beam));
        }
        let changed = *self != before;
        if changed {
            self.told = Some(EventEvidence {
                role: EvidenceRole::StaticUnderOld,
                evidence: report.evidence,
                observed: report.observed,
                mmsi: report.mmsi,
            });
        }
        changed
    }

    fn evidence(&self, role: EvidenceRole) -> Option<EventEvidence> {
        self.told.map(|told| EventEvidence { role, ..told })
    }
}

#[derive(Clone, Debug)]
struct Heard {
    first: Fix,
    last: Fix,
    fixes: u32,
    statics: Statics,
    cell: (i32, i32),
    /// Hypotheses that this number went on under another.
    claims: Vec<Claim>,
    /// The old number, where one claims this one.
    claimed_from: Option<Mmsi>,
}

#[derive(Clone, Debug)]
struct Claim {
    finding: Finding,
    old: (Fix, Statics),
    new: Fix,
    score: f64,
}

/// See the module. Feed it fixes and static reports of all numbers in order of observed time, fixes of one time by
/// MMSI.
#[derive(Clone, Debug, Default)]
pub struct Changes {
    parameters: ChangeParameters,
    numbers: Recall<Mmsi, Heard>,
    /// Statics of numbers that have no fix yet.
    early: Recall<Mmsi, (Instant, Statics)>,
    /// Who was last heard in each degree of latitude and longitude.
    cells: FxHashMap<(i32, i32), Vec<Mmsi>>,
    pending: VecDeque<(Instant, Mmsi)>,
}

fn cell(fix: &Fix) -> (i32, i32) {
    (libm::floor(fix.position.lat()) as i32, column(fix.position.lon()))
}

/// 0 to 359 round the Earth.
fn column(lon: f64) -> i32 {
    (libm::floor(lon) as i32).rem_euclid(360)
}

impl Changes {
    pub fn new(parameters: ChangeParameters) -> Self {
        Self { parameters, ..Self::default() }
    }

    /// Numbers remembered now.
    pub fn remembered(&self) -> usize {
        self.numbers.len()
    }

    /// Takes the next static report.
    pub fn learn(&mut self, report: &StaticReport, out: &mut Vec<Finding>) {
        self.advance(report.observed, out);
        let memory = self.parameters.memory;
        self.early.sweep(report.observed, memory, |(told, _)| *told, |_, _| {});
        self.forget(report.mmsi, report.observed);
        let Some(heard) = self.numbers.get_mut(&report.mmsi) else {
            let early = self.early.entry(report.mmsi).or_insert((report.observed, Statics::default()));
            if report.observed - early.0 > memory {
                early.1 = Statics::default();
            }
            early.0 = report.observed;
            early.1.learn(report);
            return;
        };
        if !heard.statics.learn(report) {
            return;
        }
        let (statics, from) = (heard.statics.clone(), heard.claimed_from);
        if let Some(old) = from.and_then(|old| self.numbers.get_mut(&old))
            && report.observed - old.last.observed <= memory
        {
            // What the new number says now may speak for or against the hypothesis.
            for claim in old.claims.iter_mut().filter(|claim| claim.finding.other == Some(report.mmsi)) {
                let score = score(&claim.old.0, &claim.old.1, &claim.new, &statics, &self.parameters);
                claim.rescore(score, statics.evidence(EvidenceRole::StaticUnderNew), &self.parameters, out);
            }
            old.claims.retain(|claim| !claim.finding.withdrawn);
        }
    }

    /// Takes the next fix.
    pub fn observe(&mut self, fix: &Fix, out: &mut Vec<Finding>) {
        self.advance(fix.observed, out);
        let cells = &mut self.cells;
        self.numbers.sweep(
            fix.observed,
            self.parameters.memory,
            |heard| heard.last.observed,
            |mmsi, heard| leave(cells, heard.cell, *mmsi),
        );
        let here = cell(fix);
        self.forget(fix.mmsi, fix.observed);
        if let Some(known) = self.numbers.get_mut(&fix.mmsi) {
            if known.last.observed == fix.observed {
                return;
            }
            for claim in known.claims.drain(..) {
                // The old number is heard again: it was never given up.
                out.push(Finding { withdrawn: true, ..claim.finding.next_revision() });
            }
            known.fixes = known.fixes.saturating_add(1);
            known.last = *fix;
            if known.cell != here {
                leave(&mut self.cells, known.cell, fix.mmsi);
                known.cell = here;
                self.cells.entry(here).or_default().push(fix.mmsi);
            }
            return;
        }
        let fresh = |told: &(Instant, Statics)| fix.observed - told.0 <= self.parameters.memory;
        let statics = self.early.remove(&fix.mmsi).filter(fresh).map(|told| told.1).unwrap_or_default();
        self.cells.entry(here).or_default().push(fix.mmsi);
        self.pending.push_back((fix.observed, fix.mmsi));
        self.numbers.entry(fix.mmsi).or_insert_with(|| Heard {
            first: *fix,
            last: *fix,
            fixes: 1,
            statics,
            cell: here,
            claims: Vec::new(),
            claimed_from: None,
        });
    }

    /// A number silent for longer than `memory` is not known any more, whether or not it has been swept out.
    fn forget(&mut self, mmsi: Mmsi, now: Instant) {
        let memory = self.parameters.memory;
        if self.numbers.get(&mmsi).is_some_and(|heard| now - heard.last.observed > memory)
            && let Some(old) = self.numbers.remove(&mmsi)
        {
            leave(&mut self.cells, old.cell, mmsi);
        }
    }

    /// Whether the number is remembered.
    pub fn knows(&self, mmsi: Mmsi) -> bool {
        self.numbers.get(&mmsi).is_some()
    }

    /// After this moment a number that began has had its time.
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

    /// Looks for the number that the one that began at `since` may have had before.
    fn decide(&mut self, mmsi: Mmsi, since: Instant, out: &mut Vec<Finding>) {
        let Some(new) = self.numbers.get(&mmsi) else { return };
        if new.first.observed != since || new.fixes < self.parameters.min_fixes {
            return;
        }
        let (first, statics) = (new.first, new.statics.clone());
        let mut ranked: Vec<(f64, Mmsi)> = Vec::new();
        for cell in self.around(&first) {
            for other in self.cells.get(&cell).into_iter().flatten() {
                let Some(old) = self.numbers.get(other).filter(|_| *other != mmsi) else { continue };
                if old.fixes >= self.parameters.min_fixes && self.within_reach(&old.last, &first) {
                    let score = score(&old.last, &old.statics, &first, &statics, &self.parameters);
                    if score >= self.parameters.min_score {
                        ranked.push((score, *other));
                    }
                }
            }
        }
        ranked.sort_by(|(a, m), (b, n)| b.total_cmp(a).then(m.cmp(n)));
        let Some((score, from)) = ranked.first().copied() else { return };
        let near = ranked.iter().filter(|(other, _)| *other >= score - self.parameters.rival_margin);
        let mut rivals = near.count().saturating_sub(1);
        if let Some(old) = self.numbers.get_mut(&from) {
            // Another new number that claims the same old one is a rival too, and is told so.
            for claim in &mut old.claims {
                claim.rival(out);
            }
            rivals += old.claims.len();
            let claim = Claim::new(old, first, &statics, score, rivals);
            out.push(claim.finding.clone());
            if old.claims.len() == CLAIMS {
                old.claims.remove(0);
            }
            old.claims.push(claim);
        }
        if let Some(new) = self.numbers.get_mut(&mmsi) {
            new.claimed_from = Some(from);
        }
    }

    fn within_reach(&self, old: &Fix, new: &Fix) -> bool {
        let silence = new.observed - old.observed;
        let p = &self.parameters;
        if silence < bitacora_primitives::Duration::default() || silence > p.max_silence {
            return false;
        }
        let reach = (p.slack_m + p.max_speed_kn * KNOT * silence.secs_f64()).min(p.max_distance_m);
        old.distance_m(new) <= reach
    }

    /// The cells that can hold a fix within `max_distance_m` of this one.
    fn around(&self, fix: &Fix) -> Vec<(i32, i32)> {
        let degrees = self.parameters.max_distance_m / METRES_PER_DEGREE + 1e-6;
        let (lat, lon) = (fix.position.lat(), fix.position.lon());
        let (south, north) = ((lat - degrees).max(-90.0), (lat + degrees).min(90.0));
        // The parallel nearest to a pole is the shortest.
        let widest = libm::cos(south.abs().max(north.abs()).to_radians());
        let columns: Vec<i32> = if widest * 170.0 <= degrees {
            (0..360).collect()
        } else {
            let east = degrees / widest;
            let (from, to) = (libm::floor(lon - east) as i32, libm::floor(lon + east) as i32);
            (from..=to.min(from + 359)).map(|column| column.rem_euclid(360)).collect()
        };
        let rows = libm::floor(south) as i32..=libm::floor(north) as i32;
        rows.flat_map(|row| columns.iter().map(move |column| (row, *column))).collect()
    }
}

/// The last revision of every hypothesis in a batch that was not withdrawn, by the last fix under the old number.
/// Of one time, statics come before fixes.
pub fn changes(
    positions: &Positions,
    statics: &[StaticReport],
    parameters: &ChangeParameters,
) -> Vec<Finding> {
    let mut told: Vec<&StaticReport> = statics.iter().collect();
    told.sort_by_key(|report| (report.observed, report.mmsi, report.evidence));
    let mut told = told.into_iter().peekable();
    let mut detector = Changes::new(parameters.clone());
    let mut found = Vec::new();
    for fix in in_order(positions) {
        while let Some(report) = told.next_if(|report| report.observed <= fix.observed) {
            detector.learn(report, &mut found);
        }
        detector.observe(&fix, &mut found);
    }
    told.for_each(|report| detector.learn(report, &mut found));
    detector.finish(&mut found);
    super::latest(found)
}

fn leave(cells: &mut FxHashMap<(i32, i32), Vec<Mmsi>>, cell: (i32, i32), mmsi: Mmsi) {
    if let Some(there) = cells.get_mut(&cell) {
        if let Some(at) = there.iter().position(|known| *known == mmsi) {
            there.swap_remove(at);
        }
        if there.is_empty() {
            cells.remove(&cell);
        }
    }
}

/// Points for and against, each from its own field (docs/behaviour.md, "Identity").
fn score(old: &Fix, told: &Statics, new: &Fix, tells: &Statics, parameters: &ChangeParameters) -> f64 {
    /// Over ground, knots: below, a berth or anchorage is shared by many hulls in turn.
    const AT_REST_KN: f32 = 1.0;
    const SPREAD_M_S: f64 = 2.0;
    let silence = (new.observed - old.observed).secs_f64();
    let spread = parameters.slack_m + SPREAD_M_S * silence;
    let miss = |from: &Fix, to: &Fix| {
        let apart = from.distance_m(to);
        let reckoned = from.dead_reckoned(to.observed).map_or(f64::INFINITY, |position| {
            let cos_lat = libm::cos(position.lat().to_radians());
            Fix { position, cos_lat, ..*from }.distance_m(to)
        });
        apart.min(reckoned)
    };
    let miss = 0.5 * (miss(old, new) + miss(new, old)) / spread;
    let rests = |fix: &Fix| fix.says_at_rest() || fix.sog_kn.is_some_and(|speed| speed < AT_REST_KN);
    let mut points = 2.0 * libm::exp(-miss * miss);
    if rests(old) && rests(new) {
        points *= 0.5;
    }
    if let (Some(before), Some(after)) = (old.sog_kn, new.sog_kn) {
        points += if (before - after).abs() <= 2.0 { 0.5 } else { -0.5 };
    }
    let mut compare = |same: Option<bool>, for_it: f64, against: f64| {
        points += match same {
            Some(true) => for_it,
            Some(false) => -against,
            None => 0.0,
        };
    };
    compare(told.imo.zip(tells.imo).map(|(a, b)| a == b), 6.0, 6.0);
    compare(told.call_sign.as_ref().zip(tells.call_sign.as_ref()).map(|(a, b)| a == b), 4.0, 1.0);
    compare(told.name.as_ref().zip(tells.name.as_ref()).map(|(a, b)| a == b), 3.0, 0.5);
    let near = |(a, b): ((u16, u16), (u16, u16))| a.0.abs_diff(b.0) <= 2 && a.1.abs_diff(b.1) <= 1;
    compare(told.size_m.zip(tells.size_m).map(near), 2.0, 4.0);
    points
}

impl Claim {
    fn new(old: &Heard, new: Fix, statics: &Statics, score: f64, rivals: usize) -> Self {
        let last = old.last;
        let silence = new.observed - last.observed;
        let distance_m = crate::behaviour::gap::geodesic_m(last.position, new.position);
        let mut evidence =
            vec![last.as_evidence(EvidenceRole::LastUnderOld), new.as_evidence(EvidenceRole::FirstUnderNew)];
        evidence.extend(old.statics.evidence(EvidenceRole::StaticUnderOld));
        evidence.extend(statics.evidence(EvidenceRole::StaticUnderNew));
        let finding = Finding {
            id: EventId::of(&[
                b"mmsi_change",
                &last.mmsi.number().to_be_bytes(),
                &new.mmsi.number().to_be_bytes(),
                &new.observed.micros().to_be_bytes(),
            ]),
            revision: 0,
            kind: Kind::MmsiChange,
            reason: Reason::ContinuesUnderAnother,
            mmsi: last.mmsi,
            other: Some(new.mmsi),
            start: last.observed,
            end: new.observed,
            position: Some(last.position),
            end_position: Some(new.position),
            numbers: Numbers::from([
                ("duration_h".to_owned(), silence.hours_f64()),
                ("distance_m".to_owned(), distance_m),
                ("implied_speed_kn".to_owned(), distance_m / silence.secs_f64().max(1.0) / KNOT),
                ("score".to_owned(), score),
                ("rivals".to_owned(), rivals as f64),
            ]),
            evidence,
            withdrawn: false,
        };
        Self { finding, old: (last, old.statics.clone()), new, score }
    }

    /// One more hypothesis speaks against this one being the only one.
    fn rival(&mut self, out: &mut Vec<Finding>) {
        self.finding = self.finding.next_revision();
        *self.finding.numbers.entry("rivals".to_owned()).or_default() += 1.0;
        out.push(self.finding.clone());
    }

    fn rescore(
        &mut self,
        score: f64,
        evidence: Option<EventEvidence>,
        parameters: &ChangeParameters,
        out: &mut Vec<Finding>,
    ) {
        if score.total_cmp(&self.score).is_eq() {
            return;
        }
        self.score = score;
        self.finding = self.finding.next_revision();
        self.finding.numbers.insert("score".to_owned(), score);
        self.finding.evidence.retain(|known| known.role != EvidenceRole::StaticUnderNew);
        self.finding.evidence.extend(evidence);
        self.finding.withdrawn = score < parameters.min_score;
        out.push(self.finding.clone());
    }
}
