//! A party's log as the files that a node publishes, from what is on its disk.

use std::collections::BTreeMap;

use bitacora_exchange::Secrets;
use bitacora_exchange::agreement::origin;
use bitacora_exchange::shelf::StoredLeaf;
use bitacora_ledger::{
    Checkpoint, TileKind, Tree, VerifierKey, entries_bytes, kept_checkpoint_path, leaf_hash, records_path,
    tile_bytes, tiles_to_write,
};
use bitacora_primitives::markings::PartyCode;

use super::{Disk, Keyring};

pub type Files = BTreeMap<String, Vec<u8>>;

/// The party's own directory: every record open, its checkpoint fresh, the cosigned ones kept.
pub fn own_directory(disk: &Disk, party: &PartyCode, keys: &Keyring) -> Files {
    let leaves = disk.log(party);
    let tree = Tree::from_leaf_hashes(leaves.iter().map(|(commitment, _)| leaf_hash(&commitment.0)));
    let mut files = files_of(&leaves, &tree, true);
    let origin = origin(&"CO-US-MAR".parse().unwrap(), party);
    let key = VerifierKey::new(&origin, keys.log.public()).unwrap();
    let checkpoint = Checkpoint { origin, size: tree.size(), root: tree.root() };
    files.insert("checkpoint".to_owned(), checkpoint.sign(&key, keys.log()).into_bytes());
    keep(&mut files, disk, party);
    files
}

/// What a mirror or a witness holds of a party's log: the newest checkpoint is the one it cosigned.
pub fn mirror_directory(disk: &Disk, party: &PartyCode, records: bool) -> Files {
    let leaves = disk.log(party);
    let tree = Tree::from_leaf_hashes(leaves.iter().map(|(commitment, _)| leaf_hash(&commitment.0)));
    let mut files = files_of(&leaves, &tree, records);
    files.insert("checkpoint".to_owned(), disk.newest(party).unwrap().into_bytes());
    keep(&mut files, disk, party);
    files
}

fn keep(files: &mut Files, disk: &Disk, party: &PartyCode) {
    for ((log, size), note) in &disk.checkpoints {
        if log == party {
            files.insert(kept_checkpoint_path(*size), note.clone().into_bytes());
        }
    }
}

pub fn files_of(leaves: &[StoredLeaf], tree: &Tree, records: bool) -> Files {
    let mut files = Files::new();
    for tile in tiles_to_write(0, tree.size()) {
        let bytes = match tile.kind {
            TileKind::Hashes(level) => tile_bytes(tree, level, tile.index, tile.width).unwrap(),
            TileKind::Entries => {
                let first = tile.index as usize * 256;
                let entries: Vec<[u8; 32]> = leaves[first..first + usize::from(tile.width)]
                    .iter()
                    .map(|(commitment, _)| commitment.0)
                    .collect();
                entries_bytes(&entries).unwrap()
            }
        };
        files.insert(tile.path(), bytes);
    }
    if records {
        for (index, bundle) in (0..).zip(leaves.chunks(256)) {
            let lines: String =
                bundle.iter().map(|(_, text)| format!("{}\n", text.as_deref().unwrap_or(""))).collect();
            files.insert(records_path(index), lines.into_bytes());
        }
    }
    files
}
