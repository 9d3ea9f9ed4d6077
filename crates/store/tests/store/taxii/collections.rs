//! Collections, and what an addition keeps and tells.

use bitacora_primitives::Instant;
use bitacora_store::StoreError;
use bitacora_store::taxii::{Added, Filter, NewCollection, Registered, Request, Versions};

use super::*;
use crate::on_both;

on_both![
    what_is_added_comes_back_to_the_byte,
    a_version_that_is_there_is_told_and_not_stored_again,
    an_object_without_versions_is_stored_once,
    date_added_rises_in_commit_order_and_never_falls_below_a_value_that_was_served,
    collections_keep_their_names,
    a_closed_collection_takes_nothing_and_is_read,
    statuses_are_kept_for_a_while,
    a_store_of_the_schema_before_is_read_in_full,
    the_database_refuses_to_change_what_came_when,
    a_request_with_nothing_in_it_is_answered,
];

fn what_is_added_comes_back_to_the_byte(case: &Case) {
    let store = with_collection(case);
    let mut objects: Vec<_> = (0..150).map(numbered).collect();
    objects[7].content = (0..=255).cycle().take(100_000).collect();
    objects[8].content.clear();
    let added = store.add(COLLECTION, request(at(10)), objects.clone()).unwrap();
    drop(store);
    // Read by another opening: it was on the disk, not in memory.
    let rows = all_rows(&open(case), &Filter::default());
    assert_eq!(rows.iter().map(|row| row.manifest.date_added).collect::<Vec<_>>(), stored(&added));
    for (row, object) in rows.iter().zip(&objects) {
        assert_eq!(row.manifest.id, object.id);
        assert_eq!(row.manifest.object_type, "location");
        assert_eq!(row.manifest.spec_version, "2.1");
        assert_eq!(Some(row.manifest.version), object.version);
        assert_eq!(row.manifest.hash, object.hash);
        assert_eq!(row.content, object.content);
    }
    let manifest = open(case).manifest(COLLECTION, &Filter::default(), None, 1_000).unwrap();
    assert_eq!(manifest.rows, rows.into_iter().map(|row| row.manifest).collect::<Vec<_>>());
}

fn a_version_that_is_there_is_told_and_not_stored_again(case: &Case) {
    let store = with_collection(case);
    let one = object("vessel--1", Some(1));
    let first = stored(&store.add(COLLECTION, request(at(10)), vec![one.clone()]).unwrap())[0];
    let mut other_bytes = one.clone();
    other_bytes.hash = [9; 32];
    let two = object("vessel--1", Some(2));
    let asked = vec![one, other_bytes, two.clone(), two];
    let added = store.add(COLLECTION, request(at(20)), asked).unwrap();
    assert_eq!(added[0], Added::AlreadyThere { date_added: first, version: at(1), same: true });
    assert_eq!(added[1], Added::AlreadyThere { date_added: first, version: at(1), same: false });
    assert_eq!(added[2], Added::Stored { date_added: at(20), version: at(2) });
    assert_eq!(added[3], Added::AlreadyThere { date_added: at(20), version: at(2), same: true });
    assert_eq!(all_rows(&store, &everything()).len(), 2);
    // Another collection has its own.
    let other = "52892447-4d7e-4f70-b94d-d7f22742ff63";
    store.register_collection(&super::collection(other)).unwrap();
    assert_eq!(
        stored(&store.add(other, request(at(20)), vec![object("vessel--1", Some(1))]).unwrap()).len(),
        1
    );
    // So has another rendition.
    let older = NewObject { spec_version: "2.0".to_owned(), ..object("vessel--1", Some(1)) };
    assert_eq!(stored(&store.add(COLLECTION, request(at(21)), vec![older]).unwrap()).len(), 1);
}

fn an_object_without_versions_is_stored_once(case: &Case) {
    let store = with_collection(case);
    let one = || object("ipv4-addr--1", None);
    let added = store.add(COLLECTION, request(at(10)), vec![one(), one()]).unwrap();
    let there = Added::AlreadyThere { date_added: at(10), version: at(10), same: true };
    assert_eq!(added, [Added::Stored { date_added: at(10), version: at(10) }, there]);
    assert_eq!(store.add(COLLECTION, request(at(20)), vec![one()]).unwrap(), [there]);
}

