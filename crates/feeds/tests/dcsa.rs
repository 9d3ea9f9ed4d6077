//! DCSA Track & Trace 3.0.0 and 2.2.0 and VGM 1.0.0: the published samples and negative samples, our own small
//! documents, and the round trip over events that nobody chose.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails loudly"
)]

#[path = "dcsa/documents.rs"]
mod documents;
#[path = "dcsa/mapping.rs"]
mod mapping;
#[path = "dcsa/round_trip.rs"]
mod round_trip;

use bitacora_feeds::containers::dcsa::{Originator, Reading, Standard, read, validate, write};
use bitacora_port::screening::ContainerEvent;
use bitacora_primitives::SourceId;
use serde_json::{Value, json};

fn source() -> SourceId {
    SourceId::of(&[b"test"])
}

fn given(document: &Value, standard: Standard) -> Reading {
    read(document.to_string().as_bytes(), standard, source())
}

fn refused(document: &Value, standard: Standard) -> Vec<String> {
    given(document, standard).batch.defects.iter().map(ToString::to_string).collect()
}

/// A sample of the data.
fn sample(name: &str) -> Option<Vec<u8>> {
    bitacora_given::data(&format!("port/dcsa/{name}")).map(|path| std::fs::read(path).unwrap())
}

/// File, standard, events of the model, events set aside.
const SAMPLES: [(&str, Standard, usize, usize); 10] = [
    ("tnt/tnt-300-request-equipment.json", Standard::Tnt3, 1, 0),
    ("tnt/tnt-300-request-iot.json", Standard::Tnt3, 1, 0),
    ("tnt/tnt-300-request-reefer.json", Standard::Tnt3, 1, 0),
    ("tnt/tnt-300-request-shipment.json", Standard::Tnt3, 0, 1),
    ("tnt/tnt-300-request-transport.json", Standard::Tnt3, 0, 1),
    ("tnt/tnt-300-response.json", Standard::Tnt3, 3, 2),
    ("tnt/tnt-300-response-nextpage.json", Standard::Tnt3, 3, 2),
    ("tnt/tnt-220-response.json", Standard::Tnt22, 2, 5),
    // Both declarations are printed with `isRetracted`: true.
    ("vgm/vgm-api-100-post-request.json", Standard::Vgm1, 0, 1),
    ("vgm/vgm-api-100-get-response.json", Standard::Vgm1, 0, 1),
];

fn exco() -> Originator {
    Originator { party_code: "EXCO".into(), code_list_provider: "SMDG".into(), code_list_name: "LCL".into() }
}

#[test]
fn every_published_sample_is_valid_and_nothing_of_it_is_lost() {
    for (name, standard, items, set_aside) in SAMPLES {
        let Some(bytes) = sample(name) else { return };
        let reading = read(&bytes, standard, source());
        assert_eq!(reading.batch.defects, [], "{name}");
        assert_eq!((reading.batch.items.len(), reading.set_aside.len()), (items, set_aside), "{name}");
        assert!(validate(&bytes, standard, source()).defects.is_empty());
        // Where each was found is where it begins.
        for event in &reading.batch.items {
            assert_eq!(bytes[event.evidence.offset.unwrap() as usize], b'{', "{name}");
        }
    }
}

#[test]
fn samples_come_back_from_what_is_written_of_them() {
    for (name, standard, _, _) in SAMPLES {
        let Some(bytes) = sample(name) else { return };
        // A VGM sample is a retraction; what it would declare is in it all the same.
        let text =
            String::from_utf8(bytes).unwrap().replace("\"isRetracted\": true", "\"isRetracted\": false");
        let events = read(text.as_bytes(), standard, source()).batch.items;
        let originator = match standard {
            Standard::Vgm1 => Originator {
                party_code: "MSK".into(),
                code_list_provider: "W3C".into(),
                code_list_name: "DID".into(),
            },
            _ => exco(),
        };
        assert_eq!(events.is_empty(), name.contains("shipment") || name.contains("transport"), "{name}");
        let (document, uncarried) = write(&events, standard, &originator);
        assert_eq!(uncarried, [], "{name}");
        let again = read(document.as_bytes(), standard, source());
        assert_eq!(again.batch.defects, [], "{name}");
        let placeless = |events: &[ContainerEvent]| -> Vec<ContainerEvent> {
            let evidence = events.first().map(|event| event.evidence);
            events
                .iter()
                .map(|event| ContainerEvent { evidence: evidence.unwrap(), ..event.clone() })
                .collect()
        };
        assert_eq!(
            placeless(&again.batch.items).iter().map(bare).collect::<Vec<_>>(),
            placeless(&events).iter().map(bare).collect::<Vec<_>>(),
            "{name}"
        );
        assert_eq!(write(&again.batch.items, standard, &originator).0, document, "{name}: canonical");
    }
}

/// All of an event but the place it was read from.
fn bare(event: &ContainerEvent) -> Value {
    let mut value = serde_json::to_value(event).unwrap();
    value.as_object_mut().unwrap().remove("evidence");
    value
}

