//! The latest value of a series then and now, and its change in two exact parts: what happened since in the world as it is
//! measured now, and what was changed about the past.

use std::collections::BTreeMap;

use serde::Serialize;

use super::factor::{FactorMove, Factors};
use super::{Line, Shelf, Stood, in_unit, less, line, stood};
use crate::decimal::Decimal;
use crate::ledger::ObservationId;
use crate::observation::Observation;
use crate::period::Period;
use crate::place::Place;
use crate::series::SeriesId;
use crate::units::Unit;

/// A latest figure.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
pub struct Top {
    pub period: Period,
    pub figure: Stood,
    /// In the unit of the headline.
    pub value: Decimal,
}

/// The change in its parts, in the unit of the headline.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
pub struct Parts {
    /// The old period's value as it stands now.
    pub old_period_now: Decimal,
    /// The new period less the old one, both as they stand now.
    pub world: Decimal,
    /// The old period as it stands now less as it stood then.
    pub revision: Decimal,
    /// World and revision add up to the change in every digit.
    pub exact: bool,
}

#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Headline {
    pub series: SeriesId,
    pub place: Place,
    /// The unit of the figure then.
    pub unit: Unit,
    pub then: Top,
    /// None where all was withdrawn.
    pub now: Option<Top>,
    pub change: Option<Decimal>,
    /// None where the old period was withdrawn.
    pub parts: Option<Parts>,
    /// What moved the old period, where the ledger holds a factor of it on both days.
    pub factor: Option<FactorMove>,
}

type Figures<'a> = BTreeMap<crate::timeline::CellKey, (ObservationId, &'a Observation)>;

/// The latest figure of each line. Part of a year is no headline, nor are several years.
fn tops<'a>(figures: &'a Figures<'_>) -> BTreeMap<Line, (ObservationId, &'a Observation)> {
    let mut tops: BTreeMap<Line, (ObservationId, &Observation)> = BTreeMap::new();
    for (id, row) in figures.values() {
        let dates = row.period.dates();
        if row.period.is_part_year() || dates.first().year() != dates.last().year() {
            continue;
        }
        let later = |known: &Observation| {
            let end = |row: &Observation| (row.period.dates().last(), row.period.dates().first());
            end(row) > end(known)
        };
        if tops.get(&line(row)).is_none_or(|(_, known)| later(known)) {
            tops.insert(line(row), (*id, row));
        }
    }
    tops
}

/// Every headline of which the period or the figure changed.
pub(super) fn headlines(shelf: &Shelf<'_>, factors: &Factors<'_>) -> Vec<Headline> {
    let mut made = Vec::new();
    let now = tops(&shelf.after);
    for (own, (id, row)) in tops(&shelf.before) {
        let new = now.get(&own).copied();
        let same = new.is_some_and(|(_, new)| new.period == row.period && new.agrees(row) && row.agrees(new));
        if !same {
            made.push(headline(shelf, (id, row), new, factors));
        }
    }
    made
}

fn headline(
    shelf: &Shelf<'_>,
    (id, row): (ObservationId, &Observation),
    new: Option<(ObservationId, &Observation)>,
    factors: &Factors<'_>,
) -> Headline {
    let then = Top { period: row.period, figure: stood(id, row), value: row.number() };
    let converted = new.and_then(|(id, new)| {
        let (value, exact) = in_unit(new, row.unit)?;
        Some((Top { period: new.period, figure: stood(id, new), value }, exact))
    });
    let whole = converted.and_then(|(top, _)| less(top.value, then.value));
    let old = shelf.after.get(&crate::timeline::CellKey::of(row)).map(|(_, old)| *old);
    let parts = converted.zip(whole).zip(old).and_then(|(((top, top_exact), (_, whole_exact)), old)| {
        let (old_period_now, old_exact) = in_unit(old, row.unit)?;
        let (world, world_exact) = less(top.value, old_period_now)?;
        let (revision, revision_exact) = less(old_period_now, then.value)?;
        let exact = top_exact && old_exact && whole_exact && world_exact && revision_exact;
        Some(Parts { old_period_now, world, revision, exact })
    });
    let revised = parts.is_some_and(|parts| !parts.revision.is_zero());
    Headline {
        series: shelf.series.clone(),
        place: row.place,
        unit: row.unit,
        then,
        now: converted.map(|(top, _)| top),
        change: whole.map(|(change, _)| change),
        parts,
        factor: old.filter(|_| revised).and_then(|old| factors.of_revision(row, old)),
    }
}
