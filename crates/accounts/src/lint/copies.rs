//! The digits of one country's or year's figure in another's place: a summary that moved a year, a table that held a
//! neighbour's column. Two equal figures alone are no copy where they are short or fit where they stand.

use std::collections::{BTreeMap, BTreeSet};

use crate::decimal::Decimal;
use crate::place::Place;
use crate::units::Dimension;

use super::beside::{Beside, contradicted, unfinished};
use super::finding::Code;
use super::name::Class;
use super::printed;
use super::sheet::{Index, Row, Sheet};

/// Figures that share so many digits by chance are rare.
const LONG: usize = 5;
const SOME: usize = 3;
/// Among more countries than these four digits meet by chance.
const FEW: usize = 10;
/// Equal figures looked at of one number.
const MOST: usize = 50;

pub(super) fn check(sheet: &mut Sheet<'_>) {
    let mut by_value: BTreeMap<(&str, Dimension, Decimal), Vec<Index>> = BTreeMap::new();
    for ((_, place, _, dimension), rows) in &sheet.figures {
        if !matches!(place, Place::Country(_) | Place::World | Place::Andes) {
            continue;
        }
        for index in rows {
            let Some(row) = sheet.row(*index).filter(|row| !row.base.is_zero()) else { continue };
            let Some(name) = sheet.name_of(row).filter(|name| name.class != Class::Rate) else { continue };
            by_value.entry((name.tail.as_str(), *dimension, row.base)).or_default().push(*index);
        }
    }
    let mut held: BTreeMap<(&str, i16), BTreeSet<Place>> = BTreeMap::new();
    for rows in by_value.values() {
        for row in rows.iter().filter_map(|index| sheet.row(*index)) {
            if let Some(name) = sheet.name_of(row) {
                held.entry((name.tail.as_str(), row.year())).or_default().insert(row.place);
            }
        }
    }
    let few = |group: &[Index]| {
        let first = group.first().and_then(|index| sheet.row(*index));
        let name = first.and_then(|row| sheet.name_of(row));
        let held = first.zip(name).and_then(|(row, name)| held.get(&(name.tail.as_str(), row.year())));
        held.is_some_and(|places| places.len() <= FEW)
    };
    let few: Vec<bool> = by_value.values().filter(|group| group.len() > 1).map(|group| few(group)).collect();
    let groups: Vec<Vec<Index>> = by_value.into_values().filter(|group| group.len() > 1).collect();
    for (group, few) in groups.iter().zip(few) {
        places(sheet, group, few);
    }
    let moved = blocks(sheet, &groups);
    for (index, other) in moved {
        accuse(sheet, Code::CopiedFromYear, index, other);
    }
    for group in &groups {
        years(sheet, group);
    }
}

fn accuse(sheet: &mut Sheet<'_>, code: Code, index: Index, other: Index) {
    let (Some(row), Some(source)) = (sheet.row(index).copied(), sheet.row(other).copied()) else { return };
    let arithmetic = sheet.same(&row, &source);
    sheet.accuse(code, index, &[other], arithmetic, None);
}

/// How badly a figure fits where it stands.
fn strain(sheet: &Sheet<'_>, index: Index) -> (f64, f64) {
    let conflict = contradicted(sheet, index).map_or(0.0, |(apart, _)| apart);
    let outside = sheet.row(index).and_then(|row| Beside::of(sheet, row).outside(row.log?));
    (conflict, outside.unwrap_or(0.0).max(0.0))
}

/// Of two equal figures the one that fits worse where it stands, and how badly.
fn worse(sheet: &Sheet<'_>, a: Index, b: Index) -> Option<(Index, Index, f64, f64)> {
    let (one, two) = (strain(sheet, a), strain(sheet, b));
    let first = match (sheet.is_vouched(a), sheet.is_vouched(b)) {
        (true, true) => return None,
        (true, false) => false,
        (false, true) => true,
        (false, false) if one == two => a > b,
        (false, false) => one.0 + one.1 > two.0 + two.1,
    };
    Some(if first { (a, b, one.0, one.1) } else { (b, a, two.0, two.1) })
}

