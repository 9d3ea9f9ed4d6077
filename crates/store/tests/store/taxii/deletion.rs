//! Deletion: bytes go, the order stays.

use bitacora_store::taxii::{Filter, SpecVersions, Versions};

use super::*;
use crate::on_both;

on_both![
    what_is_deleted_leaves_only_that_it_was_there,
    the_version_before_the_deleted_one_is_the_latest_again,
    the_spec_version_before_the_deleted_one_is_the_newest_again,
];

fn what_is_deleted_leaves_only_that_it_was_there(case: &Case) {
    let store = with_collection(case);
    let secret = |version| {
        let mut one = object("vessel--1", Some(version));
        one.content = format!("K3-PLAINTEXT-{version}-{}", "x".repeat(3000)).into_bytes();
        one
    };
    let objects = vec![numbered(1), secret(1), secret(2), numbered(2)];
    let added = stored(&store.add(COLLECTION, request(at(10)), objects).unwrap());
    let only = Versions { at: vec![at(1), at(99)], last: false, ..Versions::LAST };
    let newest = SpecVersions::Newest;
    let gone = store.delete(COLLECTION, "vessel--1", &newest, &only, &named("r-1", at(20))).unwrap();
    assert_eq!(gone.iter().map(|row| row.date_added).collect::<Vec<_>>(), [added[1]]);
    assert_eq!(store.delete(COLLECTION, "vessel--1", &newest, &only, &named("r-1", at(20))).unwrap(), []);
    let gone = store
        .delete(COLLECTION, "vessel--1", &SpecVersions::All, &Versions::ALL, &named("r-2", at(21)))
        .unwrap();
    assert_eq!(gone.iter().map(|row| row.date_added).collect::<Vec<_>>(), [added[2]]);
    let left: Vec<_> = all_rows(&store, &everything()).iter().map(|row| row.manifest.date_added).collect();
    assert_eq!(left, [added[0], added[3]]);
    let first = store.deletions(COLLECTION, None, 1).unwrap();
    assert_eq!(first.next, Some(added[1]));
    let second = store.deletions(COLLECTION, first.next, 1).unwrap();
    assert_eq!(second.next, None);
    let told: Vec<_> = first.rows.iter().chain(&second.rows).collect();
    assert_eq!(told.iter().map(|row| row.request.as_str()).collect::<Vec<_>>(), ["r-1", "r-2"]);
    assert_eq!(told[1].manifest, gone[0]);
    assert_eq!(told[1].deleted, at(21));
    let again = stored(&store.add(COLLECTION, request(at(5)), vec![secret(1)]).unwrap());
    assert!(again[0] > added[3], "added again, it is new");
    store.delete(COLLECTION, "vessel--1", &SpecVersions::All, &Versions::ALL, &named("r-3", at(30))).unwrap();
    drop(store);
    if case.database.is_none() {
        // The last to close writes the log of pages back.
        for file in std::fs::read_dir(case.folder.path()).unwrap().flatten() {
            let bytes = std::fs::read(file.path()).unwrap_or_default();
            let found = memchr::memmem::find(&bytes, b"K3-PLAINTEXT");
            assert_eq!(found, None, "the bytes are in {}", file.path().display());
        }
    }
}

fn the_version_before_the_deleted_one_is_the_latest_again(case: &Case) {
    let store = with_collection(case);
    let versions = [5, 1, 9, 3];
    let objects = versions.iter().map(|version| object("vessel--1", Some(*version))).collect();
    store.add(COLLECTION, request(at(10)), objects).unwrap();
    let one = |versions: Versions| -> Vec<i64> {
        let rows = all_rows(&store, &Filter { versions, ..Filter::default() });
        rows.iter().map(|row| (row.manifest.version - at(0)).micros() / 1_000_000).collect()
    };
    for (last, first) in [(9, 1), (5, 3)] {
        assert_eq!(one(Versions::LAST), [last]);
        assert_eq!(one(Versions::FIRST), [first]);
        let both = Versions { first: true, ..Versions::LAST };
        let newest = SpecVersions::Newest;
        assert_eq!(
            store.delete(COLLECTION, "vessel--1", &newest, &both, &named("r", at(20))).unwrap().len(),
            2
        );
    }
    assert_eq!(one(Versions::ALL), [0_i64; 0]);
}

fn the_spec_version_before_the_deleted_one_is_the_newest_again(case: &Case) {
    let store = with_collection(case);
    let of = |spec: &str, version| NewObject {
        spec_version: spec.to_owned(),
        ..object("vessel--1", Some(version))
    };
    let objects = vec![of("2.0", 1), of("2.1", 2), of("2.0", 3)];
    store.add(COLLECTION, request(at(10)), objects).unwrap();
    let shown = || -> Vec<(String, i64)> {
        let rows = all_rows(&store, &Filter::default());
        let of = |row: &ObjectRow| (row.manifest.version - at(0)).micros() / 1_000_000;
        rows.iter().map(|row| (row.manifest.spec_version.clone(), of(row))).collect()
    };
    assert_eq!(shown(), [("2.1".to_owned(), 2)]);
    store
        .delete(COLLECTION, "vessel--1", &SpecVersions::Newest, &Versions::ALL, &named("r", at(20)))
        .unwrap();
    assert_eq!(shown(), [("2.0".to_owned(), 3)]);
    assert_eq!(all_rows(&store, &everything()).len(), 2);
}
