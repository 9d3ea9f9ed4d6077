//! UN/EDIFACT interchanges (ISO 9735): CODECO, COARRI, BAPLIE and VERMAS as events of the port's model, every other
//! message as segments; a file that was read is written back byte for byte. Judges nothing: a container number with a
//! wrong check digit is no defect of the syntax.
//!
//! What is a defect, and what is lost with it:
//! - of the envelope (references, counts, repertoire, lengths): named; a message whose trailer contradicts it, whose
//!   reference was used before or a segment of which does not read is quarantined, and the rest goes on;
//! - a code that says what happened, to which box or when (1001, 8053, 8260, 2379): without it there is no event;
//! - any other code that no list has: the event is kept without that part.
//!
//! A gate, load or discharge report without its time is kept as an estimate at the message's own time. Times are local to
//! the sender (data element 2379 without a zone): [`read_local`] takes the distance to UTC.
//!
//! Not checked: the order and number of segments in a message beyond what is read here, and codes of parts that are not.

use bitacora_port::screening::ContainerEvent;
use bitacora_primitives::SourceId;

use super::Batch;

mod codes;
mod defects;
mod draft;
mod equipment;
mod events;
mod model;
mod places;
mod read;
mod scan;
mod service_characters;
mod time;
mod write;

pub use codes::Typed;
pub use draft::{BadEnvelope, Envelope};
pub use model::{Code, Content, Header, Inline, Interchange, Message, RawSegment};
pub use read::MAX_INTERCHANGE;
pub use scan::MAX_SEGMENT;
pub use write::{LeftOut, WriteError, Written, write_baplie, write_coarri, write_codeco, write_vermas};

/// Reads one file whose times are UTC.
pub fn read(bytes: &[u8], source: SourceId) -> Interchange<'_> {
    read_local(bytes, source, 0)
}

/// Reads one file whose times are those of a place so many minutes east of UTC (Guayaquil and Cartagena: -300).
pub fn read_local(bytes: &[u8], source: SourceId, minutes_east: i16) -> Interchange<'_> {
    read::read(bytes, source, minutes_east)
}

/// The events of a file; without defects exactly when the file is valid as far as this module checks.
pub fn validate(bytes: &[u8], source: SourceId) -> Batch<ContainerEvent> {
    read(bytes, source).batch
}
