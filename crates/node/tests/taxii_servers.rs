//! Servers of others: another node, the reference server medallion, and hostile ones. What is polled comes once and wholly, whatever
//! is killed on the way; what is pushed is logged first; and a server that misbehaves costs time, never objects.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "what a test expects and does not find is its failure"
)]

mod harness;

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use bitacora_primitives::Instant;
use bitacora_store::Store;
use bitacora_store::taxii::{Filter, NewCollection, NewObject, Request, Versions};
use harness::http::Client;
use harness::{Node, Ran, file, folder, run, start, text, until};
use serde_json::{Value, json};

const TAXII: &str = "application/taxii+json;version=2.1";
const INBOX: &str = "/taxii2/node/collections/inbox/objects/";

/// A node that others poll and push to, with a platform of this name and its token.
fn source(data: &Path, platform: &str) -> (Node, String) {
    std::fs::create_dir_all(data).unwrap();
    let ran = run(&["taxii", "token", platform, "--write"]);
    std::fs::write(data.join("bitacora.toml"), &ran.out).unwrap();
    let token = ran.err.trim().rsplit(' ').next().unwrap().to_owned();
    (Node::start(data, &[]), token)
}

/// A file for its owner's eyes.
fn secret(data: &Path, name: &str, text: &str) {
    std::fs::create_dir_all(data).unwrap();
    let path = file(data, name, text.as_bytes());
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600)).unwrap();
}

/// The settings of a node that polls and pushes to one server, `source`.
fn settings(data: &Path, url: &str, more: &str) {
    let text = format!("[[taxii.servers]]\nname = \"source\"\nurl = \"{url}\"\n{more}\n");
    std::fs::create_dir_all(data).unwrap();
    std::fs::write(data.join("bitacora.toml"), text).unwrap();
}

fn act(what: &str, data: &Path) -> Ran {
    run(&["taxii", what, "source", "--data", text(data), "--lang", "en"])
}

fn standing(data: &Path) -> Value {
    run(&["taxii", "servers", "--json", "--data", text(data)]).summary()
}

fn identity(number: usize) -> Value {
    json!({
        "type": "identity", "spec_version": "2.1",
        "id": format!("identity--3f2c1a00-0000-4000-8000-{number:012}"),
        "created": "2026-11-22T10:00:00.000Z", "modified": "2026-11-22T10:00:00.000Z",
        "name": format!("agency {number}"), "identity_class": "organization",
    })
}

fn post(node: &Node, token: &str, objects: &[Value]) {
    let token = format!("Bearer {token}");
    let headers = [("Authorization", token.as_str()), ("Accept", TAXII), ("Content-Type", TAXII)];
    let body = json!({ "objects": objects }).to_string();
    let reply = Client::to(&node.address).send("POST", INBOX, &headers, Some(body.as_bytes()));
    assert_eq!(reply.status, 202, "{}", reply.text());
    assert_eq!(reply.json()["failure_count"], 0, "{}", reply.text());
}

/// The objects of a node's collection, each once.
fn held(data: &Path, alias: &str) -> BTreeSet<String> {
    let store = Store::open(data, None).unwrap().taxii().unwrap();
    let rows = store.collections().unwrap();
    let Some(row) = rows.into_iter().find(|row| row.collection.alias.as_deref() == Some(alias)) else {
        return BTreeSet::new();
    };
    let filter = Filter { versions: Versions::ALL, ..Filter::default() };
    let (mut found, mut after) = (BTreeSet::new(), None);
    loop {
        let page = store.objects(&row.collection.id, &filter, after, 10_000, usize::MAX).unwrap();
        for row in page.rows {
            let text = String::from_utf8(row.content).unwrap();
            let object: Value = serde_json::from_str(&text).unwrap();
            assert!(found.insert(object["id"].as_str().unwrap().to_owned()), "twice: {text}");
        }
        after = page.next;
        if after.is_none() {
            return found;
        }
    }
}

fn ids(numbers: std::ops::Range<usize>) -> BTreeSet<String> {
    numbers.map(|number| identity(number)["id"].as_str().unwrap().to_owned()).collect()
}

