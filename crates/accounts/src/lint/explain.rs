//! Which single slip turns one figure into another of the same thing: a unit, two digits exchanged, a digit changed or
//! lost. It never asks which of the two is the slip.

use crate::decimal::{Decimal, Rounding};
use crate::interval::Interval;
use crate::units::{Dimension, Unit};

use super::finding::{Arithmetic, Code, Operator};
use super::printed::{self, Slip};
use super::sheet::{Row, Sheet};

/// Factors that units mistaken for one another leave: the tonne and the kilogram, the US gallon of 3.785411784 L (NIST
/// Handbook 44, appendix C) and the hectare of 2.471054 acres (NIST SP 811, appendix B.8).
const FACTORS: [(Code, Decimal); 4] = [
    (Code::FactorThousand, Decimal::constant(1, -3)),
    (Code::GallonsLitres, Unit::UsGallon.factor()),
    (Code::AcresHectares, Decimal::constant(2_471_053_815, 9)),
    (Code::PercentFraction, Decimal::constant(1, -2)),
];

/// The factors that can be mistaken in a dimension, with their logarithms.
pub(super) fn factors(dimension: Dimension) -> impl Iterator<Item = (Code, Decimal, f64)> {
    let fits = move |code: Code| match code {
        Code::GallonsLitres => dimension == Dimension::Volume,
        Code::AcresHectares => dimension == Dimension::Area,
        Code::PercentFraction => dimension == Dimension::Share,
        // Heads are not weighed: a factor of 1,000 among them is a number format.
        _ => dimension != Dimension::Share,
    };
    FACTORS
        .into_iter()
        .filter(move |(code, _)| fits(*code))
        .map(|(code, factor)| (code, factor, libm::log(factor.to_f64())))
}

/// The factor between two figures, to within a share of `slack`.
pub(super) fn factor(own: &Row<'_>, other: &Row<'_>, slack: f64) -> Option<(Code, Decimal)> {
    let apart = own.log? - other.log?;
    let found = factors(own.dimension()).find(|(_, _, log)| (apart.abs() - log).abs() <= slack);
    found.map(|(code, factor, _)| (code, if apart < 0.0 { inverse(factor) } else { factor }))
}

pub(super) fn inverse(factor: Decimal) -> Decimal {
    let inverse =
        Decimal::ONE.div(factor, Rounding::Nearest).and_then(|value| value.round_to(12, Rounding::Nearest));
    inverse.unwrap_or(factor)
}

pub(super) const fn slip_code(slip: Slip) -> Code {
    match slip {
        Slip::Swapped => Code::DigitsSwapped,
        Slip::Changed => Code::DigitChanged,
        Slip::Lost => Code::DigitLost,
    }
}

/// The slip between two figures in the same unit.
pub(super) fn slip(own: &Row<'_>, other: &Row<'_>) -> Option<Slip> {
    let other = if own.unit == other.unit {
        other.value
    } else {
        other.base.div(own.unit.factor(), Rounding::Nearest).ok()?.round_to(6, Rounding::Nearest).ok()?
    };
    printed::slip(own.value, other)
}

/// `own / other`, against the factor that it should not be.
pub(super) fn ratio(
    sheet: &Sheet<'_>,
    own: &Row<'_>,
    other: &Row<'_>,
    factor: Decimal,
) -> Option<Arithmetic> {
    Some(Arithmetic {
        operator: Operator::Ratio,
        operands: vec![sheet.operand(own), sheet.operand(other)],
        computed: own.base.div(other.base, Rounding::Nearest).ok()?,
        computed_within: own.within.div(other.within).ok()?,
        stated: factor,
        stated_within: Interval::exact(factor),
        unit: None,
    })
}
