//! Verifies printed answers from the game alone, in integers, without any part of a solver. Slot games and general-sum
//! games are verified exactly; what may remain between plan and bound is [`TOLERANCE`]. Quantal responses are doubles.

use thiserror::Error;

use super::super::origami::{INDIFFERENT, SecurityGame, Target};
use super::super::payoff::{PARTS, REPLY_PLACES, decimal, probability};
use super::super::proof::Proof;
use super::super::quantal::{Guarded, QuantalGame};
use super::super::side::{Row, Sense};
use super::super::slots::SlotGame;
use super::{Answer, BOUND_PLACES, OrigamiCertificate, QuantalCertificate, SlotCertificate, digest};

/// What may lie between plan and bound: this times the largest stake of the game, or times one unit when all are
/// smaller.
pub const TOLERANCE: f64 = 1e-9;

/// Which number does not hold.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("the certificate fails at `{0}`")]
pub struct CheckError(pub &'static str);

/// A verified answer: the value lies between these, in units.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Verified {
    /// Least that it can be.
    pub low: f64,
    /// Most that it can be.
    pub high: f64,
}

pub(super) fn must(holds: bool, what: &'static str) -> Result<(), CheckError> {
    if holds { Ok(()) } else { Err(CheckError(what)) }
}

/// Coverage in parts; a decimal that is not a whole number of them is refused.
pub(super) fn parts(coverage: &[f64], count: usize) -> Result<Vec<u64>, CheckError> {
    must(coverage.len() == count, "coverage")?;
    let whole = |c: &f64| {
        let parts = libm::round(c * PARTS as f64);
        let exact = (0.0..=PARTS as f64).contains(&parts) && probability(parts as u64) == *c;
        if exact { Ok(parts as u64) } else { Err(CheckError("coverage")) }
    };
    coverage.iter().map(whole).collect()
}

pub(super) fn number(digits: &str, what: &'static str) -> Result<i128, CheckError> {
    let value: i128 = digits.parse().map_err(|_| CheckError(what))?;
    // Within this every product below fits 128 bits; the canonical form leaves one way to write a number.
    must(value.unsigned_abs() < 1 << 120 && value.to_string() == digits, what)?;
    Ok(value)
}

/// The bound of a proof in 10^-14 units, rounded down: (100·(gain − spill) − paid) / (100·weight) hundredths.
pub(super) fn bound(proof: &Proof) -> Result<i128, CheckError> {
    let weight = number(&proof.weight, "weight")?;
    let (gain, paid) = (number(&proof.gain, "gain")?, number(&proof.paid, "paid")?);
    let spill = number(&proof.spill, "spill")?;
    must(weight > 0 && weight < 1 << 96, "weight")?;
    let unit = 100 * weight;
    let mut rest = 100 * (gain - spill) - paid;
    let mut scaled = rest.div_euclid(unit);
    must(scaled.unsigned_abs() < 1 << 60, "v_bound")?;
    // Twelve more decimals, three at a time so that nothing overflows.
    for _ in 0..4 {
        rest = rest.rem_euclid(unit) * 1_000;
        scaled = scaled * 1_000 + rest.div_euclid(unit);
    }
    Ok(scaled)
}

/// A target of the attacker: value, what coverage costs him, and the slots that can cover it.
type Stake = (i128, i128, std::ops::RangeInclusive<usize>);

