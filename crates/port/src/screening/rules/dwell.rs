//! R6: dwell and rehandles far beyond boxes of the same terminal, line, kind and weekday; and a slot where a person
//! reaches the doors, in the last hours before the load.

use std::collections::BTreeMap;

use bitacora_primitives::Duration;

use super::{Context, Found};
use crate::screening::alert::{Alert, Finding};
use crate::screening::event::{ContainerEvent, DoorSide, EventKind};
use crate::screening::journey::Journey;
use crate::screening::robust::centre_and_spread;
use crate::screening::weights::{self, Weight};

/// Terminal, line, reefer, weekday of the gate-in (0 is Thursday, the day of 1 January 1970); wider ones leave parts out.
type Cohort<'a> = (Option<&'a str>, Option<&'a str>, bool, Option<i64>);

struct Stay<'a> {
    journey: &'a Journey,
    gate: &'a ContainerEvent,
    load: &'a ContainerEvent,
    hours: f64,
    moves: f64,
    /// Narrowest first.
    cohorts: [Cohort<'a>; 3],
}

pub(super) fn find(context: &Context<'_>, found: &mut Found) {
    let stays: Vec<Stay<'_>> = context.journeys.iter().filter_map(stay).collect();
    let mut dwell: BTreeMap<Cohort<'_>, Vec<f64>> = BTreeMap::new();
    let mut moves: BTreeMap<Cohort<'_>, Vec<f64>> = BTreeMap::new();
    for stay in &stays {
        for cohort in stay.cohorts {
            dwell.entry(cohort).or_default().push(stay.hours);
            moves.entry(cohort).or_default().push(stay.moves);
        }
    }
    let thresholds = &context.thresholds.dwell;
    let learned = |values: BTreeMap<Cohort<'_>, Vec<f64>>| -> BTreeMap<_, _> {
        values
            .into_iter()
            .filter(|(_, values)| values.len() >= thresholds.cohort)
            .filter_map(|(cohort, values)| {
                let (centre, spread) = centre_and_spread(&values)?;
                Some((cohort_owned(cohort), (values.len(), centre, spread)))
            })
            .collect()
    };
    let (dwell, moves) = (learned(dwell), learned(moves));
    for stay in &stays {
        let mut judge = |table: &BTreeMap<_, _>, value: f64, least: f64, measure: Measure| {
            let known = stay.cohorts.iter().find_map(|cohort| table.get(&cohort_owned(*cohort)));
            let Some(&(boxes, centre, spread)) = known else { return };
            let sd = f64::max(spread, least);
            let z = (value - centre) / sd;
            if z > thresholds.z {
                found.alerts.push(
                    Alert::on(
                        measure.finding,
                        stay.journey.trip.as_deref(),
                        &[stay.gate, stay.load],
                        measure.weight,
                    )
                    .number(measure.name, value)
                    .number("cohort_median", centre)
                    .number("cohort_sd", sd)
                    .number("cohort_boxes", boxes as f64)
                    .number("z", z),
                );
            }
        };
        let long = Measure { finding: Finding::LongDwell, name: "dwell_hours", weight: weights::LONG_DWELL };
        judge(&dwell, stay.hours, thresholds.least_sd_hours, long);
        let many = Measure { finding: Finding::ManyRehandles, name: "moves", weight: weights::REHANDLES };
        judge(&moves, stay.moves, thresholds.least_sd_moves, many);
    }
    for journey in context.journeys {
        reachable(context, journey, found);
    }
}

struct Measure {
    finding: Finding,
    name: &'static str,
    weight: Weight,
}

type OwnedCohort = (Option<String>, Option<String>, bool, Option<i64>);

fn cohort_owned((terminal, line, reefer, weekday): Cohort<'_>) -> OwnedCohort {
    (terminal.map(str::to_owned), line.map(str::to_owned), reefer, weekday)
}

fn stay(journey: &Journey) -> Option<Stay<'_>> {
    let gate = journey.first(EventKind::GateIn)?;
    let load = journey.last(EventKind::Loaded).filter(|load| load.at >= gate.at)?;
    let moves = journey.of_kind(EventKind::YardMove).filter(|one| gate.at <= one.at && one.at <= load.at);
    let terminal = gate.facility.as_ref().map(|facility| facility.as_str());
    let line = journey.events.iter().find_map(|event| event.line.as_deref());
    let reefer = journey.is_reefer();
    let weekday = gate.at.day().rem_euclid(7);
    Some(Stay {
        journey,
        gate,
        load,
        hours: (load.at - gate.at).hours_f64(),
        moves: moves.count() as f64,
        cohorts: [
            (terminal, line, reefer, Some(weekday)),
            (terminal, line, reefer, None),
            (terminal, None, reefer, None),
        ],
    })
}

fn reachable(context: &Context<'_>, journey: &Journey, found: &mut Found) {
    let Some(load_at) = journey.load_at() else { return };
    let before = Duration::from_secs(context.thresholds.dwell.before_load_s);
    for event in journey.of_kind(EventKind::YardMove) {
        let Some(yard) = &event.yard else { continue };
        let doors_reached = yard.tier == Some(1) && yard.doors == Some(DoorSide::Outward);
        let blind = yard.camera_blind == Some(true);
        let ahead = load_at - event.at;
        if !(doors_reached || blind) || ahead < Duration::from_secs(0) || ahead > before {
            continue;
        }
        let yes = |answer: bool| f64::from(u8::from(answer));
        found.alerts.push(
            Alert::on(Finding::ReachableBeforeLoad, journey.trip.as_deref(), &[event], weights::REACHABLE)
                .number("hours_before_load", ahead.hours_f64())
                .number("doors_reached", yes(doors_reached))
                .number("camera_blind", yes(blind))
                .text("slot", yard.slot.as_str()),
        );
    }
}
