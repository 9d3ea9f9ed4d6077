//! One row to reports, whatever file it came from. A value that is needed and unreadable refuses the row; one that is
//! not needed is left out and flagged.

use std::hash::{Hash, Hasher};

use bitacora_primitives::mmsi::MmsiClass;
use bitacora_primitives::{EvidenceRef, Instant, Mmsi, Position};
use bitacora_sea::contacts::{Contact, ContactFlags, Report, StaticReport, StationKind};
use rustc_hash::{FxHashMap, FxHasher};

use super::columns::{Columns, Field};
use super::{Counts, time};
use crate::ais::Sink;
use crate::refusal::{Reason, Refusal};

/// One value as its file holds it.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) enum Cell<'a> {
    Absent,
    Text(&'a [u8]),
    Integer(i64),
    Real(f64),
    Time(Instant),
}

/// A value of a column that need not be there.
#[derive(Clone, Copy, PartialEq, Debug)]
enum Value<T> {
    Given(T),
    Missing,
    Unreadable,
}

/// Vessels whose last static values are remembered. A file with more different numbers than any fleet has begins
/// anew, which costs repeated static reports and bounded memory.
const REMEMBERED: usize = 1 << 20;

/// What of a good row is no part of a contact, for those who compare messages with other systems.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct RowColumns<'a> {
    pub key: (Mmsi, Instant),
    /// As in the evidence of its report.
    pub line: u64,
    /// A position report follows.
    pub positioned: bool,
    /// Latitude, longitude, speed, course and heading as the table has them, whatever they stand for.
    pub numbers: [Option<f64>; 5],
    /// ITU-R M.1371 type, 0 where there is none: `18` or `AIS.18`.
    pub message_type: u8,
    /// As the source named the message, where its column is text.
    pub message_id: Option<&'a [u8]>,
    /// The segment that the source gave the message to.
    pub segment: Option<&'a [u8]>,
}

/// Turns rows into reports and keeps count.
#[derive(Debug)]
pub(super) struct Rows {
    pub(super) columns: Columns,
    pub(super) counts: Counts,
    said: FxHashMap<u32, u64>,
}

impl Rows {
    pub(super) fn new(columns: Columns) -> Self {
        Self { columns, counts: Counts::default(), said: FxHashMap::default() }
    }

    pub(super) fn refuse(&mut self, place: EvidenceRef, reason: Reason, raw: &[u8], sink: &mut impl Sink) {
        self.counts.refused.add(reason);
        sink.refused(Refusal::new(place, reason, raw));
    }

    /// One row. `cell` gives the value of a column by its place; `raw` shows the row where it is refused.
    #[inline]
    pub(super) fn row<'a>(
        &mut self,
        place: EvidenceRef,
        cell: impl Fn(usize) -> Cell<'a>,
        raw: impl Fn() -> Vec<u8>,
        sink: &mut impl Sink,
    ) {
        self.counts.rows += 1;
        let get = |field: Field| self.columns.place(field).map_or(Cell::Absent, &cell);
        let key = match key(&get) {
            Ok(key) => key,
            Err(reason) => return self.refuse(place, reason, &raw(), sink),
        };
        let position = match position(get(Field::Lat), get(Field::Lon)) {
            Ok(position) => position,
            Err(reason) => return self.refuse(place, reason, &raw(), sink),
        };
        sink.row(&RowColumns {
            key,
            line: place.line,
            positioned: position.is_some(),
            numbers: [Field::Lat, Field::Lon, Field::Sog, Field::Cog, Field::Heading].map(
                |field| match number(get(field)) {
                    Value::Given(number) => Some(number),
                    Value::Missing | Value::Unreadable => None,
                },
            ),
            message_type: message_type(get(Field::MessageType)),
            message_id: bytes(get(Field::MessageId)),
            segment: bytes(get(Field::Segment)),
        });
        let station = station(key.0, get(Field::Transponder));
        let statics = statics(key, station, place, &get);
        match position {
            None => self.counts.not_available += 1,
            Some(position) => {
                sink.report(Report::Position(contact(key, position, station, place, &get)));
                self.counts.positions += 1;
            }
        }
        if let Some((statics, digest)) = statics {
            self.tell_statics(statics, digest, sink);
        }
    }

    /// Passes on what a vessel says of itself when it is new.
    fn tell_statics(&mut self, statics: Statics<'_>, digest: u64, sink: &mut impl Sink) {
        let number = statics.key.0.number();
        if self.said.get(&number) == Some(&digest) {
            return;
        }
        if self.said.len() >= REMEMBERED {
            self.said.clear();
        }
        self.said.insert(number, digest);
        self.counts.statics += 1;
        sink.report(Report::Static(statics.report()));
    }
}

