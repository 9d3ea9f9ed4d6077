//! Decoded archives: rows come in any order, and the order must not matter.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may fail loudly"
)]

mod harness;

use bitacora_sea::Event;
use bitacora_store::{EventFilter, Store};
use harness::{file, folder, run, text};

/// Two vessels that lie beside each other for 50 minutes, and a third that passes: one row a minute each, over
/// more than the lateness bound on either side.
fn rows() -> Vec<String> {
    let mut rows = Vec::new();
    for minute in 0..180_i64 {
        let time = format!("2026-03-14T{:02}:{:02}:00Z", 6 + minute / 60, minute % 60);
        let apart = if (60..110).contains(&minute) { 0.001 } else { 0.02 };
        rows.push(format!("{time},290000001,12.5,-77.0,0.6,90"));
        rows.push(format!("{time},290000002,12.5,{:.4},0.6,90", -77.0 + apart));
        rows.push(format!("{time},290000003,{:.4},-77.3,9.8,0", 11.5 + minute as f64 * 0.0027));
    }
    rows
}

fn found(name: &str, rows: &[String]) -> Vec<Event> {
    let folder = folder(name);
    let csv = format!("time,mmsi,lat,lon,sog,cog\n{}\n", rows.join("\n"));
    let input = file(&folder, "archive.csv", csv.as_bytes());
    let data = folder.join("data");
    let ran = run(&["ingest", "--json", "--data", text(&data), text(&input)]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let summary = ran.summary();
    assert_eq!((&summary["positions"], &summary["late"]), (&rows.len().into(), &0.into()), "{summary}");
    let store = Store::open(&data, None).unwrap();
    let rows = store.events(&EventFilter::default()).unwrap();
    rows.iter().map(|row| serde_json::from_str(&row.event.body).unwrap()).collect()
}

#[test]
fn rows_in_any_order_give_the_same_events() {
    let sorted = rows();
    // A fixed stride that is coprime to the number of rows visits each once, far apart in time.
    let mixed: Vec<String> = (0..sorted.len()).map(|i| sorted[(i * 271) % sorted.len()].clone()).collect();
    let mut both = [found("archive-sorted", &sorted), found("archive-mixed", &mixed)].map(|events| {
        let shape = |event: &Event| {
            (event.kind, event.mmsi, event.other, event.start, event.end, event.numbers.clone())
        };
        events.iter().map(shape).collect::<Vec<_>>()
    });
    both[0].sort_by_key(|event| (event.0, event.1, event.3));
    both[1].sort_by_key(|event| (event.0, event.1, event.3));
    let meetings = both[0].iter().filter(|event| event.0 == bitacora_sea::Kind::Encounter).count();
    assert_eq!(meetings, 1, "{:?}", both[0]);
    assert_eq!(both[0], both[1]);
}
