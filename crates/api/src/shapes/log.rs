//! The watch log for people, the tamper-evident log for verifiers, and exports.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::lead::LeadShape;
use super::status::OfficerShape;

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct WatchLogEntry {
    pub id: String,
    /// When it happened, in the picture's time.
    pub at: String,
    /// When this node wrote it down.
    pub recorded: String,
    /// event, lead, decision, note, export, feed, sign_in
    pub kind: String,
    pub code: String,
    pub officer: Option<OfficerShape>,
    pub mmsi: Option<u32>,
    pub name: Option<String>,
    pub lead: Option<String>,
    pub lead_number: Option<String>,
    pub event: Option<String>,
    pub lat: Option<f64>,
    pub lon: Option<f64>,
    pub text: Option<String>,
    pub numbers: BTreeMap<String, f64>,
    pub leaf: Option<u64>,
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewNote {
    pub text: String,
    #[serde(default)]
    pub lead: Option<String>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct LogHead {
    pub origin: String,
    pub size: u64,
    /// Root hash, hexadecimal.
    pub root: String,
    /// C2SP signed note.
    pub checkpoint: String,
    /// C2SP verifier key: `name+keyid+base64`.
    pub public_key: String,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct LogEntry {
    pub index: u64,
    pub kind: String,
    pub recorded: String,
    /// Canonical JSON (RFC 8785); its SHA-256 is the data of the leaf.
    pub record: String,
    pub leaf_hash: String,
    pub proof: Option<InclusionProof>,
    pub checkpoint: Option<String>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct InclusionProof {
    pub size: u64,
    pub root: String,
    pub path: Vec<String>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ExportWhat {
    Vessels,
    Track,
    Events,
    Leads,
    Watchlog,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ExportFormat {
    Csv,
    Geojson,
    Kml,
    Sheet,
}

#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewExport {
    pub what: ExportWhat,
    pub format: ExportFormat,
    /// Why the officer needs it; an export without a purpose is refused.
    pub purpose: String,
    pub lang: String,
    pub from: Option<String>,
    pub to: Option<String>,
    pub mmsi: Option<u32>,
    pub lead: Option<String>,
}

/// What a hand-over sheet is printed from: the page sets the words.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Sheet {
    pub export: String,
    pub leaf: u64,
    pub checkpoint: String,
    pub entries: Vec<WatchLogEntry>,
    pub leads: Vec<LeadShape>,
}
