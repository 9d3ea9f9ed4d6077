//! Prints what we decide, for another binding of Cedar to decide again (`tools/compare_policies.py`): the agreement cases, each
//! template of a clause and each suspension, in all acts and both directions. A line with `policies` begins a set; the lines
//! after it are requests under it, with our answer.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a check by hand fails loudly, and reads its cases"
)]

use std::path::Path;

use bitacora_policy::{Act, Effect, PolicySet, Rule, SuspensionRule};
use serde_json::{Value, json};

#[path = "../tests/agreement/mod.rs"]
mod agreement;
use agreement::{Agreement, Asked, scopes, templates};

/// What is asked of every template: the facts that differ from those of the cases.
const ASKED: &[&str] = &[
    r#"{}"#,
    r#"{"standing":true,"areas":["north"]}"#,
    r#"{"standing":true,"areas":["east"]}"#,
    r#"{"standing":true,"areas":[],"fields":["unit"]}"#,
    r#"{"approvals":0}"#,
    r#"{"approvals":3,"areas":["north","east"]}"#,
    r#"{"approvals":3,"areas":["north"],"released_today":{"2":40}}"#,
    r#"{"approvals":3,"areas":["north"],"released_today":{"2":39},"asset":"P46","kind":"track","now":"2026-10-20T06:01:00Z"}"#,
    r#"{"standing":true,"kind":"track","areas":["south"],"now":"2026-10-20T06:59:59Z"}"#,
    r#"{"standing":true,"kind":"track","areas":["south"],"now":"2026-10-20T07:00:00Z"}"#,
    r#"{"standing":true,"kind":"series","purpose":"rescue","derived_uses":["prosecution"]}"#,
    r#"{"standing":true,"purpose":"strike"}"#,
    r#"{"standing":true,"derived_uses":["arrest","lethal"]}"#,
    r#"{"standing":true,"derived_uses":["arrest"]}"#,
    r#"{"standing":true,"observed":"2026-10-20T12:00:00.5Z"}"#,
    r#"{"standing":true,"observed":"2026-07-01T00:00:00Z"}"#,
    r#"{"standing":true,"now":"2025-12-01T00:00:00Z","observed":"2025-11-01T00:00:00Z"}"#,
    r#"{"standing":true,"now":"2026-12-01T00:00:00Z"}"#,
    r#"{"standing":true,"grading":"C3"}"#,
    r#"{"standing":true,"grading":"D1"}"#,
    r#"{"standing":true,"originator":"PA"}"#,
    r#"{"standing":true,"originator":"PA","handling":{"tlp":"green","codes":["H2"],"releasable_to":["CO","US"]}}"#,
    r#"{"standing":true,"handling":{"tlp":"red","codes":[],"releasable_to":["CO","US"]}}"#,
    r#"{"standing":true,"handling":{"tlp":"green","codes":[],"releasable_to":["PA"]}}"#,
    r#"{"standing":true,"conditions_met":[]}"#,
    r#"{"standing":true,"conditions_met":["undertaking \"signed\" \\ ñ𝄞"]}"#,
    r#"{"approvals":2,"kind":"case_fact","case":"2026-0231","purpose":"prosecution"}"#,
    r#"{"approvals":2,"kind":"case_fact","case":"2026-9999","purpose":"prosecution"}"#,
    r#"{"kind":"case_fact","case":"C","purpose":"prosecution","originator":"PA"}"#,
    r#"{"kind":"distress","purpose":"rescue","approvals":0,"fields":["position","time","distress","persons_on_board"]}"#,
    r#"{"kind":"distress","purpose":"rescue","approvals":0,"fields":["position","vessel"]}"#,
    r#"{"kind":"distress","purpose":"seizure","approvals":0,"fields":["position"]}"#,
    r#"{"to":"PA"}"#,
    r#"{"to":"CO"}"#,
];

