//! Stated changes and shares against the levels that they are of: a change on another base, of another part, or of nothing
//! that the levels say.

use std::collections::BTreeSet;

use crate::decimal::{Decimal, Rounding};
use crate::interval::Interval;
use crate::series::SeriesId;
use crate::units::{Dimension, Unit};

use super::explain;
use super::finding::{Arithmetic, Code, Operator};
use super::name::{Class, Name, name};
use super::printed;
use super::sheet::{Index, Row, Sheet};

/// Other bases are looked for so many years back.
const YEARS_BACK: i16 = 10;
/// Figures of one year that are tried.
const RIVALS: usize = 6;
/// Levels come in these.
const DIMENSIONS: [Dimension; 9] = [
    Dimension::Area,
    Dimension::Mass,
    Dimension::FreshLeaf,
    Dimension::Volume,
    Dimension::Persons,
    Dimension::Families,
    Dimension::Count,
    Dimension::Cases,
    Dimension::Items,
];

/// Two levels and what the change from one to the other is, in percent.
struct Change {
    after: Index,
    before: Index,
    operator: Operator,
    percent: Decimal,
    within: Interval,
}

pub(super) fn check(sheet: &mut Sheet<'_>) {
    let percents: Vec<Index> = (0..sheet.rows.len())
        .filter(|index| sheet.row(*index).is_some_and(|row| row.unit == Unit::Percent))
        .collect();
    if percents.is_empty() {
        return;
    }
    let families: BTreeSet<(String, String)> = sheet
        .figures
        .values()
        .filter_map(|rows| sheet.name_of(sheet.row(*rows.first()?)?))
        .map(|name| (name.indicator.clone(), name.family.clone()))
        .collect();
    for index in percents {
        let Some(row) = sheet.row(index).copied() else { continue };
        let Some(own) = sheet.name_of(&row) else { continue };
        if own.change || row.base_year().is_some() {
            change(sheet, index, &row, own, &families);
        } else if own.share {
            share(sheet, index, &row, own);
        } else if matches!(own.class, Class::Area | Class::Estimate | Class::Register) {
            unknown(sheet, index, &row, own, &families);
        }
    }
}

fn named(series: &str) -> Option<Name> {
    SeriesId::read(series).ok().map(|series| name(&series))
}

/// The families that a stem speaks of: its own, or with no publisher named those of all.
fn meant(stem: &Name, families: &BTreeSet<(String, String)>) -> Vec<String> {
    if families.contains(&(stem.indicator.clone(), stem.family.clone())) {
        return vec![stem.family.clone()];
    }
    let after = (stem.indicator.clone(), String::new());
    families
        .range(after..)
        .take_while(|(own, _)| *own == stem.indicator)
        .map(|(_, family)| family.clone())
        .collect()
}

/// The families under a stem, and beside it.
fn parts(stem: &Name, families: &BTreeSet<(String, String)>) -> Vec<String> {
    let inside =
        |family: &str| family.strip_prefix(stem.family.as_str()).is_some_and(|rest| rest.starts_with('.'));
    families.iter().map(|(_, family)| family).filter(|family| inside(family)).take(64).cloned().collect()
}

fn levels(sheet: &Sheet<'_>, row: &Row<'_>, family: &str, year: i16) -> Vec<Index> {
    let mut all = Vec::new();
    for dimension in DIMENSIONS {
        let found = sheet.figures.get(&(family, row.place, year, dimension));
        all.extend(found.into_iter().flatten().take(RIVALS));
    }
    all
}

fn changes(sheet: &Sheet<'_>, row: &Row<'_>, after: &str, before: &str, years: (i16, i16)) -> Vec<Change> {
    let mut all = Vec::new();
    for end in levels(sheet, row, after, years.1) {
        for base in levels(sheet, row, before, years.0) {
            all.extend(growth(sheet, end, base, base));
        }
    }
    all
}

/// The change from `before` to `after`, in percent of `base`.
fn growth(sheet: &Sheet<'_>, after: Index, before: Index, base: Index) -> Option<Change> {
    let (end, start, of) = (sheet.row(after)?, sheet.row(before)?, sheet.row(base)?);
    if end.dimension() != start.dimension() {
        return None;
    }
    let hundred = Interval::exact(Decimal::constant(1, -2));
    let of_value = of.base;
    let difference = end.base.sub(start.base, Rounding::Nearest).ok()?;
    let percent = difference.shift(2).ok()?.div(of_value, Rounding::Nearest).ok()?;
    // `after / before - 1`, and `1 - before / after` where the end is the base: each operand once.
    let one = Interval::exact(Decimal::ONE);
    let within = if base == after {
        one.sub(start.within.div(end.within).ok()?).ok()?
    } else {
        end.within.div(start.within).ok()?.sub(one).ok()?
    };
    let within = within.mul(hundred).ok()?;
    let operator = if base == after { Operator::GrowthOnEnd } else { Operator::Growth };
    Some(Change { after, before, operator, percent, within })
}

