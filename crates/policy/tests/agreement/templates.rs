//! An agreement for every form that a clause can take, each beside one plain flow, and one with all kinds at once.

use bitacora_policy::{Clause, Rule};
use bitacora_primitives::Instant;
use bitacora_primitives::markings::Text;

use super::Agreement;

/// A flow in the form that most have.
pub const PLAIN: &str = r#"{"kind":"scope","from":"CO","to":"US","items":["lead"],"areas":[],"purposes":["seizure","arrest"],"standing":true,"officers":0,"form":{"delay_s":0,"grid_m":0,"asset_only":false},"cut":[]}"#;

/// Every kind of rule, in every form that compiles to another policy.
pub const TEMPLATES: &[(&str, &str)] = &[
    (
        "flow of two kinds in an area, by the day, signed",
        r#"{"kind":"scope","from":"CO","to":"US","items":["lead","contact"],"areas":["north"],"purposes":["seizure"],"per_day":40,"standing":false,"officers":2,"form":{"delay_s":600,"grid_m":1852,"asset_only":false},"cut":["sensor"]}"#,
    ),
    (
        "flow of live tracks, late by default",
        r#"{"kind":"scope","from":"US","to":"CO","items":["track"],"areas":["north","south"],"purposes":["seizure"],"standing":true,"officers":0,"form":{"delay_s":0,"grid_m":0,"asset_only":false},"cut":[]}"#,
    ),
    (
        "flow of tracks and leads, late each in its way",
        r#"{"kind":"scope","from":"US","to":"CO","items":["lead","track"],"areas":[],"purposes":["seizure","rescue"],"standing":true,"officers":0,"form":{"delay_s":0,"grid_m":0,"asset_only":false},"cut":[]}"#,
    ),
    (
        "flow for an asset at sea alone",
        r#"{"kind":"scope","from":"CO","to":"US","items":["track"],"areas":["north"],"purposes":["seizure"],"standing":false,"officers":1,"form":{"delay_s":60,"grid_m":500,"asset_only":true},"cut":[]}"#,
    ),
    (
        "flow of everything for every lawful purpose",
        r#"{"kind":"scope","from":"CO","to":"US","items":["lead","track","contact","container_alert","seizure","case_fact","series"],"areas":[],"purposes":["seizure","arrest","rescue","prosecution"],"standing":true,"officers":0,"form":{"delay_s":0,"grid_m":0,"asset_only":false},"cut":[]}"#,
    ),
    (
        "flow of nothing",
        r#"{"kind":"scope","from":"CO","to":"US","items":[],"areas":[],"purposes":["seizure"],"standing":true,"officers":0,"form":{"delay_s":0,"grid_m":0,"asset_only":false},"cut":[]}"#,
    ),
    (
        "flow for no purpose",
        r#"{"kind":"scope","from":"CO","to":"US","items":["lead"],"areas":[],"purposes":[],"standing":true,"officers":0,"form":{"delay_s":0,"grid_m":0,"asset_only":false},"cut":[]}"#,
    ),
    (
        "flow of none a day",
        r#"{"kind":"scope","from":"CO","to":"US","items":["lead"],"areas":[],"purposes":["seizure"],"per_day":0,"standing":false,"officers":255,"form":{"delay_s":4294967295,"grid_m":0,"asset_only":false},"cut":[]}"#,
    ),
    ("safety of life", r#"{"kind":"safety_of_life"}"#),
    ("court order", r#"{"kind":"court_order","cases":["2026-0117","2026-0231"],"officers":2}"#),
    ("court order in many cases", r#"{"kind":"court_order","cases":["A","B","C","D","E"],"officers":0}"#),
    ("court order in no case", r#"{"kind":"court_order","cases":[],"officers":1}"#),
    ("handling", r#"{"kind":"handling","tlp":"amber","codes":["H1"],"releasable_to":["CO","US"]}"#),
    ("handling for one party", r#"{"kind":"handling","tlp":"green","codes":["H2"],"releasable_to":["US"]}"#),
    ("handling for nobody", r#"{"kind":"handling","tlp":"amber","codes":[],"releasable_to":[]}"#),
    (
        "handling that marks all red",
        r#"{"kind":"handling","tlp":"red","codes":[],"releasable_to":["CO","US"]}"#,
    ),
    ("grading", r#"{"kind":"grading","worst":"C3"}"#),
    ("grading of nothing but the best", r#"{"kind":"grading","worst":"A1"}"#),
    ("originator control", r#"{"kind":"originator_control"}"#),
    ("removed field", r#"{"kind":"removed","fields":["evidence"]}"#),
    ("removed fields", r#"{"kind":"removed","fields":["evidence","informant"]}"#),
    ("removed, no field", r#"{"kind":"removed","fields":[]}"#),
    ("officers", r#"{"kind":"officers","release":2,"suspend":1,"resume":2,"amend":2}"#),
    ("precedent", r#"{"kind":"precedent","condition":"undertaking \"signed\" \\ \u00f1\ud834\udd1e"}"#),
    ("receipt waived", r#"{"kind":"receipt_waived","from":"CO","to":"US","items":["lead"]}"#),
    (
        "receipt waived for many kinds",
        r#"{"kind":"receipt_waived","from":"US","to":"CO","items":["lead","track","contact","series","distress"]}"#,
    ),
    ("retention", r#"{"kind":"retention","items":["lead"],"days":90}"#),
    (
        "retention of many kinds",
        r#"{"kind":"retention","items":["lead","track","contact","series","distress"],"days":1}"#,
    ),
    ("retention of nothing", r#"{"kind":"retention","items":[],"days":65535}"#),
    ("rule from a later version", r#"{"kind":"moon_phase"}"#),
    ("known kind from a later version", r#"{"kind":"grading","worst":"C3","unless":"x"}"#),
];

pub fn rule(text: &str) -> Rule {
    serde_json::from_str(text).unwrap()
}

pub fn clause(id: &str, rule: Rule, critical: bool) -> Clause {
    Clause { id: id.parse().unwrap(), text: Text::new("texto \"citado\"", "text \\ quoted"), critical, rule }
}

/// Clauses 1, 2, 3, ... after the base prohibition, which is 0.1.
pub fn of_rules(rules: impl IntoIterator<Item = Rule>) -> Agreement {
    let mut clauses = vec![clause("0.1", Rule::BaseProhibition, true)];
    clauses.extend((1..).zip(rules).map(|(number, rule)| clause(&format!("{number}"), rule, true)));
    Agreement {
        id: "CO-US-MAR".parse().unwrap(),
        version: 1,
        parties: vec!["CO".parse().unwrap(), "US".parse().unwrap()],
        from: Instant::from_micros(1_764_547_200_500_000),
        until: Instant::from_secs(1_796_083_200),
        clauses,
        base: serde_json::Value::Null,
    }
}

/// Each template alone and, where its text may be passed over, uncritical too.
pub fn agreements() -> Vec<(String, Agreement)> {
    let mut agreements = vec![("base prohibition alone".to_owned(), of_rules([]))];
    for (name, text) in TEMPLATES {
        let critical = of_rules([rule(PLAIN), rule(text)]);
        if matches!(rule(text), Rule::Unknown(_)) {
            let mut carried = critical.clone();
            carried.clauses[2].critical = false;
            agreements.push((format!("{name}, not critical"), carried));
        }
        agreements.push(((*name).to_owned(), critical));
    }
    agreements.push(("all kinds that let something pass".to_owned(), everything()));
    agreements
}

/// All permits, and of the other kinds those that leave something to permit.
pub fn everything() -> Agreement {
    let shuts = [
        "handling for one party",
        "handling for nobody",
        "handling that marks all red",
        "grading of nothing but the best",
    ];
    let kept = TEMPLATES
        .iter()
        .filter(|(name, text)| !shuts.contains(name) && !matches!(rule(text), Rule::Unknown(_)));
    of_rules(std::iter::once(rule(PLAIN)).chain(kept.map(|(_, text)| rule(text))))
}
