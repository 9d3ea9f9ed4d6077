//! Reads an agreement and a request from a case file. `templates` has an agreement for each form of a clause, `scopes` the
//! suspensions.
#![allow(dead_code, reason = "each test uses a part")]

pub mod scopes;
pub mod templates;

use std::collections::{BTreeMap, BTreeSet};

use bitacora_policy::{Act, Clause, CompileError, PolicySet, Request, SuspensionRule, Terms};
use bitacora_primitives::markings::{
    AgreementId, AreaId, ClauseId, FieldName, Grading, Handling, ItemKind, PartyCode,
};
use bitacora_primitives::{Instant, SuspensionId};
use serde::de::DeserializeOwned;
use serde_json::Value;

#[derive(Clone, Debug)]
pub struct Agreement {
    pub id: AgreementId,
    pub version: u32,
    pub parties: Vec<PartyCode>,
    pub from: Instant,
    pub until: Instant,
    pub clauses: Vec<Clause>,
    pub base: Value,
}

fn of<T: DeserializeOwned>(value: &Value) -> T {
    serde_json::from_value(value.clone()).unwrap_or_else(|error| panic!("{value}: {error}"))
}

fn instant(value: &Value) -> Instant {
    Instant::parse(value.as_str().unwrap()).unwrap()
}

impl Agreement {
    pub fn read(text: &Value) -> Self {
        Self {
            id: of(&text["agreement"]),
            version: of(&text["version"]),
            parties: of(&text["parties"]),
            from: instant(&text["from"]),
            until: instant(&text["until"]),
            clauses: of(&text["clauses"]),
            base: text["base"].clone(),
        }
    }
    pub fn co_us_mar() -> Self {
        Self::read(&serde_json::from_str(include_str!("../cases/co-us-mar.json")).unwrap())
    }
    pub fn terms(&self) -> Terms<'_> {
        Terms {
            agreement: &self.id,
            version: self.version,
            parties: &self.parties,
            from: self.from,
            until: self.until,
            clauses: &self.clauses,
        }
    }
    pub fn compile(&self, suspensions: &[SuspensionRule]) -> Result<PolicySet, CompileError> {
        PolicySet::compile(&self.terms(), suspensions)
    }
}

/// The rules, and each one's id beside its name in the file.
pub fn suspensions(list: &Value) -> (Vec<SuspensionRule>, Vec<(String, String)>) {
    let mut rules = Vec::new();
    let mut names = Vec::new();
    for one in list.as_array().into_iter().flatten() {
        let name = one["id"].as_str().unwrap().to_owned();
        let id = SuspensionId::of(&[name.as_bytes()]);
        rules.push(SuspensionRule {
            id,
            scope: of(&one["scope"]),
            exceptions: of(&one["exceptions"]),
            reason: of(&one["reason"]),
        });
        names.push((id.to_string(), name));
    }
    (rules, names)
}

/// A request that owns its parts.
#[derive(Clone, Debug)]
pub struct Asked {
    pub act: Act,
    pub from: PartyCode,
    pub to: PartyCode,
    pub kind: ItemKind,
    pub originator: PartyCode,
    pub areas: BTreeSet<AreaId>,
    pub observed: Instant,
    pub grading: Grading,
    pub handling: Handling,
    pub case: Option<String>,
    pub fields: BTreeSet<FieldName>,
    pub purpose: String,
    pub derived_uses: BTreeSet<String>,
    pub now: Instant,
    pub released_today: BTreeMap<ClauseId, u32>,
    pub approvals: u8,
    pub standing: bool,
    pub asset: Option<String>,
    pub conditions_met: BTreeSet<String>,
}

impl Asked {
    pub fn read(base: &Value, change: &Value) -> Self {
        let changed = change.as_object().unwrap();
        for key in changed.keys() {
            assert!(base.get(key).is_some(), "no fact `{key}`");
        }
        let get = |key: &str| changed.get(key).unwrap_or(&base[key]);
        let act = get("act").as_str().unwrap().to_owned();
        Self {
            act: *Act::ALL.iter().find(|one| one.code() == act).unwrap(),
            from: of(get("from")),
            to: of(get("to")),
            kind: of(get("kind")),
            originator: of(get("originator")),
            areas: of(get("areas")),
            observed: instant(get("observed")),
            grading: of(get("grading")),
            handling: of(get("handling")),
            case: of(get("case")),
            fields: of(get("fields")),
            purpose: of(get("purpose")),
            derived_uses: of(get("derived_uses")),
            now: instant(get("now")),
            released_today: of(get("released_today")),
            approvals: of(get("approvals")),
            standing: of(get("standing")),
            asset: of(get("asset")),
            conditions_met: of(get("conditions_met")),
        }
    }
    pub fn request(&self) -> Request<'_> {
        Request {
            act: self.act,
            from: &self.from,
            to: &self.to,
            kind: self.kind,
            originator: &self.originator,
            areas: &self.areas,
            observed: self.observed,
            grading: self.grading,
            handling: &self.handling,
            case: self.case.as_deref(),
            fields: &self.fields,
            purpose: &self.purpose,
            derived_uses: &self.derived_uses,
            now: self.now,
            released_today: &self.released_today,
            approvals: self.approvals,
            standing: self.standing,
            asset: self.asset.as_deref(),
            conditions_met: &self.conditions_met,
        }
    }
}
