//! When a source can have been published, from its name and from the periods that it reports: never from a note.

use crate::day::{Dates, Day};
use crate::publication;

/// The days between which a source was published, both included; none is unknown.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) struct Edition {
    pub(super) from: Option<Day>,
    pub(super) to: Option<Day>,
    /// The name itself states month or day.
    pub(super) stated: bool,
}

/// A survey is published in the year after the one that it is of: UNODC/SIMCI count the fields of 31 December.
const SURVEY: [&str; 6] = ["survey", "monitoreo", "censo", "census", "informe de monitoreo", "encuesta"];

impl Edition {
    /// `newest` is the last day that its figures speak of.
    pub(super) fn of(name: &str, newest: Option<Day>) -> Self {
        if let Some(dates) = publication::stated(name) {
            return Self { from: Some(dates.first()), to: Some(dates.last()), stated: true };
        }
        let after = newest.and_then(next_year);
        let small = name.to_lowercase();
        let Some(year) = years(name).max() else { return Self { from: after, to: None, stated: false } };
        let survey = SURVEY.iter().any(|word| small.contains(word));
        let bare = Dates::year(if survey { year.saturating_add(1) } else { year });
        let from = bare.map(Dates::first);
        // The post on a survey of 2018 may be of any later day.
        let to = bare.map(Dates::last).filter(|_| !small.contains(" on ") && !small.contains("post"));
        let late = after.filter(|day| from.is_none_or(|from| *day > from) && to.is_none_or(|to| *day <= to));
        Self { from: late.or(from), to, stated: false }
    }

    /// Whether the two cannot be of one time.
    pub(super) fn apart(self, other: Self) -> bool {
        let before = |a: Self, b: Self| a.to.zip(b.from).is_some_and(|(to, from)| to < from);
        before(self, other) || before(other, self)
    }
    pub(super) fn before(self, other: Self) -> bool {
        self.to.zip(other.from).is_some_and(|(to, from)| to < from)
    }
    /// Whether more than a year and a half lies between them for certain.
    pub(super) fn far_apart(self, other: Self) -> bool {
        let months = |day: Day| i32::from(day.year()) * 12 + i32::from(day.month());
        let far =
            |a: Self, b: Self| a.to.zip(b.from).is_some_and(|(to, from)| months(from) - months(to) > 18);
        far(self, other) || far(other, self)
    }
}

fn next_year(day: Day) -> Option<Day> {
    Dates::year(day.year().checked_add(1)?).map(Dates::first)
}

/// The years that stand alone in a text.
fn years(text: &str) -> impl Iterator<Item = i16> + '_ {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric()).take(200);
    words
        .filter(|word| word.len() == 4)
        .filter_map(|word| word.parse::<i16>().ok())
        .filter(|year| (1950..2100).contains(year))
}

/// How many days of the year lie before the day, the day included.
pub(super) fn day_of_year(day: Day) -> i64 {
    let months = (1..day.month()).map(|month| i64::from(crate::day::days_in_month(day.year(), month)));
    months.sum::<i64>() + i64::from(day.day())
}
