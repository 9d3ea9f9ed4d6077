//! `bitacora detect --from --to` over what the archive holds beside the positions: the kinds that rest on who heard a report and
//! on what vessels said of themselves are found as they were live, and where it is not held, a run says so and takes nothing back.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may fail loudly"
)]

mod harness;

use std::collections::BTreeMap;
use std::path::Path;

use bitacora_primitives::Instant;
use bitacora_store::{EventFilter, Store};
use harness::sentences::{START, heard, report, static_data};
use harness::{Ran, file, folder, run, text};

/// The kinds that positions alone do not tell.
const TOLD: [&str; 4] = ["identity_contradiction", "mmsi_change", "receiver_contradiction", "clock_fault"];
const STATIONS: [&str; 3] = ["r003669901", "r003669902", "r003669903"];
/// Its clock is ahead by this much, so that what it hears is not taken for what the others heard.
const AHEAD_S: i64 = 75;
/// Degrees of longitude that a ship of 5.2 knots goes east in a minute at 36 N.
const STEP: f64 = 5.2 / 60.0 / 60.0 / 0.809;

/// Three hours before a coast of stations, one of which has a wrong clock. Of the ships that pass, one has a false place and one two
/// names in turn; and off the coast a hull goes on under another number.
fn coast() -> String {
    let mut lines: Vec<(i64, String)> = Vec::new();
    let mut tell = |at: i64, station: &str, sentence: &str| lines.push((at, heard(station, at, sentence)));
    for minute in 0..180_i64 {
        let east = STEP * minute as f64;
        for ship in 0..30_u32 {
            let at = START + 60 * minute + i64::from(ship);
            let mmsi = 201_000_000 + 101 * ship;
            let sentence = report(1, mmsi, 36.0 + 0.05 * f64::from(ship), 3.0 + east);
            tell(at, STATIONS[ship as usize % 3], &sentence);
            tell(at + 1, STATIONS[(ship as usize + 1) % 3], &sentence);
            if (minute + i64::from(ship)) % 4 == 0 {
                tell(at + AHEAD_S, "ahead", &sentence);
            }
        }
        if minute > 100 {
            tell(START + 60 * minute + 40, STATIONS[0], &report(1, 201_999_001, 25.0, -10.0 + east));
        }
        let at = START + 60 * minute + 50;
        if minute % 6 == 3 {
            let name = ["ALFA", "BRAVO"][minute as usize / 6 % 2];
            static_data(201_000_000, 8_814_275, name).iter().for_each(|one| tell(at, STATIONS[1], one));
        }
        // Silent between the two numbers for twenty minutes.
        let mmsi = match minute {
            0..=60 => 352_000_001,
            80.. => 538_000_009,
            _ => continue,
        };
        tell(at, STATIONS[2], &report(1, mmsi, 38.0, 3.0 + east));
        if minute % 6 == 0 {
            static_data(mmsi, 9_074_729, "CHARLIE").iter().for_each(|one| tell(at, STATIONS[2], one));
        }
    }
    lines.sort_by_key(|(at, _)| *at);
    lines.into_iter().map(|(_, line)| line).collect()
}

fn detect(data: &Path, more: &[&str]) -> Ran {
    let all = ["detect", "--from", "1970-01-01", "--to", "2100-01-01", "--json", "--data", text(data)];
    run(&[&all, more].concat())
}

/// By kind and id, as printed or stored.
type Found = BTreeMap<(String, String), String>;

fn of<'a>(bodies: impl Iterator<Item = &'a str>) -> Found {
    bodies
        .map(|body| {
            let event: serde_json::Value = serde_json::from_str(body).unwrap();
            let text = |field: &str| event[field].as_str().unwrap().to_owned();
            ((text("kind"), text("id")), body.to_owned())
        })
        .collect()
}

/// The latest revision of each stored event that was not withdrawn.
fn in_database(data: &Path) -> Found {
    let store = Store::open(data, None).unwrap();
    let rows = store.events(&EventFilter { limit: 1_000_000, ..EventFilter::default() }).unwrap();
    of(rows.iter().map(|row| row.event.body.as_str()))
}

