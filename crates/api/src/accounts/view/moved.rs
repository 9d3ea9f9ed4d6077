//! What moved between two days: the world, or the method; and of each indicator's headline how much of either.

use bitacora_accounts::Day;
use bitacora_accounts::ledger::ObservationId;
use bitacora_accounts::moved::{Cause, Change, Headline, moved as between};

use super::Page;
use super::figures::text;
use crate::error::ApiError;
use crate::shapes::{MoveShape, Moved, MovedHeadline, Words};

pub(crate) fn moved(page: &Page<'_>, from: Day, to: Day) -> Result<Moved, ApiError> {
    let found = between(page.book.ledger(), from, to, &[]).map_err(|error| ApiError::bad("from", error))?;
    let of = |cause: fn(Cause) -> bool| {
        let own = found.changes.iter().filter(|change| cause(change.cause));
        own.map(|change| shape(page, change)).collect()
    };
    Ok(Moved {
        from: from.to_string(),
        to: to.to_string(),
        world: of(|cause| cause == Cause::World),
        // Everything that is no new state of the world: what is known of it, or how it is counted, changed.
        method: of(|cause| cause != Cause::World),
        headlines: found.headlines.iter().map(|own| headline(page, own)).collect(),
    })
}

fn shape(page: &Page<'_>, own: &Change) -> MoveShape {
    let figure = |number: u32| page.figure(ObservationId::at(number));
    MoveShape {
        kind: own.kind.code(),
        series: own.series.to_string(),
        place: own.place.to_string(),
        period: own.period.dates().to_string(),
        then: own.before.and_then(|stood| figure(stood.observation)),
        now: own.after.and_then(|stood| figure(stood.observation)),
        ratio: own.ratio,
        factor: own.factor.as_ref().and_then(|factor| factor.mover).map(str::to_owned),
    }
}

fn headline(page: &Page<'_>, own: &Headline) -> MovedHeadline {
    let figure = |number: u32| page.figure(ObservationId::at(number));
    let registry = page.book.registry();
    let known =
        registry.indicators().iter().find(|indicator| indicator.series().any(|series| *series == own.series));
    MovedHeadline {
        indicator: known.map_or_else(|| own.series.to_string(), |indicator| indicator.id.to_string()),
        name: known.map_or_else(|| Words::code(own.series.as_str()), |indicator| (&indicator.name).into()),
        unit: own.unit.to_string(),
        then: figure(own.then.figure.observation),
        now: own.now.as_ref().and_then(|now| figure(now.figure.observation)),
        world: text(own.parts.as_ref().map(|parts| parts.world)),
        revision: text(own.parts.as_ref().map(|parts| parts.revision)),
    }
}
