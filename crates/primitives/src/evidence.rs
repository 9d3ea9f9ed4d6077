//! Where a statement comes from, down to the raw line.

use serde::{Deserialize, Serialize};

use crate::SourceId;

/// One raw line of one source. For a multi-fragment message it is the line of the last fragment.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub struct EvidenceRef {
    pub source: SourceId,
    /// Line number, from 1. For Parquet input, the row number.
    pub line: u64,
    /// Byte offset of the line's first byte in the source's stored form; `None` where it has no lines.
    pub offset: Option<u64>,
}
