//! Which factor moved a revision, when both sets of factors have a spread. A factor that nobody changed is one unknown
//! number in both, so it moves nothing.

use serde::Serialize;

use super::{Link, NotDrawn, Production, Quantile, counted, five};
use crate::chain::{Attribution, Factor, Refused, attribute};
use crate::chance::Chance;
use crate::decimal::Decimal;
use crate::interval::Interval;
use crate::units::Unit;

/// What one factor did to the product.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Moved {
    pub link: Link,
    /// At the medians.
    pub log_change: f64,
    /// Of the whole change at the medians; none where it is nothing.
    pub share: Option<f64>,
    /// Its part of the change in tonnes at the medians, by the logarithmic mean, so that the parts add up to the change
    /// without a rest (Ang, "The LMDI approach to decomposition analysis", Energy Policy 33, 2005).
    pub tonnes: f64,
    /// The logarithm's change over the draws.
    pub log_changes: [Quantile; 5],
    /// The share of draws in which it moved the product further than any other factor did.
    pub furthest: f64,
    /// Rounding or the spread given cannot explain it: the ends, or the middle 95 % of each, do not meet.
    pub moved: bool,
}

#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Revision {
    pub unit: Unit,
    /// Medians of the factors multiplied.
    pub before: f64,
    pub after: f64,
    pub log_change: f64,
    /// The product's change in logarithms over the draws.
    pub log_changes: [Quantile; 5],
    /// The share of draws in which the product fell.
    pub fell: f64,
    /// In the order of the steps.
    pub factors: Vec<Moved>,
    /// The factor that moved furthest, of those that their spread cannot explain.
    pub mover: Option<Link>,
    pub draws: u32,
}

/// (b − a) / ln(b / a), and a where they are one.
fn logarithmic_mean(a: f64, b: f64) -> f64 {
    let log = libm::log(b / a);
    if log.abs() < 1e-9 { f64::midpoint(a, b) } else { (b - a) / log }
}

/// The float's shortest digits as an exact decimal.
fn decimal(value: f64) -> Option<Interval> {
    let text = format!("{value:e}");
    let (digits, exponent) = text.split_once('e')?;
    let shifted = digits.parse::<Decimal>().ok()?.shift(exponent.parse().ok()?).ok()?;
    Some(Interval::exact(shifted))
}

/// The exact attribution of the medians.
fn at_medians(medians: &[(Link, f64, f64)]) -> Result<Attribution, NotDrawn> {
    let mut factors = Vec::with_capacity(medians.len());
    for (link, before, after) in medians {
        let ends = decimal(*before).zip(decimal(*after));
        let (before, after) = ends.ok_or(NotDrawn::Chain(Refused::ZeroFactor))?;
        factors.push(Factor { name: link.code(), before, after });
    }
    Ok(attribute(&factors, None)?)
}

/// Compares two states of one route. Factors whose spread did not change share each draw.
pub fn revision(
    before: &Production,
    after: &Production,
    chance: &mut Chance,
    draws: u32,
) -> Result<Revision, NotDrawn> {
    counted(draws)?;
    if before.links() != after.links() {
        let codes = |of: &Production| of.links().into_iter().map(Link::code).collect();
        return Err(NotDrawn::OtherRoute { before: codes(before), after: codes(after) });
    }
    let pairs: Vec<_> = before.terms.iter().zip(&after.terms).collect();
    let mut changes: Vec<Vec<f64>> = vec![Vec::with_capacity(draws as usize); pairs.len()];
    let mut furthest = vec![0u32; pairs.len()];
    let mut whole = Vec::with_capacity(draws as usize);
    let mut fell = 0u32;
    for _ in 0..draws {
        let mut sum = 0.0;
        let mut most: Option<(usize, f64)> = None;
        for (place, ((old, new), changes)) in pairs.iter().zip(&mut changes).enumerate() {
            let change = if old.law == new.law {
                0.0
            } else {
                let (from, _) = old.draw(chance);
                let (to, _) = new.draw(chance);
                libm::log(to / from)
            };
            sum += change;
            changes.push(change);
            if change != 0.0 && most.is_none_or(|(_, known)| change.abs() > known) {
                most = Some((place, change.abs()));
            }
        }
        if let Some(count) = most.and_then(|(place, _)| furthest.get_mut(place)) {
            *count += 1;
        }
        fell += u32::from(sum < 0.0);
        whole.push(sum);
    }
    let medians: Vec<_> =
        pairs.iter().map(|(old, new)| (old.link, old.law.median(), new.law.median())).collect();
    let attribution = at_medians(&medians)?;
    let product = |of: &Production| of.terms.iter().map(|term| term.law.median()).product::<f64>() * of.scale;
    let (from, to) = (product(before), product(after));
    let mean = logarithmic_mean(from, to);
    let mut factors = Vec::with_capacity(pairs.len());
    for ((((old, new), share), changes), furthest) in
        pairs.iter().zip(attribution.shares).zip(&mut changes).zip(furthest)
    {
        changes.sort_unstable_by(f64::total_cmp);
        let ((a, b), (c, d)) = (old.law.reach(), new.law.reach());
        factors.push(Moved {
            link: old.link,
            log_change: share.log_change,
            share: share.share,
            tonnes: mean * share.log_change,
            log_changes: five(changes),
            furthest: f64::from(furthest) / f64::from(draws),
            moved: b < c || d < a,
        });
    }
    let mut mover: Option<&Moved> = None;
    for factor in factors.iter().filter(|factor| factor.moved) {
        if mover.is_none_or(|most| factor.log_change.abs() > most.log_change.abs()) {
            mover = Some(factor);
        }
    }
    whole.sort_unstable_by(f64::total_cmp);
    Ok(Revision {
        unit: Production::UNIT,
        before: from,
        after: to,
        log_change: attribution.log_change,
        log_changes: five(&whole),
        fell: f64::from(fell) / f64::from(draws),
        mover: mover.map(|factor| factor.link),
        factors,
        draws,
    })
}
