//! A backend in memory, for tests and for trying clients: everybody sees the same collections, and pages are found by looking at every
//! entry. What it holds is gone with the process.

mod seed;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

use bitacora_primitives::{Duration, Instant};
use sha2::{Digest, Sha256};

use crate::backend::{
    Added, Backend, Collection, Entry, Object, Outcome, Page, PageQuery, Refusal, Row, SpecVersion, Status,
    Submission,
};
use crate::door::Principal;
use crate::filter::{Filter, Versions};

pub use seed::{BadSeed, Seeded};

/// Tells the time.
pub type Clock = Box<dyn Fn() -> Instant + Send + Sync>;

/// Collections by API root.
pub struct MemoryBackend {
    clock: Clock,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    shelves: Vec<Shelf>,
    statuses: BTreeMap<(String, String), Status>,
    /// The last `date_added` that was given.
    last: Option<Instant>,
    positions: u64,
    requests: u64,
}

struct Shelf {
    root: String,
    collection: Collection,
    /// In the order of their positions, each with its bytes.
    rows: Vec<Kept>,
}

struct Kept {
    row: Row,
    /// Without `modified` and `created` an object has one version, whenever it is added.
    unversioned: bool,
}

impl fmt::Debug for MemoryBackend {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MemoryBackend")
    }
}

impl MemoryBackend {
    /// An empty one.
    pub fn new(clock: Clock) -> Self {
        Self { clock, state: Mutex::default() }
    }

    /// Adds a collection to a root.
    pub fn open(&self, root: &str, collection: Collection) {
        self.state().shelves.push(Shelf { root: root.to_owned(), collection, rows: Vec::new() });
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn shelf(&self, id: &str) -> Result<&Shelf, Refusal> {
        let found = self.shelves.iter().find(|shelf| shelf.collection.id == id);
        found.ok_or_else(|| Refusal::Failed { cause: format!("no collection {id}") })
    }

    /// Strictly later than any before, even when the clock stood still or went back.
    // INVARIANT: `date_added` is unique and rises with the position.
    fn date(&mut self, now: Instant) -> Instant {
        let at = self.last.map_or(now, |last| now.max(last + Duration::from_micros(1)));
        self.last = Some(at);
        at
    }

    fn add(&mut self, collection: &str, object: &Object, now: Instant) -> Outcome {
        let Some(place) = self.shelves.iter().position(|shelf| shelf.collection.id == collection) else {
            return Outcome::Refused("no_collection: there is none".to_owned());
        };
        let same = |kept: &&Kept| {
            let own = &kept.row.entry;
            let version = object
                .version
                .map_or(kept.unversioned, |version| version == own.version && !kept.unversioned);
            own.id == object.id && version
        };
        if let Some(kept) = self.shelves.get(place).and_then(|shelf| shelf.rows.iter().find(same)) {
            return Outcome::AlreadyThere { date_added: kept.row.entry.date_added };
        }
        let date_added = self.date(now);
        self.positions += 1;
        let entry = Entry {
            position: self.positions,
            date_added,
            id: object.id.clone(),
            version: object.version.unwrap_or(date_added),
            spec_version: object.spec_version,
        };
        let row = Row { entry, bytes: object.bytes.clone() };
        if let Some(shelf) = self.shelves.get_mut(place) {
            shelf.rows.push(Kept { row, unversioned: object.version.is_none() });
        }
        Outcome::Stored { date_added }
    }

    /// The rows of a page, and whether there are more.
    fn select(&self, collection: &str, query: &PageQuery) -> Result<(Vec<&Row>, bool), Refusal> {
        let shelf = self.shelf(collection)?;
        let entries: Vec<Entry> = shelf.rows.iter().map(|kept| kept.row.entry.clone()).collect();
        let wanted = query.filter.select(&entries);
        let mut wanted = wanted.iter().map(|entry| entry.position).peekable();
        let mut rows = Vec::new();
        let mut bytes = 0;
        for Kept { row, .. } in &shelf.rows {
            if wanted.next_if_eq(&row.entry.position).is_none()
                || query.after.is_some_and(|after| row.entry.position <= after)
            {
                continue;
            }
            bytes += row.bytes.len();
            if rows.len() >= query.limit.max(1) || (bytes > query.bytes && !rows.is_empty()) {
                return Ok((rows, true));
            }
            rows.push(row);
        }
        Ok((rows, false))
    }
}

impl Backend for MemoryBackend {
    fn collections(&self, _: &Principal, root: &str) -> Result<Vec<Collection>, Refusal> {
        let state = self.state();
        let here = state.shelves.iter().filter(|shelf| shelf.root == root);
        Ok(here.map(|shelf| shelf.collection.clone()).collect())
    }

