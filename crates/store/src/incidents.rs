//! The entries of the incident register, each with its leaf. Two who write on one incident at the same moment are put
//! in order here: the second is told that it moved. Holds an entry as JSON and never reads it.

use bitacora_primitives::{IncidentId, Instant};

use crate::link::{Cells, Link, args};
use crate::log::{self, Leaf};
use crate::{Store, StoreError};

/// The next entry of an incident. `seq` counts the incident's entries from 1.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NewIncidentEntry {
    pub incident: IncidentId,
    pub seq: u32,
    pub recorded: Instant,
    /// JSON: the entry itself.
    pub body: String,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct IncidentEntryRow {
    pub entry: NewIncidentEntry,
    pub leaf: u64,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub enum IncidentEntered {
    Recorded(IncidentEntryRow),
    /// Someone else wrote first, or an entry was left out: `next` is the number that the next entry takes.
    Moved {
        next: u32,
    },
}

const DOING: &str = "writing to the incident register";
const COLUMNS: &str = "incident, seq, recorded, body, leaf_index";

impl Store {
    /// Stores an entry and its leaf in one transaction, if it is the incident's next. One that is stored already, to
    /// the letter, is given back as recorded: a repeated request writes once.
    pub fn append_incident_entry(
        &self,
        new: &NewIncidentEntry,
        make_leaf: impl FnOnce(u64) -> Leaf,
    ) -> Result<IncidentEntered, StoreError> {
        self.write(DOING, |link| {
            let same = format!("SELECT {COLUMNS} FROM incident_entry WHERE incident = $1 AND seq = $2");
            if let Some(row) = link.query_first(DOING, &same, args![new.incident, new.seq])? {
                let known = entry(row)?;
                if known.entry == *new {
                    return Ok(IncidentEntered::Recorded(known));
                }
            }
            let next = next(link, new.incident)?;
            if new.seq != next {
                return Ok(IncidentEntered::Moved { next });
            }
            let leaf = log::append(link, make_leaf)?;
            let sql = format!("INSERT INTO incident_entry ({COLUMNS}) VALUES ($1, $2, $3, $4, $5)");
            let values = args![new.incident, new.seq, new.recorded, &new.body, leaf];
            link.execute(DOING, &sql, values)?;
            Ok(IncidentEntered::Recorded(IncidentEntryRow { entry: new.clone(), leaf }))
        })
    }

    /// Every entry in the order of the log: what the register is replayed from.
    pub fn incident_entries(&self) -> Result<Vec<IncidentEntryRow>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM incident_entry ORDER BY leaf_index");
        self.read(|link| {
            link.query("reading the incident register", &sql, &[])?.into_iter().map(entry).collect()
        })
    }
}

fn next(link: &mut Link, incident: IncidentId) -> Result<u32, StoreError> {
    let sql = "SELECT seq + 1 FROM incident_entry WHERE incident = $1 ORDER BY seq DESC LIMIT 1";
    match link.query_first(DOING, sql, args![incident])? {
        Some(mut row) => row.number(),
        None => Ok(1),
    }
}

fn entry(mut row: Cells) -> Result<IncidentEntryRow, StoreError> {
    Ok(IncidentEntryRow {
        entry: NewIncidentEntry {
            incident: row.id()?,
            seq: row.number()?,
            recorded: row.instant()?,
            body: row.text()?,
        },
        leaf: row.number()?,
    })
}
