//! What the pooled curve says: bands by year, biases, differences and steps, each out of normals weighed by their deviations'
//! likelihood. Draws nothing.

use serde::Serialize;

use super::NotIdentified;
use super::filter::{Gauss, Smoothed};
use super::model::{Frame, Hyper, Level, Revisions};
use crate::chance::{normal_below, normal_quantile};
use crate::codes::codes;

codes!(
    /// What a year of the pooled curve rests on.
    Rests, "ground of a pooled year",
    Rivals = "rivals",
    OneMethod = "one_method",
    Interpolated = "interpolated",
    Extrapolated = "extrapolated",
);

#[derive(Clone, Copy, PartialEq, Debug, Serialize)]
pub struct Band {
    pub low: f64,
    pub high: f64,
}

#[derive(Clone, Copy, PartialEq, Debug, Serialize)]
pub struct PooledYear {
    pub year: i16,
    pub rests: Rests,
    pub median: f64,
    pub fifty: Band,
    pub ninety: Band,
    pub log_mean: f64,
    pub log_sd: f64,
}

/// A bias, or the difference of two, in logarithms: 0.1 reads about 10 % high.
#[derive(Clone, Copy, PartialEq, Debug, Serialize)]
pub struct Log {
    pub mean: f64,
    pub sd: f64,
    /// Before any figure: where the deviation is hardly less, nothing was learned.
    pub prior_sd: f64,
}

/// A method against the curve.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Bias {
    pub method: String,
    /// In the mean of the years from the first figure to the last, breaks included.
    pub average: Log,
    /// In the first year.
    pub first: Log,
    /// In the last year, with what it walked and its breaks.
    pub last: Log,
}

/// One method over another in the mean of the years, which the figures know better than either bias.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Difference {
    pub of: String,
    pub against: String,
    pub average: Log,
}

/// The step at a documented change.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Shift {
    pub method: String,
    pub year: i16,
    pub step: Log,
}

#[derive(Clone, Copy, PartialEq, Debug, Serialize)]
pub struct Weighed {
    pub hyper: Hyper,
    pub weight: f64,
}

#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Pooled {
    pub years: Vec<PooledYear>,
    pub biases: Vec<Bias>,
    pub differences: Vec<Difference>,
    pub shifts: Vec<Shift>,
    /// The deviations used, with their weights after the figures.
    pub hypers: Vec<Weighed>,
    pub log_likelihood: f64,
    pub level: Level,
    pub revisions: Revisions,
    pub not_identified: Vec<NotIdentified>,
}

/// Two logarithms this near are one number on any axis.
const SAME_LOG: f64 = 1e-10;
/// Five hundred parts of this weight together move no quantile by a millionth of the probability.
const NO_WEIGHT: f64 = 1e-10;

/// A mixture of normals.
struct Mixture<'a> {
    parts: Vec<(f64, Gauss)>,
    reaches: &'a [f64; 5],
}

/// The probabilities that are reported, and where the standard normal has them.
const PROBABILITIES: [f64; 5] = [0.05, 0.25, 0.5, 0.75, 0.95];

impl Mixture<'_> {
    fn moments(&self) -> Gauss {
        let mean = self.parts.iter().map(|(weight, own)| weight * own.mean).sum::<f64>();
        let away = |own: &Gauss| (own.mean - mean) * (own.mean - mean);
        let variance = self.parts.iter().map(|(weight, own)| weight * (own.variance + away(own))).sum();
        Gauss { mean, variance }
    }

    fn below(&self, at: f64) -> f64 {
        let part = |own: &Gauss| {
            let sd = libm::sqrt(own.variance);
            if sd > 0.0 { normal_below((at - own.mean) / sd) } else { f64::from(u8::from(own.mean <= at)) }
        };
        self.parts.iter().map(|(weight, own)| weight * part(own)).sum()
    }

    /// Exactly for one normal; by bisection between the parts' own quantiles for more.
    fn quantiles(&self) -> [f64; 5] {
        let mut made = [0.0; 5];
        for ((cell, probability), reach) in made.iter_mut().zip(PROBABILITIES).zip(self.reaches) {
            let own = |own: &Gauss| own.mean + reach * libm::sqrt(own.variance);
            let ends = self.parts.iter().map(|(_, part)| own(part));
            let (mut low, mut high) = ends
                .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), end| (low.min(end), high.max(end)));
            for _ in 0..60 {
                if high - low <= SAME_LOG {
                    break;
                }
                let middle = f64::midpoint(low, high);
                if self.below(middle) < probability {
                    low = middle;
                } else {
                    high = middle;
                }
            }
            *cell = f64::midpoint(low, high);
        }
        made
    }
}

