//! The layers of ARCHITECTURE.md, held against what cargo says: which crate may use which, and that the core
//! crates stay pure (INVARIANT 1) and only their owners know SQL, HTTP and Parquet.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test fails loudly")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use serde_json::Value;

/// Each crate and the workspace crates it may use.
const MAY_USE: [(&str, &[&str]); 22] = [
    ("primitives", &[]),
    ("ais", &[]),
    // For tests and benches: nothing that is shipped uses it.
    ("given", &[]),
    ("sea", &["primitives"]),
    ("leads", &["primitives"]),
    ("ledger", &["primitives"]),
    ("policy", &["primitives"]),
    ("incidents", &["primitives"]),
    ("claims", &["primitives"]),
    ("stix", &["primitives", "incidents"]),
    ("port", &["primitives", "ledger"]),
    ("accounts", &["primitives"]),
    ("report", &["primitives", "accounts"]),
    ("exchange", &["primitives", "ledger", "incidents", "policy"]),
    ("feeds", &["primitives", "ais", "sea", "port", "accounts"]),
    ("store", &["primitives", "sea"]),
    ("peer", &["primitives", "ledger", "exchange"]),
    ("taxii", &["primitives", "stix"]),
    ("https", &["taxii"]),
    ("scenarios", &["primitives", "ais", "port"]),
    (
        "api",
        &[
            "primitives",
            "sea",
            "leads",
            "ledger",
            "policy",
            "incidents",
            "claims",
            "exchange",
            "port",
            "accounts",
            "store",
        ],
    ),
    (
        "node",
        &[
            "primitives",
            "ais",
            "sea",
            "leads",
            "ledger",
            "policy",
            "incidents",
            "claims",
            "stix",
            "taxii",
            "https",
            "port",
            "accounts",
            "report",
            "exchange",
            "feeds",
            "store",
            "peer",
            "api",
            "scenarios",
        ],
    ),
];

/// Crates that touch no clock, file, socket, database, environment, thread or randomness.
const CORE: [&str; 13] = [
    "primitives",
    "ais",
    "sea",
    "leads",
    "ledger",
    "policy",
    "incidents",
    "claims",
    "stix",
    "port",
    "accounts",
    "report",
    "exchange",
];

/// Outside crates that only these may use.
const ONLY: [(&str, &[&str]); 19] = [
    ("rusqlite", &["store"]),
    ("postgres", &["store"]),
    ("axum", &["api", "https", "node", "taxii"]),
    ("utoipa", &["api"]),
    // `store` only for archives on object stores, a feature that is off.
    ("tokio", &["api", "https", "peer", "node", "store", "taxii"]),
    ("object_store", &["store"]),
    ("hyper", &["https"]),
    ("rustls-native-certs", &["https"]),
    ("rustls", &["https", "peer"]),
    ("tokio-rustls", &["https", "peer"]),
    ("rcgen", &["peer"]),
    ("cedar-policy", &["policy"]),
    ("typst", &["report"]),
    ("typst-layout", &["report"]),
    ("typst-pdf", &["report"]),
    ("hpke", &["exchange"]),
    ("aes-gcm", &["exchange"]),
    ("ed25519-dalek", &["ledger"]),
    ("aws-lc-rs", &["node"]),
];

/// The feature of `exchange` that makes the sealed type without a decision: for tests of the edges alone.
const UNSEALED: &str = "unsealed-for-tests";

fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}

fn packages() -> Vec<Value> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--no-deps", "--format-version", "1", "--offline"])
        .current_dir(root())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    metadata["packages"].as_array().unwrap().clone()
}

fn name(value: &Value) -> String {
    value["name"].as_str().unwrap().to_owned()
}

/// Workspace crates with their ordinary dependencies (dev and build dependencies are no layers).
fn dependencies() -> BTreeMap<String, BTreeSet<String>> {
    packages()
        .iter()
        .map(|package| {
            let used = package["dependencies"].as_array().unwrap().iter();
            let used = used.filter(|dependency| dependency["kind"].is_null()).map(name);
            (name(package).trim_start_matches("bitacora-").to_owned(), used.collect())
        })
        .collect()
}

#[test]
fn each_crate_uses_only_the_layers_below_it() {
    let found = dependencies();
    assert_eq!(found.len(), MAY_USE.len(), "a crate is missing from the table or from ARCHITECTURE.md");
    for (krate, allowed) in MAY_USE {
        let ours: BTreeSet<&str> =
            found[krate].iter().filter_map(|name| name.strip_prefix("bitacora-")).collect();
        let allowed: BTreeSet<&str> = allowed.iter().copied().collect();
        assert!(ours.is_subset(&allowed), "{krate} uses {:?}", ours.difference(&allowed).collect::<Vec<_>>());
    }
}

#[test]
fn sql_http_tls_policy_and_keys_have_one_owner_each() {
    for (krate, used) in dependencies() {
        for (outside, owners) in ONLY {
            assert!(!used.contains(outside) || owners.contains(&krate.as_str()), "{krate} uses {outside}");
        }
    }
}

// INVARIANT: only `exchange` makes what an edge may send. What would open that door is named by tests alone.
#[test]
fn invariant_only_exchange_makes_what_an_edge_may_send() {
    let mut named_by_tests = 0;
    for package in packages() {
        let package_name = name(&package);
        for dependency in package["dependencies"].as_array().unwrap() {
            let features = dependency["features"].as_array().unwrap();
            if !features.iter().any(|feature| feature == UNSEALED) {
                continue;
            }
            assert_eq!(dependency["kind"], "dev", "{package_name} unseals in an ordinary build");
            named_by_tests += 1;
        }
        // No feature of another name, a default one least of all, may switch it on.
        for (feature, turns_on) in package["features"].as_object().unwrap() {
            let others = turns_on.as_array().unwrap().iter().filter_map(Value::as_str);
            let unseals = others.filter(|other| other.rsplit('/').next() == Some(UNSEALED)).count();
            assert_eq!(unseals, 0, "feature `{feature}` of {package_name} unseals");
        }
    }
    assert!(named_by_tests > 0, "no test names `{UNSEALED}`: is it spelt so still?");
}

#[test]
fn invariant_core_crates_are_pure() {
    for krate in CORE {
        let folder = root().join("crates").join(krate);
        let bans = std::fs::read_to_string(folder.join("clippy.toml")).unwrap();
        for banned in
            ["SystemTime::now", "fs::File::open", "env::var", "thread::spawn", "f64::sin", "TcpStream"]
        {
            assert!(bans.contains(banned), "{krate}/clippy.toml does not ban {banned}");
        }
        for impure in ["rand", "getrandom", "tokio", "chrono", "reqwest", "rusqlite"] {
            assert!(!dependencies()[krate].contains(impure), "{krate} uses {impure}");
        }
    }
}

#[test]
fn architecture_names_every_crate() {
    let page = std::fs::read_to_string(root().join("ARCHITECTURE.md")).unwrap();
    for (krate, _) in MAY_USE {
        assert!(page.contains(&format!("crates/{krate}")), "ARCHITECTURE.md does not name crates/{krate}");
    }
}
