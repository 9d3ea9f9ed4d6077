//! Remembers for a short while what has been heard, so that a transmission heard by several stations, or
//! coming by several feeds, counts once. Fixed memory; forgets the oldest first.

/// How long after its first hearing the same payload is the same transmission. Equipment repeats an equal
/// payload after minutes at the soonest (M.1371-5 Annex 1, reporting intervals: static data every six minutes;
/// dynamic data carry the second).
const WINDOW_MICROS: i64 = 30_000_000;
const WAYS: usize = 4;
/// 2^15 buckets of four hold 30 s of 4,369 distinct messages a second; the whole US coast has about 600.
const BUCKETS: usize = 1 << 15;

type Bucket = [(u64, i64); WAYS];

pub(super) struct Duplicates {
    buckets: Vec<Bucket>,
}

impl std::fmt::Debug for Duplicates {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Duplicates({} entries)", self.buckets.len() * WAYS)
    }
}

impl Duplicates {
    pub(super) fn new() -> Self {
        Self { buckets: vec![[(0, i64::MIN); WAYS]; BUCKETS] }
    }

    /// Whether these bits were heard within the window; if not, they have been now.
    pub(super) fn heard(&mut self, packed: &[u8], micros: i64) -> bool {
        let hash = hash(packed);
        let Some(bucket) = self.buckets.get_mut(hash as usize % BUCKETS) else { return false };
        let mut oldest = 0;
        let mut oldest_at = i64::MAX;
        for (way, (other, at)) in bucket.iter_mut().enumerate() {
            if *other == hash && at.abs_diff(micros) <= WINDOW_MICROS as u64 {
                return true;
            }
            if *at < oldest_at {
                (oldest, oldest_at) = (way, *at);
            }
        }
        if let Some(place) = bucket.get_mut(oldest) {
            *place = (hash, micros);
        }
        false
    }
}

/// Sixty-four bits of the payload without its repeat indicator, which a repeater counts up. Multiplied to 128
/// bits and folded (as wyhash does), eight bytes at a time.
#[inline]
fn hash(packed: &[u8]) -> u64 {
    const SECRETS: [u64; 2] = [0xa076_1d64_78bd_642f, 0xe703_7ed1_a0b4_28db];
    let fold = |a: u64, b: u64| {
        let wide = u128::from(a) * u128::from(b);
        (wide as u64) ^ (wide >> 64) as u64
    };
    let (words, rest) = packed.as_chunks::<8>();
    let mut last = [0; 8];
    for (to, from) in last.iter_mut().zip(rest) {
        *to = *from;
    }
    let mut mask = 0xfcff_ffff_ffff_ffff;
    let mut state = packed.len() as u64 ^ SECRETS[1];
    for word in words.iter().chain([&last]) {
        state = fold((u64::from_be_bytes(*word) & mask) ^ SECRETS[0], state ^ SECRETS[1]);
        mask = u64::MAX;
    }
    state
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_bits_within_half_a_minute_are_heard_once() {
        let mut duplicates = Duplicates::new();
        let payload = [4, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
        let start = 1_469_664_000_000_000;
        assert!(!duplicates.heard(&payload, start));
        assert!(duplicates.heard(&payload, start + WINDOW_MICROS));
        assert!(duplicates.heard(&payload, start - 2_000_000));
        assert!(!duplicates.heard(&payload, start + WINDOW_MICROS + 1));
    }

    #[test]
    fn a_repeated_transmission_is_the_same_and_another_bit_is_not() {
        let mut duplicates = Duplicates::new();
        let payload = [4_u8; 21];
        assert!(!duplicates.heard(&payload, 0));
        let mut repeated = payload;
        repeated[0] |= 2;
        assert!(duplicates.heard(&repeated, 0));
        for bit in 0..8 * payload.len() {
            if bit == 6 || bit == 7 {
                continue;
            }
            let mut other = payload;
            other[bit / 8] ^= 0x80 >> (bit % 8);
            assert!(!duplicates.heard(&other, 0), "bit {bit}");
        }
    }
}
