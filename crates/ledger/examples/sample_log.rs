//! Writes a sample log directory, proofs about it and two forks of it, for checkers written by others:
//! `cargo run --release -p bitacora-ledger --example sample_log -- DIRECTORY`.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "an example writes files and stops loudly"
)]

#[path = "../tests/directory/fixture.rs"]
mod fixture;

use std::path::{Path, PathBuf};

use bitacora_ledger::{Checkpoint, ForkProof, ProofFile, Tree, check_directory, leaf_hash};
use fixture::{Log, ORIGIN};

fn write(root: &Path, path: &str, bytes: &[u8]) {
    let path = root.join(path);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, bytes).unwrap();
}

fn main() {
    let root = PathBuf::from(std::env::args().nth(1).expect("a directory to write to"));
    let mut log = Log::new();
    for leaves in [300, 220, 80] {
        log.publish(leaves, |index| index % 3 != 1);
    }
    check_directory(&log.files, &log.keys(), |_| Ok::<(), bitacora_ledger::LogFault>(())).unwrap();
    for (path, bytes) in &log.files {
        write(&root.join("log"), path, bytes);
    }
    write(&root, "log.key", log.log_key.to_string().as_bytes());
    write(&root, "cosigner.key", log.witness_key.to_string().as_bytes());

    let newest = String::from_utf8(log.files["checkpoint"].clone()).unwrap();
    let path = log.tree.inclusion(297, 600).unwrap();
    let proof = ProofFile { extra: None, index: 297, path, checkpoint: newest.clone() };
    write(&root, "leaf.tlog-proof", proof.to_string().as_bytes());
    write(&root, "leaf.commitment", log.commitments[297].hex().as_bytes());

    write(&root, "honest.fork", ForkProof::of_one_size(&newest, &newest).to_string().as_bytes());
    for case in 0..200_u64 {
        let (held, offered) = (1 + case * 337 % 600, 1 + case * 211 % 600);
        let fork = forked(&log, held, offered, case * 7 % held.min(offered));
        write(&root, &format!("forks/{held}-{offered}.fork"), fork.to_string().as_bytes());
    }
}

/// The log's own checkpoint of `held` leaves, and one of `offered` leaves of another history from leaf `at` on.
fn forked(log: &Log, held: u64, offered: u64, at: u64) -> ForkProof {
    let other = Tree::from_leaf_hashes((0..600_u64).map(|index| {
        if index < at { log.tree.leaf(index).unwrap() } else { leaf_hash(&index.to_be_bytes()) }
    }));
    let signed = |tree: &Tree, size| {
        let root = tree.root_at(size).unwrap();
        (Checkpoint { origin: ORIGIN.to_owned(), size, root }, log.checkpoint(size, root))
    };
    let ((ours, our_note), (theirs, their_note)) = (signed(&log.tree, held), signed(&other, offered));
    let larger = if offered >= held { &other } else { &log.tree };
    ForkProof::from_tree((&ours, &our_note), (&theirs, &their_note), larger).unwrap()
}
