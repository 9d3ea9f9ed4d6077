//! An event of the model as an equipment event of Track & Trace 2.2.0.

use bitacora_port::screening::ContainerEvent;

use super::super::codes::{EMPTY, tnt22};
use super::super::forms;
use super::super::json::Node;
use super::super::place::{Parts, degrees};
use super::super::write::{Lost, Part, Why, Written, happened};
use super::{SEALS, id_of};

static UNHEARD: &[Part<ContainerEvent>] = &[
    ("/actor", |event| event.actor.is_some()),
    ("/line", |event| event.line.is_some()),
    ("/mass", |event| event.mass.is_some()),
    ("/movement", |event| event.movement.is_some()),
    ("/order", |event| event.order.is_some()),
    ("/reefer", |event| event.reefer.is_some()),
    ("/tare", |event| event.tare.is_some()),
    ("/yard", |event| event.yard.is_some()),
];

pub(in super::super) fn written(event: &ContainerEvent, lost: &mut Lost) -> Written {
    let code = event.kind.code();
    if !tnt22::EQUIPMENT_EVENT.contains(&code) {
        return Err(("/kind", Why::CodeNotListed));
    }
    // emptyIndicatorCode is in baseEquipmentEvent's `required` list.
    let is_empty = event.empty.ok_or(("/empty", Why::Missing))?;
    let empty = if is_empty { EMPTY.first() } else { EMPTY.last() };
    let created = lost.received(event).ok_or(("/received", Why::OutOfRange))?;
    let date_time = happened(event.at)?;
    lost.unheard(event, UNHEARD);
    let uuid = event.reference.as_deref().filter(|own| forms::uuid(own).is_ok());
    if uuid.is_none() && event.reference.is_some() {
        lost.field("/reference", Why::Form);
    }
    if uuid.map(id_of) != Some(event.id) {
        lost.field("/id", Why::OtherOriginator);
    }
    // documentReferenceValue has no `maxLength`; a reference of any standard is within this.
    let trip = lost.fitting("/trip", event.trip.as_deref(), 100).and_then(|trip| {
        Node::object([("documentReferenceType", Node::of("BKG")), ("documentReferenceValue", Some(trip))])
    });
    let node = Node::object([
        ("eventID", uuid.and_then(Node::of)),
        ("eventType", Node::of("EQUIPMENT")),
        ("eventCreatedDateTime", Some(created)),
        ("eventClassifierCode", Node::of(event.classifier.code())),
        ("eventDateTime", date_time),
        ("equipmentEventTypeCode", Node::of(code)),
        ("equipmentReference", Node::of(event.container.as_str())),
        ("ISOEquipmentCode", lost.fitting("/size_type", event.size_type.as_deref(), 4)),
        ("emptyIndicatorCode", empty.and_then(|code| Node::of(*code))),
        ("eventLocation", location(event, lost)),
        ("transportCall", transport_call(event, lost)),
        ("documentReferences", trip.map(|trip| Node::List(vec![trip]))),
        ("seals", SEALS.write(event, lost)),
    ]);
    node.ok_or(("", Why::Form))
}

fn location(event: &ContainerEvent, lost: &mut Lost) -> Option<Node> {
    let parts = event.facility.as_ref().map(|facility| Parts::split(facility, false)).unwrap_or_default();
    let position = event.position.map(|position| degrees(position, (10, 11)));
    if matches!(position, Some((_, _, false))) {
        lost.field("/position", Why::Rounded);
    }
    let (latitude, longitude) = position.map(|(latitude, longitude, _)| (latitude, longitude)).unzip();
    Node::object([
        ("locationName", parts.location_name.and_then(Node::of)),
        ("latitude", latitude.map(Node::Text)),
        ("longitude", longitude.map(Node::Text)),
        ("UNLocationCode", parts.locode.and_then(Node::of)),
        ("facilityCode", parts.code.and_then(Node::of)),
    ])
}

/// vessel asks for an IMO number, transportCall for an id: the model knows which vessel, not which of its calls.
fn transport_call(event: &ContainerEvent, lost: &mut Lost) -> Option<Node> {
    let vessel = event.vessel.as_deref()?;
    if vessel.len() != 7 || forms::imo(vessel).is_err() {
        lost.field("/vessel", Why::Form);
        return None;
    }
    Node::object([
        ("transportCallID", Node::of(vessel)),
        ("modeOfTransport", Node::of("VESSEL")),
        ("vessel", Node::object([("vesselIMONumber", Node::of(vessel))])),
    ])
}
