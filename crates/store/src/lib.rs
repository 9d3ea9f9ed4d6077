//! Where facts are kept: the only crate that knows SQL and Parquet. Facts go to SQLite in the data folder or to
//! PostgreSQL, positions, receptions and static reports to Parquet by day, other people's objects to TAXII collections ([`taxii`]). Never edits or
//! forgets a fact; a change is a new row.
//!
//! Crash points of the ingest path are told at [`Store::commit`].

mod accounts;
mod archive;
mod claims;
mod commit;
mod database;
mod decisions;
mod error;
mod events;
mod evidence;
mod exchange;
mod folder;
mod identities;
mod incidents;
mod kept;
mod leads;
mod link;
mod log;
mod officers;
mod port;
mod positions;
mod raw_lines;
mod receptions;
mod schema;
mod sources;
mod spill;
mod statics;
pub mod taxii;
mod watchlog;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use database::Database;
use link::{Link, Place};
use positions::parts::{self, POSITIONS};
use receptions::RECEPTIONS;
use statics::STATICS;

pub use accounts::AccountFact;
pub use archive::{Archive, ArchiveError, ArchiveFile, ArchiveReader, RowGroup};
pub use claims::{ClaimEntryRow, ClaimFilter, ClaimRow, ClaimsEntered, NewClaimEntry};
pub use commit::{Batch, Committed};
pub use decisions::{Decided, DecisionRow, NewDecision};
pub use error::{SqlError, StoreError};
pub use events::{EventFilter, EventRow, IndicationFilter, NewEvent, NewIndication};
pub use evidence::{Quarantined, RawLine};
pub use exchange::{ExchangeStore, KeptCheckpoint, NewRows, StoredLeaf};
pub use identities::IdentityRow;
pub use incidents::{IncidentEntered, IncidentEntryRow, NewIncidentEntry};
pub use kept::Kept;
pub use leads::{FIRST_STATE, LeadFilter, LeadRow, NewLead};
pub use log::{CheckpointRow, Leaf, LeafRow};
pub use officers::{Officer, Session, SignIn, Token};
pub use port::PortRow;
pub use positions::{Compacted, PositionQuery, PositionRow, Positions};
pub use raw_lines::RawLines;
pub use receptions::{ReceptionFile, ReceptionQuery, ReceptionRow, Receptions, StoredReception};
pub use sources::{Mark, Source, Tallies};
pub use spill::{Record, Records, Spill, SpillWriter};
pub use statics::StaticFile;
pub use watchlog::{NewEntry, WatchLogFilter, WatchLogRow};

/// One node's store. Methods take `&self` and block; readers do not wait for the writer.
pub struct Store {
    folder: PathBuf,
    /// Shared with the collections ([`Store::taxii`]).
    database: Arc<Database>,
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
        let place = Place::of(folder, "bitacora.sqlite", database)?;
        let database = Database::open(place, schema::STORE)?;
        database.write("sweeping the data folder", |link| {
            [POSITIONS, RECEPTIONS, STATICS].into_iter().try_for_each(|set| parts::sweep(set, folder, link))
        })?;
        Ok(Self { folder: folder.to_owned(), database: Arc::new(database) })
    }

    /// Opens what the data folder holds, to read alone, also beside a node that writes. `None` where nothing was stored
    /// there yet.
    pub fn open_to_read(folder: &Path, database: Option<&str>) -> Result<Option<Self>, StoreError> {
        let place = Place::of(folder, "bitacora.sqlite", database)?;
        let database = Database::open_to_read(place, schema::STORE)?;
        Ok(database.map(|database| Self { folder: folder.to_owned(), database: Arc::new(database) }))
    }

    pub fn folder(&self) -> &Path {
        &self.folder
    }

    fn write<T>(
        &self,
        doing: &'static str,
        work: impl FnOnce(&mut Link) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        self.database.write(doing, work)
    }

    fn read<T>(&self, work: impl Fn(&mut Link) -> Result<T, StoreError>) -> Result<T, StoreError> {
        self.database.read(work)
    }
}