/// The hashes in the leaves of a kind, and whom they name.
fn logged(data: &Path, kind: &str) -> (usize, BTreeSet<String>) {
    let store = Store::open(data, None).unwrap();
    let leaves = store.leaves(None, 100_000).unwrap();
    let (mut names, mut hashes) = (BTreeSet::new(), 0);
    for row in leaves.into_iter().filter(|row| row.leaf.kind == kind) {
        let record: Value = serde_json::from_str(&row.leaf.record).unwrap();
        let body = &record["body"];
        let told = body["received"].as_array().cloned().unwrap_or_else(|| vec![body.clone()]);
        for one in told {
            hashes += one["objects_sha256"].as_array().unwrap().len();
            let who = one["server"].as_str().or(one["from"].as_str()).unwrap();
            names.insert(who.to_owned());
        }
    }
    (hashes, names)
}

/// Collections that the node's own logs would have filled.
fn fill(data: &Path, alias: &str, numbers: std::ops::Range<usize>) {
    let store = Store::open(data, None).unwrap().taxii().unwrap();
    let id = "7d6e5f4a-0000-4000-8000-000000000001".to_owned();
    let at = Instant::from_secs(1_795_000_000);
    let new = NewCollection {
        id: id.clone(),
        alias: Some(alias.to_owned()),
        title: alias.to_owned(),
        registered: at,
    };
    store.register_collection(&new).unwrap();
    let objects = numbers.map(|number| {
        let object = identity(number);
        NewObject {
            id: object["id"].as_str().unwrap().to_owned(),
            spec_version: "2.1".to_owned(),
            version: Some(Instant::parse("2026-11-22T10:00:00Z").unwrap()),
            hash: [u8::try_from(number % 256).unwrap(); 32],
            content: object.to_string().into_bytes(),
        }
    });
    let request = Request { id: format!("fill-{alias}"), at, platform: None, note: None };
    store.add(&id, request, objects.collect()).unwrap();
}

#[test]
fn what_another_node_has_is_polled_once_and_wholly_though_the_poller_is_killed() {
    let root = folder("servers-poll");
    let (there, here) = (root.join("there"), root.join("here"));
    let (node, token) = source(&there, "poller");
    for from in (0..3_000).step_by(1_000) {
        post(&node, &token, &(from..from + 1_000).map(identity).collect::<Vec<_>>());
    }
    secret(&here, "source.token", &token);
    let url = format!("http://{}/taxii2/", node.address);
    settings(&here, &url, "token = \"source.token\"\npoll = [\"inbox\"]\nevery_s = 1");
    // Killed at other moments each time, while the server goes on growing.
    for round in 0..6_usize {
        let poller = Node::start(&here, &[]);
        thread::sleep(Duration::from_millis(60 * (round as u64 + 1)));
        poller.kill();
        post(&node, &token, &[identity(3_000 + round)]);
    }
    let poller = Node::start(&here, &[]);
    until("every object", || (held(&here, "inbox") == ids(0..3_006)).then_some(()));
    // Beside the running node the command has it take the turn.
    post(&node, &token, &[identity(3_006)]);
    let ran = act("poll", &here);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert_eq!(held(&here, "inbox"), ids(0..3_007));
    assert!(ran.out.contains("up to 20"), "{}", ran.out);
    poller.kill();
    // A leaf names every object; one that was written and whose objects were not is followed by another.
    let (hashes, names) = logged(&here, "taxii_received");
    assert!(hashes >= 3_007, "{hashes}");
    assert_eq!(names, BTreeSet::from(["source".to_owned()]));
    // And without a node the command takes it itself: nothing is new.
    let before = standing(&here)["polls"][0]["taken"].clone();
    assert_eq!(act("poll", &here).code, 0);
    let after = standing(&here);
    assert_eq!((&after["polls"][0]["taken"], &after["error"]), (&before, &Value::Null), "{after}");
}

#[test]
fn what_is_pushed_is_logged_first_and_comes_once_though_the_pusher_is_killed() {
    let root = folder("servers-push");
    let (there, here) = (root.join("there"), root.join("here"));
    let (node, token) = source(&there, "pusher");
    secret(&here, "source.password", &token);
    let url = format!("http://{}/taxii2/", node.address);
    let way =
        "user = \"pusher\"\npassword = \"source.password\"\npush = [{ from = \"own-lead\", to = \"inbox\" }]";
    settings(&here, &url, way);
    // Nothing of this subject was ever shown: nothing to push, and no failure.
    assert_eq!(act("push", &here).code, 0);
    fill(&here, "own-lead", 0..4_000);
    for round in 0..5_u64 {
        let mut pusher = start(&["taxii", "push", "source", "--data", text(&here)]);
        thread::sleep(Duration::from_millis(40 * (round + 1)));
        let _gone = pusher.kill();
        pusher.wait().unwrap();
    }
    let ran = act("push", &here);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert_eq!(held(&there, "inbox"), ids(0..4_000));
    let (hashes, names) = logged(&here, "taxii_pushed");
    assert!(hashes >= 4_000, "{hashes}");
    assert_eq!(names, BTreeSet::from(["source".to_owned()]));
    let told = standing(&here);
    let way = &told["pushes"][0];
    assert_eq!(
        (&way["from"], &way["pending"], &way["refused"]),
        (&json!("own-lead"), &json!(0), &json!(0)),
        "{told}"
    );
    // Nothing is new: nothing is logged, nothing goes.
    assert_eq!(act("push", &here).code, 0);
    assert_eq!(logged(&here, "taxii_pushed").0, hashes);
}

