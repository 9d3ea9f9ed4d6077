//! Published intervals held against what came later: does a publisher's interval hold the publisher's own revised figure, how
//! wide is it, and does it leave a factor out. Judges intervals, never which figure is right.

mod binomial;
mod omission;

pub use binomial::clopper_pearson;
pub use omission::Omission;

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::codes::codes;
use crate::day::{Dates, Day};
use crate::decimal::{Decimal, Rounding};
use crate::interval::Interval;
use crate::ledger::{Ledger, ObservationId};
use crate::observation::{Bound, Figure, Observation, Status};
use crate::period::Period;
use crate::place::Place;
use crate::series::SeriesId;
use crate::timeline::CellKey;
use crate::units::Unit;

/// The standard normal's 97.5 % quantile.
const REACH: f64 = 1.959_963_984_540_054;
/// A history of more revisions is not listed whole.
const MOST_LATER: usize = 32;
/// Closer to the figure than this, a middle is as good as on it.
const SAME_MIDDLE: f64 = 0.002;

/// The deviation of the logarithm that an interval implies if 95 % lie within it.
pub fn log_sd(low: f64, high: f64) -> f64 {
    libm::log(high / low) / (2.0 * REACH)
}

codes!(
    /// Where the figure stands in its interval.
    Shape, "shape of an interval",
    /// At the arithmetic middle.
    Additive = "additive",
    /// At the geometric middle, as a lognormal has it.
    Multiplicative = "multiplicative",
    /// Too narrow to tell, or at neither.
    Undecided = "undecided",
);

codes!(
    /// An end that nobody printed.
    Inferred, "inferred end of an interval",
    Low = "low",
    High = "high",
);

/// A figure of the same cell that became known after the interval.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Later {
    /// The observation's number in the ledger.
    pub observation: u32,
    pub known: Dates,
    /// In the unit of the interval.
    pub value: Decimal,
    pub inside: bool,
}

/// One published interval.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Judged {
    pub series: SeriesId,
    pub place: Place,
    pub period: Period,
    /// The observation's number in the ledger.
    pub observation: u32,
    pub known: Dates,
    pub unit: Unit,
    pub value: Decimal,
    pub interval: Interval,
    /// The end that was not published and mirrors the other about the figure.
    pub inferred: Option<Inferred>,
    /// Width over figure.
    pub relative_width: f64,
    /// If 95 % lie within it; none for an end at zero or below, and none where an end is inferred.
    pub log_sd: Option<f64>,
    pub geometric_middle: Option<f64>,
    pub shape: Option<Shape>,
    /// The first of them, at most 32, in the order in which they became known.
    pub later: Vec<Later>,
    pub last: Option<Later>,
    /// Whether the last of all lies inside; none where nothing came later.
    pub inside: Option<bool>,
    /// For an inferred end: whether mirroring in proportion instead of in distance would judge otherwise.
    pub hangs_on_symmetry: bool,
}

/// Intervals that hold the last later figure, and what that tells of the share that would.
#[derive(Clone, Copy, PartialEq, Debug, Serialize)]
pub struct Coverage {
    pub inside: u32,
    pub of: u32,
    /// The 95 % interval of Clopper and Pearson.
    pub low: f64,
    pub high: f64,
}

#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct PublisherAudit {
    /// The publisher's code; none where the observations name none.
    pub publisher: Option<String>,
    /// Over intervals of which both ends are published.
    pub published: Coverage,
    /// Over these and the ones with an inferred end.
    pub with_inferred: Coverage,
    pub mean_relative_width: Option<f64>,
    pub intervals: Vec<Judged>,
    pub omissions: Vec<Omission>,
}

/// Every interval known on the day, by publisher.
pub fn audit(ledger: &Ledger, day: Day) -> Vec<PublisherAudit> {
    let mut by_publisher: BTreeMap<Option<String>, Vec<Judged>> = BTreeMap::new();
    for series in ledger.series() {
        let mut cells: BTreeMap<CellKey, Vec<Known<'_>>> = BTreeMap::new();
        for (id, row) in ledger.of_series(series) {
            let counts = matches!(row.figure, Figure::Value(_))
                && row.bound == Bound::Point
                && row.status != Status::Contested;
            let Some(known) = row.known().filter(|known| counts && known.last() <= day) else { continue };
            let cell = cells.entry(CellKey::of(row)).or_default();
            // The unit of the cell's first figure: one conversion each.
            let unit = cell.first().map_or(row.unit, |first| first.row.unit);
            let Some(value) = in_unit(row, unit) else { continue };
            cell.push(Known { known, id, row, value });
        }
        for cell in cells.values_mut() {
            cell.sort_by_key(|own| (own.known.last(), own.known.first(), own.id));
            let mut seen = BTreeSet::new();
            for own in cell.iter() {
                // The same interval printed again is no second one, in whatever unit.
                let over = |end: Option<Decimal>| {
                    end.and_then(|end| end.div(own.row.number(), Rounding::Nearest).ok())
                };
                let mut new = || seen.insert((own.value, over(own.row.low), over(own.row.high)));
                if let Some(judged) = judged(own, cell).filter(|_| new()) {
                    let publisher = own.row.publisher.as_deref().map(str::to_owned);
                    by_publisher.entry(publisher).or_default().push(judged);
                }
            }
        }
    }
    by_publisher
        .into_iter()
        .map(|(publisher, intervals)| {
            let whole = || intervals.iter().filter(|own| own.inferred.is_none());
            let count = whole().count() as f64;
            PublisherAudit {
                publisher,
                published: coverage(whole()),
                with_inferred: coverage(intervals.iter()),
                mean_relative_width: (count > 0.0)
                    .then(|| whole().map(|own| own.relative_width).sum::<f64>() / count),
                omissions: omission::omissions(&intervals),
                intervals,
            }
        })
        .collect()
}