fn fits(change: &Change, stated: Interval) -> bool {
    change.within.overlap(stated).is_some()
}

fn told(sheet: &Sheet<'_>, row: &Row<'_>, change: &Change) -> Option<Arithmetic> {
    let operands = [change.after, change.before];
    let operands = operands.iter().filter_map(|index| Some(sheet.operand(sheet.row(*index)?))).collect();
    Some(Arithmetic {
        operator: change.operator,
        operands,
        computed: change.percent.round_to(4, Rounding::Nearest).unwrap_or(change.percent),
        computed_within: change.within,
        stated: row.value,
        stated_within: row.within,
        unit: Some(Unit::Percent),
    })
}

fn accuse(sheet: &mut Sheet<'_>, code: Code, index: Index, row: &Row<'_>, change: &Change) {
    let arithmetic = told(sheet, row, change);
    sheet.accuse(code, index, &[change.after, change.before], arithmetic, None);
}

fn change(
    sheet: &mut Sheet<'_>,
    index: Index,
    row: &Row<'_>,
    own: &Name,
    families: &BTreeSet<(String, String)>,
) {
    let Some(stem) = own.stems.first().and_then(|stem| named(stem)) else { return };
    let year = row.year();
    let base = row.base_year().unwrap_or(year.saturating_sub(1));
    let whole = meant(&stem, families);
    let plain: Vec<Change> =
        whole.iter().flat_map(|family| changes(sheet, row, family, family, (base, year))).collect();
    let Some(nearest) = nearest(&plain, row.value) else { return };
    if plain.iter().any(|change| fits(change, row.within)) {
        return;
    }
    let precise = printed::significant(row.value) >= 2;
    let mut other = Vec::new();
    for family in &whole {
        for level in &plain {
            other.extend(growth(sheet, level.after, level.before, level.after));
        }
        for back in 2..=YEARS_BACK {
            other.extend(changes(sheet, row, family, family, (year.saturating_sub(back), year)));
        }
        for rival in meant(&with_rivals(&stem), families).iter().filter(|rival| *rival != family) {
            other.extend(changes(sheet, row, family, rival, (base, year)));
        }
    }
    if let Some(found) = other.iter().find(|change| precise && fits(change, row.within)) {
        accuse(sheet, Code::GrowthWrongBase, index, row, found);
        return;
    }
    let hundredfold = row.within.shift(2).ok();
    if let Some(found) = plain.iter().find(|change| hundredfold.is_some_and(|stated| fits(change, stated))) {
        accuse(sheet, Code::PercentFraction, index, row, found);
        return;
    }
    let parted: Vec<Change> = parts(&stem, families)
        .iter()
        .flat_map(|family| changes(sheet, row, family, family, (base, year)))
        .collect();
    let code = match parted.iter().find(|change| precise && fits(change, row.within)) {
        Some(found) => {
            accuse(sheet, Code::WrongDenominator, index, row, found);
            return;
        }
        None => Code::GrowthMismatch,
    };
    accuse(sheet, code, index, row, nearest);
    mend(sheet, row, nearest);
}

/// The stem as its rivals have it: without a publisher.
fn with_rivals(stem: &Name) -> Name {
    Name { family: String::new(), ..stem.clone() }
}

fn nearest(all: &[Change], stated: Decimal) -> Option<&Change> {
    let gap =
        |change: &&Change| change.percent.sub(stated, Rounding::Nearest).map(Decimal::abs).unwrap_or(stated);
    all.iter().min_by_key(gap)
}

/// A level of which two digits exchanged give just the stated change.
fn mend(sheet: &mut Sheet<'_>, row: &Row<'_>, change: &Change) {
    if printed::significant(row.value) < 3 {
        return;
    }
    let Some(ratio) = row.within.shift(-2).and_then(|own| own.add(Interval::exact(Decimal::ONE))).ok() else {
        return;
    };
    let (Some(after), Some(before)) = (sheet.row(change.after).copied(), sheet.row(change.before).copied())
    else {
        return;
    };
    let needed = [
        (change.after, after, before.within.mul(ratio).ok()),
        (change.before, before, after.within.div(ratio).ok()),
    ];
    let mut fitting = Vec::new();
    for (index, level, needed) in needed {
        let Some(needed) = needed else { continue };
        let fits = |value: Decimal| {
            value.mul(level.unit.factor(), Rounding::Nearest).is_ok_and(|base| needed.contains(base))
        };
        if printed::swaps(level.value).into_iter().any(fits) {
            fitting.push(index);
        }
    }
    if let [only] = fitting.as_slice() {
        let arithmetic = told(sheet, row, change);
        sheet.accuse(Code::DigitsSwapped, *only, &[change.after, change.before], arithmetic, None);
    }
}

