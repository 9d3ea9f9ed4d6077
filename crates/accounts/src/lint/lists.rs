//! Lists of places: codes that a number format mangled, one place under the code of another, and lists that lack members.
//! Also what the import could not read, unless it stands in a note.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::DEPARTMENTS;
use crate::import::{Imported, Rule};
use crate::observation::Observation;
use crate::place::{MUNICIPALITIES, Place, department_named};

use super::finding::{At, Code, Finding};
use super::parts::short;
use super::sheet::{Index, Sheet};

/// A list with fewer of its members is a selection.
const MOST_OF: usize = 9;

pub(super) fn check(sheet: &mut Sheet<'_>, files: &[(&str, &Imported<Observation>)]) {
    unread(sheet, files);
    named(sheet);
    municipalities(sheet);
    bogota(sheet);
}

fn unread(sheet: &mut Sheet<'_>, files: &[(&str, &Imported<Observation>)]) {
    for (at, (_, imported)) in files.iter().enumerate() {
        let file: Arc<str> = sheet.files.get(at).cloned().unwrap_or_else(|| Arc::from(""));
        for defect in &imported.defects.first {
            // What a note says, or a mark to ship, decides nothing here.
            if matches!(defect.column.as_str(), "note" | "ship" | "status")
                || defect.rule == Rule::UnknownColumn
            {
                continue;
            }
            let code = match defect.rule {
                Rule::DivipolaMangled => Code::DivipolaMangled,
                Rule::AmbiguousNumber | Rule::NotANumber => Code::NumberFormat,
                Rule::PercentOfAnother => Code::WrongDenominator,
                _ => Code::UnreadableRow,
            };
            sheet.findings.push(Finding {
                code,
                at: At { file: file.clone(), line: defect.line },
                series: None,
                place: None,
                others: Vec::new(),
                others_count: 0,
                arithmetic: None,
                text: Some(defect.text.clone()),
            });
        }
    }
}

/// The code of the department that a segment names, Bogotá with or without D.C.
fn department(segment: &str) -> Option<&'static str> {
    let found = DEPARTMENTS.iter().find(|(code, _, _)| department_named(code, segment).is_ok());
    found.map(|(code, _, _)| *code)
}

/// A department's name in the series beside the code of another.
fn named(sheet: &mut Sheet<'_>) {
    let mut found = Vec::new();
    for (series, rows) in &sheet.series {
        let inside =
            |index: &&Index| sheet.row(**index).is_some_and(|row| matches!(row.place, Place::Department(_)));
        let mut rows = rows.iter().filter(inside).peekable();
        if rows.peek().is_none() {
            continue;
        }
        let Some(code) = series.rsplit('.').next().and_then(department) else { continue };
        for index in rows {
            let Some(row) = sheet.row(*index) else { continue };
            if matches!(row.place, Place::Department(own) if own != code.as_bytes()) {
                found.push((*index, format!("{}: {series}", row.place)));
            }
        }
    }
    for (index, text) in found {
        sheet.accuse(Code::PlaceUnderOtherCode, index, &[], None, Some(text));
    }
}

fn municipalities(sheet: &mut Sheet<'_>) {
    let mut lists: BTreeMap<(&str, i16), BTreeMap<Place, Index>> = BTreeMap::new();
    for (index, row) in sheet.rows.iter().enumerate() {
        if matches!(row.place, Place::Municipality(_)) {
            lists.entry((row.series().as_str(), row.year())).or_default().entry(row.place).or_insert(index);
        }
    }
    let lists: Vec<Vec<Index>> = lists.into_values().map(|list| list.into_values().collect()).collect();
    for mut list in lists {
        if list.len() < MUNICIPALITIES && list.len() * 10 >= MUNICIPALITIES * MOST_OF {
            list.sort_unstable();
            short(sheet, &list, MUNICIPALITIES);
        }
    }
}

/// One code of a department twice, the code of another missing: Bogotá under the code of Cundinamarca.
fn bogota(sheet: &mut Sheet<'_>) {
    let mut lists: BTreeMap<(&str, i16, Index), BTreeMap<Place, Vec<Index>>> = BTreeMap::new();
    for (index, row) in sheet.rows.iter().enumerate().filter(|(_, row)| row.level) {
        if matches!(row.place, Place::Department(_)) {
            let list = lists.entry((row.series().as_str(), row.year(), row.source)).or_default();
            list.entry(row.place).or_default().push(index);
        }
    }
    let mut found = Vec::new();
    for list in lists.into_values() {
        let twice: Vec<&Vec<Index>> = list.values().filter(|rows| rows.len() == 2).collect();
        let missing: BTreeSet<&str> = DEPARTMENTS
            .iter()
            .map(|(code, _, _)| *code)
            .filter(|code| !list.keys().any(|place| place.to_string() == **code))
            .collect();
        if let ([rows], 1) = (twice.as_slice(), missing.len())
            && let (Some(first), Some(second)) = (rows.first(), rows.get(1))
        {
            let place = sheet.row(*first).map(|row| row.place.to_string()).unwrap_or_default();
            let absent = missing.first().copied().unwrap_or("");
            let text = format!("{place} twice, {absent} missing");
            found.push((*first, *second, text.clone()));
            found.push((*second, *first, text));
        }
    }
    for (index, other, text) in found {
        let arithmetic = sheet.row(index).zip(sheet.row(other)).and_then(|(a, b)| sheet.same(a, b));
        sheet.accuse(Code::PlaceUnderOtherCode, index, &[other], arithmetic, Some(text));
    }
}
