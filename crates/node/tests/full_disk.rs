//! A disk that takes no more: what was acknowledged is in the log, what was not is refused and never sent, and a stop
//! shuts the gate at once, survives a restart, and is logged as soon as there is room. The room is bounded for this
//! process alone, by the limit on the size of its files.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "what a test expects and does not find is its failure"
)]

mod harness;

use harness::pair::{AGREEMENT, Pair};
use harness::{Node, folder, run, text, until};
use serde_json::{Value, json};

fn call(pair: &Pair, number: usize) -> Value {
    let request = json!({
        "act": "distress", "agreement": AGREEMENT, "lat": 12.5, "lon": -77.0, "distress": format!("call {number}"),
        "persons_on_board": 3,
    });
    pair.ask("CO", &request).unwrap()
}

fn stop(pair: &Pair) -> Value {
    let both = json!({ "es": "motivo", "en": "reason" });
    let scope = json!({ "from": null, "to": null, "items": [], "areas": [], "purposes": [] });
    let request = json!({
        "act": "suspend", "agreement": AGREEMENT, "officer": pair.officers[0], "scope": scope, "exceptions": [],
        "reason": both, "condition": { "text": both }, "incident": null,
    });
    pair.ask("CO", &request).unwrap()
}

/// Refusals in a row after which there is no room for anything.
const FULL: usize = 20;

/// Filled to the brim at several sizes, so that the store refuses at several of its own steps.
#[test]
fn a_full_disk_loses_nothing_that_was_acknowledged_and_no_stop() {
    let mut unlogged = 0;
    for (round, kib) in [700, 900, 1300].into_iter().enumerate() {
        let pair = Pair::new(folder(&format!("full-disk-{round}")));
        // Once without a limit, so that the databases exist and the officers are enrolled.
        drop(pair.start("CO"));
        let node = Node::start_within(&pair.data("CO"), kib);
        let (mut released, mut refused, mut in_a_row) = (0, 0, 0);
        for number in 0..20_000 {
            let reply = call(&pair, number);
            if reply["outcome"] == "released" {
                (released, in_a_row) = (released + 1, 0);
            } else {
                assert_eq!(reply["code"], "not_stored", "{reply}");
                (refused, in_a_row) = (refused + 1, in_a_row + 1);
            }
            if in_a_row == FULL {
                break;
            }
        }
        assert_eq!(in_a_row, FULL, "{kib} KiB: the disk never filled");
        assert!(released > 0, "{kib} KiB: nothing was released before");

        let stopped = stop(&pair);
        assert_eq!(stopped["reply"], "suspended", "{stopped}");
        unlogged += u64::from(stopped["leaf"] == Value::Null);
        node.kill();

        // With the partner, who cosigns what is there, so that it is published.
        let _nodes = (pair.start("CO"), pair.start("US"));
        let id = stopped["suspension"].clone();
        let status = until("the stop in the log", || {
            let status = pair.status("CO")?;
            status["suspensions"].as_array()?.contains(&id).then_some(status)
        });
        assert_eq!(status["state"], "suspended");
        let dir = pair.data("CO").join("exchange").join(AGREEMENT).join("CO");
        let report = until("the published log", || {
            let ran = run(&["verify", text(&dir), "--keys", text(&pair.root.join("keys")), "--json"]);
            let report: Value = serde_json::from_str(&ran.out).ok()?;
            let whole = report["report"]["size"].as_u64()? >= status["leaves"].as_u64()?;
            (ran.code == 0 && whole).then_some(report)
        });
        let logged = report["report"]["totals"]["releases"].as_u64().unwrap();
        assert!(logged >= released, "{kib} KiB: {released} were acknowledged, {logged} are in the log");
        assert!(logged <= released + refused, "{kib} KiB: {logged} are in the log, {released} went");
    }
    assert!(unlogged > 0, "no round left a stop without room in the log");
}
