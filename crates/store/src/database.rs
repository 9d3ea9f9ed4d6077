//! One database behind either engine: the one connection that writes, and readers beside it. Never shares a
//! transaction between threads.

use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::StoreError;
use crate::link::{Link, Place, Use, args};
use crate::schema::{self, Part};

/// Read connections kept for the next reader.
const IDLE_READERS: usize = 8;

pub(crate) struct Database {
    place: Place,
    /// The one connection that writes; other processes are kept out by the database's own lock.
    writer: Mutex<Link>,
    readers: Mutex<Vec<Link>>,
}

impl Database {
    pub(crate) fn open(place: Place, part: Part) -> Result<Self, StoreError> {
        let mut writer = place.connect(Use::Write)?;
        schema::bring_up_to_date(&mut writer, part)?;
        Ok(Self { place, writer: Mutex::new(writer), readers: Mutex::new(Vec::new()) })
    }

    /// Brings the tables of another part up to date, which from then on shares the writer.
    pub(crate) fn take_in(&self, part: Part) -> Result<(), StoreError> {
        schema::bring_up_to_date(&mut unpoisoned(&self.writer), part)
    }

    pub(crate) const fn is_sqlite(&self) -> bool {
        matches!(self.place, Place::Sqlite(_))
    }

    /// Opens what is there, to read alone: nothing is made, brought up to date or swept, so that a node may write beside.
    /// `None` where there is no database file yet.
    pub(crate) fn open_to_read(place: Place, part: Part) -> Result<Option<Self>, StoreError> {
        if let Place::Sqlite(path) = &place
            && !path.exists()
        {
            return Ok(None);
        }
        let mut reader = place.connect(Use::Read)?;
        schema::check(&mut reader, part)?;
        // The engine itself refuses a write on this connection.
        Ok(Some(Self { place, writer: Mutex::new(reader), readers: Mutex::new(Vec::new()) }))
    }

    /// Copies rows out of the same tables of another SQLite file, those that are not here; all of them or none.
    pub(crate) fn copy_from(
        &self,
        doing: &'static str,
        file: &Path,
        tables: &[&str],
    ) -> Result<(), StoreError> {
        let mut writer = unpoisoned(&self.writer);
        writer.execute(doing, "ATTACH $1 AS other", args![file.to_string_lossy().into_owned()])?;
        let copied = writer.write(doing, |link| {
            tables.iter().try_for_each(|table| {
                link.batch(doing, &format!("INSERT OR IGNORE INTO main.{table} SELECT * FROM other.{table}"))
            })
        });
        copied.and(writer.batch(doing, "DETACH other"))
    }

    /// Runs a transaction. A connection that was lost since the last one is made anew first.
    pub(crate) fn write<T>(
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
    pub(crate) fn read<T>(&self, work: impl Fn(&mut Link) -> Result<T, StoreError>) -> Result<T, StoreError> {
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

    /// Runs queries that all see one state of the database, whatever is committed meanwhile.
    pub(crate) fn snapshot<T>(
        &self,
        doing: &'static str,
        work: impl Fn(&mut Link) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        self.read(|link| link.snapshot(doing, &work))
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
