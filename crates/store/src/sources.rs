//! Recordings and feeds, and how far each is stored. Never counts a line as stored above its latest mark.

use std::collections::BTreeMap;

use bitacora_primitives::{Instant, SourceId};

use crate::link::{Cells, Link, args};
use crate::{Store, StoreError};

/// A recording or a live feed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Source {
    pub id: SourceId,
    /// `ais` or `positions`.
    pub kind: String,
    pub name: String,
    /// Path or address as given.
    pub location: String,
    /// Where the raw bytes of a live feed are kept.
    pub raw_path: Option<String>,
    pub first_seen: Instant,
}

/// Totals since a source's first line, by code: `lines`, `messages`, `ignored`, `late`, `refused:checksum`, ...
/// Cumulative, so that a line read again is not counted again.
pub type Tallies = BTreeMap<String, u64>;

/// Everything up to and including this line survives any crash.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Mark {
    pub source: SourceId,
    /// Counts the source's commits, from 1.
    pub batch: u64,
    pub line: u64,
    /// Byte after the line's end, where reading goes on; `None` where the source has no bytes.
    pub offset: Option<u64>,
    pub recorded: Instant,
    pub tallies: Tallies,
}

const MARK_COLUMNS: &str = "source, batch, line, byte_offset, recorded, tallies";

impl Store {
    /// `true` for a new source. A known id keeps its first registration.
    pub fn register_source(&self, source: &Source) -> Result<bool, StoreError> {
        let doing = "registering a source";
        self.write(doing, |link| {
            let added = link.execute(
                doing,
                "INSERT INTO source (id, kind, name, location, raw_path, first_seen) \
                 VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING",
                args![
                    source.id,
                    &source.kind,
                    &source.name,
                    &source.location,
                    source.raw_path.as_ref(),
                    source.first_seen
                ],
            )?;
            Ok(added == 1)
        })
    }

    /// In order of registration.
    pub fn sources(&self) -> Result<Vec<Source>, StoreError> {
        let sql = "SELECT id, kind, name, location, raw_path, first_seen FROM source ORDER BY first_seen, id";
        self.read(|link| link.query("listing sources", sql, &[])?.into_iter().map(source).collect())
    }

    pub fn source(&self, id: SourceId) -> Result<Option<Source>, StoreError> {
        let sql = "SELECT id, kind, name, location, raw_path, first_seen FROM source WHERE id = $1";
        self.read(|link| link.query_first("reading a source", sql, args![id])?.map(source).transpose())
    }

    pub fn latest_mark(&self, source: SourceId) -> Result<Option<Mark>, StoreError> {
        self.read(|link| latest_mark(link, source))
    }

    /// One mark for each source that has any.
    pub fn latest_marks(&self) -> Result<Vec<Mark>, StoreError> {
        let sql = format!(
            "SELECT {MARK_COLUMNS} FROM mark m WHERE batch = \
             (SELECT MAX(batch) FROM mark n WHERE n.source = m.source) ORDER BY source"
        );
        self.read(|link| link.query("reading marks", &sql, &[])?.into_iter().map(mark).collect())
    }
}

pub(crate) fn latest_mark(link: &mut Link, source: SourceId) -> Result<Option<Mark>, StoreError> {
    let sql = format!("SELECT {MARK_COLUMNS} FROM mark WHERE source = $1 ORDER BY batch DESC LIMIT 1");
    link.query_first("reading a mark", &sql, args![source])?.map(mark).transpose()
}

pub(crate) fn insert_mark(link: &mut Link, mark: &Mark) -> Result<(), StoreError> {
    let doing = "advancing a mark";
    let tallies = serde_json::to_string(&mark.tallies)
        .map_err(|error| StoreError::corrupt(format!("tallies are no JSON: {error}")))?;
    let sql = format!("INSERT INTO mark ({MARK_COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6)");
    let values = args![mark.source, mark.batch, mark.line, mark.offset, mark.recorded, tallies];
    link.execute(doing, &sql, values)?;
    Ok(())
}

fn source(mut row: Cells) -> Result<Source, StoreError> {
    Ok(Source {
        id: row.id()?,
        kind: row.text()?,
        name: row.text()?,
        location: row.text()?,
        raw_path: row.opt_text()?,
        first_seen: row.instant()?,
    })
}

fn mark(mut row: Cells) -> Result<Mark, StoreError> {
    Ok(Mark {
        source: row.id()?,
        batch: row.number()?,
        line: row.number()?,
        offset: row.opt_number()?,
        recorded: row.instant()?,
        tallies: serde_json::from_str(&row.text()?)
            .map_err(|error| StoreError::corrupt(format!("tallies of a mark are no JSON: {error}")))?,
    })
}
