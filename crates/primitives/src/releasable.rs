//! What a thing must tell before it may be offered to a partner. `exchange` knows no lead, track or alert by name:
//! it knows this.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::markings::{FieldName, Grading, Handling, ItemKind, PartyCode};
use crate::{Instant, Position};

/// A thing that may be released under an agreement.
pub trait Releasable {
    fn offer(&self, by: &Originator) -> Offer;
}

/// Who offers its own things, and how it marks them.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Originator {
    pub party: PartyCode,
    pub grading: Grading,
    pub handling: Handling,
}

/// The facts of an item by which an agreement decides, and its fields, of which an agreement may cut some.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Offer {
    /// The thing's own id and revision: the same thing offered again is the same item.
    pub id: String,
    pub revision: u32,
    pub kind: ItemKind,
    pub originator: PartyCode,
    pub observed: Instant,
    pub position: Option<Position>,
    pub grading: Grading,
    pub handling: Handling,
    /// The case that a court's order names, for evidence.
    pub case: Option<String>,
    pub fields: BTreeMap<FieldName, serde_json::Value>,
}
