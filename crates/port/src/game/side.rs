//! Slot games with side constraints: at least so much of a group, at most so much of a shipper, a set that must be
//! covered. A linear programme finds plan and prices; both are made integers here, so that the certificate is exact
//! although the programme is not. Never drops a constraint: what cannot be kept is refused.

use serde::{Deserialize, Serialize};

use super::GameError;
use super::linear::Programme;
use super::payoff::PARTS;
use super::proof::{Proof, Side};
use super::slots::{Allotment, Container, SlotGame, SlotPlan, best_reply, bounded};

/// Most side constraints.
pub const MAX_ROWS: usize = 2_000;
/// Most containers of a game with side constraints.
pub const MAX_CONTAINERS: usize = 2_000;

/// Which way a side constraint bounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sense {
    /// The members together are covered at most so much.
    AtMost,
    /// The members together are covered at least so much.
    AtLeast,
}

/// A bound on the coverage of some containers together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// Which way.
    pub sense: Sense,
    /// In hundredths of a scan: 150 is one and a half containers expected.
    pub bound: u32,
    /// Positions of the containers, ascending.
    pub members: Vec<u32>,
}

impl Row {
    /// Every member is scanned for certain.
    pub fn must_cover(members: Vec<u32>) -> Self {
        Self { sense: Sense::AtLeast, bound: 100 * members.len() as u32, members }
    }
}

/// A checked game.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SideGame {
    slots: SlotGame,
    rows: Vec<Row>,
}

impl SideGame {
    /// A slot game with side constraints.
    ///
    /// # Errors
    /// When there are too many containers or rows, or a row names a container that does not exist, twice, or out of
    /// order, or asks for more than its members can give.
    pub fn new(slots: SlotGame, rows: Vec<Row>) -> Result<Self, GameError> {
        bounded("containers with side constraints", slots.containers().len(), MAX_CONTAINERS)?;
        bounded("side constraints", rows.len(), MAX_ROWS)?;
        let count = slots.containers().len();
        for (index, row) in rows.iter().enumerate() {
            let most = row.members.last().copied().unwrap_or_default() as usize;
            if most >= count || !row.members.is_sorted_by(|a, b| a < b) {
                return Err(GameError::Unknown { what: "side constraint", index, count });
            }
            if row.sense == Sense::AtLeast && row.bound as usize > 100 * row.members.len() {
                return Err(GameError::Infeasible);
            }
        }
        Ok(Self { slots, rows })
    }

    /// The game without its side constraints.
    pub const fn slots(&self) -> &SlotGame {
        &self.slots
    }

    /// The side constraints.
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// Pairs of a container and a slot of its window that has capacity, by container, then slot.
    fn cells(&self) -> Vec<(u32, u16)> {
        let open = |slot: &u16| self.slots.capacity().get(usize::from(*slot)).is_some_and(|scans| *scans > 0);
        let containers = self.slots.containers().iter().zip(0_u32..);
        containers
            .flat_map(|(c, index)| (c.first..=c.last).filter(open).map(move |slot| (index, slot)))
            .collect()
    }
}

/// The minimax plan that obeys the side constraints.
///
/// # Errors
/// [`GameError::Infeasible`] when no plan obeys them, [`GameError::TooMany`] when windows are so long that the
/// programme is too large, [`GameError::Programme`] when it fails numerically.
pub fn solve(game: &SideGame) -> Result<SlotPlan, GameError> {
    let cells = game.cells();
    bounded("pairs of container and slot", cells.len(), super::linear::MOST_COLUMNS / 2)?;
    let containers = game.slots.containers();
    let widest = containers.iter().map(Container::range).max().unwrap_or(1) as f64;
    let plan = repaired(game, &cells, &primal(game, &cells, widest)?)?;
    let mut coverage = vec![0_u64; containers.len()];
    for part in &plan {
        if let Some(place) = coverage.get_mut(part.container as usize) {
            *place += part.parts;
        }
    }
    let (reply, best_reply) = best_reply(&game.slots, &coverage);
    let proof = dual(game, &cells, widest)?;
    let value = super::payoff::decimal(best_reply, super::payoff::REPLY_PLACES);
    Ok(SlotPlan { value, best_reply, reply, coverage, plan, proof })
}

/// Value and coverage cost of a container relative to the widest range, so that factors stay near 1.
fn scaled(container: &Container, widest: f64) -> (f64, f64) {
    let range = container.range() as f64;
    (container.value.get() as f64 / range, widest / range)
}

