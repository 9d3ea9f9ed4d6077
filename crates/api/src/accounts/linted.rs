//! The linter over a whole book, and how many of its rows it raised nothing on.

use std::collections::{BTreeMap, BTreeSet};

use bitacora_accounts::book::Book;
use bitacora_accounts::import::{Defects, Imported};
use bitacora_accounts::lint::{Finding, lint};
use bitacora_accounts::observation::Digest;
use bitacora_accounts::{Observation, Source};

/// Figures as the files that they came in.
pub(super) fn linted(book: &Book) -> Vec<Finding> {
    let mut files: BTreeMap<Digest, Imported<Observation>> = BTreeMap::new();
    for (_, own) in book.ledger().observations() {
        let file = match &own.source {
            Source::Named { file, .. } => *file,
            Source::Document { document, .. } => *document,
        };
        let empty = || Imported { file, rows: Vec::new(), defects: Defects::default() };
        files.entry(file).or_insert_with(empty).rows.push(own.clone());
    }
    let named: Vec<(&str, &Imported<Observation>)> =
        files.iter().map(|(digest, imported)| (book.file_name(digest).unwrap_or("-"), imported)).collect();
    lint(&named)
}

/// Rows that the linter looked at, and those of them that it raised nothing on.
pub fn checks(book: &Book, findings: &[Finding]) -> (u64, u64) {
    let rows: BTreeSet<(&str, u64)> = findings.iter().map(|own| (&*own.at.file, own.at.line)).collect();
    let all = book.ledger().len() as u64;
    (all, all.saturating_sub(rows.len() as u64))
}
