//! The slot game: every container can be scanned only in its window of slots, every slot scans so many containers,
//! and the attacker puts his load where it pays most. Gives the exact minimax coverage and the plan slot by slot;
//! never names the containers that are scanned: that is the draw's.
//!
//! The window starts at the last hour in which the container can be touched: a scan before that proves nothing
//! about what is loaded. Demands with windows fit slots exactly when no interval of slots must hold more than its
//! capacity (Hall's condition for intervals), so the value is the highest water level over all intervals.

mod level;
mod plan;
mod what_if;

use serde::{Deserialize, Serialize};

use super::GameError;
use super::payoff::{PARTS, Payoff, REPLY_PLACES, decimal};
use super::proof::{Proof, Stake};
use level::Field;
pub use what_if::{SlotGain, one_more, price_of_capacity, value};

/// Most containers of one game.
pub const MAX_CONTAINERS: usize = 2_000_000;
/// Most slots of one game: 24 a day for half a year.
pub const MAX_SLOTS: usize = 4_096;
/// Most scans of one slot.
pub const MAX_CAPACITY: u32 = 1_000_000;

/// A container that may be contaminated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Container {
    /// What the attacker gains when it is loaded unscanned.
    pub value: Payoff,
    /// What he loses when it is scanned.
    pub penalty: Payoff,
    /// First slot whose scan sees everything that can be put in.
    pub first: u16,
    /// Last slot before it is loaded.
    pub last: u16,
}

impl Container {
    /// What a scan costs the attacker, in hundredths.
    pub fn range(&self) -> i64 {
        self.value.get() + self.penalty.get()
    }
}

/// A checked game.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SlotGame {
    containers: Vec<Container>,
    capacity: Vec<u32>,
}

impl SlotGame {
    /// A game with a capacity for every slot.
    ///
    /// # Errors
    /// When there is no container or no slot, there are too many of either, a window lies outside the slots or is
    /// reversed, or a scan of some container would not cost the attacker anything.
    pub fn new(containers: Vec<Container>, capacity: Vec<u32>) -> Result<Self, GameError> {
        if containers.is_empty() || capacity.is_empty() {
            return Err(GameError::Empty);
        }
        bounded("containers", containers.len(), MAX_CONTAINERS)?;
        bounded("slots", capacity.len(), MAX_SLOTS)?;
        for &scans in &capacity {
            bounded("scans in a slot", scans as usize, MAX_CAPACITY as usize)?;
        }
        for (index, container) in containers.iter().enumerate() {
            if container.first > container.last || usize::from(container.last) >= capacity.len() {
                return Err(GameError::Window {
                    index,
                    first: container.first.into(),
                    last: container.last.into(),
                    slots: capacity.len(),
                });
            }
            if container.range() <= 0 {
                return Err(GameError::NoDeterrence { index });
            }
        }
        Ok(Self { containers, capacity })
    }

    /// A game whose slots all scan as many.
    ///
    /// # Errors
    /// As [`SlotGame::new`].
    pub fn uniform(containers: Vec<Container>, slots: usize, scans: u32) -> Result<Self, GameError> {
        bounded("slots", slots, MAX_SLOTS)?;
        Self::new(containers, vec![scans; slots])
    }

    /// The containers, in the order given.
    pub fn containers(&self) -> &[Container] {
        &self.containers
    }

    /// Scans of every slot.
    pub fn capacity(&self) -> &[u32] {
        &self.capacity
    }

    pub(in crate::game) fn stakes(&self) -> Vec<Stake> {
        let stake =
            |c: &Container| Stake { value: c.value.get(), range: c.range(), first: c.first, last: c.last };
        self.containers.iter().map(stake).collect()
    }

    /// The same game with another capacity in one slot.
    ///
    /// # Errors
    /// When the slot does not exist or the capacity is out of bounds.
    pub fn with_capacity(&self, slot: usize, scans: u32) -> Result<Self, GameError> {
        let mut capacity = self.capacity.clone();
        match capacity.get_mut(slot) {
            Some(place) => *place = scans,
            None => return Err(GameError::Unknown { what: "slot", index: slot, count: self.capacity.len() }),
        }
        Self::new(self.containers.clone(), capacity)
    }
}

