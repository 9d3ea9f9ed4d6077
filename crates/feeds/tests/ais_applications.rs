//! Application data as printed in field units, against what gpsd and libais print for the same sentences.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test reads recordings and fails loudly"
)]

use std::path::{Path, PathBuf};

use bitacora_feeds::Refusal;
use bitacora_feeds::ais::{Decoded, Options, Reader, Sink, json};
use bitacora_primitives::SourceId;
use bitacora_sea::contacts::Report;
use serde_json::Value;

fn shared(part: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data").join(part);
    if !path.exists() {
        assert!(std::env::var_os("CI").is_none(), "no ../shared in CI");
        println!("skipped: no ../shared");
        return None;
    }
    Some(path)
}

#[derive(Default)]
struct InUnits(Vec<Value>);

impl Sink for InUnits {
    fn report(&mut self, _: Report) {}
    fn refused(&mut self, _: Refusal) {}
    fn message(&mut self, decoded: &Decoded<'_>) {
        let mut object = String::new();
        json::write_units(decoded, &mut object);
        self.0.push(serde_json::from_str(&object).expect(&object));
    }
}

fn in_units(path: &Path) -> Vec<Value> {
    let options = Options { reports: false, ..Options::default() };
    let mut reader = Reader::new(SourceId::of(&[b"test"]), options);
    let mut kept = InUnits::default();
    reader.push(&std::fs::read(path).unwrap(), None, &mut kept);
    reader.finish(&mut kept);
    kept.0
}

fn lines(path: &Path) -> Vec<Value> {
    std::fs::read_to_string(path).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// Every number that gpsd scales is ours too, or null where the definition says "not available" or allows no such
/// value. gpsd gives no "not available", and one decimal to the water level of FI 31.
#[test]
fn weather_and_monitoring_in_units_are_those_that_gpsd_prints() {
    let (Some(sentences), Some(expected)) =
        (shared("ais-expected/gpsd/sample.aivdm"), shared("ais-expected/gpsd/sample.aivdm.js.chk"))
    else {
        return;
    };
    let mut ours: Vec<Value> = in_units(&sentences);
    ours.retain(|got| got["type"] == 8 || got["type"] == 6);
    let mut wanted = lines(&expected);
    wanted.retain(|want| want["type"] == 8 || want["type"] == 6);
    assert_eq!(ours.len(), wanted.len());
    let (mut numbers, mut nothing) = (0, 0);
    for (got, want) in ours.iter().zip(&wanted) {
        assert_eq!(got["mmsi"], want["mmsi"]);
        let pair = (want["dac"].as_u64().unwrap(), want["fid"].as_u64().unwrap());
        if ![(1, 11), (1, 31), (235, 10)].contains(&pair) {
            continue;
        }
        for (key, value) in want.as_object().unwrap() {
            let Some(value) = value.as_f64() else { continue };
            match &got[key] {
                Value::Null => nothing += 1,
                field => {
                    let near = (field.as_f64().unwrap() - value).abs();
                    let most = if pair == (1, 31) && key == "waterlevel" { 0.051 } else { 1e-6 };
                    assert!(near <= most, "{key}: {field} {value} of {want}");
                    numbers += 1;
                }
            }
        }
    }
    println!("{numbers} numbers, {nothing} not available");
    assert!(numbers > 150 && nothing > 100, "{numbers} {nothing}");
}

#[test]
fn the_area_notice_of_libais_is_the_same_circle() {
    let (Some(sentences), Some(expected)) =
        (shared("ais-expected/libais/typeexamples.nmea"), shared("ais-expected/libais/typeexamples.json"))
    else {
        return;
    };
    let ours = in_units(&sentences);
    let wanted = lines(&expected);
    let want = wanted.iter().find(|want| want["type"] == 8 && want["fid"] == 22).unwrap();
    let got = ours.iter().find(|got| got["type"] == 8 && got["fid"] == 22).unwrap();
    assert_eq!(got["linkage"], want["link_id"]);
    assert_eq!(got["notice"], want["notice_type"]);
    // libais prints the minute of the start here as the duration: 05:02 for 20 minutes.
    assert_eq!((&got["minute"], &got["duration"]), (&want["duration_minutes"], &serde_json::json!(20)));
    let (circle, same) = (&got["sub_areas"][0], &want["sub_areas"][0]);
    assert_eq!(circle["radius"], same["radius"]);
    assert_eq!(circle["shape"], same["sub_area_type"]);
    for (ours, theirs) in [("lon", "x"), ("lat", "y")] {
        assert!((circle[ours].as_f64().unwrap() - same[theirs].as_f64().unwrap()).abs() < 1e-6);
    }
    assert_eq!(got["quality"], serde_json::json!([]));
}
