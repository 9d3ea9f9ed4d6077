//! Shingles: the shape of the last minutes of a way as quantised displacements, and the fixed table that finds
//! the fix where the same shape was seen. A hit is a hint; it proves nothing.

use std::collections::VecDeque;

use bitacora_primitives::{Duration, Instant};

use super::super::parameters::CopyParameters;
use super::memory::Offset;
use crate::tracks::Fix;

/// Displacements in a shingle.
const LEGS: usize = 5;
/// Degrees, about 24 m. Odd, so that round coordinates do not lie on the borders of its cells.
const QUANTUM_DEG: f64 = 2.130_7e-4;
const WAYS: usize = 4;

/// Fixes of one track kept for its next shingle: five minutes of three a second, far more than any station sends.
const MOST: usize = 1_024;

/// The last minutes of one track, from the earliest on, and where it was one, two ... `LEGS` intervals ago: the fix from
/// which on, counted from the earliest kept.
#[derive(Clone, Debug, Default)]
pub(super) struct Recent {
    kept: VecDeque<Place>,
    cursors: [usize; LEGS],
}

#[derive(Clone, Copy, Debug)]
struct Place {
    observed: Instant,
    at: Offset,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Shingle([Offset; LEGS]);

impl Recent {
    /// Moves on to the newest fix. A shingle, if the track reaches back far enough and its way has a shape: any
    /// two straight ways at one speed are equal.
    pub(super) fn advance(&mut self, fix: &Fix, parameters: &CopyParameters) -> Option<Shingle> {
        let end = Offset::of(fix.position);
        self.kept.push_back(Place { observed: fix.observed, at: end });
        let interval = parameters.interval.micros().max(1);
        let mut offsets = [Offset::default(); LEGS];
        let mut known = true;
        for (k, (cursor, offset)) in self.cursors.iter_mut().zip(offsets.iter_mut()).enumerate() {
            let wanted = fix.observed - Duration::from_micros(interval.saturating_mul(k as i64 + 1));
            let next = |cursor: usize| self.kept.get(cursor + 1);
            while next(*cursor).is_some_and(|place| place.observed <= wanted) {
                *cursor += 1;
            }
            match (self.kept.get(*cursor), next(*cursor)) {
                (Some(from), Some(to)) if from.observed <= wanted => {
                    *offset = between(from, to, wanted).minus(end);
                }
                _ => known = false,
            }
        }
        let [.., earliest] = self.cursors;
        self.forget(if self.kept.len() > MOST { earliest.max(1) } else { earliest });
        if !known {
            return None;
        }
        let shingle = Shingle(offsets);
        (shingle.shape_m(fix.cos_lat) >= parameters.seed_shape_m).then_some(shingle)
    }

    fn forget(&mut self, count: usize) {
        self.kept.drain(..count);
        self.cursors.iter_mut().for_each(|cursor| *cursor = cursor.saturating_sub(count));
    }
}

/// Where the track was, from 0 N 0 E, at a time between two of its fixes.
fn between(from: &Place, to: &Place, wanted: Instant) -> Offset {
    let span = (to.observed - from.observed).secs_f64();
    let share = (wanted - from.observed).secs_f64() / span;
    let way = to.at.minus(from.at);
    Offset { lat: from.at.lat + share * way.lat, lon: from.at.lon + share * way.lon }
}

impl Shingle {
    /// The farthest that a place within lies from where even motion over the whole would have put it.
    fn shape_m(&self, cos_lat: f64) -> f64 {
        let [.., whole] = self.0;
        let off = |(k, offset): (usize, &Offset)| {
            let share = (k as f64 + 1.0) / LEGS as f64;
            let even = Offset { lat: whole.lat * share, lon: whole.lon * share };
            let off = Offset { lat: offset.lat - even.lat, lon: offset.lon - even.lon }.metres(cos_lat);
            off.east * off.east + off.north * off.north
        };
        self.0.iter().enumerate().map(off).fold(0.0, f64::max).sqrt()
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
    pub(super) fn look(&self, hash: u64) -> impl Iterator<Item = u64> + use<> {
        let mut bucket = self.buckets.get((hash & self.mask) as usize).copied().unwrap_or_default();
        // What has this hash differs in its number alone.
        bucket.sort_unstable_by(|a, b| b.cmp(a));
        bucket
            .into_iter()
            .filter(move |entry| entry & NUMBER_MASK != 0 && entry >> NUMBER_BITS == hash >> NUMBER_BITS)
            .map(|entry| (entry & NUMBER_MASK) - 1)
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
