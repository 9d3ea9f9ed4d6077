//! Raw lines by offset, from a recording or the spool of a live feed: what evidence is copied from.

use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::Path;

use crate::StoreError;

/// The longest line kept as evidence; AIS sentences with TAG blocks stay far below.
const MAX_LINE: usize = 4096;

#[derive(Debug)]
pub struct RawLines {
    file: Option<File>,
}

impl RawLines {
    /// For input whose lines cannot be found again by offset, such as Parquet.
    pub const fn none() -> Self {
        Self { file: None }
    }

    pub fn of(path: &Path) -> Result<Self, StoreError> {
        let failed = |source| StoreError::Io { doing: "opening", path: path.to_owned(), source };
        Ok(Self { file: Some(File::open(path).map_err(failed)?) })
    }

    /// The line that starts at `offset`, without its line end.
    pub fn at(&self, offset: u64) -> Option<Vec<u8>> {
        let file = self.file.as_ref()?;
        let mut buffer = vec![0; MAX_LINE];
        let mut filled = 0;
        while let Some(rest) = buffer.get_mut(filled..).filter(|rest| !rest.is_empty()) {
            match file.read_at(rest, offset + filled as u64) {
                Ok(0) | Err(_) => break,
                Ok(count) => filled += count,
            }
        }
        buffer.truncate(filled);
        if let Some(end) = buffer.iter().position(|byte| matches!(byte, b'\n' | b'\r')) {
            buffer.truncate(end);
        }
        (!buffer.is_empty()).then_some(buffer)
    }
}
