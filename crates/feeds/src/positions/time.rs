//! Times as decoded files write them: RFC 3339 with `T` or a blank, day/month/year as the Danish Maritime Authority
//! has it, epoch seconds. A text without an offset is UTC.

use bitacora_primitives::Instant;

/// Reads a time; the fixed forms without a detour, anything else as [`Instant::parse`] does.
pub fn instant(text: &[u8]) -> Option<Instant> {
    let text = text.trim_ascii();
    fixed(text).or_else(|| Instant::parse(std::str::from_utf8(text).ok()?).ok())
}

fn fixed(text: &[u8]) -> Option<Instant> {
    let (date, rest) = text.split_at_checked(10)?;
    let (year, month, day) = match *date {
        [a, b, c, d, b'-', m, n, b'-', x, y] => (number(&[a, b, c, d])?, number(&[m, n])?, number(&[x, y])?),
        [x, y, b'/', m, n, b'/', a, b, c, d] => (number(&[a, b, c, d])?, number(&[m, n])?, number(&[x, y])?),
        _ => return None,
    };
    let (clock, rest) = rest.split_at_checked(9)?;
    let [b'T' | b' ', h, i, b':', m, n, b':', s, t] = *clock else { return None };
    let (hour, minute, second) = (number(&[h, i])?, number(&[m, n])?, number(&[s, t])?);
    let in_range = (1..=12).contains(&month)
        && (1..=days_in(year, month)).contains(&day)
        && hour < 24
        && minute < 60
        && second < 60;
    let micros = match rest {
        [] | [b'Z'] => 0,
        [b'.', digits @ ..] => fraction(digits.strip_suffix(b"Z").unwrap_or(digits))?,
        // An offset, a leap second or a zone's name: the long way.
        _ => return None,
    };
    let seconds = days(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second;
    in_range.then(|| Instant::from_micros(seconds * 1_000_000 + micros))
}

fn number(digits: &[u8]) -> Option<i64> {
    digits.iter().try_fold(0, |sum, digit| digit.is_ascii_digit().then(|| sum * 10 + i64::from(digit - b'0')))
}

/// Microseconds; further digits are cut.
fn fraction(digits: &[u8]) -> Option<i64> {
    if digits.is_empty() || digits.len() > 12 {
        return None;
    }
    let six = digits.get(..6).unwrap_or(digits);
    number(digits)?;
    Some(number(six)? * 10_i64.pow(6 - six.len() as u32))
}

const fn days_in(year: i64, month: i64) -> i64 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        _ => 31,
    }
}

/// Days since 1970-01-01 (Hinnant, "chrono-compatible low-level date algorithms").
const fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_short_way_and_the_long_way_agree() {
        for text in [
            "2022-01-03T00:00:00",
            "2016-01-12 13:02:11.218",
            "2024-02-29T23:59:59.999999Z",
            "2000-03-01T00:00:00Z",
            "1969-12-31 23:59:59.5",
            "1900-02-28T12:00:00",
            "2026-11-21T16:00:09.1234567Z",
        ] {
            assert_eq!(fixed(text.as_bytes()), Instant::parse(text).ok(), "{text}");
            assert!(fixed(text.as_bytes()).is_some(), "{text}");
        }
    }

    #[test]
    fn danish_days_come_before_months() {
        assert_eq!(instant(b"03/01/2022 04:05:06"), Instant::parse("2022-01-03T04:05:06Z").ok());
        assert_eq!(instant(b"31/04/2022 00:00:00"), None);
    }

    #[test]
    fn offsets_and_epochs_are_read_and_nonsense_is_not() {
        assert_eq!(instant(b"2016-07-27T19:00:00-05:00"), Some(Instant::from_secs(1_469_664_000)));
        assert_eq!(instant(b" 1469664000.5 "), Some(Instant::from_micros(1_469_664_000_500_000)));
        for text in ["", "2022-02-30T00:00:00", "2022-01-03T24:00:00", "2022-01-03T00:00:00.", "x", "\u{e9}"]
        {
            assert_eq!(instant(text.as_bytes()), None, "{text}");
        }
    }
}
