//! What an audit says: facts of the log, by leaf, and what is merely claimed kept apart from what a cosigner proves.
//! Codes and numbers only; the sentences are the command line's. Says what was recorded, never what happened outside.

use std::collections::BTreeMap;

use bitacora_ledger::LogFault;
use bitacora_policy::SuspensionScope;
use bitacora_primitives::markings::{AgreementId, ClauseId, PartyCode, Text};
use bitacora_primitives::{Instant, ReleaseId, SuspensionId};
use serde::Serialize;

use super::pairing::Pairing;
use crate::history::Counts;

/// Entries of any one list that are kept; the count beside it is of all.
pub const KEPT: usize = 1_000;

/// The audit of one log directory.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Report {
    pub agreement: AgreementId,
    pub party: PartyCode,
    pub origin: String,
    /// Leaves under the signed checkpoint, and its root in base64.
    pub size: u64,
    pub root: Option<String>,
    /// Leaves whose record was read, and leaves of which only the commitment is held.
    pub opened: u64,
    pub opaque: u64,
    /// Whether signatures of records, officers and receipts were verified. Those of checkpoints always are.
    pub signatures_checked: bool,
    /// Who cosigned the newest checkpoint, and when.
    pub cosigned: Vec<Cosigner>,
    /// Records after the last leaf that the checkpoint covers: nothing vouches for them.
    pub uncovered_records: u64,
    /// The version in force at the end, and the leaf that ended the agreement.
    pub version: Option<u32>,
    pub ended: Option<u64>,
    pub totals: Totals,
    pub suspensions: Vec<Interval>,
    /// Where the files contradict each other or what was signed. The check stops there.
    pub broken: Option<Broken>,
    /// Leaves that break a rule, in order; the first [`KEPT`] of `findings_total`.
    pub findings: Vec<Found>,
    pub findings_total: u64,
    pub pairing: Option<Pairing>,
}

impl Report {
    /// Nothing in the files contradicts the log, its rules or the partner's log.
    pub fn holds(&self) -> bool {
        self.broken.is_none()
            && self.findings_total == 0
            && self.pairing.as_ref().is_none_or(|pairing| pairing.contradictions() == 0)
    }

    /// The first leaf that does not hold.
    pub fn first_bad_leaf(&self) -> Option<u64> {
        let broken = self.broken.as_ref().and_then(|broken| broken.leaf);
        let found = self.findings.first().map(|found| found.leaf);
        broken.into_iter().chain(found).min()
    }

    /// What the log recorded inside a suspension, ours or the partner's as we recorded it.
    pub fn interval(&self, suspension: &SuspensionId) -> Option<&Interval> {
        self.suspensions.iter().find(|one| one.suspension == *suspension)
    }
}

/// How many leaves of each kind were read, and what became of the releases.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize)]
pub struct Totals {
    pub releases: u64,
    pub granted: u64,
    pub cut: u64,
    pub withdrawn: u64,
    /// Released, and neither granted, cut nor withdrawn.
    pub without_key: u64,
    /// Leaves of kind `key_grant`: more than `granted` where a key was given again.
    pub grants: u64,
    /// Pages given to platforms of the partner under a waiver, and the objects in them.
    pub pages: u64,
    pub page_objects: u64,
    /// Releases that a page gave and no receipt of the partner covers.
    pub not_receipted: u64,
    pub receipts: u64,
    pub declined: u64,
    pub held: u64,
    pub refused: u64,
    pub opened_items: u64,
    pub suspensions: u64,
    pub resumptions: u64,
    pub seen: u64,
}

/// A suspension from leaf to leaf.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Interval {
    pub suspension: SuspensionId,
    /// Who stopped; where that is the partner, the leaves are of our record of having seen it.
    pub by: PartyCode,
    pub scope: SuspensionScope,
    pub reason: Text,
    /// As long as what.
    pub condition: Text,
    pub began: Mark,
    pub resumptions: Vec<Resumed>,
    /// The whole suspension's end; none while it is in force.
    pub ended: Option<Mark>,
    /// When the side says that its gate was shut: a claim.
    pub gate_closed_declared: Instant,
    pub counts: Counts,
    pub under_exception: BTreeMap<ClauseId, u64>,
    /// What an exception let through; the first [`KEPT`].
    pub exceptions: Vec<Excepted>,
}

/// A leaf in time: what the side declares, and the earliest time by which someone else vouches that it was there.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Mark {
    pub leaf: u64,
    pub declared: Instant,
    pub proven: Option<Cosigner>,
}

/// A cosigner's line under a checkpoint of so many leaves.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Cosigner {
    pub by: String,
    pub at: Instant,
    pub size: u64,
}

#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Resumed {
    pub mark: Mark,
    pub scope: SuspensionScope,
    /// All of what is left, not a part.
    pub whole: bool,
    pub condition_met: Text,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Excepted {
    pub leaf: u64,
    pub release: ReleaseId,
    pub clause: ClauseId,
}

/// A leaf that breaks a rule.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Found {
    pub leaf: u64,
    pub code: &'static str,
    pub what: String,
}

/// Files that contradict each other or what was signed.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Broken {
    pub leaf: Option<u64>,
    pub file: String,
    pub what: String,
}

impl From<LogFault> for Broken {
    fn from(fault: LogFault) -> Self {
        Self { leaf: fault.leaf, file: fault.path, what: fault.what.to_string() }
    }
}
