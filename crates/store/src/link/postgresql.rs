//! PostgreSQL over plain TCP or a Unix socket. Never prints the password, nor waits for ever for a server.

use std::collections::HashMap;
use std::time::Duration;

use bytes::BytesMut;
use postgres::config::Host;
use postgres::types::{IsNull, ToSql, Type, to_sql_checked};
use postgres::{Client, Config, NoTls, Row, Statement};

use super::{Cells, Insert, Use, Value};
use crate::StoreError;
use crate::error::SqlError;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// The server's default port, where the address names none.
const DEFAULT_PORT: u16 = 5432;

/// Key of the advisory lock that keeps a node's writers apart: "bitacora" in ASCII. Readers never take it; SQLite locks its file.
const WRITER_LOCK: i64 = 0x6269_7461_636f_7261;

pub(super) struct Postgres {
    client: Client,
    prepared: HashMap<String, Statement>,
}

/// Reads a `postgresql://` address; its text, which may hold a password, is not repeated in the error.
pub(super) fn config(address: &str) -> Result<Config, StoreError> {
    if !address.starts_with("postgresql://") && !address.starts_with("postgres://") {
        return Err(StoreError::BadDatabaseAddress);
    }
    let mut config: Config = address.parse().map_err(|_| StoreError::BadDatabaseAddress)?;
    if config.get_connect_timeout().is_none() {
        config.connect_timeout(CONNECT_TIMEOUT);
    }
    config.application_name("bitacora");
    Ok(config)
}

fn host_and_port(config: &Config) -> (String, u16) {
    let host = match config.get_hosts().first() {
        Some(Host::Tcp(name)) => name.clone(),
        #[cfg(unix)]
        Some(Host::Unix(path)) => path.display().to_string(),
        None => "localhost".to_owned(),
    };
    (host, config.get_ports().first().copied().unwrap_or(DEFAULT_PORT))
}

impl Postgres {
    pub(super) fn connect(config: &Config, purpose: Use) -> Result<Self, StoreError> {
        let (host, port) = host_and_port(config);
        let mut client = config.connect(NoTls).map_err(|error| match error.as_db_error() {
            Some(refusal) => {
                StoreError::Refused { host: host.clone(), port, reason: refusal.message().to_owned() }
            }
            None => StoreError::Unreachable { host: host.clone(), port, source: Box::new(error) },
        })?;
        // A server configured for speed must not acknowledge what it has not written.
        let session = match purpose {
            Use::Write => "SET synchronous_commit = on; SET lock_timeout = '10s'",
            Use::Read => "SET default_transaction_read_only = on",
        };
        let doing = "opening the database";
        client.batch_execute(session).map_err(|error| told(doing, error))?;
        Ok(Self { client, prepared: HashMap::new() })
    }

    pub(super) fn broken(&self) -> bool {
        self.client.is_closed()
    }

    pub(super) fn begin_exclusive(&mut self, doing: &'static str) -> Result<(), StoreError> {
        // READ COMMITTED: statements after the lock see what the lock's last holder committed.
        let begin = "BEGIN ISOLATION LEVEL READ COMMITTED; SELECT pg_advisory_xact_lock(";
        let locked = self.client.batch_execute(&format!("{begin}{WRITER_LOCK})"));
        locked.map_err(|error| {
            // The lock may have timed out inside the transaction just begun.
            drop(self.client.batch_execute("ROLLBACK"));
            told(doing, error)
        })
    }

    fn statement(&mut self, doing: &'static str, sql: &str) -> Result<Statement, StoreError> {
        if let Some(known) = self.prepared.get(sql) {
            return Ok(known.clone());
        }
        let statement = self.client.prepare(sql).map_err(|error| told(doing, error))?;
        self.prepared.insert(sql.to_owned(), statement.clone());
        Ok(statement)
    }

