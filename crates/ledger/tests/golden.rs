//! Our tree against the tlog package of Go's checksum database, which made the file: roots and all proofs of small logs.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails loudly"
)]

use bitacora_ledger::{Hash, Tree, leaf_hash, sha256};

/// Made by `tools/check_sumdb.sh`, which also compares it.
const GO: &str = include_str!("data/go-tlog.txt");

fn digest<'h>(hashes: impl Iterator<Item = &'h Hash>) -> String {
    sha256(&hashes.flat_map(|hash| hash.0).collect::<Vec<u8>>()).hex()
}

#[test]
fn roots_and_proofs_are_those_of_the_go_checksum_database() {
    let lines: Vec<&str> = GO.lines().filter(|line| !line.starts_with('#')).collect();
    assert_eq!(lines.len(), 70);
    let mut tree = Tree::new();
    for (size, line) in (1_u64..).zip(lines) {
        tree.push(leaf_hash(format!("leaf {}", size - 1).as_bytes()));
        let inclusion: Vec<Vec<Hash>> = (0..size).map(|leaf| tree.inclusion(leaf, size).unwrap()).collect();
        let consistency: Vec<Vec<Hash>> =
            (1..=size).map(|old| tree.consistency(old, size).unwrap()).collect();
        let (inclusion, consistency) = (inclusion.iter().flatten(), consistency.iter().flatten());
        let ours = format!("{size} {} {} {}", tree.root().hex(), digest(inclusion), digest(consistency));
        assert_eq!(ours, line);
    }
}
