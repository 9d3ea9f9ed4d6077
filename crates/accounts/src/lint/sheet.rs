//! All rows of all files together, with the indexes that the rules walk. It reads series, place, period, value, unit,
//! interval and the name of the source; note, status, vintage and `ship` are never looked at.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::day::Day;
use crate::decimal::{Decimal, Rounding};
use crate::import::Imported;
use crate::interval::Interval;
use crate::observation::{Digest, Observation, Source};
use crate::period::{Nature, Period};
use crate::place::Place;
use crate::units::{Dimension, Unit};

use super::edition::Edition;
use super::finding::{Arithmetic, At, Code, Finding, Operand, Operator};
use super::name::{Class, Name, name};
use super::printed;

pub(super) type Index = usize;

/// No figure has so many rivals; a rule that compares across figures looks at the first, so that no table is slow.
pub(super) fn some(group: &[Index]) -> &[Index] {
    group.get(..64).unwrap_or(group)
}

// INVARIANT: the linter reads neither note nor status nor ship.
/// One row as the rules see it; the observation behind it gives its series and base alone.
#[derive(Clone, Copy, Debug)]
pub(super) struct Row<'a> {
    pub(super) file: Index,
    pub(super) line: u64,
    seen: &'a Observation,
    pub(super) place: Place,
    pub(super) period: Period,
    pub(super) unit: Unit,
    /// As printed.
    pub(super) value: Decimal,
    /// In the first unit of its dimension.
    pub(super) base: Decimal,
    pub(super) within: Interval,
    /// Of the magnitude, for screening only; none for zero.
    pub(super) log: Option<f64>,
    pub(super) name: Index,
    pub(super) source: Index,
    /// A value of a whole period: not a change, a goal, a running total or a part of a year.
    pub(super) level: bool,
}

impl<'a> Row<'a> {
    pub(super) const fn series(&self) -> &'a crate::series::SeriesId {
        &self.seen.series
    }
    pub(super) fn year(&self) -> i16 {
        self.period.year()
    }
    /// The base year of a change; none for a level.
    pub(super) fn base_year(&self) -> Option<i16> {
        self.seen.base().map(Period::year)
    }
    pub(super) fn dimension(&self) -> Dimension {
        self.unit.dimension()
    }
}

#[derive(Debug)]
pub(super) struct Origin {
    pub(super) edition: Edition,
    /// How many figures of the set it gives.
    pub(super) weight: usize,
}

