//! An event of the model as an event of Track & Trace 3.0.0.

use bitacora_port::screening::{ContainerEvent, EventKind, ReeferReading};

use super::super::Standard;
use super::super::codes::{CARRIER_LIST, EMPTY, TRANSPORT_EVENT, tnt3};
use super::super::forms;
use super::super::json::Node;
use super::super::place::{Parts, degrees};
use super::super::write::{Lost, Originator, Part, Stop, Why, Written, happened};
use super::reading::orders;
use super::{RETURN_AIR, SEALS, SUPPLY_AIR};

/// `maxLength` of a document's reference.
const REFERENCE_LEN: usize = 100;

static UNHEARD: &[Part<ContainerEvent>] = &[
    ("/actor", |event| event.actor.is_some()),
    ("/mass", |event| event.mass.is_some()),
    ("/tare", |event| event.tare.is_some()),
    ("/yard", |event| event.yard.is_some()),
];

static UNHEARD_OF_REEFERS: &[Part<ReeferReading>] = &[
    ("/reefer/powered", |reefer| reefer.powered.is_some()),
    ("/reefer/defrosting", |reefer| reefer.defrosting.is_some()),
    ("/reefer/panel_open", |reefer| reefer.panel_open.is_some()),
];

pub(in super::super) fn written(event: &ContainerEvent, originator: &Originator, lost: &mut Lost) -> Written {
    let container = event.container.as_str();
    if container.len() > 11 {
        return Err(("/container", Why::TooLong));
    }
    let (classification, iot) = classification(event)?;
    let transport = event.kind == EventKind::VesselArrived || event.kind == EventKind::VesselDeparted;
    let date_time = happened(event.at)?;
    lost.unheard(event, UNHEARD);
    let function = event.line.as_ref().filter(|line| {
        !line.is_empty()
            && **line == originator.party_code
            && CARRIER_LIST.contains(&originator.code_list_provider.as_str())
    });
    if function.is_none() && event.line.is_some() {
        lost.field("/line", Why::OtherOriginator);
    }
    let party = originator.party(function.map(|_| "CA"));
    let location = location(event, lost);
    let details = transport_details(event, lost);
    if transport && (location.is_none() || details.is_none()) {
        return Err((if location.is_none() { "/facility" } else { "/vessel" }, Why::Missing));
    }
    let reefer = reefer_details(event, lost);
    let [empty, laden] = [EMPTY.first(), EMPTY.last()].map(|code| code.and_then(|code| Node::of(*code)));
    let equipment = Node::object([
        ("equipmentReference", Node::of(container)),
        ("ISOEquipmentCode", lost.fitting("/size_type", event.size_type.as_deref(), 4)),
        ("emptyIndicatorCode", event.empty.and_then(|is_empty| if is_empty { empty } else { laden })),
        ("movementType", event.movement.and_then(|movement| Node::of(movement.code()))),
        ("seals", SEALS.write(event, lost)),
    ]);
    let node = Node::object([
        ("eventRouting", Node::object([("originatingParty", party)])),
        ("eventID", lost.own_id(event, Standard::Tnt3, originator)),
        ("eventDateTime", date_time),
        ("eventUpdatedDateTime", lost.received(event)),
        ("eventLocation", location),
        ("eventClassification", classification),
        ("shipmentDetails", shipment_details(event, lost)),
        ("transportDetails", details),
        ("equipmentDetails", equipment),
        ("iotDetails", iot),
        ("reeferDetails", reefer),
    ]);
    node.ok_or(("", Why::Form))
}

/// `eventClassification`, and for IoT the details that hold the code proper.
fn classification(event: &ContainerEvent) -> Result<(Option<Node>, Option<Node>), Stop> {
    let code = event.kind.code();
    let lists: [(&str, &str, &[&str]); 4] = [
        ("EQUIPMENT", "equipmentEventTypeCode", tnt3::EQUIPMENT_EVENT),
        ("TRANSPORT", "transportEventTypeCode", TRANSPORT_EVENT),
        ("REEFER", "reeferEventTypeCode", tnt3::REEFER_EVENT),
        ("IOT", "iotEventTypeCode", tnt3::IOT_DETAIL),
    ];
    let Some((kind, member, _)) = lists.into_iter().find(|(_, _, list)| list.contains(&code)) else {
        return Err(("/kind", Why::CodeNotListed));
    };
    let iot = kind == "IOT";
    let subtype = if iot { "DETC" } else { code };
    let classification = Node::object([
        ("eventTypeCode", Node::of(kind)),
        ("eventClassifierCode", Node::of(event.classifier.code())),
        (member, Node::of(subtype)),
    ]);
    let details = Node::object([("iotEventCode", Node::of(code))]);
    Ok((classification, details.filter(|_| iot)))
}

