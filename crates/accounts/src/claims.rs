//! What a claim comes to beside the figures: matched, unmatched, misquoted or contested, always computed. Says which figure
//! it was held against and by how much it differs; never who is right, and nothing about a person.

use std::collections::BTreeSet;

use crate::codes::codes;
use crate::day::{Dates, Day};
use crate::decimal::{Decimal, Rounding};
use crate::interval::Interval;
use crate::ledger::{Ledger, ObservationId};
use crate::observation::{Bound, Observation, Status};
use crate::place::Place;
use crate::record::Claim;
use crate::series::SeriesId;
use crate::units::Unit;

codes!(
    /// How a claim stands to what was measured.
    ClaimState, "state of a claim",
    /// A figure of the quantity that it means agrees with it within the rounding of both.
    Matched = "matched",
    /// There is nothing to hold it against, or what there is says something else and it names nobody's measurement.
    Unmatched = "unmatched",
    /// It names a publisher whose figure is another, or gives the figure of another year or of another quantity.
    Misquoted = "misquoted",
    /// A party answered, or the figure itself is contested: both texts stand.
    Contested = "contested",
);

/// A claim held against the figures.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Judged {
    pub state: ClaimState,
    /// The figure that agrees, else the one that it should have agreed with.
    pub observation: Option<ObservationId>,
    /// That figure's number, in the claim's unit.
    pub measured: Option<Decimal>,
    /// Claim less figure.
    pub difference: Option<Decimal>,
    /// The figure that the claim gives in place of the one it means.
    pub given_instead: Option<ObservationId>,
}

/// What a claim can be held against.
#[derive(Clone, Copy, Debug)]
pub struct Against<'a> {
    pub ledger: &'a Ledger,
    /// Series that measure what the claim means.
    pub meant: &'a [SeriesId],
    /// Series of the same indicator's neighbours: where a misquoted figure may come from.
    pub near: &'a [SeriesId],
    /// Whether a party answered.
    pub is_answered: bool,
    /// Only what was known by then counts.
    pub day: Day,
}

/// Rounded to tens of thousands, 50,000 still does not stand for 52,000.67 and 45,001 alike: never wider than this.
const WIDEST: Decimal = Decimal::constant(25, 3);

/// Holds a claim against the figures.
pub fn judge(claim: &Claim, against: Against<'_>) -> Judged {
    let none =
        |state| Judged { state, observation: None, measured: None, difference: None, given_instead: None };
    let answered = |state| if against.is_answered { ClaimState::Contested } else { state };
    let (Some(value), Some(_)) = (claim.value, claim.unit) else {
        return none(answered(ClaimState::Unmatched));
    };
    let mut meant: Vec<Candidate<'_>> = candidates(claim, against, against.meant, Where::SamePeriod);
    // A claim does not vouch for a claim.
    meant.retain(|candidate| candidate.observation.status != Status::Claimed);
    let agreeing = meant.iter().filter(|candidate| candidate.agrees(claim));
    let nearest = agreeing
        .min_by_key(|candidate| (candidate.observation.status, candidate.distance(value), candidate.id));
    if let Some(found) = nearest {
        let disputed = matches!(found.observation.status, Status::Leaked | Status::Contested);
        let state = if disputed { ClaimState::Contested } else { answered(ClaimState::Matched) };
        return found.judged(state, value, None);
    }
    // What it names as its source, else the latest figure of the quantity.
    let named = claim.about.attributed.as_deref();
    let by_named = meant.iter().rev().find(|candidate| named.is_some_and(|named| candidate.is_by(named)));
    let instead = other_figure(claim, against);
    match (by_named.or(meant.last()), instead) {
        (None, None) => none(answered(ClaimState::Unmatched)),
        (None, Some(given)) => Judged { given_instead: Some(given), ..none(answered(ClaimState::Misquoted)) },
        (Some(right), instead) => {
            let misquoted = by_named.is_some() || instead.is_some();
            let state = if misquoted { ClaimState::Misquoted } else { ClaimState::Unmatched };
            right.judged(answered(state), value, instead)
        }
    }
}

/// The same number of another period of what is meant, or of a neighbour.
fn other_figure(claim: &Claim, against: Against<'_>) -> Option<ObservationId> {
    let other_period = candidates(claim, against, against.meant, Where::OtherPeriod);
    let near = candidates(claim, against, against.near, Where::SamePeriod);
    near.iter().chain(&other_period).find(|candidate| candidate.is_given(claim)).map(|found| found.id)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Where {
    SamePeriod,
    OtherPeriod,
}

struct Candidate<'a> {
    id: ObservationId,
    observation: &'a Observation,
    known: Option<Dates>,
    /// In the claim's unit, with the rounding of its printing.
    value: Interval,
    printed: Decimal,
}

