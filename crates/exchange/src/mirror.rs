//! A copy of another's log that checks before it takes: leaves in order, each batch under a checkpoint that the log's
//! key signed and that continues what is held. Never takes back a leaf.

use bitacora_ledger::{
    Checkpoint, CheckpointError, CosignerKey, ForkProof, Hash, Note, Signer, Tree, VerifierKey, leaf_hash,
};
use bitacora_primitives::Instant;

use crate::wire::{Entries, LeafOut};

/// Why leaves are not taken.
#[derive(Debug, thiserror::Error)]
pub enum MirrorError {
    #[error("the leaves start at {from}, {have} are held: {missing} are missing between")]
    Gap { from: u64, have: u64, missing: u64 },
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    #[error("the checkpoint is of {stated} leaves, the batch ends at {end}")]
    OtherSize { stated: u64, end: u64 },
    #[error("leaf {0} is not the one that was sent before")]
    OtherLeaf(u64),
    #[error("the record of leaf {0} is not the one committed to")]
    OtherRecord(u64),
    /// The log shows two histories: the proof convinces anyone with its public key. It is the caller's to keep.
    #[error("the log signed two histories of {size} leaves")]
    Fork { size: u64, proof: Box<ForkProof> },
    #[error("the checkpoint could not be cosigned")]
    Cosign(#[from] bitacora_ledger::CosignError),
}

#[derive(Debug)]
pub struct Mirror {
    origin: String,
    key: VerifierKey,
    tree: Tree,
    /// The newest checkpoint, with the log's signature and our cosignature.
    newest: Option<String>,
}

/// Leaves that were new, and the checkpoint that covers them, cosigned. Store both before telling anyone.
#[derive(Clone, PartialEq, Debug)]
pub struct Taken {
    pub from: u64,
    pub leaves: Vec<LeafOut>,
    /// Leaves under the checkpoint: fewer than are held, where a batch was sent again.
    pub size: u64,
    pub checkpoint: String,
}

impl Mirror {
    /// A mirror with the leaves and the newest cosigned checkpoint that were stored.
    pub fn new(key: VerifierKey, leaves: impl IntoIterator<Item = Hash>, newest: Option<String>) -> Self {
        Self { origin: key.name().to_owned(), key, tree: Tree::from_leaf_hashes(leaves), newest }
    }

    pub fn size(&self) -> u64 {
        self.tree.size()
    }
    pub const fn tree(&self) -> &Tree {
        &self.tree
    }
    pub fn newest(&self) -> Option<&str> {
        self.newest.as_deref()
    }

    /// Takes what is new of a batch. Leaves that are held already must be the same; the root after the batch must be
    /// the one that the log signed.
    pub fn take(
        &mut self,
        entries: &Entries,
        cosigner: &CosignerKey,
        signer: &dyn Signer,
        now: Instant,
    ) -> Result<Taken, MirrorError> {
        let have = self.size();
        let from = entries.from;
        if from > have {
            return Err(MirrorError::Gap { from, have, missing: from - have });
        }
        let end = from.saturating_add(entries.leaves.len() as u64);
        let checkpoint = Checkpoint::verify(&entries.checkpoint, &self.origin, &self.key)?;
        if checkpoint.size != end {
            return Err(MirrorError::OtherSize { stated: checkpoint.size, end });
        }
        let mut fresh = Vec::new();
        let mut taken = Vec::new();
        for (index, leaf) in (from..).zip(&entries.leaves) {
            if leaf
                .record
                .as_ref()
                .is_some_and(|text| bitacora_ledger::sha256(text.as_bytes()) != leaf.commitment)
            {
                return Err(MirrorError::OtherRecord(index));
            }
            let hash = leaf_hash(&leaf.commitment.0);
            match self.tree.leaf(index) {
                Some(held) if held != hash => return Err(self.disagrees(index, &checkpoint, entries)),
                Some(_) => {}
                None => {
                    fresh.push(hash);
                    taken.push(leaf.clone());
                }
            }
        }
        let root = if fresh.is_empty() { self.tree.root_at(end) } else { Some(self.tree.root_with(&fresh)) };
        if root != Some(checkpoint.root) {
            return Err(self.disagrees(end, &checkpoint, entries));
        }
        let mut note = Note::parse(entries.checkpoint.as_bytes()).map_err(CheckpointError::Note)?;
        let line = cosigner.cosign(note.unverified_text(), now, signer)?;
        note.add(line).map_err(CheckpointError::Note)?;
        let note = note.to_string();
        for hash in fresh {
            self.tree.push(hash);
        }
        if end >= have {
            self.newest = Some(note.clone());
        }
        Ok(Taken { from: have, leaves: taken, size: end, checkpoint: note })
    }

    /// Holds another copy's checkpoint of this log against ours.
    pub fn compare(&self, note: &str) -> Result<(), MirrorError> {
        let shown = Checkpoint::verify(note, &self.origin, &self.key)?;
        match self.tree.root_at(shown.size) {
            Some(root) if root != shown.root => Err(self.fork(&shown, note, &self.tree, shown.size)),
            // What we do not hold yet cannot be judged yet.
            _ => Ok(()),
        }
    }

    /// Leaves that lead to the checkpoint sent with them are a history that the log signed: held against the one that we
    /// hold, it convicts the log. Leaves that do not are merely wrong.
    fn disagrees(&self, leaf: u64, shown: &Checkpoint, entries: &Entries) -> MirrorError {
        let before = (0..entries.from).filter_map(|index| self.tree.leaf(index));
        let sent = entries.leaves.iter().map(|leaf| leaf_hash(&leaf.commitment.0));
        let other = Tree::from_leaf_hashes(before.chain(sent));
        if self.tree.root_at(shown.size).is_some() {
            return self.fork(shown, &entries.checkpoint, &self.tree, leaf);
        }
        self.fork(shown, &entries.checkpoint, &other, leaf)
    }

    /// `tree` holds the leaves of the larger of the two checkpoints.
    fn fork(&self, shown: &Checkpoint, note: &str, tree: &Tree, leaf: u64) -> MirrorError {
        let held = self.newest.as_deref().and_then(|held| {
            let checkpoint = Checkpoint::verify(held, &self.origin, &self.key).ok()?;
            ForkProof::from_tree((shown, note), (&checkpoint, held), tree)
        });
        held.map_or(MirrorError::OtherLeaf(leaf), |proof| MirrorError::Fork {
            size: shown.size,
            proof: Box::new(proof),
        })
    }
}
