//! Words, numbers and marks, with their place, and the small window through which the rules look at them.
//! Nothing here knows what a word means.

use crate::reading::text::Span;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Kind {
    Word,
    Number,
    Mark,
}

#[derive(Clone, Debug)]
pub(crate) struct Token<'a> {
    pub span: Span,
    pub kind: Kind,
    pub text: &'a str,
    /// Lower case, accents kept; empty for marks and numbers.
    pub lower: String,
    /// Lower case without accents, where that differs.
    fold: String,
    pub space_before: bool,
    pub line_start: bool,
    pub blank_before: bool,
    pub paragraph_start: bool,
}

impl Token<'_> {
    /// What tables are keyed by: lower case without accents; marks and numbers as they stand.
    pub fn key(&self) -> &str {
        if !self.fold.is_empty() {
            &self.fold
        } else if self.lower.is_empty() {
            self.text
        } else {
            &self.lower
        }
    }
    pub fn is_capital(&self) -> bool {
        self.kind == Kind::Word && self.text.chars().next().is_some_and(char::is_uppercase)
    }
    /// "U.S.", "p.m.": letters each with its own full stop.
    pub fn is_initials(&self) -> bool {
        self.kind == Kind::Word && self.text.ends_with('.')
    }
}

fn unaccented(letter: char) -> char {
    match letter {
        'á' | 'à' | 'ä' | 'â' | 'ã' => 'a',
        'é' | 'è' | 'ë' | 'ê' => 'e',
        'í' | 'ì' | 'ï' | 'î' => 'i',
        'ó' | 'ò' | 'ö' | 'ô' | 'õ' => 'o',
        'ú' | 'ù' | 'ü' | 'û' => 'u',
        'ñ' => 'n',
        'ç' => 'c',
        '’' => '\'',
        other => other,
    }
}

/// The writing of the United States in Spanish, with its inner space.
const UNITED_STATES: &[&str] = &["EE. UU.", "EE.\u{a0}UU.", "EE.UU.", "EE. UU", "EE.UU", "EE UU", "EEUU"];

pub(crate) fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut found: Vec<Token<'_>> = Vec::new();
    let (mut at, mut chars) = (0_usize, 0_usize);
    let (mut space, mut breaks) = (true, 1_u8);
    while let Some(rest) = text.get(at..)
        && let Some(first) = rest.chars().next()
    {
        if first.is_whitespace() || first.is_control() || matches!(first, '\u{feff}' | '\u{200b}' | '\u{ad}')
        {
            space |= first.is_whitespace();
            breaks = breaks.saturating_add(u8::from(matches!(first, '\n' | '\u{2029}')));
            at += first.len_utf8();
            chars += 1;
            continue;
        }
        let (kind, length) = measure(rest, first);
        let Some(piece) = rest.get(..length) else { break };
        let count = piece.chars().count();
        let span = Span {
            start: at as u32,
            end: (at + length) as u32,
            char_start: chars as u32,
            char_end: (chars + count) as u32,
        };
        let lower = if kind == Kind::Word { piece.to_lowercase() } else { String::new() };
        let mut fold: String = String::new();
        if UNITED_STATES.contains(&piece) {
            "ee.uu.".clone_into(&mut fold);
        } else if !lower.is_ascii() {
            fold = lower.chars().map(unaccented).collect();
        }
        found.push(Token {
            span,
            kind,
            text: piece,
            lower,
            fold,
            space_before: space,
            line_start: breaks > 0,
            blank_before: breaks > 1 && !found.is_empty(),
            paragraph_start: false,
        });
        (space, breaks) = (false, 0);
        at += length;
        chars += count;
    }
    found
}

/// Kind and length in bytes of the token that opens `rest`.
fn measure(rest: &str, first: char) -> (Kind, usize) {
    if first.is_ascii_digit() {
        return (Kind::Number, number_length(rest));
    }
    if first.is_alphabetic() {
        if let Some(name) = UNITED_STATES.iter().find(|name| {
            rest.starts_with(**name)
                && !rest.get(name.len()..).is_some_and(|tail| tail.starts_with(char::is_alphanumeric))
        }) {
            return (Kind::Word, name.len());
        }
        let initials = initials_length(rest);
        return (Kind::Word, if initials > 0 { initials } else { word_length(rest) });
    }
    if matches!(first, '\'' | '’')
        && let Some(tail) = rest.get(first.len_utf8()..)
        && tail.starts_with(['s', 'S'])
        && !tail.chars().nth(1).is_some_and(char::is_alphanumeric)
    {
        return (Kind::Mark, first.len_utf8() + 1);
    }
    (Kind::Mark, first.len_utf8())
}

