//! Collections that an earlier program kept in a file of their own come into the node's database.
//!
//! **Crash points.** The copy is one transaction, and the file goes after it. In between both are there and have the same rows: the
//! next opening copies those that are missing, none, before anything is added or deleted.

use std::fs;
use std::path::Path;

use super::schema::TAXII;
use crate::database::Database;
use crate::link::Place;
use crate::schema::Step;
use crate::{StoreError, folder};

/// The file, and what SQLite keeps beside it.
const FILES: [&str; 3] = ["taxii.sqlite", "taxii.sqlite-wal", "taxii.sqlite-shm"];
const DOING: &str = "moving collections into the database";

pub(super) fn bring_in(database: &Database, at: &Path) -> Result<(), StoreError> {
    let [file, ..] = FILES.map(|name| at.join(name));
    if !database.is_sqlite() || !file.exists() {
        return Ok(());
    }
    // Brought up to date first, so that both have the same tables.
    drop(Database::open(Place::Sqlite(file.clone()), TAXII)?);
    let of = |step: &'static Step| step.tables.iter().chain(step.changing).map(|(table, _)| *table);
    let tables: Vec<&str> = TAXII.steps.iter().flat_map(of).collect();
    database.copy_from(DOING, &file, &tables)?;
    for path in FILES.map(|name| at.join(name)) {
        match fs::remove_file(&path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(StoreError::io(DOING, &path, error));
            }
            _ => {}
        }
    }
    folder::sync(at)
}
