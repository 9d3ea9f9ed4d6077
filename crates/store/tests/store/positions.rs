//! Positions come back as they went in, pruned or not, merged or not.

use bitacora_primitives::Duration;
use bitacora_store::{PositionQuery, PositionRow, Store};
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::RowAccessor;

use crate::fixture::*;
use crate::on_both;

on_both![
    rows_come_back_as_they_went_in,
    a_file_is_a_layer_of_points_to_a_geographic_program,
    a_question_reads_only_what_it_asks,
    a_large_part_is_pruned_by_its_row_groups,
    the_latest_of_each_vessel,
    density_tells_silence_from_absence,
    merging_small_files_changes_no_answer,
    files_without_a_row_do_not_count,
];

fn all() -> PositionQuery {
    PositionQuery { from: at(-1_000_000), to: at(1_000_000), mmsi: None, limit: 10_000_000 }
}

fn put(store: &Store, line: u64, rows: Vec<PositionRow>) {
    let mut next = batch(line);
    next.positions = rows;
    store.commit(&next).unwrap();
}

/// Every Parquet file in the day folders, relative to the positions folder.
fn files(case: &Case) -> Vec<String> {
    let positions = case.folder.path().join("positions");
    let mut names = Vec::new();
    for day in std::fs::read_dir(&positions).unwrap().flatten() {
        let day_name = day.file_name().into_string().unwrap();
        if day_name.starts_with("day=") {
            for file in std::fs::read_dir(day.path()).unwrap().flatten() {
                names.push(format!("{day_name}/{}", file.file_name().into_string().unwrap()));
            }
        }
    }
    names.sort();
    names
}

fn rows_come_back_as_they_went_in(case: &Case) {
    let store = case.with_source();
    // Out of order and over midnight.
    let mut rows: Vec<_> =
        (1..=50).map(|line| fix(line, 25 - line as i64, 211_000_000 + line as u32)).collect();
    rows[7] = PositionRow {
        sog_kn: None,
        cog_deg: None,
        heading_deg: None,
        nav_status: Some(15),
        track: None,
        offset: None,
        lat: -90.0,
        lon: 180.0,
        flags: u16::MAX,
        ..rows[7]
    };
    put(&store, 50, rows.clone());
    rows.sort_by_key(|row| row.time);
    assert_eq!(store.positions(&all()).unwrap().rows, rows);
    let id = source();
    assert_eq!(
        files(case),
        [format!("day=2026-11-20/{id}-00000001.parquet"), format!("day=2026-11-21/{id}-00000001.parquet")]
    );
    assert_eq!(store.archive_span().unwrap(), Some((at(-25), at(24))));
    assert_eq!(std::fs::read_dir(case.folder.path().join("positions/.staging")).unwrap().count(), 0);
}

/// GeoParquet 1.1.0: the key `geo`, and a column of well-known binary.
fn a_file_is_a_layer_of_points_to_a_geographic_program(case: &Case) {
    let store = case.with_source();
    let rows: Vec<_> = (1..=50).map(|line| fix(line, line as i64, 211_000_000)).collect();
    put(&store, 50, rows.clone());
    let path = case.folder.path().join("positions").join(&files(case)[0]);
    let file = SerializedFileReader::new(std::fs::File::open(path).unwrap()).unwrap();
    let keys = file.metadata().file_metadata().key_value_metadata().unwrap();
    let geo = keys.iter().find(|entry| entry.key == "geo").and_then(|entry| entry.value.as_ref()).unwrap();
    let geo: serde_json::Value = serde_json::from_str(geo).unwrap();
    let column = &geo["columns"][geo["primary_column"].as_str().unwrap()];
    assert_eq!((&geo["version"], &column["encoding"]), (&"1.1.0".into(), &"WKB".into()));
    assert_eq!(column["geometry_types"], serde_json::json!(["Point"]));
    let least = |of: fn(&PositionRow) -> f64| rows.iter().map(of).fold(f64::INFINITY, f64::min);
    assert_eq!(
        (&column["bbox"][0], &column["bbox"][1]),
        (&least(|row| row.lon).into(), &least(|row| row.lat).into())
    );
    for (row, stored) in rows.iter().zip(file.get_row_iter(None).unwrap()) {
        let stored = stored.unwrap();
        let point = stored.get_bytes(stored.len() - 1).unwrap().data().to_vec();
        let number = |at: usize| f64::from_le_bytes(point[at..at + 8].try_into().unwrap());
        assert_eq!((point.len(), &point[..5]), (21, &[1, 1, 0, 0, 0][..]));
        assert_eq!((number(5), number(13)), (row.lon, row.lat));
    }
}

