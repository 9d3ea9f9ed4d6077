//! A gathered box becomes its event, with an id that every reading of the same interchange gives again.
//!
//! The main event has the kind that the message's name says, and its gross mass as weighed on that occasion; in a bay plan
//! the mass is what the plan states. A verified gross mass that a gate, load or discharge report repeats is an event of
//! its own, since it was declared and not weighed there.

use bitacora_port::screening::{Classifier, ContainerEvent, EventKind, Facility, MassReading, YardPlace};

use super::codes::Typed;
use super::equipment::{Boxes, Equipment, Out};
use super::model::Short;
use crate::refusal::Reason;

/// What the id of a verified mass ends with that another report repeats.
const DECLARED: &str = "/VGM";

/// Reports of a box that was there, which may repeat its verified mass.
pub(super) const fn repeats_verified(kind: EventKind) -> bool {
    matches!(kind, EventKind::GateIn | EventKind::GateOut | EventKind::Loaded | EventKind::Discharged)
}

/// The event of a verified mass that the report of `main` repeats: the same box, time and trip, without what only the
/// report says.
pub(super) fn declared(main: &ContainerEvent, mass: MassReading, authority: &str) -> ContainerEvent {
    let main_id = main.reference.as_deref().unwrap_or_default();
    let mut own_id = String::with_capacity(main_id.len() + DECLARED.len());
    own_id.push_str(main_id);
    own_id.push_str(DECLARED);
    let id = ContainerEvent::id_of(authority, &own_id);
    let kind = EventKind::VerifiedMass;
    let mut event = ContainerEvent::new(id, kind, main.container, main.at, main.received, main.evidence);
    event.reference = Some(own_id);
    event.classifier = main.classifier;
    (event.trip, event.line) = (main.trip.clone(), main.line.clone());
    event.mass = Some(mass);
    event
}

impl Boxes {
    /// The end of the message: what it must have, it had.
    pub(super) fn finish(&mut self, out: &mut Out<'_>) -> Result<(), Reason> {
        self.flush(out);
        let needs_boxes = self.typed != Typed::Baplie;
        if !self.header.named || (needs_boxes && self.equipments == 0) {
            Err(Reason::Missing)
        } else {
            Ok(())
        }
    }

    /// The box that was open is complete.
    pub(super) fn flush(&mut self, out: &mut Out<'_>) {
        let Some(open) = self.open.take() else { return };
        let (Some(kind), Some(container), Some(evidence)) = (self.header.kind, open.container, open.evidence)
        else {
            return;
        };
        let mut missing = |what: &str| out.defects.of_box(evidence, open.segment, what);
        let timed = matches!(self.typed, Typed::Codeco | Typed::Coarri);
        if timed && open.at.is_none() {
            missing("EQD, DTM");
        }
        if self.typed == Typed::Vermas && open.verified.is_none() {
            return missing("EQD, MEA");
        }
        let Some(at) = open.at.or(self.header.issued).or(out.prepared) else {
            if !timed {
                missing("EQD, DTM");
            }
            return;
        };
        let mut own_id = String::with_capacity(out.reference.len() + 8);
        own_id.push_str(out.reference);
        own_id.push('/');
        push_number(&mut own_id, open.ordinal);
        let id = ContainerEvent::id_of(out.authority, &own_id);
        let received = out.prepared.map_or(at, |prepared| prepared.max(at));
        let mut event = ContainerEvent::new(id, kind, container, at, received, evidence);
        event.reference = Some(own_id);
        if timed && open.at.is_none() {
            event.classifier = Classifier::Estimated;
        }
        let text = |short: Option<Short>| short.map(|short| short.as_str().to_owned());
        event.line = text(open.line.or(self.header.line).or(self.header.carrier));
        event.trip = text(open.booking.or(open.bill).or(self.header.trip));
        event.vessel = text(open.vessel.or(self.header.vessel));
        let kg = match self.typed {
            Typed::Codeco | Typed::Coarri => open.gross,
            Typed::Baplie => open.verified.or(open.gross),
            Typed::Vermas => open.verified,
        };
        event.mass = kg.map(|kg| MassReading { kg, scale: None, method: open.method });
        event.facility = self.facility(&open);
        event.yard = open.cell.map(|slot| YardPlace { slot, tier: None, doors: None, camera_blind: None });
        (event.movement, event.empty, event.size_type) = (open.movement, open.empty, open.size_type);
        (event.tare, event.seals) = (open.tare, open.seals);
        let into = if self.header.withdrawing { &mut *out.withdrawn } else { &mut *out.events };
        if let (true, Some(kg)) = (timed && repeats_verified(kind), open.verified) {
            into.push(declared(&event, MassReading { kg, scale: None, method: None }, out.authority));
        }
        into.push(event);
    }

    /// The place of the box; where that is a port and the header names a terminal of the same port, the terminal.
    fn facility(&self, open: &Equipment) -> Option<Facility> {
        let [same, other] = &self.header.ports;
        let of_header = [self.header.place.as_ref(), same.as_ref(), other.as_ref()];
        let Some(port) = open.place.as_ref() else {
            return self.header.place.as_ref().or(same.as_ref()).cloned();
        };
        let terminal = of_header.into_iter().flatten().find(|place| {
            place.as_str().strip_prefix(port.as_str()).is_some_and(|rest| rest.starts_with('-'))
        });
        Some(terminal.unwrap_or(port).clone())
    }
}

fn push_number(text: &mut String, number: u32) {
    match u8::try_from(number) {
        Ok(digit) if digit < 10 => text.push(char::from(b'0' + digit)),
        _ => text.push_str(&number.to_string()),
    }
}
