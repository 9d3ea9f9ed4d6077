//! What a number format makes of a number: a date, a share in percent, or nothing else (ECMA-376 part 1, 18.8.30), and
//! the two calendars that dates are counted in.

/// How a cell's number is meant.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) enum Format {
    #[default]
    Plain,
    Percent,
    Date,
}

/// The formats that have a number and no code; 27 to 36 and 50 to 58 are dates in East Asian editions.
pub(super) const fn built_in(id: u32) -> Format {
    match id {
        9 | 10 => Format::Percent,
        14..=22 | 27..=36 | 45..=47 | 50..=58 => Format::Date,
        _ => Format::Plain,
    }
}

/// A format's code, quoted texts, colours and padding left out. The first of its sections decides.
pub(super) fn custom(code: &str) -> Format {
    let mut characters = code.chars();
    let mut format = Format::Plain;
    while let Some(c) = characters.next() {
        match c {
            '"' => while characters.next().is_some_and(|c| c != '"') {},
            '\\' | '_' | '*' => {
                characters.next();
            }
            '[' => {
                let inner: String = characters.by_ref().take_while(|c| *c != ']').collect();
                // `[h]`, `[mm]`, `[ss]`: a time that runs on.
                let time = inner.chars().all(|c| matches!(c.to_ascii_lowercase(), 'h' | 'm' | 's'));
                if time && !inner.is_empty() {
                    return Format::Date;
                }
            }
            ';' => return format,
            'y' | 'Y' | 'm' | 'M' | 'd' | 'D' | 'h' | 'H' | 's' | 'S' => return Format::Date,
            '%' => format = Format::Percent,
            // `General` holds none of these letters; `E+00` is no date.
            _ => {}
        }
    }
    format
}

/// A serial date in ISO 8601; none outside the calendars. 1900-02-29 never was, and spreadsheets count it (18.17.4.1).
pub(super) fn iso(serial: f64, from_1904: bool) -> Option<String> {
    if !(0.0..2_958_466.0).contains(&serial) {
        return None;
    }
    let whole = serial.floor();
    let seconds = ((serial - whole) * 86_400.0).round() as u32;
    let days = whole as i64 + i64::from(seconds == 86_400);
    let seconds = seconds % 86_400;
    let date = match (from_1904, days) {
        (true, _) => civil(days - 24_107),
        (false, 60) => (1900, 2, 29),
        (false, 61..) => civil(days - 25_569),
        (false, _) => civil(days - 25_568),
    };
    let (year, month, day) = date;
    let date = format!("{year:04}-{month:02}-{day:02}");
    if seconds == 0 {
        return Some(date);
    }
    let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    Some(format!("{date}T{hour:02}:{minute:02}:{second:02}"))
}

/// Year, month and day of a day counted from 1970-01-01, in the proleptic Gregorian calendar: years that begin in March,
/// eras of 400 of them.
fn civil(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let (era, of_era) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_tell_dates_and_shares() {
        for (code, want) in [
            ("General", Format::Plain),
            ("#,##0.00", Format::Plain),
            ("0.00E+00", Format::Plain),
            ("#,##0 \"ha de coca sembrada\"", Format::Plain),
            ("[Red]-0.0", Format::Plain),
            ("0\\d", Format::Plain),
            ("_-* #,##0_-;\\-* #,##0_-", Format::Plain),
            ("0.0%", Format::Percent),
            ("0;0%", Format::Plain),
            ("dd/mm/yyyy", Format::Date),
            ("[$-240A]d \"de\" mmmm", Format::Date),
            ("[h]:mm", Format::Date),
            ("yyyy", Format::Date),
        ] {
            assert_eq!(custom(code), want, "{code}");
        }
    }

    #[test]
    fn serial_dates_of_both_calendars() {
        for (serial, from_1904, want) in [
            (1.0, false, Some("1900-01-01")),
            (59.0, false, Some("1900-02-28")),
            (60.0, false, Some("1900-02-29")),
            (61.0, false, Some("1900-03-01")),
            (2016.0, false, Some("1905-07-08")),
            (42_735.0, false, Some("2016-12-31")),
            (42_735.5, false, Some("2016-12-31T12:00:00")),
            (0.0, true, Some("1904-01-01")),
            (41_273.0, true, Some("2016-12-31")),
            (2_958_465.0, false, Some("9999-12-31")),
            (-1.0, false, None),
            (f64::NAN, false, None),
            (1e300, true, None),
        ] {
            assert_eq!(iso(serial, from_1904).as_deref(), want, "{serial}");
        }
    }
}
