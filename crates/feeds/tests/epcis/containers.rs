//! What events about containers tell screening.

use bitacora_feeds::containers::Batch;
use bitacora_feeds::containers::epcis::{container_events, container_number, event_hash, withdrawn};
use bitacora_port::screening::{EventKind, SealPlacement, SealSource};
use bitacora_primitives::Instant;

use crate::{document, object_event, one};

#[test]
fn a_container_is_known_in_every_kind_of_identifier() {
    for uri in [
        "urn:epc:id:bic:CSQU3054383",
        "urn:epc:id:giai:4012345.CSQU3054383",
        "https://id.gs1.org/8003/04012345000221CSQU3054383",
        "https://terminal.example/containers/CSQU3054383/",
        "urn:epc:id:grai:4012345.00022.CSQU3054383",
    ] {
        assert_eq!(container_number(uri).unwrap().as_str(), "CSQU3054383", "{uri}");
    }
    // A container code is kept though its check digit is wrong; elsewhere it is only some serial.
    assert_eq!(container_number("urn:epc:id:bic:CSQU3054384").unwrap().as_str(), "CSQU3054384");
    for uri in
        ["urn:epc:id:giai:4012345.CSQU3054384", "urn:epc:id:sgtin:4012345.011111.1", "urn:a:é12345678901", ""]
    {
        assert_eq!(container_number(uri), None, "{uri}");
    }
}

