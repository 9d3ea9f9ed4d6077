//! Receptions: one row for each time a station passed a transmission on, the kept hearing included, in Parquet files by
//! day beside the positions and under the same rules (docs/archive.md). The list of stations that heard a transmission
//! is evidence that it was on the air, and where.

mod read;
mod write;

use bitacora_primitives::Instant;
use rustc_hash::FxHashMap;

use crate::positions::parts::Dataset;

pub use read::{ReceptionFile, ReceptionQuery, StoredReception};
pub(crate) use write::stage;

pub(crate) const RECEPTIONS: Dataset = Dataset { name: "receptions", table: "reception_part" };

/// One hearing of a transmission; the station's name stands beside it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ReceptionRow {
    /// When the transmission was observed, as reported: the same in all its rows.
    pub time: Instant,
    /// As transmitted, valid or not.
    pub mmsi: u32,
    pub message_type: u8,
    /// The kept hearing's line, on which a position rests.
    pub line: u64,
    /// When the station says that it heard it.
    pub heard_at: Instant,
    /// This hearing's own line; never before `line`.
    pub heard_line: u64,
    /// Byte at which that line begins, where the source has bytes.
    pub offset: Option<u64>,
    /// Hash of the transmitted bits: tells one transmission from another. `None` in rows from before it was stored.
    pub payload: Option<u64>,
}

/// Hearings of one source in the order of their lines, held as the columns that are written. Each station's name is held
/// once.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Receptions {
    time: Vec<i64>,
    mmsi: Vec<i32>,
    message_type: Vec<u32>,
    line: Vec<i64>,
    /// Index of the name.
    station: Vec<u32>,
    heard_at: Vec<i64>,
    heard_line: Vec<i64>,
    offset: Vec<Option<u64>>,
    payload: Vec<Option<u64>>,
    names: Vec<Box<[u8]>>,
    known: FxHashMap<Box<[u8]>, u32>,
}

impl Receptions {
    /// Adds a hearing. `station` is its name as received, empty where the line names none.
    pub fn push(&mut self, row: ReceptionRow, station: &[u8]) {
        let station = match self.known.get(station) {
            Some(known) => *known,
            None => {
                let number = u32::try_from(self.names.len()).unwrap_or(u32::MAX);
                self.names.push(station.into());
                self.known.insert(station.into(), number);
                number
            }
        };
        self.time.push(row.time.micros());
        self.mmsi.push(row.mmsi.cast_signed());
        self.message_type.push(u32::from(row.message_type));
        self.line.push(row.line.cast_signed());
        self.station.push(station);
        self.heard_at.push(row.heard_at.micros());
        self.heard_line.push(row.heard_line.cast_signed());
        self.offset.push(row.offset);
        self.payload.push(row.payload);
    }

    pub fn len(&self) -> usize {
        self.time.len()
    }

    pub fn is_empty(&self) -> bool {
        self.time.is_empty()
    }

    /// Empty again, ready to take as many without asking for memory.
    pub fn clear(&mut self) {
        let Self {
            time,
            mmsi,
            message_type,
            line,
            station,
            heard_at,
            heard_line,
            offset,
            payload,
            names,
            known,
        } = self;
        for numbers in [time, line, heard_at, heard_line] {
            numbers.clear();
        }
        for numbers in [message_type, station] {
            numbers.clear();
        }
        for numbers in [offset, payload] {
            numbers.clear();
        }
        mmsi.clear();
        names.clear();
        known.clear();
    }

    /// The last line that any hearing stands on.
    pub fn last_line(&self) -> Option<u64> {
        self.heard_line.iter().max().map(|line| line.cast_unsigned())
    }
}

/// The file's columns, in order; the numbers are those of [`column`]. The last two came later: files from before are read as
/// though both were absent in every row.
const SCHEMA: &str = "
message reception {
  required int64 time (TIMESTAMP(MICROS, true));
  required int32 mmsi (INTEGER(32, false));
  required int32 message_type (INTEGER(8, false));
  required binary source (STRING);
  required int64 line (INTEGER(64, false));
  required binary station (STRING);
  required int64 heard_at (TIMESTAMP(MICROS, true));
  required int64 heard_line (INTEGER(64, false));
  optional int64 byte_offset (INTEGER(64, false));
  optional int64 payload (INTEGER(64, false));
}";

/// Column numbers of [`SCHEMA`].
mod column {
    pub(super) const TIME: usize = 0;
    pub(super) const MMSI: usize = 1;
    pub(super) const MESSAGE_TYPE: usize = 2;
    pub(super) const SOURCE: usize = 3;
    pub(super) const LINE: usize = 4;
    pub(super) const STATION: usize = 5;
    pub(super) const HEARD_AT: usize = 6;
    pub(super) const HEARD_LINE: usize = 7;
    pub(super) const OFFSET: usize = 8;
    pub(super) const PAYLOAD: usize = 9;
}
