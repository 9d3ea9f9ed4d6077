//! An encounter as a row of a table: the same columns for the exact definition and for the peer's.

use bitacora_primitives::Instant;

use super::batch::Encounter;

/// One encounter. Exact: positions and means are of the point midway, one row a pair, speed is of both vessels,
/// points are fixes. As the peer has it: positions, means and speed are of `vessel_1`, one row a direction, points
/// are the peer's estimate.
#[derive(Clone, PartialEq, Debug)]
pub struct EncounterRow {
    pub vessel_1: u32,
    pub vessel_2: u32,
    pub start: Instant,
    pub end: Instant,
    pub median_distance_m: f64,
    pub min_distance_m: f64,
    pub median_speed_kn: f64,
    pub mean_lat: f64,
    pub mean_lon: f64,
    pub start_lat: f64,
    pub start_lon: f64,
    pub end_lat: f64,
    pub end_lon: f64,
    pub points_1: u32,
    pub points_2: u32,
}

impl From<&Encounter> for EncounterRow {
    fn from(encounter: &Encounter) -> Self {
        let ([vessel_1, vessel_2], meeting) = (encounter.vessels, &encounter.meeting);
        Self {
            vessel_1,
            vessel_2,
            start: meeting.start,
            end: meeting.end,
            median_distance_m: meeting.median_distance_m,
            min_distance_m: meeting.min_distance_m,
            median_speed_kn: meeting.median_speed_kn,
            mean_lat: meeting.mean_lat,
            mean_lon: meeting.mean_lon,
            start_lat: meeting.start_at.0,
            start_lon: meeting.start_at.1,
            end_lat: meeting.end_at.0,
            end_lon: meeting.end_at.1,
            points_1: meeting.points[0],
            points_2: meeting.points[1],
        }
    }
}
