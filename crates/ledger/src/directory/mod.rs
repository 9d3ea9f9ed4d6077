//! The structural check of a log directory, offline: signatures, every tile and entry recomputed from the leaves up,
//! every opened record against its commitment, every kept checkpoint on the way. Memory does not grow with the log.
//! Never reads a path that the data named: all are made from indices here.

mod fault;
mod files;
mod frontier;

pub use fault::{FaultKind, LogFault};
pub use files::{LogFiles, MAX_RECORD_BYTES, MAX_RECORDS_FILE_BYTES};

use crate::checkpoint::Checkpoint;
use crate::cosign::{Cosignature, CosignerKey, cosignatures};
use crate::hash::{Hash, leaf_hash, sha256};
use crate::note::VerifierKey;
use crate::tiles::{
    TILE_HEIGHT, TILE_LEVELS, TILE_WIDTH, TileKind, TileRef, kept_checkpoint_path, records_path, split_entry,
};
use files::{LineSplit, MAX_NOTE_BYTES, read};
use frontier::Frontier;

/// Whose log it must be, and whose cosignatures count.
#[derive(Clone, Copy, Debug)]
pub struct LogKeys<'k> {
    pub origin: &'k str,
    /// All keys that the log has signed with.
    pub log: &'k [VerifierKey],
    pub cosigners: &'k [CosignerKey],
}

/// What the check comes by, in the order of the log. Everything before a checkpoint is covered by it.
#[derive(Debug)]
pub enum Seen<'s, 'k> {
    Leaf {
        index: u64,
        commitment: &'s Hash,
        /// The opened record, byte for byte what the leaf commits to; none where it is not opened to the holder.
        record: Option<&'s str>,
    },
    /// A kept checkpoint whose root is that of the leaves so far.
    Kept { checkpoint: &'s Checkpoint, cosigned: &'s [Cosignature<'k>] },
}

/// What holds when no fault was found.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct VerifiedLog<'k> {
    pub checkpoint: Checkpoint,
    /// The whole signed checkpoint.
    pub note: String,
    pub cosigned: Vec<Cosignature<'k>>,
    /// Leaves whose record was opened and matched.
    pub opened: u64,
    /// Lines of records after the last leaf that the checkpoint covers. Nothing vouches for them, and nobody was told
    /// of them.
    pub uncovered_records: u64,
}

/// Checks the directory and tells `on_seen` every leaf in order. Stops at the first fault and at the first error of
/// `on_seen`. What was told before a fault is not vouched for by the log's signature: it counts once this returns `Ok`.
pub fn check_directory<'k, E: From<LogFault>>(
    files: &dyn LogFiles,
    keys: &LogKeys<'k>,
    mut on_seen: impl FnMut(Seen<'_, 'k>) -> Result<(), E>,
) -> Result<VerifiedLog<'k>, E> {
    let opened = open_checkpoint(files, "checkpoint", keys)?.ok_or_else(|| LogFault {
        leaf: None,
        path: "checkpoint".to_owned(),
        what: FaultKind::Missing,
    })?;
    let size = opened.checkpoint.size;
    let mut kept = Kept::list(files, keys, size)?;
    let mut check = Check {
        files,
        size,
        frontier: Frontier::default(),
        tiles: Tiles::new(size),
        opened: 0,
        uncovered: 0,
    };
    kept.reached(&check.frontier, &mut on_seen)?;
    let mut bundle = 0;
    while check.frontier.size() < size {
        check.bundle(bundle, &mut kept, &mut on_seen)?;
        bundle += 1;
    }
    if check.frontier.root() != opened.checkpoint.root {
        let what = FaultKind::Root { from: kept.agreed, to: size, signed: opened.checkpoint.root };
        return Err(LogFault { leaf: Some(kept.agreed), path: "checkpoint".to_owned(), what }.into());
    }
    Ok(VerifiedLog {
        checkpoint: opened.checkpoint,
        note: opened.note,
        cosigned: opened.cosigned,
        opened: check.opened,
        uncovered_records: check.uncovered,
    })
}

