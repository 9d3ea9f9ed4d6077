//! The consistency linter: what does not fit together in any set of figures, with the arithmetic that shows it. It reads no
//! note, no status and no mark to ship, and it never says which of two rival figures is right.

mod beside;
mod copies;
mod edition;
mod explain;
mod expression;
mod finding;
mod growth;
mod lists;
mod name;
mod parts;
mod printed;
mod run;
mod same;
mod scope;
mod sheet;
mod sums;
mod yields;

pub use finding::{Arithmetic, At, Code, Finding, Operand, Operator};

use crate::import::Imported;
use crate::observation::Observation;
use sheet::{Known, Sheet};

/// Looks at all files together. The findings are in the order of files, lines and codes, each row and code once.
pub fn lint(files: &[(&str, &Imported<Observation>)]) -> Vec<Finding> {
    let known = Known::of(files);
    let mut sheet = Sheet::new(files, &known);
    // What closes vouches for its rows, so sums and the chain come first; what stands beside a figure comes last, when the
    // figures that contradict another are known and are no yardstick.
    lists::check(&mut sheet, files);
    parts::check(&mut sheet);
    yields::vouch(&mut sheet);
    scope::check(&mut sheet);
    copies::check(&mut sheet);
    same::check(&mut sheet);
    growth::check(&mut sheet);
    yields::check(&mut sheet);
    run::check(&mut sheet);
    yields::eradicated(&mut sheet);
    let order = |finding: &Finding| {
        let file = files.iter().position(|(name, _)| **name == *finding.at.file);
        (file, finding.at.line, finding.code)
    };
    let mut findings = std::mem::take(&mut sheet.findings);
    findings.sort_by_key(order);
    findings.dedup_by(|a, b| a.code == b.code && a.at == b.at);
    findings
}
