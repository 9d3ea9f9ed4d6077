//! How often the integrity checks speak on recordings of real traffic: printed, and held to a bound.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test fails loudly and reads files"
)]

use bitacora_primitives::{Instant, SourceId};
use bitacora_sea::Event;
use bitacora_sea::behaviour::integrity::circle::CircularTrack;
use bitacora_sea::behaviour::integrity::copy::copied_tracks;
use bitacora_sea::behaviour::integrity::motion::MotionContradiction;
use bitacora_sea::behaviour::integrity::{IntegrityParameters, batch};
use bitacora_sea::tracks::positions::{Positions, Row};

/// Names of the columns time, mmsi, lat, lon, sog, cog.
fn positions(path: &str, names: [&str; 6]) -> Option<Positions> {
    let text = bitacora_given::text(path)?;
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let header = reader.headers().unwrap().clone();
    let at = names.map(|name| header.iter().position(|h| h == name).unwrap());
    let mut out = Positions::default();
    for row in reader.records().map(Result::unwrap) {
        let number = |k: usize| row[at[k]].parse::<f64>().ok();
        let (Some(lat), Some(lon)) = (number(2), number(3)) else { continue };
        if lat.abs() > 90.0 || lon.abs() > 180.0 {
            continue;
        }
        out.push(Row {
            mmsi: row[at[1]].parse().unwrap(),
            micros: Instant::parse(&row[at[0]]).unwrap().micros(),
            lat,
            lon,
            sog_kn: number(4).filter(|s| *s < 102.3).map(|s| s as f32),
            cog_deg: number(5).filter(|c| *c < 360.0).map(|c| c as f32),
            message_type: 0,
        });
    }
    Some(out)
}

fn recordings() -> Vec<(&'static str, Positions)> {
    let solent = positions(
        "ais/decoded/solent-2016-01-12.csv",
        ["Time", "MMSI", "Latitude_degrees", "Longitude_degrees", "SOG_knots", "COG_degrees"],
    );
    let cadastre = positions(
        "ais/decoded/marinecadastre-2022-01-03-first99999.csv.gz",
        ["BaseDateTime", "MMSI", "LAT", "LON", "SOG", "COG"],
    );
    let hard = positions(
        "behaviour/segments/regression_messages.csv.gz",
        ["timestamp", "ssvid", "lat", "lon", "speed", "course"],
    );
    [("solent", solent), ("marinecadastre", cadastre), ("regression", hard)]
        .into_iter()
        .filter_map(|(name, positions)| Some((name, positions?)))
        .collect()
}

fn last_revisions(events: Vec<Event>) -> Vec<Event> {
    let mut last: std::collections::BTreeMap<_, Event> = std::collections::BTreeMap::new();
    for event in events {
        last.insert((event.mmsi, event.start, event.id), event);
    }
    last.into_values().collect()
}

/// Hours in which vessels are heard: steps of at most ten minutes.
fn vessel_hours(positions: &Positions) -> f64 {
    let mut micros = 0;
    for (_, rows) in positions.by_vessel().iter() {
        for pair in rows.windows(2) {
            let step = positions.micros()[pair[1] as usize] - positions.micros()[pair[0] as usize];
            micros += if step <= 600_000_000 { step } else { 0 };
        }
    }
    micros as f64 / 3.6e9
}

fn report(name: &str, what: &str, hours: f64, events: &[Event]) {
    let vessels: std::collections::BTreeSet<_> = events.iter().map(|e| e.mmsi).collect();
    println!(
        "{name} {what}: {} events, {} vessels, {hours:.0} vessel-hours, {:.2} per 1,000 vessel-hours",
        events.len(),
        vessels.len(),
        events.len() as f64 / hours * 1e3
    );
    if std::env::var("SHOW").is_ok() {
        for e in events.iter().take(40) {
            println!(
                "  {} {} {:.4} {:.4} {:?}",
                e.mmsi,
                e.start,
                e.position.lat(),
                e.position.lon(),
                e.numbers
            );
        }
    }
}

#[test]
fn real_traffic_is_rarely_contradicted() {
    let parameters = IntegrityParameters::default();
    let source = SourceId::of(&[b"recording"]);
    for (name, positions) in recordings() {
        let hours = vessel_hours(&positions);
        let motion = last_revisions(batch::<MotionContradiction>(&positions, source, &parameters.motion));
        report(name, "motion_contradiction", hours, &motion);
        let circles = last_revisions(batch::<CircularTrack>(&positions, source, &parameters.circle));
        report(name, "circular_track", hours, &circles);
        let copies = last_revisions(copied_tracks(&positions, source, &parameters.copy));
        report(name, "copied_track", hours, &copies);
        // Looked at one by one, what is left is true: receivers of speed that say 0 throughout, numbers in use by
        // false transmitters.
        let rate = |events: &[Event]| events.len() as f64 / hours * 1e3;
        assert!(rate(&motion) <= 1.0, "{name}");
        assert!(rate(&circles) <= 1.0, "{name}");
        assert!(rate(&copies) <= 1.0, "{name}");
    }
}

/// Metres between the corners of all that a vessel did.
fn extent_m(positions: &Positions, rows: &[u32]) -> f64 {
    let corner = |of: &[f64]| {
        let all = rows.iter().map(|row| of[*row as usize]);
        all.clone().fold(f64::NEG_INFINITY, f64::max) - all.fold(f64::INFINITY, f64::min)
    };
    let (north, east) = (corner(positions.lat()), corner(positions.lon()) * 0.63);
    111_195.0 * (north * north + east * east).sqrt()
}

#[test]
fn a_replay_of_a_recording_is_found_vessel_by_vessel() {
    let parameters = IntegrityParameters::default();
    let source = SourceId::of(&[b"recording"]);
    for (name, positions) in recordings().into_iter().filter(|(name, _)| *name == "solent") {
        // A day later, a degree south and two east, rounded as AIS rounds, every tenth report lost.
        let mut both = positions.clone();
        for number in (0..positions.len()).filter(|number| number % 10 != 3) {
            let mut row = positions.row(number).unwrap();
            row.mmsi = 900_000_000 + row.mmsi % 100_000_000;
            row.micros += 86_400_000_000;
            (row.lat, row.lon) = (row.lat - 1.0, row.lon + 2.0);
            (row.lat, row.lon) = ((row.lat * 6e5).round() / 6e5, (row.lon * 6e5).round() / 6e5);
            both.push(row);
        }
        let found = last_revisions(copied_tracks(&both, source, &parameters.copy));
        let copies: std::collections::BTreeSet<u32> = found.iter().map(|event| event.mmsi.number()).collect();
        let moving: Vec<u32> = positions
            .by_vessel()
            .iter()
            .filter(|(_, rows)| {
                rows.len() >= 40 && (3_000.0..100_000.0).contains(&extent_m(&positions, rows))
            })
            .map(|(mmsi, _)| 900_000_000 + mmsi % 100_000_000)
            .collect();
        let hit = moving.iter().filter(|mmsi| copies.contains(mmsi)).count();
        println!(
            "{name} replayed: {hit} of {} vessels that went 3 km found, {} copies in all",
            moving.len(),
            copies.len()
        );
        assert!(copies.iter().all(|mmsi| *mmsi >= 900_000_000));
        assert!(found.iter().all(|event| (event.numbers["time_shift_s"] - 86_400.0).abs() < 3.0));
        assert!(hit * 10 >= moving.len() * 7);
    }
}
