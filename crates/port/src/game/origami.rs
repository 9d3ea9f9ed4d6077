//! General-sum Stackelberg play with interchangeable resources (ORIGAMI, Kiekintveld et al. 2009): coverage fills up
//! like water until every target worth attacking pays the attacker the same. Gives the strong equilibrium; never
//! says which targets are covered on a day.
//!
//! The level is found by Newton steps over the targets instead of by sorting them: the coverage needed at a level is
//! convex and falls with it, so steps from below never overshoot.

use serde::{Deserialize, Serialize};

use super::GameError;
use super::payoff::{PARTS, Payoff, REPLY_PLACES, decimal};
use super::proof::{Proof, Stake, UNIT};
use super::slots::{MAX_CAPACITY, MAX_CONTAINERS, bounded};
use super::water::{self, Sharp, Slope};

/// A target and what its outcomes are worth to both sides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Target {
    /// Attacker, not covered.
    pub attacker_uncovered: Payoff,
    /// Attacker, covered: less than uncovered.
    pub attacker_covered: Payoff,
    /// Defender, covered.
    pub defender_covered: Payoff,
    /// Defender, not covered: no more than covered.
    pub defender_uncovered: Payoff,
}

impl Target {
    /// What coverage costs the attacker, in hundredths.
    pub fn range(&self) -> i64 {
        self.attacker_uncovered.get() - self.attacker_covered.get()
    }

    /// What coverage saves the defender, in hundredths.
    pub fn saved(&self) -> i64 {
        self.defender_covered.get() - self.defender_uncovered.get()
    }

    /// The attacker's expectation, in hundredths × [`PARTS`].
    fn attacker(&self, parts: u64) -> i128 {
        i128::from(self.attacker_uncovered.get()) * i128::from(PARTS)
            - i128::from(self.range()) * i128::from(parts)
    }

    /// The defender's expectation, in hundredths × [`PARTS`].
    fn defender(&self, parts: u64) -> i128 {
        i128::from(self.defender_uncovered.get()) * i128::from(PARTS)
            + i128::from(self.saved()) * i128::from(parts)
    }
}

/// A checked game.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecurityGame {
    targets: Vec<Target>,
    resources: u32,
}

impl SecurityGame {
    /// A game of so many resources, each of which covers one target.
    ///
    /// # Errors
    /// When there is no target, there are too many targets or resources, or coverage pays the attacker or costs the
    /// defender.
    pub fn new(targets: Vec<Target>, resources: u32) -> Result<Self, GameError> {
        if targets.is_empty() {
            return Err(GameError::Empty);
        }
        bounded("targets", targets.len(), MAX_CONTAINERS)?;
        bounded("resources", resources as usize, MAX_CAPACITY as usize)?;
        for (index, target) in targets.iter().enumerate() {
            if target.range() <= 0 {
                return Err(GameError::NoDeterrence { index });
            }
            if target.saved() < 0 {
                return Err(GameError::DefenderPrefersLoss { index });
            }
        }
        Ok(Self { targets, resources })
    }

    /// The targets, in the order given.
    pub fn targets(&self) -> &[Target] {
        &self.targets
    }

    /// How many targets can be covered at once.
    pub const fn resources(&self) -> u32 {
        self.resources
    }
}

/// Two payoffs this close are the same to the attacker, and he then does what suits the defender (the strong
/// equilibrium): 4e-9 units, far above the rounding of coverage and far below a hundredth. In hundredths × [`PARTS`].
pub const INDIFFERENT: i128 = 400_000_000;

/// The strong Stackelberg equilibrium.
#[derive(Debug, Clone, PartialEq)]
pub struct SecurityPlan {
    /// What the attacker earns, in units, as a closed form on the targets he may attack.
    pub value: f64,
    /// The most that he can earn against the coverage below, exactly: hundredths × [`PARTS`].
    pub best_reply: i128,
    /// The target attacked.
    pub reply: u32,
    /// What the defender earns there, exactly: hundredths × [`PARTS`].
    pub defended: i128,
    /// Coverage in [`PARTS`].
    pub coverage: Vec<u64>,
    /// Proof that the attacker can be held no lower, from which the bound on the defender follows.
    pub proof: Proof,
}

impl SecurityPlan {
    /// [`SecurityPlan::best_reply`] in units.
    pub fn v_attacker(&self) -> f64 {
        decimal(self.best_reply, REPLY_PLACES)
    }

