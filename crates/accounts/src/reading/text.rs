//! The document: tokens, quotations, sentences and paragraphs, each with its place in bytes and in characters.
//! It never changes the text and never joins two paragraphs into one sentence.

use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::reading::error::NotRead;
use crate::reading::token::{self, Kind, Token};

/// Longer texts are refused: an article has thousands of characters, a long report several hundred thousand.
pub const MAX_BYTES: usize = 1 << 20;
/// A longer sentence is cut here: what looks back and forth within a sentence stays linear on any input.
pub const MAX_SENTENCE: usize = 240;

/// A part of a document, from its first byte to the byte after its last, and the same in characters.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
pub struct Span {
    pub(crate) start: u32,
    pub(crate) end: u32,
    pub(crate) char_start: u32,
    pub(crate) char_end: u32,
}

impl Span {
    pub const fn bytes(self) -> (usize, usize) {
        (self.start as usize, self.end as usize)
    }
    pub const fn chars(self) -> (usize, usize) {
        (self.char_start as usize, self.char_end as usize)
    }
    pub(crate) fn to(self, last: Self) -> Self {
        Self { end: last.end.max(self.end), char_end: last.char_end.max(self.char_end), ..self }
    }
    pub const fn overlaps(self, other: Self) -> bool {
        self.start < other.end && other.start < self.end
    }
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    En,
    Es,
}

/// One sentence: tokens `first..end`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sentence {
    pub first: usize,
    pub end: usize,
    pub paragraph: u32,
    pub language: Language,
}

/// One quotation: the tokens between its marks, marks left out.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Quote {
    pub first: usize,
    pub end: usize,
}

#[derive(Debug)]
pub struct Document<'a> {
    text: &'a str,
    sha256: [u8; 32],
    chars: usize,
    pub(crate) tokens: Vec<Token<'a>>,
    pub(crate) sentences: Vec<Sentence>,
    pub(crate) quotes: Vec<Quote>,
    language: Language,
}

impl<'a> Document<'a> {
    /// Reads bytes as UTF-8; a byte order mark is part of the text and of its hash, and is no token.
    pub fn from_bytes(bytes: &'a [u8]) -> Result<Self, NotRead> {
        let text = std::str::from_utf8(bytes).map_err(|bad| NotRead::NotUtf8 { byte: bad.valid_up_to() })?;
        Self::new(text)
    }

    pub fn new(text: &'a str) -> Result<Self, NotRead> {
        if text.len() > MAX_BYTES {
            return Err(NotRead::TooLong { bytes: text.len(), most: MAX_BYTES });
        }
        let mut tokens = token::tokens(text);
        let wrapped = text.lines().map(|line| line.chars().count()).max().unwrap_or(0);
        break_paragraphs(&mut tokens, wrapped);
        let quotes = quotes(&tokens);
        let mut sentences = sentences(&tokens);
        let language = languages(&tokens, &mut sentences);
        let sha256 = Sha256::digest(text.as_bytes()).into();
        let chars = text.chars().count();
        Ok(Self { text, sha256, chars, tokens, sentences, quotes, language })
    }

    pub const fn text(&self) -> &'a str {
        self.text
    }
    pub const fn sha256(&self) -> [u8; 32] {
        self.sha256
    }
    pub const fn chars(&self) -> usize {
        self.chars
    }
    /// The language of most sentences.
    pub const fn language(&self) -> Language {
        self.language
    }
    /// The text of a span of this document; `None` for a span of another one that does not fit here.
    pub fn slice(&self, span: Span) -> Option<&'a str> {
        self.text.get(span.start as usize..span.end as usize)
    }
    /// Each sentence with the number of its paragraph, from 0, and its language.
    pub fn sentences(&self) -> impl Iterator<Item = (Span, u32, Language)> + '_ {
        self.sentences.iter().filter_map(|sentence| {
            let span = self.span(sentence.first, sentence.end)?;
            Some((span, sentence.paragraph, sentence.language))
        })
    }
    pub(crate) fn span(&self, first: usize, end: usize) -> Option<Span> {
        let last = self.tokens.get(end.checked_sub(1)?)?;
        (first < end).then_some(())?;
        Some(self.tokens.get(first)?.span.to(last.span))
    }
}

