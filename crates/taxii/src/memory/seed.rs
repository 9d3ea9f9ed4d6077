//! Collections from a file, in the form in which medallion, the reference server of OASIS, has them: API roots by name, each with
//! `information`, `collections` (with `objects` and their `manifest`) and `status`.

use std::collections::BTreeMap;

use bitacora_primitives::Instant;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::{Kept, MemoryBackend, Shelf};
use crate::backend::{Collection, Detail, Entry, Row, SpecVersion, Status};
use crate::memory::Clock;
use crate::server::ApiRoot;
use crate::times;

/// What a seed gives.
#[derive(Debug)]
pub struct Seeded {
    pub backend: MemoryBackend,
    /// In the order of their names.
    pub roots: Vec<ApiRoot>,
}

/// Why a file is no seed.
#[derive(Debug, thiserror::Error)]
pub enum BadSeed {
    #[error("the seed is not of the form of medallion's data")]
    Form(#[from] serde_json::Error),
    #[error("`{0}` is no time of the form `2016-11-01T03:04:05.000000Z`")]
    Time(String),
    #[error("object `{id}` of version {version:?} has no line in its collection's manifest")]
    Unlisted { id: String, version: Option<String> },
}

#[derive(Deserialize)]
struct Root<'a> {
    information: Information,
    #[serde(default)]
    status: Vec<OldStatus>,
    #[serde(borrow, default)]
    collections: Vec<OldCollection<'a>>,
}

#[derive(Deserialize)]
struct Information {
    title: String,
    description: Option<String>,
}

#[derive(Deserialize)]
struct OldStatus {
    id: String,
    request_timestamp: String,
    #[serde(default)]
    successes: Vec<OldDetail>,
    #[serde(default)]
    failures: Vec<OldDetail>,
    #[serde(default)]
    pendings: Vec<OldDetail>,
}

#[derive(Deserialize)]
struct OldDetail {
    id: String,
    version: String,
    message: Option<String>,
}

#[derive(Deserialize)]
struct OldCollection<'a> {
    id: String,
    title: String,
    description: Option<String>,
    alias: Option<String>,
    can_read: bool,
    can_write: bool,
    #[serde(default)]
    media_types: Vec<String>,
    #[serde(borrow, default)]
    objects: Vec<&'a RawValue>,
    #[serde(default)]
    manifest: Vec<Line>,
}

#[derive(Deserialize)]
struct Line {
    id: String,
    date_added: String,
    version: String,
    media_type: String,
}

#[derive(Deserialize)]
struct Dated {
    id: String,
    created: Option<String>,
    modified: Option<String>,
}

fn time(text: &str) -> Result<Instant, BadSeed> {
    times::parse(text).ok_or_else(|| BadSeed::Time(text.to_owned()))
}

impl MemoryBackend {
    /// Reads a seed. Objects keep the bytes that they have in it, and their `date_added` from the manifest.
    pub fn seeded(text: &str, clock: Clock) -> Result<Seeded, BadSeed> {
        let mut parts: BTreeMap<String, &RawValue> = serde_json::from_str(text)?;
        // Discovery is the service's own here.
        parts.remove("/discovery");
        let backend = Self::new(clock);
        let mut roots = Vec::new();
        for (name, raw) in parts {
            let root: Root<'_> = serde_json::from_str(raw.get())?;
            for old in root.collections {
                backend.place(&name, old)?;
            }
            for old in &root.status {
                let status = status(old)?;
                backend.state().statuses.insert((name.clone(), status.id.clone()), status);
            }
            let Information { title, description } = root.information;
            roots.push(ApiRoot { name, title, description });
        }
        Ok(Seeded { backend, roots })
    }

    fn place(&self, root: &str, old: OldCollection<'_>) -> Result<(), BadSeed> {
        let mut rows = Vec::new();
        for raw in &old.objects {
            let dated: Dated = serde_json::from_str(raw.get())?;
            let version = dated.modified.or(dated.created);
            let line = old
                .manifest
                .iter()
                .find(|line| line.id == dated.id && version.as_ref() == Some(&line.version));
            let Some(line) = line else { return Err(BadSeed::Unlisted { id: dated.id, version }) };
            let old_stix = line.media_type.ends_with("2.0");
            let entry = Entry {
                position: 0,
                date_added: time(&line.date_added)?,
                id: dated.id,
                version: time(&line.version)?,
                spec_version: if old_stix { SpecVersion::V20 } else { SpecVersion::V21 },
            };
            rows.push(Kept { row: Row { entry, bytes: raw.get().as_bytes().to_vec() }, unversioned: false });
        }
        rows.sort_by_key(|kept| kept.row.entry.date_added);
        let mut state = self.state();
        for kept in &mut rows {
            state.positions += 1;
            kept.row.entry.position = state.positions;
            state.last = state.last.max(Some(kept.row.entry.date_added));
        }
        let OldCollection { id, title, description, alias, can_read, can_write, media_types, .. } = old;
        let collection = Collection { id, title, description, alias, can_read, can_write, media_types };
        state.shelves.push(Shelf { root: root.to_owned(), collection, rows });
        Ok(())
    }
}

fn status(old: &OldStatus) -> Result<Status, BadSeed> {
    let details = |list: &[OldDetail]| -> Result<Vec<Detail>, BadSeed> {
        let detail = |old: &OldDetail| {
            Ok(Detail { id: old.id.clone(), version: time(&old.version)?, message: old.message.clone() })
        };
        list.iter().map(detail).collect()
    };
    Ok(Status {
        id: old.id.clone(),
        request_timestamp: time(&old.request_timestamp)?,
        successes: details(&old.successes)?,
        failures: details(&old.failures)?,
        pendings: details(&old.pendings)?,
    })
}
