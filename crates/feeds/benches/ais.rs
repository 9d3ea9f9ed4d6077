//! Reading AIS, one thread, processor time, best and median of seven runs taken in turn: into typed columns, as messages,
//! and with duplicates merged and their stations kept, beside the crate aivdm and the floor of splitting lines and summing
//! checksums. Two inputs of a million lines: P, the sentences of all recordings without what receivers put around them, and
//! T, the Coast Guard recording with its TAG blocks. `RUNS=3` makes it shorter. Asserts the counts, nothing about speed.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a bench reads a clock, files and its environment"
)]

use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::time::Instant;

use bitacora_ais::columns::{Bulk, Columns};
use bitacora_ais::sentence::checksum;
use bitacora_feeds::Refusal;
use bitacora_feeds::ais::{Counts, Decoded, Heard, Options, Reader, Sink};
use bitacora_primitives::SourceId;
use bitacora_sea::contacts::Report;

const LINES: usize = 1_000_000;
const BAR_P: f64 = 8.0;
const BAR_T: f64 = 6.0;
const BAR_MERGED: f64 = 2.0;
/// For P, which tells no time: lines at the rate of the whole US coast.
const START: bitacora_primitives::Instant = bitacora_primitives::Instant::from_secs(1_469_664_000);

/// Processor time of this process where the system tells it (Linux), else the wall clock, in seconds.
fn clock(epoch: Instant) -> f64 {
    let told = std::fs::read_to_string("/proc/self/schedstat").ok();
    let nanos = told.and_then(|text| text.split_whitespace().next()?.parse::<f64>().ok());
    nanos.map_or_else(|| epoch.elapsed().as_secs_f64(), |nanos| nanos / 1e9)
}

/// The sentences of a recording from their `!` on, one a line.
fn plain(bytes: &[u8], out: &mut Vec<u8>) {
    for line in bytes.split(|byte| *byte == b'\n') {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let begins = |part: &[u8]| matches!(part, [b'!', _, _, b'V', b'D', b'M' | b'O', b',']);
        if let Some(at) = line.windows(7).position(begins) {
            out.extend_from_slice(&line[at..]);
            out.push(b'\n');
        }
    }
}

fn a_million(once: &[u8]) -> Vec<u8> {
    once.repeat(LINES.div_ceil(memchr::memchr_iter(b'\n', once).count()))
}

/// Lines whose checksum is right.
fn floor(bytes: &[u8]) -> u64 {
    let mut good = 0;
    let mut from = 0;
    for end in memchr::memchr_iter(b'\n', bytes) {
        let line = &bytes[from..end];
        from = end + 1;
        if let Some(start) = memchr::memchr2(b'!', b'$', line)
            && let Some(star) = memchr::memrchr(b'*', line)
            && let Some(inside) = line.get(start + 1..star)
            && let Some(&[high, low]) = line.get(star + 1..star + 3)
        {
            let digit = |c: u8| char::from(c).to_digit(16).unwrap_or(99);
            good += u64::from(16 * digit(high) + digit(low) == u32::from(checksum(inside)));
        }
    }
    good
}

/// Blocks that keep their columns in the cache, as a writer of batches would take them.
const BLOCK: usize = 1 << 18;

fn columns(bytes: &[u8], columns: &mut Columns) -> u64 {
    let (mut bulk, mut from, mut messages, mut refused) = (Bulk::default(), 0, 0, 0_u64);
    while from < bytes.len() {
        let end = bytes.len().min(from + BLOCK);
        let end = memchr::memrchr(b'\n', &bytes[from..end]).map_or(bytes.len(), |at| from + at + 1);
        columns.clear();
        bulk.read(&bytes[from..end], columns, &mut |_, _, _| refused += 1);
        messages += columns.messages.len() as u64;
        black_box(&*columns);
        from = end;
    }
    bulk.finish(&mut |_, _, _| refused += 1);
    black_box(refused);
    messages
}

#[derive(Default)]
struct Tally {
    reports: u64,
    doubts: u64,
    hearings: u64,
}

impl Sink for Tally {
    fn report(&mut self, report: Report) {
        self.reports += 1;
        black_box(&report);
    }
    fn refused(&mut self, refusal: Refusal) {
        black_box(&refusal);
    }
    fn message(&mut self, decoded: &Decoded<'_>) {
        self.doubts += u64::from(decoded.quality.bits());
    }
    fn heard(&mut self, heard: &Heard<'_>) {
        self.hearings += heard.more + heard.by.iter().map(|one| u64::from(one.times)).sum::<u64>();
    }
}

