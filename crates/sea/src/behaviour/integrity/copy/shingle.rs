//! Shingles: the shape of the last minutes of a way as quantised displacements, and the fixed table that finds
//! the fix where the same shape was seen. A hit is a hint; it proves nothing.

use bitacora_primitives::{Duration, Instant};

use super::super::parameters::CopyParameters;
use super::memory::{Memory, Offset};

/// Displacements in a shingle.
const LEGS: usize = 5;
/// Degrees, about 24 m. Odd, so that round coordinates do not lie on the borders of its cells.
const QUANTUM_DEG: f64 = 2.130_7e-4;
const WAYS: usize = 4;

/// Where a track was one, two ... `LEGS` intervals ago: each a fix and its successor between which it lies.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cursors([u64; LEGS]);

#[derive(Clone, Copy, Debug)]
pub(super) struct Shingle([Offset; LEGS]);

impl Cursors {
    pub(super) const fn at(number: u64) -> Self {
        Self([number; LEGS])
    }

    /// Moves on to the newest fix. A shingle, if the track reaches back far enough and its way has a shape: any
    /// two straight ways at one speed are equal.
    pub(super) fn advance(
        &mut self,
        newest: u64,
        memory: &Memory,
        parameters: &CopyParameters,
    ) -> Option<Shingle> {
        let end = memory.get(newest)?;
        let interval = parameters.interval.micros().max(1);
        let mut offsets = [Offset::default(); LEGS];
        let mut known = true;
        for (k, (cursor, offset)) in self.0.iter_mut().zip(offsets.iter_mut()).enumerate() {
            let wanted = end.observed - Duration::from_micros(interval.saturating_mul(k as i64 + 1));
            if memory.get(*cursor).is_none() {
                // Overwritten: from here on anew.
                *cursor = newest;
            }
            while let Some((next, kept)) = memory.after(*cursor)
                && kept.observed <= wanted
            {
                *cursor = next;
            }
            match place(*cursor, wanted, memory) {
                Some(place) => *offset = place.minus(Offset::of(end.position)),
                None => known = false,
            }
        }
        if !known {
            return None;
        }
        let shingle = Shingle(offsets);
        let cos_lat = libm::cos(end.position.lat().to_radians());
        (shingle.shape_m(cos_lat) >= parameters.seed_shape_m).then_some(shingle)
    }
}

/// Where the track was, from 0 N 0 E, at a time between the fix and its successor.
fn place(cursor: u64, wanted: Instant, memory: &Memory) -> Option<Offset> {
    let from = memory.get(cursor)?;
    let (_, to) = memory.after(cursor)?;
    let span = (to.observed - from.observed).secs_f64();
    let share = (wanted - from.observed).secs_f64() / span;
    let way = Offset::between(from.position, to.position);
    (0.0..=1.0).contains(&share).then(|| Offset {
        lat: from.position.lat() + share * way.lat,
        lon: from.position.lon() + share * way.lon,
    })
}

impl Shingle {
    /// The farthest that a place within lies from where even motion over the whole would have put it.
    fn shape_m(&self, cos_lat: f64) -> f64 {
        let [.., whole] = self.0;
        let off = |(k, offset): (usize, &Offset)| {
            let share = (k as f64 + 1.0) / LEGS as f64;
            let even = Offset { lat: whole.lat * share, lon: whole.lon * share };
            Offset { lat: offset.lat - even.lat, lon: offset.lon - even.lon }.metres(cos_lat).length()
        };
        self.0.iter().enumerate().map(off).fold(0.0, f64::max)
    }

    /// Two hashes, of cells whose borders lie half a cell apart: noise at a border of one is inside the other.
    /// Both kinds of cell are the same north and south, east and west.
    pub(super) fn hashes(&self) -> [u64; 2] {
        let mix = |state: u64, cell: f64| {
            let wide = u128::from(state ^ cell as i64 as u64) * 0x9E37_79B9_7F4A_7C15_u128;
            (wide as u64) ^ (wide >> 64) as u64
        };
        let mut hashes: [u64; 2] = [0x2545_F491_4F6C_DD1D, 0xD1B5_4A32_D192_ED03];
        for offset in &self.0 {
            for degrees in [offset.lat, offset.lon] {
                let cells = degrees / QUANTUM_DEG;
                let [nearest, toward_zero] = &mut hashes;
                *nearest = mix(nearest.rotate_left(23), libm::round(cells));
                *toward_zero = mix(toward_zero.rotate_left(23), libm::trunc(cells));
            }
        }
        hashes
    }
}

/// Hash to number of fix: buckets of four, the oldest overwritten. An entry is 16 bits of the hash over 48 bits
/// of the number plus one.
#[derive(Debug)]
pub(super) struct Index {
    buckets: Vec<[u64; WAYS]>,
    mask: u64,
}

const NUMBER_BITS: u32 = 48;
const NUMBER_MASK: u64 = (1 << NUMBER_BITS) - 1;

impl Index {
    pub(super) fn new(capacity: usize) -> Self {
        let buckets = (capacity / 2).next_power_of_two().max(1);
        Self { buckets: vec![[0; WAYS]; buckets], mask: buckets as u64 - 1 }
    }

    /// Numbers of fixes with this hash, newest first.
    pub(super) fn look(&self, hash: u64) -> Vec<u64> {
        let bucket = self.buckets.get((hash & self.mask) as usize).copied().unwrap_or_default();
        let mut found: Vec<u64> = bucket
            .into_iter()
            .filter(|entry| entry & NUMBER_MASK != 0 && entry >> NUMBER_BITS == hash >> NUMBER_BITS)
            .map(|entry| (entry & NUMBER_MASK) - 1)
            .collect();
        found.sort_unstable_by(|a, b| b.cmp(a));
        found
    }

    pub(super) fn insert(&mut self, hash: u64, number: u64) {
        let entry = (hash >> NUMBER_BITS) << NUMBER_BITS | ((number + 1) & NUMBER_MASK);
        if let Some(bucket) = self.buckets.get_mut((hash & self.mask) as usize)
            && let Some(oldest) = bucket.iter_mut().min_by_key(|entry| **entry & NUMBER_MASK)
        {
            *oldest = entry;
        }
    }
}
