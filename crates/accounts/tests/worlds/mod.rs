//! Worlds as the pooled model says they are, drawn from its own prior: for its calibration and for what it says of one.

use bitacora_accounts::chance::Chance;
use bitacora_accounts::rivals::pooled::{
    Break, Fit, Hyper, Level, Model, Pooled, Priors, Reading, Revisions, pool,
};

pub const HYPER: Hyper =
    Hyper { level_sd: 0.12, slope_sd: 0.04, walk_sd: 0.03, error_sd: 0.13, revision_sd: 0.1 };
pub const PRIORS: Priors =
    Priors { bias_sd: 0.33, break_sd: 0.26, level: Some(11.5), level_sd: 1.0, slope_sd: 0.1 };
pub const FIRST: i16 = 2000;

pub fn names(count: usize) -> Vec<String> {
    ["simci", "us_government", "siima"].into_iter().take(count).map(str::to_owned).collect()
}

/// A world as the model says worlds are, with the holes that real curves have.
#[allow(dead_code, reason = "not every test asks for the truth")]
pub struct World {
    pub levels: Vec<f64>,
    /// Each method's bias in the first year, and in the mean of the years that are read.
    pub biases: Vec<f64>,
    pub averages: Vec<f64>,
    pub shift: f64,
    pub readings: Vec<Reading>,
}

pub const YEARS: usize = 25;
pub const BREAK: i16 = 2014;

/// Without the third method, the first ends the figures in 2023.
pub fn read_years(methods: usize) -> usize {
    if methods == 3 { YEARS } else { YEARS - 1 }
}

/// Which figures exist, and how many vintages: the first method reads from 2000 to 2023, the second not from 2003 to 2009
/// and not after 2021, the third from 2022; nobody reads 2004.
pub fn vintages(method: usize, year: i16) -> usize {
    match (method, year) {
        (_, 2004) | (1, 2003..=2009 | 2022..) | (2, ..=2019) | (0, 2024..) => 0,
        (0, 2016 | 2017) | (1, 2012 | 2016..=2019) => 2,
        (0, 2018) => 3,
        _ => 1,
    }
}

/// One number for each method, as the level asks: about nothing, adding to nothing, or none for the first.
pub fn spread(chance: &mut Chance, methods: usize, sd: f64, level: &Level) -> Vec<f64> {
    let mut all: Vec<f64> = (0..methods).map(|_| sd * chance.normal()).collect();
    // Independent numbers less their mean are distributed as independent numbers that add to nothing.
    let mean = all.iter().sum::<f64>() / methods as f64;
    match level {
        Level::Prior => {}
        Level::SumToZero => all.iter_mut().for_each(|own| *own -= mean),
        Level::Anchored(_) => all[0] = 0.0,
    }
    all
}

pub fn world(chance: &mut Chance, methods: usize, hyper: &Hyper, model: &Model) -> World {
    let biases = spread(chance, methods, PRIORS.bias_sd, &model.level);
    let shift = PRIORS.break_sd * chance.normal();
    let mut level = PRIORS.level.unwrap() + PRIORS.level_sd * chance.normal();
    let mut slope = PRIORS.slope_sd * chance.normal();
    let mut walks = vec![0.0; methods];
    let mut averages = vec![0.0; methods];
    let (mut levels, mut readings) = (Vec::new(), Vec::new());
    for (place, year) in (FIRST..).take(YEARS).enumerate() {
        if place > 0 {
            level += slope + hyper.level_sd * chance.normal();
            slope += hyper.slope_sd * chance.normal();
            let steps = spread(chance, methods, hyper.walk_sd, &model.level);
            walks.iter_mut().zip(steps).for_each(|(walk, step)| *walk += step);
        }
        levels.push(level);
        for method in 0..methods {
            let broken = if method == 0 && year >= BREAK { shift } else { 0.0 };
            if place < read_years(methods) {
                averages[method] += (biases[method] + walks[method] + broken) / read_years(methods) as f64;
            }
            let count = vintages(method, year);
            if count == 0 {
                continue;
            }
            let last = level + biases[method] + walks[method] + broken + hyper.error_sd * chance.normal();
            let mut own: Vec<f64> = Vec::new();
            match model.revisions {
                // Each vintage another reading of one figure.
                Revisions::Noise => {
                    own.extend((0..count).map(|_| last + hyper.revision_sd * chance.normal()));
                }
                // The figure before the news that came, and before the one to come where none came.
                Revisions::News => {
                    let mut value = last;
                    if count == 1 {
                        value -= hyper.revision_sd * chance.normal();
                    }
                    own.push(value);
                    for _ in 1..count {
                        value -= hyper.revision_sd * chance.normal();
                        own.push(value);
                    }
                    own.reverse();
                }
            }
            readings.push(Reading { method, year, vintages: own, own_sd: 0.0 });
        }
    }
    World { levels, biases, averages, shift, readings }
}

pub fn model(fit: Fit, revisions: Revisions) -> Model {
    leveled(Level::SumToZero, fit, revisions)
}
pub fn leveled(level: Level, fit: Fit, revisions: Revisions) -> Model {
    Model {
        level,
        revisions,
        breaks: vec![Break { method: "simci".into(), year: BREAK }],
        priors: PRIORS,
        fit,
        ahead: 0,
    }
}

/// The levels of the last simulated year are extrapolated where no method reads it.
pub fn pooled(world: &World, methods: usize, model: &Model) -> Pooled {
    pool(&names(methods), &world.readings, model).unwrap()
}
