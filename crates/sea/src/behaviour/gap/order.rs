//! Rows vessel by vessel in order of time, as the gap detectors want them: for input that is in order of time as
//! it comes, with all vessels mixed; otherwise sorted. Rows of equal time stay in the order in which they came.

use rustc_hash::FxHashMap;

use crate::tracks::positions::Positions;

/// Hands every row to `visit` with the number of its vessel: vessels are numbered from 0 as they first come, and
/// the rows of each in order of time. The order between vessels is not promised. Returns the MMSI by number.
pub fn visit(positions: &Positions, mut visit: impl FnMut(u32, u32, i64)) -> Vec<u32> {
    let mut vessels = Vessels::default();
    if positions.micros().is_sorted() {
        for (row, (mmsi, micros)) in positions.mmsi().iter().zip(positions.micros()).enumerate() {
            visit(vessels.number(*mmsi), row as u32, *micros);
        }
        return vessels.numbers;
    }
    // A counting sort by vessel, then by time within each: the rows of one vessel lie together while they are
    // sorted, so that nothing is looked up far away.
    let mut counts: Vec<u32> = Vec::new();
    let places: Vec<u32> = positions
        .mmsi()
        .iter()
        .map(|mmsi| {
            let number = vessels.number(*mmsi);
            match counts.get_mut(number as usize) {
                Some(count) => *count += 1,
                None => counts.push(1),
            }
            number
        })
        .collect();
    let mut next = Vec::with_capacity(counts.len());
    let mut begin = 0_u32;
    for count in &counts {
        next.push(begin);
        begin += count;
    }
    let (least, most) = positions
        .micros()
        .iter()
        .fold((i64::MAX, i64::MIN), |(least, most), at| (least.min(*at), most.max(*at)));
    // Time and row in one word where they fit, which sorts in half the time: twenty bits of rows leave two hundred days.
    let row_bits = u64::BITS - (positions.len() as u64).leading_zeros();
    let time_bits = u64::BITS - most.abs_diff(least).leading_zeros();
    if row_bits + time_bits <= u64::BITS {
        let pack = |micros: i64, row: u32| micros.abs_diff(least) << row_bits | u64::from(row);
        let unpack = |word: u64| {
            (least.wrapping_add_unsigned(word >> row_bits), (word & !(u64::MAX << row_bits)) as u32)
        };
        sorted(positions, &places, &counts, next, pack, |number, word| {
            let (micros, row) = unpack(word);
            visit(number, row, micros);
        });
    } else {
        let pack = |micros: i64, row: u32| (micros, row);
        sorted(positions, &places, &counts, next, pack, |number, (micros, row)| visit(number, row, micros));
    }
    vessels.numbers
}

/// Puts the rows of each vessel together as words that sort by time and row, and hands them over vessel by vessel.
fn sorted<W: Copy + Ord + Default>(
    positions: &Positions,
    places: &[u32],
    counts: &[u32],
    mut next: Vec<u32>,
    pack: impl Fn(i64, u32) -> W,
    mut visit: impl FnMut(u32, W),
) {
    let mut rows = vec![W::default(); positions.len()];
    for (row, (number, micros)) in places.iter().zip(positions.micros()).enumerate() {
        if let Some(at) = next.get_mut(*number as usize) {
            if let Some(slot) = rows.get_mut(*at as usize) {
                *slot = pack(*micros, row as u32);
            }
            *at += 1;
        }
    }
    let mut left = rows.as_mut_slice();
    for (number, count) in counts.iter().enumerate() {
        let (own, rest) = std::mem::take(&mut left).split_at_mut(*count as usize);
        left = rest;
        if !own.is_sorted() {
            own.sort_unstable();
        }
        own.iter().for_each(|word| visit(number as u32, *word));
    }
}

#[derive(Default)]
struct Vessels {
    places: FxHashMap<u32, u32>,
    numbers: Vec<u32>,
}

impl Vessels {
    #[inline]
    fn number(&mut self, mmsi: u32) -> u32 {
        *self.places.entry(mmsi).or_insert_with(|| {
            self.numbers.push(mmsi);
            (self.numbers.len() - 1) as u32
        })
    }
}
