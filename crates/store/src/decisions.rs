//! What officers decided on leads. Two who decide one lead at the same moment are put in order here, and the second
//! is told who was first; never are both recorded as if neither knew.

use bitacora_primitives::{FactId, Instant, LeadId, OfficerId};

use crate::link::{Cells, Link, args};
use crate::log::{self, Leaf};
use crate::{FIRST_STATE, Store, StoreError};

/// A decision as an officer makes it. `seen_state` is what the lead's state was on the officer's screen.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NewDecision {
    pub id: FactId,
    pub lead: LeadId,
    pub lead_revision: u32,
    pub seen_state: String,
    pub action: String,
    pub reason: Option<String>,
    pub state_after: String,
    /// `None` for the node's own, such as an expiry.
    pub officer: Option<OfficerId>,
    pub at: Instant,
    pub recorded: Instant,
    pub note: String,
    /// JSON: the signature and whatever else belongs to it.
    pub body: String,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DecisionRow {
    pub id: FactId,
    pub lead: LeadId,
    pub lead_revision: u32,
    /// Counts the lead's decisions, from 1.
    pub seq: u32,
    pub state_before: String,
    pub action: String,
    pub reason: Option<String>,
    pub state_after: String,
    pub officer: Option<OfficerId>,
    pub at: Instant,
    pub recorded: Instant,
    pub note: String,
    pub body: String,
    pub leaf: u64,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Decided {
    Recorded(DecisionRow),
    /// `first` is the decision that took the lead out of the state the officer saw.
    AlreadyDecided {
        first: DecisionRow,
        state: String,
    },
    /// Nobody has decided, yet the officer claims to have seen another state than `new`.
    NotInState {
        state: String,
    },
}

pub(crate) const COLUMNS: &str = "id, lead, lead_revision, seq, state_before, action, reason, state_after, \
                                  officer, at_time, recorded, note, body, leaf_index";

impl Store {
    /// Records a decision and its leaf in one transaction, if the lead is still in the state the officer saw.
    /// A decision whose id is stored already is given back as recorded: a repeated request decides once.
    pub fn decide(
        &self,
        new: &NewDecision,
        make_leaf: impl FnOnce(u64) -> Leaf,
    ) -> Result<Decided, StoreError> {
        let doing = "recording a decision";
        self.write(doing, |link| {
            let lead = "SELECT number FROM lead_number WHERE lead = $1";
            if link.query_first(doing, lead, args![new.lead])?.is_none() {
                return Err(StoreError::UnknownLead(new.lead));
            }
            let past = decisions(link, new.lead)?;
            if let Some(same) = past.iter().find(|decision| decision.id == new.id) {
                return Ok(Decided::Recorded(same.clone()));
            }
            let last = past.last();
            let state = last.map_or(FIRST_STATE, |decision| &decision.state_after);
            if state != new.seen_state {
                let state = state.to_owned();
                let left = past.iter().rev().find(|decision| decision.state_before == new.seen_state);
                return Ok(match left.or(last) {
                    Some(first) => Decided::AlreadyDecided { first: first.clone(), state },
                    None => Decided::NotInState { state },
                });
            }
            let row = DecisionRow {
                id: new.id,
                lead: new.lead,
                lead_revision: new.lead_revision,
                seq: last.map_or(1, |decision| decision.seq + 1),
                state_before: new.seen_state.clone(),
                action: new.action.clone(),
                reason: new.reason.clone(),
                state_after: new.state_after.clone(),
                officer: new.officer,
                at: new.at,
                recorded: new.recorded,
                note: new.note.clone(),
                body: new.body.clone(),
                leaf: log::append(link, make_leaf)?,
            };
            insert(link, &row)?;
            Ok(Decided::Recorded(row))
        })
    }

    /// A lead's decisions, oldest first.
    pub fn decisions(&self, lead: LeadId) -> Result<Vec<DecisionRow>, StoreError> {
        self.read(|link| decisions(link, lead))
    }
}

fn decisions(link: &mut Link, lead: LeadId) -> Result<Vec<DecisionRow>, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM decision WHERE lead = $1 ORDER BY seq");
    link.query("reading decisions", &sql, args![lead])?.iter_mut().map(decision).collect()
}

pub(crate) fn last_decision(link: &mut Link, lead: LeadId) -> Result<Option<DecisionRow>, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM decision WHERE lead = $1 ORDER BY seq DESC LIMIT 1");
    link.query_first("reading decisions", &sql, args![lead])?.as_mut().map(decision).transpose()
}

fn insert(link: &mut Link, row: &DecisionRow) -> Result<(), StoreError> {
    let sql = format!(
        "INSERT INTO decision ({COLUMNS}, folded) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)"
    );
    let values = args![
        row.id,
        row.lead,
        row.lead_revision,
        row.seq,
        &row.state_before,
        &row.action,
        row.reason.as_ref(),
        &row.state_after,
        row.officer,
        row.at,
        row.recorded,
        &row.note,
        &row.body,
        row.leaf,
        crate::watchlog::folded(&row.note)
    ];
    link.execute("recording a decision", &sql, values)?;
    Ok(())
}

pub(crate) fn decision(row: &mut Cells) -> Result<DecisionRow, StoreError> {
    Ok(DecisionRow {
        id: row.id()?,
        lead: row.id()?,
        lead_revision: row.number()?,
        seq: row.number()?,
        state_before: row.text()?,
        action: row.text()?,
        reason: row.opt_text()?,
        state_after: row.text()?,
        officer: row.opt_id()?,
        at: row.instant()?,
        recorded: row.instant()?,
        note: row.text()?,
        body: row.text()?,
        leaf: row.number()?,
    })
}
