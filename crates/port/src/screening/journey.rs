//! A container's trips as ordered histories. Events come in any order, late and repeated; they are put in order by the
//! time they happened, so that the same events give the same journeys however they came.

use std::collections::BTreeMap;

use bitacora_primitives::{EventId, Instant};

use super::container::ContainerNumber;
use super::event::{Classifier, ContainerEvent, EventKind, Movement};

/// One trip of one container: what happened, in order of event time.
#[derive(Clone, PartialEq, Debug)]
pub struct Journey {
    pub container: ContainerNumber,
    /// Booking or transport reference, where any event names one.
    pub trip: Option<String>,
    /// Actual events only.
    pub events: Vec<ContainerEvent>,
    /// When the load is planned or estimated, by the latest plan received.
    pub load_due: Option<Instant>,
}

impl Journey {
    pub fn of_kind(&self, kind: EventKind) -> impl DoubleEndedIterator<Item = &ContainerEvent> {
        self.events.iter().filter(move |event| event.kind == kind)
    }
    pub fn first(&self, kind: EventKind) -> Option<&ContainerEvent> {
        self.of_kind(kind).next()
    }
    pub fn last(&self, kind: EventKind) -> Option<&ContainerEvent> {
        self.of_kind(kind).next_back()
    }
    /// When it was loaded, or is due to be.
    pub fn load_at(&self) -> Option<Instant> {
        self.last(EventKind::Loaded).map(|event| event.at).or(self.load_due)
    }
    pub fn is_reefer(&self) -> bool {
        self.events.iter().any(|event| {
            event.reefer.is_some()
                || event.size_type.as_deref().and_then(|code| code.chars().nth(2)) == Some('R')
        })
    }
}

/// All journeys, by container and time; and how many events were repeats.
pub fn journeys(events: Vec<ContainerEvent>) -> (Vec<Journey>, usize) {
    let given = events.len();
    let mut by_box: BTreeMap<ContainerNumber, Vec<ContainerEvent>> = BTreeMap::new();
    for event in latest_versions(events) {
        by_box.entry(event.container).or_default().push(event);
    }
    let mut all = Vec::new();
    let mut kept = 0;
    for (container, events) in by_box {
        let events = in_order(events);
        kept += events.len();
        split(container, events, &mut all);
    }
    (all, given - kept)
}

/// Of several versions of one event the one received last (DCSA Track & Trace 3.0, `eventID`); of two received at once
/// the one whose text sorts last, so that arrival order cannot matter.
fn latest_versions(events: Vec<ContainerEvent>) -> Vec<ContainerEvent> {
    let mut latest: BTreeMap<EventId, ContainerEvent> = BTreeMap::new();
    for event in events {
        match latest.entry(event.id) {
            std::collections::btree_map::Entry::Vacant(free) => {
                free.insert(event);
            }
            std::collections::btree_map::Entry::Occupied(mut held) => {
                let old = held.get();
                let newer = event.received > old.received
                    || (event.received == old.received && event != *old && text(&event) > text(old));
                if newer {
                    held.insert(event);
                }
            }
        }
    }
    latest.into_values().collect()
}

/// A total order of contents: the canonical text.
fn text(event: &ContainerEvent) -> String {
    serde_json::to_string(event).unwrap_or_default()
}

/// In order of event time and kind; of one moment by what they say, so that neither arrival nor ids of sources decide.
/// What another source reports in the same words (all but id, receipt and place of reading) is left out.
fn in_order(mut events: Vec<ContainerEvent>) -> Vec<ContainerEvent> {
    events.sort_by_key(|event| (event.at, event.kind, event.id));
    let mut kept: Vec<ContainerEvent> = Vec::with_capacity(events.len());
    let mut moment: Vec<ContainerEvent> = Vec::new();
    for event in events {
        if moment.first().is_some_and(|first| (first.at, first.kind) != (event.at, event.kind)) {
            settle(&mut moment, &mut kept);
        }
        moment.push(event);
    }
    settle(&mut moment, &mut kept);
    kept
}

fn settle(moment: &mut Vec<ContainerEvent>, kept: &mut Vec<ContainerEvent>) {
    if moment.len() < 2 {
        kept.append(moment);
        return;
    }
    let mut told: Vec<(String, ContainerEvent)> =
        moment.drain(..).map(|event| (text(&event.bare()), event)).collect();
    told.sort_by(|(a, one), (b, two)| (a, one.id).cmp(&(b, two.id)));
    told.dedup_by(|(a, _), (b, _)| a == b);
    kept.extend(told.into_iter().map(|(_, event)| event));
}

