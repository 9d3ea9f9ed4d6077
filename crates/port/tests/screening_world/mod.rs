//! Events made by hand, minute by minute, for the tests of the rules.

#![allow(dead_code, reason = "each test file uses its part")]

use bitacora_port::screening::{
    Alert, ContainerEvent, EventKind, Facility, FieldScreened, Finding, Inputs, Kilograms, MassReading, Rule,
    SealNumber, SealReading, Thresholds, screen,
};
use bitacora_primitives::{EvidenceRef, Instant, SourceId};

pub const BOX: &str = "CSQU3054383";
pub const OTHER: &str = "APZU4812090";
/// 2026-11-02T00:00:00Z, a Monday.
pub const EPOCH: i64 = 1_793_577_600;

pub fn minute(minute: i64) -> Instant {
    Instant::from_secs(EPOCH + minute * 60)
}

/// An event at a minute, ordered, in trip `T-BOX`; its own id is the container, the kind and the minute.
pub fn event(container: &str, kind: EventKind, at: i64) -> ContainerEvent {
    let own = format!("{container}/{}/{at}", kind.code());
    let evidence = EvidenceRef { source: SourceId::of(&[b"world"]), line: 1, offset: None };
    let mut event = ContainerEvent::new(
        ContainerEvent::id_of("world", &own),
        kind,
        container.parse().unwrap(),
        minute(at),
        minute(at),
        evidence,
    );
    event.reference = Some(own);
    event.trip = Some(format!("T-{container}"));
    event.order = Some("WO-1".into());
    event.facility = Some(Facility::new("COCTG-SPRC").unwrap());
    event
}

pub trait Made: Sized {
    fn seal(self, number: &str) -> Self;
    fn seal_as(self, number: &str, edit: impl FnOnce(&mut SealReading)) -> Self;
    fn kg(self, kg: f64) -> Self;
    fn at_place(self, facility: &str) -> Self;
    fn unordered(self) -> Self;
    fn with(self, edit: impl FnOnce(&mut ContainerEvent)) -> Self;
}

impl Made for ContainerEvent {
    fn seal(self, number: &str) -> Self {
        self.seal_as(number, |_| {})
    }
    fn seal_as(mut self, number: &str, edit: impl FnOnce(&mut SealReading)) -> Self {
        let mut reading = SealReading::door(SealNumber::new(number).unwrap());
        edit(&mut reading);
        self.seals.push(reading);
        self
    }
    fn kg(mut self, kg: f64) -> Self {
        self.mass = Some(MassReading { kg: Kilograms::new(kg).unwrap(), scale: None, method: None });
        self
    }
    fn at_place(mut self, facility: &str) -> Self {
        self.facility = Some(Facility::new(facility).unwrap());
        self
    }
    fn unordered(mut self) -> Self {
        self.order = None;
        self
    }
    fn with(mut self, edit: impl FnOnce(&mut ContainerEvent)) -> Self {
        edit(&mut self);
        self
    }
}

pub fn inputs(events: Vec<ContainerEvent>) -> Inputs {
    Inputs { events, ..Inputs::default() }
}

pub fn all(inputs: Inputs) -> FieldScreened {
    screen(inputs, &Thresholds::default(), Rule::ALL)
}

/// The alerts of one finding.
pub fn of(inputs: Inputs, finding: Finding) -> Vec<Alert> {
    let mut alerts = all(inputs).alerts;
    alerts.retain(|alert| alert.finding == finding);
    alerts
}

pub fn fires(events: Vec<ContainerEvent>, finding: Finding) -> bool {
    !of(inputs(events), finding).is_empty()
}

/// The n-th right container number of an invented owner.
pub fn numbered(n: u32) -> String {
    (0..10)
        .map(|digit| format!("ZZQU{n:06}{digit}"))
        .find(|text| text.parse::<bitacora_port::screening::ContainerNumber>().unwrap().check().is_ok())
        .unwrap()
}
