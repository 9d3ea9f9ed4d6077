//! Every promise against every measurement of it: met, missed, undecided or not measurable, computed for each method,
//! baseline, vintage and end of the published interval. Never typed, and never says which of two methods is right.
//!
//! What a cell is:
//! - **method**: one of those that answer the indicator. Where the promise names one, the others are computed too and
//!   marked as not named.
//! - **baseline**: the stated one; where none is stated, each of the four whole years before the promise was published.
//!   A base that was revised later is also read as it was known on the earlier day, `2017@2018-09-30`: "half of 2017"
//!   may mean the 2017 that people had before them.
//! - **vintage**: the day from which the cell rests on other figures than before, or on which the deadline passes. A
//!   date of which only the month is stated counts from the month's end. Figures without any date have a state of their
//!   own, `unknown`, in which they stand before dated ones.
//! - **end**: `point`; and `low` and `high` where a figure used has a published interval with that side.
//!
//! What decides:
//! - Several figures of one method: the standing one of each series as the ledger has it; among series, measurements
//!   before claims, then the one that fits the deadline better, then the more precise where one is the other rounded,
//!   then the later known, then the order of the table. Two that differ, of the same day and rank, decide only what both
//!   decide.
//! - A part of the period, a total of an earlier day, `at least`: the truth is not below it. A period beyond the
//!   deadline, a total of a later day, `at most`: the truth is not above it. A verdict stands where the bound forces it.
//! - What is stored as claimed, leaked, tertiary or contested is shown with its value and decides nothing.
//! - A published change between two years answers where the method has no two levels for them.

mod baseline;
mod cells;
mod known;
mod rule;
mod stability;
mod sweep;
mod table;
mod track;

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use serde::{Serialize, Serializer};

use crate::codes::codes;
use crate::condition::ConditionKind;
use crate::day::{Dates, Day};
use crate::decimal::Decimal;
use crate::import::{Commitment, Target};
use crate::ledger::{Ledger, ObservationId};
use crate::observation::Status;
use crate::registry::Registry;
use crate::units::Unit;

pub use stability::{Axis, Flip, Stability};

/// Printed values keep so many.
const DECIMALS: i32 = 6;

codes!(
    /// What is said of a promise.
    Verdict, "verdict",
    Met = "met",
    Missed = "missed",
    Undecided = "undecided",
    NotMeasurable = "not_measurable",
);

codes!(
    /// Which end of the published intervals is taken.
    End, "end of an interval",
    Low = "low",
    Point = "point",
    High = "high",
);

codes!(
    /// Why a cell says what it says.
    Reason, "reason of a verdict",
    /// Figures of the base and of the deadline's period.
    Measured = "measured",
    PublishedChange = "published_change",
    /// A bound from below decides: a part of the period, a total of an earlier day, `at least`.
    LowerBound = "lower_bound",
    /// A bound from above decides: a longer period, a total of a later day, `at most`.
    UpperBound = "upper_bound",
    BeforeDeadline = "before_deadline",
    EndNotPublished = "end_not_published",
    NoDeadline = "no_deadline",
    PartPeriod = "part_period",
    PeriodBeyondDeadline = "period_beyond_deadline",
    BoundOnly = "bound_only",
    /// A sum of which an addend is not known.
    PartMissing = "part_missing",
    TwoFigures = "two_figures",
    ClaimedOnly = "claimed_only",
    LeakedOnly = "leaked_only",
    TertiaryOnly = "tertiary_only",
    ContestedOnly = "contested_only",
    NoTarget = "no_target",
    /// A number that the direction gives no rule for.
    TargetUnclear = "target_unclear",
    NoSeries = "no_series",
    NoFigure = "no_figure",
    NoBaseFigure = "no_base_figure",
    BaseIsZero = "base_is_zero",
    /// Neither a baseline nor a date of the promise is stated, so there is no reading to try.
    BaselineUnreadable = "baseline_unreadable",
    /// The method begins to count after the deadline.
    SeriesStartsLater = "series_starts_later",
    NamedMethodHasNoSeries = "named_method_has_no_series",
    OtherUnit = "other_unit",
    TooManyFigures = "too_many_figures",
    NotComputable = "not_computable",
);

codes!(
    /// How a cell is marked: "does not apply" and "not yet published" are different marks.
    Mark, "mark of a cell",
    Judged = "judged",
    /// Time or a publisher will tell.
    NotYet = "not_yet",
    /// What is published leaves it open.
    LeftOpen = "left_open",
    /// Somebody said so, nobody measured it.
    NotMeasured = "not_measured",
    DoesNotApply = "does_not_apply",
);

impl Reason {
    pub const fn mark(self) -> Mark {
        match self {
            Self::Measured | Self::PublishedChange | Self::LowerBound | Self::UpperBound => Mark::Judged,
            Self::BeforeDeadline | Self::EndNotPublished | Self::PartMissing | Self::PartPeriod => {
                Mark::NotYet
            }
            Self::PeriodBeyondDeadline | Self::BoundOnly | Self::TwoFigures | Self::NoDeadline => {
                Mark::LeftOpen
            }
            Self::ClaimedOnly | Self::LeakedOnly | Self::TertiaryOnly | Self::ContestedOnly => {
                Mark::NotMeasured
            }
            _ => Mark::DoesNotApply,
        }
    }
}

