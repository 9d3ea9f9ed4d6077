//! Rival curves of each indicator that more than one method measures, or that has years enough to be looked at, and the
//! fans of what was revised.

use bitacora_accounts::book::Book;
use bitacora_accounts::indicator::Indicator;
use bitacora_accounts::method::MethodKind;
use bitacora_accounts::rivals::pooled::{Model, pool_curves};
use bitacora_accounts::rivals::{self, hull};
use bitacora_accounts::{Day, ObservationId};

use super::sourced::Sources;
use super::words;
use crate::{
    Curve, Fan, FanLine, FanPoint, HullYear, Method, Missing, Number, Point, Pooled, PooledYear, SeriesChart,
};

/// Fewer points are no curve.
const FEWEST: usize = 4;
/// More lines on one fan cannot be told apart.
const MOST_LINES: usize = 20;

pub(super) fn charts(
    book: &Book,
    as_of: Day,
    methods: &[Method],
    sources: &mut Sources<'_>,
) -> Vec<SeriesChart> {
    book.registry().indicators().iter().filter_map(|own| chart(book, own, as_of, methods, sources)).collect()
}

fn chart(
    book: &Book,
    own: &Indicator,
    as_of: Day,
    methods: &[Method],
    sources: &mut Sources<'_>,
) -> Option<SeriesChart> {
    let mut curves = book.curves(own, as_of).ok()?;
    curves.retain(|curve| !curve.points.is_empty() && methods.iter().any(|method| method.id == curve.method));
    let points: usize = curves.iter().map(|curve| curve.points.len()).sum();
    if points < FEWEST {
        return None;
    }
    let unit = own.unit?;
    let years = || curves.iter().flat_map(|curve| &curve.points).map(|point| point.year);
    let (first, last) = (years().min()?, years().max()?);
    let spanned = hull(&curves).into_iter().filter(|year| year.kind == rivals::Hull::Rivals);
    let hull: Vec<HullYear> = spanned
        .filter_map(|year| {
            let (low, high) = year.lowest.zip(year.highest)?;
            Some(HullYear { year: year.year, low: low.value.to_string(), high: high.value.to_string() })
        })
        .collect();
    // Only rival measurements of one quantity are pooled, never two registers; and the page says what that does not
    // identify.
    let measures =
        |code: &str| book.registry().method(code).is_some_and(|method| method.kind == MethodKind::Imagery);
    let pooled = if curves.len() > 1 && curves.iter().all(|curve| measures(&curve.method)) {
        pooled(&curves, unit.code(), sources)
    } else {
        None
    };
    let drawn = curves
        .iter()
        .map(|curve| curve_of(curve, unit.code(), (first, last), &own.missing, sources))
        .collect();
    Some(SeriesChart {
        title: words::texts(&own.name),
        unit: unit.code().to_owned(),
        note: None,
        curves: drawn,
        hull,
        pooled,
        breaks: Vec::new(),
    })
}

fn source_of(id: u32, sources: &mut Sources<'_>) -> Option<String> {
    let own = sources.book().ledger().get(ObservationId::at(id))?;
    Some(sources.observation(own))
}

fn curve_of(
    curve: &rivals::Curve,
    unit: &str,
    span: (i16, i16),
    why: &str,
    sources: &mut Sources<'_>,
) -> Curve {
    let point = |own: &rivals::Point, sources: &mut Sources<'_>| {
        // An end without the other is no bar.
        let ends = own.low.zip(own.high);
        Some(Point {
            year: own.year,
            value: Number::new(own.value.to_string(), unit, source_of(own.observation, sources)?),
            low: ends.map(|(low, _)| low.to_string()),
            high: ends.map(|(_, high)| high.to_string()),
            status: own.status,
            vintage: own.known.map_or_else(String::new, |known| known.to_string()),
        })
    };
    let mut missing: Vec<Missing> = Vec::new();
    for year in (span.0..=span.1).filter(|year| curve.at(*year).is_none()) {
        match missing.last_mut() {
            Some(gap) if gap.to + 1 == year => gap.to = year,
            _ => missing.push(Missing { from: year, to: year, why: words::missing(why) }),
        }
    }
    let points = curve.points.iter().filter_map(|own| point(own, sources)).collect();
    Curve { method: curve.method.clone(), points, missing }
}

fn pooled(curves: &[rivals::Curve], unit: &str, sources: &mut Sources<'_>) -> Option<Pooled> {
    let pooled = pool_curves(curves, &Model::default()).ok()?;
    let from: Vec<String> = curves
        .iter()
        .flat_map(|curve| &curve.points)
        .filter_map(|point| source_of(point.observation, sources))
        .collect();
    let source = sources.derived(words::pooled_rule(), from);
    let whole = |value: f64| format!("{value:.0}");
    let years = pooled.years.iter().map(|year| PooledYear {
        year: year.year,
        middle: Number::new(whole(year.median), unit, source.clone()),
        low: whole(year.ninety.low),
        high: whole(year.ninety.high),
    });
    let mut codes: Vec<&str> = pooled.not_identified.iter().map(|own| own.code()).collect();
    codes.sort_unstable();
    codes.dedup();
    Some(Pooled { not_identified: words::not_identified(&codes), years: years.collect() })
}

/// One fan an indicator: reference years of which a method published more than one figure.
pub(super) fn fans(book: &Book, as_of: Day, methods: &[Method], sources: &mut Sources<'_>) -> Vec<Fan> {
    let mut fans = Vec::new();
    for own in book.registry().indicators() {
        let mut lines: Vec<FanLine> = Vec::new();
        for method in own.rivals().iter().filter(|method| methods.iter().any(|known| known.id == method.code))
        {
            for series in &method.series {
                let Ok(revisions) = book.ledger().revisions(series) else { continue };
                for revision in revisions.iter().filter(|revision| revision.place == own.place) {
                    let mut points: Vec<FanPoint> = Vec::new();
                    for step in revision.steps.iter().filter(|step| step.vintage.last() <= as_of) {
                        let Some(figure) = book.ledger().get(step.observation) else { continue };
                        let source = sources.observation(figure);
                        let ends = figure.low.zip(figure.high);
                        let point = FanPoint {
                            published: step.vintage.last(),
                            value: Number::new(step.value.to_string(), figure.unit.code(), source),
                            low: ends.map(|(low, _)| low.to_string()),
                            high: ends.map(|(_, high)| high.to_string()),
                            status: figure.status,
                        };
                        // Two on one day are one place of the drawing; both stand in the table of the page.
                        if points.last().is_none_or(|last| last.published < point.published) {
                            points.push(point);
                        }
                    }
                    if points.len() > 1 {
                        lines.push(FanLine {
                            method: method.code.clone(),
                            year: revision.period.year(),
                            points,
                            note: None,
                        });
                    }
                }
            }
        }
        lines.truncate(MOST_LINES);
        if let Some(unit) = own.unit.filter(|_| !lines.is_empty()) {
            let fits = |line: &FanLine| line.points.iter().all(|point| point.value.unit == unit.code());
            lines.retain(fits);
            if !lines.is_empty() {
                fans.push(Fan {
                    title: words::texts(&own.name),
                    unit: unit.code().to_owned(),
                    note: None,
                    lines,
                });
            }
        }
    }
    fans
}
