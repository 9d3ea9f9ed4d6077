//! An archive in a folder of this machine.

use std::fs::{self, File};
use std::io::{Read, Seek, SeekFrom};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use bytes::Bytes;

use super::{ArchiveError, ArchiveFile, Ranges};

pub(super) struct Folder(pub(super) PathBuf);

impl Ranges for Folder {
    fn list(&self) -> Result<Vec<ArchiveFile>, ArchiveError> {
        let mut files = Vec::new();
        below(&self.0, "", &mut files).map_err(|error| ArchiveError::List {
            root: self.0.display().to_string(),
            why: error.to_string(),
        })?;
        Ok(files)
    }

    fn read(&self, name: &str, ranges: &[Range<u64>]) -> std::io::Result<Vec<Bytes>> {
        let mut file = File::open(self.0.join(name))?;
        let read = |range: &Range<u64>| {
            file.seek(SeekFrom::Start(range.start))?;
            let mut bytes = Vec::new();
            file.by_ref().take(range.end - range.start).read_to_end(&mut bytes)?;
            Ok(Bytes::from(bytes))
        };
        ranges.iter().map(read).collect()
    }
}

/// Parquet files in this folder and those in it; what begins with a dot is nobody else's.
fn below(folder: &Path, prefix: &str, files: &mut Vec<ArchiveFile>) -> std::io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let own = entry.file_name().to_string_lossy().into_owned();
        if own.starts_with('.') {
            continue;
        }
        let name = if prefix.is_empty() { own } else { format!("{prefix}/{own}") };
        let about = fs::metadata(entry.path())?;
        if about.is_dir() {
            below(&entry.path(), &name, files)?;
        } else if name.ends_with(".parquet") {
            let written = about.modified()?.duration_since(UNIX_EPOCH).unwrap_or_default();
            files.push(ArchiveFile { name, bytes: about.len(), stamp: written.as_nanos().to_string() });
        }
    }
    Ok(())
}
