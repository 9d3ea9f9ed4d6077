//! Files of what a unit found: JSON lines, each an event's last revision, with its floating-point numbers beside it as
//! the bits they are, so that what is read again is what was found. A file that has its name is whole and durable.

use std::fs::{self, File};
use std::io::{BufRead, BufReader, BufWriter, Write};
use std::path::Path;

use bitacora_primitives::{EventId, Mmsi, Position, TrackId};
use bitacora_sea::Event;
use bitacora_sea::archive::Pair;
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use crate::error::NodeError;

/// The last revision of an event.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Found {
    pub(super) event: Event,
    /// It ends only because nothing more is known.
    pub(super) going: bool,
}

/// What a unit found.
#[derive(Default, Debug)]
pub(super) struct Findings {
    events: FxHashMap<EventId, Found>,
    /// Pairs that were together beyond the unit's tile: their encounters are to be dropped.
    pub(super) crossing: Vec<Pair>,
}

impl Findings {
    /// Takes revisions in their order; `going` for those at the end of the input.
    pub(super) fn take(&mut self, events: &mut Vec<Event>, going: bool) {
        for event in events.drain(..) {
            self.events.insert(event.id, Found { event, going });
        }
    }

    pub(super) fn absorb(&mut self, found: Found) {
        self.events.insert(found.event.id, found);
    }

    pub(super) fn retain(&mut self, keep: impl Fn(&Event) -> bool) {
        self.events.retain(|_, found| keep(&found.event));
    }

    /// By start, kind and id.
    pub(super) fn sorted(self) -> Vec<Found> {
        let mut all: Vec<Found> = self.events.into_values().collect();
        all.sort_unstable_by_key(|found| (found.event.start, found.event.kind, found.event.id));
        all
    }

    pub(super) fn write(self, path: &Path) -> Result<(), NodeError> {
        let crossing = self.crossing.clone();
        write(path, &crossing, &self.sorted())
    }

    pub(super) fn read(path: &Path) -> Result<Self, NodeError> {
        let file = File::open(path).map_err(NodeError::file(path, "opened"))?;
        let mut findings = Self::default();
        for line in BufReader::new(file).lines() {
            match serde_json::from_str(&line.map_err(NodeError::file(path, "read"))?)? {
                Line::Crossing(pair) => findings.crossing.push(pair),
                Line::Event { going, bits, event } => {
                    findings.absorb(Found { event: with_bits(*event, &bits), going });
                }
            }
        }
        Ok(findings)
    }
}

/// The pair of an encounter; `None` for other kinds.
pub(super) fn pair_of(event: &Event) -> Option<Pair> {
    let mut pair: [(Mmsi, TrackId); 2] = [(event.mmsi, event.track), (event.other?, event.other_track?)];
    pair.sort_unstable();
    Some(pair)
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Line {
    Crossing(Pair),
    Event { going: bool, bits: Vec<u64>, event: Box<Event> },
}

fn write(path: &Path, crossing: &[Pair], found: &[Found]) -> Result<(), NodeError> {
    let part = path.with_extension("part");
    let file = File::create(&part).map_err(NodeError::file(&part, "created"))?;
    let mut out = BufWriter::new(file);
    let lines = crossing.iter().map(|pair| Line::Crossing(*pair)).chain(found.iter().map(|found| {
        let (going, event) = (found.going, Box::new(found.event.clone()));
        Line::Event { going, bits: bits_of(&found.event), event }
    }));
    for line in lines {
        let text = serde_json::to_string(&line)?;
        writeln!(out, "{text}").map_err(NodeError::file(&part, "written"))?;
    }
    out.flush().and_then(|()| out.get_ref().sync_all()).map_err(NodeError::file(&part, "written"))?;
    fs::rename(&part, path).map_err(NodeError::file(path, "written"))
}

fn bits_of(event: &Event) -> Vec<u64> {
    let places = [Some(event.position), event.end_position];
    let places = places.into_iter().flatten().flat_map(|place| [place.lat(), place.lon()]);
    places.chain(event.numbers.values().copied()).map(f64::to_bits).collect()
}

fn with_bits(mut event: Event, bits: &[u64]) -> Event {
    let mut bits = bits.iter().map(|bits| f64::from_bits(*bits));
    for known in std::iter::once(&mut event.position).chain(&mut event.end_position) {
        if let (Some(lat), Some(lon)) = (bits.next(), bits.next()) {
            *known = Position::new(lat, lon).unwrap_or(*known);
        }
    }
    for (number, exact) in event.numbers.values_mut().zip(bits) {
        *number = exact;
    }
    event
}
