//! TAXII 2.1 at a running node: platforms come in with their token, poll what the node shows and push what they know; it is
//! logged before it is acknowledged, and kept over restarts.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "what a test expects and does not find is its failure"
)]

mod harness;

use std::collections::BTreeSet;
use std::path::Path;

use bitacora_ledger::canonical_json;
use bitacora_store::Store;
use harness::http::{Client, Reply};
use harness::theatre::{AGREEMENT, Theatre};
use harness::{Node, folder, run, text, until};
use serde_json::{Value, json};

/// Ours, docs/stix.
const EXTENSION: &str = "extension-definition--7c5a5358-e91f-5516-bdf0-52562ccf7969";
const TAXII: &str = "application/taxii+json;version=2.1";

/// Makes a token, adds the platform to the configuration, and gives the token.
fn let_in(data: &Path, name: &str, write: bool) -> String {
    std::fs::create_dir_all(data).unwrap();
    let ran = run(&[&["taxii", "token", name][..], if write { &["--write"] } else { &[] }].concat());
    assert_eq!(ran.code, 0, "{ran:?}");
    let path = data.join("bitacora.toml");
    let before = std::fs::read_to_string(&path).unwrap_or_default();
    std::fs::write(path, before + &ran.out).unwrap();
    ran.err.trim().rsplit(' ').next().unwrap().to_owned()
}

struct Platform<'a> {
    client: Client,
    token: &'a str,
}

impl<'a> Platform<'a> {
    fn of(node: &Node, token: &'a str) -> Self {
        Self { client: Client::to(&node.address), token }
    }

    fn ask(&self, method: &str, path: &str, body: Option<&[u8]>) -> Reply {
        let token = format!("Bearer {}", self.token);
        let mut headers = vec![("Authorization", token.as_str()), ("Accept", TAXII)];
        if body.is_some() {
            headers.push(("Content-Type", TAXII));
        }
        self.client.send(method, path, &headers, body)
    }

    fn get(&self, path: &str) -> Value {
        let reply = self.ask("GET", path, None);
        assert_eq!(reply.status, 200, "{path}: {}", reply.text());
        assert_eq!(reply.header("content-type"), Some(TAXII));
        reply.json()
    }

    fn collections(&self) -> Vec<Value> {
        let all = self.get("/taxii2/node/collections/");
        all["collections"].as_array().unwrap().clone()
    }

    /// Every object of a collection, page by page, as bytes that mean the same.
    fn walk(&self, alias: &str) -> BTreeSet<String> {
        let (mut found, mut next) = (BTreeSet::new(), String::new());
        loop {
            let path = format!("/taxii2/node/collections/{alias}/objects/?limit=7&match[version]=all{next}");
            let page = self.get(&path);
            for object in page["objects"].as_array().into_iter().flatten() {
                assert!(found.insert(canonical_json(object).unwrap()), "twice: {object}");
            }
            match page["next"].as_str() {
                Some(token) => next = format!("&next={token}"),
                None => return found,
            }
        }
    }
}

/// An identity as others write it.
fn identity(number: u32) -> Value {
    json!({
        "type": "identity", "spec_version": "2.1",
        "id": format!("identity--3f2c1a00-0000-4000-8000-{number:012}"),
        "created": "2026-11-22T10:00:00.000Z", "modified": "2026-11-22T10:00:00.000Z",
        "name": format!("agency {number}"), "identity_class": "organization",
    })
}

fn leaves(data: &Path, kind: &str) -> Vec<Value> {
    let store = Store::open(data, None).unwrap();
    let all = store.leaves(None, 1_000).unwrap();
    let ours = all.into_iter().filter(|row| row.leaf.kind == kind);
    ours.map(|row| serde_json::from_str(&row.leaf.record).unwrap()).collect()
}

