//! What kind of condition a promise hangs on, by the words of its text. Reads the joining word only; whether the
//! condition holds is for people to say.

use crate::codes::codes;

codes!(
    /// How a condition binds.
    ConditionKind, "kind of a condition",
    /// In force until the other thing happens: `decertify unless cultivation is reversed`.
    Unless = "unless",
    /// In force while the other thing lasts.
    AsLongAs = "as_long_as",
    /// In force once the other thing happens.
    If = "if",
    /// Narrowed to some cases.
    Only = "only",
    /// For some people.
    For = "for",
    Until = "until",
    /// Words that none of these joins.
    Other = "other",
);

/// In the order in which they decide where a text holds several: `as long as` holds `if` in its meaning and not in its
/// words, and `for` stands in many a sentence without binding it.
const JOINTS: [(&str, ConditionKind); 29] = [
    ("unless", ConditionKind::Unless),
    ("except if", ConditionKind::Unless),
    ("a menos que", ConditionKind::Unless),
    ("a no ser que", ConditionKind::Unless),
    ("salvo que", ConditionKind::Unless),
    ("salvo si", ConditionKind::Unless),
    ("as long as", ConditionKind::AsLongAs),
    ("so long as", ConditionKind::AsLongAs),
    ("while", ConditionKind::AsLongAs),
    ("mientras", ConditionKind::AsLongAs),
    ("siempre que", ConditionKind::AsLongAs),
    ("siempre y cuando", ConditionKind::AsLongAs),
    ("until", ConditionKind::Until),
    ("hasta que", ConditionKind::Until),
    ("provided that", ConditionKind::If),
    ("provided", ConditionKind::If),
    ("on condition that", ConditionKind::If),
    ("subject to", ConditionKind::If),
    ("if", ConditionKind::If),
    ("con la condición de que", ConditionKind::If),
    ("a condición de que", ConditionKind::If),
    ("si", ConditionKind::If),
    ("only", ConditionKind::Only),
    ("sólo", ConditionKind::Only),
    ("solo", ConditionKind::Only),
    ("únicamente", ConditionKind::Only),
    ("for", ConditionKind::For),
    ("para", ConditionKind::For),
    ("a quienes", ConditionKind::For),
];

impl ConditionKind {
    /// None for an empty text.
    pub fn read(text: &str) -> Option<Self> {
        let words: Vec<String> = text
            .split(|c: char| !c.is_alphanumeric())
            .filter(|word| !word.is_empty())
            .take(400)
            .map(str::to_lowercase)
            .collect();
        if words.is_empty() {
            return None;
        }
        let plain = format!(" {} ", words.join(" "));
        let holds = |joint: &str| plain.contains(&format!(" {joint} "));
        let found = JOINTS.iter().find(|(joint, _)| holds(joint));
        Some(found.map_or(Self::Other, |(_, kind)| *kind))
    }
}