/// A server that says the same to everything, but for some paths; and how often it was asked.
fn saying(answer: impl Fn(&str) -> String + Send + Sync + 'static) -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/taxii2/", listener.local_addr().unwrap());
    let asked = Arc::new(AtomicUsize::new(0));
    let (counted, answer) = (Arc::clone(&asked), Arc::new(answer));
    thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let (counted, answer) = (Arc::clone(&counted), Arc::clone(&answer));
            thread::spawn(move || {
                let mut lines = BufReader::new(stream.try_clone().unwrap());
                let mut first = String::new();
                while lines.read_line(&mut first).is_ok_and(|count| count > 0) {
                    let mut line = first.clone();
                    while line.trim() != "" {
                        line.clear();
                        lines.read_line(&mut line).unwrap();
                    }
                    counted.fetch_add(1, Ordering::SeqCst);
                    let path = first.split(' ').nth(1).unwrap().to_owned();
                    if stream.write_all(answer(&path).as_bytes()).is_err() {
                        return;
                    }
                    first.clear();
                }
            });
        }
    });
    (url, asked)
}

fn ok(body: &Value) -> String {
    let body = body.to_string();
    format!("HTTP/1.1 200 OK\r\nContent-Type: {TAXII}\r\nContent-Length: {}\r\n\r\n{body}", body.len())
}

/// Discovery, a root and a collection `c`; the rest is asked of `objects`.
fn offering(path: &str, objects: impl Fn(&str) -> String) -> String {
    match path {
        "/taxii2/" => ok(&json!({ "title": "x", "api_roots": ["/taxii2/r/"] })),
        "/taxii2/r/collections/" => ok(
            &json!({ "collections": [{ "id": "c", "title": "Indicators", "can_read": true, "can_write": false }] }),
        ),
        path => objects(path),
    }
}

#[test]
fn a_server_that_misbehaves_is_named_and_left_alone() {
    let root = folder("servers-hostile");
    let page = json!({ "more": true, "objects": [identity(1)] });
    let endless = json!({ "more": true, "next": "n", "objects": [identity(1)] });
    let cases: [(&str, &str, String); 5] = [
        ("without-next", "endless", ok(&page)),
        ("same-next", "endless", ok(&endless)),
        (
            "media",
            "not_taxii",
            "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 2\r\n\r\n{}".to_owned(),
        ),
        (
            "redirect",
            "refused",
            "HTTP/1.1 302 Found\r\nLocation: http://192.0.2.1/\r\nContent-Length: 0\r\n\r\n".to_owned(),
        ),
        ("form", "form", ok(&json!({ "objects": 7 }))),
    ];
    for (name, code, says) in cases {
        let data = root.join(name);
        let (url, _) = saying(move |path| offering(path, |_| says.clone()));
        settings(&data, &url, "poll = [\"Indicators\"]");
        let ran = act("poll", &data);
        assert_eq!(ran.code, 1, "{name}: {ran:?}");
        assert!(ran.out.contains(code), "{name}: {}", ran.out);
        let told = standing(&data);
        assert_eq!((&told["error"]["code"], &told["failures"]), (&json!(code), &json!(1)), "{told}");
    }
    // What came before it misbehaved is kept.
    assert_eq!(held(&root.join("same-next"), "inbox"), ids(1..2));
}

