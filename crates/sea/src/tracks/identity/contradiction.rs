//! Statements that cannot both hold: one MMSI that goes back and forth between two names, and one IMO number or
//! call sign that two MMSIs state at the same time. A name that changes once is no contradiction.

use bitacora_primitives::{EventId, EvidenceRef, Instant, Mmsi, Numbers};

use super::number::{is_call_sign, is_imo_number};
use super::recall::Recall;
use super::{ContradictionParameters, Finding, Reason};
use crate::behaviour::{EventEvidence, EvidenceRole, Kind};
use crate::contacts::StaticReport;

/// Values of one field kept for one number, and numbers kept for one value; the one not heard longest goes first.
const KEPT: usize = 8;

#[derive(Clone, Copy, PartialEq, Debug)]
struct Mention {
    observed: Instant,
    mmsi: Mmsi,
    evidence: EvidenceRef,
}

impl Mention {
    const fn as_evidence(&self, role: EvidenceRole) -> EventEvidence {
        EventEvidence { role, evidence: self.evidence, observed: self.observed, mmsi: self.mmsi }
    }
}

/// Something told (a value, or who told it), as long as it is told again within the window.
#[derive(Clone, PartialEq, Debug)]
struct Told<K> {
    key: K,
    first: Mention,
    last: Mention,
    reports: u32,
}

impl<K> Told<K> {
    const fn new(key: K, mention: Mention) -> Self {
        Self { key, first: mention, last: mention, reports: 1 }
    }

    fn again(&mut self, mention: Mention) {
        if self.last.observed == mention.observed {
            // The same report, heard by another station.
            return;
        }
        self.last = mention;
        self.reports = self.reports.saturating_add(1);
    }
}

/// Puts `mention` to what is told of `key`; drops what is older than the window.
fn tell<K: PartialEq + Clone>(
    told: &mut Vec<Told<K>>,
    key: &K,
    mention: Mention,
    parameters: &ContradictionParameters,
) {
    told.retain(|one| mention.observed - one.last.observed <= parameters.window);
    if let Some(known) = told.iter_mut().find(|one| one.key == *key) {
        known.again(mention);
        return;
    }
    if told.len() == KEPT {
        let oldest = told.iter().enumerate().min_by_key(|(_, one)| one.last.observed).map(|(at, _)| at);
        if let Some(at) = oldest {
            told.remove(at);
        }
    }
    told.push(Told::new(key.clone(), mention));
}

/// A finding that is reported again when it has grown.
#[derive(Clone, PartialEq, Debug)]
struct Reported {
    finding: Finding,
}

impl Reported {
    /// The next revision when it has grown enough.
    fn grow(
        &mut self,
        mention: Mention,
        times: u32,
        parameters: &ContradictionParameters,
        out: &mut Vec<Finding>,
    ) {
        if mention.observed - self.finding.end < parameters.growth {
            return;
        }
        let mut next = self.finding.next_revision();
        next.end = mention.observed;
        next.numbers.insert("duration_h".to_owned(), (next.end - next.start).hours_f64());
        next.numbers.insert("times".to_owned(), f64::from(times));
        // The first two stay; the latest is renewed.
        next.evidence.truncate(2);
        next.evidence.push(mention.as_evidence(EvidenceRole::StatedAgainst));
        self.finding = next.clone();
        out.push(next);
    }
}

#[derive(Clone, Debug)]
struct Field<V> {
    told: Vec<Told<V>>,
    current: Option<V>,
    returns: u32,
    reported: Option<Box<Reported>>,
}

impl<V> Default for Field<V> {
    fn default() -> Self {
        Self { told: Vec::new(), current: None, returns: 0, reported: None }
    }
}

