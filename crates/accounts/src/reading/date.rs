//! Expressions of time in English and Spanish, as intervals of days. What depends on the day of publication stays
//! without an interval when that day is not known; nothing is guessed from the reader's clock.

use jiff::civil::Date;
use serde::Serialize;

use crate::reading::calendar::{Interval, date, fiscal_year, month_number, shifted, weekday};
use crate::reading::proposal::Reason;
use crate::reading::relative::{during, relative};
use crate::reading::text::{Document, Language, Sentence, Span};
use crate::reading::token::{Kind, Words};
use crate::reading::unit::{currency_before, unit_at};

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DateKind {
    /// At some time within the interval, or all through it.
    Within,
    /// From the interval on.
    Since,
    /// At the latest: a deadline, or "until".
    By,
    Before,
    After,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct When {
    pub kind: DateKind,
    /// Absent where it hangs on something that is not known here.
    pub interval: Option<Interval>,
    /// Counted from the day of publication.
    pub relative: bool,
}

/// One expression, with its tokens.
#[derive(Clone, Debug)]
pub(crate) struct Dated {
    pub first: usize,
    pub end: usize,
    pub sentence: usize,
    pub span: Span,
    pub when: When,
    pub reasons: Vec<Reason>,
}

/// What the rules of one sentence need to know.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Context {
    pub published: Option<Date>,
    pub language: Language,
    /// The sentence speaks of what is to come: a bare weekday or month is then the next one.
    pub future: bool,
}

#[derive(Clone, Debug)]
pub(crate) struct Core {
    pub end: usize,
    pub interval: Option<Interval>,
    pub relative: bool,
    pub reason: Option<Reason>,
}

impl Core {
    pub fn absolute(end: usize, interval: Option<Interval>) -> Self {
        Self { end, interval, relative: false, reason: None }
    }
    pub fn relative(end: usize, interval: Option<Interval>) -> Self {
        Self { end, interval, relative: true, reason: None }
    }
}

/// The day of publication that the text itself prints: a full date near its head, in a short line of its own or
/// in the first words of a dateline.
pub(crate) fn stated(document: &Document<'_>) -> Option<(Date, Span)> {
    let quiet = Context { published: None, language: document.language(), future: false };
    for sentence in document.sentences.iter().take(12) {
        let words = Words { tokens: &document.tokens, first: sentence.first, end: sentence.end };
        let alone = sentence.end - sentence.first <= 10;
        let opens = document.tokens.get(sentence.first).is_some_and(|token| token.paragraph_start);
        let last = if alone { sentence.end } else { sentence.end.min(sentence.first + 7) };
        for at in sentence.first..last {
            let Some(core) = core(&words, at, quiet).filter(|core| !core.relative) else { continue };
            let full = core.interval.and_then(|day| day.from.filter(|_| day.from == day.to));
            if let Some(day) = full {
                let follows = words.key(core.end);
                let dateline = opens
                    && matches!(follows, "(" | "-" | "–" | "—" | "." | ":" | "")
                    && !matches!(words.before(at, 1), "on" | "el" | "since" | "desde" | "until" | "hasta");
                if dateline || (alone && opens && follows.is_empty()) {
                    return Some((day, document.span(at, core.end)?));
                }
            }
        }
    }
    None
}

pub(crate) fn read(document: &Document<'_>, published: Option<Date>) -> Vec<Dated> {
    let mut found = Vec::new();
    for (number, sentence) in document.sentences.iter().enumerate() {
        let words = Words { tokens: &document.tokens, first: sentence.first, end: sentence.end };
        let context =
            Context { published, language: sentence.language, future: speaks_of_future(&words, sentence) };
        let mut at = sentence.first;
        while at < sentence.end {
            let Some(dated) = expression(document, &words, at, context, number) else {
                at += 1;
                continue;
            };
            at = dated.end.max(at + 1);
            found.push(dated);
        }
    }
    found
}

fn speaks_of_future(words: &Words<'_, '_>, sentence: &Sentence) -> bool {
    (sentence.first..sentence.end).any(|at| {
        let lower = words.lower(at);
        matches!(lower, "will" | "shall" | "upcoming" | "scheduled" | "plans" | "aims" | "hopes")
            || sentence.language == Language::Es
                && lower.len() > 4
                && (lower.ends_with("rá") || lower.ends_with("rán") || lower.ends_with("remos"))
                && !matches!(lower, "está" | "están")
    })
}

