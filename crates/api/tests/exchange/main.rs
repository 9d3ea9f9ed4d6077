//! The exchange over HTTP, with two sides in memory: each route's answer, who may what, what is refused, two officers,
//! and a stop whose leaf cannot be written.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails loudly"
)]

mod world;

use std::sync::atomic::Ordering;

use bitacora_ledger::{Hash, leaf_hash, record_hash, verify_inclusion};
use bitacora_primitives::Role;
use bitacora_primitives::markings::ItemKind;
use serde_json::{Value, json};
use world::{NAMES, World, offer, under, world};

fn lead(number: u64) -> Value {
    json!({ "item": format!("led-{number:020x}"), "to": "US", "purpose": "seizure" })
}

fn everything() -> Value {
    json!({ "from": null, "to": null, "items": [], "areas": [], "purposes": [] })
}

fn new_stop() -> Value {
    json!({
        "scope": everything(), "exceptions": ["9.1"],
        "reason": { "es": "Ataques a lanchas", "en": "Attacks on boats" },
        "condition": { "es": "Mientras sigan", "en": "As long as they continue" },
        "rule": { "kinds": ["strike"], "min_status": "corroborated", "days": 14 }, "incident": null
    })
}

fn with(mut body: Value, member: &str, value: Value) -> Value {
    body[member] = value;
    body
}

fn resume(scope: Value) -> Value {
    json!({ "scope": scope, "condition_met": { "es": "Aclarado", "en": "Clarified" }, "attested": true })
}

fn release(world: &World, number: u64) -> Value {
    let (status, decision) = world.post("Arbeláez", "release", &lead(number));
    assert_eq!((status, decision["what"].as_str()), (201, Some("released")), "{decision}");
    decision
}

fn stop(world: &World) -> Value {
    let (status, view) = world.post("Arbeláez", "stop", &new_stop());
    assert_eq!(status, 201, "{view}");
    view
}

fn flow<'v>(overview: &'v Value, clause: &str, from: &str) -> &'v Value {
    let flows = overview["agreements"][0]["flows"].as_array().unwrap();
    flows.iter().find(|flow| flow["clause"] == clause && flow["from"] == from).unwrap()
}

/// Every route with a body that it would take.
fn routes() -> Vec<(&'static str, String, Option<Value>)> {
    let suspension = "suspensions/sus-00000000000000000000";
    let scope = json!({ "scope": everything() });
    vec![
        ("GET", under(""), None),
        ("GET", under("decisions"), None),
        ("GET", under("offers"), None),
        ("GET", under("log"), None),
        ("GET", under("log/0"), None),
        ("GET", under("received"), None),
        ("POST", under("ask"), Some(lead(1))),
        ("POST", under("stop/preview"), Some(scope.clone())),
        ("GET", under(&format!("{suspension}/interval")), None),
        ("POST", under(&format!("{suspension}/resume/preview")), Some(scope)),
        ("POST", under("release"), Some(lead(1))),
        (
            "POST",
            under("withdraw"),
            Some(json!({ "release": "rel-00000000000000000000", "reason": { "es": "e", "en": "e" } })),
        ),
        ("POST", under("stop"), Some(new_stop())),
        ("POST", under(&format!("{suspension}/resume")), Some(resume(everything()))),
        ("POST", under("received/rel-00000000000000000000/open"), Some(json!({ "boarding": false }))),
    ]
}

#[test]
fn without_a_session_nothing_is_learned() {
    let world = world("nobody");
    for (verb, path, body) in routes() {
        let (status, refusal) = world.ask(None, verb, &path, body.as_ref());
        assert_eq!(
            (status.as_u16(), refusal["error"].as_str()),
            (401, Some("not_signed_in")),
            "{verb} {path}"
        );
    }
    // Neither does a wrong agreement, a wrong id or a wrong body tell a stranger anything.
    let (status, _) = world.ask(None, "POST", "/api/exchange/NO-SUCH/stop", Some(&json!({ "nonsense": 1 })));
    assert_eq!(status, 401);
}

