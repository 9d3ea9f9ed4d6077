//! The incident register as served: who may say what, what it makes of it, and the leaf under each word.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails loudly"
)]

mod harness;

use std::path::PathBuf;
use std::sync::{Barrier, mpsc};
use std::thread;

use bitacora_incidents::{Act, Entry, IncidentKind, Register, Report, Source};
use bitacora_ledger::{Hash, LeafRecord, Salt, record_hash, verify_inclusion, verify_signature};
use bitacora_primitives::markings::Text;
use bitacora_primitives::{IncidentId, Instant};
use bitacora_store::{IncidentEntered, Leaf, NewIncidentEntry, Store};
use harness::http::{Client, Reply};
use harness::{Node, folder};
use serde_json::{Value, json};

fn served(name: &str) -> (PathBuf, Node) {
    let data = folder(&format!("incidents-{name}")).join("data");
    let node = Node::start(&data, &[]);
    (data, node)
}

fn strike() -> Value {
    json!({
        "kind": "strike", "at": "2025-11-09T03:10:00Z",
        "text": { "es": "Ataque a una lancha", "en": "Strike on a go-fast" },
        "place": "12 NM N of Punta Gallinas", "lat": 12.6633334, "lon": -71.6166667, "dead": null, "injured": null,
        "source": { "name": "EFE", "url_text": "Cable 123", "published": "2025-11-10" }, "grading": "C3"
    })
}

fn with(mut body: Value, field: &str, value: Value) -> Value {
    body[field] = value;
    body
}

fn navy() -> Value {
    json!({ "name": "Armada", "url_text": "Parte 14", "published": null, "grading": "B3" })
}

fn refusal(reply: &Reply) -> (u16, String) {
    (reply.status, reply.error())
}

fn code(status: u16, text: &str) -> (u16, String) {
    (status, text.to_owned())
}

fn report(client: &Client, body: &Value) -> Value {
    let reply = client.post("/api/incidents", body);
    assert_eq!(reply.status, 201, "{}", reply.text());
    reply.json()
}

fn path(incident: &Value, act: &str) -> String {
    format!("/api/incidents/{}/{act}", incident["id"].as_str().unwrap())
}

fn status(client: &Client, incident: &Value, status: &str, note: &str) -> Reply {
    client.post(&path(incident, "status"), &json!({ "status": status, "note": note }))
}

fn log_size(client: &Client) -> u64 {
    client.get("/api/log").json()["size"].as_u64().unwrap()
}

/// An entry by a machine, which has no officer's key.
fn propose(data: &std::path::Path) -> IncidentId {
    let store = Store::open(data, None).unwrap();
    let incident = IncidentId::of(&[b"found by a feed"]);
    let at = Instant::parse("2026-03-01T00:00:00Z").unwrap();
    let what = Act::Proposed {
        report: Report {
            kind: IncidentKind::Death,
            occurred: at,
            text: Text::new("Dos muertos", "Two dead"),
            place: String::new(),
            position: None,
            dead: Some(2),
            injured: None,
        },
        source: Source {
            name: "EFE".into(),
            citation: "Cable 7".into(),
            published: None,
            grading: "C3".parse().unwrap(),
            relays: None,
        },
    };
    let entry = Entry { incident, seq: 1, at, officer: None, what };
    let record = LeafRecord {
        kind: entry.what.leaf_kind().into(),
        recorded: at,
        salt: Salt([7; 16]),
        officer: None,
        body: json!({ "act": entry }),
        signature: None,
    };
    let leaf = Leaf {
        kind: record.kind.clone(),
        recorded: at,
        record: record.canonical().unwrap(),
        hash: record.hash().unwrap().0,
    };
    let body = serde_json::to_string(&entry).unwrap();
    let new = NewIncidentEntry { incident, seq: 1, recorded: at, body };
    let entered = store.append_incident_entry(&new, |_| leaf).unwrap();
    assert!(matches!(entered, IncidentEntered::Recorded(_)));
    incident
}

