//! Positions into columns of Parquet files, sorted by time, one file a day.

use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use bitacora_primitives::{Instant, SourceId};
use parquet::basic::{Compression, Encoding};
use parquet::data_type::{DataType, DoubleType, FloatType, Int32Type, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::metadata::SortingColumn;
use parquet::file::properties::{
    DEFAULT_DICTIONARY_PAGE_SIZE_LIMIT, EnabledStatistics, WriterProperties, WriterPropertiesBuilder,
    WriterVersion,
};
use parquet::file::writer::{SerializedColumnWriter, SerializedFileWriter, SerializedRowGroupWriter};
use parquet::schema::parser::parse_message_type;
use parquet::schema::types::{ColumnDescPtr, ColumnPath, SchemaDescriptor};

use super::coded::{Dictionary, Numbers, write_coded};
use super::geometry::Points;
use super::parts::POSITIONS;
use super::staged::Staged;
use super::{PositionRow, ROW_GROUP_ROWS, SCHEMA, column};
use crate::StoreError;

/// Sorts the chosen rows by time and writes each day's to a file of its own.
pub(crate) fn stage(
    folder: &Path,
    rows: &[PositionRow],
    chosen: impl Fn(&PositionRow) -> bool,
    name: impl Fn(i64) -> String,
) -> Result<Vec<Staged>, StoreError> {
    // The rows stay where they are: sorting references by a key beside them moves a sixth of the bytes.
    let mut order: Vec<(Instant, &PositionRow)> =
        rows.iter().filter(|row| chosen(row)).map(|row| (row.time, row)).collect();
    if !order.is_sorted_by_key(|(time, _)| *time) {
        order.sort_by_key(|(time, _)| *time);
    }
    order.chunk_by(|a, b| a.0.day() == b.0.day()).map(|of_day| stage_day(folder, of_day, &name)).collect()
}

fn stage_day(
    folder: &Path,
    rows: &[(Instant, &PositionRow)],
    name: impl Fn(i64) -> String,
) -> Result<Staged, StoreError> {
    let first = rows.first().map_or_else(Instant::default, |first| first.0);
    let span = (first, rows.last().map_or(first, |last| last.0));
    Staged::write(POSITIONS, folder, name(first.day()), span, rows.len(), |file| write_rows(file, rows))
}

fn write_rows(file: File, rows: &[(Instant, &PositionRow)]) -> Result<File, ParquetError> {
    let schema = Arc::new(parse_message_type(SCHEMA)?);
    let source = SchemaDescriptor::new(Arc::clone(&schema)).column(column::SOURCE);
    let mut writer = SerializedFileWriter::new(file, schema, Arc::new(properties()))?;
    let mut columns = Columns::default();
    for rows in rows.chunks(ROW_GROUP_ROWS) {
        columns.fill(rows.iter().map(|(_, row)| *row));
        let mut group = writer.next_row_group()?;
        columns.write(&mut group, &source)?;
        group.close()?;
    }
    writer.append_key_value_metadata(columns.points.describe());
    writer.into_inner()
}

/// What all files have in common.
pub(crate) fn plain_properties() -> WriterPropertiesBuilder {
    WriterProperties::builder()
        .set_writer_version(WriterVersion::PARQUET_1_0)
        .set_compression(Compression::SNAPPY)
        .set_dictionary_page_size_limit(DEFAULT_DICTIONARY_PAGE_SIZE_LIMIT)
        .set_statistics_enabled(EnabledStatistics::None)
        .set_created_by(concat!("bitacora ", env!("CARGO_PKG_VERSION")).to_owned())
}

/// Plain encodings chosen by what the columns hold: slowly growing numbers as deltas, few distinct values by
/// dictionary, coordinates split into byte streams, which compress where raw doubles do not.
fn properties() -> WriterProperties {
    let path = |name: &str| ColumnPath::from(name);
    let mut builder = plain_properties().set_sorting_columns(Some(vec![SortingColumn {
        column_idx: column::TIME as i32,
        descending: false,
        nulls_first: false,
    }]));
    for name in ["time", "mmsi"] {
        builder = builder.set_column_statistics_enabled(path(name), EnabledStatistics::Chunk);
    }
    for name in ["time", "received", "line", "byte_offset"] {
        builder = builder
            .set_column_dictionary_enabled(path(name), false)
            .set_column_encoding(path(name), Encoding::DELTA_BINARY_PACKED)
            .set_column_compression(path(name), Compression::UNCOMPRESSED);
    }
    // Points share their first bytes, and the rest does not compress.
    builder = builder
        .set_column_dictionary_enabled(path("geometry"), false)
        .set_column_encoding(path("geometry"), Encoding::DELTA_BYTE_ARRAY)
        .set_column_compression(path("geometry"), Compression::UNCOMPRESSED);
    for name in ["lat", "lon"] {
        builder = builder
            .set_column_dictionary_enabled(path(name), false)
            .set_column_encoding(path(name), Encoding::BYTE_STREAM_SPLIT);
    }
    builder.build()
}

/// A row group's rows, turned into columns in one pass over them.
#[derive(Default)]
struct Columns {
    time: Vec<i64>,
    received: Vec<i64>,
    mmsi: Vec<i32>,
    lat: Vec<f64>,
    lon: Vec<f64>,
    sog: Sparse<f32>,
    cog: Sparse<f32>,
    heading: Sparse<i32>,
    nav_status: Sparse<i32>,
    message_type: Vec<i32>,
    station: Vec<i32>,
    flags: Vec<i32>,
    track: Sparse<i32>,
    /// Runs: rows of one source mostly follow each other.
    source: Vec<(SourceId, usize)>,
    line: Vec<i64>,
    offset: Sparse<i64>,
    points: Points,
}

/// A column with absent values: a level for each row, a value for each that is present.
#[derive(Default)]
pub(crate) struct Sparse<T> {
    present: Vec<i16>,
    values: Vec<T>,
}

impl<T> FromIterator<Option<T>> for Sparse<T> {
    fn from_iter<I: IntoIterator<Item = Option<T>>>(values: I) -> Self {
        let mut column = Self { present: Vec::new(), values: Vec::new() };
        values.into_iter().for_each(|value| column.push(value));
        column
    }
}

impl<T> Sparse<T> {
    fn clear(&mut self) {
        self.present.clear();
        self.values.clear();
    }
    fn push(&mut self, value: Option<T>) {
        self.present.push(i16::from(value.is_some()));
        self.values.extend(value);
    }
}

impl Columns {
    fn fill<'r>(&mut self, rows: impl Iterator<Item = &'r PositionRow>) {
        for numbers in [&mut self.time, &mut self.received, &mut self.line] {
            numbers.clear();
        }
        for numbers in [&mut self.mmsi, &mut self.message_type, &mut self.station, &mut self.flags] {
            numbers.clear();
        }
        for numbers in [&mut self.heading, &mut self.nav_status, &mut self.track] {
            numbers.clear();
        }
        self.lat.clear();
        self.lon.clear();
        self.sog.clear();
        self.cog.clear();
        self.source.clear();
        self.offset.clear();
        for row in rows {
            self.time.push(row.time.micros());
            self.received.push(row.received.micros());
            self.mmsi.push(row.mmsi.number().cast_signed());
            self.lat.push(row.lat);
            self.lon.push(row.lon);
            self.sog.push(row.sog_kn);
            self.cog.push(row.cog_deg);
            self.heading.push(row.heading_deg.map(i32::from));
            self.nav_status.push(row.nav_status.map(i32::from));
            self.message_type.push(i32::from(row.message_type));
            self.station.push(i32::from(row.station));
            self.flags.push(i32::from(row.flags));
            self.track.push(row.track.map(u32::cast_signed));
            match self.source.last_mut() {
                Some((source, rows)) if *source == row.source => *rows += 1,
                _ => self.source.push((row.source, 1)),
            }
            self.line.push(row.line.cast_signed());
            self.offset.push(row.offset.map(u64::cast_signed));
        }
    }

    /// In the order of the schema.
    fn write(
        &mut self,
        group: &mut SerializedRowGroupWriter<'_, File>,
        source: &ColumnDescPtr,
    ) -> Result<(), ParquetError> {
        required::<Int64Type>(group, &self.time)?;
        required::<Int64Type>(group, &self.received)?;
        required::<Int32Type>(group, &self.mmsi)?;
        required::<DoubleType>(group, &self.lat)?;
        required::<DoubleType>(group, &self.lon)?;
        optional::<FloatType>(group, &self.sog)?;
        optional::<FloatType>(group, &self.cog)?;
        optional::<Int32Type>(group, &self.heading)?;
        optional::<Int32Type>(group, &self.nav_status)?;
        required::<Int32Type>(group, &self.message_type)?;
        required::<Int32Type>(group, &self.station)?;
        required::<Int32Type>(group, &self.flags)?;
        optional::<Int32Type>(group, &self.track)?;
        sources(group, source, &self.source)?;
        required::<Int64Type>(group, &self.line)?;
        optional::<Int64Type>(group, &self.offset)?;
        let mut geometry = next_column(group)?;
        self.points.write(&mut geometry, &self.lat, &self.lon)?;
        geometry.close()
    }
}

