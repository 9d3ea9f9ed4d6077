//! Which collections there are. A collection that was closed takes no more objects and is still read; who may do what is
//! not decided here.

use bitacora_primitives::Instant;

use super::TaxiiStore;
use crate::StoreError;
use crate::link::{Cells, Link, args};

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NewCollection {
    /// A UUID (TAXII 2.1, 5.2).
    pub id: String,
    /// A name that may stand for the id in addresses; no other collection can take it, ever.
    pub alias: Option<String>,
    pub title: String,
    pub registered: Instant,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CollectionRow {
    pub collection: NewCollection,
    /// Since when it takes no more objects.
    pub closed: Option<Instant>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Registered {
    New,
    /// The id is known; this is what stands, nothing was changed.
    AlreadyThere(CollectionRow),
    /// The alias is another collection's, whose id this is.
    AliasTaken(String),
}

const DOING: &str = "registering a collection";
const READING: &str = "reading the collections";
const COLUMNS: &str = "c.id, c.alias, c.title, c.registered, e.closed FROM taxii_collection c \
                       LEFT JOIN taxii_collection_end e ON e.collection = c.number";

impl TaxiiStore {
    pub fn register_collection(&self, new: &NewCollection) -> Result<Registered, StoreError> {
        self.database.write(DOING, |link| {
            let known = format!("SELECT {COLUMNS} WHERE c.id = $1");
            if let Some(row) = link.query_first(DOING, &known, args![&new.id])? {
                return Ok(Registered::AlreadyThere(collection(row)?));
            }
            let taken = "SELECT id FROM taxii_collection WHERE alias = $1";
            if let Some(mut row) = link.query_first(DOING, taken, args![new.alias.as_ref()])? {
                return Ok(Registered::AliasTaken(row.text()?));
            }
            link.execute(
                DOING,
                "INSERT INTO taxii_collection (number, id, alias, title, registered) \
                 VALUES ((SELECT COALESCE(MAX(number), 0) + 1 FROM taxii_collection), $1, $2, $3, $4)",
                args![&new.id, new.alias.as_ref(), &new.title, new.registered],
            )?;
            Ok(Registered::New)
        })
    }

    /// No more objects go in once this returns. `false` where it was closed before; the first moment stays.
    pub fn close_collection(&self, id: &str, closed: Instant) -> Result<bool, StoreError> {
        let doing = "closing a collection";
        self.database.write(doing, |link| {
            let number = number(link, doing, id)?;
            let sql = "INSERT INTO taxii_collection_end (collection, closed) VALUES ($1, $2) \
                       ON CONFLICT DO NOTHING";
            Ok(link.execute(doing, sql, args![number, closed])? == 1)
        })
    }

    /// All collections in the order in which they were registered, the closed ones too.
    pub fn collections(&self) -> Result<Vec<CollectionRow>, StoreError> {
        let sql = format!("SELECT {COLUMNS} ORDER BY c.number");
        self.database.read(|link| link.query(READING, &sql, &[])?.into_iter().map(collection).collect())
    }
}

/// What the rows of a collection's objects call it.
pub(super) fn number(link: &mut Link, doing: &'static str, id: &str) -> Result<i64, StoreError> {
    let sql = "SELECT number FROM taxii_collection WHERE id = $1";
    match link.query_first(doing, sql, args![id])? {
        Some(mut row) => row.int(),
        None => Err(StoreError::UnknownCollection(id.to_owned())),
    }
}

fn collection(mut row: Cells) -> Result<CollectionRow, StoreError> {
    Ok(CollectionRow {
        collection: NewCollection {
            id: row.text()?,
            alias: row.opt_text()?,
            title: row.text()?,
            registered: row.instant()?,
        },
        closed: row.opt_instant()?,
    })
}
