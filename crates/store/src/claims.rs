//! What platforms claim: entries in order, how each claim stands by them, up to where an inbox was read, and who handed what in.
//! Holds entries and standings as JSON and never reads them.
//!
//! **Exactly once.** What is read of an inbox and up to where are one transaction ([`Store::enter_claims`]): after a crash the same
//! objects are read again, and nothing is entered twice.

use bitacora_primitives::Instant;

use crate::link::{Cells, Link, args, placeholders};
use crate::log::{self, Leaf};
use crate::{Store, StoreError};

/// The next entry about a claim, and how the claim stands with it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NewClaimEntry {
    /// STIX id of the object.
    pub claim: String,
    /// Counts the claim's entries from 1.
    pub seq: u32,
    pub recorded: Instant,
    /// JSON: the entry itself.
    pub body: String,
    pub row: ClaimRow,
}

/// How a claim stands.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ClaimRow {
    /// Codes of the state and the kind.
    pub state: String,
    pub kind: String,
    /// Something was made of it, whatever its source says since.
    pub taken: bool,
    /// When the version that stands was handed in.
    pub handed: Instant,
    /// Whom it is about: `mmsi:…`, `imo:…`, `container:…`.
    pub subjects: Vec<String>,
    /// JSON: the standing itself.
    pub body: String,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ClaimsEntered {
    /// With the leaf, where one was made.
    Entered { leaf: Option<u64> },
    /// Someone else wrote on this claim first; nothing was entered.
    Moved { claim: String },
}

/// Which claims, newest first.
#[derive(Clone, Debug, Default)]
pub struct ClaimFilter {
    /// Codes of states; `None` for all.
    pub states: Option<Vec<String>>,
    /// Code of a kind.
    pub kind: Option<String>,
    /// Only those of which something was made.
    pub taken: bool,
    /// Only those about this subject.
    pub subject: Option<String>,
    /// Handed in before.
    pub before: Option<Instant>,
    pub limit: usize,
}

/// An entry as stored.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ClaimEntryRow {
    pub recorded: Instant,
    pub body: String,
    pub leaf: Option<u64>,
}

const DOING: &str = "entering claims";
const READING: &str = "reading claims";
const STANDING: &str = "c.state, c.kind, c.taken, c.handed, c.standing";
/// The claim's last entry.
const NEWEST: &str = "NOT EXISTS (SELECT 1 FROM claim_entry n WHERE n.claim = c.claim AND n.seq = c.seq + 1)";

impl Store {
    /// Enters what was read of an inbox up to a position, all or nothing. An entry that is not its claim's next refuses all.
    pub fn enter_claims(
        &self,
        inbox: &str,
        read_to: Instant,
        entries: &[NewClaimEntry],
    ) -> Result<ClaimsEntered, StoreError> {
        self.write(DOING, |link| {
            // Nothing is written before all are judged: what is refused leaves no trace.
            for new in entries {
                if next(link, &new.claim)? != new.seq {
                    return Ok(ClaimsEntered::Moved { claim: new.claim.clone() });
                }
            }
            for new in entries {
                insert(link, new, None)?;
            }
            let sql = "INSERT INTO claim_mark (inbox, position) VALUES ($1, $2) ON CONFLICT DO NOTHING";
            link.execute(DOING, sql, args![inbox, read_to])?;
            Ok(ClaimsEntered::Entered { leaf: None })
        })
    }

    /// Enters an officer's act with its leaf, in one transaction.
    pub fn act_on_claim(
        &self,
        new: &NewClaimEntry,
        make_leaf: impl FnOnce(u64) -> Leaf,
    ) -> Result<ClaimsEntered, StoreError> {
        self.write(DOING, |link| {
            if next(link, &new.claim)? != new.seq {
                return Ok(ClaimsEntered::Moved { claim: new.claim.clone() });
            }
            let leaf = log::append(link, make_leaf)?;
            insert(link, new, Some(leaf))?;
            Ok(ClaimsEntered::Entered { leaf: Some(leaf) })
        })
    }

    /// Up to where an inbox was read.
    pub fn claims_read_to(&self, inbox: &str) -> Result<Option<Instant>, StoreError> {
        let sql = "SELECT position FROM claim_mark WHERE inbox = $1 ORDER BY position DESC LIMIT 1";
        self.read(|link| {
            link.query_first(READING, sql, args![inbox])?.map(|mut row| row.instant()).transpose()
        })
    }

    pub fn claim(&self, id: &str) -> Result<Option<ClaimRow>, StoreError> {
        let sql =
            format!("SELECT {STANDING} FROM claim_entry c WHERE c.claim = $1 ORDER BY c.seq DESC LIMIT 1");
        self.read(|link| link.query_first(READING, &sql, args![id])?.map(row).transpose())
    }

