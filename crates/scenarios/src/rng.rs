//! The only source of chance in a scenario: SplitMix64 (Steele, Lea and Flood 2014, figure 5). Seeded by the caller
//! and by what the stream is for, so that adding one ship does not change the others. Never reads a clock.

/// A stream of numbers that depends on nothing but its seed.
#[derive(Clone, Debug)]
pub struct Rng(u64);

const GOLDEN: u64 = 0x9E37_79B9_7F4A_7C15;

/// One number from a tuple, for chance that must not depend on the order in which it is asked for.
pub fn mix(seed: u64, a: u64, b: u64) -> u64 {
    finish(finish(finish(seed.wrapping_add(GOLDEN)).wrapping_add(a.wrapping_mul(GOLDEN))) ^ b)
}

const fn finish(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// The top 53 bits as a number in [0, 1).
pub fn unit(bits: u64) -> f64 {
    (bits >> 11) as f64 * (1.0 / 9_007_199_254_740_992.0)
}

impl Rng {
    pub fn of(seed: u64, purpose: u64) -> Self {
        Self(mix(seed, purpose, 0))
    }
    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(GOLDEN);
        finish(self.0)
    }
    pub fn unit(&mut self) -> f64 {
        unit(self.bits())
    }
    pub fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.unit()
    }
    /// A whole number below `end`; 0 when `end` is 0.
    pub fn below(&mut self, end: usize) -> usize {
        ((self.unit() * end as f64) as usize).min(end.saturating_sub(1))
    }
    pub fn chance(&mut self, probability: f64) -> bool {
        self.unit() < probability
    }
    pub fn pick<T: Copy>(&mut self, from: &[T], otherwise: T) -> T {
        from.get(self.below(from.len())).copied().unwrap_or(otherwise)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stream_is_splitmix64() {
        // First outputs for seed 1234567, as printed by the reference C program of Vigna (prng.di.unimi.it).
        let mut rng = Rng(1_234_567);
        assert_eq!(rng.bits(), 6_457_827_717_110_365_317);
        assert_eq!(rng.bits(), 3_203_168_211_198_807_973);
    }

    #[test]
    fn numbers_keep_their_bounds() {
        let mut rng = Rng::of(7, 1);
        for _ in 0..10_000 {
            assert!((0.0..1.0).contains(&rng.unit()));
            assert!(rng.below(3) < 3);
            assert!((-2.0..5.0).contains(&rng.between(-2.0, 5.0)));
        }
        assert_eq!(rng.below(0), 0);
        assert_eq!(rng.pick(&[], 9), 9);
    }
}
