//! All observations, append-only. Answers what was known of a series on a day and how its figures were revised; never
//! edits, and never takes a second figure of one vintage that contradicts the first.

use std::collections::BTreeMap;

use crate::day::{Dates, Day};
use crate::decimal::{BadArithmetic, Decimal, Rounding};
use crate::observation::{BadObservation, Figure, Observation, Status};
use crate::period::Period;
use crate::place::Place;
use crate::series::SeriesId;
use crate::timeline::{Cell, CellKey, Entry, Timeline};

/// More figures than this for one series, place and period are an attack or a mistake, not a history.
pub const MOST_PER_CELL: usize = 4096;
/// What a ledger of one node holds.
pub const MOST_OBSERVATIONS: usize = 20_000_000;

/// The place of an observation in the order of appending.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, serde::Serialize)]
#[serde(transparent)]
pub struct ObservationId(pub(crate) u32);

impl ObservationId {
    pub const fn number(self) -> u32 {
        self.0
    }
    /// The observation at this place, if there is one.
    pub const fn at(number: u32) -> Self {
        Self(number)
    }
}

#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum NotAppended {
    #[error(transparent)]
    Bad(#[from] BadObservation),
    #[error(
        "{series} for {place}, {period}: vintage {vintage} is {known} already and cannot be {given} from a source of the same rank"
    )]
    ContradictoryVintage {
        series: SeriesId,
        place: Place,
        period: Period,
        vintage: Dates,
        known: String,
        given: String,
        first: ObservationId,
    },
    #[error("{series} has {most} figures for {place}, {period}, and takes no more")]
    CellFull { series: SeriesId, place: Place, period: Period, most: usize },
    #[error("the ledger holds {most} observations and takes no more")]
    Full { most: usize },
}

impl NotAppended {
    /// A stable code for the edges.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Bad(bad) => bad.code(),
            Self::ContradictoryVintage { .. } => "contradictory_vintage",
            Self::CellFull { .. } => "cell_full",
            Self::Full { .. } => "ledger_full",
        }
    }
}

/// What became of an observation.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Appended {
    New(ObservationId),
    /// The same figure of the same source is there: reading a file twice changes nothing.
    Known(ObservationId),
}

/// What was known of a series on a day.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct AsKnown {
    /// One for each place and period of which anything was known, in their order.
    pub standing: Vec<ObservationId>,
    /// Of a month or a year that holds the day: perhaps known, perhaps not.
    pub undecided: Vec<ObservationId>,
    /// "Vintage unknown": neither a vintage nor a publication date is stated.
    pub unknown: Vec<ObservationId>,
}

/// One figure of a revision history.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Step {
    pub vintage: Dates,
    pub observation: ObservationId,
    /// In the unit of the first step.
    pub value: Decimal,
    /// Against the step before, to the nearest of 36 digits; none in the first, and none from zero.
    pub ratio: Option<Decimal>,
}

/// The row of a revision triangle: one period, its figures by vintage.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Revision {
    pub place: Place,
    pub period: Period,
    pub steps: Vec<Step>,
}

#[derive(Clone, Debug, Default)]
pub struct Ledger {
    rows: Vec<Observation>,
    series: BTreeMap<SeriesId, Shelf>,
}

/// One series.
#[derive(Clone, Debug, Default)]
struct Shelf {
    cells: BTreeMap<CellKey, Cell>,
    /// None since the last figure was appended.
    settled: Option<Timeline>,
}

