//! What the API keeps in memory about the exchange: stops with their three times, first signatures that wait for a
//! second, and times read from cosignatures. Losing it loses no act: what is done is in the log.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bitacora_exchange::Agreement;
use bitacora_exchange::record::{Approval, Resumption};
use bitacora_exchange::side::Stop;
use bitacora_policy::SuspensionScope;
use bitacora_primitives::markings::{AgreementId, Text};
use bitacora_primitives::{Duration, Instant, Officer, OfficerId, SuspensionId};

use crate::exchange::{Exchange, Stopped};

/// A first signature waits no longer than a session lasts: what it says of the condition grows old.
pub(super) const SIGNATURE_WAITS: Duration = Duration::from_hours(12);
/// Stops kept for their times; the oldest go first.
const MOST_STOPS: usize = 1_000;

pub(crate) struct Desk {
    pub(super) exchange: Arc<dyn Exchange>,
    memory: Mutex<Memory>,
}

/// All of it under one lock, held for moments only.
#[derive(Debug, Default)]
struct Memory {
    stops: BTreeMap<SuspensionId, Made>,
    waiting: Vec<Waiting>,
    times: BTreeMap<SuspensionId, Times>,
    /// As each was last seen: a stop is checked against it without a look, which could wait.
    agreements: BTreeMap<AgreementId, Arc<Agreement>>,
}

/// A stop as it was made here.
#[derive(Clone, Debug)]
pub(super) struct Made {
    pub(super) agreement: AgreementId,
    pub(super) stopped: Stopped,
    pub(super) stop: Stop,
    pub(super) officer: Officer,
}

/// A resumption that one officer has signed.
#[derive(Clone, Debug)]
pub(super) struct Waiting {
    pub(super) statement: Resumption,
    pub(super) approvals: Vec<Approval>,
    pub(super) officer: Officer,
    pub(super) at: Instant,
}

impl Waiting {
    /// The second officer signs these very words, or none.
    fn says(&self, suspension: SuspensionId, scope: &SuspensionScope, met: &Text) -> bool {
        self.statement.suspension == suspension
            && self.statement.scope == *scope
            && self.statement.condition_met == *met
    }
}

/// What cosignatures prove about a suspension's leaf. Kept once the partner's is among them.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Times {
    pub(super) partner_informed: Option<Instant>,
    pub(super) proven_by: Option<Instant>,
}

impl std::fmt::Debug for Desk {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Desk").field("me", &self.exchange.me()).finish_non_exhaustive()
    }
}

impl Desk {
    pub(crate) fn new(exchange: Arc<dyn Exchange>) -> Self {
        Self { exchange, memory: Mutex::default() }
    }

    fn memory(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn keep_stop(&self, made: Made) {
        let mut memory = self.memory();
        memory.stops.insert(made.stopped.suspension, made);
        while memory.stops.len() > MOST_STOPS {
            let oldest = memory.stops.values().min_by_key(|one| one.stopped.gate_closed);
            let Some(oldest) = oldest.map(|one| one.stopped.suspension) else { return };
            memory.stops.remove(&oldest);
        }
    }

    pub(super) fn stop(&self, id: &SuspensionId) -> Option<Made> {
        self.memory().stops.get(id).cloned()
    }

    /// Stops of an agreement that were made here since the node started.
    pub(super) fn stops(&self, agreement: &AgreementId) -> Vec<Made> {
        self.memory().stops.values().filter(|made| made.agreement == *agreement).cloned().collect()
    }

    pub(super) fn remember(&self, agreement: &Arc<Agreement>) {
        self.memory().agreements.insert(agreement.id.clone(), Arc::clone(agreement));
    }

    pub(super) fn remembered(&self, id: &AgreementId) -> Option<Arc<Agreement>> {
        self.memory().agreements.get(id).cloned()
    }

    pub(super) fn times(&self, id: &SuspensionId) -> Option<Times> {
        self.memory().times.get(id).copied()
    }

    pub(super) fn keep_times(&self, id: SuspensionId, times: Times) {
        self.memory().times.insert(id, times);
    }

    /// The newest first signature that waits for a second over this suspension.
    pub(super) fn waiting(&self, id: SuspensionId, now: Instant) -> Option<Waiting> {
        let memory = self.memory();
        let of = |one: &&Waiting| one.statement.suspension == id && now - one.at < SIGNATURE_WAITS;
        memory.waiting.iter().filter(of).max_by_key(|one| one.at).cloned()
    }

    /// The signature over these words that waits, if one does.
    pub(super) fn waiting_for(
        &self,
        id: SuspensionId,
        scope: &SuspensionScope,
        met: &Text,
        now: Instant,
    ) -> Option<Waiting> {
        let mut memory = self.memory();
        memory.waiting.retain(|one| now - one.at < SIGNATURE_WAITS);
        memory.waiting.iter().find(|one| one.says(id, scope, met)).cloned()
    }

    /// An officer has one word on a suspension at a time: a later one takes the place of the earlier.
    pub(super) fn keep_waiting(&self, waiting: Waiting) {
        let mut memory = self.memory();
        let (id, by): (SuspensionId, OfficerId) = (waiting.statement.suspension, waiting.officer.id);
        memory.waiting.retain(|one| one.statement.suspension != id || one.officer.id != by);
        memory.waiting.retain(|one| one.statement.resumption != waiting.statement.resumption);
        memory.waiting.push(waiting);
    }

    /// The suspension is another than the one that they signed about.
    pub(super) fn forget_waiting(&self, id: SuspensionId) {
        self.memory().waiting.retain(|one| one.statement.suspension != id);
    }
}
