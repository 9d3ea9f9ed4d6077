#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails loudly"
)]
//! What people add: each fact checked, named by its content, never edited, and withdrawn by another fact.

use bitacora_accounts::book::{Book, File, Parsed};
use bitacora_accounts::observation::Digest;
use bitacora_accounts::record::{ActionState, Entry, Fact, FactId, NotRecorded, Record, read_facts};
use bitacora_accounts::{Day, import, starting};
use serde_json::{Value, json};

fn entry(recorded: &str, fact: Value) -> Entry {
    let fact: Fact = serde_json::from_value(fact).unwrap();
    Entry { id: fact.id().unwrap(), recorded: recorded.parse().unwrap(), officer: Some("off-1".into()), fact }
}

fn meeting(place: &str) -> Entry {
    entry(
        "2021-06-23",
        json!({ "fact": "meeting_held", "kind": "working_group", "parties": ["COL", "USA"], "day": "2021-06-23", "place": place }),
    )
}

fn moved(action: &FactId, after: Option<&FactId>, seen: &str, state: &str) -> Entry {
    entry(
        "2021-08-01",
        json!({ "fact": "action_moved", "action": action, "after": after, "seen": seen, "state": state }),
    )
}

fn book(facts: Vec<Entry>) -> Book {
    let mut book = Book::begin(Vec::new());
    book.add(facts.into_iter().map(|fact| (fact, None)).collect());
    book
}

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

#[test]
fn an_action_moves_from_what_its_officer_saw_and_may_return() {
    let mut record = Record::default();
    let held = meeting("Bogotá");
    let action = entry(
        "2021-06-23",
        json!({ "fact": "action_added", "meeting": held.id, "text": "Compare methods", "owner": "UNODC" }),
    );
    let refused = record.append(action.clone()).unwrap_err();
    assert_eq!(refused.code(), "names_unknown", "{refused}");
    assert!(record.append(held.clone()).unwrap());
    assert!(!record.append(held).unwrap(), "the same fact is there");
    assert!(record.append(action.clone()).unwrap());
    let first = moved(&action.id, None, "open", "in_progress");
    assert!(record.append(first.clone()).unwrap());
    let late = record.append(moved(&action.id, None, "open", "dropped")).unwrap_err();
    assert_eq!(late, NotRecorded::Moved { state: ActionState::InProgress, seen: ActionState::Open });
    let back = moved(&action.id, Some(&first.id), "in_progress", "open");
    assert!(record.append(back.clone()).unwrap());
    assert!(
        record.append(moved(&action.id, Some(&back.id), "open", "in_progress")).unwrap(),
        "the same move again"
    );
    assert_eq!(record.moves(&action.id).count(), 3);
}

// INVARIANT: facts are never edited; a withdrawal is a new fact that names the old one.
#[test]
fn invariant_facts_are_never_edited_a_withdrawal_is_a_new_fact_that_names_the_old_one() {
    let mut record = Record::default();
    let held = meeting("Bogotá");
    record.append(held.clone()).unwrap();
    let gone = entry("2021-07-01", json!({ "fact": "withdrawn", "names": held.id, "why": "another city" }));
    record.append(gone.clone()).unwrap();
    assert_eq!(record.get(&held.id), Some(&held), "it stays readable");
    let standing = |on: &str| record.standing(day(on)).filter(|entry| entry.id == held.id).count();
    assert_eq!((standing("2021-06-22"), standing("2021-06-30"), standing("2021-07-01")), (0, 1, 0));
    let other = Entry { fact: meeting("Cali").fact, ..held };
    assert_eq!(record.append(other).unwrap_err().code(), "id_taken");
    let twice = entry("2021-07-02", json!({ "fact": "withdrawn", "names": gone.id, "why": "no" }));
    assert_eq!(record.append(twice).unwrap_err().code(), "names_unknown");
}

#[test]
fn a_fact_that_breaks_a_rule_is_refused_with_its_field() {
    let refused = |fact: Value| Record::default().append(entry("2021-06-23", fact)).unwrap_err();
    let claim = |extra: Value| {
        let mut fact = json!({ "fact": "claim_accepted", "speaker": "S", "speaker_kind": "press", "text": "t", "about": {}, "source_name": "n" });
        fact.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        refused(fact)
    };
    assert_eq!(claim(json!({ "speaker": " " })), NotRecorded::Missing { field: "speaker" });
    assert_eq!(claim(json!({ "value": "3" })).code(), "field_bad");
    assert_eq!(claim(json!({ "text": "x".repeat(4001) })).code(), "field_too_long");
    let passage = json!({ "document": "0".repeat(64), "from": 3, "to": 9 });
    assert_eq!(claim(json!({ "passage": passage })).code(), "names_unknown");
    let parties =
        json!({ "fact": "meeting_held", "kind": "other", "parties": ["COL"], "day": "2021", "place": "x" });
    assert_eq!(refused(parties).code(), "field_bad");
    let hash = json!({ "fact": "document_kept", "sha256": "ABC", "bytes": 1, "name": "x" });
    assert_eq!(refused(hash).code(), "field_bad");
}

