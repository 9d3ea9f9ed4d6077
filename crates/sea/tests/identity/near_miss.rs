//! A number misread by one bit.

use bitacora_sea::Kind;
use bitacora_sea::tracks::identity::near_miss::{NearMisses, near_misses};
use bitacora_sea::tracks::identity::{Finding, NearMissParameters};
use bitacora_sea::tracks::positions::Row;
use proptest::prelude::*;

use crate::shared::laws::{moved, runner, shuffled};
use crate::traffic::{fix, gist, last_revisions, row};

const BASE: u32 = 352_001_024;

/// Vessel `mmsi` at 12 kn due north from `start`, a fix every 20 s, for two hours.
fn under_way(mmsi: u32, lat: f64, lon: f64) -> Vec<Row> {
    (0..360)
        .map(|k| row(mmsi, f64::from(k) * 20.0, lat + f64::from(k) * 20.0 * 12.0 / 216_000.0, lon, 12.0, 0.0))
        .collect()
}

/// Traffic with one number misread twice (its fixes lie between those of the hull), one that is far away, one
/// that goes on being heard, and one whose neighbour is at the next berth.
fn traffic() -> Vec<Row> {
    let mut rows = under_way(BASE, 9.0, -79.5);
    let misread = |seconds: f64| row(BASE ^ 8, seconds, 9.0 + seconds * 12.0 / 216_000.0, -79.5, 12.0, 0.0);
    rows.extend([misread(3_010.0), misread(3_550.0)]);
    rows.push(row(BASE ^ 16, 3_010.0, 9.5, -79.5, 12.0, 0.0));
    rows.extend(
        (0..40).map(|k| misread(1_000.0 + f64::from(k) * 30.0)).map(|one| Row { mmsi: BASE ^ 32, ..one }),
    );
    rows.push(row(BASE ^ 64, 3_010.0, 9.0 + 3_010.0 * 12.0 / 216_000.0 + 0.003, -79.5, 12.0, 0.0));
    rows.push(Row { mmsi: BASE ^ 3, ..misread(3_010.0) });
    rows.sort_by_key(|one| (one.micros, one.mmsi));
    rows
}

pub fn misread(rows: &[Row]) -> Vec<Finding> {
    near_misses(&rows.iter().copied().collect(), &NearMissParameters::default())
}

#[test]
fn a_number_misread_by_one_bit_is_told_from_one_that_exists() {
    let found = misread(&traffic());
    assert_eq!(found.len(), 1, "{found:#?}");
    let one = &found[0];
    assert_eq!((one.mmsi.number(), one.other.unwrap().number()), (BASE ^ 8, BASE));
    assert_eq!(one.kind, Kind::MmsiNearMiss);
    assert_eq!((one.numbers["messages"], one.numbers["bit"]), (2.0, 3.0));
    assert!(one.numbers["distance_m"] < 5.0);
    assert!(one.evidence.len() >= 4);
}

#[test]
fn a_number_first_taken_for_misread_is_taken_back_when_it_goes_on() {
    let mut rows = under_way(BASE, 9.0, -79.5);
    let own = |seconds: f64| row(BASE ^ 8, seconds, 9.0 + seconds * 12.0 / 216_000.0, -79.5, 12.0, 0.0);
    rows.push(own(610.0));
    rows.extend((0..10).map(|k| own(3_010.0 + f64::from(k) * 60.0)));
    rows.sort_by_key(|one| (one.micros, one.mmsi));
    let mut detector = NearMisses::new(NearMissParameters::default());
    let mut out = Vec::new();
    for (line, one) in rows.iter().enumerate() {
        detector.observe(&fix(one, line), &mut out);
    }
    detector.finish(&mut out);
    assert_eq!(
        out.iter().map(|one| (one.revision, one.withdrawn)).collect::<Vec<_>>(),
        [(0, false), (1, true)]
    );
    assert!(misread(&rows).is_empty());
}

#[test]
fn what_must_not_change_misread_numbers_does_not() {
    let rows = traffic();
    let plain = gist(&misread(&rows), 0, |mmsi| mmsi);
    assert_eq!(plain.len(), 1, "{plain:?}");
    let strategy = (-4_000_i64..4_000, 0_u32..36, 0_u32..1_000, 0_usize..420, any::<u64>());
    let law = |(days, turn, mask, cut, seed): (i64, u32, u32, usize, u64)| {
        let there = misread(&moved(&rows, days, turn, |mmsi| mmsi ^ mask));
        prop_assert_eq!(&plain, &gist(&there, days, |mmsi| mmsi ^ mask));
        let doubled: Vec<Row> = rows.iter().flat_map(|row| [*row, *row]).collect();
        prop_assert_eq!(&plain, &gist(&misread(&shuffled(&doubled, seed)), 0, |mmsi| mmsi));
        let mut whole = Vec::new();
        let mut detector = NearMisses::new(NearMissParameters::default());
        for (line, row) in rows.iter().enumerate() {
            if line == cut {
                detector = detector.clone();
            }
            detector.observe(&fix(row, line), &mut whole);
        }
        detector.finish(&mut whole);
        prop_assert_eq!(&plain, &gist(&last_revisions(whole), 0, |mmsi| mmsi));
        Ok(())
    };
    runner(24).run(&strategy, law).unwrap();
}
