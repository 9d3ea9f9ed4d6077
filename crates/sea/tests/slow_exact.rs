//! The detectors of slow behaviour against the plain definition worked out by force, and at the places where such
//! detectors fail: the record after a stop, silence, the antimeridian, the poles, holes, equal times, extremes. Over 500
//! lines because the seven detectors share the ways and worlds that are made here.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test fails loudly"
)]

use bitacora_primitives::geodesy::{haversine, wrap_longitude};
use bitacora_primitives::{Duration, Instant, Position};
use bitacora_sea::behaviour::area::shape::{Areas, Rings};
use bitacora_sea::behaviour::area::{AreaParameters, Found as Stay, area_entries};
use bitacora_sea::behaviour::departure::{DepartureParameters, Departures};
use bitacora_sea::behaviour::drift::{DriftParameters, drifts};
use bitacora_sea::behaviour::loitering::loitering;
use bitacora_sea::behaviour::parameters::LoiteringParameters;
use bitacora_sea::behaviour::port_visit::anchorages::{Anchorage, Anchorages};
use bitacora_sea::behaviour::port_visit::visits::PortEventKind;
use bitacora_sea::behaviour::port_visit::{PortVisitParameters, gfw, port_events, port_visits};
use bitacora_sea::behaviour::posture::{PostureParameters, postures};
use bitacora_sea::behaviour::speed_profile::{Change, SpeedParameters, speed_changes};
use bitacora_sea::behaviour::stop::{StopParameters, stops};
use bitacora_sea::tracks::positions::{Positions, Row};
use proptest::prelude::*;

const SECOND: i64 = 1_000_000;
const MINUTE: i64 = 60 * SECOND;
/// Metres in a degree.
const DEGREE: f64 = 111_195.08;

fn row(micros: i64, lat: f64, lon: f64) -> Row {
    Row { mmsi: 224_000_001, micros, lat, lon, sog_kn: None, cog_deg: None, message_type: 1 }
}

/// Metres east and north, from a place near the equator.
fn at(minutes: f64, east: f64, north: f64) -> Row {
    row((minutes * MINUTE as f64) as i64, 1.0 + north / DEGREE, 20.0 + east / DEGREE / 0.999_847_7)
}

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

