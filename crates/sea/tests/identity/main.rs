//! Identity: numbers in two hands, numbers misread by one bit, statements that cannot both hold, a hull that goes
//! on under another number; and what must not change the findings.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test fails loudly; tests read files"
)]

mod cadence;
mod change;
mod concurrent;
mod contradiction;
mod near_miss;
#[path = "../shared/mod.rs"]
mod shared;
mod traffic;

use std::collections::BTreeSet;

use bitacora_primitives::{Instant, Position};
use bitacora_sea::behaviour::parameters::MotionParameters;
use bitacora_sea::tracks::identity::change::{Changes, changes};
use bitacora_sea::tracks::identity::concurrent::concurrent;
use bitacora_sea::tracks::identity::near_miss::NearMisses;
use bitacora_sea::tracks::identity::{ChangeParameters, NearMissParameters};
use bitacora_sea::tracks::positions::{Positions, Row};
use near_miss::misread;
use traffic::{MAX_IDLE, fix, row};

#[test]
fn memory_is_bounded_by_what_is_heard_within_it() {
    let mut near = NearMisses::new(NearMissParameters::default());
    let mut hulls = Changes::new(ChangeParameters::default());
    let mut out = Vec::new();
    // 100,000 numbers, each heard once, a minute apart: a day has 1,440, two days 2,880.
    for k in 0..100_000_u32 {
        let one = fix(&row(200_000_000 + 7 * k, 60.0 * f64::from(k), 9.0, -79.5, 0.0, 0.0), k as usize);
        near.observe(&one, &mut out);
        hulls.observe(&one, &mut out);
    }
    assert!(near.remembered() <= 2 * 1_441 + 1_024, "{}", near.remembered());
    assert!(hulls.remembered() <= 2 * 2_881 + 1_024, "{}", hulls.remembered());
    assert!(out.is_empty());
}

#[test]
fn misread_numbers_and_changes_are_rare_in_real_traffic() {
    let path = "../ais/decoded/marinecadastre-2022-01-03-first99999.csv.gz";
    let Some(text) = shared::text(path) else { return };
    let mut rows = Vec::new();
    for line in csv::Reader::from_reader(text.as_bytes()).records() {
        let line = line.unwrap();
        let (Ok(mmsi), Ok(time)) = (line[0].parse::<u32>(), Instant::parse(&format!("{}Z", &line[1]))) else {
            continue;
        };
        let (Ok(lat), Ok(lon)) = (line[2].parse::<f64>(), line[3].parse::<f64>()) else { continue };
        if Position::new(lat, lon).is_err() {
            continue;
        }
        let (sog_kn, cog_deg) = (line[4].parse().ok(), line[5].parse().ok());
        rows.push(Row { mmsi, micros: time.micros(), lat, lon, sog_kn, cog_deg, message_type: 0 });
    }
    let numbers = rows.iter().map(|one| one.mmsi).collect::<BTreeSet<u32>>().len();
    let positions: Positions = rows.iter().copied().collect();
    let found = misread(&rows);
    let hulls = changes(&positions, &[], &ChangeParameters::default());
    let shared_numbers = concurrent(&positions, &MotionParameters::default(), MAX_IDLE);
    println!(
        "{} rows, {numbers} numbers: {} misread, {} changes ({} without rivals), {} shared",
        rows.len(),
        found.len(),
        hulls.len(),
        hulls.iter().filter(|one| one.numbers["rivals"] < 1.0).count(),
        shared_numbers.len()
    );
    assert!(rows.len() > 90_000 && numbers > 1_000);
    assert!(found.len() * 100 < numbers && hulls.len() * 100 < numbers);
}
