//! A platform of a partner at a running node: nothing without a clause that waives the receipt; with one, only what went to that
//! partner, page by page in the log, stopped in the middle of a walk and taken up again.

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
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};

use bitacora_ledger::{canonical_json, hex, sha256};
use harness::http::{Client, Reply};
use harness::theatre::{AGREEMENT, Theatre};
use harness::{Node, folder, run, text, until};
use serde_json::{Value, json};

const TAXII: &str = "application/taxii+json;version=2.1";
const COLLECTION: &str = "/taxii2/node/collections/co-us-mar-lead-waived";

/// Makes a token and adds the platform to the configuration; gives the token.
fn let_in(data: &Path, name: &str, more: &str) -> String {
    let ran = run(&["taxii", "token", name]);
    assert_eq!(ran.code, 0, "{ran:?}");
    let path = data.join("bitacora.toml");
    let before = std::fs::read_to_string(&path).unwrap_or_default();
    std::fs::write(path, format!("{before}{}\n{more}\n", ran.out.trim_end())).unwrap();
    ran.err.trim().rsplit(' ').next().unwrap().to_owned()
}

fn get(node: &Node, token: &str, path: &str) -> Reply {
    let bearer = format!("Bearer {token}");
    let headers = [("Authorization", bearer.as_str()), ("Accept", TAXII)];
    Client::to(&node.address).send("GET", path, &headers, None)
}

fn ask(data: &Path, request: &Value) -> Value {
    let mut stream = UnixStream::connect(data.join("control.sock")).unwrap();
    stream.write_all(format!("{request}\n").as_bytes()).unwrap();
    let mut line = String::new();
    BufReader::new(stream).read_line(&mut line).unwrap();
    serde_json::from_str(&line).unwrap()
}

fn officers(data: &Path) -> Vec<String> {
    let listed = run(&["officer", "list", "--data", text(data), "--json"]).summaries();
    let release = listed.into_iter().filter(|one| one["role"] == "release");
    release.map(|one| one["id"].as_str().unwrap().to_owned()).collect()
}

/// The next version of the agreement, with these clauses more, signed by both and put into both folders.
fn amend(root: &Path, clauses: &[Value]) {
    let (colombia, draft, file) = (root.join("colombia"), root.join("next.draft"), root.join("next.json"));
    let ran = run(&["agreement", "amend", AGREEMENT, "--out", text(&draft), "--data", text(&colombia)]);
    assert_eq!(ran.code, 0, "{ran:?}");
    let mut next: Value = serde_json::from_slice(&std::fs::read(&draft).unwrap()).unwrap();
    next["clauses"].as_array_mut().unwrap().extend_from_slice(clauses);
    std::fs::write(&draft, next.to_string()).unwrap();
    assert_eq!(run(&["agreement", "draft", text(&draft), "--out", text(&file)]).code, 0);
    for act in ["sign", "install"] {
        for node in ["colombia", "united-states"] {
            let ran = run(&["agreement", act, text(&file), "--data", text(&root.join(node))]);
            assert_eq!(ran.code, 0, "{ran:?}");
        }
    }
}

/// Both nodes on the demo's data, linked.
fn both(root: &Path) -> (Node, Node) {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let keys =
        run(&["agreement", "keys", AGREEMENT, "--party", "CO", "--data", text(&root.join("colombia"))]);
    let transport = serde_json::from_str::<Value>(&keys.out).unwrap()["transport"].clone();
    let append = |node: &str, more: String| {
        let path: PathBuf = root.join(node).join("bitacora.toml");
        let before = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(!before.contains("[exchange]"), "{before}");
        std::fs::write(path, format!("{before}\n{more}")).unwrap();
    };
    append("colombia", format!("[exchange]\nbind = \"{free}\"\n"));
    append("united-states", format!("[[exchange.partners]]\ndial = \"{free}\"\ntransport = {transport}\n"));
    (Node::start(&root.join("colombia"), &[]), Node::start(&root.join("united-states"), &[]))
}

fn audited(root: &Path, holder: &str) -> Option<Value> {
    let dir = root.join(holder).join("exchange").join(AGREEMENT).join("CO");
    let ran = run(&["verify", text(&dir), "--keys", text(&root.join("keys")), "--json"]);
    (ran.code == 0).then(|| serde_json::from_str::<Value>(&ran.out).unwrap()["report"].clone())
}