#[test]
fn each_role_does_what_it_may_and_no_more() {
    let world = world("roles");
    let acts = |path: &str| -> &'static [Role] {
        match path.rsplit('/').next().unwrap() {
            "release" | "withdraw" | "stop" | "resume" => &[Role::Release],
            "open" => &[Role::Watch, Role::Port, Role::Release, Role::Case],
            _ => &Role::ALL,
        }
    };
    for (name, role) in NAMES {
        for (verb, path, body) in routes() {
            // What the release officers may do is done in tests of its own.
            if role == Role::Release && acts(&path) == [Role::Release] {
                continue;
            }
            let (status, answer) = world.ask(Some(name), verb, &path, body.as_ref());
            let refused = (status.as_u16(), answer["error"].as_str()) == (403, Some("not_allowed"));
            assert_eq!(refused, !acts(&path).contains(&role), "{role} {verb} {path}: {status} {answer}");
        }
    }
}

#[test]
fn a_question_is_answered_by_clauses_and_changes_nothing() {
    let world = world("ask");
    let before = world.get("Guardia", "")["agreements"][0]["log"]["size"].clone();
    let (_, answer) = world.post("Guardia", "ask", &lead(1));
    assert_eq!(answer["effect"], "release", "{answer}");
    assert_eq!(
        (&answer["reasons"][0]["clause"], &answer["reasons"][0]["code"]),
        (&json!("3.1"), &json!("in_scope"))
    );
    assert_eq!(answer["reasons"][0]["text"]["es"], "Pistas marítimas.");
    assert_eq!(answer["form"]["cut"], json!(["evidence"]));
    assert_eq!(answer["form"]["grid_m"], 11_112);
    let (_, lethal) = world.post("Guardia", "ask", &with(lead(1), "purpose", json!("strike them")));
    assert_eq!(
        (&lethal["effect"], &lethal["reasons"][0]["clause"]),
        (&json!("refuse"), &json!("0.1")),
        "{lethal}"
    );
    assert_eq!(lethal["reasons"][0]["text"]["en"], "Never for lethal force.");
    let (_, second) = world.post("Guardia", "ask", &lead(3));
    assert_eq!(second["effect"], "hold");
    assert_eq!(world.get("Guardia", "")["agreements"][0]["log"]["size"], before);
    for (bad, code) in [
        (with(lead(1), "to", json!("us; drop")), 400),
        (with(lead(1), "purpose", json!("")), 400),
        (with(lead(1), "purpose", json!("x".repeat(81))), 400),
        (with(lead(1), "item", json!("led-ffffffffffffffffffff")), 404),
        (with(lead(1), "more", json!(1)), 400),
    ] {
        assert_eq!(world.post("Guardia", "ask", &bad).0, code, "{bad}");
    }
    let huge = with(lead(1), "purpose", json!("x".repeat(70_000)));
    assert!(world.post("Guardia", "ask", &huge).0 >= 400, "a body beyond its bound");
}

#[test]
fn a_release_goes_and_is_seen_everywhere() {
    let world = world("release");
    let decision = release(&world, 1);
    assert_eq!(decision["label"], "L-1");
    assert_eq!(decision["officers"][0]["name"], "Arbeláez");
    assert_eq!(decision["receipted_at"], Value::Null);
    world.office.settle();
    let again = world.post("Restrepo", "release", &lead(1));
    assert_eq!((again.0, &again.1["leaf"]), (200, &decision["leaf"]), "nothing goes twice");
    let decisions = world.get("Auditora", "decisions");
    assert_eq!(decisions[0]["what"], "released");
    assert_ne!(decisions[0]["receipted_at"], Value::Null, "the receipt came, and the key went");
    let overview = world.get("Auditora", "");
    let sent = flow(&overview, "3.1", "CO");
    assert_eq!((&sent["sent_24h"], &sent["today"], &sent["in_flight"]), (&json!(1), &json!(1), &json!(0)));
    assert_eq!(sent["spark"].as_array().unwrap().len(), 48);
    assert_eq!(sent["spark"][47], 1);
    assert_eq!(sent["receipt_lag_s"], 0.0);
    let agreement = &overview["agreements"][0];
    assert_eq!((&agreement["state"], &agreement["status"]), (&json!("flowing"), &json!("in_force")));
    assert_eq!(agreement["partner"]["link"], "connected");
    assert_eq!(agreement["log"]["mirrored"], agreement["log"]["size"]);
    assert_eq!(agreement["signed"].as_array().unwrap().len(), 2);
    // The same clause in both directions is two flows; one that comes from the partner tells nothing of what is held.
    assert_eq!(flow(&overview, "9.1", "US")["held"], Value::Null);
    assert_eq!(flow(&overview, "9.1", "CO")["held"], 0);
    // A purpose that is no lawful one is refused and recorded.
    let (status, refused) = world.post("Arbeláez", "release", &with(lead(2), "purpose", json!("targeting")));
    assert_eq!(
        (status, &refused["what"], &refused["reasons"][0]["clause"]),
        (200, &json!("refused"), &json!("0.1"))
    );
    assert_eq!(world.get("Auditora", "decisions")[0]["what"], "refused");
}

