//! The port: the queue of boxes with alerts, a box's history, and the day's draw.

use std::collections::BTreeMap;

use bitacora_leads::{Level, State};
use bitacora_port::inspection::{NotDone, Outcome};
use bitacora_primitives::Basis;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::event::EvidenceRefShape;
use super::lead::Prior;

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PortView {
    /// Event time of the newest thing that happened; `None` before anything was ingested.
    pub as_of: Option<String>,
    /// Export boxes in the yard that are to be loaded.
    pub boxes: usize,
    pub events: u64,
    pub quarantined: u64,
    pub sources: Vec<PortSource>,
    /// What no officer has set, by code.
    pub assumed: Vec<&'static str>,
    pub seal_alerts: usize,
    /// Of these, likely misread: they wait until the seal is read again.
    pub misread: usize,
    pub queue: Vec<PortRowShape>,
    pub rules_version: u32,
    pub thresholds_version: u32,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PortSource {
    pub name: String,
    pub standard: String,
    pub events: u64,
    pub quarantined: u64,
    /// When it was ingested last.
    pub last: String,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PortRowShape {
    pub container: String,
    /// What is wrong with the number by ISO 6346.
    pub defect: Option<String>,
    pub size_type: Option<String>,
    pub facility: Option<String>,
    pub trip: Option<String>,
    pub vessel: Option<String>,
    pub loads: Option<String>,
    pub loaded: bool,
    #[schema(value_type = String)]
    pub level: Level,
    pub sum_nats: f64,
    pub title: &'static str,
    pub rules: Vec<&'static str>,
    /// Counted contributions: code and nats.
    #[schema(value_type = Vec<Vec<serde_json::Value>>)]
    pub bars: Vec<(&'static str, f64)>,
    pub numbers: BTreeMap<String, f64>,
    pub texts: BTreeMap<String, String>,
    /// `first`, or `reread` where a likely misread waits.
    pub tier: &'static str,
    pub reread: Option<&'static str>,
    pub alerts: usize,
    pub lead: Option<LeadRef>,
    pub on_list: Option<OnList>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct LeadRef {
    pub id: String,
    pub number: String,
    #[schema(value_type = String)]
    pub state: State,
}

/// Drawn for a slot that has opened.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct OnList {
    pub slot: String,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PortContainer {
    pub container: String,
    pub row: Option<PortRowShape>,
    pub prior: Prior,
    pub alerts: Vec<PortAlert>,
    pub gaps: Vec<PortGap>,
    pub events: Vec<PortEvent>,
    /// What scans gave, in the log's order.
    pub results: Vec<BoxResult>,
}

/// A result of one of the box's picks.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct BoxResult {
    /// The draw's commitment.
    pub draw: String,
    pub slot: u32,
    /// Whether no later one corrects it.
    pub stands: bool,
    #[serde(flatten)]
    pub result: PickResult,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PortAlert {
    pub id: String,
    pub rule: &'static str,
    pub finding: &'static str,
    pub family: &'static str,
    pub tier: &'static str,
    pub reread: Option<&'static str>,
    pub start: String,
    pub at: String,
    pub trip: Option<String>,
    pub others: Vec<String>,
    /// A stand-in; who it is, only the terminal's own register tells.
    pub actor: Option<String>,
    pub numbers: BTreeMap<String, f64>,
    pub texts: BTreeMap<String, String>,
    pub innocent: Vec<&'static str>,
    pub nats: f64,
    #[schema(value_type = Object)]
    pub basis: Basis,
    pub counted: bool,
    pub events: Vec<String>,
    pub reference: Option<String>,
    pub evidence: Vec<EvidenceRefShape>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PortGap {
    pub kind: &'static str,
    pub at: String,
    pub trip: Option<String>,
}

/// An event as the rules read it, with the name of its source.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PortEvent {
    #[serde(flatten)]
    #[schema(value_type = Object)]
    pub event: serde_json::Value,
    pub source_name: String,
    pub line: u64,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PortDraw {
    pub id: String,
    pub commitment: String,
    /// Of this node's log; `None` where the commitment was never recorded.
    pub leaf: Option<u64>,
    pub committed: Option<String>,
    pub containers: usize,
    /// Scans that the slots hold.
    pub picks_in_all: u64,
    pub slots: Vec<DrawSlot>,
    pub bodies: Vec<DrawBody>,
    pub needed: u32,
    pub overrides: Vec<DrawOverride>,
    pub missing_shares: usize,
    /// Whether every pick so far was derived again from the file.
    pub verified: bool,
    pub defect: Option<String>,
    /// The boxes of which the attacker may expect most, then the likeliest; the first 200.
    pub coverage: Vec<DrawCoverage>,
    /// What the attacker's best reply would earn, where today's list is the draw's.
    pub value: Option<f64>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DrawSlot {
    pub n: u32,
    pub at: String,
    pub capacity: u32,
    pub round: u64,
    /// `sealed`, `open`, or `waits` for a later round after a share was missing.
    pub state: &'static str,
    pub attempts: usize,
    pub picks: Vec<DrawPick>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DrawPick {
    pub container: String,
    pub chance: Option<f64>,
    /// Added by two officers, not drawn.
    pub added: bool,
    /// What the scan gave, oldest first: the last stands, and corrects those before.
    pub results: Vec<PickResult>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PickResult {
    /// 0 for the first of a pick.
    pub number: u32,
    /// `clean`, `found` or `not_done`.
    #[schema(value_type = String)]
    pub outcome: Outcome,
    /// Why it was not done: `box_gone`, `scanner_out`, `recalled` or `other`.
    #[schema(value_type = Option<String>)]
    pub reason: Option<NotDone>,
    pub kilograms: Option<f64>,
    pub note: String,
    pub officer: String,
    pub at: String,
    /// Of this node's log.
    pub leaf: u64,
}

/// What an officer says of a pick's scan.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewScanResult {
    /// The draw's commitment.
    pub draw: String,
    pub slot: u32,
    pub container: String,
    /// How many results of this pick the officer saw: 0 for the first. Another number is a correction of the last.
    pub seen: u32,
    /// The page's own name for this act, 1 to 64 letters, digits and hyphens: sent again, nothing is recorded twice.
    pub key: String,
    #[schema(value_type = String)]
    pub outcome: Outcome,
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub reason: Option<NotDone>,
    #[serde(default)]
    pub kilograms: Option<f64>,
    /// At most 500 characters.
    #[serde(default)]
    pub note: String,
}

/// The draws of thirty days.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DrawRecord {
    pub days: u32,
    pub draws: usize,
    /// Of these, such as do not hold; nothing else is counted of them.
    pub refuted: usize,
    pub bodies: Vec<BodyRecord>,
    /// Boxes that two officers added or took off.
    pub added: usize,
    pub removed: usize,
    pub scans: ScanRecord,
    pub fit: PickFit,
}

/// Shares that a body owed and did not give.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct BodyRecord {
    pub name: String,
    /// In the newest draw.
    pub missing_today: usize,
    pub missing: usize,
}

#[derive(Clone, Debug, Default, Serialize, ToSchema)]
pub struct ScanRecord {
    /// Boxes that were to be inspected in slots that have opened.
    pub inspections: usize,
    pub clean: usize,
    pub found: usize,
    pub not_done: usize,
}

/// Chi-square of picks against committed chances.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
pub struct PickFit {
    /// `follows`, `departs` or `too_few`.
    pub verdict: &'static str,
    /// Picks that were left to chance, of so many boxes.
    pub picks: u32,
    pub boxes: u32,
    /// Bins of boxes of like chance.
    pub degrees: usize,
    pub statistic: Option<f64>,
    pub p: Option<f64>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DrawBody {
    pub name: String,
    pub shares: usize,
    pub missing: usize,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DrawOverride {
    pub action: &'static str,
    pub container: String,
    pub slot: u32,
    pub officers: Vec<String>,
    pub reason: String,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DrawCoverage {
    pub container: String,
    pub chance: f64,
    pub first: u32,
    pub last: u32,
    /// What the attacker may still expect of it, where today's list is the draw's.
    pub stake: Option<f64>,
}

#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct WhatIf {
    pub hours: u32,
    /// Scans an hour of one more scanner.
    pub scans: u32,
    pub now: f64,
    pub then: f64,
}
