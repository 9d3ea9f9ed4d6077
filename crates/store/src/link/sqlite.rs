//! SQLite: write-ahead log, every commit synced, readers beside the one writer. Never waits for a lock for more
//! than ten seconds.

use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, ErrorCode, OpenFlags, ToSql, params_from_iter};

use super::{Cells, Use, Value};
use crate::StoreError;
use crate::error::SqlError;

const BUSY_TIMEOUT: Duration = Duration::from_secs(10);
const STATEMENTS_KEPT: usize = 64;

pub(super) struct Sqlite {
    connection: Connection,
    path: PathBuf,
}

impl ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Value::Null => ValueRef::Null,
            Value::Int(value) => ValueRef::Integer(*value),
            Value::Real(value) => ValueRef::Real(*value),
            Value::Text(value) => ValueRef::Text(value.as_bytes()),
            Value::Bytes(value) => ValueRef::Blob(value),
        }))
    }
}

impl Sqlite {
    pub(super) fn open(path: &Path, purpose: Use) -> Result<Self, StoreError> {
        let doing = "opening the database";
        let tell = |error| told(doing, path, error);
        let flags = match purpose {
            Use::Read => OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX,
            Use::Write => {
                OpenFlags::SQLITE_OPEN_READ_WRITE
                    | OpenFlags::SQLITE_OPEN_CREATE
                    | OpenFlags::SQLITE_OPEN_NO_MUTEX
            }
        };
        let connection = Connection::open_with_flags(path, flags).map_err(tell)?;
        connection.busy_timeout(BUSY_TIMEOUT).map_err(tell)?;
        connection.set_prepared_statement_cache_capacity(STATEMENTS_KEPT);
        // A plan that looked at the values, of a LIMIT for one, would be made anew each time that a kept statement is given others.
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true).map_err(tell)?;
        // recursive_triggers: without it INSERT OR REPLACE would delete past the append-only triggers. secure_delete: what is
        // let go on purpose is overwritten, not only left out of account. temp_store: what is needed to take one statement back
        // stays in memory, where it is quicker, and of what is let go no copy lies in a file that was deleted. cache_size, in KiB,
        // and wal_autocheckpoint, in pages: ids are random, so that each row touches other pages of the indexes than the one before.
        // With the defaults, 2 MiB and 1,000, most of the time goes into reading pages again and copying them back from the log.
        let pragmas = match purpose {
            Use::Write => {
                "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; \
                 PRAGMA recursive_triggers = ON; PRAGMA secure_delete = ON; PRAGMA temp_store = MEMORY; \
                 PRAGMA cache_size = -65536; PRAGMA wal_autocheckpoint = 8000;"
            }
            Use::Read => "PRAGMA query_only = ON;",
        };
        connection.execute_batch(pragmas).map_err(tell)?;
        Ok(Self { connection, path: path.to_owned() })
    }

    pub(super) fn execute(
        &mut self,
        doing: &'static str,
        sql: &str,
        args: &[Value],
    ) -> Result<u64, StoreError> {
        let run = || {
            let mut statement = self.connection.prepare_cached(&sql.replace('$', "?"))?;
            statement.execute(params_from_iter(args))
        };
        run().map(|rows| rows as u64).map_err(|error| told(doing, &self.path, error))
    }

    pub(super) fn query(
        &mut self,
        doing: &'static str,
        sql: &str,
        args: &[Value],
    ) -> Result<Vec<Cells>, StoreError> {
        let run = || {
            let mut statement = self.connection.prepare_cached(&sql.replace('$', "?"))?;
            let columns = statement.column_count();
            let mut rows = statement.query(params_from_iter(args))?;
            let mut all = Vec::new();
            while let Some(row) = rows.next()? {
                let cells = (0..columns).map(|column| Ok(value(row.get_ref(column)?)));
                all.push(Cells::new(doing, cells.collect::<rusqlite::Result<_>>()?));
            }
            Ok(all)
        };
        run().map_err(|error| told(doing, &self.path, error))
    }

    pub(super) fn batch(&mut self, doing: &'static str, sql: &str) -> Result<(), StoreError> {
        self.connection.execute_batch(sql).map_err(|error| told(doing, &self.path, error))
    }
}

fn value(cell: ValueRef<'_>) -> Value {
    match cell {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(value) => Value::Int(value),
        ValueRef::Real(value) => Value::Real(value),
        ValueRef::Text(value) => Value::Text(String::from_utf8_lossy(value).into_owned()),
        ValueRef::Blob(value) => Value::Bytes(value.to_vec()),
    }
}

/// What the person who owns the folder can do something about is told as such.
fn told(doing: &'static str, path: &Path, error: rusqlite::Error) -> StoreError {
    let path = path.to_owned();
    match error.sqlite_error_code() {
        Some(ErrorCode::ReadOnly | ErrorCode::CannotOpen | ErrorCode::PermissionDenied) => {
            StoreError::ReadOnly { path }
        }
        Some(ErrorCode::DiskFull) => StoreError::Full { path },
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => StoreError::Busy { doing },
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
            StoreError::corrupt(format!("`{}` is damaged or no SQLite database", path.display()))
        }
        _ => StoreError::Sql { doing, source: SqlError::Sqlite(error) },
    }
}
