//! A text read into proposals, what a person accepts of it, and the linter's findings.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Bytes of the document's UTF-8 text.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct SpanShape {
    pub from: usize,
    pub to: usize,
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewReading {
    /// At most 1 MiB.
    pub text: String,
    pub published: Option<String>,
    pub name: String,
    #[serde(default)]
    pub reference: String,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ReadingShape {
    pub document: String,
    pub language: &'static str,
    pub published: Option<String>,
    /// Accusations against persons: counted and never shown.
    pub personal_allegations: usize,
    pub quantities: Vec<ReadQuantity>,
    pub dates: Vec<ReadDate>,
    pub actors: Vec<ReadActor>,
    pub claims: Vec<ReadClaim>,
    pub left_out: Vec<LeftOutShape>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ReadQuantity {
    pub n: u32,
    pub span: SpanShape,
    pub text: String,
    pub value: String,
    pub low: Option<String>,
    pub high: Option<String>,
    pub unit: String,
    /// The words that say what is counted.
    pub what: String,
    pub bound: String,
    pub period: Option<String>,
    pub place: Option<String>,
    pub reasons: Vec<String>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ReadDate {
    pub n: u32,
    pub span: SpanShape,
    pub text: String,
    pub value: String,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ReadActor {
    pub n: u32,
    pub span: SpanShape,
    pub text: String,
    pub name: String,
    pub kind: String,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ReadClaim {
    pub n: u32,
    pub span: SpanShape,
    pub text: String,
    pub speaker: Option<String>,
    pub quantities: Vec<u32>,
    pub act: Option<String>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct LeftOutShape {
    pub span: SpanShape,
    pub why: String,
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Acceptance {
    /// SHA-256 of a text that was read here.
    pub document: String,
    #[serde(default)]
    pub quantities: Vec<AcceptedQuantity>,
    #[serde(default)]
    pub claims: Vec<AcceptedClaim>,
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AcceptedQuantity {
    pub n: u32,
    pub series: String,
    pub place: String,
    /// 2017, 2017-09, 2017-12-31 or 2017-01-01/2017-09-30
    pub period: String,
    /// measured, claimed, leaked, tertiary or contested; claimed where not said
    #[serde(default)]
    pub status: Option<String>,
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AcceptedClaim {
    pub n: u32,
    pub day: Option<String>,
    /// What the claim is about, as far as the officer says.
    #[serde(default)]
    pub indicator: Option<String>,
    #[serde(default)]
    pub period: Option<String>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AcceptedShape {
    pub observations: Vec<u32>,
    pub claims: Vec<String>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct LintShape {
    pub code: &'static str,
    pub file: String,
    pub line: u64,
    pub series: String,
    /// Exact, as it was reckoned.
    pub arithmetic: String,
    pub stated: Option<String>,
    pub others: Vec<LintOther>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct LintOther {
    pub file: String,
    pub line: u64,
}
