//! R5: a door opened without an authorised inspection near it, and a yard move without a work order.

use std::collections::BTreeMap;

use bitacora_primitives::Duration;

use super::{Context, Found};
use crate::screening::alert::{Alert, Finding, Gap, GapKind};
use crate::screening::event::{ContainerEvent, EventKind};
use crate::screening::inputs::OrderKind;
use crate::screening::journey::Journey;
use crate::screening::weights;

pub(super) fn find(context: &Context<'_>, found: &mut Found) {
    // Facility and hour: moves, and those without an order.
    let mut hours: BTreeMap<(Option<&str>, i64), (usize, usize)> = BTreeMap::new();
    let hour = |event: &ContainerEvent| event.at.secs().div_euclid(3600);
    let mut unordered = Vec::new();
    for journey in context.journeys {
        doors(context, journey, found);
        for event in journey.of_kind(EventKind::YardMove) {
            let facility = event.facility.as_ref().map(|facility| facility.as_str());
            let (moves, without) = hours.entry((facility, hour(event))).or_default();
            *moves += 1;
            if !context.authority.ordered(event, OrderKind::Move) {
                *without += 1;
                unordered.push((journey, event, facility));
            }
        }
    }
    let thresholds = &context.thresholds.door;
    for (journey, event, facility) in unordered {
        let (moves, without) = hours.get(&(facility, hour(event))).copied().unwrap_or_default();
        let outage =
            without >= thresholds.outage_moves && without as f64 >= thresholds.outage_share * moves as f64;
        let weight = if outage { weights::UNORDERED_MOVE_OUTAGE } else { weights::UNORDERED_MOVE };
        let mut alert = Alert::on(Finding::MovedWithoutOrder, journey.trip.as_deref(), &[event], weight)
            .number("moves_in_hour", moves as f64)
            .number("unordered_in_hour", without as f64);
        if let Some(order) = &event.order {
            alert = alert.text("order_unknown", order.as_str());
        }
        if let Some(yard) = &event.yard {
            alert = alert.text("slot", yard.slot.as_str());
        }
        found.alerts.push(alert);
    }
}

fn doors(context: &Context<'_>, journey: &Journey, found: &mut Found) {
    let thresholds = &context.thresholds.door;
    let near = Duration::from_secs(thresholds.inspection_s);
    let lawful: Vec<&ContainerEvent> = journey
        .events
        .iter()
        .filter(|event| match event.kind {
            // Stuffing and stripping are done through the door.
            EventKind::Stuffed | EventKind::Stripped => true,
            EventKind::Inspected => context.opens_lawfully(event),
            _ => false,
        })
        .collect();
    let stuffed = journey.first(EventKind::Stuffed).map(|event| event.at);
    for (n, event) in journey.events.iter().enumerate() {
        if event.kind != EventKind::DoorOpened {
            continue;
        }
        // Until it is stuffed the box is empty and open.
        let explained = lawful.iter().any(|one| (one.at - event.at).abs() <= near)
            || stuffed.is_some_and(|at| event.at <= at)
            || context.authority.covered(event.container, OrderKind::Inspection, event.at, near)
                && context.authority.has_orders();
        if explained {
            continue;
        }
        let trip = journey.trip.as_deref();
        let closed = journey
            .events
            .iter()
            .skip(n + 1)
            .take_while(|one| one.kind != EventKind::DoorOpened)
            .find(|one| one.kind == EventKind::DoorClosed);
        match closed {
            Some(closed) => {
                let open = closed.at - event.at;
                if open > Duration::from_secs(thresholds.open_s) {
                    // The opening decides, as in the baseline: the closing comes first in the list.
                    found.alerts.push(
                        Alert::on(Finding::DoorOpened, trip, &[closed, event], weights::DOOR_OPEN)
                            .number("open_s", open.secs_f64())
                            .number("least_open_s", thresholds.open_s as f64),
                    );
                }
            }
            None => {
                // A lost closing message must not hide an opening.
                found.alerts.push(Alert::on(Finding::DoorOpened, trip, &[event], weights::DOOR_NOT_CLOSED));
                found.gaps.push(Gap {
                    kind: GapKind::DoorNotClosed,
                    container: Some(journey.container),
                    trip: journey.trip.clone(),
                    after: Some(event.id),
                    before: None,
                    at: event.at,
                });
            }
        }
    }
}