fn date_added_rises_in_commit_order_and_never_falls_below_a_value_that_was_served(case: &Case) {
    let mut newest = Instant::from_micros(i64::MIN);
    let mut count = 0;
    drop(with_collection(case));
    for clock in [100, 100, 50, -1_000_000, 101, 60] {
        // Each by another opening: the order is in the database.
        let store = open(case);
        let objects = vec![numbered(count), numbered(count + 1)];
        for date_added in stored(&store.add(COLLECTION, request(at(clock)), objects).unwrap()) {
            assert!(date_added > newest, "{date_added} after {newest}");
            newest = date_added;
            count += 1;
        }
    }
    // It leaves the clock by no more than there were objects.
    assert!((newest - at(101)).micros() <= count as i64);
    // What was deleted leaves its time behind.
    let store = open(case);
    let newest_id = numbered(count - 1).id;
    let all = SpecVersions::All;
    let gone = store.delete(COLLECTION, &newest_id, &all, &Versions::ALL, &named("r", at(1))).unwrap();
    assert_eq!(gone[0].date_added, newest);
    let again = stored(&store.add(COLLECTION, request(at(0)), vec![numbered(count - 1)]).unwrap())[0];
    assert!(again > newest);
}

fn collections_keep_their_names(case: &Case) {
    let store = with_collection(case);
    let second = NewCollection {
        id: "52892447-4d7e-4f70-b94d-d7f22742ff63".to_owned(),
        alias: Some("capturas".to_owned()),
        title: "Capturas e incautaciones".to_owned(),
        registered: at(5),
    };
    assert_eq!(store.register_collection(&second).unwrap(), Registered::New);
    let renamed = NewCollection { title: "Seizures".to_owned(), ..second.clone() };
    let Registered::AlreadyThere(stands) = store.register_collection(&renamed).unwrap() else { panic!() };
    assert_eq!((&stands.collection, stands.closed), (&second, None));
    let third = NewCollection { id: "472c94ae-3113-4e3e-a4dd-a9f4ac7471d4".to_owned(), ..second.clone() };
    assert_eq!(store.register_collection(&third).unwrap(), Registered::AliasTaken(second.id.clone()));
    let listed: Vec<_> = open(case).collections().unwrap().into_iter().map(|row| row.collection).collect();
    assert_eq!(listed, [super::collection(COLLECTION), second]);
    let unknown = store.add("none", request(at(1)), vec![numbered(1)]);
    assert!(matches!(unknown, Err(StoreError::UnknownCollection(id)) if id == "none"));
    let unknown = store.objects("none", &Filter::default(), None, 1, usize::MAX);
    assert!(matches!(unknown, Err(StoreError::UnknownCollection(_))));
}

fn a_closed_collection_takes_nothing_and_is_read(case: &Case) {
    let store = with_collection(case);
    store.add(COLLECTION, request(at(1)), vec![numbered(1)]).unwrap();
    assert!(store.close_collection(COLLECTION, at(2)).unwrap());
    assert!(!store.close_collection(COLLECTION, at(3)).unwrap());
    assert_eq!(store.collections().unwrap()[0].closed, Some(at(2)));
    let closed = store.add(COLLECTION, request(at(4)), vec![numbered(2)]);
    assert!(matches!(closed, Err(StoreError::ClosedCollection(id)) if id == COLLECTION));
    assert_eq!(all_rows(&store, &Filter::default()).len(), 1);
}

fn statuses_are_kept_for_a_while(case: &Case) {
    let store = with_collection(case);
    let noted = |id: &str, clock: i64| Request {
        id: id.to_owned(),
        at: at(clock),
        platform: Some(format!("platform of {id}")),
        note: Some("[\"one had no id\"]".to_owned()),
    };
    let objects = || vec![object("vessel--1", Some(1)), object("vessel--2", None)];
    let added = store.add(COLLECTION, noted("a", 10), objects()).unwrap();
    let again = store.add(COLLECTION, noted("b", 20), objects()).unwrap();
    store.add(COLLECTION, request(at(30)), vec![numbered(1)]).unwrap();
    for (id, clock, added) in [("a", 10, added), ("b", 20, again)] {
        let status = open(case).status(id).unwrap().unwrap();
        assert_eq!((status.collection.as_str(), status.requested), (COLLECTION, at(clock)));
        assert_eq!(status.note, "[\"one had no id\"]");
        let ids: Vec<_> = status.entries.iter().map(|entry| entry.id.as_str()).collect();
        assert_eq!(ids, ["vessel--1", "vessel--2"]);
        assert_eq!(status.entries.iter().map(|entry| entry.added).collect::<Vec<_>>(), added);
    }
    assert_eq!(store.status("").unwrap(), None, "a request without a note keeps none");
    store.add(COLLECTION, noted("a", 40), vec![numbered(2)]).unwrap();
    assert_eq!(store.status("a").unwrap().unwrap().requested, at(10), "an id names the first request");
    assert_eq!(store.prune_statuses(at(10), 10).unwrap(), 0);
    store.add(COLLECTION, noted("c", 50), vec![]).unwrap();
    assert_eq!(store.prune_statuses(at(11), 1).unwrap(), 2);
    let left: Vec<bool> = ["a", "b", "c"].map(|id| store.status(id).unwrap().is_some()).to_vec();
    assert_eq!(left, [false, false, true]);
    let by: Vec<_> = all_rows(&store, &everything()).into_iter().map(|row| row.manifest.platform).collect();
    let a = Some("platform of a".to_owned());
    assert_eq!(by, [a.clone(), a.clone(), None, a], "the objects stay, with who handed them in first");
}

