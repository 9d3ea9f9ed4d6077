//! An open segment: its last messages, as many as later ones can be compared with. Chooses nothing.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use super::Name;
use super::message::Place;

/// Messages kept at the end of a segment. Each new message can leave out four and be compared with five, so that
/// the peer, which keeps all, differs only after eight such in a row.
const KEPT: usize = 32;

/// A message of a segment that has not been left out.
#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
pub(super) struct Kept {
    pub place: Place,
    /// How well it continued the segment; 0 for the first.
    pub metric: f64,
    pub row: u64,
}

#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub(super) struct Open {
    pub name: Name,
    /// All messages, those left out too.
    pub messages: u64,
    kept: VecDeque<Kept>,
}

impl Open {
    pub fn new(name: Name, first: Kept) -> Self {
        Self { name, messages: 1, kept: VecDeque::from([first]) }
    }

    /// Newest first.
    pub fn recent(&self) -> impl Iterator<Item = &Kept> {
        self.kept.iter().rev()
    }

    pub fn last_micros(&self) -> i64 {
        self.kept.back().map_or(i64::MIN, |kept| kept.place.micros)
    }

    pub fn leave_out_last(&mut self) -> Option<Kept> {
        self.kept.pop_back()
    }

    pub fn add(&mut self, kept: Kept) {
        if self.kept.len() == KEPT {
            self.kept.pop_front();
        }
        self.kept.push_back(kept);
        self.messages += 1;
    }
}
