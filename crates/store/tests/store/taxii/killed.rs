//! `kill -9` while several threads add: what was acknowledged is there, of every request all or nothing, and with it the leaf that names it.

use std::io::Write as _;
use std::path::Path;
use std::sync::Arc;

use bitacora_store::taxii::{Admission, Admitted, ManifestRow, Planned, Request, TaxiiStore, Verdict};
use bitacora_store::{Leaf, LeafRow, Store};

use super::*;
use crate::killed::{DATABASE, FOLDER, killed_child, random};

const THREADS: u64 = 4;

/// Numbers of one thread's objects begin at `thread` times this.
const EACH: u64 = 1_000_000;

/// How many objects a thread's next request has, after `stored` of its objects.
fn batch_after(stored: u64) -> u64 {
    1 + stored % 29
}

fn noted(thread: u64, first: u64) -> Request {
    Request {
        id: format!("{thread}-{first}"),
        at: at(first as i64),
        platform: None,
        note: Some("noted".to_owned()),
    }
}

/// A leaf with the number of objects that come with it.
struct Counts;

impl Admission for Counts {
    fn admit(&self, planned: &[Planned<'_>]) -> Admitted {
        let objects = planned.iter().map(|one| one.objects.len()).sum::<usize>();
        let verdicts = vec![Verdict::Admitted; planned.len()];
        Admitted { verdicts, leaf: Some(leaf("taxii_add", objects as u64)) }
    }
    fn let_go(&self, _: &str, _: &Request, _: &[ManifestRow]) -> Result<Option<Leaf>, String> {
        Ok(None)
    }
}

/// Objects that the log's leaves name.
fn named_by_leaves(case: &Case) -> u64 {
    let leaves = case.open().leaves(None, usize::MAX >> 1).unwrap().into_iter();
    let record = |row: LeafRow| serde_json::from_str::<serde_json::Value>(&row.leaf.record).unwrap();
    leaves.map(|row| record(row)["body"]["number"].as_u64().unwrap()).sum()
}

/// The child: run by the tests below in a process of its own.
#[test]
#[ignore = "a process that the kill tests start"]
fn child_that_adds_until_killed() {
    let Some(folder) = std::env::var_os(FOLDER) else { return };
    let database = std::env::var(DATABASE).ok();
    let store = Store::open(Path::new(&folder), database.as_deref())
        .unwrap()
        .taxii()
        .unwrap()
        .admitting(Arc::new(Counts));
    store.register_collection(&collection(COLLECTION)).unwrap();
    let stored = stored_of_each(&store);
    std::thread::scope(|scope| {
        for (thread, mut next) in (0..THREADS).zip(stored) {
            let store = &store;
            // Standard output breaks when the parent is gone: an end even if the kill never comes.
            scope.spawn(move || {
                while next < EACH {
                    let numbers = next..next + batch_after(next);
                    let objects = numbers.clone().map(|number| numbered(thread * EACH + number)).collect();
                    store.add(COLLECTION, noted(thread, next), objects).unwrap();
                    next = numbers.end;
                    let mut out = std::io::stdout().lock();
                    if writeln!(out, "MARK {thread} {next}").and_then(|()| out.flush()).is_err() {
                        return;
                    }
                }
            });
        }
    });
}

/// How many objects of each thread are there; they are its first, whole, in order, and end with a request.
fn stored_of_each(store: &TaxiiStore) -> [u64; THREADS as usize] {
    let mut next = [0; THREADS as usize];
    let (mut after, mut last) = (None, None);
    loop {
        let page = store.objects(COLLECTION, &everything(), after, 10_000, usize::MAX).unwrap();
        for row in &page.rows {
            let number = number_of(row);
            assert_eq!(row.content, numbered(number).content);
            assert_eq!(number % EACH, next[(number / EACH) as usize], "no hole, and in order");
            next[(number / EACH) as usize] += 1;
            assert!(last < Some(row.manifest.date_added));
            last = Some(row.manifest.date_added);
        }
        after = page.next;
        if after.is_none() {
            return next;
        }
    }
}

fn killed_again_and_again(case: &Case, kills: usize) {
    let mut state = 20_261_122;
    let mut acknowledged = [0; THREADS as usize];
    drop(with_collection(case));
    for kill in 0..kills {
        let (enough, wait) = (random(&mut state, 20), u128::from(random(&mut state, 6_000)));
        killed_child(case, "taxii::killed::child_that_adds_until_killed", enough, wait, |mark| {
            let (thread, next) = mark.split_once(' ').unwrap();
            acknowledged[thread.parse::<usize>().unwrap()] = next.parse().unwrap();
        });
        let store = open(case);
        let stored = stored_of_each(&store);
        assert_eq!(named_by_leaves(case), stored.iter().sum::<u64>(), "kill {kill}: leaves and objects");
        for (thread, (acknowledged, stored)) in (0..THREADS).zip(acknowledged.iter().zip(stored)) {
            assert!(stored >= *acknowledged, "kill {kill}: {acknowledged} acknowledged, {stored} are there");
            let mut first = 0;
            while first < stored {
                let entries = store.status(&noted(thread, first).id).unwrap().unwrap().entries;
                assert_eq!(
                    entries.len() as u64,
                    batch_after(first),
                    "kill {kill}: the status of its objects"
                );
                first += batch_after(first);
            }
            assert_eq!(first, stored, "kill {kill}: a request is there whole");
            assert_eq!(store.status(&noted(thread, stored).id).unwrap(), None, "kill {kill}: a status alone");
        }
    }
    let all: u64 = acknowledged.iter().sum();
    assert!(all > kills as u64, "the children came to add");
    println!("{kills} kills, {all} objects acknowledged, none lost, no request in part");
}

#[test]
fn sqlite_loses_nothing_acknowledged_in_30_kills() {
    killed_again_and_again(&Case::sqlite(), 30);
}

#[test]
fn postgresql_loses_nothing_acknowledged_in_10_kills() {
    if let Some(case) = Case::postgresql() {
        killed_again_and_again(&case, 10);
    }
}
