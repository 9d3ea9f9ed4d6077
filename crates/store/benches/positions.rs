//! How fast positions are committed and read: a synthetic day of many vessels, printed as rows a second.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a bench that fails should stop and say so")]

use std::time::Instant as Clock;

use bitacora_primitives::{Instant, Mmsi, SourceId};
use bitacora_store::{Batch, PositionQuery, PositionRow, Source, Store};

const ROWS: u64 = 4_000_000;
const BATCH: u64 = 500_000;
const VESSELS: u32 = 5_000;

fn main() {
    let folder = std::env::temp_dir().join(format!("bitacora-bench-{}", std::process::id()));
    let store = Store::open(&folder, None).unwrap();
    let id = SourceId::of(&[b"bench"]);
    let (kind, name, location) = ("ais".to_owned(), "bench".to_owned(), "none".to_owned());
    store
        .register_source(&Source { id, kind, name, location, raw_path: None, first_seen: Instant::default() })
        .unwrap();
    let (mut spent, mut on_core, mut state) = (0.0, 0.0, 1_u64);
    for first in (1..=ROWS).step_by(BATCH as usize) {
        let mut batch = Batch::new(id, first + BATCH - 1, Instant::default());
        batch.positions = (first..first + BATCH).map(|line| row(id, line, &mut state)).collect();
        let (since, before) = (Clock::now(), core_seconds());
        store.commit(&batch).unwrap();
        spent += since.elapsed().as_secs_f64();
        on_core += core_seconds() - before;
    }
    let parts = std::fs::read_dir(folder.join("positions")).unwrap().flatten();
    let bytes: u64 = parts
        .filter(|day| day.file_name().to_string_lossy().starts_with("day="))
        .flat_map(|day| std::fs::read_dir(day.path()).unwrap().flatten())
        .map(|part| part.metadata().unwrap().len())
        .sum();
    println!("commit: {:.2} M rows/s of one core's time", ROWS as f64 / on_core / 1e6);
    println!(
        "commit: {:.2} M rows/s, synced; {:.1} bytes a row",
        ROWS as f64 / spent / 1e6,
        bytes as f64 / ROWS as f64
    );

    let (from, to) = store.archive_span().unwrap().unwrap();
    let ask = |text: &str, query: &PositionQuery| {
        let since = Clock::now();
        let rows = store.positions(query).unwrap().rows.len();
        println!("{text}: {rows} rows in {:.0} ms", since.elapsed().as_secs_f64() * 1e3);
    };
    let all = PositionQuery { from, to, mmsi: None, limit: usize::MAX };
    ask("everything", &all);
    ask("one vessel", &PositionQuery { mmsi: Mmsi::new(211_000_007), ..all });
    ask("one minute", &PositionQuery { to: Instant::from_micros(from.micros() + 60_000_000), ..all });
    let since = Clock::now();
    store.density(from, to, 300).unwrap();
    println!("density in 300 bins: {:.0} ms", since.elapsed().as_secs_f64() * 1e3);
    drop(std::fs::remove_dir_all(&folder));
}

/// Time this thread has run on a core, which a busy machine does not falsify; 0 where the system does not tell.
fn core_seconds() -> f64 {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    told.split(' ').next().and_then(|nanos| nanos.parse::<f64>().ok()).unwrap_or(0.0) / 1e9
}

/// Coordinates in AIS's 1/10000 minute, times that grow with small steps back, speeds and courses in tenths.
fn row(source: SourceId, line: u64, state: &mut u64) -> PositionRow {
    *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    let random = *state >> 33;
    let vessel = (random % u64::from(VESSELS)) as u32;
    let drift = (line / 1000) as f64 + (random % 997) as f64;
    PositionRow {
        time: Instant::from_micros(
            1_795_219_200_000_000 + (line * 15_000) as i64 - (random % 2_000_000) as i64,
        ),
        received: Instant::from_micros(1_795_219_200_000_000 + (line * 15_000) as i64),
        mmsi: Mmsi::new(211_000_000 + vessel).unwrap(),
        lat: (f64::from(vessel) * 600.0 + drift) / 600_000.0,
        lon: -(f64::from(vessel) * 300.0 + drift) / 600_000.0 - 60.0,
        sog_kn: (!random.is_multiple_of(20)).then_some((random % 250) as f32 / 10.0),
        cog_deg: (!random.is_multiple_of(15)).then_some((random % 3600) as f32 / 10.0),
        heading_deg: (!random.is_multiple_of(4)).then_some((random % 360) as u16),
        nav_status: Some((random % 3) as u8),
        message_type: [1, 3, 18][(random % 3) as usize % 3],
        station: (random % 2) as u8,
        flags: 0,
        track: None,
        line,
        offset: Some(line * 47),
        source,
    }
}
