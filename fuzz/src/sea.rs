//! One function for each reader of what receivers, satellites and archives bring, and one for the detectors behind them.
//! None may panic or hang; and what may not depend on how the input is cut or ordered does not.

use std::collections::BTreeMap;
use std::sync::Arc;

use bitacora_ais::applications::ALL;
use bitacora_ais::armour::unarmour;
use bitacora_ais::sentence::{Line, parse};
use bitacora_ais::{FieldValue, Message, Payload, Span, decode, encode, encode_sentences};
use bitacora_feeds::ais::{Decoded, Heard, Options, Reader, Sink, json};
use bitacora_feeds::coast::{Antarctica, read as read_coast};
use bitacora_feeds::positions::{ColumnMap, CsvPositions};
use bitacora_feeds::refusal::Refusal;
use bitacora_primitives::{Duration, EventId, EvidenceRef, Instant, Mmsi, Position, SourceId};
use bitacora_sea::contacts::{Contact, ContactFlags, Report, StationKind};
use bitacora_sea::{Ahead, Event, Output, Parameters, Picture};

pub type Target = fn(&[u8]);

/// By the names of their corpora.
pub const TARGETS: [(&str, Target); 7] = [
    ("ais_sentence", ais_sentence),
    ("ais_tag_block", ais_tag_block),
    ("ais_stream", ais_stream),
    ("ais_application", ais_application),
    ("coast", coast),
    ("positions_csv", positions_csv),
    ("sea_detectors", sea_detectors),
];

fn source() -> SourceId {
    SourceId::of(&[b"fuzz"])
}

/// One line: what is read of it is printed, and what can be written again reads back the same.
pub fn ais_sentence(line: &[u8]) {
    let Ok(Line::Sentence(sentence)) = parse(line) else { return };
    let mut payload = Payload::new();
    if unarmour(sentence.payload, sentence.fill_bits, &mut payload).is_err() {
        return;
    }
    let Ok((message, quality)) = decode(&mut payload) else { return };
    message.fields(|name, value| {
        assert!(!name.is_empty());
        if let FieldValue::Text(text) = value {
            assert!(text.is_ascii());
        }
    });
    if quality.codes().next().is_some() {
        return;
    }
    let Ok(mut again) = encode(&message) else { return };
    let (other, _) = decode(&mut again).expect("what was written is a message");
    // What stands behind the end of a text is not written, nor spare bits that read as the beginning of a run of slots
    // that is not there (type 20).
    if message.data().is_none() && message.free_text().is_none() && again.len() == payload.len() {
        assert_eq!(said(&other), said(&message));
    }
    if let Ok(sentences) = encode_sentences(&message, "AIVDM", 'A', 0) {
        assert!(sentences.iter().all(|sentence| parse(sentence.as_bytes()).is_ok()));
    }
}

/// Every field, as it is printed.
fn said(message: &Message) -> Vec<String> {
    let mut fields = vec![format!("{} {} {}", message.message_type, message.repeat, message.mmsi)];
    message.fields(|name, value| fields.push(format!("{name} {value:?}")));
    fields
}

/// The same inside a TAG block with a right checksum, so that its fields are reached.
pub fn ais_tag_block(fields: &[u8]) {
    if fields.contains(&b'\n') || fields.len() > 3_000 {
        return;
    }
    let sum = fields.iter().fold(0_u8, |sum, byte| sum ^ byte);
    let mut line = vec![b'\\'];
    line.extend_from_slice(fields);
    line.extend_from_slice(format!("*{sum:02X}\\!AIVDM,1,1,,A,15Mj23P000G?q7fK>g:o7@1:0L3S,0*1D").as_bytes());
    parse(&line).ok();
    parse(fields).ok();
    // What is remembered against duplicates takes longer to set up than a line to read; `ais_stream` has it.
    let options = Options { slots: 8, dedupe: false, ..Options::default() };
    assert_eq!(told(&line, options, usize::MAX), told(&line, options, 7));
}

