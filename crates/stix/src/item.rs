//! One item of ours in the form that STIX shows: what the released document says, or, inside our own country, what the
//! offer says. The same type comes back when our own STIX is read.

use std::collections::{BTreeMap, BTreeSet};

use bitacora_primitives::markings::{
    AgreementId, ClauseId, FieldName, Grading, Handling, ItemKind, PartyCode, Purpose,
};
use bitacora_primitives::released::{Document, Place};
use bitacora_primitives::{Instant, Offer, ReleaseId};
use serde_json::Value;

/// What is said of one item, and by whom.
#[derive(Clone, PartialEq, Debug)]
pub struct Item {
    pub id: String,
    pub revision: u32,
    pub kind: ItemKind,
    pub originator: PartyCode,
    pub observed: Instant,
    pub place: Option<Place>,
    pub grading: Grading,
    pub handling: Handling,
    /// Under what it was released; `None` for what never left the originator's own platforms.
    pub release: Option<Terms>,
    pub fields: BTreeMap<FieldName, Value>,
}

/// The terms of a release, as its document states them.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Terms {
    pub agreement: AgreementId,
    pub version: u32,
    pub clause: ClauseId,
    pub purpose: Purpose,
    pub removed: BTreeSet<FieldName>,
    pub corrects: Option<ReleaseId>,
}

impl Item {
    /// The item without what says nothing: STIX 2.1 forbids empty lists (2.12) and has no type for `null` (2), so
    /// members that hold one are left out, at any depth.
    pub fn said(&self) -> Self {
        let mut said = self.clone();
        said.fields.retain(|_, value| says(value));
        said
    }

    /// The item as the document that was released; `None` for one that was not.
    pub fn document(&self) -> Option<Document> {
        let terms = self.release.clone()?;
        Some(Document {
            item: self.id.clone(),
            revision: self.revision,
            kind: self.kind,
            originator: self.originator.clone(),
            observed: self.observed,
            place: self.place,
            grading: self.grading,
            handling: self.handling.clone(),
            agreement: terms.agreement,
            version: terms.version,
            clause: terms.clause,
            purpose: terms.purpose,
            removed: terms.removed,
            corrects: terms.corrects,
            fields: self.fields.clone(),
        })
    }
}

/// Takes out members that say nothing, and tells whether anything is left to say. Lists keep every element: which place
/// one has in a list may mean something.
fn says(value: &mut Value) -> bool {
    match value {
        Value::Null => false,
        Value::Array(items) => {
            for item in items.iter_mut() {
                says(item);
            }
            !items.is_empty()
        }
        Value::Object(members) => {
            let names: Vec<String> = members.keys().cloned().collect();
            for name in names {
                if !members.get_mut(&name).is_some_and(says) {
                    members.remove(&name);
                }
            }
            true
        }
        Value::Bool(_) | Value::Number(_) | Value::String(_) => true,
    }
}

impl From<&Document> for Item {
    fn from(document: &Document) -> Self {
        Self {
            id: document.item.clone(),
            revision: document.revision,
            kind: document.kind,
            originator: document.originator.clone(),
            observed: document.observed,
            place: document.place,
            grading: document.grading,
            handling: document.handling.clone(),
            release: Some(Terms {
                agreement: document.agreement.clone(),
                version: document.version,
                clause: document.clause.clone(),
                purpose: document.purpose,
                removed: document.removed.clone(),
                corrects: document.corrects,
            }),
            fields: document.fields.clone(),
        }
    }
}

/// What the originator's own platforms get: nothing is cut, and nothing was released.
impl From<&Offer> for Item {
    fn from(offer: &Offer) -> Self {
        let micro = |degrees: f64| (degrees * 1e6).round() as i64;
        Self {
            id: offer.id.clone(),
            revision: offer.revision,
            kind: offer.kind,
            originator: offer.originator.clone(),
            observed: offer.observed,
            place: offer.position.map(|at| Place {
                lat_udeg: micro(at.lat()),
                lon_udeg: micro(at.lon()),
                grid_m: 0,
            }),
            grading: offer.grading,
            handling: offer.handling.clone(),
            release: None,
            fields: offer.fields.clone(),
        }
    }
}
