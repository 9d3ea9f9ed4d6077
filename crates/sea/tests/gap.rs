//! Gaps against 176 gaps of another detector on 72,678 real positions.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a failed step is a failed test; tests read files"
)]

mod shared;

use std::collections::BTreeMap;

use bitacora_primitives::{Duration, Instant, Position};
use bitacora_sea::behaviour::gap::{Heard, gaps_by_mmsi};

#[test]
fn real_positions_give_the_given_gaps() {
    let Some(messages) = shared::text("segments/regression_messages.csv.gz") else { return };
    let Some(given) = shared::text("gaps/regression_gaps_6h.json.gz") else { return };
    let mut heard: BTreeMap<u32, Vec<Heard>> = BTreeMap::new();
    let mut reader = csv::Reader::from_reader(messages.as_bytes());
    let headers = reader.headers().unwrap().clone();
    let column = |name: &str| headers.iter().position(|header| header == name).unwrap();
    let (mmsi, time, lat, lon) = (column("ssvid"), column("timestamp"), column("lat"), column("lon"));
    let mut positions = 0;
    for row in reader.records() {
        let row = row.unwrap();
        let (Ok(lat), Ok(lon)) = (row[lat].parse::<f64>(), row[lon].parse::<f64>()) else { continue };
        positions += 1;
        heard.entry(row[mmsi].parse().unwrap()).or_default().push(Heard {
            observed: Instant::parse(&row[time]).unwrap(),
            position: Position::new(lat, lon).ok(),
        });
    }
    let mut found = BTreeMap::new();
    for (mmsi, messages) in &mut heard {
        messages.sort_by_key(|message| message.observed);
        for gap in gaps_by_mmsi(messages, Duration::from_hours(6)) {
            found.insert((*mmsi, gap.off.observed.micros()), gap);
        }
    }
    let given: Vec<serde_json::Value> = serde_json::from_str(&given).unwrap();
    println!("{positions} positions, {} gaps found, {} given", found.len(), given.len());
    assert_eq!(positions, 72_678);
    assert_eq!(found.len(), given.len());
    let mut measured = 0;
    for want in &given {
        let number = |name: &str| want[name].as_f64();
        let at = |name: &str| Instant::parse(&number(name).unwrap().to_string()).unwrap();
        let mmsi: u32 = want["ssvid"].as_str().unwrap().parse().unwrap();
        let gap = &found[&(mmsi, at("start_timestamp").micros())];
        assert_eq!(gap.on.observed, at("end_timestamp"), "{want}");
        match (gap.distance_m, number("distance_m")) {
            (Some(own), Some(theirs)) => {
                measured += 1;
                assert!((own - theirs).abs() < 1e-3, "{own} {want}");
                let speed = number("implied_speed_knots").unwrap();
                assert!((gap.implied_speed_kn.unwrap() - speed).abs() <= 1e-6 * speed.max(1.0), "{want}");
            }
            (own, theirs) => assert_eq!(own.is_some(), theirs.is_some(), "{want}"),
        }
    }
    assert_eq!(measured, 173, "three have an end without a position");
}
