//! What a reader has seen, in numbers. Everything that went in is in exactly one line of it.

use super::TimeSource;
use crate::refusal::RefusalCounts;

/// Sums since the reader began.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Counts {
    pub lines: u64,
    pub blank: u64,
    pub comments: u64,
    /// Sentences of NMEA 0183 other than VDM and VDO.
    pub other_sentences: u64,
    /// VDM and VDO sentences with the right checksum.
    pub sentences: u64,
    /// Messages taken apart, duplicates included.
    pub messages: u64,
    /// The same by type, 0-63.
    pub by_type: [u64; 64],
    /// Messages with at least one doubt.
    pub doubtful: u64,
    /// Position reports that say "no position". They are no refusals.
    pub position_not_available: u64,
    /// Transmissions heard before by another station or feed, and not reported again.
    pub duplicates: u64,
    /// Position and static reports handed on.
    pub positions: u64,
    pub statics: u64,
    /// Messages whose time lies more than a minute before the latest seen.
    pub clock_backwards: u64,
    /// Live: messages whose stated time cannot be, so that the time of reception counts.
    pub clock_implausible: u64,
    /// Messages by where their time came from, in the order of [`TimeSource::ALL`].
    pub by_time_source: [u64; TimeSource::ALL.len()],
    pub refused: RefusalCounts,
}

impl Default for Counts {
    fn default() -> Self {
        Self {
            lines: 0,
            blank: 0,
            comments: 0,
            other_sentences: 0,
            sentences: 0,
            messages: 0,
            by_type: [0; 64],
            doubtful: 0,
            position_not_available: 0,
            duplicates: 0,
            positions: 0,
            statics: 0,
            clock_backwards: 0,
            clock_implausible: 0,
            by_time_source: [0; TimeSource::ALL.len()],
            refused: RefusalCounts::default(),
        }
    }
}

impl Counts {
    /// Lines that are no sentence and no refusal.
    pub fn ignored(&self) -> u64 {
        self.blank + self.comments + self.other_sentences
    }
    /// Something came that can be used.
    pub fn usable(&self) -> bool {
        self.positions + self.statics > 0
    }
    /// Messages came and none of them had a time: the recording needs a start and a rate.
    pub fn needs_start(&self) -> bool {
        self.refused.of(crate::refusal::Reason::NoTime) > 0 && !self.usable()
    }
    pub fn merge(&mut self, other: &Self) {
        for (to, from) in [
            (&mut self.lines, other.lines),
            (&mut self.blank, other.blank),
            (&mut self.comments, other.comments),
            (&mut self.other_sentences, other.other_sentences),
            (&mut self.sentences, other.sentences),
            (&mut self.messages, other.messages),
            (&mut self.doubtful, other.doubtful),
            (&mut self.position_not_available, other.position_not_available),
            (&mut self.duplicates, other.duplicates),
            (&mut self.positions, other.positions),
            (&mut self.statics, other.statics),
            (&mut self.clock_backwards, other.clock_backwards),
            (&mut self.clock_implausible, other.clock_implausible),
        ] {
            *to += from;
        }
        for (to, from) in self.by_type.iter_mut().zip(&other.by_type) {
            *to += from;
        }
        for (to, from) in self.by_time_source.iter_mut().zip(&other.by_time_source) {
            *to += from;
        }
        self.refused.merge(&other.refused);
    }
}
