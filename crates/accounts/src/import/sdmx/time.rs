//! The time formats of SDMX (SDMX 3.0 technical notes, section "Time and time zone": Gregorian periods, reporting periods,
//! date-times and time ranges) as dates, and dates as such. A time of day is none of the accounts' and is refused.

use jiff::ToSpan;
use jiff::civil::{Date, Weekday};

use crate::day::{Dates, Day, days_in_month};

/// Longer than any of the formats.
const MOST_CHARS: usize = 64;
/// A range that runs longer ends outside the calendar.
const MOST_UNITS: i32 = 600_000;

fn number(text: &str, width: std::ops::RangeInclusive<usize>) -> Option<i16> {
    let plain = width.contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    if plain { text.parse().ok() } else { None }
}

fn day(date: Date) -> Option<Day> {
    Day::new(date.year(), u8::try_from(date.month()).ok()?, u8::try_from(date.day()).ok()?)
}

fn date(day: Day) -> Option<Date> {
    Date::new(day.year(), i8::try_from(day.month()).ok()?, i8::try_from(day.day()).ok()?).ok()
}

fn months(year: i16, from: u8, to: u8) -> Option<Dates> {
    Dates::new(Dates::month(year, from)?.first(), Dates::month(year, to)?.last())
}

/// What a `TIME_PERIOD` covers: none where it is no time of the accounts.
pub(crate) fn read(text: &str) -> Option<Dates> {
    if text.len() > MOST_CHARS {
        return None;
    }
    if let Some((start, rest)) = text.split_once('/') {
        let start = moment(start)?;
        return match rest.strip_prefix('P') {
            Some(duration) => lasting(start, duration),
            // An ISO 8601 interval of two ends.
            None => Dates::new(start, moment(rest)?),
        };
    }
    if text.contains('T') && !text.get(4..).is_some_and(|rest| rest.starts_with("-T")) {
        return moment(text).map(Dates::on);
    }
    let Some((year, part)) = text.split_once('-') else { return text.parse().ok() };
    let year = number(year, 4..=4)?;
    let letter = part.chars().next().filter(char::is_ascii_uppercase);
    let Some(letter) = letter else { return text.parse().ok() };
    let index = part.get(1..)?;
    let small = |width| number(index, width).and_then(|n| u8::try_from(n).ok()).filter(|n| *n > 0);
    let share = |count: u8| {
        let n = small(1..=1).filter(|n| *n <= count)?;
        let each = 12 / count;
        months(year, (n - 1) * each + 1, n * each)
    };
    match letter {
        'A' => share(1),
        // `B` is the half year of SDMX 2.0.
        'S' | 'B' => share(2),
        'T' => share(3),
        'Q' => share(4),
        'M' => Dates::month(year, small(2..=2)?),
        'W' => week(year, number(index, 2..=2)?),
        'D' => {
            let n = number(index, 3..=3).filter(|n| (1..=366).contains(n))?;
            let found = Date::new(year, 1, 1).ok()?.checked_add(i32::from(n - 1).days()).ok()?;
            day(found).filter(|found| found.year() == year).map(Dates::on)
        }
        _ => None,
    }
}

/// ISO 8601 weeks: the first holds the year's first Thursday.
fn week(year: i16, week: i16) -> Option<Dates> {
    let iso = jiff::civil::ISOWeekDate::new(year, i8::try_from(week).ok()?, Weekday::Monday).ok()?;
    let monday = iso.date();
    Dates::new(day(monday)?, day(monday.checked_add(6.days()).ok()?)?)
}

/// A day, with the midnight that some write behind it.
fn moment(text: &str) -> Option<Day> {
    let bare = match text.split_once('T') {
        Some((bare, "00:00:00" | "00:00:00Z" | "00:00:00.000" | "00:00:00.000Z" | "00:00")) => bare,
        Some(_) => return None,
        None => text,
    };
    bare.parse().ok()
}

