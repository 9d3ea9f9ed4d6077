//! Messages per second of the segment splits and the identity checks, one thread, on the Solent recording repeated.
//! Prints figures; asserts nothing about speed.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a bench reads a clock and a file"
)]

use std::hint::black_box;
use std::io::Read;

use bitacora_primitives::{Duration, Instant};
use bitacora_sea::behaviour::parameters::MotionParameters;
use bitacora_sea::tracks::identity::NearMissParameters;
use bitacora_sea::tracks::identity::concurrent::concurrent;
use bitacora_sea::tracks::identity::near_miss::near_misses;
use bitacora_sea::tracks::positions::{Positions, Row};
use bitacora_sea::tracks::segments::{self, compatible};

const MAX_IDLE: Duration = Duration::from_hours(14 * 24);

fn shared(path: &str) -> Option<String> {
    let full = format!("{}/../../../shared/data/{path}", env!("CARGO_MANIFEST_DIR"));
    let bytes = std::fs::read(full).ok()?;
    let mut text = String::new();
    if path.ends_with(".gz") {
        flate2::read::MultiGzDecoder::new(bytes.as_slice()).read_to_string(&mut text).unwrap();
    } else {
        text = String::from_utf8(bytes).unwrap();
    }
    Some(text)
}

fn rows(text: &str, columns: [&str; 6]) -> Vec<Row> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let headers = reader.headers().unwrap().clone();
    let [time, mmsi, lat, lon, sog, cog] =
        columns.map(|name| headers.iter().position(|header| header.eq_ignore_ascii_case(name)).unwrap());
    let mut rows = Vec::new();
    for row in reader.records() {
        let row = row.unwrap();
        let (Ok(lat), Ok(lon)) = (row[lat].parse::<f64>(), row[lon].parse::<f64>()) else { continue };
        if lat.abs() > 90.0 || lon.abs() > 180.0 {
            continue;
        }
        rows.push(Row {
            mmsi: row[mmsi].parse().unwrap(),
            micros: Instant::parse(&row[time]).unwrap().micros(),
            lat,
            lon,
            sog_kn: row[sog].parse().ok(),
            cog_deg: row[cog].parse().ok(),
            message_type: 1,
        });
    }
    rows
}

/// The recording k times, each copy with numbers of its own; `hours` between copies.
fn repeated(rows: &[Row], times: u32, hours: i64) -> Positions {
    let mut numbers: Vec<u32> = rows.iter().map(|row| row.mmsi).collect();
    numbers.sort_unstable();
    numbers.dedup();
    let mut all = Vec::with_capacity(rows.len() * times as usize);
    for k in 0..times {
        all.extend(rows.iter().map(|row| {
            let place = numbers.binary_search(&row.mmsi).unwrap() as u32;
            let mmsi = 200_000_000 + k * numbers.len() as u32 + place;
            Row { mmsi, micros: row.micros + i64::from(k) * hours * 3_600_000_000, ..*row }
        }));
    }
    all.sort_by_key(|row| row.micros);
    all.into_iter().collect()
}

fn processor() -> Option<f64> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    Some(text.split(' ').next()?.parse::<f64>().ok()? / 1e9)
}

/// Best of five, in processor seconds of this thread where the system says.
fn measure(name: &str, positions: &Positions, mut run: impl FnMut() -> String) {
    let mut best = f64::INFINITY;
    let mut found = String::new();
    for _ in 0..5 {
        let (wall, cpu) = (std::time::Instant::now(), processor());
        found = black_box(run());
        let seconds = cpu
            .and_then(|before| Some(processor()? - before))
            .filter(|seconds| *seconds > 0.0)
            .unwrap_or(wall.elapsed().as_secs_f64());
        best = best.min(seconds);
    }
    let rate = positions.len() as f64 / best / 1e6;
    println!("{name:<52} {:>9} rows {best:>7.3} s {rate:>6.2} M/s  {found}", positions.len());
}

fn all(name: &str, positions: &Positions) {
    let motion = MotionParameters::default();
    measure(&format!("segments exact, {name}"), positions, || {
        format!("{} segments", segments::exact(positions, &motion, MAX_IDLE).len())
    });
    let parameters = compatible::Parameters::default();
    measure(&format!("segments compatible, {name}"), positions, || {
        format!("{} segments", segments::compatible(positions, &parameters).len())
    });
    measure(&format!("numbers in two hands, {name}"), positions, || {
        format!("{} times", concurrent(positions, &motion, MAX_IDLE).len())
    });
    let parameters = NearMissParameters::default();
    measure(&format!("numbers misread, {name}"), positions, || {
        format!("{} found", near_misses(positions, &parameters).len())
    });
}

fn main() {
    if let Some(text) = shared("behaviour/solent/SolentAIS_20160112_130211.csv") {
        let head: Vec<&str> = text.lines().next().unwrap_or_default().split(',').collect();
        let columns = [head[0], head[1], head[2], head[3], head[5], head[4]];
        let solent = rows(&text, columns);
        all("Solent x 54 sparse", &repeated(&solent, 54, 2));
        all("Solent x 54 dense", &repeated(&solent, 54, 0));
    } else {
        println!("skipped: no ../shared");
    }
    if let Some(text) = shared("behaviour/segments/regression_messages.csv.gz") {
        let hard = rows(&text, ["timestamp", "ssvid", "lat", "lon", "speed", "course"]);
        all("56 hard numbers", &repeated(&hard, 1, 0));
    }
}
