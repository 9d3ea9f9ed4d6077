//! Payoffs in whole hundredths and coverage in whole parts, so that plans and certificates are integers and every
//! machine agrees on them. Never rounds a number that does not fit: it refuses.

use serde::{Deserialize, Serialize};

use super::GameError;

/// Coverage 1: a probability is a whole number of these parts, and prints with 15 decimals.
pub const PARTS: u64 = 1_000_000_000_000_000;

/// The largest payoff, in hundredths: one million units. Within it every product below fits 128 bits.
pub const MAX_PAYOFF: i64 = 100_000_000;

/// A payoff in hundredths of the unit the officer chose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "i64", into = "i64")]
pub struct Payoff(i64);

impl Payoff {
    /// A payoff of so many hundredths; `None` outside ±[`MAX_PAYOFF`].
    pub const fn hundredths(value: i64) -> Option<Self> {
        if value >= -MAX_PAYOFF && value <= MAX_PAYOFF { Some(Self(value)) } else { None }
    }

    /// A payoff in units, rounded to the nearest hundredth; `None` when not finite or out of bounds.
    pub fn from_units(units: f64) -> Option<Self> {
        let scaled = libm::round(units * 100.0);
        if scaled.is_finite() && scaled.abs() <= MAX_PAYOFF as f64 { Some(Self(scaled as i64)) } else { None }
    }

    /// The hundredths.
    pub const fn get(self) -> i64 {
        self.0
    }

    /// In units.
    pub const fn units(self) -> f64 {
        self.0 as f64 / 100.0
    }
}

impl TryFrom<i64> for Payoff {
    type Error = GameError;

    fn try_from(value: i64) -> Result<Self, GameError> {
        Self::hundredths(value).ok_or(GameError::Number { what: "payoff", index: 0 })
    }
}

impl From<Payoff> for i64 {
    fn from(payoff: Payoff) -> Self {
        payoff.0
    }
}

/// Coverage as the decimal that a reader sees: the nearest double to `parts` / [`PARTS`].
pub fn probability(parts: u64) -> f64 {
    decimal(i128::from(parts), 15)
}

/// The nearest double to `scaled` / 10^`places`. Division of two rounded doubles would be off by one bit at times;
/// reading the exact decimal is not.
pub(super) fn decimal(scaled: i128, places: usize) -> f64 {
    let digits = format!("{:0width$}", scaled.unsigned_abs(), width = places + 1);
    let (whole, fraction) = digits.split_at(digits.len() - places);
    let value: f64 = format!("{whole}.{fraction}").parse().unwrap_or(f64::NAN);
    if scaled < 0 { -value } else { value }
}

/// What the attacker expects: hundredths × [`PARTS`], so 17 decimals of a unit.
pub(super) const REPLY_PLACES: usize = 17;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_the_nearest_double() {
        assert_eq!(decimal(5, 1), 0.5);
        assert_eq!(decimal(-123, 2), -1.23);
        assert_eq!(decimal(-3, 2), -0.03);
        assert_eq!(decimal(330_989_670_087_992, 14), 3.30989670087992);
        assert_eq!(probability(PARTS), 1.0);
        assert_eq!(probability(1), 1e-15);
    }

    #[test]
    fn payoffs_out_of_bounds_are_refused() {
        assert_eq!(Payoff::hundredths(MAX_PAYOFF + 1), None);
        assert_eq!(Payoff::from_units(f64::NAN), None);
        assert_eq!(Payoff::from_units(f64::INFINITY), None);
        assert_eq!(Payoff::from_units(1e300), None);
        assert_eq!(Payoff::from_units(2.345).map(Payoff::get), Some(235));
        assert_eq!(Payoff::from_units(-7.0).map(Payoff::get), Some(-700));
    }
}
