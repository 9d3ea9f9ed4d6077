//! Segments: which rows of one MMSI can be of one hull, as a number for each row. `exact` is the split of the
//! picture; `compatible` is the definition of gpsdio-segment, kept apart from it. Neither drops a row.

pub mod compatible;
pub mod exact;

use super::positions::Positions;
use crate::behaviour::parameters::MotionParameters;

/// The segment of each row, by the number of the row.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Segments {
    of_row: Vec<u32>,
    /// The row with which each segment begins, and its time.
    first: Vec<u32>,
    names: Vec<i64>,
}

impl Segments {
    const NONE: u32 = u32::MAX;

    /// No row in a segment yet.
    pub fn with_rows(rows: usize) -> Self {
        Self { of_row: vec![Self::NONE; rows], first: Vec::new(), names: Vec::new() }
    }

    /// `None` for a row that is in no segment: in the exact mode of a station that is no vessel, or with a number or
    /// place that cannot be one; in the compatible mode a copy of an earlier row.
    pub fn of(&self, row: usize) -> Option<u32> {
        self.of_row.get(row).copied().filter(|segment| *segment != Self::NONE)
    }

    /// How many segments there are; they are numbered from 0, by MMSI and then in the order in which they came up.
    pub const fn len(&self) -> usize {
        self.first.len()
    }
    pub const fn is_empty(&self) -> bool {
        self.first.is_empty()
    }

    /// The row with which a segment begins.
    pub fn first_row(&self, segment: u32) -> Option<usize> {
        self.first.get(segment as usize).map(|row| *row as usize)
    }

    /// Microseconds since 1970 of the first row; in the compatible mode a millisecond later for each other
    /// segment that began at the same time. With the MMSI it is the peer's id of the segment.
    pub fn name(&self, segment: u32) -> Option<i64> {
        self.names.get(segment as usize).copied()
    }

    fn begin(&mut self, row: usize, name: i64) -> u32 {
        let segment = self.first.len() as u32;
        self.first.push(row as u32);
        self.names.push(name);
        self.put(row, segment);
        segment
    }

    fn put(&mut self, row: usize, segment: u32) {
        if let Some(slot) = self.of_row.get_mut(row) {
            *slot = segment;
        }
    }
}

/// The exact mode over a batch: the tracks of the picture, without its detectors.
pub fn exact(
    positions: &Positions,
    motion: &MotionParameters,
    max_idle: bitacora_primitives::Duration,
) -> Segments {
    let mut segments = Segments::with_rows(positions.len());
    for (_, rows) in positions.by_vessel().iter() {
        exact::one(positions, rows, motion, max_idle, &mut segments);
    }
    segments
}

/// The compatible mode over a batch of positions. Rows without speed, or above very slow without course, are
/// segments of their own, as there.
pub fn compatible(positions: &Positions, parameters: &compatible::Parameters) -> Segments {
    let mut segments = Segments::with_rows(positions.len());
    let mut segmenter = compatible::Segmenter::new(*parameters);
    for (_, rows) in positions.by_vessel().iter() {
        let messages = rows.iter().filter_map(|row| {
            let row = *row as usize;
            Some((row, compatible::message(positions, row)?))
        });
        compatible::one(messages, &mut segmenter, &mut segments);
    }
    segments
}
