//! One method's figures by year, as known on a day. A figure that is not taken is listed with the reason.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{Method, NotCompared, Question, Vintage, check};
use crate::codes::codes;
use crate::day::Dates;
use crate::decimal::Decimal;
use crate::ledger::{Ledger, ObservationId};
use crate::observation::{Bound, Figure, Observation, Status};
use crate::period::Period;
use crate::series::SeriesId;
use crate::timeline::CellKey;

codes!(
    /// Why a figure is not on the curve.
    Why, "reason to leave a figure out",
    /// Neither its vintage nor its publication is dated.
    VintageUnknown = "vintage_unknown",
    /// Of a month or a year that holds the day: perhaps known by then.
    Undecided = "undecided",
    /// A change between two periods and no level.
    Change = "change",
    /// Says at least, or at most.
    Bound = "bound",
    /// Less than a year, or more than one.
    NotAYear = "not_a_year",
    OtherDimension = "other_dimension",
    /// Another figure of the same method speaks for the year.
    AnotherSpeaks = "another_speaks",
);

#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct LeftOut {
    pub series: SeriesId,
    /// The observation's number in the ledger.
    pub observation: u32,
    pub period: Period,
    pub why: Why,
}

/// A figure that spoke for the year before the one that stands.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Earlier {
    pub observation: u32,
    pub known: Dates,
    pub value: Decimal,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Point {
    pub year: i16,
    pub value: Decimal,
    pub low: Option<Decimal>,
    pub high: Option<Decimal>,
    pub status: Status,
    pub series: SeriesId,
    /// The observation's number in the ledger.
    pub observation: u32,
    pub period: Period,
    pub known: Option<Dates>,
    /// Other values of the same cell that were known before, the oldest first; contested ones are none.
    pub earlier: Vec<Earlier>,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Curve {
    pub method: String,
    /// By year.
    pub points: Vec<Point>,
    pub left_out: Vec<LeftOut>,
}

impl Curve {
    pub fn at(&self, year: i16) -> Option<&Point> {
        self.points.binary_search_by_key(&year, |point| point.year).ok().and_then(|at| self.points.get(at))
    }
}

/// Each method's curve, in the order of the methods.
pub fn curves(ledger: &Ledger, question: &Question<'_>) -> Result<Vec<Curve>, NotCompared> {
    check(question.methods)?;
    Ok(question.methods.iter().map(|method| curve(ledger, question, method)).collect())
}

/// A figure that may speak for its year; the smallest does.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Rank {
    undated: bool,
    series: usize,
    /// A later day in the year before an earlier one, and what was appended later first.
    day: std::cmp::Reverse<crate::day::Day>,
    id: std::cmp::Reverse<ObservationId>,
}

fn curve(ledger: &Ledger, question: &Question<'_>, method: &Method) -> Curve {
    let mut made = Curve { method: method.code.clone(), points: Vec::new(), left_out: Vec::new() };
    let mut years: BTreeMap<i16, (Rank, Point)> = BTreeMap::new();
    for (place, series) in method.series.iter().enumerate() {
        let cells = cells(ledger, question, series);
        let mut asked: Vec<(ObservationId, bool)> = Vec::new();
        let known = ledger.as_known_on(series, question.day);
        let mut leave = |id: ObservationId, why: Why| {
            if let Some(row) = ledger.get(id).filter(|row| row.place == question.place) {
                made.left_out.push(LeftOut {
                    series: row.series.clone(),
                    observation: id.number(),
                    period: row.period,
                    why,
                });
            }
        };
        known.undecided.iter().for_each(|id| leave(*id, Why::Undecided));
        for id in known.unknown {
            if question.undated {
                asked.push((id, true));
            } else {
                leave(id, Why::VintageUnknown);
            }
        }
        match question.vintage {
            Vintage::Standing => asked.extend(known.standing.into_iter().map(|id| (id, false))),
            Vintage::First => asked.extend(cells.values().filter_map(|cell| Some((first(cell)?, false)))),
        }
        for (id, undated) in asked {
            let Some(row) = ledger.get(id).filter(|row| row.place == question.place) else { continue };
            let day = row.period.dates().last();
            let rank =
                Rank { undated, series: place, day: std::cmp::Reverse(day), id: std::cmp::Reverse(id) };
            let point = match point(question, id, row, &cells) {
                Ok(point) => point,
                Err(why) => {
                    leave(id, why);
                    continue;
                }
            };
            match years.get(&point.year) {
                Some((known, _)) if *known < rank => leave(id, Why::AnotherSpeaks),
                _ => {
                    if let Some((other, _)) = years.insert(point.year, (rank, point)) {
                        leave(other.id.0, Why::AnotherSpeaks);
                    }
                }
            }
        }
    }
    made.points = years.into_values().map(|(_, point)| point).collect();
    made.left_out
        .sort_by(|a, b| (a.period, &a.series, a.observation).cmp(&(b.period, &b.series, b.observation)));
    made
}

