//! Dates and times of DTM (data elements 2380 and 2379) and of UNB. They are local to the sender unless the format names
//! a zone; the caller says how far that is from UTC.

use bitacora_primitives::Instant;

/// Days from 1970-01-01 of a proleptic Gregorian date (Hinnant's civil calendar algorithm).
const fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

/// Year, month and day of a day count: the way back.
const fn civil(day: i64) -> (i64, i64, i64) {
    let day = day + 719_468;
    let of_era = day.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * of_year + 2) / 153;
    let day_of_month = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    let year = year_of_era + day.div_euclid(146_097) * 400 + if month <= 2 { 1 } else { 0 };
    (year, month, day_of_month)
}

fn digits(text: &[u8]) -> Option<i64> {
    text.iter().try_fold(0i64, |sum, byte| byte.is_ascii_digit().then(|| sum * 10 + i64::from(byte - b'0')))
}

/// Date and time digits with a year of two or four digits: `YYMMDD`, `CCYYMMDDHHMM`, `YYMMDDHHMMSS` ...
fn stamp(text: &[u8], year_digits: usize) -> Option<i64> {
    let (year, rest) = text.split_at_checked(year_digits)?;
    let pair = |place: usize| match rest.get(place * 2..place * 2 + 2) {
        Some(two) => digits(two),
        None => Some(0),
    };
    if rest.len() % 2 != 0 || !(4..=10).contains(&rest.len()) {
        return None;
    }
    let year = match (digits(year)?, year_digits) {
        // Two digits: the standard leaves the century open. EDIFACT began in 1987.
        (short, 2) => short + if short < 80 { 2000 } else { 1900 },
        (year, _) => year,
    };
    let (month, day) = (pair(0)?, pair(1)?);
    let (hour, minute, second) = (pair(2)?, pair(3)?, pair(4)?);
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let last = match month {
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        1..=12 => 31,
        _ => return None,
    };
    let right = (1..=last).contains(&day) && hour < 24 && minute < 60 && second < 60;
    right.then(|| ((days(year, month, day) * 24 + hour) * 60 + minute) * 60 + second)
}

/// A zone behind the digits: `UTC`, `GMT`, or a sign with hours and, where given, minutes. In minutes east.
fn zone(text: &[u8]) -> Option<i64> {
    let (sign, rest) = match text {
        b"UTC" | b"GMT" => return Some(0),
        [b'+', rest @ ..] => (1, rest),
        [b'-', rest @ ..] => (-1, rest),
        _ => return None,
    };
    let minutes = match rest.len() {
        2 => digits(rest)? * 60,
        4 => digits(rest)?.div_euclid(100) * 60 + digits(rest)?.rem_euclid(100),
        _ => return None,
    };
    (minutes <= 14 * 60).then_some(sign * minutes)
}

/// Why a DTM gives no instant.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum BadTime {
    Format,
    Value,
}

/// A point in time by its format code; without a code, by the number of its digits.
pub(super) fn instant(value: &[u8], format: Option<&[u8]>, minutes_east: i16) -> Result<Instant, BadTime> {
    let format = match (format, value.len()) {
        (Some(format), _) => format,
        (None, 8) => b"102",
        (None, 12) => b"203",
        (None, _) => return Err(BadTime::Format),
    };
    let (year_digits, length, zoned) = match format {
        b"101" => (2, 6, false),
        b"102" => (4, 8, false),
        b"201" => (2, 10, false),
        b"202" => (2, 12, false),
        b"203" => (4, 12, false),
        b"204" => (4, 14, false),
        b"205" | b"303" => (4, 12, true),
        b"208" | b"304" => (4, 14, true),
        b"301" => (2, 10, true),
        b"302" => (2, 12, true),
        _ => return Err(BadTime::Format),
    };
    let (text, named) = value.split_at_checked(length).ok_or(BadTime::Value)?;
    let east = match (zoned, named) {
        (true, named) => zone(named).ok_or(BadTime::Value)?,
        (false, []) => i64::from(minutes_east),
        (false, _) => return Err(BadTime::Value),
    };
    let local = stamp(text, year_digits).ok_or(BadTime::Value)?;
    Ok(Instant::from_secs(local - east * 60))
}

/// Date and time of UNB (S004): six digits of a date, eight in syntax version 4, and four of a time.
pub(super) fn prepared(date: &[u8], time: &[u8], minutes_east: i16) -> Option<Instant> {
    let year_digits = match (date.len(), time.len()) {
        (6, 4) => 2,
        (8, 4) => 4,
        _ => return None,
    };
    let text = [date, time].concat();
    Some(Instant::from_secs(stamp(&text, year_digits)? - i64::from(minutes_east) * 60))
}

/// The fields of an instant, local to the envelope: year, month, day, hour, minute, second.
pub(super) const fn fields(at: Instant, minutes_east: i16) -> [i64; 6] {
    let secs = at.secs() + minutes_east as i64 * 60;
    let (year, month, day) = civil(secs.div_euclid(86_400));
    let of_day = secs.rem_euclid(86_400);
    [year, month, day, of_day / 3600, of_day / 60 % 60, of_day % 60]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(value: &str, format: &str) -> Option<String> {
        let at = instant(value.as_bytes(), Some(format.as_bytes()), 0).ok()?;
        let [year, month, day, hour, minute, second] = fields(at, 0);
        Some(format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}"))
    }

    #[test]
    fn every_format_reads() {
        for (value, format, expected) in [
            ("260701", "101", "2026-07-01T00:00:00"),
            ("20240229", "102", "2024-02-29T00:00:00"),
            ("0910301200", "201", "2009-10-30T12:00:00"),
            ("950104120059", "202", "1995-01-04T12:00:59"),
            ("202607012359", "203", "2026-07-01T23:59:00"),
            ("20260701235958", "204", "2026-07-01T23:59:58"),
            ("202607012359-0500", "205", "2026-07-02T04:59:00"),
            ("202607012359UTC", "303", "2026-07-01T23:59:00"),
            ("20260701235958+05", "304", "2026-07-01T18:59:58"),
        ] {
            assert_eq!(read(value, format).as_deref(), Some(expected), "{value} {format}");
        }
        let by = |value: &str| Instant::parse(value).unwrap();
        assert_eq!(instant(b"202607010900", None, -300), Ok(by("2026-07-01T14:00:00Z")));
        assert_eq!(prepared(b"20260701", b"0900", 60), Some(by("2026-07-01T08:00:00Z")));
    }

    #[test]
    fn what_is_no_time_is_told_from_a_format_that_is_none() {
        for (value, format) in [
            ("20260230", "102"),
            ("20261301", "102"),
            ("202607012400", "203"),
            ("2026070123590", "203"),
            ("2026O7012359", "203"),
            ("202607012359XXX", "303"),
            ("202607012359+9900", "205"),
            ("", "203"),
        ] {
            assert_eq!(instant(value.as_bytes(), Some(format.as_bytes()), 0), Err(BadTime::Value), "{value}");
        }
        assert_eq!(instant(b"1", Some(b"802"), 0), Err(BadTime::Format));
        assert_eq!(instant(b"soon", None, 0), Err(BadTime::Format));
    }

    #[test]
    fn days_and_dates_are_each_others_inverse() {
        for day in (-800_000..800_000).step_by(97) {
            let (year, month, of_month) = civil(day);
            assert_eq!(days(year, month, of_month), day);
        }
        assert_eq!(days(1970, 1, 1), 0);
    }
}
