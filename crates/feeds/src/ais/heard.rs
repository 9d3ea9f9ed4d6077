//! Who heard a transmission besides the station whose report was kept: evidence that it was on the air, and where. Gathered
//! while the window for duplicates is open and given out once it has closed, in fixed memory. Decides nothing.

use std::collections::VecDeque;

use bitacora_ais::sentence::Label;
use bitacora_primitives::{EvidenceRef, Instant, SourceId};

use super::duplicates::WINDOW_MICROS;

/// Stations named for one transmission; beyond them hearings are counted. The busiest one of the US Coast Guard recording
/// was heard by 15.
pub const MAX_STATIONS: usize = 64;
/// Transmissions whose window may be open at once: 30 s of 1,092 distinct ones a second, against some 600 of the whole
/// US coast. When there are more, the oldest is given out early.
const MAX_RECORDS: usize = 1 << 15;
/// Hearings kept for them, two for each on average; the recording has 2.8 for a third of all.
const MAX_NODES: usize = 1 << 16;
/// Messages from which a recording's clock is taken.
const CLOCKS: usize = 16;
const NONE: u32 = u32::MAX;

/// One station's hearing of a transmission.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Hearing {
    /// Empty when the line names none.
    pub station: Label,
    /// When it says it heard it.
    pub at: Instant,
    /// The line that completed it.
    pub line: u64,
    /// How often it passed it on; `at` and `line` are those of the first time.
    pub times: u32,
}

/// One station's hearing of a transmission, told as its line is read. A station that passes a transmission on twice has
/// heard it twice.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Reception {
    pub source: SourceId,
    /// The time that was reported: that of the kept hearing.
    pub observed: Instant,
    /// Source MMSI as transmitted, and the type.
    pub mmsi: u32,
    pub message_type: u8,
    /// Line of the kept hearing, on which the report stands.
    pub line: u64,
    /// Empty when the line names none.
    pub station: Label,
    /// When it says it heard it.
    pub at: Instant,
    /// The line that completed this hearing: `line` itself for the kept one.
    pub heard_line: u64,
    pub offset: Option<u64>,
    /// Hash of the payload, without its repeat indicator.
    pub payload: u64,
}

/// All that heard one transmission.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Heard<'a> {
    /// Where the hearing stands that was kept and reported.
    pub first: EvidenceRef,
    /// Source MMSI as transmitted, and the type.
    pub mmsi: u32,
    pub message_type: u8,
    /// The time that was reported.
    pub observed: Instant,
    /// In the order of their lines; the kept one is the first, unless this is a supplement.
    pub by: &'a [Hearing],
    /// Hearings of stations beyond [`MAX_STATIONS`].
    pub more: u64,
    /// Says what came after the transmission's own record had been given out: clocks disagree by more than the window, or
    /// memory ran short. `first` has no offset then.
    pub supplement: bool,
}

/// What a record is about.
#[derive(Clone, Copy, Debug)]
pub(super) struct Transmission {
    pub first: EvidenceRef,
    pub mmsi: u32,
    pub message_type: u8,
    pub observed: Instant,
}

#[derive(Debug)]
struct Record {
    about: Transmission,
    /// By the clock that closes it.
    opened: i64,
    head: u32,
    tail: u32,
    count: u8,
    supplement: bool,
    more: u64,
}

#[derive(Debug)]
struct Node {
    hearing: Hearing,
    next: u32,
}

/// The open records, oldest first. Their numbers go up by one.
#[derive(Debug)]
pub(super) struct Hearings {
    open: VecDeque<Record>,
    /// Number of the oldest open record.
    oldest: u64,
    nodes: Vec<Node>,
    free: u32,
    given: Vec<Hearing>,
    clocks: [i64; CLOCKS],
    clocks_seen: usize,
}

impl Hearings {
    pub(super) fn new() -> Self {
        Self {
            open: VecDeque::new(),
            oldest: 0,
            nodes: Vec::new(),
            free: NONE,
            given: Vec::with_capacity(MAX_STATIONS),
            clocks: [0; CLOCKS],
            clocks_seen: 0,
        }
    }

