//! One folder a source of facts: bytes or rows in, facts and refusals out. Only `open` opens a file; nothing here
//! opens a socket.

pub mod ais;
pub mod areas;
pub mod coast;
pub mod containers;
pub mod open;
pub mod ports;
pub mod positions;
pub mod refusal;
pub mod series;

pub use refusal::{Reason, Refusal, RefusalCounts};