/// Adds up the four totals of a proof again, and gives its bound.
fn proved(proof: &Proof, stakes: &[Stake], capacity: &[u32], rows: &[Row]) -> Result<i128, CheckError> {
    let ascending = |ids: &mut dyn Iterator<Item = u32>| ids.is_sorted_by(|a, b| a < b);
    must(ascending(&mut proof.weights.iter().map(|w| w.0)), "weights")?;
    must(ascending(&mut proof.prices.iter().map(|p| p.0.into())), "prices")?;
    must(ascending(&mut proof.rows.iter().map(|r| r.0)), "rows")?;
    let mut net = vec![0_i128; stakes.len()];
    let (mut weight, mut gain, mut paid, mut spill) = (0_i128, 0_i128, 0_i128, 0_i128);
    for (target, w) in &proof.weights {
        let (stake, net) =
            stakes.get(*target as usize).zip(net.get_mut(*target as usize)).ok_or(CheckError("weights"))?;
        let w = i128::from(*w);
        weight += w;
        gain += w * stake.0;
        *net += w * stake.1;
    }
    // A slot without capacity covers nothing and has no price.
    let mut prices: Vec<Option<i128>> = capacity.iter().map(|scans| (*scans > 0).then_some(0)).collect();
    for (slot, price) in &proof.prices {
        let scans = capacity.get(usize::from(*slot)).ok_or(CheckError("prices"))?;
        let place =
            prices.get_mut(usize::from(*slot)).and_then(Option::as_mut).ok_or(CheckError("prices"))?;
        *place = i128::from(*price);
        paid += 100 * i128::from(*price) * i128::from(*scans);
    }
    for (row, price) in &proof.rows {
        let row = rows.get(*row as usize).ok_or(CheckError("rows"))?;
        let price = if row.sense == Sense::AtMost { i128::from(*price) } else { -i128::from(*price) };
        paid += price * i128::from(row.bound);
        for member in &row.members {
            *net.get_mut(*member as usize).ok_or(CheckError("rows"))? -= price;
        }
    }
    for ((_, _, window), net) in stakes.iter().zip(net).filter(|(_, net)| *net > 0) {
        if let Some(least) = prices.get(window.clone()).unwrap_or_default().iter().flatten().min() {
            spill += (net - least).max(0);
        }
    }
    must(number(&proof.weight, "weight")? == weight, "weight")?;
    must(number(&proof.gain, "gain")? == gain, "gain")?;
    must(number(&proof.paid, "paid")? == paid, "paid")?;
    must(number(&proof.spill, "spill")? == spill, "spill")?;
    bound(proof)
}

/// [`TOLERANCE`] in hundredths × [`PARTS`].
pub(super) fn tolerance(largest: i128) -> i128 {
    (TOLERANCE * 1e15) as i128 * largest.max(100)
}

/// Verifies the answer to a slot game with these side constraints.
///
/// # Errors
/// The first number that does not hold.
pub fn check_slots(
    game: &SlotGame,
    rows: &[Row],
    answer: &Answer<SlotCertificate>,
) -> Result<Verified, CheckError> {
    let certificate = &answer.certificate;
    must(certificate.game == digest::slots(game, rows), "game")?;
    let coverage = parts(&answer.coverage, game.containers().len())?;
    must(certificate.plan.is_sorted_by(|a, b| (a.0, a.1) < (b.0, b.1)), "plan")?;
    let mut left = coverage.clone();
    let mut loads = vec![0_u128; game.capacity().len()];
    for &(container, slot, given) in &certificate.plan {
        let window = game.containers().get(container as usize).map(|c| c.first..=c.last);
        must(given > 0 && window.is_some_and(|window| window.contains(&slot)), "plan")?;
        let need = left.get_mut(container as usize).ok_or(CheckError("plan"))?;
        *need = need.checked_sub(given).ok_or(CheckError("plan"))?;
        *loads.get_mut(usize::from(slot)).ok_or(CheckError("plan"))? += u128::from(given);
    }
    must(left.iter().all(|need| *need == 0), "plan")?;
    must(certificate.loads == loads.iter().map(u128::to_string).collect::<Vec<_>>(), "loads")?;
    let within = |(scans, load): (&u32, &u128)| *load <= u128::from(*scans) * u128::from(PARTS);
    must(game.capacity().iter().zip(&loads).all(within), "loads")?;
    for row in rows {
        let held = row.members.iter().filter_map(|member| coverage.get(*member as usize));
        let held: u128 = held.map(|parts| u128::from(*parts)).sum();
        let bound = u128::from(row.bound) * u128::from(PARTS / 100);
        must(if row.sense == Sense::AtMost { held <= bound } else { held >= bound }, "row")?;
    }
    let containers = game.containers().iter();
    let stakes: Vec<Stake> = containers
        .map(|c| (c.value.get().into(), c.range().into(), c.first.into()..=c.last.into()))
        .collect();
    let gains = stakes.iter().zip(&coverage).map(|(s, c)| s.0 * i128::from(PARTS) - s.1 * i128::from(*c));
    let (reply, best) = first_best(gains);
    must(certificate.reply == reply, "reply")?;
    must(answer.v_attacker == decimal(best, REPLY_PLACES), "v_attacker")?;
    must(answer.u_defender == -answer.v_attacker, "u_defender")?;
    let bound = proved(&certificate.proof, &stakes, game.capacity(), rows)?;
    must(certificate.v_bound == decimal(bound, BOUND_PLACES), "v_bound")?;
    let largest = stakes.iter().map(|stake| stake.1).max().unwrap_or_default();
    must(best - bound * 1_000 <= tolerance(largest), "gap")?;
    Ok(Verified { low: certificate.v_bound, high: answer.v_attacker })
}

