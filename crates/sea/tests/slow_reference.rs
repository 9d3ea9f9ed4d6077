//! Loitering and port visits in the peer's mode, against results that the peer's own programs gave.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test fails loudly, and reads files"
)]

mod shared;

use std::collections::{BTreeMap, HashMap};

use bitacora_primitives::{Instant, Position};
use bitacora_sea::behaviour::loitering;
use bitacora_sea::behaviour::loitering::gfw::{self, GfwParameters, Message, Slow};
use bitacora_sea::behaviour::parameters::LoiteringParameters;
use bitacora_sea::tracks::positions::{Positions, Row};

fn close(own: f64, theirs: f64) -> bool {
    (own - theirs).abs() <= 1e-9 * theirs.abs().max(1e-3)
}

fn compare(own: &Slow, want: &serde_json::Value) {
    let number = |name: &str| want[name].as_f64().unwrap();
    let at = |name: &str| Instant::parse(want[name].as_str().unwrap()).unwrap().micros();
    assert_eq!(own.end, at("loitering_end_timestamp"), "{want}");
    assert!(close(own.hours.unwrap(), number("loitering_hours")), "{want}");
    assert!(close(own.miles, number("tot_distance_nm")), "{own:?} {want}");
    assert!(close(own.avg_speed_kn().unwrap(), number("avg_speed_knots")), "{want}");
    assert_eq!(
        (own.start_position.lat(), own.start_position.lon()),
        (number("start_lat"), number("start_lon"))
    );
    assert_eq!((own.end_position.lat(), own.end_position.lon()), (number("end_lat"), number("end_lon")));
    if let Some(days) = want["days"].as_u64() {
        assert_eq!(u64::from(own.days), days, "{want}");
    }
}

/// The peer's messages, as such and as rows with the number of their segment.
struct Given {
    by_segment: BTreeMap<String, Vec<Message>>,
    positions: Positions,
    segments: Vec<u32>,
    numbers: HashMap<String, u32>,
}

fn regression() -> Option<Given> {
    let input = shared::text("loitering/regression_input.csv.gz")?;
    let mut by_segment: BTreeMap<String, Vec<Message>> = BTreeMap::new();
    let mut positions = Positions::default();
    let mut segments = Vec::new();
    let mut numbers: HashMap<String, u32> = HashMap::new();
    for row in csv::Reader::from_reader(input.as_bytes()).records() {
        let row = row.unwrap();
        let micros = Instant::parse(&row[2]).unwrap().micros();
        let (lat, lon) = (row[3].parse().unwrap(), row[4].parse().unwrap());
        by_segment.entry(row[0].to_owned()).or_default().push(Message {
            micros,
            position: Position::new(lat, lon).unwrap(),
            hours: row[5].parse().ok(),
            metres_to_previous: row[6].parse().ok(),
        });
        let next = numbers.len() as u32;
        segments.push(*numbers.entry(row[0].to_owned()).or_insert(next));
        let mmsi = row[1].parse().unwrap();
        positions.push(Row { mmsi, micros, lat, lon, sog_kn: None, cog_deg: None, message_type: 1 });
    }
    Some(Given { by_segment, positions, segments, numbers })
}

#[test]
fn loitering_in_the_peers_mode_is_the_peers() {
    let Some(Given { by_segment, positions, segments, numbers }) = regression() else { return };
    let Some(given) = shared::text("loitering/regression_reference_output_half.json.gz") else { return };
    let given: serde_json::Value = serde_json::from_str(&given).unwrap();
    let parameters = GfwParameters::default();
    let (mut daily, mut chained) = (BTreeMap::new(), BTreeMap::new());
    for (segment, messages) in &by_segment {
        let runs = gfw::daily(messages, &parameters);
        chained.extend(gfw::chained(&runs).into_iter().map(|run| ((segment.clone(), run.start), run)));
        daily.extend(runs.into_iter().map(|run| ((segment.clone(), run.start), run)));
    }
    println!("{} daily, {} chained", daily.len(), chained.len());
    for (own, given) in [(&daily, &given["daily"]), (&chained, &given["merged"])] {
        let given = given.as_array().unwrap();
        assert!(given.len() * 2 - own.len() <= 1, "every second is given: {} of {}", given.len(), own.len());
        for want in given {
            let start = Instant::parse(want["loitering_start_timestamp"].as_str().unwrap()).unwrap().micros();
            let segment = want["seg_id"].as_str().unwrap().to_owned();
            compare(own.get(&(segment, start)).unwrap_or_else(|| panic!("missing {want}")), want);
        }
    }
    // From positions and segments alone, as the command line reads them.
    let rows = gfw::loitering(&positions, &segments, &parameters);
    assert_eq!(rows.len(), chained.len());
    for row in &rows {
        let segment = numbers.iter().find(|(_, number)| **number == row.segment).unwrap().0.clone();
        let other = chained[&(segment, row.start.micros())];
        assert_eq!(row.end.micros(), other.end);
        assert!(close(row.duration_h, other.hours.unwrap()));
        assert!((row.distance_m - other.miles * 1852.0).abs() < 1e-3, "{row:?} {other:?}");
    }
}

