//! Who a station said it is: one row whenever that changed. Never merges two numbers into one vessel.

use bitacora_primitives::{EvidenceRef, Instant, Mmsi};

use crate::link::{Cells, Link, args};
use crate::{Store, StoreError};

/// What a number called itself from `since` on.
#[derive(Clone, PartialEq, Debug)]
pub struct IdentityRow {
    pub mmsi: Mmsi,
    pub since: Instant,
    pub name: Option<String>,
    pub call_sign: Option<String>,
    pub imo: Option<u32>,
    pub ship_type: Option<u8>,
    pub length_m: Option<u16>,
    pub beam_m: Option<u16>,
    pub draught_m: Option<f32>,
    pub destination: Option<String>,
    /// The caller's code of the station kind.
    pub station: u8,
    pub evidence: EvidenceRef,
}

const COLUMNS: &str = "mmsi, since, name, call_sign, imo, ship_type, length_m, beam_m, draught_m, \
                       destination, station, source, line, byte_offset";
const NEWEST_FIRST: &str = "since DESC, line DESC, source";

impl Store {
    /// The newest identity, or the one that held at a time.
    pub fn identity(&self, mmsi: Mmsi, at: Option<Instant>) -> Result<Option<IdentityRow>, StoreError> {
        let latest = at.unwrap_or(Instant::from_micros(i64::MAX));
        let sql = format!(
            "SELECT {COLUMNS} FROM identity WHERE mmsi = $1 AND since <= $2 ORDER BY {NEWEST_FIRST} LIMIT 1"
        );
        self.read(|link| {
            link.query_first("reading an identity", &sql, args![mmsi, latest])?.map(identity).transpose()
        })
    }

    /// All identities of a number, newest first.
    pub fn identities(&self, mmsi: Mmsi) -> Result<Vec<IdentityRow>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM identity WHERE mmsi = $1 ORDER BY {NEWEST_FIRST}");
        self.read(|link| {
            let rows = link.query("listing identities", &sql, args![mmsi])?;
            rows.into_iter().map(identity).collect()
        })
    }

    /// The newest identity of every number, in order of number.
    pub fn latest_identities(&self) -> Result<Vec<IdentityRow>, StoreError> {
        let sql = format!(
            "SELECT {COLUMNS} FROM (SELECT {COLUMNS}, \
             ROW_NUMBER() OVER (PARTITION BY mmsi ORDER BY {NEWEST_FIRST}) AS place FROM identity) ranked \
             WHERE place = 1 ORDER BY mmsi"
        );
        self.read(|link| link.query("listing identities", &sql, &[])?.into_iter().map(identity).collect())
    }
}

pub(crate) fn insert_identity(link: &mut Link, row: &IdentityRow) -> Result<u64, StoreError> {
    let sql = format!(
        "INSERT INTO identity ({COLUMNS}) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) ON CONFLICT DO NOTHING"
    );
    let values = args![
        row.mmsi,
        row.since,
        row.name.as_ref(),
        row.call_sign.as_ref(),
        row.imo,
        row.ship_type,
        row.length_m,
        row.beam_m,
        row.draught_m.map(f64::from),
        row.destination.as_ref(),
        row.station,
        row.evidence.source,
        row.evidence.line,
        row.evidence.offset
    ];
    link.execute("storing an identity", &sql, values)
}

fn identity(mut row: Cells) -> Result<IdentityRow, StoreError> {
    Ok(IdentityRow {
        mmsi: row.mmsi()?,
        since: row.instant()?,
        name: row.opt_text()?,
        call_sign: row.opt_text()?,
        imo: row.opt_number()?,
        ship_type: row.opt_number()?,
        length_m: row.opt_number()?,
        beam_m: row.opt_number()?,
        draught_m: row.opt_real()?.map(|metres| metres as f32),
        destination: row.opt_text()?,
        station: row.number()?,
        evidence: EvidenceRef { source: row.id()?, line: row.number()?, offset: row.opt_number()? },
    })
}
