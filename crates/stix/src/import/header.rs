//! The common properties of an object (STIX 2.1, 3.2), checked.

use serde_json::{Map, Value};

use bitacora_primitives::Instant;

use crate::StixId;
use crate::import::refusal::Code;
use crate::time;

/// A refusal without its place.
pub(super) type No = (Code, String);

/// An object with its header read.
pub(super) struct Headed<'a> {
    pub(super) raw: &'a str,
    pub(super) properties: Map<String, Value>,
    pub(super) id: StixId,
    pub(super) created: Option<Instant>,
    pub(super) modified: Option<Instant>,
    pub(super) revoked: bool,
    pub(super) created_by: Option<StixId>,
}

/// Common properties: those that the header reads, and those that say nothing to this reader beyond what is kept.
pub(super) const COMMON: [&str; 15] = [
    "type",
    "spec_version",
    "id",
    "created_by_ref",
    "created",
    "modified",
    "revoked",
    "labels",
    "confidence",
    "lang",
    "external_references",
    "object_marking_refs",
    "granular_markings",
    "defanged",
    "extensions",
];

/// Cyber-observable types of STIX 2.1, 6: alone in having neither versions nor, by need, a `spec_version`.
const OBSERVABLES: [&str; 18] = [
    "artifact",
    "autonomous-system",
    "directory",
    "domain-name",
    "email-addr",
    "email-message",
    "file",
    "ipv4-addr",
    "ipv6-addr",
    "mac-addr",
    "mutex",
    "network-traffic",
    "process",
    "software",
    "url",
    "user-account",
    "windows-registry-key",
    "x509-certificate",
];

impl<'a> Headed<'a> {
    pub(super) fn read(raw: &'a str, properties: Map<String, Value>) -> Result<Self, No> {
        let kind = required(&properties, "type")?;
        let observable = OBSERVABLES.contains(&kind) || is_new_observable(&properties);
        let id: StixId = required(&properties, "id")?
            .parse()
            .map_err(|bad: crate::id::BadStixId| (Code::BadId, bad.to_string()))?;
        if id.kind() != kind {
            return Err((Code::TypeMismatch, format!("an id of `{}` on a `{}`", id.kind(), shown(kind))));
        }
        match (text(&properties, "spec_version")?, observable) {
            (Some("2.1"), _) | (None, true) => {}
            (version, _) => {
                return Err((Code::SpecVersion, format!("`{}`", shown(version.unwrap_or("none")))));
            }
        }
        let stamp = |name: &str| -> Result<Option<Instant>, No> {
            let Some(text) = text(&properties, name)? else { return Ok(None) };
            let at =
                time::parse(text).ok_or_else(|| (Code::BadTimestamp, format!("{name} `{}`", shown(text))))?;
            Ok(Some(at))
        };
        let (created, modified) = (stamp("created")?, stamp("modified")?);
        let unversioned = observable || kind == "marking-definition";
        if !observable && created.is_none() {
            return Err((Code::Missing, "created".to_owned()));
        }
        if !unversioned && modified.is_none() {
            return Err((Code::Missing, "modified".to_owned()));
        }
        if let (Some(created), Some(modified)) = (created, modified)
            && modified < created
        {
            return Err((Code::ModifiedBeforeCreated, format!("{modified} before {created}")));
        }
        let revoked = match properties.get("revoked") {
            None => false,
            Some(Value::Bool(revoked)) => *revoked,
            Some(_) => return Err((Code::WrongForm, "revoked".to_owned())),
        };
        let created_by = reference(&properties, "created_by_ref", Some("identity"))?;
        Ok(Self { raw, id, created, modified, revoked, created_by, properties })
    }

    pub(super) fn kind(&self) -> &str {
        self.id.kind()
    }

    pub(super) fn text(&self, name: &str) -> Result<Option<&str>, No> {
        text(&self.properties, name)
    }

    /// The time in a property, where there is one.
    pub(super) fn time(&self, name: &str) -> Result<Option<Instant>, No> {
        let Some(text) = self.text(name)? else { return Ok(None) };
        time::parse(text).map(Some).ok_or_else(|| (Code::BadTimestamp, format!("{name} `{}`", shown(text))))
    }

    /// The ids in a property that is one reference or a list of them.
    pub(super) fn references(&self, name: &str) -> Result<Vec<StixId>, No> {
        let bad = |bad: crate::id::BadStixId| (Code::BadId, format!("{name}: {bad}"));
        match self.properties.get(name) {
            None => Ok(Vec::new()),
            Some(Value::String(one)) => Ok(vec![one.parse().map_err(bad)?]),
            Some(Value::Array(many)) => many
                .iter()
                .map(|one| {
                    let one = one.as_str().ok_or_else(|| (Code::WrongForm, name.to_owned()))?;
                    one.parse().map_err(bad)
                })
                .collect(),
            Some(_) => Err((Code::WrongForm, name.to_owned())),
        }
    }

    pub(super) fn labels(&self) -> Result<impl Iterator<Item = &str>, No> {
        let wrong = || (Code::WrongForm, "labels".to_owned());
        let labels = match self.properties.get("labels") {
            None => &[][..],
            Some(Value::Array(labels)) => labels.as_slice(),
            Some(_) => return Err(wrong()),
        };
        if !labels.iter().all(Value::is_string) {
            return Err(wrong());
        }
        Ok(labels.iter().filter_map(Value::as_str))
    }

    /// Bodies of the object's extensions, by the id of their definition.
    pub(super) fn extensions(&self) -> impl Iterator<Item = (&str, &Map<String, Value>)> {
        let all = self.properties.get("extensions").and_then(Value::as_object);
        all.into_iter().flatten().filter_map(|(id, body)| Some((id.as_str(), body.as_object()?)))
    }
}

/// An extension says that this type is a new kind of observable (STIX 2.1, 7.3).
fn is_new_observable(properties: &Map<String, Value>) -> bool {
    let extensions = properties.get("extensions").and_then(Value::as_object);
    extensions
        .into_iter()
        .flat_map(|extensions| extensions.values())
        .any(|body| body.get("extension_type").and_then(Value::as_str) == Some("new-sco"))
}

fn text<'m>(properties: &'m Map<String, Value>, name: &str) -> Result<Option<&'m str>, No> {
    match properties.get(name) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err((Code::WrongForm, name.to_owned())),
    }
}

fn required<'m>(properties: &'m Map<String, Value>, name: &str) -> Result<&'m str, No> {
    text(properties, name)?.ok_or_else(|| (Code::Missing, name.to_owned()))
}

fn reference(properties: &Map<String, Value>, name: &str, kind: Option<&str>) -> Result<Option<StixId>, No> {
    let Some(text) = text(properties, name)? else { return Ok(None) };
    let id: StixId =
        text.parse().map_err(|bad: crate::id::BadStixId| (Code::BadId, format!("{name}: {bad}")))?;
    match kind {
        Some(kind) if id.kind() != kind => Err((Code::TypeMismatch, format!("{name} is no {kind}"))),
        _ => Ok(Some(id)),
    }
}

/// The beginning of a text of others, for a message.
pub(super) fn shown(text: &str) -> String {
    text.chars().take(80).map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}
