//! The coastline index against every edge one by one, on made coasts: lakes and islands in them, the antimeridian,
//! Greenwich, a continent round the pole. And the flag: only well inside, only sustained, off without data.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test fails loudly"
)]

mod shared;

use bitacora_primitives::geodesy::{haversine, wrap_longitude};
use bitacora_primitives::{Duration, Position, SourceId};
use bitacora_sea::behaviour::integrity::land::{
    Land, LandBuilder, LandCheck, OnLand, Place, TooLarge, on_land,
};
use bitacora_sea::behaviour::integrity::parameters::LandParameters;
use bitacora_sea::behaviour::integrity::track_of_number;
use bitacora_sea::tracks::Fix;
use bitacora_sea::tracks::positions::{Positions, Row};
use bitacora_sea::{Event, Kind};
use proptest::prelude::*;
use shared::laws::{Reached, moved, runner, shuffled};

type Ring = Vec<Place>;

fn place(lon: f64, lat: f64) -> Place {
    Place { lon: (lon * 1e6).round() as i32, lat: (lat * 1e6).round() as i32 }
}

fn land(rings: &[Ring]) -> Land {
    let mut builder = LandBuilder::default();
    rings.iter().for_each(|ring| builder.ring(ring.iter().copied()).unwrap());
    builder.build().unwrap()
}

fn at(lat: f64, lon: f64) -> Position {
    Position::new(lat, lon).unwrap()
}

/// A star-shaped ring about a centre.
fn star(lon: f64, lat: f64, size: f64, corners: usize, dents: &[f64]) -> Ring {
    (0..corners)
        .map(|k| {
            let angle = std::f64::consts::TAU * k as f64 / corners as f64;
            let r = size * (0.4 + 0.6 * dents[k % dents.len()]);
            place(wrap_longitude(lon + 2.0 * r * libm::cos(angle)), lat + r * libm::sin(angle))
        })
        .collect()
}

