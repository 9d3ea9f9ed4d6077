//! The figures of one series for one place, as they stand from day to day, and what they say of a time that is asked
//! for. Knows nothing of promises.

use std::cmp::{Ordering, Reverse};
use std::collections::BTreeMap;

use super::Reason;
use super::known::{Fig, Fit, Known, repeats};
use crate::day::{Dates, Day};
use crate::decimal::Decimal;
use crate::indicator::{Accrual, Part};
use crate::interval::Interval;
use crate::ledger::{Ledger, ObservationId};
use crate::observation::{Bound, Figure, Observation, Source, Status};
use crate::place::Place;
use crate::units::Unit;

/// A series of one place with more figures is none that people follow; its cells say so.
pub(super) const MOST_FIGURES: usize = 2048;

/// Which time is asked for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Ask {
    Base(Dates),
    /// A level by a day: a flow from the first of its year, a total until then, a stock of that time.
    By(Day),
    /// The whole year of a day, for a comparison with another year.
    YearOf(Day),
    /// Whatever is the last.
    Latest,
}

#[derive(Clone, Debug)]
pub(super) struct Track {
    pub(super) accrual: Accrual,
    /// By the day from which they are known.
    pub(super) dated: Vec<Fig>,
    pub(super) undated: Vec<Fig>,
    /// Published changes in percent, with the base that each is on.
    pub(super) changes: Vec<(Dates, Fig)>,
    pub(super) undated_changes: Vec<(Dates, Fig)>,
    /// Figures of another dimension were left aside.
    pub(super) other_unit: bool,
}

fn converted(value: Decimal, from: Unit, to: Unit) -> Option<Decimal> {
    if from == to { Some(value) } else { from.convert_value(value, to).ok() }
}

fn figure(id: ObservationId, observation: &Observation, accrual: Accrual, to: Unit) -> Option<Fig> {
    let unit = observation.unit;
    let known = observation.known();
    let dates = observation.period.dates();
    let mut status = observation.status;
    let mut covers = dates;
    if let Some(known) = known.filter(|known| accrual != Accrual::Stock && known.last() < dates.last()) {
        match Dates::new(dates.first(), known.last()) {
            Some(part) => covers = part,
            // Nobody measures what has not begun.
            None => status = status.max(Status::Claimed),
        }
    }
    let end = |end: Option<Decimal>, high: bool| {
        let end = unit.convert(Interval::exact(end?), to).ok()?;
        Some(if high { end.high() } else { end.low() })
    };
    Some(Fig {
        id,
        known,
        status,
        bound: observation.bound,
        dates,
        covers,
        value: converted(observation.number(), unit, to)?,
        low: end(observation.low, false),
        high: end(observation.high, true),
        printed: (observation.number(), unit),
    })
}

/// By the day of becoming known; among those of one day by what they say, so that no order of appending shows.
fn order(ledger: &Ledger, a: &Fig, b: &Fig) -> Ordering {
    let day = |fig: &Fig| fig.known.map(|known| (known.last(), known.first()));
    let text = |fig: &Fig| {
        ledger.get(fig.id).map(|observation| match &observation.source {
            Source::Named { name, reference, .. } => (name.to_string(), reference.to_string(), 0),
            Source::Document { document, from, .. } => (document.to_string(), String::new(), *from),
        })
    };
    let said = |fig: &Fig| (fig.dates, fig.bound, fig.status, fig.value, fig.low, fig.high);
    day(a).cmp(&day(b)).then_with(|| said(a).cmp(&said(b))).then_with(|| text(a).cmp(&text(b)))
}

