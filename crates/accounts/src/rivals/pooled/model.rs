//! What the pooled curve assumes, and the state that it makes of it: one true level, a bias for each method that may walk,
//! and a step where a change of method is documented.

use serde::{Deserialize, Serialize};

use super::NotPooled;
use super::filter::{Observed, Square, System, log_normal_density};
use crate::codes::codes;

codes!(
    /// How the vintages of one figure hang together (Mankiw and Shapiro, NBER 1939, 1986; Jacobs and van Norden, J.
    /// Econometrics 161, 2011).
    Revisions, "model of revisions",
    /// A later vintage replaces the earlier; one that has not been revised yet has a revision to come.
    News = "news",
    /// Each vintage is another reading of one figure, with its own error.
    Noise = "noise",
);

/// Where the biases are measured from: without it a level is no level.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// The biases of the methods add to nothing in every year, and so do their walks: the level of their middle.
    SumToZero,
    /// Each bias by itself about nothing.
    Prior,
    /// This method has no bias and does not walk, because somebody says so.
    Anchored(String),
}

/// Deviations of logarithms: of the level's yearly step, of the slope's, of the yearly walk of a method, of one figure and
/// of one revision.
#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
pub struct Hyper {
    pub level_sd: f64,
    pub slope_sd: f64,
    pub walk_sd: f64,
    pub error_sd: f64,
    pub revision_sd: f64,
}

impl Hyper {
    /// Where fitting starts. US over UN area scatters by 0.19 in logarithms over the years, which two errors of 0.134 make.
    pub const START: Self =
        Self { level_sd: 0.15, slope_sd: 0.05, walk_sd: 0.03, error_sd: 0.134, revision_sd: 0.1 };
    /// A grid about the start, each set as likely: what a model averages over that takes no deviation as known. 162 sets.
    pub fn grid() -> Vec<(Self, f64)> {
        let mut grid = Vec::new();
        for level_sd in [0.05, 0.15, 0.3] {
            for slope_sd in [0.02, 0.1] {
                for walk_sd in [0.01, 0.03, 0.09] {
                    for error_sd in [0.045, 0.134, 0.3] {
                        for revision_sd in [0.03, 0.1, 0.26] {
                            grid.push((Self { level_sd, slope_sd, walk_sd, error_sd, revision_sd }, 1.0));
                        }
                    }
                }
            }
        }
        grid
    }
    pub(super) const LEAST: f64 = 1e-4;
    pub(super) const MOST: f64 = 3.0;

    pub(super) const fn all(&self) -> [f64; 5] {
        [self.level_sd, self.slope_sd, self.walk_sd, self.error_sd, self.revision_sd]
    }
    pub(super) const fn of(all: [f64; 5]) -> Self {
        let [level_sd, slope_sd, walk_sd, error_sd, revision_sd] = all;
        Self { level_sd, slope_sd, walk_sd, error_sd, revision_sd }
    }
    pub(super) const NAMES: [&'static str; 5] =
        ["level_sd", "slope_sd", "walk_sd", "error_sd", "revision_sd"];

    /// The first name whose deviation is not usable. An error of nothing would make every figure the truth.
    pub(super) fn bad(&self) -> Option<&'static str> {
        let usable = |name: &str, sd: f64| {
            (0.0..=Self::MOST).contains(&sd) && (name != "error_sd" || sd >= Self::LEAST)
        };
        let named = Self::NAMES.into_iter().zip(self.all());
        named.into_iter().find(|(name, sd)| !usable(name, *sd)).map(|(name, _)| name)
    }
}

/// Deviations of logarithms before any reading.
#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
pub struct Priors {
    /// Of a method's bias: 0.33 is what US area stands over UN area in the geometric mean.
    pub bias_sd: f64,
    /// Of the step at a documented change: 0.26 is what the leaf factor moved in the revision of 2017.
    pub break_sd: f64,
    /// Where the level of the first year lies; none takes the mean of that year's figures.
    pub level: Option<f64>,
    pub level_sd: f64,
    /// Of the yearly growth at the beginning.
    pub slope_sd: f64,
}

impl Priors {
    /// Wide for the level: within a factor of fifty.
    pub const WIDE: Self = Self { bias_sd: 0.33, break_sd: 0.26, level: None, level_sd: 2.0, slope_sd: 0.3 };

