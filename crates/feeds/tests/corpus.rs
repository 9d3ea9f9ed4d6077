//! The fuzzers' corpora of receivers' lines, positions, container events, draws and accounts, replayed without a fuzzer.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails loudly"
)]

#[path = "../../../fuzz/src/accounts.rs"]
mod accounts;
#[path = "../../../fuzz/src/containers.rs"]
mod containers;
#[path = "../../../fuzz/src/sea.rs"]
mod sea;

use std::path::{Path, PathBuf};

#[test]
fn every_file_of_every_corpus_is_read_without_a_panic() {
    for (name, target) in containers::TARGETS.into_iter().chain(accounts::TARGETS).chain(sea::TARGETS) {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus").join(name);
        let mut files: Vec<PathBuf> =
            std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        files.sort();
        assert!(!files.is_empty(), "{name} has no corpus");
        for file in files {
            println!("{}", file.display());
            target(&std::fs::read(&file).unwrap());
        }
    }
}
