//! The publication date that the name of a source states: `Reuters via WSAU, 25 Jun 2021 (…)`. A bare year states none,
//! for it may be the year that the figures are about.

use crate::day::{Dates, Day};
use crate::period::month_named;

/// Names are short; what comes later in an endless one is not looked at.
const MOST_WORDS: usize = 200;

/// The latest date with at least a month in the text, in English or Spanish, or in ISO 8601; of `14-15 Jan 2026` the
/// whole span, of `Jul/Aug 2012` both months. None where none is stated.
pub fn stated(source_name: &str) -> Option<Dates> {
    let words: Vec<&str> = source_name
        .split(|c: char| c.is_whitespace() || matches!(c, ',' | '(' | ')' | ';' | ':' | '_'))
        .filter(|word| {
            !word.is_empty() && !word.eq_ignore_ascii_case("de") && !word.eq_ignore_ascii_case("del")
        })
        .take(MOST_WORDS)
        .collect();
    let mut latest: Option<Dates> = None;
    for (place, word) in words.iter().enumerate() {
        let found = iso(word).or_else(|| written(&words, place));
        if let Some(new) = found.filter(|new| latest.is_none_or(|known| new.last() > known.last())) {
            latest = Some(new);
        }
    }
    latest
}

/// `2019-09-26`, and nothing coarser: `2019-09` also numbers reports.
fn iso(word: &str) -> Option<Dates> {
    word.parse::<Day>().ok().map(Dates::on)
}

/// A year whose word before is a month, or two with `/` between, and before that perhaps a day or two.
fn written(words: &[&str], place: usize) -> Option<Dates> {
    let year_word = words.get(place)?.trim_end_matches('.');
    let year = Dates::year(year_word.parse::<i16>().ok().filter(|_| year_word.len() == 4)?)?.first().year();
    let month_word = words.get(place.checked_sub(1)?)?;
    let (from, to) = match month_word.split_once('/') {
        Some((from, to)) => (month_named(from)?, month_named(to)?),
        None => (month_named(month_word)?, month_named(month_word)?),
    };
    let months = Dates::new(Dates::month(year, from)?.first(), Dates::month(year, to)?.last())?;
    let before = place.checked_sub(2).and_then(|at| words.get(at));
    let days = before.and_then(|word| {
        let (first, last) = word.split_once(['-', '/']).unwrap_or((word, word));
        let day = |text: &str, month| Day::new(year, month, text.parse().ok()?);
        Dates::new(day(first, from)?, day(last, to)?)
    });
    Some(days.unwrap_or(months))
}
