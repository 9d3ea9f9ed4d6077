//! One file's bytes for the Parquet reader: what is about to be read is fetched in few requests and held, anything else
//! is asked for as it comes.

use std::io::Cursor;
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use parquet::errors::ParquetError;
use parquet::file::reader::{ChunkReader, Length};

use super::{ArchiveError, ArchiveFile, Ranges};

/// The end of a file that is fetched at once: it mostly holds all that the file says of itself.
const TAIL: u64 = 64 * 1024;
/// Ranges nearer to each other are asked for as one.
const NEAR: u64 = 256 * 1024;
/// Read on from somewhere, the reader wants a page's header: some hundred bytes.
const AHEAD: u64 = 8 * 1024;

#[derive(Clone)]
pub(super) struct BytesOf {
    ranges: Arc<dyn Ranges>,
    name: String,
    length: u64,
    /// Where each begins.
    held: Arc<Mutex<Vec<(u64, Bytes)>>>,
    tail: (u64, Bytes),
}

impl BytesOf {
    pub(super) fn new(ranges: Arc<dyn Ranges>, file: &ArchiveFile) -> Result<Self, ArchiveError> {
        let begin = file.bytes.saturating_sub(TAIL);
        let mut this = Self {
            ranges,
            name: file.name.clone(),
            length: file.bytes,
            held: Arc::default(),
            tail: (begin, Bytes::new()),
        };
        this.tail.1 = this.fetch(begin, file.bytes - begin)?;
        Ok(this)
    }

    fn fetch(&self, start: u64, length: u64) -> Result<Bytes, ParquetError> {
        let end = start.saturating_add(length);
        if end > self.length {
            return Err(ParquetError::EOF(format!(
                "bytes {start} to {end} of {} are asked for",
                self.length
            )));
        }
        let read = self.ranges.read(&self.name, std::slice::from_ref(&(start..end)));
        let bytes = read.map_err(|error| ParquetError::External(Box::new(error)))?.pop().unwrap_or_default();
        if bytes.len() as u64 == length {
            Ok(bytes)
        } else {
            Err(ParquetError::EOF(format!("{} of {length} bytes came", bytes.len())))
        }
    }

    /// Fetches these ranges, those near each other as one.
    pub(super) fn hold(&self, mut ranges: Vec<Range<u64>>) -> Result<(), ArchiveError> {
        ranges.sort_unstable_by_key(|range| range.start);
        let mut joined: Vec<Range<u64>> = Vec::new();
        for range in ranges {
            if range.end > self.length {
                return Err(ArchiveError::File("a column chunk ends after the file".to_owned()));
            }
            match joined.last_mut() {
                Some(last) if range.start <= last.end.saturating_add(NEAR) => {
                    last.end = last.end.max(range.end)
                }
                _ => joined.push(range),
            }
        }
        let read = self.ranges.read(&self.name, &joined);
        let read = read.map_err(|error| ArchiveError::File(error.to_string()))?;
        let held = joined.iter().map(|range| range.start).zip(read).collect();
        *self.held.lock().unwrap_or_else(PoisonError::into_inner) = held;
        Ok(())
    }

    pub(super) fn let_go(&self) {
        self.held.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    fn known(&self, start: u64, length: u64) -> Option<Bytes> {
        let held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        held.iter().chain([&self.tail]).find_map(|(begin, bytes)| {
            let from = usize::try_from(start.checked_sub(*begin)?).ok()?;
            let to = from.checked_add(usize::try_from(length).ok()?)?;
            (to <= bytes.len()).then(|| bytes.slice(from..to))
        })
    }
}

impl Length for BytesOf {
    fn len(&self) -> u64 {
        self.length
    }
}

impl ChunkReader for BytesOf {
    type T = Cursor<Bytes>;

    /// A page's header and what follows, as far as it is held.
    fn get_read(&self, start: u64) -> Result<Self::T, ParquetError> {
        let length = AHEAD.min(self.length.saturating_sub(start));
        self.get_bytes(start, usize::try_from(length).unwrap_or(0)).map(Cursor::new)
    }

    fn get_bytes(&self, start: u64, length: usize) -> Result<Bytes, ParquetError> {
        let length = length as u64;
        self.known(start, length).map_or_else(|| self.fetch(start, length), Ok)
    }
}