impl<V: PartialEq + Clone> Field<V> {
    fn hear(
        &mut self,
        value: &V,
        mention: Mention,
        reason: Reason,
        parameters: &ContradictionParameters,
        out: &mut Vec<Finding>,
    ) {
        let changed = self.current.as_ref().is_some_and(|current| current != value);
        let left = self.current.as_ref().and_then(|current| {
            let known = self.told.iter().find(|one| one.key == *current)?;
            Some((known.reports, known.first, known.last))
        });
        tell(&mut self.told, value, mention, parameters);
        if self.told.len() == 1 {
            // All that contradicted it was too long ago.
            (self.returns, self.reported) = (0, None);
        }
        if !changed {
            if self.current.is_none() {
                self.current = Some(value.clone());
            }
            return;
        }
        self.current = Some(value.clone());
        let enough = parameters.min_reports;
        let Some(now) = self.told.iter().find(|one| one.key == *value) else { return };
        let Some((reports, first, last)) = left else { return };
        let stands = mention.observed - last.observed <= parameters.window && reports >= enough;
        if !stands || now.reports <= enough {
            return;
        }
        self.returns = self.returns.saturating_add(1);
        if self.returns < parameters.min_returns {
            return;
        }
        match &mut self.reported {
            Some(reported) => reported.grow(mention, self.returns, parameters, out),
            None => {
                let key = [now.first, first];
                let finding =
                    finding(reason, mention.mmsi, None, key, mention, self.returns, reason.code().as_bytes());
                out.push(finding.clone());
                self.reported = Some(Box::new(Reported { finding }));
            }
        }
    }
}

fn finding(
    reason: Reason,
    mmsi: Mmsi,
    other: Option<Mmsi>,
    [before, against]: [Mention; 2],
    latest: Mention,
    times: u32,
    key: &[u8],
) -> Finding {
    let start = against.observed.max(before.observed);
    let mut evidence = vec![
        before.as_evidence(EvidenceRole::StatedBefore),
        against.as_evidence(EvidenceRole::StatedAgainst),
    ];
    if latest.evidence != against.evidence && latest.evidence != before.evidence {
        evidence.push(latest.as_evidence(EvidenceRole::StatedAgainst));
    }
    Finding {
        id: EventId::of(&[
            b"identity_contradiction",
            reason.code().as_bytes(),
            key,
            &mmsi.number().to_be_bytes(),
            &other.map_or(0, Mmsi::number).to_be_bytes(),
            &start.micros().to_be_bytes(),
        ]),
        revision: 0,
        kind: Kind::IdentityContradiction,
        reason,
        mmsi,
        other,
        start,
        end: latest.observed,
        position: None,
        end_position: None,
        numbers: Numbers::from([
            ("duration_h".to_owned(), (latest.observed - start).hours_f64()),
            ("times".to_owned(), f64::from(times)),
        ]),
        evidence,
        withdrawn: false,
    }
}

/// What one number has said of itself.
#[derive(Clone, Debug)]
struct Statements {
    last: Instant,
    name: Field<String>,
    call_sign: Field<String>,
    imo: Field<u32>,
    size_m: Field<(u16, u16)>,
    bad_imo: Vec<Told<u32>>,
}

/// Who states one value.
#[derive(Clone, Debug)]
struct Holders {
    last: Instant,
    told: Vec<Told<Mmsi>>,
    reported: Vec<(Mmsi, Mmsi, Reported)>,
}

/// See the module. Feed it static reports in order of observed time.
#[derive(Clone, Debug, Default)]
pub struct Contradictions {
    parameters: ContradictionParameters,
    numbers: Recall<Mmsi, Statements>,
    imo: Recall<u32, Holders>,
    call_sign: Recall<String, Holders>,
}

impl Contradictions {
    pub fn new(parameters: ContradictionParameters) -> Self {
        Self { parameters, ..Self::default() }
    }

    /// Takes the next static report. Appends findings and revisions of them.
    pub fn observe(&mut self, report: &StaticReport, out: &mut Vec<Finding>) {
        let mention = Mention { observed: report.observed, mmsi: report.mmsi, evidence: report.evidence };
        self.sweep(report.observed);
        self.of_one_number(report, mention, out);
        let parameters = &self.parameters;
        if let Some(imo) = report.imo.filter(|imo| is_imo_number(*imo)) {
            let key = imo.to_be_bytes();
            let holders = self.imo.entry(imo).or_insert_with(|| Holders::new(mention.observed));
            holders.state(mention, Reason::ImoShared, &key, parameters, out);
        }
        if let Some(call_sign) = report.call_sign.as_ref().filter(|text| is_call_sign(text)) {
            let holders = match self.call_sign.get_mut(call_sign) {
                Some(known) => known,
                None => {
                    self.call_sign.entry(call_sign.clone()).or_insert_with(|| Holders::new(mention.observed))
                }
            };
            holders.state(mention, Reason::CallSignShared, call_sign.as_bytes(), parameters, out);
        }
    }

