//! One screening of everything stored, by box: what the queue and the box's own page are made of.

use std::collections::BTreeMap;

use bitacora_leads::score::prior;
use bitacora_leads::{Weighed, weigh};
use bitacora_port::screening::{
    Alert, Classifier, ContainerEvent, FieldScreened, Journey, Rule, Thresholds, Tier, screen,
};
use bitacora_port::targeting::{Day, Settings};
use bitacora_primitives::{ContainerNumber, Indication, Instant, SourceId};
use bitacora_store::PortRow;

use super::rows::inputs;
use super::{PortError, UNSCREENED};

/// A screening, and the rows it was made from.
#[derive(Debug)]
pub struct Book {
    /// Rows of the store that it has seen, of the kinds that are screened.
    pub rows: u64,
    /// Event time of the newest thing that happened; plans lie after it.
    pub as_of: Option<Instant>,
    pub field: FieldScreened,
    pub thresholds: u32,
    /// Events of each source, versions counted each.
    pub sources: BTreeMap<SourceId, u64>,
    /// The latest version of each, plans too, by box and time.
    events: BTreeMap<ContainerNumber, Vec<ContainerEvent>>,
    /// Places in `field.alerts`.
    alerts: BTreeMap<ContainerNumber, Vec<usize>>,
}

/// What the alerts on one box come to.
#[derive(Debug)]
pub struct OnBox<'a> {
    pub container: ContainerNumber,
    pub alerts: Vec<&'a Alert>,
    pub weighed: Weighed,
}

impl OnBox<'_> {
    /// The queue it stands in: the first as soon as one alert does.
    pub fn tier(&self) -> Tier {
        self.alerts.iter().map(|alert| alert.tier).min().unwrap_or(Tier::Reread)
    }

    /// The alerts that count, the strongest first.
    pub fn counted(&self) -> Vec<&Alert> {
        let counted = self.alerts.iter().zip(&self.weighed.counted).filter(|(_, counts)| **counts);
        let mut counted: Vec<&Alert> = counted.map(|(alert, _)| *alert).collect();
        counted.sort_by(|a, b| b.strength.nats.total_cmp(&a.strength.nats).then(a.id.cmp(&b.id)));
        counted
    }
}

impl Book {
    pub(super) fn screen(rows: Vec<PortRow>) -> Result<Self, PortError> {
        let count = rows.iter().filter(|row| !UNSCREENED.contains(&row.kind.as_str())).count() as u64;
        let (inputs, sources) = inputs(rows)?;
        let mut events: BTreeMap<ContainerNumber, Vec<ContainerEvent>> = BTreeMap::new();
        for event in &inputs.events {
            events.entry(event.container).or_default().push(event.clone());
        }
        for of_box in events.values_mut() {
            // Of several versions of one event the latest counts, as it does for the rules.
            of_box.sort_by(|a, b| a.id.cmp(&b.id).then(b.received.cmp(&a.received)));
            of_box.dedup_by_key(|event| event.id);
            of_box.sort_by_key(|event| (event.at, event.kind, event.id));
        }
        let happened = |event: &&ContainerEvent| event.classifier == Classifier::Actual;
        let as_of = inputs.events.iter().filter(happened).map(|event| event.at).max();
        let thresholds = Thresholds::default();
        let field = screen(inputs, &thresholds, Rule::ALL);
        let mut alerts: BTreeMap<ContainerNumber, Vec<usize>> = BTreeMap::new();
        for (place, alert) in field.alerts.iter().enumerate() {
            if let Some(container) = alert.container {
                alerts.entry(container).or_default().push(place);
            }
        }
        Ok(Self { rows: count, as_of, field, thresholds: thresholds.version, sources, events, alerts })
    }

    pub fn events_of(&self, container: ContainerNumber) -> &[ContainerEvent] {
        self.events.get(&container).map_or(&[], Vec::as_slice)
    }

    /// The journey at hand: the box's last.
    pub fn journey_of(&self, container: ContainerNumber) -> Option<&Journey> {
        self.field.journeys.iter().rev().find(|journey| journey.container == container)
    }

    pub fn on_box(&self, container: ContainerNumber) -> Option<OnBox<'_>> {
        self.alerts.get(&container).map(|places| self.weigh(container, places))
    }

    /// Boxes with alerts: first queue first, the strongest first.
    pub fn queue(&self) -> Vec<OnBox<'_>> {
        let mut queue: Vec<OnBox<'_>> =
            self.alerts.iter().map(|(container, places)| self.weigh(*container, places)).collect();
        queue.sort_by(|a, b| {
            a.tier()
                .cmp(&b.tier())
                .then(b.weighed.sum_nats.total_cmp(&a.weighed.sum_nats))
                .then(a.container.cmp(&b.container))
        });
        queue
    }

    fn weigh(&self, container: ContainerNumber, places: &[usize]) -> OnBox<'_> {
        let alerts: Vec<&Alert> = places.iter().filter_map(|place| self.field.alerts.get(*place)).collect();
        let findings: Vec<Indication> = alerts.iter().filter_map(|alert| alert.indication(0)).collect();
        OnBox { container, alerts, weighed: weigh(&prior(), &findings) }
    }

    /// The inspection day that would begin now.
    pub fn day(&self, settings: &Settings) -> Result<Option<Day>, PortError> {
        self.as_of.map(|as_of| self.day_from(settings, as_of)).transpose()
    }

    /// The one that begins at `as_of`; what came later is not looked at.
    pub fn day_from(&self, settings: &Settings, as_of: Instant) -> Result<Day, PortError> {
        Ok(Day::from(&self.field.journeys, &self.field.alerts, settings, as_of)?)
    }

    pub(super) fn boxes(&self) -> impl Iterator<Item = OnBox<'_>> {
        self.alerts.iter().map(|(container, places)| self.weigh(*container, places))
    }
}
