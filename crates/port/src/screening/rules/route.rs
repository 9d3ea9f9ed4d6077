//! R12: the road from stuffing to the gate: slower than its route, stops outside the allowed places, another truck or
//! driver on the way.

use std::collections::BTreeMap;

use bitacora_primitives::{Duration, Instant};

use super::{Context, Found};
use crate::screening::alert::{Alert, Finding};
use crate::screening::container::ContainerNumber;
use crate::screening::event::EventKind;
use crate::screening::inputs::TelematicsRecord;
use crate::screening::journey::Journey;
use crate::screening::robust::centre_and_spread;
use crate::screening::weights::{self, Weight};

type Road<'a> = (Option<&'a str>, Option<&'a str>);

pub(super) fn find(context: &Context<'_>, found: &mut Found) {
    times(context, found);
    let mut by_box: BTreeMap<ContainerNumber, Vec<&TelematicsRecord>> = BTreeMap::new();
    for record in &context.inputs.telematics {
        by_box.entry(record.container).or_default().push(record);
    }
    for records in by_box.values_mut() {
        records.sort_by_key(|record| (record.at, &record.id));
        records.dedup();
    }
    for journey in context.journeys {
        let Some((from, to)) = on_the_road(journey) else { continue };
        let Some(all) = by_box.get(&journey.container) else { continue };
        let way: Vec<&TelematicsRecord> =
            all.iter().filter(|record| from <= record.at && record.at <= to).copied().collect();
        stops(context, journey, &way, found);
        changes(journey, &way, found);
    }
}

fn on_the_road(journey: &Journey) -> Option<(Instant, Instant)> {
    let gate = journey.first(EventKind::GateIn)?;
    let stuffed = journey.of_kind(EventKind::Stuffed).rfind(|event| event.at <= gate.at)?;
    Some((stuffed.at, gate.at))
}

fn times(context: &Context<'_>, found: &mut Found) {
    let thresholds = &context.thresholds.route;
    let mut roads: BTreeMap<Road<'_>, Vec<f64>> = BTreeMap::new();
    let mut trips = Vec::new();
    for journey in context.journeys {
        let Some((from, to)) = on_the_road(journey) else { continue };
        let place = |kind| {
            let event = journey.first(kind);
            event.and_then(|event| event.facility.as_ref()).map(|facility| facility.as_str())
        };
        let road = (place(EventKind::Stuffed), place(EventKind::GateIn));
        let minutes = (to - from).secs_f64() / 60.0;
        roads.entry(road).or_default().push(minutes);
        trips.push((journey, road, minutes));
    }
    let learned: BTreeMap<Road<'_>, (usize, f64, f64)> = roads
        .into_iter()
        .filter(|(_, minutes)| minutes.len() >= thresholds.cohort)
        .filter_map(|(road, minutes)| {
            let (centre, spread) = centre_and_spread(&minutes)?;
            Some((road, (minutes.len(), centre, spread.max(thresholds.least_sd_minutes))))
        })
        .collect();
    for (journey, road, minutes) in trips {
        let Some(&(boxes, median, sd)) = learned.get(&road) else { continue };
        let z = (minutes - median) / sd;
        let ends = (journey.first(EventKind::Stuffed), journey.first(EventKind::GateIn));
        if let (true, (Some(stuffed), Some(gate))) = (z > thresholds.z, ends) {
            found.alerts.push(
                Alert::on(Finding::SlowRoad, journey.trip.as_deref(), &[stuffed, gate], weights::SLOW_ROAD)
                    .number("road_minutes", minutes)
                    .number("route_median_minutes", median)
                    .number("route_sd_minutes", sd)
                    .number("route_boxes", boxes as f64)
                    .number("z", z),
            );
        }
    }
}

fn on(finding: Finding, journey: &Journey, record: &TelematicsRecord, weight: Weight) -> Alert {
    let mut alert = Alert::new(finding, Some(journey.container), record.at, record.id.as_bytes(), weight);
    alert.trip = journey.trip.clone();
    alert.reference = Some(record.id.clone());
    alert
}

fn stops(context: &Context<'_>, journey: &Journey, way: &[&TelematicsRecord], found: &mut Found) {
    let thresholds = &context.thresholds.route;
    let stands = |record: &TelematicsRecord| {
        record.speed_kmh.is_some_and(|speed| speed < thresholds.stop_kmh)
            && record.allowed_place == Some(false)
    };
    let mut start: Option<&TelematicsRecord> = None;
    let mut last: Option<&TelematicsRecord> = None;
    let mut close = |start: &mut Option<&TelematicsRecord>, last: Option<&TelematicsRecord>| {
        if let (Some(from), Some(to)) = (start.take(), last)
            && to.at - from.at >= Duration::from_secs(thresholds.stop_s)
        {
            let mut alert = on(Finding::StopOutsidePlaces, journey, from, weights::STOP_OUTSIDE);
            alert.at = to.at;
            found.alerts.push(
                alert
                    .number("stop_minutes", (to.at - from.at).secs_f64() / 60.0)
                    .number("limit_minutes", thresholds.stop_s as f64 / 60.0),
            );
        }
    };
    for record in way {
        if stands(record) {
            start = start.or(Some(record));
            last = Some(record);
        } else {
            // Until it is seen to move it stood.
            close(&mut start, last.take().map(|_| *record));
        }
    }
    close(&mut start, last);
}

fn changes(journey: &Journey, way: &[&TelematicsRecord], found: &mut Found) {
    let (mut truck, mut driver) = (None, None);
    for record in way {
        let other_truck = record.truck.is_some() && truck.is_some() && truck != record.truck.as_ref();
        let other_driver = record.driver.is_some() && driver.is_some() && driver != record.driver.as_ref();
        if other_truck || other_driver {
            let yes = |answer: bool| f64::from(u8::from(answer));
            found.alerts.push(
                on(Finding::CrewOrTruckChanged, journey, record, weights::CREW_CHANGED)
                    .number("truck_changed", yes(other_truck))
                    .number("driver_changed", yes(other_driver)),
            );
        }
        truck = record.truck.as_ref().or(truck);
        driver = record.driver.as_ref().or(driver);
    }
}
