//! What tools without the extension read of a fact: a `grouping` that carries its codes as labels, and a `note` on the
//! grouping with its text. MISP makes an event of the grouping, tags of its labels and markings, and a note of the note
//! (docs/INTEROP.md). No client that rejects unknown types (stix2's default) is given a reference to one: the links to our
//! own types stand in our own objects.

use std::fmt::Write;

use bitacora_incidents::Incident;
use bitacora_primitives::markings::ItemKind;
use serde_json::{Value, json};

use crate::Item;
use crate::export::caveats::Said;
use crate::export::{ExportError, Frame, view_of};
use crate::object::Object;
use crate::time;
use crate::vocabulary::FORBIDDEN;

/// The first line of a lead's note.
const HYPOTHESIS: &str =
    "Hipótesis con razones, no una acusación. / A hypothesis with reasons, not an accusation.";

/// A fact's labels and note.
struct Told {
    name: String,
    labels: Vec<String>,
    text: String,
}

pub(super) fn of_item(
    frame: &Frame<'_>,
    item: &Item,
    said: &Said<'_>,
    item_ref: &str,
    location: Option<&Object>,
) -> Result<Vec<Object>, ExportError> {
    let mut labels = caveat_labels(said)?;
    let field = |name: &str| item.fields.iter().find(|(own, _)| own.as_str() == name).map(|(_, value)| value);
    labels.extend(label("item", &item.id));
    labels.extend(label("kind", item.kind.code()));
    labels.extend(label("grading", &item.grading.to_string()));
    if let Some(mmsi) = field("vessel").and_then(Value::as_u64) {
        labels.extend(label("mmsi", &format!("{mmsi:09}")));
    }
    for name in ["container", "level", "title"] {
        labels.extend(field(name).and_then(Value::as_str).and_then(|text| label(name, text)));
    }
    let reasons = field("reasons").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    for code in reasons.iter().filter_map(|reason| reason.get("code")?.as_str()) {
        labels.extend(label("reason", code));
    }
    let mut text = String::new();
    if matches!(item.kind, ItemKind::Lead | ItemKind::ContainerAlert) {
        line(&mut text, HYPOTHESIS, "");
    }
    line(&mut text, "item: ", &format!("{} ({}), revision {}", item.id, item.kind, item.revision));
    line(&mut text, "observed: ", &time::seconds(item.observed).ok_or(ExportError::TimeOutOfRange)?);
    if let Some(place) = item.place {
        let [lat, lon] = [place.lat_udeg, place.lon_udeg].map(|micro| micro as f64 / 1e6);
        line(&mut text, "position: ", &format!("{lat} {lon}, grid_m {}", place.grid_m));
    }
    line(&mut text, "grading: ", &item.grading.to_string());
    for (name, value) in &item.fields {
        let value = serde_json_canonicalizer::to_string(value).map_err(|_| ExportError::NotCanonical)?;
        line(&mut text, &format!("{name}: "), &value);
    }
    for name in item.release.iter().flat_map(|terms| &terms.removed) {
        line(&mut text, "removed: ", name.as_str());
    }
    objects(frame, Told { name: format!("{} {}", item.kind, item.id), labels, text }, item_ref, location)
}

pub(super) fn of_incident(
    frame: &Frame<'_>,
    incident: &Incident,
    said: &Said<'_>,
    item_ref: &str,
    location: Option<&Object>,
) -> Result<Vec<Object>, ExportError> {
    let mut labels = caveat_labels(said)?;
    labels.extend(label("item", &incident.id.to_string()));
    labels.extend(label("incident", incident.report.kind.code()));
    labels.extend(label("status", incident.status.code()));
    let text = format!(
        "{} ({}, {})\n{}\n{}\n",
        incident.number,
        incident.report.kind,
        incident.status,
        incident.report.text.es,
        incident.report.text.en
    );
    objects(frame, Told { name: format!("incident {}", incident.number), labels, text }, item_ref, location)
}

fn objects(
    frame: &Frame<'_>,
    told: Told,
    item_ref: &str,
    location: Option<&Object>,
) -> Result<Vec<Object>, ExportError> {
    let mut about = vec![frame.created_by.clone()];
    about.extend(location.map(|location| location.id().to_owned()));
    let mut labels = told.labels;
    labels.sort();
    labels.dedup();
    let grouping = frame.object(
        "grouping",
        "view",
        json!({
            "name": told.name, "context": "unspecified", "labels": labels, "object_refs": about,
            "extensions": view_of(item_ref),
        }),
    )?;
    let note = frame.object(
        "note",
        "text",
        json!({
            "abstract": told.name, "content": told.text, "object_refs": [grouping.id()],
            "extensions": view_of(item_ref),
        }),
    )?;
    Ok(vec![grouping, note])
}

/// The caveats in codes once more, for tools that keep labels and drop markings.
fn caveat_labels(said: &Said<'_>) -> Result<Vec<String>, ExportError> {
    let mut labels = Vec::new();
    let mut put = |name: &str, value: &str| labels.extend(label(name, value));
    put("originator", said.originator.as_str());
    put("never", FORBIDDEN);
    put("tlp", said.handling.tlp.code());
    put("receipt", said.caveats.receipt.code());
    for purpose in said.purposes() {
        put("use", purpose.code());
    }
    for code in &said.handling.codes {
        put("handling", code.code());
    }
    for party in &said.handling.releasable_to {
        put("releasable-to", party.as_str());
    }
    if said.originator_control() {
        put("originator-control", "yes");
    }
    if let Some((agreement, version, clause)) = said.agreement() {
        put("agreement", agreement.as_str());
        put("agreement-version", &version.to_string());
        put("clause", clause.as_str());
    }
    for clause in &said.caveats.clauses {
        put("caveat-clause", clause.as_str());
    }
    if let Some(until) = said.caveats.retain_until {
        put("retain-until", &time::seconds(until).ok_or(ExportError::TimeOutOfRange)?);
    }
    Ok(labels)
}

/// A machine tag as MISP writes them, `bitacora:name="value"`; `None` for a value that would end it early.
fn label(name: &str, value: &str) -> Option<String> {
    let plain = !value.is_empty() && !value.contains(|c: char| c == '"' || c == '\\' || c.is_control());
    plain.then(|| format!("bitacora:{name}=\"{value}\""))
}

fn line(text: &mut String, name: &str, value: &str) {
    // Writing into a text does not fail.
    writeln!(text, "{name}{value}").ok();
}
