//! One STIX object that we made: a JSON object with the common properties, and its bytes.

use serde_json::{Map, Value};

/// An object as it leaves; only this crate makes one.
#[derive(Clone, PartialEq, Debug)]
pub struct Object {
    properties: Map<String, Value>,
    canonical: String,
}

impl Object {
    /// `None` where the properties have no canonical form (RFC 8785): a number that is no number.
    pub(crate) fn new(properties: Map<String, Value>) -> Option<Self> {
        let canonical = serde_json_canonicalizer::to_string(&properties).ok()?;
        Some(Self { properties, canonical })
    }

    /// Its identifier, `type--UUID`.
    pub fn id(&self) -> &str {
        self.text("id")
    }
    /// Its type name, such as `lead`.
    pub fn kind(&self) -> &str {
        self.text("type")
    }
    /// The version that TAXII 2.1 tells apart (its filter `match[version]`): `modified`, or `created` of an object that has no versions.
    pub fn version(&self) -> &str {
        let modified = self.text("modified");
        if modified.is_empty() { self.text("created") } else { modified }
    }
    /// The bytes as they leave: RFC 8785 canonical JSON, so that the same object is the same bytes.
    pub fn canonical(&self) -> &str {
        &self.canonical
    }
    pub fn get(&self, property: &str) -> Option<&Value> {
        self.properties.get(property)
    }
    pub const fn properties(&self) -> &Map<String, Value> {
        &self.properties
    }

    fn text(&self, property: &str) -> &str {
        self.get(property).and_then(Value::as_str).unwrap_or("")
    }
}
