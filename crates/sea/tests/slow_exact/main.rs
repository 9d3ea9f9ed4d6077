//! The detectors of slow behaviour against the plain definition worked out by force, and at the places where such
//! detectors fail: the record after a stop, silence, the antimeridian, the poles, holes, equal times, extremes.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test fails loudly"
)]

mod area;
mod port_visit;
mod stop;
mod under_way;
mod ways;

use bitacora_primitives::{Instant, Position};
use bitacora_sea::behaviour::departure::{DepartureParameters, Departures};
use bitacora_sea::behaviour::drift::{DriftParameters, drifts};
use bitacora_sea::behaviour::loitering::loitering;
use bitacora_sea::behaviour::parameters::LoiteringParameters;
use bitacora_sea::behaviour::port_visit::anchorages::Anchorages;
use bitacora_sea::behaviour::port_visit::{PortVisitParameters, port_visits};
use bitacora_sea::behaviour::posture::{PostureParameters, postures};
use bitacora_sea::behaviour::speed_profile::{SpeedParameters, speed_changes};
use bitacora_sea::behaviour::stop::stops;
use bitacora_sea::tracks::positions::Positions;
use stop::still;
use ways::{MINUTE, row};

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
