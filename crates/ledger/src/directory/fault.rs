//! What can be wrong with a log directory, with the file and the leaf. Never a guess at who did it.

use crate::checkpoint::CheckpointError;
use crate::hash::Hash;
use crate::note::NoteError;

/// The first thing found wrong.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("{}`{path}`: {what}", leaf.map(|leaf| format!("leaf {leaf}, ")).unwrap_or_default())]
pub struct LogFault {
    /// The leaf, or the first of those that the altered bytes stand for; none where the whole log is meant.
    pub leaf: Option<u64>,
    pub path: String,
    pub what: FaultKind,
}

/// What is wrong there.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum FaultKind {
    #[error("the file cannot be read: {0}")]
    Unreadable(String),
    #[error("the file is missing")]
    Missing,
    #[error("the file has more than {0} bytes")]
    TooLong(usize),
    #[error("the checkpoint does not hold: {0}")]
    Checkpoint(CheckpointError),
    #[error("a cosignature does not hold: {0}")]
    Cosignature(NoteError),
    #[error("the kept checkpoint states {stated} leaves")]
    OtherSize { stated: u64 },
    #[error("the kept checkpoint has {kept} leaves, more than the log's {log}")]
    RolledBack { kept: u64, log: u64 },
    #[error("the entry is not a 32-byte commitment")]
    Entry,
    #[error("the entry is not the commitment that record and tile have")]
    OtherEntry,
    #[error("entry and tile disagree on the leaf")]
    LeafHash,
    #[error("the tile is cut short")]
    TileShort,
    #[error("the tile's hash is not that of the leaves below it")]
    NodeHash,
    #[error("the record's line is missing or has no end")]
    NoLine,
    #[error("the file has more lines than leaves")]
    Beyond,
    #[error("the record has more than {0} bytes")]
    RecordTooLong(usize),
    #[error("the record is not what the leaf commits to")]
    Record,
    #[error("the record is not UTF-8")]
    RecordNotText,
    /// Leaves, entries, records and tiles agree with each other but not with what was signed.
    #[error("leaves {from} to {to} do not lead to the signed root {signed}")]
    Root { from: u64, to: u64, signed: Hash },
}
