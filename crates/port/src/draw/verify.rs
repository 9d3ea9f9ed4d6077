//! Re-derives every pick of a published draw from public data, and names the first thing that differs. Trusts no node:
//! only the hash in the ledger, the beacon's and the bodies' keys, which the commitment names.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::beacon::{Checker, RoundError};
use super::bundle::{Bundle, SlotRecord};
use super::commitment::Label;
use super::error::Why;
use super::hex::Hex;
use super::lots::Progress;
use super::overrides::{Action, Override};
use super::shares::{BODIES, Body, Share, THRESHOLD, roster_after, seed};
use super::vrf::Output;

/// Tries of one slot. A slot whose bodies stay away is not drawn, and is counted.
pub(super) const MOST_ATTEMPTS: usize = 64;
/// Rounds of one document: each costs a check.
const MOST_ROUNDS: usize = 25_000;

/// A published draw that holds.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Verified {
    /// To be compared with the hash that the ledger has from before the first round.
    pub commitment: Hex<32>,
    pub slots: Vec<VerifiedSlot>,
    pub overrides: Vec<Override>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct VerifiedSlot {
    pub slot: u32,
    pub capacity: u32,
    /// The round that decided; none if the slot was not drawn.
    pub round: Option<u64>,
    pub attempts: usize,
    /// Who owed a share for which round and did not give it.
    pub missing: Vec<(u64, Body)>,
    /// Attempts with fewer shares than the threshold.
    pub waits: usize,
    pub picks: Vec<Label>,
}

impl Verified {
    pub fn missing(&self) -> usize {
        self.slots.iter().map(|slot| slot.missing.len()).sum()
    }
    pub fn waits(&self) -> usize {
        self.slots.iter().map(|slot| slot.waits).sum()
    }
    pub fn undrawn(&self) -> usize {
        self.slots.iter().filter(|slot| slot.round.is_none()).count()
    }
    pub fn added(&self) -> usize {
        self.overrides.iter().filter(|order| order.action == Action::Add).count()
    }
    pub fn removed(&self) -> usize {
        self.overrides.iter().filter(|order| order.action == Action::Remove).count()
    }

    /// One line per slot, pick and override. Every verifier prints these bytes.
    pub fn text(&self) -> String {
        let mut text = format!("draw {}\n", self.commitment);
        for slot in &self.slots {
            let round = slot.round.map_or_else(|| "-".to_owned(), |round| round.to_string());
            let VerifiedSlot { slot: number, capacity, attempts, missing, waits, picks, .. } = slot;
            let _ = writeln!(
                text,
                "slot {number} capacity {capacity} round {round} attempts {attempts} missing {} waits {waits} picks {}",
                missing.len(),
                picks.len()
            );
            for pick in picks {
                let _ = writeln!(text, "pick {number} {pick}");
            }
        }
        for order in &self.overrides {
            let _ = writeln!(text, "override {} {} {}", order.slot, order.action.code(), order.container);
        }
        text
    }
}

/// Verifies a published draw.
pub fn verify(bundle: &Bundle) -> Result<Verified, Why> {
    replay(bundle).map(|(verified, _)| verified)
}

/// What an attempt comes to.
pub(super) enum Attempted {
    Seed(Hex<32>),
    Lacks(Vec<Body>),
}

/// The values of the shares under the committed keys, and whether the roster is complete. `Err` names the body whose
/// share does not hold.
pub(super) fn attempted(
    bundle: &Bundle,
    slot: u32,
    round: u64,
    randomness: &Hex<32>,
    roster: &[Body],
    shares: &[Share],
) -> Result<Attempted, Body> {
    let mut values: Vec<(Body, Output)> = Vec::with_capacity(shares.len());
    for share in shares {
        let key = bundle.commitment.bodies.iter().find(|key| key.body == share.body);
        let value = key.and_then(|key| share.value(&key.key, &bundle.hash, slot, round)).ok_or(share.body)?;
        values.push((share.body, value));
    }
    let lacks: Vec<Body> =
        roster.iter().copied().filter(|body| !values.iter().any(|(given, _)| given == body)).collect();
    Ok(if lacks.is_empty() {
        Attempted::Seed(seed(&bundle.hash, slot, round, randomness, &values))
    } else {
        Attempted::Lacks(lacks)
    })
}

