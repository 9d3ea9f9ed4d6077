//! Verifies the answer to a patrol game from the game alone, in integers: what the schedules leave the attacker, and what
//! any patrol of each boat can collect from his mixture, found by going back from the last step along every move.

use std::collections::{BTreeMap, BTreeSet};

use super::super::patrol::{Arrival, Attack, Boat, MOST_STATES, PatrolGame, PatrolProof};
use super::super::payoff::{PARTS, decimal};
use super::check::{CheckError, Verified, must, number, parts};
use super::{Answer, BOUND_PLACES, PatrolCertificate, digest};

/// Decimals of what a reply earns: hundredths of hundredths × [`PARTS`].
pub(super) const PATROL_PLACES: usize = 19;

/// A place: sector and step.
type Place = (u16, u16);

/// For every place the attacks that go through it.
fn attacked(game: &PatrolGame) -> BTreeMap<Place, Vec<u32>> {
    let mut at: BTreeMap<Place, Vec<u32>> = BTreeMap::new();
    for (attack, index) in game.attacks().iter().zip(0_u32..) {
        for window in &attack.windows {
            for step in window.first..=window.last {
                let here = at.entry((window.sector, step)).or_default();
                if here.last() != Some(&index) {
                    here.push(index);
                }
            }
        }
    }
    at
}

/// The moves of a boat by sector, waiting included.
fn moves(game: &PatrolGame, boat: &Boat) -> Vec<Vec<(u16, u16)>> {
    let mut moves: Vec<Vec<(u16, u16)>> = (0..game.sectors().len()).map(|s| vec![(s as u16, 1)]).collect();
    for along in game.classes().get(usize::from(boat.class)).map_or(&[][..], |class| &class.moves) {
        if let Some(from) = moves.get_mut(usize::from(along.from)) {
            from.push((along.to, along.steps));
        }
    }
    moves
}

/// The most that a patrol of a boat collects when meeting an attack pays weight × range: exactly where that can be counted,
/// else by what it pays to enter one, again and again.
fn most(game: &PatrolGame, boat: &Boat, at: &BTreeMap<Place, Vec<u32>>, pays: &[i128]) -> Option<i128> {
    let moves = moves(game, boat);
    let paid = |attack: &u32| pays.get(*attack as usize).copied().unwrap_or_default();
    let none = Vec::new();
    let here = |place: &Place| at.get(place).unwrap_or(&none);
    // By step and sector: what can still be collected after it; `None` where no patrol can be.
    let mut after: Vec<Vec<Option<i128>>> =
        vec![vec![None; game.sectors().len()]; usize::from(boat.last) + 1];
    for step in (boat.first..=boat.last).rev() {
        for (sector, moves) in (0_u16..).zip(&moves) {
            let mut best = None;
            if step == boat.last && boat.end.is_none_or(|end| end == sector) {
                best = Some(0);
            }
            for (to, steps) in moves {
                let then = step + steps;
                let rest = after.get(usize::from(then)).and_then(|row| row.get(usize::from(*to)));
                let Some(rest) = rest.copied().flatten() else { continue };
                let before = here(&(sector, step));
                let entered = here(&(*to, then)).iter().filter(|attack| !before.contains(attack));
                best = best.max(Some(rest + entered.map(paid).sum::<i128>()));
            }
            if let Some(place) =
                after.get_mut(usize::from(step)).and_then(|row| row.get_mut(usize::from(sector)))
            {
                *place = best;
            }
        }
    }
    let rest = after.get(usize::from(boat.first))?.get(usize::from(boat.base)).copied().flatten()?;
    let entered = rest + here(&(boat.base, boat.first)).iter().map(paid).sum::<i128>();
    let ends = |(sector, step): Place| {
        after.get(usize::from(step)).and_then(|row| row.get(usize::from(sector))).copied().flatten().is_some()
    };
    Some(once(boat, at, pays, &moves, ends).unwrap_or(entered))
}

