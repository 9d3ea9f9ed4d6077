//! Leaves per second of the structural check of a log directory held in memory, one thread, with records of the length
//! of a release. Prints figures; asserts nothing about speed. `LEAVES=2000000` sets the size.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a bench reads a clock and its environment"
)]

use std::hint::black_box;
use std::time::Instant as Clock;

use bitacora_ledger::directory::LogFiles;
use bitacora_ledger::{
    Checkpoint, CosignerKey, Hash, LogFault, LogKeys, Note, Tree, VerifierKey, check_directory,
    entries_bytes, entries_path, leaf_hash, records_path, sha256, tile_bytes,
};
use bitacora_primitives::Instant;
use ed25519_dalek::{Signer as _, SigningKey};

const ORIGIN: &str = "bitacora/CO-US-MAR/CO";

/// A log whose files are made when they are read: 2,000,000 records of a kilobyte would not fit in memory.
struct Made {
    tree: Tree,
    commitments: Vec<[u8; 32]>,
    opened: bool,
    filler: String,
    kept_every: Option<u64>,
    making: std::cell::Cell<std::time::Duration>,
}

fn record(index: u64, filler: &str) -> String {
    format!("{{\"body\":\"{filler}\",\"n\":{index}}}")
}

impl Made {
    fn new(size: u64, opened: bool, record_bytes: usize, kept_every: Option<u64>) -> Self {
        let filler = "x".repeat(record_bytes.saturating_sub(22));
        let commitments: Vec<[u8; 32]> =
            (0..size).map(|index| sha256(record(index, &filler).as_bytes()).0).collect();
        let tree = Tree::from_leaf_hashes(commitments.iter().map(|commitment| leaf_hash(commitment)));
        Self { tree, commitments, opened, filler, kept_every, making: Default::default() }
    }

    fn note(&self, size: u64) -> Vec<u8> {
        let (log_key, log, witness_key, witness) = keys();
        let root = self.tree.root_at(size).unwrap();
        let checkpoint = Checkpoint { origin: ORIGIN.to_owned(), size, root };
        let note = checkpoint.sign(&log_key, &|text: &[u8]| log.sign(text).to_bytes());
        let mut note = Note::parse(note.as_bytes()).unwrap();
        let now = Instant::from_secs(1_763_000_000);
        let line = witness_key
            .cosign(note.unverified_text(), now, &|message: &[u8]| witness.sign(message).to_bytes());
        note.add(line.unwrap()).unwrap();
        note.to_string().into_bytes()
    }

    fn make(&self, path: &str) -> Option<Vec<u8>> {
        let number = |path: &str| {
            let name = path.split(".p/").next().unwrap().trim_end_matches(".jsonl");
            name.split('/')
                .fold(0, |sum, part| sum * 1000 + part.trim_start_matches('x').parse::<u64>().unwrap())
        };
        let width = |path: &str| path.split(".p/").nth(1).map_or(256, |width| width.parse::<u64>().unwrap());
        let bundle = |index: u64| (index * 256)..((index + 1) * 256).min(self.tree.size());
        if path == "checkpoint" {
            Some(self.note(self.tree.size()))
        } else if let Some(size) = path.strip_prefix("checkpoints/") {
            Some(self.note(size.parse().unwrap()))
        } else if let Some(name) = path.strip_prefix("tile/entries/") {
            let index = number(name);
            assert_eq!(entries_path(index, width(name) as u16), path);
            let range = bundle(index);
            Some(entries_bytes(&self.commitments[range.start as usize..range.end as usize]).unwrap())
        } else if let Some(name) = path.strip_prefix("tile/") {
            let (level, name) = name.split_once('/').unwrap();
            tile_bytes(&self.tree, level.parse().unwrap(), number(name), width(name) as u16)
        } else if self.opened {
            let index = number(path.strip_prefix("records/").unwrap());
            assert_eq!(records_path(index), path);
            Some(
                bundle(index)
                    .flat_map(|leaf| record(leaf, &self.filler).into_bytes().into_iter().chain([b'\n']))
                    .collect(),
            )
        } else {
            None
        }
    }
}

impl LogFiles for Made {
    fn read(&self, path: &str, _: usize) -> Result<Option<Vec<u8>>, String> {
        let started = Clock::now();
        let made = self.make(path);
        self.making.set(self.making.get() + started.elapsed());
        Ok(made)
    }
    fn kept_sizes(&self) -> Result<Vec<u64>, String> {
        let Some(every) = self.kept_every else { return Ok(Vec::new()) };
        Ok((1..=self.tree.size() / every).map(|number| number * every).collect())
    }
}

fn keys() -> (VerifierKey, SigningKey, CosignerKey, SigningKey) {
    let (log, witness) = (SigningKey::from_bytes(&[1; 32]), SigningKey::from_bytes(&[2; 32]));
    let log_key = VerifierKey::new(ORIGIN, log.verifying_key().to_bytes()).unwrap();
    let witness_key = CosignerKey::new("US", witness.verifying_key().to_bytes()).unwrap();
    (log_key, log, witness_key, witness)
}

fn main() {
    let size = std::env::var("LEAVES").ok().and_then(|text| text.parse().ok()).unwrap_or(200_000_u64);
    let (log_key, _, witness_key, _) = keys();
    let keys = LogKeys {
        origin: ORIGIN,
        log: std::slice::from_ref(&log_key),
        cosigners: std::slice::from_ref(&witness_key),
    };
    let cases = [
        ("witness, no records", false, 64, None),
        ("records of 1,500 bytes", true, 1500, None),
        ("records of 1,500 bytes, a kept checkpoint every 50", true, 1500, Some(50)),
    ];
    for (what, opened, bytes, kept_every) in cases {
        let files = Made::new(size, opened, bytes, kept_every);
        let started = Clock::now();
        let verified = check_directory(&files, &keys, |seen| {
            black_box(&seen);
            Ok::<(), LogFault>(())
        })
        .unwrap();
        // Making the files stands in for reading them and is no part of the check.
        let spent = started.elapsed().saturating_sub(files.making.get()).as_secs_f64();
        assert_eq!(Hash(verified.checkpoint.root.0), files.tree.root());
        let signatures = 2 * (1 + kept_every.map_or(0, |every| size / every));
        println!(
            "{what}: {size} leaves and {signatures} signatures in {spent:.2} s, {:.0} leaves/s",
            size as f64 / spent
        );
    }
}
