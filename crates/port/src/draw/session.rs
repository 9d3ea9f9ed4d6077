//! A draw under way: rounds and shares come in, picks come out slot by slot, and everything is kept for publication.
//! Nobody who holds this state can know a slot's picks before its round and shares are there. Never fetches or waits.

use super::beacon::{Round, RoundError};
use super::bundle::{Attempt, Bundle, SlotRecord};
use super::commitment::{Commitment, Entry, Label};
use super::error::{CommitError, DrawError, Why};
use super::hex::Hex;
use super::overrides::Override;
use super::shares::{BODIES, Body, Share, THRESHOLD, roster_after};
use super::verify::{Attempted, MOST_ATTEMPTS, Replayed, Verified, attempted, labels, replay};

/// A committed draw and what has come of it.
#[derive(Debug)]
pub struct Draw {
    bundle: Bundle,
    state: Replayed,
    /// Of the last slot in the bundle.
    open: Open,
}

/// Whom a slot's next attempt asks, and whether there is one.
#[derive(Debug)]
struct Open {
    roster: Vec<Body>,
    drawn: bool,
}

/// What one attempt at a slot came to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SlotAttempt {
    pub slot: u32,
    pub round: u64,
    /// Whose share was owed and not given, or did not hold.
    pub missing: Vec<Body>,
    /// Of these, whose share was given and does not hold.
    pub refused: Vec<Body>,
    pub outcome: Outcome,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Outcome {
    Drawn {
        picks: Vec<Label>,
    },
    /// A share was missing: those who gave theirs are asked again, for this round.
    FallsBack {
        round: u64,
    },
    /// Too few shares: all are asked again, for this round.
    Waits {
        round: u64,
    },
}

/// What a slot waits for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Awaited {
    pub slot: u32,
    pub round: u64,
    /// Whose shares, all of them.
    pub bodies: Vec<Body>,
}

impl Draw {
    /// Begins a draw. The commitment's hash must be in the ledger before its first round comes.
    pub fn new(commitment: Commitment, list: Vec<Entry>) -> Result<Self, CommitError> {
        commitment.check(&list)?;
        let hash = commitment.hash()?;
        let bundle =
            Bundle { commitment, hash, list, overrides: Vec::new(), rounds: Vec::new(), slots: Vec::new() };
        Self::resume(bundle).map_err(|why| match why {
            Why::Commitment(error) => error,
            _ => CommitError::NotCanonical,
        })
    }

    /// Goes on with a draw from what was published or kept, after verifying it.
    pub fn resume(bundle: Bundle) -> Result<Self, Why> {
        let (verified, state) = replay(&bundle)?;
        let open = open_of(&bundle, &verified);
        Ok(Self { bundle, state, open })
    }

    pub const fn commitment(&self) -> &Hex<32> {
        &self.bundle.hash
    }

    /// The document to be published: holds the slots drawn so far.
    pub const fn bundle(&self) -> &Bundle {
        &self.bundle
    }

    /// What the slot waits for; none if it is drawn, passed over, or not of this draw.
    pub fn awaited(&self, slot: u32) -> Option<Awaited> {
        let terms = self.bundle.commitment.slots.get(slot as usize)?;
        let record = self.bundle.slots.last().filter(|record| record.slot == slot);
        let (attempts, roster) = match record {
            Some(_) if self.open.drawn => return None,
            Some(record) => (record.attempts.len(), self.open.roster.clone()),
            None if (slot as usize) < self.bundle.slots.len() => return None,
            None => (0, BODIES.to_vec()),
        };
        (attempts < MOST_ATTEMPTS).then(|| Awaited {
            slot,
            round: terms.round.saturating_add(attempts as u64),
            bodies: roster,
        })
    }

