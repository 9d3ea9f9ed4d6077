//! One Parquet file's rows, a row group at a time, leaving out groups by their statistics. Never reads a column
//! that no wanted row needs. The file may lie anywhere that its bytes can be asked for.

use std::fs::File;
use std::path::Path;

use bitacora_primitives::{Instant, Mmsi};
use parquet::data_type::{ByteArray, ByteArrayType, DoubleType, FloatType, Int32Type, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::metadata::RowGroupMetaData;
use parquet::file::reader::{ChunkReader, FileReader, SerializedFileReader};
use parquet::file::statistics::Statistics;

use super::groups::{Sources, may_be_within, narrow, open, optionals, values};
use super::{COLUMNS_READ, PositionRow, column};
use crate::StoreError;

/// Which rows of a file are wanted.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wanted {
    pub(crate) from: Instant,
    /// Included.
    pub(crate) to: Instant,
    pub(crate) mmsi: Option<Mmsi>,
}

/// A row group's wanted rows by their number in it: each a fix, or the rule that it breaks.
pub(crate) type Rows = Vec<(usize, Result<PositionRow, &'static str>)>;

const DOING: &str = "reading";

pub(crate) struct Scan<R: ChunkReader + 'static = File> {
    reader: SerializedFileReader<R>,
}

impl Scan {
    /// `None` if the file is not there: it was merged into another since it was listed.
    pub(super) fn open(path: &Path) -> Result<Option<Self>, StoreError> {
        Ok(open(path)?.map(|reader| Self { reader }))
    }

    /// Hands each row group's wanted rows to `take`, until it answers that no later row is wanted either.
    pub(super) fn rows(
        &self,
        path: &Path,
        wanted: Wanted,
        mut take: impl FnMut(Vec<PositionRow>) -> Option<Instant>,
    ) -> Result<(), StoreError> {
        let mut wanted = wanted;
        for group in 0..self.reader.num_row_groups() {
            if !may_hold(self.reader.metadata().row_groups().get(group), wanted) {
                continue;
            }
            let rows = self.group(group, wanted).map_err(|error| StoreError::part(DOING, path, error))?;
            let whole = rows.into_iter().map(|(row, fix)| {
                fix.map_err(|rule| StoreError::corrupt(format!("row {row} of a position file: {rule}")))
            });
            if let Some(bound) = take(whole.collect::<Result<_, _>>()?) {
                wanted.to = wanted.to.min(bound);
            }
        }
        Ok(())
    }

    /// Only the times of the wanted rows.
    pub(super) fn times(
        &self,
        path: &Path,
        wanted: Wanted,
        mut take: impl FnMut(Instant),
    ) -> Result<(), StoreError> {
        for group in 0..self.reader.num_row_groups() {
            if !may_hold(self.reader.metadata().row_groups().get(group), wanted) {
                continue;
            }
            let times = self
                .reader
                .get_row_group(group)
                .and_then(|group| values::<Int64Type>(group.as_ref(), column::TIME));
            for micros in times.map_err(|error| StoreError::part(DOING, path, error))? {
                let time = Instant::from_micros(micros);
                if time >= wanted.from && time <= wanted.to {
                    take(time);
                }
            }
        }
        Ok(())
    }
}

