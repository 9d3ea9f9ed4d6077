//! What officers record of the scans of picks, and what the draws of thirty days come to: over HTTP, against a draw whose
//! first slots have opened, and against those who may not.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "what a test expects and does not find is its failure"
)]

mod harness;

use std::path::Path;
use std::sync::Arc;

use bitacora_api::port::{DRAW, RESULT, Screening};
use bitacora_ledger::{Checkpoint, Hash, LeafRecord, VerifierKey, record_hash, verify_inclusion};
use bitacora_port::draw::{
    Anchor, BODIES, Beacon, Body, Checker, Commitment, Draw, Entry, GRID, Hex, Outcome, Round, SecretKey,
    Share, Slot, Terms, Times, Wish, lay, part,
};
use bitacora_primitives::{Instant, SourceId};
use bitacora_store::{Leaf, PortRow, Store};
use harness::http::Client;
use harness::{Node, folder, run, text};
use serde_json::{Value, json};

const SLOTS: u32 = 6;
const BOXES: u32 = 24;

fn key(seed: u8) -> SecretKey {
    SecretKey::from_seed(&[seed; 32])
}

/// A draw that begins at `first`, with `open` slots drawn; at the slot of `late` the police's share is missing once.
fn draw(shift: &str, first: u64, open: u32, late: Option<u32>) -> Draw {
    let value = Hex([9; 32]);
    let beacon = Beacon::ThreeParty {
        keys: [0x41, 0x42, 0x43].map(|seed| key(seed).public()),
        from: Anchor { round: 0, value },
        times: Times { first, period: 600 },
    };
    let wish = |n: u32| Wish { marginal: GRID / 4 + u64::from(n) * 1_000, first: n % 3, last: SLOTS - 1 };
    let wishes: Vec<Wish> = (0..BOXES).map(wish).collect();
    let masses = lay(&wishes, &[2; SLOTS as usize]).unwrap();
    let mut list: Vec<Entry> = (0..BOXES)
        .zip(wishes.iter().zip(masses))
        .map(|(n, (wish, plan))| Entry {
            container: format!("APZU48120{n:02}").parse().unwrap(),
            first: wish.first,
            last: wish.last,
            marginal: wish.marginal,
            plan,
        })
        .collect();
    list.sort_by(|a, b| a.container.cmp(&b.container));
    let terms = Terms {
        port: "COCTG".to_owned(),
        shift: shift.to_owned(),
        rules: "1".to_owned(),
        model: "slot 1".to_owned(),
        slots: (0..SLOTS).map(|n| Slot { capacity: 2, round: u64::from(n) * 6 + 1 }).collect(),
        beacon: beacon.clone(),
        keys: BODIES.map(|body| key(1 + body as u8).public()),
        officers: Vec::new(),
    };
    let commitment = Commitment::new(terms, &list).unwrap();
    let mut draw = Draw::new(commitment, list).unwrap();
    let mut checker = Checker::new(&beacon).unwrap();
    let (mut value, mut slot, mut missed) = (value, 0, false);
    for number in 1..u64::from(SLOTS) * 6 {
        let parts =
            (0..3).filter_map(|party| part(party, &key(0x41 + party as u8), number, &value)).collect();
        let round = Round::ThreeParty { parts, round: number };
        value = checker.value(&round).unwrap();
        if slot >= open {
            break;
        }
        draw.round(round).unwrap();
        while let Some(awaited) = draw.awaited(slot).filter(|awaited| awaited.round <= number && slot < open)
        {
            let absent = late == Some(slot) && !missed;
            missed |= absent;
            let shares: Vec<Share> = awaited
                .bodies
                .iter()
                .filter(|body| !(absent && **body == Body::Police))
                .filter_map(|body| Share::make(*body, &key(1 + *body as u8), draw.commitment(), slot, number))
                .collect();
            if matches!(draw.attempt(slot, &shares).unwrap().outcome, Outcome::Drawn { .. }) {
                slot += 1;
            }
        }
    }
    draw
}

fn keep(data: &Path, name: &str, draw: &Draw) {
    let folder = data.join("port").join("draws");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join(format!("{name}.json")), draw.bundle().to_json().unwrap()).unwrap();
}

/// 2026-11-22T00:00:00Z.
const TODAY: u64 = 1_795_305_600;
const DAY: u64 = 86_400;

