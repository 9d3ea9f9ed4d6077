//! A walk over the tree of a document: where it is (as a JSON pointer, RFC 6901), which prefixes count there, and
//! readers of the simple members. Every fault is noted with its place, and the walk goes on.

use std::collections::BTreeSet;
use std::fmt::Write;

use bitacora_primitives::EvidenceRef;

use super::context::{BadContext, Context, is_iri};
use super::event::{Content, Element, EpcisEvent, Name};
use super::identifier::is_broken;
use super::json::{Object, Value};
use super::literal::{Decimal, Stamp};
use super::members::is_standard;
use super::vocabulary::Vocabulary;
use crate::containers::{Batch, Defect};
use crate::refusal::Reason;

/// Most bytes of one name in a pointer: a name may be as long as the document.
const SHOWN_NAME: usize = 80;

#[derive(Debug)]
pub(super) struct Walk<'a> {
    pub(super) batch: &'a mut Batch<EpcisEvent>,
    pub(super) place: EvidenceRef,
    pub(super) context: Context,
    pointer: String,
}

impl<'a> Walk<'a> {
    pub(super) const fn new(batch: &'a mut Batch<EpcisEvent>, place: EvidenceRef, context: Context) -> Self {
        Self { batch, place, context, pointer: String::new() }
    }

    pub(super) fn refuse(&mut self, reason: Reason, found: &str) {
        self.batch.refuse(Defect::new(self.place, self.pointer.clone(), reason, found.as_bytes()));
    }

    pub(super) fn refuse_at(&mut self, member: &str, reason: Reason, found: &str) {
        self.within(member, |walk| walk.refuse(reason, found));
    }

    /// One step down.
    pub(super) fn within<R>(&mut self, step: &str, look: impl FnOnce(&mut Self) -> R) -> R {
        let above = self.pointer.len();
        self.pointer.push('/');
        let end =
            step.char_indices().map(|(at, c)| at + c.len_utf8()).take_while(|end| *end <= SHOWN_NAME).last();
        for character in step.get(..end.unwrap_or(0)).unwrap_or_default().chars() {
            match character {
                '~' => self.pointer.push_str("~0"),
                '/' => self.pointer.push_str("~1"),
                // A defect is one line.
                other if other.is_control() => self.pointer.push(char::REPLACEMENT_CHARACTER),
                other => self.pointer.push(other),
            }
        }
        let result = look(self);
        self.pointer.truncate(above);
        result
    }

    fn item<R>(&mut self, index: usize, look: impl FnOnce(&mut Self) -> R) -> R {
        let above = self.pointer.len();
        let _infallible = write!(self.pointer, "/{index}");
        let result = look(self);
        self.pointer.truncate(above);
        result
    }

    /// Takes up the object's own `@context`, where it has one.
    pub(super) fn take_context(&mut self, object: &Object) {
        let Some(declared) = object.get("@context") else { return };
        let (context, bad) = self.context.with(declared, is_standard);
        self.context = context;
        for fault in bad {
            self.within("@context", |walk| match fault {
                BadContext::Redefined(term) => walk.refuse(Reason::Contradiction, &term),
                BadContext::NoIri(term) => walk.refuse(Reason::Form, &term),
                BadContext::Shape => walk.refuse(Reason::Structure, declared.shown()),
            });
        }
    }

