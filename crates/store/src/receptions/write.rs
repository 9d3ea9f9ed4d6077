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

/// A source's rows of one day, as they are to be written.
struct Run<'a> {
    source: SourceId,
    all: &'a Receptions,
    day: i64,
    /// They come nearly in order of time, so the ranges are few, and nothing is copied.
    rows: Vec<Range<usize>>,
    /// Times of the earliest and the latest.
    span: (i64, i64),
}

/// Writes the rows after line `after` of each source, each day's to a file of its own.
pub(crate) fn stage(
    folder: &Path,
    sources: &[(SourceId, &Receptions)],
    after: u64,
    name: impl Fn(i64) -> String,
) -> Result<Vec<Staged>, StoreError> {
    let mut by_day: BTreeMap<i64, Vec<Run<'_>>> = BTreeMap::new();
    for (source, all) in sources {
        for run in runs(*source, all, after) {
            by_day.entry(run.day).or_default().push(run);
        }
    }
    by_day.into_iter().map(|(day, runs)| stage_day(folder, &runs, name(day))).collect()
}

/// The rows after that line, by day.
fn runs(source: SourceId, all: &Receptions, after: u64) -> Vec<Run<'_>> {
    let mut runs: Vec<Run<'_>> = Vec::new();
    // Where the day of the row before stands: most often it is this one's.
    let mut at = 0;
    for (row, (time, line)) in all.time.iter().zip(&all.heard_line).enumerate() {
        if line.cast_unsigned() <= after {
            continue;
        }
        let day = Instant::from_micros(*time).day();
        if runs.get(at).is_none_or(|run| run.day != day) {
            at = runs.iter().position(|run| run.day == day).unwrap_or(runs.len());
        }
        if at == runs.len() {
            runs.push(Run { source, all, day, rows: Vec::new(), span: (*time, *time) });
        }
        let Some(run) = runs.get_mut(at) else { continue };
        run.span = (run.span.0.min(*time), run.span.1.max(*time));
        match run.rows.last_mut() {
            Some(range) if range.end == row => range.end += 1,
            _ => run.rows.push(row..row + 1),
        }
    }
    runs
}

fn stage_day(folder: &Path, runs: &[Run<'_>], name: String) -> Result<Staged, StoreError> {
    let first = runs.iter().map(|run| run.span.0).min().unwrap_or_default();
    let last = runs.iter().map(|run| run.span.1).max().unwrap_or(first);
    let span = (Instant::from_micros(first), Instant::from_micros(last));
    let rows = runs.iter().flat_map(|run| &run.rows).map(Range::len).sum();
    Staged::write(RECEPTIONS, folder, name, span, rows, |file| write_rows(file, runs))
}

/// Cut into pieces of a row group each.
fn groups(rows: &[Range<usize>]) -> Vec<Vec<Range<usize>>> {
    let mut groups: Vec<Vec<Range<usize>>> = Vec::new();
    let mut room = 0;
    for range in rows {
        let mut from = range.start;
        while from < range.end {
            if room == 0 {
                groups.push(Vec::new());
                room = ROW_GROUP_ROWS;
            }
            let to = range.end.min(from + room);
            groups.last_mut().into_iter().for_each(|group| group.push(from..to));
            room -= to - from;
            from = to;
        }
    }
    groups
}

fn write_rows(file: File, runs: &[Run<'_>]) -> Result<File, ParquetError> {
    let schema = Arc::new(parse_message_type(SCHEMA)?);
    let columns = SchemaDescriptor::new(Arc::clone(&schema));
    let mut writer = SerializedFileWriter::new(file, schema, Arc::new(properties()))?;
    let types = Dictionary::of_numbers(u32::from(u8::MAX) + 1);
    for Run { source, all, rows, .. } in runs {
        let source = Dictionary::of_texts([source.to_string().as_bytes()].into_iter());
        // What is no text is kept as the text it resembles: the column is one of text.
        let names: Vec<Cow<'_, str>> = all.names.iter().map(|name| String::from_utf8_lossy(name)).collect();
        let names = Dictionary::of_texts(names.iter().map(|name| name.as_bytes()));
        for rows in groups(rows) {
            let mut group = writer.next_row_group()?;
            write_group(&mut group, &columns, [&types, &source, &names], all, &rows)?;
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
    rows: &[Range<usize>],
) -> Result<(), ParquetError> {
    required::<Int64Type>(group, &piece(&run.time, rows))?;
    required::<Int32Type>(group, &piece(&run.mmsi, rows))?;
    let types_of = piece(&run.message_type, rows);
    write_coded(group, &columns.column(column::MESSAGE_TYPE), types, Numbers::Each(&types_of))?;
    let one = [(0, rows.iter().map(Range::len).sum())];
    write_coded(group, &columns.column(column::SOURCE), source, Numbers::Runs(&one))?;
    required::<Int64Type>(group, &piece(&run.line, rows))?;
    let stations = piece(&run.station, rows);
    write_coded(group, &columns.column(column::STATION), names, Numbers::Each(&stations))?;
    required::<Int64Type>(group, &piece(&run.heard_at, rows))?;
    required::<Int64Type>(group, &piece(&run.heard_line, rows))?;
    for numbers in [&run.offset, &run.payload] {
        let numbers = rows.iter().filter_map(|range| numbers.get(range.clone())).flatten();
        optional::<Int64Type>(group, &numbers.map(|number| number.map(u64::cast_signed)).collect())?;
    }
    Ok(())
}

/// Those rows of a column, as they lie where they are one range.
fn piece<'a, T: Copy>(column: &'a [T], rows: &[Range<usize>]) -> Cow<'a, [T]> {
    let get = |range: &Range<usize>| column.get(range.clone()).unwrap_or(&[]);
    match rows {
        [one] => Cow::Borrowed(get(one)),
        many => many.iter().flat_map(get).copied().collect(),
    }
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
