//! How the cost of each detector grows with the input: made fixes of a day, the sea as crowded at every size. Prints a row
//! a detector and size; `tools/plot_scale.py` draws them. `-- 1 10 100` gives the sizes in millions (default 1 and 10).
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a bench reads a clock"
)]

use bitacora_primitives::Duration;
use bitacora_sea::Parameters;
use bitacora_sea::behaviour::encounter::batch::encounters;
use bitacora_sea::behaviour::gap::exact;
use bitacora_sea::behaviour::loitering::loitering;
use bitacora_sea::behaviour::parameters::{EncounterParameters, LoiteringParameters};
use bitacora_sea::behaviour::stop::{StopParameters, stops};
use bitacora_sea::tracks::positions::{Positions, Row};
use bitacora_sea::tracks::segments;

/// A fix a minute for a day.
const FIXES_A_VESSEL: usize = 1440;
/// Of a hundred vessels so many lie in a port, fifty to a port.
const MOORED: usize = 20;

fn processor_seconds() -> f64 {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap();
    text.split(' ').next().unwrap().parse::<f64>().unwrap() / 1e9
}

/// In order of time, as a feed has them: all vessels of a minute, then of the next.
fn sea(vessels: usize) -> Positions {
    struct Ship {
        lat: f64,
        lon: f64,
        course: f64,
        knots: f64,
        offset: i64,
    }
    let mut state = 7_u64;
    let mut unit = move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 11) as f64 / (1_u64 << 53) as f64
    };
    // The width of the sea grows with the fleet, so that it is as crowded at every size.
    let width = 340.0 * (vessels as f64 / 70_000.0).min(1.0);
    let mut fleet: Vec<Ship> = (0..vessels)
        .map(|number| {
            let moored = number % 100 < MOORED;
            let port = (number / 100 * MOORED + number % 100) / 50;
            let (lat, lon) = if moored {
                let place = |k: usize| (port as f64 * [0.618_033_988_7, 0.414_213_562_3][k]).fract();
                (-60.0 + 120.0 * place(0) + 0.02 * unit(), -170.0 + width * place(1) + 0.02 * unit())
            } else {
                (-60.0 + 120.0 * unit(), -170.0 + width * unit())
            };
            let knots = if moored { 0.0 } else { 2.0 + 16.0 * unit() };
            Ship { lat, lon, course: std::f64::consts::TAU * unit(), knots, offset: (60e6 * unit()) as i64 }
        })
        .collect();
    let mut positions = Positions::with_capacity(vessels * FIXES_A_VESSEL);
    for minute in 0..FIXES_A_VESSEL {
        for (number, ship) in fleet.iter_mut().enumerate() {
            ship.course += 0.02 * (unit() - 0.5);
            let degrees = ship.knots / 3600.0;
            ship.lat = (ship.lat + degrees * ship.course.cos()).clamp(-70.0, 70.0);
            ship.lon += degrees * ship.course.sin() / ship.lat.to_radians().cos();
            let noise = 3e-5 * (unit() - 0.5);
            positions.push(Row {
                mmsi: 200_000_000 + number as u32,
                micros: 1_772_000_000_000_000 + minute as i64 * 60_000_000 + ship.offset,
                lat: ship.lat + noise,
                lon: (ship.lon + noise).clamp(-180.0, 180.0),
                sog_kn: Some(ship.knots as f32),
                cog_deg: Some((ship.course.to_degrees().rem_euclid(360.0)) as f32),
                message_type: 1,
            });
        }
    }
    positions
}

fn timed(name: &str, fixes: usize, run: impl FnOnce() -> usize) {
    let before = processor_seconds();
    let found = run();
    let seconds = processor_seconds() - before;
    println!("{name},{fixes},{seconds:.3},{:.3},{found}", fixes as f64 / seconds / 1e6);
}

fn main() {
    let asked: Vec<usize> = std::env::args().filter_map(|argument| argument.parse().ok()).collect();
    let sizes = if asked.is_empty() { vec![1, 10] } else { asked };
    println!("detector,fixes,seconds,m_per_s,found");
    for millions in sizes {
        let positions = sea(millions * 1_000_000 / FIXES_A_VESSEL);
        let (fixes, defaults) = (positions.len(), Parameters::default());
        let mut gap = defaults.clone();
        gap.gap.min_duration = Duration::from_hours(1);
        timed("order by vessel", fixes, || positions.by_vessel().vessels());
        timed("segments", fixes, || segments::exact(&positions, &defaults.motion, defaults.max_idle).len());
        timed("gaps", fixes, || exact::detect(&positions, &gap, None).len());
        timed("loitering", fixes, || loitering(&positions, &LoiteringParameters::default()).len());
        timed("stops", fixes, || stops(&positions, &StopParameters::default()).len());
        timed("encounters", fixes, || encounters(&positions, &EncounterParameters::default()).len());
    }
}
