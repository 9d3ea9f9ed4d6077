//! What changed between two days on which the accounts were read, such as two meetings: new years, revised figures, new
//! methods, disputes. Says what moved, never which figure is right.

mod factor;
mod headline;

pub use factor::{FactorMove, MovedFactor};
pub use headline::{Headline, Parts, Top};

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::codes::codes;
use crate::day::{Dates, Day};
use crate::decimal::{Decimal, Rounding};
use crate::interval::Interval;
use crate::ledger::{Ledger, ObservationId};
use crate::observation::{Figure, Observation, Status};
use crate::period::{Nature, Period};
use crate::place::Place;
use crate::series::SeriesId;
use crate::timeline::CellKey;
use crate::units::Unit;

codes!(
    /// What happened to a figure.
    Kind, "kind of a change",
    /// A period after all that were known of the series there.
    NewPeriod = "new_period",
    /// A period before the latest known, of which nothing was known.
    HistoryAdded = "history_added",
    /// A way of counting that the indicator did not have there.
    NewMethod = "new_method",
    /// A series that was not there, by a method that was, or of an indicator that nobody had.
    NewSeries = "new_series",
    /// Another number stands for an old period.
    Revised = "revised",
    /// The same number, of another status.
    StatusChanged = "status_changed",
    /// The same number, published again.
    Restated = "restated",
    /// A figure marked as contested says otherwise.
    Contested = "contested",
    /// A figure of weaker status says otherwise.
    ClaimedOtherwise = "claimed_otherwise",
    /// Taken back.
    Withdrawn = "withdrawn",
);

codes!(
    /// What the change is a change of.
    Cause, "cause of a change",
    World = "world",
    Method = "method",
    /// What is known, of a world and by a method that stayed as they were.
    Knowledge = "knowledge",
    Dispute = "dispute",
);

impl Kind {
    pub const fn cause(self) -> Cause {
        match self {
            Self::NewPeriod => Cause::World,
            Self::Revised | Self::NewMethod => Cause::Method,
            Self::HistoryAdded | Self::NewSeries | Self::StatusChanged | Self::Restated => Cause::Knowledge,
            Self::Contested | Self::ClaimedOtherwise | Self::Withdrawn => Cause::Dispute,
        }
    }
}

/// A figure that its publisher took back, or the parties agreed to read no more, from this day on.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Withdrawal {
    pub series: SeriesId,
    pub place: Place,
    pub period: Period,
    pub on: Day,
}

/// A figure as it stood.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
pub struct Stood {
    /// The observation's number in the ledger.
    pub observation: u32,
    /// In its own unit.
    pub value: Decimal,
    pub unit: Unit,
    pub known: Option<Dates>,
    pub status: Status,
}

#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Change {
    pub series: SeriesId,
    pub place: Place,
    pub period: Period,
    /// Of a figure that is itself a change.
    pub base: Option<Period>,
    pub kind: Kind,
    pub cause: Cause,
    pub before: Option<Stood>,
    pub after: Option<Stood>,
    /// After less before, in the unit of before.
    pub difference: Option<Decimal>,
    /// Whether 36 digits hold the difference.
    pub exact: bool,
    /// After over before; none from zero.
    pub ratio: Option<f64>,
    /// Where the ledger holds a factor of a revised product on both days: which factor moved it.
    pub factor: Option<FactorMove>,
}

#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Moved {
    pub from: Day,
    pub to: Day,
    /// By series, place and period.
    pub changes: Vec<Change>,
    /// Latest values that changed, each split into what the world and what the method moved.
    pub headlines: Vec<Headline>,
    /// Observations that perhaps became known between the days: of a month or year that holds one of them.
    pub undecided: Vec<u32>,
    /// Observations of which nobody says when they became known.
    pub vintage_unknown: Vec<u32>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum NotMoved {
    #[error("{from} does not come before {to}")]
    NotBefore { from: Day, to: Day },
}

impl NotMoved {
    /// A stable code for the edges.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotBefore { .. } => "not_before",
        }
    }
}

