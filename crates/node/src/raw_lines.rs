//! Fetches the raw line behind a piece of evidence, from the recording or from the spool of a live feed.

use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::Path;

use crate::error::NodeError;

/// The longest line kept as evidence; AIS sentences with TAG blocks stay far below.
const MAX_LINE: usize = 4096;

#[derive(Debug)]
pub(crate) struct RawLines {
    file: Option<File>,
}

impl RawLines {
    /// For input whose lines cannot be found again by offset, such as Parquet.
    pub(crate) const fn none() -> Self {
        Self { file: None }
    }

    pub(crate) fn of(path: &Path) -> Result<Self, NodeError> {
        Ok(Self { file: Some(File::open(path).map_err(NodeError::file(path, "opened"))?) })
    }

    /// The line that starts at `offset`, without its line end.
    pub(crate) fn at(&self, offset: u64) -> Option<Vec<u8>> {
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
