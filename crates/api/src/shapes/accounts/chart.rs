//! Rival curves, revisions, the interval audit, and what moved between two days.

use serde::Serialize;
use utoipa::ToSchema;

use super::{Figure, Words};

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AccountsChart {
    pub indicator: String,
    pub name: Words,
    pub unit: String,
    /// First and last.
    pub years: Vec<i16>,
    pub curves: Vec<CurveShape>,
    pub hull: Vec<HullYear>,
    pub divergence: Vec<DivergenceShape>,
    pub pooled: Option<PooledShape>,
    pub fan: Vec<FanShape>,
    pub audit: Vec<AuditShape>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CurveShape {
    pub method: String,
    pub name: Words,
    pub text: Option<Words>,
    pub points: Vec<ChartPoint>,
    /// Years without a figure: first and last of each run.
    pub missing: Vec<Vec<i16>>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ChartPoint {
    pub year: i16,
    pub value: String,
    pub low: Option<String>,
    pub high: Option<String>,
    pub status: &'static str,
    pub vintage: String,
    pub observation: u32,
    pub series: String,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct HullYear {
    pub year: i16,
    pub low: String,
    pub high: String,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DivergenceShape {
    pub a: String,
    pub b: String,
    pub years: usize,
    pub ratio_low: f64,
    pub ratio_high: f64,
    pub ratio_mean: f64,
    pub log_sd: f64,
    pub sign_differs: usize,
    pub sign_pairs: usize,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PooledShape {
    pub points: Vec<PooledPoint>,
    pub biases: Vec<PooledBias>,
    pub not_identified: Vec<&'static str>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PooledPoint {
    pub year: i16,
    pub p05: f64,
    pub p25: f64,
    pub p50: f64,
    pub p75: f64,
    pub p95: f64,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PooledBias {
    pub method: String,
    pub log: f64,
    pub sd: f64,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FanShape {
    pub method: String,
    pub year: i16,
    pub steps: Vec<FanStep>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FanStep {
    pub vintage: String,
    pub value: String,
    pub low: Option<String>,
    pub high: Option<String>,
    pub observation: u32,
    pub first: bool,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AuditShape {
    pub publisher: Words,
    pub inside: usize,
    pub of: usize,
    pub omits: Vec<&'static str>,
    pub cases: Vec<AuditCase>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AuditCase {
    pub year: i16,
    pub published: Figure,
    pub revised: Figure,
    pub inside: bool,
    /// A bound was taken from the other by symmetry.
    pub inferred: bool,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Moved {
    pub from: String,
    pub to: String,
    pub world: Vec<MoveShape>,
    pub method: Vec<MoveShape>,
    pub headlines: Vec<MovedHeadline>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct MoveShape {
    pub kind: &'static str,
    pub series: String,
    pub place: String,
    pub period: String,
    pub then: Option<Figure>,
    pub now: Option<Figure>,
    pub ratio: Option<f64>,
    pub factor: Option<String>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct MovedHeadline {
    pub indicator: String,
    pub name: Words,
    pub unit: String,
    pub then: Option<Figure>,
    pub now: Option<Figure>,
    pub world: Option<String>,
    pub revision: Option<String>,
}