/// Digits, with full stops, commas, apostrophes and thin or unbreakable spaces between digits.
fn number_length(rest: &str) -> usize {
    let mut end = 0;
    let mut chars = rest.char_indices().peekable();
    while let Some((at, letter)) = chars.next() {
        let inner = matches!(letter, '.' | ',' | '\'' | '’');
        let blank = matches!(letter, '\u{a0}' | '\u{202f}' | '\u{2009}');
        let joins = inner && chars.peek().is_some_and(|next| next.1.is_ascii_digit())
            || blank && end <= 16 && three_digits(rest.get(at + letter.len_utf8()..).unwrap_or_default());
        if letter.is_ascii_digit() {
            end = at + 1;
        } else if !joins {
            break;
        }
    }
    end
}

pub(crate) fn three_digits(tail: &str) -> bool {
    let digits = tail.bytes().take(4).take_while(u8::is_ascii_digit).count();
    digits == 3
}

/// "U.S.", "D.C.", "p.m.": at least two single letters, each followed by a full stop.
fn initials_length(rest: &str) -> usize {
    let (mut end, mut letters) = (0, 0);
    let mut chars = rest.char_indices();
    while let Some((_, letter)) = chars.next()
        && letter.is_alphabetic()
        && let Some((dot, '.')) = chars.next()
        && letters < 8
    {
        letters += 1;
        end = dot + 1;
    }
    // "E.U.A" and "U.S.A" end without a stop; "aid.The" is no row of initials.
    if letters >= 2 { end } else { 0 }
}

fn word_length(rest: &str) -> usize {
    let mut end = 0;
    let mut chars = rest.char_indices().peekable();
    while let Some((at, letter)) = chars.next() {
        if letter.is_alphanumeric() || ('\u{300}'..='\u{36f}').contains(&letter) {
            end = at + letter.len_utf8();
            continue;
        }
        let mut tail = rest.get(at + letter.len_utf8()..).unwrap_or_default().chars();
        let possessive = tail.next().is_some_and(|s| matches!(s, 's' | 'S'))
            && !tail.next().is_some_and(char::is_alphanumeric);
        let joins = matches!(letter, '\'' | '’') && chars.peek().is_some_and(|next| next.1.is_alphabetic());
        if !joins || possessive {
            break;
        }
    }
    end
}

/// A window on the tokens of one sentence: outside it there is nothing.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Words<'t, 'a> {
    pub tokens: &'t [Token<'a>],
    pub first: usize,
    pub end: usize,
}

impl<'t, 'a> Words<'t, 'a> {
    pub fn token(&self, at: usize) -> Option<&'t Token<'a>> {
        (self.first <= at && at < self.end).then(|| self.tokens.get(at)).flatten()
    }
    pub fn key(&self, at: usize) -> &'t str {
        self.token(at).map_or("", Token::key)
    }
    pub fn lower(&self, at: usize) -> &'t str {
        self.token(at).map_or("", |token| token.lower.as_str())
    }
    /// The key `back` tokens before `at`.
    pub fn before(&self, at: usize, back: usize) -> &'t str {
        at.checked_sub(back).map_or("", |place| self.key(place))
    }
    pub fn is(&self, at: usize, kind: Kind) -> bool {
        self.token(at).is_some_and(|token| token.kind == kind)
    }
    pub fn capital(&self, at: usize) -> bool {
        self.token(at).is_some_and(Token::is_capital)
    }
    /// Whether no space parts `at` from what stands before it.
    pub fn glued(&self, at: usize) -> bool {
        at > self.first && self.token(at).is_some_and(|token| !token.space_before)
    }
    /// How many tokens the phrase takes at `at`, if it stands there.
    pub fn phrase(&self, at: usize, phrase: &str) -> Option<usize> {
        let mut length = 0;
        for word in phrase.split(' ') {
            if self.key(at + length) != word {
                return None;
            }
            length += 1;
        }
        Some(length)
    }
    /// The longest of the phrases that stands at `at`.
    pub fn any(&self, at: usize, phrases: &[&str]) -> Option<usize> {
        // The first word decides nearly always: no phrase is split for nothing.
        let key = self.key(at);
        if key.is_empty() {
            return None;
        }
        phrases
            .iter()
            .filter(|phrase| phrase.starts_with(key))
            .filter_map(|phrase| self.phrase(at, phrase))
            .max()
    }
    /// The longest of the phrases that ends just before `at`: its first token.
    pub fn any_before(&self, at: usize, phrases: &[&str]) -> Option<usize> {
        let last = self.before(at, 1);
        if last.is_empty() {
            return None;
        }
        phrases
            .iter()
            .filter(|phrase| phrase.ends_with(last))
            .filter_map(|phrase| {
                let first = at.checked_sub(phrase.split(' ').count())?;
                self.phrase(first, phrase).map(|_| first)
            })
            .min()
    }
    /// The place of the first of the words in `from..to`.
    pub fn find(&self, from: usize, to: usize, words: &[&str]) -> Option<usize> {
        (from.max(self.first)..to.min(self.end)).find(|at| words.contains(&self.key(*at)))
    }
    /// The place of the last of the words in `from..to`.
    pub fn find_last(&self, from: usize, to: usize, words: &[&str]) -> Option<usize> {
        (from.max(self.first)..to.min(self.end)).rev().find(|at| words.contains(&self.key(*at)))
    }
}