struct Port {
    node: Node,
    officer: Client,
    auditor: Client,
    draw: Draw,
    /// Slot 0's picks.
    picks: Vec<String>,
}

fn port(name: &str) -> Port {
    let data = folder(&format!("results-{name}")).join("data");
    std::fs::create_dir_all(&data).unwrap();
    let draw = draw("2026-11-22", TODAY, 3, Some(1));
    keep(&data, "2026-11-22", &draw);
    let node = Node::start(&data, &[]);
    let officer = node.sign_in(&data, "Insp. Rojas", "port");
    let auditor = node.sign_in(&data, "Aud. Lemos", "auditor");
    let picks: Vec<String> = draw.bundle().slots[0].picks.iter().map(ToString::to_string).collect();
    assert!(!picks.is_empty());
    Port { node, officer, auditor, draw, picks }
}

impl Port {
    /// A result of slot 0's first pick.
    fn result(&self, key: &str, seen: u32, what: Value) -> Value {
        let mut ask = json!({
            "draw": self.draw.commitment().to_string(), "slot": 0, "container": self.picks[0], "seen": seen, "key": key,
        });
        ask.as_object_mut().unwrap().extend(what.as_object().unwrap().clone());
        ask
    }

    fn send(&self, ask: &Value) -> (u16, Value) {
        let reply = self.officer.post("/api/port/draw/results", ask);
        (reply.status, reply.json())
    }

    fn refused(&self, ask: &Value) -> (u16, String) {
        let reply = self.officer.post("/api/port/draw/results", ask);
        (reply.status, reply.error())
    }

    /// What the draw says of slot 0's first pick.
    fn shown(&self) -> Vec<Value> {
        let draw = self.officer.get("/api/port/draw").json();
        let picks = draw["slots"][0]["picks"].as_array().unwrap().clone();
        let pick = picks.iter().find(|pick| pick["container"] == json!(self.picks[0])).unwrap();
        pick["results"].as_array().unwrap().clone()
    }

    fn leaves(&self) -> u64 {
        self.auditor.get("/api/log").json()["size"].as_u64().unwrap()
    }

    /// Every leaf is in the tree under the signed head; the results' own records, in the log's order.
    fn verified_results(&self) -> Vec<LeafRecord> {
        let head = self.auditor.get("/api/log").json();
        let key: VerifierKey = head["public_key"].as_str().unwrap().parse().unwrap();
        let mut found = Vec::new();
        for index in 0..head["size"].as_u64().unwrap() {
            let entry = self.auditor.get(&format!("/api/log/entries/{index}")).json();
            let note = entry["checkpoint"].as_str().unwrap();
            let checkpoint = Checkpoint::verify(note, key.name(), &key).unwrap();
            let record = entry["record"].as_str().unwrap();
            let path: Vec<Hash> = entry["proof"]["path"]
                .as_array()
                .unwrap()
                .iter()
                .map(|hash| Hash::from_hex(hash.as_str().unwrap()).unwrap())
                .collect();
            let hash = record_hash(record);
            verify_inclusion(&hash, index, checkpoint.size, &path, &checkpoint.root).unwrap();
            let record = LeafRecord::parse(record).unwrap();
            if record.kind == "scan_result" {
                assert!(record.officer.is_some() && record.signature.is_some());
                found.push(record);
            }
        }
        found
    }
}

#[test]
fn a_correction_keeps_the_first_and_the_log_verifies() {
    let port = port("kept");
    let clean = port.result("a-1", 0, json!({ "outcome": "clean" }));
    let (status, first) = port.send(&clean);
    assert_eq!((status, &first["outcome"], &first["officer"]), (201, &json!("clean"), &json!("Insp. Rojas")));
    let found = json!({ "outcome": "found", "kilograms": 412.5, "note": "  bags at the doors " });
    let (status, second) = port.send(&port.result("a-2", 1, found));
    assert_eq!((status, &second["note"], &second["number"]), (201, &json!("bags at the doors"), &json!(1)));
    assert_eq!(port.shown(), [first.clone(), second.clone()]);

    let in_log = port.verified_results();
    assert_eq!(in_log.len(), 2);
    let act = &in_log[1].body["act"];
    assert_eq!((&act["corrects"], &act["inspection"]["kilograms"]), (&first["leaf"], &json!(412.5)));
    assert_eq!(in_log[0].body["act"]["inspection"]["outcome"], "clean", "the first is kept as it was");

    let history = port.officer.get(&format!("/api/port/containers/{}", port.picks[0])).json();
    let said: Vec<_> =
        history["results"].as_array().unwrap().iter().map(|one| (&one["outcome"], &one["stands"])).collect();
    assert_eq!(said, [(&json!("clean"), &json!(false)), (&json!("found"), &json!(true))]);
    let record = port.officer.get("/api/port/draw/record").json();
    assert_eq!(
        (&record["scans"]["found"], &record["scans"]["clean"]),
        (&json!(1), &json!(0)),
        "what was corrected is counted once, as it stands"
    );
}

