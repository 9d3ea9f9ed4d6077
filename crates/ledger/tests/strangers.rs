//! Canonical JSON against rfc8785 (PyPI), both ways: its texts by us, and ours by it; what one refuses the other must refuse.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test runs a program and fails loudly"
)]

use std::path::{Path, PathBuf};
use std::process::Command;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bitacora_ledger::canonical_json;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::{Value, json};

fn place(name: &str) -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join(name)
}

/// Whether the checker agreed with all of the file; what it said is printed.
fn agrees(option: &str, path: &Path) -> bool {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tools/check_canonical.py");
    let output = Command::new("python3").arg(script).arg(option).arg(path).output().unwrap();
    println!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    output.status.success()
}

/// The canonical form of a JSON text, as the product reads and writes; none where it is refused.
fn ours(text: &[u8]) -> Option<String> {
    let value: Value = serde_json::from_slice(text).ok()?;
    Some(canonical_json(&value).unwrap())
}

fn lines(path: &Path) -> Vec<(Vec<u8>, Option<String>)> {
    let text = std::fs::read_to_string(path).unwrap();
    let line = |line: &str| {
        let line: Value = serde_json::from_str(line).unwrap();
        let bytes = STANDARD.decode(line["text"].as_str().unwrap()).unwrap();
        (bytes, line["canonical"].as_str().map(str::to_owned))
    };
    text.lines().map(line).collect()
}

fn write(path: &Path, lines: &[(Vec<u8>, Option<String>)]) {
    let line = |(text, canonical): &(Vec<u8>, Option<String>)| {
        json!({"text": STANDARD.encode(text), "canonical": canonical}).to_string() + "\n"
    };
    std::fs::write(path, lines.iter().map(line).collect::<String>()).unwrap();
}

#[test]
fn the_samples_of_the_rfc_and_20000_texts_of_a_stranger_get_the_same_canonical_form_or_none() {
    if !bitacora_given::python("rfc8785", "pip install rfc8785==0.1.4") {
        return;
    }
    let path = place("theirs.jsonl");
    assert!(agrees("--make", &path));
    let theirs = lines(&path);
    let refused = theirs.iter().filter(|(_, canonical)| canonical.is_none()).count();
    assert!(theirs.len() > 20_000 && (1_000..10_000).contains(&refused), "{refused} of {}", theirs.len());
    for (text, canonical) in &theirs {
        assert_eq!(&ours(text), canonical, "{}", String::from_utf8_lossy(text));
    }
}

fn any_text() -> impl Strategy<Value = String> {
    prop_oneof![any::<String>(), "[a-c\u{e9}\u{ffff}\u{10000}\u{0}\u{1f}\"\\\\]{0,3}"]
}

fn any_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        (-1_000_000_i64..1_000_000).prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any_text().prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 40, 8, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..8).prop_map(Value::from),
            prop::collection::vec((any_text(), inner), 0..8)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

/// Values of ours as text, each with its canonical form, and bent texts with whatever we make of them.
fn made(count: usize) -> Vec<(Vec<u8>, Option<String>)> {
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[85; 32]);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    let strategy = (any_value(), any::<bool>(), any::<prop::sample::Index>(), any::<u8>());
    let mut lines = Vec::new();
    for _ in 0..count {
        let (value, bend, at, byte) = strategy.new_tree(&mut runner).unwrap().current();
        let mut text = serde_json::to_vec_pretty(&value).unwrap();
        if bend {
            let at = at.index(text.len());
            text[at] = byte;
        }
        let canonical = ours(&text);
        lines.push((text, canonical));
    }
    lines
}

#[test]
fn ten_thousand_texts_of_ours_get_the_same_canonical_form_or_none_from_a_stranger() {
    if !bitacora_given::python("rfc8785", "pip install rfc8785==0.1.4") {
        return;
    }
    let (path, lines) = (place("ours.jsonl"), made(10_000));
    assert!(lines.iter().filter(|(_, canonical)| canonical.is_none()).count() > 1_000);
    write(&path, &lines);
    assert!(agrees("--check", &path));
}

/// A check that cannot fail is none.
#[test]
fn the_stranger_sees_a_form_that_is_not_canonical() {
    if !bitacora_given::python("rfc8785", "pip install rfc8785==0.1.4") {
        return;
    }
    let wrong = [
        ("{\"b\":1,\"a\":2}", Some("{\"b\":1,\"a\":2}")),
        ("[1.0]", Some("[1.0]")),
        ("[1e21]", Some("[1000000000000000000000]")),
        ("[\"\\u007f\"]", Some("[\"\\u007f\"]")),
        ("{\"\u{fb33}\":1,\"\u{1f600}\":2}", Some("{\"\u{fb33}\":1,\"\u{1f600}\":2}")),
        ("[1]", None),
        ("[NaN]", Some("[null]")),
    ];
    for (number, (text, canonical)) in wrong.into_iter().enumerate() {
        let path = place(&format!("wrong-{number}.jsonl"));
        write(&path, &[(text.as_bytes().to_vec(), canonical.map(str::to_owned))]);
        assert!(!agrees("--check", &path), "{text}");
    }
}
