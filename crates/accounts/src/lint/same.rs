//! Two figures of one thing: the same quantity, place and period. Those that rounding brings together agree; of the others
//! a revision between two editions is nothing to report, and the rest is.

use super::beside::away;
use super::edition::day_of_year;
use super::explain;
use super::finding::{Arithmetic, Code, Operator};
use super::name::Class;
use super::printed::{self, Slip};
use super::sheet::{Index, Row, Sheet, some};
use crate::day::Day;
use crate::decimal::Decimal;
use crate::interval::Interval;
use crate::period::Nature;

/// Not accused, vouched for, supported, from a source of many figures, and early in the files.
type Standing = (bool, bool, usize, usize, std::cmp::Reverse<Index>);

/// Figures this near support each other.
const NEAR: f64 = 0.005;
/// Publishers of one register differ by late entries: less than this is no conflict.
const SLIGHT: f64 = 0.01;

/// How far, as a difference of logarithms, a later edition may move a figure.
const fn revision(class: Class) -> f64 {
    match class {
        Class::Area => 0.15,
        // 1,379 t became 1,058 t and 265 t became 190 t.
        Class::Estimate => 0.45,
        Class::Rate | Class::Other => 0.3,
        Class::Register => 0.015,
    }
}

fn apart(a: &Row<'_>, b: &Row<'_>) -> f64 {
    match (a.log, b.log) {
        (Some(a), Some(b)) => (a - b).abs(),
        (None, None) => 0.0,
        _ => f64::INFINITY,
    }
}

/// The figure that most others stand by: what closes a sum first, then by support, by how much its source gives, and by
/// its place in the files. It is only what the others are printed against.
pub(super) fn reference(sheet: &Sheet<'_>, group: &[Index]) -> Option<Index> {
    let mut sorted: Vec<(f64, Index)> =
        group.iter().filter_map(|index| Some((sheet.row(*index)?.log?, *index))).collect();
    sorted.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    let (mut low, mut high) = (0, 0);
    let mut best: Option<(Standing, Index)> = None;
    for (log, index) in &sorted {
        while sorted.get(low).is_some_and(|(own, _)| own < &(log - NEAR)) {
            low += 1;
        }
        while sorted.get(high).is_some_and(|(own, _)| own <= &(log + NEAR)) {
            high += 1;
        }
        let row = sheet.row(*index)?;
        let score = (
            !sheet.is_accused(*index),
            sheet.is_vouched(*index),
            high - low,
            sheet.weight_of(row),
            std::cmp::Reverse(*index),
        );
        if best.is_none_or(|(known, _)| score > known) {
            best = Some((score, *index));
        }
    }
    best.map(|(_, index)| index).or(group.first().copied())
}

/// Where the reference stands far from the years beside it and another figure does not, the other.
fn fitting(sheet: &Sheet<'_>, group: &[Index], reference: Index) -> Index {
    let Some(best) = sheet.row(reference).filter(|_| !sheet.is_vouched(reference)) else { return reference };
    let far = |index: &Index| sheet.row(*index).is_some_and(|row| apart(row, best) > 0.2);
    let open = |index: &Index| !sheet.is_accused(*index) && far(index);
    let others: Vec<Index> = some(group).iter().copied().filter(open).collect();
    if others.is_empty() {
        return reference;
    }
    let nearest = others.into_iter().min_by(|a, b| away(sheet, *a).total_cmp(&away(sheet, *b)));
    nearest.filter(|other| away(sheet, reference) - away(sheet, *other) > 0.3).unwrap_or(reference)
}

/// The finest of the figures that say the same as the reference: 130,142 rather than 130,000.
fn finest(sheet: &Sheet<'_>, group: &[Index], reference: Index) -> Index {
    let Some(best) = sheet.row(reference) else { return reference };
    let same = |row: &&Row<'_>| apart(row, best) <= NEAR && row.within.overlap(best.within).is_some();
    let width = |index: &Index| {
        let row = sheet.row(*index).filter(same).filter(|_| !sheet.is_accused(*index))?;
        Some((row.within.width().ok()?, *index != reference, *index))
    };
    group.iter().filter_map(width).min().map_or(reference, |(_, _, index)| index)
}

pub(super) fn check(sheet: &mut Sheet<'_>) {
    let groups: Vec<Vec<Index>> = sheet.figures.values().filter(|group| group.len() > 1).cloned().collect();
    for group in groups {
        let Some(reference) = reference(sheet, &group) else { continue };
        let reference = fitting(sheet, &group, reference);
        let reference = finest(sheet, &group, reference);
        let mut ranked = group.clone();
        ranked.sort_by_key(|index| {
            let row = sheet.row(*index);
            (
                *index != reference,
                !sheet.is_vouched(*index),
                std::cmp::Reverse(row.map_or(0, |row| sheet.weight_of(row))),
            )
        });
        for index in &group {
            if *index != reference {
                pair(sheet, *index, reference, &ranked);
            }
        }
    }
}

