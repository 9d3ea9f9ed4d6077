//! R2: one seal on two boxes, a serial that nobody was issued, a seal seen before its issue. A seal is its maker and its
//! serial; where the maker is not given, it compares only with others that do not give it.

use std::collections::{BTreeMap, BTreeSet};

use bitacora_primitives::{Duration, EventId, IndicationId};

use super::{Context, Found};
use crate::screening::alert::{Alert, Finding, Reread};
use crate::screening::container::ContainerNumber;
use crate::screening::event::ContainerEvent;
use crate::screening::inputs::SealRange;
use crate::screening::journey::Journey;
use crate::screening::seal::{SealNumber, SealReading, SealSource};
use crate::screening::seal_difference::Tier;
use crate::screening::weights;

type Key<'a> = (Option<&'a str>, &'a str);

/// Where each seal was read: per box the first and last event, in order of time.
pub(crate) struct SealUses<'a> {
    uses: BTreeMap<Key<'a>, BTreeMap<ContainerNumber, Use<'a>>>,
    /// Boxes by number alone, whoever made the seal.
    boxes: BTreeMap<&'a str, BTreeSet<ContainerNumber>>,
}

struct Use<'a> {
    first: &'a ContainerEvent,
    last: &'a ContainerEvent,
    trip: Option<&'a str>,
}

impl<'a> SealUses<'a> {
    pub(crate) fn of(journeys: &'a [Journey]) -> Self {
        let mut all = Self { uses: BTreeMap::new(), boxes: BTreeMap::new() };
        for journey in journeys {
            for event in &journey.events {
                for seal in &event.seals {
                    let number = seal.number.as_str();
                    all.boxes.entry(number).or_default().insert(event.container);
                    let fresh = Use { first: event, last: event, trip: journey.trip.as_deref() };
                    let one = all
                        .uses
                        .entry((seal.maker.as_deref(), number))
                        .or_default()
                        .entry(event.container)
                        .or_insert(fresh);
                    if event.at < one.first.at {
                        one.first = event;
                        one.trip = journey.trip.as_deref();
                    }
                    if event.at > one.last.at {
                        one.last = event;
                    }
                }
            }
        }
        all
    }

    /// Whether the number is a seal of another box: a misread rarely hits one.
    pub(crate) fn is_on_another(&self, journey: &Journey, number: &SealNumber) -> bool {
        let boxes = self.boxes.get(number.as_str());
        boxes.is_some_and(|boxes| boxes.iter().any(|one| *one != journey.container))
    }
}

/// The ranges by series: number of digits, then prefix.
pub(crate) struct SealRanges<'a> {
    series: BTreeMap<usize, BTreeMap<&'a str, Vec<&'a SealRange>>>,
}

impl<'a> SealRanges<'a> {
    pub(crate) fn of(ranges: &'a [SealRange]) -> Self {
        let mut series: BTreeMap<usize, BTreeMap<&str, Vec<&SealRange>>> = BTreeMap::new();
        for range in ranges {
            series.entry(range.digits).or_default().entry(&range.prefix).or_default().push(range);
        }
        Self { series }
    }
    /// Whether the number lies in a range issued.
    pub(crate) fn is_issued(&self, number: &SealNumber) -> bool {
        number.serial().is_some_and(|serial| self.series(serial).iter().any(|range| holds(range, serial)))
    }
    fn series(&self, (prefix, digits, _): (&str, usize, u64)) -> &[&'a SealRange] {
        let of_length = self.series.get(&digits);
        of_length.and_then(|all| all.get(prefix)).map(Vec::as_slice).unwrap_or_default()
    }
}

fn holds(range: &SealRange, (_, _, serial): (&str, usize, u64)) -> bool {
    (range.first..=range.last).contains(&serial)
}

