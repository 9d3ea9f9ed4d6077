//! The picture with all its detectors: processor time for each position of the Coast Guard recording, repeated a minute
//! apart, with and without being told who heard it; beside that of reading the lines. One thread, best and median of the
//! runs. `RUNS=3` makes it shorter, `TIMES=10` the recording. Asserts the counts, nothing about speed.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a bench reads a clock, files and its environment"
)]

use std::path::Path;

use bitacora_feeds::Refusal;
use bitacora_feeds::ais::{Options, Reader, Reception, Sink};
use bitacora_primitives::{EvidenceRef, SourceId};
use bitacora_sea::contacts::{Hearing, Report};
use bitacora_sea::{Output, Parameters, Picture};

#[path = "../../node/benches/repeated/mod.rs"]
mod repeated;

const RECORDING: &str = "../../../shared/data/ais/raw/uscg-nais-2016-07-28-100k.nm4";

/// Processor time of this process, seconds.
fn clock() -> f64 {
    let told = std::fs::read_to_string("/proc/self/schedstat").expect("needs Linux");
    told.split_whitespace().next().unwrap().parse::<f64>().unwrap() / 1e9
}

enum Told {
    Report(Report),
    Reception(Box<Reception>),
}

#[derive(Default)]
struct Gather(Vec<Told>);

impl Sink for Gather {
    fn report(&mut self, report: Report) {
        self.0.push(Told::Report(report));
    }
    fn reception(&mut self, one: &Reception) {
        if matches!(one.message_type, 1..=3 | 18 | 19) {
            self.0.push(Told::Reception(Box::new(*one)));
        }
    }
    fn refused(&mut self, _: Refusal) {}
}

fn gathered(bytes: &[u8], receptions: bool) -> (Vec<Told>, f64) {
    let mut sink = Gather::default();
    let options = Options { receptions, ..Options::default() };
    let before = clock();
    let mut reader = Reader::new(SourceId::of(&[b"bench"]), options);
    bytes.chunks(1 << 18).for_each(|chunk| reader.push(chunk, None, &mut sink));
    reader.finish(&mut sink);
    (sink.0, clock() - before)
}

/// Seconds, and the positions put on tracks and events that came out.
fn run(told: &[Told]) -> (f64, u64, u64) {
    let mut picture = Picture::new(Parameters::default());
    let mut out: Vec<Output> = Vec::new();
    let before = clock();
    for one in told {
        match one {
            Told::Report(report) => picture.push(report.clone(), &mut out),
            Told::Reception(one) => picture.heard(&Hearing {
                kept: (one.source, one.line),
                observed: one.observed,
                station: std::str::from_utf8(one.station.bytes()).unwrap(),
                at: one.at,
                evidence: EvidenceRef { source: one.source, line: one.heard_line, offset: one.offset },
                payload: one.payload,
            }),
        }
        out.clear();
    }
    picture.finish(&mut out);
    (clock() - before, picture.counts().tracked, picture.counts().events)
}

fn main() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(RECORDING);
    let Ok(once) = std::fs::read(path) else {
        println!("skipped: no ../shared");
        return;
    };
    let number = |name: &str, default: usize| {
        std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
    };
    let (runs, times) = (number("RUNS", 5), number("TIMES", 10));
    let mut bytes = Vec::new();
    for repetition in 0..times as i64 {
        for line in once.split_inclusive(|byte| *byte == b'\n') {
            repeated::shifted(line, repetition * repeated::SHIFT_S, &mut bytes);
        }
    }
    for receptions in [false, true] {
        let (told, reading) = gathered(&bytes, receptions);
        let hearings = told.iter().filter(|one| matches!(one, Told::Reception(_))).count();
        let mut seconds = Vec::new();
        let (mut positions, mut events) = (0, 0);
        for _ in 0..runs.max(1) {
            let (took, tracked, found) = run(&told);
            (positions, events) = (tracked, found);
            seconds.push(took);
        }
        assert!(positions > 15_000 * times as u64, "the input was not read");
        seconds.sort_by(f64::total_cmp);
        let each = |took: f64| 1e6 * took / positions as f64;
        println!(
            "{positions} positions, {hearings} hearings, {events} events: {:.2} us a position at best, {:.2} median; reading {:.2}",
            each(seconds[0]),
            each(seconds[seconds.len() / 2]),
            each(reading)
        );
    }
}
