//! Which seals are expected at one place of a box, and on which later occasions a number is read there again. Every question
//! is answered without going through the history: one box may have a million hostile readings.

use std::collections::{BTreeMap, BTreeSet};

use super::Context;
use crate::screening::event::{ContainerEvent, EventKind};
use crate::screening::journey::Journey;
use crate::screening::seal::{SealNumber, SealPlacement, SealReading, SealSource};

/// A seal that is taken for right, and the event that first showed it.
#[derive(Clone, Copy)]
pub(super) struct Held<'a> {
    pub(super) reading: &'a SealReading,
    pub(super) event: &'a ContainerEvent,
}

#[derive(Default)]
pub(super) struct Expected<'a> {
    held: Vec<Held<'a>>,
    numbers: BTreeSet<&'a SealNumber>,
    by_source: BTreeMap<SealSource, Vec<Held<'a>>>,
    /// The first of each source and maker.
    alike: BTreeMap<(Option<SealSource>, Option<&'a str>), Held<'a>>,
}

impl<'a> Expected<'a> {
    pub(super) fn of(readings: &[&'a SealReading], event: &'a ContainerEvent) -> Self {
        let mut expected = Self::default();
        readings.iter().for_each(|reading| expected.add(reading, event));
        expected
    }

    pub(super) fn add(&mut self, reading: &'a SealReading, event: &'a ContainerEvent) {
        let held = Held { reading, event };
        self.held.push(held);
        self.numbers.insert(&reading.number);
        self.alike.entry((reading.source, reading.maker.as_deref())).or_insert(held);
        if let Some(source) = reading.source {
            self.by_source.entry(source).or_default().push(held);
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.held.is_empty()
    }

    pub(super) fn has(&self, number: &SealNumber) -> bool {
        self.numbers.contains(number)
    }

    /// The one of the reading's source that none of the readings shows: the reading stands in for it.
    pub(super) fn replaced_by(&self, reading: &SealReading, readings: &[&SealReading]) -> Option<Held<'a>> {
        let shown = |one: &&Held<'a>| readings.iter().any(|other| other.number == one.reading.number);
        self.by_source.get(&reading.source?)?.iter().find(|one| !shown(one)).copied()
    }

    /// The seal expected of the same maker and source, else the first.
    pub(super) fn nearest(&self, reading: &SealReading) -> Option<Held<'a>> {
        let alike = self.alike.get(&(reading.source, reading.maker.as_deref()));
        alike.or_else(|| self.held.first()).copied()
    }
}

/// At which events of a journey each number is read at one place, and at which the box is opened.
pub(super) struct Occasions<'a> {
    of: BTreeMap<&'a SealNumber, Vec<usize>>,
    openings: Vec<usize>,
}

impl<'a> Occasions<'a> {
    pub(super) fn of(context: &Context<'_>, journey: &'a Journey, placement: SealPlacement) -> Self {
        let mut occasions = Self { of: BTreeMap::new(), openings: Vec::new() };
        for (n, event) in journey.events.iter().enumerate() {
            if context.opens_lawfully(event) || event.kind == EventKind::DoorOpened {
                occasions.openings.push(n);
            }
            for seal in event.seals.iter().filter(|seal| seal.placement == placement) {
                occasions.of.entry(&seal.number).or_default().push(n);
            }
        }
        occasions
    }

    /// Whether the seal expected is read on a later occasion of the trip, before anything is opened, and the number seen
    /// never again. A reading beside the one in doubt may be copied from the papers; this one had to be taken at the box.
    pub(super) fn read_again(&self, from: usize, expected: &SealNumber, seen: &SealNumber) -> bool {
        let after = |all: &[usize]| all.get(all.partition_point(|at| *at <= from)).copied();
        let next = |number: &SealNumber| self.of.get(number).and_then(|all| after(all));
        let opened = after(&self.openings).unwrap_or(usize::MAX);
        next(expected).is_some_and(|at| at < opened) && next(seen).is_none()
    }
}
