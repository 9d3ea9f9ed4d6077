//! A figure against the years beside it: far outside, or off by just the factor of a mistaken unit, while no rival moved
//! likewise. Several figures of one file and year that are a factor of 1,000 off are one drift of the number format.

use std::collections::BTreeMap;

use crate::decimal::{Decimal, Rounding};
use crate::interval::Interval;

use super::beside::Beside;
use super::explain::factors;
use super::finding::{Arithmetic, Code, Operator};
use super::name::Class;
use super::parts::is_cut;
use super::sheet::{Index, Row, Sheet};
use crate::place::Place;

/// How far outside both years beside it, and how far from the only one, a figure may stand.
const fn reach(class: Class) -> Option<(f64, f64)> {
    match class {
        // Factors of 1.6, 1.8 and 2.5 between years, and of 2.2, 2.7 and 4 from one year alone.
        Class::Area => Some((0.47, 0.79)),
        Class::Estimate => Some((0.59, 1.0)),
        Class::Register => Some((0.92, 1.39)),
        Class::Rate => Some((0.92, 1.39)),
        Class::Other => None,
    }
}

/// Factors of 4 between years, and of 10 from one year alone.
const LOCAL: (f64, f64) = (1.39, 2.3);
/// So many municipal figures a factor of 1,000 off in one year of one file are a drift.
const DRIFT: usize = 3;

struct Outlier {
    index: Index,
    code: Code,
    beside: Vec<Index>,
    arithmetic: Option<Arithmetic>,
}

pub(super) fn check(sheet: &mut Sheet<'_>) {
    let mut found: Vec<Outlier> = Vec::new();
    // Between two years first, and the worst of them: what is far off is no yardstick for the years beside it.
    let mut order: Vec<(bool, f64, Index)> = Vec::new();
    for index in sheet.figures.values().flatten() {
        let Some(row) = sheet.row(*index).filter(|_| !sheet.is_accused(*index) && !sheet.is_vouched(*index))
        else {
            continue;
        };
        let beside = Beside::of(sheet, row);
        if let Some((middle, log)) = beside.middle().zip(row.log) {
            order.push((beside.both().is_none(), (log - middle).abs(), *index));
        }
    }
    order.sort_by(|a, b| a.0.cmp(&b.0).then(b.1.total_cmp(&a.1)).then(a.2.cmp(&b.2)));
    for (_, _, index) in order.into_iter().filter(|(_, apart, _)| *apart > 0.4) {
        let Some(row) = sheet.row(index).copied() else { continue };
        let beside = Beside::of(sheet, &row);
        if let Some(code) = judge(sheet, &row, &beside) {
            let arithmetic = told(sheet, &row, &beside, code);
            if let Some(own) = sheet.accused.get_mut(index) {
                *own = true;
            }
            found.push(Outlier { index, code, beside: beside.rows(), arithmetic });
        }
    }
    let mut drift: BTreeMap<(Index, i16), usize> = BTreeMap::new();
    let key = |sheet: &Sheet<'_>, index: Index| sheet.row(index).map(|row| (row.file, row.year()));
    for outlier in found.iter().filter(|outlier| outlier.code == Code::FactorThousand) {
        if let Some(key) = key(sheet, outlier.index) {
            *drift.entry(key).or_default() += 1;
        }
    }
    for outlier in found {
        let count = key(sheet, outlier.index).and_then(|key| drift.get(&key)).copied().unwrap_or(0);
        let local = |row: &Row<'_>| matches!(row.place, Place::Municipality(_));
        if sheet.row(outlier.index).is_some_and(local) && count < DRIFT {
            // Coca comes to a municipality and goes: one figure alone is no drift of a format.
            if let Some(own) = sheet.accused.get_mut(outlier.index) {
                *own = false;
            }
            continue;
        }
        let together = count > 1;
        let code =
            if outlier.code == Code::FactorThousand && together { Code::NumberFormat } else { outlier.code };
        sheet.accuse(code, outlier.index, &outlier.beside, outlier.arithmetic, None);
    }
}

