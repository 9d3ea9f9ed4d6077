//! Leads for the queue and for the card.

use std::collections::BTreeMap;

use bitacora_leads::{Level, State};
use bitacora_primitives::{Basis, Family, IndicationCode};
use serde::Serialize;
use utoipa::ToSchema;

use super::event::EvidenceRefShape;
use super::status::OfficerShape;

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct LeadSummary {
    pub id: String,
    /// For the radio: IND-2603-0007.
    pub number: String,
    pub revision: u32,
    #[schema(value_type = String)]
    pub state: State,
    #[schema(value_type = String)]
    pub level: Level,
    /// Only when the prior and every counted ratio are measured.
    pub probability: Option<ProbabilityShape>,
    #[schema(value_type = String)]
    pub title: IndicationCode,
    /// The vessel it is about; a lead is about a vessel or a container.
    pub mmsi: Option<u32>,
    pub name: Option<String>,
    pub ship_type: Option<u8>,
    pub container: Option<String>,
    pub other: Option<u32>,
    pub other_name: Option<String>,
    pub start: String,
    pub updated: String,
    /// A container's lead has no position.
    pub lat: Option<f64>,
    pub lon: Option<f64>,
    pub sum_nats: f64,
    /// Counted contributions: code and nats.
    #[schema(value_type = Vec<Vec<serde_json::Value>>)]
    pub bars: Vec<(IndicationCode, f64)>,
    pub decided_by: Option<String>,
    pub decided_at: Option<String>,
}

#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct ProbabilityShape {
    pub value: f64,
    pub low: f64,
    pub high: f64,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct LeadShape {
    #[serde(flatten)]
    pub summary: LeadSummary,
    pub prior: Prior,
    pub reasons: Vec<ReasonShape>,
    /// Innocent readings to rule out.
    pub alternatives: Vec<String>,
    pub evidence: Vec<EvidenceShape>,
    pub decisions: Vec<DecisionShape>,
    pub history: Vec<HistoryItem>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Prior {
    pub nats: f64,
    #[schema(value_type = Object)]
    pub basis: Basis,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ReasonShape {
    pub indication: String,
    #[schema(value_type = String)]
    pub code: IndicationCode,
    #[schema(value_type = String)]
    pub family: Family,
    pub nats: f64,
    #[schema(value_type = Object)]
    pub basis: Basis,
    /// False: a weaker view of the same occurrence, shown but not added.
    pub counted: bool,
    pub start: String,
    pub end: Option<String>,
    pub numbers: BTreeMap<String, f64>,
    pub evidence: Vec<EvidenceRefShape>,
    pub event: Option<String>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct EvidenceShape {
    #[serde(rename = "ref")]
    pub reference: EvidenceRefShape,
    pub observed: String,
    pub mmsi: u32,
    /// last_before_gap, first_after_gap, closest_approach, ...
    pub what: String,
    pub source_name: String,
    /// Admiralty grade, such as B3.
    pub grade: String,
    pub raw: Option<String>,
    pub sha256: String,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DecisionShape {
    pub id: String,
    pub lead: String,
    pub action: String,
    pub reason: Option<String>,
    pub note: String,
    pub officer: OfficerShape,
    pub at: String,
    pub lead_revision: u32,
    pub leaf: u64,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct HistoryItem {
    pub at: String,
    /// raised, revised, decided, expired
    pub kind: &'static str,
    #[schema(value_type = String)]
    pub level: Level,
    pub code: String,
    pub by: Option<String>,
}
