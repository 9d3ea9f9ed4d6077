//! An event of Track & Trace 3.0.0 as an event of the model. It has been checked, so that nothing is refused here.

use bitacora_port::screening::{Classifier, ContainerEvent, EventKind, Movement, ReeferReading};
use bitacora_primitives::EvidenceRef;

use super::super::check::Fault;
use super::super::codes::CARRIER_LIST;
use super::super::forms;
use super::super::json::Node;
use super::super::place::{Parts, position};
use super::super::read::{Aside, Key, Mapped};
use super::{CONTAINER, RETURN_AIR, SEALS, SUPPLY_AIR};
use crate::refusal::Reason;

pub(in super::super) fn event(node: &Node, key: Key, evidence: EvidenceRef) -> Mapped {
    let unread = |path: &str, reason| Err(Fault::new(path.to_owned(), reason));
    let Some(kind) = kind(node) else { return Ok(Err(Aside::NoContainer)) };
    let Some(container) = node.text(CONTAINER) else { return Ok(Err(Aside::NoContainer)) };
    let Ok(container) = container.parse() else { return unread(CONTAINER, Reason::Form) };
    let instant = |path| forms::instant(node.text(path)?).ok();
    let Some(at) = instant("eventDateTime") else { return unread("eventDateTime", Reason::TimeUnreadable) };
    let classifier = node.text("eventClassification/eventClassifierCode");
    let Some(classifier) = classifier.and_then(Classifier::from_code) else {
        return unread("eventClassification/eventClassifierCode", Reason::CodeUnknown);
    };
    let updated = instant("eventUpdatedDateTime").unwrap_or(at);
    let received = if classifier == Classifier::Actual { updated.max(at) } else { updated };
    let mut event = ContainerEvent::new(key.id, kind, container, at, received, evidence);
    event.classifier = classifier;
    event.reference = node.text("eventID").map(str::to_owned);
    event.trip = document(node, &["BKG", "TRD"]);
    event.order = document(node, orders(kind));
    event.movement = node.text("equipmentDetails/movementType").and_then(Movement::from_code);
    event.empty = node.text("equipmentDetails/emptyIndicatorCode").map(|code| code == "EMPTY");
    event.size_type = node.text("equipmentDetails/ISOEquipmentCode").map(str::to_owned);
    event.seals = SEALS.read(node.items("equipmentDetails/seals"));
    event.facility = node.at("eventLocation").and_then(|location| Parts::of(location).facility());
    event.position = position(node.at("eventLocation/geoCoordinate"));
    event.reefer = node.at("reeferDetails").map(reefer).filter(|reefer| *reefer != ReeferReading::default());
    event.vessel = node.at("transportDetails/transportCall").and_then(vessel).map(str::to_owned);
    event.line = node.at("eventRouting/originatingParty").and_then(carrier).map(str::to_owned);
    Ok(Ok(event))
}

/// `None` for a shipment event, which is about documents.
fn kind(node: &Node) -> Option<EventKind> {
    let code = match node.text("eventClassification/eventTypeCode")? {
        "EQUIPMENT" => "eventClassification/equipmentEventTypeCode",
        "TRANSPORT" => "eventClassification/transportEventTypeCode",
        "REEFER" => "eventClassification/reeferEventTypeCode",
        "IOT" => "iotDetails/iotEventCode",
        _ => return None,
    };
    EventKind::from_code(node.text(code)?)
}

/// Documents that say on whose order it was done. An inspection certificate with anything but an inspection or a
/// resealing says only that there was one.
pub(super) const fn orders(kind: EventKind) -> &'static [&'static str] {
    match kind {
        EventKind::Inspected | EventKind::Resealed => &["ICE", "TRO"],
        _ => &["TRO"],
    }
}

/// The first document of the first type that there is one of, the primary one before the additional ones.
fn document(node: &Node, types: &[&str]) -> Option<String> {
    let documents = || {
        let additional = node.items("shipmentDetails/additionalDocumentReferences");
        node.at("shipmentDetails/documentReference").into_iter().chain(additional)
    };
    let first = |code: &str| {
        documents()
            .filter(|document| document.text("typeCode") == Some(code))
            .find_map(|document| document.text("reference"))
    };
    types.iter().find_map(|code| first(code)).map(str::to_owned)
}

/// IMO number, or the port's own reference of the call; a train or a truck is no vessel.
fn vessel(call: &Node) -> Option<&str> {
    match call.text("modeOfTransport") {
        None | Some("VESSEL" | "BARGE" | "MULTIMODAL") => {}
        Some(_) => return None,
    }
    call.text("vesselTransport/vesselIMONumber").or_else(|| call.text("portVisitReference"))
}

/// A carrier that reports its own bookings (UN/EDIFACT 3035, `CA`), by its SMDG or SCAC code.
fn carrier(party: &Node) -> Option<&str> {
    let listed = CARRIER_LIST.contains(&party.text("codeListProvider")?);
    party.text("partyCode").filter(|_| listed && party.text("partyFunction") == Some("CA"))
}

fn reefer(details: &Node) -> ReeferReading {
    let fahrenheit = details.text("temperatureUnit") == Some("FAH");
    let celsius = |value: f64| if fahrenheit { (value - 32.0) * 5.0 / 9.0 } else { value };
    let probe = |label: &str| {
        let probes = details.items("temperatureProbeMeasurements").iter();
        probes
            .filter(|probe| probe.text("probeLabel").is_some_and(|own| own.eq_ignore_ascii_case(label)))
            .find_map(|probe| probe.number("measuredTemperatureValue"))
    };
    ReeferReading {
        setpoint_celsius: details.number("internalSetpointTemperature").map(celsius),
        return_air_celsius: probe(RETURN_AIR).map(celsius),
        supply_air_celsius: probe(SUPPLY_AIR).map(celsius),
        ..ReeferReading::default()
    }
}