#[test]
fn nobody_comes_in_without_a_token_and_without_platforms_nothing_is_served() {
    let data = folder("taxii-door").join("data");
    let closed = Node::start(&data, &[]);
    assert_ne!(Client::to(&closed.address).get("/taxii2/").header("content-type"), Some(TAXII));
    drop(closed);
    let token = let_in(&data, "opencti", false);
    let node = Node::start(&data, &[]);
    for headers in [&[][..], &[("Authorization", "Bearer 00")], &[("Authorization", "Basic b3BlbmN0aTp4")]] {
        let headers = [headers, &[("Accept", TAXII)]].concat();
        let reply = Client::to(&node.address).send("GET", "/taxii2/", &headers, None);
        assert_eq!(reply.status, 401, "{}", reply.text());
        assert!(reply.header("www-authenticate").is_some());
        assert_eq!(reply.json()["http_status"], "401");
    }
    let found = Platform::of(&node, &token).get("/taxii2/");
    let root = found["api_roots"][0].as_str().unwrap();
    assert!(root.ends_with("/taxii2/node/"), "{root}");
}

#[test]
fn a_token_of_another_form_is_refused_at_the_start_with_the_platform_s_name() {
    let data = folder("taxii-token").join("data");
    std::fs::create_dir_all(&data).unwrap();
    let bad = "[[taxii.platforms]]\nname = \"opencti\"\ntoken_sha256 = \"secret\"\n";
    std::fs::write(data.join("bitacora.toml"), bad).unwrap();
    let ran = run(&["node", "--data", text(&data), "--bind", "127.0.0.1:0", "--lang", "en"]);
    assert_ne!(ran.code, 0);
    assert!(ran.err.contains("opencti") && ran.err.contains("bitacora taxii token"), "{}", ran.err);
}

#[test]
fn what_a_platform_pushes_is_logged_stored_and_read_by_others() {
    let data = folder("taxii-inbox").join("data");
    let (writer, reader) = (let_in(&data, "opencti", true), let_in(&data, "siem", false));
    let node = Node::start(&data, &[]);
    let (opencti, siem) = (Platform::of(&node, &writer), Platform::of(&node, &reader));
    let inbox = |platform: &Platform<'_>| {
        let found = platform.collections().into_iter().find(|one| one["alias"] == "inbox").unwrap();
        (found["can_read"].clone(), found["can_write"].clone())
    };
    assert_eq!((inbox(&opencti), inbox(&siem)), ((json!(true), json!(true)), (json!(true), json!(false))));

    let mut empty = identity(3);
    empty["roles"] = json!([]);
    let mut bare = identity(4);
    bare.as_object_mut().unwrap().remove("spec_version");
    let envelope = json!({ "objects": [identity(1), empty, identity(2), bare] }).to_string();
    let path = "/taxii2/node/collections/inbox/objects/";
    let refused = siem.ask("POST", path, Some(envelope.as_bytes()));
    assert_eq!(refused.status, 403, "{}", refused.text());
    let reply = opencti.ask("POST", path, Some(envelope.as_bytes()));
    assert_eq!(reply.status, 202, "{}", reply.text());
    let status = reply.json();
    assert_eq!((&status["success_count"], &status["failure_count"]), (&json!(2), &json!(2)), "{status}");
    let failures = status["failures"].to_string();
    // Of the importer, and of the wire.
    assert!(failures.contains("empty_list") && failures.contains("no_spec_version"), "{failures}");

    let id = status["id"].as_str().unwrap();
    let kept = opencti.get(&format!("/taxii2/node/status/{id}/"));
    assert_eq!((&kept["success_count"], &kept["failure_count"]), (&json!(2), &json!(2)), "{kept}");
    assert_eq!(siem.ask("GET", &format!("/taxii2/node/status/{id}/"), None).status, 404);

    // The same again changes nothing; other bytes under the same version are refused.
    let again = opencti.ask("POST", path, Some(json!({ "objects": [identity(1)] }).to_string().as_bytes()));
    assert_eq!(again.json()["success_count"], 1, "{}", again.text());
    let mut other = identity(2);
    other["name"] = json!("another");
    let other = opencti.ask("POST", path, Some(json!({ "objects": [other] }).to_string().as_bytes()));
    assert!(other.json()["failures"].to_string().contains("version_conflict"), "{}", other.text());

    let all: BTreeSet<String> =
        [1, 2].map(|number| canonical_json(&identity(number)).unwrap()).into_iter().collect();
    assert_eq!(siem.walk("inbox"), all);
    node.kill();
    let logged = leaves(&data, "taxii_received");
    assert_eq!(logged.len(), 1, "what was there already is no new leaf: {logged:?}");
    let received = &logged[0]["body"]["received"][0];
    assert_eq!(received["from"], "opencti");
    assert_eq!(received["objects_sha256"].as_array().unwrap().len(), 2);

    let node = Node::start(&data, &[]);
    assert_eq!(Platform::of(&node, &reader).walk("inbox"), all, "kept over a kill");
}