const SINCE: &[&str] = &[
    "since",
    "starting in",
    "beginning in",
    "as of",
    "desde",
    "a partir de",
    "a partir del",
    "desde el",
    "a partir de el",
];
const BY: &[&str] = &[
    "by",
    "by the",
    "no later than",
    "until",
    "till",
    "through",
    "hasta",
    "hasta el",
    "para",
    "para el",
    "a mas tardar el",
    "a mas tardar en",
    "a mas tardar",
    "not later than",
    "antes del fin de",
    "by or before",
];
const BEFORE: &[&str] = &["before", "before the", "prior to", "antes de", "antes del", "previo a"];
const AFTER: &[&str] = &["after", "tras", "despues de", "despues del", "luego de"];

/// Parts of a year: phrases, first and last month.
const PARTS: &[(&[&str], i8, i8)] = &[
    (
        &[
            "first half of",
            "the first half of",
            "primer semestre de",
            "primer semestre del",
            "primera mitad de",
        ],
        1,
        6,
    ),
    (
        &[
            "second half of",
            "the second half of",
            "segundo semestre de",
            "segundo semestre del",
            "segunda mitad de",
        ],
        7,
        12,
    ),
    (&["first quarter of", "primer trimestre de", "primer trimestre del"], 1, 3),
    (&["second quarter of", "segundo trimestre de", "segundo trimestre del"], 4, 6),
    (&["third quarter of", "tercer trimestre de", "tercer trimestre del"], 7, 9),
    (&["fourth quarter of", "cuarto trimestre de", "cuarto trimestre del"], 10, 12),
    (
        &[
            "end of",
            "the end of",
            "late",
            "finales de",
            "fines de",
            "finales del",
            "fines del",
            "final de",
            "fin de",
            "el final de",
        ],
        10,
        12,
    ),
    (
        &[
            "early",
            "start of",
            "the start of",
            "beginning of",
            "the beginning of",
            "principios de",
            "comienzos de",
            "inicios de",
            "principios del",
        ],
        1,
        4,
    ),
    (&["mid -", "mid", "middle of", "mediados de", "mediados del"], 5, 8),
];

fn expression(
    document: &Document<'_>,
    words: &Words<'_, '_>,
    at: usize,
    context: Context,
    sentence: usize,
) -> Option<Dated> {
    let (core, end_of) = parted(words, at, context)?;
    let mut first = at;
    let mut kind = DateKind::Within;
    let article =
        if matches!(words.before(at, 1), "the" | "el" | "los" | "las" | "la") { at - 1 } else { at };
    for (phrases, meant) in
        [(BY, DateKind::By), (SINCE, DateKind::Since), (BEFORE, DateKind::Before), (AFTER, DateKind::After)]
    {
        let found = [at, article]
            .into_iter()
            .filter(|place| *place >= words.first)
            .find_map(|place| words.any_before(place, phrases));
        if let Some(begin) = found.filter(|begin| *begin >= words.first) {
            (first, kind) = (begin, meant);
            break;
        }
    }
    // "from 2016" opens no interval where "to" closes it, and "by" after a passive names who acted, never a time.
    let interval = core.interval.map(|interval| shaped(interval, kind, end_of, context));
    let mut reasons: Vec<Reason> = core.reason.into_iter().collect();
    if core.relative {
        let known = core.interval.is_some();
        reasons.push(if known { Reason::CountedFromPublication } else { Reason::PublicationNeeded });
    }
    let span = document.span(first, core.end)?;
    let when = When { kind, interval, relative: core.relative };
    Some(Dated { first, end: core.end, sentence, span, when, reasons })
}

fn shaped(found: Interval, kind: DateKind, end_of: bool, context: Context) -> Interval {
    match kind {
        DateKind::Within => found,
        DateKind::Since => {
            Interval { from: found.from, to: context.published.filter(|day| Some(*day) >= found.from) }
        }
        DateKind::By => Interval { from: None, to: found.to },
        DateKind::Before => {
            let day = if end_of { found.to } else { found.from.and_then(|day| shifted(day, 0, 0, -1)) };
            Interval { from: None, to: day }
        }
        DateKind::After => Interval { from: found.to.and_then(|day| shifted(day, 0, 0, 1)), to: None },
    }
}

