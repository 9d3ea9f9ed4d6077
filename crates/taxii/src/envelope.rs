//! The envelope that a client posts (TAXII 2.1, 3.7): read strictly and as a whole before anything of it is taken. One that is
//! malformed anywhere stores nothing; of one that is well-formed, the good objects are taken and the bad ones become failures.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use crate::backend::Submission;
use crate::fault::Fault;
use crate::object::ReadHeader;
use crate::server::Limits;
use crate::strict::{Broken, Names, Walk};

/// Reads a request's body.
pub(crate) fn read(body: &[u8], limits: &Limits) -> Result<Submission, Fault> {
    let text = std::str::from_utf8(body).map_err(|error| {
        Fault::bad("not_utf8", "the body is not UTF-8").with("place", format!("byte {}", error.valid_up_to()))
    })?;
    let broken = Broken::new(None);
    let mut input = serde_json::Deserializer::from_str(text);
    let envelope = Envelope { walk: Walk { depth: limits.depth, broken: &broken }, most: limits.objects };
    let objects = input.deserialize_any(envelope).and_then(|objects| {
        input.end()?;
        Ok(objects)
    });
    let objects = objects.map_err(|error| fault(&error, broken.get(), limits, place(text, text, &error)))?;
    if objects.is_empty() {
        return Err(Fault::unprocessable(
            "no_objects",
            "an envelope needs a list `objects` with something in it",
        ));
    }
    let mut submission = Submission::default();
    for (at, raw) in objects.into_iter().enumerate() {
        let walk = Walk { depth: limits.depth, broken: &broken };
        let header = ReadHeader(walk).deserialize(&mut serde_json::Deserializer::from_str(raw));
        let header = header.map_err(|error| {
            let place = format!("objects/{at}, {}", place(text, raw, &error));
            fault(&error, broken.get(), limits, place)
        })?;
        match header.judge(raw, &format!("objects/{at}"), limits.object_bytes) {
            Ok(object) => submission.objects.push(object),
            Err(refused) => submission.refused.push(refused),
        }
    }
    Ok(submission)
}

/// What is no JSON is 400; JSON that breaks a rule of ours or is no envelope, 422 (TAXII 2.1, 5.5).
fn fault(error: &serde_json::Error, broken: Option<&'static str>, limits: &Limits, place: String) -> Fault {
    let told = error.to_string();
    // serde_json appends its own line and column, which are those inside the object.
    let told = told.split(" at line ").next().unwrap_or_default().to_owned();
    let fault = match broken {
        Some("too_many_objects") => {
            let fault = Fault::too_large("too_many_objects", "the envelope holds too many objects");
            fault.with("most", limits.objects)
        }
        Some(code) => Fault::unprocessable(code, "the envelope is malformed, and nothing of it was stored"),
        None if error.is_data() => {
            Fault::unprocessable("not_an_envelope", "the body is no envelope, and nothing of it was stored")
        }
        None => Fault::bad("not_json", "the body is not JSON, and nothing of it was stored"),
    };
    fault.with("place", place).with("reason", told)
}

/// Line and column in the whole body of an error in `part` of it.
fn place(text: &str, part: &str, error: &serde_json::Error) -> String {
    let start = (part.as_ptr() as usize).saturating_sub(text.as_ptr() as usize);
    let before = text.get(..start).unwrap_or_default();
    let line = before.bytes().filter(|byte| *byte == b'\n').count() + error.line();
    let ahead = if error.line() <= 1 { start - before.rfind('\n').map_or(0, |at| at + 1) } else { 0 };
    format!("line {line}, column {}", ahead + error.column())
}

struct Envelope<'a> {
    walk: Walk<'a>,
    most: usize,
}

impl<'de> Visitor<'de> for Envelope<'_> {
    /// The objects as they were sent; none where there is no list.
    type Value = Vec<&'de str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an envelope")
    }
    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Self::Value, A::Error> {
        let below = self.walk.below()?;
        let mut names = Names::default();
        let mut objects = Vec::new();
        while let Some(name) = names.next(&mut members, self.walk.broken)? {
            if name == "objects" {
                objects = members.next_value_seed(List { broken: self.walk.broken, most: self.most })?;
            } else {
                // `more` and `next` say nothing in a request; what else stands here is somebody's extension.
                members.next_value_seed(below)?;
            }
        }
        Ok(objects)
    }
}

/// The list `objects`, unread.
pub(crate) struct List<'a> {
    pub(crate) broken: &'a Broken,
    /// One more is an error.
    pub(crate) most: usize,
}

impl<'de> DeserializeSeed<'de> for List<'_> {
    type Value = Vec<&'de str>;
    fn deserialize<D: Deserializer<'de>>(self, input: D) -> Result<Self::Value, D::Error> {
        input.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for List<'_> {
    type Value = Vec<&'de str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of objects")
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
        let mut objects = Vec::new();
        while let Some(raw) = items.next_element::<&'de RawValue>()? {
            if objects.len() == self.most {
                self.broken.set(Some("too_many_objects"));
                return Err(A::Error::custom("more objects than one envelope may hold"));
            }
            objects.push(raw.get());
        }
        Ok(objects)
    }
}
