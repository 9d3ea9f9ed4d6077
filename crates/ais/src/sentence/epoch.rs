//! Numbers that are times: seconds, milli-, micro- or nanoseconds since 1970, told apart by their size.

use super::find::{HIGH, ONES};

/// 1990-01-01 and 2100-01-01. AIS is younger than the first.
const PLAUSIBLE: std::ops::Range<i64> = 631_152_000_000_000..4_102_444_800_000_000;

/// Microseconds since 1970 from decimal digits with an optional fraction; `None` when the text is no number
/// or no unit makes it a time between 1990 and 2100.
#[inline]
pub fn epoch_micros(text: &[u8]) -> Option<i64> {
    match whole_seconds(text) {
        Some(seconds) => Some(seconds * 1_000_000).filter(|micros| PLAUSIBLE.contains(micros)),
        None => any_unit(text),
    }
}

/// Ten digits and nothing else, as nearly every TAG block has them, eight of them at once (D. Lemire, "Quickly
/// parsing eight digits", 2018).
#[inline(always)]
fn whole_seconds(text: &[u8]) -> Option<i64> {
    let [_, _, _, _, _, _, _, _, tens @ b'0'..=b'9', ones @ b'0'..=b'9'] = text else { return None };
    let digits = u64::from_le_bytes(*text.first_chunk::<8>()?) ^ (0x30 * ONES);
    if (digits | digits.wrapping_add(0x76 * ONES)) & HIGH != 0 {
        return None;
    }
    let pairs = digits.wrapping_mul(10).wrapping_add(digits >> 8);
    let hundreds = (pairs & 0x0000_00ff_0000_00ff).wrapping_mul(0x000f_4240_0000_0064);
    let units = ((pairs >> 16) & 0x0000_00ff_0000_00ff).wrapping_mul(0x0000_2710_0000_0001);
    let eight = (hundreds.wrapping_add(units) >> 32) as u32;
    Some(i64::from(eight) * 100 + i64::from((tens - b'0') * 10 + ones - b'0'))
}

fn any_unit(text: &[u8]) -> Option<i64> {
    let (whole, fraction) = match memchr::memchr(b'.', text) {
        Some(dot) => (text.get(..dot)?, text.get(dot + 1..)?),
        None => (text, &[][..]),
    };
    if whole.is_empty() || whole.len() > 19 {
        return None;
    }
    let number = digits(whole)?;
    let per_unit: f64;
    let micros = match whole.len() {
        ..=11 => {
            per_unit = 1e6;
            number.checked_mul(1_000_000)?
        }
        12..=14 => {
            per_unit = 1e3;
            number.checked_mul(1_000)?
        }
        15..=17 => {
            per_unit = 1.0;
            number
        }
        _ => {
            per_unit = 1e-3;
            number / 1_000
        }
    };
    let mut scale = per_unit;
    let mut part = 0.0;
    for digit in fraction {
        if !digit.is_ascii_digit() {
            return None;
        }
        scale /= 10.0;
        part += f64::from(digit - b'0') * scale;
    }
    let micros = micros + (part + 0.5) as i64;
    PLAUSIBLE.contains(&micros).then_some(micros)
}

/// A decimal number of at most 19 digits and nothing else.
pub fn digits(text: &[u8]) -> Option<i64> {
    if text.is_empty() || text.len() > 19 {
        return None;
    }
    text.iter().try_fold(0_i64, |number, digit| {
        if !digit.is_ascii_digit() {
            return None;
        }
        number.checked_mul(10)?.checked_add(i64::from(digit - b'0'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_unit_follows_from_the_size() {
        assert_eq!(epoch_micros(b"1469664000"), Some(1_469_664_000_000_000));
        assert_eq!(epoch_micros(b"1469664000.24"), Some(1_469_664_000_240_000));
        assert_eq!(epoch_micros(b"1469664000240"), Some(1_469_664_000_240_000));
        assert_eq!(epoch_micros(b"1469664000240123"), Some(1_469_664_000_240_123));
        assert_eq!(epoch_micros(b"1550303566167726840"), Some(1_550_303_566_167_726));
    }

    #[test]
    fn any_other_byte_in_any_place_is_no_number() {
        for place in 0..10 {
            for byte in (0..=u8::MAX).filter(|byte| !byte.is_ascii_digit()) {
                let mut text = *b"1469664000";
                text[place] = byte;
                assert_eq!(whole_seconds(&text), None, "{text:?}");
            }
        }
        assert_eq!(epoch_micros(b"14\xca\xc6664007"), None);
    }

    #[test]
    fn ten_digits_at_once_are_the_same_number() {
        for number in (0..=9_999_999_999_i64).step_by(7_777_777) {
            let text = format!("{number:010}");
            assert_eq!(whole_seconds(text.as_bytes()), digits(text.as_bytes()), "{text}");
            for at in 0..10 {
                for wrong in [b'/', b':', b' ', 0xb0] {
                    let mut damaged = text.clone().into_bytes();
                    damaged[at] = wrong;
                    assert_eq!(whole_seconds(&damaged), None);
                }
            }
            if number > 77_777_770 {
                break;
            }
        }
        assert_eq!(epoch_micros(b"0000000001"), None);
    }

    #[test]
    fn what_is_no_time_of_our_age_is_none() {
        for text in ["", "0", "12", "12415440354", "9999999999999999999", "1469664000x", "1469664000.x", "-1"]
        {
            assert_eq!(epoch_micros(text.as_bytes()), None, "{text}");
        }
    }
}
