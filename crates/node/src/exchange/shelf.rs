//! The store as one agreement's side reads and writes it.

use std::sync::Arc;

use bitacora_exchange::shelf::StoredLeaf;
use bitacora_exchange::{Draft, Shelf, ShelfError};
use bitacora_ledger::Hash;
use bitacora_primitives::ReleaseId;
use bitacora_primitives::markings::{AgreementId, PartyCode};
use bitacora_store::{ExchangeStore, KeptCheckpoint, NewRows, StoreError};

#[derive(Clone, Debug)]
pub(crate) struct Shelved {
    pub(crate) store: Arc<ExchangeStore>,
    pub(crate) agreement: AgreementId,
}

impl Shelved {
    /// One transaction, durable when it returns.
    pub(crate) fn keep(&self, draft: Draft) -> Result<(), StoreError> {
        let leaves = draft.leaves.into_iter().map(|leaf| bitacora_store::StoredLeaf {
            party: leaf.log.to_string(),
            index: leaf.index,
            kind: leaf.kind.map(str::to_owned),
            recorded: leaf.at,
            commitment: leaf.commitment.0,
            record: leaf.text,
        });
        let checkpoints = draft.checkpoints.into_iter().map(|kept| KeptCheckpoint {
            party: kept.log.to_string(),
            size: kept.size,
            recorded: kept.at,
            note: kept.note,
        });
        let rows = NewRows {
            leaves: leaves.collect(),
            sealed: draft.sealed,
            offers: draft.offers,
            checkpoints: checkpoints.collect(),
        };
        self.store.keep(self.agreement.as_str(), &rows)
    }
}

fn unread(error: StoreError) -> ShelfError {
    ShelfError(error.to_string())
}

impl Shelf for Shelved {
    fn leaves(&self, log: &PartyCode, from: u64, limit: usize) -> Result<Vec<StoredLeaf>, ShelfError> {
        let leaves = self.store.leaves(self.agreement.as_str(), log.as_str(), from, limit).map_err(unread)?;
        Ok(leaves.into_iter().map(|leaf| (Hash(leaf.commitment), leaf.record)).collect())
    }
    fn sealed(&self, release: &ReleaseId) -> Result<Option<Vec<u8>>, ShelfError> {
        self.store.sealed(*release).map_err(unread)
    }
    fn newest_checkpoint(&self, log: &PartyCode) -> Result<Option<String>, ShelfError> {
        let kept = self.store.newest_checkpoint(self.agreement.as_str(), log.as_str()).map_err(unread)?;
        Ok(kept.map(|kept| kept.note))
    }
    fn offer(&self, release: &ReleaseId) -> Result<Option<String>, ShelfError> {
        self.store.offer(*release).map_err(unread)
    }
}
