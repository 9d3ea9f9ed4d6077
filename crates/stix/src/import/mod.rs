//! Bundles of others: what they say becomes contacts, sightings and proposals, each with its markings and its evidence, or
//! is refused with a code. One bad object does not stop the rest; every object ends in exactly one list.

mod claims;
mod envelope;
mod header;
mod holders;
mod limits;
mod markings;
mod ours;
mod refusal;
mod sea;
mod sort;
mod strict;

pub use claims::{
    Contact, Evidence, Holder, Imported, IncidentClaim, Known, Marking, Named, Origin, Proposal, Proposed,
    Said, Sighting,
};
pub use limits::Limits;
pub use refusal::{Code, Refused};

use std::collections::BTreeMap;

use crate::StixId;
use header::{Headed, No};
use holders::Holders;
use markings::Definitions;
use sea::AtSea;
use sort::Desk;
use strict::Budget;

/// Characters of a refusal's detail: it may quote what was sent.
const LONGEST_DETAIL: usize = 300;

/// Reads a bundle (STIX 2.1, 8), a TAXII 2.1 envelope, or one object. `known` holds the markings of earlier documents of
/// the same source. An error means that nothing of the document was read.
pub fn import(bytes: &[u8], limits: &Limits, known: &Known) -> Result<Imported, Refused> {
    let envelope = envelope::open(bytes, limits)?;
    let mut imported = Imported { beyond: envelope.beyond, ..Imported::default() };
    let budget = Budget::new(limits.values);
    let mut definitions = Definitions::new(known);
    let mut objects: Vec<(usize, Headed<'_>)> = Vec::new();
    let mut versions: BTreeMap<(StixId, Option<bitacora_primitives::Instant>), usize> = BTreeMap::new();
    for (place, raw) in envelope.objects.iter().enumerate() {
        let read = object(raw, limits, &budget).and_then(|object| {
            let version = (object.id.clone(), object.modified.or(object.created));
            if let Some(first) = versions.get(&version) {
                let same = envelope.objects.get(*first) == Some(raw);
                let code = if same { Code::Repeated } else { Code::VersionConflict };
                return Err((code, format!("as objects/{first}")));
            }
            versions.insert(version, place);
            if object.kind() == "marking-definition" {
                definitions.define(&object)?;
            }
            Ok(object)
        });
        match read {
            Ok(object) => objects.push((place, object)),
            Err(no) => imported.refused.push(refused(place, id_of(raw, limits), no)),
        }
    }
    if envelope.beyond > 0 {
        let detail = format!("{} objects after the first {}", envelope.beyond, limits.objects);
        imported.refused.push(Refused {
            path: format!("objects/{}", envelope.objects.len()),
            id: None,
            code: Code::TooManyObjects,
            detail,
        });
    }
    let start = bytes.as_ptr() as usize;
    let at_sea: Vec<Result<AtSea, No>> = objects.iter().map(|(_, object)| AtSea::read(object)).collect();
    let holders = Holders::new(objects.iter().map(|(_, object)| object), &definitions);
    let desk = Desk::new(objects.iter().map(|(_, object)| object).zip(&at_sea));
    for ((place, object), at) in objects.iter().zip(&at_sea) {
        let origin = definitions.of(object).and_then(|markings| {
            Ok(Origin {
                id: object.id.clone(),
                created: object.created,
                modified: object.modified,
                revoked: object.revoked,
                created_by: object.created_by.clone(),
                markings,
                labels: object.labels()?.map(str::to_owned).collect(),
                held_by: holders.of(&object.id)?,
                evidence: Evidence {
                    offset: (object.raw.as_ptr() as usize).saturating_sub(start),
                    length: object.raw.len(),
                },
                unread: Vec::new(),
            })
        });
        let at = at.as_ref().map_err(Clone::clone);
        let taken = origin.and_then(|origin| desk.take(object, at?, origin, &mut imported));
        if let Err(no) = taken {
            imported.refused.push(refused(*place, Some(object.id.to_string()), no));
        }
    }
    imported.known = definitions.into_known();
    Ok(imported)
}

fn object<'a>(raw: &'a str, limits: &Limits, budget: &Budget) -> Result<Headed<'a>, No> {
    if raw.len() > limits.object_bytes {
        return Err((Code::ObjectTooLong, format!("{} bytes, at most {}", raw.len(), limits.object_bytes)));
    }
    Headed::read(raw, strict::object(raw, limits.depth, budget)?)
}

/// The id of an object that is refused, as far as one can be told.
fn id_of(raw: &str, limits: &Limits) -> Option<String> {
    #[derive(serde::Deserialize)]
    struct WithId {
        id: String,
    }
    if raw.len() > limits.object_bytes {
        return None;
    }
    let read: WithId = serde_json::from_str(raw).ok()?;
    Some(header::shown(&read.id))
}

fn refused(place: usize, id: Option<String>, (code, detail): No) -> Refused {
    Refused {
        path: format!("objects/{place}"),
        id,
        code,
        detail: detail.chars().take(LONGEST_DETAIL).collect(),
    }
}
