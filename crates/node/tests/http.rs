//! The served API against people who should not, and two who should at the same moment.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may fail loudly"
)]

mod harness;

use std::path::PathBuf;
use std::sync::{Barrier, OnceLock};
use std::thread;

use bitacora_ledger::{
    Checkpoint, Hash, LeafRecord, VerifierKey, record_hash, verify_inclusion, verify_signature,
};
use bitacora_store::Store;
use harness::http::{Client, Reply};
use harness::{Node, folder, officer, run, text, theatre};
use serde_json::{Value, json};

/// A store with vessels, events and leads in it, made once and copied for each test.
fn sea() -> &'static PathBuf {
    static SEA: OnceLock<PathBuf> = OnceLock::new();
    SEA.get_or_init(|| {
        let folder = folder("http-sea");
        let recording = theatre(&folder, 5, true);
        let data = folder.join("data");
        assert_eq!(run(&["ingest", "--data", text(&data), text(&recording)]).code, 0);
        data
    })
}

fn copy(from: &std::path::Path, to: &std::path::Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let to = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &to);
        } else {
            std::fs::copy(entry.path(), to).unwrap();
        }
    }
}

fn served(name: &str) -> (PathBuf, Node) {
    let data = folder(&format!("http-{name}")).join("data");
    copy(sea(), &data);
    let node = Node::start(&data, &[]);
    (data, node)
}

fn open_leads(client: &Client) -> Vec<Value> {
    let leads = client.get("/api/leads");
    assert_eq!(leads.status, 200, "{}", leads.text());
    leads.json().as_array().unwrap().clone()
}

fn decide(client: &Client, lead: &Value, action: &str, reason: Option<&str>, note: &str) -> Reply {
    let path = format!("/api/leads/{}/decisions", lead["id"].as_str().unwrap());
    client.post(
        &path,
        &json!({ "action": action, "reason": reason, "note": note, "seen_state": lead["state"] }),
    )
}

fn export(client: &Client, what: &str, format: &str, purpose: &str) -> Reply {
    client.post("/api/exports", &json!({ "what": what, "format": format, "purpose": purpose, "lang": "es" }))
}

#[test]
fn without_a_session_there_is_nothing_but_the_page() {
    let (data, node) = served("no-session");
    let nobody = Client::to(&node.address);
    let signed_in = node.sign_in(&data, "Ana", "watch");
    let lead = open_leads(&signed_in)[0]["id"].as_str().unwrap().to_owned();
    let paths = openapi_paths();
    assert!(paths.len() > 15, "{paths:?}");
    for (method, path) in paths {
        if (method.as_str(), path.as_str()) == ("POST", "/api/session") {
            continue;
        }
        let path = path
            .replace("{id}", &lead)
            .replace("{mmsi}", "999000001")
            .replace("{index}", "0")
            .replace("{source}", "x")
            .replace("{line}", "1");
        let body = (method == "POST").then_some(&b"{}"[..]);
        for cookie in [
            None,
            Some("bitacora_session="),
            Some("bitacora_session=00"),
            Some("other=1; bitacora_session=%00"),
        ] {
            let mut client = nobody.clone();
            client.cookie = cookie.map(str::to_owned);
            let reply = client.send(&method, &path, &[("Content-Type", "application/json")], body);
            assert_eq!(reply.status, 401, "{method} {path} with {cookie:?}: {}", reply.text());
            assert_eq!(reply.error(), "not_signed_in", "{path}");
        }
    }
    // Signed out, the same cookie opens nothing.
    assert_eq!(signed_in.send("DELETE", "/api/session", &[], None).status, 204);
    assert_eq!(signed_in.get("/api/me").status, 401);
}

