//! What is followed, programme by programme. An indicator without a figure stands here with the reason: missing is shown as
//! missing, never as zero.

use std::collections::BTreeSet;

use bitacora_accounts::ObservationId;
use bitacora_accounts::indicator::Indicator;

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
    // The latest period of any method; of one period the figure that became known last.
    let mut standing: Vec<(ObservationId, bitacora_accounts::Day)> = Vec::new();
    let mut years = BTreeSet::new();
    for series in own.series() {
        let known = ledger.as_known_on(series, page.as_of);
        for id in known.standing.iter().chain(&known.unknown) {
            let Some(figure) = ledger.get(*id).filter(|figure| figure.place == own.place) else { continue };
            years.insert(figure.period.year());
            if figure.base().is_none() || own.unit == Some(figure.unit) {
                standing.push((*id, figure.period.dates().last()));
            }
        }
    }
    standing.sort_by_key(|(id, last)| {
        (*last, ledger.get(*id).and_then(|own| own.known()).map(|known| known.last()), *id)
    });
    let latest = standing.last().map(|(id, _)| *id);
    let same_series = |id: ObservationId| ledger.get(id).map(|own| own.series.clone());
    let series = latest.and_then(same_series);
    let earlier = standing.iter().rev().skip(1).find(|(id, last)| {
        same_series(*id) == series && standing.last().is_some_and(|(_, newest)| last < newest)
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
        previous: earlier.and_then(|(id, _)| page.figure(*id)),
        years: years.into_iter().collect(),
        absent: said.or(from_table),
    }
}