#[test]
fn the_wrong_responses_are_refused_where_they_are_wrong() {
    let wrong = |name: &str| {
        let bytes = sample(&format!("tnt/tnt-220-response-wrong-{name}.json"))?;
        let reading = read(&bytes, Standard::Tnt22, source());
        let defects: Vec<String> = reading.batch.defects.iter().map(ToString::to_string).collect();
        Some((defects, reading.batch.items.len(), reading.set_aside.len()))
    };
    let Some(values) = wrong("attribute-values") else { return };
    let places = [
        "/0/transportCall/UNLocationCode: code_unknown: XYABC",
        "/0/transportCall/location/UNLocationCode: code_unknown: XYBCD",
        "/2/eventLocation/UNLocationCode: code_unknown: XYABC",
        "/2/transportCall/UNLocationCode: code_unknown: XYBCD",
        "/2/transportCall/location/UNLocationCode: code_unknown: XYCDE",
    ];
    assert_eq!(values, (places.map(String::from).to_vec(), 0, 1));
    let times = [
        "/1/eventCreatedDateTime: missing",
        "/2/eventDateTime: missing",
        "/3/eventCreatedDateTime: time_unreadable: 2021 01 01 14:12:56",
        "/4/eventDateTime: time_unreadable: 2019/11/12 07:41:00 +08:30",
        "/5/eventCreatedDateTime: out_of_range: 1999-01-01T14:12:56Z",
        "/6/eventCreatedDateTime: out_of_range: 2099-01-01T14:12:56Z",
    ];
    assert_eq!(wrong("date-times"), Some((times.map(String::from).to_vec(), 0, 1)));
    let ids = [
        "/0/eventID: structure: 123456789",
        "/1/eventID: form: incorrect",
        "/3/eventID: contradiction: 3cecb101-7a1a-43a4-9d62-e88a131651e8",
        "/6/eventID: contradiction: af7728dc-0e1e-42d2-ad78-61c5c0c25878",
    ];
    assert_eq!(wrong("event-ids"), Some((ids.map(String::from).to_vec(), 0, 3)));
    let structure = ["/0: structure: object of someEvents", "/1: structure: object of someEvents"];
    assert_eq!(wrong("structure"), Some((structure.map(String::from).to_vec(), 0, 0)));
}

/// A load of 3.0.0 with all that the model takes from one.
fn load() -> Value {
    json!({
        "eventRouting": {"originatingParty": {"partyCode": "ZZZZ", "codeListProvider": "NMFTA", "codeListName": "SCAC",
            "partyFunction": "CA"}},
        "eventID": "load-1",
        "eventDateTime": "2026-11-20T12:00:00-05:00",
        "eventUpdatedDateTime": "2026-11-20T17:10:00.25Z",
        "eventLocation": {"locationName": "Muelle 3", "UNLocationCode": "COCTG",
            "facility": {"facilityCode": "ABC", "facilityCodeListProvider": "SMDG"},
            "geoCoordinate": {"latitude": "10.4", "longitude": "-75.53"}},
        "eventClassification": {"eventTypeCode": "EQUIPMENT", "eventClassifierCode": "ACT",
            "equipmentEventTypeCode": "LOAD"},
        "shipmentDetails": {"documentReference": {"typeCode": "TRD", "reference": "BL-1"},
            "additionalDocumentReferences": [{"typeCode": "BKG", "reference": "BK-1"}, {"typeCode": "TRO", "reference": "TO-9"}]},
        "transportDetails": {"transportCall": {"modeOfTransport": "VESSEL", "portVisitReference": "CTG-77",
            "vesselTransport": {"vesselIMONumber": "9321483", "vesselFlag": "CO"}}},
        "equipmentDetails": {"equipmentReference": "CSQU3054383", "ISOEquipmentCode": "22G1",
            "emptyIndicatorCode": "LADEN", "movementType": "EXPORT",
            "seals": [{"number": "ec 0001", "source": "CUS", "type": "BLT"},
                {"number": "V7", "source": "TER", "type": "WIR", "placement": "VENT"}]}
    })
}

fn gate_in() -> Value {
    json!({
        "eventID": "3CECB101-7a1a-43a4-9d62-e88a131651e4", "eventType": "EQUIPMENT",
        "eventCreatedDateTime": "2026-11-20T18:00:00Z", "eventClassifierCode": "ACT",
        "eventDateTime": "2026-11-20T12:00:00-05:00", "equipmentEventTypeCode": "GTIN",
        "equipmentReference": "CSQU3054383", "ISOEquipmentCode": "22G1", "emptyIndicatorCode": "LADEN",
        "transportCall": {"transportCallID": "c", "modeOfTransport": "TRUCK", "otherFacility": "Puerta 4",
            "location": {"UNLocationCode": "COBUN", "latitude": "3.88", "longitude": "-77.07"}},
        "documentReferences": [{"documentReferenceType": "TRD", "documentReferenceValue": "BL-1"}],
        "seals": [{"sealNumber": "A1", "sealSource": "SHI", "sealType": "BLT"}]
    })
}

fn declaration() -> Value {
    json!({
        "routingDetails": {"originatingParty": {"partyCode": "TERM", "codeListProvider": "ZZZ"}},
        "declarationReference": "VGM-1", "declarationDateTime": "2026-11-20T18:00:00Z",
        "VGM": {"weight": {"value": 50000, "unit": "LBR"}, "method": "SM1", "dateTime": "2026-11-20T17:00:00Z",
            "location": {"UNLocationCode": "COCTG", "facility": {"facilityCode": "ABC"}}},
        "equipmentDetails": {"equipmentReference": "CSQU3054383", "ISOEquipmentCode": "22G1",
            "seals": [{"number": "A1"}], "tareWeight": {"value": 2200, "unit": "KGM"}},
        "shipmentDetails": {"transportDocumentReference": "BL-1", "otherReferences": [{"typeCode": "VOR", "reference": "WO-1"}]},
        "vesselVoyageDetails": {"carrierCode": "ZZZZ"}
    })
}
