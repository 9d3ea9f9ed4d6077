//! The check of a log directory: what a publisher writes is accepted after every step, and every altered byte is found,
//! with the leaf it belongs to.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails loudly"
)]

mod fixture;

use std::collections::BTreeMap;

use bitacora_ledger::{
    FaultKind, Hash, LogFault, LogFiles, LogKeys, Seen, VerifiedLog, check_directory, empty_root,
    entries_bytes, leaf_hash, records_path, sha256, tile_path,
};
use fixture::{Log, record};
use proptest::prelude::*;

fn check<'k>(
    files: &BTreeMap<String, Vec<u8>>,
    keys: &LogKeys<'k>,
) -> Result<(VerifiedLog<'k>, Vec<(u64, bool)>), LogFault> {
    let mut leaves = Vec::new();
    let verified = check_directory(files, keys, |seen| {
        if let Seen::Leaf { index, commitment, record } = seen {
            assert!(record.is_none_or(|record| sha256(record.as_bytes()) == *commitment));
            leaves.push((index, record.is_some()));
        }
        Ok::<(), LogFault>(())
    })?;
    Ok((verified, leaves))
}

#[test]
fn what_a_publisher_writes_is_accepted_after_every_step() {
    let mut log = Log::new();
    assert_eq!(check(&log.files, &log.keys()).unwrap().0.checkpoint.root, empty_root());
    let steps = [1, 1, 2, 3, 200, 48, 1, 1, 254, 1, 256, 257, 1000, 0, 5];
    for leaves in steps {
        log.publish(leaves, |index| index % 3 != 0);
        let (verified, seen) = check(&log.files, &log.keys()).unwrap();
        let size = log.tree.size();
        assert_eq!((verified.checkpoint.size, verified.checkpoint.root), (size, log.tree.root()));
        assert_eq!(verified.cosigned.len(), 1);
        assert_eq!(verified.opened, (0..size).filter(|index| index % 3 != 0).count() as u64);
        assert_eq!(verified.uncovered_records, 0);
        let want: Vec<(u64, bool)> = (0..size).map(|index| (index, index % 3 != 0)).collect();
        assert_eq!(seen, want);
    }
}

#[test]
fn kept_checkpoints_are_met_in_their_place_among_the_leaves() {
    let mut log = Log::new();
    for leaves in [3, 300, 10] {
        log.publish(leaves, |_| true);
    }
    let mut sizes = Vec::new();
    let mut next = 0;
    check_directory(&log.files, &log.keys(), |seen| {
        match seen {
            Seen::Leaf { index, .. } => next = index + 1,
            Seen::Kept { checkpoint, cosigned } => {
                assert_eq!(checkpoint.size, next);
                assert_eq!(cosigned[0].by.name(), "US");
                sizes.push((checkpoint.size, cosigned[0].at.secs()));
            }
        }
        Ok::<(), LogFault>(())
    })
    .unwrap();
    let at = |size: u64| (size, 1_763_000_000 + size as i64 * 3600);
    assert_eq!(sizes, [at(0), at(3), at(303), at(313)]);
}

/// The leaf that a byte of a file belongs to, where it belongs to one.
fn leaf_at(path: &str, bytes: &[u8], place: usize) -> Option<u64> {
    let tile = |path: &str| path.split('/').next().unwrap().trim_end_matches(".p").parse::<u64>().unwrap();
    if let Some(name) = path.strip_prefix("records/") {
        let lines = bytes[..place].iter().filter(|byte| **byte == b'\n').count() as u64;
        Some(name.trim_end_matches(".jsonl").parse::<u64>().unwrap() * 256 + lines)
    } else if let Some(name) = path.strip_prefix("tile/entries/") {
        Some(tile(name) * 256 + place as u64 / 34)
    } else if let Some(name) = path.strip_prefix("tile/0/") {
        Some(tile(name) * 256 + place as u64 / 32)
    } else {
        path.strip_prefix("tile/1/").map(|name| (tile(name) * 256 + place as u64 / 32) * 256)
    }
}

fn cosignatures_of_kept(log: &Log, files: &BTreeMap<String, Vec<u8>>) -> usize {
    let mut counted = 0;
    check_directory(files, &log.keys(), |seen| {
        if let Seen::Kept { cosigned, .. } = seen {
            counted += cosigned.len();
        }
        Ok::<(), LogFault>(())
    })
    .unwrap();
    counted
}