/// From a day on for years, months, weeks and days, the last day included.
fn lasting(start: Day, duration: &str) -> Option<Dates> {
    let (mut rest, mut last_unit) = (duration, 0);
    let mut end = date(start)?;
    if rest.is_empty() {
        return None;
    }
    while !rest.is_empty() {
        let at = rest.find(|c: char| !c.is_ascii_digit())?;
        let count: i32 = rest.get(..at)?.parse().ok().filter(|count| *count <= MOST_UNITS)?;
        let unit = rest.get(at..=at)?;
        let (rank, span) = match unit {
            "Y" => (1, count.years()),
            "M" => (2, count.months()),
            "W" => (3, count.weeks()),
            "D" => (4, count.days()),
            _ => return None,
        };
        if rank <= last_unit {
            return None;
        }
        last_unit = rank;
        end = end.checked_add(span).ok()?;
        rest = rest.get(at + 1..)?;
    }
    Dates::new(start, day(end.yesterday().ok()?)?)
}

/// The frequency that dates have by themselves, as CL_FREQ 2.1 codes it.
pub(crate) fn frequency(dates: Dates) -> &'static str {
    let (first, last) = (dates.first(), dates.last());
    let count =
        12 * i32::from(last.year() - first.year()) + i32::from(last.month()) - i32::from(first.month());
    let ends = first.day() == 1 && last.day() == days_in_month(last.year(), last.month());
    match (ends, count + 1) {
        _ if first == last => "D",
        (true, 12) if first.month() == 1 => "A",
        (true, 6) if first.month() % 6 == 1 => "S",
        (true, 4) if first.month() % 4 == 1 => "T",
        (true, 3) if first.month() % 3 == 1 => "Q",
        (true, 1) => "M",
        _ if is_week(dates) => "W",
        _ => "_O",
    }
}

fn is_week(dates: Dates) -> bool {
    let ends = date(dates.first()).zip(date(dates.last()));
    ends.is_some_and(|(first, last)| {
        first.weekday() == Weekday::Monday && first.checked_add(6.days()).is_ok_and(|sunday| sunday == last)
    })
}

/// Dates as a `TIME_PERIOD`: what [`read`] gives back.
pub(crate) fn print(dates: Dates) -> String {
    let (first, last) = (dates.first(), dates.last());
    let year = first.year();
    match frequency(dates) {
        "A" | "M" | "D" => dates.to_string(),
        "S" => format!("{year:04}-S{}", first.month() / 6 + 1),
        "T" => format!("{year:04}-T{}", first.month() / 4 + 1),
        "Q" => format!("{year:04}-Q{}", first.month() / 3 + 1),
        _ => {
            let days = date(first)
                .zip(date(last))
                .and_then(|(first, last)| first.until((jiff::Unit::Day, last)).ok())
                .map_or(0, |span| span.get_days());
            let months =
                12 * i32::from(last.year() - year) + i32::from(last.month()) - i32::from(first.month()) + 1;
            let whole = first.day() == 1 && last.day() == days_in_month(last.year(), last.month());
            let duration = match months {
                _ if !whole => format!("{}D", days + 1),
                _ if months % 12 == 0 => format!("{}Y", months / 12),
                _ => format!("{months}M"),
            };
            format!("{first}/P{duration}")
        }
    }
}

