//! What the segments of one typed message say about its boxes, gathered box by box into events of the port's model.
//!
//! A box begins at EQD; in a bay plan at LOC+147, since mass, ports and references stand before EQD there. What stands in
//! front of the first box holds for all. Segments under an equipment's own TDT (inland transport) or DOC speak of that
//! transport or document and not of the box.

use bitacora_port::screening::event::MAX_SEALS;
use bitacora_port::screening::{
    ContainerEvent, ContainerNumber, EventKind, Facility, Kilograms, Movement, SealNumber, SealReading,
    VgmMethod,
};
use bitacora_primitives::{EvidenceRef, Instant};

use super::codes::{self, Typed};
use super::defects::Defects;
use super::model::Short;
use super::places::Places;
use super::scan::{Segment, Tag};
use super::time::{BadTime, instant};
use crate::refusal::Reason;

const EQD: Tag = Tag::of(b"EQD");
const DTM: Tag = Tag::of(b"DTM");
const LOC: Tag = Tag::of(b"LOC");
const MEA: Tag = Tag::of(b"MEA");
const SEL: Tag = Tag::of(b"SEL");
const RFF: Tag = Tag::of(b"RFF");
const NAD: Tag = Tag::of(b"NAD");
const TDT: Tag = Tag::of(b"TDT");
const BGM: Tag = Tag::of(b"BGM");
const DOC: Tag = Tag::of(b"DOC");
const CNT: Tag = Tag::of(b"CNT");

/// What holds for a whole message.
#[derive(Default)]
pub(super) struct Header {
    pub named: bool,
    pub kind: Option<EventKind>,
    pub withdrawing: bool,
    /// DTM+137: when the message was issued.
    pub issued: Option<Instant>,
    pub vessel: Option<Short>,
    pub carrier: Option<Short>,
    pub line: Option<Short>,
    pub trip: Option<Short>,
    /// LOC 165, 9 and 11.
    pub place: Option<Facility>,
    pub ports: [Option<Facility>; 2],
}

/// One box while its segments come.
#[derive(Default)]
pub(super) struct Equipment {
    pub evidence: Option<EvidenceRef>,
    pub ordinal: u32,
    /// The number of its EQD in the message.
    pub segment: u32,
    pub container: Option<ContainerNumber>,
    pub size_type: Option<String>,
    pub movement: Option<Movement>,
    pub empty: Option<bool>,
    pub at: Option<Instant>,
    pub vessel: Option<Short>,
    pub line: Option<Short>,
    /// Booking; only where there is none, bill of lading.
    pub booking: Option<Short>,
    pub bill: Option<Short>,
    pub place: Option<Facility>,
    pub cell: Option<String>,
    pub gross: Option<Kilograms>,
    pub tare: Option<Kilograms>,
    pub verified: Option<Kilograms>,
    pub method: Option<VgmMethod>,
    pub seals: Vec<SealReading>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Level {
    Header,
    Equipment,
    /// Under TDT or DOC of an equipment.
    Below,
}

/// Where the events of a message go.
pub(super) struct Out<'o> {
    pub events: &'o mut Vec<ContainerEvent>,
    pub withdrawn: &'o mut Vec<ContainerEvent>,
    pub defects: &'o mut Defects,
    pub places: &'o mut Places,
    /// Whose references are unique, and the interchange's and message's, to derive ids from.
    pub authority: &'o str,
    pub reference: &'o str,
    pub prepared: Option<Instant>,
    pub minutes_east: i16,
}

pub(super) struct Boxes {
    pub typed: Typed,
    pub level: Level,
    pub header: Header,
    pub open: Option<Equipment>,
    pub equipments: u32,
}

impl Boxes {
    pub(super) fn new() -> Self {
        let header = Header::default();
        Self { typed: Typed::Codeco, level: Level::Header, header, open: None, equipments: 0 }
    }

    /// A message begins.
    pub(super) fn begin(&mut self, typed: Typed) {
        self.typed = typed;
        self.level = Level::Header;
        self.header = Header::default();
        self.open = None;
        self.equipments = 0;
    }

    pub(super) const fn withdrawing(&self) -> bool {
        self.header.withdrawing
    }

    pub(super) fn segment(&mut self, segment: &Segment<'_>, out: &mut Out<'_>) {
        match segment.tag {
            EQD => self.equipment(segment, out),
            DTM => self.time(segment, out),
            LOC => self.location(segment, out),
            MEA => self.mass(segment, out),
            SEL => self.seal(segment, out),
            RFF => self.reference(segment, out),
            NAD => self.party(segment, out),
            TDT => self.transport(segment, out),
            BGM => self.name(segment, out),
            DOC => self.document(segment, out),
            CNT => self.count(segment, out),
            _ => {}
        }
    }

