//! From the inbox to the officer at a running node: what a platform hands in is a claim, has no weight until an officer takes it,
//! shows it when its source takes it back, and is read once over restarts.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "what a test expects and does not find is its failure"
)]

mod harness;

use std::path::{Path, PathBuf};

use bitacora_store::Store;
use harness::http::{Client, Reply};
use harness::{Node, folder, run, until};
use serde_json::{Value, json};

const TAXII: &str = "application/taxii+json;version=2.1";
const OBJECTS: &str = "/taxii2/node/collections/inbox/objects/";
const LOCATION: &str = "location--3f2c1a00-0000-4000-8000-000000000001";
const TLP_RED: &str = "marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed";
const NOTE: &str = "note--3f2c1a00-0000-4000-8000-000000000002";
const VESSEL: &str = "x-vessel--3f2c1a00-0000-4000-8000-000000000003";
const SIGHTING: &str = "sighting--3f2c1a00-0000-4000-8000-000000000004";

/// A node that lets one platform write.
struct Served {
    data: PathBuf,
    token: String,
    node: Node,
}

impl Served {
    fn new(name: &str) -> Self {
        let data = folder(&format!("claims-{name}")).join("data");
        std::fs::create_dir_all(&data).unwrap();
        let ran = run(&["taxii", "token", "opencti", "--write"]);
        std::fs::write(data.join("bitacora.toml"), &ran.out).unwrap();
        let token = ran.err.trim().rsplit(' ').next().unwrap().to_owned();
        let node = Node::start(&data, &[]);
        Self { data, token, node }
    }

    fn again(self) -> Self {
        let Self { data, token, node } = self;
        node.kill();
        let node = Node::start(&data, &[]);
        Self { data, token, node }
    }

    fn officer(&self, role: &str) -> Client {
        self.node.sign_in(&self.data, role, role)
    }

    fn ask(&self, method: &str, path: &str, body: Option<&Value>) -> Reply {
        let token = format!("Bearer {}", self.token);
        let mut headers = vec![("Authorization", token.as_str()), ("Accept", TAXII)];
        if body.is_some() {
            headers.push(("Content-Type", TAXII));
        }
        let body = body.map(Value::to_string);
        Client::to(&self.node.address).send(method, path, &headers, body.as_deref().map(str::as_bytes))
    }

    fn push(&self, objects: &[Value]) {
        let reply = self.ask("POST", OBJECTS, Some(&json!({ "objects": objects })));
        assert_eq!(reply.status, 202, "{}", reply.text());
        let status = reply.json();
        assert_eq!(status["failure_count"], json!(0), "{status}");
    }
}

fn common(id: &str, modified: &str) -> Value {
    json!({
        "type": id.split("--").next().unwrap(), "spec_version": "2.1", "id": id,
        "created": "2026-03-01T10:00:00.000Z", "modified": modified,
    })
}

fn with(mut object: Value, more: Value) -> Value {
    object.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    object
}

fn contact(modified: &str, lat: f64) -> Value {
    with(
        common(LOCATION, modified),
        json!({
            "latitude": lat, "longitude": -74.9, "observed_at": "2026-03-01T09:50:00Z", "mmsi": "730123456",
            "vessel_name": "X", "x_ours": 1, "object_marking_refs": [TLP_RED],
        }),
    )
}

fn claim(client: &Client, id: &str) -> Option<Value> {
    let reply = client.get(&format!("/api/claims/{id}"));
    (reply.status == 200).then(|| reply.json())
}

fn waited(client: &Client, id: &str, holds: impl Fn(&Value) -> bool) -> Value {
    until(id, || claim(client, id).filter(|claim| holds(claim)))
}

fn act(client: &Client, claim: &Value, act: &str, reason: Option<&str>) -> Reply {
    let body = json!({ "act": act, "version": claim["says"]["version"], "reason": reason, "note": "" });
    client.post(&format!("/api/claims/{}/acts", claim["id"].as_str().unwrap()), &body)
}

fn leaves(data: &Path, kind: &str) -> Vec<Value> {
    let store = Store::open(data, None).unwrap();
    let all = store.leaves(None, 1_000).unwrap();
    let ours = all.into_iter().filter(|row| row.leaf.kind == kind);
    ours.map(|row| serde_json::from_str(&row.leaf.record).unwrap()).collect()
}

fn list(client: &Client, query: &str) -> Vec<Value> {
    let reply = client.get(&format!("/api/claims?{query}"));
    assert_eq!(reply.status, 200, "{}", reply.text());
    reply.json()["claims"].as_array().unwrap().clone()
}

