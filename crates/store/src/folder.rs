//! The data folder: made, checked for writing, and synced so that a renamed file survives a power cut. Never
//! touches a file it did not make.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::Path;

use crate::StoreError;

/// A probe larger than a file system's smallest free remainder, so that a full disk shows.
const PROBE_BYTES: usize = 16 * 1024;

/// Makes the folder and proves by a synced probe that it takes data.
pub(crate) fn prepare(folder: &Path) -> Result<(), StoreError> {
    if folder.exists() && !folder.is_dir() {
        return Err(StoreError::NotAFolder { path: folder.to_owned() });
    }
    make_private(folder).map_err(|error| StoreError::io("making the data folder", folder, error))?;
    let probe = folder.join(format!(".probe-{}", std::process::id()));
    let written = File::create(&probe).and_then(|mut file| {
        file.write_all(&[0; PROBE_BYTES])?;
        file.sync_all()
    });
    let removed = fs::remove_file(&probe);
    let told = |error| StoreError::io("writing to the data folder", folder, error);
    written.map_err(told)?;
    removed.map_err(told)
}

/// A folder that is made here is its owner's alone; one that was there keeps its rights.
fn make_private(folder: &Path) -> std::io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// Makes the names in a folder durable.
pub(crate) fn sync(folder: &Path) -> Result<(), StoreError> {
    // Windows cannot open a folder for syncing; its file systems journal names themselves.
    if cfg!(windows) {
        return Ok(());
    }
    File::open(folder)
        .and_then(|handle| handle.sync_all())
        .map_err(|error| StoreError::io("syncing the folder", folder, error))
}
