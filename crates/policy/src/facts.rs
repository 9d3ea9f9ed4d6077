//! A request's facts as Cedar's context. Every attribute of the schema is always present: a missing one would be an
//! error, and an error a refusal.

use std::collections::BTreeMap;

use bitacora_primitives::markings::{ClauseId, FieldName, ItemKind, PartyCode};
use cedar_policy::{Context, EntityId, EntityTypeName, EntityUid, RestrictedExpression};

use crate::compile::ceiling_s;
use crate::request::Request;

/// The names that requests use, parsed once.
#[derive(Clone, Debug)]
pub(crate) struct Names {
    party: EntityTypeName,
    clause: EntityTypeName,
    action: EntityTypeName,
    known: BTreeMap<PartyCode, EntityUid>,
}

impl Names {
    pub(crate) fn new(parties: &[PartyCode]) -> Result<Self, Box<cedar_policy::ParseErrors>> {
        let name = |text: &str| text.parse::<EntityTypeName>().map_err(Box::new);
        let party = name("Exchange::Party")?;
        let uid =
            |code: &PartyCode| EntityUid::from_type_name_and_id(party.clone(), EntityId::new(code.as_str()));
        let known = parties.iter().map(|code| (code.clone(), uid(code))).collect();
        Ok(Self { clause: name("Exchange::Clause")?, action: name("Exchange::Action")?, known, party })
    }
    pub(crate) fn party(&self, code: &PartyCode) -> EntityUid {
        self.known.get(code).cloned().unwrap_or_else(|| {
            EntityUid::from_type_name_and_id(self.party.clone(), EntityId::new(code.as_str()))
        })
    }
    /// Whether it is a party to the agreement.
    pub(crate) fn has(&self, code: &PartyCode) -> bool {
        self.known.contains_key(code)
    }
    pub(crate) fn clause(&self, id: &str) -> EntityUid {
        EntityUid::from_type_name_and_id(self.clause.clone(), EntityId::new(id))
    }
    pub(crate) fn action(&self, code: &str) -> EntityUid {
        EntityUid::from_type_name_and_id(self.action.clone(), EntityId::new(code))
    }
}

fn text(value: &str) -> RestrictedExpression {
    RestrictedExpression::new_string(value.to_owned())
}

fn texts<'a>(values: impl Iterator<Item = &'a str>) -> RestrictedExpression {
    RestrictedExpression::new_set(values.map(text))
}

/// None where Cedar does not take them. Times go in whole seconds, rounded so that the item looks younger and the
/// agreement shorter than they are.
pub(crate) fn context<'a>(
    request: &Request<'a>,
    names: &Names,
    counted: &[ClauseId],
    leaving: impl Iterator<Item = &'a FieldName>,
) -> Option<Context> {
    let long = RestrictedExpression::new_long;
    let party = |code| RestrictedExpression::new_entity_uid(names.party(code));
    let positioned =
        !request.areas.is_empty() || request.fields.iter().any(|name| name.as_str() == "position");
    let counters = counted.iter().map(|clause| {
        let count = request.released_today.get(clause).copied().unwrap_or(0);
        (clause.as_str().to_owned(), long(i64::from(count)))
    });
    let handling = request.handling;
    // Only of a distress message does a clause ask what it says; of another kind this would cost and serve nothing.
    let asked = request.fields.iter().filter(|_| request.kind == ItemKind::Distress);
    let pairs = [
        ("from", party(request.from)),
        ("kind", text(request.kind.code())),
        ("originator", party(request.originator)),
        ("areas", texts(request.areas.iter().map(|area| area.as_str()))),
        ("positioned", RestrictedExpression::new_bool(positioned)),
        ("observed", long(ceiling_s(request.observed))),
        ("source", long(i64::from(request.grading.source_rank()))),
        ("information", long(i64::from(request.grading.information_rank()))),
        ("tlp", text(handling.tlp.code())),
        ("codes", texts(handling.codes.iter().map(|code| code.code()))),
        ("releasable_to", RestrictedExpression::new_set(handling.releasable_to.iter().map(party))),
        ("case", text(request.case.unwrap_or_default())),
        ("fields", texts(asked.map(FieldName::as_str))),
        ("leaving", texts(leaving.map(FieldName::as_str))),
        ("purpose", text(request.purpose)),
        ("derived_uses", texts(request.derived_uses.iter().map(String::as_str))),
        ("now", long(request.now.secs())),
        ("released_today", RestrictedExpression::new_record(counters).ok()?),
        ("approvals", long(i64::from(request.approvals))),
        ("standing", RestrictedExpression::new_bool(request.standing)),
        ("asset", text(request.asset.unwrap_or_default())),
        ("conditions_met", texts(request.conditions_met.iter().map(String::as_str))),
    ];
    Context::from_pairs(pairs.into_iter().map(|(name, value)| (name.to_owned(), value))).ok()
}
