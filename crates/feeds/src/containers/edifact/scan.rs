//! Drives the tokenizer over a whole file and goes on behind what does not tokenize. Every byte ends up in a segment, in
//! a stretch that is named unreadable, or between two of them.
//!
//! The tokenizer (edifact-rs) borrows and tells each token's span. It takes values for UTF-8 and stops at a fault; here a
//! value of another encoding is taken by its span, and the scan resumes behind the next segment terminator.

use std::borrow::Cow;

use edifact_rs::{EdifactError, ServiceStringAdvice, Token, Tokenizer};
use memchr::{memchr2, memchr2_iter};

use super::service_characters::{blanks, released};
use crate::refusal::Reason;

/// Longest segment in bytes. The longest in the messages read here are free texts of some 2600; the tokenizer looks for
/// the terminator from each value anew, so that the bound also bounds its work.
pub const MAX_SEGMENT: usize = 8192;

/// The three letters of a segment's tag in one number, compared at once; 0 is none.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) struct Tag(u32);

impl Tag {
    pub(super) const fn of(letters: &[u8; 3]) -> Self {
        let [first, second, third] = *letters;
        Self(u32::from_be_bytes([0, first, second, third]))
    }
    pub(super) fn text(self) -> String {
        self.0.to_be_bytes().iter().skip(1).map(|letter| char::from(*letter)).collect()
    }
}

/// Components of a further repetition count from here: each element read here is asked for its first.
const REPEATED: u16 = 1 << 14;

/// Where a value stands in the source of its segment.
#[derive(Clone, Copy, Debug)]
struct Value {
    start: u32,
    end: u32,
    element: u16,
    component: u16,
}

/// What the scan found next; [`Scan::segment`] gives the view.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Found {
    Segment { start: usize, end: usize, tag: Tag, folded: bool },
    Unread { start: usize, end: usize, reason: Reason },
}

/// A segment as its tag and its raw values.
#[derive(Clone, Copy, Debug)]
pub(super) struct Segment<'s> {
    pub tag: Tag,
    /// Its number in the file, from 1.
    pub number: u32,
    pub offset: usize,
    pub release: u8,
    values: &'s [Value],
    source: &'s [u8],
}

impl<'s> Segment<'s> {
    /// A value as it stands, of its first repetition; `None` where it is empty or absent. Both count from 1.
    pub(super) fn raw(&self, element: u16, component: u16) -> Option<&'s [u8]> {
        for value in self.values {
            if value.element >= element {
                if value.element > element {
                    return None;
                }
                if value.component == component {
                    return self
                        .source
                        .get(value.start as usize..value.end as usize)
                        .filter(|raw| !raw.is_empty());
                }
            }
        }
        None
    }

    /// A value without release characters, where it is printable ASCII: all codes and numbers are.
    pub(super) fn plain(&self, element: u16, component: u16) -> Option<Cow<'s, str>> {
        let value = released(self.raw(element, component)?, self.release);
        if !value.iter().all(|byte| matches!(byte, 0x20..=0x7E)) {
            return None;
        }
        match value {
            Cow::Borrowed(raw) => std::str::from_utf8(raw).ok().map(Cow::Borrowed),
            Cow::Owned(plain) => String::from_utf8(plain).ok().map(Cow::Owned),
        }
    }

    pub(super) fn text(&self, element: u16, component: u16) -> Option<String> {
        self.plain(element, component).map(Cow::into_owned)
    }

    /// Every value with its position, in order.
    pub(super) fn values(&self) -> impl Iterator<Item = (u16, u16, &'s [u8])> + use<'s> {
        let source = self.source;
        self.values.iter().map(move |value| {
            let raw = source.get(value.start as usize..value.end as usize).unwrap_or_default();
            (value.element, value.component, raw)
        })
    }
}

pub(super) struct Scan<'a> {
    bytes: &'a [u8],
    characters: ServiceStringAdvice,
    tokens: Tokenizer<'a>,
    /// What the tokenizer counts its spans from.
    base: usize,
    /// Behind the last segment or stretch.
    end: usize,
    /// Line breaks occur at all: otherwise no segment is searched for them.
    breaks: bool,
    values: Vec<Value>,
    /// The last segment without its line breaks, where it had any.
    unfolded: Vec<u8>,
}

impl<'a> Scan<'a> {
    pub(super) fn new(bytes: &'a [u8], body: usize, characters: ServiceStringAdvice) -> Self {
        let rest = bytes.get(body..).unwrap_or_default();
        Self {
            bytes,
            characters,
            tokens: Tokenizer::for_segment(rest, characters, MAX_SEGMENT),
            base: body,
            end: body,
            breaks: memchr2(b'\r', b'\n', rest).is_some(),
            values: Vec::with_capacity(64),
            unfolded: Vec::new(),
        }
    }

