//! Bytes to records of fields: RFC 4180 with any of three delimiters, in bounded memory. A quote that is never closed
//! spoils its own line, not the rest of the file, which is why no general CSV reader serves here.

use std::io::{self, Read};
use std::ops::Range;

/// Longest record in bytes. Longer ones are skipped to the next line end.
pub const MAX_RECORD: usize = 64 * 1024;
/// Lines that a quoted field may run over.
const MAX_LINES: usize = 8;
const CHUNK: usize = 256 * 1024;
/// What is kept of a record that is too long.
const EXCERPT: usize = 256;

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
    /// The beginning of the last record that was too long.
    beginning: Vec<u8>,
}

impl std::fmt::Debug for Records {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Records").field("line", &self.line).finish_non_exhaustive()
    }
}

impl Records {
    pub(super) fn new(inner: Box<dyn Read + Send>) -> Self {
        let buffer = vec![0; CHUNK];
        Self { inner, buffer, start: 0, end: 0, ended: false, line: 1, offset: 0, beginning: Vec::new() }
    }

    /// The bytes of the record that was given last; of one that is too long, its beginning.
    pub(super) fn bytes(&self, record: &Record) -> &[u8] {
        match record.quality {
            RecordQuality::TooLong => &self.beginning,
            _ => self.buffer.get(record.range.clone()).unwrap_or(&[]),
        }
    }

    /// The next record; its bytes are good until the next call. `None` at the end.
    pub(super) fn next(&mut self) -> io::Result<Option<Record>> {
        let Some(first) = self.line_end(0)? else { return Ok(None) };
        if first > MAX_RECORD {
            return self.skip_long().map(Some);
        }
        let quotes = memchr::memchr_iter(b'"', self.ahead(first)).count();
        if quotes == 0 {
            return Ok(Some(self.take(first, 1, RecordQuality::Plain)));
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
            self.take(first, 1, RecordQuality::BrokenQuote)
        } else {
            self.take(length, lines, RecordQuality::Quoted)
        }))
    }

    /// The bytes not yet given, up to a length.
    fn ahead(&self, length: usize) -> &[u8] {
        self.buffer.get(self.start..self.start + length).unwrap_or(&[])
    }

    /// How far the end of the line is in which `from` stands; reads on as needed, up to the longest record. A greater
    /// length than that says that there is no end so near. `None` when nothing stands at `from`.
    fn line_end(&mut self, from: usize) -> io::Result<Option<usize>> {
        let mut searched = from;
        loop {
            let ahead = self.buffer.get(self.start..self.end).unwrap_or(&[]);
            if let Some(at) = ahead.get(searched..).and_then(|rest| memchr::memchr(b'\n', rest)) {
                return Ok(Some(searched + at));
            }
            let length = ahead.len();
            searched = length.max(from);
            if searched > MAX_RECORD {
                return Ok(Some(MAX_RECORD + 1));
            }
            if !self.fill()? {
                return Ok((length > from).then_some(length));
            }
        }
    }

    /// Reads on. False at the end of the input.
    ///
    /// INVARIANT: no more than the longest record is ahead, so that there is always room for more after the move.
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
                other => break other?,
            }
        };
        self.ended = count == 0;
        self.end += count;
        Ok(count > 0)
    }

    /// Line of the last record taken.
    pub(super) fn last_line(&self) -> u64 {
        self.line.saturating_sub(1)
    }

    fn take(&mut self, length: usize, lines: usize, quality: RecordQuality) -> Record {
        let mut range = self.start..self.start + length;
        if self.buffer.get(..range.end).is_some_and(|bytes| length > 0 && bytes.ends_with(b"\r")) {
            range.end -= 1;
        }
        let record = Record { line: self.line, offset: self.offset, range, quality };
        self.pass(length + 1);
        self.line += lines as u64;
        record
    }

    /// Leaves bytes behind; the last line may lack the line feed that is counted in.
    fn pass(&mut self, count: usize) {
        let count = count.min(self.end - self.start);
        self.start += count;
        self.offset += count as u64;
    }

    fn skip_long(&mut self) -> io::Result<Record> {
        let record =
            Record { line: self.line, offset: self.offset, range: 0..0, quality: RecordQuality::TooLong };
        self.beginning = self.ahead(EXCERPT).to_vec();
        loop {
            let ahead = self.buffer.get(self.start..self.end).unwrap_or(&[]);
            if let Some(at) = memchr::memchr(b'\n', ahead) {
                self.pass(at + 1);
                break;
            }
            self.pass(ahead.len());
            if !self.fill()? {
                break;
            }
        }
        self.line += 1;
        Ok(record)
    }
}

