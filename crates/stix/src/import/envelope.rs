//! The document around the objects: a bundle, a TAXII envelope, or one object by itself. Each object stays the bytes it
//! came as, so that one that is broken does not break the others, and the evidence is what was sent.

use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use crate::import::Limits;
use crate::import::refusal::{Code, Refused};

/// The objects of a document, unread.
pub(super) struct Envelope<'a> {
    /// As sent, in their order.
    pub(super) objects: Vec<&'a str>,
    /// Objects beyond the limit.
    pub(super) beyond: u64,
}

fn whole(code: Code, detail: impl fmt::Display) -> Refused {
    Refused { path: String::new(), id: None, code, detail: detail.to_string() }
}

pub(super) fn open<'a>(bytes: &'a [u8], limits: &Limits) -> Result<Envelope<'a>, Refused> {
    if bytes.len() > limits.document_bytes {
        return Err(whole(
            Code::DocumentTooLong,
            format!("{} bytes, at most {}", bytes.len(), limits.document_bytes),
        ));
    }
    let text = std::str::from_utf8(bytes)
        .map_err(|error| whole(Code::NotUtf8, format!("byte {}", error.valid_up_to())))?;
    let mut input = serde_json::Deserializer::from_str(text);
    let outer = input.deserialize_any(Outer { limit: limits.objects }).and_then(|outer| {
        input.end()?;
        Ok(outer)
    });
    let outer = outer.map_err(|error| {
        let code = if error.is_data() { Code::NotABundle } else { Code::NotJson };
        whole(code, error)
    })?;
    if let Some(twice) = outer.twice {
        return Err(whole(Code::DuplicateName, twice));
    }
    // STIX 2.0 had the version on the bundle; 2.1 has it on each object (2.1, 8, common properties).
    if let Some(version) = outer.spec_version.filter(|version| version != "2.1") {
        return Err(whole(Code::SpecVersion, format!("a bundle of STIX {version}")));
    }
    match (outer.kind.as_deref(), outer.objects) {
        (Some("bundle") | None, Some(objects)) => Ok(Envelope { objects, beyond: outer.beyond }),
        // STIX 2.1, 8 and TAXII 2.1, envelope resource: `objects` may be absent, and then there are none.
        (Some("bundle"), None) => Ok(Envelope { objects: Vec::new(), beyond: 0 }),
        (Some(_), None) => Ok(Envelope { objects: vec![text.trim()], beyond: 0 }),
        (None, None) if outer.empty => Ok(Envelope { objects: Vec::new(), beyond: 0 }),
        _ => Err(whole(Code::NotABundle, "neither a bundle, nor a TAXII envelope, nor one object")),
    }
}

#[derive(Default)]
struct Read<'a> {
    kind: Option<String>,
    spec_version: Option<String>,
    objects: Option<Vec<&'a str>>,
    beyond: u64,
    twice: Option<String>,
    empty: bool,
}

/// The members of the outermost object.
struct Outer {
    limit: usize,
}

impl<'de> Visitor<'de> for Outer {
    type Value = Read<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a bundle")
    }
    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Read<'de>, A::Error> {
        let mut read = Read { empty: true, ..Read::default() };
        let mut seen = std::collections::BTreeSet::new();
        let mut versioned_object = false;
        while let Some(name) = members.next_key::<String>()? {
            // TAXII 2.1: an envelope's three members are all optional.
            read.empty &= matches!(name.as_str(), "more" | "next");
            if !seen.insert(name.clone()) {
                read.twice = Some(name.chars().take(80).collect());
            }
            match name.as_str() {
                "type" => read.kind = members.next_value()?,
                "spec_version" => read.spec_version = members.next_value()?,
                "objects" => {
                    let List { objects, beyond } =
                        members.next_value_seed(ObjectList { limit: self.limit })?;
                    read.beyond = beyond;
                    read.objects = objects;
                }
                "created" => {
                    versioned_object = true;
                    members.next_value::<IgnoredAny>()?;
                }
                _ => {
                    members.next_value::<IgnoredAny>()?;
                }
            }
            // A document of a million names would fill this set; none of ours has more than a few.
            if seen.len() > 256 {
                return Err(A::Error::custom("more members than any bundle or object has"));
            }
        }
        // A single object's version is judged with the object.
        if read.kind.as_deref() != Some("bundle") && (versioned_object || read.objects.is_none()) {
            read.spec_version = None;
        }
        let listed = read.objects.is_some() || !seen.contains("objects");
        if read.kind.as_deref().is_none_or(|kind| kind == "bundle") && !listed {
            return Err(A::Error::custom("`objects` is no list"));
        }
        // A deprecated container of observed-data is an `objects` that is no list.
        if read.kind.as_deref().is_some_and(|kind| kind != "bundle") {
            read.objects = None;
        }
        Ok(read)
    }
}

struct List<'a> {
    objects: Option<Vec<&'a str>>,
    beyond: u64,
}

struct ObjectList {
    limit: usize,
}

impl<'de> serde::de::DeserializeSeed<'de> for ObjectList {
    type Value = List<'de>;
    fn deserialize<D: Deserializer<'de>>(self, input: D) -> Result<List<'de>, D::Error> {
        input.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for ObjectList {
    type Value = List<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of objects")
    }
    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<List<'de>, A::Error> {
        while members.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(List { objects: None, beyond: 0 })
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<List<'de>, A::Error> {
        let mut objects = Vec::new();
        let mut beyond = 0;
        while objects.len() < self.limit {
            match items.next_element_seed(Raw)? {
                Some(object) => objects.push(object),
                None => return Ok(List { objects: Some(objects), beyond }),
            }
        }
        while items.next_element::<IgnoredAny>()?.is_some() {
            beyond += 1;
        }
        Ok(List { objects: Some(objects), beyond })
    }
}

/// A value's own bytes.
struct Raw;

impl<'de> serde::de::DeserializeSeed<'de> for Raw {
    type Value = &'de str;
    fn deserialize<D: Deserializer<'de>>(self, input: D) -> Result<&'de str, D::Error> {
        <&'de RawValue>::deserialize(input).map(RawValue::get)
    }
}