/// A part of a year, or the whole of what stands there. The second value: it is the end of something.
fn parted(words: &Words<'_, '_>, at: usize, context: Context) -> Option<(Core, bool)> {
    for (phrases, first, last) in PARTS {
        if let Some(length) = words.any(at, phrases) {
            let inner = at + length + usize::from(matches!(words.key(at + length), "the" | "el"));
            let mut core = core(words, inner, context)?;
            let ends = *last == 12 && *first == 10;
            if let Some(year) = core.interval.as_ref().and_then(Interval::year) {
                let whole = core.interval == Interval::years(year, year);
                core.interval = if whole { Interval::months(year, *first, *last) } else { core.interval };
            }
            return Some((core, ends));
        }
    }
    Some((core(words, at, context)?, false))
}

fn core(words: &Words<'_, '_>, at: usize, context: Context) -> Option<Core> {
    iso(words, at)
        .or_else(|| slashed(words, at, context.language))
        .or_else(|| day_first(words, at, context))
        .or_else(|| month_first(words, at, context))
        .or_else(|| fiscal(words, at))
        .or_else(|| decade(words, at))
        .or_else(|| years(words, at, context))
        .or_else(|| relative(words, at, context))
        .or_else(|| during(words, at, context))
}

fn small(words: &Words<'_, '_>, at: usize, most: i8) -> Option<i8> {
    let token = words.token(at).filter(|token| token.kind == Kind::Number && token.text.len() <= 2)?;
    token.text.parse().ok().filter(|number| (1..=most).contains(number))
}

pub(crate) fn plain_year(words: &Words<'_, '_>, at: usize) -> Option<i16> {
    let token = words.token(at).filter(|token| token.kind == Kind::Number && token.text.len() == 4)?;
    token.text.parse().ok().filter(|year| (1900..=2100).contains(year))
}

fn iso(words: &Words<'_, '_>, at: usize) -> Option<Core> {
    let year = plain_year(words, at)?;
    let glued = (1..=4).all(|step| words.glued(at + step));
    let marks = words.key(at + 1) == "-" && words.key(at + 3) == "-";
    let day = date(year, small(words, at + 2, 12)?, small(words, at + 4, 31)?)?;
    (glued && marks).then(|| Core::absolute(at + 5, Some(Interval::day(day))))
}

/// Day first in Spanish, month first in English; where only one order is a date, that one.
fn slashed(words: &Words<'_, '_>, at: usize, language: Language) -> Option<Core> {
    let (one, two) = (small(words, at, 31)?, small(words, at + 2, 31)?);
    let year = plain_year(words, at + 4)?;
    let mark = words.key(at + 1);
    (matches!(mark, "/" | "-") && words.key(at + 3) == mark && words.glued(at + 4)).then_some(())?;
    let usual = if language == Language::Es { date(year, two, one) } else { date(year, one, two) };
    let other = if language == Language::Es { date(year, one, two) } else { date(year, two, one) };
    let mut core = Core::absolute(at + 5, Some(Interval::day(usual.or(other)?)));
    core.reason = (usual.is_some() && other.is_some() && one != two).then_some(Reason::DayOrderByLanguage);
    Some(core)
}

/// "4 October 2022", "4 de octubre de 2022", "1.º de enero", "primero de enero".
fn day_first(words: &Words<'_, '_>, at: usize, context: Context) -> Option<Core> {
    let (day, mut next) = match words.key(at) {
        "primero" => (1, at + 1),
        _ => (small(words, at, 31)?, at + 1),
    };
    if at > words.first && words.glued(at) && !matches!(words.before(at, 1), "(" | "“" | "\"" | "—" | "–")
    {
        return None;
    }
    while matches!(words.key(next), "º" | "°" | "th" | "st" | "nd" | "rd")
        || (words.key(next) == "." && words.key(next + 1) == "º")
    {
        next += 1;
    }
    next += usize::from(matches!(words.key(next), "de" | "of"));
    let month = month(words, next, true)?;
    next += 1 + usize::from(
        words.key(next + 1) == "." && !words.capital(next + 2) && words.is(next + 2, Kind::Number),
    );
    with_year(words, next, month, day, context)
}

