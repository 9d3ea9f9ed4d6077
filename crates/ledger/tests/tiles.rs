//! Names and bytes of tiles against C2SP tlog-tiles, and what a growing log must write.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails loudly"
)]

use std::collections::BTreeMap;

use bitacora_ledger::{
    EntriesError, Hash, TileKind, TileRef, Tree, entries_bytes, entries_path, leaf_hash, node_hash,
    parse_entries, records_path, tile_bytes, tile_path, tiles_to_write,
};
use proptest::prelude::*;

fn tree(size: u64) -> Tree {
    Tree::from_leaf_hashes((0..size).map(|index| leaf_hash(&index.to_be_bytes())))
}

/// "index 1234067 will be encoded as `x001/x234/067`".
#[test]
fn paths_are_those_of_the_specification() {
    assert_eq!(tile_path(0, 1_234_067, 256), "tile/0/x001/x234/067");
    assert_eq!(tile_path(1, 0, 1), "tile/1/000.p/1");
    assert_eq!(tile_path(63, 999, 255), "tile/63/999.p/255");
    assert_eq!(tile_path(0, 1000, 256), "tile/0/x001/000");
    assert_eq!(entries_path(273, 112), "tile/entries/273.p/112");
    assert_eq!(records_path(1234), "records/x001/234.jsonl");
    assert_eq!(records_path(u64::MAX / 256), "records/x072/x057/x594/x037/x927/935.jsonl");
}

/// "a tree of size 70,000 will be represented by 273 full level 0 tiles, one partial level 0 tile of width 112, one full
/// level 1 tile, one partial level 1 tile of width 17, and one partial level 2 tile of width 1."
#[test]
fn seventy_thousand_leaves_are_the_tiles_of_the_specification() {
    let mut of = BTreeMap::new();
    for tile in tiles_to_write(0, 70_000) {
        *of.entry((tile.kind, tile.width)).or_insert(0) += 1;
    }
    let hashes = TileKind::Hashes;
    let want = [
        ((hashes(0), 256), 273),
        ((hashes(0), 112), 1),
        ((hashes(1), 256), 1),
        ((hashes(1), 17), 1),
        ((hashes(2), 1), 1),
        ((TileKind::Entries, 256), 273),
        ((TileKind::Entries, 112), 1),
    ];
    assert_eq!(of, BTreeMap::from(want));
}

/// All tiles that serve a tree, by the formula of "Partial Tiles".
fn all_tiles(size: u64) -> Vec<TileRef> {
    let level = |kind, hashes: u64| {
        let full = (0..hashes / 256).map(move |index| TileRef { kind, index, width: 256 });
        let edge = TileRef { kind, index: hashes / 256, width: (hashes % 256) as u16 };
        full.chain((edge.width > 0).then_some(edge))
    };
    let mut tiles: Vec<TileRef> = level(TileKind::Entries, size).collect();
    for height in 0..8 {
        tiles.extend(level(TileKind::Hashes(height), size >> (8 * u32::from(height))));
    }
    tiles
}

#[test]
fn what_is_written_between_two_sizes_is_what_the_newer_needs_and_the_older_lacks() {
    let sizes: Vec<u64> =
        (0..12).chain(250..260).chain(509..516).chain([65_535, 65_536, 65_537, 65_792, 66_000]).collect();
    for &old in &sizes {
        let has = all_tiles(old);
        for &new in &sizes {
            let mut want: Vec<TileRef> = if new > old { all_tiles(new) } else { Vec::new() };
            want.retain(|tile| !has.contains(tile));
            assert_eq!(tiles_to_write(old, new), want, "{old} to {new}");
        }
    }
}

/// `MTH(D[(n * 256 + i) * 256**l : (n * 256 + i + 1) * 256**l])`, from scratch.
fn mth(leaves: &[Hash]) -> Hash {
    match leaves {
        [one] => *one,
        _ => {
            let (left, right) = leaves.split_at(leaves.len().next_power_of_two() / 2);
            node_hash(&mth(left), &mth(right))
        }
    }
}

#[test]
fn tiles_hold_the_hashes_of_the_specification() {
    for size in (1..=600).chain([65_535, 65_536, 65_537, 66_300]) {
        let tree = tree(size);
        let leaves: Vec<Hash> = (0..size).map(|index| tree.leaf(index).unwrap()).collect();
        // Of the large trees the right edge only.
        let low = if size > 600 { size / 256 - 1 } else { 0 };
        for TileRef { kind, index, width } in all_tiles(size) {
            let TileKind::Hashes(level) = kind else { continue };
            if level == 0 && index < low {
                continue;
            }
            let span = 256_usize.pow(u32::from(level));
            let mut want = Vec::new();
            for i in 0..usize::from(width) {
                let first = (index as usize * 256 + i) * span;
                want.extend_from_slice(&mth(&leaves[first..first + span]).0);
            }
            assert_eq!(tile_bytes(&tree, level, index, width).unwrap(), want, "{size}: {level}/{index}");
            assert_eq!(want.len(), usize::from(width) * 32);
        }
        let beyond = ((size % 256) + 1) as u16;
        assert_eq!(tile_bytes(&tree, 0, size / 256, beyond), None, "{size}");
    }
    for (level, index, width) in [(0, 0, 0), (0, 0, 257), (8, 0, 1), (255, 0, 1), (0, u64::MAX, 1)] {
        assert_eq!(tile_bytes(&tree(600), level, index, width), None);
    }
}

#[test]
fn bundles_hold_each_entry_after_its_length() {
    let bytes = entries_bytes(&[b"ab".as_slice(), b"", b"c"]).unwrap();
    assert_eq!(bytes, b"\x00\x02ab\x00\x00\x00\x01c");
    assert_eq!(parse_entries(&bytes, 3).unwrap(), [b"ab".to_vec(), vec![], b"c".to_vec()]);
    assert_eq!(parse_entries(&bytes, 2), Err(EntriesError::TooMany(2)));
    assert_eq!(parse_entries(&bytes[..7], 3), Err(EntriesError::CutShort(2)));
    assert_eq!(parse_entries(&[0xff, 0xff, 1], 256), Err(EntriesError::CutShort(0)));
    let long = vec![0; 65_536];
    assert_eq!(entries_bytes(&[&long[..65_535]]).unwrap().len(), 65_537);
    assert_eq!(entries_bytes(&[&long]), Err(EntriesError::TooLong(0)));
}

proptest! {
    #[test]
    fn any_bytes_are_a_bundle_or_refused_and_a_bundle_prints_the_same(
        bytes in proptest::collection::vec(any::<u8>(), 0..600),
    ) {
        if let Ok(entries) = parse_entries(&bytes, 256) {
            prop_assert_eq!(entries_bytes(&entries).unwrap(), bytes);
        }
    }

    #[test]
    fn any_entries_come_back(entries in proptest::collection::vec(
        proptest::collection::vec(any::<u8>(), 0..40), 0..20,
    )) {
        let bytes = entries_bytes(&entries).unwrap();
        prop_assert_eq!(parse_entries(&bytes, 20).unwrap(), entries);
    }
}