/// Every operation of the API, from the document that is made from the router.
fn openapi_paths() -> Vec<(String, String)> {
    let document = serde_json::to_value(bitacora_api::openapi()).unwrap();
    let paths = document["paths"].as_object().unwrap();
    paths
        .iter()
        .flat_map(|(path, operations)| {
            operations.as_object().unwrap().keys().map(move |method| (method.to_uppercase(), path.clone()))
        })
        .collect()
}

#[test]
fn a_foreign_host_or_origin_is_refused() {
    let (data, node) = served("foreign");
    let client = node.sign_in(&data, "Ana", "watch");
    for host in
        ["evil.example", "evil.example:80", "", "127.0.0.1.evil.example", "localhost.evil.example:8750"]
    {
        for path in ["/api/status", "/api/vessels", "/", "/index.html"] {
            let reply = client.send("GET", path, &[("Host", host)], None);
            assert_eq!(reply.status, 421, "{host} {path}: {}", reply.text());
        }
    }
    let port = node.address.rsplit(':').next().unwrap();
    assert_eq!(client.send("GET", "/api/me", &[("Host", &format!("localhost:{port}"))], None).status, 200);
    let note = json!({ "text": "from elsewhere" }).to_string();
    for origin in ["http://evil.example", "null", "https://127.0.0.1", "http://127.0.0.1:1", ""] {
        let headers = [("Content-Type", "application/json"), ("Origin", origin)];
        let reply = client.send("POST", "/api/watchlog", &headers, Some(note.as_bytes()));
        assert_eq!((reply.status, reply.error()), (421, "foreign_host".to_owned()), "{origin}");
    }
    let own = format!("http://{}", node.address);
    let headers = [("Content-Type", "application/json"), ("Origin", own.as_str())];
    assert_eq!(client.send("POST", "/api/watchlog", &headers, Some(note.as_bytes())).status, 201);
    // A form of another site cannot speak JSON to us.
    let reply =
        client.send("POST", "/api/watchlog", &[("Content-Type", "text/plain")], Some(note.as_bytes()));
    assert!((400..500).contains(&reply.status), "{}", reply.status);
}

#[test]
fn roles_bound_what_each_may_do() {
    let (data, node) = served("roles");
    let log_size = |client: &Client| client.get("/api/log").json()["size"].as_u64().unwrap();
    let auditor = node.sign_in(&data, "Aud. Ivan", "auditor");
    let lead = open_leads(&auditor)[0].clone();
    let others: Vec<Client> =
        ["port", "release", "case", "analyst"].iter().map(|role| node.sign_in(&data, role, role)).collect();
    let before = log_size(&auditor);
    for client in others.iter().chain([&auditor]) {
        let reply = decide(client, &lead, "accept", None, "");
        assert_eq!((reply.status, reply.error()), (403, "not_allowed".to_owned()));
    }
    assert_eq!(
        client_post(&auditor, "/api/watchlog", json!({ "text": "x" })),
        (403, "not_allowed".to_owned())
    );
    let reply = export(&auditor, "vessels", "csv", "to take it home");
    assert_eq!((reply.status, reply.error()), (403, "not_allowed".to_owned()));
    assert_eq!(log_size(&auditor), before, "a refused act leaves no leaf");
    assert_eq!(open_leads(&auditor)[0]["state"], "new");
}

fn client_post(client: &Client, path: &str, body: Value) -> (u16, String) {
    let reply = client.post(path, &body);
    (reply.status, reply.error())
}