    pub(super) fn execute(
        &mut self,
        doing: &'static str,
        sql: &str,
        args: &[Value],
    ) -> Result<u64, StoreError> {
        let statement = self.statement(doing, sql)?;
        let args: Vec<&(dyn ToSql + Sync)> = args.iter().map(|arg| arg as _).collect();
        self.client.execute(&statement, &args).map_err(|error| told(doing, error))
    }

    /// All in one statement: those before the last stand in its WITH.
    pub(super) fn insert(&mut self, doing: &'static str, tables: &[Insert<'_>]) -> Result<(), StoreError> {
        let (mut sql, mut args): (String, Vec<&(dyn ToSql + Sync)>) = (String::new(), Vec::new());
        for (place, table) in tables.iter().enumerate() {
            let insert = table.sql(args.len() + 1);
            let beginning = if place == 0 { "WITH " } else { ", " };
            sql += &if place + 1 < tables.len() {
                format!("{beginning}part_{place} AS ({insert})")
            } else {
                format!(" {insert}")
            };
            args.extend(table.values.iter().map(|value| value as &(dyn ToSql + Sync)));
        }
        let statement = self.statement(doing, &sql)?;
        self.client.execute(&statement, &args).map(drop).map_err(|error| told(doing, error))
    }

    pub(super) fn query(
        &mut self,
        doing: &'static str,
        sql: &str,
        args: &[Value],
    ) -> Result<Vec<Cells>, StoreError> {
        let statement = self.statement(doing, sql)?;
        let args: Vec<&(dyn ToSql + Sync)> = args.iter().map(|arg| arg as _).collect();
        let rows = self.client.query(&statement, &args).map_err(|error| told(doing, error))?;
        rows.iter().map(|row| cells(doing, row)).collect()
    }

    pub(super) fn batch(&mut self, doing: &'static str, sql: &str) -> Result<(), StoreError> {
        self.client.batch_execute(sql).map_err(|error| told(doing, error))
    }
}

impl ToSql for Value {
    fn to_sql(
        &self,
        kind: &Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        match self {
            Value::Null => Ok(IsNull::Yes),
            Value::Int(value) => value.to_sql_checked(kind, out),
            Value::Real(value) => value.to_sql_checked(kind, out),
            Value::Text(value) => value.to_sql_checked(kind, out),
            Value::Bytes(value) => value.to_sql_checked(kind, out),
        }
    }
    fn accepts(_: &Type) -> bool {
        true
    }
    to_sql_checked!();
}

fn cells(doing: &'static str, row: &Row) -> Result<Cells, StoreError> {
    let told = |error| told(doing, error);
    let mut values = Vec::with_capacity(row.len());
    for (index, column) in row.columns().iter().enumerate() {
        let value = match *column.type_() {
            Type::INT8 => row.try_get::<_, Option<i64>>(index).map_err(told)?.map(Value::Int),
            Type::INT4 => {
                let value = row.try_get::<_, Option<i32>>(index).map_err(told)?;
                value.map(|value| Value::Int(i64::from(value)))
            }
            Type::FLOAT8 => row.try_get::<_, Option<f64>>(index).map_err(told)?.map(Value::Real),
            Type::BYTEA => row.try_get::<_, Option<Vec<u8>>>(index).map_err(told)?.map(Value::Bytes),
            _ => row.try_get::<_, Option<String>>(index).map_err(told)?.map(Value::Text),
        };
        values.push(value.unwrap_or(Value::Null));
    }
    Ok(Cells::new(doing, values))
}

fn told(doing: &'static str, error: postgres::Error) -> StoreError {
    use postgres::error::SqlState;
    match error.code() {
        Some(&SqlState::LOCK_NOT_AVAILABLE) => StoreError::Busy { doing },
        Some(&SqlState::DISK_FULL) => StoreError::Full { path: "the PostgreSQL server's disk".into() },
        Some(&SqlState::READ_ONLY_SQL_TRANSACTION) => {
            StoreError::ReadOnly { path: "the PostgreSQL server".into() }
        }
        _ => StoreError::Sql { doing, source: SqlError::Postgres(error) },
    }
}