fn still(diameter: f64, minutes: i64, gap: i64) -> StopParameters {
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
fn the_fix_that_ends_a_stay_is_the_first_that_the_next_may_begin_with() {
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

#[test]
fn extreme_input_is_taken() {
    let rows: Positions = [
        row(i64::MIN, 90.0, -180.0),
        row(-1, -90.0, 180.0),
        row(0, 0.0, 0.0),
        row(0, 0.0, 0.0),
        row(i64::MAX - 1, -0.0, 180.0),
        row(i64::MAX, 0.0, -180.0),
    ]
    .into_iter()
    .collect();
    let tiny = [0.0, 1e-300, 1e9];
    for diameter in tiny {
        stops(&rows, &still(diameter, 0, i64::MAX / MINUTE));
        loitering(&rows, &LoiteringParameters { max_speed_kn: diameter, ..LoiteringParameters::default() });
    }
    drifts(&rows, &[], &DriftParameters::default());
    speed_changes(&rows, &SpeedParameters::default());
    postures(&rows, &[], &Anchorages::default(), &PostureParameters::default());
    port_visits(
        &rows,
        &[],
        &Anchorages::default(),
        Some(Instant::from_micros(0)),
        &PortVisitParameters::default(),
    );
}

fn harbour() -> Anchorages {
    let one = |id: &str, lat, lon| Anchorage { id: id.into(), position: Position::new(lat, lon).unwrap() };
    Anchorages::new(vec![one("b", 10.0, 179.99), one("a", -60.0, 20.0), one("c", 89.99, 0.0)])
}

/// Kilometres east of the first harbour, over the antimeridian.
fn by_sea(minute: i64, km: f64, knots: f32) -> Row {
    let lon = wrap_longitude(179.99 + km * 1000.0 / DEGREE / 10.0_f64.to_radians().cos());
    Row { sog_kn: Some(knots), ..row(minute * MINUTE, 10.0, lon) }
}

fn events_of(rows: &[Row], until: Option<i64>) -> Vec<(PortEventKind, i64)> {
    let positions: Positions = rows.iter().copied().collect();
    let by_vessel = positions.by_vessel();
    let (_, order) = by_vessel.iter().next().unwrap();
    let parameters = PortVisitParameters { min_gap: Duration::from_mins(60), ..PortVisitParameters::gfw() };
    let until = until.map(|minute| Instant::from_micros(minute * MINUTE));
    let events = port_events(&positions, order, &[], &harbour(), until, &parameters);
    events.iter().map(|event| (event.kind, event.micros / MINUTE)).collect()
}

#[test]
fn port_events_follow_the_two_thresholds() {
    use PortEventKind::{Entry, Exit, GapBegin, GapEnd, StopBegin, StopEnd};
    let (sea, port, stop) = ((10.0, 10.0), (1.0, 5.0), (1.0, 0.0));
    let run = |states: &[(i64, (f64, f32))], until| {
        let rows: Vec<Row> = states.iter().map(|(minute, (km, kn))| by_sea(*minute, *km, *kn)).collect();
        events_of(&rows, until)
    };
    assert_eq!(
        run(&[(0, sea), (10, port), (20, stop), (30, port), (40, sea)], None),
        [(Entry, 10), (StopBegin, 20), (StopEnd, 30), (Exit, 40)]
    );
    assert_eq!(
        run(&[(0, sea), (10, stop), (20, sea)], None),
        [(Entry, 10), (StopBegin, 10), (StopEnd, 20), (Exit, 20)]
    );
    let between = (3.5, 5.0);
    assert_eq!(
        run(&[(0, sea), (10, between), (20, port), (30, between), (40, sea)], None),
        [(Entry, 20), (Exit, 40)]
    );
    let slow = (1.0, 0.3);
    assert_eq!(
        run(&[(0, sea), (10, port), (20, slow), (30, stop), (40, slow), (50, sea)], None),
        [(Entry, 10), (StopBegin, 30), (StopEnd, 50), (Exit, 50)]
    );
    assert_eq!(
        run(&[(0, sea), (10, port), (130, port), (140, sea)], None),
        [(Entry, 10), (GapBegin, 70), (GapEnd, 130), (Exit, 140)]
    );
    assert_eq!(run(&[(0, sea), (10, port), (69, port), (80, sea)], None), [(Entry, 10), (Exit, 80)]);
    assert_eq!(run(&[(0, sea), (10, port)], Some(1440)), [(Entry, 10), (GapBegin, 70)]);
    assert_eq!(run(&[(0, sea), (10, port)], Some(69)), [(Entry, 10)]);
    // First heard in port: no entry, as the peer has it.
    assert_eq!(run(&[(0, port), (10, stop), (20, sea)], None), [(StopBegin, 10), (StopEnd, 20), (Exit, 20)]);
}

#[test]
fn the_peers_thinning_forgets_at_midnight_what_every_fix_remembers() {
    let day = 24 * 60;
    let states =
        [(-20, 10.0, 9.0), (-10, 1.0, 0.0), (5, 3.5, 9.0), (20, 4.5, 9.0), (40, 9.0, 9.0), (90, 9.0, 9.0)];
    let rows: Positions = states.iter().map(|(minute, km, kn)| by_sea(day + minute, *km, *kn)).collect();
    let parameters = PortVisitParameters::gfw();
    let ends = |found: Vec<bitacora_sea::behaviour::port_visit::Found>| -> Vec<(i64, i64, u8)> {
        let minutes = |micros: i64| micros / MINUTE - day;
        let one = |visit: &bitacora_sea::behaviour::port_visit::Found| {
            (minutes(visit.visit.start_micros), minutes(visit.visit.end_micros), visit.visit.confidence)
        };
        found.iter().map(one).collect()
    };
    assert_eq!(ends(port_visits(&rows, &[], &harbour(), None, &parameters)), [(-10, 20, 4)]);
    assert_eq!(ends(gfw::port_visits(&rows, &[], &harbour(), None, &parameters)), [(-10, 90, 4)]);
}

#[test]
fn two_hundred_thousand_fixes_among_a_hundred_thousand_anchorages_need_no_scan() {
    let mut state = 1_u64;
    let mut unit = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 11) as f64 / (1_u64 << 53) as f64
    };
    let all: Vec<Anchorage> = (0..100_000)
        .map(|index| Anchorage {
            id: format!("{index:06}"),
            position: Position::new(180.0 * unit() - 90.0, 360.0 * unit() - 180.0).unwrap(),
        })
        .collect();
    let anchorages = Anchorages::new(all);
    let rows: Positions = (0..200_000)
        .map(|index| Row {
            sog_kn: Some(9.0),
            ..row(i64::from(index) * SECOND, 180.0 * unit() - 90.0, 360.0 * unit() - 180.0)
        })
        .collect();
    // Each fix is far from the one before, so that each needs a search: a scan would take minutes.
    let visits = port_visits(&rows, &[], &anchorages, None, &PortVisitParameters::default());
    println!("{} visits", visits.len());
    assert!(visits.len() > 100);
}

