//! Logs of agreements: what belongs together is kept together or not at all, and no leaf is written twice.

use bitacora_primitives::ReleaseId;
use bitacora_store::{ExchangeStore, KeptCheckpoint, NewRows, StoredLeaf};

use crate::fixture::*;
use crate::on_both;

on_both![
    rows_of_one_step_come_back,
    a_leaf_twice_keeps_nothing_of_the_step,
    the_newest_checkpoint_has_the_most_cosignatures,
    agreements_do_not_mix,
];

fn open(case: &Case) -> ExchangeStore {
    ExchangeStore::open(case.folder.path(), case.database.as_deref()).unwrap()
}

fn leaf(party: &str, index: u64, record: Option<&str>) -> StoredLeaf {
    StoredLeaf {
        party: party.to_owned(),
        index,
        kind: record.map(|_| "release".to_owned()),
        recorded: at(0),
        commitment: [u8::try_from(index).unwrap(); 32],
        record: record.map(str::to_owned),
    }
}

fn checkpoint(size: u64, note: &str) -> KeptCheckpoint {
    KeptCheckpoint { party: "CO".to_owned(), size, recorded: at(0), note: note.to_owned() }
}

fn rows_of_one_step_come_back(case: &Case) {
    let release = ReleaseId::of(&[b"one"]);
    let rows = NewRows {
        leaves: vec![leaf("CO", 0, Some("{}")), leaf("CO", 1, None), leaf("US", 0, Some("{}"))],
        sealed: vec![(release, vec![1, 2, 3])],
        offers: vec![(release, "{\"offer\":1}".to_owned())],
        checkpoints: vec![checkpoint(2, "two")],
    };
    open(case).keep("A-1", &rows).unwrap();
    // Read by another opening: it was on the disk, not in memory.
    let store = open(case);
    assert_eq!(store.leaves("A-1", "CO", 0, 10).unwrap(), rows.leaves[..2]);
    assert_eq!(store.leaves("A-1", "CO", 1, 10).unwrap(), rows.leaves[1..2]);
    assert_eq!(store.leaves("A-1", "CO", 0, 1).unwrap().len(), 1);
    assert_eq!(store.sealed(release).unwrap(), Some(vec![1, 2, 3]));
    assert_eq!(store.offer(release).unwrap().as_deref(), Some("{\"offer\":1}"));
    assert_eq!(store.sealed(ReleaseId::of(&[b"other"])).unwrap(), None);
}

fn a_leaf_twice_keeps_nothing_of_the_step(case: &Case) {
    let store = open(case);
    let release = ReleaseId::of(&[b"one"]);
    store.keep("A-1", &NewRows { leaves: vec![leaf("CO", 0, None)], ..NewRows::default() }).unwrap();
    let again = NewRows {
        leaves: vec![leaf("CO", 1, None), leaf("CO", 0, Some("{}"))],
        sealed: vec![(release, vec![9])],
        ..NewRows::default()
    };
    assert!(store.keep("A-1", &again).is_err());
    assert_eq!(
        store.leaves("A-1", "CO", 0, 10).unwrap().len(),
        1,
        "neither the new leaf nor another first one"
    );
    assert_eq!(store.sealed(release).unwrap(), None);
}

fn the_newest_checkpoint_has_the_most_cosignatures(case: &Case) {
    let store = open(case);
    for (size, note) in [(3, "three"), (5, "five by one"), (5, "five by two"), (4, "four")] {
        let rows = NewRows { checkpoints: vec![checkpoint(size, note)], ..NewRows::default() };
        store.keep("A-1", &rows).unwrap();
    }
    assert_eq!(store.newest_checkpoint("A-1", "CO").unwrap().unwrap().note, "five by two");
    let kept: Vec<String> =
        store.checkpoints("A-1", "CO", 3).unwrap().into_iter().map(|one| one.note).collect();
    assert_eq!(kept, ["four", "five by two"]);
}

fn agreements_do_not_mix(case: &Case) {
    let store = open(case);
    for agreement in ["A-1", "A-2"] {
        store.keep(agreement, &NewRows { leaves: vec![leaf("CO", 0, None)], ..NewRows::default() }).unwrap();
    }
    assert_eq!(store.leaves("A-2", "CO", 0, 10).unwrap().len(), 1);
    assert!(store.leaves("A-3", "CO", 0, 10).unwrap().is_empty());
}