/// What the weighed parts say together.
pub(super) struct Said<'a> {
    pub(super) frame: &'a Frame<'a>,
    /// With weights that add to one.
    pub(super) parts: &'a [(f64, Smoothed)],
    /// The same without any reading.
    pub(super) prior: &'a [(f64, Smoothed)],
}

fn moments(parts: &[(f64, Smoothed)], sum: &[(usize, f64)]) -> Gauss {
    let of = |own: &Smoothed| Gauss {
        mean: sum.iter().map(|(place, by)| by * own.mean.get(*place).copied().unwrap_or(0.0)).sum(),
        variance: own.covariance.variance_of(sum).max(0.0),
    };
    Mixture { parts: parts.iter().map(|(weight, own)| (*weight, of(own))).collect(), reaches: &[0.0; 5] }
        .moments()
}

impl Said<'_> {
    fn mixture<'r>(&self, reaches: &'r [f64; 5], of: impl Fn(&Smoothed) -> Gauss) -> Mixture<'r> {
        let heavy = self.parts.iter().filter(|(weight, _)| *weight > NO_WEIGHT);
        Mixture { parts: heavy.map(|(weight, own)| (*weight, of(own))).collect(), reaches }
    }

    /// A sum of parts of the last state, now and before any reading.
    fn log(&self, sum: &[(usize, f64)]) -> Log {
        let (now, before) = (moments(self.parts, sum), moments(self.prior, sum));
        Log { mean: now.mean, sd: libm::sqrt(now.variance), prior_sd: libm::sqrt(before.variance) }
    }

    pub(super) fn years(&self) -> Vec<PooledYear> {
        let reaches = PROBABILITIES.map(normal_quantile);
        let mut methods = std::collections::BTreeMap::new();
        for reading in self.frame.readings {
            *methods.entry(reading.year).or_insert(0usize) += 1;
        }
        let mut years = Vec::new();
        for (place, year) in (self.frame.first..=self.frame.last).enumerate() {
            let nothing = Gauss { mean: f64::NAN, variance: 0.0 };
            let mixture = self.mixture(&reaches, |own| own.levels.get(place).copied().unwrap_or(nothing));
            let moments = mixture.moments();
            let [five, quarter, half, three_quarters, rest] = mixture.quantiles().map(libm::exp);
            years.push(PooledYear {
                year,
                rests: match methods.get(&year) {
                    Some(1) => Rests::OneMethod,
                    Some(_) => Rests::Rivals,
                    None if year > self.frame.last_read => Rests::Extrapolated,
                    None => Rests::Interpolated,
                },
                median: half,
                fifty: Band { low: quarter, high: three_quarters },
                ninety: Band { low: five, high: rest },
                log_mean: moments.mean,
                log_sd: libm::sqrt(moments.variance),
            });
        }
        years
    }

    pub(super) fn biases(&self) -> Vec<Bias> {
        let frame = self.frame;
        let of = |(place, method): (usize, &String)| {
            let last: Vec<_> =
                frame.bias_parts(place, frame.last).into_iter().map(|part| (part, 1.0)).collect();
            let mut first = vec![(Frame::bias(place), 1.0)];
            // A break in the first year or before it is in that year's bias.
            let broken = frame.breaks.iter().enumerate().filter(|(_, own)| **own <= (place, frame.first));
            first
                .extend(broken.filter(|(_, own)| own.0 == place).map(|(shift, _)| (frame.shift(shift), 1.0)));
            Bias {
                method: method.clone(),
                average: self.log(&frame.average_parts(place)),
                first: self.log(&first),
                last: self.log(&last),
            }
        };
        frame.methods.iter().enumerate().map(of).collect()
    }

    pub(super) fn differences(&self) -> Vec<Difference> {
        let mut all = Vec::new();
        for (place, of) in self.frame.methods.iter().enumerate() {
            for (other, against) in self.frame.methods.iter().enumerate().skip(place + 1) {
                let mut sum = self.frame.average_parts(place);
                let less = self.frame.average_parts(other).into_iter().map(|(part, by)| (part, -by));
                sum.extend(less);
                all.push(Difference { of: of.clone(), against: against.clone(), average: self.log(&sum) });
            }
        }
        all
    }

    pub(super) fn shifts(&self) -> Vec<Shift> {
        let frame = self.frame;
        let of = |(place, (method, year)): (usize, &(usize, i16))| Shift {
            method: frame.methods.get(*method).cloned().unwrap_or_default(),
            year: *year,
            step: self.log(&[(frame.shift(place), 1.0)]),
        };
        frame.breaks.iter().enumerate().map(of).collect()
    }
}
