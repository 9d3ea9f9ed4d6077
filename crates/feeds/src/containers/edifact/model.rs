//! An interchange as it was read: its segments over the bytes of the file, its messages, the events they say. Writing it
//! back gives the bytes again. Never changes a value.

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

use bitacora_port::screening::ContainerEvent;
use bitacora_primitives::Instant;
use edifact_rs::{EdifactError, Token, Tokenizer};
use memchr::memchr2;

use super::codes::Typed;
use super::scan::{MAX_SEGMENT, Tag};
use super::service_characters::{Advice, released};
use crate::containers::Batch;

/// At most so many printable ASCII characters, kept in place.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Inline<const N: usize> {
    bytes: [u8; N],
    len: u8,
}

/// A reference or code of service segments (data elements 0020, 0062 and shorter ones).
pub type Code = Inline<14>;

/// A reference, party or vessel in a message: data elements 1154 and 8213 have up to 35 characters; directories since
/// D.05B allow more, but no booking or bill of lading number has them.
pub(super) type Short = Inline<35>;

impl<const N: usize> Default for Inline<N> {
    fn default() -> Self {
        Self { bytes: [0; N], len: 0 }
    }
}

impl<const N: usize> Inline<N> {
    pub(super) fn of(raw: &[u8], release: u8) -> Option<Self> {
        let plain = released(raw, release);
        let mut code = Self { bytes: [0; N], len: u8::try_from(plain.len()).ok()? };
        let room = code.bytes.get_mut(..plain.len())?;
        room.copy_from_slice(&plain);
        plain.iter().all(|byte| matches!(byte, 0x20..=0x7E)).then_some(code)
    }
    pub fn as_str(&self) -> &str {
        self.bytes.get(..usize::from(self.len)).and_then(|text| std::str::from_utf8(text).ok()).unwrap_or("")
    }
}
impl<const N: usize> fmt::Display for Inline<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
impl<const N: usize> fmt::Debug for Inline<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Inline({self})")
    }
}

/// What UNB says, as far as it reads.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Header {
    /// Data elements 0001 and 0002.
    pub syntax: String,
    pub version: String,
    pub sender: String,
    pub recipient: String,
    /// S004 as it stands, and as an instant where it is one.
    pub prepared_text: String,
    pub prepared: Option<Instant>,
    /// Data element 0020.
    pub reference: String,
}

/// What a message is to this program.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Content {
    /// Read as events: those of the batch in this range.
    Typed { typed: Typed, events: Range<usize> },
    /// Withdraws what an earlier message said (data element 1225: cancellation, deletion): the range is of
    /// [`Interchange::withdrawn`].
    Withdrawing { typed: Typed, events: Range<usize> },
    /// Kept as segments.
    Generic,
    /// Does not hold: its trailer is missing or contradicts it, its reference was used before, or a segment of it does
    /// not read. Kept as segments; no event is taken from it.
    Quarantined,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Message {
    /// Its place in the file, from 1.
    pub number: u32,
    /// Data element 0062.
    pub reference: Code,
    /// Data element 0065: `CODECO`.
    pub name: Code,
    /// Data elements 0052 and 0054: `D`, `95B`.
    pub version: Code,
    pub release: Code,
    pub content: Content,
    /// Its segments from UNH to UNT.
    pub(super) parts: Range<usize>,
}

/// A stretch of the file between two stretches of blanks.
#[derive(Clone, Copy, Debug)]
pub(super) struct Part {
    pub start: u32,
    pub end: u32,
    /// None where it is no segment: kept byte for byte.
    pub tag: Tag,
}

impl Part {
    pub(super) fn is_unread(&self) -> bool {
        self.tag == Tag::default()
    }
}

/// A segment of any message, for those that are not read as events.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RawSegment<'a> {
    pub tag: String,
    pub offset: usize,
    /// Data elements, each its components (of all repetitions, one after the other) without release characters.
    pub elements: Vec<Vec<Cow<'a, [u8]>>>,
}

/// One file: what stands between UNB and UNZ, and what is wrong with it.
#[derive(Clone, Debug)]
pub struct Interchange<'a> {
    pub(super) bytes: &'a [u8],
    /// `None` where the service characters contradict each other, and nothing was read.
    pub(super) advice: Option<Advice>,
    pub(super) parts: Vec<Part>,
    pub header: Option<Header>,
    pub messages: Vec<Message>,
    /// The events of all typed messages, and the defects of the file.
    pub batch: Batch<ContainerEvent>,
    /// What withdrawing messages say did not happen.
    pub withdrawn: Vec<ContainerEvent>,
}

