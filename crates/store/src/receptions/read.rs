//! Questions to the receptions: who heard a transmission. Goes by the registered files only.

use std::path::Path;

use bitacora_primitives::{Instant, SourceId};
use parquet::data_type::{ByteArrayType, Int32Type, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::metadata::RowGroupMetaData;
use parquet::file::reader::{FileReader, RowGroupReader};

use super::write::stage;
use super::{RECEPTIONS, ReceptionRow, Receptions, column};
use crate::positions::Compacted;
use crate::positions::groups::{Sources, each_group, length, may_be_within, open, optionals, values};
use crate::positions::parts::Part;
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

/// A file of receptions that counts.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ReceptionFile {
    /// Below `receptions/`, as `day=2026-11-21/merged-00000001.parquet`.
    pub name: String,
    pub bytes: u64,
    /// Its rows have the bits that tell one transmission from another: it was written after these came to be stored.
    pub has_payload: bool,
}

impl Store {
    /// In order of source and line.
    pub fn receptions(&self, query: &ReceptionQuery) -> Result<Vec<StoredReception>, StoreError> {
        self.over_parts(RECEPTIONS, query.from, query.to, |parts| {
            let mut found = Vec::new();
            for part in parts {
                if !scan(self.folder(), part, query, |one| found.push(one))? {
                    return Ok(None);
                }
            }
            found.sort_by_key(|one: &StoredReception| (one.source, one.row.heard_line));
            Ok(Some(found))
        })
    }

    /// The files of receptions, in order of time.
    pub fn reception_files(&self) -> Result<Vec<ReceptionFile>, StoreError> {
        let (from, to) = (Instant::from_micros(i64::MIN), Instant::from_micros(i64::MAX));
        // A merged file of old rows has the column, and nothing in it.
        let full = |group: &RowGroupMetaData| {
            let column = group.columns().get(column::PAYLOAD)?;
            Some(column.statistics()?.null_count_opt()? == 0)
        };
        self.over_parts(RECEPTIONS, from, to, |parts| {
            let mut files = Vec::new();
            for part in parts {
                let path = RECEPTIONS.within(self.folder()).join(&part.name);
                let Some((bytes, reader)) = length(&path)?.zip(open(&path)?) else { return Ok(None) };
                let has_payload =
                    reader.metadata().row_groups().iter().all(|group| full(group) == Some(true));
                files.push(ReceptionFile { name: part.name.clone(), bytes, has_payload });
            }
            Ok(Some(files))
        })
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
            let runs: Vec<(SourceId, &Receptions)> =
                runs.iter().map(|(source, run)| (*source, run)).collect();
            stage(self.folder(), &runs, 0, |_| String::new()).map(Some)
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
    let (from, to) = (query.from.micros(), query.to.micros());
    let may_hold = |group: &RowGroupMetaData| {
        let has_line = |line: u64| may_be_within(group, column::LINE, line.cast_signed(), line.cast_signed());
        may_be_within(group, column::TIME, from, to) && query.kept.is_none_or(|(_, line)| has_line(line))
    };
    each_group(&path, may_hold, |group| {
        let rows = rows(group, query)?;
        Ok(rows.map(|rows| rows.into_iter().for_each(&mut take)))
    })
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
    let later = |column: usize| {
        if group.metadata().num_columns() > column {
            optionals::<Int64Type>(group, column)
        } else {
            Ok(vec![None; times.len()])
        }
    };
    let (offsets, payloads) = (later(column::OFFSET)?, later(column::PAYLOAD)?);
    let mut of_texts = Sources::default();
    let row = |index: usize| {
        let source = of_texts.of(sources.get(index)?)?;
        let row = ReceptionRow {
            time: Instant::from_micros(*times.get(index)?),
            mmsi: numbers.get(index)?.cast_unsigned(),
            message_type: u8::try_from(*types.get(index)?).ok()?,
            line: lines.get(index)?.cast_unsigned(),
            heard_at: Instant::from_micros(*heard_at.get(index)?),
            heard_line: heard_lines.get(index)?.cast_unsigned(),
            offset: offsets.get(index)?.map(i64::cast_unsigned),
            payload: payloads.get(index)?.map(i64::cast_unsigned),
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