#[test]
fn words_that_cannot_be_accepted_are_refused_with_a_code() {
    let (data, node) = served("words");
    let client = node.sign_in(&data, "Ana", "watch");
    let lead = open_leads(&client)[0].clone();
    let refused = |reply: Reply| (reply.status, reply.error());
    let (long, longer) = ("ñ".repeat(2001), "ñ".repeat(4001));
    let code = |text: &str| (400, text.to_owned());
    assert_eq!(refused(decide(&client, &lead, "accept", None, &long)), code("note_too_long"));
    assert_eq!(refused(decide(&client, &lead, "dismiss", None, "")), code("reason_missing"));
    assert_eq!(refused(decide(&client, &lead, "dismiss", Some("because"), "")), code("reason_unknown"));
    assert_eq!(refused(decide(&client, &lead, "dismiss", Some("other"), " ")), code("note_missing"));
    assert_eq!(refused(decide(&client, &lead, "sink", None, "")), code("bad_request"));
    assert_eq!(decide(&client, &lead, "record_outcome", Some("cleared"), "").status, 403);
    assert_eq!(client_post(&client, "/api/watchlog", json!({ "text": longer })), code("bad_request"));
    assert_eq!(client_post(&client, "/api/watchlog", json!({ "text": "  \n" })), code("bad_request"));
    assert_eq!(
        client_post(&client, "/api/watchlog", json!({ "text": "x", "lead": "nonsense" })),
        code("bad_request")
    );
    assert_eq!(
        client_post(&client, "/api/watchlog", json!({ "text": "x", "officer": "someone" })),
        code("bad_request")
    );
    let absent = format!("{}-00000000000000000000", lead["id"].as_str().unwrap().split('-').next().unwrap());
    let (status, error) = client_post(&client, "/api/watchlog", json!({ "text": "x", "lead": absent }));
    assert_eq!((status, error.as_str()), (404, "not_found"));
    for purpose in ["", "   ", "abc", &"x".repeat(301)] {
        assert_eq!(refused(export(&client, "vessels", "csv", purpose)), code("bad_request"), "{purpose}");
    }
    assert_eq!(
        client.post("/api/exports", &json!({ "what": "vessels", "format": "csv", "lang": "es" })).status,
        400
    );
    for path in [
        "/api/vessels?at=yesterday",
        "/api/leads?state=sunk",
        "/api/leads?limit=-1",
        "/api/events?from=x",
        "/api/leads/nonsense",
        "/api/vessels/99999999999",
        "/api/vessels/9999999999",
        "/api/log/entries/x",
    ] {
        let reply = client.get(path);
        assert_eq!(reply.status, 400, "{path}: {}", reply.text());
        assert!(!reply.error().is_empty(), "{path}");
    }
    for path in ["/api/log/entries/99999999", &format!("/api/leads/{absent}"), "/api/nothing"] {
        let reply = client.get(path);
        assert!(reply.status == 404, "{path}: {} {}", reply.status, reply.text());
        assert!(!reply.error().is_empty(), "{path}");
    }
    let body = vec![b' '; 3 << 20];
    let reply = client.send("POST", "/api/session", &[("Content-Type", "application/json")], Some(&body));
    assert!((400..500).contains(&reply.status), "{}", reply.status);
    assert_eq!(open_leads(&client)[0]["state"], "new");
}

#[test]
fn of_two_officers_at_the_same_moment_one_is_told_who_was_first() {
    let (data, node) = served("two");
    let names = ["Tte. Oquendo", "Cap. Núñez"];
    let clients = names.map(|name| node.sign_in(&data, name, "watch"));
    let leads = open_leads(&clients[0]);
    assert!(leads.len() >= 3, "{} leads", leads.len());
    for lead in &leads {
        let barrier = Barrier::new(2);
        let replies = thread::scope(|scope| {
            let acts = [("accept", None), ("dismiss", Some("fishing"))];
            let at_once: Vec<_> = clients
                .iter()
                .zip(acts)
                .map(|(client, (action, reason))| {
                    let barrier = &barrier;
                    scope.spawn(move || {
                        barrier.wait();
                        decide(client, lead, action, reason, "")
                    })
                })
                .collect();
            at_once.into_iter().map(|one| one.join().unwrap()).collect::<Vec<_>>()
        });
        let (won, lost) = if replies[0].status == 201 { (0, 1) } else { (1, 0) };
        assert_eq!((replies[won].status, replies[lost].status), (201, 409), "{}", replies[lost].text());
        assert_eq!(replies[lost].error(), "already_decided");
        let first = &replies[lost].json()["first"];
        assert_eq!(first["officer"]["name"], names[won]);
        assert_eq!(first["action"], ["accept", "dismiss"][won]);
        let card = clients[0].get(&format!("/api/leads/{}", lead["id"].as_str().unwrap())).json();
        assert_eq!(card["decisions"].as_array().unwrap().len(), 1);
        assert_eq!(card["decisions"][0]["officer"]["name"], names[won]);
    }
}

