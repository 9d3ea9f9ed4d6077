//! Commitment against attackers of several types (Bayesian Stackelberg games): the defender mixes his strategies, each
//! type answers in its own interest. Branch and bound over the types' replies; the gap that is left is stated, and the
//! tree is kept so that a reader can verify every branch that was cut.
//!
//! A node fixes the replies of the first types. For any multipliers y ≥ 0 of the conditions that those are best
//! replies, no mixture in it earns more than the largest, over the defender's strategies, of what the fixed replies
//! earn, plus the best replies for the defender of the other types, plus Σ y·(advantage of the reply to its type).

use super::GameError;
use super::linear::Programme;
use super::origami::INDIFFERENT;
use super::payoff::{PARTS, Payoff, decimal};
use super::slots::bounded;

/// Most strategies of the defender, types of attacker, and replies of one type.
pub const MAX_STRATEGIES: usize = 256;
/// See [`MAX_STRATEGIES`].
pub const MAX_TYPES: usize = 16;
/// See [`MAX_STRATEGIES`].
pub const MAX_REPLIES: usize = 64;
/// Priors are whole millionths that sum to this.
pub const CERTAIN: u32 = 1_000_000;
/// Multipliers are whole parts of 1 / this.
pub(super) const MULTIPLIER: u64 = 1_000_000_000_000;
/// No multiplier is larger: what a branch without any mixture lacks of a bound below the value.
const LARGEST_MULTIPLIER: f64 = 1e4;
/// Decimals of a value: hundredths, millionths of the prior and parts of the mixture.
pub(super) const VALUE_PLACES: usize = 23;
/// Decimals of a bound: hundredths, millionths and [`MULTIPLIER`].
pub(super) const BOUND_PLACES: usize = 20;

/// What a reply earns both sides against each strategy of the defender.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// Defender, by his strategy.
    pub defender: Vec<Payoff>,
    /// Attacker, by the defender's strategy.
    pub attacker: Vec<Payoff>,
}

/// A type of attacker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttackerType {
    /// Probability in millionths.
    pub prior: u32,
    /// What it can do.
    pub replies: Vec<Reply>,
}

/// A checked game.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BayesGame {
    strategies: usize,
    types: Vec<AttackerType>,
}

impl BayesGame {
    /// A game in which the defender has so many strategies.
    ///
    /// # Errors
    /// When there is nothing to choose on one side, there is too much of anything, a reply does not state a payoff for
    /// every strategy, or the priors do not sum to 1.
    pub fn new(strategies: usize, types: Vec<AttackerType>) -> Result<Self, GameError> {
        if strategies == 0 || types.is_empty() || types.iter().any(|kind| kind.replies.is_empty()) {
            return Err(GameError::Empty);
        }
        bounded("strategies", strategies, MAX_STRATEGIES)?;
        bounded("types", types.len(), MAX_TYPES)?;
        for (index, kind) in types.iter().enumerate() {
            bounded("replies", kind.replies.len(), MAX_REPLIES)?;
            let full =
                |reply: &Reply| reply.defender.len() == strategies && reply.attacker.len() == strategies;
            if !kind.replies.iter().all(full) {
                return Err(GameError::Number { what: "replies", index });
            }
        }
        if types.iter().map(|kind| u64::from(kind.prior)).sum::<u64>() != u64::from(CERTAIN) {
            return Err(GameError::Number { what: "prior", index: types.len() - 1 });
        }
        Ok(Self { strategies, types })
    }

    /// How many strategies the defender has.
    pub const fn strategies(&self) -> usize {
        self.strategies
    }

    /// The types, in the order given.
    pub fn types(&self) -> &[AttackerType] {
        &self.types
    }

    fn stake(&self) -> i64 {
        let payoffs = self.types.iter().flat_map(|kind| &kind.replies).flat_map(|reply| &reply.defender);
        payoffs.map(|payoff| payoff.get().abs()).max().unwrap_or_default().max(100)
    }
}

/// A branch that was closed, and the multipliers that close it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Branch {
    /// Replies of the first types.
    pub replies: Vec<u8>,
    /// For each of those types, in order, one for each other reply: parts of 10^-12.
    pub multipliers: Vec<u64>,
    /// What follows, in hundredths × 10^-18.
    pub bound: i128,
}

