//! What a side can do with its keys, without showing them: the node holds them. Also its randomness.

use std::sync::Arc;

use bitacora_ledger::{Signer, VerifierKey};
use bitacora_primitives::ReleaseId;

/// A key or randomness cannot be had now: what needed it does not happen.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{what}` cannot be used: {why}")]
pub struct NoSecret {
    pub what: &'static str,
    pub why: String,
}

/// One side's keys for one agreement. Each key does one thing.
pub trait Secrets: Send + Sync {
    /// Signs records (DSSE). A log that was rotated names which of our record keys is in use.
    fn record(&self, key: &VerifierKey) -> Result<Arc<dyn Signer>, NoSecret>;
    /// Signs checkpoints of our log.
    fn log(&self) -> &dyn Signer;
    /// Cosigns checkpoints of the other's log.
    fn cosigner(&self) -> &dyn Signer;
    /// The key of one item: from a secret of its month, so that destroying that secret ends all its items.
    fn item_key(&self, release: &ReleaseId, month: &str) -> Result<[u8; 32], NoSecret>;
    /// The private half of our seal key.
    fn seal_secret(&self) -> [u8; 32];
    /// 32 fresh random bytes.
    fn entropy(&self) -> Result<[u8; 32], NoSecret>;
}