    fn add(
        &self,
        _: &Principal,
        root: &str,
        collection: &str,
        submission: &Submission,
    ) -> Result<Added, Refusal> {
        let now = (self.clock)();
        let mut state = self.state();
        state.requests += 1;
        let added = Added {
            status_id: uuid(state.requests),
            request_timestamp: now,
            outcomes: submission.objects.iter().map(|object| state.add(collection, object, now)).collect(),
        };
        let status = Status::of(submission, &added);
        state.statuses.insert((root.to_owned(), added.status_id.clone()), status);
        Ok(added)
    }

    fn page(&self, _: &Principal, collection: &str, query: &PageQuery) -> Result<Page<Row>, Refusal> {
        let state = self.state();
        let (rows, more) = state.select(collection, query)?;
        Ok(Page { rows: rows.into_iter().cloned().collect(), guard: None, more })
    }

    fn manifest(&self, _: &Principal, collection: &str, query: &PageQuery) -> Result<Page<Entry>, Refusal> {
        let state = self.state();
        let (rows, more) = state.select(collection, query)?;
        Ok(Page { rows: rows.into_iter().map(|row| row.entry.clone()).collect(), guard: None, more })
    }

    fn holds(&self, _: &Principal, collection: &str, id: &str) -> Result<bool, Refusal> {
        Ok(self.state().shelf(collection)?.rows.iter().any(|kept| kept.row.entry.id == id))
    }

    fn delete(
        &self,
        _: &Principal,
        collection: &str,
        id: &str,
        versions: &Versions,
        spec_versions: Option<&[SpecVersion]>,
    ) -> Result<usize, Refusal> {
        let any = [SpecVersion::V20, SpecVersion::V21];
        let filter = Filter {
            ids: [id.to_owned()].into(),
            versions: versions.clone(),
            spec_versions: Some(spec_versions.unwrap_or(&any).iter().copied().collect()),
            ..Filter::default()
        };
        let mut state = self.state();
        let shelf = state.shelf(collection)?;
        let entries: Vec<Entry> = shelf.rows.iter().map(|kept| kept.row.entry.clone()).collect();
        let gone: Vec<u64> = filter.select(&entries).iter().map(|entry| entry.position).collect();
        if let Some(shelf) = state.shelves.iter_mut().find(|shelf| shelf.collection.id == collection) {
            shelf.rows.retain(|kept| !gone.contains(&kept.row.entry.position));
        }
        Ok(gone.len())
    }

    fn status(&self, _: &Principal, root: &str, id: &str) -> Result<Option<Status>, Refusal> {
        Ok(self.state().statuses.get(&(root.to_owned(), id.to_owned())).cloned())
    }
}

/// A UUID of version 8 (RFC 9562, 5.8) of a request's number.
fn uuid(number: u64) -> String {
    let digest = Sha256::digest(format!("taxii status {number}"));
    let mut text = String::new();
    for (at, byte) in digest.iter().take(16).enumerate() {
        let byte = match at {
            6 => byte & 0x0f | 0x80,
            8 => byte & 0x3f | 0x80,
            _ => *byte,
        };
        if matches!(at, 4 | 6 | 8 | 10) {
            text.push('-');
        }
        text.push_str(&format!("{byte:02x}"));
    }
    text
}
