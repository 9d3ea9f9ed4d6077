//! The raw stage: runs of consecutive places of one vessel with the other near, cut at UTC midnight.

use bitacora_primitives::Instant;

use super::near::{distance_m, neighbours};
use super::resample::{DAY_US, Sample, has_motion, resample};
use super::{GfwParameters, median};
use crate::behaviour::encounter::EncounterRow;
use crate::tracks::positions::Positions;

/// The peer's knots in a metre per second.
const MPS_TO_KNOTS: f64 = 1.94384;

/// A place of `vessel_1` in a run.
#[derive(Clone, Copy)]
struct Beside {
    t: i64,
    lat: f64,
    lon: f64,
    distance_m: f64,
    density: [f64; 2],
}

struct Run {
    other: u32,
    places: Vec<Beside>,
}

/// Raw encounters, one row for each direction, by vessels and start. Tracks with their MMSI and their rows in order
/// of time; the peer's tracks are segments.
pub fn raw<'a>(
    positions: &Positions,
    tracks: impl IntoIterator<Item = (u32, &'a [u32])>,
    parameters: &GfwParameters,
) -> Vec<EncounterRow> {
    let mut samples = Vec::new();
    let mut vessels = Vec::new();
    let has_motion = has_motion(positions);
    for (track, (mmsi, rows)) in tracks.into_iter().enumerate() {
        vessels.push(mmsi);
        resample(positions, track as u32, rows, has_motion, parameters, &mut samples);
    }
    samples.sort_unstable_by_key(|sample| (sample.t, sample.track));
    let mut stage = Stage { vessels, parameters, out: Vec::new() };
    let mut runs: Vec<(i64, Vec<Run>)> = stage.vessels.iter().map(|_| (i64::MIN, Vec::new())).collect();
    for at_once in samples.chunk_by(|a, b| a.t == b.t) {
        let near = neighbours(at_once, parameters.max_distance_m, parameters.max_neighbours as usize);
        for (own, near) in at_once.iter().zip(&near) {
            let day = own.t.div_euclid(DAY_US);
            let Some((run_day, going)) = runs.get_mut(own.track as usize) else { continue };
            if *run_day != day {
                going.drain(..).for_each(|run| stage.close(own.track, &run));
                *run_day = day;
            }
            if near.is_empty() && going.is_empty() {
                continue;
            }
            let before = std::mem::take(going);
            for run in before {
                // Samples of one time are by track, as runs are.
                let with = near.iter().find_map(|(_, other)| {
                    at_once.get(*other as usize).filter(|other| other.track == run.other)
                });
                if with.is_some() { going.push(run) } else { stage.close(own.track, &run) }
            }
            for (distance, other) in near {
                let Some(theirs) = at_once.get(*other as usize) else { continue };
                let place = beside(own, theirs, *distance);
                match going.iter_mut().find(|run| run.other == theirs.track) {
                    Some(run) => run.places.push(place),
                    None => going.push(Run { other: theirs.track, places: vec![place] }),
                }
            }
        }
    }
    for (track, (_, going)) in runs.iter_mut().enumerate() {
        going.drain(..).for_each(|run| stage.close(track as u32, &run));
    }
    let mut rows = stage.out;
    rows.sort_by_key(|row| (row.vessel_1, row.vessel_2, row.start, row.end));
    rows
}

fn beside(own: &Sample, theirs: &Sample, distance_m: f64) -> Beside {
    Beside { t: own.t, lat: own.lat, lon: own.lon, distance_m, density: [own.density, theirs.density] }
}

struct Stage<'a> {
    vessels: Vec<u32>,
    parameters: &'a GfwParameters,
    out: Vec<EncounterRow>,
}

impl Stage<'_> {
    /// A run has ended: a row, if it is long enough.
    fn close(&mut self, track: u32, run: &Run) {
        let places = &run.places;
        let (Some(first), Some(last)) = (places.first(), places.last()) else { return };
        let minutes = (last.t - first.t) as f64 / 60e6;
        if places.len() < 2 || minutes < self.parameters.min_minutes {
            return;
        }
        let (Some(vessel_1), Some(vessel_2)) =
            (self.vessels.get(track as usize), self.vessels.get(run.other as usize))
        else {
            return;
        };
        let count = places.len() as f64;
        let mean = |value: fn(&Beside) -> f64| places.iter().map(value).sum::<f64>() / count;
        let speeds = places.windows(2).filter_map(|pair| {
            let [a, b] = pair else { return None };
            Some(distance_m(a.lat, a.lon, b.lat, b.lon) / ((b.t - a.t) as f64 / 1e6))
        });
        // Halves to even, as the peer's language rounds.
        let points = |of: usize| {
            libm::rint(places.iter().filter_map(|place| place.density.get(of)).sum::<f64>()) as u32
        };
        let sin = mean(|place| libm::sin(place.lon.to_radians()));
        let cos = mean(|place| libm::cos(place.lon.to_radians()));
        self.out.push(EncounterRow {
            vessel_1: *vessel_1,
            vessel_2: *vessel_2,
            start: Instant::from_micros(first.t),
            end: Instant::from_micros(last.t),
            median_distance_m: median(places.iter().map(|place| place.distance_m).collect()),
            min_distance_m: places.iter().map(|place| place.distance_m).fold(f64::INFINITY, f64::min),
            median_speed_kn: median(speeds.collect()) * MPS_TO_KNOTS,
            mean_lat: mean(|place| place.lat),
            mean_lon: libm::atan2(sin, cos).to_degrees(),
            start_lat: first.lat,
            start_lon: first.lon,
            end_lat: last.lat,
            end_lon: last.lon,
            points_1: points(0),
            points_2: points(1),
        });
    }
}
