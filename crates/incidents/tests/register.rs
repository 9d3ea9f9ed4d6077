//! The register: who may say what, what it makes of it, and what must never happen.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails loudly"
)]

mod made;

use bitacora_incidents::{Act, Entry, IncidentKind, IncidentStatus, NotReplayed, Refused, Register};
use bitacora_primitives::Position;
use made::*;

#[test]
fn a_report_stands_as_alleged_with_its_number_and_history() {
    let mut book = Book::default();
    book.report("a", IncidentKind::Strike, day(1));
    book.report("b", IncidentKind::Death, day(2));
    let incident = book.get("b");
    assert_eq!(incident.number, "INC-2026-002");
    assert_eq!((incident.status, incident.signed), (IncidentStatus::Alleged, true));
    assert_eq!(incident.history.len(), 1);
    assert_eq!((incident.history[0].what, incident.history[0].officer), ("reported", Some(officer("ana"))));
    assert_eq!((incident.report.dead, incident.report.injured), (None, None), "missing is not zero");
}

#[test]
fn numbers_begin_anew_each_year_and_a_refused_report_takes_none() {
    let mut book = Book::default();
    book.report("a", IncidentKind::Strike, day(1));
    let mut bad =
        book.entry("x", Act::Reported { report: report(IncidentKind::Strike, day(1)), source: efe() });
    bad.officer = None;
    assert!(book.register.apply(&bad).is_err());
    book.now = day(400);
    book.report("b", IncidentKind::Strike, day(399));
    book.report("c", IncidentKind::Strike, day(399));
    assert_eq!(book.get("b").number, "INC-2027-001");
    assert_eq!(book.get("c").number, "INC-2027-002");
}

#[test]
fn only_an_officer_changes_anything_and_a_machine_only_proposes() {
    let mut book = Book::default();
    book.report("a", IncidentKind::Strike, day(1));
    let report = report(IncidentKind::Strike, day(1));
    let acts = [
        Act::Reported { report: report.clone(), source: efe() },
        Act::Signed { note: "x".into() },
        Act::SourceAdded { source: navy() },
        Act::StatusChanged { to: IncidentStatus::Disputed, note: "x".into() },
        Act::Corrected { of: 1, report: report.clone(), note: "x".into() },
        Act::Withdrawn { note: "x".into() },
    ];
    let before = book.register.clone();
    for act in acts {
        for incident in ["a", "new"] {
            let entry = Entry { officer: None, ..book.entry(incident, act.clone()) };
            let refused = book.register.apply(&entry).unwrap_err();
            let want = [Refused::OfficerMissing { act: act.code() }, Refused::Unknown(entry.incident)];
            assert!(want.contains(&refused), "{refused}");
        }
    }
    let proposed = book.entry("new", Act::Proposed { report, source: efe() });
    assert_eq!(book.register.apply(&proposed), Err(Refused::OfficerProposes));
    assert_eq!(book.register, before, "a refused entry changes nothing");
}

#[test]
fn a_proposal_counts_for_nothing_until_an_officer_signs_it() {
    let mut book = Book::default();
    book.propose("a", IncidentKind::Strike, day(3));
    let counts = |book: &Book| book.get("a").counts(IncidentKind::Strike, IncidentStatus::Alleged);
    assert!(!counts(&book));
    let early = book.add("a", Act::StatusChanged { to: IncidentStatus::Disputed, note: "x".into() });
    assert_eq!(early, Err(Refused::NotSigned));
    assert_eq!(book.add("a", Act::SourceAdded { source: navy() }), Err(Refused::NotSigned));
    book.add("a", Act::Signed { note: String::new() }).unwrap();
    assert!(counts(&book));
    assert_eq!(book.add("a", Act::Signed { note: String::new() }), Err(Refused::AlreadySigned));
    assert_eq!(codes(&book.get("a")), ["proposed", "signed"]);
    assert_eq!(book.get("a").history[0].officer, None);
}

#[test]
fn a_proposal_may_be_turned_down() {
    let mut book = Book::default();
    book.propose("a", IncidentKind::Strike, day(3));
    book.add("a", Act::Withdrawn { note: "a drill".into() }).unwrap();
    assert!(!book.get("a").counts(IncidentKind::Strike, IncidentStatus::Alleged));
    assert_eq!(book.add("a", Act::Signed { note: "x".into() }), Err(Refused::Withdrawn));
}

