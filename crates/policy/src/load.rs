//! From Cedar text to a set that can decide: read back, validated strictly, probed. Nothing here trusts what `compile`
//! wrote; the tests hand it altered texts.

use std::collections::BTreeMap;

use cedar_policy::{Entities, Expression, Policy, PolicyId, Schema, ValidationMode, Validator};
use sha2::{Digest as _, Sha256};

use crate::compile::{Condition, Role, Source, Written, base_condition};
use crate::decision::ReasonCode;
use crate::error::CompileError;
use crate::facts::Names;
use crate::request::{Act, Terms};
use crate::schema::schema_text;
use crate::set::{Ground, Parts, Permit, PolicySet, Prohibition, Stop};

/// The first line of a Cedar error, short enough to log.
fn short(error: &dyn std::fmt::Display) -> String {
    error.to_string().lines().next().unwrap_or_default().chars().take(200).collect()
}

/// Every different condition once, in the order in which they are met.
#[derive(Default)]
struct Conditions {
    places: BTreeMap<String, usize>,
    parsed: Vec<Expression>,
}

impl Conditions {
    fn ground(&mut self, policy: &str, condition: &Condition) -> Result<Ground, CompileError> {
        let code = condition.code;
        if let Some(place) = self.places.get(&condition.text) {
            return Ok(Ground { code, place: *place });
        }
        let expression = condition.text.parse::<Expression>();
        let bad = |error| CompileError::NotCedar { policy: policy.to_owned(), reason: short(&error) };
        let place = self.parsed.len();
        self.parsed.push(expression.map_err(bad)?);
        self.places.insert(condition.text.clone(), place);
        Ok(Ground { code, place })
    }

    fn grounds(&mut self, policy: &str, conditions: &[Condition]) -> Result<Vec<Ground>, CompileError> {
        conditions.iter().map(|condition| self.ground(policy, condition)).collect()
    }
}

/// One policy, read back under the id of its clause. `@id` alone would not name it: Cedar takes ids from the caller.
fn read(written: &Written) -> Result<Policy, CompileError> {
    let policy = Policy::parse(Some(PolicyId::new(&written.id)), &written.text)
        .map_err(|error| CompileError::NotCedar { policy: written.id.clone(), reason: short(&error) })?;
    let same = written.annotations.iter().all(|(key, value)| policy.annotation(key) == Some(value.as_str()));
    let permits = policy.effect() == cedar_policy::Effect::Permit;
    if !same || permits != matches!(written.role, Role::Permit { .. }) {
        return Err(CompileError::ReadBack { policy: written.id.clone() });
    }
    Ok(policy)
}

/// INVARIANT: the base prohibition is present exactly once and is ours, word for word.
fn check_base(policies: &BTreeMap<String, Policy>, base: &str) -> Result<(), CompileError> {
    let altered = || CompileError::BaseProhibitionAltered { clause: base.to_owned() };
    let text = format!("forbid (principal, action, resource) unless {{ {} }};", base_condition());
    let ours = Policy::parse(Some(PolicyId::new(base)), text)
        .map_err(|error| CompileError::NotCedar { policy: base.to_owned(), reason: short(&error) })?;
    let body = |policy: &Policy| {
        let mut json = policy.to_json().ok()?;
        json.as_object_mut()?.remove("annotations");
        Some(json)
    };
    let held = policies.get(base).ok_or(CompileError::NoBaseProhibition)?;
    match (body(&ours), body(held)) {
        (Some(ours), Some(held)) if ours == held => Ok(()),
        _ => Err(altered()),
    }
}

/// SHA-256 over the policies in order of their ids, then the schema; each text after its length.
fn hash<'a>(policies: impl Iterator<Item = (&'a String, &'a String)>, schema: &str) -> [u8; 32] {
    let mut digest = Sha256::new();
    let mut add = |text: &str| {
        digest.update((text.len() as u64).to_be_bytes());
        digest.update(text.as_bytes());
    };
    for (id, text) in policies {
        add(id);
        add(text);
    }
    add(schema);
    digest.finalize().into()
}

/// Reads, validates and probes.
pub(crate) fn load(terms: &Terms<'_>, source: Source) -> Result<PolicySet, CompileError> {
    let schema_text = schema_text(source.counted.iter(), source.waived);
    let (schema, warnings) = Schema::from_cedarschema_str(&schema_text)
        .map_err(|error| CompileError::BadSchema { reason: short(&error) })?;
    if let Some(warning) = warnings.into_iter().next() {
        return Err(CompileError::BadSchema { reason: short(&warning) });
    }
    let (mut permits, mut prohibitions, mut stops) = (Vec::new(), Vec::new(), Vec::new());
    let (mut texts, mut policies) = (BTreeMap::new(), BTreeMap::new());
    let mut parsed = Conditions::default();
    for written in &source.policies {
        let id = written.id.as_str();
        if policies.insert(written.id.clone(), read(written)?).is_some() {
            return Err(CompileError::ReadBack { policy: written.id.clone() });
        }
        texts.insert(written.id.clone(), written.text.clone());
        match &written.role {
            Role::Permit { flow, conditions } => {
                let conditions = parsed.grounds(id, conditions)?;
                permits.push(Permit { flow: flow.clone(), conditions });
            }
            Role::Forbid { grounds: list } => {
                let officers = list.iter().any(|ground| ground.code == ReasonCode::SecondOfficerMissing);
                prohibitions.push(Prohibition {
                    id: id.to_owned(),
                    grounds: parsed.grounds(id, list)?,
                    officers,
                });
            }
            Role::Suspend { covers } => {
                stops.push(Stop { id: id.to_owned(), covers: parsed.ground(id, covers)? })
            }
        }
    }
    check_base(&policies, source.base.as_str())?;
    let cedar = cedar_policy::PolicySet::from_policies(policies.into_values())
        .map_err(|error| CompileError::Invalid { reason: short(&error) })?;
    let result = Validator::new(schema.clone()).validate(&cedar, ValidationMode::Strict);
    if let Some(error) = result.validation_errors().next() {
        return Err(CompileError::Invalid { reason: short(error) });
    }
    let bad_name =
        |error: Box<cedar_policy::ParseErrors>| CompileError::BadSchema { reason: short(error.as_ref()) };
    let names = Names::new(terms.parties).map_err(bad_name)?;
    let actions = Act::ALL.iter().map(|act| (*act, names.action(act.code()))).collect();
    Ok(PolicySet::new(Parts {
        agreement: terms.agreement.clone(),
        version: terms.version,
        hash: hash(texts.iter(), &schema_text),
        cedar,
        schema,
        schema_text,
        entities: Entities::empty(),
        names,
        actions,
        texts,
        base: source.base,
        counted: source.counted,
        handling: source.handling,
        removed: source.removed,
        waived: source.waived,
        retention: source.retention,
        watched: source.watched,
        conditions: parsed.parsed,
        permits,
        prohibitions,
        stops,
        from: terms.from,
    }))
}
