//! Raw encounters joined.

use bitacora_primitives::Duration;
use bitacora_primitives::geodesy::wrap_longitude;
use bitacora_sea::behaviour::encounter::EncounterRow;
use bitacora_sea::behaviour::encounter::gfw::{GfwParameters, merge};
use proptest::prelude::*;

use crate::shared;
use crate::shared::laws::{Reached, runner, shuffled};

/// Raw rows of a few pairs, in both directions.
fn raw_rows() -> impl Strategy<Value = Vec<EncounterRow>> {
    let one = (1..5_u32, 1..5_u32, 0..300_i64, 1..30_i64, 0..500_i32, 0..40_i32, 1..9_u32, -40..40_i32);
    prop::collection::vec(one, 1..25).prop_map(|rows| {
        let rows = rows.into_iter().filter(|row| row.0 != row.1).map(|row| {
            let (vessel_1, vessel_2, start, ten_minutes, metres, tenths, points, place) = row;
            let start = shared::at(start as f64 * 600.0);
            let (lat, lon) = (f64::from(place) / 10.0, wrap_longitude(179.0 + f64::from(place) / 20.0));
            EncounterRow {
                vessel_1,
                vessel_2,
                start,
                end: start + Duration::from_mins(10 * ten_minutes),
                median_distance_m: f64::from(metres),
                min_distance_m: f64::from(metres) / 2.0,
                median_speed_kn: f64::from(tenths) / 10.0,
                mean_lat: lat,
                mean_lon: lon,
                start_lat: lat,
                start_lon: lon,
                end_lat: lat,
                end_lon: lon,
                points_1: points,
                points_2: points + 1,
            }
        });
        let mut rows: Vec<EncounterRow> = rows.collect();
        // One row to a pair, direction and start, as the raw stage gives them.
        let key = |row: &EncounterRow| (row.vessel_1, row.vessel_2, row.start);
        rows.sort_by_key(|row| (key(row), row.end));
        rows.dedup_by_key(|row| key(row));
        rows
    })
}

/// Any shift of time: the grid and midnight belong to the raw stage. Doubled rows count twice, as the peer's SQL has it.
#[test]
fn merged_encounters_keep_their_relations() {
    let reached = Reached::default();
    let parameters = GfwParameters::default();
    let strategy = (raw_rows(), -9_000_000_000_000_000..1_000_000_000_000_000_i64, 1..500_u32, any::<u64>());
    let law = |(rows, micros, add, seed): (Vec<EncounterRow>, i64, u32, u64)| {
        let here = merge(&rows, &parameters, None);
        prop_assert_eq!(&here, &merge(&shuffled(&rows, seed), &parameters, None));
        let shift = Duration::from_micros(micros);
        let elsewhere: Vec<EncounterRow> = rows
            .iter()
            .map(|row| EncounterRow {
                vessel_1: row.vessel_1 + add,
                vessel_2: row.vessel_2 + add,
                start: row.start + shift,
                end: row.end + shift,
                ..row.clone()
            })
            .collect();
        let mut back = merge(&elsewhere, &parameters, None);
        for row in &mut back {
            (row.vessel_1, row.vessel_2) = (row.vessel_1 - add, row.vessel_2 - add);
            (row.start, row.end) = (row.start - shift, row.end - shift);
        }
        prop_assert_eq!(&here, &back);
        reached.case();
        reached.note("a merged row", !here.is_empty());
        reached.note(
            "one of several",
            here.iter().any(|row| !rows.iter().any(|part| (part.start, part.end) == (row.start, row.end))),
        );
        Ok(())
    };
    runner(200).run(&strategy, law).unwrap();
    reached.at_least(0.5);
}
