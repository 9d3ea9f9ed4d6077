//! Verifies the answer to a game against several types of attacker: that the replies are best replies, that the
//! branches hold every combination of replies once, and that the multipliers of each give its bound. In integers.

use super::super::bayes::{AttackerType, BayesGame, Reply};
use super::super::origami::INDIFFERENT;
use super::super::payoff::{PARTS, Payoff, decimal};
use super::check::{must, parts, tolerance};
use super::{Answer, BayesCertificate, CheckError, Verified, digest};

/// Verifies the answer; what lies between plan and bound is returned, not judged, because a search may be cut short.
///
/// # Errors
/// The first number that does not hold.
pub fn check_bayes(game: &BayesGame, answer: &Answer<BayesCertificate>) -> Result<Verified, CheckError> {
    let certificate = &answer.certificate;
    must(certificate.game == digest::bayes(game), "game")?;
    let mixture = parts(&answer.coverage, game.strategies())?;
    must(mixture.iter().sum::<u64>() == PARTS, "coverage")?;
    must(certificate.replies.len() == game.types().len(), "replies")?;
    let expected = |payoffs: &[Payoff]| -> i128 {
        payoffs
            .iter()
            .zip(&mixture)
            .map(|(payoff, parts)| i128::from(payoff.get()) * i128::from(*parts))
            .sum()
    };
    let (mut defended, mut attacked) = (0_i128, 0_i128);
    for (kind, reply) in game.types().iter().zip(&certificate.replies) {
        let chosen = kind.replies.get(usize::from(*reply)).ok_or(CheckError("replies"))?;
        let most = kind.replies.iter().map(|reply| expected(&reply.attacker)).max().unwrap_or_default();
        let willing = |reply: &&Reply| expected(&reply.attacker) >= most - INDIFFERENT;
        let best = kind.replies.iter().filter(willing).map(|reply| expected(&reply.defender)).max();
        must(willing(&chosen) && best == Some(expected(&chosen.defender)), "replies")?;
        defended += i128::from(kind.prior) * expected(&chosen.defender);
        attacked += i128::from(kind.prior) * expected(&chosen.attacker);
    }
    must(answer.u_defender == decimal(defended, 23), "u_defender")?;
    must(answer.v_attacker == decimal(attacked, 23), "v_attacker")?;
    let mut branches = certificate.branches.as_slice();
    partition(game.types(), &mut Vec::new(), &mut branches)?;
    must(branches.is_empty(), "branches")?;
    let (mut highest, mut multipliers) = (i128::MIN, 0_u128);
    for (replies, factors, printed) in &certificate.branches {
        let bound = bound(game, replies, factors)?;
        must(*printed == bound.to_string(), "branches")?;
        highest = highest.max(bound);
        multipliers += factors.iter().map(|y| u128::from(*y)).sum::<u128>();
    }
    must(certificate.multipliers == multipliers.to_string(), "multipliers")?;
    must(certificate.u_bound == decimal(highest, 20), "u_bound")?;
    // A bound below the value would be a wrong bound.
    must(highest * 1_000 >= defended - tolerance(100) * 1_000_000, "u_bound")?;
    Ok(Verified { low: answer.u_defender, high: certificate.u_bound })
}

/// Takes the branches below `prefix` from the front of the sorted list; every combination must be in one.
fn partition(
    types: &[AttackerType],
    prefix: &mut Vec<u8>,
    branches: &mut &[(Vec<u8>, Vec<u64>, String)],
) -> Result<(), CheckError> {
    if let Some((first, rest)) = branches.split_first()
        && first.0 == *prefix
    {
        *branches = rest;
        return Ok(());
    }
    let kind = types.get(prefix.len()).ok_or(CheckError("branches"))?;
    for reply in 0..kind.replies.len() {
        prefix.push(reply as u8);
        partition(types, prefix, branches)?;
        prefix.pop();
    }
    Ok(())
}

/// What no mixture in a branch passes, in hundredths × 10^-18.
fn bound(game: &BayesGame, replies: &[u8], factors: &[u64]) -> Result<i128, CheckError> {
    let mut most = i128::MIN;
    for strategy in 0..game.strategies() {
        let payoff = |of: &[Payoff]| of.get(strategy).map_or(0, |payoff| i128::from(payoff.get()));
        let mut factors = factors.iter();
        let mut sum = 0_i128;
        for (index, kind) in game.types().iter().enumerate() {
            let Some(fixed) = replies.get(index) else {
                let best = kind.replies.iter().map(|reply| payoff(&reply.defender)).max().unwrap_or_default();
                sum += i128::from(kind.prior) * best * 1_000_000_000_000;
                continue;
            };
            let chosen = kind.replies.get(usize::from(*fixed)).ok_or(CheckError("branches"))?;
            sum += i128::from(kind.prior) * payoff(&chosen.defender) * 1_000_000_000_000;
            for (_, other) in kind.replies.iter().enumerate().filter(|(at, _)| *at != usize::from(*fixed)) {
                let factor = i128::from(*factors.next().ok_or(CheckError("branches"))?);
                sum += factor * (payoff(&chosen.attacker) - payoff(&other.attacker)) * 1_000_000;
            }
        }
        must(factors.next().is_none(), "branches")?;
        most = most.max(sum);
    }
    Ok(most)
}