#[test]
fn a_decision_is_in_the_log_with_a_proof_that_verifies() {
    let (data, node) = served("proof");
    let client = node.sign_in(&data, "Tte. Oquendo", "watch");
    let lead = open_leads(&client)[0].clone();
    let reply = decide(&client, &lead, "accept", None, "patrullera avisada");
    assert_eq!(reply.status, 201, "{}", reply.text());
    let decision = reply.json();
    for text in ["una nota", "otra", "y otra"] {
        assert_eq!(client.post("/api/watchlog", &json!({ "text": text })).status, 201);
    }
    let head = client.get("/api/log").json();
    let key: VerifierKey = head["public_key"].as_str().unwrap().parse().unwrap();
    let index = decision["leaf"].as_u64().unwrap();
    let entry = client.get(&format!("/api/log/entries/{index}")).json();
    let checkpoint = Checkpoint::verify(entry["checkpoint"].as_str().unwrap(), key.name(), &key).unwrap();
    let proof = &entry["proof"];
    assert_eq!(checkpoint.size, proof["size"].as_u64().unwrap());
    assert_eq!(checkpoint.root.hex(), proof["root"].as_str().unwrap());
    let record = entry["record"].as_str().unwrap();
    let path: Vec<Hash> = proof["path"]
        .as_array()
        .unwrap()
        .iter()
        .map(|hash| Hash::from_hex(hash.as_str().unwrap()).unwrap())
        .collect();
    let leaf = record_hash(record);
    verify_inclusion(&leaf, index, checkpoint.size, &path, &checkpoint.root).unwrap();
    let other = record_hash(&record.replace("accept", "dismis"));
    assert!(verify_inclusion(&other, index, checkpoint.size, &path, &checkpoint.root).is_err());
    assert!(verify_inclusion(&leaf, index + 1, checkpoint.size, &path, &checkpoint.root).is_err());

    // The record says who decided what, signed with the officer's own key.
    let record = LeafRecord::parse(record).unwrap();
    assert_eq!(record.body["act"]["lead"], lead["id"]);
    assert_eq!(record.body["act"]["action"], "accept");
    let store = Store::open(&data, None).unwrap();
    let officer = store.officer(record.officer.unwrap()).unwrap().unwrap();
    assert_eq!(officer.name, "Tte. Oquendo");
    let hex = record.signature.clone().unwrap();
    let signature: Vec<u8> =
        (0..64).map(|i| u8::from_str_radix(&hex[2 * i..2 * i + 2], 16).unwrap()).collect();
    let signature: [u8; 64] = signature.try_into().unwrap();
    assert!(verify_signature(&officer.public_key, &record.signed_bytes().unwrap(), &signature));
    // The log survives the node, and grows from where it was.
    drop(store);
    node.kill();
    let node = Node::start(&data, &[]);
    let mut again = Client::to(&node.address);
    again.cookie = client.cookie;
    assert_eq!(again.get("/api/log").json()["root"], head["root"]);
}

