//! Raw AIS: bytes of NMEA 0183 in, position and static reports out, every refused line named. A state machine
//! that is fed; it opens no file and no socket and reads no clock.

mod clock;
mod convert;
mod counts;
mod duplicates;
mod heard;
pub mod json;
mod lines;
mod reader;
pub mod table;

pub use clock::TimeSource;
pub use counts::Counts;
pub use heard::{Heard, Hearing, MAX_STATIONS, Reception};
pub use lines::MAX_LINE;
pub use reader::{Decoded, Options, Reader, Sink};
