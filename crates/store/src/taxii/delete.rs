//! Objects out of a collection: their bytes go, a row that they were there and when they went stays, and the order of what
//! is left is untouched.

use bitacora_primitives::Instant;

use super::page::{Fetched as _, MANIFEST, fetch};
use super::streams::{all_of_object, of_object};
use super::{ManifestRow, Page, Request, SpecVersions, TaxiiStore, Versions, collections, standing};
use crate::link::args;
use crate::{StoreError, log};

/// What is left of an object that was deleted.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DeletionRow {
    pub manifest: ManifestRow,
    pub deleted: Instant,
    /// The id of the request that asked for it.
    pub request: String,
}

const DOING: &str = "deleting objects from a collection";

impl TaxiiStore {
    /// Deletes versions of one object, all of those asked for or none; durable when this returns `Ok`. What was deleted, in the
    /// order of `date_added`: empty where nothing is as asked, and then nobody is asked. A version that is added again later is a new one.
    pub fn delete(
        &self,
        collection: &str,
        id: &str,
        spec_versions: &SpecVersions,
        versions: &Versions,
        request: &Request,
    ) -> Result<Vec<ManifestRow>, StoreError> {
        self.database.write(DOING, |link| {
            let number = collections::number(link, DOING, collection)?;
            let positions = if versions.all {
                all_of_object(link, number, id, spec_versions, i64::MIN, i64::MAX as usize)?.1
            } else {
                of_object(link, number, id, spec_versions, versions)?
            };
            let rows: Vec<ManifestRow> = fetch(link, &positions)?;
            if rows.is_empty() {
                return Ok(rows);
            }
            if let Some(admission) = self.admission.as_deref() {
                let leaf = admission.let_go(collection, request, &rows);
                if let Some(leaf) = leaf.map_err(|why| StoreError::NotAdmitted { why })? {
                    log::append(link, |_| leaf)?;
                }
            }
            for row in &rows {
                for sql in [
                    "DELETE FROM taxii_content WHERE date_added = $1",
                    "DELETE FROM taxii_live WHERE date_added = $1",
                ] {
                    link.execute(DOING, sql, args![row.date_added])?;
                }
                let sql = "INSERT INTO taxii_deletion (date_added, collection, deleted, request) \
                           VALUES ($1, $2, $3, $4)";
                link.execute(DOING, sql, args![row.date_added, number, request.at, &request.id])?;
            }
            let mut specs: Vec<&str> = rows.iter().map(|row| row.spec_version.as_str()).collect();
            specs.sort_unstable();
            specs.dedup();
            for spec in specs {
                standing::close_ranks(link, number, id, spec)?;
            }
            Ok(rows)
        })
    }

    /// What was deleted from a collection, in the order in which it had been added.
    pub fn deletions(
        &self,
        collection: &str,
        after: Option<Instant>,
        limit: usize,
    ) -> Result<Page<DeletionRow>, StoreError> {
        let doing = "reading what was deleted";
        let sql = format!(
            "SELECT {MANIFEST}, d.deleted, d.request FROM taxii_deletion d \
             JOIN taxii_object o ON o.date_added = d.date_added \
             WHERE d.collection = $1 AND d.date_added > $2 ORDER BY d.date_added LIMIT $3"
        );
        self.database.snapshot(doing, |link| {
            let number = collections::number(link, doing, collection)?;
            let after = after.map_or(i64::MIN, Instant::micros);
            let mut rows = Vec::new();
            for mut row in link.query(doing, &sql, args![number, after, limit.saturating_add(1)])? {
                let manifest = ManifestRow::read(&mut row)?;
                rows.push(DeletionRow { manifest, deleted: row.instant()?, request: row.text()? });
            }
            let more = rows.len() > limit;
            rows.truncate(limit);
            let next = rows.last().filter(|_| more).map(|row| row.manifest.date_added);
            Ok(Page { rows, next })
        })
    }
}
