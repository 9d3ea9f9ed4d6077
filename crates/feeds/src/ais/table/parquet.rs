//! The same table as Parquet: times as UTC timestamps, everything else as its kind. Holds one row group in memory.

use std::io::{self, Write};
use std::sync::Arc;

use bitacora_primitives::Instant;
use parquet::basic::Compression;
use parquet::data_type::{BoolType, ByteArray, ByteArrayType, DataType, DoubleType, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::schema::parser::parse_message_type;
use serde_json::Value;

use super::{COLUMNS, Kind};

const ROW_GROUP_ROWS: usize = 64 * 1024;
/// The one text column that is written as a time.
const TIME: &str = "time";

/// Writes rows in groups; [`ParquetTable::finish`] writes the end, without which the file is none.
pub struct ParquetTable<W: Write + Send> {
    out: SerializedFileWriter<W>,
    rows: Vec<Vec<Value>>,
}

impl<W: Write + Send> std::fmt::Debug for ParquetTable<W> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ParquetTable").field("rows", &self.rows.len()).finish_non_exhaustive()
    }
}

fn schema() -> String {
    let column = |(name, kind): &(&str, Kind)| match kind {
        _ if *name == TIME => format!("optional int64 {name} (TIMESTAMP(MICROS, true));"),
        Kind::Text => format!("optional binary {name} (STRING);"),
        Kind::Whole => format!("optional int64 {name};"),
        Kind::Real => format!("optional double {name};"),
        Kind::Flag => format!("optional boolean {name};"),
    };
    format!("message ais {{ {} }}", COLUMNS.iter().map(column).collect::<String>())
}

fn told(error: ParquetError) -> io::Error {
    match error {
        ParquetError::External(cause) => match cause.downcast::<io::Error>() {
            Ok(error) => *error,
            Err(cause) => io::Error::other(cause),
        },
        other => io::Error::other(other),
    }
}

impl<W: Write + Send> ParquetTable<W> {
    pub fn new(out: W) -> io::Result<Self> {
        let schema = Arc::new(parse_message_type(&schema()).map_err(told)?);
        let properties = WriterProperties::builder()
            .set_compression(Compression::SNAPPY)
            .set_created_by(concat!("bitacora ", env!("CARGO_PKG_VERSION")).to_owned())
            .build();
        let out = SerializedFileWriter::new(out, schema, Arc::new(properties)).map_err(told)?;
        Ok(Self { out, rows: Vec::new() })
    }

    pub fn push(&mut self, row: Vec<Value>) -> io::Result<()> {
        self.rows.push(row);
        if self.rows.len() >= ROW_GROUP_ROWS { self.write_group() } else { Ok(()) }
    }

    pub fn finish(mut self) -> io::Result<()> {
        if !self.rows.is_empty() {
            self.write_group()?;
        }
        self.out.into_inner().map_err(told)?.flush()
    }

    fn write_group(&mut self) -> io::Result<()> {
        let rows = std::mem::take(&mut self.rows);
        let mut group = self.out.next_row_group().map_err(told)?;
        for (at, (name, kind)) in COLUMNS.iter().enumerate() {
            let values = || rows.iter().map(|row| row.get(at).unwrap_or(&Value::Null));
            match kind {
                _ if *name == TIME => write::<Int64Type>(
                    &mut group,
                    values().map(|value| Some(Instant::parse(value.as_str()?).ok()?.micros())),
                ),
                Kind::Text => write::<ByteArrayType>(
                    &mut group,
                    values().map(|value| value.as_str().map(ByteArray::from)),
                ),
                Kind::Whole => write::<Int64Type>(&mut group, values().map(Value::as_i64)),
                Kind::Real => write::<DoubleType>(&mut group, values().map(Value::as_f64)),
                Kind::Flag => write::<BoolType>(
                    &mut group,
                    values().map(|value| value.as_bool().or_else(|| value.as_u64().map(|flag| flag == 1))),
                ),
            }
            .map_err(told)?;
        }
        group.close().map_err(told)?;
        Ok(())
    }
}

fn write<T: DataType>(
    group: &mut SerializedRowGroupWriter<'_, impl Write + Send>,
    column: impl Iterator<Item = Option<T::T>>,
) -> Result<(), ParquetError> {
    let (mut values, mut present) = (Vec::new(), Vec::new());
    for value in column {
        present.push(i16::from(value.is_some()));
        values.extend(value);
    }
    let missing = || ParquetError::General("fewer columns in the schema than written".to_owned());
    let mut writer = group.next_column()?.ok_or_else(missing)?;
    writer.typed::<T>().write_batch(&values, Some(&present), None)?;
    writer.close()
}
