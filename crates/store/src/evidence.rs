//! The raw lines that findings rest on, and samples of those refused. Never changes a byte of a line.

use bitacora_primitives::{EvidenceRef, Instant, Mmsi, SourceId};

use crate::link::{Cells, Link, args};
use crate::{Store, StoreError};

/// A line as it came.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RawLine {
    pub source: SourceId,
    pub line: u64,
    pub offset: Option<u64>,
    pub raw: Vec<u8>,
    pub sha256: [u8; 32],
    pub observed: Option<Instant>,
    pub mmsi: Option<Mmsi>,
}

/// A refused line with the reason. The caller bounds how many and how long; all are counted in the mark's tallies.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Quarantined {
    pub source: SourceId,
    pub line: u64,
    pub offset: Option<u64>,
    pub reason: String,
    pub detail: String,
    pub raw: Vec<u8>,
}

const RAW_COLUMNS: &str = "source, line, byte_offset, raw, sha256, observed, mmsi";

impl Store {
    pub fn evidence(&self, source: SourceId, line: u64) -> Result<Option<RawLine>, StoreError> {
        self.read(|link| evidence(link, source, line))
    }

    /// Those of `refs` whose lines are stored, in the order asked.
    pub fn evidence_of(&self, refs: &[EvidenceRef]) -> Result<Vec<RawLine>, StoreError> {
        self.read(|link| {
            let mut found = Vec::with_capacity(refs.len());
            for place in refs {
                found.extend(evidence(link, place.source, place.line)?);
            }
            Ok(found)
        })
    }

    /// Newest first.
    pub fn quarantine_samples(&self, limit: usize) -> Result<Vec<Quarantined>, StoreError> {
        let sql = "SELECT source, line, byte_offset, reason, detail, raw FROM quarantine \
                   ORDER BY recorded DESC, source, line DESC LIMIT $1";
        self.read(|link| {
            let rows = link.query("listing refused lines", sql, args![limit])?;
            rows.into_iter().map(quarantined).collect()
        })
    }
}

fn evidence(link: &mut Link, source: SourceId, line: u64) -> Result<Option<RawLine>, StoreError> {
    let sql = format!("SELECT {RAW_COLUMNS} FROM evidence WHERE source = $1 AND line = $2");
    link.query_first("reading evidence", &sql, args![source, line])?.map(raw_line).transpose()
}

pub(crate) fn insert_raw_line(link: &mut Link, line: &RawLine) -> Result<u64, StoreError> {
    let sql = format!(
        "INSERT INTO evidence ({RAW_COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING"
    );
    let raw = line.raw.as_slice();
    let values = args![line.source, line.line, line.offset, raw, &line.sha256, line.observed, line.mmsi];
    link.execute("storing evidence", &sql, values)
}

pub(crate) fn insert_quarantined(
    link: &mut Link,
    refused: &Quarantined,
    recorded: Instant,
) -> Result<u64, StoreError> {
    let sql = "INSERT INTO quarantine (source, line, byte_offset, reason, detail, raw, recorded) \
               VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING";
    // PostgreSQL's text holds no NUL; a detail may quote one from a binary line.
    let detail = refused.detail.replace('\0', "\u{fffd}");
    let values = args![
        refused.source,
        refused.line,
        refused.offset,
        &refused.reason,
        detail,
        refused.raw.as_slice(),
        recorded
    ];
    link.execute("storing a refused line", sql, values)
}

fn raw_line(mut row: Cells) -> Result<RawLine, StoreError> {
    Ok(RawLine {
        source: row.id()?,
        line: row.number()?,
        offset: row.opt_number()?,
        raw: row.bytes()?,
        sha256: row.hash()?,
        observed: row.opt_instant()?,
        mmsi: row.opt_mmsi()?,
    })
}

fn quarantined(mut row: Cells) -> Result<Quarantined, StoreError> {
    Ok(Quarantined {
        source: row.id()?,
        line: row.number()?,
        offset: row.opt_number()?,
        reason: row.text()?,
        detail: row.text()?,
        raw: row.bytes()?,
    })
}
