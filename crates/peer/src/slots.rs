//! How many of something each party has at once, up to a bound: links of a partner, handshakes of an address.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

#[derive(Debug)]
pub(crate) struct Slots<K: Ord> {
    most: usize,
    taken: Arc<Mutex<BTreeMap<K, usize>>>,
}

/// Given back when dropped.
#[derive(Debug)]
pub(crate) struct Slot<K: Ord + Copy> {
    key: K,
    taken: Arc<Mutex<BTreeMap<K, usize>>>,
}

impl<K: Ord + Copy> Slots<K> {
    pub(crate) fn new(most: usize) -> Self {
        Self { most, taken: Arc::default() }
    }

    pub(crate) fn take(&self, key: K) -> Option<Slot<K>> {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let count = taken.entry(key).or_insert(0);
        if *count >= self.most {
            return None;
        }
        *count += 1;
        Some(Slot { key, taken: Arc::clone(&self.taken) })
    }
}

impl<K: Ord + Copy> Drop for Slot<K> {
    fn drop(&mut self) {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = taken.get_mut(&self.key) {
            *count -= 1;
            if *count == 0 {
                taken.remove(&self.key);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slot_given_back_is_free_and_none_is_left_behind() {
        let slots = Slots::new(2);
        let (first, _second) = (slots.take('a').unwrap(), slots.take('a').unwrap());
        assert!(slots.take('a').is_none());
        assert!(slots.take('b').is_some());
        drop(first);
        assert!(slots.take('a').is_some());
        assert_eq!(slots.taken.lock().unwrap().len(), 1);
        let none = Slots::new(0);
        assert!(none.take('a').is_none());
    }
}
