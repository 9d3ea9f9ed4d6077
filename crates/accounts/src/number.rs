//! Numbers as people print them, in Spanish or English: an exact decimal and the precision that was printed. A text
//! with two readings is refused unless its locale is known or its column decides; nothing is guessed.

use crate::decimal::{Decimal, Rounding};
use crate::interval::{BadInterval, Interval};

/// How a source writes numbers.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Locale {
    /// `1.234,56`
    Es,
    /// `1,234.56`, and the bare `1234.56` of machines.
    En,
}

/// Longer texts are no printed numbers.
const MOST_CHARS: usize = 64;

/// A number and how it was printed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Printed {
    value: Decimal,
    /// Digits printed after the decimal mark.
    decimals: i32,
    approximate: bool,
    percent: bool,
}

#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum BadNumber {
    #[error("a number is missing")]
    Empty,
    #[error("`{text}` is no number: {why}")]
    NotANumber { text: String, why: Why },
    #[error("`{text}` is {es} in Spanish and {en} in English: the locale or the column must say which")]
    Ambiguous { text: String, es: Decimal, en: Decimal },
}

/// What the text breaks.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Why {
    TooLong,
    NoDigit,
    StrangeCharacter,
    Grouping,
    TwoDecimalMarks,
    Locale,
    TooManyDigits,
    NothingToRound,
}

impl std::fmt::Display for Why {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::TooLong => "more than 64 characters",
            Self::NoDigit => "no digit where one is due",
            Self::StrangeCharacter => "a character that no number holds",
            Self::Grouping => "groups are three digits after the first",
            Self::TwoDecimalMarks => "more than one decimal mark",
            Self::Locale => "not written as its locale or column is",
            Self::TooManyDigits => "more than 36 significant digits",
            Self::NothingToRound => "zero has no last digit to be rounded to",
        })
    }
}

impl BadNumber {
    /// A stable code for the edges.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Empty => "number_missing",
            Self::NotANumber { .. } => "not_a_number",
            Self::Ambiguous { .. } => "ambiguous_number",
        }
    }
}

impl Printed {
    pub const fn value(self) -> Decimal {
        self.value
    }
    pub const fn decimals(self) -> i32 {
        self.decimals
    }
    /// Whether a `~` stood before it.
    pub const fn is_approximate(self) -> bool {
        self.approximate
    }
    /// Whether a `%` stood behind it; the value is the number before the sign.
    pub const fn is_percent(self) -> bool {
        self.percent
    }

    /// What the number may have been before it was rounded: with `~`, half a unit of its last digit that is not
    /// zero; with decimals, half a unit of the last one printed; a bare integer is exact.
    pub fn interval(self) -> Result<Interval, BadInterval> {
        if !self.approximate && self.decimals == 0 {
            return Ok(Interval::exact(self.value));
        }
        Interval::around(self.value, self.half_unit()?)
    }

    /// Half a unit of the last place as [`Printed::interval`] counts it, for a bare integer too.
    pub fn half_unit(self) -> Result<Decimal, BadInterval> {
        let place = match self.value.last_place() {
            Some(place) if self.approximate => place,
            _ => -self.decimals,
        };
        Ok(Decimal::constant(5, 1).shift(place)?)
    }
}

/// Which readings a text allows by its own form.
#[derive(Clone, PartialEq, Eq, Debug)]
enum Reading {
    /// The same in both.
    Both(Printed),
    Only(Locale, Printed),
    /// Different in each.
    Either {
        es: Printed,
        en: Printed,
    },
}

/// Reads one number. Without a locale, a text that Spanish and English read differently is refused.
pub fn read(text: &str, locale: Option<Locale>) -> Result<Printed, BadNumber> {
    match (readings(text)?, locale) {
        (Reading::Both(printed), _) => Ok(printed),
        (Reading::Only(own, printed), wanted) if wanted.is_none_or(|wanted| wanted == own) => Ok(printed),
        (Reading::Only(..), _) => Err(not(text, Why::Locale)),
        (Reading::Either { es, .. }, Some(Locale::Es)) => Ok(es),
        (Reading::Either { en, .. }, Some(Locale::En)) => Ok(en),
        (Reading::Either { es, en }, None) => {
            Err(BadNumber::Ambiguous { text: short(text), es: es.value, en: en.value })
        }
    }
}

/// What the cells of one column say of its locale.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Column {
    es: u64,
    en: u64,
}

impl Column {
    /// Takes a cell into account; one that is no number says nothing.
    pub fn see(&mut self, text: &str) {
        // Bare digits are the same in both, and most cells are.
        if !text.contains(['.', ',']) {
            return;
        }
        match readings(text) {
            Ok(Reading::Only(Locale::Es, _)) => self.es += 1,
            Ok(Reading::Only(Locale::En, _)) => self.en += 1,
            _ => {}
        }
    }

    /// The locale of the column: none where no cell decides, or where cells contradict each other.
    pub const fn locale(self) -> Option<Locale> {
        match (self.es, self.en) {
            (1.., 0) => Some(Locale::Es),
            (0, 1..) => Some(Locale::En),
            _ => None,
        }
    }