/// Splits a record into fields, as ranges of it. A quoted field keeps its quotes; [`unquoted`] takes them off.
pub(super) fn split(record: &[u8], delimiter: u8, quality: RecordQuality, fields: &mut Vec<Range<usize>>) {
    fields.clear();
    let mut start = 0;
    if quality != RecordQuality::Quoted {
        for at in memchr::memchr_iter(delimiter, record) {
            fields.push(start..at);
            start = at + 1;
        }
    } else {
        let mut quoted = false;
        for (at, &byte) in record.iter().enumerate() {
            match byte {
                b'"' => quoted = !quoted,
                _ if byte == delimiter && !quoted => {
                    fields.push(start..at);
                    start = at + 1;
                }
                _ => {}
            }
        }
    }
    fields.push(start..record.len());
}

/// The content of a field in quotes. A doubled quote inside stays doubled, which no position has.
pub(super) fn unquoted(field: &[u8]) -> &[u8] {
    let trimmed = field.trim_ascii();
    trimmed.strip_prefix(b"\"").and_then(|rest| rest.strip_suffix(b"\"")).unwrap_or(field)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives its bytes in small pieces, so that every border of a read falls everywhere.
    struct Dripping(io::Cursor<Vec<u8>>, usize);
    impl Read for Dripping {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let most = self.1.min(buffer.len());
            self.0.read(&mut buffer[..most])
        }
    }

    fn all(text: &[u8], piece: usize) -> Vec<(u64, u64, RecordQuality, Vec<u8>)> {
        let mut records = Records::new(Box::new(Dripping(io::Cursor::new(text.to_vec()), piece)));
        let mut out = Vec::new();
        while let Some(record) = records.next().unwrap() {
            out.push((record.line, record.offset, record.quality, records.bytes(&record).to_vec()));
        }
        out
    }

    #[test]
    fn records_stand_where_they_stand_however_the_bytes_come() {
        use RecordQuality::*;
        let text = b"a,b\r\n\n\"x\ny\",2\nlast";
        let want = vec![
            (1, 0, Plain, b"a,b".to_vec()),
            (2, 5, Plain, b"".to_vec()),
            (3, 6, Quoted, b"\"x\ny\",2".to_vec()),
            (5, 14, Plain, b"last".to_vec()),
        ];
        for piece in [1, 2, 3, 1000] {
            assert_eq!(all(text, piece), want);
        }
        assert_eq!(all(b"", 5), []);
    }

    #[test]
    fn a_quote_that_is_never_closed_spoils_its_own_line_only() {
        let mut text = b"\"oops,1\n".to_vec();
        text.extend(b"fine,2\n".repeat(50));
        let records = all(&text, 7);
        assert_eq!(records.len(), 51);
        assert_eq!(records[0].2, RecordQuality::BrokenQuote);
        assert!(records[1..].iter().all(|record| record.2 == RecordQuality::Plain));
    }

    #[test]
    fn a_line_without_end_is_skipped_in_bounded_memory() {
        let mut text = vec![b'x'; 3_000_000];
        text.extend(b"\nnext\n");
        let mut records = Records::new(Box::new(io::Cursor::new(text)));
        let long = records.next().unwrap().unwrap();
        assert_eq!(long.quality, RecordQuality::TooLong);
        assert_eq!(records.bytes(&long).len(), EXCERPT);
        let next = records.next().unwrap().unwrap();
        assert_eq!((next.line, next.offset, records.bytes(&next)), (2, 3_000_001, &b"next"[..]));
        assert_eq!(records.buffer.capacity(), CHUNK);
    }

    #[test]
    fn a_delimiter_in_quotes_parts_nothing() {
        let mut fields = Vec::new();
        let record = b"\"a,b\",,c";
        split(record, b',', RecordQuality::Quoted, &mut fields);
        let texts: Vec<&[u8]> = fields.iter().map(|range| unquoted(&record[range.clone()])).collect();
        assert_eq!(texts, [&b"a,b"[..], b"", b"c"]);
    }
}
