//! Fixes per second of the detectors of slow behaviour, one thread, each at thresholds ten times and a tenth of its own,
//! beside plain implementations of the same definition on the same input. Prints figures; asserts nothing about speed.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a bench reads a clock and a file"
)]

use std::collections::HashMap;

use bitacora_primitives::geodesy::haversine;
use bitacora_primitives::{Duration, Instant, Position};
use bitacora_sea::behaviour::area::shape::{Areas, Rings};
use bitacora_sea::behaviour::area::{AreaParameters, area_entries};
use bitacora_sea::behaviour::departure::{DepartureParameters, departures};
use bitacora_sea::behaviour::drift::{DriftParameters, drifts};
use bitacora_sea::behaviour::loitering::{gfw, loitering};
use bitacora_sea::behaviour::parameters::LoiteringParameters;
use bitacora_sea::behaviour::port_visit::anchorages::{Anchorage, Anchorages};
use bitacora_sea::behaviour::port_visit::{PortVisitParameters, port_visits};
use bitacora_sea::behaviour::posture::{PostureParameters, postures};
use bitacora_sea::behaviour::speed_profile::{SpeedParameters, speed_changes};
use bitacora_sea::behaviour::stop::{StopParameters, stops};
use bitacora_sea::tracks::positions::{Positions, Row};

/// The recording `times` times with other numbers (kept distinct), each copy `hours` later than the one before.
fn recording(times: u32, hours: i64) -> Option<Positions> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data/ais/decoded/solent-2016-01-12.csv");
    let text = std::fs::read_to_string(path).ok()?;
    let mut numbers: HashMap<u32, u32> = HashMap::new();
    let mut rows: Vec<Row> = text
        .lines()
        .skip(1)
        .map(|line| {
            let fields: Vec<&str> = line.split(',').collect();
            let next = numbers.len() as u32;
            let number = *numbers.entry(fields[1].parse().unwrap()).or_insert(next);
            Row {
                mmsi: 200_000_000 + number,
                micros: Instant::parse(fields[0]).unwrap().micros(),
                lat: fields[2].parse().unwrap(),
                lon: fields[3].parse().unwrap(),
                sog_kn: fields[5].parse().ok(),
                cog_deg: fields[4].parse().ok(),
                message_type: 1,
            }
        })
        .collect();
    let vessels = numbers.len() as u32;
    let own = rows.clone();
    for k in 1..times {
        let shift = Duration::from_hours(hours * i64::from(k)).micros();
        rows.extend(own.iter().map(|row| Row {
            mmsi: row.mmsi + k * vessels,
            micros: row.micros + shift,
            ..*row
        }));
    }
    rows.sort_by_key(|row| row.micros);
    Some(rows.into_iter().collect())
}

/// 600 vessels for a week, a fix a minute: moored, adrift, slow, under way, in turns of some hours.
fn theatre(vessels: u32, minutes: i64) -> Positions {
    let mut state = 1_u64;
    let mut unit = move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 11) as f64 / (1_u64 << 53) as f64
    };
    let mut rows = Vec::with_capacity(vessels as usize * minutes as usize);
    for ship in 0..vessels {
        let (mut lat, mut lon) = (50.0 + 2.0 * unit(), -2.0 + 3.0 * unit());
        let (mut knots, mut course, mut until) = (0.0, 0.0, 0);
        for minute in 0..minutes {
            if minute >= until {
                until = minute + (600.0 * unit()) as i64;
                course = std::f64::consts::TAU * unit();
                knots = [0.0, 0.0, 0.4, 0.8, 1.6, 6.0, 12.0, 14.0][(8.0 * unit()) as usize];
            }
            lat += knots / 3600.0 * course.cos();
            lon += knots / 3600.0 * course.sin() / 0.64;
            if !(49.5..52.5).contains(&lat) || !(-2.5..1.5).contains(&lon) {
                course += 3.0;
            }
            rows.push(Row {
                mmsi: 200_000_000 + ship,
                micros: 1_772_000_000_000_000 + minute * 60_000_000 + i64::from(ship) * 7_919,
                lat: (lat + 2e-4 * (unit() - 0.5)).clamp(-89.0, 89.0),
                lon: lon + 2e-4 * (unit() - 0.5),
                sog_kn: Some(knots as f32),
                cog_deg: None,
                message_type: 1,
            });
        }
    }
    rows.sort_by_key(|row| row.micros);
    rows.into_iter().collect()
}

