//! Two real nodes on loopback: from the order to stop to the shut gate, to the durable answer beside the disk's own
//! fdatasync, and to the partner's own record of it; then calls for help a second, each released, sealed, receipted and
//! given its key. The client is one console asking over the control socket.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a bench that fails should stop and say so"
)]

#[path = "../tests/harness/mod.rs"]
mod harness;

use std::io::Write as _;
use std::time::{Duration, Instant};

use harness::folder;
use harness::pair::{AGREEMENT, Pair};
use serde_json::{Value, json};

const STOPS: usize = 200;
const CALLS: usize = 6_400;
/// Each waits for its answer, so that there are no more releases under way than consoles.
const CONSOLES: usize = 32;

fn main() {
    let pair = Pair::new(folder("bench-exchange"));
    let _co = pair.start("CO");
    let _us = pair.start("US");
    harness::until("the two to meet", || {
        let (co, us) = (pair.status("CO")?, pair.status("US")?);
        (co["partner_leaves"] == us["leaves"] && us["partner_leaves"] == co["leaves"]).then_some(())
    });
    stops(&pair);
    calls(&pair);
}

fn stops(pair: &Pair) {
    let both = json!({ "es": "motivo", "en": "reason" });
    let scope = json!({ "from": null, "to": null, "items": [], "areas": [], "purposes": [] });
    let (mut gate, mut answered, mut informed) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..STOPS {
        let asked = Instant::now();
        let reply = ask(
            pair,
            json!({
                "act": "suspend", "agreement": AGREEMENT, "officer": pair.officers[0], "scope": scope,
                "exceptions": [], "reason": both, "condition": { "text": both }, "incident": null,
            }),
        );
        answered.push(asked.elapsed());
        gate.push(Duration::from_micros(reply["gate_closed_us"].as_u64().unwrap()));
        let id = reply["suspension"].clone();
        while !pair.status("US").unwrap()["suspensions"].as_array().unwrap().contains(&id) {
            std::thread::yield_now();
        }
        informed.push(asked.elapsed());
        let reply = ask(
            pair,
            json!({
                "act": "resume", "agreement": AGREEMENT, "suspension": id, "officers": pair.officers,
                "scope": scope, "condition_met": both,
            }),
        );
        assert!(reply["leaf"].is_u64(), "{reply}");
    }
    let floor = syncs(&pair.root.join("sync"), STOPS);
    println!("{STOPS} suspensions of a running agreement, one console");
    line("order to shut gate", &mut gate);
    line("order to durable answer", &mut answered);
    line("order to the partner's record", &mut informed);
    line("the disk's own fdatasync of 1 KB", &mut floor.clone());
}

fn calls(pair: &Pair) {
    let before = pair.status("CO").unwrap()["leaves"].as_u64().unwrap();
    let started = Instant::now();
    std::thread::scope(|scope| {
        for console in 0..CONSOLES {
            scope.spawn(move || {
                for call in 0..CALLS / CONSOLES {
                    let reply = ask(
                        pair,
                        json!({
                            "act": "distress", "agreement": AGREEMENT, "lat": 12.5, "lon": -77.0,
                            "distress": format!("call {console} {call}"), "persons_on_board": 3,
                        }),
                    );
                    assert_eq!(reply["outcome"], "released", "{reply}");
                }
            });
        }
    });
    let answered = started.elapsed();
    // Each call is two leaves: the release, and the key that its receipt earned.
    let want = before + 2 * CALLS as u64;
    harness::until("every key", || (pair.status("CO")?["leaves"].as_u64()? >= want).then_some(()));
    let keyed = started.elapsed();
    let rate = |elapsed: Duration| CALLS as f64 / elapsed.as_secs_f64();
    println!("{CALLS} calls for help from {CONSOLES} consoles, two nodes on this machine's cores");
    println!("  released and durable   {:7.0} a second", rate(answered));
    println!("  receipted, key given   {:7.0} a second", rate(keyed));
    let (name, rate) = ("releases with receipt and key between whole nodes, a second", rate(keyed));
    println!("figure|{name}|{rate:.0}|at least 1000|{:.3}", rate / 1e3);
}

fn ask(pair: &Pair, request: Value) -> Value {
    pair.ask("CO", &request).expect("an answer")
}

/// The floor: what the disk takes to keep a kilobyte, in the same run.
fn syncs(path: &std::path::Path, count: usize) -> Vec<Duration> {
    let mut file = std::fs::File::create(path).unwrap();
    (0..count)
        .map(|_| {
            let started = Instant::now();
            file.write_all(&[7; 1024]).unwrap();
            file.sync_data().unwrap();
            started.elapsed()
        })
        .collect()
}

fn line(what: &str, times: &mut [Duration]) {
    times.sort_unstable();
    let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize].as_secs_f64() * 1e3;
    println!("figure|{what}, p99 ms|{:.3}||", at(0.99));
    println!("  {what:34} p50 {:8.3} ms   p99 {:8.3} ms   most {:8.3} ms", at(0.5), at(0.99), at(1.0));
}