/// Even and odd crossings of the meridian to the north, over every edge.
fn brute(rings: &[Ring], position: Position) -> bool {
    let mut land = false;
    for ring in rings {
        for k in 0..ring.len() {
            let (a, b) = (ring[k], ring[(k + 1) % ring.len()]);
            let ax = wrap_longitude(f64::from(a.lon) * 1e-6 - position.lon());
            let bx = ax + wrap_longitude(f64::from(b.lon) * 1e-6 - f64::from(a.lon) * 1e-6);
            let (ay, by) = (f64::from(a.lat) * 1e-6, f64::from(b.lat) * 1e-6);
            // An edge that begins near the antimeridian of the place may reach round to it.
            for turn in [-360.0, 0.0, 360.0] {
                let (ax, bx) = (ax + turn, bx + turn);
                if (ax <= 0.0) != (bx <= 0.0) {
                    land ^= ay + (by - ay) * (-ax / (bx - ax)) > position.lat();
                }
            }
        }
    }
    land
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 60,
        failure_persistence: None,
        rng_seed: proptest::test_runner::RngSeed::Fixed(4),
        ..ProptestConfig::default()
    })]

    #[test]
    fn the_index_agrees_with_every_edge(
        lon in prop_oneof![-180.0..180.0f64, Just(179.9), Just(-179.9), Just(0.0)],
        lat in -60.0..60.0f64,
        corners in 3..60usize,
        dents in prop::collection::vec(0.0..1.0f64, 3..40),
        points in prop::collection::vec((-1.0..1.0f64, -1.0..1.0f64), 200),
    ) {
        // An island, a lake in it, an island in the lake, a pond on that.
        let rings: Vec<Ring> = [8.0, 2.5, 0.7, 0.2].iter().map(|size| star(lon, lat, *size, corners, &dents)).collect();
        let land = land(&rings);
        for (scale, (x, y)) in [10.0, 2.0, 0.5].into_iter().cycle().zip(points) {
            let here = at(lat + scale * y, wrap_longitude(lon + 2.0 * scale * x));
            prop_assert_eq!(land.on_land(here), brute(&rings, here), "{:?}", here);
        }
    }

    #[test]
    fn longitude_hemisphere_and_direction_change_no_side(
        east in -360..360i32,
        dents in prop::collection::vec(0.0..1.0f64, 3..20),
        points in prop::collection::vec((-3.0..3.0f64, -3.0..3.0f64), 100),
    ) {
        let ring = star(10.3, 40.2, 2.0, 40, &dents);
        let here = land(std::slice::from_ref(&ring));
        let east = f64::from(east) * 0.5;
        let turn = |p: &Place| place(wrap_longitude(f64::from(p.lon) * 1e-6 + east), f64::from(p.lat) * 1e-6);
        let there = land(&[ring.iter().rev().map(turn).collect()]);
        let south = land(&[ring.iter().map(|p| Place { lon: p.lon, lat: -p.lat }).collect()]);
        for (x, y) in points {
            let (lat, lon) = (40.2 + y, 10.3 + x);
            let side = here.on_land(at(lat, lon));
            prop_assert_eq!(side, there.on_land(at(lat, wrap_longitude(lon + east))));
            prop_assert_eq!(side, south.on_land(at(-lat, lon)));
        }
    }

    #[test]
    fn the_distance_is_that_to_the_nearest_point_of_any_edge(
        lon in prop_oneof![-180.0..180.0f64, Just(179.95)],
        lat in -75.0..75.0f64,
        dents in prop::collection::vec(0.0..1.0f64, 3..20),
        points in prop::collection::vec((-1.0..1.0f64, -1.0..1.0f64), 20),
    ) {
        // Edges of at most 4 km: a great circle and a straight line in degrees are the same there.
        let dents: Vec<f64> = dents.iter().map(|dent| 0.9 + 0.1 * dent).collect();
        let ring = star(lon, lat, 0.3, 200, &dents);
        let land = land(std::slice::from_ref(&ring));
        for (x, y) in points {
            let here = at(lat + 0.5 * y, wrap_longitude(lon + x));
            let mut nearest = f64::INFINITY;
            for k in 0..ring.len() {
                let (a, b) = (ring[k], ring[(k + 1) % ring.len()]);
                let (ax, ay) = (f64::from(a.lon) * 1e-6, f64::from(a.lat) * 1e-6);
                let (dx, dy) = (wrap_longitude(f64::from(b.lon) * 1e-6 - ax), f64::from(b.lat) * 1e-6 - ay);
                for step in 0..=100 {
                    let s = f64::from(step) / 100.0;
                    nearest = nearest.min(haversine(here, at(ay + s * dy, wrap_longitude(ax + s * dx))).value());
                }
            }
            match land.distance_to_shore_m(here, 20_000.0) {
                // A hundred points on an edge: up to half their distance from the nearest.
                Some(given) => prop_assert!(
                    given < nearest + 3.0 && given > nearest - 25.0, "{given} {nearest}"
                ),
                None => prop_assert!(nearest > 19_990.0, "{nearest}"),
            }
        }
    }
}

/// Round the pole from 0 to 360 degrees, as the files hold Antarctica.
fn antarctica(closed_by_the_pole: bool) -> Ring {
    let mut ring: Ring = (0..=720)
        .map(|k| f64::from(k) * 0.5)
        .map(|lon| place(lon, -70.0 + 3.0 * libm::sin(lon.to_radians() * 3.0)))
        .collect();
    if closed_by_the_pole {
        ring.extend([place(360.0, -90.0), place(0.0, -90.0)]);
    }
    ring
}

#[test]
fn a_continent_round_the_pole_is_land_up_to_the_pole() {
    for closed in [false, true] {
        let land = land(&[antarctica(closed)]);
        for lon in [-180.0, -179.999, -90.3, -0.001, 0.0, 0.001, 77.7, 179.999, 180.0] {
            let coast = -70.0 + 3.0 * libm::sin(f64::to_radians(lon) * 3.0);
            for lat in [-90.0, -89.99, -80.0, coast - 0.01] {
                assert!(land.on_land(at(lat, lon)), "{closed} {lat} {lon}");
            }
            for lat in [coast + 0.01, -50.0, 0.0, 89.0, 90.0] {
                assert!(!land.on_land(at(lat, lon)), "{closed} {lat} {lon}");
            }
        }
        let near = land.distance_to_shore_m(at(-70.0, 0.0), 1_000.0).unwrap();
        assert!(near < 50.0, "{near}");
    }
}

