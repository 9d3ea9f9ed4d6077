//! Vessels and their positions, in columns of equal length: a third of the bytes of a list of objects.

use serde::Serialize;
use utoipa::ToSchema;

use super::event::{BehaviourEvent, EvidenceRefShape};
use super::lead::LeadSummary;

#[derive(Clone, Debug, Default, Serialize, ToSchema)]
pub struct VesselColumns {
    pub at: String,
    pub mmsi: Vec<u32>,
    pub t_ms: Vec<i64>,
    pub lat: Vec<f64>,
    pub lon: Vec<f64>,
    pub sog_kn: Vec<Option<f32>>,
    pub cog_deg: Vec<Option<f32>>,
    pub heading_deg: Vec<Option<u16>>,
    pub ship_type: Vec<Option<u8>>,
    /// class_a, class_b, base_station, sar_aircraft, aid_to_navigation, unknown
    pub station: Vec<&'static str>,
    pub name: Vec<Option<String>>,
}

#[derive(Clone, Debug, Default, Serialize, ToSchema)]
pub struct PositionColumns {
    pub from: String,
    pub to: String,
    /// True when the window holds more fixes than one answer carries: ask for a shorter window.
    pub truncated: bool,
    pub mmsi: Vec<u32>,
    pub t_ms: Vec<i64>,
    pub lat: Vec<f64>,
    pub lon: Vec<f64>,
    pub sog_kn: Vec<Option<f32>>,
    pub cog_deg: Vec<Option<f32>>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Track {
    pub mmsi: u32,
    pub t_ms: Vec<i64>,
    pub lat: Vec<f64>,
    pub lon: Vec<f64>,
    pub sog_kn: Vec<Option<f32>>,
    /// Index of the first fix of each segment; within a segment fixes are in order of time.
    pub breaks: Vec<usize>,
    pub gaps: Vec<TrackGap>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TrackGap {
    pub event: String,
    pub start_ms: i64,
    pub end_ms: Option<i64>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Vessel {
    pub mmsi: u32,
    pub mid: Option<u16>,
    pub station: String,
    pub identity: Option<Identity>,
    pub earlier: Vec<Identity>,
    pub last: Option<LastFix>,
    pub events: Vec<BehaviourEvent>,
    pub leads: Vec<LeadSummary>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct LastFix {
    pub observed: String,
    pub received: String,
    pub lat: f64,
    pub lon: f64,
    pub sog_kn: Option<f32>,
    pub cog_deg: Option<f32>,
    pub heading_deg: Option<u16>,
    pub nav_status: Option<u8>,
    pub evidence: EvidenceRefShape,
    pub flags: Vec<&'static str>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Identity {
    pub since: String,
    pub name: Option<String>,
    pub call_sign: Option<String>,
    pub imo: Option<u32>,
    pub ship_type: Option<u8>,
    pub length_m: Option<u16>,
    pub beam_m: Option<u16>,
    pub draught_m: Option<f32>,
    pub destination: Option<String>,
    pub evidence: EvidenceRefShape,
}

/// Positions per bin; null where nothing at all was heard.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Density {
    pub from: String,
    pub to: String,
    pub counts: Vec<Option<u64>>,
}
