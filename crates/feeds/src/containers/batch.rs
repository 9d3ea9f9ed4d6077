//! What one file gave: the items that read, and the defects of what did not. Shared by all readers of container events,
//! so that a summary and a check print every standard's defects alike. Holds no sentence for people.

use std::fmt;

use bitacora_primitives::EvidenceRef;

use crate::refusal::{Reason, excerpt};

/// Defects that are kept of one file; beyond it they are counted.
pub const KEPT_DEFECTS: usize = 10_000;

/// Where a file does not follow its standard, and the reason as a code.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Defect {
    pub place: EvidenceRef,
    /// The part as its standard names it: `line 3, weight_kg`, `message 1 CODECO, segment 14 EQD, element 2.1`,
    /// `/2/seals/0/source`.
    pub part: String,
    pub reason: Reason,
    /// The beginning of what was found there, printable.
    pub found: String,
}

impl Defect {
    pub fn new(place: EvidenceRef, part: impl Into<String>, reason: Reason, raw: &[u8]) -> Self {
        Self { place, part: part.into(), reason, found: excerpt(raw) }
    }
}

impl fmt::Display for Defect {
    /// `line 3, weight_kg: number_unreadable: 25t`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.part, self.reason.code())?;
        if self.found.is_empty() { Ok(()) } else { write!(f, ": {}", self.found) }
    }
}

/// The items of a file, and what of it is defective.
#[derive(Clone, PartialEq, Debug)]
pub struct Batch<T> {
    pub items: Vec<T>,
    /// The first [`KEPT_DEFECTS`].
    pub defects: Vec<Defect>,
    /// All, kept or not.
    pub defective: u64,
}

impl<T> Default for Batch<T> {
    fn default() -> Self {
        Self { items: Vec::new(), defects: Vec::new(), defective: 0 }
    }
}

impl<T> Batch<T> {
    pub fn refuse(&mut self, defect: Defect) {
        self.defective += 1;
        if self.defects.len() < KEPT_DEFECTS {
            self.defects.push(defect);
        }
    }
}
