//! Fixes per second of the encounter, one thread, in the same run: exact batch, exact stream, the peer's definition,
//! and a join of one fix per ten minutes on a grid as an SQL engine does it, which is not exact. Prints figures;
//! asserts nothing about speed.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a bench reads a clock and a file"
)]

use std::collections::HashMap;
use std::hint::black_box;

use bitacora_primitives::{EvidenceRef, Instant, Mmsi, Position, SourceId, TrackId};
use bitacora_sea::behaviour::encounter::Encounters;
use bitacora_sea::behaviour::encounter::batch::{Motions, encounters};
use bitacora_sea::behaviour::encounter::gfw::{GfwParameters, raw};
use bitacora_sea::behaviour::parameters::EncounterParameters;
use bitacora_sea::tracks::Fix;
use bitacora_sea::tracks::positions::{Positions, Row};
use rustc_hash::{FxHashMap, FxHashSet};

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
            sog_kn: fields[5].parse().ok(),
            cog_deg: fields[4].parse().ok(),
            message_type: 1,
        }
    });
    Some(rows.collect())
}

/// The recording k times with other numbers, in order of time; `sparse`: two hours apart, otherwise all at once.
fn repeated(rows: &[Row], times: u32, sparse: bool) -> Positions {
    let mut numbers: Vec<u32> = rows.iter().map(|row| row.mmsi).collect();
    numbers.sort_unstable();
    numbers.dedup();
    let place: HashMap<u32, u32> = numbers.iter().zip(0..).map(|(mmsi, at)| (*mmsi, at)).collect();
    let mut all = Vec::with_capacity(rows.len() * times as usize);
    for k in 0..times {
        let shift = if sparse { i64::from(k) * 7_200_000_000 } else { 0 };
        let copy = |row: &Row| Row {
            mmsi: 200_000_000 + place[&row.mmsi] * 10_000 + k,
            micros: row.micros + shift,
            ..*row
        };
        all.extend(rows.iter().map(copy));
    }
    all.sort_by_key(|row| (row.micros, row.mmsi));
    all.into_iter().collect()
}

/// 5,000 vessels for `minutes`: two in five moored in twenty ports, the rest under way, a fix a minute each.
fn theatre(minutes: u32) -> Positions {
    let mut state = 1u64;
    let mut unit = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 11) as f64 / (1u64 << 53) as f64
    };
    let start = 1_772_000_000_000_000_i64;
    let mut all = Vec::with_capacity(5_000 * minutes as usize);
    for ship in 0..5_000u32 {
        let moored = ship % 5 < 2;
        let port = f64::from(ship % 20);
        let (mut lat, mut lon) = if moored {
            (8.0 + 0.5 * port + 0.03 * unit(), -80.0 + 0.7 * port + 0.03 * unit())
        } else {
            (5.0 + 15.0 * unit(), -85.0 + 20.0 * unit())
        };
        let mut course = std::f64::consts::TAU * unit();
        let offset = 60.0 * unit();
        for minute in 0..minutes {
            let knots = if moored { 0.0 } else { 12.0 };
            course += 0.05 * (unit() - 0.5);
            lat += knots / 3600.0 * course.cos();
            lon += knots / 3600.0 * course.sin();
            let noise = 3e-5 * (unit() - 0.5);
            let micros = start + ((f64::from(minute) * 60.0 + offset) * 1e6) as i64;
            all.push(Row {
                mmsi: 200_000_000 + ship,
                micros,
                lat: lat + noise,
                lon: lon + noise,
                sog_kn: Some(knots as f32),
                cog_deg: Some(0.0),
                message_type: 1,
            });
        }
    }
    all.sort_by_key(|row| (row.micros, row.mmsi));
    all.into_iter().collect()
}

/// Processor seconds of this thread, where the system says; other work on the machine does not count.
struct Stopwatch(std::time::Instant, Option<f64>);
impl Stopwatch {
    fn processor() -> Option<f64> {
        let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
        Some(text.split(' ').next()?.parse::<f64>().ok()? / 1e9)
    }
    fn now() -> Self {
        Self(std::time::Instant::now(), Self::processor())
    }
    fn seconds(&self) -> f64 {
        match (self.1, Self::processor()) {
            (Some(before), Some(after)) => after - before,
            _ => self.0.elapsed().as_secs_f64(),
        }
    }
}

/// The best of `times` runs: a busy machine slows, nothing speeds up.
fn report<T>(name: &str, fixes: usize, times: u32, mut run: impl FnMut() -> (T, String)) -> f64 {
    let (mut best, mut said) = (f64::INFINITY, String::new());
    for _ in 0..times {
        let started = Stopwatch::now();
        let (out, found) = run();
        best = best.min(started.seconds());
        black_box(out);
        said = found;
    }
    let rate = fixes as f64 / best / 1e6;
    println!("{name:<44} {fixes:>9} fixes {best:>7.3} s {rate:>6.2} M/s  {said}");
    rate
}

