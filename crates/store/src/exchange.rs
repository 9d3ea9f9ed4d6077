//! Logs of agreements, sealed items and the offers behind them. Rows that belong together are committed together; the
//! store numbers nothing and checks no hash: `exchange` has done both.

use std::path::Path;

use bitacora_primitives::{Instant, ReleaseId};

use crate::database::Database;
use crate::link::{Cells, Link, Place, args};
use crate::{StoreError, folder, schema};

/// A leaf of a log, ours or a mirrored one; without a record, its commitment alone is known.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StoredLeaf {
    pub party: String,
    pub index: u64,
    pub kind: Option<String>,
    pub recorded: Instant,
    pub commitment: [u8; 32],
    pub record: Option<String>,
}

/// A signed checkpoint with its cosignatures; a later one of the same size has more of them.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct KeptCheckpoint {
    pub party: String,
    pub size: u64,
    pub recorded: Instant,
    pub note: String,
}

/// What one step of an agreement's side wants kept.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct NewRows {
    pub leaves: Vec<StoredLeaf>,
    pub sealed: Vec<(ReleaseId, Vec<u8>)>,
    pub offers: Vec<(ReleaseId, String)>,
    pub checkpoints: Vec<KeptCheckpoint>,
}

/// The exchange's own database: `exchange.sqlite` in the data folder, or tables of their own in PostgreSQL.
pub struct ExchangeStore {
    database: Database,
}

impl std::fmt::Debug for ExchangeStore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ExchangeStore").finish_non_exhaustive()
    }
}

const DOING: &str = "storing what an agreement's log holds";
const READING: &str = "reading an agreement's log";
const LEAF: &str = "party, leaf_index, kind, recorded, commitment, record";

impl ExchangeStore {
    pub fn open(at: &Path, database: Option<&str>) -> Result<Self, StoreError> {
        folder::prepare(at)?;
        let place = Place::of(at, "exchange.sqlite", database)?;
        Ok(Self { database: Database::open(place, schema::EXCHANGE)? })
    }

    /// Opens what is there, to read alone, also beside a node that writes. `None` where no agreement was at work yet.
    pub fn open_to_read(at: &Path, database: Option<&str>) -> Result<Option<Self>, StoreError> {
        let place = Place::of(at, "exchange.sqlite", database)?;
        Ok(Database::open_to_read(place, schema::EXCHANGE)?.map(|database| Self { database }))
    }

    /// Keeps all rows or none; durable when this returns `Ok`. A leaf that is there already is an error: two writers
    /// of one log would be two histories.
    pub fn keep(&self, agreement: &str, rows: &NewRows) -> Result<(), StoreError> {
        self.database.write(DOING, |link| {
            for leaf in &rows.leaves {
                link.execute(
                    DOING,
                    "INSERT INTO exchange_leaf (agreement, party, leaf_index, kind, recorded, commitment, record) \
                     VALUES ($1, $2, $3, $4, $5, $6, $7)",
                    args![
                        agreement,
                        &leaf.party,
                        leaf.index,
                        leaf.kind.clone(),
                        leaf.recorded,
                        &leaf.commitment,
                        leaf.record.clone()
                    ],
                )?;
            }
            for (release, sealed) in &rows.sealed {
                let sql = "INSERT INTO exchange_sealed (release_id, agreement, sealed) VALUES ($1, $2, $3)";
                link.execute(DOING, sql, args![*release, agreement, sealed.as_slice()])?;
            }
            for (release, offer) in &rows.offers {
                let sql = "INSERT INTO exchange_offer (release_id, agreement, offer) VALUES ($1, $2, $3)";
                link.execute(DOING, sql, args![*release, agreement, offer])?;
            }
            rows.checkpoints.iter().try_for_each(|kept| keep_checkpoint(link, agreement, kept))
        })
    }