fn coverage<'a>(intervals: impl Iterator<Item = &'a Judged>) -> Coverage {
    let (mut inside, mut of) = (0, 0);
    for judged in intervals.filter_map(|own| own.inside) {
        of += 1;
        inside += u32::from(judged);
    }
    let (low, high) = clopper_pearson(inside, of, 0.95);
    Coverage { inside, of, low, high }
}

/// The published ends, one of them mirrored about the figure where only the other is printed.
fn ends(row: &Observation) -> Option<(Interval, Option<Inferred>)> {
    let value = row.number();
    // 2 v - end
    let mirrored = |end: Decimal| value.exact_add(value)?.exact_add(end.neg());
    let (low, high, inferred) = match (row.low, row.high) {
        (Some(low), Some(high)) => (low, high, None),
        (Some(low), None) => (low, mirrored(low)?, Some(Inferred::High)),
        (None, Some(high)) => (mirrored(high)?, high, Some(Inferred::Low)),
        (None, None) => return None,
    };
    Some((Interval::new(low, high).ok()?, inferred))
}

fn in_unit(row: &Observation, unit: Unit) -> Option<Decimal> {
    // Nearly always the same: no arithmetic then.
    if row.unit == unit { Some(row.number()) } else { row.unit.convert_value(row.number(), unit).ok() }
}

/// A figure of a cell and its number in the cell's unit.
struct Known<'a> {
    known: Dates,
    id: ObservationId,
    row: &'a Observation,
    value: Decimal,
}

impl Known<'_> {
    /// A weaker status revises nothing, and the same number without a vintage of its own is a quotation.
    fn revises(&self, first: &Self) -> bool {
        self.row.status <= first.row.status && (self.row.vintage.is_some() || self.value != first.value)
    }
}

/// None for a figure without an interval, and for one of zero or below, which has no relative width.
fn judged(own: &Known<'_>, cell: &[Known<'_>]) -> Option<Judged> {
    let Known { known, id, row, .. } = own;
    let value = row.number();
    let (interval, inferred) = ends(row).filter(|_| value > Decimal::ZERO)?;
    let from = cell.partition_point(|other| other.known.last() <= known.last());
    let after = cell.get(from..).unwrap_or(&[]);
    let judge = |other: &Known<'_>| {
        let value = in_unit(other.row, row.unit)?;
        let inside = interval.contains(value);
        Some(Later { observation: other.id.number(), known: other.known, value, inside })
    };
    let mut later: Vec<Later> = Vec::new();
    let mut before = None;
    for other in after.iter().filter(|other| other.revises(own)) {
        if later.len() >= MOST_LATER {
            break;
        }
        if before.replace(other.value) != Some(other.value) {
            later.extend(judge(other));
        }
    }
    // The last one judges, wherever the list ends.
    let last = after.iter().rev().find(|other| other.revises(own)).and_then(judge);
    let inside = last.as_ref().map(|last| last.inside);
    let (low, high, point) = (interval.low().to_f64(), interval.high().to_f64(), value.to_f64());
    let positive = interval.low() > Decimal::ZERO && inferred.is_none();
    let geometric_middle = positive.then(|| libm::sqrt(low * high));
    let hangs_on_symmetry = inferred.is_some_and(|end| {
        // In proportion: v² / end.
        let other = value.mul(value, Rounding::Nearest).ok().and_then(|square| {
            let printed = if end == Inferred::High { interval.low() } else { interval.high() };
            square.div(printed, Rounding::Nearest).ok()
        });
        let proportional = other.and_then(|other| match end {
            Inferred::High => Interval::new(interval.low(), other).ok(),
            Inferred::Low => Interval::new(other, interval.high()).ok(),
        });
        let judged = last.as_ref().zip(proportional).map(|(last, own)| own.contains(last.value));
        inside.is_some() && judged != inside
    });
    Some(Judged {
        series: row.series.clone(),
        place: row.place,
        period: row.period,
        observation: id.number(),
        known: *known,
        unit: row.unit,
        value,
        interval,
        inferred,
        relative_width: (high - low) / point,
        log_sd: positive.then(|| log_sd(low, high)),
        geometric_middle,
        shape: geometric_middle.map(|middle| shape(point, f64::midpoint(low, high), middle)),
        later,
        last,
        inside,
        hangs_on_symmetry,
    })
}

fn shape(value: f64, arithmetic: f64, geometric: f64) -> Shape {
    let away = |middle: f64| (middle / value - 1.0).abs();
    match (away(arithmetic) <= SAME_MIDDLE, away(geometric) <= SAME_MIDDLE) {
        (true, false) => Shape::Additive,
        (false, true) => Shape::Multiplicative,
        _ => Shape::Undecided,
    }
}
