//! What a side reads back from the node's store: leaves, sealed items, and offers to be decided again. Reading only:
//! what is written goes out as a [`crate::Draft`], in one transaction.

use bitacora_ledger::Hash;
use bitacora_primitives::ReleaseId;
use bitacora_primitives::markings::PartyCode;

/// The store could not be read; the text is for the log.
#[derive(Clone, Debug, thiserror::Error)]
#[error("the store does not answer: {0}")]
pub struct ShelfError(pub String);

/// A leaf as stored: its commitment, and its text where it is opened to us.
pub type StoredLeaf = (Hash, Option<String>);

pub trait Shelf {
    /// Leaves of a party's log in order, at most `limit`.
    fn leaves(&self, log: &PartyCode, from: u64, limit: usize) -> Result<Vec<StoredLeaf>, ShelfError>;
    /// The ciphertext of an item, ours or the partner's.
    fn sealed(&self, release: &ReleaseId) -> Result<Option<Vec<u8>>, ShelfError>;
    /// The newest checkpoint of a party's log that is kept, with its signatures.
    fn newest_checkpoint(&self, log: &PartyCode) -> Result<Option<String>, ShelfError>;
    /// The offer behind one of our releases, canonical JSON.
    fn offer(&self, release: &ReleaseId) -> Result<Option<String>, ShelfError>;
}
