//! R11: the order of a trip, STUF, VGM, GTIN, then moves, scans and inspections, then LOAD. What contradicts it is an
//! alert; what is only missing is a gap.

use std::collections::{BTreeMap, BTreeSet};

use bitacora_primitives::{Duration, Instant};

use super::{Context, Found};
use crate::screening::alert::{Alert, Finding, Gap, GapKind};
use crate::screening::event::{ContainerEvent, EventKind, Movement};
use crate::screening::journey::Journey;
use crate::screening::weights;

pub(super) fn find(context: &Context<'_>, found: &mut Found) {
    let thresholds = &context.thresholds.sequence;
    // Per facility: loads, and loads whose gate-in is known.
    let mut feeds: BTreeMap<Option<&str>, (usize, usize)> = BTreeMap::new();
    for journey in context.journeys {
        if let Some(load) = journey.last(EventKind::Loaded) {
            let (loads, gated) = feeds.entry(place(load)).or_default();
            *loads += 1;
            *gated += usize::from(journey.first(EventKind::GateIn).is_some());
        }
    }
    for journey in context.journeys {
        if let Some(load) = journey.last(EventKind::Loaded) {
            let (loads, gated) = feeds.get(&place(load)).copied().unwrap_or_default();
            let whole =
                loads >= thresholds.whole_after && gated as f64 >= thresholds.whole_share * loads as f64;
            against_load(context, journey, load, whole.then_some((loads, gated)), found);
        }
        unseen_seals(journey, found);
    }
}

fn place(event: &ContainerEvent) -> Option<&str> {
    event.facility.as_ref().map(|facility| facility.as_str())
}

fn gap(journey: &Journey, kind: GapKind, before: &ContainerEvent) -> Gap {
    let after = journey.events.iter().rfind(|event| event.at < before.at).map(|event| event.id);
    Gap {
        kind,
        container: Some(journey.container),
        trip: journey.trip.clone(),
        after,
        before: Some(before.id),
        at: before.at,
    }
}

fn against_load(
    context: &Context<'_>,
    journey: &Journey,
    load: &ContainerEvent,
    whole: Option<(usize, usize)>,
    found: &mut Found,
) {
    let thresholds = &context.thresholds.sequence;
    let skew = Duration::from_secs(thresholds.skew_s);
    let trip = journey.trip.as_deref();
    // A transshipment box comes over the quay, not the gate.
    let by_sea = journey.first(EventKind::Discharged).is_some()
        || journey.events.iter().any(|event| event.movement == Some(Movement::Transshipment));
    match journey.first(EventKind::GateIn) {
        Some(gate) if gate.at > load.at + skew => {
            // A box may come back: it has to leave the ship and the terminal first.
            let left = journey.events.iter().any(|event| {
                matches!(event.kind, EventKind::Discharged | EventKind::GateOut)
                    && load.at <= event.at
                    && event.at <= gate.at
            });
            if !left {
                found.alerts.push(
                    Alert::on(Finding::GateInAfterLoad, trip, &[load, gate], weights::GATE_IN_AFTER_LOAD)
                        .number("minutes_late", (gate.at - load.at).secs_f64() / 60.0),
                );
            }
        }
        Some(gate) => silence(context, journey, gate.at, load, found),
        None if by_sea => {}
        None => {
            found.gaps.push(gap(journey, GapKind::NoGateIn, load));
            if let Some((loads, gated)) = whole {
                found.alerts.push(
                    Alert::on(Finding::LoadWithoutGateIn, trip, &[load], weights::LOAD_NO_GATE_IN)
                        .number("loads_of_facility", loads as f64)
                        .number("of_them_with_gate_in", gated as f64),
                );
            }
        }
    }
    let first_mass = journey.first(EventKind::VerifiedMass);
    match first_mass {
        Some(vgm) if vgm.at > load.at + skew => found.alerts.push(
            Alert::on(Finding::VgmAfterLoad, trip, &[load, vgm], weights::VGM_AFTER_LOAD)
                .number("minutes_late", (vgm.at - load.at).secs_f64() / 60.0),
        ),
        Some(_) => {}
        None => found.gaps.push(gap(journey, GapKind::NoVerifiedMass, load)),
    }
    let had_stuffing = journey.first(EventKind::Stuffed).is_some();
    if !had_stuffing && !by_sea && !journey.events.iter().any(|event| event.empty == Some(true)) {
        found.gaps.push(gap(journey, GapKind::NoStuffing, load));
    }
}

fn silence(
    context: &Context<'_>,
    journey: &Journey,
    from: Instant,
    load: &ContainerEvent,
    found: &mut Found,
) {
    let limit = Duration::from_hours(context.thresholds.sequence.silence_hours);
    let inside: Vec<&ContainerEvent> =
        journey.events.iter().filter(|event| from <= event.at && event.at <= load.at).collect();
    for (before, after) in inside.iter().zip(inside.iter().skip(1)) {
        if after.at - before.at > limit {
            found.gaps.push(Gap {
                kind: GapKind::Silence,
                container: Some(journey.container),
                trip: journey.trip.clone(),
                after: Some(before.id),
                before: Some(after.id),
                at: before.at,
            });
        }
    }
}

/// A seal in the load report or the bay plan that no event ashore had shown, though seals had been read and no opening
/// was reported. A reading that only differs from the one before is R1's.
fn unseen_seals(journey: &Journey, found: &mut Found) {
    let mut seen: BTreeSet<&str> = BTreeSet::new();
    for event in &journey.events {
        let aboard = event.kind == EventKind::Stowed;
        let had_any = !seen.is_empty();
        for seal in &event.seals {
            let new = seen.insert(seal.number.as_str());
            if aboard && new && had_any {
                let mut alert = Alert::on(
                    Finding::SealNeverSeen,
                    journey.trip.as_deref(),
                    &[event],
                    weights::SEAL_NEVER_SEEN,
                )
                .text("seal", seal.number.as_str());
                alert.id = bitacora_primitives::IndicationId::of(&[
                    alert.id.bytes(),
                    seal.number.as_str().as_bytes(),
                ]);
                found.alerts.push(alert);
            }
        }
    }
}
