//! Static reports into columns, sorted by time, one file a day.

use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use bitacora_primitives::Instant;
use bitacora_sea::contacts::StaticReport;
use parquet::basic::{Compression, Encoding};
use parquet::data_type::{ByteArray, ByteArrayType, FloatType, Int32Type, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::metadata::SortingColumn;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::schema::parser::parse_message_type;
use parquet::schema::types::{ColumnDescPtr, ColumnPath, SchemaDescriptor};

use super::{SCHEMA, STATICS, column};
use crate::StoreError;
use crate::positions::staged::Staged;
use crate::positions::write::{Sparse, optional, plain_properties, required, sources};
use crate::positions::{ROW_GROUP_ROWS, station_code};

/// Sorts the reports after line `after` by time and writes each day's to a file of its own.
pub(crate) fn stage(
    folder: &Path,
    rows: &[StaticReport],
    after: u64,
    name: impl Fn(i64) -> String,
) -> Result<Vec<Staged>, StoreError> {
    let mut order: Vec<&StaticReport> = rows.iter().filter(|row| row.evidence.line > after).collect();
    order.sort_by_key(|row| row.observed);
    let of_days = order.chunk_by(|a, b| a.observed.day() == b.observed.day());
    of_days.map(|of_day| stage_day(folder, of_day, &name)).collect()
}

fn stage_day(
    folder: &Path,
    rows: &[&StaticReport],
    name: impl Fn(i64) -> String,
) -> Result<Staged, StoreError> {
    let first = rows.first().map_or_else(Instant::default, |first| first.observed);
    let span = (first, rows.last().map_or(first, |last| last.observed));
    Staged::write(STATICS, folder, name(first.day()), span, rows.len(), |file| write_rows(file, rows))
}

fn write_rows(file: File, rows: &[&StaticReport]) -> Result<File, ParquetError> {
    let schema = Arc::new(parse_message_type(SCHEMA)?);
    let source = SchemaDescriptor::new(Arc::clone(&schema)).column(column::SOURCE);
    let mut writer = SerializedFileWriter::new(file, schema, Arc::new(properties()))?;
    for rows in rows.chunks(ROW_GROUP_ROWS) {
        let mut group = writer.next_row_group()?;
        write_group(&mut group, &source, rows)?;
        group.close()?;
    }
    writer.into_inner()
}

/// In the order of the schema.
fn write_group(
    group: &mut SerializedRowGroupWriter<'_, File>,
    source: &ColumnDescPtr,
    rows: &[&StaticReport],
) -> Result<(), ParquetError> {
    fn each<T>(rows: &[&StaticReport], value: impl Fn(&StaticReport) -> T) -> Vec<T> {
        rows.iter().map(|row| value(row)).collect()
    }
    fn some<T>(rows: &[&StaticReport], value: impl Fn(&StaticReport) -> Option<T>) -> Sparse<T> {
        rows.iter().map(|row| value(row)).collect()
    }
    let text = |text: &Option<String>| text.as_deref().map(ByteArray::from);
    required::<Int64Type>(group, &each(rows, |row| row.observed.micros()))?;
    required::<Int32Type>(group, &each(rows, |row| row.mmsi.number().cast_signed()))?;
    optional::<ByteArrayType>(group, &some(rows, |row| text(&row.name)))?;
    optional::<ByteArrayType>(group, &some(rows, |row| text(&row.call_sign)))?;
    optional::<Int32Type>(group, &some(rows, |row| row.imo.map(u32::cast_signed)))?;
    optional::<Int32Type>(group, &some(rows, |row| row.ship_type.map(i32::from)))?;
    optional::<Int32Type>(group, &some(rows, |row| row.length_m.map(i32::from)))?;
    optional::<Int32Type>(group, &some(rows, |row| row.beam_m.map(i32::from)))?;
    optional::<FloatType>(group, &some(rows, |row| row.draught_m))?;
    optional::<ByteArrayType>(group, &some(rows, |row| text(&row.destination)))?;
    required::<Int32Type>(group, &each(rows, |row| i32::from(station_code(row.station))))?;
    let of_source = rows.chunk_by(|a, b| a.evidence.source == b.evidence.source);
    let runs = of_source.filter_map(|run| Some((run.first()?.evidence.source, run.len())));
    sources(group, source, &runs.collect::<Vec<_>>())?;
    required::<Int64Type>(group, &each(rows, |row| row.evidence.line.cast_signed()))?;
    optional::<Int64Type>(group, &some(rows, |row| row.evidence.offset.map(u64::cast_signed)))
}

/// Deltas for the times; the texts repeat, so dictionaries for the rest.
fn properties() -> WriterProperties {
    let sorting = SortingColumn { column_idx: column::TIME as i32, descending: false, nulls_first: false };
    let mut builder = plain_properties().set_sorting_columns(Some(vec![sorting]));
    for name in ["time", "mmsi"] {
        builder = builder.set_column_statistics_enabled(ColumnPath::from(name), EnabledStatistics::Chunk);
    }
    for name in ["time", "line", "byte_offset"] {
        builder = builder
            .set_column_dictionary_enabled(ColumnPath::from(name), false)
            .set_column_encoding(ColumnPath::from(name), Encoding::DELTA_BINARY_PACKED)
            .set_column_compression(ColumnPath::from(name), Compression::UNCOMPRESSED);
    }
    builder.build()
}
