//! Draws that were committed to at this node: a file each, and a row that says at which leaf of the node's log the
//! commitment stands. Of old draws no more is kept in memory than what the record of the month counts.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::SystemTime;

use bitacora_port::draw::{Bundle, Verified, Why, verify};
use bitacora_primitives::{Instant, SourceId};
use bitacora_store::{PortRow, Store};
use serde::{Deserialize, Serialize};

use super::PortError;
use super::record::Tally;
use crate::log::machine_leaf;
use crate::state::Keys;

/// Kind of the row and of the leaf.
pub const DRAW: &str = "port_draw";

/// What the row and the leaf say: before the first round, no more than the hash and how much it binds.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Committed {
    pub commitment: String,
    pub shift: String,
    pub containers: u32,
    pub committed: Instant,
}

/// A draw's file as it was read.
#[derive(Debug)]
pub struct DrawFile {
    pub name: String,
    pub text: String,
    pub bundle: Bundle,
    verified: OnceLock<Result<Verified, Why>>,
}

impl DrawFile {
    /// Every pick derived again, once for each reading of the file.
    pub fn verified(&self) -> Result<&Verified, &Why> {
        self.verified.get_or_init(|| verify(&self.bundle)).as_ref()
    }

    /// Begin of the round that opens a slot.
    pub fn slot_time(&self, slot: u32) -> Option<Instant> {
        slot_time(&self.bundle, slot)
    }

    /// When it was committed to, and at which leaf, where the log has it.
    pub fn committed(&self, store: &Store) -> Result<Option<(Option<Instant>, u64)>, PortError> {
        let row = store.port_row(DRAW, &self.bundle.hash.to_string())?;
        Ok(row.map(|row| (row.at, row.line)))
    }
}

fn slot_time(bundle: &Bundle, slot: u32) -> Option<Instant> {
    let round = bundle.commitment.slots.get(slot as usize)?.round;
    bundle.commitment.beacon.time_of(round)
}

/// Puts a commitment into the node's log. The same one again is the leaf that it has.
pub fn log_draw(store: &Store, keys: &dyn Keys, committed: &Committed) -> Result<u64, PortError> {
    let body = serde_json::to_string(committed)?;
    let leaf = machine_leaf(keys, DRAW, committed.committed, serde_json::to_value(committed)?)
        .map_err(|error| PortError::Draw { name: committed.shift.clone(), why: error.to_string() })?;
    let row = PortRow {
        kind: DRAW.to_owned(),
        id: committed.commitment.clone(),
        container: None,
        at: Some(committed.committed),
        source: SourceId::of(&[DRAW.as_bytes()]),
        line: 0,
        body,
    };
    Ok(store.log_port_row(row, committed.committed, |_| leaf)?)
}

/// A file that has not changed since.
type Stamp = (u64, Option<SystemTime>);

/// What is kept of a file.
#[derive(Debug)]
pub(crate) struct Listed {
    path: PathBuf,
    stamp: Stamp,
    name: String,
    shift: String,
    pub(super) commitment: String,
    /// When its first slot opens.
    pub(super) opens: Option<Instant>,
    tally: OnceLock<Tally>,
}

impl Listed {
    pub(super) fn read(&self) -> Result<DrawFile, PortError> {
        read(&self.path)
    }

    /// What the record counts of it.
    pub(super) fn tally(&self) -> Result<&Tally, PortError> {
        if self.tally.get().is_none() {
            let _known = self.tally.set(Tally::of(&self.read()?));
        }
        self.tally
            .get()
            .ok_or_else(|| PortError::Draw { name: self.name.clone(), why: "not counted".to_owned() })
    }
}

/// The draws of a data folder: read when their files are new.
#[derive(Debug, Default)]
pub(crate) struct DrawFolder {
    listed: Mutex<BTreeMap<PathBuf, Arc<Listed>>>,
    newest: Mutex<Option<(Stamp, PathBuf, Arc<DrawFile>)>>,
}

impl DrawFolder {
    /// The latest shift first.
    pub(super) fn all(&self, store: &Store) -> Result<Vec<Arc<Listed>>, PortError> {
        let Ok(entries) = std::fs::read_dir(store.folder().join("port").join("draws")) else {
            return Ok(Vec::new());
        };
        let mut listed = self.listed.lock().unwrap_or_else(PoisonError::into_inner);
        let mut found = BTreeMap::new();
        for path in entries.filter_map(|entry| Some(entry.ok()?.path())) {
            if path.extension().is_none_or(|kind| kind != "json") {
                continue;
            }
            let stamp = stamp(&path)?;
            let one = match listed.get(&path) {
                Some(known) if known.stamp == stamp => Arc::clone(known),
                _ => Arc::new(list(&path, stamp)?),
            };
            found.insert(path, one);
        }
        *listed = found;
        let mut all: Vec<Arc<Listed>> = listed.values().map(Arc::clone).collect();
        all.sort_by(|a, b| b.shift.cmp(&a.shift).then(b.name.cmp(&a.name)));
        Ok(all)
    }

    pub(super) fn newest(&self, store: &Store) -> Result<Option<Arc<DrawFile>>, PortError> {
        let Some(first) = self.all(store)?.into_iter().next() else { return Ok(None) };
        let mut kept = self.newest.lock().unwrap_or_else(PoisonError::into_inner);
        match &*kept {
            Some((stamp, path, file)) if (stamp, path) == (&first.stamp, &first.path) => {
                Ok(Some(Arc::clone(file)))
            }
            _ => {
                let file = Arc::new(first.read()?);
                *kept = Some((first.stamp, first.path.clone(), Arc::clone(&file)));
                Ok(Some(file))
            }
        }
    }
}

fn failed(path: &Path, why: impl ToString) -> PortError {
    let name = path.file_stem().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    PortError::Draw { name, why: why.to_string() }
}

fn stamp(path: &Path) -> Result<Stamp, PortError> {
    let about = std::fs::metadata(path).map_err(|error| failed(path, error))?;
    Ok((about.len(), about.modified().ok()))
}

fn list(path: &Path, stamp: Stamp) -> Result<Listed, PortError> {
    let DrawFile { name, bundle, .. } = read(path)?;
    Ok(Listed {
        path: path.to_owned(),
        stamp,
        name,
        shift: bundle.commitment.shift.clone(),
        commitment: bundle.hash.to_string(),
        opens: slot_time(&bundle, 0),
        tally: OnceLock::new(),
    })
}

fn read(path: &Path) -> Result<DrawFile, PortError> {
    let name = path.file_stem().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let text = std::fs::read_to_string(path).map_err(|error| failed(path, error))?;
    let bundle = Bundle::parse(&text).map_err(|error| failed(path, error))?;
    Ok(DrawFile { name, text, bundle, verified: OnceLock::new() })
}