/// The same when no attack pays twice: by every place with every set of attacks met on the way. `None` when these are more
/// than [`MOST_STATES`], or the attacks that pay more than 128.
fn once(
    boat: &Boat,
    at: &BTreeMap<Place, Vec<u32>>,
    pays: &[i128],
    moves: &[Vec<(u16, u16)>],
    ends: impl Fn(Place) -> bool,
) -> Option<i128> {
    let paying: Vec<usize> =
        (0..pays.len()).filter(|attack| pays.get(*attack).is_some_and(|p| *p > 0)).collect();
    if paying.len() > 128 {
        return None;
    }
    let meets = |place: &Place| {
        let here = at.get(place).into_iter().flatten();
        let bits = here.filter_map(|attack| paying.binary_search(&(*attack as usize)).ok());
        bits.fold(0_u128, |met, bit| met | 1 << bit)
    };
    let start = (boat.base, boat.first);
    let mut steps: BTreeMap<u16, BTreeSet<(u16, u128)>> = BTreeMap::new();
    steps.entry(boat.first).or_default().insert((boat.base, meets(&start)));
    let mut count = 1;
    for step in boat.first..boat.last {
        for (sector, met) in steps.remove(&step).unwrap_or_default() {
            for (to, along) in moves.get(usize::from(sector)).into_iter().flatten() {
                let then = (*to, step + along);
                if then.1 <= boat.last && ends(then) {
                    let new = steps.entry(then.1).or_default().insert((then.0, met | meets(&then)));
                    count += usize::from(new);
                }
            }
            if count > MOST_STATES {
                return None;
            }
        }
    }
    let worth = |met: u128| -> i128 {
        let met = paying.iter().enumerate().filter(|(bit, _)| met >> bit & 1 == 1);
        met.filter_map(|(_, attack)| pays.get(*attack)).sum()
    };
    steps.get(&boat.last)?.iter().map(|(_, met)| worth(*met)).max()
}

/// The totals of a mixture of the attacker, as they must be printed.
pub(super) fn proof(
    game: &PatrolGame,
    weights: &[(u32, u64)],
    sure: (u32, u64),
) -> Result<PatrolProof, CheckError> {
    must(weights.is_sorted_by(|a, b| a.0 < b.0), "weights")?;
    let at = attacked(game);
    let mut pays = vec![0_i128; game.attacks().len()];
    let (mut weight, mut gain) = (0_i128, 0_i128);
    for (index, w) in weights {
        let (attack, pays) = game
            .attacks()
            .get(*index as usize)
            .zip(pays.get_mut(*index as usize))
            .ok_or(CheckError("weights"))?;
        let w = i128::from(*w);
        weight += w;
        gain += w * 100 * i128::from(attack.value.get());
        *pays = w * i128::from(attack.range());
    }
    let attack = game.attacks().get(sure.0 as usize).ok_or(CheckError("sure"))?;
    let surest = game.attacks().iter().map(Attack::met).max();
    let first = game.attacks().iter().position(|other| Some(other.met()) == surest);
    must(first == Some(sure.0 as usize), "sure")?;
    weight += i128::from(sure.1);
    gain += i128::from(sure.1) * i128::from(attack.met());
    // Within this nothing below leaves 128 bits.
    must(weight > 0 && weight < 1 << 60, "weight")?;
    let mut known: BTreeMap<(u8, u16, u16, u16, Option<u16>), i128> = BTreeMap::new();
    let mut all = Vec::with_capacity(game.boats().len());
    for boat in game.boats() {
        let key = (boat.class, boat.base, boat.first, boat.last, boat.end);
        let collected = match known.get(&key) {
            Some(collected) => *collected,
            None => most(game, boat, &at, &pays).ok_or(CheckError("most"))?,
        };
        known.insert(key, collected);
        all.push(collected.to_string());
    }
    Ok(PatrolProof {
        weights: weights.to_vec(),
        sure,
        most: all,
        weight: weight.to_string(),
        gain: gain.to_string(),
    })
}

/// (gain − Σ most) / weight hundredths of hundredths, in 10^-14 units, rounded down.
pub(super) fn bound(proof: &PatrolProof) -> Result<i128, CheckError> {
    let weight = number(&proof.weight, "weight")?;
    let mut rest = number(&proof.gain, "gain")?;
    for most in &proof.most {
        rest -= number(most, "most")?;
    }
    must(weight > 0 && weight < 1 << 60, "weight")?;
    let scaled = rest.div_euclid(weight);
    must(scaled.unsigned_abs() < 1 << 60, "v_bound")?;
    let unit = 10_000_000_000;
    Ok(scaled * unit + (rest.rem_euclid(weight) * unit).div_euclid(weight))
}

