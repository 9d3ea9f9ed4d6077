//! The watch log unites what was seen and what people did.

use bitacora_primitives::FactId;
use bitacora_store::{NewEntry, Store, WatchLogFilter, WatchLogRow};

use crate::fixture::*;
use crate::on_both;

on_both![everything_stands_in_one_order, filters_choose, a_note_is_written_once_with_its_leaf];

fn note(name: &str, seconds: i64, text: &str) -> NewEntry {
    NewEntry {
        id: FactId::of(&[name.as_bytes()]),
        kind: "note".into(),
        code: "note".into(),
        at: at(seconds),
        recorded: at(seconds),
        officer: Some(officer_id("ana")),
        mmsi: None,
        lead: Some(lead_id("l")),
        event: None,
        lat: None,
        lon: None,
        text: Some(text.into()),
        body: "{}".into(),
    }
}

fn filled(case: &Case) -> Store {
    let store = case.with_source();
    let mut one = batch(1);
    one.events = vec![event("e", 1, 150)];
    one.leads = vec![lead("l", 1, 1.0), lead("l", 2, 2.0)];
    store.commit(&one).unwrap();
    store.decide(&decision("d", "l", "new", "accepted", "luis"), |n| leaf("decision", n)).unwrap();
    store.append_logged(&note("n", 1200, "Avión en ruta, 100 % visible"), |n| leaf("note", n)).unwrap();
    let feed = NewEntry {
        kind: "feed".into(),
        code: "feed_stopped".into(),
        officer: None,
        lead: None,
        ..note("f", 50, "")
    };
    assert!(store.append_entry(&feed).unwrap());
    assert!(!store.append_entry(&feed).unwrap());
    store
}

fn kinds(rows: &[WatchLogRow]) -> Vec<&str> {
    rows.iter().map(|row| row.kind.as_str()).collect()
}

fn everything_stands_in_one_order(case: &Case) {
    let store = filled(case);
    let rows = store.watchlog(&WatchLogFilter::default()).unwrap();
    assert_eq!(kinds(&rows), ["note", "decision", "lead", "event", "feed"]);
    assert_eq!(rows.iter().map(|row| row.leaf).collect::<Vec<_>>(), [Some(1), Some(0), None, None, None]);
    let numbers: Vec<_> = rows.iter().map(|row| row.lead_number.as_deref()).collect();
    assert_eq!(numbers, [Some("IND-2611-0001"), Some("IND-2611-0001"), Some("IND-2611-0001"), None, None]);
    assert_eq!(rows[2].at, at(201), "a lead stands where it was raised");
    assert_eq!((rows[1].mmsi, rows[1].code.as_str()), (Some(mmsi(211_000_001)), "accept"));
    let oldest = WatchLogFilter { oldest_first: true, limit: 2, ..Default::default() };
    assert_eq!(kinds(&store.watchlog(&oldest).unwrap()), ["feed", "event"]);
    assert_eq!(kinds(&store.watchlog(&WatchLogFilter { limit: 1, ..Default::default() }).unwrap()), ["note"]);
}

fn filters_choose(case: &Case) {
    let store = filled(case);
    let any = WatchLogFilter::default;
    let found = |filter: WatchLogFilter| {
        store.watchlog(&filter).unwrap().into_iter().map(|row| row.kind).collect::<Vec<_>>()
    };
    assert_eq!(found(WatchLogFilter { from: Some(at(150)), to: Some(at(201)), ..any() }), ["lead", "event"]);
    assert_eq!(found(WatchLogFilter { officer: Some(officer_id("luis")), ..any() }), ["decision"]);
    assert_eq!(found(WatchLogFilter { text: Some("AVIÓN".into()), ..any() }), ["note"]);
    assert_eq!(found(WatchLogFilter { text: Some("100 %".into()), ..any() }), ["note"]);
    assert_eq!(found(WatchLogFilter { text: Some("_".into()), ..any() }), Vec::<String>::new());
    assert_eq!(found(WatchLogFilter { text: Some("decisión de".into()), ..any() }), ["decision"]);
    let wanted = Some(vec!["lead".into(), "feed".into()]);
    assert_eq!(found(WatchLogFilter { kinds: wanted, ..any() }), ["lead", "feed"]);
    let vessel = WatchLogFilter { mmsi: Some(mmsi(211_000_001)), ..any() };
    assert_eq!(found(vessel), ["decision", "lead", "event"]);
}

fn a_note_is_written_once_with_its_leaf(case: &Case) {
    let store = filled(case);
    let again = store.append_logged(&note("n", 1200, "other words"), |_| panic!("it has its leaf")).unwrap();
    assert_eq!(again, 1);
    assert_eq!(store.leaf_hashes(0).unwrap().len(), 2);
    let notes = WatchLogFilter { kinds: Some(vec!["note".into()]), ..Default::default() };
    assert_eq!(store.watchlog(&notes).unwrap()[0].text.as_deref(), Some("Avión en ruta, 100 % visible"));
}
