//! EPCIS 2.0 documents against published samples, and the event hash of CBV 2.0 against published hashes.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails loudly"
)]

mod containers;
mod documents;
mod hashes;
mod hostile;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use bitacora_feeds::containers::Batch;
use bitacora_feeds::containers::epcis::{EpcisEvent, read};
use bitacora_feeds::refusal::Reason;
use bitacora_primitives::SourceId;

fn source() -> SourceId {
    SourceId::of(&[b"epcis"])
}

fn shared(part: &str) -> Option<PathBuf> {
    bitacora_given::data(&format!("port/epcis/{part}"))
}

fn files(folder: &Path, extension: &str) -> BTreeMap<String, Vec<u8>> {
    let paths = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let fits = paths.filter(|path| path.extension().is_some_and(|own| own == extension));
    fits.map(|path| (path.file_stem().unwrap().to_str().unwrap().to_owned(), fs::read(&path).unwrap()))
        .collect()
}

fn refused(batch: &Batch<EpcisEvent>) -> Vec<(&str, Reason)> {
    batch.defects.iter().map(|defect| (defect.part.as_str(), defect.reason)).collect()
}

/// A capture document with these events and the prefix `e`.
fn document(events: &str) -> String {
    format!(
        r#"{{"@context": ["https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld", {{"e": "https://ns.example.org/"}}],
        "type": "EPCISDocument", "schemaVersion": "2.0", "creationDate": "2026-11-20T12:00:00Z",
        "epcisBody": {{"eventList": [{events}]}}}}"#
    )
}

/// An object event with these members on top of the least.
fn object_event(more: &str) -> String {
    format!(
        r#"{{"type": "ObjectEvent", "eventTime": "2026-11-20T10:00:00Z", "eventTimeZoneOffset": "+00:00", "action": "OBSERVE"{more}}}"#
    )
}

fn read_text(text: &str) -> Batch<EpcisEvent> {
    read(text.as_bytes(), source())
}

fn one(text: &str) -> EpcisEvent {
    let mut batch = read_text(text);
    assert_eq!(batch.defects, [], "{text}");
    batch.items.pop().unwrap()
}

/// Our own seeds of the fuzzer.
fn seeds() -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus/epcis");
    files(&folder, "json").into_values().chain(files(&folder, "xml").into_values()).collect()
}
