//! Peers' definitions (encounters joined, loitering, port visits, segments): the relations that hold for each of them, on
//! input that reaches their states. What does not hold is part of the definition and stands beside the law.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test fails loudly"
)]

mod encounter;
mod loitering;
mod port_visit;
mod segments;
#[path = "../shared/mod.rs"]
mod shared;

use bitacora_primitives::geodesy::wrap_longitude;
use bitacora_sea::tracks::positions::Row;
use proptest::prelude::*;

/// What a vessel does for some hours: its speed, how often it is heard, and how far its course turns. A speed below zero is
/// silence.
#[derive(Clone, Copy, Debug)]
pub struct Leg {
    pub tenths_kn: i32,
    pub minutes: u32,
    pub every: u32,
    pub turn: i32,
}

pub fn legs(speeds: Vec<i32>) -> impl Strategy<Value = Vec<Leg>> {
    let one = (prop::sample::select(speeds), 30..700_u32, 5..50_u32, -90..90_i32);
    prop::collection::vec(one, 1..9).prop_map(|legs| {
        legs.into_iter()
            .map(|(tenths_kn, minutes, every, turn)| Leg { tenths_kn, minutes, every, turn })
            .collect()
    })
}

/// The rows of vessel `mmsi` from a place and a minute on. No two have one time.
pub fn sailed(mmsi: u32, minute: u32, (mut lat, mut lon): (f64, f64), legs: &[Leg]) -> Vec<Row> {
    let (mut time, mut course) = (f64::from(minute), 40.0_f64);
    let mut rows = Vec::new();
    for leg in legs {
        course += f64::from(leg.turn);
        let knots = f64::from(leg.tenths_kn) / 10.0;
        if knots < 0.0 {
            time += f64::from(leg.minutes);
            continue;
        }
        for _ in 0..leg.minutes / leg.every {
            time += f64::from(leg.every);
            let miles = knots * f64::from(leg.every) / 60.0;
            lat += miles / 60.0 * course.to_radians().cos();
            lon += miles / 60.0 * course.to_radians().sin() / lat.to_radians().cos();
            rows.push(Row {
                mmsi,
                micros: shared::at(time * 60.0).micros(),
                lat,
                lon: wrap_longitude(lon),
                sog_kn: Some(knots as f32),
                cog_deg: Some(course.rem_euclid(360.0) as f32),
                message_type: 1,
            });
        }
    }
    rows
}
