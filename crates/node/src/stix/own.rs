//! The node's own: incidents of its register that an officer signed, and leads that an officer accepted, marked as the node
//! marks what it offers and given to nobody.

use std::collections::BTreeSet;
use std::path::Path;

use bitacora_claims::Kind;
use bitacora_incidents::{Incident, Register};
use bitacora_leads::{Lead, State};
use bitacora_primitives::{IncidentId, LeadId, Originator, Releasable as _};
use bitacora_stix::{Caveats, Item, Object, Standing, Times, incident_objects, item_objects};
use bitacora_store::{ClaimFilter, DecisionRow, LeadFilter, LeadRow, Store};

use super::left_out::{LeftOut, Reason, Why};
use super::{Planned, What};
use crate::error::NodeError;
use crate::exchange::engine::Chain;

/// An accepted lead cannot be dismissed any more: with its outcome it is still what the officer accepted.
const ACCEPTED: [State; 2] = [State::Accepted, State::OutcomeRecorded];

/// An incident or a lead.
#[derive(Debug)]
pub(crate) enum Thing {
    Incident(IncidentId),
    /// And which revision of it.
    Lead(LeadId, u32),
}

impl std::fmt::Display for Thing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Incident(id) => write!(f, "{id}"),
            Self::Lead(id, revision) => write!(f, "{id} revision {revision}"),
        }
    }
}

pub(super) struct Own {
    /// `None` where nothing was stored yet.
    store: Option<Store>,
    register: Register,
    /// Incidents that rest on what a platform claimed.
    claimed: BTreeSet<IncidentId>,
    /// In the order of the log, of their first entries.
    reported: Vec<IncidentId>,
    /// `None` without an agreement, which alone says which party the node is.
    by: Option<Originator>,
}

impl Own {
    pub(super) fn open(
        folder: &Path,
        database: Option<&str>,
        by: Option<Originator>,
    ) -> Result<Self, NodeError> {
        let store = Store::open_to_read(folder, database)?;
        let entries = store.as_ref().map_or_else(|| Ok(Vec::new()), Store::incident_entries)?;
        let register = Register::replay(entries.iter().map(|row| row.entry.body.as_str()))
            .map_err(|error| NodeError::Log { why: Chain(&error).to_string() })?;
        let first = entries.iter().filter(|row| row.entry.seq == 1);
        let reported = first.map(|row| row.entry.incident).collect();
        let claimed = store.as_ref().map_or_else(|| Ok(BTreeSet::new()), claimed)?;
        Ok(Self { store, register, claimed, reported, by })
    }

    pub(super) fn plan(&self, plan: &mut Vec<Planned>, left: &mut LeftOut) -> Result<(), NodeError> {
        for incident in self.reported.iter().filter_map(|id| self.register.get(*id)) {
            if self.claimed.contains(&incident.id) {
                left.one(Reason::Claimed);
                continue;
            }
            match (incident.signed, &self.by, entered(incident)) {
                (false, ..) => left.one(Reason::Unsigned),
                (true, None, _) => left.one(Reason::NoParty),
                (true, Some(_), times) => plan.extend(times.map(|times| Planned {
                    what: What::Own(Thing::Incident(incident.id)),
                    times,
                    standing: Standing::Stands,
                })),
            }
        }
        let Some(store) = &self.store else { return Ok(()) };
        let mut leads = Vec::new();
        for (state, count) in store.lead_counts()? {
            if !ACCEPTED.iter().any(|accepted| accepted.code() == state) {
                left.several(Reason::NotAccepted, count);
            } else if self.by.is_none() {
                left.several(Reason::NoParty, count);
            } else {
                let filter =
                    LeadFilter { states: Some(vec![state]), limit: usize::MAX, ..LeadFilter::default() };
                for row in store.leads(&filter)? {
                    leads.extend(accepted(store, &row)?);
                }
            }
        }
        leads.sort_by_key(|(leaf, _)| *leaf);
        plan.extend(leads.into_iter().map(|(_, planned)| planned));
        Ok(())
    }

