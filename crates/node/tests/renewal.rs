//! Keys of a running exchange, through the command line: the record key rotated, a transport key replaced by an
//! amendment, an officer dismissed, a partner's key revoked; and what none of them may do.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "what a test expects and does not find is its failure"
)]

mod harness;

use harness::pair::{AGREEMENT, Pair, call, start, verify};
use harness::{Ran, folder, run, text, until};
use serde_json::{Value, json};

fn cli(pair: &Pair, code: &str, args: &[&str]) -> Ran {
    run(&[args, &["--data", text(&pair.data(code)), "--lang", "en"]].concat())
}

/// The next version of the agreement, signed by both, with these keys of Colombia.
fn amended(pair: &Pair, name: &str, keys: &Value) -> std::path::PathBuf {
    let draft = pair.root.join(format!("{name}.draft.json"));
    let ran = cli(pair, "CO", &["agreement", "amend", AGREEMENT, "--out", text(&draft)]);
    assert_eq!(ran.code, 0, "{ran:?}");
    let mut text_of: Value = serde_json::from_slice(&std::fs::read(&draft).unwrap()).unwrap();
    text_of["parties"][0]["keys"] = keys.clone();
    std::fs::write(&draft, text_of.to_string()).unwrap();
    let file = pair.root.join(format!("{name}.json"));
    assert_eq!(run(&["agreement", "draft", text(&draft), "--out", text(&file)]).code, 0);
    for code in ["CO", "US"] {
        let ran = cli(pair, code, &["agreement", "sign", text(&file)]);
        assert_eq!(ran.code, 0, "{ran:?}");
    }
    for code in ["CO", "US"] {
        assert_eq!(cli(pair, code, &["agreement", "install", text(&file)]).code, 0);
    }
    file
}

fn keys(pair: &Pair, more: &[&str]) -> Value {
    let ran = cli(pair, "CO", &[&["agreement", "keys", AGREEMENT, "--party", "CO"], more].concat());
    assert_eq!(ran.code, 0, "{ran:?}");
    serde_json::from_str(&ran.out).unwrap()
}

#[test]
fn a_rotated_record_key_and_a_new_transport_key_carry_the_exchange_on() {
    let pair = Pair::new(folder("renewal"));
    let first = keys(&pair, &[]);
    let nodes = start(&pair);
    call(&pair, "under the first key");
    let rotate =
        ["agreement", "rotate", AGREEMENT, "--reason-es", "rutina anual", "--reason-en", "yearly routine"];
    let ran = cli(&pair, "CO", &rotate);
    assert_eq!(ran.code, 0, "{ran:?}");
    call(&pair, "under the second key");
    drop(nodes);
    let nodes = start(&pair);
    call(&pair, "under the second key, after a restart");
    verify(&pair);
    drop(nodes);

    let renewed = keys(&pair, &["--new-transport"]);
    assert_ne!(renewed["record"], first["record"], "the record key in use is named");
    assert_ne!(renewed["transport"], first["transport"]);
    // An amendment that would bring the old record key back is not put in force, and nothing else stops for it.
    amended(
        &pair,
        "old-key",
        &json!({ "record": first["record"], "log": first["log"],
        "cosigner": first["cosigner"], "seal": first["seal"], "transport": first["transport"] }),
    );
    let nodes = start(&pair);
    assert_eq!(pair.status("CO").unwrap()["version"], 1);
    assert!(nodes.0.errors().contains("not put in force"), "{}", nodes.0.errors());
    call(&pair, "after an amendment that was refused");
    drop(nodes);

    for code in ["CO", "US"] {
        std::fs::remove_file(pair.data(code).join(format!("agreements/{AGREEMENT}.2.json"))).unwrap();
    }
    amended(&pair, "new-transport", &renewed);
    let config = pair.data("US").join("bitacora.toml");
    let (old, new) = (first["transport"].as_str().unwrap(), renewed["transport"].as_str().unwrap());
    std::fs::write(&config, std::fs::read_to_string(&config).unwrap().replace(old, new)).unwrap();
    let _nodes = start(&pair);
    call(&pair, "over the new transport key");
    for code in ["CO", "US"] {
        assert_eq!(pair.status(code).unwrap()["version"], 2);
    }
    verify(&pair);
}

#[test]
fn a_dismissed_officer_stops_nothing_and_a_revoked_key_stays_out() {
    let pair = Pair::new(folder("revoked"));
    let us_key = {
        let ran = cli(&pair, "US", &["agreement", "keys", AGREEMENT, "--party", "US"]);
        serde_json::from_str::<Value>(&ran.out).unwrap()["transport"].as_str().unwrap().to_owned()
    };
    let nodes = start(&pair);
    let unknown =
        cli(&pair, "CO", &["agreement", "dismiss", AGREEMENT, "--officer", "off-00000000000000000000"]);
    assert_ne!(unknown.code, 0, "{unknown:?}");
    let ran = cli(&pair, "CO", &["agreement", "dismiss", AGREEMENT, "--officer", &pair.officers[0]]);
    assert_eq!(ran.code, 0, "{ran:?}");
    let both = json!({ "es": "motivo", "en": "reason" });
    let stop = |officer: &str| {
        let scope = json!({ "from": null, "to": null, "items": [], "areas": [], "purposes": [] });
        let request = json!({
            "act": "suspend", "agreement": AGREEMENT, "officer": officer, "scope": scope, "exceptions": [],
            "reason": both, "condition": { "text": both }, "incident": null,
        });
        pair.ask("CO", &request).unwrap()
    };
    let refused = stop(&pair.officers[0]);
    assert_eq!(refused["reply"], "refused", "{refused}");
    assert_eq!(pair.status("CO").unwrap()["state"], "flowing");
    call(&pair, "nothing stayed shut");
    assert!(stop(&pair.officers[1])["leaf"].is_u64(), "the other officer may still stop");

    let auditor = nodes.0.sign_in(&pair.data("CO"), "Auditora", "auditor");
    let link = || auditor.get("/api/exchange").json()["agreements"][0]["partner"]["link"].clone();
    assert_eq!(link(), "connected");
    let revoke = |key: &str| cli(&pair, "CO", &["agreement", "revoke", key]);
    let ran = revoke(&us_key);
    assert!(ran.code == 0 && ran.out.contains("its links have ended"), "{ran:?}");
    until("the end of the link", || (link() == "lost").then_some(()));
    assert_ne!(revoke("zz").code, 0, "that is no key");
    drop(nodes);
    let _nodes = (pair.start("CO"), pair.start("US"));
    let ran = revoke(&us_key);
    assert!(
        ran.code == 0 && ran.out.contains("was not trusted before"),
        "a restart trusts it no more: {ran:?}"
    );
}
