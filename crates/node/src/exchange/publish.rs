//! Writes a log's directory from what is stored: tiles, records, kept checkpoints, and last of all `checkpoint`, which
//! makes the rest count. All of it can be written again, so a crash at any point costs a rewrite of a few files.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bitacora_ledger::tiles::{
    TileKind, entries_bytes, kept_checkpoint_path, records_path, tile_bytes, tiles_to_write,
};
use bitacora_ledger::{Tree, leaf_hash};
use bitacora_primitives::markings::{AgreementId, PartyCode};
use bitacora_store::ExchangeStore;

use crate::error::NodeError;

/// Leaves of one tile and lines of one file of records.
const TILE: u64 = 256;
const READ_BATCH: usize = 4_096;

/// One log's directory.
#[derive(Debug)]
pub(crate) struct Directory {
    store: Arc<ExchangeStore>,
    agreement: AgreementId,
    party: PartyCode,
    folder: PathBuf,
    /// A witness holds commitments only.
    with_records: bool,
    tree: Tree,
    /// Leaves of files written so far.
    written: u64,
    /// The newest kept checkpoint written, by size.
    kept: u64,
    published: Option<String>,
}

impl Directory {
    pub(crate) fn new(
        store: Arc<ExchangeStore>,
        agreement: AgreementId,
        party: PartyCode,
        folder: PathBuf,
        with_records: bool,
    ) -> Result<Self, NodeError> {
        std::fs::create_dir_all(&folder).map_err(NodeError::file(&folder, "created"))?;
        let tree = Tree::new();
        Ok(Self { store, agreement, party, folder, with_records, tree, written: 0, kept: 0, published: None })
    }

    /// Brings the directory up to the newest cosigned checkpoint. Whether anything was written.
    pub(crate) fn bring_up_to_date(&mut self) -> Result<bool, NodeError> {
        let (agreement, party) = (self.agreement.to_string(), self.party.to_string());
        let checkpoints = self.store.checkpoints(&agreement, &party, self.kept.saturating_sub(1))?;
        let Some(newest) = checkpoints.last().cloned() else { return Ok(false) };
        if self.published.as_deref() == Some(newest.note.as_str()) {
            return Ok(false);
        }
        while self.tree.size() < newest.size {
            let from = self.tree.size();
            let most = usize::try_from(newest.size - from).unwrap_or(READ_BATCH).min(READ_BATCH);
            let leaves = self.store.leaves(&agreement, &party, from, most)?;
            if leaves.is_empty() {
                // The checkpoint came before its leaves could be read: next time.
                return Ok(false);
            }
            for leaf in leaves {
                self.tree.push(leaf_hash(&leaf.commitment));
            }
        }
        let to = newest.size;
        for tile in tiles_to_write(self.written, to) {
            let bytes = match tile.kind {
                TileKind::Hashes(level) => tile_bytes(&self.tree, level, tile.index, tile.width),
                TileKind::Entries => Some(self.entries(tile.index, tile.width)?),
            };
            if let Some(bytes) = bytes {
                self.write(&tile.path(), &bytes)?;
            }
        }
        if self.with_records {
            for index in self.written / TILE..to.div_ceil(TILE) {
                let lines = self.records(index, to)?;
                self.write(&records_path(index), lines.as_bytes())?;
            }
        }
        for kept in &checkpoints {
            self.write(&kept_checkpoint_path(kept.size), kept.note.as_bytes())?;
        }
        self.write("checkpoint", newest.note.as_bytes())?;
        self.written = to;
        self.kept = newest.size;
        self.published = Some(newest.note);
        Ok(true)
    }

    fn entries(&self, index: u64, width: u16) -> Result<Vec<u8>, NodeError> {
        let (agreement, party) = (self.agreement.as_str(), self.party.as_str());
        let leaves = self.store.leaves(agreement, party, index * TILE, usize::from(width))?;
        let commitments: Vec<[u8; 32]> = leaves.into_iter().map(|leaf| leaf.commitment).collect();
        entries_bytes(&commitments).map_err(|error| NodeError::Log { why: error.to_string() })
    }

    /// A line for each leaf, empty where the record is not opened to this holder.
    fn records(&self, index: u64, to: u64) -> Result<String, NodeError> {
        let from = index * TILE;
        let width = usize::try_from((to - from).min(TILE)).unwrap_or(0);
        let leaves = self.store.leaves(self.agreement.as_str(), self.party.as_str(), from, width)?;
        Ok(leaves.into_iter().map(|leaf| leaf.record.unwrap_or_default() + "\n").collect())
    }

    /// Whole or not at all: a reader never sees half a file.
    fn write(&self, path: &str, bytes: &[u8]) -> Result<(), NodeError> {
        let path = self.folder.join(path);
        write_whole(&path, bytes)
    }
}

pub(crate) fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), NodeError> {
    let folder = path.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder).map_err(NodeError::file(folder, "created"))?;
    let mut staged = path.as_os_str().to_owned();
    staged.push(".new");
    let staged = PathBuf::from(staged);
    let mut file = std::fs::File::create(&staged).map_err(NodeError::file(&staged, "created"))?;
    file.write_all(bytes).map_err(NodeError::file(&staged, "written"))?;
    drop(file);
    std::fs::rename(&staged, path).map_err(NodeError::file(path, "written"))
}
