//! Behaviour events, and the raw lines they stand on.

use std::collections::BTreeMap;

use bitacora_primitives::EvidenceRef;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct EvidenceRefShape {
    pub source: String,
    pub line: u64,
    pub offset: Option<u64>,
}

impl From<EvidenceRef> for EvidenceRefShape {
    fn from(evidence: EvidenceRef) -> Self {
        Self { source: evidence.source.to_string(), line: evidence.line, offset: evidence.offset }
    }
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct BehaviourEvent {
    pub id: String,
    pub revision: u32,
    /// gap, encounter, loitering, identity_conflict, impossible_motion, mmsi_near_miss, identity_contradiction, mmsi_change,
    /// stop, drift, port_visit, transshipment_posture, speed_change, area_entry, unusual_departure, motion_contradiction,
    /// circular_track, copied_track, receiver_contradiction, clock_fault, on_land: docs/behaviour.md,
    /// docs/slow-behaviour.md, docs/integrity.md.
    pub kind: String,
    pub mmsi: u32,
    pub name: Option<String>,
    pub other: Option<u32>,
    pub other_name: Option<String>,
    pub start: String,
    /// Null while it goes on.
    pub end: Option<String>,
    pub lat: f64,
    pub lon: f64,
    pub end_lat: Option<f64>,
    pub end_lon: Option<f64>,
    /// What the charts call it: the anchorage of a port visit, the area that was entered. Null for other kinds.
    pub place: Option<String>,
    pub numbers: BTreeMap<String, f64>,
    pub evidence: Vec<EvidenceRefShape>,
    /// Found before all reports of its time can have come: no fact, and it may change or be taken back. Its revisions
    /// are counted apart from those of the settled event of the same id, which takes its place.
    pub provisional: bool,
    /// Later reports showed that there was no such event.
    pub withdrawn: bool,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RawLine {
    pub source: String,
    pub source_name: String,
    pub line: u64,
    pub raw: String,
    pub sha256: String,
    /// Stations that heard the transmission, the one of this line first; empty where the archive names none.
    pub heard_by: Vec<HeardBy>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct HeardBy {
    /// Null where the line names none.
    pub station: Option<String>,
    /// When it says it heard it, the first time.
    pub at: String,
    /// Its line, the first.
    pub line: u64,
    /// How often it passed it on.
    pub times: u64,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Quarantine {
    pub by_reason: Vec<ReasonCount>,
    pub samples: Vec<QuarantineSample>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ReasonCount {
    pub reason: String,
    pub count: u64,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct QuarantineSample {
    pub source: String,
    pub source_name: String,
    pub line: u64,
    pub reason: String,
    pub detail: String,
    pub raw: String,
}