/// The best commitment found.
#[derive(Debug, Clone, PartialEq)]
pub struct BayesPlan {
    /// The mixture in [`PARTS`].
    pub mixture: Vec<u64>,
    /// Reply of each type.
    pub replies: Vec<u8>,
    /// What the defender earns, exactly: hundredths × 10^-21.
    pub defended: i128,
    /// What the attacker expects over all types, in the same unit.
    pub attacked: i128,
    /// Branches that together hold every combination of replies.
    pub branches: Vec<Branch>,
}

impl BayesPlan {
    /// What the defender earns, in units.
    pub fn u_defender(&self) -> f64 {
        decimal(self.defended, VALUE_PLACES)
    }

    /// What the attacker expects, in units.
    pub fn v_attacker(&self) -> f64 {
        decimal(self.attacked, VALUE_PLACES)
    }

    /// No mixture earns the defender more, in units.
    pub fn bound(&self) -> f64 {
        decimal(self.branches.iter().map(|branch| branch.bound).max().unwrap_or_default(), BOUND_PLACES)
    }

    /// What is left between plan and bound, in units; above rounding only when the search was cut short.
    pub fn gap(&self) -> f64 {
        self.bound() - self.u_defender()
    }
}

/// The best commitment, or the best found in `most_branches` with the gap that is left.
///
/// # Errors
/// [`GameError::Programme`] when a linear programme fails numerically.
pub fn solve(game: &BayesGame, most_branches: usize) -> Result<BayesPlan, GameError> {
    // A tenth of a billionth of the largest payoff: ten times below what a certificate may leave.
    let enough = i128::from(game.stake()) * 100_000_000;
    let mut open = vec![close(game, Vec::new())?];
    let mut made = 1_usize;
    let mut branches = Vec::new();
    let mut best: Option<BayesPlan> = None;
    while let Some(branch) = open.pop() {
        let reached = best.as_ref().map_or(i128::MIN / 2, |plan| plan.defended / 1_000);
        let type_to_fix = game.types.get(branch.replies.len());
        if branch.bound <= reached + enough || (made >= most_branches && best.is_some()) {
            branches.push(branch);
            continue;
        }
        let Some(kind) = type_to_fix else {
            if let Some(mixture) = mixture(game, &branch.replies)? {
                let plan = played(game, mixture);
                if best.as_ref().is_none_or(|known| plan.defended > known.defended) {
                    best = Some(plan);
                }
            }
            branches.push(branch);
            continue;
        };
        let mut children = Vec::with_capacity(kind.replies.len());
        for reply in 0..kind.replies.len() {
            let mut replies = branch.replies.clone();
            replies.push(reply as u8);
            children.push(close(game, replies)?);
        }
        made += children.len();
        children.sort_by_key(|child| child.bound);
        open.extend(children);
    }
    branches.sort_by(|a, b| a.replies.cmp(&b.replies));
    let plan = best.ok_or(GameError::Precision)?;
    Ok(BayesPlan { branches, ..plan })
}

/// What the defender earns at most in a branch for every strategy, in hundredths × 10^-6.
fn earned(game: &BayesGame, replies: &[u8], strategy: usize) -> i128 {
    let at = |reply: &Reply| reply.defender.get(strategy).map_or(0, |payoff| payoff.get());
    let kinds = game.types.iter().enumerate().map(|(index, kind)| {
        let payoff = match replies.get(index) {
            Some(fixed) => kind.replies.get(usize::from(*fixed)).map_or(0, at),
            None => kind.replies.iter().map(at).max().unwrap_or_default(),
        };
        i128::from(kind.prior) * i128::from(payoff)
    });
    kinds.sum()
}

/// By how much each fixed reply beats each other reply of its type against a strategy, in hundredths.
fn advantages(game: &BayesGame, replies: &[u8], strategy: usize) -> Vec<i64> {
    let mut all = Vec::new();
    for (kind, fixed) in game.types.iter().zip(replies) {
        let at = |reply: &Reply| reply.attacker.get(strategy).map_or(0, |payoff| payoff.get());
        let own = kind.replies.get(usize::from(*fixed)).map_or(0, at);
        let others = kind.replies.iter().enumerate().filter(|(index, _)| *index != usize::from(*fixed));
        all.extend(others.map(|(_, other)| own - at(other)));
    }
    all
}

