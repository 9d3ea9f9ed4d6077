//! The day's game solved: with what chance each box is scanned and in which slots, proof that no plan leaves the attacker
//! less, what more scanner hours would do, and the list and terms that a draw commits to.

use bitacora_primitives::ContainerNumber;

use super::day::Day;
use super::error::TargetingError;
use super::settings::Assumed;
use crate::draw::plan::Masses;
use crate::draw::{self, Beacon, Entry, Label, OfficerKey, Terms, Wish, lay};
use crate::game::certificate::{self, Answer, CheckError, SlotCertificate, Verified};
use crate::game::slots::{self, Allotment, Container, SlotGame, Spare};
use crate::screening::rules::RULES_VERSION;

/// Name and version of the way from screening to marginals.
pub const MODEL: &str = "slot game 1";

/// The chance of one box.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Covered {
    pub container: ContainerNumber,
    pub first: u16,
    pub last: u16,
    /// In units of 10^-15.
    pub marginal: u64,
    /// Slot and units, slots ascending.
    pub masses: Masses,
}

/// A day's plan.
#[derive(Clone, PartialEq, Debug)]
pub struct Plan {
    pub game: SlotGame,
    /// What the attacker's best reply earns, the coverage and its certificate, whose plan is the masses below.
    pub answer: Answer<SlotCertificate>,
    /// By container number.
    pub coverage: Vec<Covered>,
    /// Units of 10^-15 of a scan that each slot is expected to make.
    pub loads: Vec<u64>,
    assumed: Vec<Assumed>,
}

/// One more hour of a scanner, and what the attacker earns with it and all before it.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Hour {
    pub slot: u16,
    /// In units.
    pub value: f64,
}

/// Keys and names of a draw that no plan knows.
#[derive(Clone, Debug)]
pub struct DrawKeys {
    pub port: String,
    pub shift: String,
    pub beacon: Beacon,
    /// VRF keys of customs, police and port.
    pub keys: [draw::vrf::PublicKey; 3],
    pub officers: Vec<OfficerKey>,
}

fn game(day: &Day, capacity: &[u32]) -> Result<SlotGame, TargetingError> {
    if day.targets.is_empty() {
        return Err(TargetingError::NoBoxes);
    }
    if capacity.len() != usize::from(day.hours) {
        return Err(TargetingError::Capacity { given: capacity.len(), slots: day.hours.into() });
    }
    let containers = day.targets.iter().map(|target| Container {
        value: target.value,
        penalty: target.penalty,
        first: target.first,
        last: target.last,
    });
    Ok(SlotGame::new(containers.collect(), capacity.to_vec())?)
}

/// Solves the day with so many scans in each slot. Capacity that the minimax does not need pushes the next best replies
/// down.
///
/// # Errors
/// When there is no box, a capacity is missing or out of bounds.
pub fn plan(day: &Day, capacity: &[u32]) -> Result<Plan, TargetingError> {
    let game = game(day, capacity)?;
    let mut solved = slots::solve(&game, Spare::Spread)?;
    let wish = |(target, marginal): (&super::Target, &u64)| Wish {
        marginal: *marginal,
        first: target.first.into(),
        last: target.last.into(),
    };
    let wishes: Vec<Wish> = day.targets.iter().zip(&solved.coverage).map(wish).collect();
    let masses = lay(&wishes, capacity)?;
    // The certificate shows the plan that the draw uses.
    solved.plan = (0..)
        .zip(&masses)
        .flat_map(|(container, row)| {
            let allot = move |(slot, parts): &(u32, u64)| {
                u16::try_from(*slot).ok().map(|slot| Allotment { container, slot, parts: *parts })
            };
            row.iter().filter_map(allot)
        })
        .collect();
    let mut loads = vec![0_u64; capacity.len()];
    for (slot, units) in masses.iter().flatten() {
        if let Some(load) = loads.get_mut(*slot as usize) {
            *load += units;
        }
    }
    let answer = certificate::slots(&game, &solved);
    let coverage = day
        .targets
        .iter()
        .zip(solved.coverage)
        .zip(masses)
        .map(|((target, marginal), masses)| Covered {
            container: target.container,
            first: target.first,
            last: target.last,
            marginal,
            masses,
        })
        .collect();
    Ok(Plan { game, answer, coverage, loads, assumed: day.assumed.clone() })
}

