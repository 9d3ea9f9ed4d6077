//! The best coverage against an attacker who errs among those that are sure of something when he does not: of what a
//! rational attacker leaves, or of the worst that can happen wherever he goes.

use serde::{Deserialize, Serialize};

use super::super::GameError;
use super::super::origami::{self, SecurityGame, SecurityPlan, Target};
use super::super::payoff::{PARTS, Payoff, REPLY_PLACES, decimal};
use super::pieces::Pieces;
use super::{QuantalGame, QuantalPlan, expected, solve, whole};

/// What the plan shall be sure of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Guard {
    /// What the rational equilibrium earns. One target stays the attacker's strictly best reply, so that no tie need
    /// be broken in the defender's favour.
    Rational,
    /// The maximin: the most that can be had at the worst target, whoever the attacker is.
    Worst,
}

/// What a plan is sure of, in units.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Guarded {
    /// The target that a rational attacker chooses, and what the defender then earns.
    Rational(u32, f64),
    /// The worst target, and what the defender earns there.
    Worst(u32, f64),
}

/// By how many units the guarded reply is better for the attacker than any other: beyond all rounding.
const MARGIN: f64 = 1e-6;
/// Resources kept back so that rounding does not take coverage off a guarded target.
const KEPT: f64 = 1e-9;
/// Replies that are tried, best for the defender first, and levels of the attacker's payoff for each.
const MOST_REPLIES: usize = 8;
const LEVELS: u32 = 24;

/// The best coverage found that is sure of what the guard asks less `loss` (a share of its amount). `bound` is that of
/// the unguarded game, so the gap to it is what the guard costs at most. For [`Guard::Worst`] the coverage is the best
/// there is; for [`Guard::Rational`] the best over replies and levels tried.
///
/// # Errors
/// [`GameError::Number`] when `loss` is not in 0..=1; [`GameError::Infeasible`] when no coverage keeps to it: with
/// ties broken against the defender there may be none at `loss` 0; [`GameError::NoDeterrence`] for [`Guard::Worst`]
/// when coverage of some target saves nothing.
pub fn solve_guarded(game: &QuantalGame, guard: Guard, loss: f64) -> Result<QuantalPlan, GameError> {
    if !(0.0..=1.0).contains(&loss) {
        return Err(GameError::Number { what: "loss", index: 0 });
    }
    let coverage = match guard {
        Guard::Rational => rational(game, loss)?,
        Guard::Worst => worst(game, loss)?,
    };
    let parts = whole(&coverage, game.security.resources());
    let (u_defender, v_attacker) = expected(game, &parts);
    let guard = sure(game, guard, &parts);
    let free = solve(game)?;
    Ok(QuantalPlan { u_defender, v_attacker, coverage: parts, guard, ..free })
}

fn units(hundredths: i64) -> f64 {
    hundredths as f64 / 100.0
}

fn worst(game: &QuantalGame, loss: f64) -> Result<Vec<f64>, GameError> {
    let minus = |payoff: Payoff| Payoff::hundredths(-payoff.get()).unwrap_or(payoff);
    // What the defender loses is what an adversary would gain.
    let adversary = |t: &Target| Target {
        attacker_uncovered: minus(t.defender_uncovered),
        attacker_covered: minus(t.defender_covered),
        ..*t
    };
    let targets = game.security.targets();
    let adverse = SecurityGame::new(targets.iter().map(adversary).collect(), game.security.resources())?;
    let maximin = -origami::solve(&adverse)?.v_attacker();
    let wanted = maximin - loss * maximin.abs();
    let limits: Vec<(f64, f64)> = targets
        .iter()
        .map(|t| (((wanted - units(t.defender_uncovered.get())) / units(t.saved())).clamp(0.0, 1.0), 1.0))
        .collect();
    Ok(Pieces::new(game, 0.0).limited(limits.into_iter()).optimum(f64::from(game.security.resources())))
}

