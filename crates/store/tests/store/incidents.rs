//! The incident register's entries: in order for each incident, with their leaves, and never half of the two.

use bitacora_ledger::{Hash, Tree, record_hash, verify_inclusion};
use bitacora_primitives::IncidentId;
use bitacora_store::{IncidentEntered, IncidentEntryRow, LeadFilter, NewIncidentEntry, Store};

use crate::fixture::*;
use crate::on_both;

on_both![
    an_entry_is_stored_with_its_leaf,
    entries_read_back_in_the_order_of_the_log,
    the_second_writer_is_told_that_it_moved,
    many_writers_at_once_leave_no_gap,
    a_repeated_entry_is_written_once,
    an_entry_and_its_leaf_come_together_or_not_at_all,
];

fn entry(incident: &str, seq: u32, said: &str) -> NewIncidentEntry {
    NewIncidentEntry {
        incident: IncidentId::of(&[incident.as_bytes()]),
        seq,
        recorded: at(1000),
        body: format!("{{\"said\":\"{said} ñ\"}}"),
    }
}

fn append(store: &Store, entry: &NewIncidentEntry) -> IncidentEntered {
    store.append_incident_entry(entry, |n| leaf("incident_reported", n)).unwrap()
}

fn an_entry_is_stored_with_its_leaf(case: &Case) {
    let store = case.open();
    store.append_leaf(|n| leaf("note", n)).unwrap();
    let first = entry("a", 1, "reported");
    let row = IncidentEntryRow { entry: first.clone(), leaf: 1 };
    assert_eq!(append(&store, &first), IncidentEntered::Recorded(row.clone()));
    assert_eq!(store.incident_entries().unwrap(), [row]);
    let stored = store.leaf(1).unwrap().unwrap().leaf;
    assert_eq!(stored, leaf("incident_reported", 1));
    let hashes = store.leaf_hashes(0).unwrap();
    let tree = Tree::from_leaf_hashes(hashes.iter().copied().map(Hash));
    let path = tree.inclusion(1, 2).unwrap();
    verify_inclusion(&record_hash(&stored.record), 1, 2, &path, &tree.root()).unwrap();
}

fn entries_read_back_in_the_order_of_the_log(case: &Case) {
    let store = case.open();
    assert_eq!(store.incident_entries().unwrap(), []);
    let written =
        [entry("b", 1, "1"), entry("a", 1, "2"), entry("b", 2, "3"), entry("a", 2, "4"), entry("b", 3, "5")];
    for entry in &written {
        append(&store, entry);
    }
    drop(store);
    let read = case.open().incident_entries().unwrap();
    assert_eq!(read.iter().map(|row| row.leaf).collect::<Vec<_>>(), [0, 1, 2, 3, 4]);
    assert_eq!(read.into_iter().map(|row| row.entry).collect::<Vec<_>>(), written);
}

fn the_second_writer_is_told_that_it_moved(case: &Case) {
    let store = case.open();
    append(&store, &entry("a", 1, "reported"));
    append(&store, &entry("a", 2, "ana"));
    for (seq, said) in [(2, "luis"), (1, "again"), (4, "a gap"), (0, "none")] {
        let late = entry("a", seq, said);
        let answer = store.append_incident_entry(&late, |_| panic!("no leaf for what is not recorded"));
        assert_eq!(answer.unwrap(), IncidentEntered::Moved { next: 3 }, "{seq}");
    }
    let gap = store.append_incident_entry(&entry("new", 2, "x"), |_| panic!("no leaf"));
    assert_eq!(gap.unwrap(), IncidentEntered::Moved { next: 1 });
    assert_eq!(store.leaf_hashes(0).unwrap().len(), 2);
}

fn many_writers_at_once_leave_no_gap(case: &Case) {
    let store = case.open();
    let other = case.open();
    let barrier = std::sync::Barrier::new(8);
    let recorded: usize = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..8)
            .map(|n| {
                // Half of them through a second store, as another process would.
                let (store, barrier) = (if n % 2 == 0 { &store } else { &other }, &barrier);
                scope.spawn(move || {
                    barrier.wait();
                    let answers = (1..=5).map(|seq| append(store, &entry("a", seq, &n.to_string())));
                    answers.filter(|answer| matches!(answer, IncidentEntered::Recorded(_))).count()
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).sum()
    });
    let rows = store.incident_entries().unwrap();
    assert_eq!((recorded, rows.len()), (5, 5), "each number is taken once");
    assert_eq!(rows.iter().map(|row| row.entry.seq).collect::<Vec<_>>(), [1, 2, 3, 4, 5]);
    assert_eq!(store.leaf_hashes(0).unwrap().len(), 5);
}

fn a_repeated_entry_is_written_once(case: &Case) {
    let store = case.open();
    let once = entry("a", 1, "reported");
    let first = append(&store, &once);
    append(&store, &entry("a", 2, "later"));
    let again = store.append_incident_entry(&once, |_| panic!("one leaf is enough")).unwrap();
    assert_eq!(first, again);
    assert_eq!(store.incident_entries().unwrap().len(), 2);
}

fn an_entry_and_its_leaf_come_together_or_not_at_all(case: &Case) {
    let store = case.open();
    let once = entry("a", 1, "reported");
    let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        store.append_incident_entry(&once, |_| panic!("no salt"))
    }));
    assert!(panicked.is_err());
    assert_eq!(store.incident_entries().unwrap(), []);
    assert!(matches!(append(&store, &once), IncidentEntered::Recorded(row) if row.leaf == 0));
}

#[test]
fn a_store_of_the_first_schema_is_brought_up_to_date_with_its_facts() {
    let case = Case::sqlite();
    let store = case.with_source();
    store.append_leaf(|n| leaf("note", n)).unwrap();
    let mut batch = batch(1);
    batch.leads = vec![lead("x", 0, 1.5)];
    store.commit(&batch).unwrap();
    let before = store.leads(&LeadFilter::default()).unwrap();
    drop(store);
    // What the first schema knew: no table of a later step.
    let database = rusqlite::Connection::open(case.folder.path().join("bitacora.sqlite")).unwrap();
    database
        .execute_batch(
            "DROP TABLE incident_entry; DROP TABLE port_row; DROP TABLE account_fact; \
             DROP TABLE reception_part_retired; DROP TABLE reception_part; \
             DROP TABLE static_part_retired; DROP TABLE static_part; DROP TABLE static_lacking; \
             DROP TABLE claim_entry; DROP TABLE claim_subject; DROP TABLE claim_mark; \
             CREATE TABLE lead (id TEXT, revision BIGINT, mmsi BIGINT NOT NULL, other BIGINT, start_time BIGINT, \
             updated BIGINT, strength DOUBLE PRECISION, lat DOUBLE PRECISION NOT NULL, \
             lon DOUBLE PRECISION NOT NULL, code TEXT, body TEXT, recorded BIGINT); \
             INSERT INTO lead SELECT id, revision, mmsi, other, start_time, updated, strength, lat, lon, code, \
             body, recorded FROM lead_revision; \
             DROP TABLE lead_revision; DELETE FROM schema_version WHERE version > 1",
        )
        .unwrap();
    drop(database);
    let store = case.open();
    assert_eq!(store.leads(&LeadFilter::default()).unwrap(), before, "leads are carried over");
    assert_eq!((store.sources().unwrap().len(), store.leaf_hashes(0).unwrap().len()), (1, 1));
    assert!(matches!(append(&store, &entry("a", 1, "x")), IncidentEntered::Recorded(row) if row.leaf == 1));
}