    fn of_one_number(&mut self, report: &StaticReport, mention: Mention, out: &mut Vec<Finding>) {
        let parameters = &self.parameters;
        let told = self.numbers.entry(report.mmsi).or_insert_with(|| Statements {
            last: mention.observed,
            name: Field::default(),
            call_sign: Field::default(),
            imo: Field::default(),
            size_m: Field::default(),
            bad_imo: Vec::new(),
        });
        told.last = mention.observed;
        if let Some(name) = &report.name {
            told.name.hear(name, mention, Reason::NameAlternates, parameters, out);
        }
        if let Some(call_sign) = &report.call_sign {
            told.call_sign.hear(call_sign, mention, Reason::CallSignAlternates, parameters, out);
        }
        if let (Some(length), Some(beam)) = (report.length_m, report.beam_m) {
            told.size_m.hear(&(length, beam), mention, Reason::DimensionsAlternate, parameters, out);
        }
        let Some(imo) = report.imo else { return };
        told.imo.hear(&imo, mention, Reason::ImoAlternates, parameters, out);
        if !is_imo_number(imo) {
            tell(&mut told.bad_imo, &imo, mention, parameters);
            let heard = told.bad_imo.iter().find(|one| one.key == imo);
            if let Some(heard) = heard.filter(|one| one.reports == parameters.min_reports.max(1)) {
                let pair = [heard.first, mention];
                let key = imo.to_be_bytes();
                let times = heard.reports;
                out.push(finding(Reason::ImoCheckDigit, report.mmsi, None, pair, mention, times, &key));
            }
        }
    }

    fn sweep(&mut self, now: Instant) {
        let window = self.parameters.window;
        self.numbers.sweep(now, window, |told| told.last, |_, _| {});
        self.imo.sweep(now, window, |holders| holders.last, |_, _| {});
        self.call_sign.sweep(now, window, |holders| holders.last, |_, _| {});
    }
}

/// The last revision of every finding in a batch of static reports, in any order, by its start.
pub fn contradictions(reports: &[StaticReport], parameters: &ContradictionParameters) -> Vec<Finding> {
    let mut order: Vec<&StaticReport> = reports.iter().collect();
    order.sort_by_key(|report| (report.observed, report.mmsi, report.evidence));
    let mut detector = Contradictions::new(parameters.clone());
    let mut found = Vec::new();
    order.into_iter().for_each(|report| detector.observe(report, &mut found));
    super::latest(found)
}

impl Holders {
    const fn new(now: Instant) -> Self {
        Self { last: now, told: Vec::new(), reported: Vec::new() }
    }

    /// Two numbers hold one value at once when each has told it after the other had begun to.
    fn state(
        &mut self,
        mention: Mention,
        reason: Reason,
        key: &[u8],
        parameters: &ContradictionParameters,
        out: &mut Vec<Finding>,
    ) {
        self.last = mention.observed;
        tell(&mut self.told, &mention.mmsi, mention, parameters);
        let told = &self.told;
        let holds = |mmsi: Mmsi| told.iter().any(|one| one.key == mmsi);
        self.reported.retain(|(a, b, _)| holds(*a) && holds(*b));
        let Some(own) = told.iter().find(|one| one.key == mention.mmsi) else { return };
        let enough = |one: &Told<Mmsi>| one.reports >= parameters.min_reports;
        if !enough(own) {
            return;
        }
        for rival in told.iter().filter(|one| one.key != own.key && enough(one)) {
            if own.first.observed >= rival.last.observed {
                continue;
            }
            let (least, most) = (own.key.min(rival.key), own.key.max(rival.key));
            let times = own.reports.min(rival.reports);
            match self.reported.iter_mut().find(|(a, b, _)| (*a, *b) == (least, most)) {
                Some((_, _, reported)) => reported.grow(mention, times, parameters, out),
                None => {
                    let mut pair = [own.first, rival.first];
                    pair.sort_by_key(|one| (one.observed, one.mmsi));
                    let finding = finding(reason, least, Some(most), pair, mention, times, key);
                    out.push(finding.clone());
                    self.reported.push((least, most, Reported { finding }));
                }
            }
        }
    }
}
