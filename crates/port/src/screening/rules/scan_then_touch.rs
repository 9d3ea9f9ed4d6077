//! R8: a box touched between its scan and its load. A scan has value only for what came before it, and those who load
//! drugs learn which boxes were scanned: this weighs most.
//!
//! The touches are the findings of the other rules. An alert of R8 takes the family and the weight of its strongest
//! touch, and adds what the scan adds; so the touch and R8 never both count.

use super::{Context, Found, stronger};
use crate::screening::alert::{Alert, AlertFamily, Finding, Reread};
use crate::screening::event::{ContainerEvent, EventKind};
use crate::screening::inputs::OrderKind;
use crate::screening::journey::Journey;
use crate::screening::seal_difference::Tier;
use crate::screening::weights;

/// What happens to the box or is learnt about it; papers and plans touch nothing.
const fn is_touch(finding: Finding) -> bool {
    matches!(
        finding,
        Finding::SealChanged
            | Finding::VentSealChanged
            | Finding::HeavierAtLoad
            | Finding::DoorOpened
            | Finding::MovedWithoutOrder
            | Finding::ReachableBeforeLoad
            | Finding::PowerOff
            | Finding::ReturnAirStep
            | Finding::PanelOpened
            | Finding::LookupWithoutTask
    )
}

/// The last scan or inspection done before the load. Where no source tells that a scan was done, its selection stands
/// for it: from then on an insider knows.
fn cleared<'a>(context: &Context<'_>, journey: &'a Journey) -> Option<&'a ContainerEvent> {
    let load_at = journey.load_at();
    let before_load = |event: &&ContainerEvent| load_at.is_none_or(|load| event.at <= load);
    let done = journey.events.iter().filter(before_load).rfind(|event| match event.kind {
        EventKind::Scanned => true,
        EventKind::Inspected => context.opens_lawfully(event),
        _ => false,
    });
    done.or_else(|| journey.of_kind(EventKind::ScanSelected).rfind(before_load))
}

pub(super) fn find(context: &Context<'_>, found: &mut Found) {
    let mut raised = Vec::new();
    let mut by_box: std::collections::BTreeMap<_, Vec<&Alert>> = std::collections::BTreeMap::new();
    for alert in found.alerts.iter().filter(|alert| is_touch(alert.finding)) {
        by_box.entry(alert.container).or_default().push(alert);
    }
    for journey in context.journeys {
        let Some(scan) = cleared(context, journey) else { continue };
        let load_at = journey.load_at();
        let within = |at| scan.at < at && load_at.is_none_or(|load| at <= load);
        let mut touches: Vec<&Alert> = by_box
            .get(&Some(journey.container))
            .into_iter()
            .flatten()
            .filter(|alert| within(alert.at))
            .copied()
            .collect();
        // A seal misread that waits for its re-read is a touch that waits.
        touches.sort_by(|a, b| {
            let by_tier = a.tier.cmp(&b.tier);
            let by_weight = by_tier.then(b.strength.nats.total_cmp(&a.strength.nats));
            by_weight.then_with(|| (a.at, a.finding, a.id).cmp(&(b.at, b.finding, b.id)))
        });
        let moves: Vec<&ContainerEvent> = journey
            .of_kind(EventKind::YardMove)
            .filter(|event| within(event.at) && context.authority.ordered(event, OrderKind::Move))
            .collect();
        let trip = journey.trip.as_deref();
        let mut alert = match (touches.first(), moves.last()) {
            (Some(strongest), _) => {
                let mut alert = Alert::new(
                    Finding::TouchedAfterScan,
                    Some(journey.container),
                    strongest.at,
                    scan.id.bytes(),
                    weights::AFTER_SCAN,
                );
                alert.family = strongest.family;
                alert.tier = touches.iter().map(|one| one.tier).fold(Tier::Reread, stronger);
                alert.strength.nats += strongest.strength.nats;
                if alert.tier == Tier::Reread {
                    alert.reread = Some(strongest.reread.unwrap_or(Reread::Waiting));
                    alert.strength = weights::SEAL_MISREAD.strength();
                }
                alert.reference = strongest.reference.clone();
                let mut causes = strongest.innocent.clone();
                causes.extend(alert.innocent.iter().filter(|cause| !strongest.innocent.contains(cause)));
                alert.innocent = causes;
                alert.text("strongest_touch", strongest.finding.code())
            }
            (None, Some(last)) if context.thresholds.scan.ordered_moves_fire => {
                let mut alert =
                    Alert::on(Finding::TouchedAfterScan, trip, &[scan, last], weights::RESTOW_AFTER_SCAN);
                alert.family = AlertFamily::Handling;
                alert
            }
            _ => continue,
        };
        alert.trip = journey.trip.clone();
        alert.start = scan.at;
        let codes: Vec<&str> = touches.iter().map(|one| one.finding.code()).collect();
        let mut events = vec![(scan.at, scan.id, scan.evidence)];
        for touch in &touches {
            // The deciding event of a touch is after the scan; what it is compared with may be before.
            for (id, evidence) in touch.events.iter().zip(&touch.evidence) {
                events.push((touch.at, *id, *evidence));
            }
        }
        events.extend(moves.iter().map(|event| (event.at, event.id, event.evidence)));
        events.sort_by_key(|(at, id, _)| (*at, *id));
        events.dedup_by_key(|(_, id, _)| *id);
        alert.events = events.iter().map(|(_, id, _)| *id).collect();
        alert.evidence = events.iter().map(|(_, _, evidence)| *evidence).collect();
        let hours = (alert.at - scan.at).hours_f64();
        raised.push(
            alert
                .number("touches", touches.len() as f64)
                .number("ordered_moves", moves.len() as f64)
                .number("hours_after_scan", hours)
                .text("touches", codes.join(" "))
                .text("scan", scan.kind.code()),
        );
    }
    found.alerts.extend(raised);
}
