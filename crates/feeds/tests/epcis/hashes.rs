//! The event hash of CBV 2.0 against published hashes and pre-hash strings, and what it depends on.

use bitacora_feeds::containers::epcis::{event_hash, hash_of, pre_hash, pre_hash_without, read};
use bitacora_feeds::refusal::Reason;

use crate::{document, files, object_event, one, read_text, refused, shared, source};

/// The lines of a list; the last may lack its line end.
fn lines(bytes: &[u8]) -> Vec<String> {
    String::from_utf8(bytes.to_vec())
        .unwrap()
        .lines()
        .map(str::to_owned)
        .filter(|line| !line.is_empty())
        .collect()
}

/// Listed hashes whose listed pre-hash string does not give them, and why.
const NOT_FROM_THE_LINE: [(&str, usize, &str); 4] = [
    (
        "epcisDocHavingEventWithComment",
        0,
        "no pre-hash file: without its comment the event is the first of epcisQueryDocument",
    ),
    ("epcisDocWithAllGS1Keys", 0, "characters of the line are overwritten with others of the same line"),
    ("epcisDocWithCustomSchemaInContext", 1, "the line is an older form of the first event's"),
    ("epcisDocWithDefaultSchemaInContext", 1, "the line is cut off in the last transaction"),
];

#[test]
fn the_listed_pre_hash_lines_give_the_listed_hashes_but_for_four_that_are_explained() {
    let Some(folder) = shared("event-hash") else { return };
    let (hashes, pre_hashes) = (files(&folder, "hashes"), files(&folder, "prehashes"));
    let (mut listed, mut with_line, mut given) = (0, 0, 0);
    let mut not_given = Vec::new();
    for (name, bytes) in &hashes {
        let from_lines = pre_hashes.get(name).map(|bytes| lines(bytes)).unwrap_or_default();
        for (index, hash) in lines(bytes).into_iter().enumerate() {
            listed += 1;
            with_line += usize::from(index < from_lines.len());
            match from_lines.get(index) {
                Some(line) if hash_of(line) == hash => given += 1,
                _ => not_given.push((name.as_str(), index)),
            }
        }
    }
    assert_eq!((listed, with_line, given), (63, 62, 59));
    assert_eq!(not_given, NOT_FROM_THE_LINE.map(|(name, index, _)| (name, index)));
    // Who counts only lines that end in a line end finds 58 of 62, for one file's last line has none.
    let open: Vec<_> = pre_hashes.iter().filter(|(_, bytes)| bytes.last() != Some(&b'\n')).collect();
    assert_eq!(
        open.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(),
        ["ReferenceEventHashAlgorithm2"]
    );
    // The reasons, checked.
    let line = |name: &str, index: usize| lines(&pre_hashes[name])[index].clone();
    let hash = |name: &str, index: usize| lines(&hashes[name])[index].clone();
    assert!(!pre_hashes.contains_key("epcisDocHavingEventWithComment"));
    assert_eq!(hash("epcisDocHavingEventWithComment", 0), hash_of(&line("epcisQueryDocument", 0)));
    assert!(
        line("epcisDocWithAllGS1Keys", 0).contains("epc=httpspc=https://id.gs1.org/00/040123450000003338")
    );
    assert!(
        line("epcisDocWithCustomSchemaInContext", 1)
            .contains("254/1234{https://ns.example.com/epcis/}myField=myValue")
    );
    assert!(line("epcisDocWithDefaultSchemaInContext", 1).ends_with("urn:epcglobal:cbv:bt:06141410734"));
}

/// The one listed hash that no reader of the document should give: the listed line has a text of twenty-four digits,
/// `111100001111000011110000`, rounded as a floating point number to `111100001111000003641344`.
const ROUNDED: (&str, usize) = ("SensorDataExamples", 6);

