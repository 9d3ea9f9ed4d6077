//! From marginals to slots: which part of each container's chance falls in which slot of its window. Earliest deadline
//! first, then exchanges until no slot has two containers that may have been scanned before. Never changes a marginal.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

use super::comb::GRID;
use super::error::PlanError;

pub const MOST_CONTAINERS: usize = 200_000;
/// A fortnight of hours.
pub const MOST_SLOTS: usize = 336;
/// Scans a slot may hold; in units, sums of a slot fit 64 bits.
pub const MOST_CAPACITY: u32 = 10_000;

/// A chance that is wanted, in units of the grid, within the slots in which a scan helps.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Wish {
    pub marginal: u64,
    pub first: u32,
    pub last: u32,
}

/// The masses of one container: slot and units, slots ascending.
pub type Masses = Vec<(u32, u64)>;

/// A chance of `parts` of `whole` on the grid, rounded down, so that what fitted still fits. `None` if more than certain.
pub fn units(parts: u64, whole: u64) -> Option<u64> {
    let fits = whole > 0 && parts <= whole;
    fits.then(|| (u128::from(parts) * u128::from(GRID) / u128::from(whole)) as u64)
}

/// Lays the wishes into slots of the given capacities (whole scans): the masses of each, in their order.
pub fn lay(wishes: &[Wish], capacities: &[u32]) -> Result<Vec<Masses>, PlanError> {
    check(wishes, capacities)?;
    let mut starts: Vec<Vec<usize>> = vec![Vec::new(); capacities.len()];
    for (at, wish) in wishes.iter().enumerate() {
        if let Some(start) = starts.get_mut(wish.first as usize) {
            start.push(at);
        }
    }
    let mut rows: Vec<BTreeMap<u32, u64>> = vec![BTreeMap::new(); wishes.len()];
    // By deadline, then order: container, and what of it is not laid yet.
    let mut waiting: BinaryHeap<Reverse<(u32, usize, u64)>> = BinaryHeap::new();
    for ((slot, capacity), start) in (0..).zip(capacities).zip(&starts) {
        for at in start {
            let laid = wishes.get(*at).filter(|wish| wish.marginal > 0);
            waiting.extend(laid.map(|wish| Reverse((wish.last, *at, wish.marginal))));
        }
        let mut room = u64::from(*capacity) * GRID;
        while let Some(Reverse((last, at, left))) = waiting.pop() {
            if last < slot {
                return Err(PlanError::NoRoom { container: at, units: left });
            }
            let now = left.min(room);
            room -= now;
            if let Some(row) = rows.get_mut(at).filter(|_| now > 0) {
                row.insert(slot, now);
            }
            if left > now {
                waiting.push(Reverse((last, at, left - now)));
                break;
            }
        }
    }
    if let Some(Reverse((_, container, units))) = waiting.pop() {
        return Err(PlanError::NoRoom { container, units });
    }
    part(&mut rows, wishes, capacities.len());
    Ok(rows.into_iter().map(|row| row.into_iter().collect()).collect())
}

fn check(wishes: &[Wish], capacities: &[u32]) -> Result<(), PlanError> {
    if wishes.len() > MOST_CONTAINERS {
        return Err(PlanError::TooMany { what: "containers", count: wishes.len(), most: MOST_CONTAINERS });
    }
    if capacities.len() > MOST_SLOTS {
        return Err(PlanError::TooMany { what: "slots", count: capacities.len(), most: MOST_SLOTS });
    }
    if let Some(slot) = capacities.iter().position(|capacity| *capacity > MOST_CAPACITY) {
        return Err(PlanError::Capacity { slot });
    }
    if let Some(container) = wishes.iter().position(|wish| wish.marginal > GRID) {
        return Err(PlanError::Marginal { container });
    }
    match wishes.iter().position(|wish| wish.first > wish.last || wish.last as usize >= capacities.len()) {
        Some(container) => Err(PlanError::Window { container }),
        None => Ok(()),
    }
}

/// Exchanges mass until each slot has at most one container with mass in an earlier slot, from the last slot to the
/// first. Of two such containers in a slot, the one whose window opens first takes over what the other has in earlier
/// slots, and gives it the same mass in this slot: every sum, of a container and of a slot, stays.
fn part(rows: &mut [BTreeMap<u32, u64>], wishes: &[Wish], slots: usize) {
    let mut columns: Vec<Vec<usize>> = vec![Vec::new(); slots];
    // Only containers in several slots matter; exchanges bring no other into play.
    for (at, row) in rows.iter().enumerate().filter(|(_, row)| row.len() > 1) {
        for slot in row.keys() {
            if let Some(column) = columns.get_mut(*slot as usize) {
                column.push(at);
            }
        }
    }
    for slot in (0..slots as u32).rev() {
        let Some(column) = columns.get(slot as usize).cloned() else { continue };
        let mut incoming: Vec<usize> =
            column.into_iter().filter(|at| rows.get(*at).is_some_and(|row| has_earlier(row, slot))).collect();
        incoming.sort_unstable_by_key(|at| (wishes.get(*at).map(|wish| wish.first), *at));
        incoming.dedup();
        while let [early, late, ..] = *incoming.as_slice() {
            exchange(rows, early, late, slot, &mut columns);
            incoming.retain(|at| rows.get(*at).is_some_and(|row| has_earlier(row, slot)));
        }
    }
}

fn has_earlier(row: &BTreeMap<u32, u64>, slot: u32) -> bool {
    row.contains_key(&slot) && row.range(..slot).next().is_some()
}

fn exchange(
    rows: &mut [BTreeMap<u32, u64>],
    early: usize,
    late: usize,
    slot: u32,
    columns: &mut [Vec<usize>],
) {
    let Ok([early_row, late_row]) = rows.get_disjoint_mut([early, late]) else { return };
    // Each turn empties an earlier slot of `late`, or this slot of `early`.
    while let (Some(here), Some((&before, &there))) =
        (early_row.get(&slot).copied(), late_row.range(..slot).next_back())
    {
        let moved = here.min(there);
        take(early_row, slot, moved);
        take(late_row, before, moved);
        *late_row.entry(slot).or_insert(0) += moved;
        *early_row.entry(before).or_insert(0) += moved;
        if let Some(column) = columns.get_mut(before as usize) {
            column.push(early);
        }
    }
}

fn take(row: &mut BTreeMap<u32, u64>, slot: u32, units: u64) {
    if let Some(held) = row.get_mut(&slot) {
        *held -= units;
        if *held == 0 {
            row.remove(&slot);
        }
    }
}
