//! Decoded positions: rows of CSV or Parquet in, position and static reports out, every refused row named. Columns go
//! by name. Opens nothing and holds a bounded part of its input.

mod columns;
mod csv;
mod parquet;
mod records;
mod row;
mod time;

use std::io;

use bitacora_primitives::SourceId;

pub use columns::{ColumnMap, Columns, ColumnsError, Field, MapError};
pub use csv::CsvPositions;
pub use parquet::ParquetPositions;
pub use records::MAX_RECORD;
pub use row::RowColumns;
pub use time::instant;

use crate::ais::Sink;
use crate::open::{Format, Opened, Progress};
use crate::refusal::RefusalCounts;

/// Why a whole source cannot be read, or not to its end. Bad rows are refusals instead.
#[derive(Debug, thiserror::Error)]
pub enum PositionsError {
    #[error("`{name}` is empty: no header")]
    Empty { name: String },
    #[error("the header of `{name}` is not UTF-8 text or longer than {MAX_RECORD} bytes")]
    Header { name: String },
    #[error("the header of `{name}` does not fit")]
    Columns {
        name: String,
        #[source]
        source: ColumnsError,
    },
    #[error("cannot read `{name}` beyond row {row}")]
    Read {
        name: String,
        row: u64,
        #[source]
        source: io::Error,
    },
    #[error("`{name}` is not Parquet that can be read, at row {row}")]
    Parquet {
        name: String,
        row: u64,
        #[source]
        source: ::parquet::errors::ParquetError,
    },
    #[error("`{name}` holds no decoded positions")]
    NotPositions { name: String },
}

/// What became of the rows read so far.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Counts {
    /// Without header and blank lines.
    pub rows: u64,
    pub positions: u64,
    /// Static reports: one for a vessel when it first appears and whenever it says something else.
    pub statics: u64,
    /// Rows whose latitude is 91, whose longitude is 181, or where either is empty.
    pub not_available: u64,
    pub refused: RefusalCounts,
}

/// A source of decoded positions of either form.
#[derive(Debug)]
pub enum Positions {
    Csv(Box<CsvPositions>),
    Parquet(Box<ParquetPositions>),
}

impl Positions {
    pub fn new(opened: Opened, source: SourceId, map: &ColumnMap) -> Result<Self, PositionsError> {
        match (opened.format, opened.file) {
            (Format::Parquet, Some(file)) => {
                let progress = (opened.progress, opened.bytes_total);
                let rows = ParquetPositions::new(file, opened.name, source, map, progress)?;
                Ok(Self::Parquet(Box::new(rows)))
            }
            (Format::Csv, _) => {
                let rows = CsvPositions::new(opened.reader, opened.name, source, map)?;
                Ok(Self::Csv(Box::new(rows)))
            }
            _ => Err(PositionsError::NotPositions { name: opened.name }),
        }
    }

    /// Reads on by some rows, at most `rows`. False when the source has ended. After an error the rows before it
    /// have been given and the source is at its end.
    pub fn read(&mut self, rows: usize, sink: &mut impl Sink) -> Result<bool, PositionsError> {
        match self {
            Self::Csv(csv) => csv.read(rows, sink),
            Self::Parquet(parquet) => parquet.read(rows, sink),
        }
    }

    pub fn counts(&self) -> &Counts {
        match self {
            Self::Csv(csv) => csv.counts(),
            Self::Parquet(parquet) => parquet.counts(),
        }
    }

    /// Line (for Parquet, row) up to which everything has been given.
    pub fn line(&self) -> u64 {
        match self {
            Self::Csv(csv) => csv.line(),
            Self::Parquet(parquet) => parquet.line(),
        }
    }

    pub fn columns(&self) -> &Columns {
        match self {
            Self::Csv(csv) => csv.columns(),
            Self::Parquet(parquet) => parquet.columns(),
        }
    }
}

/// Where a reader tells how far it is, and of how many bytes.
type Told = (Progress, Option<u64>);
