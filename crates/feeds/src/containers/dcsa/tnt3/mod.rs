//! Track & Trace 3.0.0: what an event needs, whose id it has. The tables are in `schema`.

mod reading;
mod schema;
mod writing;

use bitacora_port::screening::ContainerEvent;

use super::Standard;
use super::check::{self, Fault, Is};
use super::codes::tnt3::SEAL_SOURCE;
use super::forms;
use super::json::Node;
use super::read::Key;
use super::seals;
use super::write::Originator;

pub(super) use reading::event;
pub(super) use schema::EVENT;
pub(super) use writing::written;

/// What every event has that is not retracted. The schema's `required` is empty; DCSA's conformance checks ask for
/// these.
static ALWAYS: &[&str] = &[
    "eventID",
    "eventDateTime",
    "eventClassification/eventTypeCode",
    "eventClassification/eventClassifierCode",
];

/// What an event of a type has (DCSA's conformance checks: "every event of type ... must demonstrate ...").
static NEEDED: &[(&str, &[&str])] = &[
    (
        "SHIPMENT",
        &[
            "eventClassification/shipmentEventTypeCode",
            "shipmentDetails/documentReference/typeCode",
            "shipmentDetails/documentReference/reference",
        ],
    ),
    (
        "TRANSPORT",
        &["eventClassification/transportEventTypeCode", "eventLocation", "transportDetails/transportCall"],
    ),
    ("EQUIPMENT", &["eventClassification/equipmentEventTypeCode", CONTAINER]),
    ("IOT", &["eventClassification/iotEventTypeCode", CONTAINER, "iotDetails/iotEventCode"]),
    ("REEFER", &["eventClassification/reeferEventTypeCode", CONTAINER, "reeferDetails"]),
];

const CONTAINER: &str = "equipmentDetails/equipmentReference";

static SEALS: seals::Form = seals::Form {
    number: "number",
    source: "source",
    kind: "type",
    placement: Some("placement"),
    sources: SEAL_SOURCE,
    kind_needed: false,
};

/// Labels of temperature probes that name the machinery's own air (`TemperatureProbeMeasurement`, `probeLabel`: free
/// text).
const RETURN_AIR: &str = "Return air";
const SUPPLY_AIR: &str = "Supply air";

pub(super) fn faults(node: &Node, pointer: &str) -> Vec<Fault> {
    let mut faults = check::faults(node, &Is::Object(EVENT), pointer);
    if node.is_set("isRetracted") {
        check::missing(node, &["eventID"], pointer, &mut faults);
        return faults;
    }
    check::missing(node, ALWAYS, pointer, &mut faults);
    let kind = node.text("eventClassification/eventTypeCode");
    for (_, paths) in NEEDED.iter().filter(|(own, _)| Some(*own) == kind) {
        check::missing(node, paths, pointer, &mut faults);
    }
    faults
}

/// The composite key of schema Event, `eventID`; a later `eventUpdatedDateTime` is a newer version.
pub(super) fn key(node: &Node) -> Key {
    let party = Originator::of(node.at("eventRouting/originatingParty"));
    let own = node.text("eventID").unwrap_or_default();
    Key {
        id: ContainerEvent::id_of(&party.authority(Standard::Tnt3), own),
        version: node.text("eventUpdatedDateTime").and_then(|text| forms::instant(text).ok()),
        own: true,
    }
}
