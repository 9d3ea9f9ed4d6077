//! Calendar days of the proleptic Gregorian calendar, and dates of which only the month or the years are known.

use std::fmt;
use std::str::FromStr;

use bitacora_primitives::Instant;
use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Day {
    year: i16,
    month: u8,
    day: u8,
}

#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("`{text}` is no date: write 2018, 2018-09, 2018-09-30 or 2018/2019, from 1500 to 2999")]
pub struct BadDate {
    text: String,
}

fn bad_date(text: &str) -> BadDate {
    BadDate { text: text.chars().take(40).collect() }
}

const fn is_leap(year: i16) -> bool {
    (year % 4 == 0 && year % 100 != 0) || year % 400 == 0
}

/// Days of a month, 1 to 12.
pub const fn days_in_month(year: i16, month: u8) -> u8 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

impl Day {
    /// None for a day that no calendar has.
    pub fn new(year: i16, month: u8, day: u8) -> Option<Self> {
        let fits = (1500..=2999).contains(&year) && (1..=12).contains(&month);
        (fits && (1..=days_in_month(year, month)).contains(&day)).then_some(Self { year, month, day })
    }
    /// The UTC day of an instant; none beyond the years that a day can name.
    pub fn of(at: Instant) -> Option<Self> {
        let date =
            jiff::civil::date(1970, 1, 1).checked_add(jiff::Span::new().try_days(at.day()).ok()?).ok()?;
        Self::new(date.year(), u8::try_from(date.month()).ok()?, u8::try_from(date.day()).ok()?)
    }
    /// The same day as readers of texts count with; none beyond the years that they know.
    pub fn civil(self) -> Option<jiff::civil::Date> {
        let (month, day) = (i8::try_from(self.month()).ok()?, i8::try_from(self.day()).ok()?);
        jiff::civil::Date::new(self.year(), month, day).ok()
    }
    pub const fn year(self) -> i16 {
        self.year
    }
    pub const fn month(self) -> u8 {
        self.month
    }
    pub const fn day(self) -> u8 {
        self.day
    }
    /// A number in the order of days; not a count of them.
    pub(crate) const fn ordinal(self) -> i32 {
        self.year as i32 * 512 + self.month as i32 * 32 + self.day as i32
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

impl FromStr for Day {
    type Err = BadDate;
    fn from_str(text: &str) -> Result<Self, BadDate> {
        let dates: Dates = text.parse()?;
        if dates.first == dates.last { Ok(dates.first) } else { Err(bad_date(text)) }
    }
}

impl Serialize for Day {
    fn serialize<S: serde::Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.collect_str(self)
    }
}
impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: serde::Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        String::deserialize(input)?.parse().map_err(serde::de::Error::custom)
    }
}

/// Some day from the first to the last, both included: `2018-09` is any day of that September.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Dates {
    first: Day,
    last: Day,
}

impl Dates {
    /// None where the last comes before the first.
    pub fn new(first: Day, last: Day) -> Option<Self> {
        (first <= last).then_some(Self { first, last })
    }
    pub const fn on(day: Day) -> Self {
        Self { first: day, last: day }
    }
    pub fn year(year: i16) -> Option<Self> {
        Self::new(Day::new(year, 1, 1)?, Day::new(year, 12, 31)?)
    }
    pub fn month(year: i16, month: u8) -> Option<Self> {
        Self::new(Day::new(year, month, 1)?, Day::new(year, month, days_in_month(year, month))?)
    }
    pub const fn first(self) -> Day {
        self.first
    }
    pub const fn last(self) -> Day {
        self.last
    }
    pub fn is_whole_year(self) -> bool {
        Self::year(self.first.year) == Some(self)
    }
}

/// `2018`, `2018-09` or `2018-09-30`.
fn one(text: &str) -> Option<Dates> {
    let number = |part: &str, width: usize| -> Option<i16> {
        let plain = part.len() == width && part.bytes().all(|b| b.is_ascii_digit());
        if plain { part.parse().ok() } else { None }
    };
    let small = |part: &str| number(part, 2).and_then(|n| u8::try_from(n).ok());
    let mut parts = text.split('-');
    let year = number(parts.next()?, 4)?;
    match (parts.next(), parts.next(), parts.next()) {
        (None, None, None) => Dates::year(year),
        (Some(month), None, None) => Dates::month(year, small(month)?),
        (Some(month), Some(day), None) => Some(Dates::on(Day::new(year, small(month)?, small(day)?)?)),
        _ => None,
    }
}

impl FromStr for Dates {
    type Err = BadDate;
    /// A day, a month, a year, or two of them with `/` between: from the first of one to the last of the other.
    fn from_str(text: &str) -> Result<Self, BadDate> {
        let read = match text.split_once('/') {
            None => one(text),
            Some((from, to)) => one(from)
                .zip(one(to))
                .filter(|(from, to)| from != to)
                .and_then(|(from, to)| Self::new(from.first, to.last)),
        };
        read.ok_or_else(|| bad_date(text))
    }
}

impl fmt::Display for Dates {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { first, last } = *self;
        if first == last {
            write!(f, "{first}")
        } else if Self::month(first.year, first.month) == Some(*self) {
            write!(f, "{:04}-{:02}", first.year, first.month)
        } else if self.is_whole_year() {
            write!(f, "{:04}", first.year)
        } else if first.month == 1 && first.day == 1 && last.month == 12 && last.day == 31 {
            write!(f, "{:04}/{:04}", first.year, last.year)
        } else {
            write!(f, "{first}/{last}")
        }
    }
}

impl Serialize for Dates {
    fn serialize<S: serde::Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.collect_str(self)
    }
}
impl<'de> Deserialize<'de> for Dates {
    fn deserialize<D: serde::Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        String::deserialize(input)?.parse().map_err(serde::de::Error::custom)
    }
}
