//! Two nodes with an agreement that the command line made: keys, draft, two signatures, installation.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::time::Duration;

use serde_json::{Value, json};

use super::{Node, run, text, until};

pub const AGREEMENT: &str = "CO-US-KILL";

pub struct Pair {
    pub root: PathBuf,
    /// Release officers of Colombia, two.
    pub officers: Vec<String>,
    pub listen: String,
}

impl Pair {
    pub fn data(&self, code: &str) -> PathBuf {
        self.root.join(code)
    }

    /// Keys, draft, two signatures, installation: as two capitals would, by files.
    pub fn new(root: PathBuf) -> Self {
        let listen = {
            let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
            taken.local_addr().unwrap().to_string()
        };
        let mut keys = BTreeMap::new();
        for code in ["CO", "US"] {
            let data = root.join(code);
            let ran = run(&["agreement", "keys", AGREEMENT, "--party", code, "--data", text(&data)]);
            assert_eq!(ran.code, 0, "{}", ran.err);
            keys.insert(code, serde_json::from_str::<Value>(&ran.out).unwrap());
        }
        let draft = root.join("draft.json");
        std::fs::write(&draft, draft_of(&keys).to_string()).unwrap();
        let file = root.join("agreement.json");
        let ran = run(&["agreement", "draft", text(&draft), "--out", text(&file)]);
        assert_eq!(ran.code, 0, "{}", ran.err);
        for code in ["CO", "US"] {
            let ran = run(&["agreement", "sign", text(&file), "--data", text(&root.join(code))]);
            assert_eq!(ran.code, 0, "{}", ran.err);
        }
        for code in ["CO", "US"] {
            let ran = run(&["agreement", "install", text(&file), "--data", text(&root.join(code))]);
            assert_eq!(ran.code, 0, "{}", ran.err);
        }
        let transport = |code: &str| keys[code]["transport"].as_str().unwrap().to_owned();
        std::fs::write(
            root.join("CO/bitacora.toml"),
            format!("[node]\nid = \"CO\"\nname = \"CO\"\n[exchange]\nbind = \"{listen}\"\n"),
        )
        .unwrap();
        std::fs::write(
            root.join("US/bitacora.toml"),
            format!(
                "[node]\nid = \"US\"\nname = \"US\"\n[[exchange.partners]]\ndial = \"{listen}\"\ntransport = \"{}\"\n",
                transport("CO")
            ),
        )
        .unwrap();
        std::fs::write(root.join("keys"), keys_file(&keys)).unwrap();
        let mut officers = Vec::new();
        for name in ["Arbeláez", "Restrepo"] {
            super::officer(&root.join("CO"), name, "release");
        }
        let ran = run(&["officer", "list", "--data", text(&root.join("CO")), "--json"]);
        for line in ran.out.lines() {
            let row: Value = serde_json::from_str(line).unwrap();
            officers.push(row["id"].as_str().unwrap().to_owned());
        }
        Self { root, officers, listen }
    }

    pub fn start(&self, code: &str) -> Node {
        Node::start(&self.data(code), &[])
    }

    /// Asks a node's control socket; `None` where it was killed before it answered.
    pub fn ask(&self, code: &str, request: &Value) -> Option<Value> {
        let mut stream = UnixStream::connect(self.data(code).join("control.sock")).ok()?;
        stream.set_read_timeout(Some(Duration::from_secs(20))).ok()?;
        stream.write_all(format!("{request}\n").as_bytes()).ok()?;
        let mut line = String::new();
        BufReader::new(stream).read_line(&mut line).ok()?;
        serde_json::from_str(&line).ok()
    }

    pub fn status(&self, code: &str) -> Option<Value> {
        let reply = self.ask(code, &json!({ "act": "status" }))?;
        reply["agreements"].get(0).cloned()
    }
}

fn draft_of(keys: &BTreeMap<&str, Value>) -> Value {
    let both = json!({ "es": "texto", "en": "text" });
    let clause = |id: &str, rule: Value| json!({ "id": id, "text": both, "critical": true, "rule": rule });
    let party = |code: &str| json!({ "code": code, "name": both, "keys": keys[code] });
    json!({
        "format": "", "id": AGREEMENT, "version": 1, "title": both,
        "parties": [party("CO"), party("US")], "witnesses": [],
        "from": "2020-01-01T00:00:00Z", "until": "2100-01-01T00:00:00Z", "lease_s": 900, "areas": [],
        "clauses": [
            clause("0.1", json!({ "kind": "base_prohibition" })),
            clause("5.1", json!({ "kind": "handling", "tlp": "amber", "codes": [], "releasable_to": ["CO", "US"] })),
            clause("8.1", json!({ "kind": "officers", "release": 1, "suspend": 1, "resume": 2, "amend": 2 })),
            clause("9.1", json!({ "kind": "safety_of_life" })),
        ],
        "policy_set": "",
    })
}

fn keys_file(keys: &BTreeMap<&str, Value>) -> String {
    let mut file = format!("agreement {AGREEMENT}\n");
    for (code, keys) in keys {
        for kind in ["log", "record", "cosigner"] {
            file += &format!("{kind} {code} {}\n", keys[kind].as_str().unwrap());
        }
    }
    file
}

/// A call for help that has its receipt and its key: two leaves more in Colombia's log, and all of it mirrored.
pub fn call(pair: &Pair, what: &str) {
    let before = pair.status("CO").unwrap()["leaves"].as_u64().unwrap();
    let reply = pair.ask(
        "CO",
        &json!({
            "act": "distress", "agreement": AGREEMENT, "lat": 12.5, "lon": -77.0, "distress": what,
            "persons_on_board": 3,
        }),
    );
    assert_eq!(reply.unwrap()["outcome"], "released");
    until(&format!("the key of `{what}`"), || {
        let (co, us) = (pair.status("CO")?, pair.status("US")?);
        let keyed = co["leaves"].as_u64()? >= before + 2;
        (keyed && us["partner_leaves"] == co["leaves"]).then_some(())
    });
}

/// Both nodes, once each holds all of the other's log.
pub fn start(pair: &Pair) -> (Node, Node) {
    let nodes = (pair.start("CO"), pair.start("US"));
    until("the two to meet", || {
        let (co, us) = (pair.status("CO")?, pair.status("US")?);
        (co["partner_leaves"] == us["leaves"] && us["partner_leaves"] == co["leaves"]).then_some(())
    });
    nodes
}

/// Every copy of both logs, until each holds against the keys file.
pub fn verify(pair: &Pair) {
    for (holder, party) in [("CO", "CO"), ("CO", "US"), ("US", "CO"), ("US", "US")] {
        let dir = pair.data(holder).join("exchange").join(AGREEMENT).join(party);
        until(&format!("a whole log of {party} at {holder}"), || {
            let ran = run(&["verify", text(&dir), "--keys", text(&pair.root.join("keys")), "--json"]);
            (ran.code == 0).then_some(())
        });
    }
}