/// What the promise is measured from.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Reading {
    NotApplicable,
    /// As known at the vintage of the cell.
    Of(Dates),
    /// As known on an earlier day.
    AsOf {
        dates: Dates,
        day: Day,
    },
}

/// From when a cell rests on its figures.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Vintage {
    /// No figure is used.
    None,
    From(Day),
    /// On at least one figure of which no date is stated.
    Unknown,
}

/// One cell of the matrix, in the order of the contract's columns.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Row {
    pub commitment: Arc<str>,
    /// `-` where none answers.
    pub method: Arc<str>,
    pub baseline: Reading,
    pub vintage: Vintage,
    pub end: End,
    pub verdict: Verdict,
    /// In the unit, to six decimals, rounded to the nearest; the verdict is of the exact one.
    pub value: Option<Decimal>,
    #[serde(serialize_with = "target_text")]
    pub target: Option<Target>,
    pub unit: Option<Unit>,
    pub reason: Reason,
    /// In percent of the target: 104 where 104 of 100 are reached. None where the target is no amount to reach.
    pub progress: Option<Decimal>,
    /// The weakest of the figures used.
    pub status: Option<Status>,
    /// False where the promise names another method.
    pub named: bool,
    /// The figures that the baseline is read from.
    pub base_figures: Vec<ObservationId>,
    /// The others.
    pub figures: Vec<ObservationId>,
}

impl Row {
    /// Whether a figure is overdue on a day: the deadline has passed, and what would decide is not published.
    pub fn is_overdue(&self, commitment: &Commitment, day: Day) -> bool {
        let passed = matches!(commitment.deadline, crate::import::Deadline::By(deadline) if deadline <= day);
        passed && self.reason.mark() == Mark::NotYet
    }
    pub const fn is_judged(&self) -> bool {
        matches!(self.verdict, Verdict::Met | Verdict::Missed)
    }
}

/// The cells of one promise and what they say together.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Judged {
    pub commitment: Arc<str>,
    /// Its rows in the matrix.
    pub rows: Range<usize>,
    pub condition: Option<ConditionKind>,
    pub stability: Stability,
    /// The same for each reading of the baseline by itself, in the order of the readings.
    pub readings: Vec<(Reading, Stability)>,
    /// What changes the verdict, with two cells as evidence, by their place in the matrix.
    pub flips: Vec<Flip>,
}

#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize)]
pub struct Matrix {
    /// None is without a day: all that is known, every deadline taken as passed.
    pub as_known_on: Option<Day>,
    /// By promise, method, baseline, vintage and end.
    pub rows: Vec<Row>,
    pub judged: Vec<Judged>,
}

impl Matrix {
    pub fn of(&self, commitment: &str) -> &[Row] {
        let found = self.judged.iter().find(|own| &*own.commitment == commitment);
        found.and_then(|own| self.rows.get(own.rows.clone())).unwrap_or(&[])
    }
    /// The last dated state of each promise, method and baseline at this end; of cells without dated figures the only one.
    pub fn standing(&self, end: End) -> impl Iterator<Item = &Row> {
        stability::standing(&self.rows, end).into_iter().filter_map(|place| self.rows.get(place))
    }
}

// INVARIANT: a verdict does not depend on the order in which figures were appended.
// INVARIANT: a figure of a later vintage does not change the cells of earlier vintages.
/// Judges every promise by every method, baseline, vintage and end. With a day, by what was known with certainty on it.
pub fn matrix(
    ledger: &Ledger,
    registry: &Registry,
    commitments: &[Commitment],
    as_known_on: Option<Day>,
) -> Matrix {
    let mut matrix = Matrix { as_known_on, ..Matrix::default() };
    for commitment in commitments {
        let from = matrix.rows.len();
        cells::of(ledger, registry, commitment, as_known_on, &mut matrix.rows);
        let rows = from..matrix.rows.len();
        let own = matrix.rows.get(rows.clone()).unwrap_or(&[]);
        matrix.judged.push(Judged {
            commitment: commitment.id.as_str().into(),
            rows,
            condition: commitment.condition.as_deref().and_then(ConditionKind::read),
            stability: stability::of(own.iter()),
            readings: stability::by_reading(own),
            flips: stability::flips(own, from),
        });
    }
    matrix
}

impl fmt::Display for Reading {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotApplicable => f.write_str("-"),
            Self::Of(dates) => write!(f, "{dates}"),
            Self::AsOf { dates, day } => write!(f, "{dates}@{day}"),
        }
    }
}
impl fmt::Display for Vintage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => f.write_str("-"),
            Self::From(day) => write!(f, "{day}"),
            Self::Unknown => f.write_str("unknown"),
        }
    }
}
impl Serialize for Reading {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.collect_str(self)
    }
}
impl Serialize for Vintage {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.collect_str(self)
    }
}

/// As the table of promises writes it: `70000`, `7000000000;14000000000`.
pub(crate) fn target_printed(target: Target) -> String {
    match target {
        Target::One(value) => value.to_string(),
        Target::Between { low, high } => format!("{low};{high}"),
    }
}

fn target_text<S: Serializer>(target: &Option<Target>, out: S) -> Result<S::Ok, S::Error> {
    match target {
        None => out.serialize_none(),
        Some(target) => out.serialize_str(&target_printed(*target)),
    }
}
