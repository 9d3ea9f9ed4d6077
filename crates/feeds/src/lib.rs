//! One folder a source of facts: bytes or rows in, reports and refusals out. Opens no file and no socket.

pub mod ais;
pub mod refusal;

pub use refusal::{Reason, Refusal, RefusalCounts};
