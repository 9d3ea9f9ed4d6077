//! The offline audit of one log on one core: releases per second with structure, hashes and rules, and signatures
//! checked per second; and the memory it takes. Prints figures; asserts nothing about speed. `RELEASES=1000000` sets
//! the size of the first, `SIGNED=20000` that of the second.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a bench reads a clock, its environment and its own memory"
)]

#[path = "../tests/world/mod.rs"]
mod world;

use std::cell::{Cell, RefCell};
use std::time::{Duration, Instant as Clock};

use bitacora_exchange::Secrets;
use bitacora_exchange::audit::{Options, TrustFile, audit};
use bitacora_exchange::history::Signatures;
use bitacora_exchange::record::{Entry, Record};
use bitacora_ledger::directory::LogFiles;
use bitacora_ledger::{Checkpoint, Salt, Tree, VerifierKey, entries_bytes, leaf_hash, sha256, tile_bytes};
use bitacora_primitives::markings::{ItemKind, Purpose};
use world::forger::Forger;
use world::{at, party};

const ORIGIN: &str = "bitacora/CO-US-MAR/CO";

/// A log whose records are made when they are read: a million releases would not fit in memory. Release and key by
/// turns, after the agreement and the officers.
struct Made {
    forger: Forger,
    head: Vec<String>,
    tree: Tree,
    commitments: Vec<[u8; 32]>,
    signed: bool,
    making: Cell<Duration>,
    last: RefCell<Option<(u64, bitacora_exchange::record::Release)>>,
}

impl Made {
    fn new(releases: u64, signed: bool) -> Self {
        let forger = Forger::new();
        let head: Vec<String> = forger.leaves.iter().filter_map(|(_, text)| text.clone()).collect();
        let size = head.len() as u64 + 2 * releases;
        let mut made = Self {
            forger,
            head,
            tree: Tree::new(),
            commitments: Vec::new(),
            signed,
            making: Cell::default(),
            last: RefCell::default(),
        };
        for index in 0..size {
            let commitment = sha256(made.record(index).as_bytes());
            made.tree.push(leaf_hash(&commitment.0));
            made.commitments.push(commitment.0);
        }
        made
    }

    fn record(&self, index: u64) -> String {
        if let Some(text) = self.head.get(index as usize) {
            return text.clone();
        }
        let number = (index - self.head.len() as u64) / 2;
        let recorded = at((number / 4_000) as i64 * 86_400 + 100);
        let leaf = self.head.len() as u64 + 2 * number;
        let mut last = self.last.borrow_mut();
        let release = match last.take() {
            Some((held, release)) if held == number => release,
            _ => {
                let mut release = self.forger.release(ItemKind::Lead, Purpose::Seizure);
                release.release = bitacora_primitives::ReleaseId::of(&[&number.to_be_bytes()]);
                release.item = format!("led-{number:020x}");
                release
            }
        };
        let record = if index == leaf {
            Record::Release(Box::new(release.clone()))
        } else {
            self.forger.grant(&release, self.forger.receipt(&release, leaf))
        };
        *last = Some((number, release));
        let entry = Entry { log: ORIGIN.to_owned(), index, recorded, record };
        let unsigned = |_: &[u8]| [7; 64];
        let keys = &self.forger.keys;
        let leaf = if self.signed {
            entry.seal(Salt([1; 16]), "record.CO", &keys.record)
        } else {
            entry.seal(Salt([1; 16]), "record.CO", &unsigned)
        };
        leaf.unwrap().text
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
            let key = VerifierKey::new(ORIGIN, self.forger.keys.log.public()).unwrap();
            let checkpoint =
                Checkpoint { origin: ORIGIN.to_owned(), size: self.tree.size(), root: self.tree.root() };
            Some(checkpoint.sign(&key, self.forger.keys.log()).into_bytes())
        } else if let Some(name) = path.strip_prefix("tile/entries/") {
            let range = bundle(number(name));
            Some(entries_bytes(&self.commitments[range.start as usize..range.end as usize]).unwrap())
        } else if let Some(name) = path.strip_prefix("tile/") {
            let (level, name) = name.split_once('/').unwrap();
            tile_bytes(&self.tree, level.parse().unwrap(), number(name), width(name) as u16)
        } else {
            let range = bundle(number(path.strip_prefix("records/").unwrap()));
            Some(range.flat_map(|leaf| (self.record(leaf) + "\n").into_bytes()).collect())
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
        Ok(Vec::new())
    }
}

/// Resident memory in MiB, where the system tells.
fn resident() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap_or_default();
    line.trim().trim_end_matches(" kB").parse::<f64>().unwrap_or(0.0) / 1024.0
}

/// The peak while the audit runs, from a look at each file that is read.
struct Watched<'f> {
    files: &'f Made,
    peak: Cell<f64>,
}

impl LogFiles for Watched<'_> {
    fn read(&self, path: &str, most: usize) -> Result<Option<Vec<u8>>, String> {
        let read = self.files.read(path, most);
        if path.ends_with("00.jsonl") {
            self.peak.set(self.peak.get().max(resident()));
        }
        read
    }
    fn kept_sizes(&self) -> Result<Vec<u64>, String> {
        self.files.kept_sizes()
    }
}

fn measure(what: &str, releases: u64, signatures: Signatures) {
    let made = Made::new(releases, signatures == Signatures::Verify);
    made.making.set(Duration::ZERO);
    let keys = TrustFile::of(&made.forger.agreement).unwrap();
    let watched = Watched { files: &made, peak: Cell::new(0.0) };
    let before = resident();
    let started = Clock::now();
    let report = audit(&watched, None, &keys, Options { signatures }).unwrap();
    // Making the files stands in for reading them and is no part of the audit.
    let spent = started.elapsed().saturating_sub(made.making.get()).as_secs_f64();
    assert!(report.holds(), "{:?} {:?}", report.broken, report.findings.first());
    assert_eq!((report.totals.releases, report.totals.granted), (releases, releases));
    assert_eq!(report.party, party("CO"));
    let memory = watched.peak.get().max(resident()) - before;
    let rate = releases as f64 / spent;
    println!(
        "{what}: {releases} releases with their keys in {spent:.2} s, {rate:.0} releases/s, {memory:.0} MiB more"
    );
    if signatures == Signatures::Verify {
        println!("{what}: {:.0} signatures/s (release, receipt and key of each)", 3.0 * rate);
        println!(
            "figure|audit, signatures/s of one core|{:.0}|at least 10000|{:.3}",
            3.0 * rate,
            3.0 * rate / 1e4
        );
    } else {
        let million = 1e6 / rate;
        println!(
            "figure|audit, s for 1,000,000 releases, one core|{million:.1}|at most 120|{:.3}",
            million / 120.0
        );
    }
}

fn main() {
    let number =
        |name: &str, or: u64| std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(or);
    measure("structure, hashes and rules", number("RELEASES", 100_000), Signatures::Skip);
    measure("with every signature", number("SIGNED", 5_000), Signatures::Verify);
}
