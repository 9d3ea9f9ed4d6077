//! What the partner gave us.

use std::collections::BTreeMap;

use bitacora_primitives::markings::{ItemKind, Purpose};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::decision::HandlingView;

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ReceivedItem {
    pub release: String,
    pub item: String,
    #[schema(value_type = String)]
    pub kind: ItemKind,
    /// Stands inside the sealed item: known once this officer opened it.
    pub observed: Option<String>,
    /// When the partner's log says that it was released.
    pub received: String,
    #[schema(value_type = String)]
    pub purpose: Purpose,
    /// Leaf in the partner's log.
    pub leaf: u64,
    /// sealed, readable, open, lease_lapsed, quiet, withdrawn, corrected
    pub state: &'static str,
    pub handling: Option<HandlingView>,
    /// The opened fields, for an officer who opened it; `null` while sealed or quiet.
    #[schema(value_type = Option<Object>)]
    pub fields: Option<BTreeMap<String, serde_json::Value>>,
    /// Opened for a boarding in progress: stays visible when the lease lapses, without export.
    pub boarding: bool,
}

#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewOpening {
    /// For a boarding in progress.
    #[serde(default)]
    pub boarding: bool,
}