/// Whether the altered byte is found, and named as far as it has a leaf.
fn must_be_found(log: &Log, path: &str, place: usize, mask: u8) {
    let mut files = log.files.clone();
    let bytes = files.get_mut(path).unwrap();
    bytes[place] ^= mask;
    let case = format!("{path} at {place} xor {mask:#04x}");
    match check(&files, &log.keys()) {
        Err(fault) => match leaf_at(path, &log.files[path], place) {
            Some(leaf) => {
                // Entry against tile, with no record to settle it: the leaf is sure, which of the two files is not.
                let unsettled = fault.what == FaultKind::LeafHash && path.starts_with("tile/");
                assert_eq!(fault.leaf, Some(leaf), "{case}: {fault}");
                assert!(fault.path == path || unsettled, "{case}: {fault}");
            }
            None => assert_eq!(fault.path, path, "{case}: {fault}"),
        },
        // A cosignature whose name or key hash was altered is one by a stranger: it does not count.
        Ok((verified, _)) if path == "checkpoint" => assert!(verified.cosigned.is_empty(), "{case}"),
        Ok(_) => {
            let kept = log.files.kept_sizes().unwrap().len();
            let counted = cosignatures_of_kept(log, &files);
            assert!(path.starts_with("checkpoints/") && counted == kept - 1, "{case} was not found");
        }
    }
}

#[test]
fn every_altered_byte_of_a_small_directory_is_found_and_named() {
    let mut log = Log::new();
    log.publish(3, |index| index != 1);
    for (path, bytes) in &log.files {
        for place in 0..bytes.len() {
            for mask in [1, 128, 255, b'\n'] {
                must_be_found(&log, path, place, mask);
            }
        }
    }
}

#[test]
fn every_altered_byte_of_two_bundles_is_found_and_named() {
    let mut log = Log::new();
    log.publish(260, |index| index % 7 != 0);
    log.files.retain(|path, _| !path.starts_with("checkpoints/"));
    for (path, bytes) in &log.files {
        for place in 0..bytes.len() {
            must_be_found(&log, path, place, 1 << (place % 8));
        }
    }
}

#[test]
fn every_cut_and_every_missing_file_is_found() {
    let mut log = Log::new();
    log.publish(259, |_| true);
    for (path, bytes) in &log.files {
        let mut files = log.files.clone();
        files.remove(path);
        match check(&files, &log.keys()) {
            // Leaves without records are those not opened to the holder, and a checkpoint not kept is not there to
            // be held against.
            Ok((verified, _)) if path.starts_with("records/") => assert!(verified.opened < 259),
            Ok(_) => assert!(path.starts_with("checkpoints/"), "{path} was not missed"),
            Err(fault) => assert_eq!((&fault.path, fault.what), (path, FaultKind::Missing)),
        }
        for length in (0..bytes.len()).step_by(if bytes.len() > 1000 { 13 } else { 1 }) {
            let mut files = log.files.clone();
            files.get_mut(path).unwrap().truncate(length);
            let fault = match check(&files, &log.keys()) {
                Err(fault) => fault,
                // Cut after the log's own line, a note is whole and has no cosignature.
                Ok((verified, _)) => {
                    let counted = verified.cosigned.len() + cosignatures_of_kept(&log, &files);
                    let all = 1 + log.files.kept_sizes().unwrap().len();
                    assert!(path.contains("checkpoint") && counted == all - 1, "{path} cut to {length}");
                    continue;
                }
            };
            assert_eq!(&fault.path, path, "cut to {length}");
            if let Some(leaf) = leaf_at(path, bytes, length) {
                assert_eq!(fault.leaf, Some(leaf), "{path} cut to {length}: {fault}");
            }
        }
        let mut files = log.files.clone();
        files.get_mut(path).unwrap().push(b'x');
        match check(&files, &log.keys()) {
            Ok((verified, _)) => {
                assert_eq!((verified.uncovered_records, path.as_str()), (1, "records/001.jsonl"))
            }
            Err(fault) => assert_eq!(&fault.path, path),
        }
    }
}

/// Rewrites leaf 5 everywhere below the signature: record, entry, and tiles.
#[test]
fn a_rewritten_history_is_narrowed_by_the_kept_checkpoints() {
    let mut log = Log::new();
    for _ in 0..4 {
        log.publish(3, |_| true);
    }
    let altered = b"{\"n\":5,\"s\":\"another\"}";
    let mut files = log.files.clone();
    let mut commitments = log.commitments.clone();
    commitments[5] = sha256(altered);
    let text = String::from_utf8(files[&records_path(0)].clone()).unwrap();
    let text = text.replace(&record(5), std::str::from_utf8(altered).unwrap());
    files.insert(records_path(0), text.into_bytes());
    let entries: Vec<[u8; 32]> = commitments.iter().map(|hash| hash.0).collect();
    files.insert("tile/entries/000.p/12".to_owned(), entries_bytes(&entries).unwrap());
    let hashes: Vec<u8> = commitments.iter().flat_map(|hash| leaf_hash(&hash.0).0).collect();
    files.insert(tile_path(0, 0, 12), hashes);
    let fault = check(&files, &log.keys()).unwrap_err();
    assert_eq!((fault.leaf, fault.path.as_str()), (Some(3), "checkpoints/6"));
    let signed = log.tree.root_at(6).unwrap();
    assert_eq!(fault.what, FaultKind::Root { from: 3, to: 6, signed });
    let only_newest = files.into_iter().filter(|(path, _)| !path.starts_with("checkpoints/")).collect();
    let fault = check(&only_newest, &log.keys()).unwrap_err();
    assert_eq!((fault.leaf, fault.path.as_str()), (Some(0), "checkpoint"));
}

