//! The one gate out. Whoever writes ciphertext or a key towards a partner holds a [`Pass`] while the write starts; a
//! suspension shuts the gate and returns when no write of its scope can start any more. Waits for no disk, no
//! partner and no policy.

use std::collections::BTreeSet;
use std::sync::{PoisonError, RwLock, RwLockReadGuard};

use bitacora_primitives::SuspensionId;
use bitacora_primitives::markings::AgreementId;

use crate::tags::{Closure, Tags};

/// Why a write may not start.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Shut {
    /// The log of this agreement has not been replayed yet, or the agreement is not in force.
    #[error("the gate of this agreement is not open")]
    NotOpen,
    #[error("suspended by {0}")]
    Suspended(SuspensionId),
}

/// Shared by every connection of the node.
#[derive(Debug, Default)]
pub struct Gate {
    state: RwLock<State>,
}

#[derive(Debug, Default)]
struct State {
    /// Agreements whose log has been replayed. INVARIANT: the gate starts closed until the log is replayed.
    open: BTreeSet<AgreementId>,
    closures: Vec<Closure>,
    /// A write panicked under its pass: nothing is known any more, so nothing passes.
    broken: bool,
}

/// Held while a write starts. Keep it for one non-blocking write, never across a wait: a suspension waits for it.
#[derive(Debug)]
pub struct Pass<'gate> {
    _held: RwLockReadGuard<'gate, State>,
}

impl Gate {
    pub fn new() -> Self {
        Self::default()
    }

    /// Leave to start one write about these items.
    pub fn pass<'t>(&self, items: impl IntoIterator<Item = &'t Tags>) -> Result<Pass<'_>, Shut> {
        let state = self.state.read().map_err(|_| Shut::NotOpen)?;
        for tags in items {
            state.check(tags)?;
        }
        Ok(Pass { _held: state })
    }

    /// Whether a write about this item could start now.
    pub fn check(&self, tags: &Tags) -> Result<(), Shut> {
        self.state.read().map_err(|_| Shut::NotOpen)?.check(tags)
    }

    /// Shuts the gate for a scope. When this returns, no write of the scope can start, and none is being started.
    // INVARIANT: no write of the scope starts after a suspension returned.
    pub fn close(&self, closure: Closure) {
        let mut state = self.writable();
        state.closures.retain(|held| held.id != closure.id);
        state.closures.push(closure);
    }

    /// Opens an agreement's gate with the suspensions that its replayed logs hold. A stop that was made meanwhile
    /// and is not in the log yet stays.
    pub fn open(&self, agreement: &AgreementId, suspensions: Vec<Closure>) {
        let mut state = self.writable();
        let logged: BTreeSet<SuspensionId> = suspensions.iter().map(|closure| closure.id).collect();
        state.closures.retain(|held| held.agreement != *agreement || !logged.contains(&held.id));
        state.closures.extend(suspensions);
        state.open.insert(agreement.clone());
    }

    /// Shuts an agreement's gate entirely: its log cannot be written, or the agreement ended.
    pub fn shut(&self, agreement: &AgreementId) {
        self.writable().open.remove(agreement);
    }

    /// Ends or narrows one suspension, after its resumption is durable in the log.
    pub fn resume(&self, id: SuspensionId, left: Option<Closure>) {
        let mut state = self.writable();
        state.closures.retain(|held| held.id != id);
        state.closures.extend(left);
    }

    fn writable(&self) -> std::sync::RwLockWriteGuard<'_, State> {
        self.state.write().unwrap_or_else(|poisoned: PoisonError<_>| {
            let mut state = poisoned.into_inner();
            state.broken = true;
            state
        })
    }
}

impl State {
    fn check(&self, tags: &Tags) -> Result<(), Shut> {
        if self.broken || !self.open.contains(&tags.agreement) {
            return Err(Shut::NotOpen);
        }
        match self.closures.iter().find(|closure| closure.stops(tags)) {
            Some(closure) => Err(Shut::Suspended(closure.id)),
            None => Ok(()),
        }
    }
}
