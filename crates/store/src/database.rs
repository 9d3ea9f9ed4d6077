//! One database behind either engine: the one connection that writes, and readers beside it. Never shares a
//! transaction between threads.

use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::StoreError;
use crate::link::{Link, Place, Use};
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
