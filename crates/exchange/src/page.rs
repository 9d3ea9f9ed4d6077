//! Pages for the partner's platforms, under a clause that waives receipts. What a page holds, by whose decision, is one
//! leaf; the bytes are a [`Sheet`], which this crate alone makes and the gate stands before. There is no key here: what a
//! platform was given is not receipted, and the log says so.

use std::sync::Arc;

use bitacora_ledger::Hash;
use bitacora_policy::Reason;
use bitacora_primitives::ReleaseId;
use bitacora_primitives::markings::{ClauseId, PartyCode};
use serde::{Deserialize, Serialize};

use crate::gate::{Gate, Shut};
use crate::tags::Tags;

/// Objects that one page may hold: its leaf names each, and a leaf stays small.
pub const MOST_OBJECTS: usize = 256;
/// Releases whose objects one page may hold.
pub const MOST_RELEASES: usize = 128;

/// The record of a page.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Page {
    /// Whose platform it is.
    pub to: PartyCode,
    /// The platform, by the name that we let it in under.
    pub platform: String,
    pub collection: String,
    pub content: Content,
    pub version: u32,
    /// The leaf of this log that changed last what is decided: an agreement, a suspension or a resumption. Decisions are
    /// made anew in each epoch.
    pub epoch: u64,
    pub policy_set: String,
    /// The clause that waives the receipt.
    pub waiver: ClauseId,
    /// One for all releases with equal attributes.
    pub decisions: Vec<PageDecision>,
    /// SHA-256 of the objects, in the order of the page.
    pub objects: Vec<ObjectHash>,
}

/// What a page says of its objects.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Content {
    /// The objects themselves.
    Objects,
    /// Their ids and versions alone.
    Manifest,
}

/// A decision, and the releases that it is about.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PageDecision {
    pub tags: Tags,
    pub reasons: Vec<Reason>,
    pub releases: Vec<ReleaseId>,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ObjectHash(#[serde(with = "crate::record::hash_hex")] pub Hash);

/// A page that may go to the partner's platform: its leaf is in the log. Its fields are private, and no other crate can
/// make one.
///
/// ```compile_fail,E0451
/// fn page_around_the_log(gate: std::sync::Arc<bitacora_exchange::Gate>) -> bitacora_exchange::Sheet {
///     bitacora_exchange::Sheet { leaf: 0, objects: Vec::new(), items: [].into(), gate }
/// }
/// ```
#[derive(Clone)]
pub struct Sheet {
    leaf: u64,
    objects: Vec<Vec<u8>>,
    items: Arc<[Tags]>,
    gate: Arc<Gate>,
}

impl std::fmt::Debug for Sheet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sheet").field("leaf", &self.leaf).finish_non_exhaustive()
    }
}

impl Sheet {
    pub(crate) fn new(leaf: u64, objects: Vec<Vec<u8>>, items: Vec<Tags>, gate: Arc<Gate>) -> Self {
        Self { leaf, objects, items: items.into(), gate }
    }
    /// The leaf that records it. The sheet may be written once that leaf is durable.
    pub const fn leaf(&self) -> u64 {
        self.leaf
    }
    /// The objects as they were asked for, in the order of the page.
    pub fn objects(&self) -> &[Vec<u8>] {
        &self.objects
    }
    /// Runs `write`, which hands one piece of the page to the connection, under a pass of the gate. Where a suspension
    /// covers anything in the page, nothing is handed over.
    // INVARIANT: no piece of a suspended scope is handed over after the suspension returned.
    pub fn pass<T>(&self, write: impl FnOnce() -> T) -> Result<T, Shut> {
        let _pass = self.gate.pass(self.items.iter())?;
        Ok(write())
    }
}
