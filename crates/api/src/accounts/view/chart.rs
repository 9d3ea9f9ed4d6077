//! Rival curves of an indicator, their hull and divergence, the fan of revisions, the interval audit, and the pooled view
//! where it is asked for, which always says what it does not identify.

use bitacora_accounts::SeriesId;
use bitacora_accounts::audit::{Judged, PublisherAudit, audit};
use bitacora_accounts::indicator::Indicator;
use bitacora_accounts::ledger::ObservationId;
use bitacora_accounts::rivals::pooled::{Model, pool_curves};
use bitacora_accounts::rivals::{Curve, Hull, divergence, hull};

use super::Page;
use super::figures::text;
use crate::error::ApiError;
use crate::shapes::{
    AccountsChart, AuditCase, AuditShape, ChartPoint, CurveShape, DivergenceShape, FanShape, FanStep,
    HullYear, PooledBias, PooledPoint, PooledShape, Words,
};

pub(crate) fn chart(page: &Page<'_>, id: &str, pooled: bool) -> Result<AccountsChart, ApiError> {
    let series = SeriesId::read(id).map_err(|error| ApiError::bad("indicator", error))?;
    let book = &page.book;
    let indicator = book.registry().indicator(&series).ok_or_else(|| ApiError::NotFound(id.to_owned()))?;
    let mut curves = book.curves(indicator, page.as_of).map_err(|error| ApiError::bad("indicator", error))?;
    curves.retain(|curve| !curve.points.is_empty());
    let years = || curves.iter().flat_map(|curve| &curve.points).map(|point| point.year);
    let (first, last) = (years().min(), years().max());
    let hull = hull(&curves)
        .into_iter()
        .filter(|year| year.kind == Hull::Rivals)
        .filter_map(|year| {
            let (low, high) = year.lowest.zip(year.highest)?;
            Some(HullYear { year: year.year, low: low.value.to_string(), high: high.value.to_string() })
        })
        .collect();
    Ok(AccountsChart {
        indicator: id.to_owned(),
        name: (&indicator.name).into(),
        unit: indicator.unit.map_or_else(String::new, |unit| unit.to_string()),
        years: first.into_iter().chain(last).collect(),
        curves: curves.iter().map(|own| curve(page, own, first.zip(last))).collect(),
        hull,
        divergence: divergences(&curves),
        pooled: if pooled { Some(pooled_shape(&curves)?) } else { None },
        fan: fan(page, indicator),
        audit: audits(page, indicator),
    })
}

fn curve(page: &Page<'_>, own: &Curve, span: Option<(i16, i16)>) -> CurveShape {
    let method = page.book.registry().method(&own.method);
    let point = |point: &bitacora_accounts::rivals::Point| ChartPoint {
        year: point.year,
        value: point.value.to_string(),
        low: text(point.low),
        high: text(point.high),
        status: point.status.code(),
        vintage: point.known.map_or_else(|| "unknown".to_owned(), |known| known.to_string()),
        observation: point.observation,
        series: point.series.to_string(),
    };
    CurveShape {
        method: own.method.clone(),
        name: method.map_or_else(|| Words::code(&own.method), |method| (&method.name).into()),
        text: method.map(|method| (&method.definition).into()),
        points: own.points.iter().map(point).collect(),
        missing: missing(own, span),
    }
}

/// Runs of years without a figure, within the years of the chart.
fn missing(own: &Curve, span: Option<(i16, i16)>) -> Vec<Vec<i16>> {
    let Some((first, last)) = span else { return Vec::new() };
    let mut runs: Vec<Vec<i16>> = Vec::new();
    for year in (first..=last).filter(|year| own.at(*year).is_none()) {
        match runs.last_mut().map(Vec::as_mut_slice) {
            Some([_, end]) if *end + 1 == year => *end = year,
            _ => runs.push(vec![year, year]),
        }
    }
    runs
}

