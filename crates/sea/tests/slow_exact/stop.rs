//! Stops against the definition worked out by force.

use bitacora_primitives::geodesy::{haversine, wrap_longitude};
use bitacora_primitives::{Duration, Position};
use bitacora_sea::behaviour::stop::{StopParameters, stops};
use bitacora_sea::tracks::positions::Positions;
use proptest::prelude::*;

use crate::ways::{DEGREE, MINUTE, at, row};

/// Radius of the smallest circle by all pairs and triples, on the plane.
fn radius_by_force(points: &[(f64, f64)]) -> f64 {
    let mut best: f64 = if points.len() < 2 { 0.0 } else { f64::INFINITY };
    let mut offer = |x: f64, y: f64, radius: f64| {
        let inside = |p: &(f64, f64)| (p.0 - x).hypot(p.1 - y) <= radius * (1.0 + 1e-12) + 1e-9;
        if radius < best && points.iter().all(inside) {
            best = radius;
        }
    };
    for (i, a) in points.iter().enumerate() {
        for (j, b) in points.iter().enumerate().skip(i + 1) {
            offer(0.5 * (a.0 + b.0), 0.5 * (a.1 + b.1), 0.5 * (a.0 - b.0).hypot(a.1 - b.1));
            for c in points.iter().skip(j + 1) {
                let d = 2.0 * ((b.0 - a.0) * (c.1 - a.1) - (b.1 - a.1) * (c.0 - a.0));
                if d.abs() > 1e-9 {
                    let bb = (b.0 - a.0).powi(2) + (b.1 - a.1).powi(2);
                    let cc = (c.0 - a.0).powi(2) + (c.1 - a.1).powi(2);
                    let x = ((c.1 - a.1) * bb - (b.1 - a.1) * cc) / d;
                    let y = ((b.0 - a.0) * cc - (c.0 - a.0) * bb) / d;
                    offer(a.0 + x, a.1 + y, x.hypot(y));
                }
            }
        }
    }
    if best.is_finite() { best } else { 0.0 }
}

/// The definition, word for word: the earliest beginning whose longest stay is long enough; then on after its end.
fn stops_by_force(points: &[(f64, f64, f64)], diameter: f64, minutes: f64, gap: f64) -> Vec<(f64, f64, f64)> {
    let mut found = Vec::new();
    let mut first = 0;
    while first < points.len() {
        let mut last = first;
        while last + 1 < points.len() && points[last + 1].0 - points[last].0 <= gap {
            let window: Vec<(f64, f64)> = points[first..=last + 1].iter().map(|p| (p.1, p.2)).collect();
            if 2.0 * radius_by_force(&window) > diameter {
                break;
            }
            last += 1;
        }
        if last > first && points[last].0 - points[first].0 >= minutes {
            let window: Vec<(f64, f64)> = points[first..=last].iter().map(|p| (p.1, p.2)).collect();
            found.push((points[first].0, points[last].0, radius_by_force(&window)));
            first = last + 1;
        } else {
            first += 1;
        }
    }
    found
}