    /// Claims, newest first.
    pub fn claims(&self, filter: &ClaimFilter) -> Result<Vec<ClaimRow>, StoreError> {
        let mut values = args![filter.before.map_or(i64::MAX, Instant::micros)].to_vec();
        let mut wheres = vec!["c.handed < $1".to_owned(), NEWEST.to_owned()];
        let mut place = |value: &str| {
            values.push(value.into());
            format!("${}", values.len())
        };
        if let Some(states) = &filter.states {
            let all: Vec<String> = states.iter().map(|state| place(state)).collect();
            if all.is_empty() {
                return Ok(Vec::new());
            }
            wheres.push(format!("c.state IN ({})", all.join(", ")));
        }
        if let Some(subject) = &filter.subject {
            let subject = place(subject);
            wheres.push(format!("c.claim IN (SELECT claim FROM claim_subject WHERE subject = {subject})"));
        }
        if let Some(kind) = &filter.kind {
            let kind = place(kind);
            wheres.push(format!("c.kind = {kind}"));
        }
        if filter.taken {
            wheres.push("c.taken = 1".to_owned());
        }
        let sql = format!(
            "SELECT {STANDING} FROM claim_entry c WHERE {} ORDER BY c.handed DESC, c.claim LIMIT {}",
            wheres.join(" AND "),
            filter.limit,
        );
        self.read(|link| link.query(READING, &sql, &values)?.into_iter().map(row).collect())
    }

    /// How many claims there are of each state, by its code.
    pub fn claim_counts(&self) -> Result<Vec<(String, u64)>, StoreError> {
        let sql = format!(
            "SELECT c.state, COUNT(*) FROM claim_entry c WHERE {NEWEST} GROUP BY c.state ORDER BY c.state"
        );
        self.read(|link| {
            let rows = link.query(READING, &sql, &[])?.into_iter();
            rows.map(|mut row| Ok((row.text()?, row.number()?))).collect()
        })
    }

    /// Every entry about a claim, oldest first.
    pub fn claim_entries(&self, id: &str) -> Result<Vec<ClaimEntryRow>, StoreError> {
        let sql = "SELECT recorded, body, leaf_index FROM claim_entry WHERE claim = $1 ORDER BY seq";
        self.read(|link| {
            let rows = link.query(READING, sql, args![id])?.into_iter();
            rows.map(|mut row| {
                Ok(ClaimEntryRow { recorded: row.instant()?, body: row.text()?, leaf: row.opt_number()? })
            })
            .collect()
        })
    }

    /// Appends the leaf that names what platforms hand in, and remembers who handed in what, by the hash of its bytes.
    pub fn log_handed_in(
        &self,
        handed: &[(String, [u8; 32])],
        make_leaf: impl FnOnce(u64) -> Leaf,
    ) -> Result<u64, StoreError> {
        let doing = "logging what is handed in";
        self.write(doing, |link| {
            let leaf = log::append(link, make_leaf)?;
            for run in handed.chunks(100) {
                let sql = format!(
                    "INSERT INTO handed_in (hash, leaf_index, platform) VALUES {} ON CONFLICT DO NOTHING",
                    placeholders(1, run.len(), &["?", "?", "?"])
                );
                let values: Vec<_> =
                    run.iter().flat_map(|(platform, hash)| args![hash, leaf, platform].to_vec()).collect();
                link.execute(doing, &sql, &values)?;
            }
            Ok(leaf)
        })
    }

    /// The platform that handed in the bytes of this hash last.
    pub fn handed_in_by(&self, hash: &[u8; 32]) -> Result<Option<String>, StoreError> {
        let sql = "SELECT platform FROM handed_in WHERE hash = $1 ORDER BY leaf_index DESC LIMIT 1";
        self.read(|link| link.query_first(READING, sql, args![hash])?.map(|mut row| row.text()).transpose())
    }
}

fn next(link: &mut Link, claim: &str) -> Result<u32, StoreError> {
    let sql = "SELECT seq + 1 FROM claim_entry WHERE claim = $1 ORDER BY seq DESC LIMIT 1";
    match link.query_first(DOING, sql, args![claim])? {
        Some(mut row) => row.number(),
        None => Ok(1),
    }
}

fn insert(link: &mut Link, new: &NewClaimEntry, leaf: Option<u64>) -> Result<(), StoreError> {
    let NewClaimEntry { claim, seq, recorded, body, row } = new;
    let ClaimRow { state, kind, taken, handed, subjects, body: standing } = row;
    let sql = "INSERT INTO claim_entry (claim, seq, recorded, body, leaf_index, state, kind, taken, handed, standing) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    let values = args![claim, *seq, *recorded, body, leaf, state, kind, *taken, *handed, standing];
    link.execute(DOING, sql, values)?;
    for subject in subjects {
        let sql = "INSERT INTO claim_subject (subject, claim) VALUES ($1, $2) ON CONFLICT DO NOTHING";
        link.execute(DOING, sql, args![subject, &new.claim])?;
    }
    Ok(())
}

fn row(mut row: Cells) -> Result<ClaimRow, StoreError> {
    Ok(ClaimRow {
        state: row.text()?,
        kind: row.text()?,
        taken: row.flag()?,
        handed: row.instant()?,
        subjects: Vec::new(),
        body: row.text()?,
    })
}
