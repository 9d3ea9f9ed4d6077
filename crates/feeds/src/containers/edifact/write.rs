//! Events of the port's model as CODECO, COARRI, VERMAS and BAPLIE. What a message has no place for is left out and
//! named; nothing is put where it would be read as something else. Ids are not carried: the reader derives its own.

use bitacora_port::screening::{Classifier, ContainerEvent, EventKind, MassReading, SealPlacement};

use super::codes::{AGREED, Typed, of_movement, of_sealing_party};
use super::draft::{BadEnvelope, Draft, Envelope, fits};
use super::events::{declared, repeats_verified};

/// Why events cannot be written as the message asked for.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum WriteError {
    #[error(transparent)]
    Envelope(#[from] BadEnvelope),
    #[error("event {index} is a `{kind}`, which {message} does not report")]
    Kind { index: usize, kind: &'static str, message: &'static str },
    #[error("event {0} has not happened: only what is actual is reported")]
    NotActual(usize),
    #[error("event {index} has no {what}, without which {message} cannot say it")]
    Lacks { index: usize, what: &'static str, message: &'static str },
}

/// A field of an event that the message has no place for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct LeftOut {
    pub event: usize,
    pub field: &'static str,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Written {
    pub bytes: Vec<u8>,
    pub left_out: Vec<LeftOut>,
}

/// Gate events, yard moves and changes of state, one box a message. A verified mass right before the gate event of the
/// same box, time and trip is written into its message.
pub fn write_codeco(events: &[ContainerEvent], envelope: &Envelope) -> Result<Written, WriteError> {
    Writer::new(Typed::Codeco, events, envelope)?.reports(events)
}

/// Loads and discharges, one box a message; verified masses as in [`write_codeco`].
pub fn write_coarri(events: &[ContainerEvent], envelope: &Envelope) -> Result<Written, WriteError> {
    Writer::new(Typed::Coarri, events, envelope)?.reports(events)
}

/// Verified masses, one box a message.
pub fn write_vermas(events: &[ContainerEvent], envelope: &Envelope) -> Result<Written, WriteError> {
    Writer::new(Typed::Vermas, events, envelope)?.masses(events)
}

/// Bay plans: a message for each run of lines of one vessel and time.
pub fn write_baplie(events: &[ContainerEvent], envelope: &Envelope) -> Result<Written, WriteError> {
    Writer::new(Typed::Baplie, events, envelope)?.plans(events)
}

struct Writer {
    typed: Typed,
    draft: Draft,
    index: usize,
    left_out: Vec<LeftOut>,
}

impl Writer {
    fn new(typed: Typed, events: &[ContainerEvent], envelope: &Envelope) -> Result<Self, WriteError> {
        if let Some(index) = events.iter().position(|event| event.classifier != Classifier::Actual) {
            return Err(WriteError::NotActual(index));
        }
        Ok(Self { typed, draft: Draft::begin(envelope)?, index: 0, left_out: Vec::new() })
    }

    fn leave(&mut self, field: &'static str) {
        self.left_out.push(LeftOut { event: self.index, field });
    }

    fn end(self) -> Written {
        Written { bytes: self.draft.end(), left_out: self.left_out }
    }

    const fn wrong_kind(&self, event: &ContainerEvent) -> WriteError {
        WriteError::Kind { index: self.index, kind: event.kind.code(), message: self.typed.name() }
    }

    fn reports(mut self, events: &[ContainerEvent]) -> Result<Written, WriteError> {
        let mut repeated: Option<&MassReading> = None;
        for (index, event) in events.iter().enumerate() {
            self.index = index;
            if event.kind == EventKind::VerifiedMass {
                let main = events.get(index + 1).filter(|next| repeats_verified(next.kind));
                let fits = |main: &&ContainerEvent| {
                    event.mass.as_ref().is_some_and(|mass| {
                        mass.kg.value() > 0.0 && declared(main, mass.clone(), "").bare() == event.bare()
                    })
                };
                match main.filter(fits) {
                    Some(_) => repeated = event.mass.as_ref(),
                    None => return Err(self.wrong_kind(event)),
                }
                continue;
            }
            let agreed = AGREED.iter().find(|(_, kind)| *kind == event.kind).map(|(code, _)| *code);
            let name = match (self.typed, event.kind, agreed) {
                (Typed::Codeco, EventKind::GateIn, _) => ["34", "", ""],
                (Typed::Codeco, EventKind::GateOut, _) => ["36", "", ""],
                (Typed::Coarri, EventKind::Discharged, _) => ["44", "", ""],
                (Typed::Coarri, EventKind::Loaded, _) => ["46", "", ""],
                (Typed::Codeco, _, Some(code)) => [code, "", "ZZZ"],
                _ => return Err(self.wrong_kind(event)),
            };
            self.draft.open(&[self.typed.name(), "D", "95B", "UN"]);
            let number = self.draft.message();
            self.draft.put("BGM", &[&name, &[&number], &["9"]]);
            self.vessel(event);
            self.line(event, "CF");
            self.equipment(event);
            self.trip(event, 35);
            self.draft.time(if self.typed == Typed::Codeco { "7" } else { "203" }, event.at);
            self.place(event);
            if let Some(yard) = &event.yard {
                if fits(&yard.slot, 25) {
                    self.draft.put("LOC", &[&["14"], &[&yard.slot, "", "ZZZ"]]);
                } else {
                    self.leave("yard.slot");
                }
            }
            self.mass("G", event.mass.as_ref());
            self.tare(event);
            self.mass("VGM", repeated.take());
            self.seals(event);
            self.draft.put("CNT", &[&["16", "1"]]);
            self.draft.close();
            self.unwritten(event);
        }
        Ok(self.end())
    }

