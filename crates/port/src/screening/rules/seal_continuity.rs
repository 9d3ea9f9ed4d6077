//! R1: within a trip a seal reads differently from before, and no authorised opening lies between. Each placement is a
//! chain of its own; a seal more than expected is no change. A likely misread waits in its own queue until the seal is
//! read again before the load.

use std::collections::BTreeSet;
use std::ops::Range;

use bitacora_primitives::IndicationId;

use super::expected_seals::{Expected, Held, Occasions};
use super::{Context, Found};
use crate::screening::alert::{Alert, Finding, Reread};
use crate::screening::event::EventKind;
use crate::screening::journey::Journey;
use crate::screening::seal::{SealNumber, SealPlacement, SealReading};
use crate::screening::seal_difference::{SealDifference, Tier};
use crate::screening::weights;

/// Demoted readings that wait: their numbers, and the alerts of each, one, or two for a vent seal.
#[derive(Default)]
struct Waiting<'a> {
    numbers: BTreeSet<&'a SealNumber>,
    alerts: Vec<Range<usize>>,
}

pub(super) fn find(context: &Context<'_>, found: &mut Found) {
    for journey in context.journeys {
        for placement in SealPlacement::ALL {
            chain(context, journey, *placement, found);
        }
    }
}

fn chain(context: &Context<'_>, journey: &Journey, placement: SealPlacement, found: &mut Found) {
    let occasions = Occasions::of(context, journey, placement);
    let mut held = Expected::default();
    let mut waiting = Waiting::default();
    let mut opened = false;
    for (n, event) in journey.events.iter().enumerate() {
        opened |= context.opens_lawfully(event) || event.kind == EventKind::Stuffed;
        let readings: Vec<&SealReading> =
            event.seals.iter().filter(|seal| seal.placement == placement).collect();
        if readings.is_empty() {
            continue;
        }
        if opened || held.is_empty() {
            // Opened lawfully, or never read before: what is on it now is what is expected.
            held = Expected::of(&readings, event);
            waiting = Waiting::default();
            opened = false;
            continue;
        }
        for reading in &readings {
            if held.has(&reading.number) {
                waiting.agree(found);
                let conflict = reading.second_read.as_ref().filter(|second| !held.has(second));
                if let (Some(second), Some(before)) = (conflict, held.nearest(reading)) {
                    // Two readings of one occasion disagree, and one of them is right.
                    let read_again = occasions.read_again(n, &reading.number, second);
                    let seen = Seen { number: second, agrees: true, twice: false, read_again };
                    let raised = raise(context, journey, n, before, reading, &seen, found);
                    waiting.add(second, &raised);
                }
                continue;
            }
            // With another seal where it should be, this one is an extra, unless it stands in for one of its kind.
            let intact = || readings.iter().any(|other| held.has(&other.number));
            let nearest = || if intact() { None } else { held.nearest(reading) };
            let before = held.replaced_by(reading, &readings).or_else(nearest);
            let Some(before) = before else {
                held.add(reading, event);
                continue;
            };
            let number = &reading.number;
            let again = waiting.numbers.contains(number);
            let twice = again || reading.read_count >= 2 || reading.second_read.as_ref() == Some(number);
            let read_again = !twice && occasions.read_again(n, &before.reading.number, number);
            let second_right = reading.second_read.as_ref().is_some_and(|second| held.has(second));
            let agrees = !again && (second_right || read_again);
            let seen = Seen { number, agrees, twice, read_again };
            let raised = raise(context, journey, n, before, reading, &seen, found);
            if raised.tier == Tier::First || raised.before_slipped {
                // One story, one alert: the new number is expected from here on, as the old one still is.
                held.add(reading, event);
            }
            waiting.add(number, &raised);
        }
    }
    let last = |kind| journey.last(kind).map(|event| event.at);
    let gone = last(EventKind::Loaded).max(last(EventKind::VesselDeparted));
    for alerts in waiting.alerts {
        for alert in found.alerts.get_mut(alerts).into_iter().flatten() {
            if alert.reread == Some(Reread::Waiting) && gone.is_some_and(|gone| gone > alert.at) {
                alert.reread = Some(Reread::Missed);
                alert.tier = Tier::First;
            }
        }
    }
}

