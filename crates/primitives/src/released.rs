//! What a recipient holds of an item: the offer as an agreement cut it. `exchange` makes one and seals it; whoever shows
//! it in another form (STIX) has it from here and adds nothing.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::markings::{AgreementId, ClauseId, FieldName, Grading, Handling, ItemKind, PartyCode, Purpose};
use crate::{Instant, ReleaseId};

/// The plain text of a sealed item.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Document {
    pub item: String,
    pub revision: u32,
    pub kind: ItemKind,
    pub originator: PartyCode,
    pub observed: Instant,
    pub place: Option<Place>,
    pub grading: Grading,
    pub handling: Handling,
    pub agreement: AgreementId,
    pub version: u32,
    pub clause: ClauseId,
    pub purpose: Purpose,
    /// Names of what was removed: the reader knows that there was more.
    pub removed: BTreeSet<FieldName>,
    /// The release that this one corrects.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub corrects: Option<ReleaseId>,
    pub fields: BTreeMap<FieldName, Value>,
}

/// A position in micro-degrees; `grid_m` above 0 says that it is the middle of a cell of that size.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Place {
    pub lat_udeg: i64,
    pub lon_udeg: i64,
    pub grid_m: u32,
}
