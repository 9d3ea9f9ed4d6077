//! Numbers drawn from a seed, the same on every machine. Takes no randomness from anywhere: who calls gives the seed,
//! and it is no source of secrets.

/// xoshiro256++ 1.0 (Blackman and Vigna, "Scrambled linear pseudorandom number generators", ACM TOMS 47, 2021), its state
/// filled by SplitMix64 as the authors advise.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Chance {
    state: [u64; 4],
}

/// SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014).
#[derive(Clone, PartialEq, Eq, Debug)]
struct SplitMix(u64);

impl SplitMix {
    const fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}

/// 2^-53: the distance of two neighbours that a draw may be.
const STEP: f64 = 1.0 / 9_007_199_254_740_992.0;

impl Chance {
    pub const fn seeded(seed: u64) -> Self {
        let mut filler = SplitMix(seed);
        // Four outputs of SplitMix64 in a row are never all zero, which is the one state that would stand still.
        Self { state: [filler.next(), filler.next(), filler.next(), filler.next()] }
    }

    pub const fn bits(&mut self) -> u64 {
        let [a, b, c, d] = self.state;
        let out = a.wrapping_add(d).rotate_left(23).wrapping_add(a);
        let shifted = b << 17;
        let (c, d) = (c ^ a, d ^ b);
        let (b, a) = (b ^ c, a ^ d);
        self.state = [a, b, c ^ shifted, d.rotate_left(45)];
        out
    }

    /// Above 0 and below 1, evenly: the middles of 2^53 cells, so that a logarithm is always finite.
    pub fn open(&mut self) -> f64 {
        let cell = (self.bits() >> 11) as f64;
        // The last middle would round to 1.
        ((cell + 0.5) * STEP).min(1.0 - STEP)
    }

    /// From `low` to `high`, evenly.
    pub fn uniform(&mut self, low: f64, high: f64) -> f64 {
        (low + (high - low) * self.open()).clamp(low.min(high), high.max(low))
    }

    /// Below `bound`, evenly, without the bias of a remainder (Lemire, "Fast random integer generation in an interval",
    /// ACM TOMACS 29, 2019). 0 for a bound of 0.
    pub const fn below(&mut self, bound: u64) -> u64 {
        if bound == 0 {
            return 0;
        }
        let least = bound.wrapping_neg() % bound;
        loop {
            let wide = self.bits() as u128 * bound as u128;
            if wide as u64 >= least {
                return (wide >> 64) as u64;
            }
        }
    }

    /// The standard normal (Box and Muller, Ann. Math. Statist. 29, 1958), of each pair the first: two draws are always
    /// used, so that the place of a number in the stream does not depend on what was drawn before.
    pub fn normal(&mut self) -> f64 {
        let (radius, angle) = (self.open(), self.open());
        libm::sqrt(-2.0 * libm::log(radius)) * libm::cos(core::f64::consts::TAU * angle)
    }

    /// A number whose logarithm is normal about the logarithm of `median`.
    pub fn lognormal(&mut self, median: f64, log_sd: f64) -> f64 {
        median * libm::exp(log_sd * self.normal())
    }
}

/// The standard normal's quantile: the bisection of its distribution by the error function, to the last bits of a float.
/// Infinite at 0 and 1.
pub fn normal_quantile(probability: f64) -> f64 {
    if probability.is_nan() {
        return f64::NAN;
    }
    if probability <= 0.0 {
        return f64::NEG_INFINITY;
    }
    if probability >= 1.0 {
        return f64::INFINITY;
    }
    let (mut low, mut high) = (-40.0_f64, 40.0_f64);
    for _ in 0..100 {
        let middle = f64::midpoint(low, high);
        if normal_below(middle) < probability {
            low = middle;
        } else {
            high = middle;
        }
    }
    f64::midpoint(low, high)
}

/// The standard normal's probability below a number.
pub fn normal_below(at: f64) -> f64 {
    0.5 * libm::erfc(-at / core::f64::consts::SQRT_2)
}

#[cfg(test)]
mod tests {
    use super::*;

    // The authors' C code from the state 1, 2, 3, 4, and SplitMix64 from 0.
    #[test]
    fn the_numbers_of_the_papers() {
        let mut chance = Chance { state: [1, 2, 3, 4] };
        let first: Vec<u64> = (0..6).map(|_| chance.bits()).collect();
        assert_eq!(
            first,
            [
                41_943_041,
                58_720_359,
                3_588_806_011_781_223,
                3_591_011_842_654_386,
                9_228_616_714_210_784_205,
                9_973_669_472_204_895_162
            ]
        );
        let mut filler = SplitMix(0);
        assert_eq!(
            [filler.next(), filler.next(), filler.next()],
            [0xe220_a839_7b1d_cdaf, 0x6e78_9e6a_a1b9_65f4, 0x06c4_5d18_8009_454f]
        );
    }

    #[test]
    fn moments_and_bounds() {
        let mut chance = Chance::seeded(7);
        let draws: Vec<f64> = (0..200_000).map(|_| chance.normal()).collect();
        let n = draws.len() as f64;
        let moment = |power: i32| draws.iter().map(|draw| draw.powi(power)).sum::<f64>() / n;
        assert!(moment(1).abs() < 0.01 && (moment(2) - 1.0).abs() < 0.01, "{} {}", moment(1), moment(2));
        assert!(moment(3).abs() < 0.05 && (moment(4) - 3.0).abs() < 0.06, "{} {}", moment(3), moment(4));
        for _ in 0..10_000 {
            let even = chance.open();
            assert!(even > 0.0 && even < 1.0);
            assert!((5.55..=5.65).contains(&chance.uniform(5.55, 5.65)));
            assert!(chance.below(7) < 7);
        }
        assert_eq!(chance.below(0), 0);
    }

    // Abramowitz and Stegun, table 26.5.
    #[test]
    fn normal_quantiles() {
        for (probability, value) in
            [(0.975, 1.959_963_984_540_054), (0.95, 1.644_853_626_951_472), (0.5, 0.0)]
        {
            assert!((normal_quantile(probability) - value).abs() < 1e-12);
        }
        assert!((normal_quantile(0.025) + normal_quantile(0.975)).abs() < 1e-12);
        assert!(normal_quantile(0.0).is_infinite() && normal_quantile(f64::NAN).is_nan());
    }

    #[test]
    fn a_seed_gives_the_same_numbers() {
        let of = |seed| {
            let mut chance = Chance::seeded(seed);
            (0..5).map(|_| chance.lognormal(1379.0, 0.083).to_bits()).collect::<Vec<_>>()
        };
        assert_eq!(of(1), of(1));
        assert_ne!(of(1), of(2));
    }
}
