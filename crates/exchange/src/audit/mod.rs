//! The offline verifier: log directories and public keys in, a report out. The structure is `ledger`'s check, the rules
//! are [`History`], the same fold that the node runs. Names the first leaf that does not hold; never says what happened
//! outside the log, and never repairs anything.

mod pairing;
mod report;
mod trust;

use std::collections::BTreeMap;

use bitacora_ledger::{
    Checkpoint, Cosignature, LogFault, LogFiles, LogKeys, Note, Seen, VerifiedLog, check_directory,
};
use bitacora_primitives::markings::{AgreementId, ClauseId, PartyCode};
use bitacora_primitives::{Instant, SuspensionId};

pub use pairing::{Direction, Informed, Pairing, Unpaired};
pub use report::{Broken, Cosigner, Excepted, Found, Interval, KEPT, Mark, Report, Resumed, Totals};
pub use trust::{TrustError, TrustFile};

use crate::agreement::origin;
use crate::history::{Finding, History, Signatures, Stage, Suspended};
use crate::record::{Entry, Record};
use pairing::Receipts;

/// A checkpoint is no longer.
const MAX_NOTE_BYTES: usize = 1_000_000;

/// How an audit is made.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Options {
    /// Signatures of records, officers and receipts; those of checkpoints are always verified.
    pub signatures: Signatures,
}

impl Default for Options {
    fn default() -> Self {
        Self { signatures: Signatures::Verify }
    }
}

/// Why there is nothing to report on.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum AuditError {
    #[error("the checkpoint cannot be read: {0}")]
    Checkpoint(String),
    #[error("the log `{0}` is none of the keys file's agreement")]
    OtherLog(String),
    #[error("the two directories are of one log, `{0}`")]
    SameLog(String),
}

/// Audits one directory; with the partner's, also holds the two against each other.
pub fn audit(
    files: &dyn LogFiles,
    partner: Option<&dyn LogFiles>,
    keys: &TrustFile,
    options: Options,
) -> Result<Report, AuditError> {
    let one = Auditor::run(files, keys, options, partner.is_some())?;
    let Some(partner) = partner else { return Ok(one.report()) };
    let other = Auditor::run(partner, keys, options, true)?;
    if one.party == other.party {
        return Err(AuditError::SameLog(origin(keys.agreement(), &one.party)));
    }
    let sides = [&one, &other]
        .map(|auditor| pairing::Side { history: &auditor.history, receipts: &auditor.receipts });
    let [first, second] = &sides;
    let pairing = pairing::pair(first, second);
    let mut report = one.report();
    report.pairing = Some(pairing);
    Ok(report)
}

/// Whose log a directory holds: what its checkpoint says, before any signature.
fn party_of(files: &dyn LogFiles, keys: &TrustFile) -> Result<PartyCode, AuditError> {
    let bytes = files.read("checkpoint", MAX_NOTE_BYTES).map_err(AuditError::Checkpoint)?;
    let bytes = bytes.ok_or_else(|| AuditError::Checkpoint("there is none".to_owned()))?;
    let note = Note::parse(&bytes).map_err(|error| AuditError::Checkpoint(error.to_string()))?;
    let stated = Checkpoint::parse(note.unverified_text());
    let stated = stated.map_err(|error| AuditError::Checkpoint(error.to_string()))?;
    let party = keys.party_of(&stated.origin);
    party.cloned().ok_or_else(|| AuditError::OtherLog(stated.origin.chars().take(200).collect()))
}

struct Auditor {
    agreement: AgreementId,
    party: PartyCode,
    history: History,
    options: Options,
    pairing: bool,
    receipts: Receipts,
    totals: Totals,
    findings: Vec<Found>,
    findings_total: u64,
    /// Leaves whose time matters, and the earliest that a cosigner vouches for. Few: two for each suspension.
    marks: BTreeMap<u64, (Instant, Option<Cosigner>)>,
    exceptions: BTreeMap<SuspensionId, (BTreeMap<ClauseId, u64>, Vec<Excepted>)>,
    /// Suspensions that have not ended, of either side: while none has, a release needs no second look.
    in_force: usize,
    outcome: Outcome,
}

struct Outcome {
    size: u64,
    root: Option<String>,
    cosigned: Vec<Cosigner>,
    uncovered_records: u64,
    broken: Option<Broken>,
}

