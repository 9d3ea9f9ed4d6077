//! Fixes per second of the integrity checks, one thread, on the Solent recording repeated; coastline queries on a
//! made coast; assignment of 2,000 by 2,000. Prints figures; asserts nothing about speed.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a bench reads a clock and a file"
)]

use std::hint::black_box;

use bitacora_primitives::{Instant, Position, SourceId};
use bitacora_sea::association::assignment::{Edge, assign};
use bitacora_sea::behaviour::integrity::circle::CircularTrack;
use bitacora_sea::behaviour::integrity::copy::copied_tracks;
use bitacora_sea::behaviour::integrity::land::{LandBuilder, Place};
use bitacora_sea::behaviour::integrity::motion::MotionContradiction;
use bitacora_sea::behaviour::integrity::receiver::receiver_contradictions;
use bitacora_sea::behaviour::integrity::{IntegrityParameters, batch};
use bitacora_sea::tracks::positions::{Positions, Row};

fn solent() -> Option<Vec<Row>> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data/ais/decoded/solent-2016-01-12.csv");
    let text = std::fs::read_to_string(path).ok()?;
    let rows = text.lines().skip(1).map(|line| {
        let fields: Vec<&str> = line.split(',').collect();
        Row {
            micros: Instant::parse(fields[0]).unwrap().micros(),
            mmsi: fields[1].parse().unwrap(),
            lat: fields[2].parse().unwrap(),
            lon: fields[3].parse().unwrap(),
            cog_deg: fields[4].parse().ok(),
            sog_kn: fields[5].parse().ok(),
            message_type: 0,
        }
    });
    Some(rows.collect())
}

/// The recording k times, each copy's vessels with numbers of their own; `sparse`: two hours apart, else all at once.
fn repeated(rows: &[Row], times: u32, sparse: bool) -> Positions {
    let mut numbers: Vec<u32> = rows.iter().map(|row| row.mmsi).collect();
    numbers.sort_unstable();
    numbers.dedup();
    let mut all = Vec::with_capacity(rows.len() * times as usize);
    for k in 0..times {
        let shift = if sparse { 7_200_000_000 * i64::from(k) } else { 0 };
        all.extend(rows.iter().map(|row| {
            let vessel = numbers.binary_search(&row.mmsi).unwrap() as u32;
            Row { mmsi: 200_000_000 + 1_000 * k + vessel, micros: row.micros + shift, ..*row }
        }));
    }
    all.sort_by_key(|row| (row.micros, row.mmsi));
    all.into_iter().collect()
}

/// Processor seconds of this thread, where the system says; other work on the machine does not count.
fn processor() -> f64 {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    text.split(' ').next().and_then(|text| text.parse::<f64>().ok()).unwrap_or(0.0) / 1e9
}

fn report<T>(name: &str, count: usize, work: impl FnOnce() -> T, found: impl FnOnce(&T) -> String) {
    let started = processor();
    let result = black_box(work());
    let seconds = processor() - started;
    println!(
        "{name:<44} {count:>9} {seconds:>7.3} s {:>7.2} M/s  {}",
        count as f64 / seconds / 1e6,
        found(&result)
    );
}

