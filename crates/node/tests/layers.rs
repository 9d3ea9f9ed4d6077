//! The layers of ARCHITECTURE.md, held against what cargo says: which crate may use which, and that the core
//! crates stay pure (INVARIANT 1) and only their owners know SQL, HTTP and Parquet.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test fails loudly")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use serde_json::Value;

/// Each crate and the workspace crates it may use.
const MAY_USE: [(&str, &[&str]); 10] = [
    ("primitives", &[]),
    ("ais", &[]),
    ("sea", &["primitives"]),
    ("leads", &["primitives"]),
    ("ledger", &["primitives"]),
    ("feeds", &["primitives", "ais", "sea"]),
    ("store", &["primitives", "sea", "ledger"]),
    ("scenarios", &["primitives", "ais"]),
    ("api", &["primitives", "sea", "leads", "ledger", "store"]),
    ("node", &["primitives", "ais", "sea", "leads", "ledger", "feeds", "store", "api", "scenarios"]),
];

/// Crates that touch no clock, file, socket, database, environment, thread or randomness.
const CORE: [&str; 5] = ["primitives", "ais", "sea", "leads", "ledger"];

/// Outside crates that only these may use.
const ONLY: [(&str, &[&str]); 6] = [
    ("rusqlite", &["store"]),
    ("postgres", &["store"]),
    ("axum", &["api", "node"]),
    ("utoipa", &["api"]),
    ("tokio", &["api", "node"]),
    ("aws-lc-rs", &["node"]),
];

fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}

/// Workspace crates with their ordinary dependencies (dev and build dependencies are no layers).
fn dependencies() -> BTreeMap<String, BTreeSet<String>> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--no-deps", "--format-version", "1", "--offline"])
        .current_dir(root())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    let name = |value: &Value| value["name"].as_str().unwrap().to_owned();
    metadata["packages"]
        .as_array()
        .unwrap()
        .iter()
        .map(|package| {
            let used = package["dependencies"].as_array().unwrap().iter();
            let used = used.filter(|dependency| dependency["kind"].is_null()).map(&name);
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
fn sql_http_and_keys_have_one_owner_each() {
    for (krate, used) in dependencies() {
        for (outside, owners) in ONLY {
            assert!(!used.contains(outside) || owners.contains(&krate.as_str()), "{krate} uses {outside}");
        }
    }
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
