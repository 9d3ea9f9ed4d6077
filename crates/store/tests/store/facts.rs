//! Commits and what they hold: once, in one piece, for ever.

use bitacora_primitives::{EventId, EvidenceRef, IndicationId, SourceId};
use bitacora_store::{
    AccountFact, EventFilter, IdentityRow, IndicationFilter, LeadFilter, NewIndication, PortRow, Quarantined,
    RawLine, StoreError,
};

use crate::fixture::*;
use crate::on_both;

on_both![
    a_batch_is_stored_whole_and_a_second_time_changes_nothing,
    marks_advance_and_keep_the_tallies,
    a_batch_of_an_unknown_source_or_with_a_strange_position_is_refused_whole,
    the_latest_revision_speaks_and_a_withdrawn_event_is_silent,
    events_are_found_by_time_kind_and_either_vessel,
    leads_are_numbered_in_order_once,
    leads_are_found_by_state_vessel_and_time,
    identities_keep_their_history,
    two_writers_of_one_source_do_not_both_advance_it,
    facts_are_never_edited,
    a_reader_does_not_wait_for_a_writer,
    opening_again_changes_nothing,
];

fn full_batch() -> bitacora_store::Batch {
    let mut full = batch(10);
    full.offset = Some(480);
    full.tallies = [("lines".to_owned(), 10), ("refused:checksum".to_owned(), 2)].into();
    full.positions = (1..=8).map(|line| fix(line, line as i64, 211_000_001)).collect();
    let heard = reception(8, 9, 9, "alpha");
    full.receptions.push(heard.row, heard.station.as_bytes());
    full.statics = vec![says(7, 7, 211_000_001)];
    full.events = vec![event("a", 1, 100)];
    full.indications = vec![NewIndication {
        id: IndicationId::of(&[b"i"]),
        revision: 1,
        code: "ais_gap".into(),
        mmsi: mmsi(211_000_001),
        start: at(100),
        body: "{\"nats\":1.5}".into(),
    }];
    full.leads = vec![lead("l", 1, 2.5)];
    full.port_rows = vec![PortRow {
        kind: "event".into(),
        id: "e1".into(),
        container: Some("CSQU3054383".into()),
        at: Some(at(3)),
        source: source(),
        line: 3,
        body: "{}".into(),
    }];
    full.identities = vec![identity(1, 100, "ALFA")];
    full.evidence = vec![RawLine {
        source: source(),
        line: 3,
        offset: Some(144),
        raw: b"!AIVDM,1,1,,A,\xff\x00,0*00".to_vec(),
        sha256: [7; 32],
        observed: Some(at(3)),
        mmsi: Some(mmsi(211_000_001)),
    }];
    full.quarantined = vec![Quarantined {
        source: source(),
        line: 9,
        offset: None,
        reason: "checksum".into(),
        detail: "`\0` is not 5C".into(),
        raw: vec![0, 255],
    }];
    full
}

fn identity(line: u64, seconds: i64, name: &str) -> IdentityRow {
    IdentityRow {
        mmsi: mmsi(211_000_001),
        since: at(seconds),
        name: Some(name.into()),
        call_sign: None,
        imo: Some(9_074_729),
        ship_type: Some(70),
        length_m: Some(180),
        beam_m: None,
        draught_m: Some(7.3),
        destination: None,
        station: 0,
        evidence: EvidenceRef { source: source(), line, offset: None },
    }
}

fn a_batch_is_stored_whole_and_a_second_time_changes_nothing(case: &Case) {
    let store = case.with_source();
    let full = full_batch();
    let first = store.commit(&full).unwrap();
    assert_eq!((first.positions, first.positions_known, first.facts), (8, 0, 7));
    assert_eq!(first.new_leads, [(lead_id("l"), "IND-2611-0001".to_owned())]);
    assert_eq!((first.mark.batch, first.mark.line, first.mark.offset), (1, 10, Some(480)));

    let second = store.commit(&full).unwrap();
    assert_eq!((second.positions, second.positions_known, second.facts), (0, 8, 0));
    assert_eq!(second.mark, first.mark);
    assert_eq!(second.new_leads, []);

    let events = store.events(&EventFilter::default()).unwrap();
    assert_eq!(events.iter().map(|row| &row.event).collect::<Vec<_>>(), [&full.events[0]]);
    assert_eq!(store.indications(&IndicationFilter::default()).unwrap(), full.indications);
    assert_eq!(store.evidence(source(), 3).unwrap(), Some(full.evidence[0].clone()));
    assert_eq!(store.evidence(source(), 4).unwrap(), None);
    let refs = [4, 3].map(|line| EvidenceRef { source: source(), line, offset: None });
    assert_eq!(store.evidence_of(&refs).unwrap(), full.evidence);
    let sample = store.quarantine_samples(10).unwrap().pop().unwrap();
    assert_eq!((sample.line, sample.raw, sample.detail), (9, vec![0, 255], "`\u{fffd}` is not 5C".into()));
    assert_eq!(store.identity(mmsi(211_000_001), None).unwrap(), full.identities.into_iter().next());
    assert_eq!(store.latest_mark(source()).unwrap(), Some(first.mark));
}

