//! How sure a factor of the chain is: exact, rounded when printed, or lognormal. Knows no units.

use serde::Serialize;

use crate::chance::{Chance, normal_below, normal_quantile};
use crate::decimal::Decimal;
use crate::interval::{BadInterval, Interval};
use crate::number::Printed;
use crate::observation::Observation;

use super::NotDrawn;

/// What is known of a factor.
#[derive(Clone, Copy, PartialEq, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Spread {
    Exact(Decimal),
    /// Any number of the interval is as likely as another: what rounding in print hid.
    Uniform(Interval),
    /// Lognormal, with this share of the mass between the published ends and as much above as below them, so that the
    /// median is the geometric middle of the ends.
    Published {
        interval: Interval,
        mass: f64,
    },
    Lognormal {
        median: Decimal,
        log_sd: f64,
    },
}

impl Spread {
    /// A published interval of which the publisher does not say the mass is read as one of 95 %.
    pub const USUAL_MASS: f64 = 0.95;

    /// A number as it was printed: what rounding hid is evenly spread, and an exact number is exact.
    pub fn printed(printed: Printed) -> Result<Self, BadInterval> {
        let interval = printed.interval()?;
        Ok(if interval.is_exact() { Self::Exact(printed.value()) } else { Self::Uniform(interval) })
    }
    /// A figure with its published interval; exact where none is published.
    pub fn of(observation: &Observation) -> Self {
        match observation.interval() {
            Some(interval) if !interval.is_exact() => Self::Published { interval, mass: Self::USUAL_MASS },
            _ => Self::Exact(observation.number()),
        }
    }

    /// What units convert: the ends where there are any, else the median twice.
    pub(super) const fn span(&self) -> Interval {
        match self {
            Self::Exact(value) | Self::Lognormal { median: value, .. } => Interval::exact(*value),
            Self::Uniform(interval) | Self::Published { interval, .. } => *interval,
        }
    }

    /// The same spread over a converted span.
    pub(super) fn law(&self, span: Interval, link: &'static str) -> Result<Law, NotDrawn> {
        if span.high() <= Decimal::ZERO {
            return Err(NotDrawn::NotPositive { link, low: span.low() });
        }
        let (low, high) = (span.low().to_f64(), span.high().to_f64());
        let lognormal = |median: f64, log_sd: f64| -> Result<Law, NotDrawn> {
            if span.low() <= Decimal::ZERO {
                return Err(NotDrawn::NotPositive { link, low: span.low() });
            }
            // A factor that may well be e^5 times its median is not known at all.
            if !(0.0..=5.0).contains(&log_sd) {
                return Err(NotDrawn::BadLogSd { link });
            }
            Ok(Law::Lognormal { median, log_sd })
        };
        match self {
            Self::Exact(_) => Ok(Law::Even { low, high }),
            Self::Uniform(_) => Ok(Law::Even { low, high }),
            Self::Published { mass, .. } => {
                // Written so that NaN is refused too.
                if !(*mass > 0.0 && *mass < 1.0) {
                    return Err(NotDrawn::BadMass { link });
                }
                let reach = normal_quantile(f64::midpoint(1.0, *mass));
                lognormal(libm::sqrt(low * high), libm::log(high / low) / (2.0 * reach))
            }
            Self::Lognormal { log_sd, .. } => lognormal(low, *log_sd),
        }
    }

    /// Whether no draw leaves the span.
    pub(super) const fn is_bounded(&self) -> bool {
        matches!(self, Self::Exact(_) | Self::Uniform(_))
    }
}

/// A spread in floats.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) enum Law {
    Even { low: f64, high: f64 },
    Lognormal { median: f64, log_sd: f64 },
}

impl Law {
    pub(super) fn draw(&self, chance: &mut Chance) -> f64 {
        match *self {
            Self::Even { low, high } => chance.uniform(low, high),
            Self::Lognormal { median, log_sd } => chance.lognormal(median, log_sd),
        }
    }
    pub(super) const fn median(&self) -> f64 {
        match *self {
            Self::Even { low, high } => f64::midpoint(low, high),
            Self::Lognormal { median, .. } => median,
        }
    }
    pub(super) fn is_certain(&self) -> bool {
        match *self {
            Self::Even { low, high } => low >= high,
            Self::Lognormal { log_sd, .. } => log_sd <= 0.0,
        }
    }
    /// The probability above a number.
    pub(super) fn above(&self, at: f64) -> f64 {
        match *self {
            Self::Even { low, high } if high > low => ((high - at) / (high - low)).clamp(0.0, 1.0),
            Self::Even { low, .. } => f64::from(u8::from(low > at)),
            Self::Lognormal { median, log_sd } if log_sd > 0.0 => {
                1.0 - normal_below(libm::log(at / median) / log_sd)
            }
            Self::Lognormal { median, .. } => f64::from(u8::from(median > at)),
        }
    }
    /// Where nearly all of it lies: the ends, or the middle 95 %.
    pub(super) fn reach(&self) -> (f64, f64) {
        match *self {
            Self::Even { low, high } => (low, high),
            Self::Lognormal { median, log_sd } => {
                let factor = libm::exp(normal_quantile(0.975) * log_sd);
                (median / factor, median * factor)
            }
        }
    }
}
