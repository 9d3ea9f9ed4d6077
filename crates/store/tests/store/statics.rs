//! What a vessel said of itself comes back as it was said, each report once.

use bitacora_primitives::{EvidenceRef, SourceId};
use bitacora_sea::contacts::StaticReport;
use bitacora_store::{Store, StoreError};

use crate::fixture::*;
use crate::on_both;

on_both![
    what_was_said_comes_back_by_time_number_and_evidence,
    a_span_gives_what_was_said_in_it,
    reports_up_to_the_mark_are_not_stored_again,
    a_report_beyond_the_batch_or_of_another_source_is_refused,
    merging_small_files_changes_no_report,
    files_of_reports_without_a_row_do_not_count,
    positions_of_an_older_schema_are_told_to_lack_them,
];

fn all(store: &Store) -> Vec<StaticReport> {
    store.statics(at(-1_000_000), at(1_000_000)).unwrap()
}

fn put(store: &Store, line: u64, rows: &[StaticReport]) -> u64 {
    let mut next = batch(line);
    next.statics = rows.to_vec();
    store.commit(&next).unwrap().statics
}

/// Over midnight, two vessels at a time, a third of it out of order.
fn some(lines: std::ops::RangeInclusive<u64>) -> Vec<StaticReport> {
    lines.map(|line| says(line, (line ^ 1) as i64 / 2 - 20, 211_000_001 + (line % 2) as u32)).collect()
}

fn in_order(mut rows: Vec<StaticReport>) -> Vec<StaticReport> {
    rows.sort_by_key(|row| (row.observed, row.mmsi, row.evidence));
    rows
}

fn what_was_said_comes_back_by_time_number_and_evidence(case: &Case) {
    let store = case.with_source();
    let rows = some(1..=90);
    assert_eq!(put(&store, 90, &rows), 90);
    assert_eq!(all(&store), in_order(rows));
    let id = source();
    assert_eq!(
        case.files("statics"),
        [format!("day=2026-11-20/{id}-00000001.parquet"), format!("day=2026-11-21/{id}-00000001.parquet")]
    );
    let told: Vec<(String, i64)> =
        store.static_files().unwrap().into_iter().map(|file| (file.name, file.day)).collect();
    assert_eq!(told.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>(), case.files("statics"));
    assert_eq!(told[1].1, at(0).day());
    assert_eq!(told[0].1 + 1, told[1].1);
    assert_eq!(store.statics_lacking().unwrap(), None);
}

fn a_span_gives_what_was_said_in_it(case: &Case) {
    let store = case.with_source();
    // More than a row group.
    let rows: Vec<StaticReport> =
        (1..=140_000).map(|line| says(line, line as i64 / 2, 211_000_001)).collect();
    put(&store, 140_000, &rows);
    for (from, to) in [(0, 0), (100, 119), (65_530, 65_540), (69_999, 80_000), (70_001, 80_000)] {
        let wanted = rows.iter().filter(|row| row.observed >= at(from) && row.observed <= at(to));
        let wanted: Vec<StaticReport> = wanted.cloned().collect();
        assert_eq!(store.statics(at(from), at(to)).unwrap(), wanted, "{from} to {to}");
    }
}

fn reports_up_to_the_mark_are_not_stored_again(case: &Case) {
    let store = case.with_source();
    let rows = some(1..=50);
    assert_eq!(put(&store, 20, &rows[..20]), 20);
    // Read again from the beginning after a crash.
    assert_eq!(put(&store, 50, &rows), 30);
    assert_eq!(put(&store, 50, &rows), 0);
    assert_eq!(all(&store), in_order(rows));
}

fn a_report_beyond_the_batch_or_of_another_source_is_refused(case: &Case) {
    let store = case.with_source();
    let mut foreign = says(3, 1, 211_000_001);
    foreign.evidence = EvidenceRef { source: SourceId::of(&[b"other"]), ..foreign.evidence };
    for (strange, line) in [(says(11, 1, 211_000_001), 11), (foreign, 3)] {
        let mut next = batch(10);
        next.statics = vec![says(1, 1, 211_000_001), strange];
        let refused = store.commit(&next);
        assert!(
            matches!(&refused, Err(StoreError::NotOfBatch { line: told, through: 10, .. }) if *told == line),
            "{refused:?}"
        );
    }
    assert_eq!(all(&store), []);
}

fn merging_small_files_changes_no_report(case: &Case) {
    let store = case.with_source();
    let rows = some(61..=180);
    for (number, rows) in rows.chunks(6).enumerate() {
        put(&store, 66 + number as u64 * 6, rows);
    }
    let day = at(0).day();
    assert_eq!(case.files("statics").len(), 20);
    assert_eq!(store.compact_statics(day, 100).unwrap().parts_in, 20);
    assert_eq!(case.files("statics"), ["day=2026-11-21/merged-00000001.parquet"]);
    assert_eq!(store.compact_statics(day, 1000).unwrap().parts_in, 0, "one file is left alone");
    assert_eq!(all(&case.open()), in_order(rows));
}

/// What a crash between renaming and committing leaves.
fn files_of_reports_without_a_row_do_not_count(case: &Case) {
    let store = case.with_source();
    let rows = some(61..=66);
    put(&store, 66, &rows);
    let folder = case.folder.path().join("statics");
    let kept = folder.join(&case.files("statics")[0]);
    std::fs::copy(&kept, folder.join("day=2026-11-21/merged-00000001.parquet")).unwrap();
    std::fs::copy(&kept, folder.join(".staging/1-0.parquet")).unwrap();
    assert_eq!(all(&store).len(), 6);
    drop(store);
    let store = case.open();
    assert_eq!(case.files("statics").len(), 1, "opening removed the stray");
    assert_eq!(std::fs::read_dir(folder.join(".staging")).unwrap().count(), 0);
    assert_eq!(all(&store), in_order(rows));
}

fn positions_of_an_older_schema_are_told_to_lack_them(case: &Case) {
    let store = case.with_source();
    let mut old = batch(2);
    old.positions = vec![fix(1, 10, 211_000_001), fix(2, 90, 211_000_001)];
    store.commit(&old).unwrap();
    drop(store);
    // What the schema before knew.
    let back = "DROP TABLE static_part_retired; DROP TABLE static_part; DROP TABLE static_lacking; \
                DELETE FROM schema_version WHERE version = (SELECT MAX(version) FROM schema_version)";
    match &case.database {
        Some(address) => {
            let mut client = postgres::Client::connect(address, postgres::NoTls).unwrap();
            client.batch_execute(back).unwrap();
        }
        None => rusqlite::Connection::open(case.folder.path().join("bitacora.sqlite"))
            .unwrap()
            .execute_batch(back)
            .unwrap(),
    }
    let store = case.open();
    let mut new = batch(4);
    new.positions = vec![fix(3, 5000, 211_000_001)];
    new.statics = vec![says(4, 5001, 211_000_001)];
    store.commit(&new).unwrap();
    assert_eq!(store.statics_lacking().unwrap(), Some((at(10), at(90))));
    assert_eq!(case.open().statics_lacking().unwrap(), Some((at(10), at(90))));
}