#[test]
fn a_busy_server_is_asked_again_when_it_said() {
    let data = folder("servers-busy").join("here");
    let busy = "HTTP/1.1 429 Too Many Requests\r\nRetry-After: 3600\r\nContent-Length: 0\r\n\r\n";
    let (url, asked) = saying(move |path| offering(path, |_| busy.to_owned()));
    settings(&data, &url, "poll = [\"c\"]\nevery_s = 1");
    let ran = act("poll", &data);
    assert_eq!((ran.code, ran.out.contains("busy")), (1, true), "{ran:?}");
    let count = asked.load(Ordering::SeqCst);
    assert_eq!(act("poll", &data).code, 1);
    let node = Node::start(&data, &[]);
    thread::sleep(Duration::from_millis(1_500));
    node.kill();
    assert_eq!(asked.load(Ordering::SeqCst), count, "it was asked before its time");
}

#[test]
fn what_is_refused_is_kept_once_and_taken_when_its_marking_comes() {
    let data = folder("servers-refused").join("here");
    let marking = json!({
        "type": "marking-definition", "spec_version": "2.1", "id": "marking-definition--3f2c1a00-0000-4000-8000-00000000000a",
        "created": "2026-11-22T10:00:00.000Z", "definition_type": "statement", "definition": { "statement": "ours" },
    });
    let mut marked = identity(1);
    marked["object_marking_refs"] = json!([marking["id"]]);
    let mut empty = identity(2);
    empty["roles"] = json!([]);
    let later = Arc::new(AtomicUsize::new(0));
    let came = Arc::clone(&later);
    let (url, _) = saying(move |path| {
        let mut objects = vec![marked.clone(), empty.clone(), json!(7)];
        objects.extend((came.load(Ordering::SeqCst) > 0).then(|| marking.clone()));
        offering(path, |_| ok(&json!({ "objects": objects })))
    });
    settings(&data, &url, "poll = [\"c\"]");
    let kept = || std::fs::read_dir(data.join("quarantine/taxii/source")).unwrap().count();
    for _ in 0..2 {
        assert_eq!(act("poll", &data).code, 0);
        let told = standing(&data)["polls"][0].clone();
        assert_eq!((&told["taken"], &told["refused"], kept()), (&json!(0), &json!(3), 3), "{told}");
    }
    later.store(1, Ordering::SeqCst);
    assert_eq!(act("poll", &data).code, 0);
    let told = standing(&data)["polls"][0].clone();
    assert_eq!((&told["taken"], &told["refused"], kept()), (&json!(2), &json!(2), 2), "{told}");
    assert_eq!(held(&data, "inbox").len(), 2);
}

#[test]
fn a_setting_that_is_wrong_is_refused_with_the_server_s_name() {
    let data = folder("servers-settings").join("here");
    secret(&data, "t", "abc");
    file(&data, "open", b"abc");
    let here = "http://127.0.0.1:9/taxii2/";
    for (url, more, why) in [
        ("http://taxii.example/taxii2/", "", "not encrypted"),
        (here, "token = \"missing\"", "missing"),
        (here, "token = \"open\"", "chmod 600"),
        (here, "token = \"t\"\nuser = \"ana\"", "either `token`"),
        (here, "partner = true\npush = [{ from = \"own-lead\", to = \"x\" }]", "partner"),
        (here, "push = [{ from = \"inbox\", to = \"x\" }]", "`inbox` is not pushed"),
        (here, "certificate = \"c.pem\"", "go together"),
        (here, "every_s = 0", "every_s"),
    ] {
        settings(&data, url, more);
        for act in [&["node", "--bind", "127.0.0.1:0"][..], &["taxii", "servers"]] {
            let ran = run(&[act, &["--data", text(&data), "--lang", "en"]].concat());
            assert_eq!(ran.code, 1, "{more}: {ran:?}");
            assert!(ran.err.contains("`source`") && ran.err.contains(why), "{more}: {}", ran.err);
        }
    }
    settings(&data, here, "partner = true\npoll = [\"x\"]");
    assert_eq!(run(&["taxii", "servers", "--data", text(&data)]).code, 0, "a partner's may be polled");
    let unknown = run(&["taxii", "poll", "nobody", "--data", text(&data), "--lang", "en"]);
    assert!(unknown.code == 1 && unknown.err.contains("`nobody`"), "{unknown:?}");
    // Nobody listens there: it is told, and kept. A push that has nothing to do changes none of it.
    let [poll, push] = ["poll", "push"].map(|what| act(what, &data));
    assert_eq!((poll.code, poll.out.contains("connection"), push.code), (1, true, 0), "{poll:?} {push:?}");
    assert_eq!(standing(&data)["error"]["code"], "connection");
}
