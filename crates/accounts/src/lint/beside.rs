//! How far a figure stands from the years beside it and from the other figures of its own year, as differences of
//! logarithms: for screening, never for the arithmetic that a finding tells.

use crate::period::Nature;

use super::same;
use super::sheet::{Index, Row, Sheet, some};

/// Years further away say little.
const FAR: i16 = 3;

#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Beside {
    pub(super) before: Option<(Index, f64)>,
    pub(super) after: Option<(Index, f64)>,
}

impl Beside {
    pub(super) fn of(sheet: &Sheet<'_>, row: &Row<'_>) -> Self {
        let Some(name) = sheet.name_of(row) else { return Self::default() };
        let find = |step: i16| {
            (1..=FAR).find_map(|far| {
                let year = row.year().checked_add(step * far)?;
                let all = sheet.figures.get(&(name.family.as_str(), row.place, year, row.dimension()))?;
                let best = same::reference(sheet, some(all))?;
                // What is itself accused is no yardstick.
                let row = sheet.row(best).filter(|row| !sheet.is_accused(best) && !unfinished(sheet, row))?;
                Some((best, row.log?))
            })
        };
        Self { before: find(-1), after: find(1) }
    }
    pub(super) fn rows(&self) -> Vec<Index> {
        [self.before, self.after].into_iter().flatten().map(|(index, _)| index).collect()
    }
    pub(super) fn logs(&self) -> Vec<f64> {
        [self.before, self.after].into_iter().flatten().map(|(_, log)| log).collect()
    }
    pub(super) fn both(&self) -> Option<(f64, f64)> {
        let (before, after) = (self.before?.1, self.after?.1);
        Some((before.min(after), before.max(after)))
    }
    pub(super) fn middle(&self) -> Option<f64> {
        let logs = self.logs();
        match logs.as_slice() {
            [one] => Some(*one),
            [one, two] => Some(f64::midpoint(*one, *two)),
            _ => None,
        }
    }
    /// How far outside the two years beside it; negative inside, none without both.
    pub(super) fn outside(&self, log: f64) -> Option<f64> {
        let (low, high) = self.both()?;
        Some((log - high).max(low - log))
    }
}

/// How ill a figure fits: against the others of its period, or beyond a quarter from the years beside it.
pub(super) fn strain(sheet: &Sheet<'_>, index: Index) -> f64 {
    let conflict = contradicted(sheet, index).map_or(0.0, |(apart, _)| apart);
    conflict.max(away(sheet, index) - 0.25).max(0.0)
}

/// How far from the middle of the years beside it.
pub(super) fn away(sheet: &Sheet<'_>, index: Index) -> f64 {
    let row = sheet.row(index);
    row.and_then(|row| Some((row.log? - Beside::of(sheet, row).middle()?).abs())).unwrap_or(0.0)
}

/// From a source of the period itself: such a figure is low because the period was not over.
pub(super) fn unfinished(sheet: &Sheet<'_>, row: &Row<'_>) -> bool {
    let edition = sheet.edition_of(row);
    let early = edition.to.is_some_and(|day| day <= row.period.dates().last());
    early && edition.stated && row.period.nature() == Nature::Flow
}

/// How far the figure is from the best other figure of its own period.
pub(super) fn contradicted(sheet: &Sheet<'_>, index: Index) -> Option<(f64, Index)> {
    let row = sheet.row(index)?;
    let name = sheet.name_of(row)?;
    let all = sheet.figures.get(&(name.family.as_str(), row.place, row.year(), row.dimension()))?;
    let others: Vec<Index> = some(all)
        .iter()
        .copied()
        .filter(|other| sheet.row(*other).is_some_and(|own| own.source != row.source))
        .collect();
    let best = same::reference(sheet, &others)?;
    let other = sheet.row(best)?;
    if row.within.overlap(other.within).is_some() {
        return None;
    }
    Some(((row.log? - other.log?).abs(), best))
}
