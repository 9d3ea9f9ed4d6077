//! R3: mass that grew between gate and load, and a gate mass that the declared one does not explain. Scale is compared
//! with scale: each pair learns its own offset and spread from the boxes before, and only from those.

use std::collections::BTreeMap;

use super::{Context, Found};
use crate::screening::alert::{Alert, Finding};
use crate::screening::event::{ContainerEvent, EventKind, VgmMethod};
use crate::screening::journey::Journey;
use crate::screening::thresholds::MassThresholds;
use crate::screening::weights;

/// What a pair of scales has shown: load minus gate, in kilograms.
#[derive(Clone, Copy, Debug)]
struct Pair {
    boxes: f64,
    offset_kg: f64,
    variance: f64,
}

/// Differences count for the learning up to this many standard deviations, so that a loaded box teaches little.
const CLIP: f64 = 2.5;
/// 1 / E[min(z², CLIP²)] for a normal z: undoes what the clipping takes off the variance.
const CLIP_CORRECTION: f64 = 1.023;

impl Pair {
    fn new(thresholds: &MassThresholds) -> Self {
        Self { boxes: 0.0, offset_kg: 0.0, variance: thresholds.prior_sd_kg * thresholds.prior_sd_kg }
    }

    fn sd(&self, thresholds: &MassThresholds) -> f64 {
        libm::sqrt(self.variance).max(thresholds.least_sd_kg)
    }

    /// A running mean and variance with forgetting, over clipped differences (a Huber-type recursion).
    fn learn(&mut self, difference_kg: f64, thresholds: &MassThresholds) {
        let sd = self.sd(thresholds);
        let clipped = (difference_kg - self.offset_kg).clamp(-CLIP * sd, CLIP * sd);
        self.boxes += 1.0;
        let rate = 1.0 / (self.boxes + thresholds.prior_boxes).min(thresholds.memory_boxes);
        self.variance += rate * (CLIP_CORRECTION * clipped * clipped - self.variance);
        self.offset_kg += rate * clipped;
    }
}

fn kg(event: &ContainerEvent) -> Option<f64> {
    event.mass.as_ref().map(|mass| mass.kg.value())
}

/// A scale's name: its own, or that of the place and the act.
fn scale(event: &ContainerEvent) -> (Option<&str>, &str) {
    let facility = event.facility.as_ref().map(|facility| facility.as_str());
    let own = event.mass.as_ref().and_then(|mass| mass.scale.as_deref());
    (facility, own.unwrap_or(event.kind.code()))
}

fn last_weighed(journey: &Journey, kind: EventKind) -> Option<(&ContainerEvent, f64)> {
    journey.of_kind(kind).rev().find_map(|event| Some((event, kg(event)?)))
}

pub(super) fn find(context: &Context<'_>, found: &mut Found) {
    let thresholds = &context.thresholds.mass;
    let mut weighed = Vec::new();
    for journey in context.journeys {
        let Some((gate, gate_kg)) = last_weighed(journey, EventKind::GateIn) else { continue };
        if let Some((load, load_kg)) = last_weighed(journey, EventKind::Loaded) {
            weighed.push((journey, gate, load, gate_kg, load_kg));
        }
        if let Some((vgm, vgm_kg)) = last_weighed(journey, EventKind::VerifiedMass) {
            found.alerts.extend(against_papers(journey, vgm, gate, vgm_kg, gate_kg, thresholds));
        }
    }
    // In order of event time: what a pair has learned when a box is judged does not depend on how the events came.
    weighed.sort_by_key(|(journey, _, load, _, _)| (load.at, journey.container));
    let mut pairs: BTreeMap<_, Pair> = BTreeMap::new();
    for (journey, gate, load, gate_kg, load_kg) in weighed {
        let pair = pairs.entry((scale(gate), scale(load))).or_insert_with(|| Pair::new(thresholds));
        let difference = load_kg - gate_kg;
        let limit = thresholds.load_over_gate_kg.max(thresholds.load_over_gate_percent / 100.0 * gate_kg);
        let sd = pair.sd(thresholds);
        let excess = difference - pair.offset_kg;
        let calibrated = pair.boxes >= f64::from(thresholds.calibrated_after);
        let (heavier, weight) = if calibrated {
            (excess > thresholds.z * sd && excess > thresholds.least_kg, weights::MASS_CALIBRATED)
        } else {
            (difference > limit, weights::MASS_FIXED)
        };
        if heavier {
            let mut alert = Alert::on(Finding::HeavierAtLoad, journey.trip.as_deref(), &[gate, load], weight)
                .number("gate_kg", gate_kg)
                .number("load_kg", load_kg)
                .number("difference_kg", difference)
                .number("pair_boxes", pair.boxes);
            if calibrated {
                alert = alert
                    .number("pair_offset_kg", pair.offset_kg)
                    .number("pair_sd_kg", sd)
                    .number("z", excess / sd);
            } else {
                alert = alert.number("limit_kg", limit);
            }
            found.alerts.push(alert);
        }
        pair.learn(difference, thresholds);
    }
}

fn against_papers(
    journey: &Journey,
    vgm: &ContainerEvent,
    gate: &ContainerEvent,
    vgm_kg: f64,
    gate_kg: f64,
    thresholds: &MassThresholds,
) -> Option<Alert> {
    let method = vgm.mass.as_ref().and_then(|mass| mass.method);
    let (percent, weight) = match method {
        Some(VgmMethod::Weighed) => (thresholds.vgm_weighed_percent, weights::MASS_VGM_WEIGHED),
        Some(VgmMethod::Summed) | None => (thresholds.vgm_summed_percent, weights::MASS_VGM_SUMMED),
    };
    let limit = thresholds.vgm_kg.max(percent / 100.0 * vgm_kg);
    let difference = gate_kg - vgm_kg;
    if difference.abs() <= limit {
        return None;
    }
    let alert = Alert::on(Finding::GateDiffersFromVgm, journey.trip.as_deref(), &[vgm, gate], weight)
        .number("vgm_kg", vgm_kg)
        .number("gate_kg", gate_kg)
        .number("difference_kg", difference)
        .number("limit_kg", limit);
    Some(match method {
        Some(method) => alert.text("vgm_method", method.code()),
        None => alert,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pair_learns_its_own_spread_and_a_loaded_box_teaches_little() {
        let thresholds = MassThresholds::default();
        let mut pair = Pair::new(&thresholds);
        // A fixed pattern with offset 40 kg and standard deviation 50 kg.
        let noise = [-70.0, 10.0, 60.0, -20.0, 50.0, -60.0, 30.0];
        let sd = libm::sqrt(noise.iter().map(|x| x * x).sum::<f64>() / 7.0);
        for n in 0..700 {
            pair.learn(40.0 + noise[n % 7], &thresholds);
        }
        assert!((pair.offset_kg - 40.0).abs() < 3.0, "{}", pair.offset_kg);
        assert!((pair.sd(&thresholds) / sd - 1.0).abs() < 0.1, "{} {sd}", pair.sd(&thresholds));
        let before = pair;
        pair.learn(1500.0, &thresholds);
        assert!(pair.offset_kg - before.offset_kg < 0.5);
        assert!(pair.sd(&thresholds) / before.sd(&thresholds) < 1.01);
    }
}
