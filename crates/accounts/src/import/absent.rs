//! What nobody has found: `series_id,years,why`. A gap that is known is shown as a gap.

use crate::day::Dates;
use crate::observation::Digest;

use super::table::Table;
use super::tidy::Imported;
use super::{Defects, NotATable, Rule};

/// Series without figures, `*` standing for all that begin so.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Absent {
    pub line: u64,
    pub series: String,
    /// The spans of years that are missing; none where the text says it in words: `all`, `all years but 2019-2020`.
    pub years: Vec<Dates>,
    pub years_text: String,
    pub why: String,
}

pub fn absent(bytes: &[u8]) -> Result<Imported<Absent>, NotATable> {
    let mut defects = Defects::default();
    let table = Table::open(bytes, &["series_id", "years", "why"], &[], &mut defects)?;
    let mut rows = Vec::new();
    table.rows(&mut defects, |row| {
        let (series, years) = (row.cell("series_id"), row.cell("years"));
        if series.is_empty() {
            return Err(row.defect("series_id", Rule::BadSeries, ""));
        }
        if years.is_empty() {
            return Err(row.defect("years", Rule::YearsUnreadable, ""));
        }
        rows.push(Absent {
            line: row.line,
            series: series.to_owned(),
            years: spans(years),
            years_text: years.to_owned(),
            why: row.cell("why").to_owned(),
        });
        Ok(())
    })?;
    Ok(Imported { file: Digest::of(bytes), rows, defects })
}

/// The parts between commas that are a year, or two with `-` between. `2019 full year` and `1999-2010 by year` count from
/// their first word; a text in words gives none.
fn spans(text: &str) -> Vec<Dates> {
    if text.starts_with("all") {
        return Vec::new();
    }
    let words = text.split(',').filter_map(|part| part.split_whitespace().next());
    words.filter_map(|word| word.replace('-', "/").parse().ok()).collect()
}