#[test]
fn every_listed_hash_is_computed_from_its_documents_in_json_and_in_xml() {
    let Some(folder) = shared("event-hash") else { return };
    let (hashes, pre_hashes) = (files(&folder, "hashes"), files(&folder, "prehashes"));
    let mut found = std::collections::BTreeSet::new();
    for (extension, events, agreed) in [("jsonld", 43, 43), ("xml", 46, 45)] {
        let (mut read_events, mut computed) = (0, 0);
        for (name, bytes) in &files(&folder, extension) {
            let batch = read(bytes, source());
            assert_eq!(refused(&batch), [], "{name}");
            let listed = lines(&hashes[name]);
            assert_eq!(batch.items.len(), listed.len(), "{name}");
            for (index, (event, hash)) in batch.items.iter().zip(&listed).enumerate() {
                let place = (name.as_str(), index);
                let own = pre_hash_without(event, &event.left_out);
                read_events += 1;
                if place == ROUNDED {
                    let line = &lines(&pre_hashes[name])[index];
                    assert_eq!(own.replace("111100001111000011110000", "111100001111000003641344"), *line);
                    continue;
                }
                assert_eq!(hash_of(&own), *hash, "{name} {index}: {own}");
                computed += 1;
                found.insert((name.clone(), index));
                if !NOT_FROM_THE_LINE.iter().any(|(other, at, _)| (*other, *at) == place) {
                    assert_eq!(own, lines(&pre_hashes[name])[index], "{name} {index}");
                }
                // By the standard nothing is left out on a sender's word.
                let strict = event.extensions.iter().all(|one| !event.left_out.contains(&one.name.iri()));
                assert_eq!(event_hash(event) == *hash, strict, "{name} {index}");
            }
        }
        assert_eq!((read_events, computed), (events, agreed), "{extension}");
    }
    assert_eq!(found.len(), 62, "of the 63 listed");
}

#[test]
fn xml_and_json_that_say_the_same_have_one_hash() {
    let xml = |events: &str| {
        format!(
            r#"<e:EPCISDocument xmlns:e="urn:epcglobal:epcis:xsd:2" xmlns:x="https://ns.example.org/" schemaVersion="2.0"
            creationDate="2026-11-20T12:00:00Z"><EPCISBody><EventList>{events}</EventList></EPCISBody></e:EPCISDocument>"#
        )
    };
    let times =
        "<eventTime>2026-11-20T10:00:00Z</eventTime><eventTimeZoneOffset>+00:00</eventTimeZoneOffset>";
    let event = format!(
        r#"<ObjectEvent>{times}<baseExtension><eventID>urn:a:id</eventID></baseExtension><epcList><epc> urn:a:1 </epc></epcList>
        <action>ADD</action><bizStep>urn:epcglobal:cbv:bizstep:loading</bizStep><readPoint><id>urn:a:2</id><x:gate>3</x:gate></readPoint>
        <persistentDisposition><set>urn:epcglobal:cbv:disp:recalled</set><set>urn:epcglobal:cbv:disp:damaged</set></persistentDisposition>
        <extension><quantityList><quantityElement><epcClass>urn:a:3</epcClass><quantity>1.50</quantity></quantityElement></quantityList>
        <sensorElementList><sensorElement><sensorReport type="gs1:Speed" value="4.0" booleanValue="1" x:by="A"/></sensorElement></sensorElementList>
        <ilmd><x:grade>A</x:grade></ilmd></extension><x:list><x:a>2</x:a><x:a>1</x:a></x:list></ObjectEvent>"#
    );
    let from_xml = one(&xml(&event));
    let from_json = one(&document(&object_event(
        r#", "epcList": ["urn:a:1"], "bizStep": "loading", "readPoint": {"id": "urn:a:2", "e:gate": "3"}, "eventID": "urn:a:id",
        "persistentDisposition": {"set": ["damaged", "recalled"]}, "quantityList": [{"epcClass": "urn:a:3", "quantity": 1.5}],
        "sensorElementList": [{"sensorReport": [{"type": "Speed", "value": 4, "booleanValue": true, "e:by": "A"}]}],
        "ilmd": {"e:grade": "A"}, "e:list": {"e:a": ["1", "2"]}"#,
    ).replace("OBSERVE", "ADD")));
    assert_eq!(pre_hash(&from_xml), pre_hash(&from_json));
    assert_eq!(from_xml.id, from_json.id);
    // The same checks, with the places that JSON would have.
    let bad = format!(
        "<ObjectEvent>{times}<action>CREATE</action><bizStep>urn:epcglobal:cbv:bizstep:transforming</bizStep><weight>5</weight><action>ADD</action></ObjectEvent>"
    );
    let batch = read_text(&xml(&format!("{bad}{event}")));
    let mut faults = refused(&batch);
    faults.sort_unstable();
    let place = |end: &str| format!("/epcisBody/eventList/0/{end}");
    let expected = [
        (place("action"), Reason::CodeUnknown),
        (place("action"), Reason::TooMany),
        (place("bizStep"), Reason::CodeUnknown),
        (place("epcList"), Reason::Missing),
        (place("weight"), Reason::Unexpected),
    ];
    let mut expected: Vec<_> = expected.iter().map(|(part, reason)| (part.as_str(), *reason)).collect();
    expected.sort_unstable();
    assert_eq!((faults, batch.items.len()), (expected, 1));
}

