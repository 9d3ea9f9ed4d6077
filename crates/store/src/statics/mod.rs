//! Static reports: what stations said of themselves, one row each time they said it, in Parquet files by day beside the
//! positions and under the same rules (docs/archive.md). The table of identities keeps the changes alone; whether two hulls
//! answer to one number is told by every report.

mod read;
mod write;

use crate::positions::parts::Dataset;

pub use read::StaticFile;
pub(crate) use write::stage;

pub(crate) const STATICS: Dataset = Dataset { name: "statics", table: "static_part" };

/// The file's columns, in order; the numbers are those of [`column`].
const SCHEMA: &str = "
message static_report {
  required int64 time (TIMESTAMP(MICROS, true));
  required int32 mmsi (INTEGER(32, false));
  optional binary name (STRING);
  optional binary call_sign (STRING);
  optional int32 imo (INTEGER(32, false));
  optional int32 ship_type (INTEGER(8, false));
  optional int32 length_m (INTEGER(16, false));
  optional int32 beam_m (INTEGER(16, false));
  optional float draught_m;
  optional binary destination (STRING);
  required int32 station (INTEGER(8, false));
  required binary source (STRING);
  required int64 line (INTEGER(64, false));
  optional int64 byte_offset (INTEGER(64, false));
}";

/// Column numbers of [`SCHEMA`].
mod column {
    pub(super) const TIME: usize = 0;
    pub(super) const MMSI: usize = 1;
    pub(super) const NAME: usize = 2;
    pub(super) const CALL_SIGN: usize = 3;
    pub(super) const IMO: usize = 4;
    pub(super) const SHIP_TYPE: usize = 5;
    pub(super) const LENGTH: usize = 6;
    pub(super) const BEAM: usize = 7;
    pub(super) const DRAUGHT: usize = 8;
    pub(super) const DESTINATION: usize = 9;
    pub(super) const STATION: usize = 10;
    pub(super) const SOURCE: usize = 11;
    pub(super) const LINE: usize = 12;
    pub(super) const OFFSET: usize = 13;
}
