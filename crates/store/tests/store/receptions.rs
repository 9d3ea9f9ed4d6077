//! Who heard a transmission comes back as it went in, each hearing once.

use bitacora_store::{ReceptionQuery, Receptions, Store, StoreError, StoredReception};

use crate::fixture::*;
use crate::on_both;

on_both![
    hearings_come_back_with_the_names_of_their_stations,
    a_transmission_is_found_by_its_kept_line,
    hearings_up_to_the_mark_are_not_stored_again,
    a_hearing_beyond_the_batch_is_refused,
    merging_small_files_changes_no_hearing,
    files_of_hearings_without_a_row_do_not_count,
    a_file_with_a_hearing_without_its_bits_says_so,
];

fn all() -> ReceptionQuery {
    ReceptionQuery { from: at(-1_000_000), to: at(1_000_000), kept: None }
}

fn of(rows: &[StoredReception]) -> Receptions {
    let mut receptions = Receptions::default();
    for one in rows {
        receptions.push(one.row, one.station.as_bytes());
    }
    receptions
}

fn put(store: &Store, line: u64, rows: &[StoredReception]) -> u64 {
    let mut next = batch(line);
    next.receptions = of(rows);
    store.commit(&next).unwrap().receptions
}

/// Three stations, one of them unnamed, over midnight; every third line is the first hearing, two copies follow.
fn some(lines: std::ops::RangeInclusive<u64>) -> Vec<StoredReception> {
    let station = |line: u64| ["alpha", "", "bravo ñ"][line as usize % 3];
    let kept = |line: u64| line - (line - 1) % 3;
    lines.map(|line| reception(kept(line), line, kept(line) as i64 - 20, station(line))).collect()
}

fn hearings_come_back_with_the_names_of_their_stations(case: &Case) {
    let store = case.with_source();
    let mut rows = some(1..=60);
    rows[4].row.mmsi = u32::MAX;
    rows[5].row.message_type = u8::MAX;
    assert_eq!(put(&store, 60, &rows), 60);
    assert_eq!(store.receptions(&all()).unwrap(), rows);
    let id = source();
    assert_eq!(
        case.files("receptions"),
        [format!("day=2026-11-20/{id}-00000001.parquet"), format!("day=2026-11-21/{id}-00000001.parquet")]
    );
    // A name that is no text is kept as what it resembles.
    let mut next = batch(61);
    next.receptions.push(reception(61, 61, 61, "").row, b"\xff1");
    store.commit(&next).unwrap();
    assert_eq!(store.receptions(&all()).unwrap()[60].station, "\u{fffd}1");
}

fn a_transmission_is_found_by_its_kept_line(case: &Case) {
    let store = case.with_source();
    // More than a row group, and the copies of line 299,998 stand in the next commit's file.
    let rows = some(1..=300_001);
    let (first, second) = rows.split_at(299_999);
    put(&store, 299_999, first);
    put(&store, 300_001, second);
    for line in [1, 139_999, 299_998] {
        let time = at(line as i64 - 20);
        let found = store.receptions(&ReceptionQuery { from: time, to: time, kept: Some((source(), line)) });
        assert_eq!(found.unwrap(), rows[line as usize - 1..line as usize + 2], "line {line}");
    }
    let kept = Some((bitacora_primitives::SourceId::of(&[b"other"]), 1));
    assert_eq!(store.receptions(&ReceptionQuery { kept, ..all() }).unwrap(), []);
}

fn hearings_up_to_the_mark_are_not_stored_again(case: &Case) {
    let store = case.with_source();
    let rows = some(1..=50);
    assert_eq!(put(&store, 20, &rows[..20]), 20);
    // Read again from the beginning after a crash.
    assert_eq!(put(&store, 50, &rows), 30);
    assert_eq!(put(&store, 50, &rows), 0);
    assert_eq!(store.receptions(&all()).unwrap(), rows);
}

fn a_hearing_beyond_the_batch_is_refused(case: &Case) {
    let store = case.with_source();
    let mut next = batch(10);
    next.receptions = of(&some(1..=11));
    assert!(matches!(store.commit(&next), Err(StoreError::NotOfBatch { line: 11, through: 10, .. })));
    assert_eq!(store.receptions(&all()).unwrap(), []);
}

fn merging_small_files_changes_no_hearing(case: &Case) {
    let store = case.with_source();
    let rows = some(61..=180);
    for (number, rows) in rows.chunks(6).enumerate() {
        put(&store, 66 + number as u64 * 6, rows);
    }
    let day = at(0).day();
    assert_eq!(case.files("receptions").len(), 20);
    assert_eq!(store.compact_receptions(day, 100).unwrap().parts_in, 20);
    assert_eq!(case.files("receptions"), ["day=2026-11-21/merged-00000001.parquet"]);
    assert_eq!(store.receptions(&all()).unwrap(), rows);
    assert_eq!(store.compact_receptions(day, 1000).unwrap().parts_in, 0, "one file is left alone");
    assert_eq!(case.open().receptions(&all()).unwrap(), rows);
}

/// What a crash between renaming and committing leaves.
fn files_of_hearings_without_a_row_do_not_count(case: &Case) {
    let store = case.with_source();
    put(&store, 66, &some(61..=66));
    let folder = case.folder.path().join("receptions");
    let kept = folder.join(&case.files("receptions")[0]);
    std::fs::copy(&kept, folder.join("day=2026-11-21/merged-00000001.parquet")).unwrap();
    std::fs::copy(&kept, folder.join(".staging/1-0.parquet")).unwrap();
    assert_eq!(store.receptions(&all()).unwrap().len(), 6);
    drop(store);
    let store = case.open();
    assert_eq!(case.files("receptions").len(), 1, "opening removed the stray");
    assert_eq!(std::fs::read_dir(folder.join(".staging")).unwrap().count(), 0);
    assert_eq!(store.receptions(&all()).unwrap().len(), 6);
}

fn a_file_with_a_hearing_without_its_bits_says_so(case: &Case) {
    let store = case.with_source();
    let mut rows = some(61..=180);
    // What is read of a file from before the bits were stored.
    rows[90].row.payload = None;
    put(&store, 120, &rows[..60]);
    put(&store, 180, &rows[60..]);
    let with: Vec<bool> = store.reception_files().unwrap().iter().map(|file| file.has_payload).collect();
    assert_eq!(with, [true, false]);
    assert_eq!(store.receptions(&all()).unwrap(), rows);
    assert_eq!(store.compact_receptions(at(0).day(), 1_000).unwrap().parts_in, 2);
    let merged = store.reception_files().unwrap();
    assert_eq!((merged.len(), merged[0].has_payload), (1, false));
    assert_eq!(merged[0].name, case.files("receptions")[0]);
    assert_eq!(store.receptions(&all()).unwrap(), rows);
}
