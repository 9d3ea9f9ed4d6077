//! Where a row stands among the rows of its object, kept in each row so that a page of latest versions is read from an index
//! alone, however many older versions there are. Knows nothing of requests and pages.
//!
//! INVARIANT: in each collection, of each object's rows those of the newest spec version have [`NEWEST_SPEC`], and of each
//! of its spec versions exactly the row of the latest version has [`LAST`] and that of the earliest [`FIRST`].

use bitacora_primitives::Instant;

use crate::StoreError;
use crate::link::{Link, args};

/// The bits of `class`.
pub(super) mod class {
    pub(in crate::taxii) const NEWEST_SPEC: i64 = 1;
    pub(in crate::taxii) const LAST: i64 = 2;
    pub(in crate::taxii) const FIRST: i64 = 4;
}
use class::{FIRST, LAST, NEWEST_SPEC};

/// The only row of its object.
pub(super) const ONLY: i64 = NEWEST_SPEC + LAST + FIRST;

const DOING: &str = "ordering an object's versions";
const OF_SPEC: &str = "collection = $1 AND id = $2 AND spec_version = $3";

/// The class of a row that is about to be inserted; rows that stood there before give up theirs.
pub(super) fn take_place(
    link: &mut Link,
    collection: i64,
    id: &str,
    spec: &str,
    version: Instant,
) -> Result<i64, StoreError> {
    let newest = newest_spec(link, collection, id)?;
    let ends = ends(link, collection, id, spec)?;
    let mut class = 0;
    if newest.as_deref().is_none_or(|newest| spec >= newest) {
        class += NEWEST_SPEC;
    }
    if let Some(older) = newest.filter(|newest| spec > newest.as_str()) {
        let sql = format!("UPDATE taxii_live SET class = class - {NEWEST_SPEC} WHERE {OF_SPEC}");
        link.execute(DOING, &sql, args![collection, id, &older])?;
    }
    let mut displace = |bit: i64, from: Instant| {
        let sql = format!("UPDATE taxii_live SET class = class - {bit} WHERE {OF_SPEC} AND version = $4");
        link.execute(DOING, &sql, args![collection, id, spec, from])
    };
    match ends {
        None => class += LAST + FIRST,
        Some((_, last)) if version > last => {
            displace(LAST, last)?;
            class += LAST;
        }
        Some((first, _)) if version < first => {
            displace(FIRST, first)?;
            class += FIRST;
        }
        Some(_) => {}
    }
    Ok(class)
}

/// Puts those that are left in the places of rows that were deleted.
pub(super) fn close_ranks(link: &mut Link, collection: i64, id: &str, spec: &str) -> Result<(), StoreError> {
    if let Some((first, last)) = ends(link, collection, id, spec)? {
        for (bit, version) in [(FIRST, first), (LAST, last)] {
            let sql = format!(
                "UPDATE taxii_live SET class = class + {bit} WHERE {OF_SPEC} AND version = $4 \
                 AND (class & {bit}) = 0"
            );
            link.execute(DOING, &sql, args![collection, id, spec, version])?;
        }
    }
    let Some(newest) = newest_spec(link, collection, id)? else { return Ok(()) };
    let sql = format!(
        "UPDATE taxii_live SET class = class + {NEWEST_SPEC} WHERE {OF_SPEC} AND (class & {NEWEST_SPEC}) = 0"
    );
    link.execute(DOING, &sql, args![collection, id, &newest])?;
    Ok(())
}

/// The newest spec version that the collection has of an object.
pub(super) fn newest_spec(link: &mut Link, collection: i64, id: &str) -> Result<Option<String>, StoreError> {
    let sql = "SELECT MAX(spec_version) FROM taxii_live WHERE collection = $1 AND id = $2";
    let row = link.query_first(DOING, sql, args![collection, id])?;
    Ok(row.map(|mut row| row.opt_text()).transpose()?.flatten())
}

/// The earliest and the latest version of an object in a spec version.
pub(super) fn ends(
    link: &mut Link,
    collection: i64,
    id: &str,
    spec: &str,
) -> Result<Option<(Instant, Instant)>, StoreError> {
    // Two questions: SQLite answers MIN and MAX from an index only where each stands alone.
    let sql = format!(
        "SELECT (SELECT MIN(version) FROM taxii_live WHERE {OF_SPEC}), \
         (SELECT MAX(version) FROM taxii_live WHERE {OF_SPEC})"
    );
    let Some(mut row) = link.query_first(DOING, &sql, args![collection, id, spec])? else { return Ok(None) };
    Ok(row.opt_instant()?.zip(row.opt_instant()?))
}
