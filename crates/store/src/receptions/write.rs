//! Receptions into columns, one file a day, in the order in which they were read. They are not sorted: lines come nearly
//! in order of time, and a row group's statistics say what times it holds.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fs::File;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use bitacora_primitives::{Instant, SourceId};
use parquet::basic::{Compression, Encoding};
use parquet::data_type::{Int32Type, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::schema::parser::parse_message_type;
use parquet::schema::types::{ColumnPath, SchemaDescriptor};

use super::{RECEPTIONS, Receptions, SCHEMA, column};
use crate::StoreError;
use crate::positions::ROW_GROUP_ROWS;
use crate::positions::coded::{Dictionary, Numbers, write_coded};
use crate::positions::staged::Staged;
use crate::positions::write::{optional, plain_properties, required};

/// One source's rows.
type Run<'a> = (SourceId, Cow<'a, Receptions>);

/// Writes the rows after line `after` of each run, each day's to a file of its own.
pub(crate) fn stage(
    folder: &Path,
    runs: Vec<Run<'_>>,
    after: u64,
    name: impl Fn(i64) -> String,
) -> Result<Vec<Staged>, StoreError> {
    let mut by_day: BTreeMap<i64, Vec<Run<'_>>> = BTreeMap::new();
    for (source, run) in runs {
        for (day, of_day) in days(run, after) {
            by_day.entry(day).or_default().push((source, of_day));
        }
    }
    by_day.into_iter().map(|(day, runs)| stage_day(folder, &runs, name(day))).collect()
}

/// The rows after that line, by day. Nearly always they are all and of one day, and nothing is copied.
fn days(run: Cow<'_, Receptions>, after: u64) -> Vec<(i64, Cow<'_, Receptions>)> {
    let day = |micros: i64| Instant::from_micros(micros).day();
    let Some((first, last)) = run.time.iter().min().zip(run.time.iter().max()) else { return Vec::new() };
    let (first, last) = (day(*first), day(*last));
    if first == last && run.heard_line.iter().all(|line| line.cast_unsigned() > after) {
        return vec![(first, run)];
    }
    let mut days: BTreeMap<i64, Receptions> = BTreeMap::new();
    for (row, station) in (0..run.len()).filter_map(|row| run.get(row)) {
        if row.heard_line > after {
            days.entry(row.time.day()).or_default().push(row, station);
        }
    }
    days.into_iter().map(|(day, rows)| (day, Cow::Owned(rows))).collect()
}

fn stage_day(folder: &Path, runs: &[Run<'_>], name: String) -> Result<Staged, StoreError> {
    let times = || runs.iter().flat_map(|(_, run)| &run.time).copied();
    let first = times().min().unwrap_or_default();
    let span = (Instant::from_micros(first), Instant::from_micros(times().max().unwrap_or(first)));
    let rows = runs.iter().map(|(_, run)| run.len()).sum();
    Staged::write(RECEPTIONS, folder, name, span, rows, |file| write_rows(file, runs))
}

fn write_rows(file: File, runs: &[Run<'_>]) -> Result<File, ParquetError> {
    let schema = Arc::new(parse_message_type(SCHEMA)?);
    let columns = SchemaDescriptor::new(Arc::clone(&schema));
    let mut writer = SerializedFileWriter::new(file, schema, Arc::new(properties()))?;
    let types = Dictionary::of_numbers(u32::from(u8::MAX) + 1);
    for (source, run) in runs {
        let source = Dictionary::of_texts([source.to_string().as_bytes()].into_iter());
        // What is no text is kept as the text it resembles: the column is one of text.
        let names: Vec<Cow<'_, str>> = run.names.iter().map(|name| String::from_utf8_lossy(name)).collect();
        let names = Dictionary::of_texts(names.iter().map(|name| name.as_bytes()));
        for from in (0..run.len()).step_by(ROW_GROUP_ROWS) {
            let rows = from..run.len().min(from + ROW_GROUP_ROWS);
            let mut group = writer.next_row_group()?;
            write_group(&mut group, &columns, [&types, &source, &names], run, &rows)?;
            group.close()?;
        }
    }
    writer.into_inner()
}

/// In the order of the schema.
fn write_group(
    group: &mut SerializedRowGroupWriter<'_, File>,
    columns: &SchemaDescriptor,
    [types, source, names]: [&Dictionary; 3],
    run: &Receptions,
    rows: &Range<usize>,
) -> Result<(), ParquetError> {
    required::<Int64Type>(group, piece(&run.time, rows))?;
    required::<Int32Type>(group, piece(&run.mmsi, rows))?;
    let each = |numbers| Numbers::Each(piece(numbers, rows));
    write_coded(group, &columns.column(column::MESSAGE_TYPE), types, each(&run.message_type))?;
    let one = [(0, rows.len())];
    write_coded(group, &columns.column(column::SOURCE), source, Numbers::Runs(&one))?;
    required::<Int64Type>(group, piece(&run.line, rows))?;
    write_coded(group, &columns.column(column::STATION), names, each(&run.station))?;
    required::<Int64Type>(group, piece(&run.heard_at, rows))?;
    required::<Int64Type>(group, piece(&run.heard_line, rows))?;
    for numbers in [&run.offset, &run.payload] {
        let signed = |number: &Option<u64>| number.map(u64::cast_signed);
        optional::<Int64Type>(group, &piece(numbers, rows).iter().map(signed).collect())?;
    }
    Ok(())
}

fn piece<'a, T>(column: &'a [T], rows: &Range<usize>) -> &'a [T] {
    column.get(rows.clone()).unwrap_or(&[])
}

/// Numbers that grow with the lines as deltas; identities as they are, since to look each up costs more than it saves, and
/// hashes, of which nothing can be saved.
fn properties() -> WriterProperties {
    let path = |name: &str| ColumnPath::from(name);
    let mut builder = plain_properties();
    for name in ["time", "line", "mmsi", "payload"] {
        builder = builder.set_column_statistics_enabled(path(name), EnabledStatistics::Chunk);
    }
    for name in ["time", "line", "heard_at", "heard_line", "byte_offset"] {
        builder = builder
            .set_column_dictionary_enabled(path(name), false)
            .set_column_encoding(path(name), Encoding::DELTA_BINARY_PACKED)
            .set_column_compression(path(name), Compression::UNCOMPRESSED);
    }
    for name in ["mmsi", "payload"] {
        builder = builder
            .set_column_dictionary_enabled(path(name), false)
            .set_column_compression(path(name), Compression::UNCOMPRESSED);
    }
    builder.build()
}
