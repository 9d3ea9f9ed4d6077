//! The numbers of a draw: block `c` is SHA-256 of the seed's text, a comma and `c` in decimal, read as one integer (the
//! counter sampler of R. Rivest, used in election audits). Draws without bias, by refusing the uneven top of the range.

use sha2::{Digest, Sha256};

/// The blocks of one seed, in order from 1. Never repeats or skips one.
#[derive(Clone, Debug)]
pub struct Stream {
    /// SHA-256 after the seed and the comma.
    start: Sha256,
    counter: u64,
}

impl Stream {
    pub fn new(seed: &str) -> Self {
        let mut start = Sha256::new();
        start.update(seed.as_bytes());
        start.update(b",");
        Self { start, counter: 0 }
    }

    /// The next block.
    pub fn block(&mut self) -> [u8; 32] {
        self.counter += 1;
        let mut digits = [0_u8; 20];
        let mut at = digits.len();
        let mut rest = self.counter;
        while rest > 0 {
            at -= 1;
            if let Some(digit) = digits.get_mut(at) {
                *digit = b'0' + (rest % 10) as u8;
            }
            rest /= 10;
        }
        let mut hasher = self.start.clone();
        hasher.update(digits.get(at..).unwrap_or_default());
        hasher.finalize().into()
    }

    /// A number below `n`, each with the same chance; 0 for `n` of 0 or 1.
    pub fn below(&mut self, n: u64) -> u64 {
        loop {
            if let Some(number) = reduce(&self.block(), n) {
                return number;
            }
        }
    }

    /// `0..n` in random order (Fisher and Yates, from the last place down).
    pub fn permutation(&mut self, n: u32) -> Vec<u32> {
        let mut order: Vec<u32> = (0..n).collect();
        for last in (1..u64::from(n)).rev() {
            let other = self.below(last + 1);
            order.swap(last as usize, other as usize);
        }
        order
    }
}

/// A block modulo `n`; `None` for the topmost `2^256 mod n` blocks, which would make small numbers likelier.
pub fn reduce(block: &[u8; 32], n: u64) -> Option<u64> {
    let n = u128::from(n.max(1));
    // 2^64, 2^128 and 2^256 modulo n.
    let step = (1_u128 << 64) % n;
    let excess = ((step * step % n) * (step * step % n) % n) as u64;
    let limbs = block.chunks_exact(8).map(|limb| <[u8; 8]>::try_from(limb).map_or(0, u64::from_be_bytes));
    // Refused if the block plus the excess passes 2^256.
    let mut carry = excess;
    for limb in limbs.clone().rev() {
        carry = u64::from(limb.overflowing_add(carry).1);
    }
    if excess > 0 && carry > 0 {
        return None;
    }
    let rest = limbs.fold(0, |rest, limb| (rest << 64 | u128::from(limb)) % n);
    u64::try_from(rest).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_uneven_top_of_the_range_is_refused_and_nothing_else() {
        // 2^256 mod 3 = 1, so only the last block is refused; 2^256 mod 4 = 0.
        let mut top = [255; 32];
        assert_eq!(reduce(&top, 3), None);
        assert_eq!(reduce(&top, 4), Some(3));
        top[31] = 254;
        assert_eq!(reduce(&top, 3), Some(2));
        // 2^256 mod 10 = 6: blocks ending in 2^256-6 ..= 2^256-1 are refused.
        top[31] = 250;
        assert_eq!(reduce(&top, 10), None);
        top[31] = 249;
        assert_eq!(reduce(&top, 10), Some(9));
    }

    #[test]
    fn a_block_is_the_whole_integer_modulo_n() {
        let mut block = [0; 32];
        block[0] = 1; // 2^248
        assert_eq!(reduce(&block, 1_000), Some(656)); // pow(2, 248, 1000)
        assert_eq!(reduce(&block, (1 << 61) - 1), Some(16)); // 248 = 4 * 61 + 4
    }
}
