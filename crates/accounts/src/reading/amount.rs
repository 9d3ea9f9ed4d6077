//! An exact decimal number as a text states it. No rounding and no binary fractions: 7.12 thousand million is
//! 7120000000.

use std::cmp::Ordering;
use std::fmt;

use serde::Serialize;

/// `mantissa` divided by ten to the `scale`, without trailing zeros after the point.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Amount {
    mantissa: i128,
    scale: u8,
}

/// More digits than this are no figure of an article.
pub const MAX_DIGITS: usize = 24;

impl Amount {
    pub const ZERO: Self = Self { mantissa: 0, scale: 0 };

    pub const fn whole(number: i64) -> Self {
        Self { mantissa: number as i128, scale: 0 }
    }
    /// `whole` and `fraction` are digits only.
    pub(crate) fn from_digits(whole: &str, fraction: &str) -> Option<Self> {
        let digits = || whole.bytes().chain(fraction.bytes());
        if whole.is_empty() || digits().count() > MAX_DIGITS || !digits().all(|b| b.is_ascii_digit()) {
            return None;
        }
        let mantissa = digits().fold(0_i128, |sum, digit| sum * 10 + i128::from(digit - b'0'));
        Some(Self { mantissa, scale: fraction.len() as u8 }.trimmed())
    }
    const fn trimmed(mut self) -> Self {
        while self.scale > 0 && self.mantissa % 10 == 0 {
            self.mantissa /= 10;
            self.scale -= 1;
        }
        self
    }
    fn at_scale(self, scale: u8) -> Option<i128> {
        let up = scale.checked_sub(self.scale)?;
        self.mantissa.checked_mul(10_i128.checked_pow(u32::from(up))?)
    }
    pub fn plus(self, other: Self) -> Option<Self> {
        let scale = self.scale.max(other.scale);
        let mantissa = self.at_scale(scale)?.checked_add(other.at_scale(scale)?)?;
        Some(Self { mantissa, scale }.trimmed())
    }
    pub fn times(self, factor: i128) -> Option<Self> {
        Some(Self { mantissa: self.mantissa.checked_mul(factor)?, scale: self.scale }.trimmed())
    }
    pub const fn is_zero(self) -> bool {
        self.mantissa == 0
    }
    /// The number as an integer, where it is one that fits.
    pub fn integer(self) -> Option<i64> {
        if self.scale == 0 { i64::try_from(self.mantissa).ok() } else { None }
    }
}

impl PartialOrd for Amount {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Amount {
    fn cmp(&self, other: &Self) -> Ordering {
        let scale = self.scale.max(other.scale);
        match (self.at_scale(scale), other.at_scale(scale)) {
            (Some(one), Some(two)) => one.cmp(&two),
            // Only a number without decimals is too large to be widened.
            (None, _) => self.mantissa.signum().cmp(&0),
            (_, None) => 0.cmp(&other.mantissa.signum()),
        }
    }
}
impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (digits, scale) = (self.mantissa.unsigned_abs().to_string(), usize::from(self.scale));
        let sign = if self.mantissa < 0 { "-" } else { "" };
        let padded = format!("{digits:0>width$}", width = scale + 1);
        match padded.split_at_checked(padded.len() - scale) {
            Some((whole, part)) if scale > 0 => write!(f, "{sign}{whole}.{part}"),
            _ => write!(f, "{sign}{padded}"),
        }
    }
}
impl Serialize for Amount {
    fn serialize<S: serde::Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_decimal_number_stays_exact() {
        let seven = Amount::from_digits("7", "12").unwrap();
        assert_eq!(seven.times(1_000_000_000).unwrap().to_string(), "7120000000");
        assert_eq!(Amount::from_digits("0", "050").unwrap().to_string(), "0.05");
        assert!(seven < Amount::whole(8) && seven > Amount::whole(7));
        assert_eq!(Amount::from_digits(&"9".repeat(25), ""), None);
    }
}
