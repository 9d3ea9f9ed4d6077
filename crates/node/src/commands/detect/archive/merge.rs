//! Several sorted streams as one.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use bitacora_store::{Record, Records, StoreError};

/// Records of sorted streams in the order of a key; of equal keys those of the earlier stream first.
pub(super) struct Merge<T, K, F> {
    streams: Vec<Records<T>>,
    /// The next record of each stream.
    heads: Vec<Option<T>>,
    next: BinaryHeap<Reverse<(K, usize)>>,
    key: F,
}

impl<T: Record, K: Ord, F: Fn(&T) -> K> Merge<T, K, F> {
    pub(super) fn new(streams: Vec<Records<T>>, key: F) -> Result<Self, StoreError> {
        let heads = streams.iter().map(|_| None).collect();
        let mut this = Self { heads, streams, next: BinaryHeap::new(), key };
        for stream in 0..this.streams.len() {
            this.fetch(stream)?;
        }
        Ok(this)
    }

    fn fetch(&mut self, stream: usize) -> Result<(), StoreError> {
        let record = self.streams.get_mut(stream).and_then(Iterator::next).transpose()?;
        if let Some(record) = &record {
            self.next.push(Reverse(((self.key)(record), stream)));
        }
        if let Some(head) = self.heads.get_mut(stream) {
            *head = record;
        }
        Ok(())
    }
}

impl<T: Record, K: Ord, F: Fn(&T) -> K> Iterator for Merge<T, K, F> {
    type Item = Result<T, StoreError>;

    fn next(&mut self) -> Option<Self::Item> {
        let Reverse((_, stream)) = self.next.pop()?;
        let record = self.heads.get_mut(stream)?.take()?;
        Some(self.fetch(stream).map(|()| record))
    }
}
