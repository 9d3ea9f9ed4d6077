//! A document cut into its events, each still as raw text, so that one that does not read leaves the others whole.
//! Knows the forms a document may have; never what an event says.

use std::fmt;

use bitacora_primitives::{EvidenceRef, SourceId};
use serde::de::{IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use super::json::{Node, below, twice};
use super::{MAX_DOCUMENT, MAX_EVENTS, Standard, check, feedback};
use crate::containers::Defect;
use crate::refusal::Reason;

/// Members of the outermost object that are looked at.
const MAX_MEMBERS: usize = 1000;

/// One event as text, with its pointer and where it begins.
#[derive(Clone, Debug)]
pub(super) struct Element<'a> {
    pub(super) raw: &'a str,
    pub(super) pointer: String,
    pub(super) evidence: EvidenceRef,
}

/// The outermost value.
enum Outer<'a> {
    List(List<'a>),
    Object { members: Vec<(String, &'a RawValue)>, too_many: bool },
    Other,
}

struct List<'a> {
    items: Vec<&'a RawValue>,
    too_many: bool,
}

struct Cut<'a> {
    text: &'a str,
    /// Bytes in front of the text.
    before: usize,
    source: SourceId,
    elements: Vec<Element<'a>>,
    defects: Vec<Defect>,
}

/// The events of a document, and the defects of the document itself.
pub(super) fn cut(bytes: &[u8], standard: Standard, source: SourceId) -> (Vec<Element<'_>>, Vec<Defect>) {
    let mut cut = Cut { text: "", before: 0, source, elements: Vec::new(), defects: Vec::new() };
    if bytes.len() > MAX_DOCUMENT {
        cut.refuse("document", Reason::TooLong, "");
        return (cut.elements, cut.defects);
    }
    // RFC 8259, 8.1: a reader may pass over a byte order mark.
    let marked = bytes.strip_prefix("\u{feff}".as_bytes());
    cut.before = bytes.len() - marked.unwrap_or(bytes).len();
    match std::str::from_utf8(marked.unwrap_or(bytes)) {
        Ok(text) => cut.text = text,
        Err(error) => {
            let part = format!("byte {}", cut.before + error.valid_up_to());
            cut.refuse(&part, Reason::Encoding, "");
        }
    }
    if cut.defects.is_empty() {
        match serde_json::from_str(cut.text) {
            Ok(outer) => cut.outer(outer, standard),
            Err(error) => cut.unread(&error),
        }
    }
    (cut.elements, cut.defects)
}

impl<'a> Cut<'a> {
    fn place(&self, line: usize, raw: &str) -> EvidenceRef {
        let offset = (raw.as_ptr() as usize).checked_sub(self.text.as_ptr() as usize);
        let offset = offset.filter(|offset| *offset <= self.text.len());
        EvidenceRef {
            source: self.source,
            line: line as u64,
            offset: offset.map(|offset| (offset + self.before) as u64),
        }
    }

    fn refuse(&mut self, part: &str, reason: Reason, found: &str) {
        let place = EvidenceRef { source: self.source, line: 1, offset: None };
        self.defects.push(Defect::new(place, part, reason, found.as_bytes()));
    }

    /// No JSON text at all: what serde_json says is in English and for whoever repairs the file.
    fn unread(&mut self, error: &serde_json::Error) {
        let part = format!("line {}, column {}", error.line(), error.column());
        let place = EvidenceRef { source: self.source, line: error.line() as u64, offset: None };
        self.defects.push(Defect::new(place, part, Reason::Form, error.to_string().as_bytes()));
    }

    fn outer(&mut self, outer: Outer<'a>, standard: Standard) {
        match outer {
            Outer::List(list) => self.list(list, ""),
            Outer::Object { members, too_many } => {
                let envelope = |name: &str| standard.list() == Some(name) || name == "feedbackElements";
                if standard.list().is_some() && members.iter().any(|(name, _)| envelope(name)) {
                    self.envelope(&members, too_many, standard);
                } else if members.iter().any(|(name, _)| standard.is_member(name)) {
                    let evidence = self.place(1, self.text.trim_ascii_start());
                    self.elements.push(Element { raw: self.text, pointer: String::new(), evidence });
                } else {
                    let names: Vec<&str> = members.iter().take(4).map(|(name, _)| name.as_str()).collect();
                    self.refuse("document", Reason::Structure, &format!("object of {}", names.join(", ")));
                }
            }
            Outer::Other => self.refuse("document", Reason::Structure, self.text.trim_ascii()),
        }
    }

