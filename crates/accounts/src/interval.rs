//! Closed intervals of exact decimals. Every operation rounds outwards, so the true result always lies inside;
//! nothing here reads a probability into an interval.

use serde::{Deserialize, Serialize};

use crate::decimal::{BadArithmetic, Decimal, Rounding};

/// All numbers from `low` to `high`, both included.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize)]
pub struct Interval {
    low: Decimal,
    high: Decimal,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum BadInterval {
    #[error("an interval from {low} to {high} is upside down")]
    UpsideDown { low: Decimal, high: Decimal },
    #[error("division by the interval {low} to {high}, which holds zero")]
    DivisorHoldsZero { low: Decimal, high: Decimal },
    #[error(transparent)]
    Arithmetic(#[from] BadArithmetic),
}

#[expect(clippy::should_implement_trait, reason = "what may refuse is no operator")]
impl Interval {
    pub fn new(low: Decimal, high: Decimal) -> Result<Self, BadInterval> {
        if low > high {
            return Err(BadInterval::UpsideDown { low, high });
        }
        Ok(Self { low, high })
    }
    /// For tables of constants: the low end comes first.
    pub(crate) const fn constant(low: Decimal, high: Decimal) -> Self {
        Self { low, high }
    }
    pub const fn exact(value: Decimal) -> Self {
        Self { low: value, high: value }
    }
    /// `value` give or take `half`.
    pub fn around(value: Decimal, half: Decimal) -> Result<Self, BadInterval> {
        Self::new(value.sub(half, Rounding::Down)?, value.add(half, Rounding::Up)?)
    }

    pub const fn low(self) -> Decimal {
        self.low
    }
    pub const fn high(self) -> Decimal {
        self.high
    }
    pub fn is_exact(self) -> bool {
        self.low == self.high
    }
    /// Half the sum of the ends, to the nearest.
    pub fn middle(self) -> Result<Decimal, BadInterval> {
        let sum = self.low.add(self.high, Rounding::Nearest)?;
        Ok(sum.div(Decimal::from_int(2), Rounding::Nearest)?)
    }
    pub fn width(self) -> Result<Decimal, BadInterval> {
        Ok(self.high.sub(self.low, Rounding::Up)?)
    }

    // INVARIANT: an interval operation rounds outwards.
    pub fn add(self, other: Self) -> Result<Self, BadInterval> {
        Self::new(self.low.add(other.low, Rounding::Down)?, self.high.add(other.high, Rounding::Up)?)
    }
    pub fn sub(self, other: Self) -> Result<Self, BadInterval> {
        Self::new(self.low.sub(other.high, Rounding::Down)?, self.high.sub(other.low, Rounding::Up)?)
    }
    pub fn neg(self) -> Self {
        Self { low: self.high.neg(), high: self.low.neg() }
    }

    pub fn mul(self, other: Self) -> Result<Self, BadInterval> {
        let mut ends: Option<Self> = None;
        for a in [self.low, self.high] {
            for b in [other.low, other.high] {
                let corner = Self { low: a.mul(b, Rounding::Down)?, high: a.mul(b, Rounding::Up)? };
                ends = Some(ends.map_or(corner, |known| known.hull(corner)));
            }
        }
        Ok(ends.unwrap_or(Self::exact(Decimal::ZERO)))
    }

    pub fn div(self, other: Self) -> Result<Self, BadInterval> {
        if other.contains(Decimal::ZERO) {
            return Err(BadInterval::DivisorHoldsZero { low: other.low, high: other.high });
        }
        let mut ends: Option<Self> = None;
        for a in [self.low, self.high] {
            for b in [other.low, other.high] {
                let corner = Self { low: a.div(b, Rounding::Down)?, high: a.div(b, Rounding::Up)? };
                ends = Some(ends.map_or(corner, |known| known.hull(corner)));
            }
        }
        Ok(ends.unwrap_or(Self::exact(Decimal::ZERO)))
    }

    /// The interval of the smaller of two numbers, one of each.
    pub fn min(self, other: Self) -> Self {
        Self { low: self.low.min(other.low), high: self.high.min(other.high) }
    }
    /// The interval of the larger of two numbers, one of each.
    pub fn max(self, other: Self) -> Self {
        Self { low: self.low.max(other.low), high: self.high.max(other.high) }
    }
    pub fn contains(self, value: Decimal) -> bool {
        self.low <= value && value <= self.high
    }
    pub fn encloses(self, other: Self) -> bool {
        self.low <= other.low && other.high <= self.high
    }
    /// What both hold; none where they do not meet.
    pub fn overlap(self, other: Self) -> Option<Self> {
        Self::new(self.low.max(other.low), self.high.min(other.high)).ok()
    }
    /// The smallest interval that holds both.
    pub fn hull(self, other: Self) -> Self {
        Self { low: self.low.min(other.low), high: self.high.max(other.high) }
    }
    /// `self * 10^places`, exactly.
    pub fn shift(self, places: i32) -> Result<Self, BadInterval> {
        Self::new(self.low.shift(places)?, self.high.shift(places)?)
    }
}

impl<'de> Deserialize<'de> for Interval {
    fn deserialize<D: serde::Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct Ends {
            low: Decimal,
            high: Decimal,
        }
        let ends = Ends::deserialize(input)?;
        Self::new(ends.low, ends.high).map_err(serde::de::Error::custom)
    }
}
