//! What a figure covers: a year that was not over when its source came out, a running total, or the figure of a wider
//! scope, each standing where whole years of one scope stand.

use std::collections::BTreeMap;

use crate::decimal::Decimal;
use crate::period::Nature;
use crate::place::Place;
use crate::units::Dimension;

use super::edition::day_of_year;
use super::finding::{Arithmetic, Code, Operator};
use super::name::{Class, Name};
use super::parts::is_piece;
use super::printed;
use super::same::days;
use super::sheet::{Index, Row, Sheet, some};
use super::sums;
use crate::interval::Interval;

/// A balance published in the last month of its year is nearly the whole of it.
const LAST_MONTH: i64 = 31;

pub(super) fn check(sheet: &mut Sheet<'_>) {
    published(sheet);
    pieces(sheet);
    running(sheet);
    wider(sheet);
}

/// Figures of periods that ended after their source was published.
fn published(sheet: &mut Sheet<'_>) {
    let mut found = Vec::new();
    for (index, row) in sheet.rows.iter().enumerate() {
        let edition = sheet.edition_of(row);
        let Some(day) = edition.to.filter(|_| edition.stated && !sheet.is_vouched(index)) else { continue };
        let Some(name) = sheet.name_of(row).filter(|name| !name.apart && row.base_year().is_none()) else {
            continue;
        };
        let (first, last) = (row.period.dates().first(), row.period.dates().last());
        let counted = matches!(name.class, Class::Area | Class::Estimate | Class::Register);
        if !counted || day >= last {
            continue;
        }
        if day < first {
            found.push((Code::PublishedBefore, index));
        } else if row.period.nature() == Nature::Flow
            && name.class != Class::Area
            && day.year() == last.year()
            && day_of_year(last) - day_of_year(day) >= LAST_MONTH
        {
            found.push((Code::PartYear, index));
        }
    }
    for (code, index) in found {
        let arithmetic = sheet.row(index).and_then(|row| days(sheet, row));
        sheet.accuse(code, index, &[], arithmetic, None);
    }
}

/// Rows of a part of a year in a series of years, where the parts do not make up the year.
fn pieces(sheet: &mut Sheet<'_>) {
    let mut found = Vec::new();
    for (series, rows) in &sheet.series {
        if is_piece(series) {
            continue;
        }
        let years = rows.iter().filter(|index| sheet.row(**index).is_some_and(|row| row.level)).count();
        let mut parts: BTreeMap<(Place, i16), Vec<Index>> = BTreeMap::new();
        for index in rows {
            if let Some(row) = sheet.row(*index).filter(|row| !row.level && row.period.is_part_year()) {
                parts.entry((row.place, row.year())).or_default().push(*index);
            }
        }
        for parts in parts.into_values().filter(|_| years >= 2) {
            let covered: i64 = parts.iter().filter_map(|index| sheet.row(*index)).map(length).sum();
            if covered < 365 {
                found.extend(parts.into_iter().filter(|index| !sheet.is_vouched(*index)));
            }
        }
    }
    for index in found {
        let Some(row) = sheet.row(index).copied() else { continue };
        let (part, whole) = (Decimal::from_int(length(&row)), Decimal::from_int(365));
        let arithmetic = Arithmetic {
            operator: Operator::Days,
            operands: vec![sheet.operand(&row)],
            computed: part,
            computed_within: Interval::exact(part),
            stated: whole,
            stated_within: Interval::exact(whole),
            unit: None,
        };
        sheet.accuse(Code::PartYear, index, &[], Some(arithmetic), None);
    }
}

fn length(row: &Row<'_>) -> i64 {
    day_of_year(row.period.dates().last()) - day_of_year(row.period.dates().first()) + 1
}

/// A yearly figure equal to a running total of the same thing.
fn running(sheet: &mut Sheet<'_>) {
    let mut found = Vec::new();
    for (index, row) in sheet.rows.iter().enumerate() {
        let Some(name) = sheet.name_of(row).filter(|name| name.cumulative) else { continue };
        for stem in &name.stems {
            let Some(first) =
                sheet.series.get(stem.as_str()).and_then(|rows| sheet.name_of(sheet.row(*rows.first()?)?))
            else {
                continue;
            };
            let beside = sheet.figures.get(&(first.family.as_str(), row.place, row.year(), row.dimension()));
            for own in beside.map(|beside| some(beside)).into_iter().flatten() {
                let Some(level) = sheet.row(*own) else { continue };
                if level.base == row.base && !sheet.is_vouched(*own) && has_earlier(sheet, level) {
                    found.push((*own, index));
                }
            }
        }
    }
    for (index, other) in found {
        let (Some(row), Some(total)) = (sheet.row(index).copied(), sheet.row(other).copied()) else {
            continue;
        };
        let arithmetic = sheet.same(&row, &total);
        sheet.accuse(Code::CumulativeAsYearly, index, &[other], arithmetic, None);
    }
}

