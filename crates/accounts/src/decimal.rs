//! Exact decimals of at most 36 significant digits. What does not fit is rounded in the direction that the caller
//! names and never silently; there is no infinity and no NaN.

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Two mantissas of 36 digits multiply in limbs of 18 without leaving 128 bits.
const DIGITS: u32 = 36;
const LIMB: u128 = 1_000_000_000_000_000_000;
/// Far outside any printed figure, and far inside what an exponent holds.
const MOST_SCALE: i32 = 120;

/// `mantissa / 10^scale`, without trailing zeros in the mantissa, so that equal numbers are equal values.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct Decimal {
    mantissa: i128,
    scale: i32,
}

/// Where a result goes that 36 digits do not hold.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Rounding {
    /// Towards minus infinity.
    Down,
    /// Towards plus infinity.
    Up,
    /// To the nearer, a tie to the even digit.
    Nearest,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum BadArithmetic {
    #[error("the result is beyond 10^120 or finer than 10^-120")]
    OutOfRange,
    #[error("division by zero")]
    DivisionByZero,
}

#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("`{text}` is no decimal of at most 36 significant digits")]
pub struct BadDecimal {
    text: String,
}

const fn power(exponent: u32) -> u128 {
    10u128.pow(exponent)
}

fn digits(magnitude: u128) -> u32 {
    magnitude.checked_ilog10().map_or(0, |log| log + 1)
}

impl Decimal {
    pub const ZERO: Self = Self { mantissa: 0, scale: 0 };
    pub const ONE: Self = Self { mantissa: 1, scale: 0 };

    /// `mantissa / 10^scale`; at most 36 digits.
    pub fn new(mantissa: i128, scale: i32) -> Result<Self, BadArithmetic> {
        if digits(mantissa.unsigned_abs()) > DIGITS {
            return Err(BadArithmetic::OutOfRange);
        }
        Self::settled(mantissa < 0, mantissa.unsigned_abs(), scale)
    }

    /// For tables of constants: the mantissa has no trailing zero and at most 36 digits.
    pub(crate) const fn constant(mantissa: i128, scale: i32) -> Self {
        Self { mantissa, scale }
    }

    pub const fn from_int(value: i64) -> Self {
        let mut mantissa = value as i128;
        let mut scale = 0;
        while mantissa != 0 && mantissa % 10 == 0 {
            mantissa /= 10;
            scale -= 1;
        }
        Self { mantissa, scale }
    }

    /// The magnitude has at most 36 digits.
    fn settled(negative: bool, mut magnitude: u128, mut scale: i32) -> Result<Self, BadArithmetic> {
        if magnitude == 0 {
            return Ok(Self::ZERO);
        }
        while magnitude.is_multiple_of(10) {
            magnitude /= 10;
            scale -= 1;
        }
        if scale.abs() > MOST_SCALE {
            return Err(BadArithmetic::OutOfRange);
        }
        let mantissa = i128::try_from(magnitude).map_err(|_| BadArithmetic::OutOfRange)?;
        Ok(Self { mantissa: if negative { -mantissa } else { mantissa }, scale })
    }

    /// A magnitude whose dropped tail is compared with half a unit of what is kept.
    fn rounded(
        negative: bool,
        kept: u128,
        scale: i32,
        tail: Tail,
        rounding: Rounding,
    ) -> Result<Self, BadArithmetic> {
        let away = tail.away(rounding, negative, kept);
        let kept = kept + u128::from(away);
        // 10^36 exactly is one digit more, and all of them zeros.
        Self::settled(negative, kept, scale)
    }

    pub const fn is_zero(self) -> bool {
        self.mantissa == 0
    }
    pub const fn is_negative(self) -> bool {
        self.mantissa < 0
    }
    pub const fn is_integer(self) -> bool {
        self.scale <= 0
    }
    pub const fn abs(self) -> Self {
        Self { mantissa: self.mantissa.abs(), scale: self.scale }
    }
    pub const fn neg(self) -> Self {
        Self { mantissa: -self.mantissa, scale: self.scale }
    }
    /// The place of the last digit that is not zero: 2 for 930900, -1 for 5.6, 0 for 7. None for zero.
    pub const fn last_place(self) -> Option<i32> {
        if self.mantissa == 0 { None } else { Some(-self.scale) }
    }
    /// `self * 10^places`, exactly.
    pub fn shift(self, places: i32) -> Result<Self, BadArithmetic> {
        let scale = self.scale.checked_sub(places).ok_or(BadArithmetic::OutOfRange)?;
        Self::settled(self.is_negative(), self.mantissa.unsigned_abs(), scale)
    }
    /// The nearest binary float, the same on every machine.
    pub fn to_f64(self) -> f64 {
        // The standard reading of a decimal text is correctly rounded.
        format!("{}e{}", self.mantissa, -self.scale).parse().unwrap_or(0.0)
    }

