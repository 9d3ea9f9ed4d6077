//! Track & Trace 2.2.0: which of the three events an object is, and whose id it has. The tables are in `schema`.

mod reading;
mod schema;
mod writing;

use bitacora_port::screening::ContainerEvent;

use super::check::{self, Fault, Is};
use super::codes::SEAL_SOURCE_SHORT;
use super::json::Node;
use super::read::Key;
use super::seals;

pub(super) use reading::event;
pub(super) use schema::{EQUIPMENT, SHIPMENT, TRANSPORT};
pub(super) use writing::written;

/// `eventID` is a UUID: unique without its sender, who is not named.
pub(super) const AUTHORITY: &str = "dcsa tnt22";
/// The events that have none (it is optional), by their whole text.
const UNNAMED: &str = "dcsa tnt22 unnamed";

static SEALS: seals::Form = seals::Form {
    number: "sealNumber",
    source: "sealSource",
    kind: "sealType",
    placement: None,
    sources: SEAL_SOURCE_SHORT,
    kind_needed: true,
};

pub(super) fn faults(node: &Node, pointer: &str) -> Vec<Fault> {
    let table = match node.text("eventType") {
        Some("EQUIPMENT") => EQUIPMENT,
        Some("SHIPMENT") => SHIPMENT,
        Some("TRANSPORT") => TRANSPORT,
        _ => schema::ANY_EVENT,
    };
    check::faults(node, &Is::Object(table), pointer)
}

pub(super) fn key(node: &Node) -> Key {
    let own = node.text("eventID").map(str::to_ascii_lowercase);
    let id = match &own {
        Some(own) => id_of(own),
        None => ContainerEvent::id_of(UNNAMED, &serde_json::to_string(node).unwrap_or_default()),
    };
    Key { id, version: None, own: own.is_some() }
}

fn id_of(uuid: &str) -> bitacora_primitives::EventId {
    ContainerEvent::id_of(AUTHORITY, &uuid.to_ascii_lowercase())
}
