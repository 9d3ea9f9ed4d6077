//! Tables of figures, promises and gaps, from their bytes to observations. Each bad row is a defect that names line,
//! column and rule, and the rest goes on; what a figure means is decided elsewhere.

mod absent;
mod carried;
mod cells;
mod commitments;
mod documents;
mod indicators;
mod methods;
mod note;
pub mod sdmx;
mod table;
mod tidy;
pub mod wide;

pub use absent::{Absent, absent};
pub(crate) use carried::{SDMX as SDMX_COLUMNS, TIDY as TIDY_COLUMNS};
pub use cells::{Cell, Grid, GridRow, Kind};
pub use commitments::{Baseline, Commitment, Deadline, Direction, Target, commitments};
pub use documents::documents;
pub use indicators::{AnswerRow, answers, indicators};
pub use methods::{methods, programmes};
pub use table::MOST_ROWS;
pub use tidy::{Imported, tidy, tidy_sheet};

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
    AboveHeading = "above_heading",
    ErrorCell = "error_cell",
    FormulaWithoutValue = "formula_without_value",
    MergedCell = "merged_cell",
    DateInYearColumn = "date_in_year_column",
    DateForNumber = "date_for_number",
    LocaleDrift = "locale_drift",
    PlaceContradiction = "place_contradiction",
    PlaceTwice = "place_twice",
    CarriedUnreadable = "carried_unreadable",
    StructureUnknown = "structure_unknown",
    ActionUnknown = "action_unknown",
    DeleteRefused = "delete_refused",
    ReplaceAppended = "replace_appended",
    ObsStatusUnknown = "obs_status_unknown",
    ValueOfMissing = "value_of_a_missing_status",
    ConfStatusUnknown = "conf_status_unknown",
    UnitMultUnreadable = "unit_mult_unreadable",
    FrequencyContradiction = "frequency_contradiction",
    YearStartMoved = "year_start_moved",
    /// A sheet of a workbook that is hidden, or holds no table.
    SheetNotRead = "sheet_not_read",
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

    pub fn push(&mut self, defect: Defect) {
        self.count += 1;
        if self.first.len() < Self::MOST {
            self.first.push(defect);
        }
    }
    /// Puts the others among these by their lines.
    pub fn merge(&mut self, others: Self) {
        self.count += others.count;
        self.first.extend(others.first);
        self.first.sort_by_key(|defect| defect.line);
        self.first.truncate(Self::MOST);
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
    #[error("the first column is neither DATAFLOW nor STRUCTURE, as in SDMX-CSV")]
    NotSdmx,
}

impl NotATable {
    /// A stable code for the edges.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Empty => "table_empty",
            Self::NotText => "heading_not_utf8",
            Self::ColumnMissing { .. } => "column_missing",
            Self::ColumnTwice { .. } => "column_twice",
            Self::TooWide { .. } => "too_many_columns",
            Self::TooLong { .. } => "too_many_rows",
            Self::NotSdmx => "not_sdmx_csv",
        }
    }
}