struct Seen<'a> {
    number: &'a SealNumber,
    /// Another reading gave the seal expected.
    agrees: bool,
    /// Two readings gave this number: no slip of the eye.
    twice: bool,
    /// The seal expected was read again on a later occasion.
    read_again: bool,
}

/// What was raised about one reading.
struct Raised {
    tier: Tier,
    alerts: Range<usize>,
    /// The seal expected was itself the slip.
    before_slipped: bool,
}

impl<'a> Waiting<'a> {
    fn add(&mut self, number: &'a SealNumber, raised: &Raised) {
        if raised.tier == Tier::Reread {
            self.numbers.insert(number);
            self.alerts.push(raised.alerts.clone());
        }
    }

    /// A reading that agrees settles what waited.
    fn agree(&mut self, found: &mut Found) {
        self.numbers.clear();
        for alerts in self.alerts.drain(..) {
            for alert in found.alerts.get_mut(alerts).into_iter().flatten() {
                alert.reread = Some(Reread::Agreed);
            }
        }
    }
}

fn raise(
    context: &Context<'_>,
    journey: &Journey,
    n: usize,
    before: Held<'_>,
    reading: &SealReading,
    seen: &Seen<'_>,
    found: &mut Found,
) -> Raised {
    let thresholds = &context.thresholds.seal;
    let expected = &before.reading.number;
    let difference = SealDifference::between(
        expected.as_str().as_bytes(),
        seen.number.as_str().as_bytes(),
        thresholds.near_serial,
    );
    let on_another = context.seal_uses.is_on_another(journey, seen.number);
    let issued = context.seal_ranges.is_issued(seen.number);
    // Of two numbers one character apart the one that was issued is the seal's, and the other, which nobody was issued,
    // the slip: here the reading before slipped, and this one is its re-read. A swap puts on a seal that the register
    // does not know or knows as somebody's; it does not bring the shipper's own seal back.
    let before_slipped = difference.edit_distance == 1
        && !difference.near_serial
        && issued
        && !context.seal_ranges.is_issued(expected)
        && !on_another;
    let elsewhere = on_another || (issued && !before_slipped);
    let tier = match seen {
        _ if before_slipped => Tier::Reread,
        Seen { twice: true, .. } => Tier::First,
        Seen { read_again: true, .. } => Tier::Reread,
        _ => difference.tier(seen.agrees, elsewhere),
    };
    let weight = if tier == Tier::Reread { weights::SEAL_MISREAD } else { weights::SEAL_SWAP };
    let deciding = journey.events.get(n).unwrap_or(before.event);
    let yes = |answer: bool| f64::from(u8::from(answer));
    let alert = |finding| {
        let mut alert = Alert::on(finding, journey.trip.as_deref(), &[before.event, deciding], weight)
            .number("edit_distance", f64::from(difference.edit_distance))
            .number("confusable", yes(difference.confusable))
            .number("near_serial", yes(difference.near_serial))
            .number("second_read_agrees", yes(seen.agrees))
            .number("read_twice", yes(seen.twice))
            .number("read_again", yes(seen.read_again))
            .number("known_elsewhere", yes(elsewhere))
            .number("before_slipped", yes(before_slipped))
            .text("seal_expected", expected.as_str())
            .text("seal_read", seen.number.as_str())
            .text("placement", reading.placement.code());
        alert.tier = tier;
        // Where the reading before slipped, this one is its re-read.
        let reread = if before_slipped { Reread::Agreed } else { Reread::Waiting };
        alert.reread = (tier == Tier::Reread).then_some(reread);
        // Two chains, or two seals of one event, are two alerts.
        let (placement, number) = (reading.placement.code().as_bytes(), seen.number.as_str().as_bytes());
        alert.id = IndicationId::of(&[alert.id.bytes(), placement, number]);
        alert
    };
    let start = found.alerts.len();
    if reading.placement == SealPlacement::Vent {
        let mut vent = alert(Finding::VentSealChanged);
        if tier == Tier::First {
            vent.strength = weights::VENT_SEAL.strength();
        }
        found.alerts.push(vent);
    }
    found.alerts.push(alert(Finding::SealChanged));
    Raised { tier, alerts: start..found.alerts.len(), before_slipped }
}
