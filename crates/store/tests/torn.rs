//! A write torn at every byte of one commit: what the store gives back afterwards is the state before it or the whole
//! of it, never a part; and what was committed before is untouched. SQLite's log of page images is cut, and, as on a
//! disk that had other bytes there, cut and filled with what was there before.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails loudly"
)]

use std::path::{Path, PathBuf};

use bitacora_primitives::{Instant, ReleaseId};
use bitacora_store::{ExchangeStore, KeptCheckpoint, NewRows, StoredLeaf};
use rusqlite::{Connection, ToSql};

const AGREEMENT: &str = "A-1";
const WAL: &str = "exchange.sqlite-wal";
const DATABASE: &str = "exchange.sqlite";

/// A release as the exchange commits it: its leaf, the sealed item, the offer, and a checkpoint.
fn step(index: u64) -> NewRows {
    let release = ReleaseId::of(&[&index.to_be_bytes()]);
    let when = Instant::parse("2026-11-21T00:00:00Z").unwrap();
    NewRows {
        leaves: vec![StoredLeaf {
            party: "CO".to_owned(),
            index,
            kind: Some("release".to_owned()),
            recorded: when,
            commitment: [7; 32],
            record: Some(format!("{{\"index\":{index}}}")),
        }],
        sealed: vec![(release, vec![1; 300])],
        offers: vec![(release, "{\"offer\":1}".to_owned())],
        checkpoints: vec![KeptCheckpoint {
            party: "CO".to_owned(),
            size: index + 1,
            recorded: when,
            note: format!("checkpoint of {}", index + 1),
        }],
    }
}

/// How much of a step is there: all four rows, none, or a part.
fn held(reader: &Connection, index: u64) -> u32 {
    let release = ReleaseId::of(&[&index.to_be_bytes()]);
    let count =
        |sql: &str, value: &dyn ToSql| reader.query_row(sql, [value], |row| row.get::<_, u32>(0)).unwrap();
    let record = step(index).leaves[0].record.clone();
    count("SELECT count(*) FROM exchange_leaf WHERE record = ?1", &record)
        + count("SELECT count(*) FROM exchange_sealed WHERE release_id = ?1", &release.to_string())
        + count("SELECT count(*) FROM exchange_offer WHERE release_id = ?1", &release.to_string())
        + count("SELECT count(*) FROM exchange_checkpoint WHERE note = ?1", &step(index).checkpoints[0].note)
}

/// Opens a copy whose log of page images is `wal`, and says how much of the last step it holds.
fn after_a_crash(at: &Path, database: &[u8], wal: &[u8]) -> u32 {
    for file in [WAL, "exchange.sqlite-shm"] {
        let _absent = std::fs::remove_file(at.join(file));
    }
    std::fs::write(at.join(DATABASE), database).unwrap();
    std::fs::write(at.join(WAL), wal).unwrap();
    let reader = Connection::open(at.join(DATABASE)).unwrap();
    assert_eq!(held(&reader, 0), 4, "what was committed before is damaged");
    held(&reader, 1)
}

/// In memory where there is such a disk: the test writes what a crash would leave, tens of thousands of times.
fn fast_folder() -> PathBuf {
    let memory = Path::new("/dev/shm");
    let base = if memory.is_dir() { memory.to_owned() } else { std::env::temp_dir() };
    base.join(format!("bitacora-torn-{}", std::process::id()))
}

#[test]
fn a_commit_torn_at_any_byte_is_there_whole_or_not_at_all() {
    let folder = fast_folder();
    let (live, copy) = (folder.join("live"), folder.join("copy"));
    for one in [&live, &copy] {
        std::fs::create_dir_all(one).unwrap();
    }
    let store = ExchangeStore::open(&live, None).unwrap();
    store.keep(AGREEMENT, &step(0)).unwrap();
    let before = std::fs::read(live.join(WAL)).unwrap();
    store.keep(AGREEMENT, &step(1)).unwrap();
    let (database, after) =
        (std::fs::read(live.join(DATABASE)).unwrap(), std::fs::read(live.join(WAL)).unwrap());
    assert!(after.len() > before.len() && after.starts_with(&before), "the commit is the log's end");

    let mut whole = 0;
    for cut in before.len()..=after.len() {
        let cut_off = after_a_crash(&copy, &database, &after[..cut]);
        assert!(cut_off == 0 || cut_off == 4, "byte {cut}: {cut_off} of 4 rows");
        whole += u32::from(cut_off == 4);
        // The commit's pages over older bytes of the same log: what was not written reads as something else.
        let mut overwritten = after.clone();
        overwritten[cut..].iter_mut().zip(before.iter().cycle()).for_each(|(byte, old)| *byte = *old);
        if overwritten[cut..] != after[cut..] {
            let torn = after_a_crash(&copy, &database, &overwritten);
            assert_eq!(torn, 0, "byte {cut}: a commit whose end was never written counts");
        }
    }
    assert_eq!(whole, 1, "only the last byte makes the commit");
    // The store itself takes such a file for what it is.
    std::fs::write(copy.join(WAL), &after[..after.len() - 1]).unwrap();
    std::fs::write(copy.join(DATABASE), &database).unwrap();
    let again = ExchangeStore::open(&copy, None).unwrap();
    assert_eq!(again.leaves(AGREEMENT, "CO", 0, 10).unwrap().len(), 1);
    again.keep(AGREEMENT, &step(1)).unwrap();
    drop((store, again));
    std::fs::remove_dir_all(&folder).unwrap();
    println!("{} bytes of one commit, each cut and each overwritten", after.len() - before.len());
}
