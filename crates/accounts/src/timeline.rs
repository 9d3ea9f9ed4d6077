//! The figures for one series, place and period in the order in which they became known, and the same laid out flat for
//! quick answers. Knows nothing of values: only dates, ranks and numbers of observations.

use crate::day::{Dates, Day};
use crate::ledger::{AsKnown, ObservationId};
use crate::observation::{Bound, Observation, Status};
use crate::period::Period;
use crate::place::Place;
use crate::units::Dimension;

/// Figures that speak of the same thing.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) struct CellKey {
    pub(crate) place: Place,
    pub(crate) period: Period,
    pub(crate) base: Option<Period>,
    pub(crate) bound: Bound,
    dimension: Dimension,
}

impl CellKey {
    pub(crate) fn of(observation: &Observation) -> Self {
        Self {
            place: observation.place,
            period: observation.period,
            base: observation.base(),
            bound: observation.bound,
            dimension: observation.dimension(),
        }
    }

    /// No key of the place comes before it.
    pub(crate) fn first_of(place: Place) -> Option<Self> {
        let period = Period::at(Day::new(1500, 1, 1)?);
        let (bound, dimension) = (Bound::Point, Dimension::Area);
        Some(Self { place, period, base: None, bound, dimension })
    }
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Entry {
    pub(crate) known: Dates,
    pub(crate) status: Status,
    pub(crate) id: ObservationId,
}

impl Entry {
    /// Measurements before claims, then the later vintage, then what was appended later.
    fn outranks(&self, other: &Self) -> bool {
        let key = |entry: &Self| (entry.known.last(), entry.known.first(), entry.id);
        (self.status < other.status) || (self.status == other.status && key(self) > key(other))
    }
}

/// All figures for one key.
#[derive(Clone, Debug, Default)]
pub(crate) struct Cell {
    /// By the last day on which they became known.
    pub(crate) dated: Vec<Entry>,
    /// For each prefix of `dated`, the entry that stands.
    standing: Vec<u32>,
    pub(crate) undated: Vec<ObservationId>,
}

impl Cell {
    pub(crate) fn insert(&mut self, entry: Entry) {
        let place = self.dated.partition_point(|own| own.known.last() <= entry.known.last());
        self.dated.insert(place, entry);
        self.standing.truncate(place);
        for next in place..self.dated.len() {
            let next_place = u32::try_from(next).unwrap_or(u32::MAX);
            let before = self.standing.last().copied();
            let best = match (before.and_then(|at| self.dated.get(at as usize)), self.dated.get(next)) {
                (Some(old), Some(new)) if !new.outranks(old) => before.unwrap_or(next_place),
                _ => next_place,
            };
            self.standing.push(best);
        }
    }

    pub(crate) fn ids(&self) -> impl Iterator<Item = ObservationId> {
        self.dated.iter().map(|entry| entry.id).chain(self.undated.iter().copied())
    }
}

/// Every cell of a series, one behind the other, each column by itself: a question reads memory forwards only, and of
/// most columns one value a cell.
#[derive(Clone, Debug, Default)]
pub(crate) struct Timeline {
    /// Where each cell ends among the entries.
    ends: Vec<u32>,
    /// The day from which the entry is known with certainty, in the order of days.
    last: Vec<i32>,
    /// What stands from here until the next entry.
    standing: Vec<ObservationId>,
    /// The earliest day on which this or a later entry of the cell may have become known.
    earliest: Vec<i32>,
    first: Vec<i32>,
    id: Vec<ObservationId>,
    undated: Vec<ObservationId>,
}

impl Timeline {
    pub(crate) fn of<'a>(cells: impl Iterator<Item = &'a Cell>) -> Self {
        let mut timeline = Self::default();
        for cell in cells {
            let from = timeline.id.len();
            for (place, entry) in cell.dated.iter().enumerate() {
                let standing = cell.standing.get(place).and_then(|at| cell.dated.get(*at as usize));
                timeline.last.push(entry.known.last().ordinal());
                timeline.standing.push(standing.unwrap_or(entry).id);
                timeline.earliest.push(entry.known.first().ordinal());
                timeline.first.push(entry.known.first().ordinal());
                timeline.id.push(entry.id);
            }
            let mut earliest = i32::MAX;
            for own in timeline.earliest.get_mut(from..).unwrap_or(&mut []).iter_mut().rev() {
                earliest = earliest.min(*own);
                *own = earliest;
            }
            timeline.ends.push(u32::try_from(timeline.id.len()).unwrap_or(u32::MAX));
            timeline.undated.extend_from_slice(&cell.undated);
        }
        timeline
    }

    pub(crate) fn as_known_on(&self, day: Day) -> AsKnown {
        let day = day.ordinal();
        let mut known = AsKnown { unknown: self.undated.clone(), ..AsKnown::default() };
        known.standing.reserve(self.ends.len());
        let mut from = 0;
        for end in &self.ends {
            let end = *end as usize;
            let cell = self.last.get(from..end).unwrap_or(&[]);
            let later = from + cell.partition_point(|last| *last <= day);
            if later > from {
                known.standing.extend(self.standing.get(later - 1));
            }
            if later < end && self.earliest.get(later).is_some_and(|earliest| *earliest <= day) {
                let first = self.first.get(later..end).unwrap_or(&[]).iter();
                let perhaps = first.zip(self.id.get(later..end).unwrap_or(&[]));
                known.undecided.extend(perhaps.filter(|(first, _)| **first <= day).map(|(_, id)| *id));
            }
            from = end;
        }
        known
    }
}
