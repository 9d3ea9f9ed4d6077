//! Mean and variance of numbers that come one by one. Keeps none of them.

/// Mean and variance in one pass (Welford, Technometrics 4, 1962).
#[derive(Clone, Copy, Default)]
pub(crate) struct Moments {
    count: f64,
    mean: f64,
    squares: f64,
}

impl Moments {
    pub(crate) fn see(&mut self, value: f64) {
        self.count += 1.0;
        let before = value - self.mean;
        self.mean += before / self.count;
        self.squares += before * (value - self.mean);
    }
    pub(crate) const fn mean(&self) -> f64 {
        self.mean
    }
    /// With one less than the count below the line; 0 for fewer than two.
    pub(crate) fn variance(&self) -> f64 {
        if self.count < 2.0 { 0.0 } else { self.squares / (self.count - 1.0) }
    }
}
