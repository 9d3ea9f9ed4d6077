//! No link at all: everything goes by files on a stick, there and back, until a call for help has its receipt and its
//! key; a suspension and its resumption travel the same way. Both logs verify offline.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "what a test expects and does not find is its failure"
)]

mod harness;

use harness::pair::{AGREEMENT, Pair};
use harness::{folder, run, text};

/// Carries what one side has to the other.
fn carry(pair: &Pair, from: &str, to: &str, name: &str) -> String {
    let file = pair.root.join(format!("{name}.bitacora"));
    let out = run(&["carry", "out", AGREEMENT, "--out", text(&file), "--data", text(&pair.data(from))]);
    assert_eq!(out.code, 0, "{out:?}");
    let taken = run(&["carry", "in", text(&file), "--data", text(&pair.data(to)), "--lang", "en"]);
    assert_eq!(taken.code, 0, "{taken:?}");
    taken.out
}

fn there_and_back(pair: &Pair, name: &str) {
    for turn in 0..3 {
        carry(pair, "CO", "US", &format!("{name}-{turn}-out"));
        carry(pair, "US", "CO", &format!("{name}-{turn}-back"));
    }
}

fn verify(pair: &Pair, holder: &str, party: &str) -> serde_json::Value {
    let dir = pair.data(holder).join("exchange").join(AGREEMENT).join(party);
    let ran = run(&["verify", text(&dir), "--keys", text(&pair.root.join("keys")), "--json"]);
    assert_eq!(ran.code, 0, "{holder} {party}: {ran:?}");
    serde_json::from_str(&ran.out).unwrap()
}

#[test]
fn a_call_for_help_goes_by_stick_and_gets_its_key_by_the_next() {
    let pair = Pair::new(folder("carried"));
    there_and_back(&pair, "meet");
    let data = pair.data("CO");
    let called = run(&[
        "release",
        AGREEMENT,
        "--to",
        "US",
        "--distress",
        "taking water",
        "--lat",
        "12.5",
        "--lon",
        "-77.2",
        "--persons-on-board",
        "4",
        "--data",
        text(&data),
        "--json",
    ]);
    assert_eq!(called.code, 0, "{called:?}");
    let stopped = run(&[
        "suspend",
        AGREEMENT,
        "--officer",
        &pair.officers[0],
        "--reason-es",
        "motivo",
        "--reason-en",
        "reason",
        "--until-es",
        "mientras",
        "--until-en",
        "as long as",
        "--data",
        text(&data),
        "--json",
    ]);
    assert_eq!(stopped.code, 0, "{stopped:?}");
    there_and_back(&pair, "stopped");
    // Directories are written by a node that runs: let each run for a moment, alone.
    for code in ["CO", "US"] {
        let node = pair.start(code);
        std::thread::sleep(std::time::Duration::from_secs(1));
        node.kill();
    }
    let report = verify(&pair, "CO", "CO");
    assert_eq!(report["report"]["totals"]["granted"], 1, "the key followed its receipt: {report}");
    assert_eq!(report["report"]["suspensions"][0]["counts"]["of_scope"], 0);
    let partner = verify(&pair, "US", "US");
    assert_eq!(partner["report"]["totals"]["seen"], 1, "the stop arrived on the stick: {partner}");
    assert_eq!(partner["report"]["totals"]["receipts"], 1);
}

#[test]
fn a_bundle_that_was_altered_or_is_none_is_refused_with_its_rule() {
    let pair = Pair::new(folder("carried-bad"));
    let file = pair.root.join("out.bitacora");
    let out = run(&["carry", "out", AGREEMENT, "--out", text(&file), "--data", text(&pair.data("CO"))]);
    assert_eq!(out.code, 0, "{out:?}");
    let whole = std::fs::read(&file).unwrap();
    let mut bent = whole.clone();
    let middle = bent.len() / 2;
    bent[middle] ^= 1;
    for (name, bytes) in [("bent", bent), ("cut", whole[..middle].to_vec()), ("none", b"no bundle".to_vec())]
    {
        let path = pair.root.join(name);
        std::fs::write(&path, bytes).unwrap();
        let ran = run(&["carry", "in", text(&path), "--data", text(&pair.data("US")), "--lang", "en"]);
        assert_eq!(ran.code, 1, "{name}: {ran:?}");
        assert!(ran.out.contains("bundle"), "{name}: {ran:?}");
    }
    // Its own side does not take it either: it is addressed to the other.
    let ran = run(&["carry", "in", text(&file), "--data", text(&pair.data("CO"))]);
    assert_eq!(ran.code, 1, "{ran:?}");
}