pub fn still(diameter: f64, minutes: i64, gap: i64) -> StopParameters {
    StopParameters {
        max_diameter_m: diameter,
        min_duration: Duration::from_mins(minutes),
        max_gap: Duration::from_mins(gap),
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 300,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn stops_are_the_definition_by_force(
        steps in prop::collection::vec((1_u8..9, -60_i16..60, -60_i16..60, 0_u8..12), 2..45),
        minutes in 1_i64..60,
        scale in prop::sample::select(vec![1.0, 3.0, 20.0]),
    ) {
        let (mut time, mut x, mut y) = (0.0, 0.0, 0.0);
        let mut points = Vec::new();
        for (wait, dx, dy, leap) in steps {
            time += f64::from(wait) + if leap == 11 { 25.0 } else { 0.0 };
            let far = if leap == 0 { 9.0 } else { 1.0 };
            x += f64::from(dx) * 1.234_567 * scale * far;
            y += f64::from(dy) * 1.234_567 * scale * far;
            points.push((time, x, y));
        }
        let positions: Positions = points.iter().map(|p| at(p.0, p.1, p.2)).collect();
        let diameter = 150.0 * scale;
        let found = stops(&positions, &still(diameter, minutes, 20));
        let expected = stops_by_force(&points, diameter, minutes as f64, 20.0);
        prop_assert_eq!(found.len(), expected.len(), "{:?} {:?}", found, expected);
        for (own, want) in found.iter().zip(&expected) {
            prop_assert!((own.start.micros() as f64 / MINUTE as f64 - want.0).abs() < 1e-6);
            prop_assert!((own.end.micros() as f64 / MINUTE as f64 - want.1).abs() < 1e-6);
            prop_assert!((own.radius_m - want.2).abs() < 2e-4 * diameter, "{own:?} {want:?}");
        }
    }
}

#[test]
fn d13_the_fix_that_ends_a_stay_is_the_first_that_the_next_may_begin_with() {
    // Two berths 400 m apart, changed between two fixes.
    let rows = (0..20).map(|m| at(f64::from(m), if m < 10 { 0.0 } else { 400.0 }, 0.0));
    let found = stops(&rows.collect(), &still(100.0, 9, 60));
    let spans: Vec<(i64, i64)> =
        found.iter().map(|stop| (stop.start.micros() / MINUTE, stop.end.micros() / MINUTE)).collect();
    assert_eq!(spans, [(0, 9), (10, 19)]);
}

#[test]
fn a_stop_is_the_same_at_the_antimeridian_and_at_the_poles() {
    for (lat, lon) in [(10.0, 179.999), (10.0, -179.9995), (89.9995, 10.0), (-90.0, 0.0), (0.0, 0.0)] {
        let cos = f64::to_radians(lat).cos().max(1e-4);
        let rows = (0..60).map(|minute| {
            let angle = f64::from(minute);
            let (north, east) = (40.0 * angle.cos() / DEGREE, 40.0 * angle.sin() / DEGREE / cos);
            let north = if lat + north > 90.0 || lat + north < -90.0 { -north } else { north };
            row(i64::from(minute) * MINUTE, lat + north, wrap_longitude(lon + east))
        });
        let found = stops(&rows.collect(), &still(200.0, 30, 60));
        assert_eq!(found.len(), 1, "{lat} {lon}");
        assert_eq!(found[0].end.micros() - found[0].start.micros(), 59 * MINUTE);
        let centre = Position::new(lat, lon).unwrap();
        assert!(haversine(found[0].position, centre).value() < 60.0, "{lat} {lon} {found:?}");
        assert!((19.0..60.0).contains(&found[0].radius_m), "{lat} {lon} {found:?}");
    }
}

/// Quadratic work would be a hundred times as much where a stay holds a hundred times as many fixes.
#[test]
fn d13_the_time_that_stops_take_does_not_depend_on_the_thresholds() {
    let rows: Positions = (0..100_000)
        .map(|index| {
            let angle = f64::from(index) * 0.754_877_666;
            at(f64::from(index) / 6.0, 400.0 * angle.cos(), 0.05 * f64::from(index) + 400.0 * angle.sin())
        })
        .collect();
    let times: Vec<f64> = [50.0, 1_000.0, 3_000.0, 100_000.0]
        .into_iter()
        .map(|diameter| {
            let once = || {
                let began = std::time::Instant::now();
                assert!(stops(&rows, &still(diameter, 30, 60)).len() < rows.len());
                began.elapsed().as_secs_f64()
            };
            (0..5).map(|_| once()).fold(f64::INFINITY, f64::min)
        })
        .collect();
    println!("{times:?} s");
    let (least, most) = times.iter().fold((f64::INFINITY, 0.0_f64), |(a, b), t| (a.min(*t), b.max(*t)));
    assert!(most < 20.0 * least, "{times:?}");
}

#[test]
fn a_circle_of_a_hundred_thousand_corners_is_one_stop() {
    // All fixes of a vessel that swings on an exact circle are corners of their hull.
    let rows = (0..100_000).map(|index| {
        let angle = f64::from(index) * 0.754_877_666;
        at(f64::from(index) / 60.0, 100.0 * angle.cos(), 100.0 * angle.sin())
    });
    let found = stops(&rows.collect(), &still(500.0, 30, 60));
    assert_eq!(found.len(), 1);
    assert!((found[0].radius_m - 100.0).abs() < 0.05, "{found:?}");
}
