//! What is followed, programme by programme. An indicator without a figure stands here with the reason: missing is shown as
//! missing, never as zero.

use std::collections::BTreeSet;

use bitacora_accounts::indicator::Indicator;
use bitacora_accounts::{Day, ObservationId};

use super::Page;
use crate::shapes::{AbsentShape, IndicatorShape, ProgrammeIndicator, ProgrammeShape};

pub(crate) fn indicators(page: &Page<'_>) -> Vec<IndicatorShape> {
    let registry = page.book.registry();
    let shape = |own: &Indicator| IndicatorShape {
        id: own.id.to_string(),
        programme: own.programme.to_string(),
        name: (&own.name).into(),
        unit: own.unit.map(|unit| unit.to_string()),
        methods: own.methods().into_iter().map(ToString::to_string).collect(),
        series: own.series().map(ToString::to_string).collect(),
        figures: own.series().map(|series| page.book.ledger().of_series_at(series, own.place).count()).sum(),
    };
    registry.indicators().iter().map(shape).collect()
}

pub(crate) fn programmes(page: &Page<'_>) -> Vec<ProgrammeShape> {
    let registry = page.book.registry();
    let shape = |own: &bitacora_accounts::indicator::Programme| ProgrammeShape {
        code: own.code.to_string(),
        name: (&own.name).into(),
        indicators: registry.of_programme(&own.code).map(|own| indicator(page, own)).collect(),
    };
    registry.programmes().iter().map(shape).collect()
}

fn years_of(dates: &[bitacora_accounts::Dates]) -> String {
    dates.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

fn indicator(page: &Page<'_>, own: &Indicator) -> ProgrammeIndicator {
    let ledger = page.book.ledger();
    let standing = page.book.standing(own, page.as_of);
    let years: BTreeSet<i16> = standing.iter().map(|(_, last)| last.year()).collect();
    let latest = page.book.latest(own, page.as_of);
    let of = |id: ObservationId| ledger.get(id);
    let earlier = latest.and_then(of).and_then(|newest| {
        let before = |(id, last): &&(ObservationId, Day)| {
            *last < newest.period.dates().last() && of(*id).is_some_and(|own| own.series == newest.series)
        };
        standing.iter().rev().find(before).map(|(id, _)| *id)
    });
    let absent = own.series().find_map(|series| page.book.registry().absent_of(series).into_iter().next());
    let from_table =
        absent.map(|absent| AbsentShape { years: years_of(&absent.years), why: absent.why.clone() });
    let said =
        (!own.missing.is_empty()).then(|| AbsentShape { years: String::new(), why: own.missing.clone() });
    ProgrammeIndicator {
        id: own.id.to_string(),
        name: (&own.name).into(),
        unit: own.unit.map(|unit| unit.to_string()),
        latest: latest.and_then(|id| page.figure(id)),
        previous: earlier.and_then(|id| page.figure(id)),
        years: years.into_iter().collect(),
        absent: said.or(from_table),
    }
}
