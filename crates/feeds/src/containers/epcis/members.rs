//! The members of an event, by its type (EPCIS 2.0, 7.3 and 7.4; JSON schema of 10.1): which must be there, which may,
//! and which go with which.

use std::sync::Arc;

use super::event::{
    Action, Element, EpcisEvent, ErrorDeclaration, EventType, PersistentDisposition, Place, Quantity, Typed,
};
use super::json::{Object, Value};
use super::literal::{is_date, is_offset};
use super::sensors;
use super::vocabulary::{
    BIZ_STEP, DISPOSITION, ERROR_REASON, SOURCE_OR_DESTINATION, TRANSACTION, Vocabulary,
};
use super::walk::Walk;
use crate::refusal::Reason;

/// Members of every type of event.
const SHARED: [&str; 18] = [
    "@context",
    "type",
    "eventTime",
    "recordTime",
    "eventTimeZoneOffset",
    "eventID",
    "certificationInfo",
    "errorDeclaration",
    "bizStep",
    "disposition",
    "persistentDisposition",
    "readPoint",
    "bizLocation",
    "bizTransactionList",
    "sourceList",
    "destinationList",
    "sensorElementList",
    "action",
];
const OBJECT: [&str; 3] = ["epcList", "quantityList", "ilmd"];
const AGGREGATION: [&str; 3] = ["parentID", "childEPCs", "childQuantityList"];
const TRANSACTION_LISTS: [&str; 3] = ["parentID", "epcList", "quantityList"];
const TRANSFORMATION: [&str; 6] =
    ["inputEPCList", "inputQuantityList", "outputEPCList", "outputQuantityList", "transformationID", "ilmd"];
/// Names of the standard outside events, and inside their members.
const OTHERS: [&str; 25] = [
    "id",
    "schemaVersion",
    "creationDate",
    "epcisHeader",
    "epcisBody",
    "eventList",
    "queryResults",
    "queryName",
    "subscriptionID",
    "resultsBody",
    "epcClass",
    "quantity",
    "uom",
    "bizTransaction",
    "source",
    "destination",
    "set",
    "unset",
    "declarationTime",
    "reason",
    "correctiveEventIDs",
    "sensorMetadata",
    "sensorReport",
    "sender",
    "receiver",
];

/// Whether a name without a prefix is one of the standard's.
pub(super) fn is_standard(name: &str) -> bool {
    is_of_events(name) || OTHERS.contains(&name) || sensors::is_member(name)
}

fn is_of_events(name: &str) -> bool {
    [&SHARED[..], &OBJECT, &AGGREGATION, &TRANSFORMATION].iter().any(|names| names.contains(&name))
}

fn has_member(kind: &EventType, name: &str) -> bool {
    match kind {
        EventType::Extension(_) => is_of_events(name),
        EventType::Transformation => {
            TRANSFORMATION.contains(&name) || (SHARED.contains(&name) && name != "action")
        }
        EventType::Object => SHARED.contains(&name) || OBJECT.contains(&name),
        EventType::Aggregation | EventType::Association => {
            SHARED.contains(&name) || AGGREGATION.contains(&name)
        }
        EventType::Transaction => SHARED.contains(&name) || TRANSACTION_LISTS.contains(&name),
    }
}

fn event_type(walk: &mut Walk<'_>, object: &Object) -> Option<EventType> {
    let value = walk.needed(object, "type")?;
    let name = walk.within("type", |walk| walk.text(value))?;
    Some(match name.as_str() {
        "ObjectEvent" => EventType::Object,
        "AggregationEvent" => EventType::Aggregation,
        "TransactionEvent" => EventType::Transaction,
        "TransformationEvent" => EventType::Transformation,
        "AssociationEvent" => EventType::Association,
        other => match walk.context.name(other) {
            Some((namespace, local)) => EventType::Extension(format!("{namespace}{local}")),
            None => {
                walk.refuse_at("type", Reason::CodeUnknown, other);
                return None;
            }
        },
    })
}