    /// BGM: 1 C002 (1001, 1131, 3055, 1000), 2 document number, 3 1225.
    fn name(&mut self, segment: &Segment<'_>, out: &mut Out<'_>) {
        self.header.named = true;
        let name = segment.raw(1, 1);
        self.header.kind = self.typed.kind(name, segment.raw(1, 3));
        if name.is_some_and(|name| name.len() > 3) {
            out.defects.at(segment, (1, 1), Reason::TooLong);
        }
        if self.header.kind.is_none() {
            let reason = if name.is_none() { Reason::Missing } else { Reason::CodeUnknown };
            out.defects.at(segment, (1, 1), reason);
        }
        if let Some(function) = segment.raw(3, 1) {
            let withdraws = codes::withdraws(function);
            self.header.withdrawing = withdraws == Some(true);
            if withdraws.is_none() {
                out.defects.at(segment, (3, 1), Reason::CodeUnknown);
            }
        }
    }

    /// EQD: 1 8053, 2 C237 (8260), 3 C224 (8155, 1131, 3055, 8154), 4 8077, 5 8249, 6 8169.
    fn equipment(&mut self, segment: &Segment<'_>, out: &mut Out<'_>) {
        self.equipments += 1;
        let in_slot = self.typed == Typed::Baplie
            && self.open.as_ref().is_some_and(|open| open.evidence.is_none() && open.cell.is_some());
        if !in_slot {
            let cell = match (&self.open, self.typed) {
                (Some(open), Typed::Baplie) => open.cell.clone(),
                _ => None,
            };
            self.flush(out);
            self.open = Some(Equipment { cell, ..Equipment::default() });
        }
        self.level = Level::Equipment;
        let Some(open) = self.open.as_mut() else { return };
        open.evidence = Some(out.defects.place(segment));
        open.ordinal = self.equipments;
        open.segment = out.defects.message.map_or(0, |(_, _, segment)| segment);
        let qualifier = segment.raw(1, 1);
        if qualifier != Some(b"CN") {
            match qualifier {
                None => out.defects.at(segment, (1, 1), Reason::Missing),
                Some(other) if codes::OTHER_EQUIPMENT.contains(&other) => {}
                Some(_) => out.defects.at(segment, (1, 1), Reason::CodeUnknown),
            }
            return;
        }
        match segment.plain(2, 1).map(|text| text.parse()) {
            Some(Ok(number)) => open.container = Some(number),
            Some(Err(_)) => out.defects.at(segment, (2, 1), Reason::Form),
            // A bay plan may hold a place for a box whose number is not known yet.
            None if self.typed == Typed::Baplie && segment.raw(2, 1).is_none() => {}
            None if segment.raw(2, 1).is_none() => out.defects.at(segment, (2, 1), Reason::Missing),
            None => out.defects.at(segment, (2, 1), Reason::Form),
        }
        let component = if segment.raw(3, 1).is_some() { 1 } else { 4 };
        if let Some(size_type) = segment.raw(3, component) {
            let four = size_type.len() == 4 && size_type.iter().all(u8::is_ascii_alphanumeric);
            match segment.text(3, component) {
                Some(text) if four => open.size_type = Some(text),
                _ => out.defects.at(segment, (3, component), Reason::Form),
            }
        }
        if let Some(code) = segment.raw(5, 1) {
            match codes::movement(code) {
                Some(movement) => open.movement = movement,
                None => out.defects.at(segment, (5, 1), Reason::CodeUnknown),
            }
        }
        if let Some(code) = segment.raw(6, 1) {
            open.empty = codes::empty(code);
            if open.empty.is_none() {
                out.defects.at(segment, (6, 1), Reason::CodeUnknown);
            }
        }
    }

    /// DTM: C507 (2005, 2380, 2379).
    fn time(&mut self, segment: &Segment<'_>, out: &mut Out<'_>) {
        let Some(qualifier) = segment.raw(1, 1) else { return };
        let slot = match (self.level, self.typed, qualifier, self.open.as_mut()) {
            (Level::Header, _, b"137", _) => &mut self.header.issued,
            // When it was done: effective, execution, activity.
            (Level::Equipment, Typed::Codeco | Typed::Coarri, b"7" | b"203" | b"181", Some(open)) => {
                &mut open.at
            }
            // When it was weighed: D.16A, and the code of the drafts before it.
            (Level::Equipment, Typed::Vermas, b"798" | b"WAT", Some(open)) => &mut open.at,
            _ => return,
        };
        let value = segment.raw(1, 2).unwrap_or_default();
        let plain = super::service_characters::released(value, segment.release);
        match instant(&plain, segment.raw(1, 3), out.minutes_east) {
            Ok(at) => *slot = slot.or(Some(at)),
            Err(BadTime::Format) => out.defects.at(segment, (1, 3), Reason::CodeUnknown),
            Err(BadTime::Value) => out.defects.at(segment, (1, 2), Reason::TimeUnreadable),
        }
    }

