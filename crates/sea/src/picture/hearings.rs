//! Who heard the transmissions whose reports wait for their time to be settled. In bounded memory: beyond it the oldest
//! are given up, and counted.

use std::collections::VecDeque;

use bitacora_primitives::{Duration, EvidenceRef, Instant, SourceId};
use rustc_hash::FxHashMap;

use crate::contacts::Hearing;

/// Hearings held: ten minutes of 1,700 a second; the recording of the whole US coast has some 1,300 (docs/integrity.md).
const HELD: usize = 1 << 20;
/// Lines of one source between the oldest hearing held and the newest.
const LINES: u64 = 1 << 22;
/// Sources that are told of at once.
const SOURCES: usize = 64;
/// Hearings are told of a report that never comes, refused or late: they are held so long beyond its time.
const SLACK: Duration = Duration::from_mins(1);
/// Stations told apart; more than this are no stations.
const STATIONS: usize = 65_536;
const NONE: u64 = u64::MAX;

/// A hearing that waits.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Held {
    /// Number of the station, for [`Hearings::label`].
    pub station: u32,
    pub at: Instant,
    pub line: u64,
    pub offset: Option<u64>,
    pub payload: u64,
}

#[derive(Debug)]
struct Node {
    held: Held,
    observed: Instant,
    source: SourceId,
    /// Number of the hearing of the same transmission that came before.
    before: u64,
    taken: bool,
}

/// The latest hearing of each kept line of a source, from a line on: lines grow as hearings come, so that no search is
/// needed.
#[derive(Debug, Default)]
struct Lines {
    first: u64,
    latest: VecDeque<u64>,
}

/// See the module.
#[derive(Debug)]
pub struct Hearings {
    numbers: FxHashMap<Box<str>, u32>,
    labels: Vec<Box<str>>,
    /// A feed has one, a node some.
    sources: Vec<(SourceId, Lines)>,
    /// By arrival, the oldest of which has this number.
    nodes: VecDeque<Node>,
    first: u64,
    capacity: usize,
    given_up: u64,
}

impl Default for Hearings {
    fn default() -> Self {
        Self::with_capacity(HELD)
    }
}

impl Lines {
    fn get(&self, line: u64) -> Option<u64> {
        let place = usize::try_from(line.checked_sub(self.first)?).ok()?;
        self.latest.get(place).copied().filter(|number| *number != NONE)
    }

    /// False for a line too far from those that are held.
    fn set(&mut self, line: u64, number: u64) -> bool {
        if self.latest.is_empty() {
            self.first = line;
        }
        let end = self.first + self.latest.len() as u64;
        if line.max(end).saturating_sub(line.min(self.first)) >= LINES {
            return false;
        }
        while line < self.first {
            self.latest.push_front(NONE);
            self.first -= 1;
        }
        let place = (line - self.first) as usize;
        if place >= self.latest.len() {
            self.latest.resize(place + 1, NONE);
        }
        if let Some(latest) = self.latest.get_mut(place) {
            *latest = number;
        }
        true
    }

    /// Forgets the first lines as long as nobody is held who heard them: nobody whose number is `first` or more.
    fn forget_before(&mut self, first: u64) {
        while self.latest.front().is_some_and(|number| *number == NONE || *number < first) {
            self.latest.pop_front();
            self.first += 1;
        }
    }
}

impl Hearings {
    fn with_capacity(capacity: usize) -> Self {
        Self {
            numbers: FxHashMap::default(),
            labels: Vec::new(),
            sources: Vec::new(),
            nodes: VecDeque::new(),
            first: 0,
            capacity,
            given_up: 0,
        }
    }

    /// How many hearings were let go before their report came, for want of room or of an order: what the detectors of receivers
    /// never saw.
    pub const fn given_up(&self) -> u64 {
        self.given_up
    }

    /// Holds a hearing until its report is settled. A hearing without a station is none.
    pub fn hold(&mut self, hearing: &Hearing<'_>) {
        if hearing.station.is_empty() {
            return;
        }
        if !self.push(hearing) {
            self.given_up += 1;
        }
        while self.nodes.len() > self.capacity {
            self.given_up += u64::from(self.drop_oldest());
        }
    }

    fn push(&mut self, hearing: &Hearing<'_>) -> bool {
        let Some(station) = self.number(hearing.station) else { return false };
        let (source, kept) = hearing.kept;
        let number = self.first + self.nodes.len() as u64;
        let Some(lines) = self.lines(source) else { return false };
        let before = lines.get(kept).unwrap_or(NONE);
        if !lines.set(kept, number) {
            return false;
        }
        let EvidenceRef { line, offset, .. } = hearing.evidence;
        let held = Held { station, at: hearing.at, line, offset, payload: hearing.payload };
        let observed = hearing.observed;
        self.nodes.push_back(Node { held, observed, source, before, taken: false });
        true
    }

    /// The lines of a source, of which it may be the first.
    fn lines(&mut self, source: SourceId) -> Option<&mut Lines> {
        let at = match self.sources.iter().position(|(known, _)| *known == source) {
            Some(at) => at,
            None => {
                if self.sources.len() >= SOURCES {
                    self.sources.retain(|(_, lines)| !lines.latest.is_empty());
                }
                if self.sources.len() >= SOURCES {
                    return None;
                }
                self.sources.push((source, Lines::default()));
                self.sources.len() - 1
            }
        };
        self.sources.get_mut(at).map(|(_, lines)| lines)
    }

