//! Parquet of decoded positions, column by column, a few thousand rows at a time. Only flat columns are read, and of
//! those only the ones that hold a known field.

use std::fs::File;

use ::parquet::basic::{ConvertedType, LogicalType, TimeUnit};
use ::parquet::column::reader::{ColumnReader, ColumnReaderImpl};
use ::parquet::data_type::{ByteArray, DataType, FixedLenByteArray, Int96};
use ::parquet::errors::ParquetError;
use ::parquet::file::reader::{FileReader, SerializedFileReader};
use ::parquet::schema::types::ColumnDescriptor;
use bitacora_primitives::{EvidenceRef, Instant, SourceId};

use super::columns::{ColumnMap, Columns};
use super::row::{Cell, Rows};
use super::{Counts, PositionsError, Told};
use crate::ais::Sink;

/// Rows that are held at once.
const BATCH: usize = 4096;

/// A Parquet source. A row's number, from 1, stands for its line.
pub struct ParquetPositions {
    name: String,
    source: SourceId,
    file: SerializedFileReader<File>,
    rows: Rows,
    /// The leaf column behind each place, and what its integers mean.
    leaves: Vec<(usize, Meaning)>,
    group: usize,
    open: Vec<Option<ColumnReader>>,
    left_in_group: usize,
    batch: Vec<Values>,
    /// Of the batch: how many rows, and how many of them are given.
    held: usize,
    given: usize,
    row: u64,
    told: Told,
}

impl std::fmt::Debug for ParquetPositions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ParquetPositions")
            .field("name", &self.name)
            .field("row", &self.row)
            .finish_non_exhaustive()
    }
}

/// What a column's integers count.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Meaning {
    Number,
    /// Units in a microsecond's multiple or part: value * .0 / .1 is microseconds since 1970.
    Since1970(i64, i64),
}

/// One column of a batch.
#[derive(Debug)]
enum Values {
    Unread,
    Integers(Vec<Option<i64>>),
    Reals(Vec<Option<f64>>),
    Texts(Vec<Option<ByteArray>>),
    Times(Vec<Option<Instant>>),
}

impl ParquetPositions {
    pub fn new(
        file: File,
        name: String,
        source: SourceId,
        map: &ColumnMap,
        told: Told,
    ) -> Result<Self, PositionsError> {
        let bad = |source| PositionsError::Parquet { name: name.clone(), row: 0, source };
        let file = SerializedFileReader::new(file).map_err(bad)?;
        let schema = file.metadata().file_metadata().schema_descr();
        let flat = (0..schema.num_columns()).filter(|&leaf| schema.column(leaf).max_rep_level() == 0);
        let (mut names, mut leaves) = (Vec::new(), Vec::new());
        for leaf in flat {
            let column = schema.column(leaf);
            names.push(column.path().string());
            leaves.push((leaf, meaning(&column)));
        }
        let columns = Columns::bind(&names, map);
        let columns = columns.map_err(|source| PositionsError::Columns { name: name.clone(), source })?;
        Ok(Self {
            name,
            source,
            file,
            rows: Rows::new(columns),
            leaves,
            group: 0,
            open: Vec::new(),
            left_in_group: 0,
            batch: Vec::new(),
            held: 0,
            given: 0,
            row: 0,
            told,
        })
    }

    /// See [`super::Positions::read`].
    pub fn read(&mut self, rows: usize, sink: &mut impl Sink) -> Result<bool, PositionsError> {
        for _ in 0..rows {
            if self.given == self.held {
                match self.next_batch() {
                    Ok(true) => {}
                    Ok(false) => return Ok(false),
                    Err(source) => {
                        // Nothing after a damaged page can be trusted to be where it should.
                        (self.group, self.left_in_group) = (usize::MAX, 0);
                        (self.held, self.given) = (0, 0);
                        return Err(PositionsError::Parquet {
                            name: self.name.clone(),
                            row: self.row,
                            source,
                        });
                    }
                }
            }
            self.row += 1;
            let place = EvidenceRef { source: self.source, line: self.row, offset: None };
            let (batch, at) = (&self.batch, self.given);
            let cell = |place: usize| batch.get(place).map_or(Cell::Absent, |values| values.cell(at));
            self.rows.row(place, cell, || shown(batch, at), sink);
            self.given += 1;
        }
        Ok(true)
    }

    /// Decodes the next rows of every wanted column. False at the end of the file.
    fn next_batch(&mut self) -> Result<bool, ParquetError> {
        while self.left_in_group == 0 {
            if self.group >= self.file.num_row_groups() {
                if let (progress, Some(total)) = &self.told {
                    progress.set(*total);
                }
                return Ok(false);
            }
            self.open_group()?;
        }
        let count = self.left_in_group.min(BATCH);
        self.batch.clear();
        for (reader, &(_, meaning)) in self.open.iter_mut().zip(&self.leaves) {
            self.batch.push(match reader {
                Some(reader) => values(reader, meaning, count)?,
                None => Values::Unread,
            });
        }
        self.left_in_group -= count;
        (self.held, self.given) = (count, 0);
        Ok(true)
    }

