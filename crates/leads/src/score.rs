//! From indications to a level, under two rules: strongest of a dependence family, and no percentage while an
//! assumed ratio contributes. docs/ratios.md states both for people.

use bitacora_primitives::ratios::PRIOR_NATS;
use bitacora_primitives::{Basis, Indication, LogLikelihoodRatio};
use serde::{Deserialize, Serialize};

/// Counted ratios must add up to this much before a lead is raised: below it the finding is kept, not shown.
pub const RAISE_NATS: f64 = 1.0;
/// Log-odds from which the level is medium (5 %) and high (18 %).
pub const MEDIUM_LOG_ODDS: f64 = -3.0;
pub const HIGH_LOG_ODDS: f64 = -1.5;

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    Low,
    Medium,
    High,
}

/// Shown only when the prior and every counted ratio are measured; low and high are the 95 % interval.
#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
pub struct Probability {
    pub value: f64,
    pub low: f64,
    pub high: f64,
}

/// What the indications of one lead come to.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Weighed {
    /// One flag per indication, in their order: does it count, or is it a weaker view of the same occurrence?
    pub counted: Vec<bool>,
    /// Sum of the counted ratios, without the prior.
    pub ratios_nats: f64,
    /// Prior plus counted ratios: the log-odds.
    pub sum_nats: f64,
    pub level: Level,
    pub probability: Option<Probability>,
}

impl Weighed {
    pub fn is_worth_raising(&self) -> bool {
        self.ratios_nats >= RAISE_NATS
    }
}

/// What is assumed of any lead before its first reason.
pub fn prior() -> LogLikelihoodRatio {
    LogLikelihoodRatio { nats: PRIOR_NATS, basis: Basis::Assumed }
}

/// Adds up `indications` on top of `prior`. The order of the indications does not change the result.
pub fn weigh(prior: &LogLikelihoodRatio, indications: &[Indication]) -> Weighed {
    let counted: Vec<bool> = indications
        .iter()
        .map(|one| {
            !indications
                .iter()
                .any(|other| other.family == one.family && other.id != one.id && outweighs(other, one))
        })
        .collect();
    let counting = || indications.iter().zip(&counted).filter(|(_, counts)| **counts).map(|(one, _)| one);

    // Summed in a fixed order, so that arrival order cannot move the last bit.
    let mut nats: Vec<f64> = counting().map(|one| one.strength.nats).collect();
    nats.sort_by(f64::total_cmp);
    let ratios_nats: f64 = nats.iter().sum();
    let sum_nats = prior.nats + ratios_nats;

    let mut measured = Some((prior.nats, prior.nats));
    for strength in std::iter::once(prior).chain(counting().map(|one| &one.strength)) {
        measured = match (&strength.basis, measured) {
            (Basis::Measured { low_nats, high_nats, .. }, Some((low, high))) => {
                // The prior's own interval replaces its point, which both bounds start from.
                let start = if std::ptr::eq(strength, prior) { prior.nats } else { 0.0 };
                Some((low + low_nats - start, high + high_nats - start))
            }
            _ => None,
        };
    }
    Weighed {
        counted,
        ratios_nats,
        sum_nats,
        level: level(sum_nats),
        probability: measured.map(|(low, high)| Probability {
            value: logistic(sum_nats),
            low: logistic(low),
            high: logistic(high),
        }),
    }
}

/// Strictly stronger, with the id as the last word, so that exactly one of a family counts.
fn outweighs(a: &Indication, b: &Indication) -> bool {
    let strength = a.strength.nats.abs().total_cmp(&b.strength.nats.abs());
    strength.then_with(|| b.start.cmp(&a.start)).then_with(|| b.id.cmp(&a.id)).is_gt()
}

fn level(log_odds: f64) -> Level {
    if log_odds >= HIGH_LOG_ODDS {
        Level::High
    } else if log_odds >= MEDIUM_LOG_ODDS {
        Level::Medium
    } else {
        Level::Low
    }
}

fn logistic(log_odds: f64) -> f64 {
    1.0 / (1.0 + libm::exp(-log_odds))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lead::tests::indication;
    use bitacora_primitives::IndicationCode::{
        AisGap, Encounter, IdentityConflict, UsualForType, UsualPlace,
    };
    use bitacora_primitives::ratios::{USUAL_FISHING, USUAL_PLACE};

    #[test]
    fn only_the_strongest_of_a_family_counts() {
        let found =
            [indication(AisGap, 1.5, 1), indication(Encounter, 2.6, 2), indication(IdentityConflict, 1.8, 3)];
        let weighed = weigh(&prior(), &found);
        assert_eq!(weighed.counted, [false, true, true]);
        assert!((weighed.ratios_nats - 4.4).abs() < 1e-12);
    }

    #[test]
    fn the_strongest_against_counts_too() {
        let found = [
            indication(Encounter, 2.6, 1),
            indication(UsualForType, USUAL_FISHING.nats, 2),
            indication(UsualPlace, USUAL_PLACE.nats, 3),
        ];
        let weighed = weigh(&prior(), &found);
        assert_eq!(weighed.counted, [true, false, true]);
        assert!(!weighed.is_worth_raising(), "fishing vessels meeting in a usual place are no lead");
    }

    #[test]
    fn no_percentage_while_an_assumed_ratio_contributes() {
        let measured =
            |nats: f64| Basis::Measured { data: "test".into(), low_nats: nats - 0.5, high_nats: nats + 0.5 };
        let counted_prior = LogLikelihoodRatio { nats: -2.0, basis: measured(-2.0) };
        let mut counted = indication(Encounter, 2.6, 1);
        let mut shadowed = indication(AisGap, 1.5, 2);
        counted.strength.basis = measured(2.6);
        shadowed.strength.basis = Basis::Assumed;
        let shown = weigh(&counted_prior, &[counted.clone(), shadowed]).probability.unwrap();
        assert!((shown.value - 1.0 / (1.0 + libm::exp(-0.6))).abs() < 1e-12);
        assert!((shown.low - 1.0 / (1.0 + libm::exp(0.4))).abs() < 1e-12);
        assert!((shown.high - 1.0 / (1.0 + libm::exp(-1.6))).abs() < 1e-12);

        assert_eq!(weigh(&prior(), &[counted.clone()]).probability, None);
        counted.strength.basis = Basis::Assumed;
        assert_eq!(weigh(&counted_prior, &[counted]).probability, None);
    }

    proptest::proptest! {
        #[test]
        fn order_changes_nothing(mut nats in proptest::collection::vec(-3.0f64..3.0, 1..8), turn in 0usize..8) {
            let mut found: Vec<Indication> = nats.drain(..).enumerate()
                .map(|(i, n)| indication([AisGap, Encounter, IdentityConflict, UsualPlace][i % 4], n, i as u8)).collect();
            let before = weigh(&prior(), &found);
            let by = turn % found.len();
            found.rotate_left(by);
            let after = weigh(&prior(), &found);
            proptest::prop_assert_eq!(before.sum_nats.to_bits(), after.sum_nats.to_bits());
            for family in [bitacora_primitives::Family::Rendezvous, bitacora_primitives::Family::Identity] {
                let counting = found.iter().zip(&after.counted).filter(|(one, counts)| one.family == family && **counts).count();
                let present = found.iter().any(|one| one.family == family);
                proptest::prop_assert_eq!(counting, usize::from(present));
            }
        }
    }
}
