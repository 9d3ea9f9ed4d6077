//! What one more scanner hour is worth: the value of the game with other capacities, without a plan, and the price
//! of capacity at the plan at hand. Never changes the game it is asked about.

use super::level::Field;
use super::{GameError, SlotGame, SlotPlan};

/// What more scans in one slot would do.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SlotGain {
    /// The slot.
    pub slot: u16,
    /// The value of the game with them, in units.
    pub value: f64,
    /// By how much the attacker would earn less.
    pub gain: f64,
}

/// The value of a game in units, without its plan.
pub fn value(game: &SlotGame) -> f64 {
    Field::new(game).top().level / 100.0
}

/// What `extra` more scans would do in each slot, taken one slot at a time. Slots outside the one that binds gain
/// nothing, and are not solved again.
///
/// # Errors
/// When a capacity would be out of bounds.
pub fn one_more(game: &SlotGame, extra: u32) -> Result<Vec<SlotGain>, GameError> {
    let field = Field::new(game);
    let top = field.top();
    let now = top.level / 100.0;
    let mut gains = Vec::with_capacity(game.capacity().len());
    for (slot, &scans) in game.capacity().iter().enumerate() {
        super::bounded("scans in a slot", scans as usize + extra as usize, super::MAX_CAPACITY as usize)?;
        let binds = top.tight.is_some_and(|(first, last)| first <= slot && slot <= last);
        let value = if binds { field.top_with(slot, scans + extra).level / 100.0 } else { now };
        gains.push(SlotGain { slot: slot as u16, value, gain: (now - value).max(0.0) });
    }
    Ok(gains)
}

/// What the attacker would lose per scan added to a slot, in units, while the same slots bind: for every slot that
/// has a price. An upper bound on what a whole scan gains.
pub fn price_of_capacity(plan: &SlotPlan) -> Vec<(u16, f64)> {
    let weight: f64 = plan.proof.weights.iter().map(|(_, weight)| *weight as f64).sum();
    plan.proof.prices.iter().map(|(slot, price)| (*slot, *price as f64 / weight / 100.0)).collect()
}
