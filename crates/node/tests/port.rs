//! `bitacora port` as a port officer's script calls it: rules over a small file, a game with its certificate, a draw
//! committed and read again; and what is wrong named by file and place.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "what a test expects and does not find is its failure"
)]

mod harness;

use harness::{file, folder, run, text};
use serde_json::{Value, json};

const EVENTS: &str = "event_id,ts,trip,container,type,facility,actor,seal,weight_kg,auth\n\
    1,1000,7,CSQU3054383,GTIN,COCTG-SPRC,1,EC0001,20000,5\n\
    2,2000,7,CSQU3054383,MOVE,COCTG-SPRC,1,,0,0\n\
    3,3000,7,CSQU3054383,LOAD,COCTG-SPRC,1,EC7731,21500,5\n\
    4,what,7,CSQU3054383,LOAD,COCTG-SPRC,1,EC7731,21500,5\n";

#[test]
fn rules_print_their_alerts_and_name_what_they_could_not_read() {
    let folder = folder("port-rules");
    let events = file(&folder, "events.csv", EVENTS.as_bytes());
    let ran = run(&["port", "rules", "--profile", "baseline", "--in", text(&events)]);
    assert_eq!((ran.code, ran.out.as_str()), (0, "R1,3\nR3,3\nR5,2\n"), "{ran:?}");
    assert!(ran.err.contains("line 5"), "{}", ran.err);
    let ran = run(&["port", "rules", "--profile", "baseline", "--rules", "R5", "--in", text(&events)]);
    assert_eq!(ran.out, "R5,2\n");
    let field = run(&["port", "rules", "--in", text(&events), "--tiers"]);
    assert_eq!(field.code, 0, "{field:?}");
    assert!(field.out.lines().any(|line| line == "R1,3,first"), "{}", field.out);
    assert!(field.err.contains("line 5, ts"), "{}", field.err);
    let none = file(&folder, "none.csv", b"a,b\n1,2\n");
    for profile in ["baseline", "field"] {
        let ran = run(&["port", "rules", "--profile", profile, "--in", text(&none)]);
        assert!(ran.code != 0 && ran.err.contains("none.csv"), "{ran:?}");
    }
    assert_ne!(run(&["port", "rules", "--rules", "R13", "--in", text(&events)]).code, 0);
}

#[test]
fn a_solved_game_is_the_documents_example_and_its_coverage_can_go_to_a_file() {
    let folder = folder("port-solve");
    let game = file(&folder, "game.csv", b"container,v,p,a,b\n0,900,300,0,1\n1,400,100,0,0\n2,600,600,1,1\n");
    let solve = ["port", "solve", "slot", "--in", text(&game), "--slots", "2", "--capacity", "1"];
    let ran = run(&solve);
    assert_eq!(ran.code, 0, "{ran:?}");
    let page = std::fs::read_to_string(
        std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/port-solve.md"),
    );
    assert!(page.unwrap().contains(ran.out.trim()), "docs/port-solve.md prints another answer: {}", ran.out);
    let coverage = folder.join("coverage.txt");
    let ran = run(&[&solve[..], &["--coverage", text(&coverage)]].concat());
    let answer: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(answer["coverage"], json!(text(&coverage)));
    let lines = std::fs::read_to_string(&coverage).unwrap();
    assert_eq!(lines.lines().count(), 3);
    let wrong = file(&folder, "wrong.csv", b"container,v,p,a,b\n0,900,300,1,0\n");
    let ran = run(&["port", "solve", "slot", "--in", text(&wrong), "--slots", "2"]);
    assert!(ran.code != 0 && ran.err.contains("wrong.csv"), "{ran:?}");
}

#[test]
fn a_draw_is_committed_from_files_and_verifies_before_and_not_after_a_change() {
    let folder = folder("port-draw");
    let mut keys = Vec::new();
    for body in ["customs", "police", "port"] {
        let key = folder.join(format!("{body}.key"));
        let ran = run(&["port", "draw", "key", "--out", text(&key)]);
        assert_eq!(ran.code, 0, "{ran:?}");
        keys.push(json!(ran.out.trim()));
        assert_ne!(run(&["port", "draw", "key", "--out", text(&key)]).code, 0, "a key is never written over");
    }
    let slot = json!({ "capacity": 1, "round": 10 });
    let beacon = json!({
        "chain": "three_party", "from": { "round": 1, "value": "00".repeat(32) }, "keys": keys,
        "times": { "first": 1_793_577_600, "period": 30 },
    });
    let terms = json!({
        "port": "COCTG", "shift": "2026-11-22 day", "rules": "1", "model": "slot 1", "slots": [slot],
        "beacon": beacon, "keys": keys, "officers": [],
    });
    let half = 500_000_000_000_000_u64;
    let entry = |name: &str| json!({ "container": name, "first": 0, "last": 0, "marginal": half, "plan": [[0, half]] });
    let list = json!([entry("APZU4812090"), entry("CSQU3054383")]);
    let terms = file(&folder, "terms.json", terms.to_string().as_bytes());
    let list = file(&folder, "list.json", list.to_string().as_bytes());
    let draw = folder.join("draw.json");
    let commit =
        ["port", "draw", "commit", "--terms", text(&terms), "--list", text(&list), "--out", text(&draw)];
    let committed = run(&commit);
    assert_eq!(committed.code, 0, "{committed:?}");
    let hash = committed.out.trim();
    let verified = run(&["port", "verify-draw", text(&draw), "--commitment", hash]);
    assert_eq!(verified.code, 0, "{verified:?}");
    assert!(verified.out.starts_with(&format!("draw {hash}")), "{}", verified.out);
    assert_ne!(run(&["port", "verify-draw", text(&draw), "--commitment", &"0".repeat(64)]).code, 0);

    let share = folder.join("share.json");
    let key = folder.join("customs.key");
    let give =
        ["port", "draw", "share", text(&draw), "--body", "customs", "--key", text(&key), "--slot", "0"];
    let ran = run(&[&give[..], &["--out", text(&share)]].concat());
    assert_eq!(ran.code, 0, "{ran:?}");
    let early = run(&["port", "draw", "pick", text(&draw), "--slot", "0", "--share", text(&share)]);
    assert_ne!(early.code, 0, "no slot is drawn before its round: {early:?}");

    let altered = std::fs::read_to_string(&draw).unwrap().replace("CSQU3054383", "CSQU3054384");
    let altered = file(&folder, "altered.json", altered.as_bytes());
    assert_ne!(run(&["port", "verify-draw", text(&altered)]).code, 0);
}
