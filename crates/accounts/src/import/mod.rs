//! Tables of figures, promises and gaps, from their bytes to observations. Each bad row is a defect that names line,
//! column and rule, and the rest goes on; what a figure means is decided elsewhere.

mod absent;
mod commitments;
mod documents;
mod indicators;
mod methods;
mod note;
mod table;
mod tidy;

pub use absent::{Absent, absent};
pub use commitments::{Baseline, Commitment, Deadline, Direction, Target, commitments};
pub use documents::documents;
pub use indicators::{AnswerRow, answers, indicators};
pub use methods::{methods, programmes};
pub use table::MOST_ROWS;
pub use tidy::{Imported, tidy};

use crate::codes::codes;

codes!(
    /// What a row breaks.
    Rule, "rule of the import",
    UnknownColumn = "unknown_column",
    CellCount = "cell_count",
    CellTooLong = "cell_too_long",
    NotUtf8 = "not_utf8",
    BadSeries = "bad_series",
    UnknownPlace = "unknown_place",
    DivipolaMangled = "divipola_mangled",
    BadPeriod = "bad_period",
    PeriodContradiction = "period_contradiction",
    NumberMissing = "number_missing",
    NotANumber = "not_a_number",
    AmbiguousNumber = "ambiguous_number",
    PercentOfAnother = "percent_of_another_unit",
    UnknownUnit = "unknown_unit",
    UnitMissing = "unit_missing",
    VintageUnreadable = "vintage_unreadable",
    TwoVintages = "two_vintages",
    StatusUnknown = "status_unknown",
    TwoStatuses = "two_statuses",
    ShipUnreadable = "ship_unreadable",
    BadObservation = "bad_observation",
    IdMissing = "id_missing",
    IdTwice = "id_twice",
    DirectionUnknown = "direction_unknown",
    TargetUnreadable = "target_unreadable",
    DeadlineUnreadable = "deadline_unreadable",
    BaselineUnreadable = "baseline_unreadable",
    YearsUnreadable = "years_unreadable",
    BadId = "bad_id",
    NameMissing = "name_missing",
    KindUnknown = "kind_unknown",
    AccrualUnknown = "accrual_unknown",
    UnknownMethod = "unknown_method",
    UnknownIndicator = "unknown_indicator",
    UnknownProgramme = "unknown_programme",
    MethodContradiction = "method_contradiction",
);

/// What is wrong in one row, or in the heading, which is line 1.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Defect {
    pub line: u64,
    /// Empty where it is the row as a whole.
    pub column: String,
    pub rule: Rule,
    /// What stands there, cut to 200 characters, with the reason where the rule has several.
    pub text: String,
}

impl std::fmt::Display for Defect {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { line, column, rule, text } = self;
        write!(f, "line {line}, column `{column}`, {rule}: {text}")
    }
}

/// The first defects in full and the number of all: a table of millions of bad rows does not fill the memory.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Defects {
    pub first: Vec<Defect>,
    pub count: u64,
}

impl Defects {
    pub const MOST: usize = 100_000;

    pub(crate) fn push(&mut self, defect: Defect) {
        self.count += 1;
        if self.first.len() < Self::MOST {
            self.first.push(defect);
        }
    }
    pub const fn is_empty(&self) -> bool {
        self.count == 0
    }
}

/// Why the bytes are no table of the kind asked for.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum NotATable {
    #[error("the table is empty")]
    Empty,
    #[error("the heading is not UTF-8 text")]
    NotText,
    #[error("the heading lacks the column `{column}`")]
    ColumnMissing { column: String },
    #[error("the heading has the column `{column}` twice")]
    ColumnTwice { column: String },
    #[error("the table has more than {most} columns")]
    TooWide { most: usize },
    #[error("the table has more than {most} rows")]
    TooLong { most: u64 },
}
