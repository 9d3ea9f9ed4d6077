//! A run over an archive, `bitacora detect --from --to` as a child process, beside the batch detectors over the same fixes
//! in memory: fixes per second of processor time, the ratio, and the peak memory against what was allowed. Prints figures;
//! asserts only that all was read. `-- 2 10` gives the sizes in millions (default 2). Needs Linux's /proc.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a bench that fails should stop and say so"
)]

use std::hint::black_box;
use std::path::Path;
use std::process::Command;
use std::time::Instant as Stopwatch;

use bitacora_primitives::{Instant, Mmsi, SourceId};
use bitacora_sea::Parameters;
use bitacora_sea::behaviour::encounter::batch::encounters;
use bitacora_sea::behaviour::loitering::loitering;
use bitacora_sea::behaviour::reception::{HeardNearby, batch::judge};
use bitacora_sea::tracks::identity::concurrent::concurrent;
use bitacora_sea::tracks::positions::{Positions, Row};
use bitacora_store::{Batch, PositionRow, Source, Store};

const BINARY: &str = env!("CARGO_BIN_EXE_bitacora");
/// A fix a minute for three days.
const MINUTES: usize = 3 * 1440;
/// Of a hundred vessels so many lie in a port, fifty to a port.
const MOORED: usize = 20;
const MEMORY_MIB: u64 = 512;
const ROWS_A_COMMIT: usize = 500_000;
/// 2026-03-01T00:00:00Z.
const BEGIN_S: i64 = 1_772_323_200;

fn main() {
    let asked: Vec<usize> = std::env::args().filter_map(|argument| argument.parse().ok()).collect();
    for millions in if asked.is_empty() { vec![2] } else { asked } {
        measure(millions);
    }
}

fn measure(millions: usize) {
    let folder =
        Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("bench-archive-run-{}", std::process::id()));
    drop(std::fs::remove_dir_all(&folder));
    let vessels = (millions * 1_000_000 / MINUTES).max(50);
    let positions = archive(&folder, vessels);
    let fixes = positions.len() as f64;
    println!("{vessels} vessels, {fixes} fixes, {MEMORY_MIB} MiB allowed");
    let alone = in_memory(&positions);
    drop(positions);
    println!("  batch detectors in memory {alone:.2} s of one core, {:.2} M fixes/s", fixes / alone / 1e6);
    let (before, since) = (children_seconds(), Stopwatch::now());
    let told = Command::new(BINARY)
        .args(["detect", "--from", "2026-01-01", "--to", "2027-01-01", "--out"])
        .arg(folder.join("found/"))
        .args(["--memory", &MEMORY_MIB.to_string(), "--data"])
        .arg(&folder)
        .output()
        .unwrap();
    let (processor, wall) = (children_seconds() - before, since.elapsed().as_secs_f64());
    let text = String::from_utf8_lossy(&told.stderr).into_owned();
    let last = text.lines().last().unwrap_or_default();
    assert!(told.status.success() && last.contains(&format!(" {fixes} fixes")), "{text}");
    println!("  {last}");
    let peak: f64 = last.rsplit("peak memory ").next().unwrap().trim_end_matches(" MiB").parse().unwrap();
    let rate = fixes / processor;
    println!(
        "  the run {processor:.2} s of processor time, {wall:.2} s: {:.2} M fixes/s of a core",
        rate / 1e6
    );
    println!("  of the batch detectors' speed {:.3}", alone / processor);
    println!("figure|archive run, {millions} M fixes, M fixes/s of a core|{:.3}||", rate / 1e6);
    println!(
        "figure|archive run, {millions} M fixes, of the batch detectors' speed|{:.3}||",
        alone / processor
    );
    println!(
        "figure|archive run, {millions} M fixes, peak memory in MiB|{peak:.0}|at most {MEMORY_MIB}|{:.3}",
        peak / MEMORY_MIB as f64
    );
    drop(std::fs::remove_dir_all(&folder));
}

/// All that a run finds, by the batch detectors: processor seconds of this thread.
fn in_memory(positions: &Positions) -> f64 {
    let parameters = Parameters::default();
    let on_core = || {
        let told = std::fs::read_to_string("/proc/thread-self/schedstat").expect("needs /proc");
        told.split(' ').next().unwrap().parse::<f64>().unwrap() / 1e9
    };
    let before = on_core();
    black_box(judge(positions, &parameters, None, &mut HeardNearby::new(&parameters.gap)));
    black_box(encounters(positions, &parameters.encounter));
    black_box(loitering(positions, &parameters.loitering));
    black_box(concurrent(positions, &parameters.motion, parameters.max_idle));
    on_core() - before
}

