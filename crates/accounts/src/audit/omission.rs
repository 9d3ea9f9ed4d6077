//! An interval of a product that is as wide as one factor's, in proportion, at both ends: the other factors are in it as if
//! they were exact.

use std::collections::BTreeMap;

use serde::Serialize;

use super::Judged;
use crate::day::Dates;
use crate::decimal::{Decimal, Rounding};
use crate::period::Period;
use crate::place::Place;
use crate::series::{Quantity, SeriesId};

/// The finding, code `omits_factor`.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Omission {
    /// Always `omits_factor`.
    pub code: &'static str,
    pub place: Place,
    pub period: Period,
    pub known: Dates,
    pub product: SeriesId,
    /// The only factor whose spread the product's interval holds.
    pub carries: SeriesId,
    /// The observations' numbers in the ledger: product, factor.
    pub observations: (u32, u32),
    /// Low and high over the figure, of the product and of the factor.
    pub product_bounds: (Decimal, Decimal),
    pub factor_bounds: (Decimal, Decimal),
}

/// One in the third decimal: what `the same to three digits` means here.
const SAME: Decimal = Decimal::constant(1, 3);

/// What the chain multiplies into what.
const PRODUCTS: [(Quantity, &[Quantity]); 3] = [
    (
        Quantity::Cocaine,
        &[Quantity::FreshLeaf, Quantity::LeafYield, Quantity::HarvestedArea, Quantity::HclPerHectare],
    ),
    (Quantity::FreshLeaf, &[Quantity::LeafYield, Quantity::HarvestedArea]),
    (Quantity::HclPerHectare, &[Quantity::LeafYield]),
];

fn bounds(own: &Judged) -> Option<(Decimal, Decimal)> {
    let over = |end: Decimal| end.div(own.value, Rounding::Nearest).ok();
    Some((over(own.interval.low())?, over(own.interval.high())?))
}

fn same(a: Decimal, b: Decimal) -> bool {
    a.sub(b, Rounding::Nearest).is_ok_and(|apart| apart.abs() < SAME)
}

/// An interval and its ends over the figure.
type Bounded<'a> = ((Decimal, Decimal), &'a Judged);
/// Country segment, place, year and the time at which they became known.
type Sheet<'a> = (&'a str, Place, i16, Dates);

/// Among intervals that one publisher made known at one time for one place and year, both ends published.
pub(super) fn omissions(intervals: &[Judged]) -> Vec<Omission> {
    let mut sheets: BTreeMap<Sheet<'_>, BTreeMap<Quantity, Vec<Bounded<'_>>>> = BTreeMap::new();
    for own in intervals.iter().filter(|own| own.inferred.is_none() && !own.interval.is_exact()) {
        // Only a publisher's main series, `co.prod.unodc`: its parts are products of their own.
        let mut segments = own.series.segments();
        let country = segments.next().unwrap_or("");
        if own.series.publisher().is_none() || segments.count() != 2 {
            continue;
        }
        if let Some(bounds) = bounds(own) {
            let sheet = sheets.entry((country, own.place, own.period.year(), own.known)).or_default();
            sheet.entry(own.series.quantity()).or_default().push((bounds, own));
        }
    }
    let mut found = Vec::new();
    for sheet in sheets.values_mut() {
        sheet.values_mut().for_each(|own| own.sort_by_key(|(bounds, own)| (*bounds, own.observation)));
        for (product, factors) in PRODUCTS {
            for bounded in sheet.get(&product).into_iter().flatten() {
                let of = factors.iter().filter_map(|factor| sheet.get(factor));
                found.extend(of.filter_map(|factor| omission(bounded, factor)));
            }
        }
    }
    found
}

/// The first of a factor's intervals, in the order of their ends, that the product's repeats.
fn omission((own, product): &Bounded<'_>, factors: &[Bounded<'_>]) -> Option<Omission> {
    let least = own.0.sub(SAME, Rounding::Down).ok()?;
    let from = factors.partition_point(|((low, _), _)| *low <= least);
    let near = factors.get(from..)?.iter().take_while(|((low, _), _)| same(*low, own.0));
    let (other, factor) = near.into_iter().find(|((_, high), _)| same(*high, own.1))?;
    Some(Omission {
        code: "omits_factor",
        place: product.place,
        period: product.period,
        known: product.known,
        product: product.series.clone(),
        carries: factor.series.clone(),
        observations: (product.observation, factor.observation),
        product_bounds: *own,
        factor_bounds: *other,
    })
}
