//! Documents that hold events: `EPCISDocument`, `EPCISQueryDocument`, or a single event (EPCIS 2.0, 10.1). A defect of
//! the document, or of one event, does not lose the other events.

use std::sync::Arc;

use bitacora_primitives::{EvidenceRef, SourceId};

use super::context::{Context, names_epcis};
use super::event::{Element, EpcisEvent};
use super::json::{Object, Value};
use super::members::event;
use super::walk::Walk;
use crate::containers::{Batch, Defect};
use crate::refusal::Reason;

const DOCUMENT: [&str; 10] = [
    "@context",
    "id",
    "type",
    "schemaVersion",
    "creationDate",
    "instanceIdentifier",
    "sender",
    "receiver",
    "epcisHeader",
    "epcisBody",
];
const QUERY_DOCUMENT: [&str; 6] = ["@context", "id", "type", "schemaVersion", "creationDate", "epcisBody"];

/// Reads the tree of a document.
pub(super) fn read(root: &Value, source: SourceId, context: Context, batch: &mut Batch<EpcisEvent>) {
    let place = EvidenceRef { source, line: 0, offset: None };
    let Some(object) = root.object() else {
        batch.refuse(Defect::new(place, "byte 0", Reason::Structure, root.shown().as_bytes()));
        return;
    };
    let mut walk = Walk::new(batch, place, context);
    let Some(declared) = walk.needed(object, "@context") else { return };
    if !names_epcis(declared) {
        // Without the EPCIS context no bare name means anything (JSON-LD 1.1, 3.1).
        walk.refuse_at("@context", Reason::Missing, declared.shown());
        return;
    }
    let kind = object.get("type").and_then(Value::text).unwrap_or_default();
    match kind {
        "EPCISDocument" => document(&mut walk, object),
        "EPCISQueryDocument" => query_document(&mut walk, object),
        _ => one_event(&mut walk, root, 1, &Arc::from([])),
    }
}

fn document(walk: &mut Walk<'_>, object: &Object) {
    walk.take_context(object);
    let left_out = envelope(walk, object, &DOCUMENT);
    for name in ["schemaVersion", "creationDate"] {
        walk.needed(object, name);
    }
    for name in ["instanceIdentifier", "sender", "receiver"] {
        walk.member(object, name, Walk::text);
    }
    walk.member(object, "epcisHeader", header);
    let Some(body) = walk.needed(object, "epcisBody") else { return };
    walk.within("epcisBody", |walk| {
        let Some(body) = walk.object(body) else { return };
        walk.extensions(body, |name| name == "eventList");
        events(walk, body, &left_out);
    });
}

fn query_document(walk: &mut Walk<'_>, object: &Object) {
    walk.take_context(object);
    let outer = envelope(walk, object, &QUERY_DOCUMENT);
    let Some(body) = walk.needed(object, "epcisBody") else { return };
    walk.within("epcisBody", |walk| {
        let Some(body) = walk.object(body) else { return };
        walk.extensions(body, |name| name == "queryResults");
        let Some(results) = walk.needed(body, "queryResults") else { return };
        walk.within("queryResults", |walk| {
            let Some(results) = walk.object(results) else { return };
            let extensions = walk
                .extensions(results, |name| ["queryName", "subscriptionID", "resultsBody"].contains(&name));
            let left_out = left_out(&extensions).iter().chain(outer.iter()).cloned().collect();
            walk.needed(results, "queryName");
            walk.member(results, "queryName", Walk::text);
            walk.member(results, "subscriptionID", Walk::text);
            let Some(body) = walk.needed(results, "resultsBody") else { return };
            walk.within("resultsBody", |walk| {
                let Some(body) = walk.object(body) else { return };
                walk.extensions(body, |name| ["eventList", "vocabularyList"].contains(&name));
                walk.members(body, "vocabularyList", vocabulary);
                events(walk, body, &left_out);
            });
        });
    });
}

/// The members around the body. Returns the IRIs of the extensions that `ignoreFields` names.
fn envelope(walk: &mut Walk<'_>, object: &Object, known: &[&str]) -> Arc<[String]> {
    let left_out = left_out(&walk.extensions(object, |name| known.contains(&name)));
    walk.member(object, "id", Walk::uri);
    walk.member(object, "creationDate", Walk::time);
    walk.member(object, "schemaVersion", |walk, value| {
        let text = walk.text(value)?;
        let numbers =
            text.split('.').all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit()));
        if !numbers {
            walk.refuse(Reason::Form, &text);
        } else if text.split('.').next() != Some("2") {
            walk.refuse(Reason::CodeUnknown, &text);
        }
        Some(())
    });
    left_out
}

/// The IRIs that an extension `ignoreFields` names.
fn left_out(extensions: &[Element]) -> Arc<[String]> {
    let ignored = extensions.iter().filter(|element| element.name.local == "ignoreFields");
    let names = ignored.flat_map(|element| match element.text() {
        // A value under a declared prefix has been written out.
        Some(written_out) => vec![written_out.to_owned()],
        None => element.parts().iter().map(|part| part.name.iri()).collect(),
    });
    names.collect()
}

/// Every event of the list that has no defect.
fn events(walk: &mut Walk<'_>, body: &Object, left_out: &Arc<[String]>) {
    let Some(list) = walk.needed(body, "eventList") else { return };
    walk.within("eventList", |walk| {
        let mut index = 0;
        walk.list(list, |walk, value| {
            index += 1;
            one_event(walk, value, index, left_out);
            None::<()>
        });
    });
}

fn one_event(walk: &mut Walk<'_>, value: &Value, index: u64, left_out: &Arc<[String]>) {
    let outside = (walk.place, walk.context.clone());
    walk.place.line = index;
    walk.place.offset = value.object().and_then(|object| u64::try_from(object.at).ok());
    let before = walk.batch.defective;
    let read = walk.object(value).and_then(|object| event(walk, object, Arc::clone(left_out)));
    if let Some(event) = read.filter(|_| walk.batch.defective == before) {
        walk.batch.items.push(event);
    }
    (walk.place, walk.context) = outside;
}

/// Master data (EPCIS 2.0, 9.4): its shape only; nothing here uses it.
fn header(walk: &mut Walk<'_>, value: &Value) -> Option<()> {
    let object = walk.object(value)?;
    walk.extensions(object, |name| name == "epcisMasterData");
    walk.member(object, "epcisMasterData", |walk, value| {
        let data = walk.object(value)?;
        walk.faults(data);
        walk.members(data, "vocabularyList", vocabulary);
        Some(())
    })
}

fn vocabulary(walk: &mut Walk<'_>, value: &Value) -> Option<()> {
    let object = walk.object(value)?;
    walk.faults(object);
    walk.needed(object, "type");
    walk.member(object, "type", Walk::uri);
    walk.members(object, "vocabularyElementList", |walk, value| {
        let element = walk.object(value)?;
        walk.faults(element);
        walk.needed(element, "id");
        walk.member(element, "id", Walk::uri);
        walk.members(element, "attributes", |walk, value| {
            let attribute = walk.object(value)?;
            walk.faults(attribute);
            walk.needed(attribute, "id");
            walk.member(attribute, "id", Walk::uri)
        });
        walk.members(element, "children", Walk::uri);
        Some(())
    });
    Some(())
}