fn main() {
    let parameters = IntegrityParameters::default();
    let source = SourceId::of(&[b"bench"]);
    let revisions = |events: &Vec<bitacora_sea::Event>| format!("{} revisions", events.len());
    if let Some(solent) = solent() {
        for (name, times, sparse) in [("sparse", 54, true), ("dense", 54, false)] {
            let rows = repeated(&solent, times, sparse);
            report(
                &format!("motion contradiction, Solent x {times} {name}"),
                rows.len(),
                || batch::<MotionContradiction>(&rows, source, &parameters.motion),
                revisions,
            );
            report(
                &format!("circular track, Solent x {times} {name}"),
                rows.len(),
                || batch::<CircularTrack>(&rows, source, &parameters.circle),
                revisions,
            );
            let stations = vec![Some(0); rows.len()];
            report(
                &format!("receiver contradiction, Solent x {times} {name}"),
                rows.len(),
                || receiver_contradictions(&rows, &stations, &[("one", None)], source, &parameters.receiver),
                revisions,
            );
        }
        // Sparse, each copy is a true copy of the one before, in every vessel.
        for times in [1, 10] {
            let rows = repeated(&solent, times, true);
            report(
                &format!("copied tracks, Solent x {times}"),
                rows.len(),
                || copied_tracks(&rows, source, &parameters.copy),
                revisions,
            );
        }
        let mut moved = solent.clone();
        for (k, row) in moved.iter_mut().enumerate() {
            // Noise of metres: as vessels, not as copies.
            row.lat += 3e-5 * libm::sin(k as f64 * 1.7);
        }
        let rows = repeated(&moved, 1, true);
        report(
            "copied tracks, Solent with noise",
            rows.len(),
            || copied_tracks(&rows, source, &parameters.copy),
            revisions,
        );
    } else {
        println!("skipped: no ../shared");
    }
    let mut state = 1_u64;
    let mut unit = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 11) as f64 / (1_u64 << 53) as f64
    };
    let mut builder = LandBuilder::default();
    // 200 ragged islands of 5,000 points.
    for _ in 0..200 {
        let (lon, lat, size) = (360.0 * unit() - 180.0, 140.0 * unit() - 70.0, 0.3 + 3.0 * unit());
        let ring: Vec<Place> = (0..5_000)
            .map(|k| {
                let angle = std::f64::consts::TAU * f64::from(k) / 5_000.0;
                let r = size * (1.0 + 0.2 * libm::sin(17.0 * angle) + 0.02 * unit());
                Place {
                    lon: ((lon + 2.0 * r * libm::cos(angle)) * 1e6) as i32,
                    lat: ((lat + r * libm::sin(angle)) * 1e6) as i32,
                }
            })
            .collect();
        builder.ring(ring).unwrap();
    }
    report("coastline indexed, points", 1_000_000, || builder.build().unwrap(), |_| String::new());
    let mut builder = LandBuilder::default();
    let coast: Vec<Place> = (0..1_000_000)
        .map(|k| {
            let angle = std::f64::consts::TAU * f64::from(k) / 1e6;
            let r = 20.0 + libm::sin(900.0 * angle);
            Place { lon: (2e6 * r * libm::cos(angle)) as i32, lat: (1e6 * r * libm::sin(angle)) as i32 }
        })
        .collect();
    builder.ring(coast).unwrap();
    let land = builder.build().unwrap();
    let places: Vec<Position> =
        (0..1_000_000).map(|_| Position::new(50.0 * unit() - 25.0, 100.0 * unit() - 50.0).unwrap()).collect();
    report(
        "on land, one coast of 1 M points",
        places.len(),
        || places.iter().filter(|place| land.on_land(**place)).count(),
        |count| format!("{count} on land"),
    );
    let mut edges = Vec::new();
    for row in 0..2_000 {
        for _ in 0..25 {
            edges.push(Edge { row, col: (unit() * 2_000.0) as u32, score: 12.0 * unit() - 1.0 });
        }
    }
    report(
        "assignment 2,000 x 2,000, 25 edges a row",
        2_000,
        || assign(2_000, 2_000, &edges),
        |found| format!("{} matched", found.iter().flatten().count()),
    );
    let full: Vec<Edge> = (0..2_000_u32)
        .flat_map(|row| (0..2_000_u32).map(move |col| (row, col)))
        .map(|(row, col)| Edge { row, col, score: 12.0 * unit() })
        .collect();
    report(
        "assignment 2,000 x 2,000, every pair",
        2_000,
        || assign(2_000, 2_000, &full),
        |found| format!("{} matched", found.iter().flatten().count()),
    );
}
