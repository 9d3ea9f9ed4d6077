//! Prints, as one JSON object a line, each agreement case with its policies, its schema and our answer, in all acts and
//! both directions: `tools/compare_policies.py` has another binding decide the same.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a check by hand fails loudly, and reads its cases"
)]

use std::path::Path;

use bitacora_policy::{Act, Effect};
use serde_json::{Value, json};

#[path = "../tests/agreement/mod.rs"]
mod agreement;
use agreement::{Agreement, Asked};

fn main() {
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
            let policies: Vec<&str> = set.policies().map(|(_, policy)| policy).collect();
            for act in Act::ALL {
                for swap in [false, true] {
                    let mut request = agreement.base.as_object().unwrap().clone();
                    request.extend(case["request"].as_object().unwrap().clone());
                    request.insert("act".to_owned(), json!(act.code()));
                    if swap {
                        let (from, to) = (request["from"].clone(), request["to"].clone());
                        request.insert("from".to_owned(), to);
                        request.insert("to".to_owned(), from);
                    }
                    let asked = Asked::read(&agreement.base, &Value::Object(request.clone()));
                    let decision = set.decide(&asked.request());
                    let line = json!({
                        "name": case["name"],
                        "policies": policies,
                        "schema": set.schema(),
                        "clauses": agreement.clauses.iter().map(|clause| clause.id.as_str()).collect::<Vec<_>>(),
                        "request": request,
                        "permits": decision.effect == Effect::Permit,
                        "reasons": decision.reasons,
                    });
                    println!("{line}");
                }
            }
        }
    }
}