/// Dates that a stated frequency means. Where periods were made days (`timeFormat=normalized`), a first or last day is its
/// whole period; none where the two contradict each other.
pub(super) fn at_frequency(dates: Dates, code: &str) -> Option<Dates> {
    let own = frequency(dates);
    if own == code || !matches!(code, "A" | "S" | "T" | "Q" | "M" | "W" | "D") {
        return Some(dates);
    }
    if own != "D" {
        return None;
    }
    let day = dates.first();
    let each = match code {
        "A" => 12,
        "S" => 6,
        "T" => 4,
        "Q" => 3,
        "M" => 1,
        _ => {
            let own = date(day)?;
            let back = i32::from(own.weekday().to_monday_zero_offset());
            let monday = own.checked_sub(back.days()).ok()?;
            let sunday = monday.checked_add(6.days()).ok()?;
            let whole = Dates::new(self::day(monday)?, self::day(sunday)?)?;
            return Some(whole).filter(|whole| day == whole.first() || day == whole.last());
        }
    };
    let from = (day.month() - 1) / each * each + 1;
    let whole = months(day.year(), from, from + each - 1)?;
    Some(whole).filter(|whole| day == whole.first() || day == whole.last())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_formats_of_sdmx() {
        for (text, want) in [
            ("2016", "2016"),
            ("2016-A1", "2016"),
            ("2016-S1", "2016-01-01/2016-06-30"),
            ("2016-S2", "2016-07-01/2016-12-31"),
            ("1999-B2", "1999-07-01/1999-12-31"),
            ("2016-T3", "2016-09-01/2016-12-31"),
            ("2016-Q3", "2016-07-01/2016-09-30"),
            ("2016-M09", "2016-09"),
            ("2016-09", "2016-09"),
            ("2016-09-30", "2016-09-30"),
            ("2016-09-30T00:00:00", "2016-09-30"),
            ("2016-W01", "2016-01-04/2016-01-10"),
            ("2015-W53", "2015-12-28/2016-01-03"),
            ("2016-D366", "2016-12-31"),
            ("2016-01-01/P9M", "2016-01-01/2016-09-30"),
            ("2016-01-01T00:00:00/P1Y6M", "2016-01-01/2017-06-30"),
            ("2016-02-28/P2D", "2016-02-28/2016-02-29"),
            ("2016-01-01/2016-09-30", "2016-01-01/2016-09-30"),
            ("2016-01-04/P1W", "2016-01-04/2016-01-10"),
        ] {
            assert_eq!(read(text).map(|dates| dates.to_string()).as_deref(), Some(want), "{text}");
        }
        for text in [
            "",
            "16",
            "2016-Q5",
            "2016-Q0",
            "2016-S3",
            "2016-A2",
            "2016-M13",
            "2016-M9",
            "2015-D366",
            "2015-W54",
            "2016-X1",
            "2016-09-31",
            "2016-09-30T12:00:00",
            "2016/P",
            "2016-01-01/P",
            "2016-01-01/P1M1Y",
            "2016-01-01/P0D",
            "2016-01-01/PT5H",
            "2016-01-01/P999999999999Y",
            "2016-Q",
            "2016-é1",
            "2017/2016",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn a_normalised_day_is_the_period_of_its_frequency() {
        let at = |text: &str, code| at_frequency(read(text).unwrap(), code).map(|dates| dates.to_string());
        assert_eq!(at("2014-12-31", "A").as_deref(), Some("2014"));
        assert_eq!(at("2014-02-01", "M").as_deref(), Some("2014-02"));
        assert_eq!(at("2014-06-30", "Q").as_deref(), Some("2014-04-01/2014-06-30"));
        assert_eq!(at("2014-06-15", "Q"), None);
        assert_eq!(at("2014-Q1", "A"), None);
        assert_eq!(at("2014", "_Z").as_deref(), Some("2014"));
    }

    proptest! {
        #[test]
        fn dates_read_back_as_they_were_printed(
            year in 1500i16..2990, month in 1u8..=12, first in 1u8..=28, years in 0i16..5, to in 1u8..=12, last in 1u8..=31
        ) {
            let start = Day::new(year, month, first).unwrap();
            let end = Day::new(year + years, to, last.min(days_in_month(year + years, to))).unwrap();
            if let Some(dates) = Dates::new(start, end) {
                prop_assert_eq!(read(&print(dates)), Some(dates), "{}", print(dates));
            }
        }

        #[test]
        fn no_text_makes_it_fall(text in ".{0,30}", near in "[0-9]{4}-?[A-Z]?[0-9]{0,3}(/P[0-9]{0,3}[YMWD]?)?") {
            let _ = read(&text);
            let _ = read(&near);
        }
    }
}