pub(super) fn find(context: &Context<'_>, found: &mut Found) {
    reused(context, found);
    let settled = settled(&found.alerts);
    for journey in context.journeys {
        let mut judged = BTreeSet::new();
        for event in &journey.events {
            for seal in &event.seals {
                if judged.insert((seal.maker.as_deref(), seal.number.as_str()))
                    && let Some(mut alert) = issue(context, journey, event, seal)
                {
                    if settled.contains(&(event.id, seal.number.as_str().to_owned())) {
                        alert.tier = Tier::Reread;
                        alert.reread = Some(Reread::Agreed);
                        alert.strength = weights::SEAL_MISREAD.strength();
                    }
                    found.alerts.push(alert);
                }
            }
        }
    }
}

/// Readings that a later one settled as misreads: a number that was misread was never issued either. What still waits is
/// not among them: a second reading may be copied from the papers, and then the register is all that speaks.
fn settled(alerts: &[Alert]) -> BTreeSet<(EventId, String)> {
    let settled = |alert: &&Alert| {
        alert.finding == Finding::SealChanged
            && alert.tier == Tier::Reread
            && alert.reread == Some(Reread::Agreed)
    };
    let reading = |alert: &Alert| Some((*alert.events.last()?, alert.texts.get("seal_read")?.clone()));
    alerts.iter().filter(settled).filter_map(reading).collect()
}

fn reused(context: &Context<'_>, found: &mut Found) {
    let thresholds = &context.thresholds.seal;
    let within = Duration::from_hours(thresholds.reuse_days.saturating_mul(24));
    for ((maker, number), boxes) in &context.seal_uses.uses {
        if boxes.len() < 2 {
            continue;
        }
        let mut uses: Vec<&Use<'_>> = boxes.values().collect();
        uses.sort_by_key(|one| (one.first.at, one.first.container));
        let weight = match maker {
            _ if uses.len() >= thresholds.copied_boxes => weights::SEAL_COPIED,
            None => weights::SEAL_REUSED_NO_MAKER,
            Some(_) => weights::SEAL_REUSED,
        };
        for (before, later) in uses.iter().zip(uses.iter().skip(1)) {
            let apart = later.first.at - before.last.at;
            if apart > within {
                continue;
            }
            let mut alert = Alert::on(Finding::SealReused, later.trip, &[before.first, later.first], weight)
                .number("boxes", uses.len() as f64)
                .number("hours_apart", apart.hours_f64())
                .text("seal", *number);
            if let Some(maker) = maker {
                alert = alert.text("maker", *maker);
            }
            // One event may show two reused seals.
            alert.id = IndicationId::of(&[alert.id.bytes(), number.as_bytes()]);
            alert.others.push(before.first.container);
            found.alerts.push(alert);
        }
    }
}

/// Judged only where a range of the same series is loaded, and for the seals that are issued: the shipper's and
/// customs'.
fn issue(
    context: &Context<'_>,
    journey: &Journey,
    event: &ContainerEvent,
    seal: &SealReading,
) -> Option<Alert> {
    if !matches!(seal.source, None | Some(SealSource::Shipper | SealSource::Customs)) {
        return None;
    }
    let serial = seal.number.serial()?;
    let same_maker =
        |range: &&SealRange| range.maker.is_none() || seal.maker.is_none() || range.maker == seal.maker;
    let series: Vec<&SealRange> =
        context.seal_ranges.series(serial).iter().copied().filter(same_maker).collect();
    if series.is_empty() {
        return None;
    }
    let holding = series.iter().filter(|range| holds(range, serial));
    let (finding, weight, hours) = match holding.map(|range| range.issued_at).min() {
        None => (Finding::SealNotIssued, weights::SEAL_NOT_ISSUED, None),
        Some(issued) if event.at < issued => {
            (Finding::SealBeforeIssue, weights::SEAL_BEFORE_ISSUE, Some((issued - event.at).hours_f64()))
        }
        Some(_) => return None,
    };
    let mut alert = Alert::on(finding, journey.trip.as_deref(), &[event], weight)
        .number("serial", serial.2 as f64)
        .text("seal", seal.number.as_str());
    if let Some(hours) = hours {
        alert = alert.number("hours_before_issue", hours);
    }
    alert.id = IndicationId::of(&[alert.id.bytes(), seal.number.as_str().as_bytes()]);
    Some(alert)
}