#[derive(Debug)]
pub(super) struct Sheet<'a> {
    pub(super) files: Vec<Arc<str>>,
    pub(super) rows: Vec<Row<'a>>,
    pub(super) names: &'a [Name],
    pub(super) origins: Vec<Origin>,
    /// Levels of one thing at one place in one period.
    pub(super) figures: BTreeMap<(&'a str, Place, i16, Dimension), Vec<Index>>,
    /// Part-year levels beside them.
    pub(super) parts: BTreeMap<(&'a str, Place, i16, Dimension), Vec<Index>>,
    /// By the name of the series as written.
    pub(super) series: BTreeMap<&'a str, Vec<Index>>,
    /// The families of one indicator, each with its method.
    pub(super) rivals: BTreeMap<&'a str, BTreeSet<&'a str>>,
    /// A sum or a chain closes with it.
    pub(super) vouched: Vec<bool>,
    pub(super) accused: Vec<bool>,
    pub(super) findings: Vec<Finding>,
}

/// Names and origins borrow from here, so that the indexes can borrow from them.
#[derive(Debug, Default)]
pub(super) struct Known {
    pub(super) names: Vec<Name>,
    of: FxHashMap<String, Index>,
}

impl Known {
    pub(super) fn of(files: &[(&str, &Imported<Observation>)]) -> Self {
        let mut known = Self::default();
        for observation in files.iter().flat_map(|(_, file)| &file.rows) {
            let text = observation.series.as_str();
            if !known.of.contains_key(text) {
                known.of.insert(text.to_owned(), known.names.len());
                known.names.push(name(&observation.series));
            }
        }
        known
    }
}

#[derive(PartialEq, Eq, Hash)]
enum Origination<'a> {
    Name(&'a str),
    Document(Digest),
}

impl<'a> Sheet<'a> {
    pub(super) fn new(files: &[(&str, &'a Imported<Observation>)], known: &'a Known) -> Self {
        let mut sheet = Self {
            files: files.iter().map(|(name, _)| Arc::from(*name)).collect(),
            rows: Vec::new(),
            names: &known.names,
            origins: Vec::new(),
            figures: BTreeMap::new(),
            parts: BTreeMap::new(),
            series: BTreeMap::new(),
            rivals: BTreeMap::new(),
            vouched: Vec::new(),
            accused: Vec::new(),
            findings: Vec::new(),
        };
        let mut sources: FxHashMap<Origination<'a>, Index> = FxHashMap::default();
        let mut newest: Vec<(Option<Day>, Option<&'a str>)> = Vec::new();
        let mut weights: Vec<usize> = Vec::new();
        for (file, (_, imported)) in files.iter().enumerate() {
            for (at, seen) in imported.rows.iter().enumerate() {
                let name = known.of.get(seen.series.as_str()).copied().unwrap_or(0);
                let (key, text, line) = match &seen.source {
                    Source::Named { name, row, .. } => (Origination::Name(name), Some(&**name), *row),
                    Source::Document { document, .. } => {
                        (Origination::Document(*document), None, u64::try_from(at).unwrap_or(0) + 2)
                    }
                };
                let source = *sources.entry(key).or_insert_with(|| {
                    newest.push((None, text));
                    weights.push(0);
                    newest.len() - 1
                });
                let apart = known.names.get(name).is_none_or(|name| name.apart);
                if let Some(weight) = weights.get_mut(source) {
                    *weight += 1;
                }
                if let Some((day, _)) = newest.get_mut(source).filter(|_| !apart) {
                    *day = (*day).max(Some(seen.period.dates().last()));
                }
                sheet.rows.push(row(file, line, seen, name, source, apart));
            }
        }
        for ((day, text), weight) in newest.into_iter().zip(weights) {
            let edition = text.map_or_else(Edition::default, |text| Edition::of(text, day));
            sheet.origins.push(Origin { edition, weight });
        }
        for (index, row) in sheet.rows.iter().enumerate() {
            sheet.series.entry(row.series().as_str()).or_default().push(index);
            let Some(name) = known.names.get(row.name) else { continue };
            if name.apart || row.base_year().is_some() {
                continue;
            }
            sheet.rivals.entry(name.indicator.as_str()).or_default().insert(name.family.as_str());
            let into = if row.level { &mut sheet.figures } else { &mut sheet.parts };
            into.entry((name.family.as_str(), row.place, row.year(), row.dimension()))
                .or_default()
                .push(index);
        }
        sheet.vouched = vec![false; sheet.rows.len()];
        sheet.accused = vec![false; sheet.rows.len()];
        sheet
    }

    pub(super) fn row(&self, index: Index) -> Option<&Row<'a>> {
        self.rows.get(index)
    }
    pub(super) fn name_of(&self, row: &Row<'_>) -> Option<&'a Name> {
        self.names.get(row.name)
    }
    pub(super) fn class_of(&self, row: &Row<'_>) -> Class {
        self.name_of(row).map_or(Class::Other, |name| name.class)
    }
    pub(super) fn edition_of(&self, row: &Row<'_>) -> Edition {
        self.origins.get(row.source).map(|origin| origin.edition).unwrap_or_default()
    }
    pub(super) fn weight_of(&self, row: &Row<'_>) -> usize {
        self.origins.get(row.source).map_or(0, |origin| origin.weight)
    }
    pub(super) fn is_vouched(&self, index: Index) -> bool {
        self.vouched.get(index).copied().unwrap_or(false)
    }
    pub(super) fn is_accused(&self, index: Index) -> bool {
        self.accused.get(index).copied().unwrap_or(false)
    }
    pub(super) fn vouch(&mut self, index: Index) {
        if let Some(own) = self.vouched.get_mut(index) {
            *own = true;
        }
    }
    pub(super) fn at(&self, row: &Row<'_>) -> At {
        At { file: self.files.get(row.file).cloned().unwrap_or_else(|| Arc::from("")), line: row.line }
    }
    pub(super) fn operand(&self, row: &Row<'_>) -> Operand {
        Operand { value: row.value, unit: row.unit, at: Some(self.at(row)) }
    }

    /// The levels of a family's year, the accused ones left out where others remain.
    pub(super) fn levels(&self, family: &str, place: Place, year: i16, dimension: Dimension) -> Vec<Index> {
        let all = self.figures.get(&(family, place, year, dimension));
        let all = some(all.map(Vec::as_slice).unwrap_or(&[]));
        let clean: Vec<Index> = all.iter().copied().filter(|index| !self.is_accused(*index)).collect();
        if clean.is_empty() { all.to_vec() } else { clean }
    }

    pub(super) fn accuse(
        &mut self,
        code: Code,
        index: Index,
        others: &[Index],
        arithmetic: Option<Arithmetic>,
        text: Option<String>,
    ) {
        let Some(row) = self.rows.get(index).copied() else { return };
        let at = self.at(&row);
        let mut distinct: Vec<At> = Vec::new();
        for other in others.iter().filter(|other| **other != index).take(Finding::MOST_OTHERS) {
            if let Some(row) = self.row(*other) {
                distinct.push(self.at(row));
            }
        }
        distinct.dedup();
        let others_count = others.iter().filter(|other| **other != index).count().max(distinct.len());
        if let Some(own) = self.accused.get_mut(index) {
            *own = true;
        }
        self.findings.push(Finding {
            code,
            at,
            series: Some(row.series().clone()),
            place: Some(row.place),
            others: distinct,
            others_count,
            arithmetic,
            text,
        });
    }

    /// The same thing said by another row, in the unit of the accused one.
    pub(super) fn same(&self, accused: &Row<'_>, other: &Row<'_>) -> Option<Arithmetic> {
        self.compared(accused, Operator::Same, vec![self.operand(other)], other.base, other.within)
    }

    /// A number computed in the first unit of the dimension against the figure of a row, both in the unit of the row.
    pub(super) fn compared(
        &self,
        accused: &Row<'_>,
        operator: Operator,
        operands: Vec<Operand>,
        computed: Decimal,
        within: Interval,
    ) -> Option<Arithmetic> {
        let factor = accused.unit.factor();
        Some(Arithmetic {
            operator,
            operands,
            computed: computed.div(factor, Rounding::Nearest).ok()?,
            computed_within: within.div(Interval::exact(factor)).ok()?,
            stated: accused.value,
            stated_within: printed::within(accused.value),
            unit: Some(accused.unit),
        })
    }
}

fn row<'a>(
    file: Index,
    line: u64,
    seen: &'a Observation,
    name: Index,
    source: Index,
    apart: bool,
) -> Row<'a> {
    let value = seen.number();
    let factor = seen.unit.factor();
    let base = value.mul(factor, Rounding::Nearest).unwrap_or(value);
    let own =
        if seen.unit == Unit::Percent { printed::within_percent(value) } else { printed::within(value) };
    let within = own.mul(Interval::exact(factor)).unwrap_or(own);
    let size = base.abs().to_f64();
    let log = (size > 0.0).then(|| libm::log(size));
    let part = seen.period.is_part_year() && seen.period.nature() == Nature::Flow;
    let level = !apart && !part && seen.base().is_none();
    Row {
        file,
        line,
        seen,
        place: seen.place,
        period: seen.period,
        unit: seen.unit,
        value,
        base,
        within,
        log,
        name,
        source,
        level,
    }
}
