//! A map that forgets what has not been touched for so long. What is asked of it never depends on when it
//! forgets: whoever asks checks the time, so that a stream cut anywhere gives the same answers.

use std::hash::Hash;

use bitacora_primitives::{Duration, Instant};
use rustc_hash::FxHashMap;

/// Entries before the first look for old ones.
const FIRST_SWEEP: usize = 1_024;

#[derive(Clone, Debug)]
pub(super) struct Recall<K, V> {
    entries: FxHashMap<K, V>,
    sweep_at: usize,
}

impl<K: Eq + Hash, V> Default for Recall<K, V> {
    fn default() -> Self {
        Self { entries: FxHashMap::default(), sweep_at: FIRST_SWEEP }
    }
}

impl<K: Eq + Hash, V> Recall<K, V> {
    pub fn get(&self, key: &K) -> Option<&V> {
        self.entries.get(key)
    }
    pub fn get_mut(&mut self, key: &K) -> Option<&mut V> {
        self.entries.get_mut(key)
    }
    pub fn entry(&mut self, key: K) -> std::collections::hash_map::Entry<'_, K, V> {
        self.entries.entry(key)
    }
    pub fn remove(&mut self, key: &K) -> Option<V> {
        self.entries.remove(key)
    }
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Forgets what was last touched longer than `memory` before `now`, each time the map has doubled. `leave`
    /// sees what goes.
    pub fn sweep(
        &mut self,
        now: Instant,
        memory: Duration,
        touched: impl Fn(&V) -> Instant,
        mut leave: impl FnMut(&K, &V),
    ) {
        if self.entries.len() < self.sweep_at {
            return;
        }
        self.entries.retain(|key, value| {
            let kept = now - touched(value) <= memory;
            if !kept {
                leave(key, value);
            }
            kept
        });
        self.sweep_at = FIRST_SWEEP.max(2 * self.entries.len());
    }
}
