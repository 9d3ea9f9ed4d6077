//! What a server offered and the node does not take, each object in a file of its own under `DIR/quarantine/taxii/NAME/`, named by its
//! bytes: nothing is lost, and nothing is kept twice however often it comes.

use std::path::{Path, PathBuf};

use bitacora_ledger::{hex, sha256};
use bitacora_primitives::Instant;
use bitacora_taxii::{Object, SpecVersion};
use serde::{Deserialize, Serialize};

use super::state::replace;
use crate::error::NodeError;
use crate::keys::protected_folder;

/// Bytes that one server may fill; beyond them what is refused is only counted.
const MOST_BYTES: u64 = 256 << 20;

/// An object that was not taken.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Held {
    /// Their collection's id.
    pub(super) collection: String,
    pub(super) at: Instant,
    pub(super) id: String,
    /// A code and why.
    pub(super) why: String,
    /// With `version`, of what could be read so far.
    pub(super) spec_version: Option<SpecVersion>,
    pub(super) version: Option<Instant>,
    /// As it came.
    pub(super) text: String,
}

impl Held {
    pub(super) fn of(collection: &str, at: Instant, object: &Object, why: &str) -> Self {
        Self {
            collection: collection.to_owned(),
            at,
            id: object.id.clone(),
            why: why.to_owned(),
            spec_version: Some(object.spec_version),
            version: object.version,
            text: String::from_utf8_lossy(&object.bytes).into_owned(),
        }
    }

    /// To be offered again; `None` for what could not be read.
    pub(super) fn object(&self) -> Option<Object> {
        Some(Object {
            id: self.id.clone(),
            kind: self.id.split("--").next().unwrap_or_default().to_owned(),
            spec_version: self.spec_version?,
            version: self.version,
            bytes: self.text.as_bytes().to_vec(),
        })
    }
}

pub(super) struct Quarantine {
    folder: PathBuf,
    /// Bytes that may still be written.
    left: u64,
}

impl Quarantine {
    pub(super) fn open(data: &Path, name: &str) -> Result<Self, NodeError> {
        let folder = data.join("quarantine").join("taxii").join(name);
        protected_folder(&folder)?;
        let sizes = std::fs::read_dir(&folder).map_err(NodeError::file(&folder, "read"))?;
        let full: u64 = sizes.filter_map(|entry| Some(entry.ok()?.metadata().ok()?.len())).sum();
        Ok(Self { folder, left: MOST_BYTES.saturating_sub(full) })
    }

    fn path(&self, bytes: &[u8]) -> PathBuf {
        self.folder.join(format!("{}.json", hex::encode(&sha256(bytes).0)))
    }

    pub(super) fn has(&self, bytes: &[u8]) -> bool {
        self.path(bytes).exists()
    }

    /// Whether it was new.
    pub(super) fn keep(&mut self, held: &Held) -> Result<bool, NodeError> {
        let path = self.path(held.text.as_bytes());
        if path.exists() {
            return Ok(false);
        }
        let text = serde_json::to_string(held)?;
        let size = text.len() as u64;
        if size > self.left {
            tracing::warn!(folder = %self.folder.display(), id = held.id, "the quarantine is full, an object is only counted");
            return Ok(true);
        }
        self.left -= size;
        replace(&path, text.as_bytes()).map(|()| true)
    }

    /// Those that were refused with a code, in no order.
    pub(super) fn of(&self, code: &str) -> Result<Vec<Held>, NodeError> {
        let entries = std::fs::read_dir(&self.folder).map_err(NodeError::file(&self.folder, "read"))?;
        let read = entries.filter_map(|entry| {
            let held: Held = serde_json::from_slice(&std::fs::read(entry.ok()?.path()).ok()?).ok()?;
            (held.why.split(':').next() == Some(code)).then_some(held)
        });
        Ok(read.collect())
    }

    /// It was taken after all.
    pub(super) fn release(&mut self, held: &Held) -> Result<(), NodeError> {
        let path = self.path(held.text.as_bytes());
        std::fs::remove_file(&path).map_err(NodeError::file(path, "removed"))
    }
}
