//! Port events and visits, and the nearest anchorage.

use bitacora_primitives::geodesy::{haversine, wrap_longitude};
use bitacora_primitives::{Duration, Instant, Position};
use bitacora_sea::behaviour::port_visit::anchorages::{Anchorage, Anchorages};
use bitacora_sea::behaviour::port_visit::visits::PortEventKind;
use bitacora_sea::behaviour::port_visit::{PortVisitParameters, gfw, port_events, port_visits};
use bitacora_sea::tracks::positions::{Positions, Row};
use proptest::prelude::*;

use crate::ways::{DEGREE, MINUTE, SECOND, harbour, row};

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