impl Track {
    /// Err where there are too many figures.
    pub(super) fn read(
        ledger: &Ledger,
        part: &Part,
        place: Place,
        unit: Unit,
        until: Option<Day>,
    ) -> Result<Self, Reason> {
        let accrual = part.accrual;
        let (dated, undated, changes, undated_changes) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        let mut track = Self { accrual, dated, undated, changes, undated_changes, other_unit: false };
        for (count, (id, observation)) in ledger.of_series_at(&part.series, place).enumerate() {
            if count >= MOST_FIGURES {
                return Err(Reason::TooManyFigures);
            }
            let known = observation.known();
            // Without a date: known at the earliest when its period is over.
            let at_least = known.unwrap_or_else(|| observation.period.dates());
            if until.is_some_and(|until| at_least.last() > until) {
                continue;
            }
            match observation.figure {
                Figure::Value(_) => match figure(id, observation, accrual, unit) {
                    None => track.other_unit = true,
                    Some(fig) if known.is_some() => track.dated.push(fig),
                    Some(fig) => track.undated.push(fig),
                },
                Figure::Change { base, .. } => {
                    let change = figure(id, observation, Accrual::Flow, Unit::Percent);
                    let into = if known.is_some() { &mut track.changes } else { &mut track.undated_changes };
                    into.extend(change.map(|fig| (base.dates(), fig)));
                }
            }
        }
        track.dated.sort_by(|a, b| order(ledger, a, b));
        track.undated.sort_by(|a, b| order(ledger, a, b));
        track.changes.sort_by(|a, b| a.0.cmp(&b.0).then_with(|| order(ledger, &a.1, &b.1)));
        track.undated_changes.sort_by(|a, b| a.0.cmp(&b.0).then_with(|| order(ledger, &a.1, &b.1)));
        Ok(track)
    }
}

/// What stands of a track at a moment.
#[derive(Clone, Debug)]
pub(super) struct State<'a> {
    accrual: Accrual,
    /// Those of one rank and day together; almost always one.
    standing: BTreeMap<(Dates, Bound), Vec<&'a Fig>>,
}

fn day_after(day: Day) -> Option<Day> {
    let (year, month, date) = (day.year(), day.month(), day.day());
    Day::new(year, month, date + 1)
        .or_else(|| Day::new(year, month + 1, 1))
        .or_else(|| Day::new(year + 1, 1, 1))
}

fn year_of(day: Day) -> Dates {
    Dates::year(day.year()).unwrap_or_else(|| Dates::on(day))
}

fn inside(inner: Dates, outer: Dates) -> bool {
    outer.first() <= inner.first() && inner.last() <= outer.last()
}

impl<'a> State<'a> {
    pub(super) const fn new(accrual: Accrual) -> Self {
        Self { accrual, standing: BTreeMap::new() }
    }

    /// A figure becomes known, in the order of days.
    pub(super) fn learn(&mut self, fig: &'a Fig) {
        let rank = |fig: &Fig| {
            let known = fig.known.map(|known| (known.last(), known.first()));
            (fig.status, Reverse(known))
        };
        let stand = self.standing.entry((fig.dates, fig.bound)).or_default();
        let Some(best) = stand.first() else {
            stand.push(fig);
            return;
        };
        match rank(fig).cmp(&rank(best)) {
            Ordering::Greater => {}
            Ordering::Less => {
                stand.clear();
                stand.push(fig);
            }
            Ordering::Equal => {
                let same = |own: &&Fig| own.value == fig.value || repeats(fig.printed, own.printed);
                let interval = |fig: &Fig| fig.low.is_some() || fig.high.is_some();
                match stand.iter().position(same) {
                    // The same with an interval says more.
                    Some(place) if interval(fig) => {
                        if let Some(own) = stand.get_mut(place).filter(|own| !interval(own)) {
                            *own = fig;
                        }
                    }
                    Some(_) => {}
                    None => {
                        stand.retain(|own| !repeats(own.printed, fig.printed));
                        stand.push(fig);
                    }
                }
            }
        }
    }

    /// The state in which figures without a date stand before dated ones of no better rank, unless they only repeat them.
    pub(super) fn with_undated(&self, undated: &'a [Fig]) -> Self {
        let mut only = Self::new(self.accrual);
        undated.iter().for_each(|fig| only.learn(fig));
        let mut state = self.clone();
        for (key, figs) in only.standing {
            let stand = state.standing.entry(key).or_default();
            let stays = stand.first().is_some_and(|dated| {
                let copies = |fig: &&Fig| fig.value == dated.value || repeats(fig.printed, dated.printed);
                let worse = figs.first().is_none_or(|fig| fig.status > dated.status);
                worse || figs.iter().all(copies)
            });
            if !stays {
                *stand = figs;
            }
        }
        state
    }

