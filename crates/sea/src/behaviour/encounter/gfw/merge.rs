//! The merged and the published stage: raw rows of a pair, in both directions, that follow each other soon are one.

use bitacora_primitives::Instant;

use super::{GfwParameters, median};
use crate::behaviour::encounter::EncounterRow;

/// What surrounds a place, where the reader has it: the peer's tables by hundredths of a degree.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Surroundings {
    pub from_port_m: f64,
    /// `None` where the table has none, which counts as ashore.
    pub from_shore_m: Option<f64>,
}

/// Merged encounters: one row a pair, the lesser number first, by pair and start. Rows in a port or ashore are
/// dropped only where `surroundings` of their mean position are given.
pub fn merge(
    raw: &[EncounterRow],
    parameters: &GfwParameters,
    surroundings: Option<&dyn Fn(f64, f64) -> Surroundings>,
) -> Vec<EncounterRow> {
    let mut rows: Vec<EncounterRow> = raw
        .iter()
        .filter(|row| {
            surroundings.is_none_or(|surroundings| {
                let around = surroundings(row.mean_lat, row.mean_lon);
                around.from_port_m >= parameters.min_port_distance_m
                    && around.from_shore_m.is_some_and(|shore| shore > 0.0)
            })
        })
        .cloned()
        .collect();
    let pair = |row: &EncounterRow| (row.vessel_1.min(row.vessel_2), row.vessel_1.max(row.vessel_2));
    rows.sort_by_key(|row| (pair(row), row.start, row.end, row.vessel_1));
    let mut merged = Vec::new();
    for of_pair in rows.chunk_by(|a, b| pair(a) == pair(b)) {
        let mut part: Vec<&EncounterRow> = Vec::new();
        let mut end = Instant::from_micros(i64::MIN);
        for row in of_pair {
            if !part.is_empty() && row.start - end >= parameters.join {
                merged.push(joined(&part));
                part.clear();
            }
            part.push(row);
            end = end.max(row.end);
        }
        merged.push(joined(&part));
    }
    merged.retain(|row| (row.end - row.start).secs_f64() / 60.0 >= parameters.merged_min_minutes);
    merged
}

/// Those that the peer publishes.
pub fn published(merged: &[EncounterRow], parameters: &GfwParameters) -> Vec<EncounterRow> {
    merged.iter().filter(|row| row.median_speed_kn < parameters.published_max_speed_kn).cloned().collect()
}

/// Rows of one pair as one; at least one, in order of start. Means are weighted by duration, medians are medians of
/// medians, points are summed over both directions.
fn joined(rows: &[&EncounterRow]) -> EncounterRow {
    let seconds = |row: &EncounterRow| (row.end - row.start).secs_f64();
    let total = rows.iter().map(|row| seconds(row)).sum::<f64>().max(1.0);
    let mean = |value: &dyn Fn(&EncounterRow) -> f64| {
        rows.iter().map(|row| seconds(row) * value(row)).sum::<f64>() / total
    };
    let medians = |value: fn(&EncounterRow) -> f64| median(rows.iter().map(|row| value(row)).collect());
    let mut whole = EncounterRow {
        vessel_1: 0,
        vessel_2: 0,
        start: Instant::from_micros(i64::MAX),
        end: Instant::from_micros(i64::MIN),
        median_distance_m: medians(|row| row.median_distance_m),
        min_distance_m: rows.iter().map(|row| row.min_distance_m).fold(f64::INFINITY, f64::min),
        median_speed_kn: medians(|row| row.median_speed_kn),
        mean_lat: mean(&|row| row.mean_lat),
        mean_lon: libm::atan2(
            mean(&|row| libm::sin(row.mean_lon.to_radians())),
            mean(&|row| libm::cos(row.mean_lon.to_radians())),
        )
        .to_degrees(),
        start_lat: 0.0,
        start_lon: 0.0,
        end_lat: 0.0,
        end_lon: 0.0,
        points_1: 0,
        points_2: 0,
    };
    for row in rows {
        let turned = row.vessel_1 > row.vessel_2;
        (whole.vessel_1, whole.vessel_2) = (row.vessel_1.min(row.vessel_2), row.vessel_1.max(row.vessel_2));
        let (points_1, points_2) =
            if turned { (row.points_2, row.points_1) } else { (row.points_1, row.points_2) };
        whole.points_1 += points_1;
        whole.points_2 += points_2;
        // Of equal times the first row, as the peer's sort has it.
        if row.start < whole.start {
            (whole.start, whole.start_lat, whole.start_lon) = (row.start, row.start_lat, row.start_lon);
        }
        if row.end > whole.end {
            (whole.end, whole.end_lat, whole.end_lon) = (row.end, row.end_lat, row.end_lon);
        }
    }
    whole
}