/// What stood of one series on both days.
struct Shelf<'a> {
    series: &'a SeriesId,
    before: BTreeMap<CellKey, (ObservationId, &'a Observation)>,
    after: BTreeMap<CellKey, (ObservationId, &'a Observation)>,
}

/// Figures whose latest one is a headline.
type Line = (Place, crate::observation::Bound, bool, crate::units::Dimension, Nature);

fn line(row: &Observation) -> Line {
    (row.place, row.bound, row.base().is_some(), row.dimension(), row.period.nature())
}

fn indicator(series: &SeriesId) -> Vec<&str> {
    series.segments().take(2).collect()
}

/// How the series counts: its own name where nobody says.
fn method(row: &Observation) -> &str {
    row.method.as_deref().unwrap_or_else(|| row.series.as_str())
}

fn stood(id: ObservationId, row: &Observation) -> Stood {
    Stood {
        observation: id.number(),
        value: row.number(),
        unit: row.unit,
        known: row.known(),
        status: row.status,
    }
}

/// A figure's number in another's unit, and whether it is exact.
fn in_unit(row: &Observation, unit: Unit) -> Option<(Decimal, bool)> {
    let value = row.unit.convert(Interval::exact(row.number()), unit).ok()?;
    if value.is_exact() {
        return Some((value.low(), true));
    }
    row.unit.convert_value(row.number(), unit).ok().map(|nearest| (nearest, false))
}

/// The difference, and whether it is exact.
fn less(a: Decimal, b: Decimal) -> Option<(Decimal, bool)> {
    match a.exact_add(b.neg()) {
        Some(exact) => Some((exact, true)),
        None => a.sub(b, Rounding::Nearest).ok().map(|nearest| (nearest, false)),
    }
}

/// Compares what was known on two days.
// INVARIANT: the parts of a headline add up to its change.
pub fn moved(ledger: &Ledger, from: Day, to: Day, withdrawals: &[Withdrawal]) -> Result<Moved, NotMoved> {
    if from >= to {
        return Err(NotMoved::NotBefore { from, to });
    }
    let mut taken: BTreeMap<(&SeriesId, Place, Period), Day> = BTreeMap::new();
    for own in withdrawals {
        let day = taken.entry((&own.series, own.place, own.period)).or_insert(own.on);
        *day = (*day).min(own.on);
    }
    let (mut undecided, mut unknown) = (BTreeSet::new(), BTreeSet::new());
    let mut shelves = Vec::new();
    for series in ledger.series() {
        let mut stand = |day: Day| {
            let known = ledger.as_known_on(series, day);
            undecided.extend(known.undecided.iter().map(|id| id.number()));
            unknown.extend(known.unknown.iter().map(|id| id.number()));
            let rows = known.standing.into_iter().filter_map(|id| Some((id, ledger.get(id)?)));
            let kept = rows.filter(|(_, row)| {
                taken.get(&(series, row.place, row.period)).is_none_or(|from| *from > day)
            });
            kept.map(|(id, row)| (CellKey::of(row), (id, row))).collect::<BTreeMap<_, _>>()
        };
        let (before, after) = (stand(from), stand(to));
        shelves.push(Shelf { series, before, after });
    }
    // The ways of counting that each indicator had in each place.
    let mut methods: BTreeMap<(Vec<&str>, Place), BTreeSet<&str>> = BTreeMap::new();
    for shelf in &shelves {
        for (_, row) in shelf.before.values() {
            methods.entry((indicator(shelf.series), row.place)).or_default().insert(method(row));
        }
    }
    let factors = factor::Factors::of(&shelves);
    let (mut changes, mut headlines) = (Vec::new(), Vec::new());
    for shelf in &shelves {
        changes_of(shelf, &methods, &factors, &mut changes);
        disputes(ledger, shelf, from, to, &mut changes);
        headlines.extend(headline::headlines(shelf, &factors));
    }
    changes.sort_by(|a, b| {
        (&a.series, a.place, a.period, a.kind, a.after.map(|own| own.observation)).cmp(&(
            &b.series,
            b.place,
            b.period,
            b.kind,
            b.after.map(|own| own.observation),
        ))
    });
    Ok(Moved {
        from,
        to,
        changes,
        headlines,
        undecided: undecided.into_iter().collect(),
        vintage_unknown: unknown.into_iter().collect(),
    })
}

type Methods<'a> = BTreeMap<(Vec<&'a str>, Place), BTreeSet<&'a str>>;

