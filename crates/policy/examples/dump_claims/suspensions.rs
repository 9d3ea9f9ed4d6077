//! What a suspension leaves, written from docs/EXCHANGE.md: an item of no known area lies in every suspended one; a derived
//! use counts as a purpose; safety of life is always an exception.

use std::collections::BTreeSet;

use bitacora_policy::{SuspensionRule, SuspensionScope};

fn listed(texts: impl Iterator<Item = String>) -> String {
    texts.map(|text| format!("\"{text}\"")).collect::<Vec<_>>().join(", ")
}

/// What a rule stops, as a Cedar expression.
fn covered(scope: &SuspensionScope) -> String {
    let mut parts = vec!["true".to_owned()];
    parts.extend(scope.from.iter().map(|party| format!("Exchange::Party::\"{party}\" == context.from")));
    parts.extend(scope.to.iter().map(|party| format!("Exchange::Party::\"{party}\" == principal")));
    if !scope.items.is_empty() {
        let kinds = listed(scope.items.iter().map(ToString::to_string));
        parts.push(format!("[{kinds}].contains(context.kind)"));
    }
    if !scope.areas.is_empty() {
        let areas = listed(scope.areas.iter().map(ToString::to_string));
        parts.push(format!("(context.areas.isEmpty() || context.areas.containsAny([{areas}]))"));
    }
    if !scope.purposes.is_empty() {
        let purposes = listed(scope.purposes.iter().map(ToString::to_string));
        parts.push(format!(
            "([{purposes}].contains(context.purpose) || context.derived_uses.containsAny([{purposes}]))"
        ));
    }
    parts.join(" && ")
}

/// What a rule leaves, as a Cedar expression over the request.
pub fn left(rule: &SuspensionRule, always: &[String]) -> String {
    let mut spared: BTreeSet<String> = always.iter().cloned().collect();
    spared.extend(rule.exceptions.iter().map(ToString::to_string));
    let spared: String =
        spared.iter().map(|id| format!(" || resource == Exchange::Clause::\"{id}\"")).collect();
    format!("!({}){spared}", covered(&rule.scope))
}

/// A set that permits exactly what every rule leaves.
pub fn all_leave(left: &[String]) -> Vec<String> {
    let all: Vec<String> = left.iter().map(|one| format!("({one})")).collect();
    vec![format!("permit (principal, action, resource) when {{ {} }};", all.join(" && "))]
}

/// A prohibition of everything but this.
pub fn only(left: &str) -> String {
    format!("forbid (principal, action, resource) unless {{ {left} }};")
}
