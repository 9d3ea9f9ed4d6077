//! How firm a verdict is, and what it hangs on. The stability index is the share of judged cells at the point that agree
//! with the majority; it weighs no method more than another.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::{End, Reading, Row, Verdict, Vintage};
use crate::codes::codes;
use crate::decimal::{Decimal, Rounding};

codes!(
    /// What differs between two cells.
    Axis, "axis of the matrix",
    Method = "method",
    Baseline = "baseline",
    Vintage = "vintage",
    End = "end",
);

/// Two cells of one promise that differ in one axis: one is met, the other missed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
pub struct Flip {
    pub axis: Axis,
    pub met: usize,
    pub missed: usize,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
pub struct Stability {
    /// From a half to one, to four decimals; none where nothing is judged.
    pub index: Option<Decimal>,
    /// None where as many are met as missed, and where nothing is judged.
    pub majority: Option<Verdict>,
    pub met: usize,
    pub missed: usize,
}

/// The places of the last dated row of each method and reading, or of the only one without a date.
pub(super) fn standing(rows: &[Row], end: End) -> Vec<usize> {
    let mut last: BTreeMap<(&str, &str, Reading), usize> = BTreeMap::new();
    for (place, row) in rows.iter().enumerate().filter(|(_, row)| row.end == end) {
        let key = (&*row.commitment, &*row.method, row.baseline);
        let dated = |place: usize| rows.get(place).is_some_and(|row| matches!(row.vintage, Vintage::From(_)));
        let known = last.get(&key).copied();
        if known.is_none_or(|known| dated(place) || !dated(known)) {
            last.insert(key, place);
        }
    }
    let mut places: Vec<usize> = last.into_values().collect();
    places.sort_unstable();
    places
}

/// Of rows of one promise. One that names a method is judged by it alone.
pub(super) fn of<'a>(rows: impl Iterator<Item = &'a Row>) -> Stability {
    let points = rows.filter(|row| row.end == End::Point && row.named && row.is_judged());
    let (mut met, mut missed) = (0, 0);
    for row in points {
        if row.verdict == Verdict::Met { met += 1 } else { missed += 1 }
    }
    let majority = match met.cmp(&missed) {
        Ordering::Greater => Some(Verdict::Met),
        Ordering::Less => Some(Verdict::Missed),
        Ordering::Equal => None,
    };
    let whole = |count: usize| i64::try_from(count).map(Decimal::from_int).ok();
    let share = |(most, all): (Decimal, Decimal)| {
        most.div(all, Rounding::Nearest).ok()?.round_to(4, Rounding::Nearest).ok()
    };
    let index = whole(met.max(missed)).zip(whole(met + missed)).and_then(share);
    Stability { index, majority, met, missed }
}

pub(super) fn by_reading(rows: &[Row]) -> Vec<(Reading, Stability)> {
    let readings: BTreeSet<Reading> = rows.iter().map(|row| row.baseline).collect();
    let of = |reading| (reading, of(rows.iter().filter(|row| row.baseline == reading)));
    readings.into_iter().map(of).collect()
}

/// The first pair for each axis and each place at which the verdict changes along it.
pub(super) fn flips(rows: &[Row], from: usize) -> Vec<Flip> {
    let mut flips = Vec::new();
    let now = standing(rows, End::Point);
    let places: Vec<usize> = (0..rows.len()).collect();
    pairs(rows, from, &now, Axis::Method, |row| row.baseline.to_string(), &mut flips);
    pairs(rows, from, &now, Axis::Baseline, |row| row.method.to_string(), &mut flips);
    let points: Vec<usize> =
        places.iter().copied().filter(|at| rows.get(*at).is_some_and(|row| row.end == End::Point)).collect();
    pairs(rows, from, &points, Axis::Vintage, |row| format!("{} {}", row.method, row.baseline), &mut flips);
    let cell = |row: &Row| format!("{} {} {}", row.method, row.baseline, row.vintage);
    pairs(rows, from, &places, Axis::End, cell, &mut flips);
    flips
}

/// Among rows that the key calls alike, the first that is met and the first that is missed.
fn pairs(
    rows: &[Row],
    from: usize,
    places: &[usize],
    axis: Axis,
    key: impl Fn(&Row) -> String,
    flips: &mut Vec<Flip>,
) {
    let mut groups: BTreeMap<String, (Option<usize>, Option<usize>)> = BTreeMap::new();
    for (place, row) in places.iter().filter_map(|at| Some((*at, rows.get(*at)?))) {
        let (met, missed) = groups.entry(key(row)).or_default();
        match row.verdict {
            Verdict::Met => *met = met.or(Some(place)),
            Verdict::Missed => *missed = missed.or(Some(place)),
            _ => {}
        }
    }
    let found = groups.into_values().filter_map(|(met, missed)| met.zip(missed));
    flips.extend(found.map(|(met, missed)| Flip { axis, met: from + met, missed: from + missed }));
}