impl<R: ChunkReader + 'static> Scan<R> {
    /// Reads what the end of the file says of it.
    pub(crate) fn over(bytes: R) -> Result<Self, ParquetError> {
        Ok(Self { reader: SerializedFileReader::new(bytes)? })
    }

    /// The row groups, in order.
    pub(crate) fn groups(&self) -> &[RowGroupMetaData] {
        self.reader.metadata().row_groups()
    }

    /// The first column that is not where rows are read from, with its name there; `None` if all are.
    pub(crate) fn misplaced(&self) -> Option<(&'static str, Option<String>)> {
        let schema = self.reader.metadata().file_metadata().schema_descr();
        COLUMNS_READ.iter().enumerate().find_map(|(at, name)| {
            let found = schema.columns().get(at).map(|column| column.name().to_owned());
            (found.as_deref() != Some(*name)).then_some((*name, found))
        })
    }

    pub(crate) fn group(&self, group: usize, wanted: Wanted) -> Result<Rows, ParquetError> {
        let group = self.reader.get_row_group(group)?;
        let group = group.as_ref();
        let times = values::<Int64Type>(group, column::TIME)?;
        let numbers = values::<Int32Type>(group, column::MMSI)?;
        let only = wanted.mmsi.map(|mmsi| mmsi.number().cast_signed());
        let (from, to) = (wanted.from.micros(), wanted.to.micros());
        let mut chosen = Vec::new();
        for (index, (&time, &number)) in times.iter().zip(&numbers).enumerate() {
            if time >= from && time <= to && only.is_none_or(|only| only == number) {
                chosen.push(index);
            }
        }
        if chosen.is_empty() {
            return Ok(Vec::new());
        }
        let columns = Columns {
            received: values::<Int64Type>(group, column::RECEIVED)?,
            lat: values::<DoubleType>(group, column::LAT)?,
            lon: values::<DoubleType>(group, column::LON)?,
            sog: optionals::<FloatType>(group, column::SOG)?,
            cog: optionals::<FloatType>(group, column::COG)?,
            heading: optionals::<Int32Type>(group, column::HEADING)?,
            nav_status: optionals::<Int32Type>(group, column::NAV_STATUS)?,
            message_type: values::<Int32Type>(group, column::MESSAGE_TYPE)?,
            station: values::<Int32Type>(group, column::STATION)?,
            flags: values::<Int32Type>(group, column::FLAGS)?,
            track: optionals::<Int32Type>(group, column::TRACK)?,
            source: values::<ByteArrayType>(group, column::SOURCE)?,
            line: values::<Int64Type>(group, column::LINE)?,
            offset: optionals::<Int64Type>(group, column::OFFSET)?,
            times,
            numbers,
        };
        let mut sources = Sources::default();
        Ok(chosen
            .into_iter()
            .map(|index| (index, columns.row(index, &mut sources).ok_or(OUT_OF_RANGE)))
            .collect())
    }
}

/// The rule that a row breaks whose value is none that is written here.
const OUT_OF_RANGE: &str = "a value is out of its column's range";

/// The least and greatest time of a row group, where its statistics say so.
pub(crate) fn time_span(group: &RowGroupMetaData) -> Option<(Instant, Instant)> {
    match group.columns().get(column::TIME)?.statistics()? {
        Statistics::Int64(times) => {
            Some((Instant::from_micros(*times.min_opt()?), Instant::from_micros(*times.max_opt()?)))
        }
        _ => None,
    }
}

struct Columns {
    times: Vec<i64>,
    received: Vec<i64>,
    numbers: Vec<i32>,
    lat: Vec<f64>,
    lon: Vec<f64>,
    sog: Vec<Option<f32>>,
    cog: Vec<Option<f32>>,
    heading: Vec<Option<i32>>,
    nav_status: Vec<Option<i32>>,
    message_type: Vec<i32>,
    station: Vec<i32>,
    flags: Vec<i32>,
    track: Vec<Option<i32>>,
    source: Vec<ByteArray>,
    line: Vec<i64>,
    offset: Vec<Option<i64>>,
}

impl Columns {
    /// `None` where a value is not one that was written here.
    fn row(&self, index: usize, sources: &mut Sources) -> Option<PositionRow> {
        Some(PositionRow {
            time: Instant::from_micros(*self.times.get(index)?),
            received: Instant::from_micros(*self.received.get(index)?),
            mmsi: Mmsi::new(self.numbers.get(index)?.cast_unsigned())?,
            lat: *self.lat.get(index)?,
            lon: *self.lon.get(index)?,
            sog_kn: *self.sog.get(index)?,
            cog_deg: *self.cog.get(index)?,
            heading_deg: narrow(*self.heading.get(index)?)?,
            nav_status: narrow(*self.nav_status.get(index)?)?,
            message_type: u8::try_from(*self.message_type.get(index)?).ok()?,
            station: u8::try_from(*self.station.get(index)?).ok()?,
            flags: u16::try_from(*self.flags.get(index)?).ok()?,
            track: self.track.get(index)?.map(i32::cast_unsigned),
            line: self.line.get(index)?.cast_unsigned(),
            offset: self.offset.get(index)?.map(i64::cast_unsigned),
            source: sources.of(self.source.get(index)?)?,
        })
    }
}

/// Whether a group's time and identity statistics allow a wanted row; without statistics, they do.
fn may_hold(group: Option<&RowGroupMetaData>, wanted: Wanted) -> bool {
    let column =
        |number: usize| group.and_then(|group| group.columns().get(number)).and_then(|c| c.statistics());
    if !group.is_none_or(|group| may_be_within(group, column::TIME, wanted.from.micros(), wanted.to.micros()))
    {
        return false;
    }
    if let (Some(mmsi), Some(Statistics::Int32(numbers))) = (wanted.mmsi, column(column::MMSI))
        && let (Some(&min), Some(&max)) = (numbers.min_opt(), numbers.max_opt())
    {
        return (min..=max).contains(&mmsi.number().cast_signed());
    }
    true
}