    /// [`SecurityPlan::defended`] in units.
    pub fn u_defender(&self) -> f64 {
        decimal(self.defended, REPLY_PLACES)
    }
}

/// The equilibrium of a game.
///
/// # Errors
/// [`GameError::Precision`] when the integer coverage does not fit, which no valid game has shown.
pub fn solve(game: &SecurityGame) -> Result<SecurityPlan, GameError> {
    let waters: Vec<water::Target> = game
        .targets
        .iter()
        .map(|t| water::Target { gain: t.attacker_uncovered.get() as f64, inverse: 1.0 / t.range() as f64 })
        .collect();
    let (level, spent) = level(game, &waters);
    let unit = (level.abs() * PARTS as f64 * f64::EPSILON) as i128 + 1;
    let most = u128::from(game.resources) * u128::from(PARTS);
    let mut slack = 0_i128;
    for attempt in 0..60 {
        let coverage = coverage(game, level, slack);
        if coverage.iter().map(|parts| u128::from(*parts)).sum::<u128>() <= most {
            let (reply, best_reply, defended) = reply(game, &coverage);
            let proof = proof(game, level, spent);
            return Ok(SecurityPlan { value: level / 100.0, best_reply, reply, defended, coverage, proof });
        }
        slack = unit << attempt;
    }
    Err(GameError::Precision)
}

/// The attacker's payoff in hundredths, and whether every resource is spent to hold it.
fn level(game: &SecurityGame, waters: &[water::Target]) -> (f64, bool) {
    let resources = f64::from(game.resources);
    // No target can be pushed below its covered payoff.
    let floor = game.targets.iter().map(|t| t.attacker_covered.get()).max().unwrap_or_default() as f64;
    if water::need(waters, floor) <= resources {
        return (floor, false);
    }
    let mut level = floor;
    loop {
        let mut slope = Slope::new();
        slope.add(waters, level);
        let next = slope.level(resources);
        if next.partial_cmp(&level) != Some(std::cmp::Ordering::Greater) {
            break;
        }
        level = next;
    }
    let mut sharp = Sharp::new();
    sharp.add(waters, level);
    (sharp.level(level, resources).max(floor), true)
}

fn coverage(game: &SecurityGame, level: f64, slack: i128) -> Vec<u64> {
    let level = (level * PARTS as f64) as i128 + slack;
    let need = |target: &Target| {
        let excess = i128::from(target.attacker_uncovered.get()) * i128::from(PARTS) - level;
        if excess <= 0 {
            return 0;
        }
        (excess.unsigned_abs() / u128::from(target.range().unsigned_abs())).min(PARTS.into()) as u64
    };
    game.targets.iter().map(need).collect()
}

/// The best for the defender among the attacker's best replies, the first of equals; what both earn.
fn reply(game: &SecurityGame, coverage: &[u64]) -> (u32, i128, i128) {
    let plays = || game.targets.iter().zip(coverage);
    let best = plays().map(|(target, parts)| target.attacker(*parts)).max().unwrap_or_default();
    let mut chosen = (0_u32, i128::MIN);
    for (index, (target, parts)) in plays().enumerate() {
        if target.attacker(*parts) >= best - INDIFFERENT && target.defender(*parts) > chosen.1 {
            chosen = (index as u32, target.defender(*parts));
        }
    }
    (chosen.0, best, chosen.1)
}

fn proof(game: &SecurityGame, level: f64, spent: bool) -> Proof {
    let targets = || game.targets.iter().enumerate();
    let proof = if spent {
        let mut proof = Proof::default();
        for (index, target) in targets().filter(|(_, t)| t.attacker_uncovered.get() as f64 >= level) {
            proof.weigh(index as u32, target.range());
        }
        if game.resources > 0 {
            proof.prices.push((0, UNIT));
        }
        proof
    } else {
        let most = targets().max_by_key(|(_, target)| target.attacker_covered);
        Proof::single(most.map_or(0, |(index, _)| index as u32))
    };
    let stake = |t: &Target| Stake { value: t.attacker_uncovered.get(), range: t.range(), first: 0, last: 0 };
    let stakes: Vec<Stake> = game.targets.iter().map(stake).collect();
    proof.finish(&stakes, &[game.resources], &[])
}
