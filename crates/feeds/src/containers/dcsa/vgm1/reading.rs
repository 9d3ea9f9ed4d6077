//! A declaration of VGM 1.0.0 as an event of the model. It has been checked, so that nothing is refused here.

use bitacora_port::screening::{ContainerEvent, EventKind, Kilograms, MassReading, VgmMethod};
use bitacora_primitives::EvidenceRef;

use super::super::check::Fault;
use super::super::forms;
use super::super::json::Node;
use super::super::place::{Parts, position};
use super::super::read::{Aside, Key, Mapped};
use super::{POUND, SEALS};
use crate::refusal::Reason;

pub(in super::super) fn event(node: &Node, key: Key, evidence: EvidenceRef) -> Mapped {
    let unread = |path: &str, reason| Err(Fault::new(path.to_owned(), reason));
    let Some(container) = node.text("equipmentDetails/equipmentReference") else {
        return Ok(Err(Aside::NoContainer));
    };
    let Ok(container) = container.parse() else {
        return unread("equipmentDetails/equipmentReference", Reason::Form);
    };
    let instant = |path| forms::instant(node.text(path)?).ok();
    let declared = instant("declarationDateTime");
    let Some(at) = instant("VGM/dateTime").or(declared) else {
        return unread("VGM/dateTime", Reason::TimeUnreadable);
    };
    let Some(kg) = node.at("VGM/weight").and_then(kilograms) else {
        return unread("VGM/weight/value", Reason::OutOfRange);
    };
    let received = declared.unwrap_or(at).max(at);
    let mut event = ContainerEvent::new(key.id, EventKind::VerifiedMass, container, at, received, evidence);
    let text = |path| node.text(path).map(str::to_owned);
    event.reference = text("declarationReference");
    event.trip = text("shipmentDetails/carrierBookingReference")
        .or_else(|| text("shipmentDetails/transportDocumentReference"));
    event.order = order(node).map(str::to_owned);
    let method = node.text("VGM/method").and_then(VgmMethod::from_code);
    event.mass = Some(MassReading { kg, scale: None, method });
    event.tare = node.at("equipmentDetails/tareWeight").and_then(kilograms);
    event.size_type = text("equipmentDetails/ISOEquipmentCode");
    event.seals = SEALS.read(node.items("equipmentDetails/seals"));
    event.facility = node.at("VGM/location").and_then(|location| Parts::of(location).facility());
    event.position = position(node.at("VGM/location/geoCoordinate"));
    event.line = text("vesselVoyageDetails/carrierCode");
    Ok(Ok(event))
}

/// `VOR`: the order to verify the gross mass.
fn order(node: &Node) -> Option<&str> {
    let references = node.items("shipmentDetails/otherReferences").iter();
    references
        .filter(|reference| reference.text("typeCode") == Some("VOR"))
        .find_map(|reference| reference.text("reference"))
}

pub(super) fn kilograms(weight: &Node) -> Option<Kilograms> {
    let factor = if weight.text("unit") == Some("LBR") { POUND } else { 1.0 };
    Kilograms::new(weight.number("value")? * factor).ok()
}
