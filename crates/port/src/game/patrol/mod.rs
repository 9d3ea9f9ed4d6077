//! Patrols of boats over sectors of the sea as a game: a mixture of joint schedules that leaves the attacker least, wherever
//! and whenever he runs. For interchangeable boats and attacks of one place the mixture is the best there is; otherwise
//! the gap to what no mixture can pass is stated. Never draws, and claims nothing beyond the gap.

mod error;
mod game;
mod graph;
mod input;
mod joint;
mod master;
mod peel;
mod picture;
mod relaxed;

use serde::{Deserialize, Serialize};

pub use error::PatrolError;
pub use game::{
    Attack, Boat, Class, MAX_ATTACKED, MAX_ATTACKS, MAX_BOATS, MAX_CLASSES, MAX_EDGES, MAX_MOVES, MAX_PLACES,
    MAX_SECTORS, MAX_STEPS, MAX_WINDOWS, Move, PatrolGame, Sector, Window,
};
pub use input::{MAX_BYTES, read};
pub use picture::picture;

use super::PARTS;
use graph::{Graph, Path};
use joint::{Joint, Sea};
pub(super) use relaxed::MOST_STATES;
use relaxed::{Relaxed, Stakes};

/// A step and the sector that a boat reaches then: it stays there until it must leave for the next.
pub type Arrival = (u16, u16);

/// A patrol for every boat, and how likely it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Schedule {
    /// Parts of 10^-15.
    pub parts: u64,
    /// By boat: where it starts, and every sector it reaches.
    pub boats: Vec<Vec<Arrival>>,
}

/// The attacker's side: how he mixes his attacks so that no schedule holds him below the bound.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PatrolProof {
    /// Weight of each attack that he mixes.
    pub weights: Vec<(u32, u64)>,
    /// Attack, and the weight with which he takes it and counts himself met.
    pub sure: (u32, u64),
    /// By boat: the most that a patrol of it collects. Decimal digits, as are the next two.
    pub most: Vec<String>,
    /// Σ weight.
    pub weight: String,
    /// Σ weight × what he earns unmet; for `sure`, met.
    pub gain: String,
}

/// A mixture of schedules, and how the attacker answers it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PatrolPlan {
    /// Ascending by patrols; the parts sum to [`PARTS`].
    pub schedules: Vec<Schedule>,
    /// Weights of the attacker that prove the bound.
    pub weights: Vec<(u32, u64)>,
    /// The attack that earns most when surely met, the first of equals, and its weight.
    pub sure: (u32, u64),
}

/// The mixture that leaves the attacker least, or near it: see the gap in its certificate.
///
/// # Errors
/// [`PatrolError::OutOfReach`] when a boat cannot be where it must end, [`PatrolError::TooMany`] when attacks and moves
/// interlace too much, [`PatrolError::Precision`] when payoffs lie too far apart.
pub fn solve(game: &PatrolGame) -> Result<PatrolPlan, PatrolError> {
    let at = game.attacks_at();
    let groups = graph::groups(game.boats());
    let boats =
        groups.iter().filter_map(|group| group.boats.first().and_then(|boat| game.boats().get(*boat)));
    let graphs: Vec<Graph> = boats.map(|boat| Graph::new(game, boat, &at)).collect::<Result<_, _>>()?;
    let stakes = Stakes::new(game);
    let relaxed = relaxed::solve(game, &stakes, &groups, &graphs, &at)?;
    let mixture = match groups.as_slice() {
        [alike] if game.attacks().iter().all(one_place) => {
            let shares: Vec<f64> = relaxed.patrols.iter().map(|(_, _, x)| *x).collect();
            let boats = alike.boats.len() as u32;
            let parts = whole(&shares, u64::from(boats) * PARTS);
            let patrols = relaxed.patrols.iter().zip(parts).filter(|(_, parts)| *parts > 0);
            let patrols: Vec<(Path, u64)> =
                patrols.map(|((_, path, _), parts)| (path.clone(), parts)).collect();
            peel::peel(&patrols, boats)?
        }
        _ => {
            let credits = stakes.credits(&relaxed.prices);
            let small = graphs.iter().all(|graph| graph.once(&credits, &at, MOST_STATES).is_some());
            let sea = Sea { game, stakes: &stakes, groups: &groups, graphs: &graphs, at: &at, small };
            let used = joint::solve(sea, &relaxed)?.used;
            let shares: Vec<f64> = used.iter().map(|(_, x)| *x).collect();
            used.into_iter().map(|(column, _)| column.what).zip(whole(&shares, PARTS)).collect()
        }
    };
    let (weights, sure) = weighed(&relaxed, &stakes);
    Ok(PatrolPlan { schedules: schedules(game, mixture), weights, sure })
}

/// The attacker's mixture in whole parts.
fn weighed(relaxed: &Relaxed, stakes: &Stakes) -> (Vec<(u32, u64)>, (u32, u64)) {
    // What is this small is the programme's noise.
    let parts = |x: &f64| if *x > 1e-13 { (x.min(1.0) * PARTS as f64) as u64 } else { 0 };
    let weights = relaxed.weights.iter().map(parts).zip(0_u32..).map(|(weight, attack)| (attack, weight));
    let weights: Vec<(u32, u64)> = weights.filter(|(_, weight)| *weight > 0).collect();
    let used: u64 = weights.iter().map(|(_, weight)| weight).sum();
    // Rounding down leaves a little; it is not worth an attack of its own.
    let rest = PARTS.saturating_sub(used);
    let rest = if weights.is_empty() || rest > 1_000 { rest } else { 0 };
    (weights, (stakes.sure as u32, rest))
}

fn one_place(attack: &Attack) -> bool {
    attack
        .windows
        .first()
        .is_some_and(|first| first.first == first.last && attack.windows.iter().all(|window| window == first))
}

/// Shares as whole parts of `total`.
fn whole(shares: &[f64], total: u64) -> Vec<u64> {
    let sum: f64 = shares.iter().sum();
    let mut parts: Vec<u64> =
        shares.iter().map(|share| ((share / sum * total as f64) as u64).min(total)).collect();
    let used: u64 = parts.iter().sum();
    if let Some(largest) = parts.iter_mut().max() {
        *largest = (*largest + total).saturating_sub(used);
    }
    parts
}

/// Arrivals instead of places, equal schedules together, in order.
fn schedules(game: &PatrolGame, mixture: Vec<(Joint, u64)>) -> Vec<Schedule> {
    let sectors = game.sectors().len() as u32;
    let arrivals = |path: &Path| {
        let mut arrivals: Vec<Arrival> =
            path.iter().map(|place| ((place / sectors) as u16, (place % sectors) as u16)).collect();
        arrivals.dedup_by_key(|(_, sector)| *sector);
        arrivals
    };
    let mut together = std::collections::BTreeMap::<Vec<Vec<Arrival>>, u64>::new();
    for (joint, parts) in mixture.into_iter().filter(|(_, parts)| *parts > 0) {
        *together.entry(joint.iter().map(arrivals).collect()).or_default() += parts;
    }
    together.into_iter().map(|(boats, parts)| Schedule { parts, boats }).collect()
}
