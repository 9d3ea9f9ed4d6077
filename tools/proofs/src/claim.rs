//! What is claimed of policies, one JSON object a line, and the same in Cedar's types. Knows nothing of what it means:
//! `crates/policy/examples/dump_claims` writes it.

use std::collections::HashMap;
use std::str::FromStr as _;

use cedar_policy::{Policy, PolicyId, PolicySet, RequestEnv, Schema};
use serde::Deserialize;

/// One claim about every possible request under a schema.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Claim {
    /// Which property this is a case of; claims are counted by it.
    pub property: String,
    /// The case, for people.
    pub name: String,
    /// Cedar schema text.
    pub schema: String,
    /// Cedar policy texts, one policy each.
    pub policies: Vec<String>,
    /// Claimed: whatever `policies` permit, these permit. Absent: none of `policies` ever errs.
    pub within: Option<Vec<String>>,
    /// False of a planted set: a counterexample must be found.
    pub holds: bool,
}

/// A schema and the kinds of request it knows: here one for each action.
pub struct Known {
    pub schema: Schema,
    pub requests: Vec<RequestEnv>,
}

/// Schemas as they are met, each parsed once.
#[derive(Default)]
pub struct Schemas(HashMap<String, Known>);

impl Schemas {
    /// The schema of this text.
    pub fn get(&mut self, text: &str) -> Result<&Known, String> {
        if !self.0.contains_key(text) {
            let (schema, _) = Schema::from_cedarschema_str(text).map_err(|error| error.to_string())?;
            let requests = schema.request_envs().collect();
            self.0.insert(text.to_owned(), Known { schema, requests });
        }
        self.0.get(text).ok_or_else(|| "no schema".to_owned())
    }
}

/// One policy from its text.
pub fn policy(number: usize, text: &str) -> Result<Policy, String> {
    Policy::parse(Some(PolicyId::new(format!("policy {number}"))), text)
        .map_err(|error| format!("{error}: {text}"))
}

/// A set from texts. An empty set permits nothing.
pub fn set(texts: &[String]) -> Result<PolicySet, String> {
    if texts.is_empty() {
        return PolicySet::from_str("").map_err(|error| error.to_string());
    }
    let policies: Result<Vec<Policy>, String> =
        texts.iter().enumerate().map(|(number, text)| policy(number, text)).collect();
    PolicySet::from_policies(policies?).map_err(|error| error.to_string())
}