    /// LOC: 1 3227, 2 C517 (3225, 1131, 3055, 3224), 3 C519 (3223, ...).
    fn location(&mut self, segment: &Segment<'_>, out: &mut Out<'_>) {
        let Some(qualifier) = segment.raw(1, 1) else { return };
        if self.typed == Typed::Baplie {
            if qualifier == b"147" {
                self.flush(out);
                self.level = Level::Equipment;
                let cell = segment.text(2, 1);
                if cell.is_none() {
                    out.defects.at(segment, (2, 1), Reason::Missing);
                }
                self.open = Some(Equipment { cell, ..Equipment::default() });
            }
            return;
        }
        let wanted: &[u8] = match self.header.kind {
            Some(EventKind::Loaded) => b"9",
            Some(EventKind::Discharged) => b"11",
            Some(EventKind::VerifiedMass) | None => return,
            Some(_) => b"165",
        };
        match (self.level, self.open.as_mut()) {
            (Level::Equipment, Some(open)) if qualifier == wanted => {
                open.place = out.places.of(segment, out.defects)
            }
            (Level::Equipment, Some(open)) if qualifier == b"14" => open.cell = segment.text(2, 1),
            (Level::Header, _) if qualifier == b"165" && wanted == b"165" => {
                self.header.place = out.places.of(segment, out.defects);
            }
            (Level::Header, _) if wanted != b"165" && matches!(qualifier, b"9" | b"11") => {
                let place = out.places.of(segment, out.defects);
                let [same, other] = &mut self.header.ports;
                *(if qualifier == wanted { same } else { other }) = place;
            }
            _ => {}
        }
    }

    /// MEA: 1 6311, 2 C502 (6313), 3 C174 (6411, 6314).
    fn mass(&mut self, segment: &Segment<'_>, out: &mut Out<'_>) {
        let (purpose, dimension) = (segment.raw(1, 1), segment.raw(2, 1));
        let (Some(open), true) = (self.open.as_mut(), self.level == Level::Equipment) else { return };
        let slot = match (purpose, dimension) {
            // Bay plans before D.13B put VGM or WT in the first element.
            (_, Some(b"VGM")) | (Some(b"VGM"), None) => &mut open.verified,
            (_, Some(b"T")) => &mut open.tare,
            (_, Some(b"G")) | (Some(b"AAE"), Some(b"WT")) | (Some(b"WT"), None) => &mut open.gross,
            _ => return,
        };
        let unit = segment.raw(3, 1).and_then(codes::kilograms);
        let Some(unit) = unit else {
            let reason = if segment.raw(3, 1).is_none() { Reason::Missing } else { Reason::CodeUnknown };
            return out.defects.at(segment, (3, 1), reason);
        };
        let Some(value) = segment.raw(3, 2).and_then(decimal) else {
            let reason = if segment.raw(3, 2).is_none() { Reason::Missing } else { Reason::NumberUnreadable };
            return out.defects.at(segment, (3, 2), reason);
        };
        match Kilograms::new(value * unit) {
            // Nothing weighs nothing: senders fill an unknown mass with 0.
            Ok(kg) => *slot = Some(kg).filter(|kg| kg.value() > 0.0),
            Err(_) => out.defects.at(segment, (3, 2), Reason::OutOfRange),
        }
    }

    /// SEL: 1 9308, 2 C215 (9303, 1131, 3055, 9302), 3 4517, 4 C208 (a range).
    fn seal(&mut self, segment: &Segment<'_>, out: &mut Out<'_>) {
        let Some(open) = self.open.as_mut() else {
            return out.defects.at(segment, (0, 0), Reason::Structure);
        };
        let Some(raw) = segment.raw(1, 1) else {
            if segment.raw(4, 1).is_none() {
                out.defects.at(segment, (1, 1), Reason::Missing);
            }
            return;
        };
        let number = segment.plain(1, 1).and_then(|text| SealNumber::new(&text).ok());
        let Some(number) = number else {
            let reason = if raw.len() > 35 { Reason::TooLong } else { Reason::Form };
            return out.defects.at(segment, (1, 1), reason);
        };
        if open.seals.len() == MAX_SEALS {
            return out.defects.at(segment, (0, 0), Reason::TooMany);
        }
        let mut seal = SealReading::door(number);
        if let Some(code) = segment.raw(2, 1) {
            match codes::sealing_party(code) {
                Some(source) => seal.source = source,
                None => out.defects.at(segment, (2, 1), Reason::CodeUnknown),
            }
        }
        if let Some(code) = segment.raw(3, 1) {
            seal.condition = codes::seal_condition(code);
            if seal.condition.is_none() {
                out.defects.at(segment, (3, 1), Reason::CodeUnknown);
            }
        }
        // Nearly always one or two: no room for more is taken beforehand.
        open.seals.reserve_exact(1);
        open.seals.push(seal);
    }

