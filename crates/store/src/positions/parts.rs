//! The files' names and the rows that make them count. Never deletes a file that a row names and none retired.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

use bitacora_primitives::Instant;

use super::staged::Staged;
use crate::link::{Link, args};
use crate::{StoreError, folder};

/// A registered file whose time span is known without opening it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Part {
    pub(crate) name: String,
    pub(crate) min_time: Instant,
    pub(crate) max_time: Instant,
    pub(crate) rows: u64,
}

/// Files of one kind of row, and the table that says which of them count.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Dataset {
    /// Their folder in the data folder.
    pub(crate) name: &'static str,
    /// Names those that were merged in the table of this name with `_retired`.
    pub(crate) table: &'static str,
}

pub(crate) const POSITIONS: Dataset = Dataset { name: "positions", table: "part" };

impl Dataset {
    pub(crate) fn within(self, folder: &Path) -> PathBuf {
        folder.join(self.name)
    }

    pub(super) fn staging(self, folder: &Path) -> PathBuf {
        self.within(folder).join(".staging")
    }

    /// The condition that a row `p` of the table is not retired.
    fn live(self) -> String {
        format!("NOT EXISTS (SELECT 1 FROM {}_retired r WHERE r.name = p.name)", self.table)
    }
}

pub(super) fn positions(folder: &Path) -> PathBuf {
    POSITIONS.within(folder)
}

/// `day=2026-11-21/src-0123456789abcdef0123-00000007.parquet`.
pub(crate) fn part_name(day: i64, origin: &str, batch: u64) -> String {
    let midnight = Instant::from_secs(day.saturating_mul(86_400)).to_string();
    let date = midnight.split('T').next().unwrap_or_default();
    format!("day={date}/{origin}-{batch:08}.parquet")
}

/// Gives staged files their names, durably. Called with the writer's lock held.
pub(crate) fn publish(set: Dataset, folder: &Path, staged: &[Staged]) -> Result<(), StoreError> {
    let within = set.within(folder);
    let mut days = BTreeSet::new();
    for part in staged {
        let to = within.join(&part.name);
        if let Some(day) = to.parent() {
            let made = !day.exists();
            fs::create_dir_all(day).map_err(|error| StoreError::io("making the folder", day, error))?;
            if made {
                folder::sync(&within)?;
            }
            days.insert(day.to_owned());
        }
        fs::rename(&part.path, &to).map_err(|error| StoreError::io("renaming", &to, error))?;
    }
    days.iter().try_for_each(|day| folder::sync(day))
}

pub(crate) fn register(
    set: Dataset,
    link: &mut Link,
    part: &Staged,
    origin: &str,
    batch: u64,
) -> Result<(), StoreError> {
    let sql = format!(
        "INSERT INTO {} (name, day, origin, batch, min_time, max_time, row_count, byte_count) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        set.table
    );
    let values =
        args![&part.name, part.day, origin, batch, part.min_time, part.max_time, part.rows, part.bytes];
    link.execute("registering a file of rows", &sql, values)?;
    Ok(())
}

/// Registered, unretired files that may hold a time of `from..=to`, earliest first.
pub(crate) fn overlapping(
    set: Dataset,
    link: &mut Link,
    from: Instant,
    to: Instant,
) -> Result<Vec<Part>, StoreError> {
    let (table, live) = (set.table, set.live());
    let sql = format!(
        "SELECT name, min_time, max_time, row_count FROM {table} p \
         WHERE max_time >= $1 AND min_time <= $2 AND {live} ORDER BY min_time, name"
    );
    parts(link, &sql, args![from, to])
}

/// The names of all registered, unretired files.
pub(crate) fn live_names(set: Dataset, link: &mut Link) -> Result<BTreeSet<String>, StoreError> {
    let sql = format!("SELECT name FROM {} p WHERE {}", set.table, set.live());
    let rows = link.query("listing files of rows", &sql, &[])?;
    rows.into_iter().map(|mut row| row.text()).collect()
}

