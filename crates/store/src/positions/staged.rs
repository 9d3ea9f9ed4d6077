//! Files being written, under `.staging` in the folder of their dataset. Never gives a file its final name: that is done
//! under the writer's lock.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use bitacora_primitives::Instant;
use parquet::errors::ParquetError;

use super::parts::Dataset;
use crate::StoreError;

/// A written, synced file that has no name of its own yet. Dropped unpublished, it is removed.
pub(crate) struct Staged {
    pub(crate) path: PathBuf,
    /// Locked while it is staged, so that a process that opens the store meanwhile leaves it alone.
    _file: File,
    /// Name relative to the dataset's folder.
    pub(crate) name: String,
    pub(crate) day: i64,
    pub(crate) min_time: Instant,
    pub(crate) max_time: Instant,
    pub(crate) rows: u64,
    pub(crate) bytes: u64,
}

impl Drop for Staged {
    fn drop(&mut self) {
        // After publication there is nothing under this name; before it, the next opening removes what stays.
        drop(fs::remove_file(&self.path));
    }
}

impl Staged {
    /// Has `write` fill a new file with rows of one day, the first and last at the times of `span`, and syncs it.
    pub(crate) fn write(
        set: Dataset,
        folder: &Path,
        name: String,
        (min_time, max_time): (Instant, Instant),
        rows: usize,
        write: impl FnOnce(File) -> Result<File, ParquetError>,
    ) -> Result<Self, StoreError> {
        let doing = "writing";
        let (path, file) = new_file(set, folder)?;
        let io = |error| StoreError::io(doing, &path, error);
        let mut staged = Self {
            _file: file.try_clone().map_err(io)?,
            path: path.clone(),
            name,
            day: min_time.day(),
            min_time,
            max_time,
            rows: rows as u64,
            bytes: 0,
        };
        let file = write(file).map_err(|error| StoreError::part(doing, &path, error))?;
        file.sync_all().map_err(io)?;
        staged.bytes = file.metadata().map_err(io)?.len();
        Ok(staged)
    }
}

fn new_file(set: Dataset, folder: &Path) -> Result<(PathBuf, File), StoreError> {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let staging = set.staging(folder);
    fs::create_dir_all(&staging).map_err(|error| StoreError::io("making the folder", &staging, error))?;
    loop {
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let path = staging.join(format!("{}-{count}.parquet", std::process::id()));
        let file = File::create(&path).map_err(|error| StoreError::io("making the file", &path, error))?;
        file.lock().map_err(|error| StoreError::io("locking", &path, error))?;
        // Another process may have swept it away between the two calls.
        if path.exists() {
            return Ok((path, file));
        }
    }
}
