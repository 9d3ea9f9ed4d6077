//! Checks of inclusion and consistency proofs with nothing but hashes (RFC 9162 sections 2.1.3.2 and 2.1.4.2; the
//! proofs are those of RFC 6962). Never trusts a length, index or size from the other side.

use crate::hash::{Hash, empty_root, node_hash};

/// Why a proof does not hold.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum ProofError {
    #[error("leaf {index} is not in a tree of {size}")]
    IndexBeyondSize { index: u64, size: u64 },
    #[error("a tree of {old} does not come before one of {new}")]
    SizesReversed { old: u64, new: u64 },
    #[error("the proof has {found} hashes, too {} for these sizes", if *.long { "many" } else { "few" })]
    Length { found: usize, long: bool },
    #[error("the proof leads to root {computed}, not to {expected}")]
    Root { computed: Hash, expected: Hash },
    #[error("the proof leads to old root {computed}, not to {expected}")]
    OldRoot { computed: Hash, expected: Hash },
}

/// The leaf with this hash is number `index` of the `size` leaves under `root`.
pub fn verify_inclusion(
    leaf: &Hash,
    index: u64,
    size: u64,
    path: &[Hash],
    root: &Hash,
) -> Result<(), ProofError> {
    if index >= size {
        return Err(ProofError::IndexBeyondSize { index, size });
    }
    let (mut node, mut last) = (index, size - 1);
    let mut hash = *leaf;
    for sibling in path {
        if last == 0 {
            return Err(ProofError::Length { found: path.len(), long: true });
        }
        if node & 1 == 1 || node == last {
            hash = node_hash(sibling, &hash);
            // A last node without a right sibling rises until it is a right child itself.
            while node & 1 == 0 && node != 0 {
                node >>= 1;
                last >>= 1;
            }
        } else {
            hash = node_hash(&hash, sibling);
        }
        node >>= 1;
        last >>= 1;
    }
    if last != 0 {
        return Err(ProofError::Length { found: path.len(), long: false });
    }
    if hash == *root { Ok(()) } else { Err(ProofError::Root { computed: hash, expected: *root }) }
}

/// The first `old` of the `new` leaves under `new_root` are those under `old_root`.
pub fn verify_consistency(
    old: u64,
    new: u64,
    old_root: &Hash,
    new_root: &Hash,
    path: &[Hash],
) -> Result<(), ProofError> {
    if old > new {
        return Err(ProofError::SizesReversed { old, new });
    }
    if old == 0 || old == new {
        if !path.is_empty() {
            return Err(ProofError::Length { found: path.len(), long: true });
        }
        let expected_old = if old == 0 { empty_root() } else { *new_root };
        return if *old_root == expected_old {
            Ok(())
        } else {
            Err(ProofError::OldRoot { computed: expected_old, expected: *old_root })
        };
    }
    let (old_hash, new_hash) = consistency_roots(old, new, old_root, path)?;
    if old_hash != *old_root {
        return Err(ProofError::OldRoot { computed: old_hash, expected: *old_root });
    }
    if new_hash != *new_root {
        return Err(ProofError::Root { computed: new_hash, expected: *new_root });
    }
    Ok(())
}

/// The roots of the first `old` and of all `new` leaves that a consistency proof leads to, for `0 < old < new`. The old
/// tree of 2^k leaves is itself a node of the new tree: the proof leaves it out, and `old_root` stands in for it.
pub(crate) fn consistency_roots(
    old: u64,
    new: u64,
    old_root: &Hash,
    path: &[Hash],
) -> Result<(Hash, Hash), ProofError> {
    let mut hashes = path.iter();
    let first = if old.is_power_of_two() {
        *old_root
    } else {
        *hashes.next().ok_or(ProofError::Length { found: 0, long: false })?
    };
    let (mut node, mut last) = (old.saturating_sub(1), new.saturating_sub(1));
    while node & 1 == 1 {
        node >>= 1;
        last >>= 1;
    }
    let (mut old_hash, mut new_hash) = (first, first);
    for sibling in hashes {
        if last == 0 {
            return Err(ProofError::Length { found: path.len(), long: true });
        }
        if node & 1 == 1 || node == last {
            old_hash = node_hash(sibling, &old_hash);
            new_hash = node_hash(sibling, &new_hash);
            while node & 1 == 0 && node != 0 {
                node >>= 1;
                last >>= 1;
            }
        } else {
            new_hash = node_hash(&new_hash, sibling);
        }
        node >>= 1;
        last >>= 1;
    }
    if last == 0 {
        Ok((old_hash, new_hash))
    } else {
        Err(ProofError::Length { found: path.len(), long: false })
    }
}