    /// Cells of both formats stand in one column.
    pub const fn is_mixed(self) -> bool {
        self.es > 0 && self.en > 0
    }
}

fn short(text: &str) -> String {
    text.chars().take(MOST_CHARS).collect()
}

fn not(text: &str, why: Why) -> BadNumber {
    BadNumber::NotANumber { text: short(text), why }
}

/// The spaces that typesetters put between groups: no-break, figure, thin and narrow no-break. An ordinary space is not
/// among them, for two numbers in one cell look the same.
const fn is_group_space(c: char) -> bool {
    matches!(c, '\u{a0}' | '\u{2007}' | '\u{2009}' | '\u{202f}')
}

fn readings(text: &str) -> Result<Reading, BadNumber> {
    let mut rest = text.trim();
    if rest.is_empty() {
        return Err(BadNumber::Empty);
    }
    if rest.chars().count() > MOST_CHARS {
        return Err(not(text, Why::TooLong));
    }
    let mut approximate = false;
    if let Some(bare) = rest.strip_prefix(['~', '≈']) {
        approximate = true;
        rest = bare.trim_start();
    }
    let mut negative = false;
    if let Some(bare) = rest.strip_prefix(['-', '\u{2212}']) {
        negative = true;
        rest = bare;
    } else if let Some(bare) = rest.strip_prefix('+') {
        rest = bare;
    }
    let mut percent = false;
    if let Some(bare) = rest.strip_suffix('%') {
        percent = true;
        rest = bare.trim_end();
    }
    let make = |whole: &str, part: &str| -> Result<Printed, BadNumber> {
        let mut plain = String::with_capacity(rest.len() + 1);
        if negative {
            plain.push('-');
        }
        plain.extend(whole.chars().filter(char::is_ascii_digit));
        if !part.is_empty() {
            plain.push('.');
            plain.push_str(part);
        }
        let value: Decimal = plain.parse().map_err(|_| not(text, Why::TooManyDigits))?;
        if approximate && value.is_zero() {
            return Err(not(text, Why::NothingToRound));
        }
        let decimals = i32::try_from(part.len()).unwrap_or(i32::MAX);
        Ok(Printed { value, decimals, approximate, percent })
    };
    if !rest.chars().all(|c| c.is_ascii_digit() || c == '.' || c == ',' || is_group_space(c)) {
        return Err(not(text, Why::StrangeCharacter));
    }
    if rest.bytes().all(|b| b.is_ascii_digit()) {
        return if rest.is_empty() {
            Err(not(text, Why::NoDigit))
        } else {
            Ok(Reading::Both(make(rest, "")?))
        };
    }
    let es = split(rest, '.', ',');
    let en = split(rest, ',', '.');
    match (es, en) {
        (Ok(es), Ok(en)) => {
            let (es, en) = (make(es.0, es.1)?, make(en.0, en.1)?);
            Ok(if es == en { Reading::Both(en) } else { Reading::Either { es, en } })
        }
        (Ok((whole, part)), Err(_)) => Ok(Reading::Only(Locale::Es, make(whole, part)?)),
        (Err(_), Ok((whole, part))) => Ok(Reading::Only(Locale::En, make(whole, part)?)),
        (Err(why), Err(_)) => Err(not(text, why)),
    }
}

/// The digits before and after the decimal mark, the groups before it checked.
fn split(text: &str, group: char, mark: char) -> Result<(&str, &str), Why> {
    let (whole, part) = match text.split_once(mark) {
        Some((_, "")) => return Err(Why::NoDigit),
        Some((whole, part)) => (whole, part),
        None => (text, ""),
    };
    if part.contains(mark) {
        return Err(Why::TwoDecimalMarks);
    }
    if !part.bytes().all(|b| b.is_ascii_digit()) {
        return Err(Why::Grouping);
    }
    let mut separators = whole.chars().filter(|c| !c.is_ascii_digit());
    let Some(first) = separators.next() else {
        return if whole.is_empty() { Err(Why::NoDigit) } else { Ok((whole, part)) };
    };
    if (first != group && !is_group_space(first)) || separators.any(|other| other != first) {
        return Err(Why::Grouping);
    }
    let mut groups = whole.split(first);
    let lead = groups.next().unwrap_or("");
    // A group that begins with 0 groups nothing: 0.234 is a fraction.
    if lead.is_empty() || lead.len() > 3 || lead.starts_with('0') || groups.any(|own| own.len() != 3) {
        return Err(Why::Grouping);
    }
    Ok((whole, part))
}

/// The nearest number with so many decimals, as sources print it, and what it may have been.
pub fn printed_to(value: Decimal, decimals: i32) -> Result<Interval, BadInterval> {
    let nearest = value.round_to(decimals, Rounding::Nearest)?;
    Interval::around(nearest, Decimal::constant(5, 1).shift(-decimals)?)
}
