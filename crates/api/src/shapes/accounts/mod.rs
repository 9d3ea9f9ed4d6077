//! The accounts on the wire: promises against what each method measured. Exact decimals travel as text, never as floats;
//! codes, never sentences. Names in both languages come from the tables that a node was given.

mod chart;
mod matrix;
mod people;
mod reading;

use bitacora_accounts::method::Bilingual;
use serde::Serialize;
use utoipa::ToSchema;

pub use chart::{
    AccountsChart, AuditCase, AuditShape, ChartPoint, CurveShape, DivergenceShape, FanShape, FanStep,
    HullYear, MoveShape, Moved, MovedHeadline, PooledBias, PooledPoint, PooledShape,
};
pub use matrix::{
    AccountsView, BaselineShape, CommitmentDetail, ConditionEvent, ConditionShape, JudgedShape, MatrixCell,
    MatrixGroup, MatrixRow, MethodShape, NotTakenShape, PlaceShape, PublisherShape, StatedSource,
};
pub use people::{
    AbsentShape, ActionShape, ActionStep, AgendaShape, ClaimAbout, ClaimShape, Dispute, DisputeParty,
    IndicatorShape, MeetingShape, MoveAction, NewAction, NewMeeting, ProgrammeIndicator, ProgrammeShape,
};
pub use reading::{
    Acceptance, AcceptedClaim, AcceptedQuantity, AcceptedShape, LeftOutShape, LintOther, LintShape,
    NewReading, ReadActor, ReadClaim, ReadDate, ReadQuantity, ReadingShape, SpanShape,
};

/// A text in both languages.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, ToSchema)]
pub struct Words {
    pub es: String,
    pub en: String,
}

impl From<&Bilingual> for Words {
    fn from(words: &Bilingual) -> Self {
        Self { es: words.es.clone(), en: words.en.clone() }
    }
}

impl Words {
    /// A code where no table has words for it.
    pub fn code(code: &str) -> Self {
        Self { es: code.to_owned(), en: code.to_owned() }
    }
}

/// One figure, and where to open its source.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, ToSchema)]
pub struct Figure {
    pub observation: u32,
    pub series: String,
    pub period: String,
    /// Exact.
    pub value: String,
    pub low: Option<String>,
    pub high: Option<String>,
    pub unit: String,
    /// A day, a month, a year, or `unknown`.
    pub vintage: String,
    pub status: &'static str,
}

/// Where a figure or a statement stands.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum SourceRef {
    Named {
        name: String,
        reference: String,
        file: String,
        row: u64,
    },
    /// `from` and `to` are bytes of the document's UTF-8 text.
    Document {
        document: String,
        from: u64,
        to: u64,
        text: Option<String>,
        before: Option<String>,
        after: Option<String>,
    },
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, ToSchema)]
pub struct ObservationShape {
    pub id: u32,
    #[serde(flatten)]
    pub figure: Figure,
    pub place: PlaceShape,
    pub publisher: Option<Words>,
    pub method: Option<String>,
    pub bound: &'static str,
    /// The value is a change in percent since this period.
    pub base: Option<String>,
    pub note: Option<String>,
    pub source: SourceRef,
    /// Every other figure of the same series, place and period.
    pub others: Vec<Figure>,
}