fn stream(positions: &Positions, parameters: &EncounterParameters) -> usize {
    let mut slots = HashMap::new();
    let mut detector = Encounters::new(parameters);
    let mut out = Vec::new();
    let source = SourceId::of(&[b"bench"]);
    for at in 0..positions.len() {
        let row = positions.row(at).unwrap();
        let mmsi = Mmsi::new(row.mmsi).unwrap();
        let slot = *slots
            .entry(row.mmsi)
            .or_insert_with(|| detector.begin(mmsi, TrackId::of(&[&row.mmsi.to_be_bytes()])));
        let fix = Fix {
            mmsi,
            observed: Instant::from_micros(row.micros),
            position: Position::new(row.lat, row.lon).unwrap(),
            cos_lat: libm::cos(row.lat.to_radians()),
            sog_kn: None,
            cog_deg: None,
            heading_deg: None,
            nav_status: None,
            evidence: EvidenceRef { source, line: at as u64, offset: None },
        };
        detector.observe(slot, &fix, &mut out);
    }
    detector.finish(&mut out);
    out.iter().filter(|event| event.end.is_some()).count()
}

/// The first fix of each vessel in each ten minutes, joined by bin and 3 x 3 cells of 0.01 degrees, within 500 m;
/// pairs with at least four bins in a row. What `tools/peer_encounters.py` asks of an SQL engine, written here.
fn binned(positions: &Positions) -> usize {
    const BIN_US: i64 = 600_000_000;
    let mut seen: FxHashSet<(u32, i64)> = FxHashSet::default();
    let mut cells: FxHashMap<(i64, i32, i32), Vec<u32>> = FxHashMap::default();
    for at in 0..positions.len() {
        let bin = positions.micros()[at].div_euclid(BIN_US);
        if seen.insert((positions.mmsi()[at], bin)) {
            let (lat, lon) = (positions.lat()[at], positions.lon()[at]);
            let cell = (bin, (lat * 100.0).floor() as i32, (lon * 100.0).floor() as i32);
            cells.entry(cell).or_default().push(at as u32);
        }
    }
    let mut together: FxHashMap<(u32, u32), Vec<i64>> = FxHashMap::default();
    for ((bin, row, column), here) in &cells {
        for (dr, dc) in (-1..=1).flat_map(|dr| (-1..=1).map(move |dc| (dr, dc))) {
            let Some(there) = cells.get(&(*bin, row + dr, column + dc)) else { continue };
            for a in here {
                for b in there {
                    let (a, b) = (*a as usize, *b as usize);
                    let (mmsi_a, mmsi_b) = (positions.mmsi()[a], positions.mmsi()[b]);
                    if mmsi_a >= mmsi_b {
                        continue;
                    }
                    let lat = (positions.lat()[a] - positions.lat()[b]) * 111_195.08;
                    let cos = positions.lat()[a].to_radians().cos();
                    let lon = (positions.lon()[a] - positions.lon()[b]) * 111_195.08 * cos;
                    if lat * lat + lon * lon <= 250_000.0 {
                        together.entry((mmsi_a, mmsi_b)).or_default().push(*bin);
                    }
                }
            }
        }
    }
    together.values_mut().for_each(|bins| bins.sort_unstable());
    together.values().filter(|bins| bins.windows(4).any(|run| run[3] - run[0] == 3)).count()
}

fn all(name: &str, positions: &Positions, slow: bool) {
    let parameters = EncounterParameters::default();
    let fixes = positions.len();
    let times = if fixes > 1_500_000 { 1 } else { 3 };
    let ours = report(&format!("exact batch, {name}"), fixes, times, || {
        let found = encounters(positions, &parameters);
        let said = format!("{} encounters", found.len());
        (found, said)
    });
    report("  of it the order by vessel", fixes, times, || (positions.by_vessel(), String::new()));
    let by_vessel = positions.by_vessel();
    report("  of it motions and boxes", fixes, times, || {
        (Motions::new(positions, by_vessel.iter(), &parameters), String::new())
    });
    let motions = Motions::new(positions, by_vessel.iter(), &parameters);
    report("  of it candidates", fixes, times, || {
        let found = motions.candidates(None);
        let said = format!("{} of {} boxes' slices", found.len(), motions.slices().len());
        (found, said)
    });
    let peer = report(&format!("one fix per bin, 3 x 3 (inexact), {name}"), fixes, times, || {
        let found = binned(positions);
        (found, format!("{found} pairs"))
    });
    println!("{:<44} {:.2}", "  exact batch over inexact join", ours / peer);
    if slow {
        report(&format!("exact stream, {name}"), fixes, 1, || {
            let found = stream(positions, &parameters);
            (found, format!("{found} encounters"))
        });
        report(&format!("GFW's definition, raw, {name}"), fixes, 1, || {
            let found = raw(positions, positions.by_vessel().iter(), &GfwParameters::default());
            let said = format!("{} rows", found.len());
            (found, said)
        });
    }
}

fn main() {
    let only = std::env::args().skip(1).find(|argument| !argument.starts_with('-'));
    let wanted = |name: &str| only.as_deref().is_none_or(|only| name.contains(only));
    if let Some(solent) = solent() {
        if wanted("sparse") {
            all("Solent x 54 sparse", &repeated(&solent, 54, true), true);
        }
        if wanted("dense") {
            all("Solent x 10 dense", &repeated(&solent, 10, false), true);
        }
    } else {
        println!("skipped the recording: no ../shared");
    }
    if wanted("theatre") {
        all("5,000 vessels, a fix a minute", &theatre(200), true);
    }
}
