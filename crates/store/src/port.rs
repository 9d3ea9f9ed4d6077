//! What happened to containers, and what the rules read beside it. Each row holds its body as JSON and never reads it; a
//! later version of an event is one more row under the same id.

use bitacora_primitives::{Instant, SourceId};

use crate::events::Conditions;
use crate::link::{Cells, Link, args};
use crate::log::{self, Leaf};
use crate::{Store, StoreError};

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PortRow {
    /// `event`, `order`, `access`, ...
    pub kind: String,
    /// The same for all versions of one event.
    pub id: String,
    pub container: Option<String>,
    pub at: Option<Instant>,
    pub source: SourceId,
    pub line: u64,
    pub body: String,
}

const COLUMNS: &str = "kind, id, container, at_time, source, line, body";

impl Store {
    /// All rows, or those about one container, in the order in which they were recorded within each source.
    pub fn port_rows(&self, container: Option<&str>) -> Result<Vec<PortRow>, StoreError> {
        let mut conditions = Conditions::default();
        if let Some(container) = container {
            conditions.add("container = $", [container.into()]);
        }
        let sql =
            format!("SELECT {COLUMNS} FROM port_row{} ORDER BY source, line, kind, id", conditions.sql());
        self.read(|link| {
            link.query("reading port rows", &sql, &conditions.values)?.into_iter().map(row).collect()
        })
    }

    pub fn port_row(&self, kind: &str, id: &str) -> Result<Option<PortRow>, StoreError> {
        self.read(|link| one(link, kind, id))
    }

    /// Rows of one kind, by line: those with a leaf, in the log's order.
    pub fn port_rows_of(&self, kind: &str) -> Result<Vec<PortRow>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM port_row WHERE kind = $1 ORDER BY line, id");
        self.read(|link| link.query("reading port rows", &sql, args![kind])?.into_iter().map(row).collect())
    }

    /// Stores a row whose line is the leaf that it gets in this node's log, in one transaction. One that is stored
    /// already keeps its leaf.
    pub fn log_port_row(
        &self,
        mut row: PortRow,
        recorded: Instant,
        make_leaf: impl FnOnce(u64) -> Leaf,
    ) -> Result<u64, StoreError> {
        self.write("recording a port row", |link| {
            if let Some(known) = one(link, &row.kind, &row.id)? {
                return Ok(known.line);
            }
            let leaf = log::append(link, make_leaf)?;
            row.line = leaf;
            insert_port_row(link, &row, recorded)?;
            Ok(leaf)
        })
    }

    /// How many there are: rows are only added, so that an equal count is an equal content.
    pub fn port_row_count(&self) -> Result<u64, StoreError> {
        let sql = "SELECT COUNT(*) FROM port_row";
        let count = self.read(|link| link.query_first("counting port rows", sql, &[]))?;
        count.map_or(Ok(0), |mut row| row.number())
    }

    /// How many there are of one kind, by the key's first column.
    pub fn port_row_count_of(&self, kind: &str) -> Result<u64, StoreError> {
        let sql = "SELECT COUNT(*) FROM port_row WHERE kind = $1";
        let count = self.read(|link| link.query_first("counting port rows", sql, args![kind]))?;
        count.map_or(Ok(0), |mut row| row.number())
    }
}

pub(crate) fn insert_port_row(link: &mut Link, row: &PortRow, recorded: Instant) -> Result<u64, StoreError> {
    let sql = format!(
        "INSERT INTO port_row ({COLUMNS}, recorded) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING"
    );
    let PortRow { kind, id, container, at, source, line, body } = row;
    let values = args![kind, id, container.as_ref(), *at, *source, *line, body, recorded];
    link.execute("storing a port row", &sql, values)
}

fn one(link: &mut Link, kind: &str, id: &str) -> Result<Option<PortRow>, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM port_row WHERE kind = $1 AND id = $2 ORDER BY line LIMIT 1");
    link.query_first("reading a port row", &sql, args![kind, id])?.map(row).transpose()
}

fn row(mut cells: Cells) -> Result<PortRow, StoreError> {
    Ok(PortRow {
        kind: cells.text()?,
        id: cells.text()?,
        container: cells.opt_text()?,
        at: cells.opt_instant()?,
        source: cells.id()?,
        line: cells.number()?,
        body: cells.text()?,
    })
}
