//! Entries into areas: where small steps find them, at the antimeridian and round the poles.

use bitacora_primitives::geodesy::wrap_longitude;
use bitacora_sea::behaviour::area::shape::{Areas, Rings};
use bitacora_sea::behaviour::area::{AreaParameters, Found as Stay, area_entries};
use bitacora_sea::tracks::positions::{Positions, Row};
use proptest::prelude::*;

use crate::ways::{MINUTE, row};

fn stays(rows: &[Row], areas: &[Rings]) -> Vec<Stay> {
    let positions: Positions = rows.iter().copied().collect();
    area_entries(&positions, &Areas::new(areas).unwrap(), &AreaParameters::default())
}

fn rectangle(south: f64, north: f64, west: f64, east: f64) -> Vec<(f64, f64)> {
    vec![(south, west), (south, east), (north, east), (north, west)]
}

/// From 9.5 to 10.5 north in an hour, so that a minute is a sixtieth of a degree.
fn northward(lon: f64) -> Vec<Row> {
    (0..=6).map(|step| row(step * 10 * MINUTE, 9.5 + step as f64 / 6.0, lon)).collect()
}

#[test]
fn entry_and_exit_are_timed_where_the_motion_crosses_the_border() {
    let hole = vec![rectangle(9.75, 10.25, 19.0, 21.0), rectangle(9.9, 10.1, 19.5, 20.5)];
    let found = stays(&northward(20.0), &[hole]);
    let minutes: Vec<(f64, f64)> = found
        .iter()
        .map(|stay| (stay.start.micros() as f64 / MINUTE as f64, stay.end.micros() as f64 / MINUTE as f64))
        .collect();
    assert_eq!(minutes.len(), 2);
    for (own, want) in minutes.iter().zip([(15.0, 24.0), (36.0, 45.0)]) {
        assert!((own.0 - want.0).abs() < 1e-4 && (own.1 - want.1).abs() < 1e-4, "{minutes:?}");
    }
    assert!(found.iter().all(|stay| stay.entered && stay.left));
    assert!((found[0].entry.lat() - 9.75).abs() < 1e-9);
}

#[test]
fn areas_over_the_antimeridian_and_round_the_poles_are_areas() {
    for (west, east) in [(179.0, -179.0), (-181.0 + 360.0, -179.0)] {
        for lon in [179.5, 180.0, -180.0, -179.5] {
            let found = stays(&northward(lon), &[vec![rectangle(9.75, 10.25, west, east)]]);
            assert_eq!(found.len(), 1, "{lon}");
        }
        assert!(stays(&northward(178.9), &[vec![rectangle(9.75, 10.25, west, east)]]).is_empty());
    }
    // Over the line itself, eastward.
    let rows: Vec<Row> =
        (0..=4).map(|step| row(step * 10 * MINUTE, 10.0, wrap_longitude(178.0 + step as f64))).collect();
    let found = stays(&rows, &[vec![rectangle(9.0, 11.0, 179.5, -179.5)]]);
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].start.micros(), found[0].end.micros()), (15 * MINUTE, 25 * MINUTE));
    // The south, written in four ways.
    let ring = |step: i32| (0..360 / step).map(|k| (-60.0, f64::from(k * step) - 180.0)).collect::<Vec<_>>();
    let mut to_and_fro = ring(90);
    to_and_fro.push((-60.0, 180.0));
    let backward: Vec<(f64, f64)> = ring(60).into_iter().rev().collect();
    for south in [ring(90), to_and_fro, backward, rectangle(-90.0, -60.0, -180.0, 180.0)] {
        for lon in [-180.0, -179.9, 0.0, 33.3, 179.9, 180.0] {
            let rows: Vec<Row> =
                (0..=3).map(|step| row(step * 10 * MINUTE, -59.5 - step as f64 / 3.0, lon)).collect();
            let found = stays(&rows, &[vec![south.clone()]]);
            assert_eq!(found.len(), 1, "{lon} {south:?}");
            assert!((found[0].start.micros() as f64 / MINUTE as f64 - 15.0).abs() < 1e-3);
            assert!(!found[0].left);
        }
    }
}