    /// Who heard the report that is settled now, by time and name, in place of what `into` holds.
    pub fn take(&mut self, evidence: &EvidenceRef, observed: Instant, into: &mut Vec<Held>) {
        into.clear();
        let over = |node: &Node| node.taken || node.observed + SLACK < observed;
        while self.nodes.front().is_some_and(over) {
            self.drop_oldest();
        }
        let source = self.sources.iter().find(|(known, _)| *known == evidence.source);
        let mut number = source.and_then(|(_, lines)| lines.get(evidence.line)).unwrap_or(NONE);
        while let Some(node) = number
            .checked_sub(self.first)
            .and_then(|place| usize::try_from(place).ok())
            .and_then(|place| self.nodes.get_mut(place))
            .filter(|node| !node.taken)
        {
            into.push(node.held);
            node.taken = true;
            number = node.before;
        }
        if into.len() > 1 {
            into.sort_unstable_by_key(|held| (held.at, self.label(held.station), held.line));
        }
    }

    /// The name of a station.
    pub fn label(&self, station: u32) -> &str {
        self.labels.get(station as usize).map_or("", |label| label)
    }

    /// Forgets the oldest hearing; false if it was taken before.
    fn drop_oldest(&mut self) -> bool {
        let Some(node) = self.nodes.pop_front() else { return false };
        self.first += 1;
        if let Some((_, lines)) = self.sources.iter_mut().find(|(known, _)| *known == node.source) {
            lines.forget_before(self.first);
        }
        !node.taken
    }

    fn number(&mut self, label: &str) -> Option<u32> {
        if let Some(number) = self.numbers.get(label) {
            return Some(*number);
        }
        if self.labels.len() >= STATIONS {
            return None;
        }
        let number = self.labels.len() as u32;
        self.labels.push(label.into());
        self.numbers.insert(label.into(), number);
        Some(number)
    }
}

#[cfg(test)]
#[allow(clippy::indexing_slicing, reason = "a failed step is a failed test")]
mod tests {
    use super::*;

    fn line(line: u64) -> EvidenceRef {
        EvidenceRef { source: SourceId::of(&[b"test"]), line, offset: None }
    }

    fn hold(hearings: &mut Hearings, kept: u64, heard: u64, station: &str) {
        let observed = Instant::from_secs(kept as i64);
        let kept = (line(kept).source, kept);
        let evidence = line(heard);
        hearings.hold(&Hearing { kept, observed, station, at: observed, evidence, payload: kept.1 });
    }

    fn taken(hearings: &mut Hearings, kept: u64) -> Vec<(u64, String)> {
        let mut held = Vec::new();
        hearings.take(&line(kept), Instant::from_secs(kept as i64), &mut held);
        held.iter().map(|one| (one.line, hearings.label(one.station).to_owned())).collect()
    }

    #[test]
    fn hearings_come_with_their_report_once_and_in_one_order() {
        for order in [[(1, "b"), (4, "a"), (5, "c")], [(5, "c"), (4, "a"), (1, "b")]] {
            let mut hearings = Hearings::default();
            for (heard, station) in order {
                hold(&mut hearings, 1, heard, station);
            }
            hold(&mut hearings, 2, 2, "a");
            hold(&mut hearings, 3, 3, "");
            let all = [(4, "a".to_owned()), (1, "b".to_owned()), (5, "c".to_owned())];
            assert_eq!(taken(&mut hearings, 1), all);
            assert_eq!(taken(&mut hearings, 1), []);
            assert_eq!(taken(&mut hearings, 3), []);
            assert_eq!(taken(&mut hearings, 2), [(2, "a".to_owned())]);
        }
    }

    #[test]
    fn what_never_comes_or_finds_no_room_takes_no_memory() {
        let mut hearings = Hearings::with_capacity(100);
        for kept in 0..1_000 {
            hold(&mut hearings, kept, kept, "a");
            hold(&mut hearings, kept, kept + 1, "b");
        }
        assert_eq!((hearings.given_up, hearings.nodes.len()), (1_900, 100));
        assert_eq!(taken(&mut hearings, 949), []);
        assert_eq!(taken(&mut hearings, 950).len(), 2);
        // A minute later nothing before is held.
        assert_eq!(taken(&mut hearings, 1_000 + 61), []);
        let lines = &hearings.sources[0].1;
        assert_eq!((hearings.nodes.len(), lines.latest.len()), (0, 0));
    }

    #[test]
    fn lines_may_come_in_any_order_within_what_is_held() {
        let mut hearings = Hearings::default();
        for kept in [500, 20, 499, 3, 700] {
            hold(&mut hearings, kept, kept, "a");
        }
        hold(&mut hearings, LINES + 10, 9, "far");
        assert_eq!(hearings.given_up, 1);
        for kept in [3, 20, 499, 500, 700] {
            assert_eq!(taken(&mut hearings, kept).len(), 1, "{kept}");
        }
    }
}
