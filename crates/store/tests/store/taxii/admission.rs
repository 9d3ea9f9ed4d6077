//! Who is asked before anything is stored, and requests that share a transaction.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Barrier, Mutex};

use bitacora_store::taxii::{Admission, Admitted, Filter, ManifestRow, Planned, Verdict};
use bitacora_store::{Leaf, StoreError};

use super::collections::directly;
use super::*;
use crate::on_both;

on_both![
    nothing_is_written_that_was_not_admitted,
    no_verdict_is_a_refusal,
    a_question_that_panics_stops_nobody_else,
    what_comes_and_goes_is_in_the_log_with_its_leaf,
    no_leaf_stands_without_its_objects,
    requests_share_a_transaction_and_answer_for_themselves,
    the_same_object_from_all_sides_is_stored_once,
];

/// Asks a closure of each request, and logs nothing.
struct Asks<F>(F);

impl<F: Fn(&Planned<'_>) -> Option<Verdict> + Send + Sync> Admission for Asks<F> {
    fn admit(&self, planned: &[Planned<'_>]) -> Admitted {
        Admitted { verdicts: planned.iter().map_while(&self.0).collect(), leaf: None }
    }
    fn let_go(&self, _: &str, _: &Request, _: &[ManifestRow]) -> Result<Option<Leaf>, String> {
        Ok(None)
    }
}

fn nothing_is_written_that_was_not_admitted(case: &Case) {
    let refuse = |planned: &Planned<'_>| {
        assert_eq!(planned.collection, COLLECTION);
        assert_eq!(planned.objects.len(), planned.added.len());
        let forbidden = planned.objects.iter().any(|object| object.id.starts_with("weapon"));
        Some(if forbidden { Verdict::Refused("art. 4".to_owned()) } else { Verdict::Admitted })
    };
    let store = with_collection(case).admitting(Arc::new(Asks(refuse)));
    let asked = vec![numbered(1), object("weapon--1", Some(1))];
    let refused = store.add(COLLECTION, Request { note: Some(String::new()), ..request(at(1)) }, asked);
    assert!(matches!(refused, Err(StoreError::NotAdmitted { why }) if why == "art. 4"));
    assert_eq!(all_rows(&store, &everything()), []);
    assert_eq!(store.status("").unwrap(), None);
    assert_eq!(stored(&store.add(COLLECTION, request(at(1)), vec![numbered(1)]).unwrap()), [at(1)]);
}

