//! The answer to a game as it is printed, with every number that shows that it is right: the plan, the attacker's
//! best reply to it, and the bound that no plan passes. What is printed here is what `check` and
//! `tools/check_certificate.py` verify; neither runs or trusts a solver.

mod check;
mod check_bayes;
mod check_patrol;
mod digest;

use serde::{Deserialize, Serialize};

use super::bayes::{BayesGame, BayesPlan};
use super::origami::{SecurityGame, SecurityPlan};
use super::patrol::{PatrolGame, PatrolPlan, PatrolProof, Schedule};
use super::payoff::{decimal, probability};
use super::proof::Proof;
use super::quantal::{Guarded, QuantalGame, QuantalPlan};
use super::side::SideGame;
use super::slots::{SlotGame, SlotPlan};
pub use check::{CheckError, QUANTAL_GAP, TOLERANCE, Verified, check_origami, check_quantal, check_slots};
pub use check_bayes::check_bayes;
pub use check_patrol::check_patrol;

/// Decimals of a printed bound, in units.
const BOUND_PLACES: usize = 14;

/// What is printed for any game.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Answer<C> {
    /// What the attacker earns by his best reply, or expects as the quantal response has it; in units.
    pub v_attacker: f64,
    /// What the defender then earns, in units.
    pub u_defender: f64,
    /// Probability that each target is covered, in the order of the game, with 15 decimals.
    pub coverage: Vec<f64>,
    /// Everything needed to verify the rest.
    pub certificate: C,
}

/// Certificate of a slot game, with side constraints or without.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SlotCertificate {
    /// SHA-256 of the game in its canonical text: an answer to another game does not verify.
    pub game: String,
    /// The attacker's best reply, the first of equals.
    pub reply: u32,
    /// No plan brings `v_attacker` below this; in units, rounded down to 14 decimals.
    pub v_bound: f64,
    /// Container, slot and parts of 10^-15, by container, then slot.
    pub plan: Vec<(u32, u16, u64)>,
    /// Scans that each slot is expected to make, in parts of 10^-15: decimal digits.
    pub loads: Vec<String>,
    /// What the bound follows from.
    pub proof: Proof,
}

/// Certificate of a general-sum game.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OrigamiCertificate {
    /// SHA-256 of the game in its canonical text.
    pub game: String,
    /// The target attacked: the defender's choice among the best replies, the first of equals.
    pub reply: u32,
    /// The attacker can be held no lower; in units, rounded down to 14 decimals.
    pub v_bound: f64,
    /// The defender earns no more, whatever he commits to; in units, rounded up to 14 decimals.
    pub u_bound: f64,
    /// Sum of the coverage in parts of 10^-15: decimal digits.
    pub used: String,
    /// What `v_bound` follows from.
    pub proof: Proof,
}

/// Certificate of a quantal response. Its numbers are doubles: verified to a tolerance, not in integers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QuantalCertificate {
    /// SHA-256 of the game in its canonical text.
    pub game: String,
    /// Sum of the coverage in parts of 10^-15: decimal digits.
    pub used: String,
    /// The defender expects no more, whatever he commits to; in units.
    pub u_bound: f64,
    /// Price of a resource at that bound, with weight 1 for a target where the attacker earns `level`.
    pub price: f64,
    /// The attacker's payoff that weights are relative to, in units.
    pub level: f64,
    /// What a guarded plan is sure of: the plan then need not reach the bound.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub guard: Option<Guarded>,
}

/// Certificate of a game against several types of attacker: `coverage` is the defender's mixture.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BayesCertificate {
    /// SHA-256 of the game in its canonical text.
    pub game: String,
    /// Reply of each type.
    pub replies: Vec<u8>,
    /// The defender earns no more, whatever he commits to; in units.
    pub u_bound: f64,
    /// Every branch: the replies it fixes, its multipliers, and its bound in hundredths × 10^-18 as decimal digits.
    pub branches: Vec<(Vec<u8>, Vec<u64>, String)>,
    /// Sum of all multipliers: decimal digits.
    pub multipliers: String,
}

/// Certificate of a patrol game: `coverage` is the chance that each attack is met.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PatrolCertificate {
    /// SHA-256 of the game in its canonical text.
    pub game: String,
    /// The attacker's best reply, the first of equals.
    pub reply: u32,
    /// No mixture of schedules brings `v_attacker` below this; in units, rounded down to 14 decimals.
    pub v_bound: f64,
    /// What lies between `v_attacker` and `v_bound`: the answer is the best there is to within this.
    pub gap: f64,
    /// The mixture: the parts sum to 10^15, and a draw picks one schedule.
    pub schedules: Vec<Schedule>,
    /// Boats × steps that each sector is expected to be patrolled, in parts of 10^-15: decimal digits.
    pub loads: Vec<String>,
    /// What the bound follows from.
    pub proof: PatrolProof,
}