/// The multipliers that bound a branch best, and the bound in integers.
fn close(game: &BayesGame, replies: Vec<u8>) -> Result<Branch, GameError> {
    let scale = game.stake() as f64;
    let rows: Vec<(i128, Vec<i64>)> = (0..game.strategies)
        .map(|strategy| (earned(game, &replies, strategy), advantages(game, &replies, strategy)))
        .collect();
    let count = rows.first().map_or(0, |(_, advantages)| advantages.len());
    let mut programme = Programme::minimise();
    let top = programme.column(1.0, f64::NEG_INFINITY, f64::INFINITY);
    let columns: Vec<usize> = (0..count).map(|_| programme.column(0.0, 0.0, LARGEST_MULTIPLIER)).collect();
    for (earned, advantages) in &rows {
        let mut terms = vec![(top, 1.0)];
        terms.extend(columns.iter().zip(advantages).map(|(column, a)| (*column, -(*a as f64) / scale)));
        programme.at_least(&terms, *earned as f64 / 1e6 / scale);
    }
    let values = programme.solve()?;
    let whole = |column: &usize| {
        let y = values.get(*column).copied().unwrap_or_default().clamp(0.0, LARGEST_MULTIPLIER);
        libm::round(y * MULTIPLIER as f64) as u64
    };
    let multipliers: Vec<u64> = columns.iter().map(whole).collect();
    let bound = rows.iter().map(|(earned, advantages)| {
        let extra: i128 =
            advantages.iter().zip(&multipliers).map(|(a, y)| i128::from(*a) * i128::from(*y)).sum();
        earned * i128::from(MULTIPLIER) + extra * 1_000_000
    });
    let bound = bound.max().unwrap_or_default();
    Ok(Branch { replies, multipliers, bound })
}

/// The best mixture to which these replies are best; `None` when there is none.
fn mixture(game: &BayesGame, replies: &[u8]) -> Result<Option<Vec<u64>>, GameError> {
    let scale = game.stake() as f64;
    let mut programme = Programme::minimise();
    let mut rows: Vec<Vec<(usize, f64)>> = Vec::new();
    let mut columns = Vec::with_capacity(game.strategies);
    for strategy in 0..game.strategies {
        let column = programme.column(-(earned(game, replies, strategy) as f64) / 1e6 / scale, 0.0, 1.0);
        let advantages = advantages(game, replies, strategy);
        rows.resize_with(advantages.len(), Vec::new);
        for (row, advantage) in rows.iter_mut().zip(advantages) {
            row.push((column, advantage as f64 / scale));
        }
        columns.push(column);
    }
    let whole: Vec<(usize, f64)> = columns.iter().map(|column| (*column, 1.0)).collect();
    programme.equal(&whole, 1.0);
    for row in &rows {
        programme.at_least(row, 0.0);
    }
    let values = match programme.solve() {
        Ok(values) => values,
        Err(GameError::Infeasible) => return Ok(None),
        Err(error) => return Err(error),
    };
    let total: f64 = values.iter().map(|x| x.max(0.0)).sum();
    let parts = |column: &usize| {
        let x = values.get(*column).copied().unwrap_or_default().max(0.0) / total;
        ((x * PARTS as f64) as u64).min(PARTS)
    };
    let mut mixture: Vec<u64> = columns.iter().map(parts).collect();
    let used: u64 = mixture.iter().sum();
    if let Some(largest) = mixture.iter_mut().max() {
        *largest = (*largest + PARTS).saturating_sub(used);
    }
    Ok(Some(mixture))
}

/// What a mixture earns when every type replies in its own interest, and among equals in the defender's.
fn played(game: &BayesGame, mixture: Vec<u64>) -> BayesPlan {
    let expected = |payoffs: &[Payoff]| -> i128 {
        payoffs
            .iter()
            .zip(&mixture)
            .map(|(payoff, parts)| i128::from(payoff.get()) * i128::from(*parts))
            .sum()
    };
    let (mut replies, mut defended, mut attacked) = (Vec::new(), 0, 0);
    for kind in &game.types {
        let outcomes: Vec<(i128, i128)> =
            kind.replies.iter().map(|reply| (expected(&reply.defender), expected(&reply.attacker))).collect();
        let most = outcomes.iter().map(|(_, attacker)| *attacker).max().unwrap_or_default();
        let mut chosen = (0_u8, i128::MIN, 0);
        for ((defender, attacker), index) in outcomes.into_iter().zip(0_u8..) {
            if attacker >= most - INDIFFERENT && defender > chosen.1 {
                chosen = (index, defender, attacker);
            }
        }
        replies.push(chosen.0);
        defended += i128::from(kind.prior) * chosen.1;
        attacked += i128::from(kind.prior) * chosen.2;
    }
    BayesPlan { mixture, replies, defended, attacked, branches: Vec::new() }
}