fn no_verdict_is_a_refusal(case: &Case) {
    let store = with_collection(case).admitting(Arc::new(Asks(|_: &Planned<'_>| None)));
    let refused = store.add(COLLECTION, request(at(1)), vec![numbered(1)]);
    assert!(matches!(refused, Err(StoreError::NotAdmitted { .. })));
    assert_eq!(all_rows(&store, &everything()), []);
}

fn a_question_that_panics_stops_nobody_else(case: &Case) {
    let panic_once = AtomicU64::new(0);
    let asks = move |_: &Planned<'_>| {
        assert!(panic_once.fetch_add(1, Ordering::Relaxed) > 0, "no salt");
        Some(Verdict::Admitted)
    };
    let store = with_collection(case).admitting(Arc::new(Asks(asks)));
    let first = catch_unwind(AssertUnwindSafe(|| store.add(COLLECTION, request(at(1)), vec![numbered(1)])));
    assert!(first.is_err());
    assert_eq!(all_rows(&store, &everything()), []);
    store.add(COLLECTION, request(at(1)), vec![numbered(1)]).unwrap();
    assert_eq!(all_rows(&store, &everything()).len(), 1);
}

/// A leaf for what comes and for what goes.
struct Logs;

impl Admission for Logs {
    fn admit(&self, planned: &[Planned<'_>]) -> Admitted {
        let objects = planned.iter().map(|one| one.objects.len()).sum::<usize>();
        let leaf = (objects > 0).then(|| leaf("taxii_add", objects as u64));
        Admitted { verdicts: vec![Verdict::Admitted; planned.len()], leaf }
    }
    fn let_go(
        &self,
        collection: &str,
        request: &Request,
        rows: &[ManifestRow],
    ) -> Result<Option<Leaf>, String> {
        assert_eq!(collection, COLLECTION);
        match request.id.as_str() {
            "refused" => Err("art. 4".to_owned()),
            _ => Ok(Some(leaf("taxii_delete", rows.len() as u64))),
        }
    }
}

fn what_comes_and_goes_is_in_the_log_with_its_leaf(case: &Case) {
    let log = case.open();
    let store = with_collection(case).admitting(Arc::new(Logs));
    let kinds = || -> Vec<String> {
        log.leaves(None, 10).unwrap().into_iter().rev().map(|row| row.leaf.kind).collect()
    };
    store.add(COLLECTION, request(at(1)), vec![numbered(1), numbered(2)]).unwrap();
    assert_eq!(kinds(), ["taxii_add"]);
    store.add(COLLECTION, request(at(1)), vec![]).unwrap();
    assert_eq!(kinds(), ["taxii_add"], "nothing came, nothing is logged");

    let (all, specs) = (Versions::ALL, SpecVersions::All);
    let gone = |id: u64, request: &str| {
        store.delete(COLLECTION, &numbered(id).id, &specs, &all, &named(request, at(2)))
    };
    let refused = gone(1, "refused");
    assert!(matches!(refused, Err(StoreError::NotAdmitted { why }) if why == "art. 4"));
    assert_eq!((all_rows(&store, &everything()).len(), kinds().len()), (2, 1), "what is refused does not go");
    assert_eq!(gone(1, "r").unwrap().len(), 1);
    assert_eq!(kinds(), ["taxii_add", "taxii_delete"]);
    assert_eq!(gone(1, "r").unwrap(), []);
    assert_eq!(kinds().len(), 2, "nothing went, nothing is logged");
}

fn no_leaf_stands_without_its_objects(case: &Case) {
    let store = with_collection(case).admitting(Arc::new(Logs));
    // The leaf goes in first, and then the objects find no table.
    directly(case, "ALTER TABLE taxii_content RENAME TO elsewhere").unwrap();
    store.add(COLLECTION, request(at(1)), vec![numbered(1)]).unwrap_err();
    assert_eq!(case.open().leaf_hashes(0).unwrap().len(), 0);
    directly(case, "ALTER TABLE elsewhere RENAME TO taxii_content").unwrap();
    store.add(COLLECTION, request(at(1)), vec![numbered(1)]).unwrap();
    assert_eq!(case.open().leaf_hashes(0).unwrap().len(), 1);
}

/// Many requests at once, some of them wrong: each gets its own answer, and they do share transactions.
fn requests_share_a_transaction_and_answer_for_themselves(case: &Case) {
    let groups: Arc<Mutex<Vec<usize>>> = Arc::default();
    struct Counts(Arc<Mutex<Vec<usize>>>);
    impl Admission for Counts {
        fn admit(&self, planned: &[Planned<'_>]) -> Admitted {
            self.0.lock().unwrap().push(planned.len());
            // As long as a sync of a slow disk.
            std::thread::sleep(std::time::Duration::from_millis(5));
            let of = |planned: &Planned<'_>| match planned.request.id.as_str() {
                "refused" => Verdict::Refused("no".to_owned()),
                _ => Verdict::Admitted,
            };
            Admitted { verdicts: planned.iter().map(of).collect(), leaf: None }
        }
        fn let_go(&self, _: &str, _: &Request, _: &[ManifestRow]) -> Result<Option<Leaf>, String> {
            Ok(None)
        }
    }
    let store = with_collection(case).admitting(Arc::new(Counts(groups.clone())));
    let (threads, each) = (16, 6_u64);
    let barrier = Barrier::new(threads);
    std::thread::scope(|scope| {
        for thread in 0..threads as u64 {
            let (store, barrier) = (&store, &barrier);
            scope.spawn(move || {
                barrier.wait();
                for turn in 0..each {
                    let objects = vec![numbered(thread * each + turn)];
                    match turn % 3 {
                        0 => {
                            let refused = Request { id: "refused".to_owned(), ..request(at(1)) };
                            let answer = store.add(COLLECTION, refused, objects);
                            assert!(matches!(answer, Err(StoreError::NotAdmitted { .. })), "{answer:?}");
                        }
                        1 => {
                            let answer = store.add("none", request(at(1)), objects);
                            assert!(matches!(answer, Err(StoreError::UnknownCollection(_))), "{answer:?}");
                        }
                        _ => drop(stored(&store.add(COLLECTION, request(at(1)), objects).unwrap())),
                    }
                }
            });
        }
    });
    let rows = all_rows(&store, &Filter::default());
    assert_eq!(rows.len() as u64, threads as u64 * each / 3);
    assert!(rows.iter().all(|row| number_of(row) % each % 3 == 2));
    let groups = groups.lock().unwrap();
    assert!(groups.iter().any(|together| *together > 1), "{groups:?}");
}

fn the_same_object_from_all_sides_is_stored_once(case: &Case) {
    let store = with_collection(case);
    let other = open(case);
    let barrier = Barrier::new(8);
    let first: Vec<Instant> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..8)
            .map(|n| {
                // Half of them through a second store, as another process would.
                let (store, barrier) = (if n % 2 == 0 { &store } else { &other }, &barrier);
                scope.spawn(move || {
                    barrier.wait();
                    let objects = (0..20).map(numbered).collect();
                    let added = store.add(COLLECTION, request(at(1)), objects).unwrap();
                    let new = added.iter().filter(|one| matches!(one, Added::Stored { .. })).count();
                    assert!(new == 0 || new == 20, "{new} of one request");
                    added[19].date_added()
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert!(first.iter().all(|date_added| *date_added == first[0]), "all are told of the same");
    assert_eq!(all_rows(&store, &everything()).len(), 20);
}
