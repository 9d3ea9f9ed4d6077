//! The dual side of a coverage game in integers: a mixed strategy of the attacker, and prices of the capacity, that
//! earn him the bound against every plan. Made by the solvers, verified by `certificate::check`, which shares no code.

use serde::{Deserialize, Serialize};

/// Weights are this much divided by what a scan of the target costs the attacker; the price of a binding slot.
pub(super) const UNIT: u64 = 10_000_000_000_000_000_000;

/// With weights w, slot prices π and row prices y, all ≥ 0, and r = value + penalty, every plan gives the attacker who
/// mixes by w at least (100·(gain − spill) − paid) / (100·weight) hundredths, because Σ w·r·coverage is at most
/// Σ capacity·π + Σ ±y·bound + Σ spill, with spill(t) = max(0, w·r − (least π of its open slots) ∓ Σ y).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proof {
    /// Weight of each target that the attacker mixes.
    pub weights: Vec<(u32, u64)>,
    /// Price of each slot that has capacity and binds.
    pub prices: Vec<(u16, u64)>,
    /// Price of each side constraint that binds.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rows: Vec<(u32, u64)>,
    /// Σ w: decimal digits, as are the next three, because they do not fit 64 bits.
    pub weight: String,
    /// Σ w·value.
    pub gain: String,
    /// 100·Σ capacity·π + Σ ±y·bound: rows have their bounds in hundredths of a scan.
    pub paid: String,
    /// Σ spill.
    pub spill: String,
}

/// What a target is to the attacker, and when it can be covered.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stake {
    pub value: i64,
    pub range: i64,
    pub first: u16,
    pub last: u16,
}

/// A side constraint as the proof sees it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Side<'a> {
    /// +1 for at most, −1 for at least.
    pub sign: i128,
    /// Hundredths of a scan.
    pub bound: u32,
    pub members: &'a [u32],
}

impl Proof {
    pub(super) fn weigh(&mut self, target: u32, range: i64) {
        self.weights.push((target, UNIT / range.unsigned_abs().max(1)));
    }

    /// All the weight on one target: what is proved when it is covered wholly.
    pub(super) fn single(target: u32) -> Self {
        Self { weights: vec![(target, 1)], ..Self::default() }
    }

    /// Puts the totals in.
    pub(super) fn finish(mut self, stakes: &[Stake], capacity: &[u32], sides: &[Side<'_>]) -> Self {
        self.weights.sort_unstable();
        let mut weights = vec![0_i128; stakes.len()];
        for (target, weight) in &self.weights {
            if let Some(place) = weights.get_mut(*target as usize) {
                *place = i128::from(*weight);
            }
        }
        let mut prices: Vec<Option<i128>> = capacity.iter().map(|scans| (*scans > 0).then_some(0)).collect();
        let mut paid = 0_i128;
        for (slot, price) in &self.prices {
            if let (Some(place), Some(scans)) =
                (prices.get_mut(usize::from(*slot)), capacity.get(usize::from(*slot)))
            {
                *place = Some(i128::from(*price));
                paid += 100 * i128::from(*price) * i128::from(*scans);
            }
        }
        let mut surcharge = vec![0_i128; if sides.is_empty() { 0 } else { stakes.len() }];
        for (row, price) in &self.rows {
            let Some(side) = sides.get(*row as usize) else { continue };
            paid += side.sign * i128::from(*price) * i128::from(side.bound);
            for member in side.members {
                if let Some(place) = surcharge.get_mut(*member as usize) {
                    *place += side.sign * i128::from(*price);
                }
            }
        }
        let (mut weight, mut gain, mut spill) = (0_i128, 0_i128, 0_i128);
        for (index, (stake, w)) in stakes.iter().zip(&weights).enumerate() {
            weight += w;
            gain += w * i128::from(stake.value);
            let worth = w * i128::from(stake.range) - surcharge.get(index).copied().unwrap_or_default();
            if worth > 0 {
                let window = prices.get(stake.first.into()..=stake.last.into()).unwrap_or_default();
                let least = window.iter().flatten().min();
                spill += least.map_or(0, |least| (worth - least).max(0));
            }
        }
        self.weight = weight.to_string();
        self.gain = gain.to_string();
        self.paid = paid.to_string();
        self.spill = spill.to_string();
        self
    }
}