fn first_best(values: impl Iterator<Item = i128>) -> (u32, i128) {
    let start = (0, i128::MIN);
    values.zip(0..).fold(start, |best, (value, index)| if value > best.1 { (index, value) } else { best })
}

fn attacker(target: &Target, parts: u64) -> i128 {
    i128::from(target.attacker_uncovered.get()) * i128::from(PARTS)
        - i128::from(target.range()) * i128::from(parts)
}

fn defender(target: &Target, parts: u64) -> i128 {
    i128::from(target.defender_uncovered.get()) * i128::from(PARTS)
        + i128::from(target.saved()) * i128::from(parts)
}

/// Where the attacker can be brought to attack he earns at least the bound, so coverage there is limited, and with it
/// what the defender earns: the most over all targets, in 10^-14 units, rounded up.
pub(super) fn defender_bound(game: &SecurityGame, v_bound: i128) -> i128 {
    let scale = 1_000_000_000_000;
    let limit = |t: &Target| {
        let excess = i128::from(t.attacker_uncovered.get()) * scale - v_bound;
        let saved = i128::from(t.saved());
        let most = -(-saved * excess).div_euclid(t.range().into());
        (excess >= 0).then(|| i128::from(t.defender_uncovered.get()) * scale + most.min(saved * scale))
    };
    game.targets().iter().filter_map(limit).max().unwrap_or_default()
}

/// Verifies the answer to a general-sum game.
///
/// # Errors
/// The first number that does not hold.
pub fn check_origami(
    game: &SecurityGame,
    answer: &Answer<OrigamiCertificate>,
) -> Result<Verified, CheckError> {
    let certificate = &answer.certificate;
    must(certificate.game == digest::origami(game), "game")?;
    let coverage = parts(&answer.coverage, game.targets().len())?;
    used(&coverage, &certificate.used, game.resources())?;
    let plays = || game.targets().iter().zip(&coverage);
    let best = plays().map(|(t, c)| attacker(t, *c)).max().unwrap_or_default();
    let willing = |t: &Target, c: u64| attacker(t, c) >= best - INDIFFERENT;
    let gains = plays().map(|(t, c)| if willing(t, *c) { defender(t, *c) } else { i128::MIN });
    let (reply, defended) = first_best(gains);
    must(certificate.reply == reply, "reply")?;
    must(answer.v_attacker == decimal(best, REPLY_PLACES), "v_attacker")?;
    must(answer.u_defender == decimal(defended, REPLY_PLACES), "u_defender")?;
    let stake = |t: &Target| (t.attacker_uncovered.get().into(), t.range().into(), 0..=0);
    let stakes: Vec<Stake> = game.targets().iter().map(stake).collect();
    let v_bound = proved(&certificate.proof, &stakes, &[game.resources()], &[])?;
    must(certificate.v_bound == decimal(v_bound, BOUND_PLACES), "v_bound")?;
    let u_bound = defender_bound(game, v_bound);
    must(certificate.u_bound == decimal(u_bound, BOUND_PLACES), "u_bound")?;
    let largest = game.targets().iter().map(|t| t.range().max(t.saved())).max().unwrap_or_default();
    must(best - v_bound * 1_000 <= tolerance(largest.into()), "gap")?;
    must(u_bound * 1_000 - defended <= tolerance(largest.into()), "gap")?;
    Ok(Verified { low: answer.u_defender, high: certificate.u_bound })
}

fn used(coverage: &[u64], printed: &str, resources: u32) -> Result<(), CheckError> {
    let used: u128 = coverage.iter().map(|parts| u128::from(*parts)).sum();
    must(printed == used.to_string() && used <= u128::from(resources) * u128::from(PARTS), "used")
}

