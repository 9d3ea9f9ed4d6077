//! One curve out of several methods: a local linear trend that every method reads with its own bias (Durbin and Koopman
//! 2012). An optional view: it replaces no source, and it lists what the figures cannot tell.

mod error;
mod filter;
mod fit;
mod identified;
mod model;
mod outcome;

pub use error::NotPooled;
pub use identified::NotIdentified;
pub use model::{Break, Hyper, Level, Priors, Reading, Revisions};
pub use outcome::{Band, Bias, Difference, Log, Pooled, PooledYear, Rests, Shift, Weighed};

use super::Curve;
use crate::decimal::Decimal;
use filter::{Smoothed, smooth, unread};
use model::{Frame, check};
use outcome::Said;

pub const MOST_METHODS: usize = 8;
pub const MOST_BREAKS: usize = 16;
pub const MOST_READINGS: usize = 1600;
pub const MOST_VINTAGES: usize = 100;
pub const MOST_YEARS: i32 = 200;
/// Years beyond the last figure.
pub const MOST_AHEAD: i16 = 10;
/// Sets of deviations that are averaged.
pub const MOST_HYPERS: usize = 500;

/// Where the deviations come from.
#[derive(Clone, PartialEq, Debug)]
pub enum Fit {
    Given(Hyper),
    /// The likeliest from this start. The bands then take them as known, and are a little too narrow.
    Likeliest(Hyper),
    /// Each set with its prior weight; the figures say how much each counts.
    Averaged(Vec<(Hyper, f64)>),
}

#[derive(Clone, PartialEq, Debug)]
pub struct Model {
    pub level: Level,
    pub revisions: Revisions,
    pub breaks: Vec<Break>,
    pub priors: Priors,
    pub fit: Fit,
    /// Years to go on beyond the last figure.
    pub ahead: i16,
}

impl Default for Model {
    fn default() -> Self {
        Self {
            level: Level::SumToZero,
            revisions: Revisions::News,
            breaks: Vec::new(),
            priors: Priors::WIDE,
            fit: Fit::Averaged(Hyper::grid()),
            ahead: 0,
        }
    }
}

/// The curves' figures as readings: the vintages in order, the published interval as a deviation where there is one.
pub fn readings(curves: &[Curve]) -> Result<Vec<Reading>, NotPooled> {
    let mut all = Vec::new();
    for (method, curve) in curves.iter().enumerate() {
        for point in &curve.points {
            let mut vintages = Vec::with_capacity(point.earlier.len() + 1);
            for value in point.earlier.iter().map(|own| own.value).chain([point.value]) {
                if value <= Decimal::ZERO {
                    return Err(NotPooled::NotPositive {
                        method: curve.method.clone(),
                        year: point.year,
                        value,
                    });
                }
                vintages.push(libm::log(value.to_f64()));
            }
            let ends = point.low.zip(point.high).filter(|(low, _)| *low > Decimal::ZERO);
            let own_sd = ends.map_or(0.0, |(low, high)| crate::audit::log_sd(low.to_f64(), high.to_f64()));
            all.push(Reading { method, year: point.year, vintages, own_sd });
        }
    }
    Ok(all)
}

/// Pools curves as they stand.
pub fn pool_curves(curves: &[Curve], model: &Model) -> Result<Pooled, NotPooled> {
    let methods: Vec<String> = curves.iter().map(|curve| curve.method.clone()).collect();
    pool(&methods, &readings(curves)?, model)
}

/// Pools readings. A method without any is none of those whose middle is sought, and is named as silent.
// INVARIANT: a pooled curve says what it does not identify and changes no reading.
pub fn pool(methods: &[String], readings: &[Reading], model: &Model) -> Result<Pooled, NotPooled> {
    let (first, last_read) = check(methods, readings)?;
    // What the model says of any method is checked before the silent ones leave.
    framed(methods, readings, model, first, last_read)?;
    let speaks = |place: usize| readings.iter().any(|own| own.method == place);
    let (mut heard, mut silent, mut places) = (Vec::new(), Vec::new(), Vec::new());
    for (place, method) in methods.iter().enumerate() {
        places.push(heard.len());
        if speaks(place) { heard.push(method.clone()) } else { silent.push(method.clone()) }
    }
    if silent.is_empty() {
        return pool_heard(methods, readings, model, (first, last_read), &silent);
    }
    let mut readings = readings.to_vec();
    for own in &mut readings {
        own.method = places.get(own.method).copied().unwrap_or(own.method);
    }
    let mut model = model.clone();
    model.breaks.retain(|own| !silent.contains(&own.method));
    if matches!(&model.level, Level::Anchored(anchor) if silent.contains(anchor)) {
        model.level = Level::Prior;
    }
    pool_heard(&heard, &readings, &model, (first, last_read), &silent)
}