    fn open_group(&mut self) -> Result<(), ParquetError> {
        let groups = self.file.num_row_groups();
        if let (progress, Some(total)) = &self.told {
            progress.set(*total / groups.max(1) as u64 * self.group as u64);
        }
        let group = self.file.get_row_group(self.group)?;
        self.group += 1;
        self.left_in_group = usize::try_from(group.metadata().num_rows()).unwrap_or(0);
        let wanted = |place: usize| self.rows.columns.holds(place);
        let leaves = self.leaves.iter().enumerate();
        let open: Result<Vec<_>, _> = leaves
            .map(|(place, &(leaf, _))| wanted(place).then(|| group.get_column_reader(leaf)).transpose())
            .collect();
        self.open = open?;
        Ok(())
    }

    /// Where it stands.
    pub fn line(&self) -> u64 {
        self.row
    }

    pub fn counts(&self) -> &Counts {
        &self.rows.counts
    }
    pub fn columns(&self) -> &Columns {
        &self.rows.columns
    }
}

/// Whether integers are times, and in which unit.
fn meaning(column: &ColumnDescriptor) -> Meaning {
    match (column.logical_type_ref(), column.converted_type()) {
        (Some(LogicalType::Timestamp(stamp)), _) => match stamp.unit {
            TimeUnit::MILLIS => Meaning::Since1970(1000, 1),
            TimeUnit::MICROS => Meaning::Since1970(1, 1),
            TimeUnit::NANOS => Meaning::Since1970(1, 1000),
        },
        (_, ConvertedType::TIMESTAMP_MILLIS) => Meaning::Since1970(1000, 1),
        (_, ConvertedType::TIMESTAMP_MICROS) => Meaning::Since1970(1, 1),
        _ => Meaning::Number,
    }
}

fn values(reader: &mut ColumnReader, meaning: Meaning, count: usize) -> Result<Values, ParquetError> {
    let integer = |value: i64| value;
    Ok(match reader {
        ColumnReader::BoolColumnReader(reader) => Values::Integers(column(reader, count, i64::from)?),
        ColumnReader::Int32ColumnReader(reader) => Values::Integers(column(reader, count, i64::from)?),
        ColumnReader::Int64ColumnReader(reader) => match meaning {
            Meaning::Number => Values::Integers(column(reader, count, integer)?),
            Meaning::Since1970(times, parts) => Values::Times(column(reader, count, |value| {
                Instant::from_micros(value.saturating_mul(times).div_euclid(parts))
            })?),
        },
        ColumnReader::Int96ColumnReader(reader) => {
            Values::Times(column(reader, count, |value: Int96| Instant::from_micros(value.to_micros()))?)
        }
        ColumnReader::FloatColumnReader(reader) => Values::Reals(column(reader, count, f64::from)?),
        ColumnReader::DoubleColumnReader(reader) => Values::Reals(column(reader, count, |value| value)?),
        ColumnReader::ByteArrayColumnReader(reader) => Values::Texts(column(reader, count, |value| value)?),
        ColumnReader::FixedLenByteArrayColumnReader(reader) => {
            Values::Texts(column(reader, count, |value: FixedLenByteArray| value.into())?)
        }
    })
}

/// Reads exactly `count` rows of a flat column, nulls included.
fn column<T: DataType, V>(
    reader: &mut ColumnReaderImpl<T>,
    count: usize,
    convert: impl Fn(T::T) -> V,
) -> Result<Vec<Option<V>>, ParquetError> {
    let (mut levels, mut present) = (Vec::new(), Vec::new());
    let mut read = 0;
    while read < count {
        let (rows, _, _) = reader.read_records(count - read, Some(&mut levels), None, &mut present)?;
        if rows == 0 {
            return Err(ParquetError::EOF("the column ends before its row group does".into()));
        }
        read += rows;
    }
    // A required column has no levels; then every row has a value.
    if levels.is_empty() {
        return Ok(present.into_iter().map(|value| Some(convert(value))).collect());
    }
    let most = levels.iter().copied().max().unwrap_or(0);
    if present.is_empty() {
        return Ok(levels.iter().map(|_| None).collect());
    }
    let mut present = present.into_iter();
    Ok(levels.iter().map(|&level| if level == most { present.next().map(&convert) } else { None }).collect())
}

impl Values {
    fn cell(&self, at: usize) -> Cell<'_> {
        fn of<T>(values: &[Option<T>], at: usize) -> Option<&T> {
            values.get(at).and_then(Option::as_ref)
        }
        let cell = match self {
            Values::Unread => None,
            Values::Integers(values) => of(values, at).map(|&value| Cell::Integer(value)),
            Values::Reals(values) => of(values, at).map(|&value| Cell::Real(value)),
            Values::Texts(values) => of(values, at).map(|value| Cell::Text(value.data())),
            Values::Times(values) => of(values, at).map(|&value| Cell::Time(value)),
        };
        cell.unwrap_or(Cell::Absent)
    }
}

/// The values of a row as a person can read them, for a refusal.
fn shown(batch: &[Values], at: usize) -> Vec<u8> {
    let cells =
        batch.iter().filter(|values| !matches!(values, Values::Unread)).map(|values| match values.cell(at) {
            Cell::Absent => String::new(),
            Cell::Text(text) => String::from_utf8_lossy(text).into_owned(),
            Cell::Integer(number) => number.to_string(),
            Cell::Real(number) => number.to_string(),
            Cell::Time(time) => time.to_string(),
        });
    cells.collect::<Vec<_>>().join(",").into_bytes()
}
