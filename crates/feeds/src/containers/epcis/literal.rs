//! Times and numbers as EPCIS writes them, and as the event hash writes them: UTC with milliseconds, decimals without
//! trailing zeros. Nothing is rounded but the milliseconds.

use bitacora_primitives::Instant;

use crate::refusal::Reason;

/// Longest number or time; both have no bound of their own in XML Schema.
const MAX_LITERAL: usize = 64;
/// Largest power of ten a number may be written with.
const MAX_EXPONENT: i32 = 40;

/// `xsd:dateTimeStamp`: a time with its offset (EPCIS 2.0, 7.3.2; JSON schema `date-time`).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Stamp {
    at: Instant,
    /// Milliseconds since 1970, the third decimal rounded half up by the fourth (CBV 2.0, 8.9, timestamp rule).
    millis: i64,
}

impl Stamp {
    /// To the microsecond; what is finer is dropped.
    pub const fn at(self) -> Instant {
        self.at
    }

    pub(super) fn parse(text: &str) -> Result<Self, Reason> {
        if text.len() > MAX_LITERAL {
            return Err(Reason::TooLong);
        }
        let bad = Reason::TimeUnreadable;
        let (second, rest) = text.split_at_checked(19).ok_or(bad)?;
        let (fraction, zone) = match rest.strip_prefix('.') {
            Some(rest) => {
                rest.split_at(rest.find(|c: char| !c.is_ascii_digit()).filter(|end| *end > 0).ok_or(bad)?)
            }
            None => ("", rest),
        };
        let form = b"dddd-dd-ddTdd:dd:dd";
        let in_form = second.bytes().zip(form).all(|(byte, like)| match like {
            b'd' => byte.is_ascii_digit(),
            other => byte == *other,
        });
        // The year 0000 and leap seconds are no xsd:dateTime; jiff would take both.
        let known = !second.starts_with("0000") && second.get(17..18) < Some("6");
        if !in_form || !known || !(zone == "Z" || is_offset(zone)) {
            return Err(bad);
        }
        let digit = |place: usize| fraction.as_bytes().get(place).map_or(0, |byte| i64::from(byte - b'0'));
        let whole = Instant::parse(&format!("{second}{zone}")).map_err(|_| bad)?.micros();
        let millis = whole / 1000 + digit(0) * 100 + digit(1) * 10 + digit(2) + i64::from(digit(3) >= 5);
        let micros = (0..6).fold(0, |sum, place| sum * 10 + digit(place));
        Ok(Self { at: Instant::from_micros(whole + micros), millis })
    }

    /// `2023-02-02T11:04:03.142Z`.
    pub(super) fn hashed(self) -> String {
        let text = Instant::from_micros(self.millis.saturating_mul(1000)).to_string();
        let text = text.strip_suffix('Z').unwrap_or(&text);
        let (second, fraction) = text.split_once('.').unwrap_or((text, ""));
        format!("{second}.{fraction:0<3}Z")
    }
}

/// `eventTimeZoneOffset`, and the offset of a time: `+hh:mm`, at most 14 hours (EPCIS 2.0 JSON schema).
pub(super) fn is_offset(text: &str) -> bool {
    let &[sign, h1, h2, b':', m1, m2] = text.as_bytes() else { return false };
    let digits = [h1, h2, m1, m2].iter().all(u8::is_ascii_digit);
    let hours = (h1 == b'0' || (h1 == b'1' && h2 <= b'3')) && m1 <= b'5';
    matches!(sign, b'+' | b'-') && digits && (hours || [h1, h2, m1, m2] == *b"1400")
}

/// A calendar date, `2023-12-20`.
pub(super) fn is_date(text: &str) -> bool {
    text.len() == 10 && Stamp::parse(&format!("{text}T00:00:00Z")).is_ok()
}

/// A number with the digits it was written with.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Decimal(String);

