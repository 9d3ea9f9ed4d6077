//! Which factor of a product moved a revision: each factor's share of the change in logarithms, which add up where the
//! changes themselves do not.

use super::Refused;
use crate::decimal::Decimal;
use crate::interval::Interval;

/// A factor of the chain, as it was and as it is now.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Factor<'a> {
    pub name: &'a str,
    pub before: Interval,
    pub after: Interval,
}

#[derive(Clone, PartialEq, Debug)]
pub struct Share {
    pub name: String,
    /// Natural logarithm of after over before, at the middles.
    pub log_change: f64,
    /// Of the whole change; above 1 or below 0 where factors pull against each other. None where nothing changed.
    pub share: Option<f64>,
    /// Rounding alone cannot explain it: the intervals do not meet.
    pub moved: bool,
}

#[derive(Clone, PartialEq, Debug)]
pub struct Attribution {
    /// In the order of the factors.
    pub shares: Vec<Share>,
    /// The sum of the factors' changes.
    pub log_change: f64,
    /// What the published totals changed beyond the factors; 0 where no totals were given.
    pub unexplained: f64,
    /// The place of the factor that moved furthest, of those that rounding cannot explain.
    pub mover: Option<usize>,
}

fn log_change(before: Interval, after: Interval) -> Result<f64, Refused> {
    let positive = |interval: Interval| interval.low() > Decimal::ZERO;
    if !positive(before) || !positive(after) {
        return Err(Refused::ZeroFactor);
    }
    Ok(libm::log(after.middle()?.to_f64() / before.middle()?.to_f64()))
}

/// Shares of the change in a product of factors, and how much of the published totals' change (before, after) they leave.
pub fn attribute(
    factors: &[Factor<'_>],
    totals: Option<(Interval, Interval)>,
) -> Result<Attribution, Refused> {
    let mut shares = Vec::with_capacity(factors.len());
    for factor in factors {
        shares.push(Share {
            name: factor.name.to_owned(),
            log_change: log_change(factor.before, factor.after)?,
            share: None,
            moved: factor.before.overlap(factor.after).is_none(),
        });
    }
    let whole: f64 = shares.iter().map(|share| share.log_change).sum();
    // Below this, nothing changed but the last bit of a float.
    if whole.abs() > 1e-12 {
        for share in &mut shares {
            share.share = Some(share.log_change / whole);
        }
    }
    let mut mover: Option<(usize, f64)> = None;
    for (place, share) in shares.iter().enumerate().filter(|(_, share)| share.moved) {
        if mover.is_none_or(|(_, most)| share.log_change.abs() > most) {
            mover = Some((place, share.log_change.abs()));
        }
    }
    let unexplained = match totals {
        Some((before, after)) => log_change(before, after)? - whole,
        None => 0.0,
    };
    Ok(Attribution { shares, log_change: whole, unexplained, mover: mover.map(|(place, _)| place) })
}