fn rational(game: &QuantalGame, loss: f64) -> Result<Vec<f64>, GameError> {
    let rational = origami::solve(&game.security)?;
    let wanted = rational.u_defender() - loss * rational.u_defender().abs();
    let pieces = Pieces::new(game, 0.0);
    let resources = f64::from(game.security.resources()) - KEPT;
    let mut best: Option<(f64, Vec<f64>)> = None;
    for (reply, least) in replies(game, &rational, wanted) {
        let Some(target) = game.security.targets().get(reply) else { continue };
        let (loot, range) = (units(target.attacker_uncovered.get()), units(target.range()));
        let highest = loot - range * least;
        let lowest = rational.value.min(highest);
        for step in 0..=LEVELS {
            let level = highest - (highest - lowest) * f64::from(step) / f64::from(LEVELS);
            let own = ((loot - level) / range).clamp(least, 1.0);
            let earned = loot - range * own;
            let limit = |(index, t): (usize, &Target)| {
                let need = (units(t.attacker_uncovered.get()) - earned + MARGIN) / units(t.range());
                if index == reply { (own, own) } else { (need.max(0.0), 1.0) }
            };
            let limits: Vec<(f64, f64)> = game.security.targets().iter().enumerate().map(limit).collect();
            let needed: f64 = limits.iter().map(|(low, _)| low).sum();
            if needed > resources || limits.iter().any(|(low, _)| *low > 1.0) {
                continue;
            }
            let limited = pieces.limited(limits.into_iter());
            let coverage = limited.optimum(resources);
            let value = limited.defended(&coverage);
            if best.as_ref().is_none_or(|(most, _)| value > *most) {
                best = Some((value, coverage));
            }
        }
    }
    best.map(|(_, coverage)| coverage).ok_or(GameError::Infeasible)
}

/// Targets where the defender can earn what is wanted while the attacker has no reason to go elsewhere, with the
/// coverage it takes.
fn replies(game: &QuantalGame, rational: &SecurityPlan, wanted: f64) -> Vec<(usize, f64)> {
    let mut replies: Vec<(usize, f64, f64)> = Vec::new();
    for (index, target) in game.security.targets().iter().enumerate() {
        let (saved, lost) = (units(target.saved()), units(target.defender_uncovered.get()));
        let loot = units(target.attacker_uncovered.get());
        let most = ((loot - rational.value) / units(target.range())).min(1.0);
        // Some parts more than needed, so that rounding down keeps what is wanted.
        let least = if saved > 0.0 { ((wanted - lost) / saved).max(0.0) + 2e-15 } else { 0.0 };
        if lost + saved * most >= wanted && least <= most {
            replies.push((index, least, lost + saved * most));
        }
    }
    replies.sort_by(|a, b| b.2.total_cmp(&a.2).then(a.0.cmp(&b.0)));
    replies.into_iter().take(MOST_REPLIES).map(|(index, least, _)| (index, least)).collect()
}

/// Which target the guard is about under this coverage, and what the defender earns there.
fn sure(game: &QuantalGame, guard: Guard, coverage: &[u64]) -> Option<Guarded> {
    let full = i128::from(PARTS);
    let mut best: Option<(i128, u32, i128)> = None;
    for ((t, parts), index) in game.security.targets().iter().zip(coverage).zip(0_u32..) {
        let parts = i128::from(*parts);
        let defended = i128::from(t.defender_uncovered.get()) * full + i128::from(t.saved()) * parts;
        let rank = match guard {
            Guard::Rational => i128::from(t.attacker_uncovered.get()) * full - i128::from(t.range()) * parts,
            Guard::Worst => -defended,
        };
        if best.is_none_or(|(most, _, _)| rank > most) {
            best = Some((rank, index, defended));
        }
    }
    best.map(|(_, index, defended)| {
        let earned = decimal(defended, REPLY_PLACES);
        match guard {
            Guard::Rational => Guarded::Rational(index, earned),
            Guard::Worst => Guarded::Worst(index, earned),
        }
    })
}
