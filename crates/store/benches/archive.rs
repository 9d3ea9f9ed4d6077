//! Decoding, merging of duplicates and the archive as one figure: the Coast Guard recording to a million lines, each
//! repetition a minute later, read into positions, static reports and receptions, which one commit writes to Parquet, synced, and registers.
//! One thread and its own processor time, best and median of seven runs taken in turn with its parts; `RUNS=3` makes it
//! shorter. A *message* is a transmission as a station passed it on: copies count. Asserts what is stored, nothing about speed.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a bench reads a clock, files and its environment"
)]

use std::hint::black_box;
use std::path::{Path, PathBuf};

use bitacora_feeds::Refusal;
use bitacora_feeds::ais::{Counts, Options, Reader, Reception, Sink};
use bitacora_primitives::{Instant, SourceId};
use bitacora_sea::contacts::{Report, StaticReport};
use bitacora_store::{Batch, PositionRow, ReceptionRow, Receptions, Source, Store};

#[path = "../../node/benches/repeated/mod.rs"]
mod repeated;

use repeated::{SHIFT_S, shifted};

const RECORDING: &str =
    concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data/ais/raw/uscg-nais-2016-07-28-100k.nm4");
const LINES: usize = 1_000_000;
const BLOCK: usize = 1 << 18;
const BAR: f64 = 2.0;

/// Processor time of this thread in seconds, which a busy machine does not falsify. Needs Linux.
fn clock() -> f64 {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").expect("needs /proc");
    told.split(' ').next().unwrap().parse::<f64>().unwrap() / 1e9
}

fn a_million(once: &[u8]) -> Vec<u8> {
    let mut whole = Vec::new();
    let times = LINES.div_ceil(memchr::memchr_iter(b'\n', once).count());
    for repetition in 0..times as i64 {
        for line in once.split_inclusive(|byte| *byte == b'\n') {
            shifted(line, repetition * SHIFT_S, &mut whole);
        }
    }
    whole
}

/// What a commit takes.
#[derive(Default)]
struct Rows {
    positions: Vec<PositionRow>,
    statics: Vec<StaticReport>,
    receptions: Receptions,
}

impl Sink for Rows {
    fn report(&mut self, report: Report) {
        match report {
            Report::Position(contact) => self.positions.push(PositionRow::of(&contact)),
            Report::Static(report) => self.statics.push(report),
        }
    }
    fn refused(&mut self, refusal: Refusal) {
        black_box(refusal);
    }
    fn reception(&mut self, one: &Reception) {
        let row = ReceptionRow {
            time: one.observed,
            mmsi: one.mmsi,
            message_type: one.message_type,
            line: one.line,
            heard_at: one.at,
            heard_line: one.heard_line,
            offset: one.offset,
            payload: Some(one.payload),
        };
        self.receptions.push(row, one.station.bytes());
    }
}

fn read(source: SourceId, bytes: &[u8], receptions: bool, rows: &mut Rows) -> Counts {
    let mut reader = Reader::new(source, Options { receptions, ..Options::default() });
    for chunk in bytes.chunks(BLOCK) {
        reader.push(chunk, None, rows);
    }
    reader.finish(rows);
    *reader.counts()
}

/// An empty store that knows the source.
fn store(folder: &Path, id: SourceId) -> Store {
    drop(std::fs::remove_dir_all(folder));
    let store = Store::open(folder, None).unwrap();
    let (kind, name, location) = ("ais".to_owned(), "bench".to_owned(), "none".to_owned());
    let source = Source { id, kind, name, location, raw_path: None, first_seen: Instant::default() };
    store.register_source(&source).unwrap();
    store
}

fn commit(store: &Store, source: SourceId, counts: &Counts, rows: &mut Rows) -> [u64; 3] {
    let mut batch = Batch::new(source, counts.lines, Instant::default());
    let Rows { positions, statics, receptions } = std::mem::take(rows);
    (batch.positions, batch.statics, batch.receptions) = (positions, statics, receptions);
    let committed = store.commit(&batch).unwrap();
    // From commit to commit the memory is kept, as the node keeps it.
    *rows = Rows { positions: batch.positions, statics: batch.statics, receptions: batch.receptions };
    [committed.positions, committed.statics, committed.receptions]
}

/// Bytes of the dataset's files.
fn size(folder: &Path, set: &str) -> u64 {
    let days = std::fs::read_dir(folder.join(set)).unwrap().flatten();
    let days = days.filter(|day| day.file_name().to_string_lossy().starts_with("day="));
    days.flat_map(|day| std::fs::read_dir(day.path()).unwrap().flatten())
        .map(|part| part.metadata().unwrap().len())
        .sum()
}

fn main() {
    let Ok(once) = std::fs::read(RECORDING) else {
        println!("left out: place the folder shared beside the project");
        return;
    };
    let runs: usize = std::env::var("RUNS").ok().and_then(|text| text.parse().ok()).unwrap_or(7);
    let bytes = a_million(&once);
    let folder: PathBuf = std::env::temp_dir().join(format!("bitacora-archive-{}", std::process::id()));
    let source = SourceId::of(&[b"bench"]);
    let names = ["read and merged", "with receptions", "no receptions, archived", "whole"];
    let mut times: [Vec<f64>; 4] = Default::default();
    let mut messages = 0;
    let mut rows = Rows::default();
    for _ in 0..runs {
        for (way, times) in times.iter_mut().enumerate() {
            let store = store(&folder, source);
            let start = clock();
            rows.positions.clear();
            rows.statics.clear();
            rows.receptions.clear();
            let counts = read(source, &bytes, way % 2 == 1, &mut rows);
            let heard = rows.receptions.len() as u64;
            if way >= 2 {
                let stored = commit(&store, source, &counts, &mut rows);
                assert_eq!(stored, [counts.positions, counts.statics, heard]);
            }
            black_box(&rows);
            times.push(clock() - start);
            messages = counts.messages;
            assert!(way % 2 == 0 || heard == messages);
        }
    }
    let [positions, statics, receptions] =
        ["positions", "statics", "receptions"].map(|set| size(&folder, set));
    println!(
        "{messages} messages; {positions} bytes of positions, {statics} of static reports, {receptions} of receptions"
    );
    let mut best = 0.0;
    for (name, times) in names.iter().zip(&mut times) {
        times.sort_by(f64::total_cmp);
        best = messages as f64 / times[0] / 1e6;
        let median = messages as f64 / times[times.len() / 2] / 1e6;
        println!(
            "{name:<26} best {best:5.2}, median {median:5.2} M messages/s, best {:.0} ms",
            times[0] * 1e3
        );
    }
    println!(
        "figure|AIS T, read, merged, archived with receptions, M messages/s|{best:.2}|at least {BAR}|{:.3}",
        best / BAR
    );
    drop(std::fs::remove_dir_all(&folder));
}