    pub(super) fn bad(&self) -> Option<&'static str> {
        let sds = [
            ("bias_sd", self.bias_sd),
            ("break_sd", self.break_sd),
            ("level_sd", self.level_sd),
            ("slope_sd", self.slope_sd),
        ];
        let wrong = sds.into_iter().find(|(_, sd)| !(0.0..=20.0).contains(sd)).map(|(name, _)| name);
        wrong.or_else(|| self.level.filter(|level| !level.is_finite()).map(|_| "level"))
    }
}

/// One method's figure of one year, in natural logarithms.
#[derive(Clone, PartialEq, Debug)]
pub struct Reading {
    /// Its place among the methods.
    pub method: usize,
    pub year: i16,
    /// Each vintage of it, the oldest first: the last one stands.
    pub vintages: Vec<f64>,
    /// The deviation that its own published interval implies; 0 where none is published.
    pub own_sd: f64,
}

/// From this year on the method counts otherwise.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
pub struct Break {
    pub method: String,
    pub year: i16,
}

/// Years and methods as places.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Frame<'a> {
    pub(super) methods: &'a [String],
    pub(super) readings: &'a [Reading],
    /// Place of the method, year.
    pub(super) breaks: Vec<(usize, i16)>,
    pub(super) anchor: Option<usize>,
    pub(super) level: &'a Level,
    pub(super) revisions: Revisions,
    pub(super) priors: Priors,
    pub(super) first: i16,
    pub(super) last_read: i16,
    /// With the years ahead.
    pub(super) last: i16,
}

impl Frame<'_> {
    pub(super) const fn bias(method: usize) -> usize {
        2 + method
    }
    pub(super) const fn walk(&self, method: usize) -> usize {
        2 + self.methods.len() + method
    }
    pub(super) const fn shift(&self, place: usize) -> usize {
        2 + 2 * self.methods.len() + place
    }
    /// The sum of what the method walked, over the years that are read.
    pub(super) const fn walked(&self, method: usize) -> usize {
        self.shift(self.breaks.len()) + method
    }
    const fn size(&self) -> usize {
        self.walked(self.methods.len())
    }
    /// How many years there are from the first to this one.
    pub(super) fn places_to(&self, year: i16) -> usize {
        usize::try_from(i32::from(year) - i32::from(self.first) + 1).unwrap_or(0)
    }

    /// The method's bias in the mean of the years that are read, as parts of the last state.
    pub(super) fn average_parts(&self, method: usize) -> Vec<(usize, f64)> {
        let share = |years: usize| years as f64 / self.places_to(self.last_read).max(1) as f64;
        let mut parts = vec![(Self::bias(method), 1.0), (self.walked(method), share(1))];
        for (place, (own, from)) in self.breaks.iter().enumerate() {
            if *own == method {
                let before = self.places_to(from.saturating_sub(1)).min(self.places_to(self.last_read));
                parts.push((self.shift(place), share(self.places_to(self.last_read) - before)));
            }
        }
        parts
    }

    /// The parts of the state that a method reads in a year beyond the level.
    pub(super) fn bias_parts(&self, method: usize, year: i16) -> Vec<usize> {
        let mut parts = vec![Self::bias(method), self.walk(method)];
        let shifted =
            self.breaks.iter().enumerate().filter(|(_, (own, from))| *own == method && *from <= year);
        parts.extend(shifted.map(|(place, _)| self.shift(place)));
        parts
    }

    /// The mean of the figures of the first year.
    fn first_level(&self) -> f64 {
        let first = || {
            self.readings.iter().filter(|own| own.year == self.first).filter_map(|own| own.vintages.last())
        };
        let count = first().count().max(1) as f64;
        first().sum::<f64>() / count
    }

    /// The system under these deviations, and what the vintages among themselves add to its likelihood.
    pub(super) fn system(&self, hyper: &Hyper) -> (System, f64) {
        let square = |sd: f64| sd * sd;
        let size = self.size();
        let mut mean = vec![0.0; size];
        if let Some(level) = mean.first_mut() {
            *level = self.priors.level.unwrap_or_else(|| self.first_level());
        }
        let mut covariance = Square::zeros(size);
        covariance.add(0, 0, square(self.priors.level_sd));
        covariance.add(1, 1, square(self.priors.slope_sd));
        let mut step = Square::zeros(size);
        step.add(0, 0, square(hyper.level_sd));
        step.add(1, 1, square(hyper.slope_sd));
        let methods = self.methods.len() as f64;
        for method in 0..self.methods.len() {
            if self.anchor == Some(method) {
                continue;
            }
            covariance.add(Self::bias(method), Self::bias(method), square(self.priors.bias_sd));
            step.add(self.walk(method), self.walk(method), square(hyper.walk_sd));
            if *self.level == Level::SumToZero {
                // Independent biases and walks, given that they add to nothing in every year.
                for other in 0..self.methods.len() {
                    covariance.add(
                        Self::bias(method),
                        Self::bias(other),
                        -square(self.priors.bias_sd) / methods,
                    );
                    step.add(self.walk(method), self.walk(other), -square(hyper.walk_sd) / methods);
                }
            }
        }
        for place in 0..self.breaks.len() {
            covariance.add(self.shift(place), self.shift(place), square(self.priors.break_sd));
        }
        let mut steps = vec![Vec::new(); self.places_to(self.last)];
        let mut among = 0.0;
        for reading in self.readings {
            let (value, variance, own) = self.reduced(reading, hyper);
            among += own;
            let at = usize::try_from(i32::from(reading.year) - i32::from(self.first)).unwrap_or(usize::MAX);
            let mut parts = vec![0];
            parts.extend(self.bias_parts(reading.method, reading.year));
            if let Some(step) = steps.get_mut(at) {
                step.push(Observed { parts, value, variance });
            }
        }
        let sums = (0..self.methods.len()).map(|method| (self.walked(method), self.walk(method))).collect();
        let summed = self.places_to(self.last_read).saturating_sub(1);
        (System { mean, covariance, step_covariance: step, sums, summed, steps }, among)
    }

    /// The vintages of a figure as one reading with its variance, and their likelihood given that reading.
    fn reduced(&self, reading: &Reading, hyper: &Hyper) -> (f64, f64, f64) {
        let error = hyper.error_sd * hyper.error_sd + reading.own_sd * reading.own_sd;
        let revision = hyper.revision_sd * hyper.revision_sd;
        let last = reading.vintages.last().copied().unwrap_or(0.0);
        let count = reading.vintages.len() as f64;
        // With no revisions to speak of, the last one stands and tells all.
        if revision < Hyper::LEAST * Hyper::LEAST {
            return (last, error, 0.0);
        }
        match self.revisions {
            Revisions::News => {
                let moves = reading.vintages.windows(2).filter_map(|pair| match pair {
                    [a, b] => Some(b - a),
                    _ => None,
                });
                let among = moves.map(|moved| log_normal_density(moved, revision)).sum();
                let to_come = if reading.vintages.len() < 2 { revision } else { 0.0 };
                (last, error + to_come, among)
            }
            Revisions::Noise => {
                let mean = reading.vintages.iter().sum::<f64>() / count;
                let scatter: f64 = reading.vintages.iter().map(|own| (own - mean) * (own - mean)).sum();
                let log_tau = libm::log(core::f64::consts::TAU * revision);
                let among = -0.5 * ((count - 1.0) * log_tau + libm::log(count) + scatter / revision);
                (mean, error + revision / count, among)
            }
        }
    }
}