/// The printed answer to a patrol game.
///
/// # Errors
/// When a solver made a schedule that the check does not take: never for a plan of `patrol::solve`.
pub fn patrol(game: &PatrolGame, plan: &PatrolPlan) -> Result<Answer<PatrolCertificate>, CheckError> {
    let (met, loads) = check_patrol::meetings(game, &plan.schedules)?;
    let (reply, best) = check_patrol::best_reply(game, &met);
    let proof = check_patrol::proof(game, &plan.weights, plan.sure)?;
    let bound = check_patrol::bound(&proof)?;
    let v_attacker = decimal(best, check_patrol::PATROL_PLACES);
    Ok(Answer {
        v_attacker,
        u_defender: -v_attacker,
        coverage: met.into_iter().map(probability).collect(),
        certificate: PatrolCertificate {
            game: digest::patrol(game),
            reply,
            v_bound: decimal(bound, BOUND_PLACES),
            gap: decimal(best - bound * 100_000, check_patrol::PATROL_PLACES),
            schedules: plan.schedules.clone(),
            loads: loads.iter().map(u128::to_string).collect(),
            proof,
        },
    })
}

/// The printed answer to a game against several types.
pub fn bayes(game: &BayesGame, plan: &BayesPlan) -> Answer<BayesCertificate> {
    let multipliers = plan.branches.iter().flat_map(|branch| &branch.multipliers);
    let branches = plan.branches.iter();
    Answer {
        v_attacker: plan.v_attacker(),
        u_defender: plan.u_defender(),
        coverage: plan.mixture.iter().copied().map(probability).collect(),
        certificate: BayesCertificate {
            game: digest::bayes(game),
            replies: plan.replies.clone(),
            u_bound: plan.bound(),
            multipliers: multipliers.map(|y| u128::from(*y)).sum::<u128>().to_string(),
            branches: branches
                .map(|b| (b.replies.clone(), b.multipliers.clone(), b.bound.to_string()))
                .collect(),
        },
    }
}

/// The printed answer to a slot game.
pub fn slots(game: &SlotGame, plan: &SlotPlan) -> Answer<SlotCertificate> {
    slot_answer(digest::slots(game, &[]), plan, game.capacity().len())
}

/// The printed answer to a slot game with side constraints.
pub fn side(game: &SideGame, plan: &SlotPlan) -> Answer<SlotCertificate> {
    slot_answer(digest::slots(game.slots(), game.rows()), plan, game.slots().capacity().len())
}

fn slot_answer(game: String, plan: &SlotPlan, slots: usize) -> Answer<SlotCertificate> {
    Answer {
        v_attacker: plan.v_attacker(),
        u_defender: -plan.v_attacker(),
        coverage: plan.coverage.iter().copied().map(probability).collect(),
        certificate: SlotCertificate {
            game,
            reply: plan.reply,
            v_bound: decimal(check::bound(&plan.proof).unwrap_or_default(), BOUND_PLACES),
            plan: plan.plan.iter().map(|part| (part.container, part.slot, part.parts)).collect(),
            loads: plan.loads(slots).iter().map(u128::to_string).collect(),
            proof: plan.proof.clone(),
        },
    }
}

/// The printed answer to a general-sum game.
pub fn origami(game: &SecurityGame, plan: &SecurityPlan) -> Answer<OrigamiCertificate> {
    let v_bound = check::bound(&plan.proof).unwrap_or_default();
    Answer {
        v_attacker: plan.v_attacker(),
        u_defender: plan.u_defender(),
        coverage: plan.coverage.iter().copied().map(probability).collect(),
        certificate: OrigamiCertificate {
            game: digest::origami(game),
            reply: plan.reply,
            v_bound: decimal(v_bound, BOUND_PLACES),
            u_bound: decimal(check::defender_bound(game, v_bound), BOUND_PLACES),
            used: total(&plan.coverage),
            proof: plan.proof.clone(),
        },
    }
}

/// The printed answer to a quantal response game.
pub fn quantal(game: &QuantalGame, plan: &QuantalPlan) -> Answer<QuantalCertificate> {
    Answer {
        v_attacker: plan.v_attacker,
        u_defender: plan.u_defender,
        coverage: plan.coverage.iter().copied().map(probability).collect(),
        certificate: QuantalCertificate {
            game: digest::quantal(game),
            used: total(&plan.coverage),
            u_bound: plan.bound,
            price: plan.price,
            level: plan.level,
            guard: plan.guard,
        },
    }
}

fn total(coverage: &[u64]) -> String {
    coverage.iter().map(|parts| u128::from(*parts)).sum::<u128>().to_string()
}