    pub fn mul(self, other: Self, rounding: Rounding) -> Result<Self, BadArithmetic> {
        let negative = self.is_negative() != other.is_negative();
        let (a, b) = (self.mantissa.unsigned_abs(), other.mantissa.unsigned_abs());
        let (a_high, a_low) = (a / LIMB, a % LIMB);
        let (b_high, b_low) = (b / LIMB, b % LIMB);
        let lowest = a_low * b_low;
        let middle = a_high * b_low + a_low * b_high + lowest / LIMB;
        let high = a_high * b_high + middle / LIMB;
        let low = (middle % LIMB) * LIMB + lowest % LIMB;
        let scale = self.scale + other.scale;
        if high == 0 {
            return Self::settled(negative, low, scale);
        }
        // high * 10^36 + low: the upper 36 digits are kept.
        let dropped = digits(high);
        let unit = power(dropped);
        let kept = high * power(DIGITS - dropped) + low / unit;
        let tail = Tail::of(low % unit, unit);
        Self::rounded(negative, kept, scale - i32::try_from(dropped).unwrap_or(0), tail, rounding)
    }

    pub fn div(self, other: Self, rounding: Rounding) -> Result<Self, BadArithmetic> {
        if other.is_zero() {
            return Err(BadArithmetic::DivisionByZero);
        }
        let negative = self.is_negative() != other.is_negative();
        let (a, b) = (self.mantissa.unsigned_abs(), other.mantissa.unsigned_abs());
        let (mut quotient, mut rest) = (a / b, a % b);
        let mut scale = self.scale - other.scale;
        // Long division: the rest is below b < 10^36, so ten times it fits.
        while rest != 0 && digits(quotient) < DIGITS {
            rest *= 10;
            quotient = quotient * 10 + rest / b;
            rest %= b;
            scale += 1;
            if scale > 2 * MOST_SCALE {
                return Err(BadArithmetic::OutOfRange);
            }
        }
        Self::rounded(negative, quotient, scale, Tail::of(rest, b), rounding)
    }

    pub fn add(self, other: Self, rounding: Rounding) -> Result<Self, BadArithmetic> {
        if self.is_zero() || other.is_zero() {
            return Ok(if self.is_zero() { other } else { self });
        }
        let (coarse, fine) = if self.scale <= other.scale { (self, other) } else { (other, self) };
        let room = DIGITS - digits(coarse.mantissa.unsigned_abs());
        let apart = (fine.scale - coarse.scale).unsigned_abs();
        let lift = apart.min(room);
        let factor = i128::try_from(power(lift)).map_err(|_| BadArithmetic::OutOfRange)?;
        let lifted = coarse.mantissa * factor;
        let scale = coarse.scale + i32::try_from(lift).unwrap_or(0);
        let fine = fine.mantissa_at(scale, rounding);
        let sum = lifted + fine;
        if digits(sum.unsigned_abs()) <= DIGITS {
            return Self::settled(sum < 0, sum.unsigned_abs(), scale);
        }
        let magnitude = sum.unsigned_abs();
        Self::rounded(sum < 0, magnitude / 10, scale - 1, Tail::of(magnitude % 10, 10), rounding)
    }

    pub fn sub(self, other: Self, rounding: Rounding) -> Result<Self, BadArithmetic> {
        self.add(other.neg(), rounding)
    }

    /// Rounded to so many digits after the point; negative places round to tens, hundreds and so on.
    pub fn round_to(self, places: i32, rounding: Rounding) -> Result<Self, BadArithmetic> {
        if self.scale <= places {
            return Ok(self);
        }
        let mantissa = self.mantissa_at(places, rounding);
        Self::settled(mantissa < 0, mantissa.unsigned_abs(), places)
    }

    /// The mantissa at a coarser or equal scale.
    fn mantissa_at(self, scale: i32, rounding: Rounding) -> i128 {
        let dropped = (self.scale - scale).max(0).unsigned_abs();
        let negative = self.is_negative();
        let magnitude = self.mantissa.unsigned_abs();
        let (kept, tail) = if dropped > DIGITS {
            (0, if magnitude == 0 { Tail::Nothing } else { Tail::Below })
        } else {
            (magnitude / power(dropped), Tail::of(magnitude % power(dropped), power(dropped)))
        };
        let away = tail.away(rounding, negative, kept);
        let kept = i128::try_from(kept + u128::from(away)).unwrap_or(i128::MAX);
        if negative { -kept } else { kept }
    }