#[test]
fn exports_can_be_read_and_each_has_its_leaf() {
    let (data, node) = served("exports");
    let client = node.sign_in(&data, "Ana", "watch");
    for what in ["vessels", "events", "leads", "watchlog"] {
        for format in ["csv", "geojson", "kml"] {
            let reply = export(&client, what, format, "relevo de guardia & <prueba>");
            assert_eq!(reply.status, 200, "{what} {format}: {}", reply.text());
            let leaf = reply.header("x-bitacora-leaf").unwrap();
            let entry = client.get(&format!("/api/log/entries/{leaf}")).json();
            assert_eq!(entry["kind"], "export");
            let record = LeafRecord::parse(entry["record"].as_str().unwrap()).unwrap();
            let act = &record.body["act"];
            assert_eq!(
                (&act["what"], &act["purpose"]),
                (&json!(what), &json!("relevo de guardia & <prueba>"))
            );
            assert_eq!(act["content_sha256"], bitacora_ledger::sha256(&reply.body).hex(), "{what} {format}");
            let rows = usize::try_from(act["rows"].as_u64().unwrap()).unwrap();
            assert!(rows > 0, "{what} {format} has no rows");
            let text = String::from_utf8(reply.body.clone()).unwrap();
            match format {
                "csv" => csv_has(&text, rows),
                "geojson" => geojson_has(&reply.json(), rows),
                _ => assert_eq!(kml_placemarks(&text), rows, "{text}"),
            }
            assert!(reply.header("content-disposition").unwrap().contains("OWN-USE"));
        }
    }
    let sheet = export(&client, "watchlog", "sheet", "relevo de guardia");
    assert_eq!(sheet.status, 200, "{}", sheet.text());
    assert_eq!(sheet.json()["leaf"].to_string(), sheet.header("x-bitacora-leaf").unwrap());
}

/// Every record has as many fields as the header.
fn csv_has(text: &str, rows: usize) {
    let mut records = vec![0_usize];
    let mut quoted = false;
    for character in text.chars() {
        match character {
            '"' => quoted = !quoted,
            ',' if !quoted => *records.last_mut().unwrap() += 1,
            '\n' if !quoted => records.push(0),
            _ => {}
        }
    }
    assert_eq!(records.pop(), Some(0), "the last line ends");
    assert_eq!(records.len(), rows + 1, "{text}");
    assert!(records.iter().all(|commas| *commas == records[0] && *commas >= 4), "{records:?}");
    assert!(text.starts_with("id,observed_at,lat_deg,lon_deg"), "{text}");
}

fn geojson_has(document: &Value, rows: usize) {
    assert_eq!(document["type"], "FeatureCollection");
    let features = document["features"].as_array().unwrap();
    assert_eq!(features.len(), rows);
    for feature in features {
        assert_eq!(feature["type"], "Feature");
        if let Some(place) = feature["geometry"]["coordinates"].as_array() {
            let (lon, lat) = (place[0].as_f64().unwrap(), place[1].as_f64().unwrap());
            assert!(lon.abs() <= 180.0 && lat.abs() <= 90.0, "{feature}");
        }
    }
}

/// Placemarks of a document whose elements all close in order.
fn kml_placemarks(text: &str) -> usize {
    let (mut open, mut found): (Vec<&str>, usize) = (Vec::new(), 0);
    for piece in text.split('<').skip(1) {
        let (tag, content) = piece.split_once('>').expect("a tag that ends");
        for entity in content.split('&').skip(1) {
            assert!(
                ["amp;", "lt;", "gt;", "quot;", "apos;"].iter().any(|known| entity.starts_with(known)),
                "{content}"
            );
        }
        match tag.strip_prefix('/') {
            Some(name) => assert_eq!(open.pop(), Some(name)),
            None if tag.starts_with('?') || tag.ends_with('/') => {}
            None => {
                let name = tag.split(' ').next().unwrap();
                found += usize::from(name == "Placemark");
                open.push(name);
            }
        }
    }
    assert!(open.is_empty(), "{open:?} stay open");
    found
}

