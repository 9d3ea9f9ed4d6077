//! The time-space graph of one kind of boat: every sector at every step that a patrol can be at, and the moves between.
//! Finds the patrol that collects most; never looks at other boats.
//!
//! A patrol is credited with an attack when it enters it: on a move into one of its places from a place that is none
//! of them. Who meets an attack enters it at least once, so the credit of a patrol is never below what it meets, and
//! it is the same unless the patrol leaves an attack and comes back to it.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::ops::Range;

use super::error::{PatrolError, bounded};
use super::game::{Boat, PatrolGame};

/// Most pairs of an attack and a move within it.
const MAX_WITHIN: usize = 1_000_000;

/// Boats that differ in their names only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Group {
    pub boats: Vec<usize>,
}

/// The groups, by their first boats.
pub(super) fn groups(boats: &[Boat]) -> Vec<Group> {
    let alike = |a: &Boat, b: &Boat| {
        (a.class, a.base, a.first, a.last, a.end) == (b.class, b.base, b.first, b.last, b.end)
    };
    let mut groups: Vec<(&Boat, Group)> = Vec::new();
    for (index, boat) in boats.iter().enumerate() {
        match groups.iter_mut().find(|(first, _)| alike(first, boat)) {
            Some((_, group)) => group.boats.push(index),
            None => groups.push((boat, Group { boats: vec![index] })),
        }
    }
    groups.into_iter().map(|(_, group)| group).collect()
}

/// The places where a boat stands, in order of time.
pub(super) type Path = Vec<u32>;

/// A move: the place it leads to, and the attacks that it stays within.
#[derive(Debug, Clone)]
pub(super) struct Edge {
    pub to: u32,
    within: Range<u32>,
}

/// Places are sectors at steps, in order of time; only those on a whole patrol have moves.
#[derive(Debug)]
pub(super) struct Graph {
    pub start: u32,
    edges: Vec<Edge>,
    /// Edges of each place.
    out: Vec<Range<u32>>,
    within: Vec<u32>,
    /// Places that lie on a whole patrol, in order of time.
    pub alive: Vec<u32>,
}

impl Graph {
    /// The graph of a boat. `at` holds the attacks at each place.
    pub(super) fn new(game: &PatrolGame, boat: &Boat, at: &[Vec<u32>]) -> Result<Self, PatrolError> {
        let sectors = game.sectors().len();
        let mut leads: Vec<Vec<(u16, u16)>> = vec![vec![]; sectors];
        for step in game.classes().get(usize::from(boat.class)).map_or(&[][..], |class| &class.moves) {
            if let Some(from) = leads.get_mut(usize::from(step.from)) {
                from.push((step.to, step.steps));
            }
        }
        for (from, sector) in leads.iter_mut().zip(0_u16..) {
            from.push((sector, 1));
            from.sort_unstable();
        }
        let next = |place: usize| {
            let (step, sector) = (place / sectors, place % sectors);
            let leads = leads.get(sector).map_or(&[][..], Vec::as_slice).iter();
            let then = leads.map(move |(to, steps)| (*to, step + usize::from(*steps)));
            then.filter(|(_, step)| *step <= usize::from(boat.last))
                .map(|(to, step)| game.place(to, step as u16))
        };
        let (start, places) = (game.place(boat.base, boat.first), game.place(0, boat.last) + sectors);
        let mut reached = vec![false; places];
        set(&mut reached, start);
        for place in start..places {
            if is(&reached, place) {
                next(place).for_each(|then| set(&mut reached, then));
            }
        }
        // Backwards from where it may end.
        let mut whole = vec![false; places];
        for place in (start..places).rev().filter(|place| is(&reached, *place)) {
            let (step, sector) = (place / sectors, place % sectors);
            let ends =
                step == usize::from(boat.last) && boat.end.is_none_or(|end| usize::from(end) == sector);
            if ends || next(place).any(|then| is(&whole, then)) {
                set(&mut whole, place);
            }
        }
        if !is(&whole, start) {
            let sector = game.name(boat.end.unwrap_or(boat.base));
            return Err(PatrolError::OutOfReach { boat: boat.id.clone(), sector, step: boat.last });
        }
        let (mut edges, mut within) = (Vec::new(), Vec::new());
        let mut out = vec![0..0; places];
        let alive: Vec<u32> = (0..places as u32).filter(|place| is(&whole, *place as usize)).collect();
        for place in alive.iter().map(|place| *place as usize) {
            let begin = edges.len() as u32;
            for then in next(place).filter(|then| is(&whole, *then)) {
                let first = within.len() as u32;
                if let (Some(here), Some(there)) = (at.get(place), at.get(then)) {
                    within.extend(here.iter().filter(|attack| there.binary_search(attack).is_ok()));
                }
                bounded("attacks × moves within them", within.len(), MAX_WITHIN)?;
                edges.push(Edge { to: then as u32, within: first..within.len() as u32 });
            }
            if let Some(range) = out.get_mut(place) {
                *range = begin..edges.len() as u32;
            }
        }
        Ok(Self { start: start as u32, edges, out, within, alive })
    }