/// Judges one figure against the reference, with the best of the others as witnesses.
fn pair(sheet: &mut Sheet<'_>, index: Index, reference: Index, ranked: &[Index]) {
    let (Some(own), Some(other)) = (sheet.row(index).copied(), sheet.row(reference).copied()) else { return };
    if own.base == other.base {
        return;
    }
    if let Some(both) = own.within.overlap(other.within) {
        let touch = both.is_exact() && own.within.width() == other.within.width();
        if touch && own.source != other.source {
            let arithmetic = sheet.same(&own, &other);
            sheet.accuse(Code::LastPlace, index, &[reference], arithmetic, None);
        }
        return;
    }
    if sheet.is_vouched(index) {
        return;
    }
    let difference = apart(&own, &other);
    let witnesses: Vec<Index> = ranked.iter().copied().filter(|other| *other != index).take(6).collect();
    // What stands by the reference is no slip of a third figure.
    let slips = if difference < SLIGHT { witnesses.get(..1) } else { witnesses.get(..) };
    for witness in slips.unwrap_or(&[]) {
        let Some(other) = sheet.row(*witness).copied() else { continue };
        if let Some((code, factor)) = explain::factor(&own, &other, 0.01) {
            let arithmetic = explain::ratio(sheet, &own, &other, factor);
            sheet.accuse(code, index, &[*witness], arithmetic, None);
            return;
        }
        let far = sheet.edition_of(&own).far_apart(sheet.edition_of(&other));
        // No revision exchanges two digits of a long figure; a changed digit it may.
        let long = printed::significant(own.value).min(printed::significant(other.value)) >= 4;
        let told = |slip: &Slip| !far || (long && *slip == Slip::Swapped);
        if let Some(slip) = explain::slip(&own, &other).filter(told) {
            let arithmetic = sheet.same(&own, &other);
            sheet.accuse(explain::slip_code(slip), index, &[*witness], arithmetic, None);
            return;
        }
    }
    for (index, other) in [(index, reference), (reference, index)] {
        if unfinished(sheet, index, other) {
            let rows = sheet.row(index).zip(sheet.row(other));
            let arithmetic = rows.and_then(|(row, other)| sheet.same(row, other));
            sheet.accuse(Code::PartYear, index, &[other], arithmetic, None);
            return;
        }
    }
    let class = sheet.class_of(&own);
    if difference < SLIGHT || is_revision(sheet, class, &own, &other, difference, &witnesses) {
        return;
    }
    if own.source == other.source && matches!(class, Class::Estimate | Class::Rate | Class::Other) {
        // A text that gives an estimate twice tells its revision.
        return;
    }
    if sheet.is_accused(index) {
        // What explains the difference was told.
        return;
    }
    let arithmetic = sheet.same(&own, &other);
    sheet.accuse(Code::Conflict, index, &[reference], arithmetic, None);
}

fn is_revision(
    sheet: &Sheet<'_>,
    class: Class,
    own: &Row<'_>,
    other: &Row<'_>,
    difference: f64,
    witnesses: &[Index],
) -> bool {
    let edition = sheet.edition_of(own);
    if !edition.apart(sheet.edition_of(other)) || difference > revision(class) {
        return false;
    }
    // A figure that earlier and later editions contradict alike was never the current one.
    let agreeing = |witness: &&Index| sheet.row(**witness).is_some_and(|row| apart(row, other) <= NEAR);
    let editions = || {
        witnesses.iter().filter(agreeing).filter_map(|witness| Some(sheet.edition_of(sheet.row(*witness)?)))
    };
    !(editions().any(|known| known.before(edition)) && editions().any(|known| edition.before(known)))
}

/// The lower of two figures of a flow, from a source of the year itself.
fn unfinished(sheet: &Sheet<'_>, index: Index, other: Index) -> bool {
    let (Some(row), Some(other)) = (sheet.row(index), sheet.row(other)) else { return false };
    let edition = sheet.edition_of(row);
    let early = edition.to.is_some_and(|day| edition.stated && day <= row.period.dates().last());
    early
        && row.period.nature() == Nature::Flow
        && sheet.class_of(row) == Class::Register
        && row.base < other.base
        && !sheet.is_vouched(index)
        && sheet.edition_of(other).to.is_none_or(|day| edition.to.is_some_and(|own| own < day))
}

/// The days of the period that had gone by when the source was published.
pub(super) fn days(sheet: &Sheet<'_>, row: &Row<'_>) -> Option<Arithmetic> {
    let (first, last) = (row.period.dates().first(), row.period.dates().last());
    let published = sheet.edition_of(row).to?;
    let before = day_of_year(first) - 1;
    let until =
        |day: Day| if day < first || day.year() != first.year() { 0 } else { day_of_year(day) - before };
    let gone = until(published);
    let least = sheet.edition_of(row).from.map_or(0, until).min(gone);
    let all = Decimal::from_int(day_of_year(last) - before);
    Some(Arithmetic {
        operator: Operator::Days,
        operands: vec![sheet.operand(row)],
        computed: Decimal::from_int(gone),
        computed_within: Interval::new(Decimal::from_int(least), Decimal::from_int(gone)).ok()?,
        stated: all,
        stated_within: Interval::exact(all),
        unit: None,
    })
}