/// Verifies the answer to a quantal response game.
///
/// At the bound r the sum over targets of e^(λ·attacker)·(defender − r) is at most 0 for every coverage, which is
/// shown by `price`·resources + Σ max over c of (term(c) − price·c) ≤ 0.
///
/// # Errors
/// The first number that does not hold.
pub fn check_quantal(
    game: &QuantalGame,
    answer: &Answer<QuantalCertificate>,
) -> Result<Verified, CheckError> {
    let certificate = &answer.certificate;
    let (r, price, level) = (certificate.u_bound, certificate.price, certificate.level);
    must(certificate.game == digest::quantal(game), "game")?;
    must(r.is_finite() && level.is_finite() && price.is_finite() && price >= 0.0, "price")?;
    let coverage = parts(&answer.coverage, game.security().targets().len())?;
    used(&coverage, &certificate.used, game.security().resources())?;
    let lambda = f64::from(game.rationality().millionths()) / 1e6;
    let units = |hundredths: i64| hundredths as f64 / 100.0;
    let (mut mass, mut attacked, mut defended) = (0.0, 0.0, 0.0);
    let resources = f64::from(game.security().resources());
    let (mut dual, mut size, mut spent) = (price * resources, 0.0, 0.0);
    for (target, parts) in game.security().targets().iter().zip(&coverage) {
        let c = *parts as f64 / PARTS as f64;
        let (range, saved) = (units(target.range()), units(target.saved()));
        let (loot, lost) = (units(target.attacker_uncovered.get()), units(target.defender_uncovered.get()));
        let weight = |c: f64| libm::exp((lambda * (loot - level - range * c)).min(700.0));
        mass += weight(c);
        attacked += weight(c) * (loot - range * c);
        defended += weight(c) * (lost + saved * c);
        let steep = saved - lambda * range * (lost - r);
        let slope = |c: f64| weight(c) * (steep - lambda * range * saved * c) - price;
        let end = if saved > 0.0 {
            (steep / (lambda * range * saved)).clamp(0.0, 1.0)
        } else if steep > 0.0 {
            1.0
        } else {
            0.0
        };
        // The term rises less and less up to `end` and falls after it: its most lies between `low` and `high`, and
        // below the tangent at `low`.
        let (mut low, mut high) = (0.0, end);
        for _ in 0..60 {
            let middle = 0.5 * (low + high);
            if slope(middle) > 0.0 { low = middle } else { high = middle }
        }
        let at = low;
        spent += at;
        dual += weight(at) * (lost + saved * at - r) - price * at + slope(at).max(0.0) * (high - low);
        size += weight(at) * (lost + saved * at - r).abs() + price * at;
    }
    let scale = 1.0_f64.max(defended.abs() / mass).max(attacked.abs() / mass);
    must((answer.v_attacker - attacked / mass).abs() <= 1e-12 * scale, "v_attacker")?;
    must((answer.u_defender - defended / mass).abs() <= 1e-12 * scale, "u_defender")?;
    must(dual <= 1e-13 * size, "u_bound")?;
    // A resource has a price exactly when all are spent at it.
    let slack = 1e-9 * resources.max(1.0);
    must(spent <= resources + slack && (price == 0.0 || spent >= resources - slack), "price")?;
    let gap = r - answer.u_defender;
    must(gap >= -1e-12 * scale, "u_bound")?;
    match certificate.guard {
        None => must(gap <= QUANTAL_GAP * scale, "gap")?,
        Some(guarded) => {
            let plays = || game.security().targets().iter().zip(&coverage);
            let ((sure, _), printed) = match guarded {
                Guarded::Rational(target, earned) => {
                    (first_best(plays().map(|(t, c)| attacker(t, *c))), (target, earned))
                }
                Guarded::Worst(target, earned) => {
                    (first_best(plays().map(|(t, c)| -defender(t, *c))), (target, earned))
                }
            };
            let earned = plays().nth(sure as usize).map(|(t, c)| decimal(defender(t, *c), REPLY_PLACES));
            must(printed.0 == sure && earned == Some(printed.1), "guard")?;
        }
    }
    Ok(Verified { low: answer.u_defender, high: r })
}

/// What may lie between an unguarded quantal plan and its bound, as a share of the larger of one unit and the payoffs
/// expected.
pub const QUANTAL_GAP: f64 = 1e-8;
