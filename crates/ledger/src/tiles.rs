//! C2SP tlog-tiles: the names and bytes of the files that hold a log's hashes and entries, 256 to a file, and which of
//! them a publisher writes as the log grows. Never reads or writes a file itself.

use crate::hash::Hash;
use crate::tree::Tree;

/// Hashes in a full tile, entries in a full bundle, lines in a full file of records.
pub const TILE_WIDTH: u64 = 256;
/// Each tile spans eight levels of the tree.
pub const TILE_HEIGHT: u32 = 8;
/// Levels above this hold nothing: `256^8` is beyond any size.
pub const TILE_LEVELS: u8 = 8;

/// Why bytes are not a bundle of entries.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum EntriesError {
    #[error("entry {0} of the bundle is cut short")]
    CutShort(usize),
    #[error("the bundle has more than {0} entries")]
    TooMany(usize),
    #[error("entry {0} has more than 65535 bytes")]
    TooLong(usize),
}

/// What a file of the tree holds.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum TileKind {
    /// Hashes at a level: leaf hashes at 0, roots of full tiles of the level below above it.
    Hashes(u8),
    /// Entries, each before its length.
    Entries,
}

/// One file of the tree: full at width 256, partial below.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct TileRef {
    pub kind: TileKind,
    pub index: u64,
    pub width: u16,
}

impl TileRef {
    pub fn path(&self) -> String {
        match self.kind {
            TileKind::Hashes(level) => tile_path(level, self.index, self.width),
            TileKind::Entries => entries_path(self.index, self.width),
        }
    }
}

/// `tile/<L>/<N>[.p/<W>]`.
pub fn tile_path(level: u8, index: u64, width: u16) -> String {
    format!("tile/{level}/{}{}", index_path(index), partial(width))
}

/// `tile/entries/<N>[.p/<W>]`.
pub fn entries_path(index: u64, width: u16) -> String {
    format!("tile/entries/{}{}", index_path(index), partial(width))
}

/// `records/<N>.jsonl`: the opened records of bundle N, a line each. It grows in place and has no partial form.
pub fn records_path(index: u64) -> String {
    format!("records/{}.jsonl", index_path(index))
}

/// `checkpoints/<size>`: a cosigned checkpoint that is kept.
pub fn kept_checkpoint_path(size: u64) -> String {
    format!("checkpoints/{size}")
}

/// Groups of three digits, all but the last behind an `x`: 1234067 is `x001/x234/067`.
fn index_path(index: u64) -> String {
    let mut path = format!("{:03}", index % 1000);
    let mut rest = index / 1000;
    while rest > 0 {
        path = format!("x{:03}/{path}", rest % 1000);
        rest /= 1000;
    }
    path
}

fn partial(width: u16) -> String {
    if u64::from(width) >= TILE_WIDTH { String::new() } else { format!(".p/{width}") }
}

/// The bytes of a tile of hashes; `None` where the width is not 1 to 256 or the tree has not all of them.
pub fn tile_bytes(tree: &Tree, level: u8, index: u64, width: u16) -> Option<Vec<u8>> {
    if width == 0 || u64::from(width) > TILE_WIDTH || level >= TILE_LEVELS {
        return None;
    }
    let first = index.checked_mul(TILE_WIDTH)?;
    let height = u32::from(level) * TILE_HEIGHT;
    let mut bytes = Vec::with_capacity(usize::from(width) * 32);
    for offset in 0..u64::from(width) {
        let Hash(hash) = tree.complete(height, first.checked_add(offset)?)?;
        bytes.extend_from_slice(&hash);
    }
    Some(bytes)
}

/// The bytes of a bundle: each entry after its length as a big-endian `uint16`.
pub fn entries_bytes<E: AsRef<[u8]>>(entries: &[E]) -> Result<Vec<u8>, EntriesError> {
    let mut bytes = Vec::with_capacity(entries.iter().map(|entry| entry.as_ref().len() + 2).sum());
    for (number, entry) in entries.iter().enumerate() {
        let entry = entry.as_ref();
        let length = u16::try_from(entry.len()).map_err(|_| EntriesError::TooLong(number))?;
        bytes.extend_from_slice(&length.to_be_bytes());
        bytes.extend_from_slice(entry);
    }
    Ok(bytes)
}

/// Reads a bundle of at most `max` entries.
pub fn parse_entries(bytes: &[u8], max: usize) -> Result<Vec<Vec<u8>>, EntriesError> {
    let mut entries = Vec::new();
    let mut rest = bytes;
    while !rest.is_empty() {
        let number = entries.len();
        if number == max {
            return Err(EntriesError::TooMany(max));
        }
        let (entry, after) = split_entry(rest).ok_or(EntriesError::CutShort(number))?;
        entries.push(entry.to_vec());
        rest = after;
    }
    Ok(entries)
}

/// The first entry of a bundle, and what follows it.
pub(crate) fn split_entry(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = bytes.split_first_chunk::<2>()?;
    rest.split_at_checked(usize::from(u16::from_be_bytes(*length)))
}

/// What a publisher writes so that a directory that serves `old_size` leaves serves `new_size`: at each level the tiles
/// filled since, and the partial one at the right edge where it is new. Entries first, then hashes from the leaves
/// up, so that no file names what is not there yet; the checkpoint follows them all. Empty unless the log grew.
pub fn tiles_to_write(old_size: u64, new_size: u64) -> Vec<TileRef> {
    let mut tiles = Vec::new();
    grown(TileKind::Entries, old_size, new_size, &mut tiles);
    for level in 0..TILE_LEVELS {
        let hashes = |size: u64| size >> (u32::from(level) * TILE_HEIGHT);
        grown(TileKind::Hashes(level), hashes(old_size), hashes(new_size), &mut tiles);
    }
    tiles
}

/// The tiles of one level that differ between `old` and `new` hashes.
fn grown(kind: TileKind, old: u64, new: u64, tiles: &mut Vec<TileRef>) {
    if old >= new {
        return;
    }
    let full = (old / TILE_WIDTH)..(new / TILE_WIDTH);
    tiles.extend(full.map(|index| TileRef { kind, index, width: TILE_WIDTH as u16 }));
    let edge = (new % TILE_WIDTH) as u16;
    if edge > 0 {
        tiles.push(TileRef { kind, index: new / TILE_WIDTH, width: edge });
    }
}
