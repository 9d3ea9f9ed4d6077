//! The folder in which a run works, `detect/` in the data folder: what it is a run of, and the files of the units that
//! are done. A run of the same goes on where it was; of anything else it begins anew and says why.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use bitacora_sea::archive::Tile;
use bitacora_sea::{Kind, Parameters};
use serde::{Deserialize, Serialize};

use super::plan::Plan;
use super::refused::Refused;
use crate::error::NodeError;

/// Changes when the same input would give other files.
const FORMAT: u32 = 1;

/// What a run is of. Two runs with equal manifests find the same, however they are divided.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub(super) struct Manifest {
    pub(super) program: String,
    pub(super) format: u32,
    /// As JSON: equal texts are equal parameters.
    pub(super) parameters: String,
    pub(super) kinds: Vec<Kind>,
    pub(super) archive: String,
    /// What is read, in microseconds: from, and to, excluded.
    pub(super) read: [i64; 2],
    /// Name, bytes and stamp of each file.
    pub(super) files: Vec<(String, u64, String)>,
}

impl Manifest {
    pub(super) fn new(
        parameters: &Parameters,
        kinds: Vec<Kind>,
        archive: String,
        read: [i64; 2],
        files: Vec<(String, u64, String)>,
    ) -> Result<Self, NodeError> {
        let program = concat!("bitacora ", env!("CARGO_PKG_VERSION")).to_owned();
        let parameters = serde_json::to_string(parameters)?;
        Ok(Self { program, format: FORMAT, parameters, kinds, archive, read, files })
    }

    /// The first thing in which another run differs, as a code.
    fn differs(&self, other: &Self) -> Option<&'static str> {
        let parts = [
            ("program", self.program == other.program && self.format == other.format),
            ("parameters", self.parameters == other.parameters),
            ("kinds", self.kinds == other.kinds),
            ("archive", self.archive == other.archive),
            ("read", self.read == other.read),
            ("files", self.files == other.files),
        ];
        parts.into_iter().find(|(_, same)| !same).map(|(code, _)| code)
    }
}

#[derive(Serialize, Deserialize)]
struct Kept {
    manifest: Manifest,
    plan: Plan,
    refused: Vec<Refused>,
}

/// The folder, held by one run.
#[derive(Debug)]
pub(super) struct Folder {
    path: PathBuf,
    /// Held until the run ends.
    _lock: File,
    pub(super) plan: Plan,
    /// Files that could not be opened.
    pub(super) refused: Vec<Refused>,
}

/// How a run stands to what was there.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Begun {
    New,
    Resumed,
    /// Another run was there, which differed in this.
    Anew(&'static str),
}

impl Folder {
    /// Opens the folder for a run of `manifest`; `plan` says how it is to be divided if it begins.
    pub(super) fn open(
        data: &Path,
        manifest: Manifest,
        plan: impl FnOnce() -> (Plan, Vec<Refused>),
    ) -> Result<(Self, Begun), NodeError> {
        let path = data.join("detect");
        fs::create_dir_all(&path).map_err(NodeError::file(&path, "created"))?;
        let lock_path = path.join(".lock");
        let lock = File::create(&lock_path).map_err(NodeError::file(&lock_path, "created"))?;
        if lock.try_lock().is_err() {
            return Err(NodeError::RunHeld { path });
        }
        let manifest_path = path.join("manifest.json");
        let known: Option<Kept> =
            fs::read(&manifest_path).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok());
        let begun = match &known {
            None => Begun::New,
            Some(known) => known.manifest.differs(&manifest).map_or(Begun::Resumed, Begun::Anew),
        };
        if let (Begun::Resumed, Some(known)) = (begun, known) {
            return Ok((Self { path, _lock: lock, plan: known.plan, refused: known.refused }, begun));
        }
        let (plan, refused) = plan();
        let this = Self { path, _lock: lock, plan: plan.clone(), refused: refused.clone() };
        // The manifest goes first: without it nothing else here counts.
        this.clear(|name| name == "manifest.json")?;
        this.clear(|_| true)?;
        let part = this.path.join("manifest.part");
        let text = serde_json::to_vec(&Kept { manifest, plan, refused })?;
        let write = || {
            fs::write(&part, &text)?;
            File::open(&part)?.sync_all()?;
            fs::rename(&part, &manifest_path)?;
            File::open(&this.path)?.sync_all()
        };
        write().map_err(NodeError::file(&manifest_path, "written"))?;
        Ok((this, begun))
    }

    fn clear(&self, which: impl Fn(&str) -> bool) -> Result<(), NodeError> {
        for entry in fs::read_dir(&self.path).map_err(NodeError::file(&self.path, "listed"))? {
            let entry = entry.map_err(NodeError::file(&self.path, "listed"))?;
            let name = entry.file_name().to_string_lossy().into_owned();
            if name != ".lock" && which(&name) {
                fs::remove_file(entry.path()).map_err(NodeError::file(entry.path(), "removed"))?;
            }
        }
        Ok(())
    }

    /// Only the result is left, with what it is the result of.
    pub(super) fn keep_result(&self) -> Result<(), NodeError> {
        self.clear(|name| name != "manifest.json" && name != "found.events" && name != "read.json")
    }

    pub(super) fn slice(&self, number: usize) -> PathBuf {
        self.path.join(format!("slice-{number:06}.spill"))
    }
    pub(super) fn vessels(&self, partition: u32) -> PathBuf {
        self.path.join(format!("vessels-{partition:04}.events"))
    }
    pub(super) fn dealt(&self, partition: u32) -> PathBuf {
        self.path.join(format!("vessels-{partition:04}.spill"))
    }
    pub(super) fn in_order(&self) -> PathBuf {
        self.path.join("in-order.events")
    }
    pub(super) fn cell(&self, tile: Tile) -> PathBuf {
        self.path.join(format!("cell-{:04}-{:04}.events", tile.row, tile.column))
    }
    pub(super) fn across(&self) -> PathBuf {
        self.path.join("across.events")
    }
    /// What was read and refused.
    pub(super) fn read(&self) -> PathBuf {
        self.path.join("read.json")
    }
    pub(super) fn found(&self) -> PathBuf {
        self.path.join("found.events")
    }
}