#[test]
fn a_log_rolled_back_behind_a_kept_checkpoint_is_found() {
    let mut log = Log::new();
    log.publish(4, |_| true);
    let older = log.files["checkpoint"].clone();
    log.publish(4, |_| true);
    log.files.insert("checkpoint".to_owned(), older);
    let fault = check(&log.files, &log.keys()).unwrap_err();
    assert_eq!(fault.what, FaultKind::RolledBack { kept: 8, log: 4 });
    assert_eq!(fault.path, "checkpoints/8");
}

#[test]
fn a_kept_checkpoint_under_another_name_or_of_another_log_is_found() {
    let mut log = Log::new();
    log.publish(4, |_| true);
    let newest = log.files["checkpoint"].clone();
    let mut files = log.files.clone();
    files.insert("checkpoints/2".to_owned(), newest);
    let fault = check(&files, &log.keys()).unwrap_err();
    assert_eq!((fault.path.as_str(), fault.what), ("checkpoints/2", FaultKind::OtherSize { stated: 4 }));
    let other = LogKeys { origin: "bitacora/CO-US-MAR/US", ..log.keys() };
    assert!(matches!(check(&log.files, &other).unwrap_err().what, FaultKind::Checkpoint(_)));
}

#[test]
fn records_after_the_checkpoint_are_counted_and_never_shown() {
    let mut log = Log::new();
    log.publish(2, |_| true);
    log.files.get_mut(&records_path(0)).unwrap().extend_from_slice(b"{}\n{}\n");
    let (verified, seen) = check(&log.files, &log.keys()).unwrap();
    assert_eq!((verified.uncovered_records, seen.len()), (2, 2));
}

/// Keeps what it was asked for.
struct Asked<'f>(&'f BTreeMap<String, Vec<u8>>, std::cell::RefCell<Vec<(String, usize)>>);

impl LogFiles for Asked<'_> {
    fn read(&self, path: &str, max_bytes: usize) -> Result<Option<Vec<u8>>, String> {
        self.1.borrow_mut().push((path.to_owned(), max_bytes));
        self.0.read(path, max_bytes)
    }
    fn kept_sizes(&self) -> Result<Vec<u64>, String> {
        Ok(vec![u64::MAX, 0, 2, 2])
    }
}

#[test]
fn no_path_is_read_that_the_data_named() {
    let mut log = Log::new();
    log.publish(2, |_| true);
    log.files.insert("checkpoints/../../etc/passwd".to_owned(), b"x".to_vec());
    let files = Asked(&log.files, std::cell::RefCell::default());
    let fault = check_directory(&files, &log.keys(), |_| Ok::<(), LogFault>(())).unwrap_err();
    assert_eq!(fault.what, FaultKind::RolledBack { kept: u64::MAX, log: 2 });
    assert!(check(&log.files, &log.keys()).is_ok(), "a name that is no size is passed over");
    let listed = files.1.borrow();
    assert!(listed.iter().all(|(path, most)| !path.contains("..") && *most <= 64 << 20));
}

#[test]
fn a_checkpoint_of_absurd_size_reads_a_bundle_and_stops() {
    let log = Log::new();
    let note = log.checkpoint(u64::MAX, Hash([7; 32]));
    let files: BTreeMap<String, Vec<u8>> = [("checkpoint".to_owned(), note.into_bytes())].into();
    let fault = check(&files, &log.keys()).unwrap_err();
    assert_eq!((fault.leaf, fault.path.as_str()), (Some(0), "tile/entries/000"));
}

proptest! {
    #[test]
    fn any_bytes_in_any_file_are_checked_and_named(
        file in any::<prop::sample::Index>(),
        bytes in proptest::collection::vec(any::<u8>(), 0..400),
        sizes in proptest::collection::vec(0_u64..6, 0..4),
    ) {
        let mut log = Log::new();
        log.publish(3, |_| true);
        let path = file.get(&log.files.keys().cloned().collect::<Vec<_>>()).clone();
        let was = log.files.insert(path.clone(), bytes.clone());
        for size in sizes {
            log.files.entry(format!("checkpoints/{size}")).or_insert_with(|| bytes.clone());
        }
        match check(&log.files, &log.keys()) {
            Ok(_) => prop_assert_eq!(was, Some(bytes)),
            Err(fault) => prop_assert!(fault.path == path || fault.path.starts_with("checkpoints/"), "{fault}"),
        }
    }
}