// INVARIANT: of results with one key, and of results with one number of one pick, one has a leaf.
#[test]
fn of_results_with_one_key_and_of_results_with_one_number_of_one_pick_one_has_a_leaf() {
    let port = port("once");
    let ask = port.result("same", 0, json!({ "outcome": "clean" }));
    let (status, first) = port.send(&ask);
    assert_eq!(status, 201);
    let leaves = port.leaves();
    assert_eq!(port.send(&ask), (200, first.clone()), "the same act again is answered with what is recorded");
    let other = port.result("same", 0, json!({ "outcome": "found" }));
    assert_eq!(port.refused(&other), (409, "key_used".to_owned()));
    let unseen = port.result("late", 0, json!({ "outcome": "found" }));
    let reply = port.officer.post("/api/port/draw/results", &unseen);
    assert_eq!((reply.status, reply.error()), (409, "already_decided".to_owned()));
    assert_eq!(reply.json()["first"]["officer"]["name"], "Insp. Rojas");
    assert_eq!(port.leaves(), leaves);

    // Eight at the same moment, each its own act: one is recorded, the others are told.
    let statuses: Vec<u16> = std::thread::scope(|scope| {
        let send = |n: u32| {
            let ask = port.result(&format!("race-{n}"), 1, json!({ "outcome": "found" }));
            let client = port.officer.clone();
            scope.spawn(move || client.post("/api/port/draw/results", &ask).status)
        };
        let threads: Vec<_> = (0..8).map(send).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert_eq!(statuses.iter().filter(|status| **status == 201).count(), 1, "{statuses:?}");
    assert_eq!(statuses.iter().filter(|status| **status == 409).count(), 7, "{statuses:?}");
    assert_eq!(port.leaves(), leaves + 1);
    assert_eq!(port.verified_results().len(), 2);
    assert_eq!(port.shown().len(), 2);
}

#[test]
fn only_an_open_pick_has_a_result_and_only_a_port_officer_gives_it() {
    let port = port("refused");
    let leaves = port.leaves();
    let mut sealed = port.result("b-1", 0, json!({ "outcome": "clean" }));
    sealed["slot"] = json!(SLOTS - 1);
    assert_eq!(port.refused(&sealed), (409, "slot_sealed".to_owned()));
    let mut other = port.result("b-2", 0, json!({ "outcome": "clean" }));
    other["container"] = json!("APZU4812090");
    assert_eq!(port.refused(&other), (409, "not_picked".to_owned()));
    let mut elsewhere = port.result("b-3", 0, json!({ "outcome": "clean" }));
    elsewhere["draw"] = json!("0".repeat(64));
    assert_eq!(port.refused(&elsewhere), (404, "not_found".to_owned()));
    let mut beyond = port.result("b-4", 0, json!({ "outcome": "clean" }));
    beyond["slot"] = json!(u32::MAX);
    assert_eq!(port.refused(&beyond), (400, "bad_request".to_owned()));
    let bad = [
        (json!({ "outcome": "not_done" }), "reason_missing"),
        (json!({ "outcome": "not_done", "reason": "other" }), "note_missing"),
        (json!({ "outcome": "not_done", "reason": "rain" }), "bad_request"),
        (json!({ "outcome": "found", "note": "ñ".repeat(501) }), "note_too_long"),
        (json!({ "outcome": "found", "kilograms": -1 }), "bad_request"),
        (json!({ "outcome": "found", "note": "a\u{0}b" }), "bad_request"),
        (json!({ "outcome": "clean", "key": "a b" }), "bad_request"),
        (json!({ "outcome": "clean", "key": "" }), "bad_request"),
        (json!({ "outcome": "clean", "seen": 7 }), "bad_request"),
        (json!({ "outcome": "clean", "officer": "someone" }), "bad_request"),
    ];
    for (what, code) in bad {
        assert_eq!(port.refused(&port.result("b-5", 0, what.clone())), (400, code.to_owned()), "{what}");
    }
    let ask = port.result("b-6", 0, json!({ "outcome": "clean" }));
    let data = std::path::PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("results-refused").join("data");
    for role in ["watch", "release", "case", "analyst"] {
        let reply = port.node.sign_in(&data, role, role).post("/api/port/draw/results", &ask);
        assert_eq!((reply.status, reply.error()), (403, "not_allowed".to_owned()), "{role}");
    }
    let reply = port.auditor.post("/api/port/draw/results", &ask);
    assert_eq!((reply.status, reply.error()), (403, "not_allowed".to_owned()));
    assert_eq!((port.verified_results().len(), port.shown().len()), (0, 0));
    assert!(port.leaves() >= leaves, "signing in is a leaf; a refused result is none");
}

#[test]
fn a_hostile_note_is_kept_and_given_as_the_text_it_is() {
    let port = port("hostile");
    let note = "<img src=x onerror=alert(1)> \u{202e}gniht\u{202c} \"};--";
    let (status, _) = port.send(&port.result("c-1", 0, json!({ "outcome": "found", "note": note })));
    assert_eq!(status, 201);
    assert_eq!(port.shown()[0]["note"], json!(note));
    let reply = port.officer.get("/api/port/draw");
    assert!(reply.header("content-type").unwrap().starts_with("application/json"));
    assert_eq!(reply.header("x-content-type-options"), Some("nosniff"));
}

#[test]
fn the_record_counts_thirty_days_and_no_more() {
    let port = port("record");
    let data = std::path::PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("results-record").join("data");
    let before = port.officer.get("/api/port/draw/record").json();
    assert_eq!((&before["draws"], &before["fit"]["verdict"]), (&json!(1), &json!("too_few")), "{before}");
    assert_eq!(before["fit"]["p"], Value::Null, "too few picks have no p");
    for (name, days) in [("2026-11-12", 10), ("2026-10-24", 29), ("2026-10-23", 30)] {
        keep(&data, name, &draw(name, TODAY - days * DAY, SLOTS, (days == 10).then_some(2)));
    }
    // One that was changed after its picks.
    let mut bent = draw("2026-11-02", TODAY - 20 * DAY, SLOTS, Some(0)).bundle().clone();
    bent.slots[0].picks.clear();
    let path = data.join("port").join("draws").join("2026-11-02.json");
    std::fs::write(path, bent.to_json().unwrap()).unwrap();

    let record = port.officer.get("/api/port/draw/record").json();
    assert_eq!((&record["draws"], &record["refuted"]), (&json!(4), &json!(1)), "{record}");
    let police = json!({ "name": "police", "missing_today": 1, "missing": 2 });
    assert_eq!(record["bodies"][1], police);
    assert_eq!(record["bodies"][0]["missing"], 0);
    let all = 3 * 2 + SLOTS * 2 * 2;
    let seen = record["scans"]["inspections"].as_u64().unwrap();
    assert!(seen > 0 && seen <= u64::from(all), "{record}");
    assert_eq!(record["scans"]["found"], 0);
    let ran = run(&["port", "verify-draw", text(&data.join("port").join("draws").join("2026-10-24.json"))]);
    assert_eq!(ran.code, 0, "{ran:?}");
}

#[test]
fn a_result_does_not_screen_the_port_again_and_an_event_does() {
    let data = folder("results-screening");
    let store = Store::open(&data, None).unwrap();
    let screening = Screening::default();
    let before = screening.book(&store).unwrap();
    let at = Instant::from_secs(TODAY as i64);
    let add = |kind: &str| {
        let source = SourceId::of(&[b"test"]);
        let (id, body) = (kind.to_owned(), "{}".to_owned());
        let row = PortRow { kind: kind.to_owned(), id, container: None, at: None, source, line: 0, body };
        let leaf = Leaf { kind: kind.to_owned(), recorded: at, record: "{}".to_owned(), hash: [0; 32] };
        store.log_port_row(row, at, |_| leaf).unwrap();
    };
    add(RESULT);
    add(DRAW);
    assert!(Arc::ptr_eq(&before, &screening.book(&store).unwrap()));
    add("note of another kind");
    assert!(!Arc::ptr_eq(&before, &screening.book(&store).unwrap()));
}
