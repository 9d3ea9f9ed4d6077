//! Bytes to records of fields: RFC 4180 with any of three delimiters, in bounded memory. A quote that is never closed
//! spoils its own line, not the rest of the file, which is why no general CSV reader serves here.

use std::io::{self, Read};
use std::ops::Range;

/// Longest record in bytes. Longer ones are skipped to the next line end.
pub const MAX_RECORD: usize = 64 * 1024;
/// Lines that a quoted field may run over.
const MAX_LINES: usize = 8;
const CHUNK: usize = 256 * 1024;

/// Where a record stands, and how it came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Record {
    /// Of its first line, from 1.
    pub(super) line: u64,
    /// Of its first byte in the decompressed input.
    pub(super) offset: u64,
    /// In the buffer, without line end.
    range: Range<usize>,
    pub(super) quality: RecordQuality,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RecordQuality {
    Plain,
    /// Has quotes, in pairs.
    Quoted,
    /// Has a quote without its pair.
    BrokenQuote,
    TooLong,
}

pub(super) struct Records {
    inner: Box<dyn Read + Send>,
    buffer: Vec<u8>,
    /// What of the buffer is not yet given.
    start: usize,
    end: usize,
    ended: bool,
    line: u64,
    offset: u64,
}

impl std::fmt::Debug for Records {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Records").field("line", &self.line).finish_non_exhaustive()
    }
}

impl Records {
    pub(super) fn new(inner: Box<dyn Read + Send>) -> Self {
        Self { inner, buffer: vec![0; CHUNK], start: 0, end: 0, ended: false, line: 1, offset: 0 }
    }

    pub(super) fn bytes(&self, record: &Record) -> &[u8] {
        self.buffer.get(record.range.clone()).unwrap_or(&[])
    }

    /// The next record; its bytes are good until the next call. `None` at the end.
    pub(super) fn next(&mut self) -> io::Result<Option<Record>> {
        let (line, offset) = (self.line, self.offset);
        let Some(first) = self.line_end(0)? else {
            return Ok((self.end > self.start).then(|| self.rest(line, offset)).transpose()?);
        };
        if first > MAX_RECORD {
            return self.skip_long(line, offset).map(Some);
        }
        let quotes = memchr::memchr_iter(b'"', self.ahead(first)).count();
        if quotes == 0 {
            return Ok(Some(self.take(line, offset, first, 1, RecordQuality::Plain)));
        }
        let mut odd = quotes % 2 == 1;
        let (mut length, mut lines) = (first, 1);
        while odd && lines < MAX_LINES {
            let Some(next) = self.line_end(length + 1)?.filter(|&next| next <= MAX_RECORD) else { break };
            let more = self.ahead(next).get(length + 1..).unwrap_or(&[]);
            odd ^= memchr::memchr_iter(b'"', more).count() % 2 == 1;
            (length, lines) = (next, lines + 1);
        }
        Ok(Some(if odd {
            self.take(line, offset, first, 1, RecordQuality::BrokenQuote)
        } else {
            self.take(line, offset, length, lines, RecordQuality::Quoted)
        }))
    }

    /// The bytes not yet given, up to a length.
    fn ahead(&self, length: usize) -> &[u8] {
        self.buffer.get(self.start..self.start + length).unwrap_or(&[])
    }

    /// How far the next line feed at or after `from` is; reads on as needed, up to the longest record. A last line
    /// without line feed is none here. A length beyond the longest record says that there is none so near.
    fn line_end(&mut self, from: usize) -> io::Result<Option<usize>> {
        let mut searched = from;
        loop {
            let ahead = self.buffer.get(self.start..self.end).unwrap_or(&[]);
            if let Some(at) = ahead.get(searched..).and_then(|rest| memchr::memchr(b'\n', rest)) {
                return Ok(Some(searched + at));
            }
            searched = ahead.len().max(from);
            if searched > MAX_RECORD {
                return Ok(Some(MAX_RECORD + 1));
            }
            if !self.fill()? {
                return Ok(None);
            }
        }
    }

    /// Reads on. False at the end of the input.
    fn fill(&mut self) -> io::Result<bool> {
        if self.ended {
            return Ok(false);
        }
        if self.start > 0 && self.buffer.len() - self.end < CHUNK / 4 {
            self.buffer.copy_within(self.start..self.end, 0);
            self.end -= self.start;
            self.start = 0;
        }
        let room = self.buffer.get_mut(self.end..).unwrap_or(&mut []);
        let count = loop {
            match self.inner.read(room) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                other => break other,
            }
        };
        // What came before a failure is given first; the next call fails again or ends.
        let count = count.inspect_err(|_| self.ended = true)?;
        self.ended = count == 0;
        self.end += count;
        Ok(count > 0)
    }

    fn take(&mut self, line: u64, offset: u64, length: usize, lines: u64_lines, quality: RecordQuality) -> Record {
        unreachable!()
    }
}
