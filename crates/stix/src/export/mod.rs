//! From an item or an incident to STIX objects. Everything in them is in the item, in its caveats or in the constants of
//! the extension; nothing is looked up.

pub mod bundle;
pub mod caveats;
mod companions;
mod definitions;
mod incident;
mod released;
mod words;

use serde_json::{Map, Value, json};

pub use self::incident::incident_objects;
use crate::object::Object;
use crate::time::{self, Times};
use crate::vocabulary::extension;
use crate::{Caveats, Item, StixId};

/// Largest magnitude of an integer in STIX 2.1 (2.10), that of I-JSON: 2^53 - 1.
pub(crate) const MAX_INTEGER: i64 = 9_007_199_254_740_991;
/// Deepest nesting of an item's field.
const MAX_DEPTH: usize = 16;

/// Whether the fact still stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Standing {
    Stands,
    /// Withdrawn: the last version of each of its objects is `revoked`.
    Withdrawn,
}

/// Why an item or an incident has no STIX form.
#[derive(Clone, Debug, thiserror::Error, PartialEq, Eq)]
pub enum ExportError {
    #[error("field `{field}` holds a whole number beyond 2^53 - 1, which STIX cannot carry")]
    IntegerOutOfRange { field: String },
    #[error("field `{field}` holds an empty element in a list, which STIX cannot carry")]
    EmptyInList { field: String },
    #[error("field `{field}` is nested deeper than {MAX_DEPTH} levels")]
    TooDeep { field: String },
    #[error("a time lies outside the years 1 to 9999")]
    TimeOutOfRange,
    #[error("the position lies outside -90..90, -180..180 degrees")]
    BadPlace,
    #[error("the incident is a machine's proposal that no officer has signed")]
    NotSigned,
    #[error("the object has no canonical form")]
    NotCanonical,
    #[error("two objects of the id and version `{0}` differ")]
    Conflict(String),
}

/// The objects of an item, with every object they refer to: definitions and markings first.
pub fn item_objects(
    item: &Item,
    caveats: &Caveats,
    times: Times,
    standing: Standing,
) -> Result<Vec<Object>, ExportError> {
    released::objects(item, caveats, times, standing)
}

/// What the common properties of an item's objects are made from.
struct Frame<'a> {
    /// Names the item, whatever its revision: originator, agreement, purpose, id.
    scope: [&'a str; 4],
    created_by: String,
    markings: Vec<String>,
    times: Times,
    standing: Standing,
    /// Of the grading.
    confidence: Option<u8>,
}

impl Frame<'_> {
    /// The id of this item's object of a type, in a role. What is released again after a withdrawal has ids of its own.
    fn id(&self, kind: &str, role: &str) -> String {
        let [originator, agreement, purpose, item] = self.scope;
        let life = self.times.life().to_string();
        let mut names = vec![role, originator, agreement, purpose, item];
        if self.times.life() > 0 {
            names.push(&life);
        }
        StixId::of(kind, &names).to_string()
    }

    /// An object with the common properties of a domain object (STIX 2.1, 3.2) and its own.
    fn object(&self, kind: &str, role: &str, own: Value) -> Result<Object, ExportError> {
        let Value::Object(mut properties) = own else { return Err(ExportError::NotCanonical) };
        let stamp = |at| time::milliseconds(at).ok_or(ExportError::TimeOutOfRange);
        let mut put = |name: &str, value: Value| properties.insert(name.to_owned(), value);
        put("type", json!(kind));
        put("spec_version", json!("2.1"));
        put("id", json!(self.id(kind, role)));
        put("created_by_ref", json!(self.created_by));
        put("created", json!(stamp(self.times.created())?));
        put("modified", json!(stamp(self.times.modified())?));
        put("object_marking_refs", json!(self.markings));
        if self.standing == Standing::Withdrawn {
            put("revoked", json!(true));
        }
        if let Some(confidence) = self.confidence {
            put("confidence", json!(confidence));
        }
        Object::new(properties).ok_or(ExportError::NotCanonical)
    }
}

/// The `extensions` of a type of ours.
fn new_type() -> Value {
    json!({ extension(): { "extension_type": "new-sdo" } })
}

/// The `extensions` of a standard type that carries properties of ours.
fn added(mut own: Map<String, Value>) -> Value {
    own.insert("extension_type".to_owned(), json!("property-extension"));
    json!({ extension(): own })
}

/// The `extensions` of a standard object that says again what another one says.
fn view_of(item_ref: &str) -> Value {
    let mut own = Map::new();
    own.insert("item_ref".to_owned(), json!(item_ref));
    added(own)
}

/// STIX 2.1, appendix A, "Admiralty Credibility": 1 to 5 are 90, 70, 50, 30, 10; 6 cannot be judged and has none.
fn confidence(grading: bitacora_primitives::markings::Grading) -> Option<u8> {
    match grading.information_rank() {
        rank @ 1..=5 => Some(110 - 20 * rank),
        _ => None,
    }
}

/// Refuses what STIX cannot carry, wherever it stands in a field.
fn carried(field: &str, value: &Value, depth: usize) -> Result<(), ExportError> {
    let name = || field.to_owned();
    if depth > MAX_DEPTH {
        return Err(ExportError::TooDeep { field: name() });
    }
    match value {
        Value::Number(number) => {
            let whole = number.as_i64().is_some_and(|n| n.unsigned_abs() <= MAX_INTEGER.unsigned_abs());
            let fraction = number.is_f64() && number.as_f64().is_some_and(|n| n.abs() <= MAX_INTEGER as f64);
            if whole || fraction { Ok(()) } else { Err(ExportError::IntegerOutOfRange { field: name() }) }
        }
        Value::Array(items) => items.iter().try_for_each(|item| {
            let empty = item.is_null() || item.as_array().is_some_and(Vec::is_empty);
            if empty {
                Err(ExportError::EmptyInList { field: name() })
            } else {
                carried(field, item, depth + 1)
            }
        }),
        Value::Object(members) => members.values().try_for_each(|member| carried(field, member, depth + 1)),
        Value::Null | Value::Bool(_) | Value::String(_) => Ok(()),
    }
}