pub(in crate::game) fn bounded(what: &'static str, count: usize, most: usize) -> Result<(), GameError> {
    if count > most {
        return Err(GameError::TooMany { what, count: count as u64, most: most as u64 });
    }
    Ok(())
}

/// Part of a container's coverage that falls into one slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Allotment {
    /// Position of the container.
    pub container: u32,
    /// The slot.
    pub slot: u16,
    /// Probability of a scan of it there, in [`PARTS`].
    pub parts: u64,
}

/// What the capacity that the minimax does not need is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spare {
    /// Nothing: only what holds the value is covered.
    Idle,
    /// The next best reply is pushed down with it, then the next: the lexicographic minimax.
    Spread,
}

/// The minimax plan of a game.
#[derive(Debug, Clone, PartialEq)]
pub struct SlotPlan {
    /// The value of the game in units, as a closed form on the slots that bind.
    pub value: f64,
    /// What the attacker's best reply to the plan earns, exactly: hundredths × [`PARTS`].
    pub best_reply: i128,
    /// The container he would choose; the first of equals.
    pub reply: u32,
    /// Coverage of every container in [`PARTS`].
    pub coverage: Vec<u64>,
    /// The same by slot, ordered by container, then slot; no empty entries.
    pub plan: Vec<Allotment>,
    /// Proof that no plan does better.
    pub proof: Proof,
}

impl SlotPlan {
    /// [`SlotPlan::best_reply`] in units.
    pub fn v_attacker(&self) -> f64 {
        decimal(self.best_reply, REPLY_PLACES)
    }

    /// Scans that a slot is expected to make, in [`PARTS`].
    pub fn loads(&self, slots: usize) -> Vec<u128> {
        let mut loads = vec![0_u128; slots];
        for allotment in &self.plan {
            if let Some(load) = loads.get_mut(usize::from(allotment.slot)) {
                *load += u128::from(allotment.parts);
            }
        }
        loads
    }
}

/// The exact minimax coverage and a plan that gives it.
///
/// # Errors
/// [`GameError::Precision`] when the integer plan does not fit, which no valid game has shown.
pub fn solve(game: &SlotGame, spare: Spare) -> Result<SlotPlan, GameError> {
    let field = Field::new(game);
    let top = field.top();
    let mut levels = vec![top.level; game.containers.len()];
    if spare == Spare::Spread {
        field.spread(&top, &mut levels);
    }
    // A level from sums of doubles may be a few units of the last place too low, and then the parts do not fit; it
    // is raised by as little as makes them fit.
    let unit = (top.level.abs() * PARTS as f64 * f64::EPSILON) as i128 + 1;
    let mut slack = 0_i128;
    for attempt in 0..60 {
        let coverage = demands(game, &levels, slack);
        if let Some(plan) = plan::earliest_deadline_first(game, &coverage) {
            let (reply, best_reply) = best_reply(game, &coverage);
            let value = top.level / 100.0;
            return Ok(SlotPlan { value, best_reply, reply, coverage, plan, proof: field.proof(&top) });
        }
        slack = unit << attempt;
    }
    Err(GameError::Precision)
}

/// Parts that hold every container at its level, rounded down: the reply gains less than a part's worth by it.
fn demands(game: &SlotGame, levels: &[f64], slack: i128) -> Vec<u64> {
    let parts = i128::from(PARTS);
    let need = |(container, level): (&Container, &f64)| {
        let level = (level * PARTS as f64) as i128 + slack;
        let excess = i128::from(container.value.get()) * parts - level;
        if excess <= 0 {
            return 0;
        }
        (excess.unsigned_abs() / u128::from(container.range().unsigned_abs())).min(PARTS.into()) as u64
    };
    game.containers.iter().zip(levels).map(need).collect()
}

/// Where the attacker gains most against this coverage, and what: hundredths × [`PARTS`].
pub(in crate::game) fn best_reply(game: &SlotGame, coverage: &[u64]) -> (u32, i128) {
    let mut best = (0_u32, i128::MIN);
    for (index, (container, &parts)) in game.containers.iter().zip(coverage).enumerate() {
        let gain = i128::from(container.value.get()) * i128::from(PARTS)
            - i128::from(container.range()) * i128::from(parts);
        if gain > best.1 {
            best = (index as u32, gain);
        }
    }
    best
}