#[test]
fn a_vessels_last_fix_leads_back_to_its_raw_line() {
    let (data, node) = served("raw");
    let client = node.sign_in(&data, "A", "analyst");
    let vessels = client.get("/api/vessels").json();
    let mmsi = vessels["mmsi"][0].as_u64().unwrap();
    let fix = client.get(&format!("/api/vessels/{mmsi}")).json()["last"]["evidence"].clone();
    let (source, line, offset) = (fix["source"].as_str().unwrap(), &fix["line"], &fix["offset"]);
    let raw = client.get(&format!("/api/evidence/{source}/{line}?offset={offset}"));
    assert_eq!(raw.status, 200, "{}", raw.text());
    assert!(raw.json()["raw"].as_str().unwrap().contains("VDM,"), "{}", raw.text());
    let nowhere = client.get(&format!("/api/evidence/{source}/99999999?offset=99999999999"));
    assert_eq!((nowhere.status, nowhere.error()), (404, "not_found".to_owned()));
}

#[test]
fn a_sign_in_link_is_good_once() {
    let (data, node) = served("once");
    let token = officer(&data, "Ana", "watch");
    // Both at the same moment: one comes in.
    let barrier = Barrier::new(2);
    let mut statuses = thread::scope(|scope| {
        let tries: Vec<_> = (0..2)
            .map(|_| {
                scope.spawn(|| {
                    barrier.wait();
                    Client::to(&node.address).post("/api/session", &json!({ "token": token }))
                })
            })
            .collect();
        tries.into_iter().map(|one| one.join().unwrap().status).collect::<Vec<_>>()
    });
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 401]);
    let again =
        |token: &str| client_post(&Client::to(&node.address), "/api/session", json!({ "token": token }));
    assert_eq!(again(&token), (401, "sign_in_link_used".to_owned()));
    assert_eq!(again("ffffffff"), (401, "sign_in_link_unknown".to_owned()));
    assert_eq!(again(""), (401, "sign_in_link_unknown".to_owned()));
    let reply =
        Client::to(&node.address).post("/api/session", &json!({ "token": officer(&data, "Eva", "port") }));
    let cookie = reply.header("set-cookie").unwrap();
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"), "{cookie}");
}

#[test]
fn the_page_keeps_to_itself_and_serves_no_other_file() {
    let (_, node) = served("page");
    let nobody = Client::to(&node.address);
    let page = nobody.get("/");
    for reply in [&page, &nobody.get("/api/status"), &nobody.get("/sea?x=1")] {
        let policy = reply.header("content-security-policy").unwrap();
        assert!(
            policy.contains("default-src 'self'") && policy.contains("frame-ancestors 'none'"),
            "{policy}"
        );
        assert!(!policy.contains("unsafe"), "{policy}");
        assert_eq!(reply.header("x-content-type-options"), Some("nosniff"));
        assert_eq!(reply.header("referrer-policy"), Some("no-referrer"));
    }
    assert_eq!(nobody.get("/api/status").header("cache-control"), Some("no-store"));
    // Whatever the path says, it is the page or nothing.
    for path in [
        "/../../../../etc/passwd",
        "/..%2f..%2f..%2fetc/passwd",
        "/%2e%2e/%2e%2e/Cargo.toml",
        "/assets/../../Cargo.toml",
        "/assets/..%2f..%2fkeys%2flog.key",
        "/keys/log.key",
        "//etc/passwd",
        "/..\\..\\keys\\log.key",
        "/%00",
    ] {
        let reply = nobody.get(path);
        let is_page = reply.status == page.status && reply.body == page.body;
        assert!(is_page || (400..500).contains(&reply.status), "{path}: {} {}", reply.status, reply.text());
        assert!(!reply.text().contains("root:") && !reply.text().contains("[package]"), "{path}");
    }
    for (method, path) in
        [("TRACE", "/"), ("PUT", "/api/leads"), ("DELETE", "/api/log"), ("POST", "/api/status")]
    {
        let status = nobody.send(method, path, &[], None).status;
        assert!((400..500).contains(&status), "{method} {path}: {status}");
    }
}