struct Opened<'k> {
    checkpoint: Checkpoint,
    note: String,
    cosigned: Vec<Cosignature<'k>>,
}

fn open_checkpoint<'k>(
    files: &dyn LogFiles,
    path: &str,
    keys: &LogKeys<'k>,
) -> Result<Option<Opened<'k>>, LogFault> {
    let fault = |what| LogFault { leaf: None, path: path.to_owned(), what };
    let Some(bytes) = read(files, path, MAX_NOTE_BYTES, None)? else { return Ok(None) };
    let (note, checkpoint) = Checkpoint::open(&bytes, keys.origin, keys.log)
        .map_err(|error| fault(FaultKind::Checkpoint(error)))?;
    let cosigned =
        cosignatures(&note, keys.cosigners).map_err(|error| fault(FaultKind::Cosignature(error)))?;
    Ok(Some(Opened { checkpoint, note: note.to_string(), cosigned }))
}

/// The kept checkpoints, smallest last, and the largest that has agreed.
struct Kept<'f, 'k> {
    files: &'f dyn LogFiles,
    keys: LogKeys<'k>,
    sizes: Vec<u64>,
    agreed: u64,
}

impl<'f, 'k> Kept<'f, 'k> {
    fn list(files: &'f dyn LogFiles, keys: &LogKeys<'k>, log: u64) -> Result<Self, LogFault> {
        let fault = |path: String, what| LogFault { leaf: None, path, what };
        let listed = files.kept_sizes();
        let mut sizes = listed.map_err(|why| fault("checkpoints".to_owned(), FaultKind::Unreadable(why)))?;
        sizes.sort_unstable_by(|one, other| other.cmp(one));
        sizes.dedup();
        match sizes.first() {
            Some(&kept) if kept > log => {
                Err(fault(kept_checkpoint_path(kept), FaultKind::RolledBack { kept, log }))
            }
            _ => Ok(Self { files, keys: *keys, sizes, agreed: 0 }),
        }
    }

    /// Holds the tree so far against the checkpoint kept at its size, where there is one.
    fn reached<E: From<LogFault>>(
        &mut self,
        frontier: &Frontier,
        on_seen: &mut impl FnMut(Seen<'_, 'k>) -> Result<(), E>,
    ) -> Result<(), E> {
        let size = frontier.size();
        if self.sizes.last() != Some(&size) {
            return Ok(());
        }
        self.sizes.pop();
        let path = kept_checkpoint_path(size);
        let fault = |leaf, what| LogFault { leaf, path: path.clone(), what };
        let Opened { checkpoint, cosigned, .. } =
            open_checkpoint(self.files, &path, &self.keys)?.ok_or_else(|| fault(None, FaultKind::Missing))?;
        if checkpoint.size != size {
            return Err(fault(None, FaultKind::OtherSize { stated: checkpoint.size }).into());
        }
        if frontier.root() != checkpoint.root {
            let what = FaultKind::Root { from: self.agreed, to: size, signed: checkpoint.root };
            return Err(fault(Some(self.agreed), what).into());
        }
        self.agreed = size;
        on_seen(Seen::Kept { checkpoint: &checkpoint, cosigned: &cosigned })
    }
}

struct Check<'f> {
    files: &'f dyn LogFiles,
    size: u64,
    frontier: Frontier,
    tiles: Tiles,
    opened: u64,
    uncovered: u64,
}