/// Verifies, and gives the state from which a draw that is not finished can go on.
pub(super) fn replay(bundle: &Bundle) -> Result<(Verified, Replayed), Why> {
    let commitment = &bundle.commitment;
    commitment.check(&bundle.list).map_err(Why::Commitment)?;
    if commitment.hash().map_err(Why::Commitment)? != bundle.hash {
        return Err(Why::CommitmentHash);
    }
    let mut checker = Checker::new(&commitment.beacon).map_err(|reason| Why::Round { round: 0, reason })?;
    if bundle.rounds.len() > MOST_ROUNDS {
        return Err(Why::TooManyRounds { count: bundle.rounds.len(), most: MOST_ROUNDS });
    }
    let mut values = BTreeMap::new();
    let mut last = 0;
    for round in &bundle.rounds {
        let number = round.number();
        let refused = |reason| Why::Round { round: number, reason };
        if number <= last {
            return Err(refused(RoundError::Order));
        }
        last = number;
        values.insert(number, checker.value(round).map_err(refused)?);
    }
    let mut progress = Progress::new(&bundle.list, commitment.slots.len());
    let mut slots = Vec::with_capacity(bundle.slots.len());
    for (place, record) in bundle.slots.iter().enumerate() {
        if record.slot as usize != place || place >= commitment.slots.len() {
            return Err(Why::SlotOrder { place });
        }
        slots.push(slot_of(bundle, record, &values, &mut progress)?);
    }
    for (place, order) in bundle.overrides.iter().enumerate() {
        let others = bundle.overrides.get(..place).unwrap_or_default();
        order.check(commitment, &bundle.hash, others).map_err(|reason| Why::Override { place, reason })?;
    }
    let verified = Verified { commitment: bundle.hash, slots, overrides: bundle.overrides.clone() };
    Ok((verified, Replayed { progress, checker, values }))
}

/// What a draw needs to go on.
#[derive(Debug)]
pub(super) struct Replayed {
    pub(super) progress: Progress,
    pub(super) checker: Checker,
    pub(super) values: BTreeMap<u64, Hex<32>>,
}

fn slot_of(
    bundle: &Bundle,
    record: &SlotRecord,
    values: &BTreeMap<u64, Hex<32>>,
    progress: &mut Progress,
) -> Result<VerifiedSlot, Why> {
    let slot = record.slot;
    let terms = bundle.commitment.slots.get(slot as usize).ok_or(Why::SlotOrder { place: slot as usize })?;
    let mut verified = VerifiedSlot {
        slot,
        capacity: terms.capacity,
        round: None,
        attempts: record.attempts.len(),
        missing: Vec::new(),
        waits: 0,
        picks: Vec::new(),
    };
    let mut roster = BODIES.to_vec();
    for (place, attempt) in record.attempts.iter().enumerate() {
        let expected = terms.round.saturating_add(place as u64);
        if attempt.round != expected || verified.round.is_some() || place >= MOST_ATTEMPTS {
            return Err(Why::Attempt { slot, attempt: place });
        }
        let round = attempt.round;
        let randomness = values.get(&round).ok_or(Why::RoundMissing { slot, round })?;
        let given: Vec<Body> = attempt.shares.iter().map(|share| share.body).collect();
        if !roster.iter().filter(|body| given.contains(body)).eq(given.iter()) {
            return Err(Why::ShareOrder { slot, attempt: place });
        }
        match attempted(bundle, slot, round, randomness, &roster, &attempt.shares)
            .map_err(|body| Why::Share { slot, round, body })?
        {
            Attempted::Seed(seed) => {
                verified.round = Some(round);
                let picks = progress.draw(slot, &seed);
                verified.picks = labels(bundle, &picks);
            }
            Attempted::Lacks(lacks) => {
                verified.waits += usize::from(given.len() < THRESHOLD as usize);
                verified.missing.extend(lacks.into_iter().map(|body| (round, body)));
                roster = roster_after(&given);
            }
        }
    }
    let longest = verified.picks.len().max(record.picks.len());
    for place in 0..longest {
        let (derived, published) = (verified.picks.get(place), record.picks.get(place));
        if derived != published {
            return Err(Why::Pick { slot, place, derived: derived.cloned(), published: published.cloned() });
        }
    }
    Ok(verified)
}

/// The labels at these places of the list.
pub(super) fn labels(bundle: &Bundle, places: &[u32]) -> Vec<Label> {
    let label = |place: &u32| bundle.list.get(*place as usize).map(|entry| entry.container.clone());
    places.iter().filter_map(label).collect()
}
