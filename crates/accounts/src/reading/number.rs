//! Numbers as written in English and Spanish, in digits and in words. A number that can be read in two ways says
//! so; what is not a number is not made one.

use crate::reading::amount::Amount;
use crate::reading::proposal::Reason;
use crate::reading::text::{Document, Language};
use crate::reading::token::{Kind, Words, three_digits};

/// Which mark parts the decimals, for each language, as the document itself shows it.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Separators {
    en: Option<char>,
    es: Option<char>,
}

impl Separators {
    /// What the numbers that can be read in one way only say: "12,5" has a decimal comma, "1.234.567" as well.
    pub fn of(document: &Document<'_>) -> Self {
        let (mut en, mut es) = ([0_u32; 2], [0_u32; 2]);
        for sentence in &document.sentences {
            for token in document.tokens.get(sentence.first..sentence.end).unwrap_or_default() {
                let Some(mark) = clear_decimal_mark(token.text).filter(|_| token.kind == Kind::Number) else {
                    continue;
                };
                let counts = if sentence.language == Language::Es { &mut es } else { &mut en };
                if let Some(count) = counts.get_mut(usize::from(mark == ',')) {
                    *count += 1;
                }
            }
        }
        let decided = |[stop, comma]: [u32; 2]| match (stop, comma) {
            (1.., 0) => Some('.'),
            (0, 1..) => Some(','),
            _ => None,
        };
        Self { en: decided(en), es: decided(es) }
    }
    fn decimal(self, language: Language) -> (char, Reason) {
        let (known, usual) = match language {
            Language::En => (self.en, '.'),
            Language::Es => (self.es, ','),
        };
        known.map_or((usual, Reason::SeparatorByLanguage), |mark| (mark, Reason::SeparatorByDocument))
    }
}

fn clear_decimal_mark(text: &str) -> Option<char> {
    let (stops, commas) = (text.matches('.').count(), text.matches(',').count());
    match (stops, commas) {
        (1, 1) => text.chars().rfind(|c| matches!(c, '.' | ',')),
        (2.., 0) | (2.., 1) => grouped(text.rsplit(',').next_back()?, '.').then_some(','),
        (0, 2..) | (1, 2..) => grouped(text.rsplit('.').next_back()?, ',').then_some('.'),
        (1, 0) | (0, 1) => {
            let (_, tail) = text.split_once(['.', ','])?;
            (tail.len() < 3).then_some(if stops == 1 { '.' } else { ',' })
        }
        _ => None,
    }
}

fn grouped(text: &str, mark: char) -> bool {
    let mut groups = text.split(mark);
    groups.next().is_some_and(|first| (1..=3).contains(&first.len()))
        && groups.all(|group| group.len() == 3 && group.bytes().all(|b| b.is_ascii_digit()))
}

/// A number written in digits, and why it was read so where it could be read otherwise.
pub(crate) fn digits(text: &str, language: Language, marks: Separators) -> Option<(Amount, Option<Reason>)> {
    let blank = |c: char| matches!(c, '\u{a0}' | '\u{202f}' | '\u{2009}' | '\'' | '’');
    let (body, point) = match text.rfind(['.', ',']) {
        Some(at) if text.contains(blank) => {
            let tail = text.get(at + 1..)?;
            if tail.contains(blank) {
                return None;
            }
            (text.get(..at)?.replace(blank, " "), Some(tail))
        }
        _ if text.contains(blank) => (text.replace(blank, " "), None),
        _ => return separated(text, language, marks),
    };
    grouped(&body, ' ').then_some(())?;
    Some((Amount::from_digits(&body.replace(' ', ""), point.unwrap_or_default())?, None))
}

