//! The ledger's leaves and checkpoints. A leaf is stored in the same transaction as the fact it commits to; the
//! store numbers leaves and never computes or checks a hash.

use bitacora_primitives::Instant;

use crate::link::{Cells, Link, args};
use crate::schema::OWN_LOG;
use crate::{Store, StoreError};

/// What the caller makes of a fact once its index is known.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Leaf {
    pub kind: String,
    pub recorded: Instant,
    /// The salted record in canonical JSON.
    pub record: String,
    pub hash: [u8; 32],
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LeafRow {
    pub index: u64,
    pub leaf: Leaf,
}

/// A signed checkpoint as published.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CheckpointRow {
    pub size: u64,
    pub recorded: Instant,
    pub note: String,
}

const LEAF_COLUMNS: &str = "leaf_index, kind, recorded, record, hash";

impl Store {
    /// Appends a leaf that stands for itself. The closure gets the index; durable when this returns.
    pub fn append_leaf(&self, make_leaf: impl FnOnce(u64) -> Leaf) -> Result<u64, StoreError> {
        self.write("appending to the log", |link| append(link, make_leaf))
    }

    /// Leaf hashes in order, from an index on: what a tree is built from.
    pub fn leaf_hashes(&self, from: u64) -> Result<Vec<[u8; 32]>, StoreError> {
        let doing = "reading the log";
        let sql = "SELECT leaf_index, hash FROM leaf WHERE log = $1 AND leaf_index >= $2 ORDER BY leaf_index";
        self.read(|link| {
            let mut hashes = Vec::new();
            for (expected, mut row) in (from..).zip(link.query(doing, sql, args![OWN_LOG, from])?) {
                if row.number::<u64>()? != expected {
                    return Err(StoreError::corrupt(format!("leaf {expected} of the log is missing")));
                }
                hashes.push(row.hash()?);
            }
            Ok(hashes)
        })
    }

    pub fn leaf(&self, index: u64) -> Result<Option<LeafRow>, StoreError> {
        let sql = format!("SELECT {LEAF_COLUMNS} FROM leaf WHERE log = $1 AND leaf_index = $2");
        self.read(|link| {
            link.query_first("reading the log", &sql, args![OWN_LOG, index])?.map(leaf).transpose()
        })
    }

    /// Newest first, below an index if given.
    pub fn leaves(&self, before: Option<u64>, limit: usize) -> Result<Vec<LeafRow>, StoreError> {
        let before = before.unwrap_or(i64::MAX as u64);
        let sql = format!(
            "SELECT {LEAF_COLUMNS} FROM leaf WHERE log = $1 AND leaf_index < $2 \
             ORDER BY leaf_index DESC LIMIT $3"
        );
        self.read(|link| {
            let rows = link.query("reading the log", &sql, args![OWN_LOG, before, limit])?;
            rows.into_iter().map(leaf).collect()
        })
    }

    /// `false` where a checkpoint of this size is stored already; the first one stays.
    pub fn store_checkpoint(&self, checkpoint: &CheckpointRow) -> Result<bool, StoreError> {
        let doing = "storing a checkpoint";
        self.write(doing, |link| {
            let added = link.execute(
                doing,
                "INSERT INTO log_checkpoint (log, size, recorded, note) VALUES ($1, $2, $3, $4) \
                 ON CONFLICT DO NOTHING",
                args![OWN_LOG, checkpoint.size, checkpoint.recorded, &checkpoint.note],
            )?;
            Ok(added == 1)
        })
    }

    /// The checkpoint of the largest size.
    pub fn latest_checkpoint(&self) -> Result<Option<CheckpointRow>, StoreError> {
        let sql = "SELECT size, recorded, note FROM log_checkpoint WHERE log = $1 ORDER BY size DESC LIMIT 1";
        self.read(|link| {
            let row = link.query_first("reading a checkpoint", sql, args![OWN_LOG])?;
            row.map(|mut row| {
                Ok(CheckpointRow { size: row.number()?, recorded: row.instant()?, note: row.text()? })
            })
            .transpose()
        })
    }
}

/// Numbers, makes and stores a leaf inside the caller's transaction.
pub(crate) fn append(link: &mut Link, make_leaf: impl FnOnce(u64) -> Leaf) -> Result<u64, StoreError> {
    let doing = "appending to the log";
    let next = "SELECT leaf_index + 1 FROM leaf WHERE log = $1 ORDER BY leaf_index DESC LIMIT 1";
    let index = match link.query_first(doing, next, args![OWN_LOG])? {
        Some(mut row) => row.number::<u64>()?,
        None => 0,
    };
    let leaf = make_leaf(index);
    let sql = "INSERT INTO leaf (log, leaf_index, kind, recorded, record, hash) \
               VALUES ($1, $2, $3, $4, $5, $6)";
    let values = args![OWN_LOG, index, &leaf.kind, leaf.recorded, &leaf.record, &leaf.hash];
    link.execute(doing, sql, values)?;
    Ok(index)
}

fn leaf(mut row: Cells) -> Result<LeafRow, StoreError> {
    Ok(LeafRow {
        index: row.number()?,
        leaf: Leaf { kind: row.text()?, recorded: row.instant()?, record: row.text()?, hash: row.hash()? },
    })
}
