//! What founding documents state: `series_id,country,year,value,unit,status,document,note`. A statement is a claim by
//! whoever made it, never a measurement.

use crate::observation::{Bound, Digest, Observation, Source, Status};

use super::table::{Row, Table};
use super::tidy::{Imported, Texts, bad_observation, number_of, period, place, series, unit};
use super::{Defect, Defects, NotATable, Rule};
use crate::number::Locale;

const NEEDED: &[&str] = &["series_id", "country", "year", "value", "unit", "status", "document"];
const READ: &[&str] = &["note"];

/// Reads the table; its numbers are bare, with a decimal point.
pub fn documents(bytes: &[u8]) -> Result<Imported<Observation>, NotATable> {
    let mut defects = Defects::default();
    let table = Table::open(bytes, NEEDED, READ, &mut defects)?;
    let file = Digest::of(bytes);
    let mut texts = Texts::default();
    let mut rows = Vec::new();
    table.rows(&mut defects, |row| {
        rows.push(statement(row, file, &mut texts)?);
        Ok(())
    })?;
    Ok(Imported { file, rows, defects })
}

fn statement(row: &Row<'_>, file: Digest, texts: &mut Texts) -> Result<Observation, Defect> {
    let series = series(row)?;
    let unit = unit(row)?;
    let value = number_of(row, "value", Some(Locale::En), unit)?;
    let value = value.ok_or_else(|| row.defect("value", Rule::NumberMissing, ""))?;
    let (period, figure) = period(row, &series, value)?;
    let publisher = series.publisher();
    let observation = Observation {
        place: place(row)?,
        period,
        figure,
        unit,
        bound: bound(row)?,
        low: None,
        high: None,
        method: publisher.map(|publisher| texts.keep(publisher.method())),
        publisher: publisher.map(|publisher| texts.keep(publisher.code())),
        vintage: None,
        published: None,
        status: Status::Claimed,
        source: Source::Named {
            name: texts.keep(row.cell("document")),
            reference: texts.keep("founding document"),
            file,
            row: row.line,
        },
        note: texts.keep(row.cell("note")),
        ship: true,
        series,
    };
    observation.check().map_err(|bad| bad_observation(row, &bad))?;
    Ok(observation)
}

/// `stated, more than` and the note's `lower bound` are the least of a quantity, `upper bound` the most.
fn bound(row: &Row<'_>) -> Result<Bound, Defect> {
    let status = row.cell("status");
    let Some(qualifier) = status.strip_prefix("stated") else {
        return Err(row.defect("status", Rule::StatusUnknown, status));
    };
    let by_status = match qualifier.trim_start_matches([',', ' ']) {
        "more than" | "at least" => Some(Bound::AtLeast),
        "less than" | "at most" => Some(Bound::AtMost),
        _ => None,
    };
    let by_note = match row.cell("note").split(';').next().map(str::trim) {
        Some("lower bound") => Some(Bound::AtLeast),
        Some("upper bound") => Some(Bound::AtMost),
        _ => None,
    };
    Ok(by_status.or(by_note).unwrap_or(Bound::Point))
}
