//! Our own forms, read back: an item as it was exported, and an incident. What is not in the form that docs/stix
//! describes is refused, not guessed.

use std::collections::BTreeMap;

use bitacora_incidents::{IncidentStatus, Report, Source};
use bitacora_primitives::markings::{Handling, HandlingCode, ItemKind, PartyCode, Tlp};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use crate::import::claims::{IncidentClaim, Marking};
use crate::import::header::{Headed, No};
use crate::import::refusal::Code;
use crate::item::{Item, Terms};
use crate::vocabulary::{TYPES, extension, type_of};

/// The body of our extension in an object, where it has one.
pub(super) fn body<'o>(object: &'o Headed<'_>) -> Option<&'o Map<String, Value>> {
    object.extensions().find(|(id, _)| *id == extension()).map(|(_, body)| body)
}

/// Whether an object is of a type of our extension.
pub(super) fn is_ours(object: &Headed<'_>) -> bool {
    let new = body(object).and_then(|body| body.get("extension_type")).and_then(Value::as_str);
    TYPES.contains(&object.kind()) && new == Some("new-sdo")
}

/// Properties of an item's object that this reader understands.
pub(super) const ITEM_PROPERTIES: [&str; 16] = [
    "extensions",
    "item_id",
    "item_kind",
    "revision",
    "originator",
    "observed",
    "grading",
    "place",
    "removed_fields",
    "corrects",
    "nature",
    "fields",
    "vessel_ref",
    "container_ref",
    "other_ref",
    "location_ref",
];

/// An item, with the terms that its handling marking states.
pub(super) fn item(object: &Headed<'_>, markings: &[Marking]) -> Result<Item, No> {
    let properties = &object.properties;
    let kind: ItemKind = member(properties, "item_kind")?;
    if type_of(kind) != object.kind() {
        return Err((Code::NotOurForm, format!("a `{kind}` as `{}`", object.kind())));
    }
    let marking = handling_marking(markings)?;
    let originator: PartyCode = member(properties, "originator")?;
    if member::<PartyCode>(marking, "originator")? != originator {
        return Err((Code::NotOurForm, "the marking names another originator".to_owned()));
    }
    let fields = match properties.get("fields") {
        Some(_) => member(properties, "fields")?,
        None => BTreeMap::new(),
    };
    Ok(Item {
        id: member(properties, "item_id")?,
        revision: member(properties, "revision")?,
        kind,
        originator,
        observed: object.time("observed")?.ok_or_else(|| (Code::Missing, "observed".to_owned()))?,
        place: optional(properties, "place")?,
        grading: member(properties, "grading")?,
        handling: Handling {
            tlp: member::<Tlp>(marking, "tlp")?,
            codes: optional::<std::collections::BTreeSet<HandlingCode>>(marking, "handling_codes")?
                .unwrap_or_default(),
            releasable_to: optional(marking, "releasable_to")?.unwrap_or_default(),
        },
        release: terms(marking, properties)?,
        fields,
    })
}

fn terms(marking: &Map<String, Value>, properties: &Map<String, Value>) -> Result<Option<Terms>, No> {
    if !marking.contains_key("agreement") {
        return Ok(None);
    }
    let purposes: Vec<_> = member(marking, "purposes")?;
    let [purpose] = purposes.as_slice() else {
        return Err((Code::NotOurForm, "a release has one purpose".to_owned()));
    };
    Ok(Some(Terms {
        agreement: member(marking, "agreement")?,
        version: member(marking, "agreement_version")?,
        clause: member(marking, "clause")?,
        purpose: *purpose,
        removed: optional(properties, "removed_fields")?.unwrap_or_default(),
        corrects: optional(properties, "corrects")?,
    }))
}

/// What a marking definition says in our own form, where it marks items.
pub(super) fn handling(marking: &Map<String, Value>) -> Option<Map<String, Value>> {
    let body = marking.get("extensions")?.get(extension())?.as_object()?;
    (body.get("marks")?.as_str()? == "item").then(|| body.clone())
}

/// The one handling marking of an item.
fn handling_marking(markings: &[Marking]) -> Result<&Map<String, Value>, No> {
    let whole = markings.iter().filter(|marking| marking.selectors.is_empty());
    let mut found = whole.filter_map(|marking| marking.handling.as_deref());
    match (found.next(), found.next()) {
        (Some(body), None) => Ok(body),
        (None, _) => Err((Code::HandlingMissing, "no handling marking".to_owned())),
        (Some(_), Some(_)) => Err((Code::HandlingMissing, "two handling markings".to_owned())),
    }
}

/// An incident, where the object has our properties.
pub(super) fn incident(object: &Headed<'_>, body: &Map<String, Value>) -> Result<IncidentClaim, No> {
    let number = object.text("name")?.ok_or_else(|| (Code::Missing, "name".to_owned()))?.to_owned();
    // The register's own reader judges the account: one form, one rule.
    let mut report = Map::new();
    for (ours, register) in [
        ("incident_kind", "kind"),
        ("occurred", "occurred"),
        ("text", "text"),
        ("place", "place"),
        ("position", "position"),
        ("dead", "dead"),
        ("injured", "injured"),
    ] {
        if let Some(value) = body.get(ours) {
            report.insert(register.to_owned(), value.clone());
        }
    }
    report.entry("place").or_insert_with(|| json!(""));
    Ok(IncidentClaim {
        id: member(body, "incident_id")?,
        number,
        report: read::<Report>("report", Value::Object(report))?,
        sources: optional::<Vec<Source>>(body, "sources")?.unwrap_or_default(),
        status: member::<IncidentStatus>(body, "status")?,
    })
}

fn member<T: DeserializeOwned>(of: &Map<String, Value>, name: &str) -> Result<T, No> {
    optional(of, name)?.ok_or_else(|| (Code::Missing, name.to_owned()))
}

fn optional<T: DeserializeOwned>(of: &Map<String, Value>, name: &str) -> Result<Option<T>, No> {
    of.get(name).map(|value| read(name, value.clone())).transpose()
}

fn read<T: DeserializeOwned>(name: &str, value: Value) -> Result<T, No> {
    serde_json::from_value(value).map_err(|error| (Code::NotOurForm, format!("{name}: {error}")))
}
