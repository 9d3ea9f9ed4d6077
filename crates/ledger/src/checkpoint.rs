//! C2SP tlog-checkpoint: the text that names a log, its size and its root. Signed, it is the log's promise that
//! nothing below that size will change. Never says when: a time is what a witness adds.

use crate::hash::Hash;
use crate::note::{Note, NoteError, Signer, VerifierKey};

/// Why a text is not a checkpoint, or not the expected log's.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum CheckpointError {
    #[error("line {0} of the checkpoint is malformed")]
    Malformed(usize),
    #[error("the checkpoint is of log `{found}`, not of `{expected}`")]
    OtherLog { found: String, expected: String },
    #[error(transparent)]
    Note(#[from] NoteError),
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Checkpoint {
    pub origin: String,
    pub size: u64,
    pub root: Hash,
}

impl Checkpoint {
    pub fn text(&self) -> String {
        format!("{}\n{}\n{}\n", self.origin, self.size, self.root)
    }

    /// Reads a checkpoint's text. Extension lines after the root are passed over, as the specification asks.
    pub fn parse(text: &str) -> Result<Self, CheckpointError> {
        let mut lines = text.strip_suffix('\n').ok_or(CheckpointError::Malformed(3))?.split('\n');
        let origin = lines.next().filter(|line| !line.is_empty()).ok_or(CheckpointError::Malformed(1))?;
        let size = lines.next().and_then(decimal).ok_or(CheckpointError::Malformed(2))?;
        let root = lines.next().and_then(Hash::from_base64).ok_or(CheckpointError::Malformed(3))?;
        if let Some(empty) = lines.position(str::is_empty) {
            return Err(CheckpointError::Malformed(4 + empty));
        }
        Ok(Self { origin: origin.to_owned(), size, root })
    }

    /// The signed note, ready to publish.
    pub fn sign(&self, key: &VerifierKey, signer: &dyn Signer) -> String {
        Note::sign(&self.text(), key, signer).to_string()
    }

    /// Reads a signed note, checks it with `key` and that it is of the log `origin`.
    pub fn verify(note: &str, origin: &str, key: &VerifierKey) -> Result<Self, CheckpointError> {
        Self::open(note.as_bytes(), origin, std::slice::from_ref(key)).map(|(_, checkpoint)| checkpoint)
    }

    /// The same for a log that has had several keys; gives the note too, for its cosignatures.
    pub fn open(note: &[u8], origin: &str, keys: &[VerifierKey]) -> Result<(Note, Self), CheckpointError> {
        let note = Note::parse(note)?;
        let (text, _) = note.verify(keys)?;
        let checkpoint = Self::parse(text)?;
        if checkpoint.origin == origin {
            Ok((note, checkpoint))
        } else {
            Err(CheckpointError::OtherLog { found: checkpoint.origin, expected: origin.to_owned() })
        }
    }
}

/// Decimal without sign or leading zeros.
pub(crate) fn decimal(text: &str) -> Option<u64> {
    let digits = text.bytes().all(|b| b.is_ascii_digit()) && (text == "0" || !text.starts_with('0'));
    if digits { text.parse().ok() } else { None }
}