    /// Takes in a round of the beacon and gives its value. A round that is there already is not taken twice.
    pub fn round(&mut self, round: Round) -> Result<Hex<32>, DrawError> {
        let number = round.number();
        let known = self.bundle.rounds.binary_search_by_key(&number, Round::number);
        match (known, self.state.values.get(&number)) {
            (Ok(at), Some(value)) => {
                let same = self.bundle.rounds.get(at) == Some(&round);
                if same { Ok(*value) } else { Err(DrawError::Round(RoundError::Order)) }
            }
            (Err(at), _) => {
                let value = self.state.checker.value(&round).map_err(DrawError::Round)?;
                self.state.values.insert(number, value);
                self.bundle.rounds.insert(at, round);
                Ok(value)
            }
            (Ok(_), None) => Err(DrawError::Round(RoundError::Order)),
        }
    }

    /// Tries a slot with the shares that came for its awaited round. Slots are drawn in order; trying one closes those
    /// before it, and a slot that was never drawn is counted. Shares of bodies that are not asked are not looked at.
    pub fn attempt(&mut self, slot: u32, shares: &[Share]) -> Result<SlotAttempt, DrawError> {
        if slot as usize >= self.bundle.commitment.slots.len() {
            return Err(DrawError::NoSlot { slot });
        }
        let Some(Awaited { round, bodies, .. }) = self.awaited(slot) else {
            let record = self.bundle.slots.last().filter(|record| record.slot == slot);
            let tried = record.is_some_and(|record| record.attempts.len() >= MOST_ATTEMPTS);
            return Err(if tried {
                DrawError::TooManyAttempts { slot, most: MOST_ATTEMPTS }
            } else {
                DrawError::SlotClosed { slot }
            });
        };
        let randomness = *self.state.values.get(&round).ok_or(DrawError::NoRound { slot, round })?;
        let mut given = Vec::new();
        let mut refused = Vec::new();
        for body in &bodies {
            let mut offered = shares.iter().filter(|share| share.body == *body).peekable();
            if offered.peek().is_none() {
                continue;
            }
            let holds = |share: &&Share| {
                attempted(&self.bundle, slot, round, &randomness, &[], std::slice::from_ref(*share)).is_ok()
            };
            match offered.find(holds) {
                Some(share) => given.push(*share),
                None => refused.push(*body),
            }
        }
        let came = attempted(&self.bundle, slot, round, &randomness, &bodies, &given)
            .map_err(|body| DrawError::Record(Box::new(Why::Share { slot, round, body })))?;
        for passed in (self.bundle.slots.len()..=slot as usize).map(|slot| slot as u32) {
            self.bundle.slots.push(SlotRecord { slot: passed, ..SlotRecord::default() });
            self.open = Open { roster: BODIES.to_vec(), drawn: false };
        }
        let names: Vec<Body> = given.iter().map(|share| share.body).collect();
        let (missing, outcome, picks) = match came {
            Attempted::Seed(seed) => {
                let places = self.state.progress.draw(slot, &seed);
                let picks = labels(&self.bundle, &places);
                self.open.drawn = true;
                (Vec::new(), Outcome::Drawn { picks: picks.clone() }, picks)
            }
            Attempted::Lacks(lacks) => {
                self.open.roster = roster_after(&names);
                let round = round.saturating_add(1);
                let few = names.len() < THRESHOLD as usize;
                let outcome = if few { Outcome::Waits { round } } else { Outcome::FallsBack { round } };
                (lacks, outcome, Vec::new())
            }
        };
        if let Some(record) = self.bundle.slots.last_mut() {
            record.attempts.push(Attempt { round, shares: given });
            record.picks = picks;
        }
        Ok(SlotAttempt { slot, round, missing, refused, outcome })
    }

    /// Takes in an override: a record beside the picks.
    pub fn add_override(&mut self, order: Override) -> Result<(), DrawError> {
        order
            .check(&self.bundle.commitment, &self.bundle.hash, &self.bundle.overrides)
            .map_err(DrawError::Override)?;
        self.bundle.overrides.push(order);
        Ok(())
    }
}

fn open_of(bundle: &Bundle, verified: &Verified) -> Open {
    let mut roster = BODIES.to_vec();
    for attempt in bundle.slots.last().map(|record| record.attempts.as_slice()).unwrap_or_default() {
        let given: Vec<Body> = attempt.shares.iter().map(|share| share.body).collect();
        roster = roster_after(&given);
    }
    Open { roster, drawn: verified.slots.last().is_some_and(|slot| slot.round.is_some()) }
}
