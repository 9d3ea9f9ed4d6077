//! Sensor elements (EPCIS 2.0, 7.3.7): what devices measured, each member with the form that its name asks for.

use super::event::{SensorElement, SensorPart};
use super::json::{Object, Value};
use super::vocabulary::{ALERT, COMPONENT, MEASUREMENT};
use super::walk::Walk;
use crate::refusal::Reason;

/// What a member of `sensorMetadata` or `sensorReport` holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Form {
    Time,
    Uri,
    Number,
    Text,
    Truth,
    Hex,
    Measurement,
    Alert,
    Component,
}

/// In the order of the event hash (CBV 2.0, 8.9, canonical property order).
const METADATA: [(&str, Form); 8] = [
    ("time", Form::Time),
    ("startTime", Form::Time),
    ("endTime", Form::Time),
    ("deviceID", Form::Uri),
    ("deviceMetadata", Form::Uri),
    ("rawData", Form::Uri),
    ("dataProcessingMethod", Form::Uri),
    ("bizRules", Form::Uri),
];
/// `bizRules` is a member of the JSON schema that the order of the hash does not know: it is hashed last.
const REPORT: [(&str, Form); 24] = [
    ("type", Form::Measurement),
    ("exception", Form::Alert),
    ("deviceID", Form::Uri),
    ("deviceMetadata", Form::Uri),
    ("rawData", Form::Uri),
    ("dataProcessingMethod", Form::Uri),
    ("time", Form::Time),
    ("microorganism", Form::Uri),
    ("chemicalSubstance", Form::Uri),
    ("value", Form::Number),
    ("component", Form::Component),
    ("stringValue", Form::Text),
    ("booleanValue", Form::Truth),
    ("hexBinaryValue", Form::Hex),
    ("uriValue", Form::Uri),
    ("minValue", Form::Number),
    ("maxValue", Form::Number),
    ("meanValue", Form::Number),
    ("sDev", Form::Number),
    ("percRank", Form::Number),
    ("percValue", Form::Number),
    ("uom", Form::Text),
    ("coordinateReferenceSystem", Form::Uri),
    ("bizRules", Form::Uri),
];

pub(super) fn is_member(name: &str) -> bool {
    METADATA.iter().chain(&REPORT).any(|(own, _)| *own == name)
}

/// One of `sensorElementList`.
pub(super) fn element(walk: &mut Walk<'_>, value: &Value) -> Option<SensorElement> {
    let object = walk.object(value)?;
    let extensions = walk.extensions(object, |name| ["sensorMetadata", "sensorReport"].contains(&name));
    let metadata = walk.member(object, "sensorMetadata", |walk, value| {
        let object = walk.object(value)?;
        Some(part(walk, object, &METADATA))
    });
    let reports = walk.members(object, "sensorReport", |walk, value| {
        let object = walk.object(value)?;
        // Without a type an alert alone may be reported.
        if object.get("exception").is_none() {
            walk.needed(object, "type");
        }
        Some(part(walk, object, &REPORT))
    });
    match object.get("sensorReport") {
        None => walk.refuse_at("sensorReport", Reason::Missing, ""),
        Some(Value::List(reports)) if reports.is_empty() => {
            walk.refuse_at("sensorReport", Reason::Missing, "")
        }
        Some(_) => {}
    }
    Some(SensorElement { metadata, reports, extensions })
}

fn part(walk: &mut Walk<'_>, object: &Object, forms: &[(&'static str, Form)]) -> SensorPart {
    let extensions = walk.extensions(object, |name| forms.iter().any(|(own, _)| *own == name));
    let members = forms
        .iter()
        .filter_map(|(name, form)| {
            Some((*name, walk.member(object, name, |walk, value| member(walk, value, *form))?))
        })
        .collect();
    SensorPart { members, extensions }
}

fn member(walk: &mut Walk<'_>, value: &Value, form: Form) -> Option<String> {
    match form {
        Form::Time => walk.time(value).map(|stamp| stamp.hashed()),
        Form::Uri => walk.uri(value),
        Form::Number => walk.decimal(value).map(|number| number.as_str().to_owned()),
        Form::Text => walk.text(value).map(|text| text.trim().to_owned()),
        Form::Truth => match value {
            Value::Bool(truth) => Some(truth.to_string()),
            other => {
                walk.refuse(Reason::Structure, other.shown());
                None
            }
        },
        Form::Hex => {
            let text = walk.text(value)?;
            if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
                walk.refuse(Reason::Form, &text);
                return None;
            }
            Some(text)
        }
        Form::Measurement => walk.word(value, &MEASUREMENT),
        Form::Alert => walk.word(value, &ALERT),
        Form::Component => walk.word(value, &COMPONENT),
    }
}