    /// Sums that must be exact: none where 36 digits do not hold it.
    pub fn exact_add(self, other: Self) -> Option<Self> {
        let down = self.add(other, Rounding::Down).ok()?;
        (down == self.add(other, Rounding::Up).ok()?).then_some(down)
    }
    /// Products that must be exact.
    pub fn exact_mul(self, other: Self) -> Option<Self> {
        let down = self.mul(other, Rounding::Down).ok()?;
        (down == self.mul(other, Rounding::Up).ok()?).then_some(down)
    }
}

/// What was cut off, against half a unit of what was kept.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Tail {
    Nothing,
    Below,
    Half,
    Above,
}

impl Tail {
    fn of(rest: u128, unit: u128) -> Self {
        if rest == 0 {
            return Self::Nothing;
        }
        match rest.cmp(&(unit - rest)) {
            Ordering::Less => Self::Below,
            Ordering::Equal => Self::Half,
            Ordering::Greater => Self::Above,
        }
    }

    /// Whether the magnitude kept goes up by one unit.
    fn away(self, rounding: Rounding, negative: bool, kept: u128) -> bool {
        match (rounding, self) {
            (_, Self::Nothing) | (Rounding::Nearest, Self::Below) => false,
            (Rounding::Down, _) => negative,
            (Rounding::Up, _) => !negative,
            (Rounding::Nearest, Self::Half) => !kept.is_multiple_of(2),
            (Rounding::Nearest, Self::Above) => true,
        }
    }
}

impl Ord for Decimal {
    fn cmp(&self, other: &Self) -> Ordering {
        let sign = self.mantissa.signum().cmp(&other.mantissa.signum());
        if sign != Ordering::Equal || self.mantissa == 0 {
            return sign;
        }
        let (a, b) = (self.mantissa.unsigned_abs(), other.mantissa.unsigned_abs());
        let size = |magnitude: u128, scale: i32| i64::from(digits(magnitude)) - i64::from(scale);
        let by_size = size(a, self.scale).cmp(&size(b, other.scale));
        let magnitude =
            by_size.then_with(|| (a * power(DIGITS - digits(a))).cmp(&(b * power(DIGITS - digits(b)))));
        if self.mantissa < 0 { magnitude.reverse() } else { magnitude }
    }
}
impl PartialOrd for Decimal {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let magnitude = self.mantissa.unsigned_abs().to_string();
        let sign = if self.mantissa < 0 { "-" } else { "" };
        let scale = usize::try_from(self.scale).unwrap_or(0);
        if scale == 0 {
            let zeros = usize::try_from(-self.scale).unwrap_or(0);
            return write!(f, "{sign}{magnitude}{}", "0".repeat(zeros));
        }
        let padded = format!("{magnitude:0>width$}", width = scale + 1);
        let (whole, part) = padded.split_at_checked(padded.len().saturating_sub(scale)).unwrap_or(("0", ""));
        write!(f, "{sign}{whole}.{part}")
    }
}

impl FromStr for Decimal {
    type Err = BadDecimal;
    /// `-12.50`: an optional sign, digits, at most one point with a digit on either side.
    fn from_str(text: &str) -> Result<Self, BadDecimal> {
        let bad = || BadDecimal { text: text.chars().take(60).collect() };
        let (negative, bare) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (whole, part) = match bare.split_once('.') {
            Some((whole, part)) if !part.is_empty() => (whole, part),
            Some(_) => return Err(bad()),
            None => (bare, ""),
        };
        if whole.is_empty() || bare.len() > 200 {
            return Err(bad());
        }
        // Zeros at the end are no digits to keep: 1.000 and 10^40 written out both fit.
        let mut magnitude: u128 = 0;
        let mut zeros: u32 = 0;
        let mut kept: i32 = 0;
        for (place, byte) in whole.bytes().chain(part.bytes()).enumerate() {
            if !byte.is_ascii_digit() {
                return Err(bad());
            }
            if byte == b'0' {
                zeros += 1;
                continue;
            }
            let room = if magnitude == 0 { 1 } else { power((zeros + 1).min(38)) };
            magnitude = magnitude.checked_mul(room).ok_or_else(bad)?;
            magnitude = magnitude.checked_add(u128::from(byte - b'0')).ok_or_else(bad)?;
            if digits(magnitude) > DIGITS {
                return Err(bad());
            }
            zeros = 0;
            kept = i32::try_from(place + 1).map_err(|_| bad())?;
        }
        let scale = kept - i32::try_from(whole.len()).map_err(|_| bad())?;
        Self::settled(negative, magnitude, scale).map_err(|_| bad())
    }
}

impl Serialize for Decimal {
    fn serialize<S: serde::Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.collect_str(self)
    }
}
impl<'de> Deserialize<'de> for Decimal {
    fn deserialize<D: serde::Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        String::deserialize(input)?.parse().map_err(serde::de::Error::custom)
    }
}
