//! Areas, leaf and cocaine through their yields: what a field can bear, the two ways to the harvested area, and the two
//! wrong formulas, stock times yield and stock less accumulated eradication.

use crate::decimal::{Decimal, Rounding};
use crate::interval::Interval;
use crate::place::Place;
use crate::units::{Dimension, Unit};

use super::beside::Beside;
use super::finding::{Arithmetic, Code, Operand, Operator};
use super::printed;
use super::sheet::{Index, Row, Sheet};

/// Rival figures of one year that are tried.
const RIVALS: usize = 8;

/// What one hectare can bear in a year, in kilograms. Cocaine: the surveys imply 2.2 to 11.5 kg. Fresh leaf: their field
/// studies give 3.3 to 6.9 t. Both ends are left wide.
const COCAINE: Interval = Interval::constant(Decimal::constant(5, 1), Decimal::constant(2, -1));
const LEAF: Interval = Interval::constant(Decimal::constant(5, -2), Decimal::constant(15, -3));
/// Kilograms of cocaine from a tonne of leaf, fresh or dry.
const PER_TONNE: Interval = Interval::constant(Decimal::constant(2, 1), Decimal::constant(1, -1));

/// Leaf by its yield and cocaine by its own: where the two harvested areas meet, both figures stand.
pub(super) fn vouch(sheet: &mut Sheet<'_>) {
    let mut meeting = Vec::new();
    let mut apart = Vec::new();
    for (country, place, year) in countries(sheet) {
        let get = |what: &str, dimensions: &[Dimension]| -> Vec<Index> {
            let family = format!("{country}.{what}.simci");
            let all = dimensions
                .iter()
                .filter_map(|dimension| sheet.figures.get(&(family.as_str(), place, year, *dimension)));
            all.flatten().copied().take(RIVALS).collect()
        };
        let leaf = get("leaf", &[Dimension::FreshLeaf]);
        let leaf_yields = get("leafyield", &[Dimension::LeafYield]);
        let cocaine = get("prod", &[Dimension::Mass]);
        let rates = get("hclperha", &[Dimension::MassPerHarvestedArea]);
        let mut any = false;
        let mut nearest = None;
        for (l, ly, c, r) in quads(&leaf, &leaf_yields, &cocaine, &rates) {
            let (Some(a), Some(b)) = (area(sheet, l, ly), area(sheet, c, r)) else { continue };
            if a.overlap(b).is_some() {
                any = true;
                meeting.extend([l, c, ly, r]);
            } else if nearest.is_none() {
                nearest = Some((a, b, [l, ly, c, r]));
            }
        }
        if let Some(nearest) = nearest.filter(|_| !any) {
            apart.push(nearest);
        }
    }
    meeting.into_iter().for_each(|index| sheet.vouch(index));
    for (by_leaf, by_cocaine, rows) in apart {
        unclosed(sheet, by_leaf, by_cocaine, rows);
    }
}

fn quads<'q>(
    leaf: &'q [Index],
    yields: &'q [Index],
    cocaine: &'q [Index],
    rates: &'q [Index],
) -> impl Iterator<Item = (Index, Index, Index, Index)> + 'q {
    let first = leaf.iter().flat_map(|l| yields.iter().map(|y| (*l, *y)));
    first.flat_map(move |(l, y)| cocaine.iter().flat_map(move |c| rates.iter().map(move |r| (l, y, *c, *r))))
}

fn area(sheet: &Sheet<'_>, mass: Index, rate: Index) -> Option<Interval> {
    sheet.row(mass)?.within.div(sheet.row(rate)?.within).ok()
}