/// Whether the series has a figure of an earlier year: the first year of a running total is a year.
fn has_earlier(sheet: &Sheet<'_>, row: &Row<'_>) -> bool {
    let Some(name) = sheet.name_of(row) else { return false };
    let key = |year| (name.family.as_str(), row.place, year, row.dimension());
    (1..=10).any(|back| sheet.figures.contains_key(&key(row.year().saturating_sub(back))))
}

/// How wide a register series is: all forces and drugs before cocaine with base, and that before cocaine.
fn width(name: &Name) -> u8 {
    let has = |words: &[&str]| name.family.split('.').any(|segment| words.contains(&segment));
    if has(&["all_drugs", "drugs"]) {
        3
    } else if has(&["all", "total", "liquids", "solids"]) {
        2
    } else if has(&["coc_base", "aerial_manual"]) {
        1
    } else {
        0
    }
}

/// One force's figures are a part of all forces'.
fn force(name: &Name) -> bool {
    const FORCES: [&str; 6] = ["navy", "army", "police", "air_force", "armada", "coast_guard"];
    name.family.split('.').any(|segment| FORCES.contains(&segment))
}

/// The same number under two scopes of one register, and cocaine that is cocaine with base.
fn wider(sheet: &mut Sheet<'_>) {
    let mut equal: BTreeMap<(&str, Place, i16, Dimension, Decimal), Vec<Index>> = BTreeMap::new();
    for ((family, place, year, dimension), rows) in &sheet.figures {
        let mut segments = family.splitn(3, '.');
        let (Some(_), Some(indicator), Some(_)) = (segments.next(), segments.next(), segments.next()) else {
            continue;
        };
        for index in rows {
            let Some(row) = sheet.row(*index) else { continue };
            if sheet.class_of(row) == Class::Register && printed::significant(row.value) >= 3 {
                equal.entry((indicator, *place, *year, *dimension, row.base)).or_default().push(*index);
            }
        }
    }
    let mut found: Vec<(Index, Index)> = Vec::new();
    for rows in equal.into_values().filter(|rows| rows.len() > 1) {
        let mut named: Vec<((u8, bool), Index)> = rows
            .iter()
            .filter_map(|index| {
                sheet.name_of(sheet.row(*index)?).map(|name| ((width(name), force(name)), *index))
            })
            .collect();
        named.sort_unstable();
        let Some((narrow, _)) = named.first().copied() else { continue };
        let Some((_, wide)) = named.iter().rev().find(|(scope, _)| *scope != narrow).copied() else {
            continue;
        };
        let own = named.iter().filter(|(scope, index)| *scope == narrow && !sheet.is_vouched(*index));
        found.extend(own.map(|(_, index)| (*index, wide)));
    }
    for (index, other) in found {
        let (Some(row), Some(source)) = (sheet.row(index).copied(), sheet.row(other).copied()) else {
            continue;
        };
        let arithmetic = sheet.same(&row, &source);
        sheet.accuse(Code::MixedScope, index, &[other], arithmetic, None);
    }
    added(sheet);
}

/// A figure of cocaine that another figure of cocaine and the base add up to.
fn added(sheet: &mut Sheet<'_>) {
    let mut found: Vec<(Index, Vec<Index>)> = Vec::new();
    for ((family, place, year, dimension), rows) in &sheet.figures {
        let Some(stem) = family.strip_suffix(".hcl").filter(|_| rows.len() > 1) else { continue };
        let base = sheet.levels(&format!("{stem}.base"), *place, *year, *dimension);
        for index in rows.iter().take(20) {
            let Some(row) = sheet.row(*index).filter(|_| !sheet.is_vouched(*index)) else { continue };
            for other in rows.iter().take(20).filter(|other| *other != index) {
                for base in base.iter().take(4) {
                    let both = [*other, *base];
                    let sum = sums::of(sheet, &both).map(|(_, within)| within);
                    if sum.is_some_and(|sum| sum.overlap(row.within).is_some()) {
                        found.push((*index, both.to_vec()));
                    }
                }
            }
        }
    }
    for (index, both) in found {
        let arithmetic = sums::arithmetic_of(sheet, &both, index);
        sheet.accuse(Code::MixedScope, index, &both, arithmetic, None);
    }
}
