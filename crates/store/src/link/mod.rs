//! One connection to either engine, speaking one SQL. Statements are written with `$1`, `$2`, ... and use only what
//! SQLite and PostgreSQL share. Never seen outside this crate.

mod postgresql;
mod runs;
mod sqlite;
mod value;

use std::path::{Path, PathBuf};

use crate::StoreError;

pub(crate) use runs::{Insert, in_runs, placeholders};
pub(crate) use value::{Cells, Value};

/// Values for a statement's placeholders, in order.
macro_rules! args {
    ($($value:expr),* $(,)?) => { &[$($crate::link::Value::from($value)),*] };
}
pub(crate) use args;

/// Where the database is.
#[derive(Clone, Debug)]
pub(crate) enum Place {
    Sqlite(PathBuf),
    Postgres(Box<postgres::Config>),
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Use {
    Read,
    Write,
}

pub(crate) struct Link {
    engine: Engine,
    /// A transaction is open: still true at the next one's start only if its closure panicked.
    open: bool,
}

enum Engine {
    Sqlite(sqlite::Sqlite),
    Postgres(Box<postgresql::Postgres>),
}

impl Place {
    /// `file` in the folder, or the PostgreSQL database if one is given.
    pub(crate) fn of(folder: &Path, file: &str, database: Option<&str>) -> Result<Self, StoreError> {
        match database {
            None => Ok(Self::Sqlite(folder.join(file))),
            Some(address) => Ok(Self::Postgres(Box::new(postgresql::config(address)?))),
        }
    }

    pub(crate) fn connect(&self, purpose: Use) -> Result<Link, StoreError> {
        let engine = match self {
            Self::Sqlite(path) => Engine::Sqlite(sqlite::Sqlite::open(path, purpose)?),
            Self::Postgres(config) => {
                Engine::Postgres(Box::new(postgresql::Postgres::connect(config, purpose)?))
            }
        };
        Ok(Link { engine, open: false })
    }
}

impl Link {
    pub(crate) const fn is_sqlite(&self) -> bool {
        matches!(self.engine, Engine::Sqlite(_))
    }

    /// The server is gone; another connection may find it again.
    pub(crate) fn broken(&self) -> bool {
        match &self.engine {
            Engine::Sqlite(_) => false,
            Engine::Postgres(postgres) => postgres.broken(),
        }
    }

    /// Rows changed.
    pub(crate) fn execute(
        &mut self,
        doing: &'static str,
        sql: &str,
        args: &[Value],
    ) -> Result<u64, StoreError> {
        match &mut self.engine {
            Engine::Sqlite(sqlite) => sqlite.execute(doing, sql, args),
            Engine::Postgres(postgres) => postgres.execute(doing, sql, args),
        }
    }

    pub(crate) fn query(
        &mut self,
        doing: &'static str,
        sql: &str,
        args: &[Value],
    ) -> Result<Vec<Cells>, StoreError> {
        match &mut self.engine {
            Engine::Sqlite(sqlite) => sqlite.query(doing, sql, args),
            Engine::Postgres(postgres) => postgres.query(doing, sql, args),
        }
    }

    /// Adds rows to tables, in PostgreSQL in one round trip.
    pub(crate) fn insert(&mut self, doing: &'static str, tables: &[Insert<'_>]) -> Result<(), StoreError> {
        match &mut self.engine {
            Engine::Sqlite(sqlite) => tables
                .iter()
                .try_for_each(|table| sqlite.execute(doing, &table.sql(1), table.values).map(drop)),
            Engine::Postgres(postgres) => postgres.insert(doing, tables),
        }
    }

    pub(crate) fn query_first(
        &mut self,
        doing: &'static str,
        sql: &str,
        args: &[Value],
    ) -> Result<Option<Cells>, StoreError> {
        Ok(self.query(doing, sql, args)?.into_iter().next())
    }

    /// Statements without values.
    pub(crate) fn batch(&mut self, doing: &'static str, sql: &str) -> Result<(), StoreError> {
        match &mut self.engine {
            Engine::Sqlite(sqlite) => sqlite.batch(doing, sql),
            Engine::Postgres(postgres) => postgres.batch(doing, sql),
        }
    }

    /// Runs queries that all see the database as it was at the first of them.
    pub(crate) fn snapshot<T>(
        &mut self,
        doing: &'static str,
        work: impl FnOnce(&mut Link) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let begin = if self.is_sqlite() { "BEGIN" } else { "BEGIN ISOLATION LEVEL REPEATABLE READ" };
        self.batch(doing, begin)?;
        let done = work(self);
        // It wrote nothing: what ends it matters only for the connection.
        self.batch(doing, "ROLLBACK").and(done)
    }

    /// Runs `work` in one transaction that excludes every other writer of this store, in this process and others:
    /// what it reads stays true until it commits. Durable when this returns `Ok`; nothing happened when it returns
    /// `Err` (an error from the commit itself of a lost PostgreSQL connection excepted: re-reading tells, and every
    /// insert may be repeated).
    pub(crate) fn write<T>(
        &mut self,
        doing: &'static str,
        work: impl FnOnce(&mut Link) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        if self.open {
            self.batch(doing, "ROLLBACK")?;
            self.open = false;
        }
        match &mut self.engine {
            Engine::Sqlite(sqlite) => sqlite.batch(doing, "BEGIN IMMEDIATE")?,
            Engine::Postgres(postgres) => postgres.begin_exclusive(doing)?,
        }
        self.open = true;
        let done = work(self).and_then(|value| self.batch(doing, "COMMIT").map(|()| value));
        if done.is_err() {
            // The first error is the one to tell; a failed rollback means the connection is gone, and with it
            // the transaction.
            drop(self.batch(doing, "ROLLBACK"));
        }
        self.open = false;
        done
    }
}
