//! `bitacora detect --from --to`: a run over the archive finds what the node found live, however it is divided, stopped
//! and windowed; later data revise by new facts; what cannot be read is named, and the rest goes on.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may fail loudly"
)]

mod harness;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use bitacora_primitives::{EventId, Instant, Mmsi, SourceId};
use bitacora_sea::Event;
use bitacora_sea::archive::Share;
use bitacora_store::{Batch, EventFilter, PositionRow, Source, Store};
use harness::{Ran, file, folder, run, start, stored, text, theatre, until};

/// Some of the archive was refused.
const REFUSED: i32 = 3;
/// Stopped by `--units`.
const STOPPED: i32 = 4;

fn detect(data: &Path, more: &[&str]) -> Ran {
    let all = ["detect", "--from", "1970-01-01", "--to", "2100-01-01", "--json", "--data", text(data)];
    run(&[&all, more].concat())
}

/// Each event's line as it is printed, by id.
fn lines(ran: &Ran) -> BTreeMap<EventId, String> {
    let event = |line: &str| serde_json::from_str::<Event>(line).unwrap().id;
    ran.out.lines().map(|line| (event(line), line.to_owned())).collect()
}

/// The latest revision of each stored event that was not withdrawn, as it is stored.
fn in_database(data: &Path) -> BTreeMap<EventId, String> {
    let store = Store::open(data, None).unwrap();
    let rows = store.events(&EventFilter { limit: 1_000_000, ..EventFilter::default() }).unwrap();
    let kinds: Vec<&str> = Share::KINDS.iter().map(|(kind, _)| kind.code()).collect();
    let of_run = rows.into_iter().filter(|row| kinds.contains(&row.event.kind.as_str()));
    of_run.map(|row| (row.event.id, row.event.body)).collect()
}

fn ingest(data: &Path, paths: &[&Path]) {
    let mut words = vec!["ingest", "--data", text(data)];
    words.extend(paths.iter().map(|path| text(path)));
    let ran = run(&words);
    assert_eq!(ran.code, 0, "{}", ran.err);
}

fn forget(data: &Path) {
    std::fs::remove_dir_all(data.join("detect")).unwrap();
}

/// A sea of a day in a data folder of its own.
fn sea(name: &str) -> (PathBuf, PathBuf) {
    let folder = folder(name);
    let data = folder.join("data");
    ingest(&data, &[&theatre(&folder, 11, false)]);
    (folder, data)
}

fn assert_same(live: &BTreeMap<EventId, String>, run: &BTreeMap<EventId, String>) {
    let (only_live, only_run): (Vec<_>, Vec<_>) = (
        live.iter().filter(|(id, body)| run.get(id) != Some(body)).collect(),
        run.iter().filter(|(id, body)| live.get(id) != Some(body)).collect(),
    );
    assert!(only_live.is_empty() && only_run.is_empty(), "live: {only_live:#?}\nrun: {only_run:#?}");
}

#[test]
fn a_run_finds_what_was_found_live_to_the_bit_however_it_is_divided() {
    let (_, data) = sea("run-live");
    let live = in_database(&data);
    let kinds: BTreeSet<String> = live
        .values()
        .map(|body| serde_json::from_str::<serde_json::Value>(body).unwrap()["kind"].to_string())
        .collect();
    assert!(live.len() > 20 && kinds.len() >= 4, "{} {kinds:?}", live.len());
    let ran = detect(&data, &[]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.err.contains("peak memory"), "{}", ran.err);
    assert_same(&live, &lines(&ran));
    for divided in [&["--workers", "1", "--memory", "64"], &["--workers", "5", "--memory", "4096"]] {
        forget(&data);
        assert_eq!(detect(&data, divided).out, ran.out);
    }
    // A run that has been done is not done again.
    assert_eq!(detect(&data, &[]).out, ran.out);
}