    /// RFF: C506 (1153, 1154).
    fn reference(&mut self, segment: &Segment<'_>, out: &mut Out<'_>) {
        let slot = match (self.level, segment.raw(1, 1), self.open.as_mut()) {
            (Level::Equipment, Some(b"BN"), Some(open)) => &mut open.booking,
            (Level::Equipment, Some(b"BM"), Some(open)) => &mut open.bill,
            (Level::Header, Some(b"BN"), _) => &mut self.header.trip,
            _ => return,
        };
        // Bay plans before D.13B have to give a bill of lading and fill in 1.
        let dummy = self.typed == Typed::Baplie && segment.raw(1, 2) == Some(b"1");
        if slot.is_none() && !dummy {
            *slot = short(segment, (1, 2), out);
        }
    }

    /// NAD: 1 3035, 2 C082 (3039). CF is the container's operator, CA the carrier of the vessel or, in a bay plan, of
    /// the box.
    fn party(&mut self, segment: &Segment<'_>, out: &mut Out<'_>) {
        let operator = match segment.raw(1, 1) {
            Some(b"CF") => true,
            Some(b"CA") => false,
            _ => return,
        };
        let line = match self.open.as_mut() {
            Some(open) => &mut open.line,
            None => &mut self.header.line,
        };
        if operator || line.is_none() {
            *line = short(segment, (2, 1), out).or(*line);
        }
    }

    /// TDT: 1 8051, 5 C040 (3127), 8 C222 (8213). Stage 20 is the main carriage, the vessel.
    fn transport(&mut self, segment: &Segment<'_>, out: &mut Out<'_>) {
        let main = segment.raw(1, 1) == Some(b"20");
        match self.open.as_mut() {
            Some(open) => {
                self.level = Level::Below;
                if main {
                    open.vessel = short(segment, (8, 1), out).or(open.vessel);
                }
            }
            None if main => {
                self.header.vessel = short(segment, (8, 1), out);
                self.header.carrier = short(segment, (5, 1), out);
            }
            None => {}
        }
    }

    /// DOC in VERMAS: 1 C002 (1001 with list VGM). Says by which method the mass was found.
    fn document(&mut self, segment: &Segment<'_>, out: &mut Out<'_>) {
        let (Typed::Vermas, Some(open)) = (self.typed, self.open.as_mut()) else { return };
        self.level = Level::Below;
        let of_vgm = segment.raw(1, 2).is_none_or(|list| list == b"VGM");
        match segment.raw(1, 1).filter(|_| of_vgm).map(codes::vgm_document) {
            Some(Some(method)) => open.method = open.method.or(method),
            Some(None) => out.defects.at(segment, (1, 1), Reason::CodeUnknown),
            None => {}
        }
    }

    /// CNT: C270 (6069, 6066). 16 counts the equipments.
    fn count(&mut self, segment: &Segment<'_>, out: &mut Out<'_>) {
        self.flush(out);
        self.level = Level::Header;
        if segment.raw(1, 1) != Some(b"16") {
            return;
        }
        let told = segment.raw(1, 2).and_then(decimal);
        if told.is_none() {
            out.defects.at(segment, (1, 2), Reason::NumberUnreadable);
        } else if told != Some(f64::from(self.equipments)) {
            out.defects.at(segment, (1, 2), Reason::Contradiction);
        }
    }
}

/// A reference, party or vessel; what is longer than any directory allows, or not printable, is named.
fn short(segment: &Segment<'_>, element: (u16, u16), out: &mut Out<'_>) -> Option<Short> {
    let raw = segment.raw(element.0, element.1)?;
    let short = Short::of(raw, segment.release);
    if short.is_none() {
        let reason = if raw.is_ascii() { Reason::TooLong } else { Reason::Encoding };
        out.defects.at(segment, element, reason);
    }
    short
}

/// A number as ISO 9735-1, clause 10, writes it: digits, one decimal mark of either kind, a sign.
fn decimal(raw: &[u8]) -> Option<f64> {
    if raw.len() > 18 || !raw.iter().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b',' | b'-')) {
        return None;
    }
    if raw.len() < 10 && raw.iter().all(u8::is_ascii_digit) && !raw.is_empty() {
        return Some(f64::from(raw.iter().fold(0u32, |sum, byte| sum * 10 + u32::from(byte - b'0'))));
    }
    let text = std::str::from_utf8(raw).ok()?;
    if text.contains(',') { text.replacen(',', ".", 1).parse().ok() } else { text.parse().ok() }
}
