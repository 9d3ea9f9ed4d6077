//! Many small files of a day, as a live feed leaves them, into one. Rows are copied, never changed; a reader that
//! listed the old files lists again.

use super::parts::{self, positions, remove};
use super::scan::{Scan, Wanted};
use super::write::stage;
use crate::link::args;
use crate::{Store, StoreError};

/// What a merge did.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Compacted {
    pub parts_in: u64,
    pub rows: u64,
}

const DOING: &str = "merging position files";
const ORIGIN: &str = "merged";
/// Rows merged at once: some 200 MB of memory. What is over waits for the next call.
const MAX_ROWS: u64 = 2_000_000;

impl Store {
    /// Merges a day's files of fewer than `smaller_than_rows` rows. Safe at any time, beside readers and writers.
    ///
    /// A crash before the commit leaves a stray file, after it the retired ones; the next opening removes either.
    pub fn compact(&self, day: i64, smaller_than_rows: u64) -> Result<Compacted, StoreError> {
        let mut small = self.read(|link| parts::small(link, day, smaller_than_rows))?;
        let mut sum = 0;
        small.retain(|part| {
            sum += part.rows;
            sum <= MAX_ROWS
        });
        if small.len() < 2 {
            return Ok(Compacted::default());
        }
        let mut rows = Vec::new();
        for part in &small {
            let path = positions(self.folder()).join(&part.name);
            // Merged by another process since it was listed: nothing is left to do here.
            let Some(scan) = Scan::open(&path)? else { return Ok(Compacted::default()) };
            let wanted = Wanted { from: part.min_time, to: part.max_time, mmsi: None };
            scan.rows(&path, wanted, |group| {
                rows.extend(group);
                None
            })?;
        }
        let held: u64 = small.iter().map(|part| part.rows).sum();
        if rows.len() as u64 != held {
            return Err(StoreError::corrupt("a position file holds another number of rows than registered"));
        }
        let mut staged = stage(self.folder(), &rows, |_| true, |_| String::new())?;
        let done = self.write(DOING, |link| {
            // Another process may have merged some of them meanwhile.
            if parts::small(link, day, smaller_than_rows)?.iter().filter(|part| small.contains(part)).count()
                != small.len()
            {
                return Ok(Compacted::default());
            }
            let next = "SELECT COALESCE(MAX(batch), 0) + 1 FROM part WHERE origin = $1";
            let batch = match link.query_first(DOING, next, args![ORIGIN])? {
                Some(mut row) => row.number::<u64>()?,
                None => 1,
            };
            for part in &mut staged {
                part.name = parts::part_name(part.day, ORIGIN, batch);
            }
            parts::publish(self.folder(), &staged)?;
            for part in &staged {
                parts::register(link, part, ORIGIN, batch)?;
                for old in &small {
                    let sql = "INSERT INTO part_retired (name, merged_into) VALUES ($1, $2)";
                    link.execute(DOING, sql, args![&old.name, &part.name])?;
                }
            }
            Ok(Compacted { parts_in: small.len() as u64, rows: held })
        })?;
        if done.parts_in > 0 {
            for part in &small {
                remove(&positions(self.folder()).join(&part.name))?;
            }
        }
        Ok(done)
    }
}