#[test]
fn two_officers_release_what_needs_two() {
    let world = world("two");
    let (status, held) = world.post("Arbeláez", "release", &lead(3));
    assert_eq!((status, held["what"].as_str()), (202, Some("held")), "{held}");
    assert_eq!(held["reasons"][0]["code"], "second_officer_missing");
    assert_ne!(held["reasons"][0]["text"], Value::Null);
    let (status, same) = world.post("Arbeláez", "release", &lead(3));
    assert_eq!((status, &same["leaf"]), (202, &held["leaf"]), "one person is not two, and adds no leaf");
    let offers = world.get("Restrepo", "offers");
    let waiting = offers.as_array().unwrap().iter().find(|offer| offer["kind"] == "container_alert").unwrap();
    assert_eq!(waiting["waiting_for_second"], true);
    assert_eq!(waiting["waiting"]["officer"]["name"], "Arbeláez");
    assert_eq!(
        (&waiting["waiting"]["to"], &waiting["waiting"]["purpose"]),
        (&json!("US"), &json!("seizure"))
    );
    assert_eq!(flow(&world.get("Restrepo", ""), "3.5", "CO")["state"], "waiting");
    let (status, released) = world.post("Restrepo", "release", &lead(3));
    assert_eq!((status, released["what"].as_str()), (201, Some("released")), "{released}");
    assert_eq!(released["officers"].as_array().unwrap().len(), 2);
}

#[test]
fn a_withdrawal_names_the_release() {
    let world = world("withdraw");
    release(&world, 1);
    world.office.settle();
    let id = {
        let nodes = world.office.nodes.lock().unwrap();
        nodes.0.side.own().releases().keys().next().unwrap().to_string()
    };
    let reason = json!({ "es": "Era un pesquero", "en": "It was a fishing boat" });
    let body = json!({ "release": id, "reason": reason });
    let (status, withdrawn) = world.post("Arbeláez", "withdraw", &body);
    assert_eq!((status, withdrawn["what"].as_str()), (201, Some("withdrawn")), "{withdrawn}");
    assert_eq!(withdrawn["item"], lead(1)["item"]);
    assert_eq!(world.post("Arbeláez", "withdraw", &body).1["error"], "already_withdrawn");
    let other = with(body.clone(), "release", json!("rel-00000000000000000000"));
    assert_eq!(world.post("Arbeláez", "withdraw", &other).0, 404);
    let empty = with(body, "reason", json!({ "es": "x", "en": " " }));
    assert_eq!(world.post("Arbeláez", "withdraw", &empty).0, 400);
}

