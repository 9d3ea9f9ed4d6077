//! GSHHG native binary files, written here byte by byte: what they say is read, what they lie about is refused.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails loudly"
)]

use bitacora_feeds::coast::{Antarctica, CoastError, read};
use bitacora_primitives::Position;
use proptest::prelude::*;

/// A polygon as the format has it: id, n, flag, west, east, south, north, area, area_full, container, ancestor,
/// then the points; degrees here, millionths there.
fn polygon(id: i32, level: u8, points: &[(f64, f64)]) -> Vec<u8> {
    let micro = |degrees: f64| (degrees * 1e6).round() as i32;
    // Version 15, Greenwich crossed, source WVS, area magnitude 3.
    let flag = i32::from_be_bytes([0b0000_1101, 1, 15, level]);
    let bound = |f: fn(f64, f64) -> f64, pick: fn(&(f64, f64)) -> f64| {
        micro(points.iter().map(pick).reduce(f).unwrap_or(0.0))
    };
    let header = [
        id,
        points.len() as i32,
        flag,
        bound(f64::min, |p| p.0),
        bound(f64::max, |p| p.0),
        bound(f64::min, |p| p.1),
        bound(f64::max, |p| p.1),
        1234,
        1234,
        -1,
        -1,
    ];
    let points = points.iter().flat_map(|(lon, lat)| [micro(*lon), micro(*lat)]);
    header.into_iter().chain(points).flat_map(i32::to_be_bytes).collect()
}

fn square(lon: f64, lat: f64, half: f64) -> Vec<(f64, f64)> {
    let (w, e, s, n) = (lon - half, lon + half, lat - half, lat + half);
    vec![(w, s), (e, s), (e, n), (w, n), (w, s)]
}

/// Land with a lake, an island in it and a pond on that; a continent round the pole by both lines; an island on the
/// antimeridian.
fn world() -> Vec<u8> {
    let mut bytes = Vec::new();
    for (id, level, half) in [(0, 1, 8.0), (1, 2, 4.0), (2, 3, 2.0), (3, 4, 1.0)] {
        bytes.extend(polygon(id, level, &square(20.0, 50.0, half)));
    }
    let round = |lat: f64| (0..=360).map(|lon| (f64::from(lon), lat)).collect::<Vec<_>>();
    bytes.extend(polygon(4, 5, &round(-70.0)));
    bytes.extend(polygon(5, 6, &round(-75.0)));
    bytes.extend(polygon(6, 1, &square(180.0, -17.0, 0.5)));
    bytes
}

#[test]
fn land_lakes_islands_and_ponds_are_told_apart() {
    let coast = read(&world(), Antarctica::IceFront).unwrap();
    assert_eq!((coast.polygons, coast.passed_over, coast.degenerate), (6, 1, 0));
    let on_land = |lat: f64, lon: f64| coast.land.on_land(Position::new(lat, lon).unwrap());
    assert!(on_land(50.0, 14.0));
    assert!(!on_land(50.0, 17.0));
    assert!(on_land(50.0, 18.5));
    assert!(!on_land(50.0, 20.0));
    assert!(!on_land(50.0, 30.0));
    assert!(on_land(-17.2, 179.8) && on_land(-17.2, -179.8) && !on_land(-17.2, 179.4));
    assert!(on_land(-72.0, 33.0) && on_land(-90.0, 0.0) && !on_land(-69.0, 33.0));
    let grounded = read(&world(), Antarctica::GroundingLine).unwrap();
    assert!(!grounded.land.on_land(Position::new(-72.0, 33.0).unwrap()));
    assert!(grounded.land.on_land(Position::new(-76.0, 33.0).unwrap()));
}

#[test]
fn a_file_cut_anywhere_is_refused_or_whole() {
    let bytes = world();
    let whole: Vec<usize> =
        (0..=bytes.len()).filter(|end| read(&bytes[..*end], Antarctica::IceFront).is_ok()).collect();
    // Only where one polygon ends and the next begins; the fifth is passed over, the sixth counts.
    assert_eq!(whole.len(), 7);
    assert_eq!(whole.last(), Some(&bytes.len()));
}

#[test]
fn each_lie_is_named_with_its_place() {
    let good = polygon(0, 1, &square(20.0, 50.0, 8.0));
    let with = |at: usize, value: i32| {
        let mut bytes = good.clone();
        bytes.extend(&good);
        bytes[good.len() + at..good.len() + at + 4].copy_from_slice(&value.to_be_bytes());
        read(&bytes, Antarctica::IceFront).unwrap_err()
    };
    let offset = good.len();
    assert_eq!(with(4, -1), CoastError::ShortPoints { offset, points: -1, left: 40 });
    assert_eq!(with(4, i32::MAX), CoastError::ShortPoints { offset, points: i32::MAX, left: 40 });
    assert_eq!(with(8, 0x0401), CoastError::Version { offset, version: 4 });
    assert_eq!(with(8, 0x0f00), CoastError::Level { offset, level: 0 });
    assert_eq!(with(8, 0x0f07), CoastError::Level { offset, level: 7 });
    let point = CoastError::Point { offset: offset + 44, lon: 400_000_000, lat: 42_000_000 };
    assert_eq!(with(44, 400_000_000), point);
    assert_eq!(read(&[], Antarctica::IceFront).unwrap_err(), CoastError::Empty);
    assert_eq!(
        read(&good[..43], Antarctica::IceFront).unwrap_err(),
        CoastError::ShortHeader { offset: 0, left: 43 }
    );
    let line = polygon(0, 1, &[(1.0, 1.0), (2.0, 2.0)]);
    let both = [line, good].concat();
    assert_eq!(read(&both, Antarctica::IceFront).unwrap().degenerate, 1);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_are_survived(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let _ = read(&bytes, Antarctica::IceFront);
    }

    #[test]
    fn any_flipped_byte_is_survived(at in 0..400usize, value: u8, points in prop::collection::vec((-180.0..360.0f64, -90.0..90.0f64), 3..40)) {
        let mut bytes = polygon(0, 1, &points);
        let at = at % bytes.len();
        bytes[at] = value;
        if let Ok(coast) = read(&bytes, Antarctica::IceFront) {
            for (lon, lat) in points {
                let lon = if lon > 180.0 { lon - 360.0 } else { lon };
                let _ = coast.land.on_land(Position::new(lat, lon).unwrap());
            }
        }
    }
}
