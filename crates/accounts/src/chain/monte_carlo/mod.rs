//! The chain with every factor a distribution: what production may have been, which factor that depends on most, and which
//! one moved a revision. The factors are drawn independently, which is an assumption and is said in the outcome.

mod revision;
mod route;
mod spread;

pub use revision::{Moved, Revision, revision};
pub use route::{Given, Link, Production};
pub use spread::Spread;

use serde::Serialize;

use super::Refused;
use crate::chance::Chance;
use crate::decimal::Decimal;
use crate::interval::Interval;
use crate::moments::Moments;
use crate::units::Unit;

/// More draws than these narrow nothing.
pub const MOST_DRAWS: u32 = 1_000_000;
/// Fewer have no 5 % quantile worth the name.
pub const FEWEST_DRAWS: u32 = 100;

/// Why nothing is drawn.
#[derive(Clone, PartialEq, Debug, thiserror::Error)]
pub enum NotDrawn {
    #[error(transparent)]
    Chain(#[from] Refused),
    #[error("the factors {links:?} are no route to cocaine")]
    NoRoute { links: Vec<&'static str> },
    #[error("the factor `{link}` is given twice")]
    Twice { link: &'static str },
    #[error("`{link}` begins at {low}: a factor of nothing has no logarithm")]
    NotPositive { link: &'static str, low: Decimal },
    #[error("the deviation of the logarithm of `{link}` is not from 0 to 5")]
    BadLogSd { link: &'static str },
    #[error("the mass within the interval of `{link}` is not between 0 and 1")]
    BadMass { link: &'static str },
    #[error("`{link}` is a share, and more than a twentieth of its spread is above one whole")]
    ShareAboveOne { link: &'static str },
    #[error("`{link}` has no unit")]
    UnitMissing { link: &'static str },
    #[error("`{link}` has no dimension: its unit is none or percent")]
    UnitOfShare { link: &'static str },
    #[error("{draws} draws are not from 100 to 1000000")]
    BadCount { draws: u32 },
    #[error("a revision compares one route with itself, not {before:?} with {after:?}")]
    OtherRoute { before: Vec<&'static str>, after: Vec<&'static str> },
}

impl NotDrawn {
    /// A stable code for the edges.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Chain(refused) => refused.code(),
            Self::NoRoute { .. } => "no_route",
            Self::Twice { .. } => "factor_twice",
            Self::NotPositive { .. } => "zero_factor",
            Self::BadLogSd { .. } => "bad_log_sd",
            Self::BadMass { .. } => "bad_mass",
            Self::ShareAboveOne { .. } => "share_above_one",
            Self::UnitMissing { .. } => "unit_missing",
            Self::UnitOfShare { .. } => "unit_of_share",
            Self::BadCount { .. } => "bad_draw_count",
            Self::OtherRoute { .. } => "other_route",
        }
    }
}

#[derive(Clone, Copy, PartialEq, Debug, Serialize)]
pub struct Quantile {
    pub percent: u8,
    pub value: f64,
}

/// What one factor adds to the spread.
#[derive(Clone, Copy, PartialEq, Debug, Serialize)]
pub struct FactorSpread {
    pub link: Link,
    pub median: f64,
    pub log_variance: f64,
    /// Of the sum over the factors; none where nothing spreads.
    pub share: Option<f64>,
}

#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Outcome {
    pub unit: Unit,
    pub draws: u32,
    /// 5, 25, 50, 75 and 95 %.
    pub quantiles: [Quantile; 5],
    pub lowest: f64,
    pub highest: f64,
    pub mean: f64,
    pub log_mean: f64,
    pub log_sd: f64,
    /// In the order of the steps.
    pub factors: Vec<FactorSpread>,
    /// The factor with the largest share.
    pub driver: Option<Link>,
    /// Interval arithmetic over the same inputs, where all are bounded: it holds every draw.
    pub bounds: Option<Interval>,
    /// Draws of shares that came out above one whole and were drawn again.
    pub redrawn: u64,
    /// The factors were drawn as if none knew of another.
    pub independent: bool,
}

/// The percents that are reported.
const PERCENTS: [u8; 5] = [5, 25, 50, 75, 95];

/// The quantile of sorted numbers, between neighbours in proportion: definition 7 of Hyndman and Fan, "Sample quantiles in
/// statistical packages", Am. Stat. 50, 1996.
fn quantile_of(sorted: &[f64], probability: f64) -> f64 {
    let last = sorted.len().saturating_sub(1);
    let at = probability.clamp(0.0, 1.0) * last as f64;
    let below = libm::floor(at) as usize;
    let part = at - below as f64;
    let low = sorted.get(below).copied().unwrap_or(f64::NAN);
    let high = sorted.get((below + 1).min(last)).copied().unwrap_or(low);
    low + (high - low) * part
}

fn five(sorted: &[f64]) -> [Quantile; 5] {
    PERCENTS.map(|percent| Quantile { percent, value: quantile_of(sorted, f64::from(percent) / 100.0) })
}

const fn counted(draws: u32) -> Result<(), NotDrawn> {
    if draws < FEWEST_DRAWS || draws > MOST_DRAWS {
        return Err(NotDrawn::BadCount { draws });
    }
    Ok(())
}

/// Draws the product so many times.
// INVARIANT: no draw leaves the interval arithmetic of bounded factors.
pub fn draw(production: &Production, chance: &mut Chance, draws: u32) -> Result<Outcome, NotDrawn> {
    counted(draws)?;
    let bounds = production.bounds()?;
    // The last bit of a float may lie outside the exact ends.
    let ends = bounds.map(|bounds| (bounds.low().to_f64(), bounds.high().to_f64()));
    let mut totals = Vec::with_capacity(draws as usize);
    let mut of_factor = vec![Moments::default(); production.terms.len()];
    let (mut logs, mut plain) = (Moments::default(), Moments::default());
    let mut redrawn = 0;
    for _ in 0..draws {
        let mut product = production.scale;
        for (term, moments) in production.terms.iter().zip(&mut of_factor) {
            let (drawn, again) = term.draw(chance);
            redrawn += u64::from(again);
            product *= drawn;
            if !term.law.is_certain() {
                moments.see(libm::log(drawn));
            }
        }
        let product = ends.map_or(product, |(low, high)| product.clamp(low, high));
        plain.see(product);
        logs.see(libm::log(product));
        totals.push(product);
    }
    totals.sort_unstable_by(f64::total_cmp);
    let whole: f64 = of_factor.iter().map(Moments::variance).sum();
    let factors: Vec<FactorSpread> = production
        .terms
        .iter()
        .zip(&of_factor)
        .map(|(term, moments)| FactorSpread {
            link: term.link,
            median: term.law.median(),
            log_variance: moments.variance(),
            share: (whole > 0.0).then(|| moments.variance() / whole),
        })
        .collect();
    let mut driver: Option<&FactorSpread> = None;
    for factor in factors.iter().filter(|factor| factor.log_variance > 0.0) {
        if driver.is_none_or(|most| factor.log_variance > most.log_variance) {
            driver = Some(factor);
        }
    }
    Ok(Outcome {
        unit: Production::UNIT,
        draws,
        quantiles: five(&totals),
        lowest: totals.first().copied().unwrap_or(f64::NAN),
        highest: totals.last().copied().unwrap_or(f64::NAN),
        mean: plain.mean(),
        log_mean: logs.mean(),
        log_sd: libm::sqrt(logs.variance()),
        driver: driver.map(|factor| factor.link),
        factors,
        bounds,
        redrawn,
        independent: true,
    })
}
