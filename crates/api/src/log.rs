//! The node's tamper-evident log as this crate uses it: making signed leaves, and serving heads and proofs.

use std::sync::{Mutex, PoisonError};

use bitacora_ledger::{Checkpoint, Hash, LeafRecord, Salt, Tree, hex, record_hash};
use bitacora_primitives::{Instant, Officer};
use bitacora_store::{CheckpointRow, Leaf, Store};
use serde_json::{Value, json};

use crate::error::ApiError;
use crate::shapes::{InclusionProof, LogHead};
use crate::state::{AppState, Keys};

/// The tree over all stored leaves, brought up to date on each use; the store is the truth.
#[derive(Debug, Default)]
pub(crate) struct Log {
    tree: Mutex<Tree>,
}

/// A leaf for an officer's act: salted, canonical, signed with the officer's key.
pub fn signed_leaf(
    keys: &dyn Keys,
    officer: &Officer,
    kind: &str,
    recorded: Instant,
    body: Value,
) -> Result<Leaf, ApiError> {
    let body = json!({ "officer_name": officer.name, "role": officer.role, "act": body });
    let mut record = salted(keys, kind, recorded, body)?;
    record.officer = Some(officer.id);
    let signature = keys.sign_as(officer.id, &record.signed_bytes()?)?;
    record.signature = Some(hex::encode(&signature));
    leaf(record)
}

/// A leaf that the node writes of itself, such as the hash of a draw; the log's checkpoint signs for it.
pub fn machine_leaf(keys: &dyn Keys, kind: &str, recorded: Instant, body: Value) -> Result<Leaf, ApiError> {
    leaf(salted(keys, kind, recorded, body)?)
}

fn salted(keys: &dyn Keys, kind: &str, recorded: Instant, body: Value) -> Result<LeafRecord, ApiError> {
    let mut salt = [0; 16];
    for (to, from) in salt.iter_mut().zip(keys.random()?) {
        *to = from;
    }
    let (kind, salt) = (kind.to_owned(), Salt(salt));
    Ok(LeafRecord { kind, recorded, salt, officer: None, body, signature: None })
}

fn leaf(record: LeafRecord) -> Result<Leaf, ApiError> {
    let text = record.canonical()?;
    let hash = record_hash(&text);
    Ok(Leaf { kind: record.kind, recorded: record.recorded, record: text, hash: hash.0 })
}

impl Log {
    fn with_tree<T>(&self, store: &Store, read: impl FnOnce(&Tree) -> T) -> Result<T, ApiError> {
        let mut tree = self.tree.lock().unwrap_or_else(PoisonError::into_inner);
        for hash in store.leaf_hashes(tree.size())? {
            tree.push(Hash(hash));
        }
        Ok(read(&tree))
    }

    /// The newest head, signed and stored when it is new.
    pub(crate) fn head(&self, state: &AppState) -> Result<LogHead, ApiError> {
        let (size, root) = self.with_tree(&state.store, |tree| (tree.size(), tree.root()))?;
        let key = state.keys.log_key();
        let stored = state.store.latest_checkpoint()?.filter(|row| row.size == size);
        let note = match stored {
            Some(row) => row.note,
            None => {
                let checkpoint = Checkpoint { origin: key.name().to_owned(), size, root };
                let signature = state.keys.sign_log(checkpoint.text().as_bytes())?;
                let note = checkpoint.sign(&key, &move |_: &[u8]| signature);
                state.store.store_checkpoint(&CheckpointRow {
                    size,
                    recorded: (state.now)(),
                    note: note.clone(),
                })?;
                note
            }
        };
        Ok(LogHead {
            origin: key.name().to_owned(),
            size,
            root: root.hex(),
            checkpoint: note,
            public_key: key.to_string(),
        })
    }

    /// The path from a leaf to the root of `size` leaves.
    pub(crate) fn proof(
        &self,
        state: &AppState,
        index: u64,
        size: u64,
    ) -> Result<Option<InclusionProof>, ApiError> {
        self.with_tree(&state.store, |tree| {
            let path = tree.inclusion(index, size)?;
            let root = tree.root_at(size)?;
            Some(InclusionProof { size, root: root.hex(), path: path.iter().map(Hash::hex).collect() })
        })
    }
}

/// A leaf the node writes about an officer before a session exists, such as a sign-in: salted, unsigned.
pub(crate) fn node_leaf(
    officer: &bitacora_store::Officer,
    random: [u8; 32],
    recorded: Instant,
) -> Result<Leaf, ApiError> {
    let mut salt = [0; 16];
    for (to, from) in salt.iter_mut().zip(random) {
        *to = from;
    }
    let record = LeafRecord {
        kind: "sign_in".to_owned(),
        recorded,
        salt: Salt(salt),
        officer: Some(officer.id),
        body: json!({ "officer_name": officer.name, "role": officer.role, "act": "signed_in" }),
        signature: None,
    };
    Ok(Leaf { kind: record.kind.clone(), recorded, record: record.canonical()?, hash: record.hash()?.0 })
}
