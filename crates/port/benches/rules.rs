//! Rules R1 to R5 over a million events from CSV in memory on one core, beside a floor of the same run: cutting the same
//! bytes into cells and doing nothing with them. Processor time, best of 7.
//! Prints figures; asserts the alert file, nothing about speed.
//! `EVENTS=/path/ev1m.csv` names the file; without it the 20,000 events of the shared data are repeated.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a bench reads a clock, files and its environment"
)]

use std::hint::black_box;
use std::path::Path;
use std::time::{Duration, Instant};

use bitacora_port::screening::baseline::screen;
use sha2::{Digest, Sha256};

const OF_A_MILLION: &str = "2e675827b44cb5b6484193ba15f996931bb887bdd01397680d313078b412c8b7";

/// Processor time of this process where the system tells it (Linux), else the wall clock.
fn clock(epoch: Instant) -> Duration {
    let told = std::fs::read_to_string("/proc/self/schedstat").ok();
    let nanos = told.and_then(|text| text.split_whitespace().next()?.parse().ok());
    nanos.map_or_else(|| epoch.elapsed(), Duration::from_nanos)
}

fn best(runs: u32, mut work: impl FnMut()) -> Duration {
    let epoch = Instant::now();
    (0..runs)
        .map(|_| {
            let start = clock(epoch);
            work();
            clock(epoch) - start
        })
        .min()
        .unwrap()
}

fn main() {
    let csv = match std::env::var_os("EVENTS") {
        Some(path) => std::fs::read(path).unwrap(),
        None => {
            let shared = "../../../shared/data/port/baseline/events/ev20k.csv";
            let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(shared);
            let Ok(once) = std::fs::read(path) else {
                println!("skipped: no ../shared, and no EVENTS");
                return;
            };
            let header = once.iter().position(|byte| *byte == b'\n').unwrap() + 1;
            let mut csv = once[..header].to_vec();
            for _ in 0..50 {
                csv.extend_from_slice(&once[header..]);
            }
            csv
        }
    };
    let screened = screen(&csv).unwrap();
    let rows = screened.rows as f64;
    let hash: String =
        Sha256::digest(screened.alert_lines(false)).iter().map(|byte| format!("{byte:02x}")).collect();
    println!(
        "{} rows, {} refused, {} alerts, sha256 {hash}",
        screened.rows,
        screened.refused,
        screened.alerts.len()
    );
    if screened.rows == 1_000_000 && std::env::var_os("EVENTS").is_some() {
        assert_eq!(hash, OF_A_MILLION, "the alert file of ev1m");
    }
    let floor = best(7, || {
        let mut cells = 0usize;
        let mut start = 0;
        for at in memchr::memchr2_iter(b',', b'\n', &csv) {
            cells += usize::from(black_box(&csv[start..at]).len() > 1);
            start = at + 1;
        }
        black_box(cells);
    });
    let rules = best(7, || {
        black_box(screen(black_box(&csv)).unwrap());
    });
    let rate = |time: Duration| rows / time.as_secs_f64() / 1e6;
    println!("cells cut, no rules   {:7.2} M rows/s   {:6.1} ms", rate(floor), floor.as_secs_f64() * 1e3);
    println!("R1 to R5 with CSV     {:7.2} M rows/s   {:6.1} ms", rate(rules), rules.as_secs_f64() * 1e3);
    println!("ratio to the floor    {:7.2}", rules.as_secs_f64() / floor.as_secs_f64());
}
