//! ITU-R M.1371 over NMEA 0183: bytes to messages and back. Takes no time from a clock, reads no file, keeps no
//! vessel; on the position path it allocates nothing.

pub mod applications;
pub mod armour;
pub mod assemble;
pub mod bits;
pub mod columns;
pub mod messages;
pub mod sentence;
pub mod text;

pub use bits::{FieldValue, Payload, Span};
pub use messages::{Body, DecodeError, EncodeError, Message, Quality, decode, encode, encode_with};
pub use sentence::encode_sentences;
pub use text::Text;
