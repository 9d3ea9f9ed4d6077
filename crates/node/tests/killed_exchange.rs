//! `kill -9` over a running exchange: two nodes on loopback, an agreement made by the command line, calls for help,
//! suspensions and resumptions asked of their control sockets, and one of the two killed at a random moment again and
//! again. Every acknowledged act is in the log, nothing went twice, and both logs verify offline.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "what a test expects and does not find is its failure"
)]

mod harness;

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use harness::pair::{AGREEMENT, Pair};
use harness::{folder, run, text};
use serde_json::{Value, json};

/// 0 of 1,000 means fewer than 0.3 % at 95 % confidence (rule of three); CI plays 100.
fn kills() -> usize {
    std::env::var("BITACORA_KILLS").ok().and_then(|count| count.parse().ok()).unwrap_or(100)
}

/// Numerical recipes' LCG: the same moments each time, as far as a machine has the same moments.
struct Dice(u32);

impl Dice {
    fn below(&mut self, most: u32) -> u32 {
        self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (self.0 >> 16) % most
    }
}

/// What was acknowledged: leaves of Colombia's log by what they must hold.
#[derive(Default)]
struct Acknowledged {
    releases: Vec<u64>,
    suspensions: Vec<(String, u64)>,
    resumptions: Vec<u64>,
}

fn act(pair: &Pair, dice: &mut Dice, stopped: &mut Option<String>, told: &mut Acknowledged) {
    let both = json!({ "es": "motivo", "en": "reason" });
    let scope = json!({ "from": null, "to": null, "items": [], "areas": [], "purposes": [] });
    match (dice.below(6), stopped.clone()) {
        (0, None) => {
            let request = json!({
                "act": "suspend", "agreement": AGREEMENT, "officer": pair.officers[0], "scope": scope,
                "exceptions": [], "reason": both, "condition": { "text": both }, "incident": null,
            });
            let Some(reply) = pair.ask("CO", &request) else { return };
            let id = reply["suspension"].as_str().unwrap_or_else(|| panic!("{reply}")).to_owned();
            if let Some(leaf) = reply["leaf"].as_u64() {
                told.suspensions.push((id.clone(), leaf));
                *stopped = Some(id);
            }
        }
        (1, Some(id)) => {
            let request = json!({
                "act": "resume", "agreement": AGREEMENT, "suspension": id, "officers": pair.officers,
                "scope": scope, "condition_met": both,
            });
            let Some(reply) = pair.ask("CO", &request) else { return };
            if let Some(leaf) = reply["leaf"].as_u64() {
                told.resumptions.push(leaf);
                *stopped = None;
            } else {
                // It was resumed and not acknowledged before a kill.
                assert_eq!(reply["code"], "not_valid", "{reply}");
                *stopped = None;
            }
        }
        _ => {
            let request = json!({
                "act": "distress", "agreement": AGREEMENT, "lat": 12.5, "lon": -77.0,
                "distress": format!("call {}", dice.below(1 << 15)), "persons_on_board": 3,
            });
            let Some(reply) = pair.ask("CO", &request) else { return };
            assert_eq!(reply["outcome"], "released", "safety of life is never stopped: {reply}");
            told.releases.push(reply["leaf"].as_u64().unwrap());
        }
    }
}

fn at_rest(pair: &Pair) -> bool {
    let (Some(co), Some(us)) = (pair.status("CO"), pair.status("US")) else { return false };
    co["mirrored"] == co["leaves"] && us["mirrored"] == us["leaves"] && co["leaves"] == us["partner_leaves"]
}

fn records(dir: &Path) -> Vec<Value> {
    let mut lines = Vec::new();
    for index in 0.. {
        let Ok(file) = std::fs::read_to_string(dir.join(format!("records/{index:03}.jsonl"))) else { break };
        lines.extend(file.lines().map(|line| serde_json::from_str::<Value>(line).unwrap_or(Value::Null)));
    }
    lines
}

#[test]
fn what_was_acknowledged_survives_any_kill() {
    let pair = Pair::new(folder("killed-exchange"));
    let mut dice = Dice(20_261_121);
    let mut told = Acknowledged::default();
    let mut stopped = None;
    let mut nodes = BTreeMap::from([("CO", pair.start("CO")), ("US", pair.start("US"))]);
    for _ in 0..kills() {
        for _ in 0..1 + dice.below(8) {
            act(&pair, &mut dice, &mut stopped, &mut told);
        }
        let code = if dice.below(2) == 0 { "CO" } else { "US" };
        let pause = Duration::from_micros(u64::from(dice.below(20_000)));
        // Acts go on while it is killed: a thread asks, the kill comes in the middle.
        std::thread::scope(|scope| {
            let asking = scope.spawn(|| {
                for _ in 0..4 {
                    act(&pair, &mut dice, &mut stopped, &mut told);
                }
                (&mut dice, &mut stopped)
            });
            std::thread::sleep(pause);
            nodes.remove(code).unwrap().kill();
            asking.join().unwrap();
        });
        nodes.insert(code, pair.start(code));
    }
    harness::until("both logs to be mirrored", || at_rest(&pair).then_some(()));
    let size = pair.status("CO").unwrap()["leaves"].as_u64().unwrap();
    harness::until("the directories to follow", || {
        let published = |holder: &str| {
            let dir = pair.data(holder).join("exchange").join(AGREEMENT).join("CO/checkpoint");
            std::fs::read_to_string(dir).ok()?.lines().nth(1)?.parse::<u64>().ok()
        };
        (published("CO") == Some(size) && published("US") == Some(size)).then_some(())
    });
    nodes.clear();
    let keys = pair.root.join("keys");
    for (holder, party) in [("CO", "CO"), ("CO", "US"), ("US", "CO"), ("US", "US")] {
        let dir = pair.data(holder).join("exchange").join(AGREEMENT).join(party);
        let ran = run(&["verify", text(&dir), "--keys", text(&keys), "--json"]);
        assert_eq!(ran.code, 0, "{holder}'s copy of {party}: {} {}", ran.out, ran.err);
    }
    let own = pair.data("CO").join("exchange").join(AGREEMENT).join("CO");
    let log = records(&own);
    for leaf in &told.releases {
        assert_eq!(log[usize::try_from(*leaf).unwrap()]["kind"], "release", "leaf {leaf}");
    }
    for (id, leaf) in &told.suspensions {
        let record = &log[usize::try_from(*leaf).unwrap()];
        assert_eq!(record["kind"], "suspension", "{id}");
    }
    for leaf in &told.resumptions {
        assert_eq!(log[usize::try_from(*leaf).unwrap()]["kind"], "resumption");
    }
    let granted = log.iter().filter(|record| record["kind"] == "key_grant").count();
    let released = log.iter().filter(|record| record["kind"] == "release").count();
    assert_eq!(granted, released, "each release was receipted and got its key, once");
    println!(
        "{} kills at {}: {} releases, {} suspensions and {} resumptions acknowledged, none lost",
        kills(),
        pair.listen,
        told.releases.len(),
        told.suspensions.len(),
        told.resumptions.len()
    );
}