    fn list(&mut self, list: List<'a>, pointer: &str) {
        if list.too_many {
            self.refuse(&format!("{pointer}/{MAX_EVENTS}"), Reason::TooMany, "");
        }
        for (place, item) in list.items.into_iter().enumerate() {
            let evidence = self.place(place + 1, item.get());
            let pointer = format!("{pointer}/{place}");
            self.elements.push(Element { raw: item.get(), pointer, evidence });
        }
    }

    /// `GetEventsResponse`, `PostEventsRequest` and the bodies that hold feedback only.
    fn envelope(&mut self, members: &[(String, &'a RawValue)], too_many: bool, standard: Standard) {
        if too_many {
            self.refuse("document", Reason::TooMany, "");
        }
        let mut names: Vec<&str> = members.iter().map(|(name, _)| name.as_str()).collect();
        let again = twice(&mut names);
        for name in &again {
            self.refuse(&below("", name), Reason::TooMany, "");
        }
        for (name, value) in members.iter().filter(|(name, _)| !again.contains(&name.as_str())) {
            if standard.list() == Some(name) {
                match serde_json::from_str(value.get()) {
                    Ok(Outer::List(list)) => self.list(list, &below("", name)),
                    _ => self.refuse(&below("", name), Reason::Structure, value.get()),
                }
            } else if name == "feedbackElements" {
                self.feedback(value.get());
            }
        }
    }

    fn feedback(&mut self, raw: &str) {
        let pointer = "/feedbackElements";
        if raw.len() > super::MAX_EVENT {
            self.refuse(pointer, Reason::TooLong, "");
            return;
        }
        match serde_json::from_str::<Node>(raw) {
            Ok(node) => {
                for fault in check::faults(&node, &feedback::LIST, pointer) {
                    self.refuse(&fault.pointer, fault.reason, &fault.found);
                }
            }
            Err(error) => self.refuse(pointer, Reason::Form, &error.to_string()),
        }
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Outer<'a> {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        struct Shape;
        impl<'de> Visitor<'de> for Shape {
            type Value = Outer<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a JSON value")
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut input: A) -> Result<Outer<'de>, A::Error> {
                let mut items = Vec::new();
                while items.len() < MAX_EVENTS {
                    match input.next_element()? {
                        Some(item) => items.push(item),
                        None => return Ok(Outer::List(List { items, too_many: false })),
                    }
                }
                let mut too_many = false;
                while input.next_element::<IgnoredAny>()?.is_some() {
                    too_many = true;
                }
                Ok(Outer::List(List { items, too_many }))
            }
            fn visit_map<A: MapAccess<'de>>(self, mut input: A) -> Result<Outer<'de>, A::Error> {
                let mut members = Vec::new();
                while members.len() < MAX_MEMBERS {
                    match input.next_entry()? {
                        Some(member) => members.push(member),
                        None => return Ok(Outer::Object { members, too_many: false }),
                    }
                }
                let mut too_many = false;
                while input.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {
                    too_many = true;
                }
                Ok(Outer::Object { members, too_many })
            }
            fn visit_unit<E>(self) -> Result<Outer<'de>, E> {
                Ok(Outer::Other)
            }
            fn visit_bool<E>(self, _: bool) -> Result<Outer<'de>, E> {
                Ok(Outer::Other)
            }
            fn visit_i64<E>(self, _: i64) -> Result<Outer<'de>, E> {
                Ok(Outer::Other)
            }
            fn visit_u64<E>(self, _: u64) -> Result<Outer<'de>, E> {
                Ok(Outer::Other)
            }
            fn visit_f64<E>(self, _: f64) -> Result<Outer<'de>, E> {
                Ok(Outer::Other)
            }
            fn visit_str<E>(self, _: &str) -> Result<Outer<'de>, E> {
                Ok(Outer::Other)
            }
        }
        input.deserialize_any(Shape)
    }
}