    pub(super) fn segment(&self, number: u32, start: usize, tag: Tag, folded: bool) -> Segment<'_> {
        let source = if folded { self.unfolded.as_slice() } else { self.bytes };
        Segment {
            tag,
            number,
            offset: start,
            release: self.characters.release_char,
            values: &self.values,
            source,
        }
    }

    pub(super) fn next(&mut self) -> Option<Found> {
        let source = self.bytes.get(self.base..).unwrap_or_default();
        match segment(&mut self.tokens, source, self.base, self.characters, &mut self.values) {
            Ok(Some((start, end, tag))) => {
                self.end = end;
                let inside = self.bytes.get(start..end.saturating_sub(1)).unwrap_or_default();
                let folded = self.breaks && memchr2(b'\r', b'\n', inside).is_some();
                if folded && !self.unfold(start, end) {
                    return Some(Found::Unread { start, end, reason: Reason::Structure });
                }
                Some(Found::Segment { start, end, tag, folded })
            }
            Ok(None) => {
                // Only blanks are left, or a segment without its terminator.
                let start = self.end + self.bytes.get(self.end..).map_or(0, blanks);
                self.end = self.bytes.len();
                (start < self.bytes.len()).then_some(Found::Unread {
                    start,
                    end: self.bytes.len(),
                    reason: Reason::Structure,
                })
            }
            Err(error) => Some(self.resume(&error)),
        }
    }

    /// Behind the segment that did not tokenize, to the byte after its terminator.
    fn resume(&mut self, error: &EdifactError) -> Found {
        let start = self.end + self.bytes.get(self.end..).map_or(0, blanks);
        let rest = self.bytes.get(start..).unwrap_or_default();
        let end = start + to_terminator(rest, self.characters).unwrap_or(rest.len());
        self.end = end;
        self.base = end;
        self.tokens =
            Tokenizer::for_segment(self.bytes.get(end..).unwrap_or_default(), self.characters, MAX_SEGMENT);
        let whole = self.bytes.get(start..end).unwrap_or_default();
        if matches!(error, EdifactError::SegmentTooLong { .. }) || whole.len() > MAX_SEGMENT {
            return Found::Unread { start, end, reason: Reason::TooLong };
        }
        // A tag that a line break divides reads once the break is taken out.
        if self.breaks
            && memchr2(b'\r', b'\n', whole).is_some()
            && self.unfold(start, end)
            && let Some(tag) = self.unfolded.first_chunk::<3>()
        {
            return Found::Segment { start, end, tag: Tag::of(tag), folded: true };
        }
        Found::Unread { start, end, reason: Reason::Structure }
    }

    /// Fills `unfolded` and `values` from a segment without its line breaks; false where it does not tokenize.
    fn unfold(&mut self, start: usize, end: usize) -> bool {
        self.unfolded.clear();
        let whole = self.bytes.get(start..end).unwrap_or_default();
        let mut from = 0;
        for at in memchr2_iter(b'\r', b'\n', whole) {
            // The terminator itself may be a line break.
            if at + 1 < whole.len() {
                self.unfolded.extend_from_slice(whole.get(from..at).unwrap_or_default());
                from = at + 1;
            }
        }
        self.unfolded.extend_from_slice(whole.get(from..).unwrap_or_default());
        let mut tokens = Tokenizer::for_segment(&self.unfolded, self.characters, MAX_SEGMENT);
        let read = segment(&mut tokens, &self.unfolded, 0, self.characters, &mut self.values);
        matches!(read, Ok(Some((0, end, _))) if end == self.unfolded.len())
    }
}

/// The next segment's start, end and tag, and its values; `None` where no terminator comes any more.
fn segment(
    tokens: &mut Tokenizer<'_>,
    source: &[u8],
    base: usize,
    characters: ServiceStringAdvice,
    values: &mut Vec<Value>,
) -> Result<Option<(usize, usize, Tag)>, EdifactError> {
    values.clear();
    let mut start = base;
    let mut tag = Tag::default();
    let (mut element, mut component) = (0u16, 0u16);
    let value = |from: usize, to: usize, element: u16, component: u16| Value {
        start: (base + from) as u32,
        end: (base + to) as u32,
        element,
        component,
    };
    loop {
        // Looked at where it lies: a token is moved in more pieces than it is made of.
        let next = tokens.next();
        match &next {
            Some(Ok(Token::DataElement { span, .. })) => {
                (element, component) = (element + 1, 1);
                values.push(value(span.start, span.end, element, component));
            }
            Some(Ok(Token::ComponentElement { span, .. })) => {
                component += 1;
                values.push(value(span.start, span.end, element, component));
            }
            Some(Ok(Token::SegmentTag { value: text, span })) => {
                start = base + span.start;
                tag = text.as_bytes().first_chunk().map(Tag::of).unwrap_or_default();
            }
            Some(Ok(Token::SegmentTerminator { span })) => return Ok(Some((start, base + span.end, tag))),
            Some(Ok(Token::RepeatElement { span, .. })) => {
                component = REPEATED;
                values.push(value(span.start, span.end, element, component));
            }
            // Of another encoding than UTF-8: the tokenizer stands behind the value and goes on there.
            Some(Err(EdifactError::InvalidText { offset })) => {
                let before = offset.checked_sub(1).and_then(|at| source.get(at)).copied();
                if before == Some(characters.element_sep) {
                    (element, component) = (element + 1, 1);
                } else if before == Some(characters.component_sep) {
                    component += 1;
                } else {
                    component = REPEATED;
                }
                values.push(value(*offset, Tokenizer::position(tokens), element, component));
            }
            Some(Err(_)) => return next.transpose().map(|_| None),
            None => return Ok(None),
        }
    }
}

/// How many bytes there are to behind the first terminator that is not released.
fn to_terminator(bytes: &[u8], characters: ServiceStringAdvice) -> Option<usize> {
    let mut released_at = None;
    for at in memchr2_iter(characters.release_char, characters.segment_term, bytes) {
        if released_at == Some(at) {
            continue;
        }
        if bytes.get(at) == Some(&characters.segment_term) {
            return Some(at + 1);
        }
        released_at = Some(at + 1);
    }
    None
}
