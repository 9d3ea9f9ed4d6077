//! The tree against the eight leaves and roots of the certificate-transparency reference tests, and against a
//! naive tree that follows RFC 6962 section 2.1 word for word.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "what a test expects and does not find is its failure"
)]

use bitacora_ledger::{
    Hash, ProofError, Tree, empty_root, leaf_hash, node_hash, verify_consistency, verify_inclusion,
};
use proptest::prelude::*;

const LEAVES: [&str; 8] =
    ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"];
const ROOTS: [&str; 8] = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
];

fn bytes(hex: &str) -> Vec<u8> {
    (0..hex.len()).step_by(2).map(|i| u8::from_str_radix(&hex[i..i + 2], 16).unwrap()).collect()
}

fn hash(hex: &str) -> Hash {
    Hash::from_hex(hex).unwrap()
}

fn numbered(size: u64) -> Vec<Hash> {
    (0..size).map(|i| leaf_hash(&i.to_be_bytes())).collect()
}

/// MTH of RFC 6962 section 2.1.
fn naive_root(leaves: &[Hash]) -> Hash {
    match leaves {
        [] => empty_root(),
        [one] => *one,
        _ => {
            let (left, right) = leaves.split_at(leaves.len().next_power_of_two() / 2);
            node_hash(&naive_root(left), &naive_root(right))
        }
    }
}

/// PATH of section 2.1.1.
fn naive_path(index: usize, leaves: &[Hash]) -> Vec<Hash> {
    if leaves.len() == 1 {
        return Vec::new();
    }
    let k = leaves.len().next_power_of_two() / 2;
    let (left, right) = leaves.split_at(k);
    let (mut path, other) = if index < k {
        (naive_path(index, left), naive_root(right))
    } else {
        (naive_path(index - k, right), naive_root(left))
    };
    path.push(other);
    path
}

/// SUBPROOF of section 2.1.2.
fn naive_subproof(m: usize, leaves: &[Hash], known: bool) -> Vec<Hash> {
    if m == leaves.len() {
        return if known { Vec::new() } else { vec![naive_root(leaves)] };
    }
    let k = leaves.len().next_power_of_two() / 2;
    let (left, right) = leaves.split_at(k);
    let (mut proof, other) = if m <= k {
        (naive_subproof(m, left, known), naive_root(right))
    } else {
        (naive_subproof(m - k, right, false), naive_root(left))
    };
    proof.push(other);
    proof
}

