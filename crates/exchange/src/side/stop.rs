//! Suspending and resuming. The caller has shut the gate already: here the act is recorded, and what was under way is
//! cut. Resuming is decided item by item, after it is durable.

use std::collections::BTreeSet;

use bitacora_ledger::Envelope;
use bitacora_policy::SuspensionScope;
use bitacora_primitives::markings::{ClauseId, PartyCode, Text};
use bitacora_primitives::{FactId, IncidentId, Instant, ReleaseId, SuspensionId};

use super::{AfterCommit, Offered, Side, SideError};
use crate::history::{Stage, Suspended};
use crate::record::{Approval, Condition, Cut, Ended, Notice, Record, Resumption, Signed};
use crate::shelf::Shelf;
use crate::tags::Closure;

/// What an officer asks to stop.
#[derive(Clone, PartialEq, Debug)]
pub struct Stop {
    pub scope: SuspensionScope,
    pub exceptions: BTreeSet<ClauseId>,
    pub reason: Text,
    pub condition: Condition,
    pub incident: Option<IncidentId>,
}

impl Stop {
    /// The notice that the officer signs, and what the gate is shut with. Needs no lock on the side and no disk: it
    /// is made before anything else happens.
    pub fn notice(
        self,
        agreement: &bitacora_primitives::markings::AgreementId,
        by: &PartyCode,
        entropy: [u8; 32],
        gate_closed: Instant,
    ) -> Notice {
        Notice {
            suspension: SuspensionId::of(&[agreement.as_str().as_bytes(), by.as_str().as_bytes(), &entropy]),
            agreement: agreement.clone(),
            by: by.clone(),
            scope: self.scope,
            exceptions: self.exceptions,
            reason: self.reason,
            condition: self.condition,
            incident: self.incident,
            gate_closed,
        }
    }
}

impl Notice {
    pub fn closure(&self) -> Closure {
        Closure {
            id: self.suspension,
            agreement: self.agreement.clone(),
            scope: self.scope.clone(),
            exceptions: self.exceptions.clone(),
            resumed: Vec::new(),
        }
    }
}

impl Side {
    /// Records a suspension for which the gate is shut already, and cuts what was under way: released, and its key
    /// not given.
    pub fn suspend(
        &mut self,
        notice: Notice,
        approvals: Vec<Approval>,
        now: Instant,
    ) -> Result<u64, SideError> {
        let closure = notice.closure();
        // Shut here too: who comes by a file or a test has no other gate.
        self.gate.close(closure.clone());
        let leaf = self.append(Record::Suspension(Box::new(Signed { statement: notice, approvals })), now)?;
        self.cut(&closure, now)?;
        self.stale = true;
        Ok(leaf)
    }

    fn cut(&mut self, closure: &Closure, now: Instant) -> Result<(), SideError> {
        let mut cut: Vec<(u64, ReleaseId)> = self
            .own
            .releases()
            .iter()
            .filter(|(_, state)| state.stage == Stage::Released && closure.stops(&state.tags))
            .map(|(id, state)| (state.leaf, *id))
            .collect();
        cut.sort_unstable();
        // A record is small, however many transfers were under way.
        for batch in cut.chunks(512) {
            let releases = batch.iter().map(|(_, id)| *id).collect();
            self.append(Record::Cut(Cut { suspension: closure.id, releases }), now)?;
        }
        Ok(())
    }

    /// Records a resumption. The gate follows once it is durable; then call [`Side::take_up`].
    pub fn resume(
        &mut self,
        resumption: Resumption,
        approvals: Vec<Approval>,
        now: Instant,
    ) -> Result<u64, SideError> {
        let id = resumption.suspension;
        let leaf =
            self.append(Record::Resumption(Box::new(Signed { statement: resumption, approvals })), now)?;
        let left = self.own.suspensions().get(&id).and_then(Suspended::closure);
        self.after_commit.push(AfterCommit::Resumed(id, left.map(Box::new)));
        self.stale = true;
        Ok(leaf)
    }

    /// Decides the backlog again, item by item, after a resumption is durable, and gives keys again that the partner
    /// asked for. Call it at each heartbeat too: it changes nothing where nothing waits.
    pub fn take_up(&mut self, shelf: &dyn Shelf, now: Instant) -> Result<Vec<Offered>, SideError> {
        if !self.is_running() {
            return Ok(Vec::new());
        }
        let keys = self.key_again(shelf, now);
        let mut outcomes = self.offer_cut_again(shelf, now)?;
        outcomes.extend(self.review(now)?);
        // A key that is gone for good stops no other item.
        keys.map(|()| outcomes)
    }

    /// What an officer signs to resume: the suspension, the scope, and the condition that was met.
    pub fn resumption(
        &self,
        suspension: SuspensionId,
        scope: SuspensionScope,
        condition_met: Text,
        register: Option<[u32; 2]>,
        declared: Instant,
    ) -> Result<Resumption, SideError> {
        let entropy = self.secrets.entropy()?;
        Ok(Resumption {
            resumption: FactId::of(&[suspension.bytes(), &entropy]),
            suspension,
            agreement: self.agreement_id.clone(),
            by: self.me.clone(),
            scope,
            condition_met,
            register,
            declared,
        })
    }

    /// Ends the agreement: nothing more goes out under it.
    pub fn end(&mut self, reason: Text, approvals: Vec<Approval>, now: Instant) -> Result<u64, SideError> {
        self.gate.shut(&self.agreement_id);
        let statement = Ended { agreement: self.agreement_id.clone(), by: self.me.clone(), reason };
        let leaf = self.append(Record::Ended(Signed { statement, approvals }), now)?;
        self.after_commit.push(AfterCommit::Shut);
        Ok(leaf)
    }

    /// An act of the partner that binds us: the gate first, then our log.
    pub(super) fn bind(
        &mut self,
        record: &Record,
        envelope: &Envelope,
        now: Instant,
    ) -> Result<(), SideError> {
        if self.own.ended().is_some() && !matches!(record, Record::Rotation(_)) {
            return Ok(());
        }
        match record {
            Record::Suspension(signed) => {
                let closure = signed.statement.closure();
                self.gate.close(closure.clone());
                self.append(Record::Seen { envelope: envelope.clone() }, now)?;
                self.cut(&closure, now)?;
            }
            Record::Resumption(signed) => {
                let id = signed.statement.suspension;
                if self.own.seen().get(&id).is_none_or(|one| one.ended.is_some()) {
                    return Ok(());
                }
                self.append(Record::Seen { envelope: envelope.clone() }, now)?;
                let left = self.own.seen().get(&id).and_then(Suspended::closure);
                self.after_commit.push(AfterCommit::Resumed(id, left.map(Box::new)));
            }
            Record::Ended(_) => {
                self.gate.shut(&self.agreement_id);
                self.append(Record::Seen { envelope: envelope.clone() }, now)?;
                self.after_commit.push(AfterCommit::Shut);
            }
            Record::Rotation(_) => {
                self.append(Record::Seen { envelope: envelope.clone() }, now)?;
            }
            _ => return Ok(()),
        }
        self.stale = true;
        Ok(())
    }
}