#[test]
fn hostile_bodies_get_the_error_of_the_standard_and_leave_nothing() {
    let data = folder("taxii-hostile").join("data");
    let token = let_in(&data, "opencti", true);
    let node = Node::start(&data, &[]);
    let platform = Platform::of(&node, &token);
    let path = "/taxii2/node/collections/inbox/objects/";
    let deep = format!("{{\"objects\":{}{}}}", "[".repeat(50_000), "]".repeat(50_000));
    let twice = r#"{"objects":[],"objects":[]}"#;
    let bodies: [&[u8]; 6] =
        [b"", b"{", b"[1]", b"{\"objects\":[\"\xff\"]}", deep.as_bytes(), twice.as_bytes()];
    for body in bodies {
        let reply = platform.ask("POST", path, Some(body));
        assert!((400..500).contains(&reply.status), "{} {}", reply.status, reply.text());
        assert_eq!(reply.json()["http_status"], reply.status.to_string());
    }
    assert_eq!(platform.walk("inbox"), BTreeSet::new());
    node.kill();
    assert_eq!(leaves(&data, "taxii_received"), Vec::<Value>::new());
}

#[test]
fn what_the_node_gave_and_its_own_is_polled_as_the_bundle_has_it() {
    let theatre = Theatre::play(folder("taxii-demo"));
    let data = theatre.root.join("colombia");
    let partner =
        Platform { client: Client::to(theatre.united_states_address()), token: &theatre.tokens[1].clone() };
    assert_eq!(partner.collections()[0]["alias"], "inbox", "as the demo says");
    theatre.end();
    let token = let_in(&data, "opencti", false);
    let ran = run(&["stix", "--all", "--data", text(&data), "--lang", "en"]);
    let bundle: Value = serde_json::from_str(&ran.out).unwrap();
    let all: BTreeSet<String> =
        bundle["objects"].as_array().unwrap().iter().map(|object| canonical_json(object).unwrap()).collect();
    let node = Node::start(&data, &[]);
    let platform = Platform::of(&node, &token);
    let shown = || -> BTreeSet<String> {
        let collections = platform.collections();
        let names = collections.iter().map(|one| one["alias"].as_str().unwrap());
        names.filter(|name| *name != "inbox").flat_map(|name| platform.walk(name)).collect()
    };
    // Without the partner's node no lease holds, so that the bundle too has nothing that a partner gave.
    until("the collections", || (shown() == all).then_some(()));
    let names: Vec<String> = platform
        .collections()
        .iter()
        .map(|one| one["alias"].as_str().unwrap().to_owned())
        .filter(|name| name.starts_with("co-us-mar-"))
        .collect();
    assert_eq!(
        names,
        ["co-us-mar-lead", "co-us-mar-distress"],
        "a collection for each subject of the agreement"
    );
    assert!(all.len() > 20, "{}", all.len());
}