/// The places where a boat stands when it follows a patrol.
fn places(moves: &[Vec<(u16, u16)>], boat: &Boat, patrol: &[Arrival]) -> Result<Vec<Place>, CheckError> {
    const AT: CheckError = CheckError("schedules");
    let mut stands = Vec::new();
    must(patrol.first() == Some(&(boat.first, boat.base)), AT.0)?;
    let after = patrol.iter().skip(1).map(Some).chain([None]);
    for ((step, sector), next) in patrol.iter().zip(after) {
        let leaves = match next {
            Some((then, to)) => {
                must(*then <= boat.last && to != sector, AT.0)?;
                let from = moves.get(usize::from(*sector)).ok_or(AT)?;
                let steps = from.iter().find(|(there, _)| there == to).ok_or(AT)?.1;
                then.checked_sub(steps).ok_or(AT)?
            }
            None => boat.last,
        };
        must(*step <= leaves, AT.0)?;
        stands.extend((*step..=leaves).map(|step| (*sector, step)));
    }
    let last = patrol.last().map(|(_, sector)| *sector);
    must(boat.end.is_none_or(|end| Some(end) == last), AT.0)?;
    Ok(stands)
}

/// Chance that each attack is met, and how long each sector is patrolled: steps × parts.
pub(super) fn meetings(
    game: &PatrolGame,
    schedules: &[super::super::patrol::Schedule],
) -> Result<(Vec<u64>, Vec<u128>), CheckError> {
    let at = attacked(game);
    let ways: Vec<_> = game.boats().iter().map(|boat| moves(game, boat)).collect();
    let (mut met, mut loads) = (vec![0_u64; game.attacks().len()], vec![0_u128; game.sectors().len()]);
    must(schedules.is_sorted_by(|a, b| a.boats < b.boats), "schedules")?;
    let mut total = 0_u64;
    for schedule in schedules {
        must(schedule.parts > 0 && schedule.boats.len() == game.boats().len(), "schedules")?;
        total = total.checked_add(schedule.parts).ok_or(CheckError("schedules"))?;
        must(total <= PARTS, "schedules")?;
        let mut meets: BTreeSet<u32> = BTreeSet::new();
        for ((boat, ways), patrol) in game.boats().iter().zip(&ways).zip(&schedule.boats) {
            for place in places(ways, boat, patrol)? {
                meets.extend(at.get(&place).into_iter().flatten().copied());
                *loads.get_mut(usize::from(place.0)).ok_or(CheckError("schedules"))? +=
                    u128::from(schedule.parts);
            }
        }
        for attack in &meets {
            *met.get_mut(*attack as usize).ok_or(CheckError("schedules"))? += schedule.parts;
        }
    }
    must(total == PARTS, "schedules")?;
    Ok((met, loads))
}

/// The attacker's best reply, the first of equals, in [`PATROL_PLACES`].
pub(super) fn best_reply(game: &PatrolGame, met: &[u64]) -> (u32, i128) {
    let mut best = (0, i128::MIN);
    for ((attack, met), index) in game.attacks().iter().zip(met).zip(0_u32..) {
        let earned = 100 * i128::from(attack.value.get()) * i128::from(PARTS)
            - i128::from(attack.range()) * i128::from(*met);
        if earned > best.1 {
            best = (index, earned);
        }
    }
    best
}

/// Verifies the answer to a patrol game.
///
/// # Errors
/// The first number that does not hold.
pub fn check_patrol(game: &PatrolGame, answer: &Answer<PatrolCertificate>) -> Result<Verified, CheckError> {
    let certificate = &answer.certificate;
    must(certificate.game == digest::patrol(game), "game")?;
    let coverage = parts(&answer.coverage, game.attacks().len())?;
    let (met, loads) = meetings(game, &certificate.schedules)?;
    must(met == coverage, "coverage")?;
    must(certificate.loads == loads.iter().map(u128::to_string).collect::<Vec<_>>(), "loads")?;
    let (reply, best) = best_reply(game, &met);
    must(certificate.reply == reply, "reply")?;
    must(answer.v_attacker == decimal(best, PATROL_PLACES), "v_attacker")?;
    must(answer.u_defender == -answer.v_attacker, "u_defender")?;
    let again = proof(game, &certificate.proof.weights, certificate.proof.sure)?;
    must(certificate.proof == again, "proof")?;
    let bound = bound(&again)?;
    must(certificate.v_bound == decimal(bound, BOUND_PLACES), "v_bound")?;
    must(certificate.gap == decimal(best - bound * 100_000, PATROL_PLACES), "gap")?;
    Ok(Verified { low: certificate.v_bound, high: answer.v_attacker })
}
