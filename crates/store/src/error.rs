//! What can go wrong between a fact and the disk. Each text names the place and, where a person can help, what to
//! do; none holds a password or a row's content.

use std::io;
use std::path::{Path, PathBuf};

use bitacora_primitives::{LeadId, OfficerId, SourceId};

#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error(
        "`{}` cannot be written: check its owner and permissions and that its disk is not mounted read-only", .path.display()
    )]
    ReadOnly { path: PathBuf },
    #[error("no room is left for `{}`: free space on its disk, or move the data folder", .path.display())]
    Full { path: PathBuf },
    #[error("`{}` is a file, where a data folder is needed: choose another folder", .path.display())]
    NotAFolder { path: PathBuf },
    #[error("while {doing} `{}`", .path.display())]
    Io { doing: &'static str, path: PathBuf, source: io::Error },
    #[error(
        "no PostgreSQL answers at {host} port {port}: check that the server runs and that the address is right"
    )]
    Unreachable { host: String, port: u16, source: Box<postgres::Error> },
    #[error("the PostgreSQL at {host} port {port} refuses: {reason}")]
    Refused { host: String, port: u16, reason: String },
    #[error("the database address is not of the form postgresql://USER:PASSWORD@HOST:PORT/NAME")]
    BadDatabaseAddress,
    #[error("the store has schema {found}, this program knows up to {known}: use a newer program")]
    Schema { found: i64, known: i64 },
    #[error(
        "the store has schema {found}, this program reads {known}: open it once for writing, as the node does"
    )]
    OldSchema { found: i64, known: i64 },
    #[error("another writer has held the store for too long, while {doing}: try again")]
    Busy { doing: &'static str },
    #[error("the database failed while {doing}")]
    Sql { doing: &'static str, source: SqlError },
    #[error("the store holds what it should not: {what}")]
    Corrupt { what: String },
    #[error(
        "the rows in `{}` belong to another database: open them with theirs, or choose another data folder", .path.display()
    )]
    OtherDatabase { path: PathBuf },
    #[error("while {doing} the file `{}`", .path.display())]
    Part { doing: &'static str, path: PathBuf, source: parquet::errors::ParquetError },
    #[error(
        "source {source_id} was advanced to line {found} by another writer: read on from its latest mark"
    )]
    MarkMoved { source_id: SourceId, found: u64 },
    #[error("a row of line {line} does not belong to a batch of source {source_id} up to line {through}")]
    NotOfBatch { source_id: SourceId, line: u64, through: u64 },
    #[error("the log's record of the act cannot be made: {why}")]
    Leaf { why: String },
    #[error("source {0} is not registered")]
    UnknownSource(SourceId),
    #[error("there is no lead {0}")]
    UnknownLead(LeadId),
    #[error("there is no officer {0}")]
    UnknownOfficer(OfficerId),
    #[error("there is no collection `{0}`")]
    UnknownCollection(String),
    #[error("the collection `{0}` is closed and takes no more objects")]
    ClosedCollection(String),
    #[error("the objects are not admitted: {why}")]
    NotAdmitted { why: String },
}

/// Either engine's own error, as cause.
#[derive(Debug, thiserror::Error)]
pub enum SqlError {
    #[error(transparent)]
    Sqlite(#[from] rusqlite::Error),
    #[error(transparent)]
    Postgres(#[from] postgres::Error),
}

impl StoreError {
    /// A stable code for the edges.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::ReadOnly { .. } => "store_read_only",
            Self::Full { .. } => "store_full",
            Self::NotAFolder { .. } => "store_not_a_folder",
            Self::Io { .. } => "store_io",
            Self::Leaf { .. } => "store_leaf",
            Self::Unreachable { .. } => "store_unreachable",
            Self::Refused { .. } => "store_refused",
            Self::BadDatabaseAddress => "store_bad_address",
            Self::Schema { .. } | Self::OldSchema { .. } => "store_schema",
            Self::Busy { .. } => "store_busy",
            Self::Sql { .. } => "store_sql",
            Self::Corrupt { .. } => "store_corrupt",
            Self::OtherDatabase { .. } => "store_other_database",
            Self::Part { .. } => "store_part",
            Self::MarkMoved { .. } => "mark_moved",
            Self::NotOfBatch { .. } => "not_of_batch",
            Self::UnknownSource(_) => "unknown_source",
            Self::UnknownLead(_) => "unknown_lead",
            Self::UnknownOfficer(_) => "unknown_officer",
            Self::UnknownCollection(_) => "unknown_collection",
            Self::ClosedCollection(_) => "closed_collection",
            Self::NotAdmitted { .. } => "not_admitted",
        }
    }

    pub(crate) fn corrupt(what: impl Into<String>) -> Self {
        Self::Corrupt { what: what.into() }
    }

    /// Sorts an I/O error into what a person must do about it.
    pub(crate) fn io(doing: &'static str, path: &Path, source: io::Error) -> Self {
        let path = path.to_owned();
        match source.kind() {
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => Self::ReadOnly { path },
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::Full { path },
            io::ErrorKind::NotADirectory => Self::NotAFolder { path },
            _ => Self::Io { doing, path, source },
        }
    }

    /// The Parquet writer wraps the I/O error: a full disk must still be told as one.
    pub(crate) fn part(doing: &'static str, path: &Path, error: parquet::errors::ParquetError) -> Self {
        use parquet::errors::ParquetError;
        match error {
            ParquetError::External(inner) => match inner.downcast::<io::Error>() {
                Ok(source) => Self::io(doing, path, *source),
                Err(other) => {
                    Self::Part { doing, path: path.to_owned(), source: ParquetError::External(other) }
                }
            },
            source => Self::Part { doing, path: path.to_owned(), source },
        }
    }
}