#[test]
fn recordings_of_the_real_sea_give_the_same_live_and_from_the_archive() {
    let given = bitacora_given::data("behaviour/solent/SolentAIS_20160112_130211.csv");
    let Some(recording) = given else { return };
    let data = folder("run-solent").join("data");
    ingest(&data, &[&recording]);
    let live = in_database(&data);
    assert!(live.len() > 150, "{}", live.len());
    assert_same(&live, &lines(&detect(&data, &[])));
}

#[test]
fn a_run_that_was_stopped_or_killed_goes_on_to_the_same_bytes() {
    let (_, data) = sea("run-killed");
    let whole = detect(&data, &[]);
    assert_eq!(whole.code, 0, "{}", whole.err);
    // In portions of so many units.
    for units in ["1", "7"] {
        forget(&data);
        let mut turns = 0;
        let last = loop {
            let ran = detect(&data, &["--units", units]);
            turns += 1;
            match ran.code {
                STOPPED => assert!(ran.out.is_empty() && turns < 200),
                _ => break ran,
            }
        };
        assert!(turns > 2, "{turns}");
        assert_eq!((last.code, &last.out), (0, &whole.out), "{}", last.err);
    }
    // Killed as soon as a file of each stage is there.
    for stage in ["manifest.json", "slice-", "vessels-0003.events", "in-order", "cell-", "across"] {
        forget(&data);
        let args = ["detect", "--from", "1970-01-01", "--to", "2100-01-01", "--json", "--workers", "1"];
        let mut child = start(&[&args[..], &["--data", text(&data)]].concat());
        let folder = data.join("detect");
        until("a file of the stage", || {
            let names = std::fs::read_dir(&folder).into_iter().flatten().flatten();
            let found = names
                .map(|entry| entry.file_name().into_string().unwrap())
                .any(|name| name.starts_with(stage));
            (found || child.try_wait().unwrap().is_some()).then_some(())
        });
        let _gone = child.kill();
        child.wait().unwrap();
        let ran = detect(&data, &[]);
        assert_eq!((ran.code, &ran.out), (0, &whole.out), "{stage}: {}", ran.err);
        assert!(!ran.err.contains("begun anew"), "{stage}: {}", ran.err);
    }
}

#[test]
fn another_question_begins_anew_and_says_so() {
    let (_, data) = sea("run-anew");
    let whole = detect(&data, &[]);
    assert_eq!(detect(&data, &["--units", "1"]).out, whole.out);
    let gaps = detect(&data, &["gaps"]);
    assert!(gaps.err.contains("begun anew: the run before was of other kinds"), "{}", gaps.err);
    let only: Vec<&str> = whole.out.lines().filter(|line| line.contains("\"kind\":\"gap\"")).collect();
    assert_eq!(gaps.out.lines().collect::<Vec<_>>(), only);
    std::fs::write(data.join("bitacora.toml"), "[sea.gap]\nmin_duration = 3600000000\n").unwrap();
    let other = detect(&data, &["gaps"]);
    assert!(other.err.contains("begun anew: the run before was of other parameters"), "{}", other.err);
    assert!(other.out.lines().count() >= only.len());
}

#[test]
fn a_window_reports_what_its_halves_do() {
    let (_, data) = sea("run-window");
    let store = Store::open(&data, None).unwrap();
    let (first, last) = store.archive_span().unwrap().unwrap();
    drop(store);
    let quarter =
        |n: i64| Instant::from_micros(first.micros() + (last.micros() - first.micros()) / 4 * n).to_string();
    let window = |from: i64, to: i64| {
        let (from, to) = (quarter(from), quarter(to));
        let ran = run(&["detect", "--from", &from, "--to", &to, "--json", "--data", text(&data)]);
        assert_eq!(ran.code, 0, "{}", ran.err);
        lines(&ran)
    };
    let (left, right, whole) = (window(1, 2), window(2, 3), window(1, 3));
    assert!(!left.is_empty() && !right.is_empty());
    let both: BTreeMap<_, _> = left.iter().chain(&right).map(|(id, line)| (*id, line.clone())).collect();
    assert_eq!(both, whole);
    assert!(left.keys().any(|id| right.contains_key(id)), "nothing goes on over the border");
    assert!(whole.len() < lines(&detect(&data, &[])).len());
}