fn marks_advance_and_keep_the_tallies(case: &Case) {
    let store = case.with_source();
    assert_eq!(store.latest_mark(source()).unwrap(), None);
    assert!(!store.register_source(&recording()).unwrap(), "a known source stays as it was");
    assert_eq!(store.sources().unwrap(), [recording()]);
    for line in [5, 9] {
        let mut next = batch(line);
        next.tallies.insert("lines".into(), line);
        assert_eq!(store.commit(&next).unwrap().mark.line, line);
    }
    let mark = store.latest_mark(source()).unwrap().unwrap();
    assert_eq!((mark.batch, mark.line, mark.tallies["lines"]), (2, 9, 9));
    assert_eq!(store.commit(&batch(7)).unwrap().mark, mark, "a mark never goes back");
    assert_eq!(store.latest_marks().unwrap(), [mark]);
}

fn a_batch_of_an_unknown_source_or_with_a_strange_position_is_refused_whole(case: &Case) {
    let store = case.open();
    let known = store.commit(&full_batch());
    assert!(matches!(known, Err(StoreError::UnknownSource(id)) if id == source()));
    store.register_source(&recording()).unwrap();
    let mut beyond = full_batch();
    beyond.positions.push(fix(11, 11, 211_000_001));
    assert!(matches!(store.commit(&beyond), Err(StoreError::NotOfBatch { line: 11, through: 10, .. })));
    let mut foreign = full_batch();
    foreign.positions[0].source = SourceId::of(&[b"other"]);
    assert!(matches!(store.commit(&foreign), Err(StoreError::NotOfBatch { .. })));
    assert_eq!(store.events(&EventFilter::default()).unwrap(), []);
    assert_eq!(store.latest_mark(source()).unwrap(), None);
    assert_eq!(store.archive_span().unwrap(), None);
}

fn the_latest_revision_speaks_and_a_withdrawn_event_is_silent(case: &Case) {
    let store = case.with_source();
    let mut first = batch(1);
    first.events = vec![event("a", 2, 100), event("a", 1, 90), event("b", 1, 50)];
    store.commit(&first).unwrap();
    let shown = |store: &bitacora_store::Store| -> Vec<(EventId, u32)> {
        let rows = store.events(&EventFilter::default()).unwrap();
        rows.iter().map(|row| (row.event.id, row.event.revision)).collect()
    };
    assert_eq!(shown(&store), [(EventId::of(&[b"a"]), 2), (EventId::of(&[b"b"]), 1)]);
    let mut second = batch(2);
    second.events = vec![bitacora_store::NewEvent { withdrawn: true, ..event("a", 3, 100) }];
    store.commit(&second).unwrap();
    assert_eq!(shown(&store), [(EventId::of(&[b"b"]), 1)]);
    let withdrawn = store.event(EventId::of(&[b"a"])).unwrap().unwrap();
    assert!(withdrawn.event.withdrawn && withdrawn.event.revision == 3);
    assert_eq!(store.event(EventId::of(&[b"none"])).unwrap(), None);
}

fn events_are_found_by_time_kind_and_either_vessel(case: &Case) {
    let store = case.with_source();
    let mut one = batch(1);
    let meeting = bitacora_store::NewEvent {
        kind: "encounter".into(),
        mmsi: mmsi(211_000_005),
        other: Some(mmsi(211_000_001)),
        ..event("meeting", 1, 2000)
    };
    let open = bitacora_store::NewEvent { end: None, mmsi: mmsi(211_000_009), ..event("open", 1, 0) };
    one.events = vec![event("early", 1, 100), meeting, open];
    store.commit(&one).unwrap();
    let names = |filter: EventFilter| -> Vec<EventId> {
        store.events(&filter).unwrap().iter().map(|row| row.event.id).collect()
    };
    let id = |name: &str| EventId::of(&[name.as_bytes()]);
    let any = EventFilter::default;
    assert_eq!(names(EventFilter { from: Some(at(701)), ..any() }), [id("meeting"), id("open")]);
    assert_eq!(
        names(EventFilter { from: Some(at(700)), to: Some(at(1999)), ..any() }),
        [id("early"), id("open")]
    );
    assert_eq!(names(EventFilter { kinds: vec!["encounter".into()], ..any() }), [id("meeting")]);
    let of_one = EventFilter { mmsi: Some(mmsi(211_000_001)), ..any() };
    assert_eq!(names(of_one), [id("meeting"), id("early")]);
    assert_eq!(names(EventFilter { limit: 1, ..any() }), [id("meeting")]);
}

