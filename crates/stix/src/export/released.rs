//! An item as STIX: the object that says what the document says, the vessels and containers it names, its position, and
//! the companions that tools without the extension read.

use bitacora_primitives::markings::ItemKind;
use bitacora_primitives::released::Place;
use bitacora_primitives::{ContainerNumber, Mmsi};
use serde_json::{Map, Value, json};

use crate::export::caveats::{Said, marks};
use crate::export::definitions::{definitions, party, party_id};
use crate::export::{ExportError, Frame, Standing, added, carried, companions, confidence, new_type};
use crate::object::Object;
use crate::time::{self, Times};
use crate::vocabulary::{VESSEL_FIELDS, type_of};
use crate::{Caveats, Item};

/// Metres from the middle of a square cell to its corner, for a side of one: no point of the cell is farther.
const HALF_DIAGONAL: f64 = std::f64::consts::FRAC_1_SQRT_2;

pub(super) fn objects(
    item: &Item,
    caveats: &Caveats,
    times: Times,
    standing: Standing,
) -> Result<Vec<Object>, ExportError> {
    for (name, value) in &item.fields {
        carried(name.as_str(), value, 0)?;
    }
    let item = item.said();
    let said = Said::of(&item, caveats);
    let created_by = party_id(&item.originator);
    let marks = marks(&said, &created_by)?;
    let (agreement, purpose) =
        item.release.as_ref().map_or(("", ""), |terms| (terms.agreement.as_str(), terms.purpose.code()));
    let frame = Frame {
        scope: [item.originator.as_str(), agreement, purpose, &item.id],
        created_by,
        markings: marks.refs,
        times,
        standing,
        confidence: confidence(item.grading),
    };
    let kind = type_of(item.kind);
    let item_ref = frame.id(kind, "item");
    let mut objects = definitions()?;
    objects.push(party(&item.originator)?);
    objects.extend(marks.objects);
    let mut refs = Map::new();
    for (role, subject) in subjects(&item) {
        let object = subject.object(&frame, role, &item, &item_ref)?;
        refs.insert(format!("{role}_ref"), json!(object.id()));
        objects.push(object);
    }
    let location = item.place.map(|place| location(&frame, &item, place, &item_ref)).transpose()?;
    if let Some(location) = &location {
        refs.insert("location_ref".to_owned(), json!(location.id()));
    }
    objects.push(said_object(&frame, &item, kind, refs)?);
    objects.extend(companions::of_item(&frame, &item, &said, &item_ref, location.as_ref())?);
    objects.extend(location);
    Ok(objects)
}

/// The object that says what the document says: its own facts, its fields as they are, and links.
fn said_object(
    frame: &Frame<'_>,
    item: &Item,
    kind: &str,
    mut own: Map<String, Value>,
) -> Result<Object, ExportError> {
    let mut put = |name: &str, value: Value| own.insert(name.to_owned(), value);
    put("extensions", new_type());
    put("item_id", json!(item.id));
    put("item_kind", json!(item.kind));
    put("revision", json!(item.revision));
    put("originator", json!(item.originator));
    put("observed", json!(time::seconds(item.observed).ok_or(ExportError::TimeOutOfRange)?));
    put("grading", json!(item.grading));
    if let Some(place) = item.place {
        put("place", json!(place));
    }
    if let Some(terms) = &item.release {
        if !terms.removed.is_empty() {
            put("removed_fields", json!(terms.removed));
        }
        if let Some(corrects) = &terms.corrects {
            put("corrects", json!(corrects));
        }
    }
    if matches!(item.kind, ItemKind::Lead | ItemKind::ContainerAlert) {
        // A lead is a hypothesis with reasons for and against: what reads it must not take it for a finding.
        put("nature", json!("hypothesis"));
    }
    put("fields", json!(item.fields));
    frame.object(kind, "item", Value::Object(own))
}

/// What an item is about.
enum Subject {
    Vessel(Mmsi),
    Container(ContainerNumber),
}

/// The subjects that the fields `vessel`, `container` and `other` name, by their role.
fn subjects(item: &Item) -> Vec<(&'static str, Subject)> {
    let of =
        |name: &str| item.fields.iter().find(|(field, _)| field.as_str() == name).map(|(_, value)| value);
    let mut found = Vec::new();
    for role in ["vessel", "container", "other"] {
        let subject = match of(role) {
            Some(Value::Number(number)) if role != "container" => {
                number.as_u64().and_then(|n| Mmsi::new(u32::try_from(n).ok()?)).map(Subject::Vessel)
            }
            Some(Value::String(text)) if role != "vessel" => text.parse().ok().map(Subject::Container),
            _ => None,
        };
        found.extend(subject.map(|subject| (role, subject)));
    }
    found
}

impl Subject {
    fn object(
        &self,
        frame: &Frame<'_>,
        role: &str,
        item: &Item,
        item_ref: &str,
    ) -> Result<Object, ExportError> {
        let (kind, mut own) = match self {
            Self::Vessel(mmsi) => {
                let mut own = Map::new();
                own.insert("mmsi".to_owned(), json!(mmsi.to_string()));
                own.insert(
                    "external_references".to_owned(),
                    json!([{ "source_name": "mmsi", "external_id": mmsi.to_string() }]),
                );
                // What the item tells of a vessel is told of the one that it is about.
                if role == "vessel" {
                    own.extend(described(item));
                }
                ("vessel", own)
            }
            Self::Container(number) => {
                let mut own = Map::new();
                own.insert("number".to_owned(), json!(number));
                own.insert(
                    "external_references".to_owned(),
                    json!([{ "source_name": "iso6346", "external_id": number }]),
                );
                ("container", own)
            }
        };
        own.insert("item_ref".to_owned(), json!(item_ref));
        own.insert("extensions".to_owned(), new_type());
        frame.object(kind, role, Value::Object(own))
    }
}

/// The fields that tell who the vessel is, where they have the form that the vessel's schema asks for.
fn described(item: &Item) -> Map<String, Value> {
    let told = item.fields.iter().filter_map(|(field, value)| {
        let (name, text) = VESSEL_FIELDS.iter().find(|(name, _)| *name == field.as_str())?;
        let right = if *text {
            value.as_str().is_some_and(|text| !text.is_empty())
        } else {
            value.as_f64().is_some_and(|number| number >= 0.0)
        };
        right.then(|| ((*name).to_owned(), value.clone()))
    });
    told.collect()
}

/// The position as a standard location. The whole micro-degrees stand beside the fractions.
fn location(frame: &Frame<'_>, item: &Item, place: Place, item_ref: &str) -> Result<Object, ExportError> {
    if place.lat_udeg.unsigned_abs() > 90_000_000 || place.lon_udeg.unsigned_abs() > 180_000_000 {
        return Err(ExportError::BadPlace);
    }
    let Value::Object(facts) = json!({
        "item_ref": item_ref,
        "observed": time::seconds(item.observed).ok_or(ExportError::TimeOutOfRange)?,
        "lat_udeg": place.lat_udeg,
        "lon_udeg": place.lon_udeg,
        "grid_m": place.grid_m,
    }) else {
        return Err(ExportError::NotCanonical);
    };
    let mut own = json!({
        "latitude": place.lat_udeg as f64 / 1e6,
        "longitude": place.lon_udeg as f64 / 1e6,
        "extensions": added(facts),
    });
    if let (true, Value::Object(members)) = (place.grid_m > 0, &mut own) {
        members.insert("precision".to_owned(), json!(f64::from(place.grid_m) * HALF_DIAGONAL));
    }
    frame.object("location", "place", own)
}