fn places(sheet: &mut Sheet<'_>, group: &[Index], few: bool) {
    let mut found = Vec::new();
    for (at, a) in group.iter().take(MOST).enumerate() {
        for b in group.iter().take(MOST).skip(at + 1) {
            let (Some(one), Some(two)) = (sheet.row(*a), sheet.row(*b)) else { continue };
            if one.place == two.place || is_whole(one, two) {
                continue;
            }
            let same_year = one.year() == two.year();
            let digits = printed::significant(one.value).min(printed::significant(two.value));
            let Some((index, other, conflict, outside)) = worse(sheet, *a, *b) else { continue };
            let strained = conflict.max(outside);
            let copied = if same_year {
                digits > LONG
                    || (few && digits > SOME)
                    || (digits >= SOME && strained > 0.02)
                    || (digits >= 2 && strained > 0.1)
            } else {
                digits >= SOME && strained > 0.1 || digits > LONG
            };
            if copied {
                found.push((index, other));
            }
        }
    }
    found.into_iter().for_each(|(index, other)| accuse(sheet, Code::CopiedFromPlace, index, other));
}

/// The Andes can be one country's figure where the others are nothing.
const fn is_whole(a: &Row<'_>, b: &Row<'_>) -> bool {
    matches!(a.place, Place::Andes | Place::World) || matches!(b.place, Place::Andes | Place::World)
}

fn pairs<'g>(sheet: &'g Sheet<'_>, group: &'g [Index]) -> impl Iterator<Item = (Index, Index)> + 'g {
    let all = group.iter().take(MOST).enumerate();
    all.flat_map(|(at, a)| group.iter().take(MOST).skip(at + 1).map(|b| (*a, *b))).filter(|(a, b)| {
        let rows = sheet.row(*a).zip(sheet.row(*b));
        rows.is_some_and(|(a, b)| a.place == b.place && a.year() != b.year())
    })
}

/// Two or more figures of one source that another source gives for other years, all by the same number of years.
fn blocks(sheet: &Sheet<'_>, groups: &[Vec<Index>]) -> Vec<(Index, Index)> {
    let mut lags: BTreeMap<(Index, Index, i32), Vec<(Index, Index)>> = BTreeMap::new();
    for group in groups {
        for (a, b) in pairs(sheet, group) {
            let (Some(one), Some(two)) = (sheet.row(a), sheet.row(b)) else { continue };
            if one.source == two.source || printed::significant(one.value) < SOME {
                continue;
            }
            let ((first, a), (second, b)) =
                if one.source < two.source { ((one, a), (two, b)) } else { ((two, b), (one, a)) };
            let lag = i32::from(second.year()) - i32::from(first.year());
            lags.entry((first.source, second.source, lag)).or_default().push((a, b));
        }
    }
    let mut moved = Vec::new();
    for pairs in lags.into_values() {
        let mut values: Vec<Decimal> = pairs.iter().filter_map(|(a, _)| Some(sheet.row(*a)?.base)).collect();
        values.sort();
        values.dedup();
        if values.len() < 2 {
            continue;
        }
        let strain = |side: fn(&(Index, Index)) -> Index| -> f64 {
            pairs
                .iter()
                .map(side)
                .map(|index| {
                    if sheet.row(index).is_some_and(|row| unfinished(sheet, row)) {
                        0.0
                    } else {
                        total(strain(sheet, index))
                    }
                })
                .sum()
        };
        let (first, second) = (strain(|pair| pair.0), strain(|pair| pair.1));
        // Told at the side that fits worse; neither where both fit.
        if first.max(second) > 0.05 {
            moved.extend(pairs.iter().map(|(a, b)| if first > second { (*a, *b) } else { (*b, *a) }));
        }
    }
    moved
}

fn total((conflict, outside): (f64, f64)) -> f64 {
    conflict.max(outside)
}

fn years(sheet: &mut Sheet<'_>, group: &[Index]) {
    let mut found = Vec::new();
    for (a, b) in pairs(sheet, group) {
        let digits = sheet.row(a).map_or(0, |row| printed::significant(row.value));
        if digits < SOME || sheet.is_accused(a) || sheet.is_accused(b) {
            continue;
        }
        let other_class = sheet.row(a).is_none_or(|row| sheet.class_of(row) == Class::Other);
        let Some((index, other, conflict, outside)) = worse(sheet, a, b).filter(|_| !other_class) else {
            continue;
        };
        if digits >= LONG || conflict > 0.05 || (digits > SOME && outside > 0.05) {
            found.push((index, other));
        }
    }
    found.into_iter().for_each(|(index, other)| accuse(sheet, Code::CopiedFromYear, index, other));
}
