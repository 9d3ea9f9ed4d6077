//! The production chain of the years whose leaf and cocaine one publisher gives: the factor between them, in the interval
//! that rounding leaves open, and which factor moved a revision.

use bitacora_accounts::book::Book;
use bitacora_accounts::chain::{Cocaine, Factor as Link, FreshLeaf, attribute};
use bitacora_accounts::observation::Figure;
use bitacora_accounts::series::{Publisher, Quantity};
use bitacora_accounts::{
    Day, Decimal, Interval, Observation, ObservationId, Period, Place, Rounding, SeriesId,
};

use super::sourced::Sources;
use super::words;
use crate::{Chain, Factor, Number, Step};

/// Factors are printed to so many digits after the point.
const PLACES: i32 = 3;

/// What stood of a series for a place, by period.
fn standing(book: &Book, series: &SeriesId, day: Day) -> Vec<ObservationId> {
    let known = book.ledger().as_known_on(series, day);
    known.standing
}

/// Half a unit of the last digit that is not zero: what a printed figure may have been.
fn printed(value: Decimal) -> Interval {
    let half = value.last_place().and_then(|place| Decimal::new(5, 1).ok()?.shift(place).ok());
    half.and_then(|half| Interval::around(value, half).ok()).unwrap_or(Interval::exact(value))
}

struct Year<'b> {
    leaf: (ObservationId, &'b Observation),
    cocaine: (ObservationId, &'b Observation),
    /// The first figures that were published of both, where another stands now of one of them.
    first: Option<(&'b Observation, &'b Observation)>,
}

pub(super) fn chains(book: &Book, as_of: Day, sources: &mut Sources<'_>) -> Vec<Chain> {
    let mut chains = Vec::new();
    for publisher in Publisher::ALL {
        let of = |quantity: Quantity| {
            book.ledger()
                .series()
                .find(|own| own.quantity() == quantity && own.publisher() == Some(*publisher))
        };
        let (Some(leaf), Some(cocaine)) = (of(Quantity::FreshLeaf), of(Quantity::Cocaine)) else { continue };
        for year in years(book, leaf, cocaine, as_of) {
            chains.extend(chain(book, &year, *publisher, sources));
        }
    }
    chains
}

fn years<'b>(book: &'b Book, leaf_series: &SeriesId, cocaine_series: &SeriesId, as_of: Day) -> Vec<Year<'b>> {
    let figures = |series: &SeriesId| -> Vec<(ObservationId, &'b Observation)> {
        let ids = standing(book, series, as_of).into_iter();
        let all = ids.filter_map(|id| Some((id, book.ledger().get(id)?)));
        all.filter(|(_, own)| matches!(own.figure, Figure::Value(_)) && own.place == Place::COLOMBIA)
            .collect()
    };
    let cocaine_of = |period: Period| {
        figures(cocaine_series).into_iter().find(|(_, own)| own.period.year() == period.year())
    };
    let first_of = |series: &SeriesId, now: (ObservationId, &'b Observation)| {
        let revisions = book.ledger().revisions(series).ok()?;
        let own = revisions.into_iter().find(|own| own.place == now.1.place && own.period == now.1.period)?;
        let first = own.steps.first().map(|step| step.observation).filter(|id| *id != now.0)?;
        book.ledger().get(first)
    };
    let mut years: Vec<Year<'b>> = figures(leaf_series)
        .into_iter()
        .filter_map(|leaf| {
            let cocaine = cocaine_of(leaf.1.period)?;
            let (leaf_then, cocaine_then) = (first_of(leaf_series, leaf), first_of(cocaine_series, cocaine));
            let revised = leaf_then.is_some() || cocaine_then.is_some();
            let first = (leaf_then.unwrap_or(leaf.1), cocaine_then.unwrap_or(cocaine.1));
            Some(Year { leaf, cocaine, first: revised.then_some(first) })
        })
        .collect();
    years.sort_by_key(|year| year.leaf.1.period.year());
    years
}