    /// Leaves of one log in order, at most `limit`; stops before a hole.
    pub fn leaves(
        &self,
        agreement: &str,
        party: &str,
        from: u64,
        limit: usize,
    ) -> Result<Vec<StoredLeaf>, StoreError> {
        let sql = format!(
            "SELECT {LEAF} FROM exchange_leaf WHERE agreement = $1 AND party = $2 AND leaf_index >= $3 \
             ORDER BY leaf_index LIMIT $4"
        );
        self.database.read(|link| {
            let mut leaves = Vec::new();
            let rows = link.query(READING, &sql, args![agreement, party, from, limit])?;
            for (expected, row) in (from..).zip(rows) {
                let leaf = leaf(row)?;
                if leaf.index != expected {
                    return Err(StoreError::corrupt(format!(
                        "leaf {expected} of the log of {party} is missing"
                    )));
                }
                leaves.push(leaf);
            }
            Ok(leaves)
        })
    }

    pub fn sealed(&self, release: ReleaseId) -> Result<Option<Vec<u8>>, StoreError> {
        let sql = "SELECT sealed FROM exchange_sealed WHERE release_id = $1";
        self.database.read(|link| {
            link.query_first(READING, sql, args![release])?.map(|mut row| row.bytes()).transpose()
        })
    }

    pub fn offer(&self, release: ReleaseId) -> Result<Option<String>, StoreError> {
        let sql = "SELECT offer FROM exchange_offer WHERE release_id = $1";
        self.database.read(|link| {
            link.query_first(READING, sql, args![release])?.map(|mut row| row.text()).transpose()
        })
    }

    /// The checkpoint of the largest size, with the most cosignatures it got.
    pub fn newest_checkpoint(
        &self,
        agreement: &str,
        party: &str,
    ) -> Result<Option<KeptCheckpoint>, StoreError> {
        let sql = "SELECT party, size, recorded, note FROM exchange_checkpoint \
                   WHERE agreement = $1 AND party = $2 ORDER BY size DESC, seq DESC LIMIT 1";
        self.database
            .read(|link| link.query_first(READING, sql, args![agreement, party])?.map(checkpoint).transpose())
    }

    /// Checkpoints above a size, by size, each with the most cosignatures it got.
    pub fn checkpoints(
        &self,
        agreement: &str,
        party: &str,
        above: u64,
    ) -> Result<Vec<KeptCheckpoint>, StoreError> {
        let sql = "SELECT party, size, recorded, note FROM exchange_checkpoint \
                   WHERE agreement = $1 AND party = $2 AND size > $3 ORDER BY size, seq";
        self.database.read(|link| {
            let mut kept: Vec<KeptCheckpoint> = Vec::new();
            for row in link.query(READING, sql, args![agreement, party, above])? {
                let row = checkpoint(row)?;
                if kept.last().is_some_and(|last| last.size == row.size) {
                    kept.pop();
                }
                kept.push(row);
            }
            Ok(kept)
        })
    }
}

fn keep_checkpoint(link: &mut Link, agreement: &str, kept: &KeptCheckpoint) -> Result<(), StoreError> {
    let next = "SELECT COALESCE(MAX(seq), -1) + 1 FROM exchange_checkpoint \
                WHERE agreement = $1 AND party = $2 AND size = $3";
    let seq: u64 = match link.query_first(DOING, next, args![agreement, &kept.party, kept.size])? {
        Some(mut row) => row.number()?,
        None => 0,
    };
    link.execute(
        DOING,
        "INSERT INTO exchange_checkpoint (agreement, party, size, seq, recorded, note) \
         VALUES ($1, $2, $3, $4, $5, $6)",
        args![agreement, &kept.party, kept.size, seq, kept.recorded, &kept.note],
    )?;
    Ok(())
}

fn leaf(mut row: Cells) -> Result<StoredLeaf, StoreError> {
    Ok(StoredLeaf {
        party: row.text()?,
        index: row.number()?,
        kind: row.opt_text()?,
        recorded: row.instant()?,
        commitment: row.hash()?,
        record: row.opt_text()?,
    })
}

fn checkpoint(mut row: Cells) -> Result<KeptCheckpoint, StoreError> {
    Ok(KeptCheckpoint {
        party: row.text()?,
        size: row.number()?,
        recorded: row.instant()?,
        note: row.text()?,
    })
}