    pub(super) fn objects(&self, thing: &Thing, times: Times) -> Result<Vec<Object>, Why> {
        let by = self.by.as_ref().ok_or(Why::For(Reason::NoParty))?;
        match thing {
            Thing::Incident(id) => {
                let incident = self.register.get(*id).ok_or(Why::Unknown)?;
                Ok(incident_objects(incident, by, times)?)
            }
            Thing::Lead(id, revision) => {
                let store = self.store.as_ref().ok_or(Why::Unknown)?;
                let told = |error: &dyn std::error::Error| Why::NotOpened(Chain(error).to_string());
                let revisions = store.lead_revisions(*id).map_err(|error| told(&error))?;
                let row = revisions.into_iter().find(|row| row.lead.revision == *revision);
                let row = row.ok_or(Why::Unknown)?;
                let lead: Lead = serde_json::from_str(&row.lead.body).map_err(|error| told(&error))?;
                let item = Item::from(&lead.offer(by));
                Ok(item_objects(&item, &Caveats::own(), times, Standing::Stands)?)
            }
        }
    }
}

/// Incidents as an officer takes them out of claims: others' caveats hold for them, which our own marking does not carry.
fn claimed(store: &Store) -> Result<BTreeSet<IncidentId>, NodeError> {
    let kind = Some(Kind::Incident.code().to_owned());
    // Taken or not: what was taken once stays in the register.
    let filter = ClaimFilter { kind, limit: i64::MAX as usize, ..ClaimFilter::default() };
    let mut found = BTreeSet::new();
    for row in store.claims(&filter)? {
        let standing = bitacora_claims::Standing::read(&row.body);
        let standing = standing.map_err(|error| NodeError::Log { why: error.to_string() })?;
        found.insert(standing.claim.incident_id());
    }
    Ok(found)
}

/// When the register's entries were written down.
fn entered(incident: &Incident) -> Option<Times> {
    let (first, later) = incident.history.split_first()?;
    Some(later.iter().fold(Times::first(first.at), |times, change| times.next(change.at)))
}

/// The newest revision of an accepted lead, with the leaf of its acceptance.
fn accepted(store: &Store, row: &LeadRow) -> Result<Option<(u64, Planned)>, NodeError> {
    let id = row.lead.id;
    let decisions = store.decisions(id)?;
    let Some(acceptance) = decisions.iter().find(|one| one.state_after == State::Accepted.code()) else {
        return Ok(None);
    };
    let times = decided(acceptance, &store.lead_revisions(id)?);
    let what = What::Own(Thing::Lead(id, row.lead.revision));
    Ok(Some((acceptance.leaf, Planned { what, times, standing: Standing::Stands })))
}

/// A lead is told of from its acceptance on, and anew with each revision that the officer had not seen.
fn decided(acceptance: &DecisionRow, revisions: &[LeadRow]) -> Times {
    let unseen = revisions.iter().filter(|row| row.lead.revision > acceptance.lead_revision);
    unseen.fold(Times::first(acceptance.recorded), |times, row| times.next(row.recorded))
}

#[cfg(test)]
mod tests {
    use super::*;
    use bitacora_primitives::{FactId, Instant};
    use bitacora_store::NewLead;

    fn at(second: i64) -> Instant {
        Instant::from_micros(1_764_000_000_000_000 + second * 1_000_000)
    }

    fn revision(revision: u32, recorded: Instant) -> LeadRow {
        let lead = NewLead {
            id: LeadId::of(&[b"lead"]),
            revision,
            mmsi: None,
            other: None,
            container: None,
            // Times of the sea, which no object tells in its own times.
            start: at(-9_000),
            updated: at(-8_000),
            strength: 1.0,
            lat: None,
            lon: None,
            code: "ais_gap".to_owned(),
            body: "{}".to_owned(),
        };
        LeadRow {
            lead,
            number: "IND-2511-0001".to_owned(),
            state: "accepted".to_owned(),
            last: None,
            recorded,
        }
    }

    #[test]
    fn a_lead_begins_with_its_acceptance_and_moves_with_what_the_officer_had_not_seen() {
        let acceptance = DecisionRow {
            id: FactId::of(&[b"decision"]),
            lead: LeadId::of(&[b"lead"]),
            lead_revision: 1,
            seq: 1,
            state_before: "new".to_owned(),
            action: "accept".to_owned(),
            reason: None,
            state_after: "accepted".to_owned(),
            officer: None,
            at: at(-7_000),
            recorded: at(10),
            note: String::new(),
            body: "{}".to_owned(),
            leaf: 7,
        };
        let seen = [revision(0, at(1)), revision(1, at(2))];
        assert_eq!(decided(&acceptance, &seen), Times::first(at(10)));
        let [first, second] = seen;
        let later = decided(&acceptance, &[first, second, revision(2, at(9)), revision(3, at(60))]);
        assert_eq!((later.created(), later.modified()), (at(10), at(60)));
    }
}
