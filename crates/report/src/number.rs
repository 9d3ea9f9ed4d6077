//! Exact decimals as people of each language print them. Never rounds: every digit that came in is printed.

use bitacora_accounts::observation::Bound;
use bitacora_accounts::{Dates, Day};

use crate::words::Words;
use crate::{Lang, Number};

/// Figures have at most 36 digits; anything longer is no printed number.
const MOST_CHARS: usize = 64;

/// Whether the text is a plain decimal: an optional minus, digits, at most one point with digits on either side.
pub(crate) fn is_decimal(text: &str) -> bool {
    let bare = text.strip_prefix('-').unwrap_or(text);
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    let plain = match bare.split_once('.') {
        Some((whole, part)) => digits(whole) && digits(part),
        None => digits(bare),
    };
    plain && text.len() <= MOST_CHARS
}

/// For the place of a mark on a drawing alone.
pub(crate) fn approximate(text: &str) -> f64 {
    text.parse().unwrap_or(0.0)
}

/// `-1234.50` as `−1.234,50` or `−1,234.50`.
pub(crate) fn decimal(text: &str, lang: Lang) -> String {
    let (thousand, point) = match lang {
        Lang::Es => ('.', ','),
        Lang::En => (',', '.'),
    };
    let (minus, bare) = text.strip_prefix('-').map_or((false, text), |bare| (true, bare));
    let (whole, part) = bare.split_once('.').map_or((bare, None), |(whole, part)| (whole, Some(part)));
    let kept = whole.trim_start_matches('0');
    let whole = if kept.is_empty() { "0" } else { kept };
    let mut out = String::new();
    if minus {
        out.push('\u{2212}');
    }
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at).is_multiple_of(3) {
            out.push(thousand);
        }
        out.push(digit);
    }
    if let Some(part) = part {
        out.push(point);
        out.push_str(part);
    }
    out
}

/// A count of whole things.
pub(crate) fn count(number: u64, lang: Lang) -> String {
    decimal(&number.to_string(), lang)
}

/// With sign, bound and unit, and no place to break the line.
pub(crate) fn whole(number: &Number, words: &Words) -> String {
    let bare = bare(number, words);
    let unit = words.unit(&number.unit);
    match (unit, words.lang) {
        ("", _) => bare,
        // English sets the sign against the number, Spanish apart from it.
        ("%", Lang::En) => format!("{bare}%"),
        _ => format!("{bare}\u{a0}{unit}"),
    }
}

/// Without its unit, which the heading of the column says.
pub(crate) fn bare(number: &Number, words: &Words) -> String {
    let bound = match number.bound {
        Bound::Point => "",
        Bound::AtLeast => "≥\u{a0}",
        Bound::AtMost => "≤\u{a0}",
    };
    let rises = number.change && !number.value.starts_with('-') && number.value.bytes().any(|b| b > b'0');
    let sign = if rises { "+" } else { "" };
    format!("{bound}{sign}{}", decimal(&number.value, words.lang))
}

/// `low–high` in the same unit.
pub(crate) fn range(low: &str, high: &str, lang: Lang) -> String {
    format!("{}\u{a0}–\u{a0}{}", decimal(low, lang), decimal(high, lang))
}

/// `21 de noviembre de 2026`, `21 November 2026`.
pub(crate) fn long_day(day: Day, words: &Words) -> String {
    let month = words.months.get(usize::from(day.month()).wrapping_sub(1)).copied().unwrap_or_default();
    match words.lang {
        Lang::Es => format!("{}\u{a0}de {month} de {}", day.day(), day.year()),
        Lang::En => format!("{}\u{a0}{month} {}", day.day(), day.year()),
    }
}

/// A day in words; a month or a year as it stands in ISO 8601.
pub(crate) fn long_dates(dates: Dates, words: &Words) -> String {
    if dates.first() == dates.last() { long_day(dates.last(), words) } else { dates.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_grouped_by_language_and_none_is_lost() {
        let cases = [
            ("0", "0", "0"),
            ("-0.50", "−0,50", "−0.50"),
            ("999", "999", "999"),
            ("1000", "1.000", "1,000"),
            ("163290.02", "163.290,02", "163,290.02"),
            ("-1234567.890", "−1.234.567,890", "−1,234,567.890"),
            ("007", "7", "7"),
        ];
        for (text, es, en) in cases {
            assert!(is_decimal(text));
            assert_eq!(decimal(text, Lang::Es), es);
            assert_eq!(decimal(text, Lang::En), en);
        }
        for bad in ["", "-", "1.", ".5", "1e5", "NaN", "1,5", "+1", "١٢", "0x1", "1 000", "--1"] {
            assert!(!is_decimal(bad), "{bad}");
        }
    }

    #[test]
    fn a_change_bears_its_sign_and_zero_has_none() {
        let words = crate::words::of(Lang::Es);
        let change = |value: &str| bare(&Number::new(value, "%", "a").as_change(), words);
        assert_eq!(change("47.5"), "+47,5");
        assert_eq!(change("-52.3"), "−52,3");
        assert_eq!(change("0.0"), "0,0");
    }
}
