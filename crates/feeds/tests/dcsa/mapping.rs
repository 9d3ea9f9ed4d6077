//! Field by field, from each standard to the model.

use bitacora_feeds::containers::dcsa::{Aside, Standard};
use bitacora_port::screening::{
    Classifier, EventKind, Kilograms, MassReading, Movement, ReeferReading, SealPlacement, SealSource,
    SealType, VgmMethod,
};
use bitacora_primitives::{Instant, Position};
use serde_json::{Value, json};

use super::{declaration, gate_in, given, load, refused, source};

#[test]
fn a_load_of_3_0_maps_to_the_last_field() {
    let reading = given(&json!({"events": [load()]}), Standard::Tnt3);
    assert_eq!(reading.batch.defects, []);
    let [event] = reading.batch.items.as_slice() else { panic!("{reading:?}") };
    assert_eq!((event.kind, event.classifier), (EventKind::Loaded, Classifier::Actual));
    assert_eq!(event.at, Instant::parse("2026-11-20T17:00:00Z").unwrap());
    assert_eq!(event.received, Instant::parse("2026-11-20T17:10:00.25Z").unwrap());
    assert_eq!(event.container.as_str(), "CSQU3054383");
    assert_eq!((event.trip.as_deref(), event.order.as_deref()), (Some("BK-1"), Some("TO-9")));
    assert_eq!((event.movement, event.empty), (Some(Movement::Export), Some(false)));
    assert_eq!(event.facility.as_ref().unwrap().as_str(), "COCTG-ABC");
    assert_eq!(event.position, Position::new(10.4, -75.53).ok());
    assert_eq!((event.vessel.as_deref(), event.line.as_deref()), (Some("9321483"), Some("ZZZZ")));
    assert_eq!(event.size_type.as_deref(), Some("22G1"));
    assert_eq!(event.reference.as_deref(), Some("load-1"));
    let [door, vent] = event.seals.as_slice() else { panic!("{event:?}") };
    assert_eq!(
        (door.number.as_str(), door.source, door.kind),
        ("EC0001", Some(SealSource::Customs), Some(SealType::Bolt))
    );
    assert_eq!((door.placement, vent.placement), (SealPlacement::Door, SealPlacement::Vent));
    assert_eq!((event.evidence.line, event.evidence.source), (1, source()));
    // The party is part of the id: another's event of the same name is another event.
    let mut other = load();
    other["eventRouting"]["originatingParty"]["codeListName"] = json!("LCL");
    let both = given(&json!({"events": [load(), other]}), Standard::Tnt3);
    assert_ne!(both.batch.items[0].id, both.batch.items[1].id);
}

#[test]
fn iot_and_reefer_events_map_and_fahrenheit_ends_at_the_edge() {
    let mut event = load();
    event["eventClassification"] =
        json!({"eventTypeCode": "IOT", "eventClassifierCode": "ACT", "iotEventTypeCode": "DETC"});
    event["iotDetails"] = json!({"iotEventCode": "DRO"});
    assert_eq!(given(&event, Standard::Tnt3).batch.items[0].kind, EventKind::DoorOpened);
    event["eventClassification"] =
        json!({"eventTypeCode": "REEFER", "eventClassifierCode": "ACT", "reeferEventTypeCode": "ADJU"});
    event["reeferDetails"] = json!({"temperatureUnit": "FAH", "internalSetpointTemperature": 14,
        "temperatureProbeMeasurements": [{"probeLabel": "Pulp", "measuredTemperatureValue": 99.5},
            {"probeLabel": "return AIR", "measuredTemperatureValue": -4.0}]});
    let read = given(&event, Standard::Tnt3);
    assert_eq!(read.batch.items[0].kind, EventKind::ReeferAdjusted);
    let expected = ReeferReading {
        setpoint_celsius: Some(-10.0),
        return_air_celsius: Some(-20.0),
        ..ReeferReading::default()
    };
    assert_eq!(read.batch.items[0].reefer, Some(expected));
    event["reeferDetails"].as_object_mut().unwrap().remove("temperatureUnit");
    assert_eq!(refused(&event, Standard::Tnt3), ["/reeferDetails/temperatureUnit: missing"]);
}