#[test]
fn a_ring_over_greenwich_in_degrees_east_up_to_360_is_whole() {
    // As the files give a continent that crosses Greenwich: some longitudes below 0, others beyond 180.
    let ring = vec![
        place(-10.0, 35.0),
        place(190.0 - 100.0, 30.0),
        place(150.0, 60.0),
        place(190.0, 66.0),
        place(60.0, 75.0),
        place(-5.0, 60.0),
    ];
    let land = land(&[ring]);
    assert!(
        land.on_land(at(60.0, 100.0)) && land.on_land(at(66.05, 179.9)) && land.on_land(at(66.05, -179.9))
    );
    assert!(!land.on_land(at(66.0, -160.0)) && !land.on_land(at(20.0, 50.0)));
}

#[test]
fn degenerate_rings_enclose_nothing() {
    let empty = land(&[]);
    assert!(empty.is_empty() && !empty.on_land(at(0.0, 0.0)));
    assert_eq!(empty.distance_to_shore_m(at(0.0, 0.0), 1e6), None);
    let point = place(5.0, 5.0);
    let odd = land(&[vec![point], vec![point, place(6.0, 6.0)], vec![point; 9]]);
    assert!(!odd.on_land(at(5.0, 5.0)));
}

fn row(mmsi: u32, minute: i64, lat: f64, lon: f64) -> Row {
    let micros = 1_772_000_000_000_000 + minute * 60_000_000;
    Row { mmsi, micros, lat, lon, sog_kn: Some(5.0), cog_deg: Some(0.0), message_type: 1 }
}

#[test]
fn only_fixes_well_inside_are_flagged_and_only_runs_are_reported() {
    let square = vec![place(10.0, 40.0), place(11.0, 40.0), place(11.0, 41.0), place(10.0, 41.0)];
    let land = land(&[square]);
    let source = SourceId::of(&[b"test"]);
    let parameters = LandParameters::default();
    let mut rows = Vec::new();
    for minute in 0..20 {
        rows.push(row(1, minute, 40.5, 10.5));
        // 900 m inside: a quay that the coastline lacks.
        rows.push(row(2, minute, 40.5, 10.01));
        // One wrong fix.
        rows.push(row(3, minute, if minute == 9 { 40.5 } else { 39.5 }, 10.5));
        rows.push(row(4, minute, 39.9, 10.5));
    }
    let positions: Positions = rows.iter().copied().collect();
    let (flags, events) = on_land(&positions, source, Some(&land), &parameters);
    let flagged = |mmsi: u32| flags.iter().filter(|(number, _)| rows[*number as usize].mmsi == mmsi).count();
    assert_eq!([1, 2, 3, 4].map(flagged), [20, 0, 1, 0]);
    assert!(flags.iter().all(|(_, depth)| (41_000.0..43_500.0).contains(depth)), "{flags:?}");
    assert_eq!(events.len(), 2);
    assert!(events.iter().all(|event| event.kind == Kind::OnLand && event.mmsi.number() == 1));
    assert_eq!(events[1].revision, 1);
    assert_eq!(events[1].numbers["fixes"], 20.0);
    // Shuffled and doubled, the same.
    let again: Positions = rows.iter().rev().chain(&rows).copied().collect();
    let (_, twice) = on_land(&again, source, Some(&land), &parameters);
    assert_eq!(twice.len(), 2);
    assert_eq!(
        (twice[1].start, twice[1].end, &twice[1].numbers),
        (events[1].start, events[1].end, &events[1].numbers)
    );
}

/// An island a degree wide on the antimeridian, turned and mirrored with the rows.
fn island(mirror: bool, east: f64) -> Land {
    let corners = [(179.5, 40.0), (-179.5, 40.0), (-179.5, 41.0), (179.5, 41.0)];
    let corner = |(lon, lat): (f64, f64)| place(wrap_longitude(lon + east), if mirror { -lat } else { lat });
    land(&[corners.into_iter().map(corner).collect()])
}

