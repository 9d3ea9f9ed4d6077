//! The right edge of a growing tree: the roots of its complete subtrees, largest first. Enough to know every root and
//! every tile's hash as leaves go by. Never keeps more than 64 hashes.

use crate::hash::{Hash, empty_root, node_hash};
use crate::tiles::TILE_HEIGHT;

#[derive(Debug, Default)]
pub(super) struct Frontier {
    size: u64,
    /// One for each set bit of `size`.
    roots: Vec<Hash>,
}

impl Frontier {
    pub(super) fn size(&self) -> u64 {
        self.size
    }

    /// Appends a leaf hash. `completed` is told the root of each tile that it fills: level above it, index, hash.
    pub(super) fn push<E>(
        &mut self,
        leaf: Hash,
        mut completed: impl FnMut(u8, u64, &Hash) -> Result<(), E>,
    ) -> Result<(), E> {
        let (mut hash, mut height, mut index) = (leaf, 0, self.size);
        while index & 1 == 1
            && let Some(left) = self.roots.pop()
        {
            hash = node_hash(&left, &hash);
            index >>= 1;
            height += 1;
            if height % TILE_HEIGHT == 0 {
                completed((height / TILE_HEIGHT) as u8, index, &hash)?;
            }
        }
        self.roots.push(hash);
        self.size += 1;
        Ok(())
    }

    pub(super) fn root(&self) -> Hash {
        let mut roots = self.roots.iter().rev();
        let smallest = roots.next().copied();
        smallest.map_or_else(empty_root, |first| roots.fold(first, |right, left| node_hash(left, &right)))
    }
}