    pub(super) fn object<'v>(&mut self, value: &'v Value) -> Option<&'v Object> {
        if value.object().is_none() {
            self.refuse(
                if *value == Value::NoText { Reason::Encoding } else { Reason::Structure },
                value.shown(),
            );
        }
        value.object()
    }

    /// A member that must be there.
    pub(super) fn needed<'v>(&mut self, object: &'v Object, name: &str) -> Option<&'v Value> {
        if object.get(name).is_none() {
            self.refuse_at(name, Reason::Missing, "");
        }
        object.get(name)
    }

    /// Reads a member that may be there.
    pub(super) fn member<T>(
        &mut self,
        object: &Object,
        name: &str,
        read: impl FnOnce(&mut Self, &Value) -> Option<T>,
    ) -> Option<T> {
        let value = object.get(name)?;
        self.within(name, |walk| read(walk, value))
    }

    pub(super) fn list<T>(
        &mut self,
        value: &Value,
        mut read: impl FnMut(&mut Self, &Value) -> Option<T>,
    ) -> Vec<T> {
        let Value::List(items) = value else {
            self.refuse(Reason::Structure, value.shown());
            return Vec::new();
        };
        items
            .iter()
            .enumerate()
            .filter_map(|(index, item)| self.item(index, |walk| read(walk, item)))
            .collect()
    }

    pub(super) fn members<T>(
        &mut self,
        object: &Object,
        name: &str,
        read: impl FnMut(&mut Self, &Value) -> Option<T>,
    ) -> Vec<T> {
        self.member(object, name, |walk, value| Some(walk.list(value, read))).unwrap_or_default()
    }

    pub(super) fn text(&mut self, value: &Value) -> Option<String> {
        match value {
            Value::Text(text) => Some(text.clone()),
            Value::NoText => {
                self.refuse(Reason::Encoding, value.shown());
                None
            }
            other => {
                self.refuse(Reason::Structure, other.shown());
                None
            }
        }
    }

    fn parsed<T>(&mut self, value: &Value, read: impl FnOnce(&str) -> Result<T, Reason>) -> Option<T> {
        let text = self.text(value)?;
        read(&text).map_err(|reason| self.refuse(reason, &text)).ok()
    }

    /// An absolute URI, and if it is an EPC URI, one with the parts of its scheme.
    pub(super) fn uri(&mut self, value: &Value) -> Option<String> {
        let good = |text: &str| if is_iri(text) && !is_broken(text) { Ok(()) } else { Err(Reason::Form) };
        let text = value.text().unwrap_or_default();
        self.parsed(value, good)?;
        Some(self.context.expand(text))
    }

    /// URIs, each once.
    pub(super) fn uris(&mut self, object: &Object, name: &str) -> Vec<String> {
        let mut seen = BTreeSet::new();
        self.members(object, name, |walk, value| {
            let uri = walk.uri(value)?;
            if !seen.insert(uri.clone()) {
                walk.refuse(Reason::TooMany, &uri);
                return None;
            }
            Some(uri)
        })
    }

    pub(super) fn time(&mut self, value: &Value) -> Option<Stamp> {
        self.parsed(value, Stamp::parse)
    }

    pub(super) fn decimal(&mut self, value: &Value) -> Option<Decimal> {
        let Value::Number(text) = value else {
            self.refuse(Reason::NumberUnreadable, value.shown());
            return None;
        };
        Decimal::parse(text).map_err(|reason| self.refuse(reason, text)).ok()
    }

    /// A standard word, written out; or a URI of one's own.
    pub(super) fn word(&mut self, value: &Value, vocabulary: &Vocabulary) -> Option<String> {
        let text = value.text().unwrap_or_default();
        self.parsed(value, |text| match vocabulary.written_out(text) {
            None if !is_iri(text) || vocabulary.owns(text) => Err(Reason::CodeUnknown),
            _ => Ok(()),
        })?;
        Some(vocabulary.written_out(text).unwrap_or_else(|| self.context.expand(text)))
    }

    /// Notes names that the object has twice, or that are no text.
    pub(super) fn faults(&mut self, object: &Object) {
        for (name, reason) in &object.faults {
            self.refuse_at(name, *reason, "");
        }
    }

    /// Refuses every member that is not listed.
    pub(super) fn only(&mut self, object: &Object, known: &[&str]) {
        self.faults(object);
        for (name, value) in &object.members {
            if !known.contains(&name.as_str()) {
                self.refuse_at(name, Reason::Unexpected, value.shown());
            }
        }
    }

    /// The members that are not listed: extensions, each under a declared prefix (EPCIS 2.0, 7.1 and 10.1).
    pub(super) fn extensions(&mut self, object: &Object, known: impl Fn(&str) -> bool) -> Vec<Element> {
        self.faults(object);
        let mut out = Vec::new();
        for (name, value) in &object.members {
            if known(name) {
                continue;
            }
            match self.context.name(name) {
                Some((namespace, local)) => {
                    let name_out = Name { namespace: Some(namespace), local };
                    self.within(name, |walk| walk.element(name_out, value, &mut out));
                }
                None => self.refuse_at(name, Reason::Unexpected, value.shown()),
            }
        }
        out
    }

    /// The tree's depth bounds the recursion.
    fn element(&mut self, name: Name, value: &Value, out: &mut Vec<Element>) {
        let content = match value {
            // JSON-LD 1.1, 4.7: null says nothing.
            Value::Null => return,
            Value::Bool(truth) => Content::Text(truth.to_string()),
            Value::Text(text) => Content::Text(self.context.expand(text.trim())),
            Value::Number(_) => match self.decimal(value) {
                Some(number) => Content::Text(number.as_str().to_owned()),
                None => return,
            },
            Value::NoText => return self.refuse(Reason::Encoding, value.shown()),
            Value::List(items) => {
                for (index, item) in items.iter().enumerate() {
                    self.item(index, |walk| walk.element(name.clone(), item, out));
                }
                return;
            }
            Value::Object(object) => Content::Parts(self.parts(object)),
        };
        out.push(Element { name, content });
    }

    fn parts(&mut self, object: &Object) -> Vec<Element> {
        const KEYWORDS: [&str; 4] = ["@id", "@type", "@value", "@language"];
        self.faults(object);
        let mut out = Vec::new();
        for (name, value) in &object.members {
            let of_part = match self.context.name(name) {
                Some((namespace, local)) => Some(Name { namespace: Some(namespace), local }),
                None if KEYWORDS.contains(&name.as_str()) || !name.contains([':', '@']) => {
                    Some(Name { namespace: None, local: name.clone() })
                }
                None => None,
            };
            self.within(name, |walk| match of_part {
                Some(of_part) => walk.element(of_part, value, &mut out),
                None => walk.refuse(Reason::Unexpected, value.shown()),
            });
        }
        out
    }
}
