//! The bound: every boat patrols by its own mixture, and what the boats meet is added up, at most to certainty. No joint
//! schedule meets more than that, so the attacker never earns less than here. For one kind of boat and attacks of one
//! place each the sum can be had exactly, and the bound is the value of the game.

use super::error::PatrolError;
use super::game::PatrolGame;
use super::graph::{Graph, Group, Path, entries};
use super::master::{Column, Master, Outcome, Priced, Rules};

/// Most places with sets of attacks met that a boat's patrols are searched in; the checks know this number too.
pub(in crate::game) const MOST_STATES: usize = 50_000;
/// Most searches.
const MOST_ASKED: usize = 400;

/// The attacks that matter, and payoffs relative to the widest range so that factors stay near 1.
#[derive(Debug)]
pub(super) struct Stakes {
    /// The attack that earns most when it is surely met: the attacker never earns less.
    pub sure: usize,
    /// What it then earns, in hundredths of a hundredth.
    pub floor: i64,
    /// Attacks that can earn more than that.
    pub rows: Vec<usize>,
    pub widest: f64,
    /// By attack: its row, and its range relative to the widest.
    row_of: Vec<Option<(u32, f64)>>,
}

impl Stakes {
    pub(super) fn new(game: &PatrolGame) -> Self {
        let mut sure = (0, i64::MIN);
        for (index, attack) in game.attacks().iter().enumerate() {
            if attack.met() > sure.1 {
                sure = (index, attack.met());
            }
        }
        let more = |(_, attack): &(usize, &super::game::Attack)| 100 * attack.value.get() > sure.1;
        let rows: Vec<usize> =
            game.attacks().iter().enumerate().filter(more).map(|(index, _)| index).collect();
        let widest = game.attacks().iter().map(super::game::Attack::range).max().unwrap_or(1) as f64;
        let mut row_of = vec![None; game.attacks().len()];
        for (row, index) in rows.iter().enumerate() {
            if let (Some(place), Some(attack)) = (row_of.get_mut(*index), game.attacks().get(*index)) {
                *place = Some((row as u32, attack.range() as f64 / widest));
            }
        }
        Self { sure: sure.0, floor: sure.1, rows, widest, row_of }
    }

    pub(super) fn needs(&self, game: &PatrolGame) -> Vec<f64> {
        let of = |index: &usize| game.attacks().get(*index).map_or(0, |attack| attack.value.get());
        self.rows.iter().map(|index| (100 * of(index) - self.floor) as f64 / self.widest).collect()
    }

    /// What meeting an attack is worth, by attack.
    pub(super) fn credits(&self, prices: &[f64]) -> Vec<f64> {
        let credit = |row: &Option<(u32, f64)>| {
            row.map_or(0.0, |(row, range)| prices.get(row as usize).copied().unwrap_or_default() * range)
        };
        self.row_of.iter().map(credit).collect()
    }

    /// A column that meets attacks so often.
    pub(super) fn column<P>(
        &self,
        group: usize,
        met: impl Iterator<Item = (u32, u32)>,
        what: P,
    ) -> Column<P> {
        let row = |(attack, times): (u32, u32)| {
            let (row, range) = (*self.row_of.get(attack as usize)?)?;
            Some((row, range * f64::from(times)))
        };
        Column { group, rows: met.filter_map(row).collect(), what }
    }
}

/// The boats' own mixtures and the attacker's that proves the bound.
#[derive(Debug)]
pub(super) struct Relaxed {
    /// Group, patrol and how many of its boats follow it.
    pub patrols: Vec<(usize, Path, f64)>,
    /// The attacker's weight for each attack; what they lack of 1 goes to the attack that is surely met.
    pub weights: Vec<f64>,
    /// Prices by row.
    pub prices: Vec<f64>,
    pub bound: f64,
}

pub(super) fn solve(
    game: &PatrolGame,
    stakes: &Stakes,
    groups: &[Group],
    graphs: &[Graph],
    at: &[Vec<u32>],
) -> Result<Relaxed, PatrolError> {
    let counts: Vec<f64> = groups.iter().map(|group| group.boats.len() as f64).collect();
    let price = |prices: &[f64]| {
        let credits = stakes.credits(prices);
        let mut most = 0.0;
        let mut columns = Vec::with_capacity(graphs.len());
        for ((group, graph), count) in graphs.iter().enumerate().zip(&counts) {
            let (credit, path) = graph.best(&credits, at);
            most += credit * count;
            columns.push(stakes.column(group, entries(&path, at).into_iter(), path));
        }
        Priced { columns, most: Some(most) }
    };
    // The first patrols are the best against an attacker who takes every attack alike.
    let even = vec![1.0 / stakes.rows.len().max(1) as f64; stakes.rows.len()];
    let start = price(&even).columns;
    let asking = graphs.iter().map(Graph::size).sum();
    let rules = Rules { enough: 1e-12, floor: 0.0, keep: false, tries: 1, asking };
    let outcome = Master::new(stakes.needs(game), &counts, start)?.run(rules, price)?;
    let outcome = counted_once(game, stakes, &counts, graphs, at, outcome)?;
    let mut weights = vec![0.0; game.attacks().len()];
    for (index, price) in stakes.rows.iter().zip(&outcome.prices) {
        if let Some(weight) = weights.get_mut(*index) {
            *weight = *price;
        }
    }
    let patrols = outcome.used.into_iter().map(|(column, x)| (column.group, column.what, x)).collect();
    Ok(Relaxed { patrols, weights, prices: outcome.prices, bound: outcome.bound })
}

/// Raises the bound where the graphs are small enough to count every attack once, however often a patrol enters it.
fn counted_once(
    game: &PatrolGame,
    stakes: &Stakes,
    counts: &[f64],
    graphs: &[Graph],
    at: &[Vec<u32>],
    known: Outcome<Path>,
) -> Result<Outcome<Path>, PatrolError> {
    let once = |column: &Column<Path>| {
        let met = entries(&column.what, at).into_iter().map(|(attack, _)| (attack, 1));
        stakes.column(column.group, met, column.what.clone())
    };
    let twice = |(column, _): &(Column<Path>, f64)| entries(&column.what, at).iter().any(|(_, n)| *n > 1);
    if !known.used.iter().any(twice) {
        return Ok(known);
    }
    let (mut asked, floor) = (0, known.bound);
    let price = |prices: &[f64]| {
        let credits = stakes.credits(prices);
        let mut most = Some(0.0);
        let mut columns = Vec::with_capacity(graphs.len());
        asked += 1;
        for ((group, graph), count) in graphs.iter().enumerate().zip(counts) {
            let found = if asked > MOST_ASKED { None } else { graph.once(&credits, at, MOST_STATES) };
            most = found.as_ref().and_then(|(credit, _)| Some(most? + credit * count));
            if let Some((_, what)) = found {
                columns.push(once(&Column { group, rows: Vec::new(), what }));
            }
        }
        // Where one graph is too large, so is the whole: the bound of entries stands.
        Priced { columns: if most.is_some() { columns } else { Vec::new() }, most }
    };
    let start: Vec<Column<Path>> = known.used.iter().map(|(column, _)| once(column)).collect();
    let rules =
        Rules { enough: 1e-12, floor, keep: true, tries: 1, asking: 100 * MOST_STATES * graphs.len() };
    let outcome = Master::new(stakes.needs(game), counts, start)?.run(rules, price)?;
    if outcome.bound > floor {
        return Ok(outcome);
    }
    // The patrols are better, the prices are not.
    Ok(Outcome { used: outcome.used, ..known })
}
