//! R4: a number that breaks ISO 6346, one box at two places closer than the road between them, a size, type or tare that
//! changed, one box in the bay plans of two vessels.

use std::collections::BTreeMap;

use bitacora_primitives::Duration;

use super::{Context, Found};
use crate::screening::alert::{Alert, Finding};
use crate::screening::container::NumberDefect;
use crate::screening::event::{ContainerEvent, EventKind};
use crate::screening::journey::Journey;
use crate::screening::locode::Facility;
use crate::screening::weights;

/// Whether the report means that the box was there; papers and plans do not.
fn is_presence(kind: EventKind) -> bool {
    !matches!(
        kind,
        EventKind::VerifiedMass
            | EventKind::ScanSelected
            | EventKind::InspectionSelected
            | EventKind::CustomsReleased
            | EventKind::AvailableForDropOff
            | EventKind::AvailableForPickUp
            | EventKind::Stowed
            | EventKind::VesselArrived
            | EventKind::VesselDeparted
    )
}

pub(super) fn find(context: &Context<'_>, found: &mut Found) {
    let mut travel: BTreeMap<(&Facility, &Facility), Duration> = BTreeMap::new();
    for one in &context.inputs.travel_times {
        let time = Duration::from_mins(i64::from(one.minutes));
        for way in [(&one.from, &one.to), (&one.to, &one.from)] {
            let least = travel.entry(way).or_insert(time);
            *least = (*least).min(time);
        }
    }
    let mut start = 0;
    while let Some(first) = context.journeys.get(start) {
        let more = context.journeys.iter().skip(start);
        let count = more.take_while(|one| one.container == first.container).count();
        if let Some(of_box) = context.journeys.get(start..start + count) {
            one_box(context, of_box, &travel, found);
        }
        start += count;
    }
}

fn one_box(
    context: &Context<'_>,
    journeys: &[Journey],
    travel: &BTreeMap<(&Facility, &Facility), Duration>,
    found: &mut Found,
) {
    for journey in journeys {
        if let (Err(defects), Some(event)) = (journey.container.check(), journey.events.first()) {
            let code = |defect: &NumberDefect| match defect {
                NumberDefect::Form => "form",
                NumberDefect::Category => "category",
                NumberDefect::CheckDigit => "check_digit",
            };
            let codes: Vec<&str> = defects.iter().map(code).collect();
            found.alerts.push(
                Alert::on(Finding::NumberDefect, journey.trip.as_deref(), &[event], weights::NUMBER_DEFECT)
                    .text("defects", codes.join(" ")),
            );
        }
    }
    let mut events: Vec<(&ContainerEvent, Option<&str>)> = journeys
        .iter()
        .flat_map(|journey| journey.events.iter().map(|event| (event, journey.trip.as_deref())))
        .collect();
    // Stable: within a moment the journeys' own order stands.
    events.sort_by_key(|(event, _)| (event.at, event.kind));
    places(context, &events, travel, found);
    records(context, &events, found);
    vessels(context, &events, found);
}

fn places(
    context: &Context<'_>,
    events: &[(&ContainerEvent, Option<&str>)],
    travel: &BTreeMap<(&Facility, &Facility), Duration>,
    found: &mut Found,
) {
    let thresholds = &context.thresholds.identity;
    let seen: Vec<(&ContainerEvent, &Facility, Option<&str>)> = events
        .iter()
        .filter(|(event, _)| is_presence(event.kind))
        .filter_map(|(event, trip)| Some((*event, event.facility.as_ref()?, *trip)))
        .collect();
    for ((before, from, _), (event, to, trip)) in seen.iter().zip(seen.iter().skip(1)) {
        if from == to {
            continue;
        }
        let same_port = from.locode().is_some() && from.locode() == to.locode();
        let fallback = if same_port { thresholds.same_port_s } else { thresholds.other_port_s };
        let least = travel.get(&(*from, *to)).copied().unwrap_or(Duration::from_secs(fallback));
        let apart = event.at - before.at;
        if before.at + least > event.at + Duration::from_secs(thresholds.skew_s) {
            found.alerts.push(
                Alert::on(Finding::TwoPlaces, *trip, &[before, event], weights::TWO_PLACES)
                    .number("minutes_apart", apart.secs_f64() / 60.0)
                    .number("minutes_needed", least.secs_f64() / 60.0)
                    .text("facility_before", from.as_str())
                    .text("facility", to.as_str()),
            );
        }
    }
}

/// Size and group of an ISO 6346 size-type code: `22GP` is the group of `22G1`, so the fourth character tells nothing.
fn size_and_group(code: &str) -> Option<&str> {
    code.get(..3)
}

fn records(context: &Context<'_>, events: &[(&ContainerEvent, Option<&str>)], found: &mut Found) {
    let thresholds = &context.thresholds.identity;
    let mut size: Option<(&ContainerEvent, &str)> = None;
    let mut tare: Option<(&ContainerEvent, f64)> = None;
    for (event, trip) in events {
        if let Some(code) = event.size_type.as_deref() {
            match size {
                Some((before, old)) if size_and_group(old) != size_and_group(code) => {
                    found.alerts.push(
                        Alert::on(Finding::SizeTypeChanged, *trip, &[before, event], weights::SIZE_TYPE)
                            .text("size_type_before", old)
                            .text("size_type", code),
                    );
                    size = Some((event, code));
                }
                Some(_) => {}
                None => size = Some((event, code)),
            }
        }
        if let Some(kg) = event.tare.map(|tare| tare.value()) {
            match tare {
                Some((before, old))
                    if (kg - old).abs() > thresholds.tare_kg.max(thresholds.tare_percent / 100.0 * old) =>
                {
                    found.alerts.push(
                        Alert::on(Finding::TareChanged, *trip, &[before, event], weights::TARE)
                            .number("tare_before_kg", old)
                            .number("tare_kg", kg),
                    );
                    tare = Some((event, kg));
                }
                Some(_) => {}
                None => tare = Some((event, kg)),
            }
        }
    }
}

fn vessels(context: &Context<'_>, events: &[(&ContainerEvent, Option<&str>)], found: &mut Found) {
    let within = Duration::from_hours(context.thresholds.identity.two_vessels_days.saturating_mul(24));
    let stowed: Vec<(&ContainerEvent, &str, Option<&str>)> = events
        .iter()
        .filter(|(event, _)| event.kind == EventKind::Stowed)
        .filter_map(|(event, trip)| Some((*event, event.vessel.as_deref()?, *trip)))
        .collect();
    for ((before, old, _), (event, vessel, trip)) in stowed.iter().zip(stowed.iter().skip(1)) {
        // Discharged in between, it may lawfully sail on with another.
        let discharged = events
            .iter()
            .any(|(one, _)| one.kind == EventKind::Discharged && before.at <= one.at && one.at <= event.at);
        if old != vessel && event.at - before.at <= within && !discharged {
            found.alerts.push(
                Alert::on(Finding::TwoVessels, *trip, &[before, event], weights::TWO_VESSELS)
                    .number("hours_apart", (event.at - before.at).hours_f64())
                    .text("vessel_before", *old)
                    .text("vessel", *vessel),
            );
        }
    }
}
