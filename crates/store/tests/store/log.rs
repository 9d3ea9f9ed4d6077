//! Decisions and the ledger: who was first is never in doubt, and a leaf and its fact come together or not at all.

use std::panic::{AssertUnwindSafe, catch_unwind};

use bitacora_ledger::{Hash, LeafRecord, Tree, record_hash, verify_inclusion};
use bitacora_store::{CheckpointRow, Decided, Store, StoreError};

use crate::fixture::*;
use crate::on_both;

on_both![
    a_decision_is_recorded_with_its_leaf,
    the_second_officer_is_told_who_was_first,
    many_officers_at_once_decide_once,
    a_repeated_request_decides_once,
    a_decision_on_no_lead_leaves_no_leaf,
    a_closure_that_panics_leaves_nothing_half_done,
    the_log_reads_back_as_a_tree,
    checkpoints_are_kept,
];

fn with_lead(case: &Case) -> Store {
    let store = case.with_source();
    let mut one = batch(1);
    one.leads = vec![lead("l", 1, 1.0)];
    store.commit(&one).unwrap();
    store
}

fn a_decision_is_recorded_with_its_leaf(case: &Case) {
    let store = with_lead(case);
    let first = decision("1", "l", "new", "acknowledged", "ana");
    let Decided::Recorded(row) = store.decide(&first, |n| leaf("decision", n)).unwrap() else {
        panic!("the first decision stands")
    };
    assert_eq!((row.seq, row.leaf, row.state_before.as_str()), (1, 0, "new"));
    let second = decision("2", "l", "acknowledged", "accepted", "ana");
    assert!(
        matches!(store.decide(&second, |n| leaf("decision", n)).unwrap(), Decided::Recorded(row) if row.leaf == 1)
    );
    let all = store.decisions(lead_id("l")).unwrap();
    assert_eq!(
        all.iter().map(|row| row.state_after.as_str()).collect::<Vec<_>>(),
        ["acknowledged", "accepted"]
    );
    assert_eq!(all[0], row);
    assert_eq!(store.leaf(1).unwrap().unwrap().leaf, leaf("decision", 1));
    assert_eq!(store.leaf(2).unwrap(), None);
}

fn the_second_officer_is_told_who_was_first(case: &Case) {
    let store = with_lead(case);
    store.decide(&decision("1", "l", "new", "accepted", "ana"), |n| leaf("decision", n)).unwrap();
    store
        .decide(&decision("2", "l", "accepted", "outcome_recorded", "eva"), |n| leaf("decision", n))
        .unwrap();
    let late = decision("3", "l", "new", "dismissed", "luis");
    let Decided::AlreadyDecided { first, state } =
        store.decide(&late, |_| panic!("no leaf for what is not recorded")).unwrap()
    else {
        panic!("the second is told")
    };
    assert_eq!((first.officer, state.as_str()), (Some(officer_id("ana")), "outcome_recorded"));
    assert_eq!(store.leaf_hashes(0).unwrap().len(), 2);
    let mut other = batch(2);
    other.leads = vec![lead("m", 1, 1.0)];
    store.commit(&other).unwrap();
    let strange = decision("4", "m", "accepted", "dismissed", "luis");
    let answer = store.decide(&strange, |n| leaf("decision", n)).unwrap();
    assert_eq!(answer, Decided::NotInState { state: "new".into() });
}

