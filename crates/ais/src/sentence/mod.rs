//! The line around a message: VDM and VDO sentences of IEC 61162-1, TAG blocks of IEC 61162-450, and what
//! receivers put before and after them.

mod checksum;
mod epoch;
mod find;
mod label;
mod parse;
mod tag;
pub(crate) mod whole;
mod write;

pub use checksum::checksum;
pub use epoch::{digits, epoch_micros};
pub use label::Label;
pub(crate) use parse::trim_end;
pub use parse::{Line, Sentence, SentenceError, parse, parse_all};
pub(crate) use tag::Blocks;
pub use tag::{Group, Tag, TagCheck};
pub use write::encode_sentences;