/// One vessel, a fix a second, on ways that are hardest for a search of stops: `creeping` just too fast for a stop,
/// or round and round just too wide for one, or narrower. `window` is what the least duration holds.
fn hardest(creeping: bool, fixes: i64, window: f64, diameter: f64) -> Positions {
    let metre = 1.0 / 111_195.08;
    (0..fixes)
        .map(|second| {
            let along = second as f64 / window;
            let (north, east) = if creeping {
                (1.000_5 * diameter * along, 0.02 * diameter * (20.0 * along).sin())
            } else {
                let angle = std::f64::consts::TAU * 1.3 * along;
                (0.500_3 * diameter * angle.sin(), 0.500_3 * diameter * angle.cos())
            };
            Row {
                mmsi: 200_000_000,
                micros: second * 1_000_000,
                lat: north * metre,
                lon: east * metre,
                sog_kn: None,
                cog_deg: None,
                message_type: 1,
            }
        })
        .collect()
}

/// Processor seconds of this thread, where the system says; other work on the machine does not count.
struct Stopwatch(std::time::Instant, Option<f64>);
impl Stopwatch {
    fn processor() -> Option<f64> {
        let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
        Some(text.split(' ').next()?.parse::<f64>().ok()? / 1e9)
    }
    fn now() -> Self {
        Self(std::time::Instant::now(), Self::processor())
    }
    fn seconds(&self) -> f64 {
        match (self.1, Self::processor()) {
            (Some(before), Some(after)) => after - before,
            _ => self.0.elapsed().as_secs_f64(),
        }
    }
}

fn timed<T>(name: &str, fixes: usize, found: impl FnOnce() -> Vec<T>) -> f64 {
    let started = Stopwatch::now();
    let found = found().len();
    let seconds = started.seconds();
    let speed = fixes as f64 / seconds / 1e6;
    println!("{name:<52} {fixes:>9} fixes {seconds:>7.3} s {speed:>7.3} M/s  {found} found");
    speed
}

/// Stops as a sliding window does them: for each fix the box of all fixes in the window is worked out anew, and the
/// window begins anew after a stop (MovingPandas 0.23, in our words; a box for its circle).
fn stops_by_window(positions: &Positions, diameter: f64, minimum: Duration) -> Vec<(u32, i64, i64)> {
    let mut found = Vec::new();
    for (mmsi, rows) in positions.by_vessel().iter() {
        let mut window: Vec<(i64, f64, f64)> = Vec::new();
        let mut was = false;
        for row in rows {
            let row = positions.row(*row as usize).unwrap();
            window.push((row.micros, row.lat, row.lon));
            while !was && window.len() > 2 && row.micros - window[0].0 >= minimum.micros() {
                window.remove(0);
            }
            let bounds =
                window.iter().fold([90.0, -90.0, 180.0, -180.0_f64], |[s, n, w, e], (_, lat, lon)| {
                    [f64::min(s, *lat), f64::max(n, *lat), w.min(*lon), e.max(*lon)]
                });
            let low = Position::new(bounds[0], bounds[2]).unwrap();
            let high = Position::new(bounds[1], bounds[3]).unwrap();
            let is = haversine(low, high).value() < diameter;
            if !is && was {
                let last = window[window.len() - 2].0;
                if last - window[0].0 >= minimum.micros() {
                    found.push((mmsi, window[0].0, last));
                    window = vec![*window.last().unwrap()];
                }
            }
            was = is;
        }
    }
    found
}

/// Port visits with the distance to every anchorage worked out for every fix.
fn visits_by_scan(positions: &Positions, anchorages: &[Anchorage], rows: usize) -> Vec<usize> {
    (0..rows.min(positions.len()))
        .filter_map(|row| {
            let row = positions.row(row).unwrap();
            let here = Position::new(row.lat, row.lon).unwrap();
            let far = anchorages.iter().map(|one| haversine(here, one.position).value());
            let near = far.enumerate().min_by(|a, b| a.1.total_cmp(&b.1))?;
            (near.1 <= 3_000.0).then_some(near.0)
        })
        .collect()
}

