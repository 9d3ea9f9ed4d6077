//! The matrix as bytes: one line a cell, the contract's columns first. The same cells give the same bytes, whatever the
//! numbers that the ledger gave their figures.

use super::{Matrix, Row, target_printed};
use crate::ledger::{Ledger, ObservationId};

const HEADING: [&str; 15] = [
    "commitment",
    "method",
    "baseline",
    "vintage",
    "end",
    "verdict",
    "value",
    "target",
    "unit",
    "reason",
    "progress",
    "status",
    "named",
    "base_figures",
    "figures",
];

/// `co.prod.unodc 2017 1379 t`, by what they say.
fn figures(ledger: &Ledger, ids: &[ObservationId]) -> String {
    let told = ids.iter().filter_map(|id| ledger.get(*id));
    let mut told: Vec<String> =
        told.map(|own| format!("{} {} {} {}", own.series, own.period, own.number(), own.unit)).collect();
    told.sort();
    told.join("; ")
}

fn cells(ledger: &Ledger, row: &Row) -> [String; HEADING.len()] {
    let text = |value: Option<String>| value.unwrap_or_default();
    [
        row.commitment.to_string(),
        row.method.to_string(),
        row.baseline.to_string(),
        row.vintage.to_string(),
        row.end.to_string(),
        row.verdict.to_string(),
        text(row.value.map(|value| value.to_string())),
        text(row.target.map(target_printed)),
        text(row.unit.map(|unit| unit.to_string())),
        row.reason.to_string(),
        text(row.progress.map(|value| value.to_string())),
        text(row.status.map(|status| status.to_string())),
        if row.named { "yes" } else { "no" }.to_owned(),
        figures(ledger, &row.base_figures),
        figures(ledger, &row.figures),
    ]
}

/// RFC 4180, but with a bare line feed: quotes where a cell holds a comma, a quote or a line end.
fn line(out: &mut String, cells: &[impl AsRef<str>]) {
    for (place, cell) in cells.iter().enumerate() {
        if place > 0 {
            out.push(',');
        }
        let cell = cell.as_ref();
        if cell.contains([',', '"', '\n', '\r']) {
            out.push('"');
            out.push_str(&cell.replace('"', "\"\""));
            out.push('"');
        } else {
            out.push_str(cell);
        }
    }
    out.push('\n');
}

impl Matrix {
    /// Canonical: what a hash is taken of. The figures are told by what they say, from the ledger that was judged.
    pub fn to_csv(&self, ledger: &Ledger) -> String {
        let mut out = String::new();
        line(&mut out, &HEADING);
        for row in &self.rows {
            line(&mut out, &cells(ledger, row));
        }
        out
    }
}