#[test]
fn the_preview_tells_what_stops_and_what_it_costs() {
    let world = world("preview");
    release(&world, 1);
    let out = with(everything(), "from", json!("CO"));
    let (status, seen) =
        world.post("Auditora", "stop/preview", &json!({ "scope": out, "exceptions": ["9.2"] }));
    assert_eq!(status, 200, "{seen}");
    let clauses = |member: &str| -> Vec<String> {
        let rows = seen[member].as_array().unwrap();
        rows.iter().map(|row| row["clause"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(clauses("stops"), ["3.1", "3.5"]);
    assert_eq!(clauses("stays"), ["9.1", "9.2"]);
    assert_eq!(seen["stays"][0]["removable"], false);
    assert_eq!(clauses("untouched"), ["4.1", "9.2"], "the other direction goes on");
    assert_eq!(seen["stops"][0]["in_flight"], 1, "the partner has not answered yet");
    assert_eq!(seen["cost"]["given"], json!([{ "kind": "lead", "items": 1 }]));
    assert_eq!(seen["cost"]["seizures"], Value::Null, "not measured is not zero");
    for (member, value) in
        [("areas", json!(["atlantis"])), ("from", json!("XX")), ("items", json!(["lethal"]))]
    {
        let bad = json!({ "scope": with(everything(), member, value), "exceptions": [] });
        assert_eq!(world.post("Auditora", "stop/preview", &bad).0, 400, "{bad}");
    }
}

#[test]
fn a_stop_is_seen_with_its_times_apart_and_two_officers_resume() {
    let world = world("stop");
    release(&world, 1);
    let made = stop(&world);
    let id = made["id"].as_str().unwrap().to_owned();
    assert_eq!(made["gate_closed_ms"], 0.25);
    assert_ne!(made["leaf"], Value::Null);
    assert_ne!(made["leaf_durable"], Value::Null);
    assert_eq!(made["partner_informed"], Value::Null, "the partner has not heard");
    assert_eq!(made["exceptions"], json!(["9.1"]));
    assert_eq!(made["condition"]["progress"]["of_days"], 14);
    assert_eq!(world.get("Guardia", "decisions")[0]["what"], "cut", "what was under way is cut");

    let (status, held) = world.post("Arbeláez", "release", &lead(2));
    assert_eq!((status, held["what"].as_str()), (202, Some("held")));
    assert_eq!(
        (&held["reasons"][0]["clause"], &held["reasons"][0]["code"]),
        (&json!(id), &json!("suspended")),
        "{held}"
    );
    assert_eq!(held["reasons"][0]["text"]["es"], "Ataques a lanchas");
    let overview = world.get("Guardia", "");
    assert_eq!(overview["agreements"][0]["state"], "suspended");
    assert_eq!(flow(&overview, "3.1", "CO")["state"], "stopped");
    assert_eq!(flow(&overview, "3.1", "CO")["stopped_by"], json!(id));
    assert_eq!(flow(&overview, "9.1", "CO")["state"], "exception");

    world.office.settle();
    let overview = world.get("Guardia", "");
    let seen = &overview["agreements"][0]["suspensions"][0];
    assert_ne!(seen["partner_informed"], Value::Null, "its cosignature covers the leaf");
    assert_ne!(seen["proven_by"], Value::Null);

    let path = format!("suspensions/{id}/resume");
    let (_, foreseen) = world.post("Auditora", &format!("{path}/preview"), &json!({ "scope": everything() }));
    let resumed =
        foreseen["resumes"].as_array().unwrap().iter().find(|flow| flow["clause"] == "3.1").unwrap();
    assert_eq!(
        (&resumed["held"], &resumed["go"]),
        (&json!(2), &json!(2)),
        "one cut and one held: {foreseen}"
    );
    assert_eq!(foreseen["officers_needed"], 2);

    let denied = with(resume(everything()), "attested", json!(false));
    assert_eq!(world.post("Arbeláez", &path, &denied).1["error"], "condition_not_met");
    let (status, waiting) = world.post("Arbeláez", &path, &resume(everything()));
    assert_eq!(status, 202, "{waiting}");
    assert_eq!(waiting["waiting"]["officer"]["name"], "Arbeláez");
    assert_eq!(world.post("Arbeláez", &path, &resume(everything())).0, 202, "one person is not two");
    let other =
        with(resume(everything()), "condition_met", json!({ "es": "Otra cosa", "en": "Another thing" }));
    assert_eq!(world.post("Restrepo", &path, &other).0, 202, "other words are another statement");
    assert_eq!(world.get("Guardia", "")["agreements"][0]["state"], "suspended", "nothing flows yet");
    let (status, done) = world.post("Restrepo", &path, &resume(everything()));
    assert_eq!(status, 201, "{done}");
    assert_ne!(done["ended"], Value::Null);
    assert_eq!(done["resumptions"][0]["officers"].as_array().unwrap().len(), 2);
    assert_eq!(done["waiting"], Value::Null);
    let overview = world.get("Guardia", "");
    assert_eq!(overview["agreements"][0]["state"], "flowing");
    assert_eq!(flow(&overview, "3.1", "CO")["held"], 0, "the backlog was taken up");
    assert_eq!(world.post("Restrepo", &path, &resume(everything())).1["error"], "not_suspended");

    let report = world.get("Auditora", &format!("suspensions/{id}/interval"));
    assert_eq!((&report["releases_of_scope"], &report["holds"]), (&json!(0), &json!(true)), "{report}");
    assert_eq!((&report["held"], &report["cut"]), (&json!(1), &json!(1)));
    assert_eq!(report["agree"][1]["says"], "behind", "the partner has not mirrored the end");
    world.office.settle();
    let report = world.get("Auditora", &format!("suspensions/{id}/interval"));
    assert_eq!(
        report["agree"],
        json!([
            { "who": "CO", "says": "same" }, { "who": "US", "says": "same" }, { "who": "oversight", "says": "behind" }
        ])
    );
}

#[test]
fn a_part_resumes_and_the_rest_stays_stopped() {
    let world = world("part");
    let id = stop(&world)["id"].as_str().unwrap().to_owned();
    let path = format!("suspensions/{id}/resume");
    let part = with(everything(), "items", json!(["container_alert"]));
    let (_, foreseen) = world.post("Auditora", &format!("{path}/preview"), &json!({ "scope": part }));
    assert_eq!(foreseen["resumes"][0]["clause"], "3.5", "{foreseen}");
    assert!(foreseen["stay_stopped"].as_array().unwrap().iter().any(|flow| flow["clause"] == "3.1"));
    assert_eq!(world.post("Arbeláez", &path, &resume(part.clone())).0, 202);
    assert_eq!(world.post("Restrepo", &path, &resume(part)).0, 201);
    let overview = world.get("Guardia", "");
    assert_eq!(overview["agreements"][0]["state"], "part_suspended");
    assert_eq!(flow(&overview, "3.1", "CO")["state"], "stopped");
    assert_ne!(flow(&overview, "3.5", "CO")["state"], "stopped");
}

#[test]
fn stopped_and_not_yet_logged_says_so() {
    let world = world("unlogged");
    world.office.broken.store(true, Ordering::SeqCst);
    let made = stop(&world);
    assert_eq!((&made["leaf"], &made["leaf_durable"]), (&Value::Null, &Value::Null));
    assert_ne!(made["gate_closed"], Value::Null);
    let overview = world.get("Guardia", "");
    assert_eq!(overview["agreements"][0]["suspensions"][0]["id"], made["id"]);
    assert_eq!(overview["agreements"][0]["suspensions"][0]["leaf"], Value::Null);
    assert_eq!(flow(&overview, "3.1", "CO")["state"], "stopped", "the gate is shut all the same");
    let id = made["id"].as_str().unwrap();
    let (status, refusal) =
        world.post("Arbeláez", &format!("suspensions/{id}/resume"), &resume(everything()));
    assert_eq!((status, refusal["error"].as_str()), (409, Some("not_logged_yet")));
    let (status, refusal) = world.post("Arbeláez", "release", &lead(1));
    assert_eq!((status, refusal["error"].as_str()), (503, Some("exchange_not_stored")));
}

#[test]
fn a_stop_that_would_stop_less_than_it_says_is_refused() {
    let world = world("bad-stop");
    let long = "x".repeat(2_001);
    let bad = [
        with(new_stop(), "scope", with(everything(), "areas", json!(["atlantis"]))),
        with(new_stop(), "scope", with(everything(), "to", json!("XX"))),
        with(new_stop(), "exceptions", json!(["7.7"])),
        with(new_stop(), "reason", json!({ "es": "x", "en": "" })),
        with(new_stop(), "condition", json!({ "es": long, "en": "x" })),
        with(new_stop(), "rule", json!({ "kinds": [], "min_status": "alleged", "days": 14 })),
        with(new_stop(), "incident", json!("inc-nonsense")),
        with(new_stop(), "more", json!(1)),
    ];
    for body in bad {
        let (status, refusal) = world.post("Arbeláez", "stop", &body);
        assert_eq!((status, refusal["error"].as_str()), (400, Some("bad_request")), "{body}");
    }
    assert_eq!(world.get("Guardia", "")["agreements"][0]["state"], "flowing");
    let (status, _) = world.ask(Some("Arbeláez"), "POST", "/api/exchange/NO-SUCH/stop", Some(&new_stop()));
    assert_eq!(status, 404);
}

#[test]
fn a_leaf_is_proven_by_what_the_answer_holds() {
    let world = world("leaf");
    let decision = release(&world, 1);
    world.office.settle();
    let leaves = world.get("Auditora", "log?limit=3");
    assert_eq!(leaves.as_array().unwrap().len(), 3);
    let index = decision["leaf"].as_u64().unwrap();
    let older = world.get("Auditora", &format!("log?before={}&limit=1", index + 1));
    assert_eq!(
        (&older[0]["index"], &older[0]["kind"], &older[0]["clause"]),
        (&json!(index), &json!("release"), &json!("3.1"))
    );
    assert_eq!(older[0]["cosigned"][0]["who"], "cosigner.US");
    let leaf = world.get("Auditora", &format!("log/{index}"));
    let record = leaf["record"].as_str().unwrap();
    let hash = record_hash(record);
    assert_eq!(leaf["leaf_hash"], hash.hex());
    assert_eq!(hash, leaf_hash(&bitacora_ledger::sha256(record.as_bytes()).0));
    let path: Vec<Hash> = leaf["proof"]["path"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| Hash::from_hex(one.as_str().unwrap()).unwrap())
        .collect();
    let root = Hash::from_hex(leaf["proof"]["root"].as_str().unwrap()).unwrap();
    verify_inclusion(&hash, index, leaf["proof"]["size"].as_u64().unwrap(), &path, &root).unwrap();
    assert!(leaf["checkpoint"].as_str().unwrap().contains("cosigner.US"));
    assert_eq!(leaf["keys"].as_array().unwrap().len(), 3);
    let (status, _) = world.ask(Some("Auditora"), "GET", &under("log/100000"), None);
    assert_eq!(status, 404);
}

#[test]
fn what_the_partner_gave_is_shown_to_who_opened_it() {
    let world = world("received");
    let given = world.office.receive(offer(9, ItemKind::Lead)).to_string();
    let items = world.get("Auditora", "received");
    assert_eq!((&items[0]["release"], &items[0]["state"]), (&json!(given), &json!("readable")), "{items}");
    assert_eq!((&items[0]["fields"], &items[0]["observed"]), (&Value::Null, &Value::Null));
    assert_eq!(items[0]["handling"]["tlp"], "amber");
    let path = format!("received/{given}/open");
    let (status, opened) = world.post("Guardia", &path, &json!({ "boarding": true }));
    assert_eq!((status, &opened["state"]), (200, &json!("open")), "{opened}");
    assert_eq!(opened["fields"]["title"], "gap");
    assert_eq!(opened["fields"]["position"]["grid_m"], 11_112);
    assert_eq!(opened["fields"].get("evidence"), None, "the clause removes it");
    assert_eq!(world.get("Guardia", "received")[0]["fields"]["title"], "gap");
    assert_eq!(
        world.get("Puerto", "received")[0]["fields"],
        Value::Null,
        "who did not open it does not see it"
    );
    let (_, seen) =
        world.post("Auditora", "stop/preview", &json!({ "scope": everything(), "exceptions": [] }));
    assert_eq!((&seen["cost"]["leads"], &seen["cost"]["boardings"]), (&json!(1), &json!(1)));
    assert_eq!(seen["cost"]["in_progress"][0]["item"], items[0]["item"]);
    assert_eq!(world.get("Guardia", "decisions")[0]["what"], "received");
    let (status, _) =
        world.post("Guardia", "received/rel-00000000000000000000/open", &json!({ "boarding": false }));
    assert_eq!(status, 404);
}