#[test]
fn an_order_of_an_inspection_is_not_an_order_to_load() {
    let mut event = load();
    event["shipmentDetails"] =
        json!({"additionalDocumentReferences": [{"typeCode": "ICE", "reference": "IC-1"}]});
    assert_eq!(given(&event, Standard::Tnt3).batch.items[0].order, None);
    event["eventClassification"]["equipmentEventTypeCode"] = json!("INSP");
    assert_eq!(given(&event, Standard::Tnt3).batch.items[0].order.as_deref(), Some("IC-1"));
}

#[test]
fn a_gate_in_of_2_2_maps_and_its_id_is_one_in_either_case() {
    let reading = given(&json!([gate_in()]), Standard::Tnt22);
    assert_eq!(reading.batch.defects, []);
    let [event] = reading.batch.items.as_slice() else { panic!("{reading:?}") };
    assert_eq!(
        (event.kind, event.empty, event.trip.as_deref()),
        (EventKind::GateIn, Some(false), Some("BL-1"))
    );
    assert_eq!(event.facility.as_ref().unwrap().as_str(), "Puerta 4");
    assert_eq!((event.position, event.vessel.as_deref()), (Position::new(3.88, -77.07).ok(), None));
    assert_eq!(event.received, Instant::parse("2026-11-20T18:00:00Z").unwrap());
    let mut twin = gate_in();
    twin["eventID"] = json!("3cecb101-7a1a-43a4-9d62-e88a131651e4");
    let told = refused(&json!([gate_in(), twin]), Standard::Tnt22);
    assert_eq!(told, ["/1/eventID: contradiction: 3cecb101-7a1a-43a4-9d62-e88a131651e4"]);
    for (name, why) in
        [("emptyIndicatorCode", "missing"), ("eventCreatedDateTime", "missing"), ("eventType", "missing")]
    {
        let mut event = gate_in();
        event.as_object_mut().unwrap().remove(name);
        assert_eq!(refused(&json!([event]), Standard::Tnt22), [format!("/0/{name}: {why}")]);
    }
    // Neither needs a container (`required` of baseEquipmentEvent) nor an id.
    let mut nameless = gate_in();
    nameless.as_object_mut().unwrap().remove("equipmentReference");
    nameless.as_object_mut().unwrap().remove("eventID");
    let reading = given(&json!([nameless, nameless]), Standard::Tnt22);
    assert_eq!((reading.batch.defective, reading.set_aside.len()), (0, 2));
    assert_eq!(reading.set_aside[0].why, Aside::NoContainer);
}

#[test]
fn a_declaration_maps_and_pounds_end_at_the_edge() {
    let reading = given(&json!({"VGMDeclarations": [declaration()]}), Standard::Vgm1);
    assert_eq!(reading.batch.defects, []);
    let event = &reading.batch.items[0];
    // 50 000 lb at 0.45359237 kg, exactly (UN/ECE Recommendation 20).
    assert_eq!(
        event.mass,
        Some(MassReading {
            kg: Kilograms::new(22_679.618_5).unwrap(),
            scale: None,
            method: Some(VgmMethod::Weighed)
        })
    );
    assert_eq!(event.tare, Kilograms::new(2200.0).ok());
    assert_eq!(
        (event.kind, event.at.to_string().as_str()),
        (EventKind::VerifiedMass, "2026-11-20T17:00:00Z")
    );
    assert_eq!(
        (event.trip.as_deref(), event.order.as_deref(), event.line.as_deref()),
        (Some("BL-1"), Some("WO-1"), Some("ZZZZ"))
    );
    assert_eq!(event.facility.as_ref().unwrap().as_str(), "COCTG-ABC");
    let wrong = |path: &str, value: Value| {
        let mut declaration = declaration();
        *declaration.pointer_mut(path).unwrap() = value;
        refused(&json!([declaration]), Standard::Vgm1)
    };
    assert_eq!(wrong("/VGM/method", json!("SM3")), ["/0/VGM/method: code_unknown: SM3"]);
    assert_eq!(wrong("/VGM/weight/unit", json!("TNE")), ["/0/VGM/weight/unit: code_unknown: TNE"]);
    for value in [json!(0), json!(-1), json!(300_000)] {
        assert_eq!(
            wrong("/VGM/weight/value", value.clone()),
            [format!("/0/VGM/weight/value: out_of_range: {value}")]
        );
    }
    assert_eq!(wrong("/VGM/weight/value", json!("25t")), ["/0/VGM/weight/value: structure: 25t"]);
    assert_eq!(wrong("/VGM", json!({})), ["/0/VGM/weight/value: missing", "/0/VGM/weight/unit: missing"]);
}