fn divergences(curves: &[Curve]) -> Vec<DivergenceShape> {
    let mut shapes = Vec::new();
    for (place, against) in curves.iter().enumerate() {
        for of in curves.iter().skip(place + 1) {
            let Ok(own) = divergence(curves, &of.method, &against.method) else { continue };
            let ends = own.lowest.as_ref().zip(own.highest.as_ref());
            if let (Some((low, high)), Some(mean), Some(log_sd)) = (ends, own.geometric_mean, own.log_sd) {
                shapes.push(DivergenceShape {
                    a: own.of.clone(),
                    b: own.against.clone(),
                    years: own.ratios.len(),
                    ratio_low: low.ratio,
                    ratio_high: high.ratio,
                    ratio_mean: mean,
                    log_sd,
                    sign_differs: own.opposite.len(),
                    sign_pairs: own.year_pairs,
                });
            }
        }
    }
    shapes
}

fn pooled_shape(curves: &[Curve]) -> Result<PooledShape, ApiError> {
    let pooled = pool_curves(curves, &Model::default()).map_err(|error| ApiError::bad("pooled", error))?;
    let mut not_identified: Vec<&'static str> = pooled.not_identified.iter().map(|own| own.code()).collect();
    not_identified.sort_unstable();
    not_identified.dedup();
    Ok(PooledShape {
        points: pooled
            .years
            .iter()
            .map(|year| PooledPoint {
                year: year.year,
                p05: year.ninety.low,
                p25: year.fifty.low,
                p50: year.median,
                p75: year.fifty.high,
                p95: year.ninety.high,
            })
            .collect(),
        biases: pooled
            .biases
            .iter()
            .map(|own| PooledBias { method: own.method.clone(), log: own.average.mean, sd: own.average.sd })
            .collect(),
        not_identified,
    })
}

/// Reference years of which a method published more than one figure.
fn fan(page: &Page<'_>, indicator: &Indicator) -> Vec<FanShape> {
    let mut fans = Vec::new();
    for method in indicator.rivals() {
        for series in &method.series {
            let Ok(revisions) = page.book.ledger().revisions(series) else { continue };
            for revision in revisions.into_iter().filter(|own| own.place == indicator.place) {
                let steps: Vec<FanStep> = revision
                    .steps
                    .iter()
                    .filter(|step| step.vintage.last() <= page.as_of)
                    .enumerate()
                    .filter_map(|(place, step)| {
                        let own = page.book.ledger().get(step.observation)?;
                        Some(FanStep {
                            vintage: step.vintage.to_string(),
                            value: step.value.to_string(),
                            low: text(own.low),
                            high: text(own.high),
                            observation: step.observation.number(),
                            first: place == 0,
                        })
                    })
                    .collect();
                if steps.len() > 1 {
                    fans.push(FanShape { method: method.code.clone(), year: revision.period.year(), steps });
                }
            }
        }
    }
    fans
}

/// How published intervals of the indicator's series fared.
fn audits(page: &Page<'_>, indicator: &Indicator) -> Vec<AuditShape> {
    let of = |series: &SeriesId| indicator.series().any(|own| own == series);
    let shape = |own: &PublisherAudit| {
        let judged: Vec<&Judged> = own.intervals.iter().filter(|judged| of(&judged.series)).collect();
        let case = |judged: &&Judged| {
            let later = judged.last.as_ref()?;
            Some(AuditCase {
                year: judged.period.year(),
                published: page.figure(ObservationId::at(judged.observation))?,
                revised: page.figure(ObservationId::at(later.observation))?,
                inside: judged.inside.unwrap_or(later.inside),
                inferred: judged.inferred.is_some(),
            })
        };
        let cases: Vec<AuditCase> = judged.iter().filter_map(case).collect();
        let mut omits: Vec<&'static str> =
            own.omissions.iter().filter(|own| of(&own.product)).map(|own| own.code).collect();
        omits.dedup();
        let publisher = own.publisher.as_deref().unwrap_or("-");
        let method = bitacora_accounts::series::Publisher::of(publisher).map(|own| own.method());
        let method = method.and_then(|method| page.book.registry().method(method));
        AuditShape {
            publisher: method.map_or_else(|| Words::code(publisher), |method| (&method.name).into()),
            inside: cases.iter().filter(|case| case.inside).count(),
            of: cases.len(),
            omits,
            cases,
        }
    };
    let audits = audit(page.book.ledger(), page.as_of);
    audits.iter().map(shape).filter(|own| own.of > 0 || !own.omits.is_empty()).collect()
}