/// Two vessels through a night: one is silent for eight hours, of which the other file knows more.
fn nights() -> [String; 2] {
    let (mut early, mut late) =
        ("time,mmsi,lat,lon,sog,cog\n".to_owned(), "time,mmsi,lat,lon,sog,cog\n".to_owned());
    for minute in 0..900_i64 {
        let time = Instant::from_secs(1_773_000_000 + minute * 60);
        let row = |mmsi: u32, lat: f64| {
            format!("{time},{mmsi},{lat:.5},{:.5},8.0,90\n", -77.0 + minute as f64 * 0.0022)
        };
        early.push_str(&row(290_000_002, 12.9));
        if (200..680).contains(&minute) { &mut late } else { &mut early }.push_str(&row(290_000_001, 12.5));
    }
    [early, late]
}

#[test]
fn later_data_revise_by_new_facts_and_a_rerun_writes_nothing() {
    let folder = folder("run-store");
    let data = folder.join("data");
    let [early, late] = nights();
    ingest(&data, &[&file(&folder, "early.csv", early.as_bytes())]);
    let before = in_database(&data);
    assert_eq!(before.len(), 1, "{before:?}");
    let gap: Event = serde_json::from_str(before.values().next().unwrap()).unwrap();
    let told = |ran: Ran| {
        assert_eq!(ran.code, 0, "{}", ran.err);
        ran.err.lines().find(|line| line.starts_with("stored: ")).unwrap().to_owned()
    };
    let none = "stored: 0 new, 0 revised, 0 withdrawn; 1 the same, 0 going on";
    assert_eq!(told(detect(&data, &["--store"])), none);
    ingest(&data, &[&file(&folder, "late.csv", late.as_bytes())]);
    assert_eq!(in_database(&data), before, "what came later is stored, and found nothing by itself");
    assert_eq!(
        told(detect(&data, &["--store"])),
        "stored: 0 new, 0 revised, 1 withdrawn; 0 the same, 0 going on"
    );
    assert!(in_database(&data).is_empty());
    let store = Store::open(&data, None).unwrap();
    let latest = store.event(gap.id).unwrap().unwrap().event;
    assert_eq!((latest.revision, latest.withdrawn), (gap.revision + 1, true));
    drop(store);
    assert_eq!(
        told(detect(&data, &["--store"])),
        "stored: 0 new, 0 revised, 0 withdrawn; 0 the same, 0 going on"
    );
}

