//! Input that means harm, or is damaged: refused at its place, in bounded time, never a panic.

use std::time::Instant as Clock;

use bitacora_feeds::containers::epcis::{MAX_DEPTH, container_events, event_hash, pre_hash, read, withdrawn};
use bitacora_feeds::refusal::Reason;
use proptest::prelude::*;

use crate::{document, object_event, one, read_text, refused, seeds, source};

#[test]
fn hostile_text_is_refused_at_its_place_and_in_time() {
    let doubled = document(&format!(
        "{}, {}",
        object_event(r#", "epcList": ["urn:a:1"], "action": "ADD""#),
        object_event(r#", "epcList": ["urn:a:1"]"#)
    ));
    let batch = read_text(&doubled);
    assert_eq!(
        (refused(&batch), batch.items.len()),
        (vec![("/epcisBody/eventList/0/action", Reason::TooMany)], 1)
    );
    let batch = read_text(&document(&object_event(
        r#", "epcList": ["urn:a:1", "\ud800"], "e:x": {"e:y": "\udfff"}"#,
    )));
    assert_eq!(
        refused(&batch),
        [
            ("/epcisBody/eventList/0/e:x/e:y", Reason::Encoding),
            ("/epcisBody/eventList/0/epcList/1", Reason::Encoding)
        ]
    );
    for (bytes, fault) in [
        (b"\xff".to_vec(), ("byte 0", Reason::Encoding)),
        (b"".to_vec(), ("byte 0", Reason::Structure)),
        (b"[]".to_vec(), ("byte 0", Reason::Structure)),
        (b"{\"a\" 1}".to_vec(), ("byte 5", Reason::Structure)),
        (vec![b' '; 33 << 20], ("byte 33554432", Reason::TooLong)),
    ] {
        assert_eq!(refused(&read(&bytes, source())), [fault]);
    }
    let before = Clock::now();
    let deep = format!("{}{}", "[".repeat(10_000_000), "]".repeat(10_000_000));
    assert_eq!(read_text(&deep).defects[0].part, format!("byte {}", MAX_DEPTH + 1));
    let names: String = (0..600_000).map(|n| format!(r#", "k{n}": 0"#)).collect();
    assert_eq!(read_text(&document(&object_event(&names))).defective, 600_001);
    let long = "x".repeat(1 << 20);
    let inside: String = (0..100_000).map(|n| format!(r#""o:{n}": 0, "#)).collect();
    let batch = read_text(&document(&object_event(&format!(
        r#", "epcList": ["urn:a:1"], "e:{long}": {{{inside}"a": 0}}"#
    ))));
    assert_eq!(batch.defective, 100_000);
    assert!(batch.defects.iter().all(|defect| defect.part.len() < 300 && defect.found.len() < 300));
    let flat =
        document(&object_event(&format!(r#", "epcList": ["urn:a:1"{}]"#, r#", "e:a""#.repeat(1_000_000))));
    assert_eq!(read_text(&flat).defective, 999_999);
    let children: String = (0..300_000).map(|n| format!("<k{n}/>")).collect();
    let xml = |inside: &str| {
        format!(
            "<EPCISDocument><EPCISBody><EventList><ObjectEvent>{inside}</ObjectEvent></EventList></EPCISBody></EPCISDocument>"
        )
    };
    assert!(read_text(&xml(&children)).defective > 300_000);
    assert_eq!(read_text(&xml("<!DOCTYPE a>")).defects[0].reason, Reason::Structure);
    assert!(read_text(&xml(&"<k/>".repeat(300_000))).defective > 1);
    assert!(before.elapsed().as_secs() < 60, "{:?}", before.elapsed());
}

proptest! {
    #![proptest_config(ProptestConfig { rng_seed: prop::test_runner::RngSeed::Fixed(20), ..ProptestConfig::with_cases(400) })]

    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let batch = read(&bytes, source());
        prop_assert!(batch.defective > 0);
    }

    #[test]
    fn a_damaged_document_is_read_or_refused(seed in 0_usize..6, at in any::<prop::sample::Index>(), byte in any::<u8>(), cut in any::<bool>()) {
        let mut bytes = seeds().swap_remove(seed);
        let at = at.index(bytes.len());
        if cut { bytes.remove(at); } else { bytes[at] = byte; }
        let batch = read(&bytes, source());
        for event in &batch.items {
            prop_assert!(event_hash(event).starts_with("ni:///sha-256;"));
            let told = container_events(event);
            prop_assert!(told.items.iter().all(|one| one.seals.len() <= 16));
            let _ids = withdrawn(event);
        }
    }

    #[test]
    fn the_order_of_members_and_lists_does_not_count(order in Just(vec![0_usize, 1, 2, 3, 4, 5]).prop_shuffle(), turned in any::<bool>()) {
        let lists = if turned { [r#""urn:a:2", "urn:a:1""#, r#""x", "y""#] } else { [r#""urn:a:1", "urn:a:2""#, r#""y", "x""#] };
        let parts = [
            r#""type": "ObjectEvent""#.to_owned(), r#""eventTime": "2026-11-20T10:00:00Z""#.to_owned(),
            r#""eventTimeZoneOffset": "+00:00""#.to_owned(), r#""action": "OBSERVE""#.to_owned(),
            format!(r#""epcList": [{}]"#, lists[0]), format!(r#""e:n": [{}]"#, lists[1]),
        ];
        let members: Vec<&str> = order.iter().map(|place| parts[*place].as_str()).collect();
        let event = one(&document(&format!("{{{}}}", members.join(", "))));
        let end = "epcListepc=urn:a:1epc=urn:a:2action=OBSERVE{https://ns.example.org/}n=x{https://ns.example.org/}n=y";
        let own = pre_hash(&event);
        prop_assert!(own.ends_with(end), "{}", own);
    }
}
