//! Two logs held against each other: what one side says it released and what the other says it received. What only one
//! of them recorded is named as claimed by that side; which of the two is right, no log can say.

use bitacora_ledger::Hash;
use bitacora_primitives::markings::PartyCode;
use bitacora_primitives::{ReleaseId, SuspensionId};
use rustc_hash::FxHashMap;
use serde::Serialize;

use super::report::KEPT;
use crate::history::{History, Stage};
use crate::record::Receipt;

/// What a receipt names, kept while two logs are paired.
#[derive(Clone, Copy, Debug)]
pub(super) struct Received {
    leaf: u64,
    of: u64,
    sealed: Hash,
}

pub(super) type Receipts = FxHashMap<ReleaseId, Received>;

pub(super) fn keep(receipts: &mut Receipts, leaf: u64, receipt: &Receipt) {
    receipts.insert(receipt.release, Received { leaf, of: receipt.leaf, sealed: receipt.sealed });
}

/// Both directions, each with releases in one log and receipts in the other.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Pairing {
    pub directions: Vec<Direction>,
    /// Suspensions of either side, and the leaf at which the other recorded having seen them.
    pub informed: Vec<Informed>,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Direction {
    pub from: PartyCode,
    pub to: PartyCode,
    /// Released by the one, receipted by the other, over the same bytes.
    pub paired: u64,
    pub declined: u64,
    /// Released, and the other's log holds neither receipt nor refusal: on its way, cut, withdrawn, or never sent.
    pub released_only: u64,
    pub released_only_first: Vec<Unpaired>,
    /// Receipts of releases that the releasing log does not hold, though all its records are open.
    pub received_only: u64,
    pub received_only_first: Vec<Unpaired>,
    /// Receipts over other bytes or another leaf than the release's.
    pub disagree: u64,
    pub disagree_first: Vec<Unpaired>,
    /// Keys granted for a receipt that the other's log, though longer than the receipt's index, does not hold.
    pub key_without_logged_receipt: u64,
    pub key_without_logged_receipt_first: Vec<Unpaired>,
}

/// A leaf that the other log has no partner for.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
pub struct Unpaired {
    pub release: ReleaseId,
    pub leaf: u64,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Informed {
    pub suspension: SuspensionId,
    pub by: PartyCode,
    pub recorded: u64,
    /// The leaf in the other's log; none where it holds no record of having seen it.
    pub seen: Option<u64>,
}

impl Pairing {
    /// What cannot be explained by one side being behind.
    pub fn contradictions(&self) -> u64 {
        let of = |one: &Direction| one.received_only + one.disagree + one.key_without_logged_receipt;
        self.directions.iter().map(of).sum()
    }
}

pub(super) struct Side<'a> {
    pub(super) history: &'a History,
    pub(super) receipts: &'a Receipts,
}

pub(super) fn pair(one: &Side<'_>, other: &Side<'_>) -> Pairing {
    let mut informed = Vec::new();
    for (by, seer) in [(one, other), (other, one)] {
        informed.extend(by.history.suspensions().values().map(|suspended| Informed {
            suspension: suspended.notice.suspension,
            by: by.history.party().clone(),
            recorded: suspended.leaf,
            seen: seer.history.seen().get(&suspended.notice.suspension).map(|seen| seen.leaf),
        }));
    }
    Pairing { directions: vec![direction(one, other), direction(other, one)], informed }
}

fn direction(from: &Side<'_>, to: &Side<'_>) -> Direction {
    let mut result = Direction {
        from: from.history.party().clone(),
        to: to.history.party().clone(),
        paired: 0,
        declined: 0,
        released_only: 0,
        released_only_first: Vec::new(),
        received_only: 0,
        received_only_first: Vec::new(),
        disagree: 0,
        disagree_first: Vec::new(),
        key_without_logged_receipt: 0,
        key_without_logged_receipt_first: Vec::new(),
    };
    // An opaque leaf may be the one that is missing: a mirror does not convict by what it was not shown.
    let (from_open, to_open) = (from.history.opaque() == 0, to.history.opaque() == 0);
    for (id, state) in from.history.releases() {
        let unpaired = Unpaired { release: *id, leaf: state.leaf };
        match to.receipts.get(id) {
            Some(received) if received.of == state.leaf && received.sealed == state.sealed => {
                result.paired += 1
            }
            Some(_) => note(&mut result.disagree, &mut result.disagree_first, unpaired),
            None if to.history.taken(id).is_some_and(|taken| taken.declined) => result.declined += 1,
            None => {
                note(&mut result.released_only, &mut result.released_only_first, unpaired);
                let logged = state.receipt.is_some_and(|leaf| leaf < to.history.size());
                if to_open && logged && matches!(state.stage, Stage::Granted(_)) {
                    note(
                        &mut result.key_without_logged_receipt,
                        &mut result.key_without_logged_receipt_first,
                        unpaired,
                    );
                }
            }
        }
    }
    if from_open {
        for (id, received) in to.receipts.iter().filter(|(id, _)| !from.history.releases().contains_key(id)) {
            // The releasing log may simply have been copied earlier.
            if received.of < from.history.size() {
                let unpaired = Unpaired { release: *id, leaf: received.leaf };
                note(&mut result.received_only, &mut result.received_only_first, unpaired);
            }
        }
    }
    let lists = [
        &mut result.released_only_first,
        &mut result.received_only_first,
        &mut result.disagree_first,
        &mut result.key_without_logged_receipt_first,
    ];
    for list in lists {
        list.sort_unstable_by_key(|one| one.leaf);
        list.truncate(KEPT);
    }
    result
}

/// Twice the bound is kept until the list is sorted, so that the first stay.
fn note(count: &mut u64, first: &mut Vec<Unpaired>, unpaired: Unpaired) {
    *count += 1;
    first.push(unpaired);
    if first.len() >= 2 * KEPT {
        first.sort_unstable_by_key(|one| one.leaf);
        first.truncate(KEPT);
    }
}