fn leads_are_numbered_in_order_once(case: &Case) {
    let store = case.with_source();
    let mut first = batch(1);
    first.leads = vec![lead("x", 1, 1.0), lead("y", 1, 3.0)];
    store.commit(&first).unwrap();
    let mut again = batch(2);
    let december = bitacora_store::NewLead { updated: at(10 * 86_400), ..lead("w", 1, 0.5) };
    again.leads = vec![lead("x", 1, 1.0), lead("x", 2, 5.0), lead("z", 1, 2.0), december];
    let new = store.commit(&again).unwrap().new_leads;
    assert_eq!(new, [(lead_id("z"), "IND-2611-0003".to_owned()), (lead_id("w"), "IND-2612-0001".to_owned())]);
    let rows = store.leads(&LeadFilter::default()).unwrap();
    let numbers: Vec<_> = rows.iter().map(|row| (row.number.as_str(), row.lead.revision)).collect();
    assert_eq!(
        numbers,
        [("IND-2611-0001", 2), ("IND-2611-0002", 1), ("IND-2611-0003", 1), ("IND-2612-0001", 1)],
        "strongest first, latest revision"
    );
    let revisions = store.lead_revisions(lead_id("x")).unwrap();
    assert_eq!(revisions.iter().map(|row| row.lead.revision).collect::<Vec<_>>(), [1, 2]);
    assert_eq!(store.lead_by_number("IND-2611-0002").unwrap().unwrap().lead.id, lead_id("y"));
    assert_eq!(store.lead(lead_id("none")).unwrap(), None);
}

fn leads_are_found_by_state_vessel_and_time(case: &Case) {
    let store = case.with_source();
    let mut one = batch(1);
    let elsewhere = bitacora_store::NewLead {
        mmsi: Some(mmsi(211_000_009)),
        other: None,
        start: at(9000),
        ..lead("far", 1, 9.0)
    };
    one.leads = vec![lead("near", 1, 1.0), elsewhere];
    store.commit(&one).unwrap();
    store.decide(&decision("d", "near", "new", "accepted", "ana"), |n| leaf("decision", n)).unwrap();
    let names = |filter: LeadFilter| -> Vec<_> {
        store.leads(&filter).unwrap().iter().map(|row| (row.lead.id, row.state.clone())).collect()
    };
    let any = LeadFilter::default;
    let (near, far) = ((lead_id("near"), "accepted".to_owned()), (lead_id("far"), "new".to_owned()));
    assert_eq!(names(any()), [far.clone(), near.clone()]);
    assert_eq!(names(LeadFilter { states: Some(vec!["new".into()]), ..any() }), vec![far.clone()]);
    let states = Some(vec!["accepted".into(), "dismissed".into()]);
    assert_eq!(names(LeadFilter { states, ..any() }), vec![near.clone()]);
    assert_eq!(names(LeadFilter { states: Some(vec![]), ..any() }), []);
    assert_eq!(names(LeadFilter { mmsi: Some(mmsi(211_000_002)), ..any() }), [near]);
    assert_eq!(names(LeadFilter { from: Some(at(101)), ..any() }), [far]);
    let last = store.lead(lead_id("near")).unwrap().unwrap().last.unwrap();
    assert_eq!((last.officer, last.leaf), (Some(officer_id("ana")), 0));
}

fn identities_keep_their_history(case: &Case) {
    let store = case.with_source();
    let mut one = batch(1);
    let other = IdentityRow { mmsi: mmsi(211_000_002), ..identity(1, 50, "BRAVO") };
    one.identities = vec![identity(1, 100, "ALFA"), identity(2, 300, "ALFA II"), other.clone()];
    store.commit(&one).unwrap();
    let name = |row: Option<IdentityRow>| row.and_then(|row| row.name);
    let number = mmsi(211_000_001);
    assert_eq!(name(store.identity(number, None).unwrap()).as_deref(), Some("ALFA II"));
    assert_eq!(name(store.identity(number, Some(at(299))).unwrap()).as_deref(), Some("ALFA"));
    assert_eq!(store.identity(number, Some(at(99))).unwrap(), None);
    let history: Vec<_> = store.identities(number).unwrap().into_iter().map(|row| row.since).collect();
    assert_eq!(history, [at(300), at(100)]);
    let latest = store.latest_identities().unwrap();
    assert_eq!(latest, [identity(2, 300, "ALFA II"), other]);
}

