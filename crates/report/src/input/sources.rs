//! Where each number was read, and how a reader verifies the whole. References are shown as text: a printed report
//! opens nothing outside itself.

use serde::{Deserialize, Serialize};

use super::Texts;

/// What stands behind a source entry.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// A row of a file; the row counts lines, its heading being 1.
    Row { sha256: String, row: u64 },
    /// Bytes `from..to` of a document.
    Span { sha256: String, from: u64, to: u64 },
    /// Named by whoever recorded it; no file and no document of it is kept.
    Named,
    /// Worked out from other entries, by a rule that can be done again.
    Derived { rule: Texts, from: Vec<String> },
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// How numbers point here.
    pub id: String,
    pub name: Texts,
    /// A title, an address, a path in a repository: printed as it stands.
    pub reference: String,
    pub origin: Origin,
    /// When the figures were current, as `2019-09`; empty where no source says.
    pub vintage: String,
}

/// What a second party needs to recompute the report.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reproduction {
    /// The bundle's name, as it is handed over; empty if none was made.
    pub bundle: String,
    /// Version of the program that made the snapshot.
    pub version: String,
    pub observations: u64,
    pub verdicts: u64,
    pub checks_passed: u64,
    pub checks_run: u64,
}
