//! The time that a figure speaks of: a flow over days, or a stock on one day. The two never compare: an area on
//! 31 December and an area cleared during the year are different things.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::day::{BadDate, Dates, Day};

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Nature {
    /// As of one day within the dates. Where the source names no day, the dates are wider than one.
    Stock,
    /// Over all the dates.
    Flow,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub struct Period {
    dates: Dates,
    nature: Nature,
}

/// Months as series ids abbreviate them.
const MONTHS: [&str; 12] =
    ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/// 1 to 12, by the first three letters of an English or Spanish month.
pub fn month_named(word: &str) -> Option<u8> {
    let small = word.to_lowercase();
    let start: String = small.chars().take(3).collect();
    let english = match start.as_str() {
        "ene" => "jan",
        "abr" => "apr",
        "ago" => "aug",
        "dic" => "dec",
        "set" => "sep",
        other => other,
    };
    let full = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
        "enero",
        "febrero",
        "marzo",
        "abril",
        "mayo",
        "junio",
        "julio",
        "agosto",
        "septiembre",
        "setiembre",
        "octubre",
        "noviembre",
        "diciembre",
        "sept",
    ];
    // `Marcha` and `Mayor` begin like months and are none.
    let stem = small.trim_end_matches('.');
    let known = stem.chars().count() == 3 || full.contains(&stem);
    let place = MONTHS.iter().position(|own| *own == english).filter(|_| known)?;
    u8::try_from(place + 1).ok()
}

impl Period {
    pub const fn flow(dates: Dates) -> Self {
        Self { dates, nature: Nature::Flow }
    }
    /// As of a day within the dates.
    pub const fn stock(dates: Dates) -> Self {
        Self { dates, nature: Nature::Stock }
    }
    pub const fn at(day: Day) -> Self {
        Self::stock(Dates::on(day))
    }
    pub const fn dates(self) -> Dates {
        self.dates
    }
    pub const fn nature(self) -> Nature {
        self.nature
    }
    /// The year in which the period ends.
    pub const fn year(self) -> i16 {
        self.dates.last().year()
    }
    /// A flow over less than a calendar year.
    pub fn is_part_year(self) -> bool {
        let (first, last) = (self.dates.first(), self.dates.last());
        self.nature == Nature::Flow && first.year() == last.year() && !self.dates.is_whole_year()
    }

    /// Reads `2016`, `2016-09`, `2016-12-31`, `2016-01-01/2016-09-30`; a stock of a bare year is of a day not named.
    pub fn read(text: &str, nature: Nature) -> Result<Self, BadDate> {
        Ok(Self { dates: text.trim().parse()?, nature })
    }

    /// The part of a year that the last segment of a series id names: `h1`, `q3`, `jan_sep`. None where it names none.
    pub fn part_of_year(year: i16, segment: &str) -> Option<Self> {
        let exact = |word: &str| {
            MONTHS.iter().position(|own| *own == word).and_then(|place| u8::try_from(place + 1).ok())
        };
        let (from, to) = match segment {
            "h1" => (1, 6),
            "h2" => (7, 12),
            "q1" => (1, 3),
            "q2" => (4, 6),
            "q3" => (7, 9),
            "q4" => (10, 12),
            other => {
                let (from, to) = other.split_once('_')?;
                (exact(from)?, exact(to)?)
            }
        };
        let dates = Dates::new(Dates::month(year, from)?.first(), Dates::month(year, to)?.last())?;
        Some(Self::flow(dates))
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.nature {
            Nature::Flow => write!(f, "{}", self.dates),
            Nature::Stock => write!(f, "@{}", self.dates),
        }
    }
}
