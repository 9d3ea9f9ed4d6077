//! Water filling: how much coverage a group of targets needs so that attacking none of them pays more than a level,
//! and the level a given amount of coverage holds. Plain sums for the search, compensated sums for the answer.

/// One target: what the attacker gains uncovered, and 1 / (gain uncovered − gain covered), both in hundredths.
#[derive(Debug, Clone, Copy)]
pub(super) struct Target {
    pub gain: f64,
    pub inverse: f64,
}

/// Coverage that holds every target at or below `level`, without the limit of 1 per target.
pub(super) fn need(targets: &[Target], level: f64) -> f64 {
    let mut lanes = [0.0_f64; 4];
    let chunks = targets.chunks_exact(4);
    let rest = chunks.remainder();
    for chunk in chunks {
        for (lane, target) in lanes.iter_mut().zip(chunk) {
            *lane += (target.gain - level).max(0.0) * target.inverse;
        }
    }
    let tail: f64 = rest.iter().map(|target| (target.gain - level).max(0.0) * target.inverse).sum();
    let [a, b, c, d] = lanes;
    (a + b) + (c + d) + tail
}

/// Sums over the targets above a level: their slope Σ 1/d and Σ gain/d, so that need(level) = weighted − slope·level
/// until another target drops out.
#[derive(Debug, Clone, Copy)]
pub(super) struct Slope {
    slope: f64,
    weighted: f64,
    /// The largest gain: rounding must not lift the level above it.
    most: f64,
}

impl Slope {
    pub(super) fn new() -> Self {
        Self { slope: 0.0, weighted: 0.0, most: f64::NEG_INFINITY }
    }

    /// Adds the targets above `level`.
    pub(super) fn add(&mut self, targets: &[Target], level: f64) {
        for target in targets {
            let inverse = if target.gain > level { target.inverse } else { 0.0 };
            self.slope += inverse;
            self.weighted += target.gain * inverse;
            self.most = self.most.max(target.gain);
        }
    }

    /// The level at which these targets need exactly `coverage`.
    pub(super) fn level(&self, coverage: f64) -> f64 {
        ((self.weighted - coverage) / self.slope).min(self.most)
    }
}

/// The same sums with Neumaier's correction and relative to `base`, for the last digits.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sharp {
    slope: Neumaier,
    excess: Neumaier,
    /// The largest gain: no level lies above it.
    most: f64,
}

impl Sharp {
    pub(super) fn new() -> Self {
        Self { slope: Neumaier::default(), excess: Neumaier::default(), most: f64::NEG_INFINITY }
    }

    /// Adds the targets above `base`.
    pub(super) fn add(&mut self, targets: &[Target], base: f64) {
        for target in targets.iter().filter(|target| target.gain > base) {
            self.slope.add(target.inverse);
            self.excess.add((target.gain - base) * target.inverse);
            self.most = self.most.max(target.gain);
        }
    }

    /// The level at which these targets need exactly `coverage`.
    pub(super) fn level(&self, base: f64, coverage: f64) -> f64 {
        let slope = self.slope.total();
        if slope > 0.0 { (base + (self.excess.total() - coverage) / slope).min(self.most) } else { base }
    }
}

/// Compensated sum (Neumaier 1974): the error does not grow with the number of terms.
#[derive(Debug, Clone, Copy, Default)]
struct Neumaier {
    sum: f64,
    lost: f64,
}

impl Neumaier {
    fn add(&mut self, term: f64) {
        let sum = self.sum + term;
        self.lost +=
            if self.sum.abs() >= term.abs() { (self.sum - sum) + term } else { (term - sum) + self.sum };
        self.sum = sum;
    }

    fn total(&self) -> f64 {
        self.sum + self.lost
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target(gain: f64, range: f64) -> Target {
        Target { gain, inverse: 1.0 / range }
    }

    #[test]
    fn need_and_level_are_inverse() {
        let targets: Vec<Target> =
            (1..=23).map(|k| target(f64::from(k * 37 % 101), f64::from(k * 13 % 50 + 1))).collect();
        for level in [-20.0, 0.0, 13.5, 60.0] {
            let coverage = need(&targets, level);
            let mut slope = Slope::new();
            slope.add(&targets, level);
            assert!((slope.level(coverage) - level).abs() < 1e-11);
            let mut sharp = Sharp::new();
            sharp.add(&targets, level);
            assert!((sharp.level(level, coverage) - level).abs() < 1e-12);
        }
        assert_eq!(need(&targets, 200.0), 0.0);
    }

    #[test]
    fn small_terms_are_not_lost() {
        let mut sum = Neumaier::default();
        for term in [1e16, 1.0, 1.0, -1e16] {
            sum.add(term);
        }
        assert_eq!(sum.total(), 2.0);
    }
}
