//! Earliest deadline first, in integers: puts the coverage that containers need into the slots of their windows.
//! It finds a plan whenever there is one (an interval that is too full is the only obstacle), or says that none is.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::super::payoff::PARTS;
use super::{Allotment, SlotGame};

/// A plan that gives every container its parts within its window, ordered by container, then slot.
pub(super) fn earliest_deadline_first(game: &SlotGame, parts: &[u64]) -> Option<Vec<Allotment>> {
    let mut arrivals: Vec<(u16, u16, u32)> = game
        .containers()
        .iter()
        .zip(parts)
        .enumerate()
        .filter(|(_, (_, parts))| **parts > 0)
        .map(|(index, (container, _))| (container.first, container.last, index as u32))
        .collect();
    arrivals.sort_unstable();
    let mut arrivals = arrivals.into_iter().peekable();
    let mut waiting: BinaryHeap<Reverse<(u16, u32, u64)>> = BinaryHeap::new();
    let mut plan = Vec::with_capacity(parts.len() + game.capacity().len());
    for (slot, &scans) in game.capacity().iter().enumerate() {
        let slot = slot as u16;
        while let Some((_, last, container)) = arrivals.next_if(|(first, _, _)| *first == slot) {
            let need = parts.get(container as usize).copied().unwrap_or_default();
            waiting.push(Reverse((last, container, need)));
        }
        let mut room = u128::from(scans) * u128::from(PARTS);
        while let Some(Reverse((last, container, need))) = waiting.peek().copied() {
            if last < slot {
                return None;
            }
            let given = u128::from(need).min(room);
            if given == 0 {
                break;
            }
            waiting.pop();
            room -= given;
            let given = given as u64;
            plan.push(Allotment { container, slot, parts: given });
            if need > given {
                waiting.push(Reverse((last, container, need - given)));
            }
        }
    }
    if !waiting.is_empty() {
        return None;
    }
    plan.sort_unstable();
    Some(plan)
}