proptest! {
    #[test]
    fn the_nearest_anchorage_is_the_nearest(
        places in prop::collection::vec((-90.0..=90.0_f64, -180.0..=180.0_f64), 1..40),
        (lat, lon) in (prop::sample::select(vec![-90.0, -89.99, -30.0, 0.0, 60.0, 90.0]), -180.0..=180.0_f64),
    ) {
        let from = Position::new(lat, lon).unwrap();
        let all: Vec<Anchorage> = places.iter().enumerate().map(|(index, (lat, lon))| Anchorage {
            id: format!("{index:02}"), position: Position::new(*lat, *lon).unwrap(),
        }).collect();
        let mut far: Vec<f64> = all.iter().map(|one| haversine(from, one.position).value()).collect();
        let anchorages = Anchorages::new(all);
        let found = anchorages.nearest(from).unwrap();
        far.sort_by(f64::total_cmp);
        prop_assert!((found.distance_m - far[0]).abs() < 0.1);
        if let Some(second) = far.get(1) {
            prop_assert!((found.second_m - second).abs() < 0.1);
        }
    }
}

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

#[test]
fn a_new_speed_is_found_and_an_old_one_is_not() {
    let mut lat = 0.0;
    let mut rows = Vec::new();
    for minute in 0..6_000_i64 {
        let base = if minute < 3_000 { 12.0 } else { 7.0 };
        let wave = ((minute * 37 % 11) as f64 - 5.0) / 10.0;
        lat += (base + wave) / 60.0 / 60.04;
        rows.push(row(minute * MINUTE, lat, 20.0));
    }
    let found = speed_changes(&rows.into_iter().collect(), &SpeedParameters::default());
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0].change, Change::Slower);
    assert!((found[0].start.micros() / MINUTE - 3_000).abs() <= 10, "{found:?}");
    assert!((found[0].before_kn - 12.0).abs() < 0.3 && (6.7..9.5).contains(&found[0].after_kn), "{found:?}");
}

#[test]
fn after_a_change_the_vessel_is_measured_against_the_new_speed_only() {
    let mut lat = 0.0;
    let mut rows = Vec::new();
    for minute in 0..6_000_i64 {
        let knots = if (2_000..4_000).contains(&minute) { 6.0 } else { 12.0 };
        lat += knots / 60.0 / 60.04;
        rows.push(row(minute * MINUTE, lat, 20.0));
    }
    let found = speed_changes(&rows.into_iter().collect(), &SpeedParameters::default());
    let changes: Vec<(Change, i64)> =
        found.iter().map(|one| (one.change, one.before_kn.round() as i64)).collect();
    assert_eq!(changes, [(Change::Slower, 12), (Change::Faster, 6)]);
}