/// The two areas do not meet: told at the cocaine, against the other figures of the chain.
fn unclosed(sheet: &mut Sheet<'_>, by_leaf: Interval, by_cocaine: Interval, rows: [Index; 4]) {
    let [_, _, cocaine, _] = rows;
    let (Ok(leaf), Ok(other)) = (by_leaf.middle(), by_cocaine.middle()) else { return };
    // A mistaken unit is told where it stands.
    let gap = (libm::log(leaf.to_f64()) - libm::log(other.to_f64())).abs();
    if !(0.02..4.0).contains(&gap) {
        return;
    }
    let operand = |index: Index| sheet.row(index).map(|row| sheet.operand(row));
    let arithmetic = Arithmetic {
        operator: Operator::Ratio,
        operands: rows.iter().filter_map(|index| operand(*index)).collect(),
        computed: leaf.round_to(0, Rounding::Nearest).unwrap_or(leaf),
        computed_within: by_leaf,
        stated: other.round_to(0, Rounding::Nearest).unwrap_or(other),
        stated_within: by_cocaine,
        unit: Some(Unit::Hectare),
    };
    sheet.accuse(Code::ChainMismatch, cocaine, &rows, Some(arithmetic), None);
}

/// The countries, places and years that have any area.
fn countries(sheet: &Sheet<'_>) -> Vec<(String, Place, i16)> {
    let mut all: Vec<(String, Place, i16)> = sheet
        .figures
        .keys()
        .filter(|(family, ..)| matches!(family.split('.').nth(1), Some("cult" | "prod")))
        .filter_map(|(family, place, year, _)| Some((family.split('.').next()?.to_owned(), *place, *year)))
        .collect();
    all.sort();
    all.dedup();
    all
}

/// Rates outside what a field bears, and areas that would have had to bear it.
pub(super) fn check(sheet: &mut Sheet<'_>) {
    rates(sheet);
    implied(sheet);
    stock_times_yield(sheet);
}

/// The range of a rate by what its series is of.
fn allowed(family: &str, dimension: Dimension) -> Option<Interval> {
    match (family.split('.').nth(1), dimension) {
        (_, Dimension::LeafYield) => Some(LEAF),
        (Some("leafyield"), Dimension::MassPerArea | Dimension::MassPerHarvestedArea) => Some(LEAF),
        (_, Dimension::MassPerArea | Dimension::MassPerHarvestedArea) => Some(COCAINE),
        (_, Dimension::MassPerMass | Dimension::MassPerDryLeaf) => Some(PER_TONNE),
        _ => None,
    }
}

fn rates(sheet: &mut Sheet<'_>) {
    let mut found = Vec::new();
    for ((family, place, year, dimension), rows) in &sheet.figures {
        let Some(allowed) = allowed(family, *dimension) else { continue };
        for index in rows {
            let Some(row) = sheet.row(*index).filter(|row| !allowed.contains(row.base)) else { continue };
            let country = family.split('.').next().unwrap_or("");
            let thousand = (*dimension != Dimension::LeafYield)
                .then(|| thousandfold(sheet, row, country, *place, *year))
                .flatten();
            let Some(ends) = allowed.div(Interval::exact(row.unit.factor())).ok() else { continue };
            let arithmetic = Arithmetic {
                operator: Operator::Same,
                operands: vec![sheet.operand(row)],
                computed: row.value,
                computed_within: printed::within(row.value),
                stated: ends.high(),
                stated_within: ends,
                unit: Some(row.unit),
            };
            found.push((*index, arithmetic, thousand));
        }
    }
    for (index, arithmetic, thousand) in found {
        sheet.accuse(Code::OutsidePhysicalRange, index, &[], Some(arithmetic), None);
        if let Some((others, arithmetic)) = thousand {
            sheet.accuse(Code::FactorThousand, index, &others, Some(arithmetic), None);
        }
    }
}

