//! Counts writes that start after a gate was shut and that the shut scope covers. The count is 0, or the gate is
//! broken: it is shown so that anyone can see it.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{PoisonError, RwLock};

use bitacora_exchange::history::History;
use bitacora_exchange::{Closure, Tags};
use bitacora_peer::Observer;
use bitacora_primitives::SuspensionId;

#[derive(Debug, Default)]
pub(crate) struct Tally {
    watched: RwLock<Vec<(Closure, AtomicU64)>>,
}

impl Tally {
    /// Counts for a suspension whose gate is shut by now.
    pub(crate) fn watch(&self, closure: Closure) {
        let mut watched = self.watched.write().unwrap_or_else(PoisonError::into_inner);
        if watched.iter().all(|(known, _)| known.id != closure.id) {
            watched.push((closure, AtomicU64::new(0)));
        }
    }

    /// Follows the log before the gate does: what is resumed may be written again from then on.
    pub(crate) fn follow(&self, history: &History) {
        for (id, suspended) in history.suspensions().iter().chain(history.seen()) {
            match suspended.closure() {
                Some(left) if suspended.resumptions.is_empty() => self.watch(left),
                left => self.narrow(*id, left),
            }
        }
    }

    /// What is left of a suspension; nothing of one that ended, or that was none.
    pub(crate) fn narrow(&self, id: SuspensionId, left: Option<Closure>) {
        let mut watched = self.watched.write().unwrap_or_else(PoisonError::into_inner);
        for (known, _) in watched.iter_mut().filter(|(known, _)| known.id == id) {
            match &left {
                Some(left) => *known = left.clone(),
                // Ended: its count stays readable, and nothing is added to it, since everything is resumed.
                None => known.resumed = vec![Default::default()],
            }
        }
    }

    pub(crate) fn since(&self, id: SuspensionId) -> u64 {
        let watched = self.watched.read().unwrap_or_else(PoisonError::into_inner);
        watched.iter().find(|(known, _)| known.id == id).map_or(0, |(_, count)| count.load(Ordering::SeqCst))
    }
}

impl Observer for Tally {
    fn write_starts(&self, _sequence: u64, items: &[Tags]) {
        let watched = self.watched.read().unwrap_or_else(PoisonError::into_inner);
        for (closure, count) in watched.iter() {
            if items.iter().any(|tags| closure.stops(tags)) {
                count.fetch_add(1, Ordering::SeqCst);
            }
        }
    }
}
