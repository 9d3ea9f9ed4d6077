//! Units on several threads, each taken by whoever is free. The first failure stops the rest.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;

use super::progress::Progress;
use crate::error::NodeError;

/// Who works, and how much of it is left to do before the run stops (for tests and for work in portions).
pub(super) struct Workers {
    count: usize,
    left: AtomicUsize,
}

impl Workers {
    pub(super) fn new(count: usize, most: Option<usize>) -> Self {
        Self { count: count.max(1), left: AtomicUsize::new(most.unwrap_or(usize::MAX)) }
    }

    /// Does each unit once. `false`: as much was done as was asked for, and some are left.
    pub(super) fn all<U: Sync>(
        &self,
        units: &[U],
        progress: &Progress,
        work: impl Fn(&U) -> Result<(), NodeError> + Sync,
    ) -> Result<bool, NodeError> {
        let next = AtomicUsize::new(0);
        let (stopped, failed) = (AtomicBool::new(false), Mutex::new(None));
        let worker = || {
            while !stopped.load(Ordering::Relaxed)
                && let Some(unit) = units.get(next.fetch_add(1, Ordering::Relaxed))
            {
                let take = |left: usize| left.checked_sub(1);
                if self.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, take).is_err() {
                    stopped.store(true, Ordering::Relaxed);
                    return;
                }
                match work(unit) {
                    Ok(()) => progress.unit(),
                    Err(error) => {
                        stopped.store(true, Ordering::Relaxed);
                        failed.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
                    }
                }
            }
        };
        thread::scope(|scope| {
            for _ in 1..self.count.min(units.len()) {
                scope.spawn(worker);
            }
            worker();
        });
        match failed.into_inner().unwrap_or_else(PoisonError::into_inner) {
            Some(error) => Err(error),
            None => Ok(!stopped.into_inner()),
        }
    }
}
