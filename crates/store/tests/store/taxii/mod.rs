//! TAXII collections: what goes in comes out, once, in order, on both engines.

mod admission;
mod collections;
mod deletion;
mod killed;
mod model;
mod pages;
mod readers;

use bitacora_primitives::Instant;
use bitacora_store::taxii::{
    Added, Filter, NewCollection, NewObject, ObjectRow, Registered, Request, SpecVersions, TaxiiStore,
    Versions,
};
use sha2::{Digest as _, Sha256};

use crate::fixture::*;

pub(super) fn open(case: &Case) -> TaxiiStore {
    case.open().taxii().unwrap()
}

pub(super) const COLLECTION: &str = "91a7b528-80eb-42ed-a74d-c6fbd5a26116";

/// A store with [`COLLECTION`] in it.
pub(super) fn with_collection(case: &Case) -> TaxiiStore {
    let store = open(case);
    assert_eq!(store.register_collection(&collection(COLLECTION)).unwrap(), Registered::New);
    store
}

pub(super) fn collection(id: &str) -> NewCollection {
    NewCollection { id: id.to_owned(), alias: None, title: "Reports".to_owned(), registered: at(0) }
}

/// A request without a status.
pub(super) fn request(clock: Instant) -> Request {
    named("", clock)
}

pub(super) fn named(id: &str, clock: Instant) -> Request {
    Request { id: id.to_owned(), at: clock, platform: None, note: None }
}

/// An object whose bytes name it. `version` in seconds after midnight.
pub(super) fn object(id: &str, version: Option<i64>) -> NewObject {
    let content = format!("{{\"id\":\"{id}\", \"version\":{version:?}, \"byte\":\"\u{f1}\"}}").into_bytes();
    NewObject {
        id: id.to_owned(),
        spec_version: "2.1".to_owned(),
        version: version.map(at),
        hash: Sha256::digest(&content).into(),
        content,
    }
}

/// A vessel's position, the `number`th.
pub(super) fn numbered(number: u64) -> NewObject {
    object(&format!("location--00000000-0000-4000-8000-{number:012}"), Some(number as i64))
}

pub(super) fn number_of(row: &ObjectRow) -> u64 {
    row.manifest.id.rsplit_once('-').unwrap().1.parse().unwrap()
}

pub(super) fn everything() -> Filter {
    Filter { versions: Versions::ALL, ..Filter::default() }
}

pub(super) fn all_rows(store: &TaxiiStore, filter: &Filter) -> Vec<ObjectRow> {
    let page = store.objects(COLLECTION, filter, None, 10_000, usize::MAX).unwrap();
    assert_eq!(page.next, None);
    page.rows
}

/// When each was stored; none was there before.
pub(super) fn stored(added: &[Added]) -> Vec<Instant> {
    let stored = |one: &Added| match one {
        Added::Stored { date_added, .. } => *date_added,
        Added::AlreadyThere { .. } => panic!("{one:?}"),
    };
    added.iter().map(stored).collect()
}
