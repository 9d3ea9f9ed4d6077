//! One method through time: at each moment at which something becomes known or the deadline passes, what it says. Picks
//! among series that repeat each other and adds those that are a sum; judges nothing.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::Reason;
use super::known::{Fig, Fit, Known, repeats};
use super::track::{Ask, State, Track};
use crate::day::{Dates, Day};
use crate::indicator::{Accrual, Indicator};
use crate::ledger::Ledger;
use crate::units::Unit;

/// A state of what is known.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Moment {
    /// None is the state with the figures without a date.
    pub(super) day: Option<Day>,
    /// Whether the deadline is over; false where there is none.
    pub(super) passed: bool,
}

/// The series that answer by one method: alternatives, each a sum of parts.
#[derive(Clone, Debug, Default)]
pub(super) struct Method {
    alternatives: Vec<Vec<Track>>,
}

/// What a method knows at a moment.
pub(super) struct Picture<'a> {
    method: &'a Method,
    pub(super) moment: Moment,
    states: &'a [Vec<State<'a>>],
    /// In the undated state: only what rests on figures without a date.
    undated: Option<&'a [Vec<State<'a>>]>,
}

impl Method {
    pub(super) fn read(
        ledger: &Ledger,
        indicator: &Indicator,
        id: &Arc<str>,
        unit: Unit,
        until: Option<Day>,
    ) -> Result<Self, Reason> {
        let answers = indicator.answers.iter().filter(|answer| answer.method == *id);
        let read = answers.map(|answer| {
            let parts = answer.parts.iter();
            parts.map(|part| Track::read(ledger, part, indicator.place, unit, until)).collect()
        });
        Ok(Self { alternatives: read.collect::<Result<_, _>>()? })
    }

    fn tracks(&self) -> impl Iterator<Item = &Track> {
        self.alternatives.iter().flatten()
    }
    pub(super) fn has(&self, accrual: Accrual) -> bool {
        self.tracks().any(|track| track.accrual == accrual)
    }
    pub(super) fn is_empty(&self) -> bool {
        self.tracks().all(|track| {
            track.dated.is_empty()
                && track.undated.is_empty()
                && track.changes.is_empty()
                && track.undated_changes.is_empty()
        })
    }
    pub(super) fn other_unit(&self) -> bool {
        self.tracks().any(|track| track.other_unit)
    }
    /// The first day that any figure speaks of.
    pub(super) fn first_day(&self) -> Option<Day> {
        let figs = self.tracks().flat_map(|track| track.dated.iter().chain(&track.undated));
        figs.map(|fig| fig.dates.first()).min()
    }

    fn moments(&self, deadline: Option<Day>, until: Option<Day>) -> BTreeSet<Day> {
        let day = |fig: &Fig| fig.known.map(Dates::last);
        let levels = self.tracks().flat_map(|track| track.dated.iter().filter_map(day));
        let changes = self.tracks().flat_map(|track| track.changes.iter().filter_map(|(_, fig)| day(fig)));
        let due = deadline.filter(|deadline| until.is_none_or(|until| *deadline <= until));
        levels.chain(changes).chain(due).collect()
    }