impl<'a> Interchange<'a> {
    /// How many segments there are, and stretches that do not read as one.
    pub fn counts(&self) -> (usize, usize) {
        let unread = self.parts.iter().filter(|part| part.is_unread()).count();
        (self.parts.len() - unread, unread)
    }

    /// The segments of one message, UNH and UNT with them. Stretches that do not read are left out.
    pub fn segments(&self, message: &Message) -> impl Iterator<Item = RawSegment<'a>> + use<'_, 'a> {
        let parts = self.parts.get(message.parts.clone()).unwrap_or_default();
        parts.iter().filter(|part| !part.is_unread()).filter_map(|part| self.raw(part))
    }

    fn raw(&self, part: &Part) -> Option<RawSegment<'a>> {
        let characters = self.advice?.characters;
        let whole = self.bytes.get(part.start as usize..part.end as usize)?;
        // Line breaks inside carry nothing, and may divide the tag.
        let unfolded: Option<Vec<u8>> = memchr2(b'\r', b'\n', whole)
            .map(|_| whole.iter().copied().filter(|byte| !matches!(byte, b'\r' | b'\n')).collect());
        let source = unfolded.as_deref().unwrap_or(whole);
        let mut elements: Vec<Vec<Cow<'a, [u8]>>> = Vec::new();
        let mut tokens = Tokenizer::for_segment(source, characters, MAX_SEGMENT);
        while let Some(token) = tokens.next() {
            let (separator, span) = match token {
                Ok(Token::DataElement { span, .. }) => (characters.element_sep, span.start..span.end),
                Ok(Token::ComponentElement { span, .. } | Token::RepeatElement { span, .. }) => {
                    (characters.component_sep, span.start..span.end)
                }
                Err(EdifactError::InvalidText { offset }) => {
                    let before = offset.checked_sub(1).and_then(|at| source.get(at)).copied()?;
                    (before, offset..Tokenizer::position(&tokens))
                }
                _ => continue,
            };
            let value = if unfolded.is_some() {
                Cow::Owned(released(source.get(span)?, characters.release_char).into_owned())
            } else {
                released(whole.get(span)?, characters.release_char)
            };
            match elements.last_mut() {
                Some(last) if separator != characters.element_sep => last.push(value),
                _ => elements.push(vec![value]),
            }
        }
        Some(RawSegment { tag: part.tag.text(), offset: part.start as usize, elements })
    }

    /// The file again. Segments are put together from their tags, separators and values, the rest from the stretches
    /// between them.
    // INVARIANT: what is read is written back byte for byte
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(self.bytes.len());
        let Some(advice) = self.advice else { return self.bytes.to_vec() };
        out.extend_from_slice(self.bytes.get(..advice.prologue).unwrap_or_default());
        if let Some(una) = advice.una {
            out.extend_from_slice(b"UNA");
            out.extend_from_slice(&una);
        }
        let mut end = advice.body;
        for part in &self.parts {
            let (start, stop) = (part.start as usize, part.end as usize);
            out.extend_from_slice(self.bytes.get(end..start).unwrap_or_default());
            let source = self.bytes.get(start..stop).unwrap_or_default();
            if part.is_unread() {
                out.extend_from_slice(source);
            } else {
                rebuild(source, advice, &mut out);
            }
            end = stop;
        }
        out.extend_from_slice(self.bytes.get(end..).unwrap_or_default());
        out
    }
}

/// One segment from its tokens; a tag that a line break divides has none, and is copied.
fn rebuild(source: &[u8], advice: Advice, out: &mut Vec<u8>) {
    let characters = advice.characters;
    let before = out.len();
    let mut tokens = Tokenizer::for_segment(source, characters, MAX_SEGMENT);
    while let Some(token) = tokens.next() {
        match token {
            Ok(Token::SegmentTag { value, .. }) => out.extend_from_slice(value.as_bytes()),
            Ok(Token::DataElement { value, .. }) => {
                out.push(characters.element_sep);
                out.extend_from_slice(value.as_bytes());
            }
            Ok(Token::ComponentElement { value, .. }) => {
                out.push(characters.component_sep);
                out.extend_from_slice(value.as_bytes());
            }
            Ok(Token::RepeatElement { value, .. }) => {
                out.push(characters.repetition_sep);
                out.extend_from_slice(value.as_bytes());
            }
            Ok(Token::SegmentTerminator { .. }) => out.push(characters.segment_term),
            // Of another encoding: the separator and the value as they stand.
            Err(EdifactError::InvalidText { offset }) => {
                let span = offset.saturating_sub(1)..Tokenizer::position(&tokens);
                out.extend_from_slice(source.get(span).unwrap_or_default());
            }
            Err(_) => {
                out.truncate(before);
                out.extend_from_slice(source);
                return;
            }
        }
    }
}