fn two_writers_of_one_source_do_not_both_advance_it(case: &Case) {
    let (one, two) = (case.with_source(), case.open());
    let results: Vec<_> = std::thread::scope(|scope| {
        let writers = [&one, &two].map(|store| {
            scope.spawn(move || {
                let mut tried = Vec::new();
                for line in 1..=20 {
                    let mut next = batch(line);
                    next.positions = vec![fix(line, line as i64, 211_000_001)];
                    tried.push(store.commit(&next).map(|done| done.positions));
                }
                tried
            })
        });
        writers.into_iter().flat_map(|writer| writer.join().unwrap()).collect()
    });
    for failed in results.iter().filter_map(|result| result.as_ref().err()) {
        assert!(matches!(failed, StoreError::MarkMoved { .. }), "{failed}");
    }
    let written: u64 = results.iter().flatten().sum();
    let query = bitacora_store::PositionQuery { from: at(0), to: at(100), mmsi: None, limit: 1000 };
    let rows = one.positions(&query).unwrap().rows;
    assert_eq!(rows.len() as u64, written);
    let mut lines: Vec<u64> = rows.iter().map(|row| row.line).collect();
    lines.dedup();
    assert_eq!(lines.len(), rows.len(), "no line is stored twice");
}

/// INVARIANT of the schema: the database itself refuses to change or delete.
fn facts_are_never_edited(case: &Case) {
    let store = case.with_source();
    store.commit(&full_batch()).unwrap();
    let fact = AccountFact { id: "a".to_owned(), recorded: at(1000), body: "{}".to_owned() };
    assert!(store.log_account_fact(&fact, 0, |n| leaf("account", n)).unwrap());
    let mut refused = 0;
    if let Some(address) = &case.database {
        let mut client = postgres::Client::connect(address, postgres::NoTls).unwrap();
        let tables = "SELECT table_name::TEXT, (SELECT column_name::TEXT FROM information_schema.columns c \
                      WHERE c.table_name = t.table_name AND ordinal_position = 1) \
                      FROM information_schema.tables t \
                      WHERE table_schema = 'public' AND table_name <> 'schema_version'";
        for row in client.query(tables, &[]).unwrap() {
            let (table, column): (String, String) = (row.get(0), row.get(1));
            for change in [
                format!("DELETE FROM {table}"),
                format!("UPDATE {table} SET {column} = {column}"),
                format!("TRUNCATE {table} CASCADE"),
            ] {
                let error = client.batch_execute(&change).unwrap_err();
                assert!(error.to_string().contains("db error"), "{change}: {error}");
                assert!(error.as_db_error().unwrap().message().contains("append-only"), "{change}");
                refused += 1;
            }
        }
        assert_eq!(refused, 3 * 32, "every table refuses");
    } else {
        let database = rusqlite::Connection::open(case.folder.path().join("bitacora.sqlite")).unwrap();
        let rows = [
            "source",
            "mark",
            "part",
            "reception_part",
            "static_part",
            "event",
            "indication",
            "lead_number",
            "lead_revision",
            "port_row",
            "account_fact",
            "identity",
            "evidence",
            "quarantine",
        ];
        for table in rows {
            let column: String = database
                .query_row(&format!("SELECT name FROM pragma_table_info('{table}')"), [], |row| row.get(0))
                .unwrap();
            for change in [format!("DELETE FROM {table}"), format!("UPDATE {table} SET {column} = {column}")]
            {
                let error = database.execute(&change, []).unwrap_err();
                assert!(error.to_string().contains("append-only"), "{change}: {error}");
            }
        }
        let guarded = "SELECT COUNT(*) FROM sqlite_master WHERE type = 'trigger'";
        let tables = "SELECT COUNT(*) FROM sqlite_master WHERE type = 'table' AND name <> 'schema_version'";
        let count = |sql: &str| database.query_row(sql, [], |row| row.get::<_, i64>(0)).unwrap();
        assert_eq!(count(guarded), 2 * count(tables), "every table has both triggers");
    }
    assert_eq!(store.events(&EventFilter::default()).unwrap().len(), 1);
}

fn a_reader_does_not_wait_for_a_writer(case: &Case) {
    let store = case.with_source();
    store
        .append_leaf(|index| {
            // Inside the writer's transaction: a reader answers all the same, from before it.
            assert_eq!(store.leaf_hashes(0).unwrap(), Vec::<[u8; 32]>::new());
            assert_eq!(store.sources().unwrap().len(), 1);
            leaf("note", index)
        })
        .unwrap();
    assert_eq!(store.leaf_hashes(0).unwrap().len(), 1);
}

fn opening_again_changes_nothing(case: &Case) {
    let store = case.with_source();
    let mark = store.commit(&full_batch()).unwrap().mark;
    drop(store);
    for _ in 0..2 {
        let store = case.open();
        assert_eq!(store.latest_mark(source()).unwrap(), Some(mark.clone()));
        let query = bitacora_store::PositionQuery { from: at(0), to: at(100), mmsi: None, limit: 1000 };
        assert_eq!(store.positions(&query).unwrap().rows.len(), 8);
    }
}