/// Statements past the store.
pub(super) fn directly(case: &Case, sql: &str) -> Result<(), String> {
    match &case.database {
        Some(address) => {
            let mut client = postgres::Client::connect(address, postgres::NoTls).unwrap();
            let told = |error: postgres::Error| error.as_db_error().unwrap().message().to_owned();
            client.batch_execute(sql).map_err(told)
        }
        None => {
            let path = case.folder.path().join("bitacora.sqlite");
            rusqlite::Connection::open(path).unwrap().execute_batch(sql).map_err(|error| error.to_string())
        }
    }
}

fn a_store_of_the_schema_before_is_read_in_full(case: &Case) {
    let store = with_collection(case);
    let versions = || (1..=3).map(|version| object("vessel--1", Some(version))).collect::<Vec<_>>();
    store.add(COLLECTION, request(at(1)), [vec![numbered(1)], versions()].concat()).unwrap();
    drop(store);
    directly(
        case,
        "DROP INDEX taxii_live_of_many; \
         CREATE INDEX taxii_live_by_id ON taxii_live (collection, id, date_added); \
         DELETE FROM taxii_schema_version WHERE version = 2",
    )
    .unwrap();
    let store = open(case);
    for (id, count) in [(numbered(1).id, 1), ("vessel--1".to_owned(), 3)] {
        let listed = store.versions(COLLECTION, &id, SpecVersions::All, None, 10).unwrap();
        assert_eq!((listed.rows.len(), listed.next), (count, None), "{id}");
    }
}

/// An earlier program kept collections in a file of their own, in the schema of its time.
#[test]
fn a_file_of_collections_comes_into_the_database_once() {
    let (case, before) = (Case::sqlite(), Case::sqlite());
    let store = with_collection(&before);
    store.add(COLLECTION, named("r", at(1)), (0..300).map(numbered).collect()).unwrap();
    store
        .delete(COLLECTION, &numbered(7).id, &SpecVersions::All, &Versions::ALL, &named("d", at(2)))
        .unwrap();
    let (rows, deleted) = (all_rows(&store, &everything()), store.deletions(COLLECTION, None, 10).unwrap());
    assert_eq!((rows.len(), deleted.rows.len()), (299, 1));
    drop(store);
    let earlier =
        "ALTER TABLE taxii_object DROP COLUMN platform; DELETE FROM taxii_schema_version WHERE version = 3";
    directly(&before, earlier).unwrap();
    let file = case.folder.path().join("taxii.sqlite");
    // The second time as after a crash between the copy and the end of the file.
    for time in 0..2 {
        std::fs::copy(before.folder.path().join("bitacora.sqlite"), &file).unwrap();
        let store = open(&case);
        assert_eq!(all_rows(&store, &everything()), rows, "time {time}");
        assert_eq!(store.deletions(COLLECTION, None, 10).unwrap(), deleted);
        assert!(!file.exists(), "time {time}");
    }
    let store = open(&case);
    assert_eq!(store.collections().unwrap().len(), 1);
    assert_eq!(stored(&store.add(COLLECTION, request(at(0)), vec![numbered(7)]).unwrap()).len(), 1);
}

/// INVARIANT of the schema: facts are never edited.
fn the_database_refuses_to_change_what_came_when(case: &Case) {
    let store = with_collection(case);
    store.add(COLLECTION, request(at(1)), vec![numbered(1), numbered(2)]).unwrap();
    store
        .delete(COLLECTION, &numbered(1).id, &SpecVersions::All, &Versions::ALL, &named("r", at(2)))
        .unwrap();
    store.close_collection(COLLECTION, at(3)).unwrap();
    for (table, column) in [
        ("taxii_object", "date_added"),
        ("taxii_deletion", "date_added"),
        ("taxii_collection", "title"),
        ("taxii_collection_end", "closed"),
    ] {
        for change in [format!("DELETE FROM {table}"), format!("UPDATE {table} SET {column} = {column}")] {
            let told = directly(case, &change).unwrap_err();
            assert!(told.contains("append-only"), "{change}: {told}");
        }
    }
}

fn a_request_with_nothing_in_it_is_answered(case: &Case) {
    let store = with_collection(case);
    assert_eq!(store.add(COLLECTION, request(at(1)), vec![]).unwrap(), []);
    assert_eq!(all_rows(&store, &everything()), []);
}