/// A day's files with fewer rows than `smaller_than`.
pub(super) fn small(
    set: Dataset,
    link: &mut Link,
    day: i64,
    smaller_than: u64,
) -> Result<Vec<Part>, StoreError> {
    let (table, live) = (set.table, set.live());
    let sql = format!(
        "SELECT name, min_time, max_time, row_count FROM {table} p \
         WHERE day = $1 AND row_count < $2 AND {live} ORDER BY min_time, name"
    );
    parts(link, &sql, args![day, smaller_than])
}

fn parts(link: &mut Link, sql: &str, values: &[crate::link::Value]) -> Result<Vec<Part>, StoreError> {
    let rows = link.query("listing files of rows", sql, values)?;
    rows.into_iter()
        .map(|mut row| {
            Ok(Part {
                name: row.text()?,
                min_time: row.instant()?,
                max_time: row.instant()?,
                rows: row.number()?,
            })
        })
        .collect()
}

pub(super) fn span(link: &mut Link) -> Result<Option<(Instant, Instant)>, StoreError> {
    let sql = "SELECT MIN(min_time), MAX(max_time) FROM part";
    let Some(mut row) = link.query_first("reading the archive's span", sql, &[])? else { return Ok(None) };
    Ok(row.opt_instant()?.zip(row.opt_instant()?))
}

/// Removes what a crash left: staged files that no process holds, files that no row names, and merged ones that
/// were retired. Runs in a write transaction: under the writer's lock nobody is between naming a file and
/// committing its row.
pub(crate) fn sweep(set: Dataset, folder: &Path, link: &mut Link) -> Result<(), StoreError> {
    let doing = "removing stray files of rows";
    let within = set.within(folder);
    fs::create_dir_all(&within).map_err(|error| StoreError::io(doing, &within, error))?;
    same_store(&within, link)?;
    let named = live_names(set, link)?;
    for staged in entries(&set.staging(folder))? {
        let free = File::open(&staged).is_ok_and(|file| file.try_lock().is_ok());
        if free {
            remove(&staged)?;
        }
    }
    for day in entries(&within)? {
        let day_name = file_name(&day);
        if !day_name.starts_with("day=") {
            continue;
        }
        for file in entries(&day)? {
            let name = format!("{day_name}/{}", file_name(&file));
            if name.ends_with(".parquet") && !named.contains(&name) {
                remove(&file)?;
            }
        }
    }
    Ok(())
}

/// A data folder and a database belong together: with another database, every file here would look like a stray.
fn same_store(within: &Path, link: &mut Link) -> Result<(), StoreError> {
    let doing = "matching the data folder with the database";
    let mark = within.join(".store");
    let known = link.query_first(doing, "SELECT id FROM store_identity", &[])?;
    let id = match known {
        Some(mut row) => row.text()?,
        None => {
            let random = if link.is_sqlite() {
                "LOWER(HEX(RANDOMBLOB(16)))"
            } else {
                "MD5(RANDOM()::TEXT || CLOCK_TIMESTAMP()::TEXT)"
            };
            link.batch(doing, &format!("INSERT INTO store_identity (id) SELECT {random}"))?;
            let row = link.query_first(doing, "SELECT id FROM store_identity", &[])?;
            row.ok_or_else(|| StoreError::corrupt("the store has no identity"))?.text()?
        }
    };
    match fs::read_to_string(&mark) {
        Ok(found) if found == id => Ok(()),
        Ok(_) => Err(StoreError::OtherDatabase { path: within.to_owned() }),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            let any = entries(within)?.iter().any(|entry| file_name(entry).starts_with("day="));
            if any {
                return Err(StoreError::OtherDatabase { path: within.to_owned() });
            }
            fs::write(&mark, &id).map_err(|error| StoreError::io(doing, &mark, error))
        }
        Err(error) => Err(StoreError::io(doing, &mark, error)),
    }
}

pub(super) fn remove(path: &Path) -> Result<(), StoreError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(StoreError::io("removing", path, error))
        }
        _ => Ok(()),
    }
}

fn entries(folder: &Path) -> Result<Vec<PathBuf>, StoreError> {
    let told = |error| StoreError::io("listing", folder, error);
    match fs::read_dir(folder) {
        Ok(entries) => entries.map(|entry| entry.map(|entry| entry.path()).map_err(told)).collect(),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(told(error)),
    }
}

fn file_name(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}