fn separated(text: &str, language: Language, marks: Separators) -> Option<(Amount, Option<Reason>)> {
    let seen = [text.contains('.'), text.contains(',')];
    let Some(last) = text.rfind(['.', ',']) else {
        return Some((Amount::from_digits(text, "")?, None));
    };
    let (body, tail) = (text.get(..last)?, text.get(last + 1..)?);
    let mark = text.get(last..)?.chars().next()?;
    let other = if mark == '.' { ',' } else { '.' };
    if seen == [true, true] {
        // "1.234,5": the last mark parts the decimals and stands once; "1.234,567.8" is no number.
        (grouped(body, other)).then_some(())?;
        return Some((Amount::from_digits(&body.replace(other, ""), tail)?, None));
    }
    if body.contains(mark) {
        grouped(text, mark).then_some(())?;
        return Some((Amount::from_digits(&text.replace(mark, ""), "")?, None));
    }
    let group_like = tail.len() == 3 && (1..=3).contains(&body.len()) && body != "0";
    if !group_like {
        // "2016,2017" lists years and "10,2017" is the end of a date.
        let list = tail.len() == 4 && (mark == ',' || body.len() == 4);
        return if list { None } else { Some((Amount::from_digits(body, tail)?, None)) };
    }
    let (decimal, reason) = marks.decimal(language);
    let amount = if mark == decimal {
        Amount::from_digits(body, tail)
    } else {
        Amount::from_digits(&format!("{body}{tail}"), "")
    };
    Some((amount?, Some(reason)))
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Shape {
    /// Digits alone.
    Digits,
    /// A word below a thousand, without a scale.
    Word,
    /// Digits or words with thousand, million ...
    Scaled,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Number {
    pub amount: Amount,
    pub first: usize,
    pub end: usize,
    pub shape: Shape,
    /// The factor of the last scale word, for "7 to 14 billion".
    pub scale: i128,
    pub reason: Option<Reason>,
}

#[derive(Clone, Copy)]
enum Part {
    Small(i64),
    Hundred,
    Scale(i128),
}

fn part(key: &str, language: Language) -> Option<Part> {
    let small = match key {
        "zero" | "cero" => 0,
        "one" | "uno" | "un" | "una" => 1,
        "two" | "dos" => 2,
        "three" | "tres" => 3,
        "four" | "cuatro" => 4,
        "five" | "cinco" => 5,
        "six" | "seis" => 6,
        "seven" | "siete" => 7,
        "eight" | "ocho" => 8,
        "nine" | "nueve" => 9,
        "ten" | "diez" | "decena" => 10,
        "eleven" => 11,
        "once" if language == Language::Es => 11,
        "twelve" | "doce" | "dozen" | "docena" => 12,
        "thirteen" | "trece" => 13,
        "fourteen" | "catorce" => 14,
        "fifteen" | "quince" => 15,
        "sixteen" | "dieciseis" => 16,
        "seventeen" | "diecisiete" => 17,
        "eighteen" | "dieciocho" => 18,
        "nineteen" | "diecinueve" => 19,
        "twenty" | "veinte" | "veintena" => 20,
        "veintiuno" | "veintiun" | "veintiuna" => 21,
        "veintidos" => 22,
        "veintitres" => 23,
        "veinticuatro" => 24,
        "veinticinco" => 25,
        "veintiseis" => 26,
        "veintisiete" => 27,
        "veintiocho" => 28,
        "veintinueve" => 29,
        "thirty" | "treinta" => 30,
        "forty" | "cuarenta" => 40,
        "fifty" | "cincuenta" => 50,
        "sixty" | "sesenta" => 60,
        "seventy" | "setenta" => 70,
        "eighty" | "ochenta" => 80,
        "ninety" | "noventa" => 90,
        "cien" | "ciento" | "centenar" => 100,
        "doscientos" | "doscientas" => 200,
        "trescientos" | "trescientas" => 300,
        "cuatrocientos" | "cuatrocientas" => 400,
        "quinientos" | "quinientas" => 500,
        "seiscientos" | "seiscientas" => 600,
        "setecientos" | "setecientas" => 700,
        "ochocientos" | "ochocientas" => 800,
        "novecientos" | "novecientas" => 900,
        _ => -1,
    };
    if small >= 0 {
        return Some(Part::Small(small));
    }
    let scale = match key {
        "hundred" => return Some(Part::Hundred),
        "thousand" | "mil" | "millar" | "k" => 1_000,
        "million" | "millon" | "millones" | "m" | "mn" | "mln" => 1_000_000,
        // The long scale: a Spanish billón is a million millions.
        "billon" | "billones" => 1_000_000_000_000,
        "billion" | "bn" => 1_000_000_000,
        "millardo" | "millardos" => 1_000_000_000,
        "trillion" | "tn" => 1_000_000_000_000,
        "trillon" | "trillones" => 1_000_000_000_000_000_000,
        _ => return None,
    };
    Some(Part::Scale(scale))
}

/// Parts of a whole scale that stand for one number.
const HALVES: &[(&[&str], i64)] = &[
    (&["half a million", "medio millon", "half million"], 500_000),
    (&["half a billion"], 500_000_000),
    (&["medio billon"], 500_000_000_000),
    (&["medio centenar"], 50),
    (&["half a dozen", "media docena"], 6),
    (&["a quarter of a million", "quarter of a million", "un cuarto de millon"], 250_000),
];

/// The number that begins at `first`, and its end.
pub(crate) fn number(
    words: &Words<'_, '_>,
    first: usize,
    language: Language,
    marks: Separators,
) -> Option<Number> {
    for (phrases, value) in HALVES {
        if let Some(length) = words.any(first, phrases) {
            let end = first + length;
            let amount = Amount::whole(*value);
            return Some(Number { amount, first, end, shape: Shape::Scaled, scale: 1, reason: None });
        }
    }
    read(words, first, language, marks)
}

fn read(words: &Words<'_, '_>, first: usize, language: Language, marks: Separators) -> Option<Number> {
    let (mut total, mut thousands, mut low) = (Amount::ZERO, Amount::ZERO, None::<Amount>);
    let (mut at, mut end, mut scale) = (first, first, 1_i128);
    let (mut shape, mut reason) = (Shape::Word, None);
    let mut last_small = 0_i64;
    let mut in_digits = false;
    while at < words.end {
        let token = words.token(at)?;
        if token.kind == Kind::Number {
            if end > first {
                break;
            }
            let (mut value, why) = digits(token.text, language, marks)?;
            let mut next = at + 1;
            // "146 000": groups of three parted by plain blanks.
            let mut head = token.text.len();
            while head <= 3
                && words.is(next, Kind::Number)
                && words.token(next).is_some_and(|group| {
                    group.text.len() == 3
                        && three_digits(group.text)
                        && group.span.start == end_of(words, next) + 1
                })
                && value.integer().is_some_and(|whole| whole > 0)
            {
                let group = digits(words.key(next), language, marks)?.0;
                value = value.times(1_000)?.plus(group)?;
                next += 1;
                head = 3;
                if next > at + 4 {
                    break;
                }
            }
            low = Some(value);
            reason = reason.or(why);
            if end == first {
                shape = Shape::Digits;
            }
            in_digits = true;
            at = next;
            end = next;
            continue;
        }
        let key = words.key(at);
        let connector = end > first
            && match key {
                "-" => {
                    !in_digits && words.glued(at) && words.glued(at + 1) && (20..100).contains(&last_small)
                }
                "y" => !in_digits && (30..100).contains(&last_small),
                "and" => !in_digits && last_small == 0 && low.is_some_and(|n| n >= Amount::whole(100)),
                _ => false,
            };
        if connector {
            let next = part(words.key(at + 1), language);
            if matches!(next, Some(Part::Small(1..=9)))
                || key == "and" && matches!(next, Some(Part::Small(1..=99)))
            {
                at += 1;
                continue;
            }
            break;
        }
        if end > first
            && let Some(length) = words.any(at, &["y medio", "y media", "and a half"])
            && words.token(at).is_some()
        {
            if scale > 1_000 && low.is_none() {
                // "dos millones y medio"
                total = total.plus(Amount::whole(i64::try_from(scale / 2).ok()?))?;
                return Some(Number {
                    amount: total,
                    first,
                    end: at + length,
                    shape: Shape::Scaled,
                    scale,
                    reason,
                });
            }
            low = Some(low.unwrap_or(Amount::ZERO).plus(Amount::from_digits("0", "5")?)?);
            at += length;
            end = at;
            continue;
        }
        let lone = matches!(key, "k" | "m" | "mn" | "tn" | "mln" | "bn");
        let article = end == first && language == Language::En && matches!(key, "a" | "an");
        if article {
            if matches!(part(words.key(at + 1), language), Some(Part::Hundred | Part::Scale(_)))
                || words.key(at + 1) == "dozen"
            {
                at += 1;
                if words.key(at) == "dozen" {
                    continue;
                }
                low = Some(Amount::whole(1));
                continue;
            }
            return None;
        }
        match part(key, language) {
            Some(Part::Small(number)) if !in_digits => {
                let dozen = matches!(key, "dozen" | "docena" | "decena" | "centenar" | "veintena");
                let sum = match low {
                    Some(before) if dozen => before.times(i128::from(number))?,
                    // "twenty one" joins, "two three" and "quinientos mil dos" do what their places allow.
                    Some(_) if last_small > 0 && !joins(last_small, number) => break,
                    Some(before) => before.plus(Amount::whole(number))?,
                    None => Amount::whole(number),
                };
                low = Some(sum);
                last_small = number;
            }
            Some(Part::Hundred) if !in_digits || low.is_some_and(|n| n < Amount::whole(100)) => {
                low = Some(low.unwrap_or(Amount::whole(1)).times(100)?);
                last_small = 0;
            }
            Some(Part::Scale(factor))
                if !lone || (in_digits && (words.glued(at) || matches!(key, "bn" | "mn" | "mln"))) =>
            {
                if end == first && low.is_none() && !matches!(key, "mil" | "millar") {
                    return None;
                }
                if words.before(at, 1) == "-" {
                    break;
                }
                if factor == 1_000 {
                    if thousands > Amount::ZERO {
                        break;
                    }
                    thousands = low.take().unwrap_or(Amount::whole(1)).times(1_000)?;
                } else {
                    let head = thousands.plus(low.take().unwrap_or(Amount::ZERO))?;
                    if head.is_zero() && end > first {
                        // "thousand million" was summed already; "million billion" is no number.
                        break;
                    }
                    total = total.plus(head.times(factor)?)?;
                    thousands = Amount::ZERO;
                }
                scale = if factor == 1_000 {
                    1_000
                } else {
                    factor.max(if scale == 1_000 { factor * 1_000 } else { factor })
                };
                shape = Shape::Scaled;
                last_small = 0;
            }
            _ => break,
        }
        at += 1;
        end = at;
    }
    (end > first).then_some(())?;
    let amount = total.plus(thousands)?.plus(low.unwrap_or(Amount::ZERO))?;
    Some(Number { amount, first, end, shape, scale, reason })
}

fn end_of(words: &Words<'_, '_>, next: usize) -> u32 {
    next.checked_sub(1).and_then(|at| words.token(at)).map_or(u32::MAX - 1, |token| token.span.end)
}

/// Whether `number` may follow `last` within one numeral: "ciento veinte", "twenty five", "doscientos tres".
const fn joins(last: i64, number: i64) -> bool {
    (last >= 100 && number < 100) || (last >= 20 && last % 10 == 0 && number < 10)
}

/// A share in words: numerator, denominator and the token after it.
pub(crate) fn fraction(words: &Words<'_, '_>, first: usize) -> Option<(u32, u32, usize)> {
    let before = words.before(first, 1);
    if let Some(length) = words.any(first, &["la mitad", "mitad", "one half", "one - half"]) {
        return Some((1, 2, first + length));
    }
    if words.key(first) == "half" {
        let next = words.key(first + 1);
        let stands = matches!(next, "of" | "the" | "its" | "their" | "all")
            || matches!(before, "by" | "in" | "to" | "than" | "nearly" | "almost" | "about" | "over")
                && !matches!(next, "a" | "year" | "decade" | "million" | "-");
        let ordinal = matches!(before, "first" | "second" | "other" | "latter");
        return (stands && !ordinal).then_some((1, 2, first + 1));
    }
    let mut at = first;
    let article = matches!(words.key(at), "a" | "an" | "one" | "un" | "una");
    if words.key(at) == "la" {
        at += 1;
    }
    let numerator = match words.key(at) {
        "a" | "an" | "one" | "un" | "una" | "uno" => 1,
        "two" | "dos" => 2,
        "three" | "tres" => 3,
        "four" | "cuatro" => 4,
        "five" | "cinco" => 5,
        "seven" | "siete" => 7,
        "eight" | "ocho" => 8,
        "nine" | "nueve" => 9,
        _ => 0,
    };
    if let Some(length) = words
        .any(at + 1, &["of every", "out of every", "out of", "in every", "in", "de cada"])
        .filter(|_| numerator > 0)
        && let Some(Part::Small(whole @ 2..=100)) = part(words.key(at + 1 + length), Language::Es)
        && i64::from(numerator) < whole
        && !matches!(
            words.key(at + 2 + length),
            "years" | "months" | "days" | "weeks" | "hundred" | "thousand"
        )
        && !matches!(words.key(at), "a" | "an" | "un")
    {
        return Some((numerator, u32::try_from(whole).ok()?, at + 2 + length));
    }
    if numerator > 0 {
        at += 1;
    }
    if words.key(at) == "-" {
        at += 1;
    }
    let (denominator, plural, female) = match words.key(at) {
        "third" | "tercio" => (3, false, false),
        "thirds" | "tercios" => (3, true, false),
        "quarter" | "cuarto" | "fourth" => (4, false, false),
        "quarters" | "cuartos" | "fourths" => (4, true, false),
        "fifth" | "quinto" => (5, false, false),
        "fifths" | "quintos" => (5, true, false),
        "tenth" => (10, false, false),
        "tenths" => (10, true, false),
        "tercera" | "terceras" => (3, words.key(at) == "terceras", true),
        "cuarta" | "cuartas" => (4, words.key(at) == "cuartas", true),
        "quinta" | "quintas" => (5, words.key(at) == "quintas", true),
        "decima" | "decimas" => (10, words.key(at) == "decimas", true),
        _ => return None,
    };
    let mut end = at + 1;
    let spanish_parts = matches!(words.key(end), "parte" | "partes");
    if female {
        spanish_parts.then_some(())?;
        end += 1;
    }
    let joined = words.before(at, 1) == "-" || plural || female || words.key(at) == "tercio";
    let bound = matches!(words.key(end), "of" | "de" | "del") || matches!(before, "by" | "en" | "un");
    let fits = if numerator == 0 { female } else { numerator == 1 || plural };
    let dated = matches!(words.key(end), "of" | "de") && numerator == 0;
    (fits && !dated | female && (joined || (article && bound))).then_some((
        numerator.max(1),
        denominator,
        end,
    ))
}