/// The rate times the area of its year, where that is about a thousand times the cocaine.
fn thousandfold(
    sheet: &Sheet<'_>,
    rate: &Row<'_>,
    country: &str,
    place: Place,
    year: i16,
) -> Option<(Vec<Index>, Arithmetic)> {
    let find = |what: &str, dimension| {
        let family = format!("{country}.{what}.simci");
        sheet.levels(&family, place, year, dimension).first().copied()
    };
    let (area, cocaine) = (find("cult", Dimension::Area)?, find("prod", Dimension::Mass)?);
    let (field, mass) = (sheet.row(area)?, sheet.row(cocaine)?);
    let (value, within) = product(field, rate)?;
    let over = value.div(mass.base, Rounding::Nearest).ok()?.to_f64();
    if !(300.0..3000.0).contains(&over) && !(300.0..3000.0).contains(&(1.0 / over)) {
        return None;
    }
    let operands = vec![sheet.operand(rate), sheet.operand(field)];
    Some((vec![area, cocaine], sheet.compared(mass, Operator::Product, operands, value, within)?))
}

/// Kilograms: an area in square metres times a rate in kilograms per hectare.
fn product(area: &Row<'_>, rate: &Row<'_>) -> Option<(Decimal, Interval)> {
    let value = area.base.shift(-4).ok()?.mul(rate.base, Rounding::Nearest).ok()?;
    let within = area.within.shift(-4).ok()?.mul(rate.within).ok()?;
    Some((value, within))
}

/// Cocaine and leaf by the area of the same publisher.
fn implied(sheet: &mut Sheet<'_>) {
    let mut found = Vec::new();
    for (family, place, year, dimension) in sheet.figures.keys() {
        let mut segments = family.split('.');
        let (Some(country), Some("cult"), Some(method), None) =
            (segments.next(), segments.next(), segments.next(), segments.next())
        else {
            continue;
        };
        if *dimension != Dimension::Area {
            continue;
        }
        for (what, dimension, allowed) in
            [("prod", Dimension::Mass, COCAINE), ("leaf", Dimension::FreshLeaf, LEAF)]
        {
            let other = format!("{country}.{what}.{method}");
            let masses = sheet.levels(&other, *place, *year, dimension);
            let areas = sheet.levels(family, *place, *year, Dimension::Area);
            let quotient = |mass: Index, area: Index| {
                let (mass, area) = (sheet.row(mass)?, sheet.row(area)?);
                mass.within.div(area.within.shift(-4).ok()?).ok()
            };
            for mass in masses.iter().take(RIVALS) {
                let all: Vec<(Index, Interval)> = areas
                    .iter()
                    .take(RIVALS)
                    .filter_map(|area| Some((*area, quotient(*mass, *area)?)))
                    .collect();
                if all.is_empty() || all.iter().any(|(_, own)| own.overlap(allowed).is_some()) {
                    continue;
                }
                if let Some((area, within)) = all.first() {
                    found.push((*mass, *area, *within, allowed));
                }
            }
        }
    }
    for (mass, area, within, allowed) in found {
        let strain = |index: Index| {
            let row = sheet.row(index)?;
            Some((row.log? - Beside::of(sheet, row).middle()?).abs())
        };
        let (a, b) = (strain(mass).unwrap_or(0.5), strain(area).unwrap_or(0.5));
        let (index, other) = if b > a { (area, mass) } else { (mass, area) };
        let operands =
            [mass, area].iter().filter_map(|index| Some(sheet.operand(sheet.row(*index)?))).collect();
        let Ok(computed) = within.middle() else { continue };
        let arithmetic = Arithmetic {
            operator: Operator::Ratio,
            operands,
            computed: computed.round_to(4, Rounding::Nearest).unwrap_or(computed),
            computed_within: within,
            stated: allowed.high(),
            stated_within: allowed,
            unit: Some(Unit::KilogramPerHectare),
        };
        sheet.accuse(Code::OutsidePhysicalRange, index, &[other], Some(arithmetic), None);
    }
}