#[test]
fn a_vessel_first_heard_inside_has_no_entry_and_silence_ends_the_stay() {
    let area = vec![rectangle(9.0, 11.0, 19.0, 21.0)];
    let rows = [row(0, 10.0, 20.0), row(10 * MINUTE, 10.01, 20.0), row(200 * MINUTE, 10.02, 20.0)];
    let found = stays(&rows, &[area]);
    assert_eq!(found.len(), 2);
    assert!(found.iter().all(|stay| !stay.entered && !stay.left));
    assert_eq!(found[0].end.micros(), 10 * MINUTE);
}

#[test]
fn rings_that_are_none_are_refused() {
    let message = |rings: Rings| Areas::new(&[rings]).unwrap_err().to_string();
    assert_eq!(
        message(vec![vec![(0.0, 0.0), (1.0, 1.0), (0.0, 0.0)]]),
        "area 0 ring 0 has fewer than three corners"
    );
    assert_eq!(
        message(vec![vec![(0.0, 0.0), (1.0, 1.0), (f64::NAN, 0.0)]]),
        "area 0 ring 0 has a corner outside -90..90, -180..180"
    );
}

proptest! {
    #[test]
    fn crossings_are_where_small_steps_find_them(
        corners in prop::collection::vec((-50_i32..50, -50_i32..50), 3..12),
        legs in prop::collection::vec((-60_i32..60, -60_i32..60), 2..8),
        shift in prop::sample::select(vec![0.0, 100.0, 179.97, -180.0]),
    ) {
        // Corners on a lattice, fixes off it, so that no step falls on a border.
        let ring: Vec<(f64, f64)> = corners
            .iter()
            .map(|(y, x)| (f64::from(*y) * 0.01, wrap_longitude(f64::from(*x) * 0.01 + shift)))
            .collect();
        let rows: Vec<Row> = legs.iter().enumerate().map(|(index, (y, x))| {
            let (lat, lon) = (f64::from(*y) * 0.01 + 0.003_123_71, f64::from(*x) * 0.01 + 0.004_711_93);
            row(index as i64 * 10 * MINUTE, lat, wrap_longitude(lon + shift))
        }).collect();
        let found = stays(&rows, &[vec![ring]]);
        let inside = |lat: f64, x: f64| {
            let mut odd = false;
            for (index, (y0, x0)) in corners.iter().enumerate() {
                let (y1, x1) = corners[(index + 1) % corners.len()];
                let (y0, x0) = (f64::from(*y0) * 0.01, f64::from(*x0) * 0.01);
                let (y1, x1) = (f64::from(y1) * 0.01, f64::from(x1) * 0.01);
                if (y0 > lat) != (y1 > lat) {
                    odd ^= x0 + (lat - y0) / (y1 - y0) * (x1 - x0) > x;
                }
            }
            odd
        };
        let mut wrong = 0;
        for (index, pair) in legs.windows(2).enumerate() {
            for step in 0..60 {
                let share = (f64::from(step) + 0.5) / 60.0;
                let between = |a: i32, b: i32| f64::from(a) + share * f64::from(b - a);
                let lat = between(pair[0].0, pair[1].0) * 0.01 + 0.003_123_71;
                let x = between(pair[0].1, pair[1].1) * 0.01 + 0.004_711_93;
                let time = index as i64 * 10 * MINUTE + (share * 10.0 * MINUTE as f64) as i64;
                let held = found.iter().any(|stay| (stay.start.micros()..=stay.end.micros()).contains(&time));
                wrong += i32::from(held != inside(lat, x));
            }
        }
        prop_assert_eq!(wrong, 0);
    }
}