#[test]
fn a_status_says_why_and_rests_on_its_sources() {
    let mut book = Book::default();
    book.report("a", IncidentKind::Strike, day(1));
    let to = |status, note: &str| Act::StatusChanged { to: status, note: note.into() };
    assert_eq!(book.add("a", to(IncidentStatus::Verified, "seen")), Err(Refused::NotVerified));
    let corroborated = IncidentStatus::Corroborated;
    let refused = book.add("a", to(corroborated, "seen"));
    assert_eq!(refused, Err(Refused::NotCorroborated { to: corroborated }));
    book.add("a", Act::SourceAdded { source: navy() }).unwrap();
    assert_eq!(book.get("a").status, IncidentStatus::Alleged, "a new source alone keeps the status");
    let silent = book.add("a", to(IncidentStatus::Verified, " \n"));
    assert_eq!(silent.map_err(|refused| refused.code()), Err("note_missing"));
    book.add("a", to(IncidentStatus::Verified, "two sources")).unwrap();
    let again = book.add("a", to(IncidentStatus::Verified, "again"));
    assert!(matches!(again, Err(Refused::NoSuchChange { .. })), "{again:?}");
    book.add("a", to(IncidentStatus::Unfounded, "a drill after all")).unwrap();
    assert!(book.add("a", to(IncidentStatus::Verified, "no")).is_err(), "first reopened as alleged");
    book.add("a", to(IncidentStatus::Alleged, "a witness came")).unwrap();
    assert_eq!(
        codes(&book.get("a")),
        ["reported", "source_added", "status_changed", "status_changed", "status_changed"]
    );
    assert_eq!(book.get("a").history[3].status, IncidentStatus::Unfounded);
}

#[test]
fn the_same_source_is_not_counted_twice() {
    let mut book = Book::default();
    book.report("a", IncidentKind::Strike, day(1));
    assert_eq!(book.add("a", Act::SourceAdded { source: efe() }), Err(Refused::SourceKnown));
}

#[test]
fn facts_are_never_edited() {
    let mut book = Book::default();
    book.report("a", IncidentKind::Strike, day(1));
    let mut corrected = report(IncidentKind::Strike, day(2));
    corrected.dead = Some(3);
    corrected.position = Some(Position::new(12.5, -71.25).unwrap());
    let act = |of, report: &bitacora_incidents::Report, note: &str| Act::Corrected {
        of,
        report: report.clone(),
        note: note.into(),
    };
    let stale = book.add("a", act(7, &corrected, "x"));
    assert_eq!(stale, Err(Refused::NotWhatStands { expected: 1, found: 7 }));
    assert!(book.add("a", act(1, &corrected, "")).is_err());
    let same = book.get("a").report;
    assert_eq!(book.add("a", act(1, &same, "x")), Err(Refused::NothingCorrected));
    book.add("a", act(1, &corrected, "the navy counts three")).unwrap();
    assert_eq!(book.get("a").report, corrected);
    assert_eq!(codes(&book.get("a")), ["reported", "corrected"]);
    let Act::Reported { report: first, .. } = &book.entries[0].what else { panic!("it stays") };
    assert_eq!((first.dead, first.occurred), (None, day(1)), "the first account stays readable");
    assert!(book.add("a", act(1, &same, "back")).is_err(), "the earlier account no longer stands");
}

