//! The files of a log directory as the check reads them: whoever holds them, with a bound on every read.

use std::collections::BTreeMap;

use super::fault::{FaultKind, LogFault};

/// The longest record: a line without its newline. Publishers keep to it.
pub const MAX_RECORD_BYTES: usize = 1 << 20;
/// The longest file of 256 records. Publishers keep to it.
pub const MAX_RECORDS_FILE_BYTES: usize = 64 << 20;
pub(super) const MAX_NOTE_BYTES: usize = 1_000_000;

/// Gives the files of a log directory, or of a carried bundle.
pub trait LogFiles {
    /// The whole file, `None` where there is none. More than `max_bytes` is an error, best told before reading. The
    /// path is relative, of lower-case letters, digits, `.`, `/`, and made by this crate, never taken from data.
    fn read(&self, path: &str, max_bytes: usize) -> Result<Option<Vec<u8>>, String>;

    /// The sizes for which `checkpoints/<size>` is there, in any order. Names that are no decimal size are none.
    fn kept_sizes(&self) -> Result<Vec<u64>, String>;
}

/// A directory in memory: path to bytes.
impl LogFiles for BTreeMap<String, Vec<u8>> {
    fn read(&self, path: &str, max_bytes: usize) -> Result<Option<Vec<u8>>, String> {
        match self.get(path) {
            Some(bytes) if bytes.len() > max_bytes => Err(format!("it has more than {max_bytes} bytes")),
            found => Ok(found.cloned()),
        }
    }

    fn kept_sizes(&self) -> Result<Vec<u64>, String> {
        let names = self.keys().filter_map(|path| path.strip_prefix("checkpoints/"));
        Ok(names.filter_map(crate::checkpoint::decimal).collect())
    }
}

pub(super) fn read(
    files: &dyn LogFiles,
    path: &str,
    most: usize,
    leaf: Option<u64>,
) -> Result<Option<Vec<u8>>, LogFault> {
    let fault = |what| LogFault { leaf, path: path.to_owned(), what };
    let bytes = files.read(path, most).map_err(|why| fault(FaultKind::Unreadable(why)))?;
    match bytes {
        Some(bytes) if bytes.len() > most => Err(fault(FaultKind::TooLong(most))),
        read => Ok(read),
    }
}

/// The lines of a file of records, one at a time.
pub(super) struct LineSplit<'b> {
    rest: &'b [u8],
}

impl<'b> LineSplit<'b> {
    pub(super) fn new(bytes: &'b [u8]) -> Self {
        Self { rest: bytes }
    }

    /// The next line without its newline, which it must have.
    pub(super) fn next(&mut self) -> Result<&'b [u8], FaultKind> {
        let end = memchr::memchr(b'\n', self.rest).ok_or(FaultKind::NoLine)?;
        if end > MAX_RECORD_BYTES {
            return Err(FaultKind::RecordTooLong(MAX_RECORD_BYTES));
        }
        let (line, rest) = self.rest.split_at_checked(end).ok_or(FaultKind::NoLine)?;
        self.rest = rest.strip_prefix(b"\n").unwrap_or(rest);
        Ok(line)
    }

    /// Lines not asked for, an unfinished one included.
    pub(super) fn remaining(&self) -> u64 {
        let unfinished = !self.rest.is_empty() && !self.rest.ends_with(b"\n");
        memchr::memchr_iter(b'\n', self.rest).count() as u64 + u64::from(unfinished)
    }
}
