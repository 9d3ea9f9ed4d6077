//! What platforms claim: entries in order, how each claim stands by them, and up to where an inbox was read.
//! Holds entries and standings as JSON and never reads them.
//!
//! **Exactly once.** What is read of an inbox and up to where are one transaction ([`Store::enter_claims`]): after a crash the same
//! objects are read again, and nothing is entered twice.

use bitacora_primitives::Instant;
use rustc_hash::FxHashMap;

use crate::link::{Cells, Insert, Link, Value, args, in_runs, placeholders};
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
    /// JSON: the standing itself. Empty in what is entered: the entry says it by itself, and is given in its place.
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
const STANDING: &str =
    "c.state, c.kind, c.taken, c.handed, CASE c.standing WHEN '' THEN c.body ELSE c.standing END";
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
            if let Some(claim) = moved(link, entries)? {
                return Ok(ClaimsEntered::Moved { claim: claim.to_owned() });
            }
            insert(link, entries, None)?;
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
            let new = std::slice::from_ref(new);
            if let Some(claim) = moved(link, new)? {
                return Ok(ClaimsEntered::Moved { claim: claim.to_owned() });
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
        self.read(|link| link.query_first(READING, &sql, args![id])?.as_mut().map(row).transpose())
    }

    /// How claims stand, of those that there are, with their ids.
    pub fn standings(&self, ids: &[&str]) -> Result<Vec<(String, ClaimRow)>, StoreError> {
        self.read(|link| of_claims(link, STANDING, ids, row))
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
        self.read(|link| link.query(READING, &sql, &values)?.iter_mut().map(row).collect())
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
}

/// Whether each entry is its claim's next; else the claim of the first that is not. A claim has one entry among them.
fn moved<'n>(link: &mut Link, entries: &'n [NewClaimEntry]) -> Result<Option<&'n str>, StoreError> {
    let ids: Vec<&str> = entries.iter().map(|new| new.claim.as_str()).collect();
    let last: FxHashMap<String, u32> =
        of_claims(link, "c.seq", &ids, |row| row.number())?.into_iter().collect();
    let is_next =
        |new: &&NewClaimEntry| last.get(&new.claim).copied().unwrap_or(0).checked_add(1) == Some(new.seq);
    Ok(entries.iter().find(|new| !is_next(new)).map(|new| new.claim.as_str()))
}

/// What the last entry of each claim says, of those that there are.
fn of_claims<T>(
    link: &mut Link,
    columns: &str,
    ids: &[&str],
    read: impl Fn(&mut Cells) -> Result<T, StoreError>,
) -> Result<Vec<(String, T)>, StoreError> {
    let mut found = Vec::new();
    for run in in_runs(ids) {
        let asked = placeholders(1, run.len(), &["CAST(? AS TEXT)"]);
        // In this order, which no planner turns round: for a list SQLite would make a table first.
        let sql = format!(
            "SELECT c.claim, {columns} FROM (VALUES {asked}) AS k CROSS JOIN claim_entry c \
             WHERE c.claim = k.column1 AND {NEWEST}"
        );
        let values: Vec<Value> = run.iter().map(|id| Value::from(*id)).collect();
        for mut row in link.query(READING, &sql, &values)? {
            found.push((row.text()?, read(&mut row)?));
        }
    }
    Ok(found)
}

fn insert(link: &mut Link, entries: &[NewClaimEntry], leaf: Option<u64>) -> Result<(), StoreError> {
    const ENTRY: &str =
        "claim_entry (claim, seq, recorded, body, leaf_index, state, kind, taken, handed, standing)";
    let (mut rows, mut subjects): (Vec<[Value; 10]>, Vec<[Value; 2]>) = (Vec::new(), Vec::new());
    for new in entries {
        let NewClaimEntry { claim, seq, recorded, body, row } = new;
        let ClaimRow { state, kind, taken, handed, subjects: about, body: standing } = row;
        rows.push([
            claim.into(),
            (*seq).into(),
            (*recorded).into(),
            body.into(),
            leaf.into(),
            state.into(),
            kind.into(),
            (*taken).into(),
            (*handed).into(),
            standing.into(),
        ]);
        subjects.extend(about.iter().map(|subject| [subject.into(), claim.into()]));
    }
    for run in in_runs(&rows) {
        link.insert(DOING, &[Insert::of(ENTRY, run)])?;
    }
    for run in in_runs(&subjects) {
        link.insert(DOING, &[Insert::of("claim_subject (subject, claim)", run).unless_there()])?;
    }
    Ok(())
}

fn row(row: &mut Cells) -> Result<ClaimRow, StoreError> {
    Ok(ClaimRow {
        state: row.text()?,
        kind: row.text()?,
        taken: row.flag()?,
        handed: row.instant()?,
        subjects: Vec::new(),
        body: row.text()?,
    })
}
