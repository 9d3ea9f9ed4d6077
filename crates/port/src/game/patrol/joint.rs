//! Joint schedules by column generation: each column is a patrol for every boat, priced boat after boat on what the others
//! leave unmet and improved until no boat can do better alone. The pricing is a heuristic, so nothing here proves that
//! the mixture is the best; the gap to the bound says how far it can be.

use super::error::PatrolError;
use super::game::PatrolGame;
use super::graph::{Graph, Group, Path, entries};
use super::master::{Column, Master, Outcome, Priced, Rules};
use super::relaxed::{Relaxed, Stakes};

/// A patrol for every boat, in the order of the boats.
pub(super) type Joint = Vec<Path>;

/// Rounds in which every boat may change its patrol.
const ROUNDS: usize = 4;

/// Most places with sets of attacks met in which a boat's patrol is searched for.
const FEW_STATES: usize = 4_000;
/// Orders of the boats that are tried.
const MOST_ORDERS: usize = 8;

/// What the search needs to know.
#[derive(Clone, Copy)]
pub(super) struct Sea<'a> {
    pub game: &'a PatrolGame,
    pub stakes: &'a Stakes,
    pub groups: &'a [Group],
    pub graphs: &'a [Graph],
    pub at: &'a [Vec<u32>],
    /// Whether patrols can be searched for with every attack counted once.
    pub small: bool,
}

impl Sea<'_> {
    fn graph(&self, boat: usize) -> Option<&Graph> {
        let group = self.groups.iter().position(|group| group.boats.contains(&boat))?;
        self.graphs.get(group)
    }

    fn met(&self, joint: &[Path]) -> Vec<u32> {
        let mut met: Vec<u32> =
            joint.iter().flat_map(|path| entries(path, self.at)).map(|(attack, _)| attack).collect();
        met.sort_unstable();
        met.dedup();
        met
    }

    fn column(&self, joint: Joint) -> Column<Joint> {
        self.stakes.column(0, self.met(&joint).into_iter().map(|attack| (attack, 1)), joint)
    }

    fn worth(&self, credits: &[f64], joint: &[Path]) -> f64 {
        self.met(joint).iter().filter_map(|attack| credits.get(*attack as usize)).sum()
    }

    /// The best patrol of a boat on what the others leave.
    fn reply(&self, credits: &[f64], boat: usize, others: &[&Path]) -> Path {
        let mut left = credits.to_vec();
        for (attack, _) in others.iter().flat_map(|path| entries(path, self.at)) {
            if let Some(credit) = left.get_mut(attack as usize) {
                *credit = 0.0;
            }
        }
        let Some(graph) = self.graph(boat) else { return Path::new() };
        let once = if self.small { graph.once(&left, self.at, FEW_STATES) } else { None };
        if let Some((_, path)) = once {
            return path;
        }
        // A patrol that comes back to an attack is credited twice: the credit is shared out until another is better.
        let (mut shared, mut best) = (left.clone(), (f64::NEG_INFINITY, Path::new()));
        for _ in 0..ROUNDS {
            let path = graph.best(&shared, self.at).1;
            let entered = entries(&path, self.at);
            let met = entered.iter().filter_map(|(attack, _)| left.get(*attack as usize)).sum();
            if met > best.0 {
                best = (met, path);
            }
            let mut again = false;
            for (attack, times) in entered {
                if let Some(credit) =
                    shared.get_mut(attack as usize).filter(|credit| times > 1 && **credit > 0.0)
                {
                    (*credit, again) = (*credit / f64::from(times), true);
                }
            }
            if !again {
                break;
            }
        }
        best.1
    }

    /// A good joint schedule at these credits, boats placed in this order.
    fn placed(&self, credits: &[f64], order: &[usize]) -> (f64, Joint) {
        let mut joint: Joint = vec![Path::new(); order.len()];
        for boat in order {
            let others: Vec<&Path> = joint.iter().filter(|path| !path.is_empty()).collect();
            let path = self.reply(credits, *boat, &others);
            if let Some(place) = joint.get_mut(*boat) {
                *place = path;
            }
        }
        let mut worth = self.worth(credits, &joint);
        for _ in 0..ROUNDS {
            let before = worth;
            for boat in order {
                let others = joint.iter().enumerate().filter(|(other, _)| other != boat);
                let others: Vec<&Path> = others.map(|(_, path)| path).collect();
                let path = self.reply(credits, *boat, &others);
                let mut changed = joint.clone();
                if let Some(place) = changed.get_mut(*boat) {
                    *place = path;
                }
                let better = self.worth(credits, &changed);
                if better > worth {
                    (worth, joint) = (better, changed);
                }
            }
            if worth <= before {
                break;
            }
        }
        (worth, joint)
    }
}