#[test]
fn from_a_report_to_verified_each_word_has_its_leaf() {
    let (data, node) = served("walk");
    let watch = node.sign_in(&data, "Tte. Oquendo", "watch");
    let case = node.sign_in(&data, "Fisc. Rueda", "case");
    let made = report(&watch, &strike());
    let number = made["number"].as_str().unwrap();
    assert!(number.starts_with("INC-20") && number.ends_with("-001"), "{number}");
    assert_eq!(
        (&made["status"], &made["proposed"], &made["dead"]),
        (&json!("alleged"), &json!(false), &Value::Null)
    );
    assert_eq!((&made["lat"], &made["sources"][0]["grading"]), (&json!(12.663333), &json!("C3")));
    assert_eq!(made["sources"][0]["published"], "2025-11-10T00:00:00Z");
    assert_eq!(refusal(&status(&case, &made, "verified", "seen")), code(409, "not_verified"));
    assert_eq!(refusal(&status(&case, &made, "corroborated", "seen")), code(409, "not_corroborated"));
    let more = watch.post(&path(&made, "sources"), &navy());
    assert_eq!((more.status, &more.json()["status"]), (201, &json!("alleged")), "{}", more.text());
    assert_eq!(refusal(&watch.post(&path(&made, "sources"), &navy())), code(409, "source_known"));
    assert_eq!(refusal(&status(&case, &made, "verified", " ")), code(400, "note_missing"));
    let done = status(&case, &made, "verified", "dos fuentes").json();
    assert_eq!(done["status"], "verified");
    let history = done["history"].as_array().unwrap();
    let said: Vec<(&str, &str, &str)> = history
        .iter()
        .map(|one| {
            (
                one["what"].as_str().unwrap(),
                one["status"].as_str().unwrap(),
                one["officer"]["name"].as_str().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        said,
        [
            ("reported", "alleged", "Tte. Oquendo"),
            ("source_added", "alleged", "Tte. Oquendo"),
            ("status_changed", "verified", "Fisc. Rueda")
        ]
    );
    assert_eq!((&history[2]["note"], &done["cited_by"]), (&json!("dos fuentes"), &json!([])));
    assert_eq!(watch.get(&format!("/api/incidents/{}", done["id"].as_str().unwrap())).json(), done);
    assert_eq!(watch.get("/api/incidents").json(), json!([done]));

    // Each leaf commits to the entry, in the officer's own hand.
    for change in history {
        let index = change["leaf"].as_u64().unwrap();
        let entry = watch.get(&format!("/api/log/entries/{index}")).json();
        assert_eq!(entry["kind"], format!("incident_{}", change["what"].as_str().unwrap()));
        let text = entry["record"].as_str().unwrap();
        let hashes: Vec<Hash> = entry["proof"]["path"]
            .as_array()
            .unwrap()
            .iter()
            .map(|hash| Hash::from_hex(hash.as_str().unwrap()).unwrap())
            .collect();
        let root = Hash::from_hex(entry["proof"]["root"].as_str().unwrap()).unwrap();
        let size = entry["proof"]["size"].as_u64().unwrap();
        verify_inclusion(&record_hash(text), index, size, &hashes, &root).unwrap();
        let record = LeafRecord::parse(text).unwrap();
        assert_eq!(record.body["act"]["incident"], done["id"]);
        assert_eq!(record.body["act"]["what"]["act"], change["what"]);
        let officer = Store::open(&data, None).unwrap().officer(record.officer.unwrap()).unwrap().unwrap();
        let hex = record.signature.clone().unwrap();
        let signature: Vec<u8> =
            (0..64).map(|i| u8::from_str_radix(&hex[2 * i..2 * i + 2], 16).unwrap()).collect();
        let signature: [u8; 64] = signature.try_into().unwrap();
        assert!(verify_signature(&officer.public_key, &record.signed_bytes().unwrap(), &signature));
    }

    // And it survives the node.
    node.kill();
    let node = Node::start(&data, &[]);
    let again = Client { address: node.address.clone(), cookie: watch.cookie.clone() };
    assert_eq!(again.get("/api/incidents").json(), json!([done]));
}

#[test]
fn roles_bound_who_reports_and_who_signs() {
    let (data, node) = served("roles");
    let watch = node.sign_in(&data, "watch", "watch");
    let made = report(&watch, &strike());
    let others: Vec<(&str, Client)> = ["port", "release", "case", "analyst", "auditor"]
        .into_iter()
        .map(|role| (role, node.sign_in(&data, role, role)))
        .collect();
    let before = log_size(&watch);
    let correction = json!({ "of": 1, "kind": "strike", "at": "2025-11-08T00:00:00Z",
        "text": { "es": "a", "en": "a" }, "note": "x" });
    for (role, client) in others.iter().map(|(role, client)| (*role, client)).chain([("watch", &watch)]) {
        assert_eq!(client.get("/api/incidents").json().as_array().unwrap().len(), 1, "{role} sees");
        let may_sign = ["release", "case"].contains(&role);
        let may_report = may_sign || ["watch", "analyst"].contains(&role);
        let forbidden = |reply: Reply| assert_eq!(refusal(&reply), code(403, "not_allowed"), "{role}");
        if !may_report {
            forbidden(client.post("/api/incidents", &strike()));
            forbidden(client.post(&path(&made, "sources"), &navy()));
        }
        if !may_sign {
            forbidden(status(client, &made, "disputed", "x"));
            forbidden(client.post(&path(&made, "sign"), &json!({})));
            forbidden(client.post(&path(&made, "withdrawal"), &json!({ "note": "x" })));
            forbidden(client.post(&path(&made, "corrections"), &correction));
        }
    }
    assert_eq!(log_size(&watch), before, "a refused act leaves no leaf");
    let analyst = &others[3].1;
    let only_a_source = json!({ "status": "alleged", "note": "", "source": navy() });
    assert_eq!(
        analyst.post(&path(&made, "status"), &only_a_source).status,
        201,
        "a source alone is a report"
    );
    assert_eq!(log_size(&watch), before + 1);
}

#[test]
fn a_proposal_counts_for_nothing_until_an_officer_signs_it() {
    let (data, node) = served("proposal");
    let release = node.sign_in(&data, "Cap. Solano", "release");
    let id = propose(&data);
    let shown = release.get("/api/incidents").json()[0].clone();
    assert_eq!((&shown["id"], &shown["proposed"]), (&json!(id.to_string()), &json!(true)));
    assert_eq!(
        (&shown["history"][0]["what"], &shown["history"][0]["officer"]),
        (&json!("proposed"), &Value::Null)
    );
    assert_eq!(refusal(&status(&release, &shown, "disputed", "x")), code(409, "not_signed"));
    let (signed, heard) = thread::scope(|scope| {
        let (ready, listening) = mpsc::channel();
        let listener = scope.spawn(|| {
            let mut told = String::new();
            let ready = ready;
            release.listen(|event, data| {
                let _first = ready.send(());
                told = data.to_owned();
                event == "incident"
            });
            told
        });
        listening.recv().unwrap();
        // A page that knows only statuses signs a proposal by its own.
        let signed = status(&release, &shown, "alleged", "confirmado por la patrulla");
        (signed, listener.join().unwrap())
    });
    assert_eq!(heard, json!({ "id": id.to_string() }).to_string());
    let signed = signed.json();
    assert_eq!((&signed["proposed"], &signed["history"][1]["what"]), (&json!(false), &json!("signed")));
    assert_eq!(refusal(&release.post(&path(&signed, "sign"), &json!({}))), code(409, "already_signed"));
    let gone = release.post(&path(&signed, "withdrawal"), &json!({ "note": "entrado dos veces" })).json();
    assert_eq!((&gone["withdrawn"], gone["history"].as_array().unwrap().len()), (&json!(true), 3));
    assert_eq!(refusal(&status(&release, &gone, "disputed", "x")), code(409, "withdrawn"));
    // What the page shows is what a replay of the stored entries says.
    let rows = Store::open(&data, None).unwrap().incident_entries().unwrap();
    let register = Register::replay(rows.iter().map(|row| row.entry.body.as_str())).unwrap();
    assert!(register.get(id).unwrap().withdrawn);
}

#[test]
fn a_correction_is_a_new_account_and_the_old_one_stays() {
    let (data, node) = served("correction");
    let case = node.sign_in(&data, "case", "case");
    let made = report(&case, &strike());
    let correction = json!({ "of": made["account"], "kind": "strike", "at": "2025-11-08T03:10:00Z",
        "text": made["text"], "place": "", "lat": null, "lon": null, "dead": 3, "injured": 0, "note": "parte naval" });
    let corrected = case.post(&path(&made, "corrections"), &correction).json();
    assert_eq!(
        (&corrected["dead"], &corrected["injured"], &corrected["lat"]),
        (&json!(3), &json!(0), &Value::Null)
    );
    assert_eq!((&corrected["at"], &corrected["account"]), (&json!("2025-11-08T03:10:00Z"), &json!(2)));
    let late = case.post(&path(&made, "corrections"), &correction);
    assert_eq!(refusal(&late), code(409, "not_what_stands"));
    let leaf = corrected["history"][0]["leaf"].as_u64().unwrap();
    let first = case.get(&format!("/api/log/entries/{leaf}")).json();
    assert!(
        first["record"].as_str().unwrap().contains("2025-11-09T03:10:00Z"),
        "the first account stays readable"
    );
}

#[test]
fn of_two_officers_at_the_same_moment_the_second_is_told() {
    let (data, node) = served("moment");
    let clients = [node.sign_in(&data, "a", "case"), node.sign_in(&data, "b", "release")];
    let made = report(&clients[0], &strike());
    let barrier = Barrier::new(2);
    let ask = |to: &str| json!({ "status": to, "note": "x", "seen": 1 });
    let mut answers: Vec<(u16, String)> = thread::scope(|scope| {
        let tries: Vec<_> = clients
            .iter()
            .zip(["disputed", "unfounded"])
            .map(|(client, to)| {
                let (barrier, path, ask) = (&barrier, path(&made, "status"), ask(to));
                scope.spawn(move || {
                    barrier.wait();
                    let reply = client.post(&path, &ask);
                    (reply.status, if reply.status == 201 { String::new() } else { reply.error() })
                })
            })
            .collect();
        tries.into_iter().map(|one| one.join().unwrap()).collect()
    });
    answers.sort();
    assert_eq!(answers, [code(201, ""), code(409, "incident_moved")]);
    let history = clients[0].get("/api/incidents").json()[0]["history"].clone();
    assert_eq!(history.as_array().unwrap().len(), 2);
}

#[test]
fn words_that_cannot_be_accepted_are_refused_with_a_code() {
    let (data, node) = served("words");
    let case = node.sign_in(&data, "case", "case");
    let before = log_size(&case);
    let long = "ñ".repeat(4001);
    for (body, status, text) in [
        (with(strike(), "kind", json!("target")), 400, "bad_request"),
        (with(strike(), "at", json!("yesterday")), 400, "bad_request"),
        (with(strike(), "at", json!("2099-01-01T00:00:00Z")), 400, "in_the_future"),
        (with(strike(), "text", json!({ "es": "x", "en": "" })), 400, "field_empty"),
        (with(strike(), "text", json!({ "es": "x" })), 400, "bad_request"),
        (with(strike(), "text", json!({ "es": long, "en": "x" })), 400, "field_too_long"),
        (with(strike(), "lat", json!(91)), 400, "bad_request"),
        (with(strike(), "lon", Value::Null), 400, "bad_request"),
        (with(strike(), "dead", json!(-1)), 400, "bad_request"),
        (with(strike(), "dead", json!(2.5)), 400, "bad_request"),
        (with(strike(), "dead", json!(1_000_001)), 400, "number_too_large"),
        (with(strike(), "grading", json!("G7")), 400, "bad_request"),
        (with(strike(), "source", json!({ "name": "", "url_text": "x" })), 400, "field_empty"),
        (with(strike(), "source", json!({ "name": "x", "url_text": "" })), 400, "field_empty"),
        (with(strike(), "guilty", json!("someone")), 400, "bad_request"),
    ] {
        let reply = case.post("/api/incidents", &body);
        assert_eq!(refusal(&reply), code(status, text), "{body}");
    }
    for id in ["nonsense", "led-00000000000000000000"] {
        assert_eq!(refusal(&case.get(&format!("/api/incidents/{id}"))), code(400, "bad_request"));
    }
    let none = json!({ "id": "inc-00000000000000000000" });
    assert_eq!(refusal(&case.get("/api/incidents/inc-00000000000000000000")), code(404, "not_found"));
    assert_eq!(refusal(&status(&case, &none, "verified", "x")), code(404, "not_found"));
    assert_eq!(refusal(&case.post(&path(&none, "sources"), &navy())), code(404, "not_found"));
    assert_eq!(log_size(&case), before, "nothing was written");
    assert_eq!(case.get("/api/incidents").json(), json!([]));
}
