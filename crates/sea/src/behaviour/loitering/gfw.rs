//! Loitering as Global Fishing Watch counts it (pipe-loitering 6d2c5e8f): slow UTC clock hours of one segment,
//! chained over midnight. Bridges silence and depends on the clock: for comparison with the peer, nothing else.

use bitacora_primitives::geodesy::haversine;
use bitacora_primitives::{Instant, Position};
use serde::{Deserialize, Serialize};

use crate::tracks::positions::Positions;

const HOUR: i64 = 3_600_000_000;
const DAY: i64 = 24 * HOUR;
const METRES_PER_MILE: f64 = 1852.0;

/// The peer's threshold and ours on top.
#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct GfwParameters {
    /// An hour is slow strictly below (`slow_threshold` of the peer).
    pub max_speed_kn: f64,
    /// Shorter chains are left out; 0 is the peer's own.
    pub min_hours: f64,
}

impl Default for GfwParameters {
    fn default() -> Self {
        Self { max_speed_kn: 2.0, min_hours: 0.0 }
    }
}

/// One message of a segment, with its way from the message before.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Message {
    pub micros: i64,
    pub position: Position,
    /// Since the message before; `None` for the first of a segment.
    pub hours: Option<f64>,
    pub metres_to_previous: Option<f64>,
}

/// A run within one UTC day, or a chain of them.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Slow {
    pub start: i64,
    pub end: i64,
    /// Sum of the messages' hours after the first; `None` when none has any.
    pub hours: Option<f64>,
    pub miles: f64,
    pub start_position: Position,
    pub end_position: Position,
    /// Daily runs in the chain.
    pub days: u32,
}

impl Slow {
    pub fn avg_speed_kn(&self) -> Option<f64> {
        self.hours.filter(|hours| *hours != 0.0).map(|hours| self.miles / hours)
    }
}

/// One chain of one segment.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Found {
    pub mmsi: u32,
    pub segment: u32,
    pub start: Instant,
    pub end: Instant,
    pub duration_h: f64,
    pub distance_m: f64,
    /// `None` where no time passed.
    pub avg_speed_kn: Option<f64>,
}

/// Sums as the peer's: hours that are zero or missing do not make a sum, metres that are missing do not.
fn totals(messages: &[Message]) -> (Option<f64>, Option<f64>) {
    let mut totals = (None, None);
    for message in messages {
        if let Some(hours) = message.hours.filter(|hours| *hours != 0.0) {
            totals.0 = Some(totals.0.unwrap_or(0.0) + hours);
        }
        if let Some(metres) = message.metres_to_previous {
            totals.1 = Some(totals.1.unwrap_or(0.0) + metres);
        }
    }
    totals
}

fn is_slow(bucket: &[Message], parameters: &GfwParameters) -> bool {
    match totals(bucket) {
        (Some(hours), Some(metres)) => metres / hours / METRES_PER_MILE < parameters.max_speed_kn,
        _ => false,
    }
}

/// The daily runs of one segment, whose messages are in order of time.
pub fn daily(messages: &[Message], parameters: &GfwParameters) -> Vec<Slow> {
    let mut found = Vec::new();
    let mut open: Option<(usize, usize)> = None;
    let mut before: Option<Message> = None;
    let mut close = |open: &mut Option<(usize, usize)>| {
        if let Some((from, to)) = open.take()
            && let Some([first, rest @ ..]) = messages.get(from..to)
            && let Some(last) = rest.last()
        {
            let (hours, metres) = totals(rest);
            found.push(Slow {
                start: first.micros,
                end: last.micros,
                hours,
                miles: metres.unwrap_or(0.0) / METRES_PER_MILE,
                start_position: first.position,
                end_position: last.position,
                days: 1,
            });
        }
    };
    let mut at = 0;
    for bucket in messages.chunk_by(|a, b| a.micros.div_euclid(HOUR) == b.micros.div_euclid(HOUR)) {
        let (from, to) = (at, at + bucket.len());
        at = to;
        let day = bucket.first().map_or(0, |message| message.micros.div_euclid(DAY));
        let day_before = before.map(|message| message.micros.div_euclid(DAY));
        if day_before != Some(day) {
            close(&mut open);
        }
        if is_slow(bucket, parameters) {
            // The last message of the bucket before, where that is of this day or the day before.
            let near = day_before.is_some_and(|other| other >= day.saturating_sub(1));
            let (begin, _) = open.unwrap_or((if near { from.saturating_sub(1) } else { from }, to));
            open = Some((begin, to));
        } else {
            close(&mut open);
        }
        before = bucket.last().copied();
    }
    close(&mut open);
    found
}

/// Daily runs of one segment, in order, joined where one ends when the next begins.
pub fn chained(daily: &[Slow]) -> Vec<Slow> {
    let mut chains: Vec<Slow> = Vec::new();
    for run in daily {
        match chains.last_mut() {
            Some(chain) if chain.end == run.start => {
                chain.end = run.end;
                chain.end_position = run.end_position;
                chain.miles += run.miles;
                chain.hours = match (chain.hours, run.hours) {
                    (Some(a), Some(b)) => Some(a + b),
                    (a, b) => a.or(b),
                };
                chain.days += run.days;
            }
            _ => chains.push(*run),
        }
    }
    chains
}

/// The chains of every segment, by number and segment. `segments` names the segment of each row; rows beyond its
/// end are of segment 0, so that with none a number is one segment. All rows count, also those of equal time.
pub fn loitering(positions: &Positions, segments: &[u32], parameters: &GfwParameters) -> Vec<Found> {
    let mut found = Vec::new();
    let segment = |row: &u32| segments.get(*row as usize).copied().unwrap_or(0);
    let mut messages = Vec::new();
    for (mmsi, rows) in positions.by_vessel().iter() {
        let mut rows = rows.to_vec();
        rows.sort_by_key(segment);
        for rows in rows.chunk_by(|a, b| segment(a) == segment(b)) {
            read(positions, rows, &mut messages);
            for chain in chained(&daily(&messages, parameters)) {
                if chain.hours.unwrap_or(0.0) >= parameters.min_hours {
                    found.push(Found {
                        mmsi,
                        segment: rows.first().map_or(0, segment),
                        start: Instant::from_micros(chain.start),
                        end: Instant::from_micros(chain.end),
                        duration_h: chain.hours.unwrap_or(0.0),
                        distance_m: chain.miles * METRES_PER_MILE,
                        avg_speed_kn: chain.avg_speed_kn(),
                    });
                }
            }
        }
    }
    found
}

/// Messages of one segment from its rows, with the peer's `hours` and `meters_to_prev`.
fn read(positions: &Positions, rows: &[u32], messages: &mut Vec<Message>) {
    messages.clear();
    let mut before: Option<(i64, Position)> = None;
    for row in rows {
        let Some(row) = positions.row(*row as usize) else { continue };
        let Ok(position) = Position::new(row.lat, row.lon) else { continue };
        messages.push(Message {
            micros: row.micros,
            position,
            hours: before.map(|(micros, _)| row.micros.saturating_sub(micros) as f64 / HOUR as f64),
            metres_to_previous: before.map(|(_, other)| haversine(other, position).value()),
        });
        before = Some((row.micros, position));
    }
}