impl Check<'_> {
    /// Up to 256 leaves: their entries, their records, and all tile hashes that they complete.
    fn bundle<'k, E: From<LogFault>>(
        &mut self,
        index: u64,
        kept: &mut Kept<'_, 'k>,
        on_seen: &mut impl FnMut(Seen<'_, 'k>) -> Result<(), E>,
    ) -> Result<(), E> {
        let first = self.frontier.size();
        let width = (self.size - first).min(TILE_WIDTH);
        let path = TileRef { kind: TileKind::Entries, index, width: width as u16 }.path();
        let records_path = records_path(index);
        let fault = |leaf, path: &str, what| LogFault { leaf: Some(leaf), path: path.to_owned(), what };
        let most = width as usize * (2 + 32);
        let entries = read(self.files, &path, most, Some(first))?
            .ok_or_else(|| fault(first, &path, FaultKind::Missing))?;
        let records = read(self.files, &records_path, MAX_RECORDS_FILE_BYTES, Some(first))?;
        let mut lines = records.as_deref().map(LineSplit::new);
        let mut rest = entries.as_slice();
        for leaf in first..first + width {
            let (entry, after) = split_entry(rest).ok_or_else(|| fault(leaf, &path, FaultKind::Entry))?;
            let commitment = <[u8; 32]>::try_from(entry).map(Hash);
            let commitment = commitment.map_err(|_| fault(leaf, &path, FaultKind::Entry))?;
            rest = after;
            let line = match &mut lines {
                None => None,
                Some(lines) => {
                    let line = lines.next().map_err(|what| fault(leaf, &records_path, what))?;
                    (!line.is_empty()).then_some(line)
                }
            };
            if let Some(stated) = line.map(sha256).filter(|stated| *stated != commitment) {
                // Two against one: where the tile has the record's commitment, it was the entry that was altered.
                let by_tile = self.tiles.hold(self.files, 0, leaf, &leaf_hash(&stated.0)).is_ok();
                let (path, what) =
                    if by_tile { (&path, FaultKind::OtherEntry) } else { (&records_path, FaultKind::Record) };
                return Err(fault(leaf, path, what).into());
            }
            let record = line.map(std::str::from_utf8).transpose();
            let record = record.map_err(|_| fault(leaf, &records_path, FaultKind::RecordNotText))?;
            let hash = leaf_hash(&commitment.0);
            let (files, tiles) = (self.files, &mut self.tiles);
            tiles.hold(files, 0, leaf, &hash)?;
            self.frontier.push(hash, |level, index, hash| tiles.hold(files, level, index, hash))?;
            self.opened += u64::from(record.is_some());
            on_seen(Seen::Leaf { index: leaf, commitment: &commitment, record })?;
            kept.reached(&self.frontier, on_seen)?;
        }
        let uncovered = lines.map_or(0, |lines| lines.remaining());
        if uncovered > 0 && width == TILE_WIDTH {
            return Err(fault(first + width, &records_path, FaultKind::Beyond).into());
        }
        self.uncovered = uncovered;
        Ok(())
    }
}

/// The tile being filled at each level, as read.
struct Tiles {
    size: u64,
    // At most one tile for each level: 64 KiB.
    current: Vec<(String, Vec<u8>)>,
}

impl Tiles {
    fn new(size: u64) -> Self {
        Self { size, current: vec![(String::new(), Vec::new()); usize::from(TILE_LEVELS)] }
    }

    /// Holds a computed hash against the tile it stands in, which is read when its first hash is due.
    fn hold(&mut self, files: &dyn LogFiles, level: u8, index: u64, hash: &Hash) -> Result<(), LogFault> {
        let height = u32::from(level) * TILE_HEIGHT;
        let leaf = index.checked_shl(height);
        let Some((path, tile)) = self.current.get_mut(usize::from(level)) else { return Ok(()) };
        let place = (index % TILE_WIDTH) as usize * 32;
        if place == 0 {
            let width = ((self.size >> height) - index).min(TILE_WIDTH) as u16;
            *path = TileRef { kind: TileKind::Hashes(level), index: index / TILE_WIDTH, width }.path();
            let most = usize::from(width) * 32;
            let bytes = read(files, path, most, leaf)?;
            *tile = bytes.ok_or_else(|| LogFault { leaf, path: path.clone(), what: FaultKind::Missing })?;
        }
        let what = match tile.get(place..place + 32) {
            None => FaultKind::TileShort,
            Some(found) if found == hash.0 => return Ok(()),
            Some(_) if level == 0 => FaultKind::LeafHash,
            Some(_) => FaultKind::NodeHash,
        };
        Err(LogFault { leaf, path: path.clone(), what })
    }
}