#[test]
fn what_happened_to_a_container_is_told_to_screening() {
    let text = document(&object_event(
        r#", "recordTime": "2026-11-20T10:05:00Z", "bizStep": "loading", "epcList": ["urn:epc:id:bic:CSQU3054383"],
        "readPoint": {"id": "urn:epc:id:sgln:4012345.00011.987"}, "e:workOrder": "WO-9",
        "bizTransactionList": [{"type": "bol", "bizTransaction": "urn:epcglobal:cbv:bt:4012345000009:BL-77"}],
        "e:seals": [{"e:number": "ec 0624-8449", "e:source": "CUS", "e:placement": "VENT"}, {"number": "B2"}], "e:sealNumber": "B2",
        "sensorElementList": [{"sensorMetadata": {"time": "2026-11-20T09:58:00Z", "deviceID": "urn:a:probe"}, "sensorReport": [
          {"type": "Temperature", "value": 41, "uom": "FAH"}, {"type": "e:doorOpen", "booleanValue": false},
          {"type": "Mass", "value": 25.2, "uom": "TNE"},
          {"type": "Angle", "component": "latitude", "value": 3.89, "uom": "DD"}, {"type": "Angle", "component": "longitude", "value": -77.05, "uom": "DD"}]}]"#,
    ));
    let event = one(&text);
    let told = container_events(&event);
    assert_eq!(told.defects, []);
    let kinds: Vec<_> = told.items.iter().map(|one| one.kind).collect();
    assert_eq!(kinds, [EventKind::ReeferMeasured, EventKind::DoorClosed, EventKind::Loaded]);
    assert_eq!(told.items[0].at, Instant::parse("2026-11-20T09:58:00Z").unwrap());
    assert_eq!(told.items[0].reefer.unwrap().return_air_celsius, Some(5.0));
    let loaded = &told.items[2];
    assert_eq!(loaded.container.as_str(), "CSQU3054383");
    assert_eq!(loaded.reference, Some(event_hash(&event)));
    assert_eq!(loaded.facility.as_ref().unwrap().as_str(), "4012345000115");
    assert_eq!(loaded.received, Instant::parse("2026-11-20T10:05:00Z").unwrap());
    assert_eq!(loaded.trip.as_deref(), Some("urn:epcglobal:cbv:bt:4012345000009:BL-77"));
    assert_eq!(loaded.order.as_deref(), Some("WO-9"));
    assert_eq!(loaded.position.map(|place| (place.lat(), place.lon())), Some((3.89, -77.05)));
    assert_eq!(
        loaded.mass.as_ref().map(|mass| (mass.kg.value(), mass.scale.as_deref())),
        Some((25_200.0, Some("urn:a:probe")))
    );
    let seals: Vec<_> =
        loaded.seals.iter().map(|seal| (seal.number.as_str(), seal.placement, seal.source)).collect();
    assert_eq!(
        seals,
        [("EC06248449", SealPlacement::Vent, Some(SealSource::Customs)), ("B2", SealPlacement::Door, None)]
    );
    assert_eq!(
        (loaded.evidence.line, loaded.evidence.offset),
        (1, text.find(r#"{"type": "ObjectEvent""#).map(|at| at as u64))
    );
    // Read again it is the same; declared an error it is taken back by the same ids.
    assert_eq!(container_events(&one(&text)).items, told.items);
    let declared = text.replacen(
        r#""action""#,
        r#""errorDeclaration": {"declarationTime": "2026-11-20T11:00:00Z"}, "action""#,
        1,
    );
    let declared = one(&declared);
    assert_eq!(container_events(&declared), Batch::default());
    assert_eq!(withdrawn(&declared), told.items.iter().map(|one| one.id).collect::<Vec<_>>());
    assert_eq!(withdrawn(&event), []);
}

#[test]
fn steps_of_business_become_kinds_of_events_by_the_part_the_container_plays() {
    let kind = |event: &str| {
        let told = container_events(&one(&document(event)));
        (told.items.iter().map(|one| one.kind).collect::<Vec<_>>(), told.defective)
    };
    let step =
        |more: &str| kind(&object_event(&format!(r#", "epcList": ["urn:epc:id:bic:CSQU3054383"]{more}"#)));
    for (word, expected) in [
        ("loading", EventKind::Loaded),
        ("unloading", EventKind::Discharged),
        ("arriving", EventKind::GateIn),
        ("departing", EventKind::GateOut),
        ("inspecting", EventKind::Inspected),
        ("packing", EventKind::Stuffed),
        ("unpacking", EventKind::Stripped),
        ("stocking", EventKind::YardMove),
    ] {
        assert_eq!(step(&format!(r#", "bizStep": "{word}""#)), (vec![expected], 0), "{word}");
    }
    assert_eq!(
        step(r#", "bizStep": "holding", "disposition": "container_closed""#).0,
        [EventKind::DoorClosed]
    );
    assert_eq!(
        step(r#", "bizStep": "holding", "readPoint": {"id": "geo:3.8,-77"}"#).0,
        [EventKind::LocationReported]
    );
    assert_eq!(step(r#", "e:sealNumber": "A1""#).0, [EventKind::SealChecked]);
    // Nothing to tell, and a seal that does not read: said, not lost.
    assert_eq!(step(r#", "bizStep": "holding""#), (vec![], 1));
    assert_eq!(step(r#", "bizStep": "loading", "e:sealNumber": "\u0007""#), (vec![EventKind::Loaded], 1));
    let seals: String = (0..18).map(|n| format!(r#""S{n}","#)).collect();
    assert_eq!(
        step(&format!(r#", "bizStep": "loading", "e:sealNumber": [{}]"#, seals.trim_end_matches(','))),
        (vec![EventKind::Loaded], 2)
    );
    let aggregation = |more: &str| {
        kind(&format!(
            r#"{{"type": "AggregationEvent", "eventTime": "2026-11-20T10:00:00Z", "eventTimeZoneOffset": "+00:00"{more}}}"#
        ))
    };
    let filled = r#", "action": "ADD", "bizStep": "loading", "parentID": "urn:epc:id:bic:CSQU3054383", "childEPCs": ["urn:a:1"]"#;
    assert_eq!(aggregation(filled).0, [EventKind::Stuffed]);
    let on_ship = r#", "action": "ADD", "bizStep": "loading", "parentID": "urn:epc:id:imovn:9176187",
        "childEPCs": ["urn:epc:id:bic:CSQU3054383", "urn:epc:id:bic:APZU4812090"], "e:sealNumber": "A1""#;
    let told = container_events(&one(&document(&format!(
        r#"{{"type": "AggregationEvent", "eventTime": "2026-11-20T10:00:00Z", "eventTimeZoneOffset": "+00:00"{on_ship}}}"#
    ))));
    assert_eq!(
        told.items.iter().map(|one| (one.kind, one.vessel.as_deref())).collect::<Vec<_>>(),
        [(EventKind::Loaded, Some("9176187")); 2]
    );
    assert!(told.items.iter().all(|one| one.seals.is_empty()), "a seal of two containers is nobody's");
    // An event about something else is evidence with a hash, and tells screening nothing.
    let other = one(&document(&object_event(r#", "epcList": ["urn:epc:id:sgtin:4012345.011111.1"]"#)));
    assert_eq!(container_events(&other), Batch::default());
}

#[test]
fn an_event_that_imitates_the_hash_of_another_does_not_take_its_place() {
    let event = |more: &str| {
        one(&document(&object_event(&format!(
            r#", "bizStep": "loading", "epcList": ["urn:epc:id:bic:CSQU3054383"], {more}"#
        ))))
    };
    let sealed = event(r#""e:note": "x", "e:sealNumber": "A1""#);
    let imitation = event(r#""e:note": "x{https://ns.example.org/}sealNumber=A1""#);
    // The standard's own weakness: nothing stands between the members.
    assert_eq!(event_hash(&sealed), event_hash(&imitation));
    assert_ne!(container_events(&sealed).items[0].id, container_events(&imitation).items[0].id);
}
