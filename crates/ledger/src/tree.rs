//! The Merkle tree of one log, with the hash of every complete subtree kept, so that appending and proving cost
//! O(log n). Never removes or changes a leaf.

use crate::hash::{Hash, empty_root, node_hash};

/// Leaf hashes in order and all complete subtrees above them. About 64 bytes a leaf.
#[derive(Clone, Debug, Default)]
pub struct Tree {
    /// `levels[h][i]` is the root of leaves `i << h .. (i + 1) << h`.
    // INVARIANT: `levels[h].len() == size >> h`, and no level is empty.
    levels: Vec<Vec<Hash>>,
}

impl Tree {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn from_leaf_hashes(leaves: impl IntoIterator<Item = Hash>) -> Self {
        let mut tree = Self::new();
        for leaf in leaves {
            tree.push(leaf);
        }
        tree
    }

    pub fn size(&self) -> u64 {
        self.levels.first().map_or(0, |leaves| leaves.len() as u64)
    }

    /// Appends a leaf hash and gives its index.
    pub fn push(&mut self, leaf: Hash) -> u64 {
        let index = self.size();
        let mut carried = leaf;
        let mut height = 0;
        loop {
            match self.levels.get_mut(height) {
                None => {
                    self.levels.push(vec![carried]);
                    return index;
                }
                Some(level) => {
                    level.push(carried);
                    // An even count means that the last two are siblings: their parent is complete.
                    match level.as_slice() {
                        [.., left, right] if level.len() % 2 == 0 => carried = node_hash(left, right),
                        _ => return index,
                    }
                }
            }
            height += 1;
        }
    }

    pub fn leaf(&self, index: u64) -> Option<Hash> {
        self.complete(0, index)
    }

    pub fn root(&self) -> Hash {
        self.root_at(self.size()).unwrap_or_else(empty_root)
    }

    /// The root that the tree had with `size` leaves; `None` if it never had so many.
    pub fn root_at(&self, size: u64) -> Option<Hash> {
        if size > self.size() {
            return None;
        }
        if size == 0 { Some(empty_root()) } else { self.subtree(0, size) }
    }

    /// The root that the tree would have with these leaves appended: a mirror checks a checkpoint with it before it
    /// takes them.
    pub fn root_with(&self, more: &[Hash]) -> Hash {
        // Complete subtrees from the left, each higher than the next.
        let mut peaks: Vec<(u32, Hash)> = Vec::new();
        let mut start = 0;
        for height in (0..self.levels.len() as u32).rev() {
            if self.size() >> height & 1 == 1 {
                peaks.extend(self.complete(height, start >> height).map(|peak| (height, peak)));
                start += 1 << height;
            }
        }
        for leaf in more {
            let (mut height, mut carried) = (0, *leaf);
            while let Some((_, left)) = peaks.pop_if(|(peak, _)| *peak == height) {
                carried = node_hash(&left, &carried);
                height += 1;
            }
            peaks.push((height, carried));
        }
        peaks
            .into_iter()
            .rev()
            .map(|(_, peak)| peak)
            .reduce(|right, left| node_hash(&left, &right))
            .unwrap_or_else(empty_root)
    }

    /// `PATH(index, D[size])` of RFC 6962 section 2.1.1; `None` unless `index < size <= self.size()`.
    pub fn inclusion(&self, index: u64, size: u64) -> Option<Vec<Hash>> {
        if index >= size || size > self.size() {
            return None;
        }
        let (mut from, mut to) = (0, size);
        let mut path = Vec::new();
        while to - from > 1 {
            let middle = from + split(to - from);
            if index < middle {
                path.push(self.subtree(middle, to)?);
                to = middle;
            } else {
                path.push(self.subtree(from, middle)?);
                from = middle;
            }
        }
        path.reverse();
        Some(path)
    }

    /// `PROOF(old, D[new])` of RFC 6962 section 2.1.2; empty for `old == new` and for `old == 0`, which needs no
    /// proof; `None` unless `old <= new <= self.size()`.
    pub fn consistency(&self, old: u64, new: u64) -> Option<Vec<Hash>> {
        if old > new || new > self.size() {
            return None;
        }
        if old == 0 || old == new {
            return Some(Vec::new());
        }
        let (mut from, mut to) = (0, new);
        let mut path = Vec::new();
        while to != old {
            let middle = from + split(to - from);
            if old <= middle {
                path.push(self.subtree(middle, to)?);
                to = middle;
            } else {
                path.push(self.subtree(from, middle)?);
                from = middle;
            }
        }
        // SUBPROOF's flag: a subtree that starts at the first leaf is the old tree, whose root the verifier knows.
        if from != 0 {
            path.push(self.subtree(from, to)?);
        }
        path.reverse();
        Some(path)
    }

    /// The root of leaves `from..to`, where `from` is a multiple of the smallest power of two >= `to - from`.
    fn subtree(&self, from: u64, to: u64) -> Option<Hash> {
        let mut end = to;
        let mut rest = to - from;
        let mut right: Option<Hash> = None;
        // Complete subtrees from the right: the lowest set bit of what is left is the next one's size.
        while rest > 0 {
            let height = rest.trailing_zeros();
            let size = 1_u64 << height;
            let left = self.complete(height, (end - size) >> height)?;
            right = Some(match right {
                None => left,
                Some(hash) => node_hash(&left, &hash),
            });
            end -= size;
            rest -= size;
        }
        right
    }

    /// The root of leaves `index << height .. (index + 1) << height`, where the tree has them all.
    pub(crate) fn complete(&self, height: u32, index: u64) -> Option<Hash> {
        self.levels.get(height as usize)?.get(usize::try_from(index).ok()?).copied()
    }
}

/// The largest power of two smaller than `n`, for `n >= 2`.
fn split(n: u64) -> u64 {
    1 << (63 - (n - 1).leading_zeros())
}