/// The column of sources: each text once, and which rows it belongs to.
pub(crate) fn sources(
    group: &mut SerializedRowGroupWriter<'_, File>,
    column: &ColumnDescPtr,
    runs: &[(SourceId, usize)],
) -> Result<(), ParquetError> {
    let mut names: Vec<(SourceId, String)> = Vec::new();
    let mut numbers = Vec::with_capacity(runs.len());
    for (source, rows) in runs {
        let number = names.iter().position(|(known, _)| known == source).unwrap_or_else(|| {
            names.push((*source, source.to_string()));
            names.len() - 1
        });
        numbers.push((number as u32, *rows));
    }
    let names = Dictionary::of_texts(names.iter().map(|(_, name)| name.as_bytes()));
    write_coded(group, column, &names, Numbers::Runs(&numbers))
}

pub(crate) fn required<T: DataType>(
    group: &mut SerializedRowGroupWriter<'_, File>,
    values: &[T::T],
) -> Result<(), ParquetError> {
    let mut column = next_column(group)?;
    column.typed::<T>().write_batch(values, None, None)?;
    column.close()
}

pub(crate) fn optional<T: DataType>(
    group: &mut SerializedRowGroupWriter<'_, File>,
    column: &Sparse<T::T>,
) -> Result<(), ParquetError> {
    let mut writer = next_column(group)?;
    writer.typed::<T>().write_batch(&column.values, Some(&column.present), None)?;
    writer.close()
}

fn next_column<'g>(
    group: &'g mut SerializedRowGroupWriter<'_, File>,
) -> Result<SerializedColumnWriter<'g>, ParquetError> {
    let missing = || ParquetError::General("fewer columns in the schema than written".to_owned());
    group.next_column()?.ok_or_else(missing)
}
