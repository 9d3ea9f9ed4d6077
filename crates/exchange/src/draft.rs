//! What a step of a side wants kept: everything in it is stored in one transaction, durable before anything about it
//! leaves the node.

use bitacora_ledger::Hash;
use bitacora_primitives::markings::PartyCode;
use bitacora_primitives::{Instant, ReleaseId};

#[derive(Clone, PartialEq, Debug, Default)]
pub struct Draft {
    pub leaves: Vec<DraftLeaf>,
    /// Ciphertexts, ours and the partner's.
    pub sealed: Vec<(ReleaseId, Vec<u8>)>,
    /// The whole offers behind our releases, to be decided again if they are cut.
    pub offers: Vec<(ReleaseId, String)>,
    /// Signed checkpoints with their cosignatures.
    pub checkpoints: Vec<DraftCheckpoint>,
}

/// A leaf of our log or of the partner's.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DraftLeaf {
    pub log: PartyCode,
    pub index: u64,
    pub commitment: Hash,
    /// `None` where the partner opened only the commitment to us.
    pub text: Option<String>,
    pub kind: Option<&'static str>,
    pub at: Instant,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DraftCheckpoint {
    pub log: PartyCode,
    pub size: u64,
    pub note: String,
    pub at: Instant,
}

impl Draft {
    pub fn is_empty(&self) -> bool {
        self.leaves.is_empty()
            && self.sealed.is_empty()
            && self.offers.is_empty()
            && self.checkpoints.is_empty()
    }
}