#[test]
fn one_event_in_two_spellings_has_one_hash() {
    let a = one(&document(&object_event(
        r#", "bizStep": "loading", "epcList": ["urn:epc:id:sgtin:4012345.011111.1", "urn:epc:id:sgtin:4012345.011111.2"],
        "quantityList": [{"epcClass": "urn:epc:class:lgtin:4012345.012345.L", "quantity": 1.50}],
        "bizTransactionList": [{"type": "po", "bizTransaction": "urn:a:2"}, {"bizTransaction": "urn:a:1"}],
        "e:note": {"e:b": 2.0, "e:a": ["y", "x"]}"#,
    )));
    let b = one(r#"{"e:note": {"e:a": ["x", "y"], "e:b": "2.0", "e:c": null}, "action": "OBSERVE",
        "epcList": ["https://shop.example/01/04012345111118/21/2?q=1", "https://id.gs1.org/01/04012345111118/21/1"],
        "bizTransactionList": [{"bizTransaction": "urn:a:1"}, {"bizTransaction": "urn:a:2", "type": "cbv:BTT-po"}],
        "quantityList": [{"quantity": 15e-1, "epcClass": "https://id.gs1.org/01/04012345123456/10/L"}],
        "eventTimeZoneOffset": "+00:00", "eventTime": "2026-11-20T05:00:00.0004-05:00", "bizStep": "https://ref.gs1.org/cbv/BizStep-loading",
        "recordTime": "2026-11-21T00:00:00Z", "eventID": "urn:uuid:404d95fc-9457-4a51-bd6a-0bba133845a8", "rdfs:comment": "same",
        "errorDeclaration": {"declarationTime": "2026-11-21T00:00:00Z", "reason": "did_not_occur"}, "type": "ObjectEvent",
        "@context": ["https://ref.gs1.org/standards/epcis/epcis-context.jsonld", {"e": "https://ns.example.org/"}]}"#);
    assert_eq!(pre_hash(&a), pre_hash(&b));
    assert_eq!(
        pre_hash(&a),
        "eventType=ObjectEventeventTime=2026-11-20T10:00:00.000ZeventTimeZoneOffset=+00:00\
         epcListepc=https://id.gs1.org/01/04012345111118/21/1epc=https://id.gs1.org/01/04012345111118/21/2\
         quantityListquantityElementepcClass=https://id.gs1.org/01/04012345123456/10/Lquantity=1.5action=OBSERVE\
         bizStep=https://ref.gs1.org/cbv/BizStep-loadingbizTransactionListbizTransaction=urn:a:1\
         type=https://ref.gs1.org/cbv/BTT-pobizTransaction=urn:a:2\
         {https://ns.example.org/}note{https://ns.example.org/}a=x{https://ns.example.org/}a=y{https://ns.example.org/}b=2"
    );
}

#[test]
fn any_value_that_counts_changes_the_hash() {
    let base = r#", "epcList": ["urn:a:1"], "readPoint": {"id": "urn:a:2", "e:gate": "3"}, "e:seal": "0050",
        "sensorElementList": [{"sensorReport": [{"type": "Speed", "value": 4, "booleanValue": true, "bizRules": "urn:a:5"}]}],
        "certificationInfo": [{"gs1:CertificationDetails": {"gs1:certificationAgency": "A6"}}]"#;
    let hash = |text: &str| event_hash(&one(&document(&object_event(text))));
    let first = hash(base);
    for (from, to) in [
        ("urn:a:1", "urn:a:9"),
        ("urn:a:2", "urn:a:9"),
        (r#""3""#, r#""9""#),
        ("0050", "0051"),
        ("0050", "50"),
        (r#""value": 4"#, r#""value": 4.01"#),
        ("true", "false"),
        ("urn:a:5", "urn:a:9"),
        ("A6", "A9"),
        ("e:gate", "e:door"),
        ("Speed", "Power"),
    ] {
        assert_ne!(hash(&base.replacen(from, to, 1)), first, "{from} {to}");
    }
}