fn with_year(words: &Words<'_, '_>, next: usize, month: i8, day: i8, context: Context) -> Option<Core> {
    let skip = usize::from(matches!(words.key(next), "," | "de" | "del" | "of"));
    if let Some(year) = plain_year(words, next + skip) {
        return Some(Core::absolute(next + skip + 1, Some(Interval::day(date(year, month, day)?))));
    }
    // This or the last such day: "on June 23" in a text of the next March is last year's.
    let nearest = |published: Date| {
        let this = date(published.year(), month, day)?;
        match (this > published, context.future) {
            (true, false) => date(published.year() - 1, month, day),
            (false, true) if this < published => date(published.year() + 1, month, day),
            _ => Some(this),
        }
    };
    Some(Core::relative(next, context.published.and_then(nearest).map(Interval::day)))
}

/// The month at `at`. English months need their capital, and "May", "March" or "Mar" a date around them.
fn month(words: &Words<'_, '_>, at: usize, dated: bool) -> Option<i8> {
    let number = month_number(words.key(at))?;
    let token = words.token(at)?;
    let english = !matches!(words.key(at), key if key.ends_with("bre") || key.ends_with("ro") || key.ends_with("zo") || key.ends_with("il") && key == "abril" || key.ends_with("io") || matches!(key, "mayo" | "agosto"));
    if english && !token.is_capital() {
        // "4 oct. 2022" in Spanish print.
        return (dated && token.text.len() <= 4 && words.is(at + 1, Kind::Number)).then_some(number);
    }
    let loose = matches!(
        words.key(at),
        "may" | "march" | "mar" | "mayo" | "jun" | "jan" | "sep" | "dec" | "dic" | "ago" | "abr" | "ene"
    );
    let around = words.is(at + 1, Kind::Number)
        || matches!(
            words.before(at, 1),
            "in" | "of"
                | "last"
                | "this"
                | "since"
                | "until"
                | "by"
                | "late"
                | "early"
                | "mid"
                | "next"
                | "de"
                | "en"
                | "desde"
                | "hasta"
                | "pasado"
                | "este"
                | "proximo"
                | "para"
                | "before"
                | "after"
                | "from"
                | "to"
                | "through"
                | "and"
                | "y"
                | "a"
        );
    (dated || !loose || around).then_some(number)
}

fn month_first(words: &Words<'_, '_>, at: usize, context: Context) -> Option<Core> {
    let number = month(words, at, false)?;
    let stop = usize::from(words.key(at + 1) == "." && words.is(at + 2, Kind::Number));
    let next = at + 1 + stop;
    if let Some(year) =
        plain_year(words, next + usize::from(matches!(words.key(next), "de" | "del" | "of" | ",")))
    {
        let end = next + 1 + usize::from(matches!(words.key(next), "de" | "del" | "of" | ","));
        return Some(Core::absolute(end, Interval::month(year, number)));
    }
    if let Some(day) = small(words, next, 31)
        && unit_at(words, next + 1).is_none_or(|(unit, _)| unit.is_time())
        && !matches!(words.key(next + 1), "million" | "percent" | "%")
    {
        let ordinal =
            usize::from(matches!(words.key(next + 1), "st" | "nd" | "rd" | "th") && words.glued(next + 1));
        if let Some(last) =
            small(words, next + 2, 31).filter(|last| words.key(next + 1) == "-" && *last > day)
            && let Some(year) = plain_year(words, next + 4)
        {
            return Some(Core::absolute(
                next + 5,
                Some(Interval::between(date(year, number, day)?, date(year, number, last)?)),
            ));
        }
        return with_year(words, next + 1 + ordinal, number, day, context);
    }
    let pointed = matches!(words.before(at, 1), "last" | "past" | "pasado" | "ultimo");
    let next_one = matches!(words.before(at, 1), "next" | "proximo")
        || context.future && matches!(words.before(at, 1), "by" | "until" | "before" | "para" | "hasta");
    let nearest = |published: Date| {
        let year = published.year();
        match (number.cmp(&published.month()), next_one) {
            (std::cmp::Ordering::Greater, false) if !context.future || pointed => {
                Interval::month(year - 1, number)
            }
            (std::cmp::Ordering::Equal, false) if pointed => Interval::month(year - 1, number),
            (std::cmp::Ordering::Less, true) => Interval::month(year + 1, number),
            _ => Interval::month(year, number),
        }
    };
    let end = next - stop + usize::from(matches!(words.key(next), "pasado" | "proximo"));
    Some(Core::relative(end, context.published.and_then(nearest)))
}

