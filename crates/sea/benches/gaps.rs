//! Gaps in stored positions, fixes per second of one thread: by track and as the peer defines them, in order of time
//! and shuffled, beside a plain sort-and-lag over rows in the same run. Prints figures; asserts nothing about speed.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a bench reads a clock and a file"
)]

use std::hint::black_box;

use bitacora_primitives::{Duration, Instant};
use bitacora_sea::Parameters;
use bitacora_sea::behaviour::gap::{exact, gfw};
use bitacora_sea::tracks::positions::{Positions, Row};

fn solent() -> Option<Vec<Row>> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data/ais/decoded/solent-2016-01-12.csv");
    let text = std::fs::read_to_string(path).ok()?;
    let rows = text.lines().skip(1).map(|line| {
        let fields: Vec<&str> = line.split(',').collect();
        Row {
            mmsi: fields[1].parse().unwrap(),
            micros: Instant::parse(fields[0]).unwrap().micros(),
            lat: fields[2].parse().unwrap(),
            lon: fields[3].parse().unwrap(),
            cog_deg: fields[4].parse().ok(),
            sog_kn: fields[5].parse().ok(),
            message_type: 1,
        }
    });
    Some(rows.collect())
}

/// The recording k times, each copy with vessels of its own; `sparse`: two hours apart, otherwise all at once.
fn repeated(rows: &[Row], times: u32, sparse: bool) -> Vec<Row> {
    let mut numbers: Vec<u32> = rows.iter().map(|row| row.mmsi).collect();
    numbers.sort_unstable();
    numbers.dedup();
    let mut all = Vec::with_capacity(rows.len() * times as usize);
    for k in 0..times {
        let shift = if sparse { Duration::from_hours(2 * i64::from(k)).micros() } else { 0 };
        all.extend(rows.iter().map(|row| {
            let place = numbers.binary_search(&row.mmsi).unwrap() as u32;
            // Spread over the numbers as real ones are.
            let mmsi = 200_000_000 + (k * 91 + place).wrapping_mul(2_654_435) % 570_000_000;
            Row { mmsi, micros: row.micros + shift, ..*row }
        }));
    }
    all.sort_by_key(|row| row.micros);
    all
}

fn shuffled(rows: &[Row]) -> Vec<Row> {
    let mut rows = rows.to_vec();
    let mut state = 1_u64;
    for at in (1..rows.len()).rev() {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        rows.swap(at, ((state >> 33) as usize) % (at + 1));
    }
    rows
}

/// Processor seconds of this thread, where the system says; other work on the machine does not count.
fn seconds() -> f64 {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    text.split(' ').next().and_then(|field| field.parse::<f64>().ok()).unwrap_or(0.0) / 1e9
}

/// The best of three: the machine is shared.
fn measure(name: &str, fixes: usize, mut work: impl FnMut() -> usize) -> f64 {
    let (mut best, mut found) = (f64::INFINITY, 0);
    for _ in 0..3 {
        let started = seconds();
        found = black_box(work());
        best = best.min(seconds() - started);
    }
    println!(
        "{name:<44} {fixes:>10} fixes {best:>7.3} s {:>7.2} M/s  {found} gaps",
        fixes as f64 / best / 1e6
    );
    best
}

/// What anyone would write: sort the rows by vessel and time, compare each with the one before.
fn sort_and_lag(rows: &[Row], threshold: i64) -> usize {
    let mut rows = rows.to_vec();
    rows.sort_by_key(|row| (row.mmsi, row.micros));
    rows.windows(2)
        .filter(|pair| pair[0].mmsi == pair[1].mmsi && pair[1].micros - pair[0].micros > threshold)
        .count()
}

fn bench(name: &str, rows: &[Row], minutes: i64) {
    let positions: Positions = rows.iter().copied().collect();
    let threshold = Duration::from_mins(minutes);
    let mut parameters = Parameters::default();
    parameters.gap.min_duration = threshold;
    let gfw = gfw::Parameters { threshold, ..gfw::Parameters::default() };
    let n = rows.len();
    let by_number = measure(&format!("{name}, by number (gfw)"), n, || gfw::detect(&positions, &gfw).len());
    let by_track = measure(&format!("{name}, by track (exact)"), n, || {
        exact::detect(&positions, &parameters, None).len()
    });
    let lag = measure(&format!("{name}, peer: sort and lag"), n, || sort_and_lag(rows, threshold.micros()));
    println!("{:<44} gfw x {:.1}, exact x {:.1} of sort and lag", "", lag / by_number, lag / by_track);
}

fn main() {
    let Some(solent) = solent() else {
        println!("skipped: no ../shared");
        return;
    };
    let times = std::env::args().skip(1).find_map(|argument| argument.parse().ok()).unwrap_or(54);
    for (shape, sparse) in [("sparse", true), ("dense", false)] {
        let rows = repeated(&solent, times, sparse);
        bench(&format!("Solent x {times} {shape}, by time"), &rows, 6 * 60);
        bench(&format!("Solent x {times} {shape}, shuffled"), &shuffled(&rows), 6 * 60);
    }
    let rows = repeated(&solent, times, true);
    bench(&format!("Solent x {times} sparse, 2 min"), &rows, 2);
}