/// What `hours` more hours of a scanner that scans `scans` boxes an hour would do, added one at a time where each does
/// most. Another choice of several hours may do more; none of these can do less than is said.
///
/// # Errors
/// As [`plan`].
pub fn what_if(day: &Day, capacity: &[u32], scans: u32, hours: usize) -> Result<Vec<Hour>, TargetingError> {
    let mut game = game(day, capacity)?;
    let mut added = Vec::new();
    for _ in 0..hours.min(super::MOST_HOURS.into()) {
        let gains = slots::one_more(&game, scans)?;
        // Of equals the one that binds: where two full stretches hold the value, the first hour alone gains nothing.
        let binding = slots::solve(&game, Spare::Idle)?.proof.prices.first().map(|(slot, _)| *slot);
        let best = gains.iter().max_by(|a, b| {
            let bound = |slot: u16| Some(slot) == binding;
            a.gain.total_cmp(&b.gain).then(bound(a.slot).cmp(&bound(b.slot))).then(b.slot.cmp(&a.slot))
        });
        let Some(best) = best else { break };
        let slot = usize::from(best.slot);
        let held = game.capacity().get(slot).copied().unwrap_or_default();
        game = game.with_capacity(slot, held.saturating_add(scans))?;
        added.push(Hour { slot: best.slot, value: best.value });
    }
    Ok(added)
}

impl Plan {
    /// What the attacker's best reply earns, in units.
    pub const fn value(&self) -> f64 {
        self.answer.v_attacker
    }

    /// Verifies the certificate without the solver.
    ///
    /// # Errors
    /// The number that does not hold.
    pub fn verify(&self) -> Result<Verified, CheckError> {
        certificate::check_slots(&self.game, &[], &self.answer)
    }

    /// Scans expected in the whole day, in units of 10^-15.
    pub fn expected_scans(&self) -> u128 {
        self.loads.iter().map(|load| u128::from(*load)).sum()
    }

    /// The list of a draw, by container number: every box of the day, those without a chance too, so that everybody can
    /// see that none was left out.
    ///
    /// # Errors
    /// When a number cannot stand in a list.
    pub fn entries(&self) -> Result<Vec<Entry>, TargetingError> {
        let entry = |covered: &Covered| {
            let number = covered.container.as_str();
            let container: Label = number.parse().map_err(|_| TargetingError::Label(number.to_owned()))?;
            Ok(Entry {
                container,
                first: covered.first.into(),
                last: covered.last.into(),
                marginal: covered.marginal,
                plan: covered.masses.clone(),
            })
        };
        self.coverage.iter().map(entry).collect()
    }

    /// The terms of a draw over this list: each slot opens with the first round that comes at its begin or later.
    pub fn terms(&self, day: &Day, names: DrawKeys) -> Terms {
        let slot = |(slot, capacity): (u16, &u32)| draw::Slot {
            capacity: *capacity,
            round: names.beacon.round_from(day.slot_start(slot)),
        };
        let slots = (0..).zip(self.game.capacity()).map(slot).collect();
        let assumed: String = self.assumed.iter().map(|code| format!(" {}", code.code())).collect();
        let model = if assumed.is_empty() { MODEL.to_owned() } else { format!("{MODEL}, assumed{assumed}") };
        Terms {
            port: names.port,
            shift: names.shift,
            rules: format!("rules {RULES_VERSION}"),
            model,
            slots,
            beacon: names.beacon,
            keys: names.keys,
            officers: names.officers,
        }
    }
}