fn kinds(found: &Found) -> Vec<&str> {
    TOLD.into_iter().filter(|kind| found.keys().any(|(of, _)| of == kind)).collect()
}

/// The lines that say what is not looked for since it is not held.
fn lacking(ran: &Ran) -> Vec<&str> {
    ran.err.lines().filter(|line| line.contains("the archive does not hold")).collect()
}

#[test]
fn what_vessels_and_stations_tell_is_found_in_the_archive_as_it_was_live() {
    let folder = folder("told-live");
    let data = folder.join("data");
    let recording = file(&folder, "coast.nmea", coast().as_bytes());
    let ran = run(&["ingest", "--data", text(&data), text(&recording)]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let live = in_database(&data);
    assert_eq!(kinds(&live), TOLD);
    let whole = detect(&data, &[]);
    assert_eq!((whole.code, lacking(&whole)), (0, vec![]), "{}", whole.err);
    assert_eq!(of(whole.out.lines()), live);
    let forget = || std::fs::remove_dir_all(data.join("detect")).unwrap();
    forget();
    assert_eq!(detect(&data, &["--workers", "1", "--memory", "64"]).out, whole.out);
    let stored = detect(&data, &["--store"]);
    assert!(stored.err.contains("stored: 0 new, 0 revised, 0 withdrawn"), "{}", stored.err);

    // What was said before the margin is not read: no ship has two names yet.
    forget();
    let from = Instant::from_secs(START + 170 * 60).to_string();
    let margin = ["--margin", "0", "--from", &from, "--to", "2100-01-01", "--json", "--data", text(&data)];
    let late = run(&[&["detect"], &margin[..]].concat());
    assert_eq!((late.code, lacking(&late)), (0, vec![]), "{}", late.err);
    assert!(!kinds(&of(late.out.lines())).contains(&"identity_contradiction"), "{}", late.out);

    // Positions of another folder come alone: these kinds are off, and nothing found of them is taken back.
    forget();
    let apart = detect(&data, &["--archive", text(&data.join("positions")), "--store"]);
    assert_eq!((apart.code, lacking(&apart).len()), (0, 2), "{}", apart.err);
    for off in
        ["identity_contradiction, mmsi_change: not looked for", "receiver_contradiction, clock_fault: not"]
    {
        assert!(apart.err.contains(off), "{}", apart.err);
    }
    assert_eq!(kinds(&of(apart.out.lines())), [""; 0]);
    assert_eq!(in_database(&data), live);
}

/// Rows of a table come in any order, and what a vessel says of itself stands in each.
#[test]
fn a_table_in_any_order_tells_the_same_live_and_from_the_archive() {
    let folder = folder("told-table");
    let rows: Vec<String> = (0..180_i64)
        .map(|minute| {
            let time = Instant::from_secs(START + 60 * minute);
            let name = ["ALFA", "BRAVO"][minute as usize / 6 % 2];
            format!("{time},201000000,36.0,{:.5},5.2,90,{name},IMO8814275\n", 3.0 + STEP * minute as f64)
        })
        .collect();
    let head = "time,mmsi,lat,lon,sog,cog,name,imo\n";
    let mut backwards = rows.clone();
    backwards.reverse();
    let found = [("forwards", rows), ("backwards", backwards)].map(|(name, rows)| {
        let data = folder.join(name);
        let table = file(&folder, &format!("{name}.csv"), format!("{head}{}", rows.concat()).as_bytes());
        let ran = run(&["ingest", "--data", text(&data), text(&table)]);
        assert_eq!(ran.code, 0, "{}", ran.err);
        let live = in_database(&data);
        assert_eq!(kinds(&live), ["identity_contradiction"], "{live:?}");
        let whole = detect(&data, &[]);
        assert_eq!(of(whole.out.lines()), live, "{}", whole.err);
        live.len()
    });
    assert_eq!(found[0], found[1]);
}