/// A blank line ends a paragraph. A single line break does so too, unless the lines are filled to a width, in
/// which case only a line that stops well before it does.
fn break_paragraphs(tokens: &mut [Token<'_>], width: usize) {
    let wrapped = width <= 120;
    let mut line_from = 0;
    let mut before: Option<Span> = None;
    for token in tokens {
        if let Some(last) = before.filter(|_| token.line_start) {
            let length = last.char_end.saturating_sub(line_from) as usize;
            token.paragraph_start = token.blank_before || !wrapped || length * 10 < width * 7;
        } else if before.is_none() {
            token.paragraph_start = true;
        }
        if token.line_start {
            line_from = token.span.char_start;
        }
        before = Some(token.span);
    }
}

/// Quotations within one paragraph. One that its paragraph does not close ends with the paragraph, as in
/// speech that goes on in the next.
fn quotes(tokens: &[Token<'_>]) -> Vec<Quote> {
    let mut found = Vec::new();
    let mut open: Option<(usize, &str)> = None;
    for (at, token) in tokens.iter().enumerate() {
        if token.paragraph_start
            && let Some((first, mark)) = open.take()
            && mark != "\""
            && first < at
        {
            found.push(Quote { first, end: at });
        }
        match (token.text, open) {
            ("“" | "«" | "„", None) => open = Some((at + 1, "”")),
            ("\"", None) => open = Some((at + 1, "\"")),
            ("”" | "»" | "\"", Some((first, _))) => {
                open = None;
                if first < at {
                    found.push(Quote { first, end: at });
                }
            }
            _ => {}
        }
    }
    if let Some((first, mark)) = open
        && mark != "\""
        && first < tokens.len()
    {
        found.push(Quote { first, end: tokens.len() });
    }
    found
}

/// After these a full stop ends no sentence.
const ABBREVIATIONS: &[&str] = &[
    "mr", "mrs", "ms", "dr", "dra", "prof", "gen", "col", "lt", "capt", "sgt", "sen", "rep", "gov", "amb",
    "st", "sr", "sra", "srta", "no", "nos", "núm", "num", "art", "arts", "vs", "etc", "fig", "pág", "pag",
    "págs", "approx", "aprox", "jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "nov",
    "dec", "ene", "abr", "ago", "dic", "av", "avda", "cra", "cl", "tel", "ext", "inc", "ltd", "corp", "co",
    "cía", "ud", "uds", "lic", "ing", "gral", "cnel", "mons", "hon", "ee", "uu", "dpto", "mt", "ft",
];
const STARTERS: &[&str] = &[
    "the",
    "a",
    "an",
    "in",
    "on",
    "at",
    "it",
    "he",
    "she",
    "they",
    "we",
    "but",
    "and",
    "this",
    "that",
    "these",
    "for",
    "according",
    "after",
    "since",
    "however",
    "el",
    "la",
    "los",
    "las",
    "en",
    "un",
    "una",
    "pero",
    "y",
    "esta",
    "este",
    "según",
    "segun",
    "tras",
    "desde",
    "para",
    "por",
    "se",
    "no",
    "su",
];

fn sentences(tokens: &[Token<'_>]) -> Vec<Sentence> {
    let mut found = Vec::new();
    let mut first = 0;
    let mut paragraph = 0;
    let mut close = |first: &mut usize, end: usize, paragraph: u32| {
        if *first < end {
            found.push(Sentence { first: *first, end, paragraph, language: Language::En });
            *first = end;
        }
    };
    let mut at = 0;
    while at < tokens.len() {
        if at > 0 && tokens.get(at).is_some_and(|token| token.paragraph_start) {
            close(&mut first, at, paragraph);
            paragraph += 1;
        }
        let mut after = at + 1;
        if ends_sentence(tokens, at) {
            while let Some(token) = tokens.get(after)
                && !token.paragraph_start
                && !token.space_before
                && matches!(token.text, "”" | "»" | "\"" | ")" | "]" | "’" | "'" | "." | "!" | "?" | "…")
            {
                after += 1;
            }
            if tokens.get(after).is_none_or(|next| starts_sentence(tokens, at, after, next)) {
                close(&mut first, after, paragraph);
            }
        }
        if after - first >= MAX_SENTENCE {
            close(&mut first, after, paragraph);
        }
        at = after;
    }
    close(&mut first, tokens.len(), paragraph);
    found
}

fn ends_sentence(tokens: &[Token<'_>], at: usize) -> bool {
    let Some(token) = tokens.get(at) else { return false };
    if token.is_initials() {
        return true;
    }
    if matches!(token.text, "!" | "?" | "…") {
        return true;
    }
    if token.text != "." {
        return false;
    }
    let Some(before) = at.checked_sub(1).and_then(|i| tokens.get(i)) else { return false };
    match before.kind {
        Kind::Word => {
            let initial = before.text.chars().count() == 1 && before.is_capital();
            !(initial || ABBREVIATIONS.contains(&before.lower.as_str()) && !token.space_before)
        }
        // "1. Skip to content": a number that opens a line counts items.
        Kind::Number => !before.line_start || before.text.len() > 2,
        Kind::Mark => true,
    }
}

fn starts_sentence(tokens: &[Token<'_>], at: usize, after: usize, next: &Token<'_>) -> bool {
    if next.paragraph_start {
        return true;
    }
    let opens = matches!(next.text, "“" | "«" | "„" | "\"" | "¿" | "¡" | "(" | "‘" | "-" | "—" | "–");
    let word = if opens { tokens.get(after + 1).unwrap_or(next) } else { next };
    let capital = word.is_capital() || word.kind == Kind::Number || matches!(next.text, "¿" | "¡");
    let ending = tokens.get(at);
    if ending.is_some_and(Token::is_initials) {
        return next.is_capital() && next.space_before && STARTERS.contains(&next.key());
    }
    // "foreign aid.The U.S. has": a lost space.
    let glued = ending.is_some_and(|dot| dot.text == ".") && !next.space_before && after == at + 1;
    if glued {
        return next.is_capital() && next.text.chars().nth(1).is_some_and(char::is_lowercase);
    }
    capital && (next.space_before || opens)
}

const ENGLISH: &[&str] = &[
    "the", "of", "and", "to", "in", "is", "was", "were", "are", "that", "for", "on", "with", "by", "from",
    "at", "it", "has", "have", "had", "be", "been", "this", "which", "said", "will", "would", "more", "than",
    "its", "their", "not", "or", "as", "between", "about", "last", "year", "million", "after", "percent",
    "up", "an",
];
const SPANISH: &[&str] = &[
    "el", "la", "los", "las", "de", "del", "que", "y", "en", "un", "una", "por", "para", "con", "se", "su",
    "al", "es", "fue", "fueron", "son", "ha", "han", "más", "como", "pero", "lo", "sus", "este", "esta",
    "dijo", "o", "según", "entre", "desde", "hasta", "sobre", "no", "año", "años", "millones", "ciento",
    "mil", "unas", "unos",
];

/// Each sentence by its function words; where they tie, as the document.
fn languages(tokens: &[Token<'_>], sentences: &mut [Sentence]) -> Language {
    let mut whole = 0_i64;
    let mut leaning = Vec::with_capacity(sentences.len());
    for sentence in sentences.iter() {
        let mut lean = 0_i64;
        for token in tokens.get(sentence.first..sentence.end).unwrap_or_default() {
            let word = token.lower.as_str();
            if token.kind == Kind::Word {
                lean += i64::from(ENGLISH.contains(&word)) - i64::from(SPANISH.contains(&word));
                lean -= i64::from(word.contains(['ñ', 'ó', 'í', 'á']));
            } else if matches!(token.text, "¿" | "¡") {
                lean -= 2;
            }
        }
        whole += lean.signum();
        leaning.push(lean);
    }
    let document = if whole < 0 { Language::Es } else { Language::En };
    for (sentence, lean) in sentences.iter_mut().zip(leaning) {
        sentence.language = match lean {
            0 => document,
            1.. => Language::En,
            _ => Language::Es,
        };
    }
    document
}