/// Bounds of what is pooled.
pub(super) fn check(methods: &[String], readings: &[Reading]) -> Result<(i16, i16), NotPooled> {
    if methods.is_empty() || methods.len() > super::MOST_METHODS {
        return Err(NotPooled::MethodCount { count: methods.len(), most: super::MOST_METHODS });
    }
    if readings.len() > super::MOST_READINGS {
        return Err(NotPooled::TooManyReadings { count: readings.len(), most: super::MOST_READINGS });
    }
    let mut seen = std::collections::BTreeSet::new();
    for reading in readings {
        let method = methods.get(reading.method).ok_or(NotPooled::NoSuchMethod { place: reading.method })?;
        let name = || method.clone();
        if reading.vintages.is_empty() || reading.vintages.len() > super::MOST_VINTAGES {
            return Err(NotPooled::VintageCount { method: name(), year: reading.year });
        }
        if !reading.vintages.iter().all(|own| own.is_finite()) || !(0.0..=5.0).contains(&reading.own_sd) {
            return Err(NotPooled::NotFinite { method: name(), year: reading.year });
        }
        if !seen.insert((reading.method, reading.year)) {
            return Err(NotPooled::YearTwice { method: name(), year: reading.year });
        }
    }
    let years = || readings.iter().map(|own| own.year);
    let (first, last) = years().min().zip(years().max()).ok_or(NotPooled::NothingRead)?;
    let count = i32::from(last) - i32::from(first) + 1;
    if count > super::MOST_YEARS {
        return Err(NotPooled::TooManyYears { first, last, most: super::MOST_YEARS });
    }
    Ok((first, last))
}