fn many_officers_at_once_decide_once(case: &Case) {
    let store = with_lead(case);
    let other = case.open();
    let barrier = std::sync::Barrier::new(8);
    let answers: Vec<Decided> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..8)
            .map(|n| {
                // Half of them through a second store, as another process would.
                let (store, barrier) = (if n % 2 == 0 { &store } else { &other }, &barrier);
                scope.spawn(move || {
                    let mine = decision(&n.to_string(), "l", "new", "accepted", &n.to_string());
                    barrier.wait();
                    store.decide(&mine, |n| leaf("decision", n)).unwrap()
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    let recorded: Vec<_> = answers.iter().filter(|answer| matches!(answer, Decided::Recorded(_))).collect();
    let [Decided::Recorded(winner)] = recorded.as_slice() else { panic!("{} were recorded", recorded.len()) };
    for answer in &answers {
        if let Decided::AlreadyDecided { first, .. } = answer {
            assert_eq!(first, winner, "everyone is told of the same first");
        }
    }
    assert_eq!(store.decisions(lead_id("l")).unwrap(), std::slice::from_ref(winner));
    assert_eq!(store.leaf_hashes(0).unwrap().len(), 1);
}

fn a_repeated_request_decides_once(case: &Case) {
    let store = with_lead(case);
    let once = decision("1", "l", "new", "accepted", "ana");
    let first = store.decide(&once, |n| leaf("decision", n)).unwrap();
    let again = store.decide(&once, |_| panic!("one leaf is enough")).unwrap();
    assert_eq!(first, again);
}

fn a_decision_on_no_lead_leaves_no_leaf(case: &Case) {
    let store = with_lead(case);
    let none = store.decide(&decision("1", "none", "new", "accepted", "ana"), |n| leaf("decision", n));
    assert!(matches!(none, Err(StoreError::UnknownLead(id)) if id == lead_id("none")));
    assert_eq!(store.leaf_hashes(0).unwrap().len(), 0);
}

fn a_closure_that_panics_leaves_nothing_half_done(case: &Case) {
    let store = with_lead(case);
    let once = decision("1", "l", "new", "accepted", "ana");
    let panicked = catch_unwind(AssertUnwindSafe(|| store.decide(&once, |_| panic!("no salt"))));
    assert!(panicked.is_err());
    assert_eq!(store.decisions(lead_id("l")).unwrap(), []);
    assert!(
        matches!(store.decide(&once, |n| leaf("decision", n)).unwrap(), Decided::Recorded(row) if row.leaf == 0)
    );
}

fn the_log_reads_back_as_a_tree(case: &Case) {
    let store = case.open();
    for expected in 0..20 {
        assert_eq!(store.append_leaf(|n| leaf("note", n)).unwrap(), expected);
    }
    let hashes = store.leaf_hashes(0).unwrap();
    let tree = Tree::from_leaf_hashes(hashes.iter().copied().map(Hash));
    for index in 0..20 {
        let stored = store.leaf(index).unwrap().unwrap();
        let hash = record_hash(&stored.leaf.record);
        assert_eq!(hash.0, stored.leaf.hash, "the stored record is byte for byte the one committed to");
        assert_eq!(LeafRecord::parse(&stored.leaf.record).unwrap().body["number"], index);
        let path = tree.inclusion(index, 20).unwrap();
        assert_eq!(verify_inclusion(&hash, index, 20, &path, &tree.root()), Ok(()));
    }
    assert_eq!(store.leaf_hashes(18).unwrap(), hashes[18..]);
    let newest: Vec<u64> = store.leaves(None, 2).unwrap().iter().map(|row| row.index).collect();
    assert_eq!(newest, [19, 18]);
    let before: Vec<u64> = store.leaves(Some(2), 10).unwrap().iter().map(|row| row.index).collect();
    assert_eq!(before, [1, 0]);
}

fn checkpoints_are_kept(case: &Case) {
    let store = case.open();
    assert_eq!(store.latest_checkpoint().unwrap(), None);
    let of = |size| CheckpointRow { size, recorded: at(1), note: format!("watch\n{size}\n") };
    assert!(store.store_checkpoint(&of(3)).unwrap());
    assert!(store.store_checkpoint(&of(7)).unwrap());
    assert!(!store.store_checkpoint(&CheckpointRow { note: "another".into(), ..of(7) }).unwrap());
    assert_eq!(store.latest_checkpoint().unwrap(), Some(of(7)));
}
