//! Where a statement comes from, down to the raw line, and how far it is believed.

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

/// Admiralty grading (STANAG 2511): reliability of the source A-F, credibility of the information 1-6.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Grade {
    pub reliability: Reliability,
    pub credibility: Credibility,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Reliability {
    A,
    B,
    C,
    D,
    E,
    F,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Credibility {
    #[serde(rename = "1")]
    Confirmed,
    #[serde(rename = "2")]
    ProbablyTrue,
    #[serde(rename = "3")]
    PossiblyTrue,
    #[serde(rename = "4")]
    Doubtful,
    #[serde(rename = "5")]
    Improbable,
    #[serde(rename = "6")]
    CannotBeJudged,
}