/// The exact mode never bridges a silence, as the peer's does. Shown on the same messages.
#[test]
fn d5_no_run_holds_a_silence_that_the_peers_runs_hold() {
    let Some(Given { positions, segments, .. }) = regression() else { return };
    let rows = gfw::loitering(&positions, &segments, &GfwParameters::default());
    let exact = LoiteringParameters { min_radius_m: 0.0, ..LoiteringParameters::default() };
    let found = loitering::loitering(&positions, &exact);
    let holes = |mmsi: u32, segment: Option<u32>, start: i64, end: i64| {
        let mut times: Vec<i64> = (0..positions.len())
            .filter(|row| positions.mmsi()[*row] == mmsi && segment.is_none_or(|one| segments[*row] == one))
            .map(|row| positions.micros()[row])
            .filter(|time| (start..=end).contains(time))
            .collect();
        times.sort_unstable();
        times.windows(2).any(|pair| pair[1] - pair[0] > 2 * 3_600_000_000)
    };
    let bridging = rows
        .iter()
        .filter(|row| holes(row.mmsi, Some(row.segment), row.start.micros(), row.end.micros()))
        .count();
    println!("{} runs of the peer, {bridging} with a hole of over 2 h; {} exact", rows.len(), found.len());
    assert!(bridging > 50);
    assert!(!found.is_empty());
    assert!(!found.iter().any(|run| holes(run.mmsi, None, run.start.micros(), run.end.micros())));
}

mod ports {
    use super::*;
    use bitacora_sea::behaviour::port_visit::visits::{PortEvent, PortEventKind, visits};

    fn micros(value: &serde_json::Value) -> i64 {
        (value.as_f64().unwrap() * 1e6).round() as i64
    }

    #[test]
    fn visits_from_events_are_the_peers_in_any_order() {
        let Some(text) = shared::text("port-visits/port_visit_cases.json") else { return };
        let given: serde_json::Value = serde_json::from_str(&text).unwrap();
        let miles = given["params"]["max_interseg_dist_nm"].as_f64().unwrap();
        for case in given["cases"].as_array().unwrap() {
            let mut events: Vec<PortEvent<String, i64>> = case["events"]
                .as_array()
                .unwrap()
                .iter()
                .map(|event| PortEvent {
                    kind: PortEventKind::parse(event["event_type"].as_str().unwrap()).unwrap(),
                    micros: micros(&event["timestamp"]),
                    anchorage: event["anchorage_id"].as_str().unwrap().to_owned(),
                    lat: event["lat"].as_f64().unwrap(),
                    lon: event["lon"].as_f64().unwrap(),
                    vessel: event["vessel_lat"].as_f64().zip(event["vessel_lon"].as_f64()),
                    segment: event["seg_id"].as_i64().unwrap(),
                })
                .collect();
            for turn in 0..events.len() {
                events.rotate_left(turn);
                events.swap(0, turn / 2);
                let found = visits(&mut events.clone(), miles);
                let expected = case["expected_visits"].as_array().unwrap();
                assert_eq!(found.len(), expected.len());
                for (own, want) in found.iter().zip(expected) {
                    assert_eq!(own.start_micros, micros(&want["start_timestamp"]));
                    assert_eq!(own.end_micros, micros(&want["end_timestamp"]));
                    assert_eq!(own.start_anchorage, want["start_anchorage_id"].as_str().unwrap());
                    assert_eq!(own.end_anchorage, want["end_anchorage_id"].as_str().unwrap());
                    assert_eq!(u64::from(own.confidence), want["confidence"].as_u64().unwrap());
                    assert_eq!(own.events as usize, want["events"].as_array().unwrap().len());
                }
            }
        }
    }
}
