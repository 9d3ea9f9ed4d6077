//! Gaps by the definition of Global Fishing Watch (pipe-gaps 9d9426e3, `core/gap_detector.py`): consecutive messages
//! of one MMSI, strictly farther apart than the threshold. Tracks are not regarded, so the two ends can be two
//! ships; a message without a position is a message. For comparison with other systems: `exact` works by track.

use bitacora_primitives::{Duration, Instant};
use md5::{Digest, Md5};

use super::order;
use super::silence::{Found, Silence, measured};
use crate::tracks::positions::Positions;

const DAY_US: i64 = 86_400_000_000;

/// What the peer lets its users set.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Parameters {
    /// Strictly longer is a gap. The peer's class has 12 h, its pipeline 6 h, its latest back-fill 4 h.
    pub threshold: Duration,
    /// How far before a gap messages are counted.
    pub before: Duration,
    /// The day (since 1970, [`Instant::day`]) at whose end a vessel that is still silent has an open gap; `None` for
    /// the day of the newest row.
    pub today: Option<i64>,
}

impl Default for Parameters {
    fn default() -> Self {
        Self { threshold: Duration::from_hours(6), before: Duration::from_hours(12), today: None }
    }
}

/// A gap with the peer's key and count.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Gap {
    pub silence: Silence,
    /// The same while the gap is open and when it is closed: of MMSI, time and place of its beginning.
    pub key: [u8; 16],
    /// Messages of the vessel in the time before the gap, the last one included; others of the last one's very
    /// second are not, as the peer has it.
    pub messages_before: u32,
}

/// Per vessel, while its rows go by.
struct Vessel {
    last_us: i64,
    last: u32,
    /// Its rows so far, and those before the first of time `last_us`.
    rows: u32,
    rows_before_last: u32,
    /// First row that a gap to come can count, and how many were before it.
    tail: u32,
    rows_before_tail: u32,
}

/// Every gap, by MMSI and time. Rows may come in any order; rows of equal vessel and time count in theirs.
pub fn detect(positions: &Positions, parameters: &Parameters) -> Vec<Gap> {
    let threshold = parameters.threshold.micros();
    let before = parameters.before.micros().max(0);
    let times = positions.micros();
    let mut vessels: Vec<Vessel> = Vec::new();
    // The next row of the same vessel: the count before a gap follows it, each row once.
    let mut next: Vec<u32> = vec![u32::MAX; positions.len()];
    let mut found: Vec<(u32, u32, Option<u32>, u32)> = Vec::new();
    let numbers = order::visit(positions, |number, row, micros| {
        let Some(vessel) = vessels.get_mut(number as usize) else {
            vessels.push(Vessel {
                last_us: micros,
                last: row,
                rows: 1,
                rows_before_last: 0,
                tail: row,
                rows_before_tail: 0,
            });
            return;
        };
        if micros.saturating_sub(vessel.last_us) > threshold {
            let count = vessel.count_before(before, times, &next);
            found.push((number, vessel.last, Some(row), count));
        }
        if let Some(slot) = next.get_mut(vessel.last as usize) {
            *slot = row;
        }
        if micros > vessel.last_us {
            vessel.rows_before_last = vessel.rows;
            vessel.last_us = micros;
        }
        vessel.rows += 1;
        vessel.last = row;
    });
    if let Some(newest) = times.iter().max() {
        let today = parameters.today.unwrap_or_else(|| Instant::from_micros(*newest).day());
        let midnight = today.saturating_add(1).saturating_mul(DAY_US);
        for (number, vessel) in vessels.iter_mut().enumerate() {
            if midnight.saturating_sub(vessel.last_us) > threshold {
                let count = vessel.count_before(before, times, &next);
                found.push((number as u32, vessel.last, None, count));
            }
        }
    }
    let mmsi = |number: u32| numbers.get(number as usize).copied().unwrap_or_default();
    let micros = |row: u32| times.get(row as usize).copied().unwrap_or_default();
    found.sort_unstable_by_key(|(number, off, _, _)| (mmsi(*number), micros(*off), *off));
    let ends: Vec<Found> = found.iter().map(|(number, off, on, _)| (mmsi(*number), *off, *on)).collect();
    measured(positions, ends)
        .into_iter()
        .zip(found)
        .map(|(silence, (.., messages_before))| Gap {
            silence,
            key: key(silence.mmsi, silence.off.micros, positions, silence.off.row),
            messages_before,
        })
        .collect()
}

impl Vessel {
    /// Rows within `before` of the last and earlier than it, and the last itself.
    fn count_before(&mut self, before: i64, times: &[i64], next: &[u32]) -> u32 {
        let since = self.last_us.saturating_sub(before);
        let time = |row: u32| times.get(row as usize).copied().unwrap_or(i64::MAX);
        while time(self.tail) < since {
            self.tail = next.get(self.tail as usize).copied().unwrap_or(u32::MAX);
            self.rows_before_tail += 1;
        }
        self.rows_before_last.saturating_sub(self.rows_before_tail) + 1
    }
}

/// The peer's `gap_id`: MD5 of MMSI, seconds, latitude and longitude as Python prints them, 0.0 for a coordinate
/// that is missing. A name, not a protection.
pub fn key(mmsi: u32, micros: i64, positions: &Positions, row: u32) -> [u8; 16] {
    let known = |column: &[f64]| column.get(row as usize).copied().filter(|value| !value.is_nan());
    let (lat, lon) = (known(positions.lat()), known(positions.lon()));
    key_of(mmsi, micros, lat.unwrap_or_default(), lon.unwrap_or_default())
}

/// [`key`] of what it is made from.
pub fn key_of(mmsi: u32, micros: i64, lat: f64, lon: f64) -> [u8; 16] {
    let seconds = micros as f64 / 1e6;
    let text = format!("{mmsi}|{}|{}|{}", as_python(seconds), as_python(lat), as_python(lon));
    Md5::digest(text.as_bytes()).into()
}

/// A float as Python's `repr` has it: the shortest digits that read back, an exponent of at least two digits below
/// 0.0001 and from 1e16. Zero has no sign, since the peer takes `value or 0.0`.
fn as_python(value: f64) -> String {
    if value == 0.0 {
        return "0.0".to_owned();
    }
    if (1e-4..1e16).contains(&value.abs()) {
        return format!("{value:?}");
    }
    let text = format!("{value:e}");
    match text.split_once('e') {
        Some((digits, exponent)) => {
            let (sign, figures) = exponent.strip_prefix('-').map_or(("+", exponent), |rest| ("-", rest));
            format!("{digits}e{sign}{figures:0>2}")
        }
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floats_print_as_python_prints_them() {
        for (value, text) in [
            (1_609_918_428.0, "1609918428.0"),
            (1_452_603_731.218, "1452603731.218"),
            (20.623_893_333_3, "20.6238933333"),
            (-0.0, "0.0"),
            (0.0001, "0.0001"),
            (0.000_05, "5e-05"),
            (-0.000_012_5, "-1.25e-05"),
            (180.0, "180.0"),
            (1e16, "1e+16"),
        ] {
            assert_eq!(as_python(value), text);
        }
    }
}