fn bytes<'a>(cell: Cell<'a>) -> Option<&'a [u8]> {
    let Cell::Text(text) = cell else { return None };
    Some(text.trim_ascii()).filter(|text| !text.is_empty())
}

fn message_type(cell: Cell<'_>) -> u8 {
    let number = match cell {
        Cell::Text(text) => {
            let text = text.trim_ascii();
            digits(text.strip_prefix(b"AIS.").unwrap_or(text))
        }
        Cell::Integer(number) => Some(number),
        _ => None,
    };
    number.and_then(|number| u8::try_from(number).ok()).filter(|number| *number < 64).unwrap_or(0)
}

fn key<'a>(get: &impl Fn(Field) -> Cell<'a>) -> Result<(Mmsi, Instant), Reason> {
    let number = match get(Field::Mmsi) {
        // A table that passed through a spreadsheet holds numbers as 338148873.0.
        Cell::Text(text) => match digits(text.trim_ascii()) {
            Some(number) => Some(number),
            None => real(text.trim_ascii()).and_then(whole),
        },
        Cell::Integer(number) => Some(number),
        Cell::Real(number) => whole(number),
        Cell::Absent | Cell::Time(_) => None,
    };
    let mmsi = number.filter(|&number| number > 0).and_then(|number| Mmsi::new(u32::try_from(number).ok()?));
    let mmsi = mmsi.ok_or(Reason::MmsiInvalid)?;
    let observed = match get(Field::Time) {
        Cell::Text(text) => time::instant(text),
        Cell::Time(instant) => Some(instant),
        // 253402300799 is the last second of the year 9999.
        Cell::Integer(secs) => (secs.abs() <= 253_402_300_799).then(|| Instant::from_secs(secs)),
        Cell::Real(secs) => {
            let readable = secs.is_finite() && secs.abs() <= 253_402_300_799.0;
            readable.then(|| Instant::from_micros((secs * 1e6).round() as i64))
        }
        Cell::Absent => None,
    };
    Ok((mmsi, observed.ok_or(Reason::TimeUnreadable)?))
}

/// A number of at most twelve digits, the common form of an identity.
fn digits(text: &[u8]) -> Option<i64> {
    if text.is_empty() || text.len() > 12 {
        return None;
    }
    text.iter().try_fold(0, |sum, digit| digit.is_ascii_digit().then(|| sum * 10 + i64::from(digit - b'0')))
}

fn whole(number: f64) -> Option<i64> {
    (number.trunc() == number && number.abs() < 1e12).then_some(number as i64)
}

fn real(text: &[u8]) -> Option<f64> {
    std::str::from_utf8(text).ok()?.parse().ok().filter(|number: &f64| number.is_finite())
}

fn number(cell: Cell<'_>) -> Value<f64> {
    match cell {
        Cell::Text(text) => match text.trim_ascii() {
            b"" => Value::Missing,
            text => real(text).map_or(Value::Unreadable, Value::Given),
        },
        Cell::Integer(number) => Value::Given(number as f64),
        Cell::Real(number) if number.is_finite() => Value::Given(number),
        // Tables write "none" as NaN.
        Cell::Real(_) | Cell::Absent => Value::Missing,
        Cell::Time(_) => Value::Unreadable,
    }
}

/// A place, none where the transmitter gave none (91° N, 181° E, or an empty cell), or why the row is refused.
fn position(lat: Cell<'_>, lon: Cell<'_>) -> Result<Option<Position>, Reason> {
    match (number(lat), number(lon)) {
        (Value::Unreadable, _) | (_, Value::Unreadable) => Err(Reason::NumberUnreadable),
        (Value::Missing, _) | (_, Value::Missing) => Ok(None),
        (Value::Given(lat), Value::Given(lon)) if lat == 91.0 || lon == 181.0 => Ok(None),
        (Value::Given(lat), Value::Given(lon)) => {
            Position::new(lat, lon).map(Some).map_err(|_| Reason::PositionOutOfRange)
        }
    }
}