#[test]
fn what_cannot_be_is_refused_with_its_field() {
    let sound = report(IncidentKind::Strike, day(1));
    let with = |change: &dyn Fn(&mut bitacora_incidents::Report)| {
        let mut report = sound.clone();
        change(&mut report);
        report
    };
    let cases = [
        (with(&|r| r.text.es.clear()), "field_empty"),
        (with(&|r| r.text.en = "  ".into()), "field_empty"),
        (with(&|r| r.text.en = "ñ".repeat(4_001)), "field_too_long"),
        (with(&|r| r.place = "x".repeat(201)), "field_too_long"),
        (with(&|r| r.dead = Some(1_000_001)), "number_too_large"),
        (with(&|r| r.occurred = day(9_000)), "in_the_future"),
        (with(&|r| (r.kind, r.dead) = (IncidentKind::Death, Some(0))), "nobody_hurt"),
        (with(&|r| (r.kind, r.injured) = (IncidentKind::Injury, Some(0))), "nobody_hurt"),
    ];
    let mut book = Book::default();
    for (report, code) in cases {
        let refused = book.add("a", Act::Reported { report, source: efe() }).unwrap_err();
        assert_eq!(refused.code(), code);
        assert!(!refused.to_string().contains('\n') && !refused.to_string().ends_with('.'));
    }
    let mut nameless = efe();
    nameless.name = String::new();
    let refused = book.add("a", Act::Reported { report: sound.clone(), source: nameless }).unwrap_err();
    assert_eq!(refused, Refused::Empty { field: "source.name" });
    let mut nowhere = efe();
    nowhere.citation = " ".into();
    assert!(book.add("a", Act::Reported { report: sound.clone(), source: nowhere }).is_err());
    let mut tomorrow = efe();
    tomorrow.published = Some(day(9_000));
    assert!(book.add("a", Act::Reported { report: sound, source: tomorrow }).is_err());
    assert_eq!(book.register, Register::default());
}

#[test]
fn entries_come_one_after_the_other() {
    let mut book = Book::default();
    book.report("a", IncidentKind::Strike, day(1));
    for seq in [0, 1, 3, u32::MAX] {
        let act = Act::SourceAdded { source: navy() };
        let entry = Entry { seq, ..book.entry("a", act) };
        let refused = book.register.apply(&entry).unwrap_err();
        assert_eq!(refused.code(), "incident_moved", "{seq}");
        assert_eq!(book.register.check(&entry), Err(refused));
    }
    let again =
        book.entry("a", Act::Reported { report: report(IncidentKind::Strike, day(1)), source: efe() });
    assert_eq!(book.register.apply(&again), Err(Refused::AlreadyReported(id("a"))));
    let none = Entry { seq: 1, ..book.entry("none", Act::Signed { note: String::new() }) };
    assert_eq!(book.register.apply(&none), Err(Refused::Unknown(id("none"))));
}

#[test]
fn a_hostile_incident_has_a_bound() {
    let mut book = Book::default();
    book.report("a", IncidentKind::Strike, day(1));
    let refused = (0..3_000_u32).find_map(|n| {
        let to = if n % 2 == 0 { IncidentStatus::Disputed } else { IncidentStatus::Alleged };
        book.add("a", Act::StatusChanged { to, note: "again".into() }).err()
    });
    assert_eq!(refused, Some(Refused::Full { most: 2_000 }));
}

#[test]
fn a_replay_gives_the_same_register_or_says_where_it_fails() {
    let book = Book::eventful();
    let bodies = book.bodies();
    let again = Register::replay(bodies.iter().map(String::as_str)).unwrap();
    assert_eq!(again, book.register);
    let mut swapped = bodies.clone();
    swapped.swap(0, 1);
    let failed = Register::replay(swapped.iter().map(String::as_str)).unwrap_err();
    assert!(matches!(failed, NotReplayed::Refused { place: 0, .. }), "{failed}");
    let mut torn = bodies;
    torn[2].truncate(40);
    let failed = Register::replay(torn.iter().map(String::as_str)).unwrap_err();
    assert!(matches!(failed, NotReplayed::NotAnEntry { place: 2, .. }), "{failed}");
}

#[test]
fn the_json_of_an_entry_is_stable() {
    let book = Book::eventful();
    assert_eq!(
        book.bodies()[0],
        concat!(
            r#"{"incident":"inc-2842be93105baf5d29c7","seq":1,"at":"2026-03-11T00:00:00Z","#,
            r#""officer":"off-34f1e09136a6f6843d51","what":{"act":"reported","report":{"kind":"strike","#,
            r#""occurred":"2026-03-02T00:00:00Z","text":{"es":"Ataque a una lancha","en":"Strike on a go-fast"},"#,
            r#""place":"12 NM N of Punta Gallinas"},"source":{"name":"EFE","citation":"EFE, 2026-03-02, p. 1","#,
            r#""published":"2026-03-02T00:00:00Z","grading":"C3"}}}"#
        )
    );
}

proptest::proptest! {
    #[test]
    fn hostile_json_is_refused_without_panic(text in "\\PC{0,200}") {
        let _refused = Register::replay([text.as_str()]);
    }
}