fn chain(book: &Book, year: &Year<'_>, publisher: Publisher, sources: &mut Sources<'_>) -> Option<Chain> {
    let (leaf, cocaine) = (year.leaf.1, year.cocaine.1);
    let factor = per_leaf(leaf, cocaine)?;
    let method = book.registry().method(publisher.method())?;
    let from = |leaf: &Observation, own: &Observation, sources: &mut Sources<'_>| {
        let both = vec![sources.observation(leaf), sources.observation(own)];
        sources.derived(words::factor_rule(), both)
    };
    let source = from(leaf, cocaine, sources);
    let step = |name, id, own: &Observation, sources: &mut Sources<'_>| {
        let within = printed(own.number());
        Some(Step {
            name,
            value: sources.number(id)?,
            low: Some(within.low().to_string()),
            high: Some(within.high().to_string()),
        })
    };
    let steps = vec![
        step(words::fresh_leaf(), year.leaf.0, leaf, sources)?,
        step(words::cocaine(), year.cocaine.0, cocaine, sources)?,
    ];
    let factors = year.first.map_or_else(Vec::new, |(leaf_then, cocaine_then)| {
        let then = (leaf_then, cocaine_then, from(leaf_then, cocaine_then, sources));
        moved(then, (leaf, cocaine, source.clone()), sources).unwrap_or_default()
    });
    Some(Chain {
        title: words::chain_title(&method.name, leaf.period.year()),
        steps,
        result: Step {
            name: words::hcl_per_leaf(),
            value: Number::new(middle(factor), "kg/t", source),
            low: Some(short(factor.low(), Rounding::Down)),
            high: Some(short(factor.high(), Rounding::Up)),
        },
        simulated: None,
        factors,
        note: None,
    })
}

/// Hydrochloride per tonne of fresh leaf, in the interval that the rounding of both leaves open.
fn per_leaf(leaf: &Observation, cocaine: &Observation) -> Option<Interval> {
    let leaf = FreshLeaf::new(printed(leaf.number()), leaf.unit).ok()?;
    let cocaine = Cocaine::new(printed(cocaine.number()), cocaine.unit).ok()?;
    Some(cocaine.per_leaf(leaf).ok()?.interval())
}

fn middle(own: Interval) -> String {
    own.middle().map(|value| short(value, Rounding::Nearest)).unwrap_or_default()
}

/// Leaf, cocaine, and the source of the factor between them.
type Stood<'a> = (&'a Observation, &'a Observation, String);

/// How much of a revision each of the two factors carries.
fn moved(then: Stood<'_>, now: Stood<'_>, sources: &mut Sources<'_>) -> Option<Vec<Factor>> {
    let leaf =
        |own: &Observation| FreshLeaf::new(printed(own.number()), own.unit).ok().map(FreshLeaf::interval);
    let links = [
        Link { name: "fresh_leaf", before: leaf(then.0)?, after: leaf(now.0)? },
        Link { name: "hcl_per_leaf", before: per_leaf(then.0, then.1)?, after: per_leaf(now.0, now.1)? },
    ];
    let attributed = attribute(&links, None).ok()?;
    let rule = sources.derived(words::share_rule(), vec![then.2.clone(), now.2.clone()]);
    let [_, factor_link] = links;
    let share = |place: usize| {
        attributed.shares.get(place).and_then(|own| own.share).map(|own| format!("{:.0}", 100.0 * own))
    };
    let leaf_number = |own: &Observation, sources: &mut Sources<'_>| {
        Number::new(own.number().to_string(), own.unit.code(), sources.observation(own))
    };
    Some(vec![
        Factor {
            name: words::fresh_leaf(),
            from: leaf_number(then.0, sources),
            to: leaf_number(now.0, sources),
            share: Number::new(share(0)?, "%", rule.clone()),
        },
        Factor {
            name: words::hcl_per_leaf(),
            from: Number::new(middle(factor_link.before), "kg/t", then.2),
            to: Number::new(middle(factor_link.after), "kg/t", now.2),
            share: Number::new(share(1)?, "%", rule),
        },
    ])
}

fn short(value: Decimal, rounding: Rounding) -> String {
    value.round_to(PLACES, rounding).unwrap_or(value).to_string()
}