    fn masses(mut self, events: &[ContainerEvent]) -> Result<Written, WriteError> {
        for (index, event) in events.iter().enumerate() {
            self.index = index;
            if event.kind != EventKind::VerifiedMass {
                return Err(self.wrong_kind(event));
            }
            let Some(mass) = event.mass.as_ref().filter(|mass| mass.kg.value() > 0.0) else {
                return Err(WriteError::Lacks { index, what: "mass", message: self.typed.name() });
            };
            self.draft.open(&["VERMAS", "D", "16A", "UN", "SMDG10"]);
            let number = self.draft.message();
            self.draft.put("BGM", &[&["749"], &[&number], &["9"]]);
            self.line(event, "CF");
            self.equipment(event);
            self.trip(event, 70);
            self.seals(event);
            self.mass("VGM", Some(mass));
            self.tare(event);
            self.draft.time("798", event.at);
            self.vessel(event);
            if let Some(method) = mass.method {
                self.draft.put("DOC", &[&[method.code(), "VGM", "306"]]);
            }
            self.draft.close();
            self.unwritten(event);
        }
        Ok(self.end())
    }

    fn plans(mut self, events: &[ContainerEvent]) -> Result<Written, WriteError> {
        let mut before: Option<&ContainerEvent> = None;
        for (index, event) in events.iter().enumerate() {
            self.index = index;
            if event.kind != EventKind::Stowed {
                return Err(self.wrong_kind(event));
            }
            let Some(yard) = event.yard.as_ref().filter(|yard| fits(&yard.slot, 25)) else {
                return Err(WriteError::Lacks { index, what: "cell", message: self.typed.name() });
            };
            let same = before.is_some_and(|last| last.vessel == event.vessel && last.at == event.at);
            if !same {
                if before.is_some() {
                    self.draft.close();
                }
                self.draft.open(&["BAPLIE", "D", "13B", "UN", "SMDG31"]);
                let number = self.draft.message();
                self.draft.put("BGM", &[&["659"], &[&number], &["9"]]);
                self.draft.time("137", event.at);
                self.vessel(event);
            } else if event.vessel.as_ref().is_some_and(|vessel| !fits(vessel, 35)) {
                self.leave("vessel");
            }
            self.draft.put("LOC", &[&["147"], &[&yard.slot, "", "5"]]);
            self.equipment(event);
            self.line(event, "CF");
            self.mass("VGM", event.mass.as_ref());
            self.tare(event);
            self.seals(event);
            if event.trip.as_deref() == Some("1") {
                self.leave("trip");
            } else {
                self.trip(event, 70);
            }
            self.unwritten(event);
            before = Some(event);
        }
        if before.is_some() {
            self.draft.close();
        }
        Ok(self.end())
    }

    fn vessel(&mut self, event: &ContainerEvent) {
        match event.vessel.as_deref() {
            None => {}
            Some(vessel) if fits(vessel, 35) => {
                // 146: the seven digits of IMO; whatever else it is, sender and recipient agree.
                let imo = vessel.len() == 7 && vessel.bytes().all(|byte| byte.is_ascii_digit());
                let id: [&str; 3] = if imo { [vessel, "146", "11"] } else { [vessel, "", "ZZZ"] };
                self.draft.put("TDT", &[&["20"], &[""], &["1"], &[""], &[""], &[""], &[""], &id]);
            }
            Some(_) => self.leave("vessel"),
        }
    }

    fn line(&mut self, event: &ContainerEvent, qualifier: &str) {
        match event.line.as_deref() {
            None => {}
            Some(line) if fits(line, 35) => self.draft.put("NAD", &[&[qualifier], &[line, "172", "20"]]),
            Some(_) => self.leave("line"),
        }
    }