/// Least v with coverage(i) + v/range(i) ≥ value(i)/range(i).
fn primal(game: &SideGame, cells: &[(u32, u16)], widest: f64) -> Result<Vec<f64>, GameError> {
    let mut programme = Programme::minimise();
    let level = programme.column(1.0, f64::NEG_INFINITY, f64::INFINITY);
    let columns: Vec<usize> = cells.iter().map(|_| programme.column(0.0, 0.0, 1.0)).collect();
    let of = |wanted: &dyn Fn(u32, u16) -> bool| -> Vec<(usize, f64)> {
        let chosen = cells.iter().zip(&columns).filter(|((container, slot), _)| wanted(*container, *slot));
        chosen.map(|(_, column)| (*column, 1.0)).collect()
    };
    let mut by_container: Vec<Vec<(usize, f64)>> = vec![Vec::new(); game.slots.containers().len()];
    for ((container, _), column) in cells.iter().zip(&columns) {
        if let Some(terms) = by_container.get_mut(*container as usize) {
            terms.push((*column, 1.0));
        }
    }
    for (container, terms) in game.slots.containers().iter().zip(&mut by_container) {
        programme.at_most(terms, 1.0);
        let (need, factor) = scaled(container, widest);
        terms.push((level, factor));
        programme.at_least(terms, need);
        terms.pop();
    }
    for (slot, scans) in game.slots.capacity().iter().enumerate().filter(|(_, scans)| **scans > 0) {
        programme.at_most(&of(&|_, at| usize::from(at) == slot), f64::from(*scans));
    }
    for row in &game.rows {
        let members = row.members.iter().filter_map(|member| by_container.get(*member as usize));
        let terms: Vec<(usize, f64)> = members.flatten().copied().collect();
        let bound = f64::from(row.bound) / 100.0;
        match row.sense {
            Sense::AtMost => programme.at_most(&terms, bound),
            Sense::AtLeast if terms.is_empty() && row.bound > 0 => return Err(GameError::Infeasible),
            Sense::AtLeast => programme.at_least(&terms, bound),
        }
    }
    let values = programme.solve()?;
    Ok(columns.iter().map(|column| values.get(*column).copied().unwrap_or_default()).collect())
}

/// The other side: weights of the attacker and prices that no plan can beat, as integers.
fn dual(game: &SideGame, cells: &[(u32, u16)], widest: f64) -> Result<Proof, GameError> {
    let mut programme = Programme::minimise();
    let containers = game.slots.containers();
    let free = f64::INFINITY;
    // weight·range, and what it is worth to be covered wholly.
    let worth: Vec<usize> =
        containers.iter().map(|c| programme.column(-scaled(c, widest).0, 0.0, free)).collect();
    let whole: Vec<usize> = containers.iter().map(|_| programme.column(1.0, 0.0, free)).collect();
    let prices: Vec<usize> =
        game.slots.capacity().iter().map(|scans| programme.column(f64::from(*scans), 0.0, free)).collect();
    let sign = |row: &Row| if row.sense == Sense::AtMost { 1.0 } else { -1.0 };
    let rows: Vec<usize> = game
        .rows
        .iter()
        .map(|row| programme.column(sign(row) * f64::from(row.bound) / 100.0, 0.0, free))
        .collect();
    let mut surcharge: Vec<Vec<(usize, f64)>> = vec![Vec::new(); containers.len()];
    for (row, column) in game.rows.iter().zip(&rows) {
        for member in &row.members {
            if let Some(terms) = surcharge.get_mut(*member as usize) {
                terms.push((*column, -sign(row)));
            }
        }
    }
    let total: Vec<(usize, f64)> =
        containers.iter().zip(&worth).map(|(c, column)| (*column, scaled(c, widest).1)).collect();
    programme.equal(&total, 1.0);
    for (container, slot) in cells {
        let index = *container as usize;
        let (Some(worth), Some(whole), Some(price)) =
            (worth.get(index), whole.get(index), prices.get(usize::from(*slot)))
        else {
            continue;
        };
        let mut terms = vec![(*worth, 1.0), (*whole, -1.0), (*price, -1.0)];
        terms.extend(surcharge.get(index).into_iter().flatten());
        programme.at_most(&terms, 0.0);
    }
    let values = programme.solve()?;
    let value = |column: &usize| values.get(*column).copied().unwrap_or_default();
    let largest = worth.iter().chain(&prices).chain(&rows).map(value).fold(f64::MIN_POSITIVE, f64::max);
    let unit = super::proof::UNIT as f64 / 4.0 / largest;
    // What is this small is the programme's noise.
    let whole_number = |x: f64| if x > largest * 1e-13 { (x * unit) as u64 } else { 0 };
    let mut proof = Proof::default();
    for ((container, column), index) in containers.iter().zip(&worth).zip(0_u32..) {
        let weight = whole_number(value(column)) / container.range().unsigned_abs().max(1);
        if weight > 0 {
            proof.weights.push((index, weight));
        }
    }
    let open = prices.iter().zip(game.slots.capacity()).zip(0_u16..).filter(|((_, scans), _)| **scans > 0);
    let open = open.map(|((column, _), slot)| (slot, whole_number(value(column))));
    proof.prices = open.filter(|(_, price)| *price > 0).collect();
    let rows = rows.iter().zip(0_u32..).map(|(column, row)| (row, whole_number(value(column))));
    proof.rows = rows.filter(|(_, price)| *price > 0).collect();
    let sides: Vec<Side<'_>> = game
        .rows
        .iter()
        .map(|row| Side {
            sign: if row.sense == Sense::AtMost { 1 } else { -1 },
            bound: row.bound,
            members: &row.members,
        })
        .collect();
    Ok(proof.finish(&game.slots.stakes(), game.slots.capacity(), &sides))
}

