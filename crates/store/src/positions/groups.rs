//! What the readers of all files of rows share: row groups, columns, and values that are no value of theirs.

use std::fs::File;
use std::path::Path;

use bitacora_primitives::SourceId;
use parquet::column::reader::get_typed_column_reader;
use parquet::data_type::{ByteArray, DataType};
use parquet::errors::ParquetError;
use parquet::file::metadata::RowGroupMetaData;
use parquet::file::reader::{FileReader, RowGroupReader, SerializedFileReader};
use parquet::file::statistics::Statistics;

use crate::StoreError;

const DOING: &str = "reading";

/// Opens a file; `None` if it is not there: it was merged into another since it was listed.
pub(crate) fn open(path: &Path) -> Result<Option<SerializedFileReader<File>>, StoreError> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(StoreError::io(DOING, path, error)),
    };
    SerializedFileReader::new(file).map(Some).map_err(|error| StoreError::part(DOING, path, error))
}

/// A file's bytes; `None` if it is not there.
pub(crate) fn length(path: &Path) -> Result<Option<u64>, StoreError> {
    match path.metadata() {
        Ok(file) => Ok(Some(file.len())),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(StoreError::io(DOING, path, error)),
    }
}

/// Hands on each row group of a file that may hold a wanted row; `take` answers `None` where it holds a value that is never
/// written here. `false` if the file is not there.
pub(crate) fn each_group(
    path: &Path,
    may_hold: impl Fn(&RowGroupMetaData) -> bool,
    mut take: impl FnMut(&dyn RowGroupReader) -> Result<Option<()>, ParquetError>,
) -> Result<bool, StoreError> {
    let Some(reader) = open(path)? else { return Ok(false) };
    for (number, group) in reader.metadata().row_groups().iter().enumerate() {
        if may_hold(group) {
            let taken = reader.get_row_group(number).and_then(|group| take(group.as_ref()));
            let taken = taken.map_err(|error| StoreError::part(DOING, path, error))?;
            taken.ok_or_else(|| {
                StoreError::corrupt(format!("{} holds a value out of range", path.display()))
            })?;
        }
    }
    Ok(true)
}

/// Whether a column's statistics allow a number of `from..=to`; without statistics, they do.
pub(crate) fn may_be_within(group: &RowGroupMetaData, column: usize, from: i64, to: i64) -> bool {
    match group.columns().get(column).and_then(|column| column.statistics()) {
        Some(Statistics::Int64(held)) => {
            held.min_opt().zip(held.max_opt()).is_none_or(|(min, max)| *max >= from && *min <= to)
        }
        _ => true,
    }
}

/// The column of sources: texts that mostly follow each other are read once.
#[derive(Default)]
pub(crate) struct Sources {
    last: Option<(ByteArray, SourceId)>,
}

impl Sources {
    /// `None`: no source's text.
    pub(crate) fn of(&mut self, text: &ByteArray) -> Option<SourceId> {
        if let Some((known, source)) = &self.last
            && known == text
        {
            return Some(*source);
        }
        let source = std::str::from_utf8(text.data()).ok()?.parse().ok()?;
        self.last = Some((text.clone(), source));
        Some(source)
    }
}

/// Outer `None`: out of range.
#[expect(clippy::option_option, reason = "absent and out of range are different answers")]
pub(crate) fn narrow<T: TryFrom<i32>>(value: Option<i32>) -> Option<Option<T>> {
    match value {
        None => Some(None),
        Some(value) => T::try_from(value).ok().map(Some),
    }
}

pub(crate) fn values<T: DataType>(
    group: &dyn RowGroupReader,
    column: usize,
) -> Result<Vec<T::T>, ParquetError> {
    let rows = usize::try_from(group.metadata().num_rows()).unwrap_or(0);
    let mut values = Vec::with_capacity(rows);
    let mut reader = get_typed_column_reader::<T>(group.get_column_reader(column)?);
    let mut read = 0;
    while read < rows {
        let (records, ..) = reader.read_records(rows - read, None, None, &mut values)?;
        if records == 0 {
            return Err(ParquetError::EOF(format!("column {column} ends after {read} of {rows} rows")));
        }
        read += records;
    }
    Ok(values)
}

pub(crate) fn optionals<T: DataType>(
    group: &dyn RowGroupReader,
    column: usize,
) -> Result<Vec<Option<T::T>>, ParquetError> {
    let rows = usize::try_from(group.metadata().num_rows()).unwrap_or(0);
    let (mut values, mut present) = (Vec::with_capacity(rows), Vec::with_capacity(rows));
    let mut reader = get_typed_column_reader::<T>(group.get_column_reader(column)?);
    while present.len() < rows {
        let before = present.len();
        reader.read_records(rows - before, Some(&mut present), None, &mut values)?;
        if present.len() == before {
            return Err(ParquetError::EOF(format!("column {column} ends after {before} of {rows} rows")));
        }
    }
    let mut values = values.into_iter();
    Ok(present.into_iter().map(|level| if level == 0 { None } else { values.next() }).collect())
}
