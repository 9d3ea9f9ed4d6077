//! The published documents, valid and invalid, and which members an event and a document must have.

use std::path::Path;

use bitacora_feeds::containers::epcis::{container_events, read};
use bitacora_feeds::refusal::Reason;
use bitacora_port::screening::EventKind;

use crate::{document, files, object_event, one, read_text, refused, shared, source};

/// The file, its faults (the end of the pointer, and the reason), and how many of its events are good all the same.
type Invalid = (&'static str, &'static [(&'static str, Reason)], usize);

#[test]
fn the_published_valid_documents_and_events_have_no_defect() {
    for (folder, count) in [("openepcis/capture", 38), ("openepcis/events", 5)] {
        let Some(folder) = shared(folder) else { return };
        let files = files(&folder, "json");
        assert_eq!(files.len(), count);
        for (name, bytes) in &files {
            let batch = read(bytes, source());
            assert_eq!((refused(&batch), batch.defective), (vec![], 0), "{name}");
            assert!(!batch.items.is_empty(), "{name}");
        }
    }
}

#[test]
fn each_published_invalid_document_is_refused_for_its_own_fault() {
    let Some(folder) = shared("openepcis/invalid") else { return };
    use Reason::{CodeUnknown, Form, Missing, NumberUnreadable, TimeUnreadable, Unexpected};
    let expected: [Invalid; 15] = [
        // The first event has no action, the second no time zone offset and no action.
        (
            "Combination_of_events_with_missing_mandatory_fields",
            &[("0/action", Missing), ("1/eventTimeZoneOffset", Missing), ("1/action", Missing)],
            0,
        ),
        // One fault an event: two words that CBV does not list, a source type that it does not list, master data
        // without a namespace; the last has a day for a time and an action that does not exist.
        (
            "Combination_of_multiple_invalid_fields",
            &[
                ("0/bizStep", CodeUnknown),
                ("1/disposition", CodeUnknown),
                ("2/sourceList/0/type", CodeUnknown),
                ("3/ilmd/materialType", Unexpected),
                ("4/eventTime", TimeUnreadable),
                ("4/action", CodeUnknown),
            ],
            0,
        ),
        // `transforming` is no business step, `in_transport` no disposition of CBV 2.0.
        (
            "Combination_of_non_standard_bizStep_and_disposition",
            &[("0/bizStep", CodeUnknown), ("1/disposition", CodeUnknown)],
            0,
        ),
        // No @context: the names mean nothing.
        ("EPCISDocument_without_context", &[("/@context", Missing)], 0),
        // `materialType` under no declared prefix.
        ("ObjectEvent_with_ilmd_field_without_namespace", &[("0/ilmd/materialType", Unexpected)], 0),
        // CREATE: actions are ADD, OBSERVE, DELETE.
        ("ObjectEvent_with_invalid_action", &[("0/action", CodeUnknown)], 0),
        // The audit date of the second certificate is `wrong date format`.
        (
            "ObjectEvent_with_invalid_certificationInfo",
            &[("0/certificationInfo/1/gs1:CertificationDetails/gs1:certificationAuditDate", Form)],
            0,
        ),
        // 22-07-2026: a day, the wrong way round.
        ("ObjectEvent_with_invalid_eventTime_format", &[("0/eventTime", TimeUnreadable)], 0),
        ("ObjectEvent_with_non_standard_bizStep", &[("0/bizStep", CodeUnknown)], 0),
        ("ObjectEvent_with_non_standard_bizStep_in_second_event", &[("1/bizStep", CodeUnknown)], 1),
        ("ObjectEvent_with_non_standard_disposition", &[("0/disposition", CodeUnknown)], 0),
        // "twenty" is a text.
        ("ObjectEvent_with_quantity_as_text", &[("0/quantityList/0/quantity", NumberUnreadable)], 0),
        // A quantity element has a class, a quantity and a unit, and no weight.
        ("ObjectEvent_with_unknown_field_in_quantityList", &[("0/quantityList/0/weight", Unexpected)], 0),
        // Nor a time zone offset.
        (
            "ObjectEvent_without_action_and_eventTime",
            &[("0/eventTime", Missing), ("0/eventTimeZoneOffset", Missing), ("0/action", Missing)],
            0,
        ),
        // It happened to nothing.
        ("ObjectEvent_without_identifier_list", &[("0/epcList", Missing)], 0),
    ];
    let files = files(&folder, "json");
    assert_eq!(files.len(), expected.len());
    for (name, faults, good) in expected {
        let batch = read(&files[name], source());
        let pointer = |end: &&str| match end.strip_prefix('/') {
            Some(_) => (*end).to_owned(),
            None => format!("/epcisBody/eventList/{end}"),
        };
        let faults: Vec<_> = faults.iter().map(|(end, reason)| (pointer(end), *reason)).collect();
        let found: Vec<_> =
            refused(&batch).into_iter().map(|(part, reason)| (part.to_owned(), reason)).collect();
        assert_eq!((found, batch.items.len()), (faults, good), "{name}");
    }
}

#[test]
fn members_must_fit_the_type_of_event_and_each_other() {
    let event = |kind: &str, more: &str| {
        format!(
            r#"{{"type": "{kind}", "eventTime": "2026-11-20T10:00:00Z", "eventTimeZoneOffset": "+00:00"{more}}}"#
        )
    };
    let po = r#""bizTransactionList": [{"type": "po", "bizTransaction": "urn:a:1"}]"#;
    use Reason::{CodeUnknown, Contradiction, Form, Missing, OutOfRange, Structure, TooMany, Unexpected};
    let cases: [(String, &[(&str, Reason)]); 27] = [
        (object_event(r#", "epcList": [], "ilmd": {}"#), &[("epcList", Missing), ("ilmd", Unexpected)]),
        (
            object_event(r#", "epcList": ["urn:a:1"], "parentID": "urn:a:2"}"#).replace("}}", "}"),
            &[("parentID", Unexpected)],
        ),
        (object_event(r#", "epcList": ["urn:a:1", "urn:a:1"]"#), &[("epcList/1", TooMany)]),
        (object_event(r#", "epcList": ["urn:epc:id:sgtin:4012345.1.1"]"#), &[("epcList/0", Form)]),
        (object_event(r#", "epcList": "urn:a:1""#), &[("epcList", Structure)]),
        (
            object_event(r#", "epcList": ["urn:a:1"], "bizStep": "urn:epcglobal:cbv:bizstep:loading""#),
            &[("bizStep", CodeUnknown)],
        ),
        (object_event(r#", "epcList": ["urn:a:1"], "bizstep": "loading""#), &[("bizstep", Unexpected)]),
        (object_event(r#", "epcList": ["urn:a:1"], "other:x": 1"#), &[("other:x", Unexpected)]),
        (
            object_event(r#", "epcList": ["urn:a:1"], "@context": {"bizStep": "urn:a:"}"#),
            &[("@context", Contradiction)],
        ),
        (object_event(r#", "epcList": ["urn:a:1"], "e:x": 1e999"#), &[("e:x", OutOfRange)]),
        (
            object_event(r#", "epcList": ["urn:a:1"], "persistentDisposition": {}"#),
            &[("persistentDisposition/set", Missing)],
        ),
        (
            object_event(r#", "epcList": ["urn:a:1"], "errorDeclaration": {"reason": "because"}"#),
            &[("errorDeclaration/declarationTime", Missing), ("errorDeclaration/reason", CodeUnknown)],
        ),
        (
            object_event(r#", "sensorElementList": [{"sensorReport": []}], "readPoint": {"id": "urn:a:1"}"#),
            &[("sensorElementList/0/sensorReport", Missing)],
        ),
        (
            object_event(
                r#", "epcList": ["urn:a:1"], "sensorElementList": [{"sensorReport": [{"value": "1", "hexBinaryValue": "xy", "type": "Warmth"}]}]"#,
            ),
            &[
                ("sensorElementList/0/sensorReport/0/type", CodeUnknown),
                ("sensorElementList/0/sensorReport/0/value", Reason::NumberUnreadable),
                ("sensorElementList/0/sensorReport/0/hexBinaryValue", Form),
            ],
        ),
        (
            object_event(r#", "epcList": ["urn:a:1"], "readPoint": {"gate": "1"}"#),
            &[("readPoint/id", Missing), ("readPoint/gate", Unexpected)],
        ),
        (
            object_event(r#", "quantityList": [{"quantity": 1, "uom": "kg"}]"#),
            &[("quantityList/0/epcClass", Missing), ("quantityList/0/uom", Form)],
        ),
        (
            object_event(r#", "epcList": ["urn:a:1"], "sourceList": [{"source": "urn:a:2"}]"#),
            &[("sourceList/0/type", Missing)],
        ),
        (
            event("AggregationEvent", r#", "action": "ADD", "childEPCs": ["urn:a:1"]"#),
            &[("parentID", Missing)],
        ),
        (event("AggregationEvent", r#", "action": "OBSERVE""#), &[("childEPCs", Missing)]),
        (
            event("AssociationEvent", r#", "action": "OBSERVE", "childEPCs": ["urn:a:1"]"#),
            &[("parentID", Missing)],
        ),
        (
            event("TransactionEvent", r#", "action": "ADD", "epcList": ["urn:a:1"]"#),
            &[("bizTransactionList", Missing)],
        ),
        (event("TransactionEvent", &format!(r#", "action": "ADD", {po}"#)), &[("epcList", Missing)]),
        (
            event("TransformationEvent", r#", "action": "ADD", "inputEPCList": ["urn:a:1"]"#),
            &[("action", Unexpected), ("outputEPCList", Missing)],
        ),
        (
            event("TransformationEvent", r#", "transformationID": "urn:a:1""#),
            &[("inputEPCList", Missing), ("outputEPCList", Missing)],
        ),
        (event("SomeEvent", ""), &[("type", CodeUnknown)]),
        (event("e:SomeEvent", r#", "eventID": "17""#), &[("eventID", Form)]),
        ("7".to_owned(), &[("", Structure)]),
    ];
    for (event, faults) in &cases {
        let batch =
            read_text(&document(&format!("{}, {event}", object_event(r#", "epcList": ["urn:a:1"]"#))));
        let pointer = |end: &str| {
            if end.is_empty() {
                String::from("/epcisBody/eventList/1")
            } else {
                format!("/epcisBody/eventList/1/{end}")
            }
        };
        let faults: Vec<_> = faults.iter().map(|(end, reason)| (pointer(end), *reason)).collect();
        let found: Vec<_> =
            refused(&batch).into_iter().map(|(part, reason)| (part.to_owned(), reason)).collect();
        assert_eq!(found, faults, "{event}");
        assert_eq!(batch.items.len(), 1, "a defect does not lose the other events: {event}");
    }
    for good in [
        event("AggregationEvent", r#", "action": "DELETE", "parentID": "urn:a:1""#),
        event("TransactionEvent", &format!(r#", "action": "DELETE", {po}"#)),
        event("TransformationEvent", r#", "transformationID": "urn:a:1", "outputEPCList": ["urn:a:2"]"#),
        event("e:SomeEvent", r#", "e:x": [1, {"bare": true}]"#),
        object_event(
            r#", "sensorElementList": [{"sensorReport": [{"type": "Speed"}]}], "readPoint": {"id": "urn:a:1"}"#,
        ),
    ] {
        one(&document(&good));
    }
}

#[test]
fn a_document_has_its_own_members() {
    let good = document(&object_event(r#", "epcList": ["urn:a:1"]"#));
    for (from, to, fault) in [
        (r#""schemaVersion": "2.0", "#, "", ("/schemaVersion", Reason::Missing)),
        (r#""2.0""#, r#""1.2""#, ("/schemaVersion", Reason::CodeUnknown)),
        ("12:00:00Z", "noon", ("/creationDate", Reason::TimeUnreadable)),
        (r#""epcisBody""#, r#""body""#, ("/body", Reason::Unexpected)),
        (
            "https://ref.gs1.org/standards/epcis/2.0.0/",
            "https://evil.example/",
            ("/@context", Reason::Missing),
        ),
        ("https://ns.example.org/", "nowhere", ("/@context", Reason::Form)),
        (
            r#""type": "EPCISDocument""#,
            r#""type": "EPCISDocument", "type": "EPCISQueryDocument""#,
            ("/type", Reason::TooMany),
        ),
    ] {
        let batch = read_text(&good.replacen(from, to, 1));
        assert_eq!(refused(&batch).first(), Some(&fault), "{from}");
    }
    // What surrounds the events does not lose them.
    assert_eq!(read_text(&good.replacen("12:00:00Z", "noon", 1)).items.len(), 1);
    let query = good.replace("EPCISDocument", "EPCISQueryDocument");
    assert_eq!(
        refused(&read_text(&query)),
        [("/epcisBody/eventList", Reason::Unexpected), ("/epcisBody/queryResults", Reason::Missing)]
    );
}

#[test]
fn our_own_documents_read_as_they_should() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus/epcis");
    for (name, items, defects) in [("loading", 2, 0), ("sensors", 1, 0), ("every_type", 5, 0), ("cut", 0, 1)]
    {
        let batch = read(&files(&folder, "json")[name], source());
        assert_eq!(
            (batch.items.len(), batch.defective, refused(&batch)),
            (items, defects, refused(&batch)),
            "{name}"
        );
    }
    let gate = read(&files(&folder, "xml")["gate"], source());
    assert_eq!((gate.items.len(), refused(&gate)), (2, vec![]));
    let told: Vec<_> =
        container_events(&gate.items[0]).items.iter().map(|one| (one.kind, one.seals.len())).collect();
    assert_eq!(told, [(EventKind::ReeferMeasured, 0), (EventKind::GateIn, 1)]);
    let batch = read(&files(&folder, "json")["defects"], source());
    assert!(batch.items.is_empty() && batch.defective >= 10, "{:?}", refused(&batch));
}
