//! Indicators and what answers them: `id,programme,unit,place,name_en,name_es,missing` and
//! `indicator,method,series,accrual,note`, one row for each series or sum of series. Never reads a figure.

use std::collections::BTreeSet;

use crate::indicator::{Accrual, Answer, Indicator, Part};
use crate::observation::Digest;
use crate::place::Place;
use crate::series::SeriesId;

use super::methods::{bilingual, code};
use super::table::{Row, Table};
use super::tidy::{Imported, unit};
use super::{Defect, Defects, NotATable, Rule};

const INDICATOR: &[&str] = &["id", "programme", "unit", "place", "name_en", "name_es", "missing"];
const ANSWER: &[&str] = &["indicator", "method", "series", "accrual", "note"];
/// A sum of more is a mistake.
const MOST_PARTS: usize = 16;

/// A row of the answers, its indicator not yet looked up.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AnswerRow {
    pub indicator: SeriesId,
    pub answer: Answer,
}

fn id(row: &Row<'_>, column: &'static str) -> Result<SeriesId, Defect> {
    let text = row.cell(column);
    if text.is_empty() {
        return Err(row.defect(column, Rule::IdMissing, ""));
    }
    SeriesId::read(text).map_err(|_| row.defect(column, Rule::BadSeries, text))
}

pub fn indicators(bytes: &[u8]) -> Result<Imported<Indicator>, NotATable> {
    let mut defects = Defects::default();
    let table = Table::open(bytes, INDICATOR, &[], &mut defects)?;
    let mut rows = Vec::new();
    let mut ids = BTreeSet::new();
    table.rows(&mut defects, |row| {
        let id = id(row, "id")?;
        let place = row.cell("place");
        let indicator = Indicator {
            line: row.line,
            programme: code(row, "programme")?.into(),
            unit: if row.cell("unit").is_empty() { None } else { Some(unit(row)?) },
            place: Place::read(place)
                .map_err(|bad| row.defect("place", Rule::UnknownPlace, bad.to_string()))?,
            name: bilingual(row, "name_en", "name_es")?,
            missing: row.cell("missing").to_owned(),
            answers: Vec::new(),
            id,
        };
        if !ids.insert(indicator.id.clone()) {
            return Err(row.defect("id", Rule::IdTwice, indicator.id.as_str()));
        }
        rows.push(indicator);
        Ok(())
    })?;
    Ok(Imported { file: Digest::of(bytes), rows, defects })
}

pub fn answers(bytes: &[u8]) -> Result<Imported<AnswerRow>, NotATable> {
    let mut defects = Defects::default();
    let table = Table::open(bytes, ANSWER, &[], &mut defects)?;
    let mut rows: Vec<AnswerRow> = Vec::new();
    let mut known = BTreeSet::new();
    table.rows(&mut defects, |row| {
        let indicator = id(row, "indicator")?;
        let method = code(row, "method")?;
        let parts = parts(row)?;
        if !known.insert((indicator.clone(), method.clone(), row.cell("series").to_owned())) {
            return Err(row.defect("series", Rule::IdTwice, row.cell("series")));
        }
        let note = row.cell("note").to_owned();
        let answer = Answer { line: row.line, method: method.into(), parts, note };
        rows.push(AnswerRow { indicator, answer });
        Ok(())
    })?;
    Ok(Imported { file: Digest::of(bytes), rows, defects })
}

/// `co.erad.manual.odc+co.pnis.ha` is a sum, its accruals `flow+cumulative`.
fn parts(row: &Row<'_>) -> Result<Vec<Part>, Defect> {
    let (series, accruals) = (row.cell("series"), row.cell("accrual"));
    let count = series.split('+').count();
    if count != accruals.split('+').count() || count > MOST_PARTS {
        return Err(row.defect("accrual", Rule::AccrualUnknown, format!("{accruals} for {series}")));
    }
    let pairs = series.split('+').zip(accruals.split('+'));
    pairs
        .map(|(series, accrual)| {
            let (series, accrual) = (series.trim(), accrual.trim());
            let series = SeriesId::read(series).map_err(|_| row.defect("series", Rule::BadSeries, series))?;
            let accrual: Accrual =
                accrual.parse().map_err(|_| row.defect("accrual", Rule::AccrualUnknown, accrual))?;
            Ok(Part { series, accrual })
        })
        .collect()
}
