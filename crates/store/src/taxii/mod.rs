//! TAXII 2.1 collections: objects in the order in which they were committed, found by index alone. Never reads an object's
//! bytes, and decides nothing about who may see them.
//!
//! **The order.** `date_added` is a whole microsecond, unique in the node and strictly rising, and it is the position
//! that pages go by: `added_after` and a page's `next` are the same cursor. It is handed out inside the write transaction, under the
//! lock that keeps every other writer of the node out (SQLite's file lock; in PostgreSQL an advisory lock held until the commit is visible), as
//! the later of the caller's clock and the newest one ever stored plus 1 µs. So whoever sees an object sees all that have an earlier
//! `date_added`, and no later commit goes below a value that was served, whatever the clock does; deleted
//! objects keep their row. A clock that ran ahead is kept to: times then rise by 1 µs an object until the true time comes by.
//!
//! **Crash points.** An addition is one transaction, with the leaf that names what it brings ([`Admission`]): before its commit nothing
//! of it counts, after it everything does. So is a deletion. Several requests share a transaction ([`group`]); each is answered after
//! the commit.

mod add;
mod admission;
mod collections;
mod delete;
mod group;
mod moved;
mod object;
mod page;
pub(crate) mod schema;
mod standing;
mod status;
mod streams;

use std::sync::{Arc, Mutex};

use add::Job;
use group::Group;
use rustc_hash::FxHashMap;

use crate::database::Database;
use crate::{Store, StoreError};

pub use add::{Planned, Request};
pub use admission::{Admission, Admitted, Verdict};
pub use collections::{CollectionRow, NewCollection, Registered};
pub use delete::DeletionRow;
pub use object::{Added, Filter, ManifestRow, NewObject, ObjectRow, Page, SpecVersions, Versions};
pub use page::LONGEST_PAGE;
pub use status::{StatusEntry, StatusRow};

/// The collections of one node, in its own database. Methods take `&self` and block; readers do not wait for the writer.
pub struct TaxiiStore {
    database: Arc<Database>,
    group: Group<Job, Result<Vec<Added>, StoreError>>,
    admission: Option<Arc<dyn Admission>>,
    /// Collections' numbers by their ids, those that were asked for.
    numbers: Mutex<FxHashMap<String, i64>>,
}

impl std::fmt::Debug for TaxiiStore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TaxiiStore").finish_non_exhaustive()
    }
}

impl Store {
    /// The node's collections, which share this store's writer.
    pub fn taxii(&self) -> Result<TaxiiStore, StoreError> {
        let database = Arc::clone(&self.database);
        database.take_in(schema::TAXII)?;
        moved::bring_in(&database, self.folder())?;
        Ok(TaxiiStore { database, group: Group::new(), admission: None, numbers: Mutex::default() })
    }
}

impl TaxiiStore {
    /// Asks before each addition and deletion; without, everything is admitted.
    pub fn admitting(self, admission: Arc<dyn Admission>) -> Self {
        Self { admission: Some(admission), ..self }
    }
}
