//! Many small files of a day, as a live feed leaves them, into one. Rows are copied, never changed; a reader that
//! listed the old files lists again.

use super::parts::{self, Dataset, POSITIONS, Part, positions, remove};
use super::scan::{Scan, Wanted};
use super::staged::Staged;
use super::write::stage;
use crate::link::args;
use crate::{Store, StoreError};

/// What a merge did.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Compacted {
    pub parts_in: u64,
    pub rows: u64,
}

const DOING: &str = "merging files of rows";
const ORIGIN: &str = "merged";
/// Rows merged at once: some 200 MB of memory, of static reports 500. What is over waits for the next call.
const MAX_ROWS: u64 = 2_000_000;

impl Store {
    /// Merges a day's files of fewer than `smaller_than_rows` positions. Safe at any time, beside readers and writers.
    pub fn compact(&self, day: i64, smaller_than_rows: u64) -> Result<Compacted, StoreError> {
        self.merge(POSITIONS, day, smaller_than_rows, |parts| {
            let mut rows = Vec::new();
            for part in parts {
                let path = positions(self.folder()).join(&part.name);
                let Some(scan) = Scan::open(&path)? else { return Ok(None) };
                let wanted = Wanted { from: part.min_time, to: part.max_time, mmsi: None };
                scan.rows(&path, wanted, |group| {
                    rows.extend(group);
                    None
                })?;
            }
            stage(self.folder(), &rows, |_| true, |_| String::new()).map(Some)
        })
    }

    /// Merges small files of a dataset: `copy` stages what they hold, or answers that one of them is gone, which
    /// another process has merged since they were listed.
    ///
    /// A crash before the commit leaves a stray file, after it the retired ones; the next opening removes either.
    pub(crate) fn merge(
        &self,
        set: Dataset,
        day: i64,
        smaller_than_rows: u64,
        copy: impl FnOnce(&[Part]) -> Result<Option<Vec<Staged>>, StoreError>,
    ) -> Result<Compacted, StoreError> {
        let mut small = self.read(|link| parts::small(set, link, day, smaller_than_rows))?;
        let mut sum = 0;
        small.retain(|part| {
            sum += part.rows;
            sum <= MAX_ROWS
        });
        if small.len() < 2 {
            return Ok(Compacted::default());
        }
        let Some(mut staged) = copy(&small)? else { return Ok(Compacted::default()) };
        let held: u64 = small.iter().map(|part| part.rows).sum();
        if staged.iter().map(|part| part.rows).sum::<u64>() != held {
            return Err(StoreError::corrupt("a file of rows holds another number of them than registered"));
        }
        let done = self.write(DOING, |link| {
            // Another process may have merged some of them meanwhile.
            let still = parts::small(set, link, day, smaller_than_rows)?;
            if still.iter().filter(|part| small.contains(part)).count() != small.len() {
                return Ok(Compacted::default());
            }
            let next = format!("SELECT COALESCE(MAX(batch), 0) + 1 FROM {} WHERE origin = $1", set.table);
            let batch = match link.query_first(DOING, &next, args![ORIGIN])? {
                Some(mut row) => row.number::<u64>()?,
                None => 1,
            };
            for part in &mut staged {
                part.name = parts::part_name(part.day, ORIGIN, batch);
            }
            parts::publish(set, self.folder(), &staged)?;
            let retire = format!("INSERT INTO {}_retired (name, merged_into) VALUES ($1, $2)", set.table);
            for part in &staged {
                parts::register(set, link, part, ORIGIN, batch)?;
                for old in &small {
                    link.execute(DOING, &retire, args![&old.name, &part.name])?;
                }
            }
            Ok(Compacted { parts_in: small.len() as u64, rows: held })
        })?;
        if done.parts_in > 0 {
            for part in &small {
                remove(&set.within(self.folder()).join(&part.name))?;
            }
        }
        Ok(done)
    }
}
