//! A case's own data folder and database, and rows to fill them with.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use bitacora_ledger::{LeafRecord, Salt};
use bitacora_primitives::{EventId, EvidenceRef, FactId, Instant, LeadId, Mmsi, OfficerId, SourceId};
use bitacora_sea::contacts::{StaticReport, StationKind};
use bitacora_store::{
    Batch, Leaf, NewDecision, NewEvent, NewLead, PositionRow, ReceptionRow, Source, Store, StoredReception,
};

use crate::server::{self, Server};

/// A temporary folder that goes with its owner.
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("bitacora-store-{}-{count}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }
    pub(crate) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        drop(std::fs::remove_dir_all(&self.0));
    }
}

pub(crate) struct Case {
    pub(crate) folder: Folder,
    pub(crate) database: Option<String>,
    _server: Option<Arc<Server>>,
}

impl Case {
    pub(crate) fn sqlite() -> Self {
        Self { folder: Folder::new(), database: None, _server: None }
    }
    pub(crate) fn postgresql() -> Option<Self> {
        let server = server::shared()?;
        let database = Some(server.new_database());
        Some(Self { folder: Folder::new(), database, _server: Some(server) })
    }
    pub(crate) fn open(&self) -> Store {
        Store::open(self.folder.path(), self.database.as_deref()).unwrap()
    }
    /// A store with [`source`] registered.
    pub(crate) fn with_source(&self) -> Store {
        let store = self.open();
        store.register_source(&recording()).unwrap();
        store
    }
    /// Files in the day folders of a dataset.
    pub(crate) fn files(&self, dataset: &str) -> Vec<String> {
        let mut names = Vec::new();
        for day in std::fs::read_dir(self.folder.path().join(dataset)).unwrap().flatten() {
            let day_name = day.file_name().into_string().unwrap();
            if day_name.starts_with("day=") {
                for file in std::fs::read_dir(day.path()).unwrap().flatten() {
                    names.push(format!("{day_name}/{}", file.file_name().into_string().unwrap()));
                }
            }
        }
        names.sort();
        names
    }
}

/// 2026-11-21T00:00:00Z.
pub(crate) const MIDNIGHT: i64 = 1_795_219_200;

pub(crate) fn at(seconds: i64) -> Instant {
    Instant::from_secs(MIDNIGHT + seconds)
}

pub(crate) fn mmsi(number: u32) -> Mmsi {
    Mmsi::new(number).unwrap()
}

pub(crate) fn source() -> SourceId {
    SourceId::of(&[b"recording"])
}

pub(crate) fn recording() -> Source {
    Source {
        id: source(),
        kind: "ais".into(),
        name: "recording".into(),
        location: "/data/recording.nmea".into(),
        raw_path: None,
        first_seen: at(0),
    }
}

pub(crate) fn fix(line: u64, seconds: i64, number: u32) -> PositionRow {
    PositionRow {
        time: at(seconds),
        received: at(seconds + 1),
        mmsi: mmsi(number),
        lat: 12.5 + line as f64 * 1e-4,
        lon: -71.25,
        sog_kn: line.is_multiple_of(2).then_some(11.5),
        cog_deg: Some(270.1),
        heading_deg: line.is_multiple_of(3).then_some(271),
        nav_status: None,
        message_type: 1,
        station: 0,
        flags: 4,
        track: Some(u32::MAX),
        line,
        offset: Some(line * 48),
        source: source(),
    }
}

/// Line `heard` heard again what line `line` reported.
pub(crate) fn reception(line: u64, heard: u64, seconds: i64, station: &str) -> StoredReception {
    let row = ReceptionRow {
        time: at(seconds),
        mmsi: 211_000_000 + line as u32,
        message_type: 1,
        line,
        heard_at: at(seconds + (heard - line) as i64),
        heard_line: heard,
        offset: heard.is_multiple_of(2).then_some(heard * 48),
        payload: Some(u64::MAX - line),
    };
    StoredReception { source: source(), row, station: station.into() }
}

/// What line `line` says of a vessel; every third says little.
pub(crate) fn says(line: u64, seconds: i64, number: u32) -> StaticReport {
    let full = !line.is_multiple_of(3);
    StaticReport {
        mmsi: mmsi(number),
        observed: at(seconds),
        name: full.then(|| format!("PEÑA {}", line % 7)),
        call_sign: line.is_multiple_of(2).then(|| "HJ\"4".into()),
        imo: full.then_some(u32::MAX - line as u32),
        ship_type: full.then_some(u8::MAX),
        length_m: full.then_some(1022),
        beam_m: Some(u16::MAX),
        draught_m: full.then_some(25.1),
        destination: line.is_multiple_of(5).then(String::new),
        station: if full { StationKind::ClassA } else { StationKind::AidToNavigation },
        evidence: EvidenceRef { source: source(), line, offset: full.then_some(line * 48) },
    }
}

pub(crate) fn event(name: &str, revision: u32, seconds: i64) -> NewEvent {
    NewEvent {
        id: EventId::of(&[name.as_bytes()]),
        revision,
        kind: "gap".into(),
        mmsi: mmsi(211_000_001),
        other: None,
        start: at(seconds),
        end: Some(at(seconds + 600)),
        lat: 12.5,
        lon: -71.25,
        withdrawn: false,
        body: format!("{{\"revision\":{revision}}}"),
    }
}

pub(crate) fn lead_id(name: &str) -> LeadId {
    LeadId::of(&[name.as_bytes()])
}

pub(crate) fn lead(name: &str, revision: u32, strength: f64) -> NewLead {
    NewLead {
        id: lead_id(name),
        revision,
        mmsi: Some(mmsi(211_000_001)),
        other: Some(mmsi(211_000_002)),
        container: None,
        start: at(100),
        updated: at(200 + i64::from(revision)),
        strength,
        lat: Some(12.5),
        lon: Some(-71.25),
        code: "encounter".into(),
        body: "{}".into(),
    }
}

/// A batch with nothing but a line number.
pub(crate) fn batch(line: u64) -> Batch {
    Batch::new(source(), line, at(5000))
}

pub(crate) fn officer_id(name: &str) -> OfficerId {
    OfficerId::of(&[name.as_bytes()])
}

pub(crate) fn decision(id: &str, lead: &str, seen: &str, after: &str, officer: &str) -> NewDecision {
    NewDecision {
        id: FactId::of(&[id.as_bytes()]),
        lead: lead_id(lead),
        lead_revision: 1,
        seen_state: seen.into(),
        action: "accept".into(),
        reason: None,
        state_after: after.into(),
        officer: Some(officer_id(officer)),
        at: at(1000),
        recorded: at(1001),
        note: format!("Decisión de {officer}"),
        body: "{}".into(),
    }
}

/// A true leaf over a small record.
pub(crate) fn leaf(kind: &str, number: u64) -> Leaf {
    let record = LeafRecord {
        kind: kind.into(),
        recorded: at(1000),
        salt: Salt([number as u8; 16]),
        officer: None,
        body: serde_json::json!({ "number": number }),
        signature: None,
    };
    Leaf {
        kind: kind.into(),
        recorded: record.recorded,
        hash: record.hash().unwrap().0,
        record: record.canonical().unwrap(),
    }
}