/// Made fixes in order of time, into the archive and into columns.
fn archive(folder: &Path, vessels: usize) -> Positions {
    let store = Store::open(folder, None).unwrap();
    let source = SourceId::of(&[b"bench"]);
    let first_seen = Instant::from_secs(BEGIN_S);
    let name = || "bench".to_owned();
    let registered =
        Source { id: source, kind: "ais".into(), name: name(), location: name(), raw_path: None, first_seen };
    store.register_source(&registered).unwrap();
    let mut state = 7_u64;
    let mut unit = move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 11) as f64 / (1_u64 << 53) as f64
    };
    // The width of the sea grows with the fleet, so that it is as crowded at every size.
    let width = 340.0 * (vessels as f64 / 70_000.0).min(1.0);
    let mut fleet: Vec<[f64; 5]> = (0..vessels)
        .map(|number| {
            let moored = number % 100 < MOORED;
            let port = (number / 100 * MOORED + number % 100) / 50;
            let place = |k: usize| (port as f64 * [0.618_033_988_7, 0.414_213_562_3][k]).fract();
            let (lat, lon, knots) = if moored {
                (-60.0 + 120.0 * place(0) + 0.02 * unit(), -170.0 + width * place(1) + 0.02 * unit(), 0.0)
            } else {
                (-60.0 + 120.0 * unit(), -170.0 + width * unit(), 1.0 + 16.0 * unit())
            };
            [lat, lon, std::f64::consts::TAU * unit(), knots, (60e6 * unit()).floor()]
        })
        .collect();
    let mut positions = Positions::with_capacity(vessels * MINUTES);
    let (mut rows, mut line) = (Vec::new(), 0);
    for minute in 0..MINUTES {
        for (number, [lat, lon, course, knots, offset]) in fleet.iter_mut().enumerate() {
            *course += 0.02 * (unit() - 0.5);
            let degrees = *knots / 3600.0;
            *lat = (*lat + degrees * course.cos()).clamp(-70.0, 70.0);
            *lon += degrees * course.sin() / lat.to_radians().cos();
            // A few fall silent for some hours.
            if (number * 31 + minute / 400) % 97 == 0 {
                continue;
            }
            line += 1;
            let micros = BEGIN_S * 1_000_000 + minute as i64 * 60_000_000 + *offset as i64;
            let (lat, lon) = (*lat + 3e-5 * (unit() - 0.5), lon.clamp(-179.9, 179.9));
            let row = PositionRow {
                time: Instant::from_micros(micros),
                received: Instant::from_micros(micros),
                mmsi: Mmsi::new(200_000_000 + number as u32).unwrap(),
                lat,
                lon,
                sog_kn: Some(*knots as f32),
                cog_deg: Some(course.to_degrees().rem_euclid(360.0) as f32),
                heading_deg: None,
                nav_status: Some(0),
                message_type: 1,
                station: 1,
                flags: 0,
                track: None,
                line,
                offset: Some(line * 50),
                source,
            };
            positions.push(Row {
                mmsi: row.mmsi.number(),
                micros,
                lat,
                lon,
                sog_kn: row.sog_kn,
                cog_deg: row.cog_deg,
                message_type: 1,
            });
            rows.push(row);
        }
        if rows.len() >= ROWS_A_COMMIT || minute + 1 == MINUTES {
            let mut batch = Batch::new(source, line, first_seen);
            batch.positions = std::mem::take(&mut rows);
            store.commit(&batch).unwrap();
        }
    }
    positions
}

/// User and system time of the children waited for, fields 16 and 17 of proc(5)'s stat, in ticks of 10 ms.
fn children_seconds() -> f64 {
    let told = std::fs::read_to_string("/proc/self/stat").expect("needs /proc");
    let (_, after_name) = told.rsplit_once(") ").unwrap();
    let fields: Vec<&str> = after_name.split(' ').collect();
    let ticks = |field: usize| fields[field - 3].parse::<f64>().unwrap();
    (ticks(16) + ticks(17)) / 100.0
}
