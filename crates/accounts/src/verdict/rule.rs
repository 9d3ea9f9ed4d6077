//! What a target asks of a number, and whether all numbers between two bounds give it. Knows neither figures nor time.

use crate::decimal::{Decimal, Rounding};
use crate::import::{Commitment, Direction, Target};
use crate::units::{Dimension, Unit};

/// All numbers that the truth may be; an end that is none is open.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Span {
    pub(super) low: Option<Decimal>,
    pub(super) high: Option<Decimal>,
}

impl Span {
    pub(super) const fn exact(value: Decimal) -> Self {
        Self { low: Some(value), high: Some(value) }
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Asked {
    AtLeast(Decimal),
    AtMost(Decimal),
    Between(Decimal, Decimal),
}

/// Whether a promise is of a level or of a change, and what it asks.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Rule {
    Level(Asked),
    /// In percent of the base.
    Change(Asked),
}

impl Rule {
    /// None where the direction gives no rule for the number. `increase` and `decrease` with a number in percent, of an
    /// indicator that is no share, are changes; in the indicator's own unit they are a level to reach.
    pub(super) fn of(commitment: &Commitment, indicator: Option<Unit>) -> Option<Self> {
        let share = indicator.is_some_and(|unit| unit.dimension() == Dimension::Share);
        let percent = commitment.unit == Some(Unit::Percent) && !share;
        let change = |value: Decimal| match value {
            value if value.is_zero() => None,
            value if value.is_negative() => Some(Self::Change(Asked::AtMost(value))),
            value => Some(Self::Change(Asked::AtLeast(value))),
        };
        match (commitment.direction, commitment.target?) {
            (Direction::AtLeast, Target::One(value)) => Some(Self::Level(Asked::AtLeast(value))),
            (Direction::AtMost, Target::One(value)) => Some(Self::Level(Asked::AtMost(value))),
            (Direction::Between, Target::Between { low, high }) => {
                Some(Self::Level(Asked::Between(low, high)))
            }
            (Direction::Change, Target::One(value)) => change(value),
            (Direction::Increase, Target::One(value)) if percent => change(value.abs()),
            (Direction::Decrease, Target::One(value)) if percent => change(value.abs().neg()),
            (Direction::Increase, Target::One(value)) => Some(Self::Level(Asked::AtLeast(value))),
            (Direction::Decrease, Target::One(value)) => Some(Self::Level(Asked::AtMost(value))),
            _ => None,
        }
    }
}

impl Asked {
    /// Some(true) where every number of the span gives what is asked, Some(false) where none does.
    pub(super) fn of(self, span: Span) -> Option<bool> {
        let at_least = |value: Decimal| match (span.low, span.high) {
            (Some(low), _) if low >= value => Some(true),
            (_, Some(high)) if high < value => Some(false),
            _ => None,
        };
        let at_most = |value: Decimal| match (span.low, span.high) {
            (_, Some(high)) if high <= value => Some(true),
            (Some(low), _) if low > value => Some(false),
            _ => None,
        };
        match self {
            Self::AtLeast(value) => at_least(value),
            Self::AtMost(value) => at_most(value),
            Self::Between(low, high) => match (at_least(low), at_most(high)) {
                (Some(true), Some(true)) => Some(true),
                (Some(false), _) | (_, Some(false)) => Some(false),
                _ => None,
            },
        }
    }

    /// How much of what is asked is reached, in percent; none where the target is a limit and no amount to reach.
    pub(super) fn progress(self, value: Decimal, change: bool) -> Option<Decimal> {
        let target = match self {
            Self::AtLeast(target) => target,
            Self::AtMost(target) if change => target,
            _ => return None,
        };
        let ratio = value.div(target, Rounding::Nearest).ok()?;
        ratio.shift(2).ok()?.round_to(super::DECIMALS, Rounding::Nearest).ok()
    }
}
