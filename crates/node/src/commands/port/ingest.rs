//! `bitacora port ingest`: files of terminals, carriers and port systems into the data folder. The file itself is kept, so
//! that every event can be traced to the bytes it came from; all stored events are screened again, and leads raised.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use bitacora_api::port::{RowKind, Screening};
use bitacora_feeds::containers::{Batch, Defect};
use bitacora_port::screening::inputs::{
    AccessRecord, FoundBad, Order, ReeferRow, SealRange, TelematicsRecord, TravelTime,
};
use bitacora_primitives::{EvidenceRef, SourceId};
use bitacora_store::{PortRow, Quarantined, Source, Store};
use serde::de::DeserializeOwned;

use super::reading::{self, Read, Reading};
use super::{bad, bytes};
use crate::cli::port::{PortIngestArgs, Standard};
use crate::clock;
use crate::commands::officer::open;
use crate::error::NodeError;
use crate::exchange::publish::write_whole;
use crate::pipeline::lead_row;
use crate::summary::say;

pub(super) fn run(args: &PortIngestArgs) -> Result<ExitCode, NodeError> {
    let (_, store) = open(&args.data)?;
    let read_as =
        ReadAs { standard: args.standard, authority: &args.authority, minutes_east: args.utc_offset };
    let (told, read_any) = keep(&store, &args.files, read_as)?;
    say(&told)?;
    Ok(if read_any { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// How files are read: by this standard, or as their first bytes tell.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ReadAs<'a> {
    pub(crate) standard: Option<Standard>,
    /// Within which the events' own ids are unique.
    pub(crate) authority: &'a str,
    /// Of times without a zone.
    pub(crate) minutes_east: i16,
}

/// What each file and the screening came to, and whether any file was read.
pub(crate) fn keep(
    store: &Store,
    files: &[PathBuf],
    read_as: ReadAs<'_>,
) -> Result<(String, bool), NodeError> {
    let (mut told, mut read_any) = (String::new(), false);
    for path in files {
        match file(store, path, read_as) {
            Ok(line) => {
                told.push_str(&line);
                read_any = true;
            }
            // What cannot be read is said, and does not stop the rest; what cannot be stored stops everything.
            Err(error @ (NodeError::Port { .. } | NodeError::File { .. })) => eprintln!("{error}"),
            Err(error) => return Err(error),
        }
    }
    told.push_str(&raise(store)?);
    Ok((told, read_any))
}

/// One file: rows, quarantine and mark in one commit. The same file again changes nothing.
fn file(store: &Store, path: &Path, read_as: ReadAs<'_>) -> Result<String, NodeError> {
    let ReadAs { standard, authority, minutes_east } = read_as;
    let raw = bytes(path)?;
    let hash = bitacora_ledger::sha256(&raw);
    let standard = match standard {
        Some(standard) => standard,
        None => reading::detect(&raw).ok_or_else(|| NodeError::Port {
            path: path.to_owned(),
            why: "its kind cannot be told: name it with --standard".to_owned(),
        })?,
    };
    // Read by another standard, in another zone, or as another's ids, it is another source: what the first reading
    // refused stays said.
    let read_as = reading::code(standard);
    let zone = minutes_east.to_be_bytes();
    let mut parts: Vec<&[u8]> = vec![b"port", &hash.0, read_as.as_bytes(), authority.as_bytes()];
    parts.extend((minutes_east != 0).then_some(zone.as_slice()));
    let source = SourceId::of(&parts);
    let how = Reading { source, authority, minutes_east };
    let (rows, set_aside) = rows(path, &raw, standard, how)?;
    let kept = store.folder().join("port").join("files").join(bitacora_ledger::hex::encode(&hash.0));
    if !kept.exists() {
        write_whole(&kept, &raw)?;
    }
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    store.register_source(&Source {
        id: source,
        kind: format!("port:{read_as}"),
        name: name.clone(),
        location: path.display().to_string(),
        raw_path: Some(kept.display().to_string()),
        first_seen: clock::now(),
    })?;
    let lines = raw.iter().filter(|byte| **byte == b'\n').count() as u64 + 1;
    let mut batch = bitacora_store::Batch::new(source, lines, clock::now());
    batch.tallies = BTreeMap::from([
        ("rows".to_owned(), rows.items.len() as u64),
        ("quarantined".to_owned(), rows.defective),
        ("set_aside".to_owned(), set_aside as u64),
    ]);
    batch.quarantined = rows.defects.iter().map(|defect| quarantined(source, defect)).collect();
    let (count, defective) = (rows.items.len(), rows.defective);
    batch.port_rows = rows.items;
    store.commit(&batch)?;
    for defect in rows.defects.iter().take(reading::TOLD) {
        eprintln!("{name}: {defect}");
    }
    let more = defective.saturating_sub(reading::TOLD as u64);
    if more > 0 {
        eprintln!("{name}: {more} more defects; the page and `GET /api/quarantine` list them");
    }
    Ok(format!("{name}  {read_as}  {count} rows  {defective} defects  {set_aside} set aside\n"))
}

fn quarantined(source: SourceId, defect: &Defect) -> Quarantined {
    Quarantined {
        source,
        line: defect.place.line,
        offset: defect.place.offset,
        reason: defect.reason.code().to_owned(),
        detail: defect.part.clone(),
        raw: defect.found.clone().into_bytes(),
    }
}

fn rows(
    path: &Path,
    raw: &[u8],
    standard: Standard,
    how: Reading<'_>,
) -> Result<(Batch<PortRow>, usize), NodeError> {
    let Reading { source, authority, .. } = how;
    let rows = match standard {
        Standard::Orders => side::<Order>(path, raw, source)?,
        Standard::Access => side::<AccessRecord>(path, raw, source)?,
        Standard::Telematics => side::<TelematicsRecord>(path, raw, source)?,
        Standard::SealRanges => side::<SealRange>(path, raw, source)?,
        Standard::TravelTimes => side::<TravelTime>(path, raw, source)?,
        Standard::FoundBad => side::<FoundBad>(path, raw, source)?,
        Standard::Reefer => {
            let read = reading::table::<ReeferRow>(raw, source).map_err(|error| bad(path, &error))?;
            let event = |(place, row): (EvidenceRef, ReeferRow)| {
                let at = row.at;
                row.event(authority, at, place)
            };
            let events = Batch {
                items: read.items.into_iter().map(event).collect(),
                defects: read.defects,
                defective: read.defective,
            };
            events_as_rows(Read { events, retracted: Vec::new(), set_aside: 0 })?
        }
        events => {
            let read = reading::events(raw, events, how).map_err(|error| bad(path, &error))?;
            let set_aside = read.set_aside;
            return Ok((events_as_rows(read)?, set_aside));
        }
    };
    Ok((rows, 0))
}

fn side<T: RowKind + DeserializeOwned>(
    path: &Path,
    raw: &[u8],
    source: SourceId,
) -> Result<Batch<PortRow>, NodeError> {
    let read = reading::table::<T>(raw, source).map_err(|error| bad(path, &error))?;
    let items = read.items.iter().map(|(place, row)| row.row(*place)).collect::<Result<_, _>>()?;
    Ok(Batch { items, defects: read.defects, defective: read.defective })
}

fn events_as_rows(read: Read) -> Result<Batch<PortRow>, NodeError> {
    let Read { events, retracted, .. } = read;
    let mut items: Vec<PortRow> =
        events.items.iter().map(|event| event.row(event.evidence)).collect::<Result<_, _>>()?;
    for retraction in retracted {
        items.push(retraction.row(retraction.place)?);
    }
    Ok(Batch { items, defects: events.defects, defective: events.defective })
}

/// Screens all that is stored, and keeps what leads come of it.
fn raise(store: &Store) -> Result<String, NodeError> {
    let book = Screening::default().book(store).map_err(NodeError::from)?;
    let leads = book.leads(store).map_err(NodeError::from)?;
    let source = SourceId::of(&[b"port screening"]);
    store.register_source(&Source {
        id: source,
        kind: "screening".to_owned(),
        name: "port screening".to_owned(),
        location: String::new(),
        raw_path: None,
        first_seen: clock::now(),
    })?;
    let mut batch = bitacora_store::Batch::new(source, book.rows, clock::now());
    batch.leads = leads.iter().map(lead_row).collect::<Result<_, _>>()?;
    let raised = store.commit(&batch)?.new_leads.len();
    let (alerts, revised) = (book.field.alerts.len(), leads.len() - raised);
    Ok(format!("{alerts} alerts  {raised} leads raised  {revised} revised\n"))
}