#[test]
fn a_figure_needs_its_document_and_a_span_inside_it() {
    let document = entry(
        "2021-06-23",
        json!({ "fact": "document_kept", "sha256": "a".repeat(64), "bytes": 100, "name": "communique", "published": "2021-06-23" }),
    );
    let figure = |from: u64, to: u64, unit: &str| {
        let passage = json!({ "document": "a".repeat(64), "from": from, "to": to });
        let period = json!({ "dates": "2020", "nature": "flow" });
        entry(
            "2021-06-24",
            json!({ "fact": "figure_accepted", "passage": passage, "series": "co.erad.manual.gov", "place": "COL",
            "period": period, "value": "130000", "unit": unit, "status": "claimed", "published": "2021-06-23" }),
        )
    };
    let facts = |last: Entry| book(vec![document.clone(), last]);
    let whole = facts(figure(3, 20, "ha"));
    assert_eq!((whole.ledger().len(), whole.not_taken().len()), (1, 0));
    let known = |on: &str| {
        whole.ledger().as_known_on(whole.ledger().series().next().unwrap(), day(on)).standing.len()
    };
    assert_eq!((known("2021-06-22"), known("2021-06-23")), (0, 1), "known from the day it appeared");
    assert_eq!(facts(figure(3, 101, "ha")).not_taken()[0].code, "field_bad");
    assert_eq!(facts(figure(9, 9, "ha")).not_taken()[0].code, "field_bad");
    let taken = figure(3, 20, "ha");
    let gone =
        entry("2021-06-25", json!({ "fact": "withdrawn", "names": taken.id, "why": "the wrong year" }));
    let mut without = book(vec![document.clone(), taken.clone()]);
    assert!(without.is_outdated_by(std::slice::from_ref(&gone)));
    without = book(vec![document.clone(), taken.clone(), gone]);
    assert_eq!((without.ledger().len(), without.not_taken().len()), (0, 0), "withdrawn");
    assert_eq!(without.record().get(&taken.id).unwrap(), &taken, "and readable");
    let contradicting = book(vec![figure(3, 20, "ha")]);
    assert_eq!(contradicting.not_taken()[0].code, "names_unknown", "no document");
}

// INVARIANT: the same files and facts make the same book, whoever builds it.
#[test]
fn invariant_the_same_files_and_facts_make_the_same_book_whoever_builds_it() {
    let facts = || vec![meeting("Bogotá"), meeting("Cali")];
    let (one, two) = (book(facts()), book(facts()));
    assert_eq!(one.snapshot(), two.snapshot());
    let mut other = facts();
    other.swap(0, 1);
    assert_ne!(one.snapshot(), book(other).snapshot());
    assert_ne!(one.snapshot(), book(Vec::new()).snapshot());
}

#[test]
fn facts_are_read_line_by_line_and_a_bad_line_is_named() {
    let good = serde_json::to_string(&meeting("Bogotá")).unwrap();
    assert_eq!(read_facts(format!("{good}\n\n{good}\n").as_bytes()).unwrap().len(), 2);
    let bad = read_facts(format!("{good}\n{{\"id\":\"x\"}}\n").as_bytes()).unwrap_err();
    assert_eq!(bad.line, 2);
}

#[test]
fn a_promise_read_again_without_its_title_is_the_same_and_another_target_is_refused() {
    let table = |name: &'static str| starting::file(name).unwrap();
    let file = |name: &str, parsed: Parsed| File {
        name: name.to_owned(),
        digest: Digest::of(name.as_bytes()),
        parsed,
    };
    let tables = || {
        vec![
            file("methods", Parsed::Methods(import::methods(table("methods")).unwrap())),
            file("programmes", Parsed::Programmes(import::programmes(table("programmes")).unwrap())),
            file("indicators", Parsed::Indicators(import::indicators(table("indicators")).unwrap())),
            file("answers", Parsed::Answers(import::answers(table("answers")).unwrap())),
            file("commitments", Parsed::Commitments(import::commitments(table("commitments")).unwrap())),
        ]
    };
    let mut bare = import::commitments(table("commitments")).unwrap();
    bare.rows.iter_mut().for_each(|row| row.title = None);
    let with = |rows: import::Imported<import::Commitment>| {
        let mut files = tables();
        files.push(file("again", Parsed::Commitments(rows)));
        Book::begin(files)
    };
    let again = with(bare.clone());
    assert_eq!(
        (again.commitments().len(), again.not_taken().len()),
        (bare.rows.len(), 0),
        "{:?}",
        again.not_taken().first()
    );
    assert!(again.commitments().iter().all(|own| own.title.is_some()));
    bare.rows[0].target = None;
    assert_eq!(with(bare).not_taken()[0].code, "id_taken");
}

#[test]
fn what_a_node_begins_with_is_taken_but_for_promises_it_has_not_read() {
    let entries = read_facts(include_bytes!("../data/facts.jsonl")).unwrap();
    let book = book(entries);
    // Without the tables every promise that they name is unknown, and nothing else is wrong.
    for refusal in book.not_taken() {
        assert_eq!(refusal.code, "names_unknown", "{refusal:?}");
    }
    assert!(book.record().entries().len() >= 9);
}
