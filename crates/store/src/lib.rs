//! Where facts are kept: the only crate that knows SQL and Parquet. Facts go to SQLite in the data folder or to
//! PostgreSQL, positions to Parquet by day. Never edits or forgets a fact; a change is a new row.
//!
//! Crash points of the ingest path are told at [`Store::commit`].

mod commit;
mod decisions;
mod error;
mod events;
mod evidence;
mod folder;
mod identities;
mod leads;
mod link;
mod log;
mod officers;
mod positions;
mod raw_lines;
mod schema;
mod sources;
mod watchlog;

use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use link::{Link, Place, Use};

pub use commit::{Batch, Committed};
pub use decisions::{Decided, DecisionRow, NewDecision};
pub use error::{SqlError, StoreError};
pub use events::{EventFilter, EventRow, IndicationFilter, NewEvent, NewIndication};
pub use evidence::{Quarantined, RawLine};
pub use identities::IdentityRow;
pub use leads::{FIRST_STATE, LeadFilter, LeadRow, NewLead};
pub use log::{CheckpointRow, Leaf, LeafRow};
pub use officers::{Officer, Session, SignIn, Token};
pub use positions::{Compacted, PositionQuery, PositionRow, Positions};
pub use raw_lines::RawLines;
pub use sources::{Mark, Source, Tallies};
pub use watchlog::{NewEntry, WatchLogFilter, WatchLogRow};

/// Read connections kept for the next reader.
const IDLE_READERS: usize = 8;

/// One node's store. Methods take `&self` and block; readers do not wait for the writer.
pub struct Store {
    folder: PathBuf,
    place: Place,
    /// The one connection that writes; other processes are kept out by the database's own lock.
    writer: Mutex<Link>,
    readers: Mutex<Vec<Link>>,
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Store").field("folder", &self.folder).finish_non_exhaustive()
    }
}

impl Store {
    /// Opens the data folder, made if absent, and the database in it or at `database` (`postgresql://...`).
    /// A folder that cannot be written is told here, before any fact is claimed stored.
    pub fn open(folder: &Path, database: Option<&str>) -> Result<Self, StoreError> {
        folder::prepare(folder)?;
        let place = Place::of(folder, database)?;
        let mut writer = place.connect(Use::Write)?;
        schema::bring_up_to_date(&mut writer)?;
        positions::sweep(folder, &mut writer)?;
        Ok(Self {
            folder: folder.to_owned(),
            place,
            writer: Mutex::new(writer),
            readers: Mutex::new(Vec::new()),
        })
    }

    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Runs a transaction. A connection that was lost since the last one is made anew first.
    fn write<T>(
        &self,
        doing: &'static str,
        work: impl FnOnce(&mut Link) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let mut writer = unpoisoned(&self.writer);
        if writer.broken() {
            *writer = self.place.connect(Use::Write)?;
        }
        writer.write(doing, work)
    }

    /// Runs queries on a connection of their own. One retry, where a kept connection turns out to be lost.
    fn read<T>(&self, work: impl Fn(&mut Link) -> Result<T, StoreError>) -> Result<T, StoreError> {
        let kept = unpoisoned(&self.readers).pop();
        let mut link = match kept {
            Some(mut link) => {
                let done = work(&mut link);
                if done.is_ok() || !link.broken() {
                    self.keep(link);
                    return done;
                }
                self.place.connect(Use::Read)?
            }
            None => self.place.connect(Use::Read)?,
        };
        let done = work(&mut link);
        if !link.broken() {
            self.keep(link);
        }
        done
    }

    fn keep(&self, link: Link) {
        let mut readers = unpoisoned(&self.readers);
        if readers.len() < IDLE_READERS {
            readers.push(link);
        }
    }
}

/// A caller's closure that panicked leaves no half-done transaction: the next one rolls it back first.
fn unpoisoned<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}