/// The boats' own mixtures side by side: each boat's patrols are laid along a line of length 1, and every point of it is
/// a joint schedule. Every mixture keeps its chances.
fn side_by_side(relaxed: &Relaxed, groups: &[Group]) -> Vec<Joint> {
    let boats = groups.iter().map(|group| group.boats.len()).sum();
    // For each boat its patrols by where they end on the line.
    let mut lines: Vec<Vec<(f64, &Path)>> = vec![Vec::new(); boats];
    for (index, group) in groups.iter().enumerate() {
        let mut along = 0.0;
        for (_, path, x) in relaxed.patrols.iter().filter(|(of, _, _)| *of == index) {
            let (from, to) = (along, along + x);
            along = to;
            for (boat, start) in group.boats.iter().zip(0_u32..) {
                let (from, to) = (from - f64::from(start), to - f64::from(start));
                if to > 0.0
                    && from < 1.0
                    && let Some(line) = lines.get_mut(*boat)
                {
                    line.push((to.min(1.0), path));
                }
            }
        }
    }
    let mut cuts: Vec<f64> = lines.iter().flatten().map(|(end, _)| *end).collect();
    cuts.sort_by(f64::total_cmp);
    cuts.dedup_by(|a, b| (*a - *b).abs() < 1e-12);
    let at = |line: &[(f64, &Path)], end: f64| {
        let found = line.iter().find(|(to, _)| *to >= end - 1e-12).or(line.last());
        found.map_or_else(Path::new, |(_, path)| (*path).clone())
    };
    cuts.iter().map(|end| lines.iter().map(|line| at(line, *end)).collect()).collect()
}

/// A mixture of joint schedules.
pub(super) fn solve(sea: Sea<'_>, relaxed: &Relaxed) -> Result<Outcome<Joint>, PatrolError> {
    let boats: Vec<usize> = (0..sea.game.boats().len()).collect();
    // Every boat first once, the others in order and in reverse.
    let turned = (0..boats.len()).map(|first| boats.iter().cycle().skip(first).take(boats.len()).copied());
    let mut orders: Vec<Vec<usize>> = turned.map(Iterator::collect).collect();
    let back: Vec<Vec<usize>> = orders.iter().map(|order| order.iter().rev().copied().collect()).collect();
    orders.extend(back.into_iter().filter(|order| order.len() > 2));
    orders.truncate(MOST_ORDERS);
    let mut next = orders.iter().cycle();
    let mut price = |prices: &[f64]| {
        let credits = sea.stakes.credits(prices);
        let columns = next.by_ref().take(2);
        let columns = columns.map(|order| sea.column(sea.placed(&credits, order).1)).collect();
        Priced { columns, most: None }
    };
    let mut start: Vec<Column<Joint>> =
        side_by_side(relaxed, sea.groups).into_iter().map(|joint| sea.column(joint)).collect();
    start.extend(price(&relaxed.prices).columns);
    let largest = sea.graphs.iter().map(Graph::size).max().unwrap_or_default();
    // Two orders, in each every boat in some of the rounds.
    let asking = 4 * ROUNDS * boats.len() * largest;
    let rules =
        Rules { enough: 1e-9, floor: relaxed.bound, keep: true, tries: orders.len().div_ceil(2), asking };
    Master::new(sea.stakes.needs(sea.game), &[1.0], start)?.run(rules, price)
}
