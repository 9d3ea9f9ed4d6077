//! Quantities with their bound, unit, direction of change, the thing measured and the time they hold for. It
//! proposes only what the words say; it never adds, converts or completes a figure.

use std::cell::Cell;

use serde::Serialize;

use crate::reading::amount::Amount;
use crate::reading::bound::{Bound, bound};
use crate::reading::change::{Change, Direction, Role, change};
use crate::reading::date::{DateKind, Dated, plain_year};
use crate::reading::number::{Number, Separators, Shape, fraction, number};
use crate::reading::proposal::Reason;
use crate::reading::text::{Document, Language, Sentence, Span};
use crate::reading::token::{Kind, Words};
use crate::reading::traps::{WhyLeft, idiom, trap, vague};
use crate::reading::unit::{TOPICS, Topic, Unit, currency_before, unit_at};

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Figure {
    Value(Amount),
    Between { low: Amount, high: Amount },
    Share { numerator: u32, denominator: u32 },
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Quantity {
    pub figure: Figure,
    pub bound: Bound,
    pub unit: Unit,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub change: Option<Change>,
    /// The words that say what is counted.
    pub thing: Option<Span>,
    pub topics: Vec<Topic>,
    /// The proposal of the date it holds for, and of the date a change is counted from.
    pub date: Option<u32>,
    pub base_date: Option<u32>,
    /// The year of that date, else of the publication.
    pub year: Option<i16>,
}

#[derive(Clone, Debug)]
pub(crate) struct Counted {
    pub first: usize,
    pub end: usize,
    pub span: Span,
    pub sentence: usize,
    pub quantity: Quantity,
    pub reasons: Vec<Reason>,
}

#[derive(Debug, Default)]
pub(crate) struct Counts {
    pub found: Vec<Counted>,
    pub left: Vec<(Span, WhyLeft)>,
}

/// Words that end the search for a unit after a number, and are nothing that is counted.
const STOPS: &[&str] = &[
    "of", "the", "a", "an", "in", "on", "at", "to", "for", "by", "with", "from", "as", "and", "or", "but",
    "that", "which", "who", "were", "was", "is", "are", "be", "been", "have", "had", "has", "will", "would",
    "than", "since", "during", "over", "under", "into", "against", "after", "before", "between", "per",
    "this", "last", "more", "less", "said", "through", "its", "their", "his", "her", "it", "they", "we",
    "not", "when", "while", "so", "did", "do", "can", "could", "de", "del", "la", "el", "los", "las", "en",
    "por", "para", "con", "que", "y", "o", "u", "a", "al", "un", "una", "se", "fueron", "fue", "son", "es",
    "ha", "han", "su", "sus", "desde", "hasta", "durante", "contra", "entre", "sobre", "mas", "menos",
    "este", "esta", "como", "pero", "sin", "tras", "cuando", "mientras", "si", "ni", "lo", "estan", "esta",
];

struct Reader<'d, 'a> {
    document: &'d Document<'a>,
    words: Words<'d, 'a>,
    sentence: &'d Sentence,
    number: usize,
    marks: Separators,
    /// Where the second figure of "from ... to ..." begins, and which way it went.
    moved: Cell<Option<(usize, Direction)>>,
}

pub(crate) fn read(document: &Document<'_>, dates: &[Dated], published: Option<i16>) -> Counts {
    let marks = Separators::of(document);
    let mut counts = Counts::default();
    let mut dated = dates.iter().enumerate().peekable();
    for (place, sentence) in document.sentences.iter().enumerate() {
        let words = Words { tokens: &document.tokens, first: sentence.first, end: sentence.end };
        let mut here: Vec<(usize, &Dated)> = Vec::new();
        while let Some(next) = dated.next_if(|(_, date)| date.sentence <= place) {
            here.push(next);
        }
        let reader = Reader { document, words, sentence, number: place, marks, moved: Cell::new(None) };
        let begins = counts.found.len();
        reader.sentence(&here, &mut counts);
        for counted in counts.found.get_mut(begins..).unwrap_or_default() {
            hold(&words, counted, &here, published);
        }
    }
    counts
}

/// A figure as it stands: currency, number, range, unit.
struct Piece {
    first: usize,
    end: usize,
    figure: Figure,
    unit: Option<Unit>,
    reasons: Vec<Reason>,
}

impl Reader<'_, '_> {
    fn sentence(&self, dates: &[(usize, &Dated)], counts: &mut Counts) {
        let mut at = self.sentence.first;
        let mut next_date = dates.iter().peekable();
        while at < self.sentence.end {
            while next_date.next_if(|(_, date)| date.end <= at).is_some() {}
            if let Some((_, date)) = next_date.peek()
                && date.first <= at
            {
                at = date.end.max(at + 1);
                continue;
            }
            at = self.step(at, counts).max(at + 1);
        }
    }

    fn leave(&self, first: usize, end: usize, why: WhyLeft, counts: &mut Counts) -> usize {
        if let Some(span) = self.document.span(first, end.min(self.sentence.end)) {
            counts.left.push((span, why));
        }
        end
    }

    fn step(&self, at: usize, counts: &mut Counts) -> usize {
        let words = &self.words;
        if let Some(end) = vague(words, at) {
            return self.leave(at, end, WhyLeft::VagueCount, counts);
        }
        if let Some(end) = idiom(words, at) {
            return self.leave(at, end, WhyLeft::Idiom, counts);
        }
        if let Some((numerator, denominator, end)) = fraction(words, at) {
            let named = end + usize::from(matches!(words.key(end), "of" | "de"));
            let figure = Figure::Share { numerator, denominator };
            let piece = Piece { first: at, end, figure, unit: Some(Unit::Share), reasons: Vec::new() };
            return self.propose(piece, named, counts);
        }
        if let Some(end) = self.multiple(at, counts) {
            return end;
        }
        let Some(one) = number(words, at, self.sentence.language, self.marks) else {
            if words.is(at, Kind::Number) {
                return self.leave(at, at + 1, WhyLeft::NotANumber, counts);
            }
            return at + 1;
        };
        let currency = currency_before(words, one.first, self.sentence.language);
        if let Some(why) = trap(words, &one, currency.is_some()) {
            let end = self.past_numbers(one.end, why);
            return self.leave(at, end, why, counts);
        }
        match self.piece(&one, currency) {
            Ok((piece, named)) => self.propose(piece, named, counts),
            Err(Some(why)) => self.leave(at, one.end, why, counts),
            Err(None) => one.end,
        }
    }

    /// The groups that belong to one telephone, address, score or time.
    fn past_numbers(&self, end: usize, why: WhyLeft) -> usize {
        let mut at = end;
        if matches!(
            why,
            WhyLeft::Telephone | WhyLeft::Address | WhyLeft::Score | WhyLeft::ClockTime | WhyLeft::Slashed
        ) {
            let telephone = why == WhyLeft::Telephone;
            while at < end + 16
                && (matches!(self.words.key(at), "-" | "–" | "#" | "/" | ":")
                    || telephone && matches!(self.words.key(at), ")" | "(")
                    || self.words.is(at, Kind::Number)
                        && (telephone || self.words.glued(at) || self.words.before(at, 1) == "#"))
            {
                at += 1;
            }
        }
        at
    }

    /// "doubled", "se duplicó", "halved".
    fn multiple(&self, at: usize, counts: &mut Counts) -> Option<usize> {
        let words = &self.words;
        let figure = match words.key(at) {
            "doubled" | "doubling" | "duplico" | "duplicaron" | "duplicarse" => {
                Figure::Value(Amount::whole(2))
            }
            "tripled" | "tripling" | "triplico" | "triplicaron" => Figure::Value(Amount::whole(3)),
            "quadrupled" | "cuadruplico" => Figure::Value(Amount::whole(4)),
            "halved" | "halving" => Figure::Share { numerator: 1, denominator: 2 },
            _ => return None,
        };
        let unit = if matches!(figure, Figure::Value(_)) { Unit::Times } else { Unit::Share };
        let piece = Piece { first: at, end: at + 1, figure, unit: Some(unit), reasons: Vec::new() };
        Some(self.propose(piece, at + 1, counts))
    }

    /// The figure around a number: its range, its unit, and where the words for the thing begin.
    fn piece(
        &self,
        one: &Number,
        currency: Option<(Unit, usize, Option<Reason>)>,
    ) -> Result<(Piece, usize), Option<WhyLeft>> {
        let words = &self.words;
        let language = self.sentence.language;
        let mut reasons: Vec<Reason> = one.reason.into_iter().collect();
        let first = currency.as_ref().map_or(one.first, |(_, first, _)| *first);
        let mut end = one.end;
        let mut figure = Figure::Value(one.amount);
        let mut shape = one.shape;
        let own = self.unit_after(one.end, currency.as_ref().map(|c| c.0));
        let range_from = if words.key(one.end) == "%" {
            one.end + 1
        } else {
            own.filter(|(_, direct, _)| *direct).map_or(one.end, |(_, _, end)| end)
        };
        if let Some(two) = self.second(one, range_from, first) {
            if self.moves_on(first) && one.amount != two.amount {
                let up = one.amount < two.amount;
                self.moved.set(Some((two.first, if up { Direction::Up } else { Direction::Down })));
            }
            let factor = if one.shape != Shape::Scaled && two.scale > 1 { two.scale } else { 1 };
            let low = one.amount.times(factor).filter(|low| *low <= two.amount).unwrap_or(one.amount);
            if low < two.amount && !self.moves_on(first) {
                figure = Figure::Between { low, high: two.amount };
                end = two.end;
                reasons.extend(two.reason);
                if factor > 1 && low != one.amount {
                    reasons.push(Reason::ScaleFromSecond);
                }
                shape = if shape == Shape::Word { Shape::Word } else { two.shape };
            } else if self.moves_on(first) && own.is_none() && currency.is_none() {
                // "from 146,000 to 171,000 hectares": the first takes the unit of the second.
                if let Some((unit, _, _)) = self.unit_after(two.end, None) {
                    let amount = if low < two.amount { low } else { one.amount };
                    let piece = Piece {
                        first,
                        end: one.end,
                        figure: Figure::Value(amount),
                        unit: Some(unit),
                        reasons: vec![Reason::UnitFromSecond],
                    };
                    return Ok((piece, two.end));
                }
            }
        }
        let after = self.unit_after(end, currency.as_ref().map(|c| c.0));
        let (unit, named) = match (after, currency) {
            // A sign before and a name after: the name says which.
            (Some((unit, _, unit_end)), Some((_, _, why))) if unit.is_money() => {
                let _ = why;
                end = unit_end;
                (Some(unit), unit_end)
            }
            (_, Some((unit, _, why))) => {
                reasons.extend(why);
                (Some(unit), end)
            }
            (Some((unit, direct, unit_end)), None) => {
                let from = end;
                if direct {
                    end = unit_end;
                } else {
                    end = unit_end;
                    reasons.push(Reason::UnitAfterOtherWords);
                }
                (Some(unit), if direct { end } else { from })
            }
            (None, None) => (None, end),
        };
        if unit == Some(Unit::Tonne)
            && !words.key(end.saturating_sub(1)).starts_with("toneladas")
            && matches!(words.key(end.saturating_sub(1)), "tons" | "ton")
            && words.before(end, 2) != "metric"
        {
            reasons.push(Reason::TonTakenAsMetric);
        }
        let lone_one = one.amount == Amount::whole(1) && shape == Shape::Word;
        let spanish_article = matches!(words.key(one.first), "un" | "una");
        let Some(unit) = unit else {
            return self.uncounted(one, shape, figure, first, end, reasons);
        };
        if lone_one && matches!(figure, Figure::Value(_)) {
            let of = words.key(one.end) == "of" || words.before(one.first, 1) == "no" || unit.is_time();
            if of
                || spanish_article && !unit.is_measure()
                || language == Language::Es && words.key(one.first) == "uno"
            {
                return Err(None);
            }
        }
        Ok((Piece { first, end, figure, unit: Some(unit), reasons }, named))
    }

    /// Digits before a noun that the table does not hold count items; small number words do not.
    fn uncounted(
        &self,
        one: &Number,
        shape: Shape,
        figure: Figure,
        first: usize,
        end: usize,
        mut reasons: Vec<Reason>,
    ) -> Result<(Piece, usize), Option<WhyLeft>> {
        let words = &self.words;
        let small = one.amount < Amount::whole(13);
        if shape == Shape::Word && small {
            return Err(if matches!(words.key(one.first), "un" | "una" | "uno" | "one") {
                None
            } else {
                Some(WhyLeft::NothingCounted)
            });
        }
        let noun = end + usize::from(matches!(words.key(end), "of" | "de") && shape == Shape::Scaled);
        let named = words.is(noun, Kind::Word)
            && !STOPS.contains(&words.key(noun))
            && !(words.glued(noun))
            && !verbish(words.key(noun));
        let year = plain_year(words, one.first).is_some();
        if !named || year || (words.capital(noun) && shape == Shape::Digits && small) {
            // A large number with its scale is a figure even where its unit stands elsewhere.
            if shape != Shape::Scaled
                && !(shape == Shape::Digits
                    && words.key(one.first).contains(['.', ','])
                    && one.amount >= Amount::whole(1000))
            {
                return Err(Some(WhyLeft::NothingCounted));
            }
            // "the number of families doubled to 82,000": the unit stands before.
            let before = (first.saturating_sub(8).max(words.first)..first).rev().find_map(|at| {
                unit_at(words, at).filter(|(unit, _)| {
                    !unit.is_time() && !unit.is_money() && *unit != Unit::Percent && *unit != Unit::Times
                })
            });
            let unit = before.map_or(Unit::Item, |(unit, _)| unit);
            reasons.push(if before.is_some() { Reason::UnitBeforeNumber } else { Reason::NothingNamed });
            return Ok((Piece { first, end, figure, unit: Some(unit), reasons }, end));
        }
        reasons.push(Reason::UnitNotInTable);
        Ok((Piece { first, end, figure, unit: Some(Unit::Item), reasons }, noun))
    }

    /// The second number of a range that may begin at `at`.
    fn second(&self, one: &Number, at: usize, first: usize) -> Option<Number> {
        let words = &self.words;
        let before = words.before(first, 1);
        let between = matches!(before, "between" | "entre")
            || matches!(before, "about" | "unas" | "unos" | "de")
                && matches!(words.before(first, 2), "between" | "entre");
        let tight = words.glued(at) || words.glued(at + 1);
        let joins = match words.key(at) {
            "-" | "–" | "—" => {
                tight && words.glued(at) && words.glued(at + 1) || matches!(words.key(at), "–")
            }
            "to" | "a" => true,
            "and" | "y" => between,
            "or" | "o" | "u" => one.shape == Shape::Word || unit_at(words, at + 2).is_some(),
            _ => false,
        };
        joins.then_some(())?;
        let mut next = at + 1;
        for _ in 0..3 {
            if matches!(
                words.key(next),
                "$" | "€" | "£" | "us" | "u.s." | "usd" | "cop" | "las" | "los" | "about" | "unas" | "unos"
            ) {
                next += 1;
            }
        }
        if plain_year(words, next).is_some() && unit_at(words, next + 1).is_none() {
            return None;
        }
        number(words, next, self.sentence.language, self.marks)
            // "by 12.5 % to 739.5 t": a share and a level are no range.
            .filter(|two| {
                let share = |end: usize| unit_at(words, end).is_some_and(|(unit, _)| unit == Unit::Percent);
                !share(one.end) || share(two.end)
            })
            .filter(|two| matches!(two.shape, Shape::Digits | Shape::Scaled) || one.shape == Shape::Word)
    }

    /// "from" or "de" before the first number, and a change in the words before that.
    fn moves_on(&self, first: usize) -> bool {
        let words = &self.words;
        let opens = matches!(words.before(first, 1), "from" | "de")
            || matches!(words.before(first, 1), "las" | "los" | "unas" | "unos")
                && words.before(first, 2) == "de";
        let passed = words
            .find(
                first.saturating_sub(8),
                first,
                &["paso", "pasaron", "pasar", "pasando", "went", "moved", "going"],
            )
            .is_some();
        opens && (passed || crate::reading::change::direction_before(words, first, 10).is_some())
    }

    /// The unit after a number: whether it stands there at once, and its end. Up to three words may describe what
    /// is counted before it.
    fn unit_after(&self, end: usize, currency: Option<Unit>) -> Option<(Unit, bool, usize)> {
        let words = &self.words;
        let mut at =
            end + usize::from(matches!(words.key(end), "of" | "de") && !words.is(end + 1, Kind::Number));
        if words.key(at) == "-" && words.glued(at) && words.is(at + 1, Kind::Word) {
            at += 1;
        }
        if let Some((mut unit, mut unit_end)) = unit_at(words, at) {
            // "displaced Venezuelans", "campesinos desplazados": the last of two words for people.
            if unit == Unit::Person
                && let Some((Unit::Person, last)) = unit_at(words, unit_end)
            {
                (unit, unit_end) = (Unit::Person, last);
            }
            return (currency.is_none() || unit.is_money()).then_some((unit, true, unit_end));
        }
        if currency.is_some() {
            return None;
        }
        for step in at..at + 3 {
            let key = words.key(step);
            if !words.is(step, Kind::Word) || STOPS.contains(&key) {
                return None;
            }
            if let Some((unit, unit_end)) =
                unit_at(words, step + 1).filter(|(unit, _)| !unit.is_time() && *unit != Unit::Percent)
            {
                return Some((unit, false, unit_end));
            }
        }
        None
    }

    fn propose(&self, mut piece: Piece, named: usize, counts: &mut Counts) -> usize {
        let words = &self.words;
        let unit = piece.unit.unwrap_or(Unit::Item);
        let (mut bound, first) = bound(words, piece.first, piece.end, unit);
        let mut what = change(words, first, piece.first, piece.end, unit, &piece.figure);
        // "crecieron 13 %, hasta las 230.000": the level that was reached, no upper bound.
        if bound == Bound::AtMost
            && words.key(first) == "hasta"
            && let Some((direction, _)) = crate::reading::change::direction_before(words, first, 14)
        {
            bound = Bound::AsStated;
            what = Some(Change { direction, role: Role::To });
        }
        if let Some((second, direction)) = self.moved.get() {
            if piece.first <= second && second < piece.end {
                what = Some(Change { direction, role: Role::To });
                self.moved.set(None);
            } else if piece.end <= second {
                what = Some(Change { direction, role: Role::From });
            }
        }
        let thing = self.thing(named, piece.end);
        let topics = self.topics(first, piece.end.max(thing.map_or(0, |(_, end)| end)));
        let Some(span) = self.document.span(first, piece.end) else { return piece.end };
        if bound == Bound::AsStated && matches!(words.before(first, 1), "estimated" | "estimado") {
            piece.reasons.push(Reason::Estimated);
        }
        counts.found.push(Counted {
            first,
            end: piece.end,
            span,
            sentence: self.number,
            quantity: Quantity {
                figure: piece.figure,
                bound,
                unit,
                change: what,
                thing: thing.and_then(|(from, to)| self.document.span(from, to)),
                topics,
                date: None,
                base_date: None,
                year: None,
            },
            reasons: piece.reasons,
        });
        piece.end
    }

    /// "of illegal drugs", "de coca", "displaced Venezuelans": from the first word to the last that belongs.
    fn thing(&self, named: usize, end: usize) -> Option<(usize, usize)> {
        let words = &self.words;
        let mut from = named;
        let finite = |at: usize| {
            let lower = words.lower(at);
            lower.len() > 3
                && ["rá", "rán", "aron", "ieron", "ó"].iter().any(|ending| lower.ends_with(ending))
        };
        let links = |key: &str| matches!(key, "of" | "de" | "del" | "worth");
        while from < named + 3
            && (links(words.key(from)) || matches!(words.key(from), "the" | "la" | "el" | "los" | "las"))
            && from >= end
        {
            from += 1;
        }
        let mut to = from;
        while to < from + 5
            && words.is(to, Kind::Word)
            && (!STOPS.contains(&words.key(to))
                || words.key(to) == "de" && to > from && words.is(to + 1, Kind::Word))
            && !verbish(words.key(to))
            && !finite(to)
        {
            to += 1;
        }
        (to > from).then_some((from, to))
    }

    /// The topics of the clause around the figure.
    fn topics(&self, first: usize, end: usize) -> Vec<Topic> {
        let words = &self.words;
        let from = first.saturating_sub(12).max(words.first);
        let mut topics: Vec<Topic> = (from..(end + 8).min(words.end))
            .filter(|at| words.is(*at, Kind::Word))
            .flat_map(|at| {
                let key = words.key(at);
                TOPICS
                    .iter()
                    .filter(move |(_, stems)| {
                        stems.iter().any(|stem| key.starts_with(stem) && fits(stem, key))
                    })
                    .map(|(topic, _)| *topic)
            })
            .collect();
        topics.sort_unstable();
        topics.dedup();
        topics
    }
}

/// Short stems stand for whole words only: "base" is no "based".
fn fits(stem: &str, key: &str) -> bool {
    !matches!(stem, "base" | "lab" | "aid" | "ship" | "land" | "acid" | "force" | "dead")
        || key.len() <= stem.len() + 1
}

fn verbish(key: &str) -> bool {
    matches!(
        key,
        "said"
            | "told"
            | "rose"
            | "fell"
            | "died"
            | "dijo"
            | "murieron"
            | "according"
            | "segun"
            | "compared"
            | "respecto"
            | "frente"
            | "went"
            | "came"
            | "antes"
            | "before"
            | "viven"
            | "left"
            | "fled"
            | "live"
            | "lived"
            | "approximately"
    )
}

/// Ties a figure to the date it holds for: the nearest of its sentence that is not the base of a change.
fn hold(words: &Words<'_, '_>, counted: &mut Counted, dates: &[(usize, &Dated)], published: Option<i16>) {
    const BASES: &[&str] = &[
        "than", "with", "to", "que", "a", "al", "con", "over", "on", "contra", "de", "del", "el", "the",
        "in", "en", "year", "ano", "versus", "vs", "from",
    ];
    let is_base = |date: &Dated| {
        let near = date.first.saturating_sub(4).max(words.first);
        let from = if date.first >= counted.end { near.max(counted.end) } else { near };
        words
            .find(
                from,
                date.first,
                &[
                    "than",
                    "compared",
                    "comparison",
                    "respecto",
                    "frente",
                    "relative",
                    "versus",
                    "comparado",
                    "comparacion",
                    "relacion",
                ],
            )
            .is_some()
            || words.find(from, date.first, &["que"]).is_some_and(|at| {
                matches!(words.before(at, 1), "mas" | "menos" | "mayor" | "menor" | "superior")
            })
            || date.when.relative && date.when.interval.is_none()
            || counted.quantity.change.is_some()
                && matches!(words.before(date.first, 1), "over" | "on" | "from")
                && BASES.contains(&words.before(date.first, 1))
    };
    let distance = |date: &Dated| {
        // A date after its figure with nothing but a few words between belongs to it; commas part.
        let (from, to) =
            if date.first >= counted.end { (counted.end, date.first) } else { (date.end, counted.first) };
        let commas = (from..to)
            .filter(|at| {
                matches!(words.key(*at), "," | ";" | "and" | "y" | "but" | "pero" | "while" | "mientras")
            })
            .count();
        let opens = date.first <= words.first + 1 && date.first < counted.first;
        to.saturating_sub(from) + if opens { 0 } else { 6 * commas } + usize::from(date.first < counted.first)
    };
    let mut near: Option<(usize, usize, &Dated)> = None;
    for (place, date) in dates {
        // "frente a las 204.000 de 2021": the date right after a figure is its own.
        let own =
            counted.quantity.change.is_none() && date.first >= counted.end && date.first <= counted.end + 2;
        if own && date.when.interval.is_none() && !counted.quantity.unit.is_time() {
            counted.quantity.date = u32::try_from(*place).ok();
            return;
        }
        if !own && is_base(date) {
            if counted.quantity.change.is_some() && counted.quantity.base_date.is_none() {
                counted.quantity.base_date = u32::try_from(*place).ok();
            }
            continue;
        }
        let far = distance(date);
        if near.is_none_or(|(best, _, _)| far < best) {
            near = Some((far, *place, date));
        }
    }
    if let Some((_, place, date)) = near {
        counted.quantity.date = u32::try_from(place).ok();
        let interval = date.when.interval;
        counted.quantity.year = interval.and_then(|found| match date.when.kind {
            DateKind::Since => found.to.or(found.from).map(|day| day.year()),
            DateKind::By | DateKind::Before => found.to.map(|day| day.year()),
            _ => found.year().or(found.to.map(|day| day.year())),
        });
        counted.reasons.push(Reason::DateInSentence);
    }
    if counted.quantity.year.is_none()
        && let Some(year) = published
    {
        counted.quantity.year = Some(year);
        counted.reasons.push(Reason::YearOfPublication);
    }
}