impl Ledger {
    pub fn len(&self) -> usize {
        self.rows.len()
    }
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }
    pub fn get(&self, id: ObservationId) -> Option<&Observation> {
        self.rows.get(id.0 as usize)
    }
    /// In the order of appending.
    pub fn observations(&self) -> impl Iterator<Item = (ObservationId, &Observation)> {
        (0u32..).map(ObservationId).zip(&self.rows)
    }
    /// In alphabetical order.
    pub fn series(&self) -> impl Iterator<Item = &SeriesId> {
        self.series.keys()
    }
    /// All observations of a series, by place and period.
    pub fn of_series(&self, series: &SeriesId) -> impl Iterator<Item = (ObservationId, &Observation)> {
        let cells = self.series.get(series).into_iter().flat_map(|shelf| shelf.cells.values());
        cells.flat_map(Cell::ids).filter_map(|id| Some((id, self.get(id)?)))
    }

    /// The observations of a series for one place, by period; the other places are not walked through.
    pub fn of_series_at(
        &self,
        series: &SeriesId,
        place: Place,
    ) -> impl Iterator<Item = (ObservationId, &Observation)> {
        let first = CellKey::first_of(place);
        let cells = self.series.get(series).zip(first).into_iter();
        let cells = cells.flat_map(|(shelf, first)| shelf.cells.range(first..));
        let cells = cells.take_while(move |(key, _)| key.place == place);
        cells.flat_map(|(_, cell)| cell.ids()).filter_map(|id| Some((id, self.get(id)?)))
    }

    /// Takes an observation, or says by which rule not; a refusal changes nothing.
    pub fn append(&mut self, observation: Observation) -> Result<Appended, NotAppended> {
        if let Some(known) = self.look(&observation)? {
            return Ok(Appended::Known(known));
        }
        let number = u32::try_from(self.rows.len()).ok().filter(|_| self.rows.len() < MOST_OBSERVATIONS);
        let id = ObservationId(number.ok_or(NotAppended::Full { most: MOST_OBSERVATIONS })?);
        let key = CellKey::of(&observation);
        if !self.series.contains_key(&observation.series) {
            self.series.insert(observation.series.clone(), Shelf::default());
        }
        if let Some(shelf) = self.series.get_mut(&observation.series) {
            shelf.settled = None;
            let cell = shelf.cells.entry(key).or_default();
            match observation.known() {
                Some(known) => cell.insert(Entry { known, status: observation.status, id }),
                None => cell.undated.push(id),
            }
        }
        self.rows.push(observation);
        Ok(Appended::New(id))
    }

    /// The observation that is this one, if it is there.
    pub fn find(&self, observation: &Observation) -> Option<ObservationId> {
        self.look(observation).ok().flatten()
    }

    /// By which rule an observation would not be taken.
    pub fn refusal(&self, observation: &Observation) -> Option<NotAppended> {
        self.look(observation).err()
    }

    /// The observation that is this one, if it is there; the rule that it breaks, if it breaks one.
    fn look(&self, observation: &Observation) -> Result<Option<ObservationId>, NotAppended> {
        observation.check()?;
        let key = CellKey::of(observation);
        let Some(cell) = self.series.get(&observation.series).and_then(|shelf| shelf.cells.get(&key)) else {
            return Ok(None);
        };
        if let Some(known) = self.check_against(cell, observation)? {
            return Ok(Some(known));
        }
        if cell.dated.len() + cell.undated.len() >= MOST_PER_CELL {
            let Observation { series, place, period, .. } = observation.clone();
            return Err(NotAppended::CellFull { series, place, period, most: MOST_PER_CELL });
        }
        Ok(None)
    }

    /// The observation that is this one, if it is there. A figure of one stated vintage that contradicts another of the
    /// same rank is refused; a contested one may, for that is what the status says.
    fn check_against(&self, cell: &Cell, new: &Observation) -> Result<Option<ObservationId>, NotAppended> {
        let known = new.known();
        // Only what became known at the same time can be the same or contradict it.
        let from = known.map_or(0, |known| cell.dated.partition_point(|own| own.known.last() < known.last()));
        let same_time = cell.dated.get(from..).unwrap_or(&[]).iter();
        let same_time =
            same_time.take_while(|own| known.is_some_and(|known| own.known.last() == known.last()));
        let undated = cell.undated.iter().copied().filter(|_| known.is_none());
        for id in same_time.map(|entry| entry.id).chain(undated) {
            let Some(old) = self.get(id) else { continue };
            if same_record(old, new) {
                return Ok(Some(id));
            }
            let contradicts = new.vintage.is_some()
                && old.vintage == new.vintage
                && old.status == new.status
                && new.status != Status::Contested
                && !old.agrees(new);
            if let Some(vintage) = new.vintage.filter(|_| contradicts) {
                return Err(NotAppended::ContradictoryVintage {
                    series: new.series.clone(),
                    place: new.place,
                    period: new.period,
                    vintage,
                    known: printed(old),
                    given: printed(new),
                    first: id,
                });
            }
        }
        Ok(None)
    }

    // INVARIANT: what was known on a day does not depend on the order of appending.
    /// What was known of the series on a day. A vintage of which only the month is stated counts from the month's end.
    pub fn as_known_on(&self, series: &SeriesId, day: Day) -> AsKnown {
        let Some(shelf) = self.series.get(series) else { return AsKnown::default() };
        match &shelf.settled {
            Some(timeline) => timeline.as_known_on(day),
            None => Timeline::of(shelf.cells.values()).as_known_on(day),
        }
    }

    /// Lays out every series that grew, so that the next questions are quick. Answers are the same without it.
    pub fn settle(&mut self) {
        for shelf in self.series.values_mut().filter(|shelf| shelf.settled.is_none()) {
            shelf.settled = Some(Timeline::of(shelf.cells.values()));
        }
    }

    /// The revision triangle of a series: periods with at least one stated vintage, the contested figures left out.
    pub fn revisions(&self, series: &SeriesId) -> Result<Vec<Revision>, BadArithmetic> {
        let mut triangle = Vec::new();
        for (key, cell) in self.series.get(series).into_iter().flat_map(|shelf| &shelf.cells) {
            let mut steps: Vec<Step> = Vec::new();
            let mut unit = None;
            for entry in &cell.dated {
                let Some(observation) = self.get(entry.id) else { continue };
                let Some(vintage) = observation.vintage else { continue };
                let counts =
                    matches!(observation.figure, Figure::Value(_)) && observation.status != Status::Contested;
                let unit = *unit.get_or_insert(observation.unit);
                let Ok(value) = observation.unit.convert_value(observation.number(), unit) else { continue };
                let before = steps.last();
                if !counts || before.is_some_and(|step| step.vintage == vintage && step.value == value) {
                    continue;
                }
                let ratio = match before.filter(|step| !step.value.is_zero()) {
                    Some(step) => Some(value.div(step.value, Rounding::Nearest)?),
                    None => None,
                };
                steps.push(Step { vintage, observation: entry.id, value, ratio });
            }
            if !steps.is_empty() {
                triangle.push(Revision { place: key.place, period: key.period, steps });
            }
        }
        Ok(triangle)
    }
}

/// The same figure from the same source, wherever in the file it stands.
fn same_record(old: &Observation, new: &Observation) -> bool {
    use crate::observation::Source::{Document, Named};
    let source = match (&old.source, &new.source) {
        (Named { name: a, reference: x, .. }, Named { name: b, reference: y, .. }) => a == b && x == y,
        (Document { .. }, Document { .. }) => old.source == new.source,
        _ => false,
    };
    source
        && old.figure == new.figure
        && old.unit == new.unit
        && (old.low, old.high, old.vintage, old.status) == (new.low, new.high, new.vintage, new.status)
}

fn printed(observation: &Observation) -> String {
    match (observation.low, observation.high) {
        (None, None) => format!("{} {}", observation.number(), observation.unit),
        (low, high) => {
            let end = |end: Option<Decimal>| end.map_or_else(|| "?".to_owned(), |end| end.to_string());
            format!("{} {} [{} to {}]", observation.number(), observation.unit, end(low), end(high))
        }
    }
}