/// A percentage that the name does not explain: of the whole it says nothing, and of a part it is the change.
fn unknown(
    sheet: &mut Sheet<'_>,
    index: Index,
    row: &Row<'_>,
    own: &Name,
    families: &BTreeSet<(String, String)>,
) {
    let Some(stem) = own.stems.first().and_then(|stem| named(stem)) else { return };
    if printed::significant(row.value) < 3 {
        return;
    }
    let back = || (1..=YEARS_BACK).map(|back| row.year().saturating_sub(back));
    let of = |sheet: &Sheet<'_>, family: &str| -> Vec<Change> {
        back().flat_map(|base| changes(sheet, row, family, family, (base, row.year()))).collect()
    };
    let whole: Vec<Change> = meant(&stem, families).iter().flat_map(|family| of(sheet, family)).collect();
    if whole.is_empty() || whole.iter().any(|change| fits(change, row.within)) {
        return;
    }
    let parted: Vec<Change> = parts(&stem, families).iter().flat_map(|family| of(sheet, family)).collect();
    if let Some(found) = parted.iter().find(|change| fits(change, row.within)) {
        accuse(sheet, Code::WrongDenominator, index, row, found);
    }
}

/// `co.prec.acetates.share` of `co.prec.liquids`, of `co.prec` or of `co.prec.all`.
fn share(sheet: &mut Sheet<'_>, index: Index, row: &Row<'_>, own: &Name) {
    const WHOLES: [&str; 5] = ["", ".all", ".total", ".liquids", ".solids"];
    let mut stems = own.stems.iter();
    let (Some(part), Some(stem)) = (stems.next().and_then(|stem| named(stem)), stems.next()) else { return };
    let numerators = levels(sheet, row, &part.family, row.year());
    let mut denominators = Vec::new();
    for whole in WHOLES {
        if let Some(name) = named(&format!("{stem}{whole}")) {
            denominators.extend(levels(sheet, row, &name.family, row.year()));
        }
    }
    let shares = |sheet: &Sheet<'_>, numerators: &[Index], denominators: &[Index]| -> Vec<Change> {
        let mut all = Vec::new();
        for after in numerators {
            for before in denominators.iter().filter(|before| *before != after) {
                all.extend(portion(sheet, *after, *before));
            }
        }
        all
    };
    let plain = shares(sheet, &numerators, &denominators);
    let Some(nearest) = nearest(&plain, row.value) else { return };
    if plain.iter().any(|change| fits(change, row.within)) {
        return;
    }
    for change in &plain {
        let Some(level) = sheet.row(change.after).copied() else { continue };
        for (code, factor, _) in explain::factors(level.dimension()) {
            for factor in [factor, explain::inverse(factor)] {
                let times = |own: Interval| own.mul(Interval::exact(factor)).ok();
                if times(change.within).is_some_and(|within| within.overlap(row.within).is_some()) {
                    let arithmetic = told(sheet, row, change);
                    sheet.accuse(code, change.after, &[index, change.before], arithmetic, None);
                    return;
                }
            }
        }
    }
    // The same part of another whole, or another part of this one.
    let beside: Vec<Index> = sheet
        .series
        .range(stem.as_str()..)
        .take_while(|(series, _)| series.starts_with(stem.as_str()))
        .take(200)
        .flat_map(|(_, rows)| rows)
        .copied()
        .take(2000)
        .filter(|other| {
            sheet
                .row(*other)
                .is_some_and(|own| own.level && own.year() == row.year() && own.place == row.place)
        })
        .take(200)
        .collect();
    let mut other = shares(sheet, &numerators, &beside);
    other.extend(shares(sheet, &beside, &denominators));
    let precise = printed::significant(row.value) >= 2;
    match other.iter().find(|change| precise && fits(change, row.within)) {
        Some(found) => accuse(sheet, Code::WrongDenominator, index, row, found),
        None => accuse(sheet, Code::ShareMismatch, index, row, nearest),
    }
}

fn portion(sheet: &Sheet<'_>, part: Index, whole: Index) -> Option<Change> {
    let (a, b) = (sheet.row(part)?, sheet.row(whole)?);
    if a.dimension() != b.dimension() {
        return None;
    }
    Some(Change {
        after: part,
        before: whole,
        operator: Operator::Share,
        percent: a.base.shift(2).ok()?.div(b.base, Rounding::Nearest).ok()?,
        within: a.within.div(b.within).ok()?.shift(2).ok()?,
    })
}
