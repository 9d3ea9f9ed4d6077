//! The agreement cases: each file under `cases/` holds an agreement, a request, and what every variation must be
//! answered. The same files can be run against any other engine.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test fails loudly, and reads its cases"
)]

use std::path::Path;

use bitacora_policy::{Decision, Effect};
use serde_json::Value;

mod agreement;
use agreement::{Agreement, Asked};

fn read(path: &Path) -> Value {
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// `3.1 too_recent` or `3.1 too_recent@2026-...`, suspensions by their place, `@1`.
fn said(decision: &Decision, names: &[(String, String)], with_time: bool) -> Vec<String> {
    let name = |clause: &str| {
        names.iter().find(|(id, _)| id == clause).map_or_else(|| clause.to_owned(), |(_, name)| name.clone())
    };
    let reasons = decision.reasons.iter().map(|reason| {
        let code = serde_json::to_value(reason.code).unwrap().as_str().unwrap().to_owned();
        let until = match (&reason.until, with_time) {
            (Some(until), true) => format!("@{until}"),
            _ => String::new(),
        };
        format!("{} {code}{until}", name(&reason.clause))
    });
    reasons.collect()
}

fn check(file: &str, agreement: &Agreement, case: &Value) {
    let name = format!("{file}: {}", case["name"].as_str().unwrap());
    let (suspensions, names) = agreement::suspensions(&case["suspensions"]);
    let set = agreement.compile(&suspensions).unwrap_or_else(|error| panic!("{name}: {error}"));
    let asked = Asked::read(&agreement.base, &case["request"]);
    let decision = set.decide(&asked.request());
    let expect = &case["expect"];
    for key in expect.as_object().unwrap().keys() {
        let known = ["effect", "reasons", "first", "until", "waits", "exception", "form", "cut", "handling"];
        assert!(known.contains(&key.as_str()), "{name}: expects `{key}`");
    }
    let json = serde_json::to_value(&decision).unwrap();
    let timed = said(&decision, &names, true);
    let plain = said(&decision, &names, false);
    assert_eq!(json["effect"], expect["effect"], "{name}: {timed:?}");
    if let Some(reasons) = expect["reasons"].as_array() {
        let expected: Vec<&str> = reasons.iter().map(|reason| reason.as_str().unwrap()).collect();
        let with_time = expected.iter().any(|reason| reason.contains("@20"));
        assert_eq!(if with_time { &timed } else { &plain }, &expected, "{name}");
    }
    if let Some(first) = expect["first"].as_str() {
        assert_eq!(plain[0], first, "{name}: {timed:?}");
    }
    if let Some(until) = expect["until"].as_str() {
        assert_eq!(decision.reasons[0].until.unwrap().to_string(), until, "{name}");
    }
    if let Some(waits) = expect["waits"].as_bool() {
        assert_eq!(decision.waits(), waits, "{name}: {timed:?}");
    }
    for key in ["exception", "form", "cut", "handling"] {
        if let Some(expected) = expect.get(key) {
            assert_eq!(&json[key], expected, "{name}: {key}");
        }
    }
    assert!(!decision.reasons.is_empty(), "{name}");
    assert_eq!(decision.permits(), decision.effect == Effect::Permit);
    assert_eq!(serde_json::from_value::<Decision>(json).unwrap(), decision, "{name}: reads back");
    assert_eq!(decision.policy_set, *set.hash(), "{name}");
}

#[test]
fn every_case_is_answered_as_its_file_says() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let mut count = 0;
    for entry in std::fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        let file = path.file_name().unwrap().to_str().unwrap().to_owned();
        let text = read(&path);
        let mut agreement = match text["same_as"].as_str() {
            Some(other) => Agreement::read(&read(&folder.join(other))),
            None => Agreement::read(&text),
        };
        if let Some(more) = text.get("and") {
            agreement.clauses.extend(serde_json::from_value::<Vec<_>>(more.clone()).unwrap());
        }
        for case in text["cases"].as_array().unwrap() {
            check(&file, &agreement, case);
            count += 1;
        }
    }
    assert!(count >= 80, "{count} cases");
}
