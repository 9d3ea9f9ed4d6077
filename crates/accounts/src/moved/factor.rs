//! Which factor moved a revised product, where the ledger holds one of its factors on both days: the other is what the
//! product is over it. An inference from two published figures, and marked as one.

use std::collections::BTreeMap;

use serde::Serialize;

use super::Shelf;
use crate::chain::{Factor, attribute};
use crate::interval::Interval;
use crate::observation::{Bound, Figure, Observation};
use crate::place::Place;
use crate::series::Quantity;

#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct MovedFactor {
    pub name: &'static str,
    pub log_change: f64,
    /// Of the whole change in logarithms.
    pub share: Option<f64>,
}

#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct FactorMove {
    /// The published factor and the one that follows from it.
    pub factors: [MovedFactor; 2],
    /// The name of the one that moved further.
    pub mover: Option<&'static str>,
    pub log_change: f64,
    /// The factor's own figures, which this rests on: then and now.
    pub rests_on: (u32, u32),
    /// Always: the second factor is nowhere published.
    pub inferred: bool,
}

/// Product, published factor, what is left: in the order in which they are tried.
const SPLITS: [(Quantity, Quantity, &str, &str); 4] = [
    (Quantity::Cocaine, Quantity::FreshLeaf, "fresh_leaf", "hcl_per_leaf"),
    (Quantity::Cocaine, Quantity::HclPerHectare, "hcl_per_hectare", "harvested_area"),
    (Quantity::FreshLeaf, Quantity::LeafYield, "leaf_yield", "harvested_area"),
    (Quantity::HclPerHectare, Quantity::LeafYield, "leaf_yield", "hcl_per_leaf"),
];

/// Country segment, method, place, year, quantity.
type Key<'a> = (&'a str, &'a str, Place, i16, Quantity);
type Known<'a> = BTreeMap<Key<'a>, (u32, &'a Observation)>;

/// The factors of the chain that stood on the two days.
pub(super) struct Factors<'a> {
    before: Known<'a>,
    after: Known<'a>,
}

fn key(row: &Observation, quantity: Quantity) -> Option<Key<'_>> {
    // Only a publisher's main series: `co.leaf.unodc`, not one region's.
    let mut segments = row.series.segments();
    let country = segments.next()?;
    (segments.count() == 2).then_some(())?;
    Some((country, row.method.as_deref()?, row.place, row.period.year(), quantity))
}

impl<'a> Factors<'a> {
    pub(super) fn of(shelves: &[Shelf<'a>]) -> Self {
        let mut made = Self { before: Known::new(), after: Known::new() };
        for shelf in shelves {
            let quantity = shelf.series.quantity();
            if !SPLITS.iter().any(|(_, factor, _, _)| *factor == quantity) {
                continue;
            }
            for (figures, known) in [(&shelf.before, &mut made.before), (&shelf.after, &mut made.after)] {
                for (id, row) in figures.values() {
                    let level = matches!(row.figure, Figure::Value(_))
                        && row.bound == Bound::Point
                        && !row.period.is_part_year();
                    if let Some(key) = key(row, quantity).filter(|_| level) {
                        known.insert(key, (id.number(), row));
                    }
                }
            }
        }
        made
    }

    /// None where no factor stood on both days, or a figure is zero.
    pub(super) fn of_revision(&self, was: &Observation, row: &Observation) -> Option<FactorMove> {
        let quantity = row.series.quantity();
        SPLITS.iter().filter(|(product, ..)| *product == quantity).find_map(|(_, factor, name, rest)| {
            let key = key(row, *factor)?;
            let (then, before) = self.before.get(&key)?;
            let (now, after) = self.after.get(&key)?;
            let exact = |row: &Observation, unit| row.unit.convert(Interval::exact(row.number()), unit).ok();
            let products = (exact(was, was.unit)?, exact(row, was.unit)?);
            let published = (exact(before, before.unit)?, exact(after, before.unit)?);
            let left = (products.0.div(published.0).ok()?, products.1.div(published.1).ok()?);
            let both = [
                Factor { name, before: published.0, after: published.1 },
                Factor { name: rest, before: left.0, after: left.1 },
            ];
            let made = attribute(&both, Some(products)).ok()?;
            let [first, second] = made.shares.as_slice() else { return None };
            let moved = |name: &'static str, share: &crate::chain::Share| MovedFactor {
                name,
                log_change: share.log_change,
                share: share.share,
            };
            Some(FactorMove {
                factors: [moved(name, first), moved(rest, second)],
                mover: made.mover.map(|place| if place == 0 { *name } else { *rest }),
                log_change: made.log_change,
                rests_on: (*then, *now),
                inferred: true,
            })
        })
    }
}