#[test]
fn a_partner_s_platform_reads_under_a_waiver_alone_and_every_page_is_a_leaf() {
    let theatre = Theatre::play(folder("taxii-partner"));
    let root = theatre.root.clone();
    theatre.end();
    let colombia = root.join("colombia");
    let token = let_in(&colombia, "opencti-us", "partner = \"US\"");
    let stranger = let_in(&colombia, "opencti-pa", "partner = \"PA\"");

    let node = Node::start(&colombia, &[]);
    let denied = get(&node, &token, "/taxii2/node/collections/");
    assert_eq!(denied.status, 403, "{}", denied.text());
    assert!(denied.text().contains("receipt_not_waived") && denied.text().contains(AGREEMENT));
    assert_eq!(get(&node, &token, "/taxii2/node/collections/inbox/").status, 403);
    drop(node);

    let both_words = json!({ "es": "texto", "en": "text" });
    let clause =
        |id: &str, rule: Value| json!({ "id": id, "text": both_words, "critical": true, "rule": rule });
    amend(
        &root,
        &[
            clause("7.1", json!({ "kind": "receipt_waived", "from": "CO", "to": "US", "items": ["lead"] })),
            clause("7.2", json!({ "kind": "retention", "items": ["lead"], "days": 36_500 })),
        ],
    );
    let (node, _partner) = both(&root);
    assert_eq!(
        get(&node, &stranger, "/taxii2/node/collections/").status,
        403,
        "no agreement with that party"
    );
    let listed = until("the collections", || {
        let reply = get(&node, &token, "/taxii2/node/collections/");
        let listed = (reply.status == 200).then(|| reply.json()["collections"].clone())?;
        listed.as_array().is_some_and(|list| !list.is_empty()).then_some(listed)
    });
    let names: Vec<&str> =
        listed.as_array().unwrap().iter().map(|one| one["alias"].as_str().unwrap()).collect();
    assert_eq!(names, ["co-us-mar-lead-waived"], "nothing else exists for it");
    assert_eq!(listed[0]["can_write"], false);
    for hidden in ["inbox", "co-us-mar-lead", "own-lead", "own-incident"] {
        let reply = get(&node, &token, &format!("/taxii2/node/collections/{hidden}/objects/"));
        assert_eq!(reply.status, 404, "{hidden}: {}", reply.text());
    }
    let unfit = Client::to(&node.address).send(
        "POST",
        &format!("{COLLECTION}/objects/"),
        &[("Authorization", &format!("Bearer {token}")), ("Accept", TAXII), ("Content-Type", TAXII)],
        Some(b"{\"objects\":[]}"),
    );
    assert_eq!(unfit.status, 403, "{}", unfit.text());

    // In the middle of a walk everything is stopped.
    let first = get(&node, &token, &format!("{COLLECTION}/objects/?limit=3"));
    assert_eq!(first.status, 200, "{}", first.text());
    let mut found: BTreeSet<String> = objects(&first);
    let mut next = first.json()["next"].as_str().unwrap().to_owned();
    let page = |next: &str| get(&node, &token, &format!("{COLLECTION}/objects/?limit=3&next={next}"));
    let scope = json!({ "from": null, "to": null, "items": [], "areas": [], "purposes": [] });
    let release = officers(&colombia);
    let stopped = ask(
        &colombia,
        &json!({
            "act": "suspend", "agreement": AGREEMENT, "officer": release[0], "scope": scope, "exceptions": [],
            "reason": both_words, "condition": { "text": { "es": "mientras siga", "en": "as long as it goes on" } },
            "incident": null,
        }),
    );
    let suspension = stopped["suspension"].as_str().unwrap().to_owned();
    let denied = page(&next);
    assert_eq!(denied.status, 403, "{}", denied.text());
    let details = denied.json()["details"].clone();
    assert_eq!((&details["suspension"], &details["clause"]), (&json!(suspension), &json!("7.1")));
    assert_eq!(details["condition_en"], "as long as it goes on");
    assert_eq!(get(&node, &token, &format!("{COLLECTION}/manifest/")).status, 403);
    let resumed = ask(
        &colombia,
        &json!({
            "act": "resume", "agreement": AGREEMENT, "suspension": suspension, "officers": release,
            "scope": scope, "condition_met": both_words,
        }),
    );
    assert_eq!(resumed["reply"], "resumed", "{resumed}");

    let mut pages = 1;
    loop {
        let reply = page(&next);
        assert_eq!(reply.status, 200, "{}", reply.text());
        pages += 1;
        found.extend(objects(&reply));
        match reply.json()["next"].as_str() {
            Some(more) => next = more.to_owned(),
            None => break,
        }
    }
    let whole = get(&node, &token, &format!("{COLLECTION}/objects/"));
    let whole_set = objects(&whole);
    pages += 1;
    assert!(whole_set.len() > 10 && whole_set == found, "{} of {}", found.len(), whole_set.len());
    let told = whole.text();
    assert!(told.contains("\"receipt\":\"waived\"") && !told.contains("\"receipt\":\"given\""));
    assert!(told.contains("\"retain_until\":\"") && told.contains("\"7.1\"") && told.contains("\"7.2\""));
    let manifest = get(&node, &token, &format!("{COLLECTION}/manifest/"));
    assert_eq!(manifest.json()["objects"].as_array().unwrap().len(), whole_set.len());
    pages += 1;

    // Both copies of the log count the pages, the last leaf of them names all hashes, and the log holds.
    for holder in ["colombia", "united-states"] {
        let report = until(&format!("{pages} pages at {holder}"), || {
            let report = audited(&root, holder)?;
            (report["totals"]["pages"] == pages).then_some(report)
        });
        assert_eq!(report["findings_total"], 0, "{report}");
        assert!(report["totals"]["not_receipted"].is_u64());
    }
    let hashes: BTreeSet<String> =
        whole_set.iter().map(|object| hex::encode(&sha256(object.as_bytes()).0)).collect();
    let text_of = page_records(&colombia);
    assert!(text_of.iter().any(|page| {
        let named = page["objects"].as_array().unwrap().iter().map(|hash| hash.as_str().unwrap().to_owned());
        named.collect::<BTreeSet<String>>() == hashes
    }));
    assert!(text_of.iter().all(|page| page["platform"] == "opencti-us" && page["waiver"] == "7.1"));
}

fn objects(reply: &Reply) -> BTreeSet<String> {
    let page = reply.json();
    page["objects"].as_array().into_iter().flatten().map(|one| canonical_json(one).unwrap()).collect()
}

/// The records of pages, as the published log has them.
fn page_records(data: &Path) -> Vec<Value> {
    let store = bitacora_store::ExchangeStore::open_to_read(data, None).unwrap().unwrap();
    let leaves = store.leaves(AGREEMENT, "CO", 0, 100_000).unwrap();
    let pages = leaves.into_iter().filter(|leaf| leaf.kind.as_deref() == Some("page"));
    pages
        .map(|leaf| {
            let (entry, _) = bitacora_exchange::record::Entry::open(&leaf.record.unwrap(), None).unwrap();
            serde_json::to_value(&entry.record).unwrap()
        })
        .collect()
}
