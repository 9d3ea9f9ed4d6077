//! Proof that a log signed two histories: two whole signed checkpoints that cannot both be, and, where their sizes
//! differ, the hashes that tie the newer root to another beginning. Anyone with the log's public key can check it;
//! nothing in it needs to be believed. Never says which of the two histories is the true one.

use std::fmt::{self, Write as _};

use crate::checkpoint::{Checkpoint, CheckpointError, decimal};
use crate::hash::Hash;
use crate::note::VerifierKey;
use crate::proof::{ProofError, verify_consistency};
use crate::tree::Tree;

const HEADER: &str = "bitacora/fork-proof@v1";
/// The bound of one note, twice, and the lines above them.
const MAX_FILE_BYTES: usize = 2_010_000;
/// A tree of 2^64 leaves has no longer proof.
const MAX_PATH: usize = 64;

/// Why a text is not a fork proof, or proves nothing.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum ForkError {
    #[error("line {0} of the fork proof is malformed")]
    Malformed(usize),
    #[error("the fork proof has {0} bytes, more than 2010000")]
    TooLong(usize),
    #[error("the {which} checkpoint of the fork proof does not hold")]
    Checkpoint {
        which: &'static str,
        #[source]
        source: CheckpointError,
    },
    #[error("the older checkpoint has {older} leaves, the newer {newer}")]
    SizesReversed { older: u64, newer: u64 },
    #[error("the two checkpoints agree at {0} leaves")]
    Agree(u64),
    #[error("the fork proof lacks the hashes that two sizes need, or has them for one size")]
    Evidence,
    #[error("the newer checkpoint does not lead to the stated beginning")]
    Proof(#[source] ProofError),
}

/// The two signed checkpoints, and the evidence for two sizes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ForkProof {
    older: String,
    newer: String,
    prefix: Option<Prefix>,
}

/// What the first leaves under the newer root hash to, and the consistency proof that shows it.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Prefix {
    root: Hash,
    path: Vec<Hash>,
}

/// A fork that holds: both checkpoints carry the log's own signature.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fork {
    pub older: Checkpoint,
    pub newer: Checkpoint,
    /// The root of the first `older.size` leaves under the newer checkpoint; not `older.root`.
    pub other_root: Hash,
}

impl ForkProof {
    /// Two signed checkpoints of one size and two roots.
    pub fn of_one_size(one: &str, other: &str) -> Self {
        Self { older: one.to_owned(), newer: other.to_owned(), prefix: None }
    }

    /// Two signed checkpoints of two sizes; `path` shows that the newer root begins with `other_root`, which is not the
    /// older checkpoint's.
    pub fn of_two_sizes(older: &str, newer: &str, other_root: Hash, path: Vec<Hash>) -> Self {
        let prefix = Some(Prefix { root: other_root, path });
        Self { older: older.to_owned(), newer: newer.to_owned(), prefix }
    }

    /// What a mirror can say that holds the leaves under the larger of two signed checkpoints: proof of the fork, or
    /// `None` where the two agree, or where `tree` is not the tree of the larger.
    pub fn from_tree(one: (&Checkpoint, &str), other: (&Checkpoint, &str), tree: &Tree) -> Option<Self> {
        let ((older, older_note), (newer, newer_note)) =
            if one.0.size <= other.0.size { (one, other) } else { (other, one) };
        if older.size == newer.size {
            return (older.root != newer.root).then(|| Self::of_one_size(older_note, newer_note));
        }
        let begins = tree.root_at(older.size)?;
        if older.size == 0 || tree.root_at(newer.size)? != newer.root || begins == older.root {
            return None;
        }
        let path = tree.consistency(older.size, newer.size)?;
        Some(Self::of_two_sizes(older_note, newer_note, begins, path))
    }

    /// The whole signed checkpoints, older first.
    pub fn notes(&self) -> (&str, &str) {
        (&self.older, &self.newer)
    }

    /// Whether this is a fork of the log `origin`, by the public keys it has signed with.
    pub fn verify(&self, origin: &str, keys: &[VerifierKey]) -> Result<Fork, ForkError> {
        let open = |which, note: &str| {
            let opened = Checkpoint::open(note.as_bytes(), origin, keys);
            opened.map(|(_, checkpoint)| checkpoint).map_err(|source| ForkError::Checkpoint { which, source })
        };
        let (older, newer) = (open("older", &self.older)?, open("newer", &self.newer)?);
        if older.size > newer.size {
            return Err(ForkError::SizesReversed { older: older.size, newer: newer.size });
        }
        let other_root = match &self.prefix {
            None if older.size == newer.size => newer.root,
            Some(Prefix { root, path }) if older.size > 0 && older.size < newer.size => {
                verify_consistency(older.size, newer.size, root, &newer.root, path)
                    .map_err(ForkError::Proof)?;
                *root
            }
            _ => return Err(ForkError::Evidence),
        };
        if other_root == older.root {
            return Err(ForkError::Agree(older.size));
        }
        Ok(Fork { older, newer, other_root })
    }

    /// Reads the text form; nothing is proven until [`ForkProof::verify`].
    pub fn parse(bytes: &[u8]) -> Result<Self, ForkError> {
        if bytes.len() > MAX_FILE_BYTES {
            return Err(ForkError::TooLong(bytes.len()));
        }
        let text = std::str::from_utf8(bytes).map_err(|_| ForkError::Malformed(1))?;
        let (head, notes) = text.split_once("\n\n").ok_or(ForkError::Malformed(1))?;
        let mut lines = head.split('\n');
        lines.next().filter(|line| *line == HEADER).ok_or(ForkError::Malformed(1))?;
        let mut length = |name: &str, number| {
            let value = lines.next().and_then(|line| line.strip_prefix(name)).and_then(decimal);
            value.and_then(|value| usize::try_from(value).ok()).ok_or(ForkError::Malformed(number))
        };
        let (older, newer) = (length("older ", 2)?, length("newer ", 3)?);
        let prefix = match lines.next() {
            None => None,
            Some(line) => {
                let root = line.strip_prefix("prefix ").and_then(Hash::from_base64);
                let root = root.ok_or(ForkError::Malformed(4))?;
                let mut path = Vec::new();
                for (number, line) in (5..).zip(lines) {
                    let hash = Hash::from_base64(line).filter(|_| path.len() < MAX_PATH);
                    path.push(hash.ok_or(ForkError::Malformed(number))?);
                }
                Some(Prefix { root, path })
            }
        };
        let (first, second) = notes.split_at_checked(older).ok_or(ForkError::Malformed(2))?;
        if second.len() != newer {
            return Err(ForkError::Malformed(3));
        }
        Ok(Self { older: first.to_owned(), newer: second.to_owned(), prefix })
    }
}

impl fmt::Display for ForkProof {
    /// A header with the length of each note in bytes, the hashes, a blank line, and the two notes as they were signed.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{HEADER}\nolder {}\nnewer {}", self.older.len(), self.newer.len())?;
        if let Some(Prefix { root, path }) = &self.prefix {
            writeln!(f, "prefix {root}")?;
            path.iter().try_for_each(|hash| writeln!(f, "{hash}"))?;
        }
        f.write_char('\n')?;
        f.write_str(&self.older)?;
        f.write_str(&self.newer)
    }
}
