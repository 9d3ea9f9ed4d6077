//! Splits the mixture of one kind of boat into joint schedules with exactly its chances: as long as something is left,
//! a schedule is peeled off that visits every place that is surely visited, and none twice that need not be. That one
//! exists is the integrality of flows; the peeling is in whole parts, so nothing is rounded.

use std::collections::BTreeMap;

use super::error::PatrolError;
use super::graph::Path;
use super::joint::Joint;
use crate::game::PARTS;

/// Most schedules of a mixture.
const MOST: usize = 50_000;

struct Arc {
    to: usize,
    room: u32,
    cost: i64,
}

/// Arcs in pairs: each is followed by the one back.
#[derive(Default)]
struct Network {
    arcs: Vec<Arc>,
    out: Vec<Vec<usize>>,
}

impl Network {
    fn join(&mut self, from: usize, to: usize, room: u32, cost: i64) -> usize {
        let nodes = self.out.len().max(from + 1).max(to + 1);
        self.out.resize_with(nodes, Vec::new);
        let index = self.arcs.len();
        self.arcs.push(Arc { to, room, cost });
        self.arcs.push(Arc { to: from, room: 0, cost: -cost });
        for (node, arc) in [(from, index), (to, index + 1)] {
            if let Some(out) = self.out.get_mut(node) {
                out.push(arc);
            }
        }
        index
    }

    /// Sends one boat more along the cheapest way. Nodes are in order of time, so few rounds settle it.
    fn send(&mut self, from: usize, to: usize) -> bool {
        let mut cost = vec![i64::MAX; self.out.len()];
        let mut by = vec![usize::MAX; self.out.len()];
        if let Some(start) = cost.get_mut(from) {
            *start = 0;
        }
        let mut changed = true;
        while changed {
            changed = false;
            for node in 0..self.out.len() {
                let here = cost.get(node).copied().unwrap_or(i64::MAX);
                if here == i64::MAX {
                    continue;
                }
                for index in self.out.get(node).into_iter().flatten() {
                    let Some(arc) = self.arcs.get(*index).filter(|arc| arc.room > 0) else { continue };
                    if let (Some(there), Some(by)) = (cost.get_mut(arc.to), by.get_mut(arc.to))
                        && here + arc.cost < *there
                    {
                        (*there, *by, changed) = (here + arc.cost, *index, true);
                    }
                }
            }
        }
        let mut node = to;
        while node != from {
            let Some(index) = by.get(node).copied().filter(|index| *index != usize::MAX) else {
                return false;
            };
            if let Some(arc) = self.arcs.get_mut(index) {
                arc.room -= 1;
            }
            if let Some(back) = self.arcs.get_mut(index ^ 1) {
                back.room += 1;
                node = back.to;
            }
        }
        true
    }

    /// How many boats took an arc.
    fn took(&self, arc: usize) -> u32 {
        self.arcs.get(arc ^ 1).map_or(0, |back| back.room)
    }
}

/// Joint schedules of so many boats with their parts, which sum to [`PARTS`]. The parts of the patrols sum to
/// `boats` × [`PARTS`].
pub(super) fn peel(patrols: &[(Path, u64)], boats: u32) -> Result<Vec<(Joint, u64)>, PatrolError> {
    let mut flow: BTreeMap<(u32, u32), u64> = BTreeMap::new();
    let mut visits: BTreeMap<u32, u64> = BTreeMap::new();
    for (path, parts) in patrols {
        for pair in path.windows(2) {
            if let &[from, to] = pair {
                *flow.entry((from, to)).or_default() += parts;
            }
        }
        path.iter().for_each(|place| *visits.entry(*place).or_default() += parts);
    }
    let start = patrols.first().and_then(|(path, _)| path.first()).copied().unwrap_or_default();
    let (mut left, mut joints) = (PARTS, Vec::new());
    while left > 0 {
        if joints.len() == MOST {
            return Err(PatrolError::Precision);
        }
        let chosen = choose(&flow, &visits, start, left, boats)?;
        let mut often: BTreeMap<u32, u64> = BTreeMap::new();
        let mut parts = left;
        for (edge, times) in &chosen {
            parts = parts.min(flow.get(edge).copied().unwrap_or_default() / times);
            *often.entry(edge.1).or_default() += times;
        }
        often.insert(start, boats.into());
        for (place, visits) in &visits {
            match often.get(place).copied().unwrap_or_default() {
                0 => parts = parts.min(left.saturating_sub(*visits)),
                1 => {}
                times => parts = parts.min(visits.saturating_sub(left) / (times - 1)),
            }
        }
        if parts == 0 {
            return Err(PatrolError::Precision);
        }
        for (edge, times) in &chosen {
            if let Some(left) = flow.get_mut(edge) {
                *left -= parts * times;
            }
        }
        for (place, times) in &often {
            if let Some(left) = visits.get_mut(place) {
                *left -= parts * times;
            }
        }
        flow.retain(|_, parts| *parts > 0);
        visits.retain(|_, parts| *parts > 0);
        left -= parts;
        joints.push((walks(chosen, start, boats), parts));
    }
    Ok(joints)
}

/// A whole number of boats on each move: every place with at least `left` visits is visited, every other at most once.
fn choose(
    flow: &BTreeMap<(u32, u32), u64>,
    visits: &BTreeMap<u32, u64>,
    start: u32,
    left: u64,
    boats: u32,
) -> Result<BTreeMap<(u32, u32), u64>, PatrolError> {
    let node: BTreeMap<u32, usize> =
        visits.keys().enumerate().map(|(index, place)| (*place, index)).collect();
    let sink = 2 * node.len();
    let mut network = Network::default();
    for (place, visits) in visits {
        let Some(at) = node.get(place).map(|index| 2 * index) else { continue };
        let surely = *visits >= left;
        network.join(at, at + 1, 1, if surely { -1 } else { 0 });
        if surely && *visits > left {
            network.join(at, at + 1, (visits.div_ceil(left) - 1) as u32, 0);
        }
        if !flow.range((*place, 0)..=(*place, u32::MAX)).any(|_| true) {
            network.join(at + 1, sink, boats, 0);
        }
    }
    let mut arcs = Vec::with_capacity(flow.len());
    for (edge, parts) in flow {
        if let (Some(from), Some(to)) = (node.get(&edge.0), node.get(&edge.1)) {
            arcs.push((*edge, network.join(2 * from + 1, 2 * to, parts.div_ceil(left) as u32, 0)));
        }
    }
    let from = node.get(&start).map(|index| 2 * index).ok_or(PatrolError::Precision)?;
    for _ in 0..boats {
        if !network.send(from, sink) {
            return Err(PatrolError::Precision);
        }
    }
    let took = arcs.into_iter().map(|(edge, arc)| (edge, u64::from(network.took(arc))));
    Ok(took.filter(|(_, times)| *times > 0).collect())
}

/// The patrols of the boats, one after the other.
fn walks(mut moves: BTreeMap<(u32, u32), u64>, start: u32, boats: u32) -> Joint {
    let mut joint = Vec::with_capacity(boats as usize);
    for _ in 0..boats {
        let (mut path, mut place) = (vec![start], start);
        while let Some((edge, times)) = moves.range_mut((place, 0)..=(place, u32::MAX)).find(|(_, n)| **n > 0)
        {
            *times -= 1;
            place = edge.1;
            path.push(place);
        }
        joint.push(path);
    }
    joint
}