/// Reads one event. Whether it is whole the walk's batch knows: it has no more defects than before.
pub(super) fn event(walk: &mut Walk<'_>, object: &Object, left_out: Arc<[String]>) -> Option<EpcisEvent> {
    walk.take_context(object);
    let kind = event_type(walk, object)?;
    let extensions = walk.extensions(object, is_of_events);
    for (name, value) in &object.members {
        if is_of_events(name) && !has_member(&kind, name) {
            walk.refuse_at(name, Reason::Unexpected, value.shown());
        }
    }
    let event_time =
        walk.needed(object, "eventTime").and_then(|v| walk.within("eventTime", |walk| walk.time(v)));
    let offset = walk.needed(object, "eventTimeZoneOffset").and_then(|value| {
        walk.within("eventTimeZoneOffset", |walk| {
            let text = walk.text(value)?;
            if !is_offset(&text) {
                walk.refuse(Reason::Form, &text);
                return None;
            }
            Some(text)
        })
    });
    let (certificates, certification_details) = certification(walk, object);
    let action = action(walk, object, &kind);
    together(walk, object, &kind, action);
    Some(EpcisEvent {
        record_time: walk.member(object, "recordTime", Walk::time),
        id: walk.member(object, "eventID", Walk::uri),
        error: walk.member(object, "errorDeclaration", error_declaration),
        certificates,
        certification_details,
        action,
        parent: walk.member(object, "parentID", Walk::uri),
        epcs: match kind {
            EventType::Transaction => walk.members(object, "epcList", Walk::uri),
            _ => walk.uris(object, "epcList"),
        },
        quantities: walk.members(object, "quantityList", quantity),
        children: walk.members(object, "childEPCs", Walk::uri),
        child_quantities: walk.members(object, "childQuantityList", quantity),
        inputs: walk.uris(object, "inputEPCList"),
        input_quantities: walk.members(object, "inputQuantityList", quantity),
        outputs: walk.uris(object, "outputEPCList"),
        output_quantities: walk.members(object, "outputQuantityList", quantity),
        transformation: walk.member(object, "transformationID", Walk::uri),
        biz_step: walk.member(object, "bizStep", |walk, value| walk.word(value, &BIZ_STEP)),
        disposition: walk.member(object, "disposition", |walk, value| walk.word(value, &DISPOSITION)),
        persistent_disposition: walk
            .member(object, "persistentDisposition", persistent_disposition)
            .unwrap_or_default(),
        read_point: walk.member(object, "readPoint", place),
        biz_location: walk.member(object, "bizLocation", place),
        transactions: typed(walk, object, "bizTransactionList", "bizTransaction", &TRANSACTION, false),
        sources: typed(walk, object, "sourceList", "source", &SOURCE_OR_DESTINATION, true),
        destinations: typed(walk, object, "destinationList", "destination", &SOURCE_OR_DESTINATION, true),
        sensors: walk.members(object, "sensorElementList", sensors::element),
        ilmd: walk
            .member(object, "ilmd", |walk, value| {
                let object = walk.object(value)?;
                Some(walk.extensions(object, |_| false))
            })
            .unwrap_or_default(),
        extensions,
        left_out,
        evidence: walk.place,
        kind,
        // Last, so that every other member has been looked at.
        event_time: event_time?,
        offset: offset?,
    })
}

fn action(walk: &mut Walk<'_>, object: &Object, kind: &EventType) -> Option<Action> {
    if !matches!(kind, EventType::Transformation | EventType::Extension(_)) {
        walk.needed(object, "action")?;
    }
    walk.member(object, "action", |walk, value| {
        let code = walk.text(value)?;
        let action = Action::from_code(&code);
        if action.is_none() {
            walk.refuse(Reason::CodeUnknown, &code);
        }
        action
    })
}

/// Which lists an event of each type must have (EPCIS 2.0, 7.4.2 to 7.4.6).
fn together(walk: &mut Walk<'_>, object: &Object, kind: &EventType, action: Option<Action>) {
    // A list that is there in another shape has its defect already.
    let filled = |name: &str| object.get(name).is_some_and(|value| *value != Value::List(Vec::new()));
    let deletes = action == Some(Action::Delete);
    match kind {
        EventType::Object => {
            let sensed = filled("sensorElementList") && object.get("readPoint").is_some();
            if !(filled("epcList") || filled("quantityList") || sensed) {
                walk.refuse_at("epcList", Reason::Missing, "");
            }
            if object.get("ilmd").is_some() && matches!(action, Some(Action::Observe | Action::Delete)) {
                walk.refuse_at("ilmd", Reason::Unexpected, "");
            }
        }
        EventType::Aggregation | EventType::Association => {
            // An observed aggregation may not know its parent.
            if *kind == EventType::Association || matches!(action, Some(Action::Add | Action::Delete)) {
                walk.needed(object, "parentID");
            }
            if !(filled("childEPCs") || filled("childQuantityList") || deletes) {
                walk.refuse_at("childEPCs", Reason::Missing, "");
            }
        }
        EventType::Transaction => {
            walk.needed(object, "bizTransactionList");
            if object.get("bizTransactionList") == Some(&Value::List(Vec::new())) {
                walk.refuse_at("bizTransactionList", Reason::Missing, "");
            }
            let by_parent = object.get("parentID").is_some();
            if !(filled("epcList") || filled("quantityList") || by_parent || deletes) {
                walk.refuse_at("epcList", Reason::Missing, "");
            }
        }
        EventType::Transformation => {
            let input = filled("inputEPCList") || filled("inputQuantityList");
            let output = filled("outputEPCList") || filled("outputQuantityList");
            // Parts of one transformation are held together by its id; one event may then have only one side.
            let part = object.get("transformationID").is_some() && (input || output);
            if !input && !part {
                walk.refuse_at("inputEPCList", Reason::Missing, "");
            }
            if !output && !part {
                walk.refuse_at("outputEPCList", Reason::Missing, "");
            }
        }
        EventType::Extension(_) => {}
    }
}

