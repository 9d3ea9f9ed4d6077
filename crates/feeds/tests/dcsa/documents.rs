//! What a document may be, and what of it is refused: forms, needs, versions, names given twice, hostile input.

use bitacora_feeds::containers::dcsa::{
    Aside, MAX_DOCUMENT, MAX_EVENT, MAX_EVENTS, Reading, Standard, read, validate,
};
use serde_json::json;

use super::{bare, given, load, refused, source};

#[test]
fn every_form_of_a_document_reads_alike() {
    let one = given(&load(), Standard::Tnt3);
    assert_eq!(one.batch.items.len(), 1);
    for form in [json!([load()]), json!({"events": [load()], "feedbackElements": [], "more": 1})] {
        let reading = given(&form, Standard::Tnt3);
        assert_eq!(reading.batch.items.iter().map(bare).collect::<Vec<_>>(), [bare(&one.batch.items[0])]);
    }
    let marked = [b"\xef\xbb\xbf ", load().to_string().as_bytes()].concat();
    assert_eq!(read(&marked, Standard::Tnt3, source()).batch.items[0].evidence.offset, Some(4));
    for nothing in [json!([]), json!({"events": []}), json!({"feedbackElements": [{"severity": "ERROR"}]})] {
        assert_eq!(given(&nothing, Standard::Tnt3), Reading::default());
    }
    // 2.2.0 knows no envelope, and an object of nothing known is no event of any standard.
    assert_eq!(
        refused(&json!({"events": [load()]}), Standard::Tnt22),
        ["document: structure: object of events"]
    );
    for standard in Standard::ALL {
        assert_eq!(refused(&json!({}), standard), ["document: structure: object of "]);
        assert_eq!(refused(&json!("x"), standard), ["document: structure: \"x\""]);
        assert_eq!(refused(&json!([7]), standard), ["/0: structure: 7"]);
        assert_eq!(Standard::from_code(standard.code()), Some(standard));
    }
    assert_eq!(
        refused(&json!({"events": 5, "feedbackElements": [{"severity": "FATAL"}]}), Standard::Tnt3),
        ["/events: structure: 5", "/feedbackElements/0/severity: code_unknown: FATAL"]
    );
}

#[test]
fn one_bad_event_does_not_lose_the_others() {
    let named = |id: &str| {
        let mut event = load();
        event["eventID"] = json!(id);
        event
    };
    let mut bad = named("b");
    bad["equipmentDetails"]["seals"][0]["source"] = json!("XXX");
    bad["equipmentDetails"]["seals"][1]["number"] = json!("1234567890123456");
    bad["eventLocation"]["geoCoordinate"] = json!({"latitude": "91"});
    let reading = given(&json!({"events": [named("a"), bad, 5, named("c")]}), Standard::Tnt3);
    let defects: Vec<String> = reading.batch.defects.iter().map(ToString::to_string).collect();
    let expected = [
        "/events/1/eventLocation/geoCoordinate/latitude: position_out_of_range: 91",
        "/events/1/eventLocation/geoCoordinate/longitude: missing",
        "/events/1/equipmentDetails/seals/0/source: code_unknown: XXX",
        "/events/1/equipmentDetails/seals/1/number: too_long: 1234567890123456",
        "/events/2: structure: 5",
    ];
    assert_eq!(defects, expected);
    let read: Vec<_> =
        reading.batch.items.iter().map(|event| (event.reference.as_deref(), event.evidence.line)).collect();
    assert_eq!(read, [(Some("a"), 1), (Some("c"), 4)]);
    // A refused event does not take the id of a right one.
    let mut bad = named("a");
    bad["eventDateTime"] = json!("yesterday");
    assert_eq!(given(&json!([bad, named("a")]), Standard::Tnt3).batch.items.len(), 1);
}

