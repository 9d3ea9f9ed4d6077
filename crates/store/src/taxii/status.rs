//! What became of each request, for a while: a client that lost the answer asks for the status by the request's id (TAXII 2.1,
//! section 4.3). Kept in the same transaction as the objects.

use bitacora_primitives::Instant;

use super::{Added, NewObject, Request, TaxiiStore};
use crate::StoreError;
use crate::link::{Cells, Value, args};

/// A request that was committed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StatusRow {
    pub id: String,
    /// The collection's id.
    pub collection: String,
    pub requested: Instant,
    /// What the request's note was.
    pub note: String,
    /// In the order of the request.
    pub entries: Vec<StatusEntry>,
}

/// One object of a request.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StatusEntry {
    pub id: String,
    pub added: Added,
}

const READING: &str = "reading a status";

impl TaxiiStore {
    /// The status of a request, unless it was pruned or none was to be kept.
    pub fn status(&self, id: &str) -> Result<Option<StatusRow>, StoreError> {
        let sql = "SELECT s.id, c.id, s.requested, s.note, s.outcome FROM taxii_status s \
                   JOIN taxii_collection c ON c.number = s.collection WHERE s.id = $1";
        self.database.read(|link| link.query_first(READING, sql, args![id])?.map(status).transpose())
    }

    /// Lets go of the statuses of requests made before a moment, and of the oldest beyond `keep`. How many went.
    pub fn prune_statuses(&self, before: Instant, keep: usize) -> Result<u64, StoreError> {
        let doing = "letting old statuses go";
        self.database.write(doing, |link| {
            let old = link.execute(doing, "DELETE FROM taxii_status WHERE requested < $1", args![before])?;
            let beyond = "DELETE FROM taxii_status WHERE id IN \
                          (SELECT id FROM taxii_status ORDER BY requested DESC, id LIMIT $1 OFFSET $2)";
            Ok(old + link.execute(doing, beyond, args![i64::MAX, keep])?)
        })
    }
}

pub(super) const COLUMNS: &str = "taxii_status (id, collection, requested, note, outcome)";

/// A row of [`COLUMNS`].
pub(super) fn row(
    collection: i64,
    request: &Request,
    note: &str,
    objects: &[NewObject],
    added: &[Added],
) -> [Value; 5] {
    let entries: Vec<serde_json::Value> = objects
        .iter()
        .zip(added)
        .map(|(object, added)| {
            let kind = match added {
                Added::Stored { .. } => STORED,
                Added::AlreadyThere { same: true, .. } => SAME,
                Added::AlreadyThere { same: false, .. } => OTHER,
            };
            serde_json::json!([object.id, added.date_added().micros(), added.version().micros(), kind])
        })
        .collect();
    let outcome = serde_json::Value::Array(entries).to_string();
    [(&request.id).into(), collection.into(), request.at.into(), note.into(), outcome.into()]
}

/// The last number of an entry, `[id, date_added, version, kind]`.
const STORED: i64 = 0;
const SAME: i64 = 1;
const OTHER: i64 = 2;

fn status(mut row: Cells) -> Result<StatusRow, StoreError> {
    let (id, collection, requested, note) = (row.text()?, row.text()?, row.instant()?, row.text()?);
    let wrong = || StoreError::corrupt(format!("the status {id} is none"));
    let listed: Vec<(String, i64, i64, i64)> = serde_json::from_str(&row.text()?).map_err(|_| wrong())?;
    let entries = listed
        .into_iter()
        .map(|(object, date_added, version, kind)| {
            let (date_added, version) = (Instant::from_micros(date_added), Instant::from_micros(version));
            let added = match kind {
                STORED => Added::Stored { date_added, version },
                SAME | OTHER => Added::AlreadyThere { date_added, version, same: kind == SAME },
                _ => return Err(wrong()),
            };
            Ok(StatusEntry { id: object, added })
        })
        .collect::<Result<_, StoreError>>()?;
    Ok(StatusRow { id, collection, requested, note, entries })
}