impl Auditor {
    fn run(
        files: &dyn LogFiles,
        keys: &TrustFile,
        options: Options,
        pairing: bool,
    ) -> Result<Self, AuditError> {
        let party = party_of(files, keys)?;
        let origin = origin(keys.agreement(), &party);
        let trust = keys.trust(&party).ok_or_else(|| AuditError::OtherLog(origin.clone()))?;
        let cosigners = keys.cosigners(&party);
        let mut auditor = Self {
            history: History::new(keys.agreement(), party.clone(), trust, options.signatures),
            agreement: keys.agreement().clone(),
            party,
            options,
            pairing,
            receipts: Receipts::default(),
            totals: Totals::default(),
            findings: Vec::new(),
            findings_total: 0,
            marks: BTreeMap::new(),
            exceptions: BTreeMap::new(),
            in_force: 0,
            outcome: Outcome {
                size: 0,
                root: None,
                cosigned: Vec::new(),
                uncovered_records: 0,
                broken: None,
            },
        };
        let log_keys = LogKeys { origin: &origin, log: keys.log_keys(&auditor.party), cosigners: &cosigners };
        let checked = check_directory(files, &log_keys, |seen| {
            auditor.see(&seen);
            Ok::<(), LogFault>(())
        });
        auditor.finish(checked);
        Ok(auditor)
    }

    fn finish(&mut self, checked: Result<VerifiedLog<'_>, LogFault>) {
        match checked {
            Ok(log) => {
                self.proven(log.checkpoint.size, &log.cosigned);
                self.outcome.size = log.checkpoint.size;
                self.outcome.root = Some(log.checkpoint.root.to_string());
                self.outcome.cosigned = cosigners(log.checkpoint.size, &log.cosigned);
                self.outcome.uncovered_records = log.uncovered_records;
            }
            Err(fault) => {
                self.outcome.size = self.history.size();
                self.outcome.broken = Some(fault.into());
            }
        }
    }

    fn see(&mut self, seen: &Seen<'_, '_>) {
        match seen {
            Seen::Leaf { record, index, .. } => match self.history.step(*record) {
                Ok(Some(entry)) => self.count(*index, &entry),
                Ok(None) => {}
                Err(finding) => {
                    self.found(&finding);
                    self.history.pass_over();
                }
            },
            Seen::Kept { checkpoint, cosigned } => self.proven(checkpoint.size, cosigned),
        }
    }

    fn found(&mut self, finding: &Finding) {
        self.findings_total += 1;
        if self.findings.len() < KEPT {
            let Finding { leaf, what } = finding;
            self.findings.push(Found { leaf: *leaf, code: what.code(), what: chain(what) });
        }
    }

    fn count(&mut self, leaf: u64, entry: &Entry) {
        let totals = &mut self.totals;
        match &entry.record {
            Record::Release(release) => {
                totals.releases += 1;
                if self.in_force > 0 {
                    self.excepted(leaf, release);
                }
            }
            Record::KeyGrant(_) => totals.grants += 1,
            Record::Page(page) => {
                totals.pages += 1;
                totals.page_objects += page.objects.len() as u64;
            }
            Record::Receipt(receipt) => {
                totals.receipts += 1;
                if self.pairing {
                    pairing::keep(&mut self.receipts, leaf, receipt);
                }
            }
            Record::Declined(_) => totals.declined += 1,
            Record::Held(_) => totals.held += 1,
            Record::Refused(_) => totals.refused += 1,
            Record::Opened(_) => totals.opened_items += 1,
            Record::Suspension(_) => {
                totals.suspensions += 1;
                self.mark(leaf, entry.recorded);
            }
            Record::Resumption(_) => {
                totals.resumptions += 1;
                self.mark(leaf, entry.recorded);
            }
            Record::Seen { .. } => {
                totals.seen += 1;
                self.mark(leaf, entry.recorded);
            }
            _ => {}
        }
    }

    /// A leaf whose time the report will tell.
    fn mark(&mut self, leaf: u64, declared: Instant) {
        self.marks.insert(leaf, (declared, None));
        self.in_force = self.all_suspended().filter(|one| one.ended.is_none()).count();
    }

    fn all_suspended(&self) -> impl Iterator<Item = &Suspended> {
        self.history.suspensions().values().chain(self.history.seen().values())
    }