#[test]
fn what_a_type_of_event_needs_is_asked() {
    let without = |paths: &[&str]| {
        let mut event = load();
        for path in paths {
            let (parent, name) = path.rsplit_once('/').unwrap();
            event.pointer_mut(parent).unwrap().as_object_mut().unwrap().remove(name);
        }
        refused(&event, Standard::Tnt3)
    };
    for path in [
        "/eventID",
        "/eventDateTime",
        "/eventClassification/eventTypeCode",
        "/eventClassification/equipmentEventTypeCode",
        "/eventClassification/eventClassifierCode",
        "/equipmentDetails/equipmentReference",
        "/equipmentDetails/seals/0/number",
    ] {
        assert_eq!(without(&[path]), [format!("{path}: missing")]);
    }
    assert_eq!(without(&["/equipmentDetails"]), ["/equipmentDetails/equipmentReference: missing"]);
    let typed = |code: &str| {
        let mut event = load();
        event["eventClassification"] = json!({"eventTypeCode": code, "eventClassifierCode": "ACT"});
        event.as_object_mut().unwrap().remove("transportDetails");
        event["shipmentDetails"] = json!({});
        refused(&event, Standard::Tnt3)
    };
    let missing = |paths: &[&str]| paths.iter().map(|path| format!("/{path}: missing")).collect::<Vec<_>>();
    assert_eq!(typed("IOT"), missing(&["eventClassification/iotEventTypeCode", "iotDetails/iotEventCode"]));
    assert_eq!(typed("REEFER"), missing(&["eventClassification/reeferEventTypeCode", "reeferDetails"]));
    assert_eq!(
        typed("TRANSPORT"),
        missing(&["eventClassification/transportEventTypeCode", "transportDetails/transportCall"])
    );
    assert_eq!(
        typed("SHIPMENT"),
        missing(&[
            "eventClassification/shipmentEventTypeCode",
            "shipmentDetails/documentReference/typeCode",
            "shipmentDetails/documentReference/reference"
        ])
    );
    assert_eq!(typed("RUMOUR"), ["/eventClassification/eventTypeCode: code_unknown: RUMOUR"]);
}

#[test]
fn a_version_is_told_by_its_time_and_a_retraction_is_set_aside() {
    let at = |time: &str| {
        let mut event = load();
        event["eventUpdatedDateTime"] = json!(time);
        event
    };
    let (first, second) = (at("2026-11-20T18:00:00Z"), at("2026-11-20T19:00:00Z"));
    let versions = given(&json!([first, second]), Standard::Tnt3);
    assert_eq!(versions.batch.defects, []);
    assert_eq!(versions.batch.items[0].id, versions.batch.items[1].id);
    assert!(versions.batch.items[0].received < versions.batch.items[1].received);
    assert_eq!(
        refused(&json!([first, second, first]), Standard::Tnt3),
        ["/2/eventID: contradiction: load-1"]
    );
    let retraction =
        json!({"eventRouting": load()["eventRouting"], "eventID": "load-1", "isRetracted": true});
    let reading = given(&json!([first, retraction]), Standard::Tnt3);
    assert_eq!(reading.batch.defects, []);
    let [aside] = reading.set_aside.as_slice() else { panic!("{reading:?}") };
    assert_eq!(
        (aside.why, aside.id, aside.part.as_str()),
        (Aside::Retracted, reading.batch.items[0].id, "/1")
    );
    assert_eq!(refused(&json!([{"isRetracted": true}]), Standard::Tnt3), ["/0/eventID: missing"]);
    // A plan keeps the time it was made: a later plan for an earlier hour is the newer one.
    let mut plan = at("2026-11-19T08:00:00Z");
    plan["eventClassification"]["eventClassifierCode"] = json!("PLN");
    assert_eq!(given(&plan, Standard::Tnt3).batch.items[0].received.to_string(), "2026-11-19T08:00:00Z");
    assert_eq!(
        given(&at("2026-11-19T08:00:00Z"), Standard::Tnt3).batch.items[0].received.to_string(),
        "2026-11-20T17:00:00Z"
    );
}