/// Cocaine that is just the stock of 31 December times a yield per harvested hectare.
fn stock_times_yield(sheet: &mut Sheet<'_>) {
    let mut found = Vec::new();
    for ((family, place, year, dimension), masses) in &sheet.figures {
        let mut segments = family.split('.');
        let (Some(country), Some("prod")) = (segments.next(), segments.next()) else { continue };
        if *dimension != Dimension::Mass {
            continue;
        }
        let areas = sheet.levels(&format!("{country}.cult.simci"), *place, *year, Dimension::Area);
        let rate = |dimension| sheet.levels(&format!("{country}.hclperha.simci"), *place, *year, dimension);
        let rates = [rate(Dimension::MassPerHarvestedArea), rate(Dimension::MassPerArea)].concat();
        for mass in masses.iter().take(RIVALS) {
            let Some(row) = sheet.row(*mass).filter(|row| printed::significant(row.value) >= 3) else {
                continue;
            };
            if sheet.is_vouched(*mass) {
                continue;
            }
            for (area, rate) in
                areas.iter().take(RIVALS).flat_map(|a| rates.iter().take(RIVALS).map(move |r| (*a, *r)))
            {
                let (Some(field), Some(per)) = (sheet.row(area), sheet.row(rate)) else { continue };
                let Some((value, within)) = product(field, per) else { continue };
                if row.within.contains(value) {
                    let operands = vec![sheet.operand(field), sheet.operand(per)];
                    let arithmetic = sheet.compared(row, Operator::Product, operands, value, within);
                    found.push((*mass, [area, rate], arithmetic));
                    break;
                }
            }
        }
    }
    for (mass, others, arithmetic) in found {
        sheet.accuse(Code::StockTimesYield, mass, &others, arithmetic, None);
    }
}

/// An area that is a stock of its year or the year before less an eradication of its year. Coarse figures that fit where they
/// stand are left alone: some difference always comes near.
pub(super) fn eradicated(sheet: &mut Sheet<'_>) {
    let mut found = Vec::new();
    for ((family, place, year, dimension), areas) in &sheet.figures {
        let mut segments = family.split('.');
        let (Some(country), Some("cult")) = (segments.next(), segments.next()) else { continue };
        if *dimension != Dimension::Area {
            continue;
        }
        let start = format!("{country}.erad.");
        let cleared: Vec<Index> = sheet
            .figures
            .range((start.as_str(), Place::World, i16::MIN, Dimension::Area)..)
            .take_while(|((other, ..), _)| other.starts_with(start.as_str()))
            .filter(|((_, own, when, what), _)| own == place && when == year && what == dimension)
            .flat_map(|(_, rows)| rows.iter().copied())
            .take(RIVALS)
            .collect();
        if cleared.is_empty() {
            continue;
        }
        let mut stocks = areas.clone();
        let before = year.saturating_sub(1);
        stocks.extend(sheet.figures.get(&(*family, *place, before, *dimension)).into_iter().flatten());
        for index in areas.iter().take(RIVALS) {
            let Some(row) = sheet.row(*index).filter(|_| !sheet.is_vouched(*index)) else { continue };
            if printed::significant(row.value) < 4 && !sheet.is_accused(*index) {
                continue;
            }
            for (stock, gone) in
                stocks.iter().take(2 * RIVALS).flat_map(|s| cleared.iter().map(move |g| (*s, *g)))
            {
                let (Some(whole), Some(less)) = (sheet.row(stock), sheet.row(gone)) else { continue };
                let Ok(value) = whole.base.sub(less.base, Rounding::Nearest) else { continue };
                let near = row.within.contains(value);
                if stock != *index && near && less.base.to_f64() > whole.base.to_f64() * 0.02 {
                    let Ok(within) = whole.within.sub(less.within) else { continue };
                    let operands: Vec<Operand> = vec![sheet.operand(whole), sheet.operand(less)];
                    let arithmetic = sheet.compared(row, Operator::Difference, operands, value, within);
                    found.push((*index, [stock, gone], arithmetic));
                    break;
                }
            }
        }
    }
    for (index, others, arithmetic) in found {
        sheet.accuse(Code::EradicationFromStock, index, &others, arithmetic, None);
    }
}
