//! Pages of a collection, in the order of `date_added`. Each sees one state of the database: rows that come in while it is
//! read come after it.

use bitacora_primitives::Instant;

use super::streams::{Reach, Selection};
use super::{Filter, ManifestRow, ObjectRow, Page, SpecVersions, TaxiiStore, Versions, collections};
use crate::StoreError;
use crate::link::{Cells, Link, Value, placeholders};

/// A page holds no more rows than this, whatever limit is asked for.
pub const LONGEST_PAGE: usize = 10_000;

/// How often a page that came out short is gone on with, before it is given as it is.
const ROUNDS: usize = 8;

/// Rows that one statement fetches. A shorter list is filled up with its last, so that there are two statements.
const FETCHED: [usize; 2] = [8, 128];

const READING: &str = "reading a collection's objects";
pub(super) const MANIFEST: &str = "o.date_added, o.id, o.type, o.spec_version, o.version, o.hash, o.platform";

/// What a page is made of.
pub(super) trait Fetched: Sized {
    const SELECT: &'static str;
    const HAS_CONTENT: bool;
    fn read(row: &mut Cells) -> Result<Self, StoreError>;
    fn manifest(&self) -> &ManifestRow;
}

impl Fetched for ManifestRow {
    const SELECT: &'static str = "FROM taxii_object o";
    const HAS_CONTENT: bool = false;
    fn read(row: &mut Cells) -> Result<Self, StoreError> {
        Ok(Self {
            date_added: row.instant()?,
            id: row.text()?,
            object_type: row.text()?,
            spec_version: row.text()?,
            version: row.instant()?,
            hash: row.hash()?,
            platform: row.opt_text()?,
        })
    }
    fn manifest(&self) -> &ManifestRow {
        self
    }
}

impl Fetched for ObjectRow {
    const SELECT: &'static str =
        ", c.content FROM taxii_object o JOIN taxii_content c ON c.date_added = o.date_added";
    const HAS_CONTENT: bool = true;
    fn read(row: &mut Cells) -> Result<Self, StoreError> {
        Ok(Self { manifest: ManifestRow::read(row)?, content: row.bytes()? })
    }
    fn manifest(&self) -> &ManifestRow {
        &self.manifest
    }
}

impl TaxiiStore {
    /// A page of objects after a position: a page's `next`, or a `date_added`. At most `limit` rows and [`LONGEST_PAGE`],
    /// and as many as have no more than `bytes` of content together; the first is given whatever its size.
    pub fn objects(
        &self,
        collection: &str,
        filter: &Filter,
        after: Option<Instant>,
        limit: usize,
        bytes: usize,
    ) -> Result<Page<ObjectRow>, StoreError> {
        self.page(collection, filter, after, limit, bytes)
    }

    /// As [`objects`](Self::objects), without their bytes.
    pub fn manifest(
        &self,
        collection: &str,
        filter: &Filter,
        after: Option<Instant>,
        limit: usize,
    ) -> Result<Page<ManifestRow>, StoreError> {
        self.page(collection, filter, after, limit, usize::MAX)
    }

    /// All versions of an object, in the order in which they were added.
    pub fn versions(
        &self,
        collection: &str,
        id: &str,
        spec_versions: SpecVersions,
        after: Option<Instant>,
        limit: usize,
    ) -> Result<Page<ManifestRow>, StoreError> {
        let (ids, versions) = (vec![id.to_owned()], Versions::ALL);
        let filter = Filter { ids, spec_versions, versions, ..Filter::default() };
        self.page(collection, &filter, after, limit, usize::MAX)
    }

    fn page<Row: Fetched>(
        &self,
        collection: &str,
        filter: &Filter,
        after: Option<Instant>,
        limit: usize,
        bytes: usize,
    ) -> Result<Page<Row>, StoreError> {
        let limit = limit.clamp(1, LONGEST_PAGE);
        let begin = after.max(filter.added_after).map_or(i64::MIN, Instant::micros);
        self.database.snapshot(READING, |link| {
            let number = collections::number(link, READING, collection)?;
            let selection = Selection::of(link, number, filter)?;
            let mut page = Page { rows: Vec::new(), next: None };
            let (mut from, mut room) = (begin, Room { left: bytes, empty: true });
            for _ in 0..ROUNDS {
                let mut reach = selection.positions(link, from, limit - page.rows.len())?;
                let full = Row::HAS_CONTENT && room.cut(link, from, &mut reach)?;
                let Reach { positions, next } = reach;
                for row in fetch::<Row>(link, &positions)? {
                    let ManifestRow { id, spec_version, version, .. } = row.manifest();
                    if !selection.has_rivals() || selection.stands(link, id, spec_version, *version)? {
                        page.rows.push(row);
                    }
                }
                page.next = next.map(Instant::from_micros);
                match next {
                    Some(position) if page.rows.len() < limit && !full => from = position,
                    _ => break,
                }
            }
            Ok(page)
        })
    }
}

/// What a page may still take, in bytes of objects.
struct Room {
    left: usize,
    /// Nothing was taken yet: the first object goes in whatever its size, or there would be no way past it.
    empty: bool,
}

impl Room {
    /// Cuts off the positions, which begin after `from`, for whose objects there is no room; whether there were any.
    fn cut(&mut self, link: &mut Link, from: i64, reach: &mut Reach) -> Result<bool, StoreError> {
        let sizes = "SELECT LENGTH(content) FROM taxii_content";
        let mut fits = 0;
        for mut row in at_positions(link, &reach.positions, |list| {
            format!("{sizes} WHERE date_added IN {list} ORDER BY date_added")
        })? {
            let size: usize = row.number()?;
            if size > self.left && !self.empty {
                break;
            }
            self.left = self.left.saturating_sub(size);
            self.empty = false;
            fits += 1;
        }
        if fits == reach.positions.len() {
            return Ok(false);
        }
        reach.positions.truncate(fits);
        reach.next = Some(reach.positions.last().copied().unwrap_or(from));
        Ok(true)
    }
}

/// The rows at positions, which rise.
pub(super) fn fetch<Row: Fetched>(link: &mut Link, positions: &[i64]) -> Result<Vec<Row>, StoreError> {
    let select = Row::SELECT;
    let rows = at_positions(link, positions, |list| {
        format!("SELECT {MANIFEST} {select} WHERE o.date_added IN {list} ORDER BY o.date_added")
    })?;
    if rows.len() != positions.len() {
        return Err(StoreError::corrupt(format!("of {} objects {} are there", positions.len(), rows.len())));
    }
    rows.into_iter().map(|mut row| Row::read(&mut row)).collect()
}

/// What a statement gives for some positions, whose list it is told.
fn at_positions(
    link: &mut Link,
    positions: &[i64],
    sql: impl Fn(&str) -> String,
) -> Result<Vec<Cells>, StoreError> {
    let [few, many] = FETCHED;
    let mut rows = Vec::with_capacity(positions.len());
    for run in positions.chunks(many) {
        let size = if run.len() <= few { few } else { many };
        let filled = run.iter().chain(std::iter::repeat_n(run.last().unwrap_or(&0), size - run.len()));
        let values: Vec<Value> = filled.map(|position| Value::from(*position)).collect();
        rows.extend(link.query(READING, &sql(&placeholders(1, 1, &vec!["?"; size])), &values)?);
    }
    Ok(rows)
}