#[test]
fn a_name_given_twice_is_refused_with_its_pointer() {
    let text = load().to_string();
    let inside =
        text.replacen("\"equipmentReference\":", "\"equipmentReference\":\"X\",\"equipmentReference\":", 1);
    let told = |document: &str| -> Vec<String> {
        read(document.as_bytes(), Standard::Tnt3, source())
            .batch
            .defects
            .iter()
            .map(ToString::to_string)
            .collect()
    };
    assert_eq!(told(&inside), ["/equipmentDetails/equipmentReference: too_many"]);
    let unknown = format!("[{{\"a/b\":{{\"x\":1,\"x\":1}},{}", text.replacen('{', "", 1) + "]");
    assert_eq!(told(&unknown), ["/0/a~1b/x: too_many"]);
    assert_eq!(told(&format!("{{\"events\":[{text}],\"events\":[]}}")), ["/events: too_many"]);
    let other = format!("{{\"events\":[{text}],\"note\":1,\"note\":2}}");
    assert_eq!(told(&other), ["/note: too_many"]);
    assert_eq!(read(other.as_bytes(), Standard::Tnt3, source()).batch.items.len(), 1);
}

#[test]
fn hostile_documents_are_defects_and_nothing_else() {
    let told = |bytes: &[u8], standard| -> Vec<String> {
        let batch = validate(bytes, standard, source());
        assert!(batch.items.is_empty());
        batch.defects.iter().map(ToString::to_string).collect()
    };
    for standard in Standard::ALL {
        assert!(told(b"", standard)[0].starts_with("line 1, column 0: form: EOF"));
        assert!(told(b"[{\"eventID\": \"a\"", standard)[0].starts_with("line 1, column 16: form"));
        assert_eq!(told(b"[\"\xff\"]", standard), ["byte 2: encoding"]);
        assert!(told(b"[] []", standard)[0].contains("trailing characters"));
        let deep = format!("[{}{}]", "[".repeat(1_000_000), "]".repeat(1_000_000));
        assert_eq!(told(deep.as_bytes(), standard), ["/0: too_long"]);
        let deep = format!("[{}{}]", "[".repeat(100_000), "]".repeat(100_000));
        assert!(told(deep.as_bytes(), standard)[0].starts_with("/0: form: recursion limit exceeded"));
        assert_eq!(told(&vec![b' '; MAX_DOCUMENT + 1], standard), ["document: too_long"]);
        let many = format!("[{}0]", "0,".repeat(MAX_EVENTS));
        let batch = validate(many.as_bytes(), standard, source());
        assert_eq!(batch.defective, MAX_EVENTS as u64 + 1);
        assert_eq!(batch.defects[0].to_string(), format!("/{MAX_EVENTS}: too_many"));
    }
    // 10 MB of members, of one event and of the document.
    let members: String = (0..600_000).map(|n| format!("\"m{n}\":[],")).collect();
    assert_eq!(
        told(format!("[{{{members}\"eventID\":\"a\"}}]").as_bytes(), Standard::Tnt3),
        ["/0: too_long"]
    );
    assert_eq!(
        told(format!("{{\"events\":[],{members}\"x\":1}}").as_bytes(), Standard::Tnt3),
        ["document: too_many"]
    );
    // As many members as an event may have, each with the name of the one before.
    let same = "\"a\":0,".repeat(MAX_EVENT / 6 - 10);
    assert_eq!(told(format!("[{{{same}\"eventID\":\"a\"}}]").as_bytes(), Standard::Tnt3), ["/0/a: too_many"]);
    let seals = "{\"number\":\"A\"},".repeat(16);
    let mut event = load();
    event["equipmentDetails"]["seals"] =
        serde_json::from_str(&format!("[{seals}{{\"number\":\"B\"}}]")).unwrap();
    assert_eq!(refused(&json!([event]), Standard::Tnt3), ["/0/equipmentDetails/seals: too_many: list of 17"]);
}