fn pool_heard(
    methods: &[String],
    readings: &[Reading],
    model: &Model,
    (first, last_read): (i16, i16),
    silent: &[String],
) -> Result<Pooled, NotPooled> {
    let frame = framed(methods, readings, model, first, last_read)?;
    let (hypers, bounds) = match &model.fit {
        Fit::Given(hyper) => (vec![(*hyper, 1.0)], Vec::new()),
        Fit::Averaged(all) => (all.clone(), Vec::new()),
        Fit::Likeliest(start) => {
            if let Some(name) = start.bad() {
                return Err(NotPooled::BadDeviation { name });
            }
            let (hyper, bounds) = fit::likeliest(&frame, start);
            (vec![(hyper, 1.0)], bounds)
        }
    };
    let usable = |weight: f64| weight > 0.0 && weight.is_finite();
    if hypers.is_empty() || hypers.len() > MOST_HYPERS || !hypers.iter().all(|(_, weight)| usable(*weight)) {
        return Err(NotPooled::BadAverage { count: hypers.len(), most: MOST_HYPERS });
    }
    if let Some(name) = hypers.iter().find_map(|(hyper, _)| hyper.bad()) {
        return Err(NotPooled::BadDeviation { name });
    }
    let given: f64 = hypers.iter().map(|(_, weight)| weight).sum();
    let mut parts: Vec<(f64, Smoothed)> = Vec::with_capacity(hypers.len());
    let mut prior: Vec<(f64, Smoothed)> = Vec::with_capacity(hypers.len());
    for (hyper, weight) in &hypers {
        let (mut system, among) = frame.system(hyper);
        let smoothed = smooth(&system);
        system.steps.iter_mut().for_each(Vec::clear);
        prior.push((weight / given, unread(&system)));
        parts.push((libm::log(*weight) + smoothed.log_likelihood + among, smoothed));
    }
    let most = parts.iter().map(|(log, _)| *log).fold(f64::NEG_INFINITY, f64::max);
    let whole: f64 = parts.iter().map(|(log, _)| libm::exp(log - most)).sum();
    for (log, _) in &mut parts {
        *log = libm::exp(*log - most) / whole;
    }
    let log_likelihood = most + libm::log(whole) - libm::log(given);
    let used: Vec<Hyper> = hypers.iter().map(|(hyper, _)| *hyper).collect();
    let said = Said { frame: &frame, parts: &parts, prior: &prior };
    Ok(Pooled {
        years: said.years(),
        biases: said.biases(),
        differences: said.differences(),
        shifts: said.shifts(),
        hypers: used
            .iter()
            .zip(&parts)
            .map(|(hyper, (weight, _))| Weighed { hyper: *hyper, weight: *weight })
            .collect(),
        log_likelihood,
        level: model.level.clone(),
        revisions: model.revisions,
        not_identified: identified::not_identified(&frame, &used, &bounds, silent),
    })
}

fn framed<'a>(
    methods: &'a [String],
    readings: &'a [Reading],
    model: &'a Model,
    first: i16,
    last_read: i16,
) -> Result<Frame<'a>, NotPooled> {
    let place_of = |code: &String| {
        let found = methods.iter().position(|own| own == code);
        found.ok_or_else(|| NotPooled::MethodUnknown { method: code.chars().take(60).collect() })
    };
    if !(0..=MOST_AHEAD).contains(&model.ahead) {
        return Err(NotPooled::TooFarAhead { years: model.ahead, most: MOST_AHEAD });
    }
    if model.breaks.len() > MOST_BREAKS {
        return Err(NotPooled::TooManyBreaks { count: model.breaks.len(), most: MOST_BREAKS });
    }
    if let Some(name) = model.priors.bad() {
        return Err(NotPooled::BadDeviation { name });
    }
    let mut breaks = Vec::with_capacity(model.breaks.len());
    for own in &model.breaks {
        let new = (place_of(&own.method)?, own.year);
        if breaks.contains(&new) {
            return Err(NotPooled::BreakTwice { method: own.method.clone(), year: own.year });
        }
        breaks.push(new);
    }
    let anchor = match &model.level {
        Level::Anchored(code) => Some(place_of(code)?),
        _ => None,
    };
    let last = last_read
        .checked_add(model.ahead)
        .ok_or(NotPooled::TooFarAhead { years: model.ahead, most: MOST_AHEAD })?;
    Ok(Frame {
        methods,
        readings,
        breaks,
        anchor,
        level: &model.level,
        revisions: model.revisions,
        priors: model.priors,
        first,
        last_read,
        last,
    })
}
