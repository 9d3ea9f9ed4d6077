#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test fails loudly"
)]
//! The same input gives the same bytes: again, after another report, and in another process.

mod made;

use bitacora_accounts::observation::Digest;
use bitacora_report::{Lang, html, pdf};

fn hashes() -> String {
    let input = made::filled();
    let mut said = String::new();
    for lang in [Lang::Es, Lang::En] {
        for bytes in [pdf(&input, lang).unwrap(), html(&input, lang).unwrap().into_bytes()] {
            said.push_str(&format!("{:02x?} ", Digest::of(&bytes).0));
        }
    }
    said
}

#[test]
#[ignore = "run by the test below, in a process of its own"]
fn prints_its_hashes() {
    println!("hashes: {}", hashes());
}

#[test]
fn the_same_input_gives_the_same_bytes_twice_and_across_processes() {
    let first = hashes();
    pdf(&made::empty(), Lang::Es).unwrap();
    assert_eq!(hashes(), first);
    let child = std::process::Command::new(std::env::current_exe().unwrap())
        .args(["prints_its_hashes", "--exact", "--ignored", "--nocapture"])
        .output()
        .unwrap();
    let said = String::from_utf8(child.stdout).unwrap();
    let line = said.lines().find_map(|line| line.split_once("hashes: ")).unwrap().1;
    assert_eq!(line.trim(), first.trim());
}

#[test]
fn a_filled_input_survives_json() {
    let input = made::filled();
    let text = serde_json::to_string(&input).unwrap();
    assert_eq!(serde_json::from_str::<bitacora_report::ReportInput>(&text).unwrap(), input);
}
