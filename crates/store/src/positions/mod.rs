//! Positions: one row a fix, in Parquet files by day that any tool reads. Only files that a `part` row names count;
//! a file is never changed once it has its name.

pub(crate) mod coded;
mod compact;
mod contact;
mod geometry;
pub(crate) mod groups;
pub(crate) mod parts;
mod read;
pub(crate) mod scan;
pub(crate) mod staged;
pub(crate) mod write;

use bitacora_primitives::{Instant, Mmsi, SourceId};

pub use compact::Compacted;
pub(crate) use contact::{station_code, station_of};
pub use read::{PositionQuery, Positions};

/// One fix as stored.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct PositionRow {
    pub time: Instant,
    pub received: Instant,
    pub mmsi: Mmsi,
    pub lat: f64,
    pub lon: f64,
    pub sog_kn: Option<f32>,
    pub cog_deg: Option<f32>,
    pub heading_deg: Option<u16>,
    pub nav_status: Option<u8>,
    pub message_type: u8,
    /// The caller's code of the station kind.
    pub station: u8,
    pub flags: u16,
    /// Segment of the vessel's track.
    pub track: Option<u32>,
    pub line: u64,
    pub offset: Option<u64>,
    pub source: SourceId,
}

/// The file's columns, in order; the readers' column numbers are those of [`column`]. The last says again where the fix
/// is, for programs that draw: it is never read here, and files from before it have none.
const SCHEMA: &str = "
message position {
  required int64 time (TIMESTAMP(MICROS, true));
  required int64 received (TIMESTAMP(MICROS, true));
  required int32 mmsi (INTEGER(32, false));
  required double lat;
  required double lon;
  optional float sog_kn;
  optional float cog_deg;
  optional int32 heading_deg (INTEGER(16, false));
  optional int32 nav_status (INTEGER(8, false));
  required int32 message_type (INTEGER(8, false));
  required int32 station (INTEGER(8, false));
  required int32 flags (INTEGER(16, false));
  optional int32 track (INTEGER(32, false));
  required binary source (STRING);
  required int64 line (INTEGER(64, false));
  optional int64 byte_offset (INTEGER(64, false));
  required binary geometry;
}";

/// Column numbers of [`SCHEMA`].
mod column {
    pub(super) const TIME: usize = 0;
    pub(super) const RECEIVED: usize = 1;
    pub(super) const MMSI: usize = 2;
    pub(super) const LAT: usize = 3;
    pub(super) const LON: usize = 4;
    pub(super) const SOG: usize = 5;
    pub(super) const COG: usize = 6;
    pub(super) const HEADING: usize = 7;
    pub(super) const NAV_STATUS: usize = 8;
    pub(super) const MESSAGE_TYPE: usize = 9;
    pub(super) const STATION: usize = 10;
    pub(super) const FLAGS: usize = 11;
    pub(super) const TRACK: usize = 12;
    pub(super) const SOURCE: usize = 13;
    pub(super) const LINE: usize = 14;
    pub(super) const OFFSET: usize = 15;
}

/// The columns that are read, in the order of [`SCHEMA`].
pub(crate) const COLUMNS_READ: [&str; 16] = [
    "time",
    "received",
    "mmsi",
    "lat",
    "lon",
    "sog_kn",
    "cog_deg",
    "heading_deg",
    "nav_status",
    "message_type",
    "station",
    "flags",
    "track",
    "source",
    "line",
    "byte_offset",
];

/// Rows in a row group: the smallest piece a reader can leave out.
pub(crate) const ROW_GROUP_ROWS: usize = 128 * 1024;