/// The dated figures of each cell that were known on the day, the oldest first.
type Cells<'a> = BTreeMap<CellKey, Vec<(Dates, ObservationId, &'a Observation)>>;

fn cells<'a>(ledger: &'a Ledger, question: &Question<'_>, series: &SeriesId) -> Cells<'a> {
    let mut cells = Cells::new();
    for (id, row) in ledger.of_series(series).filter(|(_, row)| row.place == question.place) {
        // A vintage of which only the month is stated counts from the month's end, as in the ledger.
        if let Some(known) = row.known().filter(|known| known.last() <= question.day) {
            cells.entry(CellKey::of(row)).or_default().push((known, id, row));
        }
    }
    for cell in cells.values_mut() {
        cell.sort_by_key(|(known, id, _)| (known.last(), known.first(), *id));
    }
    cells
}

/// The first figure of the strongest status, one with a stated vintage before one that is only quoted.
fn first(cell: &[(Dates, ObservationId, &Observation)]) -> Option<ObservationId> {
    let strength = |row: &Observation| (row.status, row.vintage.is_none());
    let best = cell.iter().map(|(_, _, row)| strength(row)).min()?;
    cell.iter().find(|(_, _, row)| strength(row) == best).map(|(_, id, _)| *id)
}

fn point(
    question: &Question<'_>,
    id: ObservationId,
    row: &Observation,
    cells: &Cells<'_>,
) -> Result<Point, Why> {
    if matches!(row.figure, Figure::Change { .. }) {
        return Err(Why::Change);
    }
    if row.bound != Bound::Point {
        return Err(Why::Bound);
    }
    let dates = row.period.dates();
    if row.period.is_part_year() || dates.first().year() != dates.last().year() {
        return Err(Why::NotAYear);
    }
    let in_unit = |row: &Observation, value: Decimal| row.unit.convert_value(value, question.unit).ok();
    let own = |value: Decimal| in_unit(row, value).ok_or(Why::OtherDimension);
    let value = own(row.number())?;
    let mut earlier: Vec<Earlier> = Vec::new();
    for (known, other, before) in cells.get(&CellKey::of(row)).map_or(&[][..], Vec::as_slice) {
        if *other == id || row.known().is_none_or(|own| known.last() >= own.last()) {
            continue;
        }
        let Some(was) = in_unit(before, before.number()) else { continue };
        let counts = before.status != Status::Contested && before.status <= row.status;
        if counts && earlier.last().is_none_or(|last| last.value != was) {
            earlier.push(Earlier { observation: other.number(), known: *known, value: was });
        }
    }
    // The same value again is no revision.
    if earlier.last().is_some_and(|last| last.value == value) {
        earlier.pop();
    }
    Ok(Point {
        year: row.period.year(),
        value,
        low: row.low.map(own).transpose()?,
        high: row.high.map(own).transpose()?,
        status: row.status,
        series: row.series.clone(),
        observation: id.number(),
        period: row.period,
        known: row.known(),
        earlier,
    })
}
