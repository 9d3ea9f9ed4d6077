//! A log that publishes itself file by file, the way a node does: entries, tiles and records first, the checkpoint last.

use std::collections::BTreeMap;

use bitacora_ledger::{
    Checkpoint, CosignerKey, Hash, LogKeys, Note, TileKind, Tree, VerifierKey, entries_bytes,
    kept_checkpoint_path, leaf_hash, records_path, sha256, tile_bytes, tiles_to_write,
};
use bitacora_primitives::Instant;
use ed25519_dalek::{Signer as _, SigningKey};

pub const ORIGIN: &str = "bitacora/CO-US-MAR/CO";

pub struct Log {
    pub files: BTreeMap<String, Vec<u8>>,
    pub commitments: Vec<Hash>,
    pub tree: Tree,
    pub log_key: VerifierKey,
    pub witness_key: CosignerKey,
    log_secret: SigningKey,
    witness_secret: SigningKey,
}

/// Not a log record: the check looks at bytes, not at what they say.
pub fn record(index: u64) -> String {
    format!("{{\"n\":{index},\"s\":\"{:x}\"}}", index.wrapping_mul(0x9E37_79B9_7F4A_7C15))
}

impl Log {
    pub fn new() -> Self {
        let (log_secret, witness_secret) =
            (SigningKey::from_bytes(&[1; 32]), SigningKey::from_bytes(&[2; 32]));
        let mut log = Self {
            files: BTreeMap::new(),
            commitments: Vec::new(),
            tree: Tree::new(),
            log_key: VerifierKey::new(ORIGIN, log_secret.verifying_key().to_bytes()).unwrap(),
            witness_key: CosignerKey::new("US", witness_secret.verifying_key().to_bytes()).unwrap(),
            log_secret,
            witness_secret,
        };
        log.publish(0, |_| true);
        log
    }

    pub fn keys(&self) -> LogKeys<'_> {
        LogKeys {
            origin: ORIGIN,
            log: std::slice::from_ref(&self.log_key),
            cosigners: std::slice::from_ref(&self.witness_key),
        }
    }

    /// Appends so many leaves and writes what a publisher must, no more. `opened` says whose record is shown.
    pub fn publish(&mut self, leaves: u64, opened: impl Fn(u64) -> bool) {
        let old = self.tree.size();
        for index in old..old + leaves {
            let record = record(index);
            let commitment = sha256(record.as_bytes());
            self.commitments.push(commitment);
            self.tree.push(leaf_hash(&commitment.0));
            let lines = self.files.entry(records_path(index / 256)).or_default();
            if opened(index) {
                lines.extend_from_slice(record.as_bytes());
            }
            lines.push(b'\n');
        }
        for tile in tiles_to_write(old, self.tree.size()) {
            let bytes = match tile.kind {
                TileKind::Hashes(level) => tile_bytes(&self.tree, level, tile.index, tile.width).unwrap(),
                TileKind::Entries => {
                    let first = tile.index as usize * 256;
                    let entries: Vec<[u8; 32]> = self.commitments[first..first + usize::from(tile.width)]
                        .iter()
                        .map(|hash| hash.0)
                        .collect();
                    entries_bytes(&entries).unwrap()
                }
            };
            self.files.insert(tile.path(), bytes);
        }
        let note = self.checkpoint(self.tree.size(), self.tree.root());
        self.files.insert(kept_checkpoint_path(self.tree.size()), note.clone().into_bytes());
        self.files.insert("checkpoint".to_owned(), note.into_bytes());
    }

    /// A checkpoint of any size and root, signed by the log and cosigned an hour later for each leaf.
    pub fn checkpoint(&self, size: u64, root: Hash) -> String {
        let checkpoint = Checkpoint { origin: ORIGIN.to_owned(), size, root };
        let signed = checkpoint.sign(&self.log_key, &|text: &[u8]| self.log_secret.sign(text).to_bytes());
        let mut note = Note::parse(signed.as_bytes()).unwrap();
        let now = Instant::from_secs(1_763_000_000 + size as i64 * 3600);
        let line = self
            .witness_key
            .cosign(note.unverified_text(), now, &|text: &[u8]| self.witness_secret.sign(text).to_bytes());
        note.add(line.unwrap()).unwrap();
        note.to_string()
    }
}
