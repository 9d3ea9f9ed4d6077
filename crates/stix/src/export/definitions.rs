//! The objects that are the same in every bundle: who publishes the extension, what it is, and who a party is.

use std::sync::LazyLock;

use bitacora_primitives::markings::PartyCode;
use serde_json::{Value, json};

use crate::StixId;
use crate::export::ExportError;
use crate::export::caveats::{Marks, public_marks};
use crate::object::Object;
use crate::vocabulary::{EXTENSION_VERSION, PUBLISHED, extension};

/// The identity that publishes the extension.
fn publisher() -> String {
    StixId::of("identity", &["bitacora"]).to_string()
}

/// The id of a party's identity.
pub(crate) fn party_id(party: &PartyCode) -> String {
    StixId::of("identity", &["party", party.as_str()]).to_string()
}

/// The public markings: the same for all, made once.
fn public() -> Result<Marks, ExportError> {
    static MARKS: LazyLock<Result<Marks, ExportError>> = LazyLock::new(|| public_marks(&publisher()));
    MARKS.clone()
}

/// The publisher, the extension's definition, and the public markings that these and the parties carry.
pub(crate) fn definitions() -> Result<Vec<Object>, ExportError> {
    static DEFINITIONS: LazyLock<Result<Vec<Object>, ExportError>> = LazyLock::new(make);
    DEFINITIONS.clone()
}

fn make() -> Result<Vec<Object>, ExportError> {
    let marks = public()?;
    let mut objects = marks.objects;
    objects.push(constant(
        &marks.refs,
        json!({
            "type": "identity",
            "id": publisher(),
            "name": "Bitácora",
            "description": "Publisher of the extension for maritime and port cooperation.",
            "identity_class": "organization",
        }),
    )?);
    objects.push(constant(
        &marks.refs,
        json!({
            "type": "extension-definition",
            "id": extension(),
            "name": "Bitácora maritime and port cooperation",
            "description": "Vessels, containers and what is released about them under an agreement: leads, tracks, \
                            contacts, seizures, case facts, series, distress; incidents and positions with properties \
                            added; and a marking with purposes, releasability and handling.",
            "schema": "docs/stix/README.md and docs/stix/schemas/ of the Bitácora source code",
            "version": EXTENSION_VERSION,
            "extension_types": ["new-sdo", "property-extension"],
        }),
    )?);
    Ok(objects)
}

/// A party to an agreement: a state or a body, by its code.
pub(crate) fn party(code: &PartyCode) -> Result<Object, ExportError> {
    let marks = public()?;
    let identity = json!({
        "type": "identity", "id": party_id(code), "name": code, "identity_class": "organization",
        "sectors": ["government"],
    });
    constant(&marks.refs, identity)
}

fn constant(marks: &[String], object: Value) -> Result<Object, ExportError> {
    let Value::Object(mut properties) = object else { return Err(ExportError::NotCanonical) };
    let mut put = |name: &str, value: Value| properties.insert(name.to_owned(), value);
    put("spec_version", json!("2.1"));
    put("created_by_ref", json!(publisher()));
    put("created", json!(PUBLISHED));
    put("modified", json!(PUBLISHED));
    put("object_marking_refs", json!(marks));
    Object::new(properties).ok_or(ExportError::NotCanonical)
}