fn all(name: &str, positions: &Positions) {
    let fixes = positions.len();
    println!("-- {name}");
    for (label, by) in [("/ 10", 0.1), ("x 1", 1.0), ("x 10", 10.0)] {
        let scaled = |span: Duration| Duration::from_secs_f64(span.secs_f64() * by);
        let slow = LoiteringParameters::default();
        let slow = LoiteringParameters {
            max_speed_kn: slow.max_speed_kn * by,
            min_duration: scaled(slow.min_duration),
            ..slow
        };
        timed(&format!("loitering, exact, speed and time {label}"), fixes, || loitering(positions, &slow));
        let still = StopParameters::default();
        let wide = StopParameters { max_diameter_m: still.max_diameter_m * by, ..still.clone() };
        timed(&format!("stops, diameter {label}"), fixes, || stops(positions, &wide));
        let long = StopParameters { min_duration: scaled(still.min_duration), ..still };
        timed(&format!("stops, time {label}"), fixes, || stops(positions, &long));
    }
    let own = timed("stops", fixes, || stops(positions, &StopParameters::default()));
    // All rows of the first vessels: the peer's time grows with the length of a way.
    let by_vessel = positions.by_vessel();
    let rows = by_vessel.iter().flat_map(|(_, rows)| rows.iter());
    let few: Positions = rows.take(200_000).map(|row| positions.row(*row as usize).unwrap()).collect();
    let minimum = StopParameters::default().min_duration;
    let peer = timed("peer: stops by sliding window", few.len(), || stops_by_window(&few, 500.0, minimum));
    println!("   ratio {:.1}", own / peer);
    let long = Duration::from_secs_f64(minimum.secs_f64() * 10.0);
    timed("peer: stops by sliding window, time x 10", few.len(), || stops_by_window(&few, 500.0, long));
    timed("loitering, GFW mode", fixes, || gfw::loitering(positions, &[], &gfw::GfwParameters::default()));

    let mut state = 7_u64;
    let mut unit = move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 11) as f64 / (1_u64 << 53) as f64
    };
    // A tenth on this coast, the rest all over the world.
    let anchors: Vec<Anchorage> = (0..100_000)
        .map(|index| {
            let (lat, lon) = if index % 10 == 0 {
                (50.0 + 2.0 * unit(), -2.0 + 3.0 * unit())
            } else {
                (140.0 * unit() - 70.0, 360.0 * unit() - 180.0)
            };
            Anchorage { id: format!("{index:06}"), position: Position::new(lat, lon).unwrap() }
        })
        .collect();
    let anchorages = Anchorages::new(anchors.clone());
    let mut own = 0.0;
    for (label, by) in [("/ 10", 0.1), ("x 10", 10.0), ("x 1", 1.0)] {
        let parameters = PortVisitParameters::gfw();
        let parameters = PortVisitParameters {
            entry_m: parameters.entry_m * by,
            exit_m: parameters.exit_m * by,
            ..parameters
        };
        own = timed(&format!("port visits, 100,000 anchorages, distances {label}"), fixes, || {
            port_visits(positions, &[], &anchorages, None, &parameters)
        });
    }
    let peer = timed("peer: nearest of 100,000 by scan", 300, || visits_by_scan(positions, &anchors, 300));
    println!("   ratio {:.0}", own / peer);

    let areas: Vec<Rings> = (0..1_000)
        .map(|_| {
            let (lat, lon) = (50.0 + 2.0 * unit(), -2.0 + 3.0 * unit());
            let ring = (0..200)
                .map(|corner| {
                    let (angle, far) = (f64::from(corner) * 0.031_415_9, 0.05 + 0.05 * unit());
                    (lat + far * angle.sin(), lon + far * angle.cos())
                })
                .collect();
            vec![ring]
        })
        .collect();
    let areas = Areas::new(&areas).unwrap();
    timed("area entries, 1,000 areas of 200 corners", fixes, || {
        area_entries(positions, &areas, &AreaParameters::default())
    });
    timed("speed changes", fixes, || speed_changes(positions, &SpeedParameters::default()));
    timed("drifts", fixes, || drifts(positions, &[], &DriftParameters::default()));
    timed("postures", fixes, || postures(positions, &[], &anchorages, &PostureParameters::default()));
    timed("departures, with stops", fixes, || {
        departures(positions, &StopParameters::default(), &DepartureParameters::default())
    });
}

fn main() {
    println!("-- stops where they are hardest: one vessel, a fix a second");
    for (label, minutes, diameter) in
        [("3 min, 50 m", 3, 50.0), ("30 min, 500 m", 30, 500.0), ("5 h, 5 km", 300, 5_000.0)]
    {
        let parameters = StopParameters {
            max_diameter_m: diameter,
            min_duration: Duration::from_mins(minutes),
            ..StopParameters::default()
        };
        let window = minutes as f64 * 60.0;
        for (way, creeping, size) in
            [("creeping", true, diameter), ("circling", false, diameter), ("swinging", false, 0.4 * diameter)]
        {
            let positions = hardest(creeping, 300_000, window, size);
            timed(&format!("hardest for stops: {way}, {label}"), positions.len(), || {
                stops(&positions, &parameters)
            });
        }
    }
    if let Some(sparse) = recording(54, 2) {
        all("Solent x 54, two hours apart", &sparse);
    } else {
        println!("skipped the recording: no ../shared");
    }
    if let Some(dense) = recording(54, 0) {
        all("Solent x 54, all at once", &dense);
    }
    all("theatre: 200 vessels, a week, a fix a minute", &theatre(200, 7 * 24 * 60));
}
