//! An incident of the register as the standard `incident` with properties added: STIX 2.1 (4.6) has the type as a stub,
//! so a type of ours may not have its name, and links to it are no links to an unknown type.

use bitacora_incidents::Incident;
use bitacora_primitives::Originator;
use serde_json::{Map, Value, json};

use crate::Caveats;
use crate::export::caveats::{Said, marks};
use crate::export::definitions::{definitions, party, party_id};
use crate::export::{ExportError, Frame, Standing, added, companions, confidence, view_of};
use crate::object::Object;
use crate::time::{self, Times};

/// The objects of an incident that an officer signed, marked as `by` marks its own things; `times` are those of the
/// register's entries. A withdrawn incident is revoked.
pub fn incident_objects(
    incident: &Incident,
    by: &Originator,
    times: Times,
) -> Result<Vec<Object>, ExportError> {
    // INVARIANT: a proposal of a machine counts for nothing until an officer signs it.
    if !incident.signed {
        return Err(ExportError::NotSigned);
    }
    let caveats = Caveats::own();
    let said = Said { originator: &by.party, handling: &by.handling, terms: None, caveats: &caveats };
    let created_by = party_id(&by.party);
    let marks = marks(&said, &created_by)?;
    let id = incident.id.to_string();
    let frame = Frame {
        scope: [by.party.as_str(), "", "", &id],
        created_by,
        markings: marks.refs,
        times,
        standing: if incident.withdrawn { Standing::Withdrawn } else { Standing::Stands },
        confidence: confidence(by.grading),
    };
    let mut objects = definitions()?;
    objects.push(party(&by.party)?);
    objects.extend(marks.objects);
    let item_ref = frame.id("incident", "item");
    let location = incident
        .report
        .position
        .map(|at| {
            let own =
                json!({ "latitude": at.lat(), "longitude": at.lon(), "extensions": view_of(&item_ref) });
            frame.object("location", "place", own)
        })
        .transpose()?;
    let mut facts = facts(incident)?;
    if let Some(location) = &location {
        facts.insert("location_ref".to_owned(), json!(location.id()));
    }
    let text = &incident.report.text;
    objects.push(frame.object(
        "incident",
        "item",
        json!({
            "name": incident.number,
            "description": format!("{}\n\n{}", text.es, text.en),
            "extensions": added(facts),
        }),
    )?);
    objects.extend(companions::of_incident(&frame, incident, &said, &item_ref, location.as_ref())?);
    objects.extend(location);
    Ok(objects)
}

fn facts(incident: &Incident) -> Result<Map<String, Value>, ExportError> {
    let report = &incident.report;
    let stamp = |at| time::seconds(at).ok_or(ExportError::TimeOutOfRange);
    let mut facts = Map::new();
    let mut put = |name: &str, value: Value| facts.insert(name.to_owned(), value);
    put("incident_id", json!(incident.id));
    put("incident_kind", json!(report.kind));
    put("occurred", json!(stamp(report.occurred)?));
    put("status", json!(incident.status));
    put("entries", json!(incident.history.len()));
    put("text", json!(report.text));
    if !report.place.is_empty() {
        put("place", json!(report.place));
    }
    if let Some(position) = report.position {
        put("position", json!(position));
    }
    if let Some(dead) = report.dead {
        put("dead", json!(dead));
    }
    if let Some(injured) = report.injured {
        put("injured", json!(injured));
    }
    // Each source's times are texts of ours already; a source without a date has no such member.
    put("sources", json!(incident.sources));
    Ok(facts)
}
