//! The segmenter of Global Fishing Watch (gpsdio-segment @66e00d07) by its definition: the state for one MMSI,
//! fed in order of time. Kept for comparison with figures made by it; the split of the picture is another.

mod discrepancy;
mod matching;
mod message;
mod parameters;
mod segment;

use std::collections::VecDeque;

use bitacora_primitives::Instant;
use rustc_hash::{FxHashMap, FxHashSet};
use serde::{Deserialize, Serialize};

use self::matching::{Choice, Match, choose};
use self::message::{Place, Reading, SamePlace};
use self::segment::{Kept, Open};
use super::Segments;
use crate::tracks::positions::Positions;

pub use message::Message;
pub use parameters::Parameters;

/// The name of a segment among those of its MMSI, as the peer gives it: microseconds since 1970 of its first
/// message, and a millisecond more for every open segment that has that name already. Segments of one message,
/// which are never open, can share one.
pub type Name = i64;

/// The peer's id of a segment: `416000000-2014-01-01T01:14:25.000000Z`.
pub fn peer_id(mmsi: u32, name: Name) -> String {
    let second = Instant::from_micros(name.div_euclid(1_000_000).saturating_mul(1_000_000)).to_string();
    let second = second.strip_suffix('Z').unwrap_or(&second);
    format!("{mmsi}-{second}.{:06}Z", name.rem_euclid(1_000_000))
}