impl Decimal {
    /// Of a JSON number. Without trailing zeros and without an exponent: `26.10`, `2.61e1` and `26.1` are one number.
    pub(super) fn parse(text: &str) -> Result<Self, Reason> {
        let bad = Reason::NumberUnreadable;
        if text.len() > MAX_LITERAL {
            return Err(Reason::OutOfRange);
        }
        let (mantissa, exponent) = match text.find(['e', 'E']) {
            Some(place) => {
                let (mantissa, exponent) = text.split_at(place);
                let exponent = exponent.get(1..).unwrap_or_default();
                let digits = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
                if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
                    return Err(bad);
                }
                (mantissa, exponent.parse::<i32>().map_err(|_| Reason::OutOfRange)?)
            }
            None => (text, 0),
        };
        if exponent.abs() > MAX_EXPONENT {
            return Err(Reason::OutOfRange);
        }
        let (sign, mantissa) = mantissa.strip_prefix('-').map_or(("", mantissa), |rest| ("-", rest));
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let mut digits = format!("{whole}{fraction}");
        if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(bad);
        }
        let point = i32::try_from(whole.len()).map_err(|_| bad)? + exponent;
        let lead = usize::try_from(-point).unwrap_or(0);
        digits.insert_str(0, &"0".repeat(lead));
        let point = usize::try_from(point).unwrap_or(0);
        while digits.len() < point {
            digits.push('0');
        }
        let (whole, fraction) = digits.split_at_checked(point).ok_or(bad)?;
        let (whole, fraction) = (whole.trim_start_matches('0'), fraction.trim_end_matches('0'));
        let text = match (whole, fraction) {
            ("", "") => "0".to_owned(),
            ("", fraction) => format!("{sign}0.{fraction}"),
            (whole, "") => format!("{sign}{whole}"),
            (whole, fraction) => format!("{sign}{whole}.{fraction}"),
        };
        Ok(Self(text))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
    pub fn value(&self) -> f64 {
        self.0.parse().unwrap_or(f64::NAN)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_hashed_in_utc_with_milliseconds_rounded_by_the_fourth_decimal() {
        for (text, hashed) in [
            ("2023-01-18T11:04:03.1415Z", "2023-01-18T11:04:03.142Z"),
            ("2023-01-18T11:04:03.1414999Z", "2023-01-18T11:04:03.141Z"),
            ("2023-01-18T11:59:59.9995Z", "2023-01-18T12:00:00.000Z"),
            ("2005-04-03T20:33:31.116000-06:00", "2005-04-04T02:33:31.116Z"),
            ("2020-03-04T11:00:30+01:00", "2020-03-04T10:00:30.000Z"),
            ("1969-12-31T23:59:59.1Z", "1969-12-31T23:59:59.100Z"),
        ] {
            assert_eq!(Stamp::parse(text).unwrap().hashed(), hashed, "{text}");
        }
        let stamp = Stamp::parse("1970-01-01T00:00:01.1234567Z").unwrap();
        assert_eq!(stamp.at().micros(), 1_123_456);
    }

    #[test]
    fn what_is_no_time_stamp_is_refused() {
        for text in [
            "22-07-2026",
            "2026-07-22T06:45:00",
            "2026-07-22 06:45:00Z",
            "2026-07-22T06:45Z",
            "2026-07-22T06:45:00.Z",
            "2026-07-22T06:45:00+2",
            "2026-07-22T06:45:00+14:30",
            "2026-02-30T06:45:00Z",
            "2026-07-22T24:00:00Z",
            "2016-12-31T23:59:60Z",
            "0000-07-22T06:45:00Z",
            "2026-07-22t06:45:00z",
            "éé26-07-22T06:45:00Z",
        ] {
            assert_eq!(Stamp::parse(text), Err(Reason::TimeUnreadable), "{text}");
        }
        assert_eq!(Stamp::parse(&format!("2026-07-22T06:45:00.{}Z", "1".repeat(60))), Err(Reason::TooLong));
        for (text, is) in
            [("+02:00", true), ("-14:00", true), ("+14:01", false), ("02:00", false), ("Z", false)]
        {
            assert_eq!(is_offset(text), is, "{text}");
        }
        assert!(is_date("2023-12-20") && !is_date("2023-13-20") && !is_date("wrong date"));
    }

    #[test]
    fn numbers_lose_trailing_zeros_and_exponents_and_nothing_else() {
        for (text, plain) in [
            ("26.10", "26.1"),
            ("2.61e1", "26.1"),
            ("100", "100"),
            ("1E2", "100"),
            ("-0.0", "0"),
            ("-1.50", "-1.5"),
            ("1.2e-7", "0.00000012"),
            ("12345678901234567890.1230", "12345678901234567890.123"),
            ("0.00", "0"),
        ] {
            assert_eq!(Decimal::parse(text).unwrap().as_str(), plain, "{text}");
        }
        assert_eq!(Decimal::parse("1e999"), Err(Reason::OutOfRange));
        assert_eq!(Decimal::parse("1e99999999999"), Err(Reason::OutOfRange));
        assert_eq!(Decimal::parse(&"9".repeat(65)), Err(Reason::OutOfRange));
        assert_eq!(Decimal::parse("twenty"), Err(Reason::NumberUnreadable));
    }
}