fn judge(sheet: &Sheet<'_>, row: &Row<'_>, beside: &Beside) -> Option<Code> {
    let class = sheet.class_of(row);
    let log = row.log?;
    let apart = log - beside.middle()?;
    let spread = beside.both().map(|(low, high)| high - low);
    for (code, _, factor) in factors(row.dimension()) {
        let off = (apart.abs() - factor).abs();
        // Factors this small are told only against two years that agree.
        let fits = match code {
            Code::GallonsLitres | Code::AcresHectares if matches!(row.place, Place::Municipality(_)) => false,
            Code::GallonsLitres => spread.is_some_and(|spread| spread < 0.35) && off < 0.2,
            Code::AcresHectares => spread.is_some_and(|spread| spread < 0.45) && off < 0.15,
            _ => spread.unwrap_or(0.0) < 1.6 && off < 1.3,
        };
        if fits && !(code == Code::FactorThousand && matches!(class, Class::Other) && spread.is_none()) {
            return Some(code);
        }
    }
    let (two, one) = match row.place {
        Place::Municipality(_) => return None,
        // What moves from one department or region to the next stays in the country.
        Place::Department(_) | Place::Part(_) => LOCAL,
        _ if sheet.name_of(row).is_some_and(|name| is_cut(&name.family)) => LOCAL,
        _ => reach(class)?,
    };
    let far = match beside.outside(log) {
        Some(outside) => outside > two,
        // From the only year, and that the next one.
        None => apart.abs() > one && beside.rows().iter().all(|other| next_to(sheet, row, *other)),
    };
    if !far || small(sheet, row, beside) || rivals_moved(sheet, row, beside, apart) {
        return None;
    }
    Some(if runs(sheet, row) { Code::CumulativeAsYearly } else { Code::Jump })
}

/// Tens of hectares or heads halve and double.
fn small(sheet: &Sheet<'_>, row: &Row<'_>, beside: &Beside) -> bool {
    let printed = |index: &Index| sheet.row(*index).map(|row| row.value.abs());
    let most = beside.rows().iter().filter_map(printed).chain([row.value.abs()]).max();
    most.is_none_or(|most| most < Decimal::constant(1, -2))
}

fn next_to(sheet: &Sheet<'_>, row: &Row<'_>, other: Index) -> bool {
    sheet.row(other).is_some_and(|other| (i32::from(other.year()) - i32::from(row.year())).abs() == 1)
}

/// Whether another method's figures moved the same way between the same years.
fn rivals_moved(sheet: &Sheet<'_>, row: &Row<'_>, beside: &Beside, apart: f64) -> bool {
    let Some(name) = sheet.name_of(row) else { return false };
    let own_method = |other: &&&str| **other != name.family;
    let mut indicators = sheet.rivals.get(name.indicator.as_str()).into_iter().flatten().filter(own_method);
    let years: Vec<i16> = beside.rows().iter().filter_map(|index| Some(sheet.row(*index)?.year())).collect();
    indicators.any(|rival| {
        let level = |year: i16| {
            let rows = sheet.levels(rival, row.place, year, row.dimension());
            sheet.row(*rows.first()?)?.log
        };
        let logs: Option<Vec<f64>> = years.iter().map(|year| level(*year)).collect();
        let (Some(own), Some(logs)) = (level(row.year()), logs) else { return false };
        let count = f64::from(u32::try_from(logs.len()).unwrap_or(1).max(1));
        let moved = own - logs.iter().sum::<f64>() / count;
        (moved - apart).abs() < 0.4
    })
}

/// Whether the figure is about what the years up to it add up to.
fn runs(sheet: &Sheet<'_>, row: &Row<'_>) -> bool {
    let Some(name) = sheet.name_of(row).filter(|name| name.class == Class::Register) else { return false };
    let level = |year: i16| {
        let rows = sheet.levels(&name.family, row.place, year, row.dimension());
        Some(sheet.row(*rows.first()?)?.base.to_f64())
    };
    let own = row.base.to_f64();
    let mut sum = 0.0;
    let mut last = None;
    for back in 1..=30 {
        let Some(value) = row.year().checked_sub(back).and_then(level) else { return false };
        let newest = *last.get_or_insert(value);
        sum += value;
        let rest = own - sum;
        if rest > newest * 0.5 && rest < newest * 2.0 {
            return true;
        }
        if rest < 0.0 {
            return false;
        }
    }
    false
}

/// The figure by that of a year beside it, against the factor or against one.
fn told(sheet: &Sheet<'_>, row: &Row<'_>, beside: &Beside, code: Code) -> Option<Arithmetic> {
    let other = sheet.row(*beside.rows().first()?)?;
    let apart = row.log? - other.log?;
    let factor = factors(row.dimension()).find(|(own, _, _)| *own == code).map(|(_, factor, _)| factor);
    let factor = match factor {
        Some(factor) if apart < 0.0 => super::explain::inverse(factor),
        Some(factor) => factor,
        None => Decimal::ONE,
    };
    let computed = row.base.div(other.base, Rounding::Nearest).ok()?;
    Some(Arithmetic {
        operator: Operator::Ratio,
        operands: vec![sheet.operand(row), sheet.operand(other)],
        computed: computed.round_to(6, Rounding::Nearest).ok()?,
        computed_within: row.within.div(other.within).ok()?,
        stated: factor,
        stated_within: Interval::exact(factor),
        unit: None,
    })
}
