//! Stops that the log could not take yet: the gate is shut for them, and the log is tried again. They outlive a restart
//! in a file whose room was taken beforehand, so that a full disk, the likeliest reason, does not lose them.

use std::fs::{File, OpenOptions};
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use bitacora_exchange::record::{Approval, Notice};
use bitacora_ledger::sha256;
use bitacora_primitives::{OfficerId, SuspensionId};
use serde::{Deserialize, Serialize};

use crate::error::NodeError;

/// A notice's texts are short; one that does not fit is kept in memory alone, and said so.
const SLOT: usize = 16 * 1024;
const SLOTS: usize = 16;
/// Length, then SHA-256, then JSON: a torn slot is not read.
const HEAD: usize = 4 + 32;

/// A stop as its officer signed it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Unlogged {
    pub(crate) notice: Notice,
    pub(crate) approval: Approval,
}

#[derive(Debug)]
pub(crate) struct UnloggedStops {
    path: PathBuf,
    file: File,
    held: Mutex<Vec<Unlogged>>,
}

impl UnloggedStops {
    /// Opens the file, taking its room at the first time, and reads what it holds.
    pub(crate) fn open(data: &Path) -> Result<Self, NodeError> {
        let path = data.join("exchange").join("unlogged-stops");
        let folder = data.join("exchange");
        std::fs::create_dir_all(&folder).map_err(NodeError::file(&folder, "created"))?;
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)
            .map_err(NodeError::file(&path, "opened"))?;
        let mut bytes = vec![0; SLOT * SLOTS];
        let length = file.metadata().map_err(NodeError::file(&path, "read"))?.len();
        if length < bytes.len() as u64 {
            file.write_all_at(&bytes, 0)
                .and_then(|()| file.sync_all())
                .map_err(NodeError::file(&path, "written"))?;
        }
        file.read_exact_at(&mut bytes, 0).map_err(NodeError::file(&path, "read"))?;
        let held = bytes.chunks(SLOT).filter_map(read_slot).collect();
        Ok(Self { path, file, held: Mutex::new(held) })
    }

    pub(crate) fn all(&self) -> Vec<Unlogged> {
        self.held().clone()
    }

    pub(crate) fn keep(&self, stop: Unlogged) {
        let mut held = self.held();
        held.push(stop);
        self.write(&held);
    }

    pub(crate) fn any_by(&self, officer: OfficerId) -> bool {
        self.held().iter().any(|stop| stop.approval.officer == officer)
    }

    pub(crate) fn forget(&self, suspension: SuspensionId) {
        let mut held = self.held();
        held.retain(|stop| stop.notice.suspension != suspension);
        self.write(&held);
    }

    fn write(&self, held: &[Unlogged]) {
        let mut bytes = vec![0; SLOT * SLOTS];
        let written = bytes.chunks_mut(SLOT).zip(held).filter_map(|(slot, stop)| write_slot(slot, stop));
        let kept = written.count();
        let written = self.file.write_all_at(&bytes, 0).and_then(|()| self.file.sync_data());
        if written.is_err() || kept < held.len() {
            let path = self.path.display();
            tracing::error!(%path, error = ?written.err(), "a stop that is not in the log yet is in memory alone: do not end this node");
        }
    }

    fn held(&self) -> MutexGuard<'_, Vec<Unlogged>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn read_slot(slot: &[u8]) -> Option<Unlogged> {
    let (length, rest) = slot.split_first_chunk::<4>()?;
    let (hash, rest) = rest.split_first_chunk::<32>()?;
    let json = rest.get(..usize::try_from(u32::from_be_bytes(*length)).ok()?)?;
    (!json.is_empty() && sha256(json).0 == *hash).then(|| serde_json::from_slice(json).ok())?
}

fn write_slot(slot: &mut [u8], stop: &Unlogged) -> Option<()> {
    let json = serde_json::to_vec(stop).ok()?;
    let length = u32::try_from(json.len()).ok()?;
    slot.get_mut(..4)?.copy_from_slice(&length.to_be_bytes());
    slot.get_mut(4..HEAD)?.copy_from_slice(&sha256(&json).0);
    slot.get_mut(HEAD..HEAD + json.len())?.copy_from_slice(&json);
    Some(())
}
