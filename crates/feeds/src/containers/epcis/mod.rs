//! GS1 EPCIS 2.0 (events of what, when, where, why and how) with the vocabularies and the event hash of CBV 2.0. Reads
//! and checks; fetches nothing, and believes nobody: the hash proves what was said, not who said it.

mod context;
mod document;
mod event;
mod identifier;
mod json;
mod literal;
mod measured;
mod members;
mod prehash;
mod screened;
mod seals;
mod sensors;
mod vocabulary;
mod walk;
mod xml;
mod xml_tree;

pub use event::{
    Action, Content, Element, EpcisEvent, ErrorDeclaration, EventType, Name, PersistentDisposition, Place,
    Quantity, SensorElement, SensorPart, Typed,
};
pub use json::{MAX_BYTES, MAX_DEPTH, MAX_VALUES};
pub use literal::{Decimal, Stamp};
pub use prehash::{event_hash, hash_of, pre_hash, pre_hash_without};
pub use screened::{container_events, container_number, withdrawn};

use bitacora_primitives::{EvidenceRef, SourceId};

use super::{Batch, Defect};

/// Events of a capture document, a query document or a single event: in JSON or JSON-LD, or in XML where the first
/// character is `<`. The part of a defect is a JSON pointer (RFC 6901), also for XML, whose document is read as the
/// JSON that says the same; or `byte n` where the bytes are neither. The document follows the standard if and only if
/// there is no defect.
pub fn read(bytes: &[u8], source: SourceId) -> Batch<EpcisEvent> {
    let mut batch = Batch::default();
    let (root, context) = if is_xml(bytes) {
        (xml::parse(bytes).map(|root| xml_tree::document(&root)), context::Context::default().of_xml())
    } else {
        (json::parse(bytes), context::Context::default())
    };
    match root {
        Ok(root) => document::read(&root, source, context, &mut batch),
        Err(no) => {
            let offset = u64::try_from(no.at).ok();
            let place = EvidenceRef { source, line: 0, offset };
            let found = bytes.get(no.at..).unwrap_or_default();
            batch.refuse(Defect::new(place, format!("byte {}", no.at), no.reason, found));
        }
    }
    batch
}

fn is_xml(bytes: &[u8]) -> bool {
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    text.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'<')
}