/// Vessels that are now off, now on the island, now silent, a row every few minutes.
fn to_and_fro() -> impl Strategy<Value = Vec<Row>> {
    let leg = (0..3_u8, 1..40_i64, 1..9_i64);
    prop::collection::vec(prop::collection::vec(leg, 1..8), 1..4).prop_map(|vessels| {
        let mut rows = Vec::new();
        for (mmsi, legs) in (1..).zip(vessels) {
            let mut minute = 0;
            for (what, fixes, every) in legs {
                for k in 0..fixes {
                    minute += every;
                    let depth = 0.001 * (k % 7) as f64;
                    match what {
                        0 => rows.push(row(mmsi, minute, 39.5 - depth, 179.9)),
                        1 => rows.push(row(mmsi, minute, 40.5 + depth, wrap_longitude(179.9 + 20.0 * depth))),
                        _ => {}
                    }
                }
            }
        }
        rows
    })
}

/// The stream, its state cloned at `cut` and the output taken away there.
fn streamed(rows: &[Row], land: &Land, cut: usize) -> Vec<Event> {
    let mut all = Vec::new();
    for mmsi in 1..4 {
        let (mut state, mut out, track) = (OnLand::default(), Vec::new(), track_of_number(mmsi));
        let own = rows.iter().enumerate().filter(|(_, row)| row.mmsi == mmsi);
        for (number, row) in own {
            if number % (cut + 1) == 0 {
                state = state.clone();
                all.append(&mut out);
            }
            let fix = Fix::of_row(row, SourceId::of(&[b"test"]), number as u32).unwrap();
            state.observe(track, &fix, Some(land), &LandParameters::default(), &mut out);
        }
        state.end(track, &mut out);
        all.append(&mut out);
    }
    all
}

/// What events say, without ids and evidence.
fn gist(events: &[Event], days: i64, add: u32) -> Vec<String> {
    let shift = Duration::from_hours(24 * days);
    events
        .iter()
        .map(|event| {
            let (end, depth) = (event.end.map(|end| end - shift), event.numbers["max_inland_m"]);
            let mmsi = event.mmsi.number() - add;
            format!("{mmsi} {} {end:?} {} {depth:.1}", event.start - shift, event.numbers["fixes"])
        })
        .collect()
}

#[test]
fn what_must_not_change_runs_on_land_does_not() {
    let reached = Reached::default();
    let strategy = (to_and_fro(), -4_000..4_000_i64, 0..36_u32, 0..1_000_u32, any::<u64>(), 0..60_usize);
    let here = island(false, 0.0);
    let law = |(rows, days, turn, add, seed, cut): (Vec<Row>, i64, u32, u32, u64, usize)| {
        let found = |rows: &[Row], land: &Land| {
            let positions: Positions = rows.iter().copied().collect();
            on_land(&positions, SourceId::of(&[b"test"]), Some(land), &LandParameters::default()).1
        };
        let events = found(&rows, &here);
        let plain = gist(&events, 0, 0);
        let doubled: Vec<Row> = rows.iter().flat_map(|row| [*row, *row]).collect();
        prop_assert_eq!(&plain, &gist(&found(&shuffled(&doubled, seed), &here), 0, 0));
        let there =
            found(&moved(&rows, days, turn, |mmsi| mmsi + add), &island(true, f64::from(turn) * 10.0));
        prop_assert_eq!(&plain, &gist(&there, days, add));
        prop_assert_eq!(&events, &streamed(&rows, &here, cut));
        reached.case();
        reached.note("a run on land", !events.is_empty());
        reached.note("several", events.len() > 3);
        Ok(())
    };
    runner(100).run(&strategy, law).unwrap();
    reached.at_least(0.2);
}

#[test]
fn without_a_coastline_the_flag_is_off_and_says_so() {
    let positions: Positions = (0..30).map(|minute| row(1, minute, 40.5, 10.5)).collect();
    let found = on_land(&positions, SourceId::of(&[b"test"]), None, &LandParameters::default());
    assert_eq!(found, (Vec::new(), Vec::new()));
    assert_eq!(LandCheck::of(None).code(), "off_without_coastline");
}

#[test]
fn edges_across_the_world_do_not_fill_the_memory() {
    let mut builder = LandBuilder::default();
    let zigzag =
        (0..100_000).map(|k| place(if k % 2 == 0 { -80.0 } else { 80.0 }, f64::from(k % 160) - 80.0));
    builder.ring(zigzag).unwrap();
    assert!(matches!(builder.build(), Err(TooLarge::Cells { .. })));
}
