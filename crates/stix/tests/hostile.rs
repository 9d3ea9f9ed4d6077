//! Bad input: each broken rule has its code, the place is named, and the rest is read.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails loudly"
)]

use bitacora_stix::import::{Code, Imported, Known, Limits, Refused, import};
use proptest::prelude::*;

const GOOD: &str = r#"{"type":"location","spec_version":"2.1","id":"location--11111111-1111-4111-8111-111111111111","created":"2026-11-20T00:00:00.000Z","modified":"2026-11-20T00:00:00.000Z","latitude":12.5,"longitude":-77,"extensions":{"extension-definition--22222222-2222-4222-8222-222222222222":{"extension_type":"property-extension","mmsi":352741000,"observed_at":"2026-11-20T00:00:00Z"}}}"#;

fn read(text: &[u8]) -> Result<Imported, Refused> {
    import(text, &Limits::default(), &Known::default())
}

/// A bundle of the good object, changed, and an untouched one behind it.
fn with(from: &str, to: &str) -> Imported {
    assert!(GOOD.contains(from), "{from}");
    let changed = GOOD.replacen(from, to, 1);
    let other = GOOD.replace("11111111-1111", "33333333-3333");
    read(format!(r#"{{"type":"bundle","id":"bundle--1","objects":[{changed},{other}]}}"#).as_bytes()).unwrap()
}

#[test]
fn each_broken_rule_has_its_code_and_the_rest_is_read() {
    let deep = format!("\"x\":{}1{}", "[".repeat(40), "]".repeat(40));
    let long = format!("\"x\":\"{}\"", "a".repeat(2 << 20));
    let lat = "\"latitude\":12.5";
    for (from, to, code) in [
        (lat, r#""latitude":12.5,"latitude":13"#, Code::DuplicateName),
        (lat, r#""x":{"a":1,"a":2}"#, Code::DuplicateName),
        (lat, r#""x":9007199254740992"#, Code::IntegerRange),
        (lat, r#""x":-9007199254740992"#, Code::IntegerRange),
        (lat, r#""x":18446744073709551616"#, Code::IntegerRange),
        (lat, r#""x":1e400"#, Code::NotJson),
        (lat, r#""x":null"#, Code::NullValue),
        (lat, r#""x":[]"#, Code::EmptyList),
        (lat, r#""x":"\ud800""#, Code::NotJson),
        (lat, r#""x":"\udc00\ud800""#, Code::NotJson),
        (lat, &deep, Code::TooDeep),
        (lat, &long, Code::ObjectTooLong),
        (lat, "\"latitude\":91", Code::BadPosition),
        (lat, "\"x_latitude\":1", Code::BadPosition),
        (r#""2.1""#, r#""2.0""#, Code::SpecVersion),
        (r#""2.1""#, r#""2.2""#, Code::SpecVersion),
        (r#""spec_version":"2.1","#, "", Code::SpecVersion),
        (r#""spec_version":"2.1""#, r#""spec_version":2.1"#, Code::WrongForm),
        ("location--1111", "vessel--1111", Code::TypeMismatch),
        ("location--11111111-1111", "location--1111111-1111", Code::BadId),
        ("location--11111111-1111-4111-8111", "location--11111111-1111-4111-c111", Code::BadId),
        (r#""id":"#, r#""ID":"#, Code::Missing),
        (r#""type":"location""#, r#""type":7"#, Code::WrongForm),
        (r#""created":"2026-11-20T00:00:00.000Z","#, "", Code::Missing),
        (r#""modified":"2026-11-20T00:00:00.000Z","#, "", Code::Missing),
        (r#""modified":"2026"#, r#""modified":"2025"#, Code::ModifiedBeforeCreated),
        (r#"000Z","modified""#, r#"000","modified""#, Code::BadTimestamp),
        (r#"000Z","modified""#, r#"000+00:00","modified""#, Code::BadTimestamp),
        (r#"00:00:00Z""#, r#"00:00:00""#, Code::BadTimestamp),
        (lat, r#""revoked":"yes""#, Code::WrongForm),
        (lat, r#""created_by_ref":"CO""#, Code::BadId),
        (lat, r#""created_by_ref":"location--11111111-1111-4111-8111-111111111111""#, Code::TypeMismatch),
        (
            lat,
            r#""object_marking_refs":["marking-definition--44444444-4444-4444-8444-444444444444"]"#,
            Code::MarkingNotFound,
        ),
        (
            lat,
            r#""object_marking_refs":["identity--44444444-4444-4444-8444-444444444444"]"#,
            Code::TypeMismatch,
        ),
        (lat, r#""object_marking_refs":[1]"#, Code::WrongForm),
        (
            lat,
            r#""granular_markings":[{"marking_ref":"marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9","selectors":["nothing.here"]}]"#,
            Code::BadSelector,
        ),
    ] {
        let imported = with(from, to);
        let [refused] = imported.refused.as_slice() else { panic!("{from} {to}: {:?}", imported.refused) };
        let shown: String = to.chars().take(60).collect();
        assert_eq!(refused.code, code, "{shown}: {refused}");
        assert_eq!(refused.path, "objects/0");
        assert_eq!(imported.contacts.len(), 1, "the other object is read: {shown}");
    }
}

#[test]
fn a_document_that_is_none_is_refused_as_a_whole() {
    let list = format!("[{GOOD}]");
    let old = r#"{"type":"bundle","id":"bundle--1","spec_version":"2.0","objects":[]}"#;
    let twice = r#"{"type":"bundle","objects":[],"objects":[]}"#;
    let cut = format!(r#"{{"type":"bundle","objects":[{GOOD}"#);
    let after = format!(r#"{{"type":"bundle","objects":[{GOOD}]}}x"#);
    for (text, code) in [
        (&b""[..], Code::NotJson),
        (b"{", Code::NotJson),
        (b"\xff{}", Code::NotUtf8),
        (b"\xef\xbb\xbf{}", Code::NotJson),
        (b"7", Code::NotABundle),
        (list.as_bytes(), Code::NotABundle),
        (b"{\"mores\":false}", Code::NotABundle),
        (b"{\"objects\":7}", Code::NotABundle),
        (b"{\"type\":\"bundle\",\"objects\":{}}", Code::NotABundle),
        (old.as_bytes(), Code::SpecVersion),
        (twice.as_bytes(), Code::DuplicateName),
        (cut.as_bytes(), Code::NotJson),
        (after.as_bytes(), Code::NotJson),
    ] {
        let refused = read(text).unwrap_err();
        assert_eq!((refused.code, refused.path.as_str()), (code, ""), "{}", String::from_utf8_lossy(text));
    }
    let long = Limits { document_bytes: 10, ..Limits::default() };
    let refused = import(GOOD.as_bytes(), &long, &Known::default()).unwrap_err();
    assert_eq!(refused.code, Code::DocumentTooLong);
}

#[test]
fn a_bundle_an_envelope_and_one_object_are_read_alike() {
    let bundle = format!(r#"{{"type":"bundle","id":"bundle--1","objects":[{GOOD}]}}"#);
    let envelope = format!(r#"{{"more":true,"next":"x","objects":[{GOOD}]}}"#);
    for text in [bundle.as_str(), &envelope, GOOD, &format!(" \n{GOOD}\n")] {
        let imported = read(text.as_bytes()).unwrap();
        assert_eq!((imported.contacts.len(), imported.refused.len()), (1, 0), "{text}");
        let evidence = imported.contacts[0].origin.evidence;
        assert_eq!(evidence.of(text.as_bytes()), Some(GOOD.as_bytes()));
    }
    for empty in ["{}", r#"{"more":false}"#, r#"{"type":"bundle","id":"bundle--1"}"#, r#"{"objects":[]}"#] {
        assert_eq!(read(empty.as_bytes()).unwrap(), Imported::default(), "{empty}");
    }
}

#[test]
fn a_versioned_object_is_judged_by_its_own_version_not_as_a_bundle() {
    let refused = read(GOOD.replace("\"2.1\"", "\"2.0\"").as_bytes()).unwrap().refused;
    assert_eq!((refused[0].code, refused[0].path.as_str()), (Code::SpecVersion, "objects/0"));
}

#[test]
fn many_objects_are_counted_and_not_kept() {
    let objects = vec!["[[[[1]]]]"; 100_000].join(",");
    let text = format!(r#"{{"type":"bundle","objects":[{objects}]}}"#);
    let limits = Limits { objects: 10, ..Limits::default() };
    let imported = import(text.as_bytes(), &limits, &Known::default()).unwrap();
    assert_eq!((imported.beyond, imported.refused.len()), (99_990, 11));
    let last = imported.refused.last().unwrap();
    assert_eq!((last.code, last.path.as_str()), (Code::TooManyObjects, "objects/10"));
}

#[test]
fn many_values_are_not_read() {
    let text = GOOD.replace("\"latitude\":12.5", &format!("\"x\":[{}1]", "1,".repeat(5_000)));
    let limits = Limits { values: 1_000, ..Limits::default() };
    let imported = import(text.as_bytes(), &limits, &Known::default()).unwrap();
    assert_eq!(imported.refused[0].code, Code::TooManyValues);
}

#[test]
fn deep_nesting_outside_and_inside_ends_without_a_crash() {
    for (text, code) in [
        ("[".repeat(1 << 20), Code::NotABundle),
        (r#"{"a":"#.repeat(1 << 18), Code::NotJson),
        (format!("{{\"objects\":{}", "[".repeat(1 << 20)), Code::NotJson),
    ] {
        assert_eq!(read(text.as_bytes()).unwrap_err().code, code);
    }
    let deep = format!("{}1{}", "[".repeat(1 << 16), "]".repeat(1 << 16));
    let text = format!(r#"{{"type":"bundle","x":{deep},"objects":[{GOOD},{deep}]}}"#);
    let imported = read(text.as_bytes()).unwrap();
    assert_eq!((imported.contacts.len(), imported.refused[0].code), (1, Code::TooDeep));
}

#[test]
fn the_same_version_twice_is_repeated_and_with_another_content_a_conflict() {
    let other = GOOD.replace("12.5", "12.6");
    let text = format!(r#"{{"objects":[{GOOD},{GOOD},{other}]}}"#);
    let imported = read(text.as_bytes()).unwrap();
    let codes: Vec<Code> = imported.refused.iter().map(|refused| refused.code).collect();
    assert_eq!((codes, imported.contacts.len()), (vec![Code::Repeated, Code::VersionConflict], 1));
}

fn marking(id: &str, body: &str) -> String {
    format!(
        r#"{{"type":"marking-definition","spec_version":"2.1","id":"{id}","created":"2026-11-20T00:00:00.000Z",{body}}}"#
    )
}

#[test]
fn a_marking_that_bears_anothers_id_is_refused() {
    let red = "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1";
    let extension = "extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d";
    let body = |label: &str| {
        format!(
            r#""name":"TLP","extensions":{{"{extension}":{{"extension_type":"property-extension","tlp_2_0":"{label}"}}}}"#
        )
    };
    let carrier = GOOD.replace("\"latitude\"", &format!("\"object_marking_refs\":[\"{red}\"],\"latitude\""));
    let text = format!(r#"{{"objects":[{},{carrier}]}}"#, marking(red, &body("clear")));
    let imported = read(text.as_bytes()).unwrap();
    assert_eq!(imported.refused[0].code, Code::MarkingAltered);
    assert!(imported.contacts[0].origin.markings[0].body.contains("red"), "the published marking stands");
    let text = format!(r#"{{"objects":[{},{carrier}]}}"#, marking(red, &body("red")));
    assert_eq!(read(text.as_bytes()).unwrap().refused, []);
}

#[test]
fn a_marking_is_known_on_the_next_page_and_cannot_change() {
    let id = "marking-definition--44444444-4444-4444-8444-444444444444";
    let statement = |text: &str| {
        marking(id, &format!(r#""definition_type":"statement","definition":{{"statement":"{text}"}}"#))
    };
    let first = read(format!(r#"{{"objects":[{}]}}"#, statement("ours")).as_bytes()).unwrap();
    assert_eq!((first.context.len(), first.known.len()), (1, 1));
    let carrier = GOOD.replace("\"latitude\"", &format!("\"object_marking_refs\":[\"{id}\"],\"latitude\""));
    let page = format!(r#"{{"objects":[{carrier}]}}"#);
    assert_eq!(read(page.as_bytes()).unwrap().refused[0].code, Code::MarkingNotFound);
    let second = import(page.as_bytes(), &Limits::default(), &first.known).unwrap();
    assert_eq!(&*second.contacts[0].origin.markings[0].body, statement("ours"));
    let text = format!(r#"{{"objects":[{},{carrier}]}}"#, statement("others"));
    let third = import(text.as_bytes(), &Limits::default(), &first.known).unwrap();
    assert_eq!(third.refused[0].code, Code::MarkingAltered);
    assert!(third.contacts[0].origin.markings[0].body.contains("ours"));
    let spaced = statement("ours").replace(":{", ": {");
    let fourth = import(format!(r#"{{"objects":[{spaced}]}}"#).as_bytes(), &Limits::default(), &first.known);
    assert_eq!(fourth.unwrap().refused, [], "spacing is not meaning");
}

#[test]
fn a_marking_of_itself_is_refused() {
    let id = "marking-definition--44444444-4444-4444-8444-444444444444";
    let body = format!(
        r#""definition_type":"statement","definition":{{"statement":"x"}},"object_marking_refs":["{id}"]"#
    );
    let text = format!(r#"{{"objects":[{}]}}"#, marking(id, &body));
    assert_eq!(read(text.as_bytes()).unwrap().refused[0].code, Code::MarkingCircular);
}

proptest! {
    #[test]
    fn any_bytes_end_without_a_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        read(&bytes).ok();
    }

    /// Every object of a document is in exactly one list, whatever was done to it.
    #[test]
    fn every_object_is_in_exactly_one_list(
        at in 0..GOOD.len(),
        byte in prop_oneof![Just(b'"'), Just(b'['), Just(b'0'), Just(b'}'), any::<u8>()],
    ) {
        let mut changed = GOOD.as_bytes().to_vec();
        changed[at] = byte;
        let mut text = br#"{"objects":["#.to_vec();
        text.extend(&changed);
        text.extend(b"]}");
        if let Ok(read) = read(&text) {
            let lists = [
                read.contacts.len(), read.sightings.len(), read.proposals.len(), read.context.len(),
                read.refused.len(),
            ];
            let objects: Result<serde_json::Value, _> = serde_json::from_slice(&text);
            let count = objects.map_or(1, |value| value["objects"].as_array().map_or(0, Vec::len));
            prop_assert_eq!(lists.iter().sum::<usize>(), count);
        }
    }
}

/// What is small to send must not be large to read: many references to one long name, many carriers of one long marking.
#[test]
fn references_do_not_multiply_what_they_refer_to() {
    let id = "marking-definition--44444444-4444-4444-8444-444444444444";
    let long = "a".repeat(900_000);
    let marking =
        marking(id, &format!(r#""definition_type":"statement","definition":{{"statement":"{long}"}}"#));
    let vessel =
        GOOD.replace("location", "vessel").replace("\"latitude\":12.5,\"longitude\":-77", "\"name\":\"X\"");
    let refs = vec!["\"vessel--11111111-1111-4111-8111-111111111111\""; 15_000].join(",");
    let notes: Vec<String> = (0..30)
        .map(|n| {
            GOOD.replace("location", "note").replace("11111111-1111", &format!("{n:08}-1111")).replace(
                "\"latitude\":12.5,\"longitude\":-77",
                &format!("\"content\":\"x\",\"object_refs\":[{refs}],\"object_marking_refs\":[\"{id}\"]"),
            )
        })
        .collect();
    let text = format!(r#"{{"objects":[{marking},{vessel},{}]}}"#, notes.join(","));
    let imported = read(text.as_bytes()).unwrap();
    assert_eq!((imported.proposals.len(), imported.refused.len()), (30, 0), "{:?}", imported.refused.first());
    for proposal in &imported.proposals {
        let bitacora_stix::import::Proposed::Said(said) = &proposal.what else { panic!() };
        assert!(said.about.len() <= 2, "one vessel, once, and the note's own");
        assert!(std::sync::Arc::ptr_eq(
            &proposal.origin.markings[0].body,
            &imported.proposals[0].origin.markings[0].body
        ));
    }
}