fn begin(agreement: &Agreement, set: &PolicySet) {
    let counts = |rule: &Rule| matches!(rule, Rule::Scope(scope) if scope.per_day.is_some());
    let counted = agreement.clauses.iter().filter(|clause| counts(&clause.rule));
    let line = json!({
        "policies": set.policies().map(|(_, policy)| policy).collect::<Vec<_>>(),
        "schema": set.schema(),
        "clauses": agreement.clauses.iter().map(|clause| clause.id.as_str()).collect::<Vec<_>>(),
        "counted": counted.map(|clause| clause.id.as_str()).collect::<Vec<_>>(),
    });
    println!("{line}");
}

/// One case in these acts and both directions.
fn ask(name: &str, base: &Value, set: &PolicySet, acts: &[Act], change: &Value) {
    // Without a waiver the schema has no such act, and another binding nothing to say of it.
    let known = |act: &&Act| **act != Act::Poll || set.schema().contains("poll");
    for act in acts.iter().filter(known) {
        for swap in [false, true] {
            let mut request = base.as_object().unwrap().clone();
            request.extend(change.as_object().unwrap().clone());
            request.insert("act".to_owned(), json!(act.code()));
            if swap {
                let (from, to) = (request["from"].clone(), request["to"].clone());
                request.insert("from".to_owned(), to);
                request.insert("to".to_owned(), from);
            }
            let asked = Asked::read(base, &Value::Object(request.clone()));
            let decision = set.decide(&asked.request());
            let line = json!({
                "name": name,
                "request": request,
                "permits": decision.effect == Effect::Permit,
                "reasons": decision.reasons,
            });
            println!("{line}");
        }
    }
}

fn cases() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let read =
        |path: &Path| -> Value { serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap() };
    let mut paths: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    for path in paths {
        let text = read(&path);
        let mut agreement = match text["same_as"].as_str() {
            Some(other) => Agreement::read(&read(&folder.join(other))),
            None => Agreement::read(&text),
        };
        if let Some(more) = text.get("and") {
            agreement.clauses.extend(serde_json::from_value::<Vec<_>>(more.clone()).unwrap());
        }
        for case in text["cases"].as_array().unwrap() {
            let (rules, _) = agreement::suspensions(&case["suspensions"]);
            let set = agreement.compile(&rules).unwrap();
            begin(&agreement, &set);
            ask(case["name"].as_str().unwrap(), &agreement.base, &set, Act::ALL, &case["request"]);
        }
    }
}

/// All that is asked, of one agreement.
fn template(name: &str, agreement: &Agreement, acts: &[Act], suspensions: &[SuspensionRule]) {
    let base = Agreement::co_us_mar().base;
    let set = agreement.compile(suspensions).unwrap();
    begin(agreement, &set);
    for (number, change) in ASKED.iter().enumerate() {
        ask(&format!("{name}, request {number}"), &base, &set, acts, &serde_json::from_str(change).unwrap());
    }
}

fn main() {
    cases();
    for (name, agreement) in templates::agreements() {
        template(&name, &agreement, Act::ALL, &[]);
    }
    // A platform asks for what was released to it, and its waiver is of another kind.
    let other = r#"{"kind":"receipt_waived","from":"CO","to":"US","items":["contact"]}"#;
    let other = templates::of_rules([templates::rule(templates::PLAIN), templates::rule(other)]);
    template("receipt waived for another kind", &other, Act::ALL, &[]);
    // A suspension asks for no act, and forbids whatever the flow: a few flows of each kind are enough.
    let mut flows = templates::everything();
    let few = ["0.1", "1", "2", "4", "10", "11"];
    flows.clauses.retain(|clause| few.contains(&clause.id.as_str()));
    template("whole suspension", &flows, &[Act::Release], &[scopes::whole()]);
    for (name, rules) in scopes::all() {
        template(&format!("suspension, {name}"), &flows, &[Act::Release], &rules);
    }
}
