//! An event of the model as a declaration of VGM 1.0.0, in kilograms.

use bitacora_port::screening::{Classifier, ContainerEvent, EventKind, Kilograms};

use super::super::Standard;
use super::super::json::Node;
use super::super::place::{Parts, degrees};
use super::super::write::{Lost, Originator, Part, Why, Written, happened};
use super::SEALS;

static UNHEARD: &[Part<ContainerEvent>] = &[
    ("/actor", |event| event.actor.is_some()),
    ("/empty", |event| event.empty.is_some()),
    ("/mass/scale", |event| event.mass.as_ref().is_some_and(|mass| mass.scale.is_some())),
    ("/movement", |event| event.movement.is_some()),
    ("/reefer", |event| event.reefer.is_some()),
    ("/vessel", |event| event.vessel.is_some()),
    ("/yard", |event| event.yard.is_some()),
];

pub(in super::super) fn written(event: &ContainerEvent, originator: &Originator, lost: &mut Lost) -> Written {
    if event.kind != EventKind::VerifiedMass {
        return Err(("/kind", Why::CodeNotListed));
    }
    if event.classifier != Classifier::Actual {
        return Err(("/classifier", Why::CodeNotListed));
    }
    let container = event.container.as_str();
    if container.len() > 11 {
        return Err(("/container", Why::TooLong));
    }
    let mass = event.mass.as_ref().filter(|mass| mass.kg.value() > 0.0).ok_or(("/mass", Why::Missing))?;
    let date_time = happened(event.at)?;
    lost.unheard(event, UNHEARD);
    let tare = event.tare.filter(|tare| tare.value() > 0.0);
    if tare.is_none() && event.tare.is_some() {
        lost.field("/tare", Why::OutOfRange);
    }
    let vgm = Node::object([
        ("weight", weight(mass.kg)),
        ("method", mass.method.and_then(|method| Node::of(method.code()))),
        ("dateTime", date_time),
        ("location", location(event, lost)),
    ]);
    let equipment = Node::object([
        ("equipmentReference", Node::of(container)),
        ("ISOEquipmentCode", lost.fitting("/size_type", event.size_type.as_deref(), 4)),
        ("seals", SEALS.write(event, lost)),
        ("tareWeight", tare.and_then(weight)),
    ]);
    let order = lost.fitting("/order", event.order.as_deref(), 100);
    let order = order
        .and_then(|order| Node::object([("typeCode", Node::of("VOR")), ("reference", Some(order))]))
        .map(|order| Node::List(vec![order]));
    let shipment = Node::object([
        ("carrierBookingReference", lost.fitting("/trip", event.trip.as_deref(), 35)),
        ("otherReferences", order),
    ]);
    let carrier = lost.fitting("/line", event.line.as_deref(), 4);
    let node = Node::object([
        ("routingDetails", Node::object([("originatingParty", originator.party(None))])),
        ("declarationReference", lost.own_id(event, Standard::Vgm1, originator)),
        ("declarationDateTime", lost.received(event)),
        ("VGM", vgm),
        ("equipmentDetails", equipment),
        ("shipmentDetails", shipment),
        ("vesselVoyageDetails", Node::object([("carrierCode", carrier)])),
    ]);
    node.ok_or(("", Why::Form))
}

fn weight(mass: Kilograms) -> Option<Node> {
    Node::object([("value", Some(Node::Number(mass.value()))), ("unit", Node::of("KGM"))])
}

fn location(event: &ContainerEvent, lost: &mut Lost) -> Option<Node> {
    let geo_coordinate = event.position.and_then(|position| {
        let (latitude, longitude, exact) = degrees(position, (10, 11));
        if !exact {
            lost.field("/position", Why::Rounded);
        }
        Node::object([("latitude", Node::of(latitude)), ("longitude", Node::of(longitude))])
    });
    let parts = event.facility.as_ref().map(|facility| Parts::split(facility, false));
    parts.unwrap_or_default().location(geo_coordinate)
}
