//! Suspensions of every scope: whole, or by direction, recipient, kind of item, area or purpose, with and without exceptions.

use bitacora_policy::{SuspensionRule, SuspensionScope};
use bitacora_primitives::SuspensionId;
use bitacora_primitives::markings::Text;
use serde_json::{Value, json};

/// Parts of a scope, as JSON members; none is the whole.
const SCOPES: &[(&str, &str)] = &[
    ("from one side", r#"{"from":"CO"}"#),
    ("to one side", r#"{"to":"US"}"#),
    ("one kind", r#"{"items":["lead"]}"#),
    ("distress itself", r#"{"items":["distress"]}"#),
    ("most kinds", r#"{"items":["lead","track","contact","seizure","series"]}"#),
    ("an area", r#"{"areas":["north"]}"#),
    ("two areas", r#"{"areas":["north","south"]}"#),
    ("a purpose", r#"{"purposes":["seizure"]}"#),
    ("two purposes", r#"{"purposes":["arrest","prosecution"]}"#),
    ("every purpose", r#"{"purposes":["seizure","arrest","rescue","prosecution"]}"#),
    (
        "a part by everything",
        r#"{"from":"CO","to":"US","items":["lead","track"],"areas":["north"],"purposes":["seizure"]}"#,
    ),
];

fn of(name: &str, scope: &Value, exceptions: &[&str]) -> SuspensionRule {
    let mut whole = serde_json::to_value(SuspensionScope::default()).unwrap();
    for (member, value) in scope.as_object().unwrap() {
        whole[member] = value.clone();
    }
    SuspensionRule {
        id: SuspensionId::of(&[name.as_bytes()]),
        scope: serde_json::from_value(whole).unwrap(),
        exceptions: exceptions.iter().map(|id| id.parse().unwrap()).collect(),
        reason: Text::new("mientras sigan los ataques", "as long as attacks go on"),
    }
}

/// All of it, no exception named.
pub fn whole() -> SuspensionRule {
    of("whole", &json!({}), &[])
}

/// Each scope, without and with an exception, and two at once. Clause 1 of `templates::everything` is a flow.
pub fn all() -> Vec<(String, Vec<SuspensionRule>)> {
    let mut all = vec![("whole, but one clause".to_owned(), vec![of("but", &json!({}), &["1", "99"])])];
    let scope = |text: &str| serde_json::from_str::<Value>(text).unwrap();
    for (name, text) in SCOPES {
        all.push(((*name).to_owned(), vec![of(name, &scope(text), &[])]));
        all.push((format!("{name}, but one clause"), vec![of(name, &scope(text), &["1"])]));
    }
    for pair in SCOPES.windows(2) {
        let rules = vec![of("a", &scope(pair[0].1), &["1"]), of("b", &scope(pair[1].1), &["2"])];
        all.push((format!("{} and {}", pair[0].0, pair[1].0), rules));
    }
    all
}
