//! C2SP tlog-proof: one file that shows that a leaf is in a log, and by its cosignatures since when at the latest. To be
//! checked with public keys alone. Never holds the leaf itself, nor trusts its own extra data.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::checkpoint::{Checkpoint, CheckpointError, decimal};
use crate::hash::Hash;
use crate::note::{Note, VerifierKey};
use crate::proof::{ProofError, verify_inclusion};

const HEADER: &str = "c2sp.org/tlog-proof@v1";
const MAX_FILE_BYTES: usize = 1_100_000;
const MAX_EXTRA_BYTES: usize = 64 * 1024;
/// A tree of 2^64 leaves has no longer path.
const MAX_PATH: usize = 64;

/// Why a text is not a proof file, or does not prove the leaf.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum ProofFileError {
    #[error("line {0} of the proof file is malformed")]
    Malformed(usize),
    #[error("the proof file has {0} bytes, more than 1100000")]
    TooLong(usize),
    #[error("the checkpoint of the proof file does not hold")]
    Checkpoint(#[source] CheckpointError),
    #[error("the leaf is not shown to be in the log")]
    Proof(#[source] ProofError),
}

/// An inclusion proof with the checkpoint it leads to. Nothing is proven until [`ProofFile::verify`].
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ProofFile {
    /// Not authenticated by anything.
    pub extra: Option<Vec<u8>>,
    pub index: u64,
    /// From the leaf's sibling up to the root's child.
    pub path: Vec<Hash>,
    /// The whole signed checkpoint.
    pub checkpoint: String,
}

impl ProofFile {
    /// Checks that the leaf with this hash stands at the stated index of the log `origin`. Gives the note for its
    /// cosignatures, and the checkpoint.
    pub fn verify(
        &self,
        leaf: &Hash,
        origin: &str,
        keys: &[VerifierKey],
    ) -> Result<(Note, Checkpoint), ProofFileError> {
        let (note, checkpoint) =
            Checkpoint::open(self.checkpoint.as_bytes(), origin, keys).map_err(ProofFileError::Checkpoint)?;
        verify_inclusion(leaf, self.index, checkpoint.size, &self.path, &checkpoint.root)
            .map_err(ProofFileError::Proof)?;
        Ok((note, checkpoint))
    }

    pub fn parse(bytes: &[u8]) -> Result<Self, ProofFileError> {
        if bytes.len() > MAX_FILE_BYTES {
            return Err(ProofFileError::TooLong(bytes.len()));
        }
        let text = std::str::from_utf8(bytes).map_err(|_| ProofFileError::Malformed(1))?;
        let (head, checkpoint) = text.split_once("\n\n").ok_or(ProofFileError::Malformed(1))?;
        let mut lines = (1..).zip(head.split('\n')).peekable();
        lines.next().filter(|(_, line)| *line == HEADER).ok_or(ProofFileError::Malformed(1))?;
        let extra = match lines.peek().and_then(|(_, line)| line.strip_prefix("extra ")) {
            None => None,
            Some(encoded) => {
                lines.next();
                let extra = STANDARD.decode(encoded).ok().filter(|extra| extra.len() <= MAX_EXTRA_BYTES);
                Some(extra.ok_or(ProofFileError::Malformed(2))?)
            }
        };
        let index = lines.next().and_then(|(_, line)| line.strip_prefix("index ")).and_then(decimal);
        let index = index.ok_or(ProofFileError::Malformed(2 + usize::from(extra.is_some())))?;
        let mut path = Vec::new();
        for (number, line) in lines {
            let hash = Hash::from_base64(line).filter(|_| path.len() < MAX_PATH);
            path.push(hash.ok_or(ProofFileError::Malformed(number))?);
        }
        Ok(Self { extra, index, path, checkpoint: checkpoint.to_owned() })
    }
}

impl fmt::Display for ProofFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{HEADER}")?;
        if let Some(extra) = &self.extra {
            writeln!(f, "extra {}", STANDARD.encode(extra))?;
        }
        writeln!(f, "index {}", self.index)?;
        self.path.iter().try_for_each(|hash| writeln!(f, "{hash}"))?;
        write!(f, "\n{}", self.checkpoint)
    }
}