fn changes_of(
    shelf: &Shelf<'_>,
    methods: &Methods<'_>,
    factors: &factor::Factors<'_>,
    changes: &mut Vec<Change>,
) {
    // The end of the latest period of each line before.
    let mut latest: BTreeMap<Line, Day> = BTreeMap::new();
    for (_, row) in shelf.before.values() {
        let end = row.period.dates().last();
        let known = latest.entry(line(row)).or_insert(end);
        *known = (*known).max(end);
    }
    let here: BTreeSet<Place> = shelf.before.values().map(|(_, row)| row.place).collect();
    for (key, (id, row)) in &shelf.after {
        match shelf.before.get(key) {
            Some((old, _)) if old == id => {}
            Some((old, was)) => changes.push(against(shelf.series, (*old, was), (*id, row), factors)),
            None => {
                let counted = methods.get(&(indicator(shelf.series), row.place));
                let kind = if !here.contains(&row.place) {
                    match counted {
                        Some(known) if !known.contains(method(row)) => Kind::NewMethod,
                        _ => Kind::NewSeries,
                    }
                } else if latest.get(&line(row)).is_none_or(|end| row.period.dates().last() > *end) {
                    Kind::NewPeriod
                } else {
                    Kind::HistoryAdded
                };
                changes.push(change(shelf.series, row, kind, None, Some(stood(*id, row))));
            }
        }
    }
    for (key, (id, row)) in &shelf.before {
        // The ledger forgets nothing: only a withdrawal takes a figure away.
        if !shelf.after.contains_key(key) {
            changes.push(change(shelf.series, row, Kind::Withdrawn, Some(stood(*id, row)), None));
        }
    }
}

fn change(
    series: &SeriesId,
    row: &Observation,
    kind: Kind,
    before: Option<Stood>,
    after: Option<Stood>,
) -> Change {
    Change {
        series: series.clone(),
        place: row.place,
        period: row.period,
        base: row.base(),
        kind,
        cause: kind.cause(),
        before,
        after,
        difference: None,
        exact: true,
        ratio: None,
        factor: None,
    }
}

/// Two figures that stood for one cell.
fn against(
    series: &SeriesId,
    (old, was): (ObservationId, &Observation),
    (id, row): (ObservationId, &Observation),
    factors: &factor::Factors<'_>,
) -> Change {
    let same = was.agrees(row);
    let kind = match same {
        true if was.status != row.status => Kind::StatusChanged,
        true => Kind::Restated,
        false => Kind::Revised,
    };
    let mut made = change(series, row, kind, Some(stood(old, was)), Some(stood(id, row)));
    measure(&mut made, was, row);
    if kind == Kind::Revised {
        made.factor = factors.of_revision(was, row);
    }
    made
}

/// Fills in how far two figures are apart.
fn measure(made: &mut Change, was: &Observation, row: &Observation) {
    let Some((value, exact)) = in_unit(row, was.unit) else { return };
    if let Some((difference, whole)) = less(value, was.number()) {
        made.difference = Some(difference);
        made.exact = exact && whole;
    }
    let old = was.number();
    made.ratio = (!old.is_zero()).then(|| value.to_f64() / old.to_f64());
}

/// Figures that became known between the days, do not stand and say otherwise than what does.
fn disputes(ledger: &Ledger, shelf: &Shelf<'_>, from: Day, to: Day, changes: &mut Vec<Change>) {
    for (id, row) in ledger.of_series(shelf.series) {
        let new = row.known().is_some_and(|known| known.last() > from && known.last() <= to);
        let Some((standing, against)) = shelf.after.get(&CellKey::of(row)).filter(|_| new) else { continue };
        if *standing == id || row.status <= against.status && row.status != Status::Contested {
            continue;
        }
        let levels = matches!((&row.figure, &against.figure), (Figure::Value(_), Figure::Value(_)))
            || row.base() == against.base();
        if !levels || row.agrees(against) {
            continue;
        }
        let kind = if row.status == Status::Contested { Kind::Contested } else { Kind::ClaimedOtherwise };
        let mut made = change(shelf.series, row, kind, Some(stood(*standing, against)), Some(stood(id, row)));
        measure(&mut made, against, row);
        changes.push(made);
    }
}
