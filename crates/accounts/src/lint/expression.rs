//! The arithmetic of a finding in exact numbers: `77457 kg / 98233 kg - 1 = -21.15 %`, against what is stated.

use std::fmt;

use super::finding::{Arithmetic, Operand, Operator};
use crate::decimal::{Decimal, Rounding};

/// A quotient is printed to so many digits after the point.
const PLACES: i32 = 4;
/// Longer sums are cut in print; the finding names every row.
const MOST_OPERANDS: usize = 12;

fn short(value: Decimal) -> Decimal {
    value.round_to(PLACES, Rounding::Nearest).unwrap_or(value)
}

impl fmt::Display for Operand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.value, self.unit)
    }
}

impl fmt::Display for Arithmetic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let joined = |f: &mut fmt::Formatter<'_>, mark: &str| {
            for (place, operand) in self.operands.iter().take(MOST_OPERANDS).enumerate() {
                if place > 0 {
                    write!(f, " {mark} ")?;
                }
                operand.fmt(f)?;
            }
            let more = self.operands.len().saturating_sub(MOST_OPERANDS);
            if more > 0 { write!(f, " {mark} ({more})") } else { Ok(()) }
        };
        let (first, second) = (self.operands.first(), self.operands.get(1));
        match (self.operator, first, second) {
            (Operator::Sum, ..) => joined(f, "+")?,
            (Operator::Difference, ..) => joined(f, "-")?,
            (Operator::Ratio, Some(_), Some(_)) => joined(f, "/")?,
            (Operator::Product, Some(_), Some(_)) => joined(f, "x")?,
            (Operator::Growth, Some(a), Some(b)) => write!(f, "{a} / {b} - 1")?,
            (Operator::GrowthOnEnd, Some(a), Some(b)) => write!(f, "({a} - {b}) / {a}")?,
            (Operator::Share, Some(a), Some(b)) => write!(f, "{a} / {b}")?,
            _ => joined(f, ",")?,
        }
        if !self.operands.is_empty() {
            f.write_str(" = ")?;
        }
        write!(f, "{}", short(self.computed))?;
        self.unit.map_or(Ok(()), |unit| write!(f, " {unit}"))
    }
}
