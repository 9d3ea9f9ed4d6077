//! Questions to the receptions: who heard a transmission. Goes by the registered files only.

use std::borrow::Cow;
use std::fs::File;
use std::path::Path;

use bitacora_primitives::{Instant, SourceId};
use parquet::data_type::{ByteArrayType, Int32Type, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::metadata::RowGroupMetaData;
use parquet::file::reader::{FileReader, RowGroupReader, SerializedFileReader};
use parquet::file::statistics::Statistics;

use super::write::stage;
use super::{RECEPTIONS, ReceptionRow, Receptions, column};
use crate::positions::Compacted;
use crate::positions::parts::{Part, overlapping};
use crate::positions::scan::values;
use crate::{Store, StoreError};

/// Hearings of transmissions observed in `from..=to`: of all, or of the one whose kept hearing is that line of that
/// source.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ReceptionQuery {
    pub from: Instant,
    pub to: Instant,
    pub kept: Option<(SourceId, u64)>,
}

/// A hearing as read back.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StoredReception {
    pub source: SourceId,
    pub row: ReceptionRow,
    /// Empty where the line named none.
    pub station: String,
}

const DOING: &str = "reading";
/// How often a question is put again because files were merged while it was answered.
const TRIES: usize = 5;

impl Store {
    /// In order of source and line.
    pub fn receptions(&self, query: &ReceptionQuery) -> Result<Vec<StoredReception>, StoreError> {
        'again: for _ in 0..TRIES {
            let parts = self.read(|link| overlapping(RECEPTIONS, link, query.from, query.to))?;
            let mut found = Vec::new();
            for part in &parts {
                if !scan(self.folder(), part, query, |one| found.push(one))? {
                    continue 'again;
                }
            }
            found.sort_by_key(|one: &StoredReception| (one.source, one.row.heard_line));
            return Ok(found);
        }
        Err(StoreError::corrupt("a file of receptions that the database names is not in the data folder"))
    }

    /// Merges a day's files of fewer than `smaller_than_rows` receptions. Safe at any time, beside readers and writers.
    pub fn compact_receptions(&self, day: i64, smaller_than_rows: u64) -> Result<Compacted, StoreError> {
        self.merge(RECEPTIONS, day, smaller_than_rows, |parts| {
            let mut runs: Vec<(SourceId, Receptions)> = Vec::new();
            for part in parts {
                let all = ReceptionQuery { from: part.min_time, to: part.max_time, kept: None };
                let whole = scan(self.folder(), part, &all, |one| {
                    let at = runs.iter().position(|(source, _)| *source == one.source).unwrap_or_else(|| {
                        runs.push((one.source, Receptions::default()));
                        runs.len() - 1
                    });
                    if let Some((_, run)) = runs.get_mut(at) {
                        run.push(one.row, one.station.as_bytes());
                    }
                })?;
                if !whole {
                    return Ok(None);
                }
            }
            let runs = runs.into_iter().map(|(source, run)| (source, Cow::Owned(run))).collect();
            stage(self.folder(), runs, 0, |_| String::new()).map(Some)
        })
    }
}

/// Hands on the wanted rows of a file; `false` if it is not there.
fn scan(
    folder: &Path,
    part: &Part,
    query: &ReceptionQuery,
    mut take: impl FnMut(StoredReception),
) -> Result<bool, StoreError> {
    let path = RECEPTIONS.within(folder).join(&part.name);
    let file = match File::open(&path) {
        Ok(file) => file,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(StoreError::io(DOING, &path, error)),
    };
    let told = |error| StoreError::part(DOING, &path, error);
    let reader = SerializedFileReader::new(file).map_err(told)?;
    for (number, group) in reader.metadata().row_groups().iter().enumerate() {
        if !may_hold(group, query) {
            continue;
        }
        let rows =
            reader.get_row_group(number).and_then(|group| rows(group.as_ref(), query)).map_err(told)?;
        let rows =
            rows.ok_or_else(|| StoreError::corrupt("a file of receptions holds a value out of range"))?;
        rows.into_iter().for_each(&mut take);
    }
    Ok(true)
}

/// Whether a group's statistics allow a wanted row; without statistics, they do.
fn may_hold(group: &RowGroupMetaData, query: &ReceptionQuery) -> bool {
    let within = |number: usize, from: i64, to: i64| match group
        .columns()
        .get(number)
        .and_then(|column| column.statistics())
    {
        Some(Statistics::Int64(held)) => {
            held.min_opt().zip(held.max_opt()).is_none_or(|(min, max)| *max >= from && *min <= to)
        }
        _ => true,
    };
    within(column::TIME, query.from.micros(), query.to.micros())
        && query.kept.is_none_or(|(_, line)| within(column::LINE, line.cast_signed(), line.cast_signed()))
}

/// The wanted rows of a group; `None` where a value is not one that was written here.
fn rows(
    group: &dyn RowGroupReader,
    query: &ReceptionQuery,
) -> Result<Option<Vec<StoredReception>>, ParquetError> {
    let times = values::<Int64Type>(group, column::TIME)?;
    let lines = values::<Int64Type>(group, column::LINE)?;
    let (from, to) = (query.from.micros(), query.to.micros());
    let only = query.kept.map(|(_, line)| line.cast_signed());
    let wanted = |time: i64, line: i64| (from..=to).contains(&time) && only.is_none_or(|only| only == line);
    let chosen = times.iter().zip(&lines).enumerate().filter(|(_, (time, line))| wanted(**time, **line));
    let chosen: Vec<usize> = chosen.map(|(index, _)| index).collect();
    if chosen.is_empty() {
        return Ok(Some(Vec::new()));
    }
    let numbers = values::<Int32Type>(group, column::MMSI)?;
    let types = values::<Int32Type>(group, column::MESSAGE_TYPE)?;
    let sources = values::<ByteArrayType>(group, column::SOURCE)?;
    let stations = values::<ByteArrayType>(group, column::STATION)?;
    let heard_at = values::<Int64Type>(group, column::HEARD_AT)?;
    let heard_lines = values::<Int64Type>(group, column::HEARD_LINE)?;
    let mut known = None;
    let row = |index: usize| {
        let text = sources.get(index)?;
        let source = match &known {
            Some((known, source)) if *known == text => *source,
            _ => {
                let source = std::str::from_utf8(text.data()).ok()?.parse().ok()?;
                known = Some((text, source));
                source
            }
        };
        let row = ReceptionRow {
            time: Instant::from_micros(*times.get(index)?),
            mmsi: numbers.get(index)?.cast_unsigned(),
            message_type: u8::try_from(*types.get(index)?).ok()?,
            line: lines.get(index)?.cast_unsigned(),
            heard_at: Instant::from_micros(*heard_at.get(index)?),
            heard_line: heard_lines.get(index)?.cast_unsigned(),
        };
        let station = std::str::from_utf8(stations.get(index)?.data()).ok()?.to_owned();
        Some(StoredReception { source, row, station })
    };
    let found: Option<Vec<StoredReception>> = chosen.into_iter().map(row).collect();
    let asked = query.kept.map(|(source, _)| source);
    Ok(found.map(|mut found| {
        found.retain(|one| asked.is_none_or(|asked| asked == one.source));
        found
    }))
}