    /// Shows each state in the order of days, the undated one last.
    pub(super) fn sweep(&self, deadline: Option<Day>, until: Option<Day>, mut see: impl FnMut(&Picture<'_>)) {
        let fresh = |parts: &Vec<Track>| parts.iter().map(|track| State::new(track.accrual)).collect();
        let mut states: Vec<Vec<State<'_>>> = self.alternatives.iter().map(fresh).collect();
        let mut learned: Vec<Vec<usize>> =
            self.alternatives.iter().map(|parts| vec![0; parts.len()]).collect();
        for day in self.moments(deadline, until) {
            for (place, parts) in self.alternatives.iter().enumerate() {
                let own = states.get_mut(place).into_iter().flatten();
                let from = learned.get_mut(place).into_iter().flatten();
                for ((track, state), from) in parts.iter().zip(own).zip(from) {
                    let news = track.dated.get(*from..).unwrap_or(&[]).iter();
                    for fig in news.take_while(|fig| fig.known.is_none_or(|known| known.last() <= day)) {
                        state.learn(fig);
                        *from += 1;
                    }
                }
            }
            let moment = Moment { day: Some(day), passed: deadline.is_some_and(|deadline| deadline <= day) };
            see(&Picture { method: self, moment, states: &states, undated: None });
        }
        if self.tracks().all(|track| track.undated.is_empty() && track.undated_changes.is_empty()) {
            return;
        }
        let overlay: Vec<Vec<State<'_>>> = self
            .alternatives
            .iter()
            .zip(&states)
            .map(|(parts, states)| {
                parts.iter().zip(states).map(|(track, state)| state.with_undated(&track.undated)).collect()
            })
            .collect();
        let only: Vec<Vec<State<'_>>> =
            overlay.iter().map(|parts| parts.iter().map(State::undated_only).collect()).collect();
        let passed = deadline.is_some_and(|deadline| until.is_none_or(|until| deadline <= until));
        let moment = Moment { day: None, passed };
        see(&Picture { method: self, moment, states: &overlay, undated: Some(&only) });
    }
}

impl Picture<'_> {
    /// The best answer of the method to what is asked, among those that the filter lets through.
    pub(super) fn pick(&self, ask: Ask, fits: impl Fn(&Known) -> bool) -> Option<Known> {
        let mut best: Option<Known> = None;
        for (place, parts) in self.states.iter().enumerate() {
            let undated = self.undated.and_then(|all| all.get(place));
            let Some(known) = sum(parts, undated, ask).filter(&fits) else { continue };
            if best.as_ref().is_none_or(|best| known.goes_before(best)) {
                best = Some(known);
            }
        }
        best
    }

    /// A published change between the year of the base and the year of the deadline.
    pub(super) fn published_change(&self, base: Dates, deadline: Day) -> Option<Known> {
        let day = self.moment.day;
        let tracks = self.method.tracks();
        let all = tracks.flat_map(|track| {
            let undated = if day.is_none() { track.undated_changes.as_slice() } else { &[] };
            track.changes.iter().chain(undated)
        });
        let spans = |(from, fig): &&(Dates, Fig)| {
            let known = fig.known.is_none_or(|known| day.is_none_or(|day| known.last() <= day));
            let to = fig.dates;
            known
                && *from == base
                && (to.last().year() == deadline.year() && to.first().year() == deadline.year())
        };
        // An undated one goes before dated ones only in its own state.
        let rank = |fig: &Fig| {
            let known = fig.known.map_or((1, None), |known| (0, Some((known.last(), known.first()))));
            (std::cmp::Reverse(fig.status), known)
        };
        let mut figs: Vec<&Fig> = all.filter(spans).map(|(_, fig)| fig).collect();
        let best = figs.iter().map(|fig| rank(fig)).max()?;
        figs.retain(|fig| rank(fig) == best);
        let mut alike: Vec<&Fig> = Vec::new();
        for fig in figs {
            if !alike.iter().any(|own| own.value == fig.value) {
                alike.push(fig);
            }
        }
        let mut alike = alike.into_iter();
        let first = alike.next()?.alone();
        Some(alike.fold(first, |known, fig| known.or(&fig.alone())))
    }
}

/// One alternative: its only part, or the sum of all; a bound from below while parts are missing.
fn sum(parts: &[State<'_>], undated: Option<&Vec<State<'_>>>, ask: Ask) -> Option<Known> {
    let mut sum: Option<Known> = None;
    let mut missing = false;
    for (place, state) in parts.iter().enumerate() {
        let only = undated.and_then(|parts| parts.get(place));
        let known = part(state, only, ask);
        // Of an earlier time is no addend.
        match known.filter(|known| parts.len() == 1 || known.fit != Fit::Earlier) {
            None => missing = true,
            Some(known) => {
                sum = match sum {
                    None => Some(known),
                    Some(sum) => Some(sum.plus(&known)?),
                }
            }
        }
    }
    let sum = sum?;
    // Amounts are never below zero, so what is there is the least.
    Some(if missing && parts.len() > 1 { sum.bound_below(Reason::PartMissing) } else { sum })
}

fn part(state: &State<'_>, undated: Option<&State<'_>>, ask: Ask) -> Option<Known> {
    let whole = state.pick(ask);
    let alone = undated.and_then(|only| only.pick(ask)).filter(|known| known.fit != Fit::Earlier);
    match (alone, whole) {
        (Some(alone), Some(whole)) => {
            let copy = alone.printed.zip(whole.printed).is_some_and(|(own, its)| repeats(own, its));
            Some(if alone.status > whole.status || copy { whole } else { alone })
        }
        (alone, whole) => alone.or(whole),
    }
}
