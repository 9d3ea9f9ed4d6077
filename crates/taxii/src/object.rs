//! One object of an envelope: its header (STIX 2.1, 3.2), judged by what a store and a filter need of it and no further. What
//! a property means is not the wire's to judge.

use std::borrow::Cow;
use std::fmt;

use bitacora_primitives::Instant;
use bitacora_stix::StixId;
use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};

use crate::backend::{Object, Refused, SpecVersion};
use crate::strict::{Names, TextOr, Walk};
use crate::times;

/// The common properties that matter here. `Some(None)` is one that is there and is no text.
#[derive(Default)]
pub(crate) struct Header<'a> {
    /// Whether the value is an object at all.
    object: bool,
    id: Option<Option<Cow<'a, str>>>,
    kind: Option<Option<Cow<'a, str>>>,
    spec_version: Option<Option<Cow<'a, str>>>,
    created: Option<Option<Cow<'a, str>>>,
    modified: Option<Option<Cow<'a, str>>>,
}

/// Reads a whole value strictly and keeps its header.
pub(crate) struct ReadHeader<'a>(pub(crate) Walk<'a>);

impl<'de> DeserializeSeed<'de> for ReadHeader<'_> {
    type Value = Header<'de>;
    fn deserialize<D: Deserializer<'de>>(self, input: D) -> Result<Header<'de>, D::Error> {
        input.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for ReadHeader<'_> {
    type Value = Header<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a STIX object")
    }
    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Header<'de>, A::Error> {
        let below = self.0.below()?;
        let mut names = Names::default();
        let mut header = Header { object: true, ..Header::default() };
        while let Some(name) = names.next(&mut members, self.0.broken)? {
            let kept = match name.as_ref() {
                "id" => &mut header.id,
                "type" => &mut header.kind,
                "spec_version" => &mut header.spec_version,
                "created" => &mut header.created,
                "modified" => &mut header.modified,
                _ => {
                    members.next_value_seed(below)?;
                    continue;
                }
            };
            *kept = Some(members.next_value_seed(TextOr(below))?);
        }
        Ok(header)
    }
    fn visit_seq<A: SeqAccess<'de>>(self, items: A) -> Result<Header<'de>, A::Error> {
        self.0.visit_seq(items).map(|()| Header::default())
    }
    fn visit_unit<E>(self) -> Result<Header<'de>, E> {
        Ok(Header::default())
    }
    fn visit_bool<E>(self, _: bool) -> Result<Header<'de>, E> {
        Ok(Header::default())
    }
    fn visit_i64<E>(self, _: i64) -> Result<Header<'de>, E> {
        Ok(Header::default())
    }
    fn visit_u64<E>(self, _: u64) -> Result<Header<'de>, E> {
        Ok(Header::default())
    }
    fn visit_f64<E>(self, _: f64) -> Result<Header<'de>, E> {
        Ok(Header::default())
    }
    fn visit_str<E>(self, _: &str) -> Result<Header<'de>, E> {
        Ok(Header::default())
    }
}

impl Header<'_> {
    /// The object that this header stands in, or why it is not taken. `place` names one without an id.
    pub(crate) fn judge(&self, bytes: &str, place: &str, most_bytes: usize) -> Result<Object, Refused> {
        let text = |field: &Option<Option<Cow<'_, str>>>| {
            field.as_ref().and_then(|text| text.as_deref().map(str::to_owned))
        };
        let id = text(&self.id).filter(|id| id.parse::<StixId>().is_ok());
        let version = self.version();
        let refuse = |message: String| Refused {
            id: id.clone().unwrap_or_else(|| place.to_owned()),
            version: version.ok().flatten(),
            message,
        };
        if !self.object {
            return Err(refuse("not_an_object: no JSON object".to_owned()));
        }
        let id = match (&self.id, &id) {
            (None, _) => return Err(refuse("no_id: an object needs an id".to_owned())),
            (Some(_), None) => return Err(refuse("bad_id: the id has not the form `type--UUID`".to_owned())),
            (Some(_), Some(id)) => id.clone(),
        };
        let kind = text(&self.kind).ok_or_else(|| refuse("no_type: an object needs a type".to_owned()))?;
        if id.split_once("--").is_none_or(|(named, _)| named != kind) {
            return Err(refuse("id_type_mismatch: the id names another type than `type`".to_owned()));
        }
        if kind == "bundle" {
            return Err(refuse("bundle: an envelope holds objects, not bundles".to_owned()));
        }
        let spec_version = self.spec_version().map_err(|why| refuse(why.to_owned()))?;
        let version = version.map_err(|why| refuse(why.to_owned()))?;
        if bytes.len() > most_bytes {
            return Err(refuse(format!("object_too_large: {} bytes, at most {most_bytes}", bytes.len())));
        }
        Ok(Object { id, kind, spec_version, version, bytes: bytes.as_bytes().to_vec() })
    }

    /// Cyber observables alone may leave `spec_version` out (STIX 2.1, 3.2); they are those without `created`. Anything else
    /// without it is STIX 2.0 or a mistake, and the sender has to say which.
    fn spec_version(&self) -> Result<SpecVersion, &'static str> {
        match &self.spec_version {
            None if self.created.is_none() && self.modified.is_none() => Ok(SpecVersion::V21),
            None => Err("no_spec_version: only cyber observables may leave it out"),
            Some(text) => {
                text.as_deref().and_then(SpecVersion::parse).ok_or("bad_spec_version: neither 2.0 nor 2.1")
            }
        }
    }

    /// `modified`, else `created`, else none (TAXII 2.1, 5.3.1).
    fn version(&self) -> Result<Option<Instant>, &'static str> {
        let read = |field: &Option<Option<Cow<'_, str>>>, why| match field {
            None => Ok(None),
            Some(text) => text.as_deref().and_then(times::parse).map(Some).ok_or(why),
        };
        let created = read(&self.created, "bad_created: no RFC 3339 time in UTC, ending in `Z`")?;
        let modified = read(&self.modified, "bad_modified: no RFC 3339 time in UTC, ending in `Z`")?;
        match (created, modified) {
            (Some(created), Some(modified)) if modified < created => {
                Err("bad_modified: `modified` before `created`")
            }
            (None, Some(_)) => Err("bad_created: `modified` without `created`"),
            _ => Ok(modified.or(created)),
        }
    }
}