fn contact<'a>(
    (mmsi, observed): (Mmsi, Instant),
    position: Position,
    station: StationKind,
    evidence: EvidenceRef,
    get: &impl Fn(Field) -> Cell<'a>,
) -> Contact {
    let mut flags = ContactFlags::NONE;
    if mmsi.class() == MmsiClass::Unassigned {
        flags = flags.with(ContactFlags::ODD_IDENTITY);
    }
    // `end` is where "not available" begins; above it and below 0 the value is none that a transponder sends.
    let mut within = |field: Field, end: f64, absent: f64| match number(get(field)) {
        Value::Given(number) if (0.0..end).contains(&number) => Some(number),
        Value::Given(number) if (number - absent).abs() < 1e-9 => None,
        Value::Missing => None,
        Value::Given(_) | Value::Unreadable => {
            flags = flags.with(ContactFlags::FIELD_RANGE);
            None
        }
    };
    let sog_kn = within(Field::Sog, 102.25, 102.3).map(|kn| kn as f32);
    let cog_deg = within(Field::Cog, 360.0, 360.0).map(|degrees| degrees as f32);
    let heading_deg = within(Field::Heading, 360.0, 511.0).map(|degrees| degrees as u16);
    let nav_status = match get(Field::Status) {
        Cell::Text(text) if text.first().is_some_and(u8::is_ascii_alphabetic) => status_of(text),
        cell => match number(cell) {
            Value::Given(number) if (0.0..15.0).contains(&number) => Some(number as u8),
            _ => None,
        },
    };
    Contact {
        mmsi,
        observed,
        // A decoded file does not say when its receiver heard the line.
        received: observed,
        position,
        sog_kn,
        cog_deg,
        heading_deg,
        nav_status,
        station,
        message_type: message_type(get(Field::MessageType)),
        flags,
        evidence,
    }
}

/// Navigational status in the words of M.1371-5 table 48, as the Danish Maritime Authority writes them.
fn status_of(text: &[u8]) -> Option<u8> {
    const WORDS: [&str; 9] = [
        "under way using engine",
        "at anchor",
        "not under command",
        "restricted maneuverability",
        "constrained by her draught",
        "moored",
        "aground",
        "engaged in fishing",
        "under way sailing",
    ];
    WORDS
        .iter()
        .position(|words| text.trim_ascii().eq_ignore_ascii_case(words.as_bytes()))
        .map(|code| code as u8)
}

/// Ship type in words, as the same source writes them, to the first code of its group (M.1371-5 table 53).
fn ship_type_of(text: &[u8]) -> Option<u8> {
    const WORDS: [(&str, u8); 18] = [
        ("wig", 20),
        ("fishing", 30),
        ("towing", 31),
        ("towing long/wide", 32),
        ("dredging", 33),
        ("diving", 34),
        ("military", 35),
        ("sailing", 36),
        ("pleasure", 37),
        ("hsc", 40),
        ("pilot", 50),
        ("sar", 51),
        ("tug", 52),
        ("port tender", 53),
        ("law enforcement", 55),
        ("passenger", 60),
        ("cargo", 70),
        ("tanker", 80),
    ];
    let text = text.trim_ascii();
    WORDS.iter().find(|(words, _)| text.eq_ignore_ascii_case(words.as_bytes())).map(|&(_, code)| code)
}

/// From the transponder column, else from the form of the number.
fn station(mmsi: Mmsi, transponder: Cell<'_>) -> StationKind {
    if let Cell::Text(text) = transponder {
        match text.trim_ascii().to_ascii_lowercase().as_slice() {
            b"a" | b"class a" => return StationKind::ClassA,
            b"b" | b"class b" => return StationKind::ClassB,
            b"base station" => return StationKind::BaseStation,
            b"aton" => return StationKind::AidToNavigation,
            b"sar airborne" => return StationKind::SarAircraft,
            _ => {}
        }
    }
    match mmsi.class() {
        MmsiClass::CoastStation => StationKind::BaseStation,
        MmsiClass::SarAircraft => StationKind::SarAircraft,
        MmsiClass::AidToNavigation => StationKind::AidToNavigation,
        _ => StationKind::Unknown,
    }
}