#[test]
fn the_reference_leaves_give_the_reference_roots() {
    let mut tree = Tree::new();
    assert_eq!(tree.root().hex(), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    for (index, (leaf, root)) in LEAVES.iter().zip(ROOTS).enumerate() {
        assert_eq!(tree.push(leaf_hash(&bytes(leaf))), index as u64);
        assert_eq!(tree.root().hex(), root);
    }
    for (size, root) in (1..).zip(ROOTS) {
        assert_eq!(tree.root_at(size), Some(hash(root)), "an older root is still known");
    }
    assert_eq!(tree.root_at(9), None);
}

/// Published in the same reference tests: leaf 5 of 8, and from 6 leaves to 8.
#[test]
fn the_reference_proofs() {
    let tree = Tree::from_leaf_hashes(LEAVES.iter().map(|leaf| leaf_hash(&bytes(leaf))));
    let path = [
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ]
    .map(hash);
    assert_eq!(tree.inclusion(5, 8), Some(path.to_vec()));
    let from_2_to_5 = [
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ]
    .map(hash);
    assert_eq!(tree.consistency(2, 5), Some(from_2_to_5.to_vec()));
    assert_eq!(verify_consistency(2, 5, &hash(ROOTS[1]), &hash(ROOTS[4]), &from_2_to_5), Ok(()));
}

#[test]
fn every_proof_up_to_64_leaves_is_the_naive_one_and_holds() {
    let leaves = numbered(64);
    let tree = Tree::from_leaf_hashes(leaves.iter().copied());
    for size in 1..=64_u64 {
        let of_size = &leaves[..size as usize];
        let root = tree.root_at(size).unwrap();
        assert_eq!(root, naive_root(of_size));
        for index in 0..size {
            let path = tree.inclusion(index, size).unwrap();
            assert_eq!(path, naive_path(index as usize, of_size));
            assert_eq!(verify_inclusion(&leaves[index as usize], index, size, &path, &root), Ok(()));
        }
        for old in 1..=size {
            let old_root = tree.root_at(old).unwrap();
            let proof = tree.consistency(old, size).unwrap();
            let naive = naive_subproof(old as usize, of_size, true);
            assert_eq!(proof, naive, "{old} to {size}");
            assert_eq!(verify_consistency(old, size, &old_root, &root, &proof), Ok(()));
        }
        assert_eq!(verify_consistency(0, size, &empty_root(), &root, &[]), Ok(()));
    }
}

#[test]
fn the_root_with_leaves_not_yet_appended_is_the_one_they_lead_to() {
    for size in 0..=70 {
        let leaves = numbered(size);
        let whole = Tree::from_leaf_hashes(leaves.iter().copied());
        for held in 0..=leaves.len() {
            let (before, more) = leaves.split_at(held);
            let tree = Tree::from_leaf_hashes(before.iter().copied());
            assert_eq!(tree.root_with(more), whole.root(), "{held} and {}", more.len());
            assert_eq!(tree.size(), held as u64);
        }
    }
}

#[test]
fn what_was_never_in_the_tree_has_no_proof() {
    let tree = Tree::from_leaf_hashes(numbered(5));
    assert_eq!(tree.inclusion(5, 5), None);
    assert_eq!(tree.inclusion(0, 6), None);
    assert_eq!(tree.consistency(3, 6), None);
    assert_eq!(tree.consistency(4, 3), None);
    let root = tree.root();
    assert_eq!(
        verify_inclusion(&leaf_hash(b"x"), 5, 5, &[], &root),
        Err(ProofError::IndexBeyondSize { index: 5, size: 5 })
    );
    assert!(verify_consistency(6, 5, &root, &root, &[]).is_err());
    assert!(verify_consistency(0, 5, &leaf_hash(b"x"), &root, &[]).is_err(), "a root of nothing is known");
}

/// An accepted proof must be the proof: any other length, hash, index, size, leaf or root is refused.
fn tampered(path: &[Hash], at: usize, bit: u8) -> Vec<Vec<Hash>> {
    let mut all = Vec::new();
    let mut longer = path.to_vec();
    longer.push(leaf_hash(b"more"));
    all.push(longer);
    if !path.is_empty() {
        let at = at % path.len();
        let mut flipped = path.to_vec();
        flipped[at].0[usize::from(bit) % 32] ^= 1 << (bit % 8);
        all.push(flipped);
        let mut shorter = path.to_vec();
        shorter.remove(at);
        all.push(shorter);
    }
    all
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_tampered_inclusion_proof_is_refused(
        size in 1_u64..400, pick in any::<u64>(), at in any::<usize>(), bit in any::<u8>()
    ) {
        let tree = Tree::from_leaf_hashes(numbered(size));
        let index = pick % size;
        let (leaf, root) = (tree.leaf(index).unwrap(), tree.root());
        let path = tree.inclusion(index, size).unwrap();
        prop_assert_eq!(verify_inclusion(&leaf, index, size, &path, &root), Ok(()));
        for bad in tampered(&path, at, bit) {
            prop_assert!(verify_inclusion(&leaf, index, size, &bad, &root).is_err());
        }
        prop_assert!(verify_inclusion(&leaf_hash(b"forged"), index, size, &path, &root).is_err());
        prop_assert!(verify_inclusion(&leaf, index, size, &path, &leaf_hash(b"forged")).is_err());
        for other in (0..size).filter(|other| *other != index) {
            prop_assert!(verify_inclusion(&leaf, other, size, &path, &root).is_err());
        }
    }

    #[test]
    fn a_tampered_consistency_proof_is_refused(
        size in 2_u64..400, pick in any::<u64>(), at in any::<usize>(), bit in any::<u8>()
    ) {
        let tree = Tree::from_leaf_hashes(numbered(size));
        let old = 1 + pick % (size - 1);
        let (old_root, root) = (tree.root_at(old).unwrap(), tree.root());
        let proof = tree.consistency(old, size).unwrap();
        prop_assert_eq!(verify_consistency(old, size, &old_root, &root, &proof), Ok(()));
        for bad in tampered(&proof, at, bit) {
            prop_assert!(verify_consistency(old, size, &old_root, &root, &bad).is_err());
        }
        let forged = leaf_hash(b"forged");
        prop_assert!(verify_consistency(old, size, &forged, &root, &proof).is_err());
        prop_assert!(verify_consistency(old, size, &old_root, &forged, &proof).is_err());
    }

    /// A log that changed one old leaf cannot show that it continues the old one, with whatever its own tree says.
    #[test]
    fn a_rewritten_log_is_found(size in 2_u64..200, pick in any::<u64>(), which in any::<u64>()) {
        let old = 1 + pick % (size - 1);
        let honest = Tree::from_leaf_hashes(numbered(old));
        let mut leaves = numbered(size);
        leaves[(which % old) as usize] = leaf_hash(b"rewritten");
        let rewritten = Tree::from_leaf_hashes(leaves);
        let proof = rewritten.consistency(old, size).unwrap();
        prop_assert!(verify_consistency(old, size, &honest.root(), &rewritten.root(), &proof).is_err());
    }
}