/// What becomes of a row. A row that joined can be left out later; nothing else is ever taken back.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Step {
    Begins {
        row: u64,
        segment: Name,
    },
    Joins {
        row: u64,
        segment: Name,
    },
    /// A row that had joined a segment is a segment of its own after all: a later row continues what was before.
    LeftOut {
        row: u64,
        segment: Name,
    },
    /// A segment of one row from which nothing goes on.
    Alone {
        row: u64,
        segment: Name,
        why: Alone,
    },
    /// A copy of an earlier row: in no segment.
    Copy {
        row: u64,
        why: Copy,
    },
    /// Nothing joins this segment any more.
    Closed {
        segment: Name,
        why: Closed,
    },
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Alone {
    /// A static report.
    NoPlace,
    /// Lacks place, speed or course.
    Bad,
    /// A long-range report close in time to finer ones.
    Coarse,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Copy {
    /// The same name.
    Name,
    /// The same place, course and heading, under way: no vessel repeats these.
    Place,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Closed {
    Silent,
    Ambiguous,
    TooMany,
}

/// The state of one MMSI. Serialise it to go on later: a stream cut anywhere gives what the whole gives.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Segmenter {
    parameters: Parameters,
    open: Vec<Open>,
    names: Recent<u64>,
    places: Recent<SamePlace>,
    #[serde(skip)]
    scratch: Vec<(f64, Match)>,
}

impl Segmenter {
    pub fn new(parameters: Parameters) -> Self {
        Self {
            parameters,
            open: Vec::new(),
            names: Recent::default(),
            places: Recent::default(),
            scratch: Vec::new(),
        }
    }

    /// As new, for another MMSI; keeps its memory.
    pub fn reset(&mut self) {
        self.open.clear();
        self.names.clear();
        self.places.clear();
    }

    fn name(&self, micros: i64) -> Name {
        let mut name = micros;
        while self.open.iter().any(|open| open.name == name) {
            name = name.saturating_add(1_000);
            if name == i64::MAX {
                break;
            }
        }
        name
    }

    /// Takes the next message of the MMSI, not before the last one. `row` is the caller's number for it.
    pub fn observe(&mut self, row: u64, message: &Message, out: &mut impl FnMut(Step)) {
        let remembered = self.parameters.remembered;
        if message.name.is_some_and(|name| !self.names.insert(name, remembered)) {
            out(Step::Copy { row, why: Copy::Name });
            return;
        }
        let place = match message.read(&self.parameters) {
            Reading::Place(place) => place,
            Reading::NoPlace => return self.alone(row, message.micros, Alone::NoPlace, out),
            Reading::Bad => return self.alone(row, message.micros, Alone::Bad, out),
        };
        // A vessel that lies still repeats itself; one under way does not.
        if place.speed > 0.0 && !self.places.insert(message.same_place(), remembered) {
            out(Step::Copy { row, why: Copy::Place });
            return;
        }
        self.close_silent(&place, out);
        match choose(&self.open, &place, &self.parameters, &mut self.scratch) {
            Choice::None => self.begin(row, place, out),
            Choice::Coarse => self.alone(row, place.micros, Alone::Coarse, out),
            Choice::One(found) => self.join(row, place, found, out),
            Choice::Ambiguous => {
                self.scratch.sort_unstable_by_key(|(_, found)| std::cmp::Reverse(found.index));
                for (_, found) in self.scratch.drain(..) {
                    if found.index < self.open.len() {
                        let segment = self.open.remove(found.index).name;
                        out(Step::Closed { segment, why: Closed::Ambiguous });
                    }
                }
                self.begin(row, place, out);
            }
        }
    }

    fn alone(&self, row: u64, micros: i64, why: Alone, out: &mut impl FnMut(Step)) {
        let segment = self.name(micros);
        out(Step::Alone { row, segment, why });
    }

    fn begin(&mut self, row: u64, place: Place, out: &mut impl FnMut(Step)) {
        while !self.open.is_empty() && self.open.len() >= self.parameters.max_open {
            let stalest = self.open.iter().enumerate().min_by_key(|(_, open)| open.last_micros());
            let Some((index, _)) = stalest else { break };
            let segment = self.open.remove(index).name;
            out(Step::Closed { segment, why: Closed::TooMany });
        }
        let segment = self.name(place.micros);
        self.open.push(Open::new(segment, Kept { place, metric: 0.0, row }));
        out(Step::Begins { row, segment });
    }

    fn join(&mut self, row: u64, place: Place, found: Match, out: &mut impl FnMut(Step)) {
        for _ in 0..found.drops {
            // The peer names these when the segment is closed; at once, a stream need not remember them.
            if let Some(left) = self.open.get_mut(found.index).and_then(Open::leave_out_last) {
                out(Step::LeftOut { row: left.row, segment: self.name(left.place.micros) });
            }
        }
        let Some(open) = self.open.get_mut(found.index) else { return };
        open.add(Kept { place, metric: found.metric, row });
        out(Step::Joins { row, segment: open.name });
    }

    fn close_silent(&mut self, place: &Place, out: &mut impl FnMut(Step)) {
        let most = self.parameters.max_hours;
        let hours = |open: &Open| place.micros.saturating_sub(open.last_micros()) as f64 / 3_600e6;
        self.open.retain(|open| {
            let silent = hours(open) > most;
            if silent {
                out(Step::Closed { segment: open.name, why: Closed::Silent });
            }
            !silent
        });
    }
}

/// The last so many different keys.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(from = "VecDeque<K>", into = "VecDeque<K>")]
struct Recent<K: Clone + Eq + std::hash::Hash> {
    known: FxHashSet<K>,
    order: VecDeque<K>,
}

impl<K: Clone + Eq + std::hash::Hash> Default for Recent<K> {
    fn default() -> Self {
        Self { known: FxHashSet::default(), order: VecDeque::new() }
    }
}

impl<K: Clone + Eq + std::hash::Hash> From<VecDeque<K>> for Recent<K> {
    fn from(order: VecDeque<K>) -> Self {
        Self { known: order.iter().cloned().collect(), order }
    }
}

impl<K: Clone + Eq + std::hash::Hash> From<Recent<K>> for VecDeque<K> {
    fn from(recent: Recent<K>) -> Self {
        recent.order
    }
}

impl<K: Clone + Eq + std::hash::Hash> Recent<K> {
    fn clear(&mut self) {
        self.known.clear();
        self.order.clear();
    }

    /// False when it is known already.
    fn insert(&mut self, key: K, at_most: usize) -> bool {
        if !self.known.insert(key.clone()) {
            return false;
        }
        self.order.push_back(key);
        if self.order.len() > at_most
            && let Some(oldest) = self.order.pop_front()
        {
            self.known.remove(&oldest);
        }
        true
    }
}

/// The messages of one MMSI in order of time, each with its row.
pub fn one(messages: impl Iterator<Item = (usize, Message)>, segmenter: &mut Segmenter, into: &mut Segments) {
    segmenter.reset();
    let mut numbers: FxHashMap<Name, u32> = FxHashMap::default();
    for (row, message) in messages {
        segmenter.observe(row as u64, &message, &mut |step| match step {
            Step::Begins { row, segment }
            | Step::Joins { row, segment }
            | Step::Alone { row, segment, .. }
            | Step::LeftOut { row, segment } => {
                let number = *numbers.entry(segment).or_insert_with(|| into.begin(row as usize, segment));
                into.put(row as usize, number);
            }
            Step::Copy { .. } | Step::Closed { .. } => {}
        });
    }
}

/// What the columns of a batch say of a row. They have no heading and no name of a message.
pub(super) fn message(positions: &Positions, row: usize) -> Option<Message> {
    let row = positions.row(row)?;
    Some(Message {
        micros: row.micros,
        lat: Some(row.lat),
        lon: Some(row.lon),
        sog_kn: row.sog_kn.map(f64::from),
        cog_deg: row.cog_deg.map(f64::from),
        heading_deg: None,
        message_type: row.message_type,
        name: None,
    })
}
