//! Pieces of Cedar text. Whatever comes from an agreement is quoted here and nowhere else.

use std::collections::BTreeSet;

use bitacora_primitives::markings::{ClauseId, PartyCode, Purpose, Text};

/// A string literal. Cedar reads Rust's escapes; `set` checks that each annotation reads back as it was written.
pub(crate) fn quoted(text: &str) -> String {
    format!("\"{}\"", text.escape_debug())
}

pub(crate) fn party(code: &PartyCode) -> String {
    format!("Exchange::Party::{}", quoted(code.as_str()))
}

pub(crate) fn clause(id: &ClauseId) -> String {
    format!("Exchange::Clause::{}", quoted(id.as_str()))
}

/// `[a, b]`. Cedar's strict mode knows no type for the empty set: where there is none, the caller writes `false`.
pub(crate) fn set(parts: impl Iterator<Item = String>) -> Option<String> {
    let parts: Vec<String> = parts.collect();
    if parts.is_empty() { None } else { Some(format!("[{}]", parts.join(", "))) }
}

/// `set.method(what)`, or `false` for the empty set.
fn asks(parts: impl Iterator<Item = String>, method: &str, what: &str) -> String {
    set(parts).map_or_else(|| "false".to_owned(), |set| format!("{set}.{method}({what})"))
}

/// `what` is one of these. A few are compared one by one: Cedar builds a set anew each time it meets one.
pub(crate) fn contains<'a>(texts: impl Iterator<Item = &'a str>, what: &str) -> String {
    let texts: Vec<String> = texts.map(quoted).collect();
    if texts.is_empty() || texts.len() > 4 {
        return asks(texts.into_iter(), "contains", what);
    }
    let any: Vec<String> = texts.iter().map(|text| format!("{what} == {text}")).collect();
    format!("({})", any.join(" || "))
}

/// One of these is in the set `what`.
pub(crate) fn contains_any<'a>(texts: impl Iterator<Item = &'a str>, what: &str) -> String {
    match texts.collect::<Vec<&str>>().as_slice() {
        [only] => format!("{what}.contains({})", quoted(only)),
        texts => asks(texts.iter().copied().map(quoted), "containsAny", what),
    }
}

pub(crate) fn contains_all<'a>(texts: impl Iterator<Item = &'a str>, what: &str) -> String {
    asks(texts.map(quoted), "containsAll", what)
}

pub(crate) fn contains_party<'a>(codes: impl Iterator<Item = &'a PartyCode>, what: &str) -> String {
    asks(codes.map(party), "contains", what)
}

/// The purpose and every derived use are among these.
pub(crate) fn purposes_within(purposes: &BTreeSet<Purpose>) -> String {
    let codes = || purposes.iter().map(|purpose| purpose.code());
    let derived = contains_all(codes(), "context.derived_uses");
    format!("{} && (context.derived_uses.isEmpty() || {derived})", contains(codes(), "context.purpose"))
}

/// What a reader of the policy sees first: the clause's number, its kind and its words.
pub(crate) fn annotations(id: &str, rule: &str, text: &Text) -> String {
    format!(
        "@id({})\n@rule({})\n@es({})\n@en({})\n",
        quoted(id),
        quoted(rule),
        quoted(&text.es),
        quoted(&text.en)
    )
}
