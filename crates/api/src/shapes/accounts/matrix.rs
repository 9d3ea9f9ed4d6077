//! The verdict matrix and the promises behind it.

use serde::Serialize;
use utoipa::ToSchema;

use super::{Figure, SourceRef, Words};

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AccountsView {
    pub as_of: String,
    pub today: String,
    pub place: String,
    pub places: Vec<PlaceShape>,
    pub snapshot: String,
    pub observations: usize,
    pub series: usize,
    /// Vintage unknown: on no day is it certain that they were known.
    pub undated: usize,
    /// Of the linter, over all figures.
    pub findings: usize,
    /// Rows and facts that broke a rule.
    pub not_taken: Vec<NotTakenShape>,
    pub publishers: Vec<PublisherShape>,
    /// In the order of the columns.
    pub methods: Vec<MethodShape>,
    pub groups: Vec<MatrixGroup>,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, ToSchema)]
pub struct PlaceShape {
    pub code: String,
    pub name: Words,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct NotTakenShape {
    pub file: String,
    pub line: Option<u64>,
    pub code: &'static str,
    pub why: String,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PublisherShape {
    pub code: String,
    pub name: Words,
    /// The latest year that it has a figure for.
    pub last_year: i16,
    /// Two whole years without a figure.
    pub late: bool,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct MethodShape {
    pub id: String,
    pub publisher: Words,
    pub name: Words,
    pub text: Words,
    pub reference: String,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct MatrixGroup {
    pub programme: String,
    pub name: Words,
    pub rows: Vec<MatrixRow>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct BaselineShape {
    pub label: String,
    /// False: one of several readings of a baseline that the text leaves open.
    pub stated: bool,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct MatrixRow {
    pub commitment: String,
    pub title: Words,
    pub baseline: Option<BaselineShape>,
    pub first_of_commitment: bool,
    pub target: Option<String>,
    pub target_high: Option<String>,
    pub unit: Option<String>,
    pub direction: &'static str,
    /// A day, `open`, `not_stated`, or null where none applies.
    pub deadline: Option<String>,
    /// Share of the judged cells that agree with the majority.
    pub stability: Option<f64>,
    /// What changes the verdict: method, baseline, vintage, end.
    pub flips: Vec<&'static str>,
    /// Why nothing is judged.
    pub why: Option<&'static str>,
    pub cells: Vec<MatrixCell>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct MatrixCell {
    pub method: String,
    pub vintage: String,
    pub end: &'static str,
    pub verdict: &'static str,
    pub value: Option<String>,
    pub unit: Option<String>,
    /// Percent of the target.
    pub progress: Option<String>,
    pub reason: &'static str,
    /// judged, not_yet, left_open, not_measured, does_not_apply
    pub mark: &'static str,
    pub status: Option<&'static str>,
    /// The promise names this method, or none.
    pub named: bool,
    pub observations: Vec<u32>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CommitmentDetail {
    pub row: Vec<MatrixRow>,
    pub promisers: Vec<String>,
    pub promisee: String,
    pub indicator: String,
    pub method_named: Option<String>,
    pub condition: Option<ConditionShape>,
    pub source: StatedSource,
    pub judged: Vec<JudgedShape>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct StatedSource {
    pub name: String,
    pub reference: String,
    pub note: Option<String>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ConditionShape {
    pub text: String,
    pub kind: &'static str,
    pub events: Vec<ConditionEvent>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ConditionEvent {
    pub day: String,
    pub state: &'static str,
    pub party: String,
    pub text: String,
    pub source: SourceRef,
}

/// One method's answer as it stands.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct JudgedShape {
    pub method: String,
    pub baseline: Option<String>,
    pub end_year: Option<i16>,
    pub base: Option<Figure>,
    pub end: Option<Figure>,
    pub change: Option<String>,
    pub verdict: &'static str,
    pub reason: &'static str,
}