    /// Opens the record of a transmission with its first hearing, and gives its number.
    pub(super) fn begin(
        &mut self,
        about: Transmission,
        supplement: bool,
        hearing: Hearing,
        clock: i64,
        out: &mut impl FnMut(&Heard<'_>),
    ) -> u64 {
        if self.open.len() >= MAX_RECORDS {
            self.close(out);
        }
        let node = self.node(hearing, out);
        let number = self.oldest + self.open.len() as u64;
        self.open.push_back(Record {
            about,
            opened: clock,
            head: node,
            tail: node,
            count: 1,
            supplement,
            more: 0,
        });
        number
    }

    /// Adds a hearing to an open record; `false` when it is closed.
    pub(super) fn again(&mut self, number: u64, hearing: Hearing, out: &mut impl FnMut(&Heard<'_>)) -> bool {
        let index = |oldest: u64| number.checked_sub(oldest).map(|index| index as usize);
        let Some(record) = index(self.oldest).and_then(|index| self.open.get_mut(index)) else {
            return false;
        };
        let mut at = record.head;
        while let Some(node) = self.nodes.get_mut(at as usize) {
            if node.hearing.station == hearing.station {
                node.hearing.times = node.hearing.times.saturating_add(1);
                return true;
            }
            at = node.next;
        }
        if usize::from(record.count) >= MAX_STATIONS {
            record.more += 1;
            return true;
        }
        let node = self.node(hearing, out);
        // Room for the node may have cost this very record.
        let Some(record) = index(self.oldest).and_then(|index| self.open.get_mut(index)) else {
            self.give_back(node);
            return false;
        };
        if let Some(last) = self.nodes.get_mut(record.tail as usize) {
            last.next = node;
        }
        record.tail = node;
        record.count += 1;
        true
    }

    /// A recording's clock: of each 16 messages the time that a quarter of them have not reached yet, so that neither a
    /// station whose clock runs ahead closes the others' records nor one that lags keeps them open.
    pub(super) fn tick(&mut self, micros: i64, out: &mut impl FnMut(&Heard<'_>)) {
        if let Some(place) = self.clocks.get_mut(self.clocks_seen) {
            *place = micros;
        }
        self.clocks_seen += 1;
        if self.clocks_seen == CLOCKS {
            self.clocks_seen = 0;
            let (_, quarter, _) = self.clocks.select_nth_unstable(CLOCKS / 4);
            let now = *quarter;
            self.expire(now, out);
        }
    }

    /// Gives out the records whose window has closed.
    pub(super) fn expire(&mut self, now: i64, out: &mut impl FnMut(&Heard<'_>)) {
        while self.open.front().is_some_and(|record| now.saturating_sub(record.opened) > WINDOW_MICROS) {
            self.close(out);
        }
    }

    /// The source is over.
    pub(super) fn finish(&mut self, out: &mut impl FnMut(&Heard<'_>)) {
        while !self.open.is_empty() {
            self.close(out);
        }
    }

    /// Gives out the oldest record.
    fn close(&mut self, out: &mut impl FnMut(&Heard<'_>)) {
        let Some(record) = self.open.pop_front() else { return };
        self.oldest += 1;
        self.given.clear();
        let mut at = record.head;
        while let Some(node) = self.nodes.get_mut(at as usize) {
            self.given.push(node.hearing);
            let next = node.next;
            node.next = self.free;
            self.free = at;
            at = next;
        }
        let Transmission { first, mmsi, message_type, observed } = record.about;
        out(&Heard {
            first,
            mmsi,
            message_type,
            observed,
            by: &self.given,
            more: record.more,
            supplement: record.supplement,
        });
    }

    /// A place for a hearing, if need be at the cost of the oldest record.
    fn node(&mut self, hearing: Hearing, out: &mut impl FnMut(&Heard<'_>)) -> u32 {
        if self.free == NONE {
            if self.nodes.len() < MAX_NODES {
                self.nodes.push(Node { hearing, next: NONE });
                return (self.nodes.len() - 1) as u32;
            }
            self.close(out);
        }
        let at = self.free;
        if let Some(node) = self.nodes.get_mut(at as usize) {
            self.free = node.next;
            *node = Node { hearing, next: NONE };
        }
        at
    }

    fn give_back(&mut self, at: u32) {
        if let Some(node) = self.nodes.get_mut(at as usize) {
            node.next = self.free;
            self.free = at;
        }
    }
}
