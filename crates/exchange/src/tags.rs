//! What a write to a partner is about: the few facts by which a suspension's scope finds it. Never holds content.

use std::collections::BTreeSet;

use bitacora_policy::SuspensionScope;
use bitacora_primitives::SuspensionId;
use bitacora_primitives::markings::{AgreementId, AreaId, ClauseId, ItemKind, PartyCode, Purpose};
use serde::{Deserialize, Serialize};

/// The scope facts of one released item.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tags {
    pub agreement: AgreementId,
    pub from: PartyCode,
    pub to: PartyCode,
    pub kind: ItemKind,
    pub areas: BTreeSet<AreaId>,
    pub purpose: Purpose,
    /// The clause that permitted it: an exception is one by its clause.
    pub clause: ClauseId,
}

/// A suspension in force, less what has been resumed.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Closure {
    pub id: SuspensionId,
    pub agreement: AgreementId,
    pub scope: SuspensionScope,
    pub exceptions: BTreeSet<ClauseId>,
    pub resumed: Vec<SuspensionScope>,
}

impl Closure {
    /// Whether it stops this item.
    pub fn stops(&self, tags: &Tags) -> bool {
        self.reaches(tags) && !self.is_exception(tags)
    }

    /// Whether the item lies in its scope and goes on all the same.
    pub fn excepts(&self, tags: &Tags) -> bool {
        self.reaches(tags) && self.is_exception(tags)
    }

    fn reaches(&self, tags: &Tags) -> bool {
        tags.agreement == self.agreement
            && covers(&self.scope, tags)
            && !self.resumed.iter().any(|scope| lies_within(scope, tags))
    }

    /// Distress is never stopped, whatever the notice says.
    // INVARIANT: safety of life is always an exception.
    fn is_exception(&self, tags: &Tags) -> bool {
        tags.kind == ItemKind::Distress || self.exceptions.contains(&tags.clause)
    }
}

/// In doubt, covered: an item without a known area may lie in any.
fn covers(scope: &SuspensionScope, tags: &Tags) -> bool {
    scope.covers(&tags.from, &tags.to, tags.kind, &tags.areas, tags.purpose)
}

/// In doubt, not within: what is resumed must lie in the scope for certain.
fn lies_within(scope: &SuspensionScope, tags: &Tags) -> bool {
    covers(scope, tags)
        && (scope.areas.is_empty() || (!tags.areas.is_empty() && tags.areas.is_subset(&scope.areas)))
}
