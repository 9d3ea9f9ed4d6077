//! Draws that were committed to at this node: a file each, and a row that says at which leaf of the node's log the
//! commitment stands.

use std::path::Path;

use bitacora_port::draw::Bundle;
use bitacora_primitives::{Instant, SourceId};
use bitacora_store::{PortRow, Store};
use serde::{Deserialize, Serialize};

use super::PortError;
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

/// A draw's file, and its leaf where the log has it.
#[derive(Debug)]
pub struct DrawFile {
    pub name: String,
    pub text: String,
    pub bundle: Bundle,
    pub leaf: Option<u64>,
    pub committed: Option<Instant>,
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

/// The draws of a data folder, the latest shift first.
pub fn draws(store: &Store) -> Result<Vec<DrawFile>, PortError> {
    let Ok(entries) = std::fs::read_dir(store.folder().join("port").join("draws")) else {
        return Ok(Vec::new());
    };
    let mut found = Vec::new();
    for path in entries.filter_map(|entry| Some(entry.ok()?.path())) {
        if path.extension().is_some_and(|kind| kind == "json") {
            found.push(draw(store, &path)?);
        }
    }
    found.sort_by(|a, b| b.bundle.commitment.shift.cmp(&a.bundle.commitment.shift).then(b.name.cmp(&a.name)));
    Ok(found)
}

fn draw(store: &Store, path: &Path) -> Result<DrawFile, PortError> {
    let name = path.file_stem().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let failed = |why: String| PortError::Draw { name: name.clone(), why };
    let text = std::fs::read_to_string(path).map_err(|error| failed(error.to_string()))?;
    let bundle = Bundle::parse(&text).map_err(|error| failed(error.to_string()))?;
    let row = store.port_row(DRAW, &bundle.hash.to_string())?;
    let committed = row.as_ref().and_then(|row| row.at);
    Ok(DrawFile { leaf: row.map(|row| row.line), committed, name, text, bundle })
}