fn messages(bytes: &[u8], reports: bool) -> (Counts, Tally) {
    let mut reader = Reader::new(
        SourceId::of(&[b"bench"]),
        Options { reports, stations: reports, start: Some(START), rate: 600.0, ..Options::default() },
    );
    let mut tally = Tally::default();
    for chunk in bytes.chunks(BLOCK) {
        reader.push(chunk, None, &mut tally);
    }
    reader.finish(&mut tally);
    (*reader.counts(), tally)
}

/// The crate aivdm, which takes sentences without TAG blocks.
fn peer(text: &str) -> u64 {
    let mut decoder = aivdm::LineDecoder::<1024>::new();
    let mut messages = 0;
    for line in text.lines() {
        let line = line.rsplit_once('\\').map_or(line, |(_, sentence)| sentence);
        if let Ok(Some(message)) = decoder.feed(line) {
            black_box(&message);
            messages += 1;
        }
    }
    messages
}

fn recordings() -> Option<Vec<PathBuf>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/ais/raw");
    let mut paths: Vec<PathBuf> =
        std::fs::read_dir(folder).ok()?.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    Some(paths)
}

fn main() {
    let Some(paths) = recordings() else {
        println!("left out: place the folder shared beside the project");
        return;
    };
    let runs: usize = std::env::var("RUNS").ok().and_then(|text| text.parse().ok()).unwrap_or(7);
    let (mut p, mut t) = (Vec::new(), Vec::new());
    for path in &paths {
        let bytes = std::fs::read(path).unwrap();
        plain(&bytes, &mut p);
        if path.ends_with("uscg-nais-2016-07-28-100k.nm4") {
            t = bytes;
        }
    }
    let (once, _) = messages(&t, true);
    assert_eq!((once.messages, once.lines), (57_588, 100_000));
    let (p, t) = (a_million(&p), a_million(&t));
    // Bytes that are no text stand in damaged lines only, which the peer refuses as it does their replacement.
    let (p_text, t_text) = (String::from_utf8_lossy(&p), String::from_utf8_lossy(&t));
    let mut tables = Columns::with_capacity(1 << 14);
    let epoch = Instant::now();

    for (input, bytes, text, bar) in [("P", &p, &p_text, BAR_P), ("T", &t, &t_text, BAR_T)] {
        let lines = memchr::memchr_iter(b'\n', bytes).count() as f64;
        let names = ["floor", "columns", "messages", "merged", "aivdm"];
        let mut times: [Vec<f64>; 5] = Default::default();
        let mut counts = [0_u64; 5];
        for _ in 0..runs {
            for (way, (times, count)) in times.iter_mut().zip(&mut counts).enumerate() {
                let start = clock(epoch);
                *count = match way {
                    0 => floor(bytes),
                    1 => columns(bytes, &mut tables),
                    2 => messages(bytes, false).0.messages,
                    3 => {
                        let (counts, tally) = messages(bytes, true);
                        black_box(tally.reports + tally.doubts + tally.hearings);
                        counts.messages
                    }
                    _ => peer(text),
                };
                times.push(clock(epoch) - start);
            }
        }
        assert!(counts[1] == counts[2] && counts[2] == counts[3], "{counts:?}");
        let mut best = [0.0; 5];
        for (at, (name, times)) in names.iter().zip(&mut times).enumerate() {
            times.sort_by(f64::total_cmp);
            best[at] = lines / times[0] / 1e6;
            println!(
                "{input} {name:<9} best {:6.2}, median {:6.2} M lines/s, {} messages",
                best[at],
                lines / times[times.len() / 2] / 1e6,
                counts[at]
            );
        }
        let [floor, columns, messages, merged, peer] = best;
        println!("figure|AIS {input}, lines and checksums alone, M lines/s|{floor:.2}||");
        println!(
            "figure|AIS {input}, into columns, M lines/s|{columns:.2}|at least {bar}|{:.3}",
            columns / bar
        );
        println!("figure|AIS {input}, into columns, of the floor|{:.3}||", columns / floor);
        println!("figure|AIS {input}, as messages, M lines/s|{messages:.2}||");
        println!("figure|AIS {input}, crate aivdm, M lines/s|{peer:.2}||");
        println!("figure|AIS {input}, into columns, times aivdm|{:.2}||", columns / peer);
        let merged = merged * counts[3] as f64 / lines;
        println!(
            "figure|AIS {input}, merged with stations, M messages/s|{merged:.2}|at least {BAR_MERGED}|{:.3}",
            merged / BAR_MERGED
        );
    }
}