#[test]
fn a_departure_is_unusual_where_none_was_for_long_and_only_once_enough_is_learned() {
    let parameters = DepartureParameters::default();
    let mut learned = Departures::new(&parameters);
    let (port, beach) = (Position::new(10.0, 180.0).unwrap(), Position::new(11.0, -179.9).unwrap());
    let day = |days: f64| Instant::from_micros((days * 24.0 * 60.0 * MINUTE as f64) as i64);
    assert!(!learned.judge(beach, day(0.0), &parameters).unusual, "nothing is learned yet");
    for index in 0..300 {
        assert!(!learned.judge(port, day(0.1 * f64::from(index)), &parameters).unusual);
    }
    assert!(!learned.judge(beach, day(40.0), &parameters).unusual, "one was seen 40 days ago");
    assert!(learned.judge(beach, day(400.0), &parameters).unusual, "and is forgotten by now");
    assert!(!learned.judge(beach, day(401.0), &parameters).unusual);
    assert!(!learned.judge(port, day(402.0), &parameters).unusual);
    assert_eq!(learned.places(), 2);
}

#[test]
fn a_sudden_stop_and_a_sprint_are_seen_at_once() {
    let mut lat = 0.0;
    let mut rows = Vec::new();
    for minute in 0..120_i64 {
        let knots = [12.0, 0.2, 5.0, 30.0][(minute / 30) as usize];
        rows.push(row(minute * MINUTE, lat, 20.0));
        lat += knots / 60.0 / 60.04;
    }
    let found = speed_changes(&rows.into_iter().collect(), &SpeedParameters::default());
    let changes: Vec<(Change, i64)> =
        found.iter().map(|one| (one.change, one.start.micros() / MINUTE)).collect();
    assert_eq!(changes, [(Change::SuddenStop, 30), (Change::Sprint, 90)]);
}

#[test]
fn a_vessel_adrift_is_told_from_one_that_heads_where_it_goes() {
    let run = |heading: f32, knots: f64| {
        let rows: Positions = (0..300)
            .map(|minute| row(minute * MINUTE, 10.0, 20.0 + minute as f64 * knots / 60.0 / 60.04 / 0.984_8))
            .collect();
        let headings = if heading.is_nan() { Vec::new() } else { vec![heading; 300] };
        drifts(&rows, &headings, &DriftParameters::default())
    };
    let adrift = run(0.0, 1.0);
    assert_eq!(adrift.len(), 1);
    let motion = adrift[0].motion;
    assert!((motion.heading_offset_deg().unwrap() - 90.0).abs() < 0.1);
    assert!((motion.course.mean_deg().unwrap() - 90.0).abs() < 0.1);
    assert!(motion.course.steadiness().unwrap() > 0.999);
    assert!(run(90.0, 1.0).is_empty(), "it heads where it goes");
    let unknown = run(f32::NAN, 1.0);
    assert_eq!(unknown.len(), 1);
    assert_eq!(unknown[0].motion.heading_share(), 0.0);
    assert!(run(0.0, 5.0).is_empty() && run(0.0, 0.1).is_empty());
}

#[test]
fn a_transfer_by_one_vessel_has_a_posture() {
    let mut lat = 10.0;
    let (mut rows, mut headings) = (Vec::new(), Vec::new());
    for minute in 0..480_i64 {
        let knots = match minute {
            120..140 => 3.0,
            140..360 => 0.6,
            360..375 => 3.5,
            _ => 11.0,
        };
        rows.push(row(minute * MINUTE, lat, 20.0));
        headings.push(45.0 + (minute % 7) as f32);
        lat += knots / 60.0 / 60.04;
    }
    let positions: Positions = rows.into_iter().collect();
    let found = postures(&positions, &headings, &harbour(), &PostureParameters::default());
    assert_eq!(found.len(), 1, "{found:?}");
    assert!((found[0].start.micros() / MINUTE - 140).abs() <= 5);
    assert!((15.0..=30.0).contains(&found[0].slowing_min), "{found:?}");
    assert!((10.0..=30.0).contains(&found[0].gathering_min.unwrap()), "{found:?}");
    assert!(found[0].anchorage_distance_m.unwrap() > 1e6);
    // It yaws: no posture. It lies at an anchorage: no posture.
    let yawing: Vec<f32> = (0..480).map(|minute| ((minute * 7) % 360) as f32).collect();
    assert!(postures(&positions, &yawing, &harbour(), &PostureParameters::default()).is_empty());
    let there =
        Anchorages::new(vec![Anchorage { id: "x".into(), position: Position::new(10.4, 20.0).unwrap() }]);
    assert!(postures(&positions, &headings, &there, &PostureParameters::default()).is_empty());
}
