//! What is asked of an agreement, and the terms it is asked under. Facts only: nothing here decides.

use std::collections::{BTreeMap, BTreeSet};

use bitacora_primitives::Instant;
use bitacora_primitives::markings::{
    AgreementId, AreaId, ClauseId, FieldName, Grading, Handling, ItemKind, PartyCode,
};

use crate::clause::Clause;

/// One version of an agreement, as far as it decides.
#[derive(Clone, Copy, Debug)]
pub struct Terms<'a> {
    pub agreement: &'a AgreementId,
    pub version: u32,
    pub parties: &'a [PartyCode],
    pub from: Instant,
    pub until: Instant,
    pub clauses: &'a [Clause],
}

/// What would be done with the item.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Act {
    /// We give it to a partner. Only here do signatures, the day's volume and the delay count.
    Release,
    /// We accept it from a partner.
    Receive,
    /// The key that opens it is handed over or used.
    Open,
    /// A platform of the partner reads what was released, before any receipt.
    Poll,
}

impl Act {
    pub const ALL: &'static [Self] = &[Self::Release, Self::Receive, Self::Open, Self::Poll];
    pub const fn code(self) -> &'static str {
        match self {
            Self::Release => "release",
            Self::Receive => "receive",
            Self::Open => "open",
            Self::Poll => "poll",
        }
    }
}

/// The facts of one item, one recipient and one purpose. Purposes are texts as the requester wrote them: what is not
/// in the closed list must reach the base prohibition and be refused there, with its clause.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    pub act: Act,
    pub from: &'a PartyCode,
    pub to: &'a PartyCode,
    pub kind: ItemKind,
    pub originator: &'a PartyCode,
    /// The agreement's areas that the item lies in.
    pub areas: &'a BTreeSet<AreaId>,
    pub observed: Instant,
    pub grading: Grading,
    pub handling: &'a Handling,
    pub case: Option<&'a str>,
    /// The item's fields before anything is cut.
    pub fields: &'a BTreeSet<FieldName>,
    pub purpose: &'a str,
    pub derived_uses: &'a BTreeSet<String>,
    pub now: Instant,
    /// Items that went out today (UTC) under each clause.
    pub released_today: &'a BTreeMap<ClauseId, u32>,
    /// Different officers who signed this release.
    pub approvals: u8,
    /// The request comes from a standing subscription: nobody signed it.
    pub standing: bool,
    /// The interdiction asset at sea that the item is for.
    pub asset: Option<&'a str>,
    /// Conditions precedent that have been attested.
    pub conditions_met: &'a BTreeSet<String>,
}