/// The first byte names an application, the second how many bits of the last byte are left out: what is read of the
/// rest is written again bit for bit.
pub fn ais_application(bytes: &[u8]) {
    let [which, cut, data @ ..] = bytes else { return };
    let application = ALL[usize::from(*which) % ALL.len()].1;
    let mut payload = Payload::new();
    for (place, byte) in data.iter().enumerate() {
        payload.put(8 * place, 8, u64::from(*byte));
    }
    payload.set_len(payload.len().saturating_sub(usize::from(cut % 8)));
    let whole = Span::rest(&payload, 0);
    let (record, _) = application.decode(&payload, whole);
    let again = application.encode(&record).expect("what was read can be written");
    assert_eq!(again.len(), payload.len(), "{record:?}");
    assert_eq!(again.packed(), payload.packed(), "{record:?}");
}

/// A coastline file: what is on land lies no deeper than it is asked how deep, on either line of Antarctica.
pub fn coast(bytes: &[u8]) {
    const WITHIN_M: f64 = 20_000.0;
    for antarctica in [Antarctica::IceFront, Antarctica::GroundingLine] {
        let Ok(coast) = read_coast(bytes, antarctica) else { continue };
        for (lat, lon) in
            [(0.0, 0.0), (0.5, 0.5), (-89.9, 10.0), (12.3, -77.7), (45.0, 180.0), (-70.0, -180.0)]
        {
            let Ok(position) = Position::new(lat, lon) else { continue };
            coast.land.on_land(position);
            let distance = coast.land.distance_to_shore_m(position, WITHIN_M);
            assert!(distance.is_none_or(|metres| (0.0..=WITHIN_M).contains(&metres)), "{distance:?}");
        }
    }
}

/// Everything that came out, as text.
#[derive(Default)]
struct Told(Vec<String>);

impl Sink for Told {
    fn report(&mut self, report: Report) {
        self.0.push(format!("{report:?}"));
    }
    fn refused(&mut self, refusal: Refusal) {
        self.0.push(format!("{refusal:?}"));
    }
    fn heard(&mut self, heard: &Heard<'_>) {
        self.0.push(format!("{heard:?}"));
    }
    fn message(&mut self, decoded: &Decoded<'_>) {
        let mut line = String::new();
        json::write_raw(decoded, &mut line);
        line.push(' ');
        json::write_units(decoded, &mut line);
        self.0.push(line);
    }
}

/// Everything that comes out of a recording in chunks of a size.
fn told(bytes: &[u8], options: Options, size: usize) -> Vec<String> {
    let mut reader = Reader::new(source(), options);
    let mut told = Told::default();
    for chunk in bytes.chunks(size) {
        reader.push(chunk, None, &mut told);
    }
    reader.finish(&mut told);
    told.0
}

/// A recording gives the same whatever the chunks in which it comes.
pub fn ais_stream(bytes: &[u8]) {
    let options = Options { slots: 8, stations: true, ..Options::default() };
    let step = usize::from(bytes.first().copied().unwrap_or(1)) % 61 + 1;
    assert_eq!(told(bytes, options, usize::MAX), told(bytes, options, step), "chunks of {step}");
}

/// The first line is a column map, the rest a table.
pub fn positions_csv(bytes: &[u8]) {
    let end = bytes.iter().position(|byte| *byte == b'\n').unwrap_or(0);
    let (map, table) = bytes.split_at(end);
    let map = std::str::from_utf8(map).ok().and_then(|map| ColumnMap::parse(map).ok()).unwrap_or_default();
    let reader = Box::new(std::io::Cursor::new(table.get(1..).unwrap_or_default().to_vec()));
    let Ok(mut rows) = CsvPositions::new(reader, "fuzz".to_owned(), source(), &map) else { return };
    let mut told = Told::default();
    while rows.read(7, &mut told).is_ok_and(|more| more) {}
    let counts = rows.counts();
    assert!(counts.positions + counts.not_available <= counts.rows, "{counts:?}");
}

