//! What a figure may have been before it was printed, and how two printed numbers differ digit by digit. Nothing here
//! knows what the numbers count.

use crate::decimal::{Decimal, Rounding};
use crate::interval::Interval;

/// Digits without sign and zeros around them, and the place of the last one.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Digits {
    pub(super) digits: Vec<u8>,
    pub(super) place: i32,
}

pub(super) fn digits(value: Decimal) -> Digits {
    let place = value.last_place().unwrap_or(0);
    let text = value.abs().to_string();
    let mut digits: Vec<u8> = text.bytes().filter(u8::is_ascii_digit).map(|b| b - b'0').collect();
    let zeros = usize::try_from(place.max(0)).unwrap_or(0);
    digits.truncate(digits.len().saturating_sub(zeros));
    let lead = digits.iter().take_while(|digit| **digit == 0).count();
    digits.drain(..lead);
    Digits { digits, place }
}

pub(super) fn significant(value: Decimal) -> usize {
    digits(value).digits.len()
}

/// Half a unit of the last digit that is not zero, of which the first two count as printed: 300 is within 5, 48,000 within
/// 500, 5.6 within 0.05.
pub(super) fn within(value: Decimal) -> Interval {
    let own = digits(value);
    let place = if own.digits.len() < 2 { own.place.min(0).max(own.place - 1) } else { own.place };
    let half = Decimal::constant(5, 1).shift(place);
    half.ok().and_then(|half| Interval::around(value, half).ok()).unwrap_or(Interval::exact(value))
}

/// A percentage to its last printed digit, whether rounded or cut: never coarser than a whole percent.
pub(super) fn within_percent(value: Decimal) -> Interval {
    let place = value.last_place().unwrap_or(0).min(0);
    let ends = || {
        let half = Decimal::constant(5, 1).shift(place).ok()?;
        let unit = Decimal::ONE.shift(place).ok()?;
        let rounded = Interval::around(value, half).ok()?;
        // 81.67 is printed as 81.6 by those who cut.
        let cut = if value.is_negative() {
            Interval::new(value.sub(unit, Rounding::Down).ok()?, value)
        } else {
            Interval::new(value, value.add(unit, Rounding::Up).ok()?)
        };
        Some(rounded.hull(cut.ok()?))
    };
    ends().unwrap_or(Interval::exact(value))
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Slip {
    Swapped,
    Changed,
    Lost,
}

/// How one number becomes the other by one slip of the pen. The finer one is cut or rounded to the place of the coarser.
pub(super) fn slip(a: Decimal, b: Decimal) -> Option<Slip> {
    if a.is_negative() != b.is_negative() || a.is_zero() || b.is_zero() || a == b {
        return None;
    }
    let (own, other) = (digits(a), digits(b));
    if own.digits.len().max(other.digits.len()) < 3 {
        return None;
    }
    // A digit slipped in numbers of two digits is any difference at all.
    let places = -own.place.max(other.place).min(0);
    let mut found = None;
    for rounding in [Rounding::Nearest, Rounding::Down] {
        let to = |value: Decimal| {
            value.abs().round_to(places, rounding).ok().and_then(|value| fixed(value, places))
        };
        let (Some(first), Some(second)) = (to(a), to(b)) else { continue };
        found = found.or_else(|| compare(&first, &second));
    }
    found
}

/// All digits down to a place, the zeros too.
fn fixed(value: Decimal, places: i32) -> Option<Vec<u8>> {
    let text = value.shift(places).ok()?.to_string();
    text.bytes().map(|byte| byte.is_ascii_digit().then(|| byte - b'0')).collect()
}

fn compare(a: &[u8], b: &[u8]) -> Option<Slip> {
    if a.len() == b.len() {
        let apart: Vec<(usize, u8, u8)> = a
            .iter()
            .zip(b)
            .enumerate()
            .filter(|(_, (x, y))| x != y)
            .map(|(at, (x, y))| (at, *x, *y))
            .collect();
        return match apart.as_slice() {
            [_] => Some(Slip::Changed),
            [(at, x, y), (next, z, w)] if *next == at + 1 && x == w && y == z => Some(Slip::Swapped),
            _ => None,
        };
    }
    let (long, short) = if a.len() > b.len() { (a, b) } else { (b, a) };
    if long.len() != short.len() + 1 || short.len() < 2 {
        return None;
    }
    let same = long.iter().zip(short).take_while(|(x, y)| x == y).count();
    (long.get(same + 1..) == short.get(same..)).then_some(Slip::Lost)
}

/// The numbers that one exchange of neighbouring digits makes of a number.
pub(super) fn swaps(value: Decimal) -> Vec<Decimal> {
    let own = digits(value);
    // A zero at the end may have been one of the two.
    let mut line = own.digits.clone();
    let place = if own.place > 0 {
        line.push(0);
        own.place - 1
    } else {
        own.place
    };
    let mut all = Vec::new();
    for at in 1..line.len() {
        let mut other = line.clone();
        other.swap(at - 1, at);
        if other != line
            && let Some(made) = number(&other, place, value.is_negative())
        {
            all.push(made);
        }
    }
    all
}

fn number(digits: &[u8], place: i32, negative: bool) -> Option<Decimal> {
    let magnitude =
        digits.iter().try_fold(0i128, |sum, digit| sum.checked_mul(10)?.checked_add(i128::from(*digit)))?;
    Decimal::new(if negative { -magnitude } else { magnitude }, -place).ok()
}
