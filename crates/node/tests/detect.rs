//! `bitacora detect`: every kind over tables whose answers are known, in the columns that others script against.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may fail loudly"
)]

mod harness;

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::{Path, PathBuf};

use harness::{folder, run, run_fed, text};
use serde_json::Value;

fn given(path: &str) -> Option<PathBuf> {
    bitacora_given::data(&format!("behaviour/{path}"))
}

/// JSON lines of one kind over one table.
fn found(kind: &str, table: &Path, more: &[&str]) -> Vec<Value> {
    let ran = run(&[&["detect", kind, "--json", "--in", text(table)], more].concat());
    assert_eq!(ran.code, 0, "{}", ran.err);
    ran.summaries()
}

fn plain(path: &Path) -> String {
    let bytes = std::fs::read(path).unwrap();
    if path.extension().is_some_and(|end| end == "gz") {
        let mut text = String::new();
        std::io::Read::read_to_string(&mut flate2::read::MultiGzDecoder::new(bytes.as_slice()), &mut text)
            .unwrap();
        return text;
    }
    String::from_utf8(bytes).unwrap()
}

fn near(own: &Value, theirs: &Value, scale: f64, what: &str) {
    let (own, theirs) = (own.as_f64().unwrap(), theirs.as_f64().unwrap() * scale);
    assert!((own - theirs).abs() <= 1e-5 * theirs.abs().max(1e-3), "{what}: {own} against {theirs}");
}

#[test]
fn encounters_are_those_of_a_brute_force_in_seconds() {
    let (Some(table), Some(force)) = (
        given("solent/SolentAIS_20160112_130211.csv"),
        given("encounters/solent_bruteforce_1s_intervals.csv"),
    ) else {
        return;
    };
    let rows = found("encounters", &table, &[]);
    let pairs: BTreeSet<(String, String)> = rows
        .iter()
        .map(|row| {
            (row["vessel_1"].as_str().unwrap().to_owned(), row["vessel_2"].as_str().unwrap().to_owned())
        })
        .collect();
    let long: BTreeSet<(String, String)> = plain(&force)
        .lines()
        .skip(1)
        .map(|line| line.split(',').collect::<Vec<_>>())
        .filter(|fields| fields[4].parse::<f64>().unwrap() >= 1800.0)
        .map(|fields| (fields[0].to_owned(), fields[1].to_owned()))
        .collect();
    assert_eq!(pairs, long);
    assert_eq!(pairs.len(), 204);
}

#[test]
fn encounters_of_the_peer_are_the_peers() {
    for name in ["simple", "multi", "fastsep"] {
        let (Some(table), Some(expected)) = (
            given(&format!("encounters/{name}_input.csv")),
            given(&format!("encounters/{name}_expected.json")),
        ) else {
            return;
        };
        let expected: Value = serde_json::from_str(&plain(&expected)).unwrap();
        let gap = expected["params"]["max_gap_seconds"].to_string();
        let (gap, minutes) =
            (format!("max_gap_s={gap}"), format!("min_minutes={}", expected["params"]["min_minutes"]));
        let rows = found(
            "encounters",
            &table,
            &["--mode", "gfw", "--map", "mmsi=id", "--set", &gap, "--set", &minutes],
        );
        let expected = expected["raw_expected"].as_array().unwrap();
        assert_eq!(rows.len(), expected.len(), "{name}");
        for want in expected {
            let own = rows.iter().find(|row| {
                row["vessel_1"] == want["vessel_1_seg_id"]
                    && row["vessel_2"] == want["vessel_2_seg_id"]
                    && row["start"] == want["start_time"]
            });
            let own = own.unwrap_or_else(|| panic!("{name} lacks {want}"));
            assert_eq!(own["end"], want["end_time"]);
            assert_eq!(own["points_1"], want["vessel_1_point_count"]);
            assert_eq!(own["points_2"], want["vessel_2_point_count"]);
            near(&own["median_distance_m"], &want["median_distance_km"], 1000.0, "distance");
            for (ours, theirs) in [
                ("median_speed_kn", "median_speed_knots"),
                ("mean_lat", "mean_latitude"),
                ("mean_lon", "mean_longitude"),
                ("start_lat", "start_lat"),
                ("start_lon", "start_lon"),
                ("end_lat", "end_lat"),
                ("end_lon", "end_lon"),
            ] {
                near(&own[ours], &want[theirs], 1.0, ours);
            }
        }
    }
}

#[test]
fn gaps_segments_and_users_of_a_number_are_those_given() {
    let (Some(table), Some(gaps)) =
        (given("segments/regression_messages.csv.gz"), given("gaps/regression_gaps_6h.json.gz"))
    else {
        return;
    };
    let expected: Vec<Value> = serde_json::from_str(&plain(&gaps)).unwrap();
    let rows = found("gaps", &table, &["--mode", "gfw"]);
    assert_eq!(rows.iter().filter(|row| row["open"] == false).count(), expected.len());

    let rows = found("segments", &table, &["--mode", "gfw"]);
    let own: BTreeMap<&str, &Value> =
        rows.iter().map(|row| (row["row"].as_str().unwrap(), &row["segment"])).collect();
    let text = plain(&table);
    let names: Vec<&str> = text.lines().next().unwrap().split(',').collect();
    let place = |name: &str| names.iter().position(|other| *other == name).unwrap();
    let (id, segment) = (place("msgid"), place("expected"));
    let (mut judged, mut same) = (0, 0);
    for line in text.lines().skip(1) {
        let fields: Vec<&str> = line.split(',').collect();
        let (id, want) = (fields[id], fields[fields.len() - (names.len() - segment)]);
        if !want.is_empty() {
            judged += 1;
            same += usize::from(own.get(id).is_some_and(|segment| *segment == want));
        }
    }
    assert!(judged > 30_000 && same as f64 >= 0.995 * f64::from(judged), "{same} of {judged}");

    let rows = found("identity", &table, &[]);
    let numbers: BTreeSet<u64> = rows.iter().map(|row| row["mmsi"].as_u64().unwrap()).collect();
    assert_eq!(
        numbers,
        BTreeSet::from([
            412_331_088,
            412_440_453,
            412_588_888,
            416_241_500,
            417_000_694,
            567_000_000,
            636_018_024,
            666_000_001
        ])
    );
}

