//! What a suspension covers. It can only narrow: each compiles to one Cedar `forbid`. Knows neither signature nor time.

use std::collections::BTreeSet;

use bitacora_primitives::SuspensionId;
use bitacora_primitives::markings::{AreaId, ClauseId, ItemKind, PartyCode, Purpose, Text};
use serde::{Deserialize, Serialize};

/// What is stopped. `None` and the empty set mean all.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SuspensionScope {
    pub from: Option<PartyCode>,
    pub to: Option<PartyCode>,
    pub items: BTreeSet<ItemKind>,
    pub areas: BTreeSet<AreaId>,
    pub purposes: BTreeSet<Purpose>,
}

impl SuspensionScope {
    /// When unsure, covered: an item whose areas are not known lies in every suspended area.
    pub fn covers(
        &self,
        from: &PartyCode,
        to: &PartyCode,
        kind: ItemKind,
        areas: &BTreeSet<AreaId>,
        purpose: Purpose,
    ) -> bool {
        self.from.as_ref().is_none_or(|party| party == from)
            && self.to.as_ref().is_none_or(|party| party == to)
            && (self.items.is_empty() || self.items.contains(&kind))
            && (self.areas.is_empty() || areas.is_empty() || !self.areas.is_disjoint(areas))
            && (self.purposes.is_empty() || self.purposes.contains(&purpose))
    }
}

/// A suspension in force.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SuspensionRule {
    pub id: SuspensionId,
    pub scope: SuspensionScope,
    /// Clauses whose flows go on. Safety of life goes on whether it is named or not.
    pub exceptions: BTreeSet<ClauseId>,
    /// As long as what.
    pub reason: Text,
}
