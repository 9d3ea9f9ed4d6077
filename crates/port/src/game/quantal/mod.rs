//! Coverage against an attacker who errs: he picks each target with probability in proportion to e^(λ·payoff) (quantal
//! response, McKelvey and Palfrey 1995). Gives the best coverage with a proved bound, and one guarded against a
//! rational attacker; never assumes λ: the caller states it.
//!
//! The ratio is maximised by Dinkelbach's method: at a value r the defender maximises Σ e^(λ·attacker)·(defender − r).
//! Each term of that sum rises and is concave up to one point and falls after it. Coverage need not be spent, so no
//! target is covered past that point, what is left is separable and concave, and one price of coverage solves it: the
//! optimum is global, not merely a local one as for general non-convex programmes.

mod guard;
mod pieces;

use super::GameError;
use super::origami::SecurityGame;
use super::payoff::PARTS;
pub use guard::{Guard, Guarded, solve_guarded};
use pieces::Pieces;

/// λ in millionths per unit of payoff: 0 is an attacker who picks blindly, large is a rational one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rationality(u32);

impl Rationality {
    /// λ of so many millionths; `None` for 0 and above 1,000.
    pub const fn from_millionths(millionths: u32) -> Option<Self> {
        if millionths >= 1 && millionths <= 1_000_000_000 { Some(Self(millionths)) } else { None }
    }

    /// λ rounded to millionths.
    pub fn new(lambda: f64) -> Option<Self> {
        let millionths = libm::round(lambda * 1e6);
        if (1.0..=1e9).contains(&millionths) { Self::from_millionths(millionths as u32) } else { None }
    }

    /// The millionths.
    pub const fn millionths(self) -> u32 {
        self.0
    }
}

/// A game whose attacker errs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuantalGame {
    security: SecurityGame,
    rationality: Rationality,
}

impl QuantalGame {
    /// The same game with an attacker who errs.
    pub const fn new(security: SecurityGame, rationality: Rationality) -> Self {
        Self { security, rationality }
    }

    /// Targets and resources.
    pub const fn security(&self) -> &SecurityGame {
        &self.security
    }

    /// λ.
    pub const fn rationality(&self) -> Rationality {
        self.rationality
    }
}

/// A coverage against an attacker who errs.
#[derive(Debug, Clone, PartialEq)]
pub struct QuantalPlan {
    /// What the defender expects, in units.
    pub u_defender: f64,
    /// What the attacker expects, in units.
    pub v_attacker: f64,
    /// Coverage in [`PARTS`].
    pub coverage: Vec<u64>,
    /// No coverage earns the defender more than this.
    pub bound: f64,
    /// Price of a resource at the bound, with weight 1 where the attacker earns `level`.
    pub price: f64,
    /// What the attacker earns at his best reply to the best coverage, in units.
    pub level: f64,
    /// What a guarded plan is sure of.
    pub guard: Option<Guarded>,
}

/// What defender and attacker expect from a coverage when the attacker errs, in units.
pub fn expected(game: &QuantalGame, coverage: &[u64]) -> (f64, f64) {
    let pieces = Pieces::new(game, 0.0);
    let coverage: Vec<f64> = coverage.iter().map(|parts| *parts as f64 / PARTS as f64).collect();
    (pieces.defended(&coverage), pieces.attacked(&coverage))
}

/// The best coverage against this attacker.
///
/// # Errors
/// [`GameError::Precision`] when no bound near the value can be proved in doubles.
pub fn solve(game: &QuantalGame) -> Result<QuantalPlan, GameError> {
    let resources = f64::from(game.security.resources());
    let pieces = Pieces::new(game, 0.0);
    let coverage = whole(&pieces.optimum(resources), game.security.resources());
    let (u_defender, v_attacker) = expected(game, &coverage);
    let exact: Vec<f64> = coverage.iter().map(|parts| *parts as f64 / PARTS as f64).collect();
    // Prices are in the scale of the weights; there the largest is 1.
    let level = pieces.level(&exact);
    let (bound, price) = Pieces::new(game, level).bound(u_defender, resources).ok_or(GameError::Precision)?;
    Ok(QuantalPlan { u_defender, v_attacker, coverage, bound, price, level, guard: None })
}

/// Coverage in parts, no more than there are resources.
fn whole(coverage: &[f64], resources: u32) -> Vec<u64> {
    let mut parts: Vec<u64> = coverage.iter().map(|c| ((c * PARTS as f64) as u64).min(PARTS)).collect();
    let used: u128 = parts.iter().map(|parts| u128::from(*parts)).sum();
    // Sums of doubles may exceed the resources by some units of the last place.
    let mut over = used.saturating_sub(u128::from(resources) * u128::from(PARTS)) as u64;
    for place in &mut parts {
        let less = over.min(*place);
        *place -= less;
        over -= less;
    }
    parts
}