    fn equipment(&mut self, event: &ContainerEvent) {
        let four = |code: &&str| code.len() == 4 && code.bytes().all(|byte| byte.is_ascii_alphanumeric());
        let size_type = event.size_type.as_deref().filter(four);
        if event.size_type.is_some() && size_type.is_none() {
            self.leave("size_type");
        }
        let size_type: &[&str] = match &size_type {
            Some(code) => &[code, "102", "5"],
            None => &[""],
        };
        let movement = event.movement.map_or("", of_movement);
        let empty = event.empty.map_or("", |empty| if empty { "4" } else { "5" });
        let number = event.container.as_str();
        self.draft.put("EQD", &[&["CN"], &[number], size_type, &[""], &[movement], &[empty]]);
    }

    fn trip(&mut self, event: &ContainerEvent, most: usize) {
        match event.trip.as_deref() {
            None => {}
            Some(trip) if fits(trip, most) => self.draft.put("RFF", &[&["BN", trip]]),
            Some(_) => self.leave("trip"),
        }
    }

    /// `LOCODE-TERMINAL` as code and related place; any other text as a name.
    fn place(&mut self, event: &ContainerEvent) {
        let Some(facility) = &event.facility else { return };
        let qualifier = match event.kind {
            EventKind::Loaded => "9",
            EventKind::Discharged => "11",
            _ => "165",
        };
        let text = facility.as_str();
        let rest = facility.locode().and_then(|_| text.get(5..));
        match (rest, rest.and_then(|rest| rest.strip_prefix('-'))) {
            (Some(""), _) => self.draft.put("LOC", &[&[qualifier], &[text, "139", "6"]]),
            (Some(_), Some(terminal)) if fits(terminal, 25) => {
                let port = text.get(..5).unwrap_or_default();
                self.draft.put("LOC", &[&[qualifier], &[port, "139", "6"], &[terminal, "TER", "ZZZ"]]);
            }
            _ if fits(text, 70) => self.draft.put("LOC", &[&[qualifier], &["", "", "", text]]),
            _ => self.leave("facility"),
        }
    }

    fn mass(&mut self, dimension: &str, mass: Option<&MassReading>) {
        let Some(mass) = mass else { return };
        self.measure(dimension, mass.kg.value(), "mass");
        if mass.scale.is_some() {
            self.leave("mass.scale");
        }
        if mass.method.is_some() && self.typed != Typed::Vermas {
            self.leave("mass.method");
        }
    }

    fn tare(&mut self, event: &ContainerEvent) {
        if let Some(tare) = event.tare {
            self.measure("T", tare.value(), "tare");
        }
    }

    /// 0 is how senders write "unknown", and more than 18 characters no number has.
    fn measure(&mut self, dimension: &str, kilograms: f64, field: &'static str) {
        let text = kilograms.to_string();
        if kilograms > 0.0 && text.len() <= 18 {
            self.draft.put("MEA", &[&["AAE"], &[dimension], &["KGM", &text]]);
        } else {
            self.leave(field);
        }
    }

    fn seals(&mut self, event: &ContainerEvent) {
        for seal in &event.seals {
            // SEL does not say where a seal sits, and is read as a door seal.
            if seal.placement != SealPlacement::Door {
                self.leave("seals");
                continue;
            }
            let source = seal.source.and_then(of_sealing_party).unwrap_or("");
            let condition = seal.condition.map_or("", |condition| condition.code());
            self.draft.put("SEL", &[&[seal.number.as_str()], &[source], &[condition]]);
            for (there, field) in [
                (seal.source.is_some() && source.is_empty(), "seals.source"),
                (seal.maker.is_some(), "seals.maker"),
                (seal.class.is_some(), "seals.class"),
                (seal.kind.is_some(), "seals.kind"),
                (seal.read_by.is_some(), "seals.read_by"),
                (seal.second_read.is_some(), "seals.second_read"),
                (seal.read_count != 0, "seals.read_count"),
            ] {
                if there {
                    self.leave(field);
                }
            }
        }
    }

    /// What no message here has a place for.
    fn unwritten(&mut self, event: &ContainerEvent) {
        let yard = event.yard.as_ref();
        let (plan, masses) = (self.typed == Typed::Baplie, self.typed == Typed::Vermas);
        for (there, field) in [
            (event.at.micros().rem_euclid(1_000_000) != 0, "at"),
            (event.order.is_some(), "order"),
            (event.actor.is_some(), "actor"),
            (event.position.is_some(), "position"),
            (event.reefer.is_some(), "reefer"),
            (event.facility.is_some() && (plan || masses), "facility"),
            (yard.is_some() && masses, "yard"),
            (yard.is_some_and(|yard| yard.tier.is_some()), "yard.tier"),
            (yard.is_some_and(|yard| yard.doors.is_some()), "yard.doors"),
            (yard.is_some_and(|yard| yard.camera_blind.is_some()), "yard.camera_blind"),
        ] {
            if there {
                self.leave(field);
            }
        }
    }
}
