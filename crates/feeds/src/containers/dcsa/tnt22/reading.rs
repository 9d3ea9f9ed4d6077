//! An event of Track & Trace 2.2.0 as an event of the model. It has been checked, so that nothing is refused here.

use bitacora_port::screening::{Classifier, ContainerEvent, EventKind};
use bitacora_primitives::EvidenceRef;

use super::super::check::Fault;
use super::super::forms;
use super::super::json::Node;
use super::super::place::{Parts, position};
use super::super::read::{Aside, Key, Mapped};
use super::SEALS;
use crate::refusal::Reason;

/// Only equipment events name a container of their own; an equipment event need not either.
pub(in super::super) fn event(node: &Node, key: Key, evidence: EvidenceRef) -> Mapped {
    let unread = |path: &str, reason| Err(Fault::new(path.to_owned(), reason));
    let (Some(kind), Some(container)) =
        (node.text("equipmentEventTypeCode"), node.text("equipmentReference"))
    else {
        return Ok(Err(Aside::NoContainer));
    };
    if node.text("eventType") != Some("EQUIPMENT") {
        return Ok(Err(Aside::NoContainer));
    }
    let Some(kind) = EventKind::from_code(kind) else {
        return unread("equipmentEventTypeCode", Reason::CodeUnknown);
    };
    let Ok(container) = container.parse() else { return unread("equipmentReference", Reason::Form) };
    let instant = |path| forms::instant(node.text(path)?).ok();
    let (Some(at), Some(created)) = (instant("eventDateTime"), instant("eventCreatedDateTime")) else {
        return unread("eventDateTime", Reason::TimeUnreadable);
    };
    let Some(classifier) = node.text("eventClassifierCode").and_then(Classifier::from_code) else {
        return unread("eventClassifierCode", Reason::CodeUnknown);
    };
    let received = if classifier == Classifier::Actual { created.max(at) } else { created };
    let mut event = ContainerEvent::new(key.id, kind, container, at, received, evidence);
    event.classifier = classifier;
    event.reference = node.text("eventID").map(str::to_owned);
    event.trip = ["BKG", "TRD"].into_iter().find_map(|code| document(node, code)).map(str::to_owned);
    event.empty = node.text("emptyIndicatorCode").map(|code| code == "EMPTY");
    event.size_type = node.text("ISOEquipmentCode").map(str::to_owned);
    event.seals = SEALS.read(node.items("seals"));
    let call = node.at("transportCall");
    let own = node.at("eventLocation");
    let of_call = call.and_then(|call| call.at("location"));
    let places = [own.map(parts), call.map(call_parts), of_call.map(parts)];
    event.facility = places.into_iter().flatten().find_map(Parts::facility);
    event.position = position(own).or_else(|| position(of_call));
    event.vessel = call.and_then(|call| call.text("vessel/vesselIMONumber")).map(str::to_owned);
    Ok(Ok(event))
}

fn document<'a>(node: &'a Node, code: &str) -> Option<&'a str> {
    let documents = node.items("documentReferences").iter();
    documents
        .filter(|document| document.text("documentReferenceType") == Some(code))
        .find_map(|document| document.text("documentReferenceValue"))
}

fn parts(location: &Node) -> Parts<'_> {
    Parts {
        locode: location.text("UNLocationCode"),
        code: location.text("facilityCode"),
        facility_name: None,
        location_name: location.text("locationName"),
    }
}

fn call_parts(call: &Node) -> Parts<'_> {
    Parts { location_name: call.text("otherFacility"), ..parts(call) }
}
