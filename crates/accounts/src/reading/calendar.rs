//! Days and the intervals that expressions of time mean. Only the proleptic Gregorian calendar; no time zones and
//! no clock: "today" is the day of publication that the caller gives.

use jiff::civil::{Date, Weekday};
use jiff::{Span as Length, ToSpan};
use serde::Serialize;

/// First and last day, both inside. A side without a day is open.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize)]
pub struct Interval {
    pub from: Option<Date>,
    pub to: Option<Date>,
}

impl Interval {
    pub const OPEN: Self = Self { from: None, to: None };

    pub const fn between(from: Date, to: Date) -> Self {
        Self { from: Some(from), to: Some(to) }
    }
    pub const fn day(day: Date) -> Self {
        Self::between(day, day)
    }
    pub fn years(first: i16, last: i16) -> Option<Self> {
        Some(Self::between(date(first, 1, 1)?, date(last, 12, 31)?))
    }
    pub fn month(year: i16, month: i8) -> Option<Self> {
        let first = date(year, month, 1)?;
        Some(Self::between(first, first.last_of_month()))
    }
    /// From month `first` to month `last` of one year.
    pub fn months(year: i16, first: i8, last: i8) -> Option<Self> {
        Some(Self::between(date(year, first, 1)?, date(year, last, 1)?.last_of_month()))
    }
    /// The year that the whole interval lies in.
    pub fn year(&self) -> Option<i16> {
        match (self.from, self.to) {
            (Some(from), Some(to)) if from.year() == to.year() => Some(from.year()),
            _ => None,
        }
    }
}

pub(crate) fn date(year: i16, month: i8, day: i8) -> Option<Date> {
    Date::new(year, month, day).ok()
}

pub(crate) fn shifted(day: Date, years: i64, months: i64, days: i64) -> Option<Date> {
    let most = 4_000;
    if years.abs() > most || months.abs() > 12 * most || days.abs() > 366 * most {
        return None;
    }
    let length: Length = 0.days().try_years(years).ok()?.try_months(months).ok()?.try_days(days).ok()?;
    day.checked_add(length).ok()
}

/// Monday to Sunday of the week of `day`.
pub(crate) fn week(day: Date) -> Option<Interval> {
    let monday = shifted(day, 0, 0, -i64::from(day.weekday().to_monday_zero_offset()))?;
    Some(Interval::between(monday, shifted(monday, 0, 0, 6)?))
}

/// The last such day of the week not after `day`.
pub(crate) fn weekday_before(day: Date, wanted: Weekday) -> Option<Date> {
    let back = i64::from(wanted.until(day.weekday()));
    shifted(day, 0, 0, -back)
}

/// The United States fiscal year runs from 1 October to 30 September and is named after the year it ends in
/// (31 U.S.C. 1102).
pub(crate) fn fiscal_year(year: i16) -> Option<Interval> {
    Some(Interval::between(date(year.checked_sub(1)?, 10, 1)?, date(year, 9, 30)?))
}

pub(crate) fn month_number(key: &str) -> Option<i8> {
    Some(match key {
        "january" | "jan" | "enero" | "ene" => 1,
        "february" | "feb" | "febrero" => 2,
        "march" | "mar" | "marzo" => 3,
        "april" | "apr" | "abril" | "abr" => 4,
        "may" | "mayo" => 5,
        "june" | "jun" | "junio" => 6,
        "july" | "jul" | "julio" => 7,
        "august" | "aug" | "agosto" | "ago" => 8,
        "september" | "sept" | "sep" | "septiembre" | "setiembre" => 9,
        "october" | "oct" | "octubre" => 10,
        "november" | "nov" | "noviembre" => 11,
        "december" | "dec" | "diciembre" | "dic" => 12,
        _ => return None,
    })
}

pub(crate) fn weekday(key: &str) -> Option<Weekday> {
    Some(match key {
        "monday" | "lunes" => Weekday::Monday,
        "tuesday" | "martes" => Weekday::Tuesday,
        "wednesday" | "miercoles" => Weekday::Wednesday,
        "thursday" | "jueves" => Weekday::Thursday,
        "friday" | "viernes" => Weekday::Friday,
        "saturday" | "sabado" => Weekday::Saturday,
        "sunday" | "domingo" => Weekday::Sunday,
        _ => return None,
    })
}