    fn excepted(&mut self, leaf: u64, release: &crate::record::Release) {
        let through: Vec<SuspensionId> = self
            .all_suspended()
            .filter_map(Suspended::closure)
            .filter(|closure| closure.excepts(&release.tags))
            .map(|closure| closure.id)
            .collect();
        let clause = &release.tags.clause;
        for suspension in through {
            let (by_clause, list) = self.exceptions.entry(suspension).or_default();
            *by_clause.entry(clause.clone()).or_default() += 1;
            if list.len() < KEPT {
                list.push(Excepted { leaf, release: release.release, clause: clause.clone() });
            }
        }
    }

    /// A cosigned checkpoint vouches for every leaf under it.
    fn proven(&mut self, size: u64, cosigned: &[Cosignature<'_>]) {
        let Some(earliest) = cosigned.iter().min_by_key(|one| one.at) else { return };
        for (_, (_, proven)) in self.marks.range_mut(..size) {
            if proven.as_ref().is_none_or(|known| earliest.at < known.at) {
                *proven = Some(Cosigner { by: earliest.by.name().to_owned(), at: earliest.at, size });
            }
        }
    }

    fn mark_of(&self, leaf: u64) -> Mark {
        let (declared, proven) = self.marks.get(&leaf).cloned().unwrap_or_default();
        Mark { leaf, declared, proven }
    }

    fn interval(&self, by: PartyCode, one: &Suspended) -> Interval {
        let id = one.notice.suspension;
        let (under_exception, exceptions) = self.exceptions.get(&id).cloned().unwrap_or_default();
        let resumptions = one.resumptions.iter().map(|(leaf, resumption)| Resumed {
            mark: self.mark_of(*leaf),
            scope: resumption.scope.clone(),
            whole: resumption.is_whole(),
            condition_met: resumption.condition_met.clone(),
        });
        Interval {
            suspension: id,
            by,
            scope: one.notice.scope.clone(),
            reason: one.notice.reason.clone(),
            condition: one.notice.condition.text.clone(),
            began: self.mark_of(one.leaf),
            resumptions: resumptions.collect(),
            ended: one.ended.map(|leaf| self.mark_of(leaf)),
            gate_closed_declared: one.notice.gate_closed,
            counts: one.counts,
            under_exception,
            exceptions,
        }
    }

    fn report(&self) -> Report {
        let history = &self.history;
        let mut totals = self.totals;
        for state in history.releases().values() {
            totals.not_receipted += u64::from(state.paged.is_some() && state.granted.is_none());
            match state.stage {
                Stage::Granted(_) => totals.granted += 1,
                Stage::Cut => totals.cut += 1,
                Stage::Withdrawn => totals.withdrawn += 1,
                Stage::Released | Stage::Declined => totals.without_key += 1,
            }
        }
        let mut suspensions: Vec<Interval> =
            self.all_suspended().map(|one| self.interval(one.notice.by.clone(), one)).collect();
        suspensions.sort_by_key(|one| one.began.leaf);
        Report {
            agreement: self.agreement.clone(),
            party: self.party.clone(),
            origin: history.origin().to_owned(),
            size: self.outcome.size,
            root: self.outcome.root.clone(),
            opened: history.size() - history.opaque(),
            opaque: history.opaque(),
            signatures_checked: self.options.signatures == Signatures::Verify,
            cosigned: self.outcome.cosigned.clone(),
            uncovered_records: self.outcome.uncovered_records,
            version: history.agreement().map(|agreement| agreement.version),
            ended: history.ended(),
            totals,
            suspensions,
            broken: self.outcome.broken.clone(),
            findings: self.findings.clone(),
            findings_total: self.findings_total,
            pairing: None,
        }
    }
}

fn cosigners(size: u64, cosigned: &[Cosignature<'_>]) -> Vec<Cosigner> {
    cosigned.iter().map(|one| Cosigner { by: one.by.name().to_owned(), at: one.at, size }).collect()
}

/// The fault with its causes, on one line.
fn chain(fault: &dyn std::error::Error) -> String {
    let mut text = fault.to_string();
    let mut cause = fault.source();
    while let Some(error) = cause {
        let said = error.to_string();
        if !text.ends_with(&said) {
            text.push_str(": ");
            text.push_str(&said);
        }
        cause = error.source();
    }
    text
}