    /// Only what rests on figures without a date.
    pub(super) fn undated_only(&self) -> Self {
        let mut state = self.clone();
        state.standing.retain(|_, figs| figs.iter().any(|fig| fig.known.is_none()));
        state
    }

    /// All that is said of the very same dates.
    fn level(&self, dates: Dates) -> Option<Known> {
        let stand = |bound: Bound| -> Option<Known> {
            let mut figs = self.standing.get(&(dates, bound))?.iter();
            let first = figs.next()?.alone();
            Some(figs.fold(first, |known, fig| known.or(&fig.alone())))
        };
        if let Some(point) = stand(Bound::Point) {
            return Some(point);
        }
        match (stand(Bound::AtLeast), stand(Bound::AtMost)) {
            (Some(low), Some(high)) => Some(low.within(&high)),
            (low, high) => low.or(high),
        }
    }

    /// The dates that anything is said of, and what of them it covers.
    fn spans(&self) -> impl Iterator<Item = (Dates, Dates)> {
        let mut before = None;
        self.standing.iter().filter_map(move |((dates, _), figs)| {
            let again = before.replace(*dates) == Some(*dates);
            figs.first().filter(|_| !again).map(|fig| (*dates, fig.covers))
        })
    }

    /// What is said of the span that the key puts last, of those that fit.
    fn best<K: Ord>(&self, fits: impl Fn(Dates) -> bool, key: impl Fn(Dates) -> K) -> Option<Known> {
        let found = self.spans().filter(|(_, covers)| fits(*covers));
        let (dates, _) = found.max_by_key(|(_, covers)| key(*covers))?;
        self.level(dates)
    }

    pub(super) fn pick(&self, ask: Ask) -> Option<Known> {
        match (self.accrual, ask) {
            (_, Ask::Latest) => self.best(|_| true, Dates::last),
            (Accrual::Stock, Ask::Base(dates)) => self.stock_within(dates),
            (Accrual::Stock, Ask::By(day) | Ask::YearOf(day)) => self.stock_at(day),
            (Accrual::Flow, Ask::Base(dates)) => self.flow(dates),
            (Accrual::Flow, Ask::By(day)) => {
                let window = Dates::new(year_of(day).first(), day)?;
                self.flow(window).or_else(|| self.earlier(window.first(), |_| true))
            }
            (Accrual::Flow, Ask::YearOf(day)) => {
                let year = year_of(day);
                // A whole year compares with a whole year.
                self.flow(year).or_else(|| self.earlier(year.first(), Dates::is_whole_year))
            }
            (Accrual::Cumulative, Ask::Base(dates)) => self.total(dates.last()),
            (Accrual::Cumulative, Ask::By(day) | Ask::YearOf(day)) => self.total(day),
        }
    }

    /// The last count within the dates, or one that names no day and holds them.
    fn stock_within(&self, dates: Dates) -> Option<Known> {
        let within = self.best(|own| inside(own, dates), Dates::last);
        let of_one_year = |own: Dates| own.first().year() == own.last().year();
        within.or_else(|| self.best(|own| of_one_year(own) && inside(dates, own), Dates::last))
    }

    /// A count of the day, of its month, or of the year without a day; else the next one of the year; else the last one
    /// before. A promise by the middle of a year is read on the count at its end, for a stock is counted once a year.
    fn stock_at(&self, day: Day) -> Option<Known> {
        let of_month = |own: Dates| {
            own.first().year() == day.year()
                && own.first().month() == day.month()
                && own.last().month() == day.month()
        };
        let fits = |own: Dates| {
            let of_year = own.first().year() == day.year() && own.last().year() == day.year();
            of_year && (own.last() >= day || of_month(own))
        };
        // The narrowest that holds the day or its month, then the next.
        let near = |own: Dates| {
            let after = own.first() > day && !of_month(own);
            let apart = (day.ordinal() - own.last().ordinal()).abs();
            Reverse((after, apart, own))
        };
        self.best(fits, near).or_else(|| self.earlier(day, |_| true))
    }

