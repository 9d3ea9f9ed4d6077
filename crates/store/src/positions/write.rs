//! Rows into Parquet files under `positions/.staging`, sorted by time, one file a day. Never gives a file its
//! final name: that is done under the writer's lock.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use bitacora_primitives::{Instant, SourceId};
use parquet::basic::{Compression, Encoding};
use parquet::data_type::{ByteArray, ByteArrayType, DataType, DoubleType, FloatType, Int32Type, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::metadata::SortingColumn;
use parquet::file::properties::{
    DEFAULT_DICTIONARY_PAGE_SIZE_LIMIT, EnabledStatistics, WriterProperties, WriterVersion,
};
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::schema::parser::parse_message_type;
use parquet::schema::types::ColumnPath;

use super::parts::staging;
use super::{PositionRow, ROW_GROUP_ROWS, SCHEMA, column};
use crate::StoreError;

/// A written, synced file that has no name of its own yet. Dropped unpublished, it is removed.
pub(crate) struct Staged {
    pub(crate) path: PathBuf,
    /// Locked while it is staged, so that a process that opens the store meanwhile leaves it alone.
    _file: File,
    /// Name relative to the positions folder.
    pub(crate) name: String,
    pub(crate) day: i64,
    pub(crate) min_time: Instant,
    pub(crate) max_time: Instant,
    pub(crate) rows: u64,
    pub(crate) bytes: u64,
}

impl Drop for Staged {
    fn drop(&mut self) {
        // After publication there is nothing under this name; before it, the next opening removes what stays.
        drop(fs::remove_file(&self.path));
    }
}

/// Sorts the rows and writes each day's to a file of its own.
pub(crate) fn stage(
    folder: &Path,
    rows: &mut [PositionRow],
    name: impl Fn(i64) -> String,
) -> Result<Vec<Staged>, StoreError> {
    let key = |row: &PositionRow| (row.time, row.source, row.line);
    if !rows.is_sorted_by_key(key) {
        rows.sort_by_key(key);
    }
    rows.chunk_by(|a, b| a.time.day() == b.time.day())
        .map(|of_day| stage_day(folder, of_day, &name))
        .collect()
}

fn stage_day(
    folder: &Path,
    rows: &[PositionRow],
    name: impl Fn(i64) -> String,
) -> Result<Staged, StoreError> {
    let doing = "writing";
    let (path, file) = new_file(folder)?;
    let io = |error| StoreError::io(doing, &path, error);
    let mut staged = Staged {
        _file: file.try_clone().map_err(io)?,
        path: path.clone(),
        name: String::new(),
        day: 0,
        min_time: Instant::default(),
        max_time: Instant::default(),
        rows: rows.len() as u64,
        bytes: 0,
    };
    if let (Some(first), Some(last)) = (rows.first(), rows.last()) {
        (staged.min_time, staged.max_time) = (first.time, last.time);
        staged.day = first.time.day();
        staged.name = name(staged.day);
    }
    let file = write_rows(file, rows).map_err(|error| StoreError::part(doing, &path, error))?;
    file.sync_all().map_err(io)?;
    staged.bytes = file.metadata().map_err(io)?.len();
    Ok(staged)
}

fn new_file(folder: &Path) -> Result<(PathBuf, File), StoreError> {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let staging = staging(folder);
    fs::create_dir_all(&staging).map_err(|error| StoreError::io("making the folder", &staging, error))?;
    loop {
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let path = staging.join(format!("{}-{count}.parquet", std::process::id()));
        let file = File::create(&path).map_err(|error| StoreError::io("making the file", &path, error))?;
        file.lock().map_err(|error| StoreError::io("locking", &path, error))?;
        // Another process may have swept it away between the two calls.
        if path.exists() {
            return Ok((path, file));
        }
    }
}

fn write_rows(file: File, rows: &[PositionRow]) -> Result<File, ParquetError> {
    let schema = Arc::new(parse_message_type(SCHEMA)?);
    let mut writer = SerializedFileWriter::new(file, schema, Arc::new(properties()))?;
    let mut source = None;
    for rows in rows.chunks(ROW_GROUP_ROWS) {
        let mut group = writer.next_row_group()?;
        write_group(&mut group, rows, &mut source)?;
        group.close()?;
    }
    writer.into_inner()
}

/// Plain encodings chosen by what the columns hold: slowly growing numbers as deltas, few distinct values by
/// dictionary, coordinates split into byte streams, which compress where raw doubles do not.
fn properties() -> WriterProperties {
    let path = |name: &str| ColumnPath::from(name);
    let mut builder = WriterProperties::builder()
        .set_writer_version(WriterVersion::PARQUET_1_0)
        .set_compression(Compression::SNAPPY)
        .set_dictionary_page_size_limit(DEFAULT_DICTIONARY_PAGE_SIZE_LIMIT)
        .set_statistics_enabled(EnabledStatistics::None)
        .set_created_by(concat!("bitacora ", env!("CARGO_PKG_VERSION")).to_owned())
        .set_sorting_columns(Some(vec![SortingColumn {
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
    for name in ["lat", "lon"] {
        builder = builder
            .set_column_dictionary_enabled(path(name), false)
            .set_column_encoding(path(name), Encoding::BYTE_STREAM_SPLIT);
    }
    builder.build()
}

/// The last source's text: rows of one source follow each other.
type LastSource = Option<(SourceId, ByteArray)>;

fn write_group(
    group: &mut SerializedRowGroupWriter<'_, File>,
    rows: &[PositionRow],
    last: &mut LastSource,
) -> Result<(), ParquetError> {
    required::<Int64Type>(group, rows, |row| row.time.micros())?;
    required::<Int64Type>(group, rows, |row| row.received.micros())?;
    required::<Int32Type>(group, rows, |row| row.mmsi.number().cast_signed())?;
    required::<DoubleType>(group, rows, |row| row.lat)?;
    required::<DoubleType>(group, rows, |row| row.lon)?;
    optional::<FloatType>(group, rows, |row| row.sog_kn)?;
    optional::<FloatType>(group, rows, |row| row.cog_deg)?;
    optional::<Int32Type>(group, rows, |row| row.heading_deg.map(i32::from))?;
    optional::<Int32Type>(group, rows, |row| row.nav_status.map(i32::from))?;
    required::<Int32Type>(group, rows, |row| i32::from(row.message_type))?;
    required::<Int32Type>(group, rows, |row| i32::from(row.station))?;
    required::<Int32Type>(group, rows, |row| i32::from(row.flags))?;
    optional::<Int32Type>(group, rows, |row| row.track.map(u32::cast_signed))?;
    required::<ByteArrayType>(group, rows, |row| match last {
        Some((id, text)) if *id == row.source => text.clone(),
        _ => {
            let text = ByteArray::from(row.source.to_string().into_bytes());
            *last = Some((row.source, text.clone()));
            text
        }
    })?;
    required::<Int64Type>(group, rows, |row| row.line.cast_signed())?;
    optional::<Int64Type>(group, rows, |row| row.offset.map(u64::cast_signed))
}

fn required<T: DataType>(
    group: &mut SerializedRowGroupWriter<'_, File>,
    rows: &[PositionRow],
    value: impl FnMut(&PositionRow) -> T::T,
) -> Result<(), ParquetError> {
    let values: Vec<T::T> = rows.iter().map(value).collect();
    column_of::<T>(group, &values, None)
}

fn optional<T: DataType>(
    group: &mut SerializedRowGroupWriter<'_, File>,
    rows: &[PositionRow],
    value: impl Fn(&PositionRow) -> Option<T::T>,
) -> Result<(), ParquetError> {
    let mut values = Vec::with_capacity(rows.len());
    let mut present = Vec::with_capacity(rows.len());
    for row in rows {
        let value = value(row);
        present.push(i16::from(value.is_some()));
        values.extend(value);
    }
    column_of::<T>(group, &values, Some(&present))
}

fn column_of<T: DataType>(
    group: &mut SerializedRowGroupWriter<'_, File>,
    values: &[T::T],
    present: Option<&[i16]>,
) -> Result<(), ParquetError> {
    let missing = || ParquetError::General("fewer columns in the schema than written".to_owned());
    let mut column = group.next_column()?.ok_or_else(missing)?;
    column.typed::<T>().write_batch(values, present, None)?;
    column.close()
}
