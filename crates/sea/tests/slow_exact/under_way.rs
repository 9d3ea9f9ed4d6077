//! Changes of speed, drift and the posture of a transfer: vessels by what their motion says.

use bitacora_primitives::Position;
use bitacora_sea::behaviour::drift::{DriftParameters, drifts};
use bitacora_sea::behaviour::port_visit::anchorages::{Anchorage, Anchorages};
use bitacora_sea::behaviour::posture::{PostureParameters, postures};
use bitacora_sea::behaviour::speed_profile::{Change, SpeedParameters, speed_changes};
use bitacora_sea::tracks::positions::Positions;

use crate::ways::{MINUTE, harbour, row};

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