fn fiscal(words: &Words<'_, '_>, at: usize) -> Option<Core> {
    let (year, end) = if let Some(length) = words.any(
        at,
        &["fiscal year", "fiscal", "fy", "ano fiscal", "the fiscal year", "vigencia fiscal", "fiscal years"],
    ) {
        (plain_year(words, at + length)?, at + length + 1)
    } else {
        let digits = words.key(at).strip_prefix("fy")?;
        let number: i16 = digits.parse().ok()?;
        (if digits.len() == 2 { 2000 + number } else { number }, at + 1)
    };
    (1950..=2100).contains(&year).then_some(())?;
    let mut core = Core::absolute(end, fiscal_year(year));
    core.reason = Some(Reason::UnitedStatesFiscalYear);
    Some(core)
}

fn decade(words: &Words<'_, '_>, at: usize) -> Option<Core> {
    if let Some(year) = plain_year(words, at)
        && words.glued(at + 1)
        && matches!(words.key(at + 1), "s" | "'s" | "’s")
    {
        return Some(Core::absolute(at + 2, Interval::years(year, year + 9)));
    }
    let length = words.any(at, &["decada de", "decada del", "decada de los", "anos"])?;
    let year = plain_year(words, at + length).or_else(|| {
        Some(1900 + i16::from(small(words, at + length, 90).filter(|n| n % 10 == 0 && *n >= 50)?))
    })?;
    (year % 10 == 0).then(|| Core::absolute(at + length + 1, Interval::years(year, year + 9)))
}

/// A year, or two with "to", a dash, or "between" before them. What a unit or a count follows is no year.
fn years(words: &Words<'_, '_>, at: usize, context: Context) -> Option<Core> {
    let year = plain_year(words, at)?;
    let end = at + 1;
    let named = matches!(words.before(at, 1), "#" | "nº" | "°" | "º" | "×" | "/" | ":" | "." | "+")
        && (words.glued(at) || words.before(at, 1) != ".")
        || matches!(words.before(at, 1), "-" | "–")
            && words.glued(at)
            && words.before(at, 2).bytes().all(|b| b.is_ascii_digit());
    let numbered = words.any_before(
        at,
        &[
            "no .",
            "n .",
            "num .",
            "resolution",
            "resolucion",
            "ley",
            "law",
            "decreto",
            "decree",
            "conpes",
            "number",
            "numero",
        ],
    );
    if named || numbered.is_some() || currency_before(words, at, context.language).is_some() {
        return None;
    }
    let hyphened = words.key(end) == "-" && words.glued(end) && words.glued(end + 1);
    let counts = unit_at(words, end + usize::from(words.key(end) == "-"))
        .is_some_and(|(unit, _)| !unit.is_time() || matches!(unit, crate::reading::unit::Unit::Year))
        || matches!(words.key(end), "million" | "billion" | "thousand" | "mil" | "millones" | "x" | "×");
    // "in 2017 families" is rare; "killed 2017 people" is rarer than "in 2016 people said".
    let placed = matches!(
        words.before(at, 1),
        "in" | "en"
            | "since"
            | "desde"
            | "by"
            | "de"
            | "del"
            | "of"
            | "for"
            | "during"
            | "durante"
            | ","
            | "and"
            | "y"
    );
    let measured = unit_at(words, end).is_some_and(|(unit, _)| unit.is_measure() || unit.is_money());
    if counts && (!placed || measured) && !hyphened {
        return None;
    }
    let joined = matches!(words.key(end), "-" | "–" | "to" | "a" | "through")
        || matches!(words.key(end), "and" | "y") && matches!(words.before(at, 1), "between" | "entre");
    if joined {
        let next = end + 1 + usize::from(words.key(end + 1) == "el");
        if let Some(last) = plain_year(words, next).filter(|last| *last > year) {
            return Some(Core::absolute(next + 1, Interval::years(year, last)));
        }
        if let Some(short) = words.token(next).filter(|token| token.text.len() == 2 && words.glued(next))
            && let Ok(last) = short.text.parse::<i16>()
            && year % 100 < last
        {
            return Some(Core::absolute(next + 1, Interval::years(year, year - year % 100 + last)));
        }
        if hyphened && words.is(next, Kind::Number) {
            return None;
        }
    }
    Some(Core::absolute(end, Interval::years(year, year)))
}

pub(crate) fn weekday_at(words: &Words<'_, '_>, at: usize) -> Option<jiff::civil::Weekday> {
    let day = weekday(words.key(at))?;
    let english = words.key(at).ends_with("day");
    (!english || words.capital(at)).then_some(day)
}
