//! Questions to the static reports. Goes by the registered files only.

use bitacora_primitives::{EvidenceRef, Instant, Mmsi};
use bitacora_sea::contacts::StaticReport;
use parquet::data_type::{ByteArray, ByteArrayType, FloatType, Int32Type, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::metadata::RowGroupMetaData;
use parquet::file::reader::RowGroupReader;

use super::write::stage;
use super::{STATICS, column};
use crate::positions::groups::{Sources, each_group, length, may_be_within, narrow, optionals, values};
use crate::positions::{Compacted, station_of};
use crate::{Store, StoreError};

/// A file of static reports that counts.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StaticFile {
    /// Below `statics/`, as `day=2026-11-21/merged-00000001.parquet`.
    pub name: String,
    pub bytes: u64,
    /// The UTC day of all its reports, counted from 1970-01-01.
    pub day: i64,
}

impl Store {
    /// What was said in `from..=to`, by time, then number, then evidence.
    pub fn statics(&self, from: Instant, to: Instant) -> Result<Vec<StaticReport>, StoreError> {
        self.over_parts(STATICS, from, to, |parts| {
            let mut found = Vec::new();
            for part in parts {
                if !self.scan_statics(&part.name, from, to, &mut found)? {
                    return Ok(None);
                }
            }
            found.sort_by_key(|row: &StaticReport| (row.observed, row.mmsi, row.evidence));
            Ok(Some(found))
        })
    }

    /// The files of static reports, in order of time.
    pub fn static_files(&self) -> Result<Vec<StaticFile>, StoreError> {
        let (from, to) = (Instant::from_micros(i64::MIN), Instant::from_micros(i64::MAX));
        self.over_parts(STATICS, from, to, |parts| {
            let mut files = Vec::new();
            for part in parts {
                let path = STATICS.within(self.folder()).join(&part.name);
                let Some(bytes) = length(&path)? else { return Ok(None) };
                files.push(StaticFile { name: part.name.clone(), bytes, day: part.min_time.day() });
            }
            Ok(Some(files))
        })
    }

    /// The times between which positions lie that were stored before static reports were: what was said then is not known.
    pub fn statics_lacking(&self) -> Result<Option<(Instant, Instant)>, StoreError> {
        let sql = "SELECT min_time, max_time FROM static_lacking";
        self.read(|link| {
            let row = link.query_first("reading since when static reports are stored", sql, &[])?;
            row.map(|mut row| Ok((row.instant()?, row.instant()?))).transpose()
        })
    }

    /// Merges a day's files of fewer than `smaller_than_rows` static reports. Safe at any time, beside readers and writers.
    pub fn compact_statics(&self, day: i64, smaller_than_rows: u64) -> Result<Compacted, StoreError> {
        self.merge(STATICS, day, smaller_than_rows, |parts| {
            let mut rows = Vec::new();
            for part in parts {
                if !self.scan_statics(&part.name, part.min_time, part.max_time, &mut rows)? {
                    return Ok(None);
                }
            }
            stage(self.folder(), &rows, 0, |_| String::new()).map(Some)
        })
    }

    /// Appends a file's reports of `from..=to`; `false` if it is not there.
    fn scan_statics(
        &self,
        name: &str,
        from: Instant,
        to: Instant,
        found: &mut Vec<StaticReport>,
    ) -> Result<bool, StoreError> {
        let path = STATICS.within(self.folder()).join(name);
        let may_hold =
            |group: &RowGroupMetaData| may_be_within(group, column::TIME, from.micros(), to.micros());
        each_group(&path, may_hold, |group| {
            let rows = rows(group, from, to)?;
            Ok(rows.map(|rows| found.extend(rows)))
        })
    }
}

/// A group's reports of `from..=to`; `None` where a value is not one that was written here.
fn rows(
    group: &dyn RowGroupReader,
    from: Instant,
    to: Instant,
) -> Result<Option<Vec<StaticReport>>, ParquetError> {
    let times = values::<Int64Type>(group, column::TIME)?;
    let chosen = |index: &usize| {
        let time = times.get(*index).map(|micros| Instant::from_micros(*micros));
        time.is_some_and(|time| time >= from && time <= to)
    };
    let chosen: Vec<usize> = (0..times.len()).filter(chosen).collect();
    if chosen.is_empty() {
        return Ok(Some(Vec::new()));
    }
    let texts = |column: usize| optionals::<ByteArrayType>(group, column);
    let integers = |column: usize| optionals::<Int32Type>(group, column);
    let numbers = values::<Int32Type>(group, column::MMSI)?;
    let (names, call_signs) = (texts(column::NAME)?, texts(column::CALL_SIGN)?);
    let (imos, ship_types) = (integers(column::IMO)?, integers(column::SHIP_TYPE)?);
    let (lengths, beams) = (integers(column::LENGTH)?, integers(column::BEAM)?);
    let draughts = optionals::<FloatType>(group, column::DRAUGHT)?;
    let destinations = texts(column::DESTINATION)?;
    let stations = values::<Int32Type>(group, column::STATION)?;
    let sources = values::<ByteArrayType>(group, column::SOURCE)?;
    let mut of_texts = Sources::default();
    let lines = values::<Int64Type>(group, column::LINE)?;
    let offsets = optionals::<Int64Type>(group, column::OFFSET)?;
    let row = |index: usize| {
        Some(StaticReport {
            mmsi: Mmsi::new(numbers.get(index)?.cast_unsigned())?,
            observed: Instant::from_micros(*times.get(index)?),
            name: text(names.get(index)?)?,
            call_sign: text(call_signs.get(index)?)?,
            imo: imos.get(index)?.map(i32::cast_unsigned),
            ship_type: narrow(*ship_types.get(index)?)?,
            length_m: narrow(*lengths.get(index)?)?,
            beam_m: narrow(*beams.get(index)?)?,
            draught_m: *draughts.get(index)?,
            destination: text(destinations.get(index)?)?,
            station: station_of(u8::try_from(*stations.get(index)?).ok()?),
            evidence: EvidenceRef {
                source: of_texts.of(sources.get(index)?)?,
                line: lines.get(index)?.cast_unsigned(),
                offset: offsets.get(index)?.map(i64::cast_unsigned),
            },
        })
    };
    Ok(chosen.into_iter().map(row).collect())
}

/// Outer `None`: no text.
#[expect(clippy::option_option, reason = "absent and unreadable are different answers")]
fn text(value: &Option<ByteArray>) -> Option<Option<String>> {
    match value {
        None => Some(None),
        Some(bytes) => Some(Some(std::str::from_utf8(bytes.data()).ok()?.to_owned())),
    }
}