/// Ten bytes a fix: few vessels, near each other, at odd times, delayed by up to the lateness bound.
fn contacts(bytes: &[u8]) -> Vec<Contact> {
    let (start, mut seconds) = (Instant::from_secs(1_772_000_000), 0_i64);
    let (fixes, _) = bytes.as_chunks::<10>();
    let read = |[vessel, gap, lat, lat_low, lon, lon_low, speed, course, delay, status]: [u8; 10],
                line: usize| {
        seconds += match gap {
            0..=199 => i64::from(gap),
            200..=249 => i64::from(gap) * 60,
            _ => i64::from(gap) * 3_600,
        };
        let observed = start + Duration::from_secs(seconds);
        let degrees = |high: u8, low: u8| f64::from(high) - 128.0 + f64::from(low) * 1e-4;
        // Most of the time in one small box, else anywhere.
        let near = |high: u8, low: u8, middle: f64| {
            if high < 240 {
                middle + f64::from(high) * 1e-3 + f64::from(low) * 1e-5
            } else {
                degrees(high, low)
            }
        };
        let position = Position::new(near(lat, lat_low, 10.0), near(lon, lon_low, 179.9)).ok()?;
        Some(Contact {
            mmsi: Mmsi::new(200_000_000 + u32::from(vessel % 6))?,
            observed,
            received: observed + Duration::from_secs(i64::from(delay) * 2),
            position,
            sog_kn: (speed < 250).then(|| f32::from(speed) * 0.4),
            cog_deg: (course < 250).then(|| f32::from(course) * 1.44),
            heading_deg: None,
            nav_status: (status < 16).then_some(status),
            station: StationKind::ClassA,
            message_type: 1,
            flags: ContactFlags::NONE,
            evidence: EvidenceRef { source: source(), line: line as u64, offset: None },
        })
    };
    let mut read = read;
    fixes.iter().enumerate().filter_map(|(line, bytes)| read(*bytes, line)).collect()
}

fn last_revisions(outputs: Vec<Output>) -> BTreeMap<EventId, Event> {
    let mut last: BTreeMap<EventId, Event> = BTreeMap::new();
    for output in outputs {
        let Output::Event(event) = output else { continue };
        let expected = last.get(&event.id).map_or(0, |known| known.revision + 1);
        assert_eq!(event.revision, expected, "revisions count up");
        last.insert(event.id, event);
    }
    last
}

/// Reports in the order in which they came give the events of the reports in order of time; and what is told ahead of
/// time is settled in the end.
pub fn sea_detectors(bytes: &[u8]) {
    if bytes.len() > 10 * 2_000 {
        return;
    }
    let mut parameters = Parameters::default();
    parameters.encounter.min_duration = Duration::from_mins(5);
    parameters.gap.min_duration = Duration::from_hours(1);
    parameters.loitering.min_duration = Duration::from_hours(1);
    parameters.max_leap = Duration::from_hours(24 * 10_000);
    let sorted = contacts(bytes);
    let mut arrived = sorted.clone();
    arrived.sort_by_key(|one| (one.received, one.mmsi, one.evidence));
    let run = |contacts: &[Contact]| {
        let mut picture = Picture::new(parameters.clone());
        let mut outputs = Vec::new();
        for one in contacts {
            picture.push(Report::Position(*one), &mut outputs);
        }
        picture.finish(&mut outputs);
        last_revisions(outputs)
    };
    assert_eq!(run(&sorted), run(&arrived), "the order of arrival matters");
    let mut ahead = Ahead::new(&parameters, Arc::default());
    let mut told = Vec::new();
    for one in &arrived {
        ahead.push(one, &mut told);
        ahead.settle_before(one.observed - parameters.lateness, &mut told);
    }
    ahead.settle_before(Instant::from_micros(i64::MAX), &mut told);
    assert_eq!(ahead.unsettled(), 0);
}