fn a_question_reads_only_what_it_asks(case: &Case) {
    let store = case.with_source();
    for part in 0..10_u64 {
        let rows = (1..=100).map(|n| part * 100 + n);
        put(
            &store,
            part * 100 + 100,
            rows.map(|line| fix(line, line as i64, 211_000_000 + line as u32 % 3)).collect(),
        );
    }
    let ask = |from, to, number: Option<u32>, limit| {
        let query = PositionQuery { from: at(from), to: at(to), mmsi: number.map(mmsi), limit };
        let found = store.positions(&query).unwrap();
        (found.rows.iter().map(|row| row.line).collect::<Vec<_>>(), found.truncated)
    };
    assert_eq!(ask(100, 102, None, 100), (vec![100, 101, 102], false), "both ends are included");
    assert_eq!(ask(100, 106, Some(211_000_001), 100), (vec![100, 103, 106], false));
    assert_eq!(ask(0, 1000, None, 3), (vec![1, 2, 3], true), "the earliest are kept");
    assert_eq!(ask(0, 1000, Some(211_000_002), 2), (vec![2, 5], true));
    assert_eq!(ask(0, 1000, None, 1000).0.len(), 1000);
    assert!(!ask(0, 1000, None, 1000).1);
    assert_eq!(ask(0, 1000, None, 0), (vec![], false));
    assert_eq!(ask(1001, 2000, None, 10), (vec![], false));
    // A file outside the question is not opened: break it, and ask past it.
    let broken = case.folder.path().join("positions").join(&files(case)[0]);
    std::fs::write(&broken, b"no Parquet").unwrap();
    assert_eq!(ask(101, 103, None, 10).0, [101, 102, 103]);
    let error = store.positions(&PositionQuery { from: at(1), to: at(2), mmsi: None, limit: 1 }).unwrap_err();
    assert!(error.to_string().contains("00000001.parquet"), "{error}");
}

fn a_large_part_is_pruned_by_its_row_groups(case: &Case) {
    let store = case.with_source();
    let count = 300_000_u64;
    let rows =
        (1..=count).map(|line| fix(line, line as i64 / 10, 211_000_000 + line as u32 % 5000)).collect();
    put(&store, count, rows);
    let query = PositionQuery { from: at(20_000), to: at(20_001), mmsi: None, limit: 100 };
    let lines: Vec<u64> = store.positions(&query).unwrap().rows.iter().map(|row| row.line).collect();
    assert_eq!(lines, (200_000..200_020).collect::<Vec<_>>());
    let track = PositionQuery { mmsi: Some(mmsi(211_000_007)), ..all() };
    assert_eq!(store.positions(&track).unwrap().rows.len(), 60);
    let bounded = store.positions(&PositionQuery { limit: 1000, ..all() }).unwrap();
    assert_eq!((bounded.rows.len(), bounded.rows[999].line, bounded.truncated), (1000, 1000, true));
}

fn the_latest_of_each_vessel(case: &Case) {
    let store = case.with_source();
    put(&store, 2, vec![fix(1, 100, 211_000_001), fix(2, 200, 211_000_002)]);
    put(&store, 4, vec![fix(3, 150, 211_000_001), fix(4, 50, 211_000_003)]);
    let latest = |seconds, window| {
        let rows = store.latest_positions(at(seconds), Duration::from_secs(window)).unwrap();
        rows.iter().map(|row| row.line).collect::<Vec<_>>()
    };
    assert_eq!(latest(1000, 1000), [3, 2, 4]);
    assert_eq!(latest(149, 1000), [1, 4]);
    assert_eq!(latest(200, 100), [3, 2]);
    assert_eq!(latest(200, 50), [2], "a fix at the window's far end is too old");
}