#[test]
fn loitering_and_port_visits_of_the_peer_are_the_peers() {
    let (Some(table), Some(output), Some(events)) = (
        given("loitering/regression_input.csv.gz"),
        given("loitering/regression_reference_output_half.json.gz"),
        given("port-visits/port_visit_cases.json"),
    ) else {
        return;
    };
    let expected: Value = serde_json::from_str(&plain(&output)).unwrap();
    let rows = found("loitering", &table, &["--mode", "gfw"]);
    for want in expected["merged"].as_array().unwrap() {
        let own = rows.iter().find(|row| {
            row["segment"] == want["seg_id"] && row["start"] == want["loitering_start_timestamp"]
        });
        let own = own.unwrap_or_else(|| panic!("lacks {want}"));
        assert_eq!(own["end"], want["loitering_end_timestamp"]);
        near(&own["duration_h"], &want["loitering_hours"], 1.0, "hours");
    }
    let ran = run(&["detect", "port-visits", "--json", "--events", text(&events)]);
    let rows = ran.summaries();
    let expected: Value = serde_json::from_str(&plain(&events)).unwrap();
    let visits: Vec<&Value> = expected["cases"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|case| case["expected_visits"].as_array().unwrap())
        .collect();
    assert_eq!(rows.len(), visits.len());
    for want in visits {
        let start = bitacora_primitives::Instant::from_secs(want["start_timestamp"].as_f64().unwrap() as i64);
        let end = bitacora_primitives::Instant::from_secs(want["end_timestamp"].as_f64().unwrap() as i64);
        assert!(
            rows.iter().any(|row| row["port"] == want["start_anchorage_id"]
                && row["start"] == start.to_string()
                && row["end"] == end.to_string()),
            "lacks {want}"
        );
    }
}

/// Two ships of one port side by side, and a bad row between good ones.
fn table() -> String {
    let mut rows = "time,mmsi,lat,lon,sog,cog\n".to_owned();
    for minute in 0..120 {
        let time = 1_773_453_600 + minute * 60;
        rows += &format!("{time},290000001,10.4,-75.5,0.1,10\n{time},290000002,10.4005,-75.5,0.1,10\n");
        if minute == 7 {
            rows += "when,290000001,10.4,-75.5,0.1,10\n";
        }
    }
    rows
}

#[test]
fn a_bad_row_is_told_with_its_place_and_the_rest_goes_on() {
    let (ran, _) = run_fed(&["detect", "stops", "--in", "-", "--set", "min_minutes=60"], |input| {
        input.write_all(table().as_bytes())
    });
    assert_eq!(ran.code, 0, "{ran:?}");
    assert_eq!(ran.out.lines().next(), Some("mmsi,start,end,lat,lon,radius_m"));
    assert_eq!(ran.out.lines().count(), 3, "{}", ran.out);
    assert!(ran.err.contains("18") && ran.err.contains("time"), "{}", ran.err);
}

#[test]
fn a_port_visit_is_named_by_its_anchorage() {
    let folder = folder("detect-port");
    let positions = harness::file(&folder, "positions.csv", table().as_bytes());
    let anchorages =
        harness::file(&folder, "anchorages.csv", b"id,lat,lon\nCartagena,10.41,-75.51\nBad,x,y\n");
    let ran = run(&[
        "detect",
        "port-visits",
        "--in",
        text(&positions),
        "--anchorages",
        text(&anchorages),
        "--set",
        "min_gap_hours=1",
    ]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(ran.out.contains("290000001,Cartagena,"), "{ran:?}");
    assert!(ran.err.contains("row 3"), "{}", ran.err);
    let alone = run(&["detect", "port-visits", "--in", text(&positions)]);
    assert_eq!(alone.code, 1);
    assert!(alone.err.contains("--anchorages"), "{}", alone.err);
}

#[test]
fn every_kind_describes_itself_and_its_parameters_in_both_languages() {
    for kind in ["segments", "encounters", "gaps", "loitering", "stops", "port-visits", "identity"] {
        for mode in ["exact", "gfw"] {
            for lang in ["es", "en"] {
                let ran = run(&["detect", kind, "--mode", mode, "--describe", "--lang", lang]);
                let no_such = mode == "gfw" && ["stops", "identity"].contains(&kind);
                assert_eq!(ran.code == 1, no_such, "{kind} {mode}: {ran:?}");
                if !no_such {
                    assert!(ran.out.contains(if lang == "es" { "Parámetros:" } else { "Parameters:" }));
                }
            }
        }
    }
    let ran = run(&["detect", "gaps", "--in", "-", "--set", "min_hour=3"]);
    assert_eq!(ran.code, 1);
    assert!(
        ran.err.contains("`min_hours`"),
        "an unknown parameter is answered with those there are: {}",
        ran.err
    );
}