fn location(event: &ContainerEvent, lost: &mut Lost) -> Option<Node> {
    let geo_coordinate = event.position.and_then(|position| {
        let (latitude, longitude, exact) = degrees(position, (20, 20));
        if !exact {
            lost.field("/position", Why::Rounded);
        }
        Node::object([("latitude", Node::of(latitude)), ("longitude", Node::of(longitude))])
    });
    let parts = event.facility.as_ref().map(|facility| Parts::split(facility, true));
    parts.unwrap_or_default().location(geo_coordinate)
}

/// A number of an IMO number's form is one; all else is the port's reference of the call.
fn transport_details(event: &ContainerEvent, lost: &mut Lost) -> Option<Node> {
    let vessel = event.vessel.as_deref();
    let imo = vessel.filter(|vessel| forms::imo(vessel).is_ok());
    let visit = if imo.is_some() { None } else { lost.fitting("/vessel", vessel, REFERENCE_LEN) };
    let vessel = Node::object([("vesselIMONumber", imo.and_then(Node::of))]);
    let call = Node::object([("portVisitReference", visit), ("vesselTransport", vessel)]);
    Node::object([("transportCall", call)])
}

fn shipment_details(event: &ContainerEvent, lost: &mut Lost) -> Option<Node> {
    let reference = |code: &str, text: Option<Node>| {
        text.and_then(|text| Node::object([("typeCode", Node::of(code)), ("reference", Some(text))]))
    };
    let trip = reference("BKG", lost.fitting("/trip", event.trip.as_deref(), REFERENCE_LEN));
    let order = lost.fitting("/order", event.order.as_deref(), REFERENCE_LEN);
    let order = reference(orders(event.kind).first().copied().unwrap_or("TRO"), order);
    Node::object([
        ("documentReference", trip),
        ("additionalDocumentReferences", order.map(|order| Node::List(vec![order]))),
    ])
}

fn reefer_details(event: &ContainerEvent, lost: &mut Lost) -> Option<Node> {
    let reefer = event.reefer.unwrap_or_default();
    let mut celsius = |part: &str, value: Option<f64>| {
        let finite = value.filter(|value| value.is_finite());
        if finite.is_none() && value.is_some() {
            lost.field(part, Why::OutOfRange);
        }
        finite.map(Node::Number)
    };
    let setpoint = celsius("/reefer/setpoint_celsius", reefer.setpoint_celsius);
    let mut probe = |part: &str, label: &str, value| {
        Node::object([
            ("measuredTemperatureValue", Some(celsius(part, value)?)),
            ("probeLabel", Node::of(label)),
        ])
    };
    let probes = [
        probe("/reefer/return_air_celsius", RETURN_AIR, reefer.return_air_celsius),
        probe("/reefer/supply_air_celsius", SUPPLY_AIR, reefer.supply_air_celsius),
    ];
    let probes = Node::list(probes.into_iter().flatten().collect());
    let nothing = setpoint.is_none() && probes.is_none();
    if nothing && event.reefer.is_some() {
        lost.field("/reefer", Why::NoMember);
    } else {
        lost.unheard(&reefer, UNHEARD_OF_REEFERS);
    }
    let details = Node::object([
        ("temperatureUnit", Node::of("CEL")),
        ("internalSetpointTemperature", setpoint),
        ("temperatureProbeMeasurements", probes),
    ]);
    // A reefer event has its details, empty as they may be (`NEEDED`).
    let is_reefer = matches!(event.kind, EventKind::ReeferMeasured | EventKind::ReeferAdjusted);
    details.filter(|_| is_reefer || !nothing)
}