fn density_tells_silence_from_absence(case: &Case) {
    let store = case.with_source();
    put(
        &store,
        4,
        vec![
            fix(1, 0, 211_000_001),
            fix(2, 5, 211_000_001),
            fix(3, 25, 211_000_001),
            fix(4, 39, 211_000_001),
        ],
    );
    put(&store, 5, vec![fix(5, 62, 211_000_001)]);
    let density = store.density(at(0), at(80), 8).unwrap();
    assert_eq!(density, [Some(2), Some(0), Some(1), Some(1), None, None, Some(1), None]);
    assert_eq!(store.density(at(0), at(0), 2).unwrap(), [None, None]);
    assert_eq!(store.density(at(0), at(39), 1).unwrap(), [Some(3)], "the end is not included");
    assert_eq!(store.density(at(0), at(80), 0).unwrap(), []);
}

fn merging_small_files_changes_no_answer(case: &Case) {
    let store = case.with_source();
    for line in 1..=20 {
        put(&store, line, vec![fix(line, 30 - line as i64, 211_000_000 + line as u32 % 4)]);
    }
    put(&store, 120, (21..=120).map(|line| fix(line, line as i64, 211_000_001)).collect());
    let before = store.positions(&all()).unwrap();
    let day = at(0).day();
    assert_eq!(store.compact(day, 100).unwrap().parts_in, 20);
    assert_eq!(files(case).len(), 2, "the merged file and the one that was large enough");
    assert_eq!(store.positions(&all()).unwrap(), before);
    assert_eq!(store.compact(day, 100).unwrap().parts_in, 0, "one small file is left alone");
    assert_eq!(store.compact(day, 1000).unwrap().rows, 120);
    assert_eq!(store.compact(day + 1, 1000).unwrap().parts_in, 0);
    assert_eq!(files(case), ["day=2026-11-21/merged-00000002.parquet"]);
    assert_eq!(case.open().positions(&all()).unwrap(), before);
    put(&store, 121, vec![fix(121, 500, 211_000_001)]);
    assert_eq!(store.positions(&all()).unwrap().rows.len(), 121);
}

/// What a crash between renaming and committing leaves, and between writing and renaming.
fn files_without_a_row_do_not_count(case: &Case) {
    let store = case.with_source();
    put(&store, 1, vec![fix(1, 1, 211_000_001)]);
    let positions = case.folder.path().join("positions");
    let kept = positions.join(&files(case)[0]);
    let stray = positions.join(format!("day=2026-11-21/{}-00000002.parquet", source()));
    std::fs::copy(&kept, &stray).unwrap();
    std::fs::copy(&kept, positions.join(".staging/1-0.parquet")).unwrap();
    let held = std::fs::File::create(positions.join(".staging/2-0.parquet")).unwrap();
    held.lock().unwrap();
    assert_eq!(store.positions(&all()).unwrap().rows.len(), 1);
    // The batch that is read again takes the stray's name.
    put(&store, 3, vec![fix(2, 2, 211_000_001), fix(3, 3, 211_000_001)]);
    assert_eq!(store.positions(&all()).unwrap().rows.len(), 3);
    std::fs::copy(&kept, positions.join("day=2026-11-21/merged-00000001.parquet")).unwrap();
    drop(store);
    let store = case.open();
    assert_eq!(files(case).len(), 2, "opening removed the stray");
    let staged: Vec<_> = std::fs::read_dir(positions.join(".staging")).unwrap().flatten().collect();
    assert_eq!(staged.len(), 1, "a file that another process is writing is left alone");
    assert_eq!(store.positions(&all()).unwrap().rows.len(), 3);
}
