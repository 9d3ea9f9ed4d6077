//! From the call of a suspension to the gate closed, with a hundred open transfers over TLS and both cores busy, and
//! how many writes of the scope started afterwards. Beside it the disk's own fdatasync in the same run: the floor of
//! a durable acknowledgement. `TRIALS=10000` makes the full run.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a bench that fails should stop and say so"
)]

#[path = "../tests/harness/mod.rs"]
mod harness;

use std::hint::black_box;
use std::io::Write as _;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use harness::theatre::{LINKS, SCOPES, Theatre};

const TRIALS: usize = 500;
/// The disk's syncs are taken a few at a time between trials, under the same load.
const SYNCS_EACH: usize = 1;
const P99_BAR_MS: f64 = 10.0;
const P999_BAR_MS: f64 = 50.0;

fn main() {
    let trials = std::env::var("TRIALS").ok().and_then(|text| text.parse().ok()).unwrap_or(TRIALS);
    let busy = Arc::new(AtomicBool::new(true));
    let spinners: Vec<_> = (0..2)
        .map(|_| {
            let busy = Arc::clone(&busy);
            std::thread::spawn(move || while black_box(busy.load(Ordering::Relaxed)) {})
        })
        .collect();
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("bench-suspend-{}", std::process::id()));
    let mut disk = std::fs::File::create(&path).unwrap();
    let mut theatre = Theatre::open();
    let (mut closing, mut syncing) = (Vec::with_capacity(trials), Vec::new());
    let (began, mut flowing) = (Instant::now(), 0);
    for _ in 0..trials {
        let trial = theatre.trial();
        closing.push(trial.close);
        flowing += usize::from(trial.others > 0);
        for _ in 0..SYNCS_EACH {
            disk.write_all(&[7; 1024]).unwrap();
            let began = Instant::now();
            disk.sync_data().unwrap();
            syncing.push(began.elapsed());
        }
    }
    busy.store(false, Ordering::Relaxed);
    for spinner in spinners {
        spinner.join().unwrap();
    }
    drop(std::fs::remove_file(&path));
    println!(
        "{trials} suspensions of one of {SCOPES} scopes, {LINKS} open transfers, 2 threads spinning: {} writes in \
         {:.0} s, {} links reset; other scopes flowed meanwhile in {flowing}",
        theatre.started(),
        began.elapsed().as_secs_f64(),
        theatre.links_closed_by_gate(),
    );
    print("gate closed    ", &mut closing);
    print("disk, fdatasync", &mut syncing);
    figure("suspension, gate closed p99, ms", at(&closing, 0.99), P99_BAR_MS);
    figure("suspension, gate closed p99.9, ms", at(&closing, 0.999), P999_BAR_MS);
    println!("figure|disk, fdatasync of 1 KiB p99, ms|{:.3}||", at(&syncing, 0.99));
    println!("figure|writes of a scope after it was closed, of {trials} trials|{}||", theatre.late());
    assert_eq!(theatre.late(), 0, "writes started after the gate's closing had returned");
}

/// Milliseconds at a share of a sorted list.
fn at(sorted: &[Duration], share: f64) -> f64 {
    let place = ((sorted.len() as f64 * share) as usize).min(sorted.len() - 1);
    sorted[place].as_secs_f64() * 1e3
}

fn print(name: &str, times: &mut [Duration]) {
    times.sort_unstable();
    println!(
        "{name}  p50 {:.3} ms, p99 {:.3} ms, p99.9 {:.3} ms, max {:.3} ms",
        at(times, 0.5),
        at(times, 0.99),
        at(times, 0.999),
        at(times, 1.0)
    );
}

fn figure(name: &str, measured: f64, bar: f64) {
    println!("figure|{name}|{measured:.3}|at most {bar}|{:.3}", measured / bar);
}