/// The static values of a row before they are copied out of it.
struct Statics<'a> {
    key: (Mmsi, Instant),
    station: StationKind,
    evidence: EvidenceRef,
    texts: [Option<&'a [u8]>; 3],
    imo: Option<u32>,
    ship_type: Option<u8>,
    length_m: Option<u16>,
    beam_m: Option<u16>,
    draught_m: Option<f32>,
}

/// What the row says of the vessel itself and a digest of it; nothing when all of it is missing.
fn statics<'a>(
    key: (Mmsi, Instant),
    station: StationKind,
    evidence: EvidenceRef,
    get: &impl Fn(Field) -> Cell<'a>,
) -> Option<(Statics<'a>, u64)> {
    let positive = |field: Field, most: f64| match number(get(field)) {
        Value::Given(number) if number > 0.0 && number <= most => Some(number),
        _ => None,
    };
    let ship_type = match get(Field::ShipType) {
        Cell::Text(text) if text.first().is_some_and(u8::is_ascii_alphabetic) => ship_type_of(text),
        cell => match number(cell) {
            Value::Given(number) if (1.0..256.0).contains(&number) => Some(number as u8),
            _ => None,
        },
    };
    let statics = Statics {
        key,
        station,
        evidence,
        texts: [Field::Name, Field::CallSign, Field::Destination].map(|field| text(get(field))),
        imo: imo(get(Field::Imo)),
        ship_type,
        // Nine bits twice, six bits twice, eight bits of decimetres (M.1371-5 table 52).
        length_m: positive(Field::Length, 1022.0).map(|metres| metres as u16),
        beam_m: positive(Field::Beam, 126.0).map(|metres| metres as u16),
        draught_m: positive(Field::Draught, 25.5).map(|metres| metres as f32),
    };
    let mut digest = FxHasher::default();
    let Statics { texts, imo, ship_type, length_m, beam_m, draught_m, .. } = &statics;
    (texts, imo, ship_type, length_m, beam_m, draught_m.map(f32::to_bits)).hash(&mut digest);
    let anything = texts.iter().any(Option::is_some)
        || imo.is_some()
        || ship_type.is_some()
        || length_m.is_some()
        || beam_m.is_some()
        || draught_m.is_some();
    anything.then(|| (statics, digest.finish()))
}

impl Statics<'_> {
    fn report(&self) -> StaticReport {
        let own = |text: Option<&[u8]>| text.map(|text| String::from_utf8_lossy(text).into_owned());
        let [name, call_sign, destination] = self.texts;
        StaticReport {
            mmsi: self.key.0,
            observed: self.key.1,
            name: own(name),
            call_sign: own(call_sign),
            imo: self.imo,
            ship_type: self.ship_type,
            length_m: self.length_m,
            beam_m: self.beam_m,
            draught_m: self.draught_m,
            destination: own(destination),
            station: self.station,
            evidence: self.evidence,
        }
    }
}

/// Text up to the first `@`; blank and "unknown" are missing.
fn text<'a>(cell: Cell<'a>) -> Option<&'a [u8]> {
    let Cell::Text(text) = cell else { return None };
    let text = text.split(|&byte| byte == b'@').next().unwrap_or(text).trim_ascii();
    (!text.is_empty() && !text.eq_ignore_ascii_case(b"unknown")).then_some(text)
}

/// Seven digits, with or without `IMO` before them.
fn imo(cell: Cell<'_>) -> Option<u32> {
    let number = match cell {
        Cell::Text(text) => {
            let text = text.trim_ascii();
            let bare = text.strip_prefix(b"IMO").or_else(|| text.strip_prefix(b"imo")).unwrap_or(text);
            digits(bare.trim_ascii())?
        }
        Cell::Integer(number) => number,
        Cell::Real(number) => whole(number)?,
        Cell::Absent | Cell::Time(_) => return None,
    };
    (1_000_000..=9_999_999).contains(&number).then_some(number as u32)
}
