//! Questions to the archive of positions. Goes by the registered files only, and opens none whose time span lies
//! outside the question.

use std::collections::BTreeMap;

use bitacora_primitives::{Duration, Instant, Mmsi};

use super::PositionRow;
use super::parts::{Dataset, POSITIONS, Part, overlapping, positions, span};
use super::scan::{Scan, Wanted};
use crate::{Store, StoreError};

/// Fixes of `from..=to`, of one vessel or all; with more than `limit`, the earliest.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct PositionQuery {
    pub from: Instant,
    pub to: Instant,
    pub mmsi: Option<Mmsi>,
    pub limit: usize,
}

#[derive(Clone, PartialEq, Debug, Default)]
pub struct Positions {
    /// In order of time.
    pub rows: Vec<PositionRow>,
    /// The limit left some out.
    pub truncated: bool,
}

/// How often a question is put again because files were merged while it was answered.
const TRIES: usize = 5;

impl Store {
    pub fn positions(&self, query: &PositionQuery) -> Result<Positions, StoreError> {
        let wanted = Wanted { from: query.from, to: query.to, mmsi: query.mmsi };
        self.over_parts(POSITIONS, wanted.from, wanted.to, |parts| {
            let mut found = Positions::default();
            // Once more than `limit` rows are held, none after the latest of the kept is wanted.
            let mut bound = query.to;
            for part in parts.iter().take_while(|_| query.limit > 0) {
                if part.min_time > bound {
                    continue;
                }
                let path = positions(self.folder()).join(&part.name);
                let Some(scan) = Scan::open(&path)? else { return Ok(None) };
                scan.rows(&path, Wanted { to: bound, ..wanted }, |rows| {
                    found.rows.extend(rows);
                    if found.rows.len() > query.limit.saturating_mul(2) {
                        bound = keep_earliest(&mut found, query.limit).unwrap_or(bound);
                    }
                    Some(bound)
                })?;
            }
            found.rows.sort_by_key(order);
            found.truncated |= found.rows.len() > query.limit;
            found.rows.truncate(query.limit);
            Ok(Some(found))
        })
    }

    /// The newest fix of each vessel after `at - window` and not after `at`, in order of number.
    pub fn latest_positions(&self, at: Instant, window: Duration) -> Result<Vec<PositionRow>, StoreError> {
        let from = at - window + Duration::from_micros(1);
        let wanted = Wanted { from, to: at, mmsi: None };
        self.over_parts(POSITIONS, wanted.from, wanted.to, |parts| {
            let mut latest: BTreeMap<Mmsi, PositionRow> = BTreeMap::new();
            for part in parts {
                let path = positions(self.folder()).join(&part.name);
                let Some(scan) = Scan::open(&path)? else { return Ok(None) };
                scan.rows(&path, wanted, |rows| {
                    for row in rows {
                        let kept = latest.entry(row.mmsi).or_insert(row);
                        if order(kept) < order(&row) {
                            *kept = row;
                        }
                    }
                    None
                })?;
            }
            Ok(Some(latest.into_values().collect()))
        })
    }

    /// Fixes in each of `bins` equal spans of `from..to`; `None` where no file covers any of the span, which is
    /// not the same as a connected feed that heard nothing.
    pub fn density(&self, from: Instant, to: Instant, bins: usize) -> Result<Vec<Option<u64>>, StoreError> {
        let whole = (to - from).micros();
        let count = i64::try_from(bins).unwrap_or(i64::MAX);
        if bins == 0 || whole <= 0 {
            return Ok(vec![None; bins]);
        }
        let bin = |time: Instant| {
            let offset = i128::from((time - from).micros()) * i128::from(count) / i128::from(whole);
            usize::try_from(offset).unwrap_or(0)
        };
        let wanted = Wanted { from, to: to - Duration::from_micros(1), mmsi: None };
        self.over_parts(POSITIONS, wanted.from, wanted.to, |parts| {
            let mut counts = vec![None; bins];
            for part in parts {
                let (first, last) = (bin(part.min_time.max(from)), bin(part.max_time.min(wanted.to)));
                for covered in counts.iter_mut().take(last + 1).skip(first) {
                    covered.get_or_insert(0);
                }
                // A file within one bin needs no reading.
                if first == last && part.min_time >= from && part.max_time <= wanted.to {
                    if let Some(Some(count)) = counts.get_mut(first) {
                        *count += part.rows;
                    }
                    continue;
                }
                let path = positions(self.folder()).join(&part.name);
                let Some(scan) = Scan::open(&path)? else { return Ok(None) };
                scan.times(&path, wanted, |time| {
                    if let Some(Some(count)) = counts.get_mut(bin(time)) {
                        *count += 1;
                    }
                })?;
            }
            Ok(Some(counts))
        })
    }

    /// First and last time of any stored fix.
    pub fn archive_span(&self) -> Result<Option<(Instant, Instant)>, StoreError> {
        self.read(span)
    }

    /// Lists a dataset's files that may hold a time of `from..=to` and answers from them; lists again where one has meanwhile
    /// been merged away.
    pub(crate) fn over_parts<T>(
        &self,
        set: Dataset,
        from: Instant,
        to: Instant,
        mut answer: impl FnMut(&[Part]) -> Result<Option<T>, StoreError>,
    ) -> Result<T, StoreError> {
        for _ in 0..TRIES {
            let parts = self.read(|link| overlapping(set, link, from, to))?;
            if let Some(found) = answer(&parts)? {
                return Ok(found);
            }
        }
        let why = format!("a file of {} that the database names is not in the data folder", set.name);
        Err(StoreError::corrupt(why))
    }
}

fn order(row: &PositionRow) -> (Instant, Mmsi, u64) {
    (row.time, row.mmsi, row.line)
}

/// Keeps the `limit` earliest and gives the time of the latest of them.
fn keep_earliest(found: &mut Positions, limit: usize) -> Option<Instant> {
    let last = limit.checked_sub(1)?;
    found.rows.select_nth_unstable_by_key(last, order);
    found.rows.truncate(limit);
    found.truncated = true;
    found.rows.last().map(|row| row.time)
}
