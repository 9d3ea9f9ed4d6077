//! R7: a reefer without power outside its plug orders, return air that warms while the doors are shut, an opened
//! machinery panel. Defrost cycles come back at even intervals and are none of these. A vent seal that changed is found
//! with the other seals.

use bitacora_primitives::{Duration, Instant};

use super::{Context, Found};
use crate::screening::alert::{Alert, Finding};
use crate::screening::event::{ContainerEvent, EventKind, ReeferReading};
use crate::screening::inputs::OrderKind;
use crate::screening::journey::Journey;
use crate::screening::weights;

pub(super) fn find(context: &Context<'_>, found: &mut Found) {
    for journey in context.journeys {
        power(context, journey, found);
        air(context, journey, found);
        panel(context, journey, found);
    }
}

/// What happened in the terminal: on the road and at sea a generator or the ship feeds it, which nobody reports.
fn in_yard(journey: &Journey) -> impl Iterator<Item = &ContainerEvent> {
    let gate = journey.first(EventKind::GateIn).map(|gate| gate.at);
    let load = journey.last(EventKind::Loaded).map(|load| load.at);
    journey
        .events
        .iter()
        .filter(move |event| gate.is_none_or(|at| at <= event.at) && load.is_none_or(|at| event.at <= at))
}

/// What the event says of power: plugs and readings alike.
fn powered(event: &ContainerEvent) -> Option<bool> {
    match event.kind {
        EventKind::PluggedIn => Some(true),
        EventKind::Unplugged => Some(false),
        _ => event.reefer.and_then(|reading| reading.powered),
    }
}

fn power(context: &Context<'_>, journey: &Journey, found: &mut Found) {
    let thresholds = &context.thresholds.reefer;
    let slack = Duration::from_secs(thresholds.order_s);
    let mut off: Option<&ContainerEvent> = None;
    let mut ordered = false;
    for event in in_yard(journey) {
        let is_load = event.kind == EventKind::Loaded;
        match (powered(event), off) {
            (Some(false), None) => {
                off = Some(event);
                ordered = event.kind == EventKind::Unplugged
                    && context.authority.ordered(event, OrderKind::Unplug)
                    || context.authority.covered(event.container, OrderKind::Unplug, event.at, slack)
                    || context.authority.covered(event.container, OrderKind::Service, event.at, slack);
            }
            (Some(true), Some(start)) => {
                let span = event.at - start.at;
                if !ordered && span > Duration::from_secs(thresholds.power_off_s) {
                    found.alerts.push(
                        Alert::on(
                            Finding::PowerOff,
                            journey.trip.as_deref(),
                            &[start, event],
                            weights::POWER_OFF,
                        )
                        .number("off_minutes", span.secs_f64() / 60.0)
                        .number("limit_minutes", thresholds.power_off_s as f64 / 60.0),
                    );
                }
                off = None;
            }
            // Unplugged to be loaded.
            _ if is_load => off = None,
            _ => {}
        }
    }
}

/// A rise of the return air between two readings.
struct Step<'a> {
    from: &'a ContainerEvent,
    to: &'a ContainerEvent,
    celsius: f64,
}

fn air(context: &Context<'_>, journey: &Journey, found: &mut Found) {
    let thresholds = &context.thresholds.reefer;
    let opened: Vec<Instant> = journey.of_kind(EventKind::DoorOpened).map(|event| event.at).collect();
    let near = Duration::from_secs(thresholds.step_within_s);
    let readings: Vec<(&ContainerEvent, ReeferReading, f64)> = in_yard(journey)
        .filter_map(|event| {
            let reading = event.reefer?;
            Some((event, reading, reading.return_air_celsius.filter(|celsius| celsius.is_finite())?))
        })
        .collect();
    let mut steps = Vec::new();
    for ((from, before, was), (to, after, is)) in readings.iter().zip(readings.iter().skip(1)) {
        let rise = is - was;
        let close = to.at - from.at <= near;
        let defrosting = before.defrosting == Some(true) || after.defrosting == Some(true);
        // A new setpoint moves the air by itself; without power R7's other half speaks.
        let explained = before.setpoint_celsius != after.setpoint_celsius
            || before.powered == Some(false)
            || after.powered == Some(false);
        // In order of time: the first opening that is not too early is the one to ask.
        let shut = opened
            .get(opened.partition_point(|at| *at < from.at - near))
            .is_none_or(|at| *at > from.at + near);
        if rise > thresholds.return_air_step_celsius && close && shut && !defrosting && !explained {
            steps.push(Step { from, to, celsius: rise });
        }
    }
    for (n, step) in steps.iter().enumerate() {
        if is_periodic(&steps, n, thresholds.defrost_spacing) {
            continue;
        }
        found.alerts.push(
            Alert::on(
                Finding::ReturnAirStep,
                journey.trip.as_deref(),
                &[step.from, step.to],
                weights::RETURN_AIR,
            )
            .number("step_celsius", step.celsius)
            .number("limit_celsius", thresholds.return_air_step_celsius)
            .number("minutes", (step.to.at - step.from.at).secs_f64() / 60.0),
        );
    }
}

/// Part of three steps in a row spaced alike.
fn is_periodic(steps: &[Step<'_>], n: usize, share: f64) -> bool {
    (n.saturating_sub(2)..=n).any(|first| match steps.get(first..first + 3) {
        Some([a, b, c]) => {
            let (one, two) = ((b.to.at - a.to.at).secs_f64(), (c.to.at - b.to.at).secs_f64());
            (one - two).abs() <= share * one.max(two)
        }
        _ => false,
    })
}

fn panel(context: &Context<'_>, journey: &Journey, found: &mut Found) {
    let slack = Duration::from_secs(context.thresholds.reefer.order_s);
    let mut open = false;
    for event in &journey.events {
        let Some(now_open) = event.reefer.and_then(|reading| reading.panel_open) else { continue };
        let ordered = event.is_authorised() && context.authority.ordered(event, OrderKind::Service)
            || context.authority.covered(event.container, OrderKind::Service, event.at, slack);
        if now_open && !open && !ordered {
            found.alerts.push(Alert::on(
                Finding::PanelOpened,
                journey.trip.as_deref(),
                &[event],
                weights::PANEL,
            ));
        }
        open = now_open;
    }
}