    fn earlier(&self, day: Day, fits: impl Fn(Dates) -> bool) -> Option<Known> {
        Some(self.best(|own| own.last() < day && fits(own), Dates::last)?.of_earlier())
    }

    /// Over exactly these days, from one figure or from several that follow each other; else what bounds it.
    fn flow(&self, window: Dates) -> Option<Known> {
        if let Some(exact) = self.best(|own| own == window, |_| ()) {
            return Some(exact);
        }
        let lower = self.tiled(window);
        if lower.as_ref().is_some_and(|own| own.fit == Fit::Exact) {
            return lower;
        }
        let upper = self.best(|own| inside(window, own), |own| Reverse((days(own), own)));
        let upper = upper.map(|own| own.bound_above(Reason::PeriodBeyondDeadline));
        match (lower, upper) {
            (Some(low), Some(high)) => Some(low.within(&high)),
            (low, high) => low.or(high),
        }
    }

    /// Figures that follow each other without a gap from the first day, the longest first; a bound where they do not
    /// reach the last day, or where they begin later.
    fn tiled(&self, window: Dates) -> Option<Known> {
        let mut sum: Option<Known> = None;
        let mut from = Some(window.first());
        let mut tile: Option<(Dates, Dates)> = None;
        let mut longest: Option<(Dates, Dates)> = None;
        // Spans come by their first day, which is the first day that they cover.
        for (dates, covers) in self.spans().filter(|(_, covers)| inside(*covers, window)) {
            if longest.is_none_or(|(_, known)| days(covers) > days(known)) {
                longest = Some((dates, covers));
            }
            if let Some((key, laid)) = tile.filter(|(_, laid)| laid.first() < covers.first()) {
                sum = added(sum, self.level(key)?)?;
                from = day_after(laid.last());
                tile = None;
            }
            let goes_on = from == Some(covers.first());
            if goes_on && tile.is_none_or(|(_, laid)| laid.last() < covers.last()) {
                tile = Some((dates, covers));
            }
        }
        if let Some((key, laid)) = tile {
            sum = added(sum, self.level(key)?)?;
            from = day_after(laid.last());
        }
        if sum.is_some() && from.is_none_or(|day| day > window.last()) {
            return sum;
        }
        let part = sum.or_else(|| longest.and_then(|(key, _)| self.level(key)))?;
        Some(part.bound_below(Reason::PartPeriod))
    }

    /// A total never shrinks: an earlier one is not above it, a later one not below.
    fn total(&self, day: Day) -> Option<Known> {
        if let Some(exact) = self.best(|own| own.last() == day, |own| own) {
            return Some(exact);
        }
        let before = self.best(|own| own.last() < day, Dates::last);
        let after = self.best(|own| own.last() > day, |own| Reverse(own.last()));
        let near = |own: &Known| (own.period.last().ordinal() - day.ordinal()).abs();
        let apart = before.as_ref().map(near).zip(after.as_ref().map(near));
        let before = before.map(|own| own.bound_below(Reason::EndNotPublished));
        let after = after.map(|own| own.bound_above(Reason::PeriodBeyondDeadline));
        match (before, after) {
            // The value shown is the nearer one's.
            (Some(before), Some(after)) if apart.is_some_and(|(a, b)| a <= b) => Some(before.within(&after)),
            (Some(before), Some(after)) => Some(after.within(&before)),
            (before, after) => before.or(after),
        }
    }
}

/// In the order of lengths, not a count.
fn days(dates: Dates) -> i32 {
    dates.last().ordinal() - dates.first().ordinal()
}

/// None beyond what 36 digits hold.
fn added(sum: Option<Known>, next: Known) -> Option<Option<Known>> {
    match sum {
        None => Some(Some(next)),
        Some(sum) => sum.plus(&next).map(Some),
    }
}
