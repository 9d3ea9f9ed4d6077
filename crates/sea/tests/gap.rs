//! Gaps against 176 gaps of another detector on 72,678 real positions, its samples and its open gaps; and the rule
//! that its known defect breaks: the two ends of a gap are one ship.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a failed step is a failed test; tests read files"
)]

mod shared;

use std::collections::BTreeMap;

use bitacora_primitives::{Duration, Instant, Position};
use bitacora_sea::Parameters;
use bitacora_sea::behaviour::gap::{Heard, exact, gaps_by_mmsi, gfw};
use bitacora_sea::tracks::positions::{Positions, Row};
use serde_json::Value;

fn row(mmsi: u32, micros: i64, lat: f64, lon: f64) -> Row {
    Row { mmsi, micros, lat, lon, sog_kn: None, cog_deg: None, message_type: 1 }
}

fn hex(key: [u8; 16]) -> String {
    key.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn micros(value: &Value) -> i64 {
    (value.as_f64().unwrap() * 1e6).round() as i64
}

/// The real positions and the peer's name of each message; a coordinate that is no position stays in, as "not available".
fn regression() -> Option<(Positions, Vec<String>)> {
    let messages = shared::text("segments/regression_messages.csv.gz")?;
    let mut reader = csv::Reader::from_reader(messages.as_bytes());
    let headers = reader.headers().unwrap().clone();
    let column = |name: &str| headers.iter().position(|header| header == name).unwrap();
    let (mmsi, time, lat, lon) = (column("ssvid"), column("timestamp"), column("lat"), column("lon"));
    let name = column("msgid");
    let (mut rows, mut names) = (Vec::new(), Vec::new());
    for record in reader.records() {
        let record = record.unwrap();
        let (Ok(lat), Ok(lon)) = (record[lat].parse::<f64>(), record[lon].parse::<f64>()) else { continue };
        let observed = Instant::parse(&record[time]).unwrap().micros();
        rows.push(row(record[mmsi].parse().unwrap(), observed, lat, lon));
        names.push(record[name].to_owned());
    }
    Some((rows.into_iter().collect(), names))
}

#[test]
fn real_positions_give_the_given_gaps() {
    let (Some((positions, names)), Some(given)) =
        (regression(), shared::text("gaps/regression_gaps_6h.json.gz"))
    else {
        return;
    };
    let given: Vec<Value> = serde_json::from_str(&given).unwrap();
    let found: Vec<gfw::Gap> = gfw::detect(&positions, &gfw::Parameters::default());
    let closed: BTreeMap<String, gfw::Gap> =
        found.iter().filter(|gap| !gap.silence.open()).map(|gap| (hex(gap.key), *gap)).collect();
    println!("{} positions, {} gaps found, {} given", positions.len(), closed.len(), given.len());
    assert_eq!(positions.len(), 72_678);
    assert_eq!(closed.len(), given.len());
    let (mut measured, mut largest) = (0, 0.0_f64);
    for want in &given {
        let gap = closed.get(want["gap_id"].as_str().unwrap()).expect("the peer's own key");
        let on = gap.silence.on.unwrap();
        assert_eq!(gap.silence.off.micros, micros(&want["start_timestamp"]), "{want}");
        assert_eq!(on.micros, micros(&want["end_timestamp"]), "{want}");
        for (end, name) in [(gap.silence.off, "start_msgid"), (on, "end_msgid")] {
            assert_eq!(names[end.row as usize], want[name].as_str().unwrap(), "{name} of {want}");
        }
        assert_eq!(
            u64::from(gap.messages_before),
            want["positions_hours_before"].as_u64().unwrap(),
            "{want}"
        );
        assert!((gap.silence.duration_h().unwrap() - want["duration_h"].as_f64().unwrap()).abs() < 1e-9);
        for (end, lat, lon) in [(gap.silence.off, "start_lat", "start_lon"), (on, "end_lat", "end_lon")] {
            // A coordinate out of range is "not available" to both, but the peer still prints it.
            if let Some(position) = end.position {
                assert_eq!(Some(position.lat()), want[lat].as_f64(), "{want}");
                assert_eq!(Some(position.lon()), want[lon].as_f64(), "{want}");
            }
        }
        match (gap.silence.distance_m, want["distance_m"].as_f64()) {
            (Some(own), Some(theirs)) => {
                measured += 1;
                largest = largest.max((own - theirs).abs());
                let speed = want["implied_speed_knots"].as_f64().unwrap();
                let own = gap.silence.implied_speed_kn.unwrap();
                assert!((own - speed).abs() <= 1e-6 * speed.max(1.0), "{want}");
            }
            (own, theirs) => assert_eq!(own.is_some(), theirs.is_some(), "{want}"),
        }
    }
    println!("largest difference in distance {largest:e} m");
    assert!(largest < 1e-3);
    assert_eq!(measured, 173, "three have an end without a position");
}

#[test]
fn messages_of_one_number_give_what_all_together_give() {
    let Some((positions, _)) = regression() else { return };
    let all = gfw::detect(&positions, &gfw::Parameters::default());
    let mut singly = 0;
    for (_, rows) in positions.by_vessel().iter() {
        let heard: Vec<Heard> = rows
            .iter()
            .map(|at| positions.row(*at as usize).unwrap())
            .map(|row| Heard {
                observed: Instant::from_micros(row.micros),
                position: Position::new(row.lat, row.lon).ok(),
            })
            .collect();
        singly += gaps_by_mmsi(&heard, Duration::from_hours(6)).count();
    }
    assert_eq!(all.iter().filter(|gap| !gap.silence.open()).count(), singly);
}

/// (positions, how many of the messages had none) of one of the peer's samples.
fn sample(text: &str, lines: bool) -> (Positions, usize) {
    let messages: Vec<Value> = if lines {
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    } else {
        serde_json::from_str(text).unwrap()
    };
    let unplaced =
        messages.iter().filter(|message| message["lat"].is_null() || message["lon"].is_null()).count();
    let rows = messages.iter().map(|message| {
        let number = |name: &str| message[name].as_f64().unwrap_or(f64::NAN);
        let mmsi = message["ssvid"].as_str().unwrap().parse().unwrap();
        row(mmsi, micros(&message["timestamp"]), number("lat"), number("lon"))
    });
    (rows.collect(), unplaced)
}

#[test]
fn a_message_without_a_position_ends_a_silence() {
    for (file, lines, vessels, without) in
        [("gaps/sample_messages.json", false, 1, 1), ("gaps/sample_messages_lines.json", true, 2, 2)]
    {
        let Some(text) = shared::text(file) else { return };
        let (positions, unplaced) = sample(&text, lines);
        assert_eq!(unplaced, without, "{file}");
        // Between the messages before and after the one without a position lie 9,184 s.
        let parameters = gfw::Parameters { threshold: Duration::from_secs(5_400), ..Default::default() };
        let found = gfw::detect(&positions, &parameters);
        let closed: Vec<_> = found.iter().filter(|gap| !gap.silence.open()).collect();
        assert_eq!(closed.len(), 1, "{file}: {closed:?}");
        assert_eq!(closed[0].silence.off.micros, 1_704_207_818_000_000);
        assert_eq!(closed[0].messages_before, 11, "ten in the 12 hours before the last, and it");
        assert_eq!(positions.by_vessel().vessels(), vessels);
        // By track, where a message without a place cannot be, each is a silence more.
        let mut tracks = Parameters::default();
        tracks.gap.min_duration = Duration::from_secs(5_400);
        let closed = exact::detect(&positions, &tracks, None).iter().filter(|gap| !gap.open()).count();
        assert_eq!(closed, 1 + without, "{file}");
    }
}

#[test]
fn an_open_gap_keeps_its_key_when_it_is_closed() {
    let (Some(open), Some(sample_text)) =
        (shared::text("gaps/open_gaps.json"), shared::text("gaps/sample_messages.json"))
    else {
        return;
    };
    let (messages, _) = sample(&sample_text, false);
    for line in open.lines().filter(|line| !line.trim().is_empty()) {
        let want: Value = serde_json::from_str(line).unwrap();
        let mmsi = want["ssvid"].as_str().unwrap().parse().unwrap();
        let at = micros(&want["gap_start_timestamp"]);
        let (lat, lon) = (want["gap_start_lat"].as_f64().unwrap(), want["gap_start_lon"].as_f64().unwrap());
        let off = row(mmsi, at, lat, lon);
        let alone: Positions = [off].into_iter().collect();
        // 2023-08-19 16:14:30: at the midnight after it has been silent for 7 h 45 m.
        let found = gfw::detect(&alone, &gfw::Parameters::default());
        assert_eq!(found.len(), 1);
        assert!(found[0].silence.open());
        let twelve = gfw::Parameters { threshold: Duration::from_hours(12), ..Default::default() };
        assert!(gfw::detect(&alone, &twelve).is_empty());
        let next_day = gfw::Parameters { today: Some(Instant::from_micros(at).day() + 1), ..twelve };
        assert_eq!(gfw::detect(&alone, &next_day)[0].key, found[0].key);
        // Heard again in the next year.
        let later: Positions =
            std::iter::once(off).chain((0..messages.len()).filter_map(|at| messages.row(at))).collect();
        let closed = gfw::detect(&later, &twelve);
        assert!(!closed[0].silence.open());
        assert_eq!(closed[0].key, found[0].key);
        assert_eq!(closed[0].silence.off, found[0].silence.off);
        // The sample's own name was made up: it is not the MD5 of number, time and place, which the peer's schema says it is
        // and the 176 gaps of its detector have.
        assert_ne!(want["gap_id"], hex(found[0].key));
        assert_eq!(hex(found[0].key), "0849ab64d53ba154ee4d7e9ad93fab67");
    }
}

#[test]
fn every_field_that_the_peer_declares_has_its_counterpart() {
    let (Some(gaps), Some(events)) = (shared::text("gaps/gaps.json"), shared::text("gaps/events.json"))
    else {
        return;
    };
    // Theirs and ours; `None`: of receivers, segments and the shore, which positions alone do not tell.
    let ours: BTreeMap<&str, Option<&str>> = BTreeMap::from([
        ("gap_id", Some("key")),
        ("ssvid", Some("silence.mmsi")),
        ("version", None),
        ("positions_hours_before", Some("messages_before")),
        ("distance_m", Some("silence.distance_m")),
        ("duration_h", Some("silence.duration_h()")),
        ("implied_speed_knots", Some("silence.implied_speed_kn")),
        ("start_timestamp", Some("silence.off.micros")),
        ("start_msgid", Some("silence.off.row")),
        ("start_lat", Some("silence.off.position")),
        ("start_lon", Some("silence.off.position")),
        ("end_timestamp", Some("silence.on.micros")),
        ("end_msgid", Some("silence.on.row")),
        ("end_lat", Some("silence.on.position")),
        ("end_lon", Some("silence.on.position")),
        ("is_closed", Some("silence.open()")),
    ]);
    let declared: Vec<Value> = serde_json::from_str(&gaps).unwrap();
    let unknown: Vec<&str> = declared
        .iter()
        .map(|field| field["name"].as_str().unwrap())
        .filter(|name| !ours.contains_key(name))
        .collect();
    assert!(
        unknown.iter().all(|name| [
            "_seg_id",
            "_class",
            "_type",
            "_from_shore_m",
            "_from_port_m",
            "_ter",
            "_sat",
            "_dyn"
        ]
        .iter()
        .any(|ending| name.ends_with(ending))),
        "{unknown:?}"
    );
    let declared: Vec<Value> = serde_json::from_str(&events).unwrap();
    for needed in ["event_id", "vessel_id", "event_start", "event_end"] {
        assert!(declared.iter().any(|field| field["name"] == needed));
    }
}

/// 10 kn due north along a meridian from `from`, a fix a minute.
fn sailing(mmsi: u32, lat: f64, lon: f64, from_min: i64, minutes: i64) -> impl Iterator<Item = Row> {
    (from_min..from_min + minutes)
        .map(move |minute| row(mmsi, minute * 60_000_000, lat + minute as f64 / 360.0, lon))
}

#[test]
fn d6_the_ends_of_a_gap_are_one_ship() {
    // Two ships of one number, 600 km apart, silent in turn: the peer sees no silence in the one and, where both are
    // silent, one from ship to ship.
    let ships: Positions = sailing(1, 10.0, 0.0, 0, 120)
        .chain(sailing(1, 10.0, 5.5, 0, 300))
        .chain(sailing(1, 10.0, 5.5, 700, 60))
        .chain(sailing(1, 10.0, 0.0, 800, 60))
        .collect();
    let found = exact::detect(&ships, &Parameters::default(), None);
    let closed: Vec<(i64, i64)> =
        found.iter().map(|gap| (gap.off.micros / 60_000_000, gap.on.unwrap().micros / 60_000_000)).collect();
    assert_eq!(closed, [(119, 800), (299, 700)]);
    for gap in &found {
        assert_eq!(gap.off.position.unwrap().lon(), gap.on.unwrap().position.unwrap().lon());
        assert!((gap.implied_speed_kn.unwrap() - 10.0).abs() < 0.1, "{gap:?}");
    }
    let theirs = gfw::detect(&ships, &gfw::Parameters::default());
    assert_eq!(theirs.iter().filter(|gap| !gap.silence.open()).count(), 1);
    let crossing: Positions = sailing(1, 10.0, 0.0, 0, 60).chain(sailing(1, 10.0, 15.5, 600, 60)).collect();
    assert_eq!(
        gfw::detect(&crossing, &gfw::Parameters::default())[0].silence.distance_m.unwrap() as i64 / 1_000_000,
        1
    );
    assert!(exact::detect(&crossing, &Parameters::default(), None).iter().all(|gap| gap.open()));
}

#[test]
fn on_real_positions_no_gap_joins_what_no_hull_can_have_sailed() {
    let Some((positions, _)) = regression() else { return };
    let parameters = Parameters::default();
    let found = exact::detect(&positions, &parameters, None);
    let closed: Vec<_> = found.iter().filter(|gap| !gap.open()).collect();
    println!("{} gaps by track, {} open", closed.len(), found.len() - closed.len());
    assert!(closed.len() > 100);
    let theirs = gfw::detect(&positions, &gfw::Parameters::default());
    let fastest = |speeds: Vec<f64>| speeds.into_iter().fold(0.0, f64::max);
    let own = fastest(closed.iter().filter_map(|gap| gap.implied_speed_kn).collect());
    let peer = fastest(theirs.iter().filter_map(|gap| gap.silence.implied_speed_kn).collect());
    println!("fastest between the ends: {own:.1} kn by track, {peer:.1} kn by number");
    assert!(own <= parameters.motion.max_speed_kn + 1.0);
}