/// Their source's markings bind: what comes of a claim is no item of the exchange, taken and signed or not.
#[test]
fn nothing_that_comes_of_a_claim_can_be_offered_or_released_to_a_partner() {
    let theatre = Theatre::play(folder("taxii-claims-stay"));
    let watch = theatre.colombia("watch");
    let platform =
        Platform { client: Client::to(theatre.colombia_address()), token: &theatre.tokens[0].clone() };
    let object = |kind: &str, more: Value| {
        let mut object = json!({
            "type": kind, "spec_version": "2.1", "id": format!("{kind}--3f2c1a00-0000-4000-8000-0000000000aa"),
            "created": "2026-11-22T10:00:00.000Z", "modified": "2026-11-22T10:00:00.000Z",
        });
        object.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        object
    };
    // A vessel of which this node has a lead, so that whatever would carry a claim into it has its chance.
    let leads = watch.get("/api/leads?state=all").json();
    let lead = leads.as_array().unwrap().iter().find(|lead| lead["mmsi"].is_number()).unwrap().clone();
    let mmsi = lead["mmsi"].to_string();
    let vessel = object("x-vessel", json!({ "mmsi": mmsi, "name": "CLAIMEDNAME" }));
    let said = [
        object(
            "location",
            json!({ "latitude": 11.5, "longitude": -74.9, "mmsi": mmsi,
            "observed_at": "2026-03-14T09:50:00Z", "vessel_name": "CLAIMEDNAME" }),
        ),
        object(
            "note",
            json!({ "abstract": "CLAIMEDNAME", "content": "It ran dark twice.",
            "object_refs": [vessel["id"].clone()] }),
        ),
        object(
            "incident",
            json!({ "name": "CLAIMEDNAME", "extensions": { EXTENSION: {
            "extension_type": "property-extension", "incident_id": "inc-0123456789abcdef0123",
            "incident_kind": "strike", "occurred": "2026-03-01T10:00:00Z", "status": "alleged",
            "text": { "es": "CLAIMEDNAME", "en": "CLAIMEDNAME" } } } }),
        ),
    ];
    let all = [&[vessel][..], &said].concat();
    let body = json!({ "objects": all }).to_string();
    let reply = platform.ask("POST", "/taxii2/node/collections/inbox/objects/", Some(body.as_bytes()));
    assert_eq!((reply.status, &reply.json()["failure_count"]), (202, &json!(0)), "{}", reply.text());

    // Each is taken by an officer who may, and the incident is signed.
    let release = theatre.colombia("release");
    for (object, officer) in said.iter().zip([&watch, &theatre.colombia("analyst"), &release]) {
        let id = object["id"].as_str().unwrap();
        let claim = until(id, || {
            let reply = officer.get(&format!("/api/claims/{id}"));
            (reply.status == 200).then(|| reply.json())
        });
        let act = json!({ "act": "take", "version": claim["says"]["version"], "note": "" });
        let reply = officer.post(&format!("/api/claims/{id}/acts"), &act);
        assert_eq!(reply.status, 201, "{}", reply.text());
    }
    let incidents = release.get("/api/incidents").json();
    let incident =
        incidents.as_array().unwrap().iter().find(|one| one.to_string().contains("incident--3f2c"));
    let incident = incident.unwrap()["id"].as_str().unwrap().to_owned();
    let signed = json!({ "status": "alleged", "note": "seen" });
    let reply = release.post(&format!("/api/incidents/{incident}/status"), &signed);
    assert_eq!(reply.status, 201, "{}", reply.text());

    let offers = release.get(&format!("/api/exchange/{AGREEMENT}/offers"));
    assert!(!offers.json().as_array().unwrap().is_empty());
    assert!(
        !offers.text().contains("CLAIMEDNAME") && !offers.text().contains(&incident),
        "{}",
        offers.text()
    );
    for item in said.iter().map(|object| object["id"].as_str().unwrap()).chain([incident.as_str()]) {
        for step in ["ask", "release"] {
            let ask = json!({ "item": item, "to": "US", "purpose": "seizure" });
            let reply = release.post(&format!("/api/exchange/{AGREEMENT}/{step}"), &ask);
            assert_eq!(reply.status, 404, "{step} {item}: {}", reply.text());
        }
    }
    // Nor does the lead about the same vessel carry it, nor what this node shows its own country's platforms.
    let id = lead["id"].as_str().unwrap();
    assert!(!watch.get(&format!("/api/leads/{id}")).text().contains("CLAIMEDNAME"));
    let ran = run(&["stix", "--all", "--data", text(&theatre.root.join("colombia")), "--lang", "en"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(!ran.out.contains("CLAIMEDNAME"), "what was claimed is shown as ours");
}
