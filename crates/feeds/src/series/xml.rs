//! The XML of workbook parts as a plain stream of tags and texts by their local names. No document type declaration, no
//! entity but XML's own five.

use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

use super::error::NotAWorkbook;

pub(super) struct Xml<'a> {
    reader: Reader<&'a [u8]>,
    part: &'a str,
}

pub(super) enum Token<'a> {
    Open(Tag<'a>),
    Close(String),
    Text(String),
    End,
}

pub(super) struct Tag<'a> {
    start: BytesStart<'a>,
}

/// Attributes of one element that are looked at.
const MOST_ATTRIBUTES: usize = 64;

impl Tag<'_> {
    pub(super) fn name(&self) -> String {
        self.start.local_name().as_ref().to_owned()
    }
    /// By its local name: `id` is `r:id`.
    pub(super) fn attribute(&self, name: &str) -> Option<String> {
        let mut all = self.start.attributes();
        let mut all = all.with_checks(false).take(MOST_ATTRIBUTES).flatten();
        let found = all.find(|attribute| attribute.key.local_name().as_ref() == name);
        found?.normalized_value(XmlVersion::Implicit1_0).ok().map(|value| value.into_owned())
    }
}

impl<'a> Xml<'a> {
    pub(super) fn new(text: &'a str, part: &'a str) -> Self {
        let mut reader = Reader::from_str(text);
        reader.config_mut().expand_empty_elements = true;
        Self { reader, part }
    }

    pub(super) fn next(&mut self) -> Result<Token<'a>, NotAWorkbook> {
        loop {
            let broken = |_| NotAWorkbook::damaged(self.part, "not well-formed XML");
            return Ok(match self.reader.read_event().map_err(broken)? {
                Event::Start(start) | Event::Empty(start) => Token::Open(Tag { start }),
                Event::End(end) => Token::Close(end.local_name().as_ref().to_owned()),
                Event::Text(text) => Token::Text(text.as_ref().to_owned()),
                Event::CData(text) => Token::Text(text.as_ref().to_owned()),
                Event::GeneralRef(reference) => {
                    let character = match &*reference {
                        "amp" => Some('&'),
                        "lt" => Some('<'),
                        "gt" => Some('>'),
                        "quot" => Some('"'),
                        "apos" => Some('\''),
                        _ => reference.resolve_char_ref().ok().flatten(),
                    };
                    let character = character.ok_or(NotAWorkbook::damaged(self.part, "an unknown entity"))?;
                    Token::Text(character.to_string())
                }
                Event::DocType(_) => {
                    return Err(NotAWorkbook::damaged(self.part, "a document type declaration"));
                }
                Event::Comment(_) | Event::PI(_) | Event::Decl(_) => continue,
                Event::Eof => Token::End,
            });
        }
    }
}

/// `_x000D_` is a character that XML cannot hold (ECMA-376 part 1, 22.9.2.19).
pub(super) fn unescaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("_x") {
        let code = rest.get(at + 2..at + 6).filter(|_| rest.get(at + 6..at + 7) == Some("_"));
        let code = code.filter(|code| code.bytes().all(|b| b.is_ascii_hexdigit()));
        let character = code.and_then(|code| u32::from_str_radix(code, 16).ok()).and_then(char::from_u32);
        let (before, after) = rest.split_at_checked(at).unwrap_or((rest, ""));
        out.push_str(before);
        match character {
            Some(character) => {
                out.push(character);
                rest = after.get(7..).unwrap_or("");
            }
            None => {
                out.push_str("_x");
                rest = after.get(2..).unwrap_or("");
            }
        }
    }
    out.push_str(rest);
    out
}