#[test]
fn what_cannot_be_read_is_named_and_the_rest_goes_on() {
    let folder = folder("run-refused");
    let data = folder.join("data");
    let [early, _] = nights();
    ingest(&data, &[&file(&folder, "early.csv", early.as_bytes())]);
    let whole = detect(&data, &[]);
    // A row that is no place on earth, in a file of its own.
    let source = SourceId::of(&[b"bad"]);
    let good = stored(&data)[0];
    let store = Store::open(&data, None).unwrap();
    let of_bad = Source {
        id: source,
        kind: "ais".into(),
        name: "bad".into(),
        location: "bad".into(),
        raw_path: None,
        first_seen: good.time,
    };
    store.register_source(&of_bad).unwrap();
    let row = PositionRow { lat: 95.0, source, line: 1, mmsi: Mmsi::new(290_000_009).unwrap(), ..good };
    let mut batch = Batch::new(source, 1, good.time);
    batch.positions = vec![row];
    store.commit(&batch).unwrap();
    drop(store);
    // The archive as a folder, with a file cut short and one that is none.
    let positions = data.join("positions");
    let day = std::fs::read_dir(&positions)
        .unwrap()
        .flatten()
        .map(|entry| entry.path())
        .find(|path| path.file_name().unwrap().to_string_lossy().starts_with("day="))
        .unwrap();
    let some = std::fs::read_dir(&day).unwrap().flatten().next().unwrap().path();
    let bytes = std::fs::read(&some).unwrap();
    std::fs::write(day.join("cut.parquet"), &bytes[..bytes.len() / 2]).unwrap();
    std::fs::write(day.join("text.parquet"), b"this is no Parquet").unwrap();
    let ran = detect(&data, &["--archive", text(&positions)]);
    assert_eq!(ran.code, REFUSED, "{}", ran.err);
    assert_eq!(ran.out, whole.out);
    let refused: Vec<&str> = ran.err.lines().filter(|line| line.starts_with("refused: ")).collect();
    assert_eq!(refused.len(), 3, "{refused:?}");
    assert!(refused[0].contains("cut.parquet") && refused[2].contains("text.parquet"), "{refused:?}");
    assert!(refused[1].contains("row group 0 row 0: the position is no place on earth"), "{refused:?}");
    // Told again by a run that has nothing left to do.
    assert_eq!(detect(&data, &["--archive", text(&positions)]).code, REFUSED);
}

#[test]
fn an_address_that_this_program_cannot_read_is_refused_with_the_feature_it_needs() {
    let data = folder("run-address").join("data");
    let ran = detect(&data, &["--archive", "s3://bucket/positions"]);
    assert_ne!(ran.code, 0);
    if !cfg!(feature = "object-store") {
        assert!(ran.err.contains("object-store") && ran.err.contains("s3://bucket/positions"), "{}", ran.err);
    }
    for (from, to, why) in [
        ("2026-02-30", "2026-03-01", "2026-02-30"),
        ("2026-03-02", "2026-03-01", "not before"),
        ("2026-03-01", "2026-03-01", "excluded"),
    ] {
        let ran = run(&["detect", "--from", from, "--to", to, "--data", text(&data)]);
        assert!(ran.code != 0 && ran.err.contains(why), "{}", ran.err);
    }
    let ran =
        run(&["detect", "segments", "--from", "2026-03-01", "--to", "2026-03-02", "--data", text(&data)]);
    assert!(ran.code != 0 && ran.err.contains("encounters gaps loitering identity"), "{}", ran.err);
}

#[test]
fn tables_of_the_archive_have_the_columns_of_tables() {
    let (folder, data) = sea("run-tables");
    let out = folder.join("tables");
    let ran = run(&[
        "detect",
        "--from",
        "1970-01-01",
        "--to",
        "2100-01-01",
        "--data",
        text(&data),
        "--out",
        &format!("{}/", text(&out)),
    ]);
    assert_eq!((ran.code, ran.out.as_str()), (0, ""), "{}", ran.err);
    let header = |name: &str| {
        let text = std::fs::read_to_string(out.join(name)).unwrap();
        assert!(text.lines().count() > 1, "{name} is empty");
        text.lines().next().unwrap().to_owned()
    };
    assert_eq!(
        header("gaps.csv"),
        "mmsi,off_time,off_lat,off_lon,on_time,on_lat,on_lon,distance_m,implied_speed_kn,open"
    );
    assert_eq!(
        header("encounters.csv"),
        "vessel_1,vessel_2,start,end,median_distance_m,min_distance_m,median_speed_kn,mean_lat,mean_lon,\
         start_lat,start_lon,end_lat,end_lon,points_1,points_2"
    );
    assert_eq!(header("loitering.csv"), "mmsi,start,end,duration_h,distance_m,avg_speed_kn");
    assert_eq!(header("identity.csv"), "mmsi,start,end,distance_m,reason");
    assert!(run(&["detect", "gaps", "--describe"]).out.contains("min_hours"));
}
