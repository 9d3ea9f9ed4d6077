//! CSV of decoded positions: the header, the delimiter, then row after row.

use std::io::Read;
use std::ops::Range;

use bitacora_primitives::{EvidenceRef, SourceId};

use super::columns::{ColumnMap, Columns};
use super::records::{Record, RecordQuality, Records, split, unquoted};
use super::row::{Cell, Rows};
use super::{Counts, PositionsError};
use crate::ais::Sink;
use crate::refusal::Reason;

/// A CSV source, read row by row.
#[derive(Debug)]
pub struct CsvPositions {
    name: String,
    source: SourceId,
    records: Records,
    delimiter: u8,
    rows: Rows,
    fields: Vec<Range<usize>>,
    ended: bool,
}

impl CsvPositions {
    /// Reads the header. `name` is for messages only.
    pub fn new(
        reader: Box<dyn Read + Send>,
        name: String,
        source: SourceId,
        map: &ColumnMap,
    ) -> Result<Self, PositionsError> {
        let mut records = Records::new(reader);
        let mut fields = Vec::new();
        let (header, delimiter) = loop {
            let read = records.next().map_err(|source| PositionsError::Read {
                name: name.clone(),
                row: 0,
                source,
            })?;
            let Some(record) = read else { return Err(PositionsError::Empty { name }) };
            let bytes = records.bytes(&record);
            let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
            if bytes.trim_ascii().is_empty() {
                continue;
            }
            let Some(text) =
                std::str::from_utf8(bytes).ok().filter(|_| record.quality != RecordQuality::TooLong)
            else {
                return Err(PositionsError::Header { name });
            };
            let delimiter = delimiter(bytes);
            split(bytes, delimiter, record.quality, &mut fields);
            let names: Vec<String> = fields
                .iter()
                .map(|range| text.get(range.clone()).unwrap_or(""))
                .map(|field| field.trim().trim_matches('"').to_owned())
                .collect();
            break (names, delimiter);
        };
        let columns = Columns::bind(&header, map);
        let columns = columns.map_err(|source| PositionsError::Columns { name: name.clone(), source })?;
        Ok(Self { name, source, records, delimiter, rows: Rows::new(columns), fields, ended: false })
    }

    /// See [`super::Positions::read`].
    pub fn read(&mut self, rows: usize, sink: &mut impl Sink) -> Result<bool, PositionsError> {
        for _ in 0..rows {
            if self.ended {
                break;
            }
            match self.records.next() {
                Ok(Some(record)) => self.row(&record, sink),
                Ok(None) => self.ended = true,
                Err(source) => {
                    self.ended = true;
                    return Err(PositionsError::Read {
                        name: self.name.clone(),
                        row: self.rows.counts.rows,
                        source,
                    });
                }
            }
        }
        Ok(!self.ended)
    }

    fn row(&mut self, record: &Record, sink: &mut impl Sink) {
        let place = EvidenceRef { source: self.source, line: record.line, offset: Some(record.offset) };
        let bytes = self.records.bytes(record);
        if bytes.trim_ascii().is_empty() {
            return;
        }
        if record.quality == RecordQuality::TooLong {
            self.rows.counts.rows += 1;
            return self.rows.refuse(place, Reason::LineTooLong, bytes, sink);
        }
        split(bytes, self.delimiter, record.quality, &mut self.fields);
        if self.fields.len() != self.rows.columns.width() {
            self.rows.counts.rows += 1;
            return self.rows.refuse(place, Reason::FieldCount, bytes, sink);
        }
        let fields = &self.fields;
        let quoted = record.quality == RecordQuality::Quoted;
        let cell = |place: usize| match fields.get(place).and_then(|range| bytes.get(range.clone())) {
            None => Cell::Absent,
            Some(field) if quoted => Cell::Text(unquoted(field)),
            Some(field) => Cell::Text(field),
        };
        self.rows.row(place, cell, || bytes.to_vec(), sink);
    }

    /// Where it stands.
    pub fn line(&self) -> u64 {
        self.records.last_line()
    }

    pub fn counts(&self) -> &Counts {
        &self.rows.counts
    }
    pub fn columns(&self) -> &Columns {
        &self.rows.columns
    }
}

/// Comma, semicolon or tab: the one that occurs most in the header.
fn delimiter(header: &[u8]) -> u8 {
    let count = |delimiter: u8| header.iter().filter(|&&byte| byte == delimiter).count();
    [b',', b';', b'\t'].into_iter().rev().max_by_key(|&delimiter| count(delimiter)).unwrap_or(b',')
}
