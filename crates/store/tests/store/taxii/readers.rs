//! The measure of the whole: many writers of different batch sizes, readers that resume, a clock that steps back, and the
//! store opened anew in the middle. Each object reaches each reader once, in order.

use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering::SeqCst};
use std::time::Instant as Clock;

use bitacora_primitives::Instant;
use bitacora_store::StoreError;
use bitacora_store::taxii::{Filter, ManifestRow};

use super::*;
use crate::on_both;

on_both![readers_that_resume_miss_none_of_100_000_objects];

fn readers_that_resume_miss_none_of_100_000_objects(case: &Case) {
    nobody_misses(case, 100_000);
}

/// `cargo test --release -p bitacora-store --test store -- --ignored --nocapture million`
#[test]
#[ignore = "takes minutes"]
fn sqlite_readers_miss_none_of_a_million_objects() {
    nobody_misses(&Case::sqlite(), 1_000_000);
}

#[test]
#[ignore = "takes minutes"]
fn postgresql_readers_miss_none_of_a_million_objects() {
    if let Some(case) = Case::postgresql() {
        nobody_misses(&case, 1_000_000);
    }
}

/// Objects of one request, for each writer.
const BATCHES: [u64; 8] = [1, 2, 5, 10, 25, 40, 80, 100];
/// The store is closed and opened again so often on the way.
const OPENINGS: u64 = 3;

/// How a reader goes on.
#[derive(Clone, Copy, PartialEq, Debug)]
enum Cursor {
    /// Asks for what was added after the last `date_added` it saw, as clients that know no `next` do.
    AddedAfter,
    /// Asks for the page's `next` while there is one.
    Next,
}

/// A client that outlives the store's openings.
struct Reader {
    cursor: Cursor,
    limit: usize,
    types: Vec<String>,
    last: Option<Instant>,
    /// When each object was added, by its number.
    seen: Vec<Option<Instant>>,
    count: u64,
}

impl Reader {
    fn new(cursor: Cursor, limit: usize, object_type: Option<&str>, total: u64) -> Self {
        let types = object_type.map(str::to_owned).into_iter().collect();
        Self { cursor, limit, types, last: None, seen: vec![None; total as usize], count: 0 }
    }

    /// Reads on until there is nothing more; how many rows there were.
    fn poll(&mut self, store: &TaxiiStore) -> u64 {
        let before = self.count;
        loop {
            let filter = Filter {
                added_after: self.last.filter(|_| self.cursor == Cursor::AddedAfter),
                types: self.types.clone(),
                ..Filter::default()
            };
            let after = self.last.filter(|_| self.cursor == Cursor::Next);
            let page = store.manifest(COLLECTION, &filter, after, self.limit).unwrap();
            for row in &page.rows {
                self.see(row);
            }
            if page.next.is_none() {
                return self.count - before;
            }
        }
    }

    fn see(&mut self, row: &ManifestRow) {
        assert!(self.last.is_none_or(|last| row.date_added > last), "{:?}: {row:?}", self.cursor);
        self.last = Some(row.date_added);
        let number: usize = row.id.rsplit_once('-').unwrap().1.parse().unwrap();
        assert_eq!(self.seen[number], None, "{:?}: twice: {row:?}", self.cursor);
        self.seen[number] = Some(row.date_added);
        self.count += 1;
    }
}

/// Every fourth is a seizure, the others are positions; few bytes, since it is the order that is tried.
fn small(number: u64) -> NewObject {
    let kind = if number.is_multiple_of(4) { "seizure" } else { "location" };
    NewObject {
        id: format!("{kind}--00000000-0000-4000-8000-{number:012}"),
        spec_version: "2.1".to_owned(),
        version: Some(at(number as i64)),
        hash: [0; 32],
        content: number.to_be_bytes().to_vec(),
    }
}

fn nobody_misses(case: &Case, total: u64) {
    let since = Clock::now();
    drop(with_collection(case));
    let given = AtomicU64::new(0);
    let acknowledged: Vec<AtomicI64> = (0..total).map(|_| AtomicI64::new(i64::MIN)).collect();
    let clock = AtomicI64::new(at(0).micros());
    let mut readers = [
        Reader::new(Cursor::AddedAfter, 1_000, None, total),
        Reader::new(Cursor::Next, 137, None, total),
        Reader::new(Cursor::AddedAfter, 50, Some("seizure"), total),
    ];
    for opening in 1..=OPENINGS {
        let stores = [open(case), open(case)];
        let until = total * opening / OPENINGS;
        let done = AtomicBool::new(false);
        std::thread::scope(|scope| {
            for reader in &mut readers {
                let (stores, done) = (&stores, &done);
                scope.spawn(move || {
                    // What was written before the last look is seen by it.
                    while !done.load(SeqCst) || reader.poll(&stores[1]) > 0 {
                        reader.poll(&stores[1]);
                        std::thread::sleep(std::time::Duration::from_millis(2));
                    }
                });
            }
            let writers: Vec<_> = BATCHES
                .iter()
                .enumerate()
                .map(|(writer, size)| {
                    // One of them writes as another process would.
                    let store = &stores[usize::from(writer == 3)];
                    let (given, acknowledged, clock) = (&given, &acknowledged, &clock);
                    scope.spawn(move || {
                        loop {
                            let take = |given: u64| (given < until).then(|| (given + size).min(until));
                            let Ok(first) = given.fetch_update(SeqCst, SeqCst, take) else { return };
                            let numbers = first..(first + size).min(until);
                            let added = add(store, numbers.clone().map(small).collect(), clock);
                            for (number, date_added) in numbers.zip(added) {
                                acknowledged[number as usize].store(date_added.micros(), SeqCst);
                            }
                        }
                    })
                })
                .collect();
            writers.into_iter().for_each(|writer| writer.join().unwrap());
            done.store(true, SeqCst);
        });
    }
    for reader in &readers {
        let wanted = if reader.types.is_empty() { total } else { total.div_ceil(4) };
        assert_eq!(reader.count, wanted, "{:?} by {} missed some", reader.cursor, reader.limit);
        for (number, seen) in reader.seen.iter().enumerate() {
            let told = Instant::from_micros(acknowledged[number].load(SeqCst));
            assert!(seen.is_none_or(|seen| seen == told), "object {number}: {seen:?}, acknowledged {told:?}");
        }
    }
    println!(
        "{total} objects by {} writers in {OPENINGS} openings, {} readers: none missed, none twice, {:.1} s",
        BATCHES.len(),
        readers.len(),
        since.elapsed().as_secs_f64()
    );
}

/// Adds by a clock that steps back now and then by up to two seconds.
fn add(store: &TaxiiStore, objects: Vec<NewObject>, clock: &AtomicI64) -> Vec<Instant> {
    let tick = clock.fetch_add(1_000, SeqCst);
    let step = if tick / 1_000 % 17 == 0 { 2_000_000 } else { tick % 5_000 };
    loop {
        match store.add(COLLECTION, request(Instant::from_micros(tick - step)), objects.clone()) {
            Ok(added) => return stored(&added),
            // SQLite lets a waiting process try now and then, and it may come too late each time.
            Err(StoreError::Busy { .. }) => {}
            Err(error) => panic!("{error}"),
        }
    }
}
