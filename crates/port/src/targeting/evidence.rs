//! What the alerts on a box add to its odds: the strongest of each family, because findings of one family have their
//! innocent causes in common. The same rule as for leads.

use std::collections::BTreeMap;

use bitacora_primitives::IndicationId;
use serde::{Deserialize, Serialize};

use crate::screening::{Alert, AlertFamily};

/// An alert that counts.
#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Counted {
    pub family: AlertFamily,
    pub alert: IndicationId,
    pub nats: f64,
}

/// The strongest alert of each family, in the order of families; their order does not matter.
// INVARIANT: an alert never lowers a box's chance: what speaks for a box is not counted, or it would tell which box is safe.
pub fn counted<'a>(alerts: impl IntoIterator<Item = &'a Alert>) -> Vec<Counted> {
    let mut strongest: BTreeMap<AlertFamily, Counted> = BTreeMap::new();
    for alert in alerts {
        let nats = alert.strength.nats;
        // Not greater than nothing, or not a number.
        if nats.partial_cmp(&0.0) != Some(std::cmp::Ordering::Greater) {
            continue;
        }
        let one = Counted { family: alert.family, alert: alert.id, nats };
        let held = strongest.entry(alert.family).or_insert(one);
        // Of equals the one with the smaller id, so that arrival order cannot decide.
        if one.nats.total_cmp(&held.nats).then_with(|| held.alert.cmp(&one.alert)).is_gt() {
            *held = one;
        }
    }
    strongest.into_values().collect()
}

/// Odds after the evidence.
pub(super) fn odds(prior_odds: f64, counted: &[Counted]) -> f64 {
    prior_odds * libm::exp(counted.iter().map(|one| one.nats).sum::<f64>())
}