fn split(container: ContainerNumber, events: Vec<ContainerEvent>, all: &mut Vec<Journey>) {
    let mut starts: BTreeMap<&str, Instant> = BTreeMap::new();
    for event in &events {
        if let Some(trip) = &event.trip {
            let start = starts.entry(trip).or_insert(event.at);
            *start = (*start).min(event.at);
        }
    }
    let mut groups: Vec<Vec<ContainerEvent>> = Vec::new();
    let mut labels: Vec<Option<String>> = Vec::new();
    if starts.is_empty() {
        for event in events {
            if groups.last().is_none_or(|group| begins_anew(group, &event)) {
                groups.push(Vec::new());
                labels.push(None);
            }
            if let Some(group) = groups.last_mut() {
                group.push(event);
            }
        }
    } else {
        let mut order: Vec<(Instant, String)> =
            starts.into_iter().map(|(trip, start)| (start, trip.to_owned())).collect();
        order.sort();
        labels = order.iter().map(|(_, trip)| Some(trip.clone())).collect();
        groups.resize_with(order.len(), Vec::new);
        let number: BTreeMap<&str, usize> =
            order.iter().enumerate().map(|(n, (_, trip))| (trip.as_str(), n)).collect();
        for event in events {
            // What names no trip (a door sensor, a reefer) belongs to the trip that had begun.
            let n = match event.trip.as_deref().and_then(|trip| number.get(trip)) {
                Some(n) => *n,
                None => order.partition_point(|(start, _)| *start <= event.at).saturating_sub(1),
            };
            if let Some(group) = groups.get_mut(n) {
                group.push(event);
            }
        }
    }
    for (trip, events) in labels.into_iter().zip(groups) {
        let load_due = events
            .iter()
            .filter(|event| event.kind == EventKind::Loaded && event.classifier != Classifier::Actual)
            .max_by_key(|event| (event.received, event.at))
            .map(|event| event.at);
        let events: Vec<ContainerEvent> =
            events.into_iter().filter(|event| event.classifier == Classifier::Actual).collect();
        if !events.is_empty() || load_due.is_some() {
            all.push(Journey { container, trip, events, load_due });
        }
    }
}

/// Without references a trip starts at the stuffing, or at the gate-in of an export box; one ends with stripping. A
/// second report of the same gate-in starts nothing.
fn begins_anew(group: &[ContainerEvent], event: &ContainerEvent) -> bool {
    let had = |kinds: &[EventKind]| {
        group.iter().any(|one| one.classifier == Classifier::Actual && kinds.contains(&one.kind))
    };
    let over = had(&[EventKind::GateOut, EventKind::Loaded, EventKind::Discharged]);
    match event.kind {
        _ if event.classifier != Classifier::Actual => false,
        EventKind::Stuffed => had(&[EventKind::GateIn, EventKind::Loaded, EventKind::Stripped]),
        EventKind::GateIn => event.movement != Some(Movement::Import) && had(&[EventKind::GateIn]) && over,
        _ => had(&[EventKind::Stripped]) && event.kind != EventKind::Stripped,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bitacora_primitives::{EvidenceRef, SourceId};

    fn event(n: u8, kind: EventKind, at: i64, trip: Option<&str>) -> ContainerEvent {
        let evidence = EvidenceRef { source: SourceId::of(&[b"t"]), line: u64::from(n), offset: None };
        let id = ContainerEvent::id_of("t", &n.to_string());
        let mut event = ContainerEvent::new(
            id,
            kind,
            "CSQU3054383".parse().unwrap(),
            Instant::from_secs(at),
            Instant::from_secs(at),
            evidence,
        );
        event.trip = trip.map(str::to_owned);
        event
    }

    fn kinds(journey: &Journey) -> Vec<&str> {
        journey.events.iter().map(|event| event.kind.code()).collect()
    }

    #[test]
    fn trips_without_a_reference_part_at_the_gate() {
        use EventKind::{GateIn, GateOut, Loaded, Stuffed};
        let events = vec![
            event(1, Stuffed, 0, None),
            event(2, GateIn, 10, None),
            event(3, GateIn, 11, None),
            event(4, Loaded, 20, None),
            event(5, GateIn, 900, None),
            event(6, GateOut, 950, None),
            event(7, Stuffed, 1000, None),
        ];
        let (found, repeats) = journeys(events);
        let got: Vec<Vec<&str>> = found.iter().map(kinds).collect();
        assert_eq!(got, [vec!["STUF", "GTIN", "GTIN", "LOAD"], vec!["GTIN", "GTOT"], vec!["STUF"]]);
        assert_eq!(repeats, 0);
    }

    #[test]
    fn a_sensor_that_names_no_trip_joins_the_one_that_had_begun() {
        use EventKind::{DoorOpened, GateIn, Loaded, Stuffed};
        let events = vec![
            event(1, Stuffed, 0, Some("B")),
            event(2, Loaded, 50, Some("B")),
            event(3, GateIn, 100, Some("A")),
            event(4, DoorOpened, 60, None),
            event(5, DoorOpened, 120, None),
            event(6, DoorOpened, -5, None),
        ];
        let (found, _) = journeys(events);
        let got: Vec<(Option<&str>, Vec<&str>)> =
            found.iter().map(|journey| (journey.trip.as_deref(), kinds(journey))).collect();
        assert_eq!(got, [(Some("B"), vec!["DRO", "STUF", "LOAD", "DRO"]), (Some("A"), vec!["GTIN", "DRO"])]);
    }

    #[test]
    fn a_later_version_replaces_and_an_echo_is_left_out() {
        let mut late = event(1, EventKind::Loaded, 70, None);
        late.received = Instant::from_secs(500);
        let mut echo = event(9, EventKind::GateIn, 10, None);
        echo.received = Instant::from_secs(900);
        let given = vec![
            late.clone(),
            event(1, EventKind::Loaded, 20, None),
            event(2, EventKind::GateIn, 10, None),
            echo,
        ];
        let (found, repeats) = journeys(given);
        assert_eq!(repeats, 2);
        assert_eq!(kinds(&found[0]), ["GTIN", "LOAD"]);
        assert_eq!(found[0].events[1], late);
    }

    #[test]
    fn a_plan_tells_when_the_load_is_due_and_is_no_event() {
        let mut plan = event(1, EventKind::Loaded, 70, None);
        plan.classifier = Classifier::Planned;
        let (found, _) = journeys(vec![plan, event(2, EventKind::GateIn, 10, None)]);
        assert_eq!(kinds(&found[0]), ["GTIN"]);
        assert_eq!(found[0].load_at(), Some(Instant::from_secs(70)));
    }
}
