//! Decoded archives: rows come in any order, and the order must not matter.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may fail loudly"
)]

mod harness;

use bitacora_primitives::{Instant, Mmsi, Numbers};
use bitacora_sea::{Event, Kind};
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

fn found(name: &str, files: &[&[String]]) -> Vec<Event> {
    let folder = folder(name);
    let data = folder.join("data");
    let inputs: Vec<_> = files
        .iter()
        .enumerate()
        .map(|(number, rows)| {
            let csv = format!("time,mmsi,lat,lon,sog,cog\n{}\n", rows.join("\n"));
            file(&folder, &format!("archive-{number}.csv"), csv.as_bytes())
        })
        .collect();
    let mut words = vec!["ingest", "--json", "--data", text(&data)];
    words.extend(inputs.iter().map(|input| text(input)));
    let ran = run(&words);
    assert_eq!(ran.code, 0, "{}", ran.err);
    for (summary, rows) in ran.summaries().iter().zip(files) {
        assert_eq!((&summary["positions"], &summary["late"]), (&rows.len().into(), &0.into()), "{summary}");
    }
    let store = Store::open(&data, None).unwrap();
    let rows = store.events(&EventFilter::default()).unwrap();
    rows.iter().map(|row| serde_json::from_str(&row.event.body).unwrap()).collect()
}

#[test]
fn rows_in_any_order_give_the_same_events() {
    let sorted = rows();
    // A fixed stride that is coprime to the number of rows visits each once, far apart in time.
    let mixed: Vec<String> = (0..sorted.len()).map(|i| sorted[(i * 271) % sorted.len()].clone()).collect();
    let [sorted, mixed] = [shapes("archive-sorted", &[&sorted]), shapes("archive-mixed", &[&mixed])];
    assert_eq!(sorted.iter().filter(|event| event.0 == Kind::Encounter).count(), 1, "{sorted:?}");
    assert_eq!(sorted, mixed);
}

/// Global Fishing Watch cuts encounters at midnight; a file a day must not do the same to us.
#[test]
fn a_meeting_across_the_border_of_two_files_stays_one() {
    let rows = rows();
    let (before, after) = rows.split_at(3 * 85);
    assert_eq!(shapes("archive-whole", &[&rows]), shapes("archive-cut", &[before, after]));
}

type Shape = (Kind, Mmsi, Option<Mmsi>, Instant, Option<Instant>, Numbers);

/// What must not depend on how the rows were put into files; ids do, since they name the source.
fn shapes(name: &str, files: &[&[String]]) -> Vec<Shape> {
    let mut shapes: Vec<Shape> = found(name, files)
        .into_iter()
        .map(|event| (event.kind, event.mmsi, event.other, event.start, event.end, event.numbers))
        .collect();
    shapes.sort_by_key(|event| (event.0, event.1, event.3));
    shapes
}