fn quantity(walk: &mut Walk<'_>, value: &Value) -> Option<Quantity> {
    let object = walk.object(value)?;
    walk.only(object, &["epcClass", "quantity", "uom"]);
    walk.needed(object, "epcClass");
    let class = walk.member(object, "epcClass", Walk::uri);
    let quantity = walk.member(object, "quantity", Walk::decimal);
    let unit = walk.member(object, "uom", |walk, value| {
        let text = walk.text(value)?;
        let code = |b: u8| b.is_ascii_uppercase() || b.is_ascii_digit();
        if !(2..=3).contains(&text.len()) || !text.bytes().all(code) {
            walk.refuse(Reason::Form, &text);
            return None;
        }
        Some(text)
    });
    Some(Quantity { class: class?, quantity, unit })
}

fn place(walk: &mut Walk<'_>, value: &Value) -> Option<Place> {
    let object = walk.object(value)?;
    walk.needed(object, "id");
    let id = walk.member(object, "id", Walk::uri);
    let extensions = walk.extensions(object, |name| name == "id");
    Some(Place { id: id?, extensions })
}

fn typed(
    walk: &mut Walk<'_>,
    object: &Object,
    list: &str,
    own: &str,
    vocabulary: &Vocabulary,
    type_needed: bool,
) -> Vec<Typed> {
    walk.members(object, list, |walk, value| {
        let object = walk.object(value)?;
        walk.only(object, &["type", own]);
        if type_needed {
            walk.needed(object, "type");
        }
        walk.needed(object, own);
        let kind = walk.member(object, "type", |walk, value| walk.word(value, vocabulary));
        let id = walk.member(object, own, Walk::uri)?;
        Some(Typed { kind, id })
    })
}

fn persistent_disposition(walk: &mut Walk<'_>, value: &Value) -> Option<PersistentDisposition> {
    let object = walk.object(value)?;
    walk.only(object, &["set", "unset"]);
    if object.get("set").is_none() && object.get("unset").is_none() {
        walk.refuse_at("set", Reason::Missing, "");
    }
    let mut side = |name: &str| {
        let words = walk.members(object, name, |walk, value| walk.word(value, &DISPOSITION));
        if object.get(name) == Some(&Value::List(Vec::new())) {
            walk.refuse_at(name, Reason::Missing, "");
        }
        words
    };
    Some(PersistentDisposition { set: side("set"), unset: side("unset") })
}

fn error_declaration(walk: &mut Walk<'_>, value: &Value) -> Option<ErrorDeclaration> {
    let object = walk.object(value)?;
    let extensions =
        walk.extensions(object, |name| ["declarationTime", "reason", "correctiveEventIDs"].contains(&name));
    walk.needed(object, "declarationTime");
    let declared = walk.member(object, "declarationTime", Walk::time);
    let reason = walk.member(object, "reason", |walk, value| walk.word(value, &ERROR_REASON));
    let corrected_by = walk.uris(object, "correctiveEventIDs");
    Some(ErrorDeclaration { declared: declared?, reason, corrected_by, extensions })
}

/// Links to certificates, or `gs1:CertificationDetails` (GS1 Web vocabulary) told in full.
fn certification(walk: &mut Walk<'_>, object: &Object) -> (Vec<String>, Vec<Element>) {
    let Some(value) = object.get("certificationInfo") else { return (Vec::new(), Vec::new()) };
    walk.within("certificationInfo", |walk| {
        if !matches!(value, Value::List(_)) {
            return (walk.uri(value).into_iter().collect(), Vec::new());
        }
        let mut details = Vec::new();
        let links = walk.list(value, |walk, item| {
            let Some(told) = item.object() else { return walk.uri(item) };
            let elements = walk.extensions(told, |_| false);
            for (name, details) in &told.members {
                walk.within(name, |walk| certificate(walk, details));
            }
            details.extend(elements);
            None
        });
        (links, details)
    })
}

fn certificate(walk: &mut Walk<'_>, details: &Value) {
    let Some(details) = walk.object(details) else { return };
    for (name, value) in &details.members {
        let own = walk.context.name(name).filter(|(space, _)| **space == *"https://gs1.org/voc/");
        let good = match own.as_ref().map(|(_, local)| local.as_str()) {
            Some(
                "certificationAuditDate"
                | "certificationEndDate"
                | "certificationStartDate"
                | "initialCertificationDate",
            ) => value.text().is_some_and(is_date),
            Some("certificationStatus") => matches!(value.text(), Some("ACTIVE" | "INACTIVE")),
            Some("certificationURI") => value.text().is_some_and(super::context::is_iri),
            Some("certificationAgencyURL") => value.object().is_some() || value.text().is_some(),
            _ => value.text().is_some(),
        };
        if !good {
            walk.refuse_at(name, Reason::Form, value.shown());
        }
    }
}