/// The programme's plan in integers that keep every bound: what exceeds one by rounding is taken from the largest
/// part, what a lower bound lacks by rounding is put where there is room.
fn repaired(game: &SideGame, cells: &[(u32, u16)], values: &[f64]) -> Result<Vec<Allotment>, GameError> {
    let part = |((container, slot), x): (&(u32, u16), &f64)| Allotment {
        container: *container,
        slot: *slot,
        parts: (x.clamp(0.0, 1.0) * PARTS as f64) as u64,
    };
    let mut plan: Vec<Allotment> = cells.iter().zip(values).map(part).collect();
    let full = i128::from(PARTS);
    let bound = |row: &Row| i128::from(row.bound) * full / 100;
    let within = |plan: &[Allotment], inside: &dyn Fn(&Allotment) -> bool| -> i128 {
        plan.iter().filter(|part| inside(part)).map(|part| i128::from(part.parts)).sum()
    };
    let upper: Vec<Upper<'_>> = uppers(game);
    for (most, inside) in &upper {
        let mut over = within(&plan, inside) - most;
        while over > 0 {
            let largest = plan.iter_mut().filter(|part| inside(part)).max_by_key(|part| part.parts);
            let Some(part) = largest.filter(|part| part.parts > 0) else { break };
            let less = over.min(part.parts.into());
            part.parts -= less as u64;
            over -= less;
        }
    }
    for row in game.rows.iter().filter(|row| row.sense == Sense::AtLeast) {
        let member = |part: &Allotment| row.members.binary_search(&part.container).is_ok();
        let mut lacking = bound(row) - within(&plan, &member);
        // Only rounding may be made up here: a plan that misses a bound by more is wrong.
        if lacking > full / 1_000_000 {
            return Err(GameError::Programme(format!("side constraint missed by {lacking} parts")));
        }
        for at in 0..plan.len() {
            let Some(here) = plan.get(at).copied().filter(|part| lacking > 0 && member(part)) else {
                continue;
            };
            let binding = upper.iter().filter(|(_, inside)| inside(&here));
            let room = binding.map(|(most, inside)| most - within(&plan, inside)).min().unwrap_or_default();
            let more = room.clamp(0, lacking);
            if let Some(part) = plan.get_mut(at) {
                part.parts += more as u64;
            }
            lacking -= more;
        }
        if lacking > 0 {
            return Err(GameError::Precision);
        }
    }
    plan.retain(|part| part.parts > 0);
    Ok(plan)
}

/// Every upper bound of the game: containers, slots and rows.
type Upper<'a> = (i128, Box<dyn Fn(&Allotment) -> bool + 'a>);

fn uppers(game: &SideGame) -> Vec<Upper<'_>> {
    let full = i128::from(PARTS);
    let mut upper: Vec<Upper<'_>> = Vec::new();
    for (_, index) in game.slots.containers().iter().zip(0_u32..) {
        upper.push((full, Box::new(move |part| part.container == index)));
    }
    for (scans, slot) in game.slots.capacity().iter().zip(0_u16..) {
        upper.push((i128::from(*scans) * full, Box::new(move |part| part.slot == slot)));
    }
    for row in game.rows.iter().filter(|row| row.sense == Sense::AtMost) {
        let inside = |part: &Allotment| row.members.binary_search(&part.container).is_ok();
        upper.push((i128::from(row.bound) * full / 100, Box::new(inside)));
    }
    upper
}