fn candidates<'a>(
    claim: &Claim,
    against: Against<'a>,
    series: &[SeriesId],
    place_in_time: Where,
) -> Vec<Candidate<'a>> {
    let place = claim.about.place.unwrap_or(Place::COLOMBIA);
    let unit = claim.unit;
    let mut seen = BTreeSet::new();
    let mut found: Vec<Candidate<'_>> = changes(claim, against, series, place_in_time);
    for (id, observation) in series.iter().flat_map(|series| against.ledger.of_series(series)) {
        let same = claim.about.period.is_none_or(|period| in_period(observation, period));
        let base = claim.about.base.is_none_or(|base| {
            observation.base().is_some_and(|own| own.dates().last().year() == base.last().year())
        });
        let known = observation.known();
        if observation.place != place
            || same != (place_in_time == Where::SamePeriod)
            || !base
            || known.is_some_and(|known| known.last() > against.day)
            || !seen.insert(id)
        {
            continue;
        }
        let converted = unit.and_then(|unit| {
            let value = observation.unit.convert(printed(observation.number()), unit).ok()?;
            Some((value, observation.unit.convert_value(observation.number(), unit).ok()?))
        });
        if let Some((value, printed)) = converted {
            found.push(Candidate { id, observation, known, value, printed });
        }
    }
    found.sort_by_key(|candidate| (candidate.known.map(|known| known.last()), candidate.id));
    found
}

/// Of a change in percent between two periods: what the levels of each series give for it, by the latest figures known.
fn changes<'a>(
    claim: &Claim,
    against: Against<'a>,
    series: &[SeriesId],
    wanted: Where,
) -> Vec<Candidate<'a>> {
    let (Some(base), Some(period), Some(Unit::Percent)) = (claim.about.base, claim.about.period, claim.unit)
    else {
        return Vec::new();
    };
    if wanted == Where::OtherPeriod {
        return Vec::new();
    }
    let place = claim.about.place.unwrap_or(Place::COLOMBIA);
    let change = |series: &SeriesId| {
        let known = against.ledger.as_known_on(series, against.day);
        let level = |of: Dates| {
            let mut standing = known.standing.iter().chain(&known.unknown).copied();
            standing.find_map(|id| {
                let own = against.ledger.get(id)?;
                let level = own.unit != Unit::Percent && own.base().is_none();
                (own.place == place && level && in_period(own, of)).then_some((id, own))
            })
        };
        let ((_, before), (id, after)) = (level(base)?, level(period)?);
        let after_in = after.unit.convert_value(after.number(), before.unit).ok()?;
        let ratio = after_in.div(before.number(), Rounding::Nearest).ok()?;
        let percent = ratio.sub(Decimal::ONE, Rounding::Nearest).and_then(|own| own.shift(2)).ok()?;
        let known = after.known().max(before.known());
        Some(Candidate { id, observation: after, known, value: Interval::exact(percent), printed: percent })
    };
    series.iter().filter_map(change).collect()
}

fn in_period(observation: &Observation, period: Dates) -> bool {
    let own = observation.period.dates();
    let year_of = |day: Day| day.year();
    own.first() <= period.last()
        && period.first() <= own.last()
        && year_of(own.last()) == year_of(period.last())
}

/// What a speaker may have rounded or cut off to say it: up to a whole unit of the last digit, away from zero.
fn spoken(value: Decimal) -> Interval {
    let rounded = printed(value);
    let cut = || {
        let unit = Decimal::constant(1, 0).shift(value.last_place()?).ok()?;
        let widest = value.abs().mul(WIDEST, Rounding::Nearest).ok()?;
        let unit = if unit < widest { unit } else { widest };
        let end = if value.is_negative() {
            value.sub(unit, Rounding::Nearest)
        } else {
            value.add(unit, Rounding::Nearest)
        };
        Some(rounded.hull(Interval::exact(end.ok()?)))
    };
    cut().unwrap_or(rounded)
}

/// Half a unit of the last digit that is not zero, and never more than a fortieth.
fn printed(value: Decimal) -> Interval {
    let half = || {
        let unit = Decimal::constant(5, 1).shift(value.last_place()?).ok()?;
        let widest = value.abs().mul(WIDEST, Rounding::Nearest).ok()?;
        Interval::around(value, if unit < widest { unit } else { widest }).ok()
    };
    half().unwrap_or(Interval::exact(value))
}

impl Candidate<'_> {
    fn is_by(&self, named: &str) -> bool {
        let publisher = self.observation.series.publisher();
        publisher.is_some_and(|publisher| publisher.code() == named || publisher.method() == named)
            || self.observation.publisher.as_deref() == Some(named)
    }
    fn agrees(&self, claim: &Claim) -> bool {
        let Some(value) = claim.value else { return false };
        let said = spoken(value);
        match claim.bound {
            Bound::Point => {
                said.overlap(self.value).is_some_and(|both| !both.is_exact() || self.value.is_exact())
            }
            Bound::AtLeast => self.value.high() >= said.low(),
            Bound::AtMost => self.value.low() <= said.high(),
        }
    }
    fn distance(&self, value: Decimal) -> Decimal {
        value.sub(self.printed, Rounding::Nearest).map_or(value, Decimal::abs)
    }
    /// Of a level the very same number; of a change what it may have been rounded to.
    fn is_given(&self, claim: &Claim) -> bool {
        let same = |value: Decimal| match claim.about.base {
            Some(_) => spoken(value).overlap(self.value).is_some(),
            None => value == self.printed,
        };
        claim.value.is_some_and(|value| same(value) && !value.is_zero())
    }
    fn judged(&self, state: ClaimState, value: Decimal, instead: Option<ObservationId>) -> Judged {
        Judged {
            state,
            observation: Some(self.id),
            measured: Some(self.printed),
            difference: value.sub(self.printed, Rounding::Nearest).ok(),
            given_instead: instead,
        }
    }
}