#[test]
fn a_contact_is_read_with_its_markings_taken_by_the_watch_alone_and_shows_it_when_taken_back() {
    let served = Served::new("contact");
    let (watch, analyst) = (served.officer("watch"), served.officer("analyst"));
    served.push(&[contact("2026-03-01T10:00:00.000Z", 11.5)]);
    let found = waited(&watch, LOCATION, |_| true);
    let says = &found["says"];
    assert_eq!((&found["state"], &says["kind"]), (&json!("open"), &json!("contact")));
    assert_eq!((&says["platform"], &says["tlp"]), (&json!("opencti"), &json!("red")));
    assert_eq!((&says["lat"], &says["about"][0]["mmsi"]), (&json!(11.5), &json!(730_123_456)));
    assert_eq!(says["unread"], json!(["x_ours"]));
    assert!(list(&watch, "state=made").is_empty(), "nothing is made of what nobody took");

    assert_eq!(act(&analyst, &found, "take", None).status, 403);
    assert_eq!(act(&watch, &found, "set_aside", None).error(), "reason_missing");
    let taken = act(&watch, &found, "take", None);
    assert_eq!(taken.status, 201, "{}", taken.text());
    assert_eq!(taken.json()["state"], "taken");
    assert_eq!(act(&watch, &found, "take", None).error(), "already_decided");
    assert_eq!(list(&watch, "state=made&mmsi=730123456").len(), 1);
    // Theirs, and no report of our receivers.
    assert_eq!(watch.get("/api/vessels/730123456").status, 404);

    served.push(&[contact("2026-03-01T11:00:00.000Z", 12.0)]);
    let later = waited(&watch, LOCATION, |claim| claim["says"]["lat"] == 12.0);
    assert_eq!((&later["state"], &later["superseded"]), (&json!("open"), &json!(true)));
    assert_eq!(later["taken"]["lat"], 11.5, "what was taken stays as it was");
    assert_eq!(act(&watch, &found, "take", None).error(), "state_moved");

    let gone = with(contact("2026-03-01T12:00:00.000Z", 12.0), json!({ "revoked": true }));
    served.push(&[gone]);
    let gone = waited(&watch, LOCATION, |claim| claim["withdrawn"] == "revoked");
    assert_eq!(gone["state"], "taken");
    assert_eq!(act(&watch, &later, "take", None).error(), "claim_withdrawn");

    let served = served.again();
    let watch = served.officer("watch");
    let kept = waited(&watch, LOCATION, |_| true);
    let history: Vec<&str> =
        kept["history"].as_array().unwrap().iter().map(|one| one["what"].as_str().unwrap()).collect();
    assert_eq!(history, ["told", "take", "told", "withdrawn"], "read once over a kill");
    served.node.kill();
    let leaf = leaves(&served.data, "claim_taken");
    assert_eq!((leaf.len(), &leaf[0]["body"]["act"]["tlp"]), (1, &json!("red")));
    assert!(leaf[0]["signature"].is_string());
}

#[test]
fn a_sighting_that_comes_before_its_vessel_is_read_when_the_vessel_comes() {
    let served = Served::new("order");
    let watch = served.officer("watch");
    let sighting = with(
        common(SIGHTING, "2026-03-01T10:00:00.000Z"),
        json!({ "sighting_of_ref": VESSEL, "first_seen": "2026-03-01T09:00:00Z", "last_seen": "2026-03-01T09:30:00Z" }),
    );
    served.push(&[sighting]);
    served
        .push(&[with(common(VESSEL, "2026-03-01T10:00:00.000Z"), json!({ "imo": 9_074_729, "name": "X" }))]);
    let found = waited(&watch, SIGHTING, |_| true);
    assert_eq!(
        (&found["says"]["kind"], &found["says"]["about"][0]["imo"]),
        (&json!("sighting"), &json!(9_074_729))
    );
    assert_eq!(list(&watch, "state=all&imo=9074729").len(), 2, "the vessel is a claim too");
}

#[test]
fn what_a_platform_deletes_is_logged_first_and_its_claim_is_withdrawn() {
    let served = Served::new("deleted");
    let watch = served.officer("watch");
    served.push(&[contact("2026-03-01T10:00:00.000Z", 11.5)]);
    waited(&watch, LOCATION, |_| true);
    let reply = served.ask("DELETE", &format!("{OBJECTS}{LOCATION}/"), None);
    assert_eq!(reply.status, 200, "{}", reply.text());
    let gone = waited(&watch, LOCATION, |claim| claim["withdrawn"] == "deleted");
    assert_eq!(gone["state"], "withdrawn");
    served.node.kill();
    let leaf = leaves(&served.data, "taxii_deleted");
    assert_eq!(leaf.len(), 1);
    let body = &leaf[0]["body"];
    assert_eq!((&body["from"], &body["objects"][0]["id"]), (&json!("opencti"), &json!(LOCATION)));
    let handed = &leaves(&served.data, "taxii_received")[0]["body"]["received"][0]["objects_sha256"][0];
    assert_eq!(&body["objects"][0]["sha256"], handed);
}

#[test]
fn an_indication_is_the_analysts_to_take_and_raises_no_lead() {
    let served = Served::new("indication");
    let (watch, analyst) = (served.officer("watch"), served.officer("analyst"));
    let note = with(
        common(NOTE, "2026-03-01T10:00:00.000Z"),
        json!({ "abstract": "seen before", "content": "It ran dark twice.", "object_refs": [VESSEL] }),
    );
    let vessel =
        with(common(VESSEL, "2026-03-01T10:00:00.000Z"), json!({ "mmsi": "730123456", "name": "X" }));
    served.push(&[vessel]);
    waited(&analyst, VESSEL, |_| true);
    // Alone: what it is about is here already.
    served.push(&[note]);
    let found = waited(&analyst, NOTE, |_| true);
    assert_eq!((&found["says"]["kind"], &found["says"]["tlp"]), (&json!("indication"), &Value::Null));
    assert_eq!(act(&watch, &found, "take", None).status, 403);
    assert_eq!(act(&analyst, &found, "take", None).status, 201);
    let made = list(&analyst, "state=made&mmsi=730123456");
    assert_eq!((made.len(), &made[0]["taken"]["title"]), (1, &json!("seen before")));
    assert_eq!(analyst.get("/api/leads?state=all").json(), json!([]), "what others say raises no lead");
    assert_eq!(analyst.get("/api/status").json()["hearings_given_up"], json!(0));
}
