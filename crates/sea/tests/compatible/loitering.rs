//! Slow hours chained.

use bitacora_primitives::Duration;
use bitacora_sea::behaviour::loitering::gfw::{GfwParameters, loitering};
use bitacora_sea::tracks::positions::{Positions, Row};
use proptest::prelude::*;

use crate::shared::laws::{Reached, moved, runner, shuffled};
use crate::{Leg, legs, sailed};

/// Legs of a vessel, and two numbers that place it.
type Sailing = (Vec<Leg>, u32, u32);

fn close(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-6 * a.abs().max(1.0)
}

/// Slow hours of the clock: only whole days change nothing, and a doubled message makes a run of no length where a slow
/// hour has but one.
#[test]
fn loitering_of_the_peer_keeps_its_relations() {
    let reached = Reached::default();
    let speeds = vec![5, 8, 15, 30, 120, -1];
    let vessels = prop::collection::vec((legs(speeds), 0..1_500_u32, 0..3_u32), 1..4);
    let strategy = (vessels, -4_000..4_000_i64, 0..36_u32, 1..500_u32, any::<u64>());
    let law = |(vessels, days, turn, add, seed): (Vec<Sailing>, i64, u32, u32, u64)| {
        let mut rows: Vec<(Row, u32)> = Vec::new();
        for (at, (legs, minute, parts)) in (0_u32..).zip(&vessels) {
            let own = sailed(200_000_001 + at, *minute, (10.0, 179.9), legs);
            let share = own.len() / (*parts as usize + 1) + 1;
            rows.extend(own.into_iter().enumerate().map(|(k, row)| (row, (k / share) as u32)));
        }
        let run = |rows: &[(Row, u32)]| {
            let positions: Positions = rows.iter().map(|(row, _)| *row).collect();
            let segments: Vec<u32> = rows.iter().map(|(_, segment)| *segment).collect();
            loitering(&positions, &segments, &GfwParameters::default())
        };
        let here = run(&rows);
        prop_assert_eq!(&here, &run(&shuffled(&rows, seed)));

        let doubled: Vec<(Row, u32)> = rows.iter().flat_map(|one| [*one, *one]).collect();
        let twice: Vec<_> = run(&doubled).into_iter().filter(|one| one.start < one.end).collect();
        prop_assert_eq!(&here, &twice);

        let plain: Vec<Row> = rows.iter().map(|(row, _)| *row).collect();
        let there: Vec<(Row, u32)> = moved(&plain, days, turn, |mmsi| mmsi + add)
            .into_iter()
            .zip(rows.iter().map(|(_, segment)| segment + 7))
            .collect();
        let there = run(&there);
        prop_assert_eq!(here.len(), there.len());
        let shift = Duration::from_hours(24 * days);
        for (a, b) in here.iter().zip(&there) {
            prop_assert_eq!((a.mmsi, a.segment), (b.mmsi - add, b.segment - 7));
            prop_assert_eq!((a.start, a.end), (b.start - shift, b.end - shift));
            prop_assert!(close(a.duration_h, b.duration_h) && close(a.distance_m, b.distance_m));
        }
        reached.case();
        reached.note("loitering", !here.is_empty());
        reached.note("over midnight", here.iter().any(|one| one.start.day() < one.end.day()));
        Ok(())
    };
    runner(200).run(&strategy, law).unwrap();
    reached.at_least(0.3);
}