    /// The moves from a place.
    pub(super) fn moves(&self, place: u32) -> &[Edge] {
        let range = self.out.get(place as usize).cloned().unwrap_or(0..0);
        self.edges.get(range.start as usize..range.end as usize).unwrap_or_default()
    }

    /// About how many additions a search takes.
    pub(super) fn size(&self) -> usize {
        4 * (self.edges.len() + self.within.len())
    }

    fn within(&self, edge: &Edge) -> &[u32] {
        self.within.get(edge.within.start as usize..edge.within.end as usize).unwrap_or_default()
    }

    /// The patrol that is credited most, the first of equals, and its credit; `credits` by attack.
    pub(super) fn best(&self, credits: &[f64], at: &[Vec<u32>]) -> (f64, Path) {
        let sum = |attacks: &[u32]| -> f64 {
            attacks.iter().filter_map(|attack| credits.get(*attack as usize)).sum()
        };
        let here: Vec<f64> = at.iter().take(self.out.len()).map(|attacks| sum(attacks)).collect();
        let of = |list: &[f64], place: u32| list.get(place as usize).copied().unwrap_or_default();
        let mut most = vec![0.0; self.out.len()];
        let mut then = vec![u32::MAX; self.out.len()];
        for place in self.alive.iter().rev() {
            let mut best = (f64::NEG_INFINITY, u32::MAX);
            for edge in self.moves(*place) {
                let stays = if edge.within.is_empty() { 0.0 } else { sum(self.within(edge)) };
                let credit = of(&most, edge.to) + of(&here, edge.to) - stays;
                if credit > best.0 {
                    best = (credit, edge.to);
                }
            }
            if best.1 != u32::MAX
                && let (Some(most), Some(then)) =
                    (most.get_mut(*place as usize), then.get_mut(*place as usize))
            {
                (*most, *then) = best;
            }
        }
        let mut path = vec![self.start];
        let mut place = self.start;
        while let Some(next) = then.get(place as usize).copied().filter(|next| *next != u32::MAX) {
            path.push(next);
            place = next;
        }
        (of(&most, self.start) + of(&here, self.start), path)
    }
}

/// What a patrol has met so far: a bit for each attack with credit.
type Met = u128;

impl Graph {
    /// The patrol that meets most when no attack counts twice: walks every place with every set of attacks met on the way.
    /// `None` when there are more than `most` of these, or more attacks with credit than a set holds.
    pub(super) fn once(&self, credits: &[f64], at: &[Vec<u32>], most: usize) -> Option<(f64, Path)> {
        let mut bits = vec![0 as Met; credits.len()];
        let mut worth = Vec::new();
        for (bit, credit) in bits.iter_mut().zip(credits).filter(|(_, credit)| **credit > 0.0) {
            *bit = (1 as Met).checked_shl(worth.len() as u32)?;
            worth.push(*credit);
        }
        let meets = |place: u32| {
            let attacks = at.get(place as usize).into_iter().flatten();
            attacks.filter_map(|attack| bits.get(*attack as usize)).fold(0, |met, bit| met | bit)
        };
        // By place: what was met, and from where.
        let mut states: Vec<BTreeMap<Met, (u32, Met)>> = vec![BTreeMap::new(); self.out.len()];
        states.get_mut(self.start as usize)?.insert(meets(self.start), (u32::MAX, 0));
        let (mut count, mut best) = (1, (f64::NEG_INFINITY, self.start, 0));
        for place in &self.alive {
            let here: Vec<Met> = states.get(*place as usize)?.keys().copied().collect();
            let moves = self.moves(*place);
            for met in &here {
                for edge in moves {
                    let then = states.get_mut(edge.to as usize)?;
                    if let Entry::Vacant(free) = then.entry(met | meets(edge.to)) {
                        free.insert((*place, *met));
                        count += 1;
                    }
                }
                if moves.is_empty() {
                    let bit = |(index, _): &(usize, &f64)| met >> index & 1 == 1;
                    let sum: f64 = worth.iter().enumerate().filter(bit).map(|(_, credit)| credit).sum();
                    if sum > best.0 {
                        best = (sum, *place, *met);
                    }
                }
            }
            if count > most {
                return None;
            }
        }
        let (sum, mut place, mut met) = best;
        let mut path = Path::new();
        while place != u32::MAX {
            path.push(place);
            (place, met) = *states.get(place as usize)?.get(&met)?;
        }
        path.reverse();
        Some((sum, path))
    }
}

/// How often a patrol enters each attack, by attack.
pub(super) fn entries(path: &[u32], at: &[Vec<u32>]) -> Vec<(u32, u32)> {
    let mut entered: Vec<u32> = Vec::new();
    let mut before: &[u32] = &[];
    for place in path {
        let here = at.get(*place as usize).map_or(&[][..], Vec::as_slice);
        entered.extend(here.iter().filter(|attack| before.binary_search(attack).is_err()));
        before = here;
    }
    entered.sort_unstable();
    entered.chunk_by(|a, b| a == b).filter_map(|same| Some((*same.first()?, same.len() as u32))).collect()
}

fn is(list: &[bool], place: usize) -> bool {
    list.get(place).copied().unwrap_or(false)
}

fn set(list: &mut [bool], place: usize) {
    if let Some(flag) = list.get_mut(place) {
        *flag = true;
    }
}
