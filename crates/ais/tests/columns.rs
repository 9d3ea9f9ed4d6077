//! The tables say what the message API says, on every recording and on any bits.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test fails loudly"
)]

use std::path::{Path, PathBuf};

use bitacora_ais::columns::{Bulk, Columns, Origin, Positions, Refused, Rest, Statics};
use bitacora_ais::messages::Fix;
use bitacora_ais::sentence::{Label, Line};
use bitacora_ais::{Body, Message, Payload, Quality, decode};
use proptest::prelude::*;

fn recordings() -> Vec<PathBuf> {
    let Some(mut paths) = bitacora_given::files("ais/raw") else { return Vec::new() };
    paths.push(
        Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../../../shared/data/ais-expected/go-ais/goais-typed.nmea"),
    );
    paths.sort();
    paths
}

type Both = (Columns, Vec<(u64, Refused)>, Vec<(Message, Payload, Quality)>);

/// A recording through both ways: the tables, and messages put into tables one by one.
fn both(bytes: &[u8], block: usize) -> Both {
    let (mut bulk, mut columns, mut refused) = (Bulk::default(), Columns::default(), Vec::new());
    let mut from = 0;
    while from < bytes.len() {
        let end = (from + block).min(bytes.len());
        let end = bytes[end..].iter().position(|byte| *byte == b'\n').map_or(bytes.len(), |at| end + at + 1);
        bulk.read(&bytes[from..end], &mut columns, &mut |line, _, reason| refused.push((line, reason)));
        from = end;
    }
    bulk.finish(&mut |line, _, reason| refused.push((line, reason)));
    for (line, offset) in columns.messages.line.iter().zip(&columns.messages.offset) {
        assert!(*line > 0 && (*offset == 0 || bytes[*offset as usize - 1] == b'\n'));
    }
    let mut out = Vec::new();
    // The same again by the message API.
    let mut assembler = bitacora_ais::assemble::Assembler::<()>::new(256, Default::default());
    let mut payload = Payload::new();
    for (number, line) in bytes.split(|byte| *byte == b'\n').enumerate() {
        bitacora_ais::sentence::parse_all(line, |_, read| {
            let Ok(Line::Sentence(sentence)) = read else { return };
            let arrival = bitacora_ais::assemble::Arrival {
                line: number as u64 + 1,
                micros: sentence.tag.micros,
                context: (),
            };
            let source = Label::of(sentence.tag.source).key();
            use bitacora_ais::assemble::Assembled::*;
            let quality = match assembler.push(sentence, source, arrival, &mut payload, &mut |_| {}) {
                Ok(Single) => sentence.quality,
                Ok(Whole(whole)) => whole.quality,
                _ => return,
            };
            if let Ok((message, doubts)) = decode(&mut payload) {
                out.push((message, payload.clone(), quality.with(doubts)));
            }
        });
    }
    (columns, refused, out)
}

/// The number, where the bit says that it is available.
fn given<T: Copy>(has: u16, bit: u16, value: T) -> Option<T> {
    (has & bit != 0).then_some(value)
}

fn text(raw: &[u8]) -> String {
    let text = std::str::from_utf8(raw).unwrap();
    text.split('@').next().unwrap().trim_end_matches(' ').to_owned()
}

/// Every value of a message against its rows.
fn compare(columns: &Columns, row: usize, cursor: &mut [usize; 4], message: &Message, payload: &Payload) {
    let m = &columns.messages;
    assert_eq!(
        (m.message_type[row], m.repeat[row], m.mmsi[row]),
        (message.message_type, message.repeat, message.mmsi)
    );
    let row = row as u32;
    let [position, clock, fixed, rest] = cursor;
    let p = &columns.positions;
    if p.row.get(*position) == Some(&row) {
        let at = *position;
        *position += 1;
        let has = p.has[at];
        let place = given(has, Positions::PLACE, (p.lon[at], p.lat[at]));
        let degrees = |(lon, lat): (i32, i32)| (f64::from(lon) / 600_000.0, f64::from(lat) / 600_000.0);
        match (message.fix().unwrap(), place.map(degrees)) {
            (Fix::At { lat, lon }, Some((x, y))) => {
                assert!((lat - y).abs() < 1e-12 && (lon - x).abs() < 1e-12)
            }
            (Fix::At { .. }, None) | (_, Some(_)) => panic!("{message:?}"),
            _ => {}
        }
        let knots = given(has, Positions::SPEED, p.speed[at]).map(|raw| f32::from(raw) / 10.0);
        let course = given(has, Positions::COURSE, p.course[at]).map(|raw| f32::from(raw) / 10.0);
        let heading = given(has, Positions::HEADING, p.heading[at]);
        let turn = given(has, Positions::TURN, p.turn[at]);
        let status = given(has, Positions::STATUS, p.status[at]);
        let second = given(has, Positions::SECOND, p.second[at]);
        let altitude = given(has, Positions::ALTITUDE, p.altitude[at]);
        let below = |second: u8| (second < 60).then_some(second);
        let got = (knots, course, heading, turn, status, second, altitude);
        let want = match &message.body {
            Body::PositionA(m) => {
                assert_eq!((p.lon[at], p.lat[at], p.radio[at]), (m.lon, m.lat, m.radio));
                let turn = (m.turn != -128).then_some(m.turn);
                (m.speed_kn(), m.course_deg(), m.heading_deg(), turn, m.nav_status(), below(m.second), None)
            }
            Body::PositionB(m) => {
                (m.speed_kn(), m.course_deg(), m.heading_deg(), None, None, below(m.second), None)
            }
            Body::ExtendedB(m) => {
                (m.speed_kn(), m.course_deg(), m.heading_deg(), None, None, below(m.second), None)
            }
            Body::SarAircraft(m) => {
                (m.speed_kn(), m.course_deg(), None, None, None, below(m.second), m.altitude_m())
            }
            Body::LongRange(m) => (m.speed_kn(), m.course_deg(), None, None, m.nav_status(), None, None),
            Body::BaseStation(m) => (None, None, None, None, None, below(m.second), None),
            Body::AidToNavigation(m, _) => (None, None, None, None, None, below(m.second), None),
            Body::SingleSlotAid(m) => (None, None, None, None, None, below(m.second), None),
            other => panic!("{other:?}"),
        };
        assert_eq!(got, want, "{message:?}");
    }
    if columns.clocks.row.get(*clock) == Some(&row) {
        let c = &columns.clocks;
        let at = *clock;
        *clock += 1;
        let Body::BaseStation(m) = &message.body else { panic!("{message:?}") };
        assert_eq!(
            (c.year[at], c.month[at], c.day[at], c.hour[at], c.minute[at], c.second[at]),
            (m.year, m.month, m.day, m.hour, m.minute, m.second)
        );
    }
    let s = &columns.statics;
    if s.row.get(*fixed) == Some(&row) {
        let at = *fixed;
        *fixed += 1;
        let size = (s.to_bow[at], s.to_stern[at], s.to_port[at], s.to_starboard[at]);
        match &message.body {
            Body::StaticVoyage(m) => {
                assert_eq!(given(s.has[at], Statics::IMO, s.imo[at]), m.imo_number());
                assert_eq!(text(&s.callsign[at]), m.callsign.as_str());
                assert_eq!(text(&s.name[at]), m.shipname.as_str());
                assert_eq!(text(&s.destination[at]), m.destination.as_str());
                assert_eq!(given(s.has[at], Statics::KIND, s.kind[at]), m.ship_type());
                assert_eq!(size, (m.to_bow, m.to_stern, m.to_port, m.to_starboard));
                assert_eq!(
                    (s.month[at], s.day[at], s.hour[at], s.minute[at], s.draught[at], s.dte[at], s.epfd[at]),
                    (m.month, m.day, m.hour, m.minute, m.draught, u8::from(m.dte), m.epfd)
                );
            }
            Body::ExtendedB(m) => {
                assert_eq!((text(&s.name[at]), s.kind[at]), (m.shipname.as_str().to_owned(), m.shiptype));
                assert_eq!(size, (m.to_bow, m.to_stern, m.to_port, m.to_starboard));
            }
            Body::AidToNavigation(m, extension) => {
                assert_eq!((text(&s.name[at]), s.kind[at]), (m.name.as_str().to_owned(), m.aid_type));
                assert_eq!(&s.extension[at], extension.raw());
                assert_eq!(size, (m.to_bow, m.to_stern, m.to_port, m.to_starboard));
            }
            Body::StaticA(m) => {
                assert_eq!((s.part[at], text(&s.name[at])), (0, m.shipname.as_str().to_owned()))
            }
            Body::StaticB(m) => {
                assert_eq!((s.part[at], s.kind[at], s.serial[at]), (1, m.shiptype, m.serial));
                assert_eq!(
                    (text(&s.callsign[at]), text(&s.vendor[at])),
                    (m.callsign.as_str().to_owned(), m.vendorid.as_str().to_owned())
                );
                let mother = given(s.has[at], Statics::MOTHERSHIP, s.mothership[at]);
                assert_eq!(mother, m.mothership_mmsi(message.mmsi));
            }
            other => panic!("{other:?}"),
        }
    }
    if columns.rest.row.get(*rest) == Some(&row) {
        let at = *rest;
        *rest += 1;
        // From the bits kept, the message API reads the same message again.
        let mut kept = columns.rest.payload(at).unwrap();
        assert_eq!((kept.len(), kept.packed()), (payload.len(), payload.packed()));
        assert_eq!(decode(&mut kept).unwrap().0, *message);
        let application = match &message.body {
            Body::AddressedBinary(m, _) => Some((m.dac, m.fid)),
            Body::BroadcastBinary(m, _) => Some((m.dac, m.fid)),
            Body::SlotBinary(m, _) => m.dac.zip(m.fid),
            _ => None,
        };
        let got = (columns.rest.dac[at] != Rest::NO_APPLICATION)
            .then(|| (columns.rest.dac[at], columns.rest.fid[at]));
        assert_eq!(got, application);
    }
}

fn same(columns: &Columns, messages: &[(Message, Payload, Quality)]) {
    assert_eq!(columns.messages.len(), messages.len());
    let mut cursor = [0; 4];
    for (row, (message, payload, quality)) in messages.iter().enumerate() {
        compare(columns, row, &mut cursor, message, payload);
        assert_eq!(columns.messages.quality[row], quality.bits());
    }
    // Every row of every table belongs to a message.
    let rows = [columns.positions.len(), columns.clocks.len(), columns.statics.len(), columns.rest.len()];
    assert_eq!(cursor, rows);
}

#[test]
fn the_tables_are_the_messages_of_every_recording() {
    for path in recordings() {
        let bytes = std::fs::read(&path).unwrap();
        let (columns, refused, messages) = both(&bytes, 1 << 16);
        println!("{}: {} messages, {} refused", path.display(), messages.len(), refused.len());
        assert!(!messages.is_empty());
        same(&columns, &messages);
        // Blocks make no difference.
        let (whole, refused_whole, _) = both(&bytes, bytes.len());
        assert_eq!(whole, columns);
        assert_eq!(refused_whole, refused);
    }
}

/// One byte of each line put in place of another, and every other line with the sentence's checksum made right again: the
/// short way for common lines must take nothing that the parser reads otherwise.
#[test]
fn damaged_lines_give_what_the_parser_gives() {
    const PUT: &[u8] = b"!\\$,*:\r\n 09AXWw`_\0\xb0";
    for path in recordings() {
        let bytes = std::fs::read(&path).unwrap();
        let mut damaged = Vec::new();
        let mut seed = 1_u32;
        for (number, line) in bytes.split(|byte| *byte == b'\n').take(20_000).enumerate() {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let mut line = line.to_vec();
            if !line.is_empty() && number % 5 != 0 {
                let at = (seed >> 8) as usize % line.len();
                line[at] = PUT[(seed >> 3) as usize % PUT.len()];
            }
            let ends =
                line.iter().rposition(|byte| *byte == b'!').zip(line.iter().rposition(|byte| *byte == b'*'));
            if let Some((start, star)) = ends
                && number % 2 == 0
                && star > start
                && star + 3 <= line.len()
            {
                let sum = bitacora_ais::sentence::checksum(&line[start + 1..star]);
                line[star + 1..star + 3].copy_from_slice(format!("{sum:02X}").as_bytes());
            }
            damaged.extend(line);
            damaged.push(b'\n');
        }
        let (columns, mut refused, messages) = both(&damaged, 1 << 12);
        same(&columns, &messages);
        // What stands beside each message of one fragment, and why the others gave none.
        let (mut beside, mut failed) = (std::collections::HashMap::new(), Vec::new());
        for (line, number) in damaged.split(|byte| *byte == b'\n').zip(1_u64..) {
            bitacora_ais::sentence::parse_all(line, |_, read| match read {
                Ok(Line::Sentence(s)) => {
                    let mut station = [0; 23];
                    let name = &s.tag.source[..s.tag.source.len().min(23)];
                    station[..name.len()].copy_from_slice(name);
                    let all = (s.tag.micros.unwrap_or(i64::MIN), station, s.channel.unwrap_or(0), s.address);
                    if s.count == 1 {
                        beside.entry(number).or_insert_with(Vec::new).push(all);
                    } else {
                        beside.entry(number).or_insert_with(Vec::new);
                    }
                }
                Ok(_) => {}
                Err(error) => failed.push((number, Refused::Sentence(*error))),
            });
        }
        let m = &columns.messages;
        for row in 0..m.len() {
            let got = (m.micros[row], m.station[row], m.channel[row], m.address[row]);
            let told = &beside[&m.line[row]];
            assert!(told.is_empty() || told.contains(&got), "{}: {got:?}", m.line[row]);
        }
        refused.retain(|(_, reason)| matches!(reason, Refused::Sentence(_)));
        assert_eq!(refused, failed);
    }
}

#[test]
fn a_line_that_gives_nothing_is_told_with_its_reason() {
    use bitacora_ais::sentence::SentenceError;
    let long = format!("!AIVDM,1,1,,A,{},0*00", "0".repeat(5000));
    let lines = [
        "!AIVDM,1,1,,B,177KQJ5000G?tO`K>RA1wUbN0TKH,0*5C",
        "noise",
        long.as_str(),
        "$GPZDA,000007.00,14,03,2026,00,00*4F",
        "# remark",
        "",
        "!AIVDM,1,1,,B,177KQJ5000G?tO`K>RA1wUbN0TKH,0*5D",
        "!AIVDM,2,1,3,B,177KQJ5000G?tO`K>RA1wUbN0TKH,0*6F",
    ];
    let (columns, refused, _) = both(lines.join("\n").as_bytes(), 10_000);
    assert_eq!(columns.messages.line, [1]);
    assert_eq!(
        refused,
        [
            (2, Refused::Sentence(SentenceError::NotASentence)),
            (3, Refused::LineTooLong),
            (7, Refused::Sentence(SentenceError::Checksum)),
            (8, Refused::Sentence(SentenceError::Checksum)),
        ]
    );
}

#[test]
fn time_station_channel_and_talker_stand_beside_the_message() {
    let sum = |text: &str| bitacora_ais::sentence::checksum(text.as_bytes());
    let (tag, inside) = ("s:2573315,c:1565132398", "BSVDM,1,1,,B,33nN6g500009=FfR0DKPLPVd0000,0");
    let line = format!("\\{tag}*{:02X}\\!{inside}*{:02X}", sum(tag), sum(inside));
    let (columns, refused, _) = both(line.as_bytes(), 1000);
    assert_eq!((refused.len(), columns.messages.len()), (0, 1));
    let mut station = [0; 23];
    station[..7].copy_from_slice(b"2573315");
    assert_eq!(columns.messages.station, [station]);
    assert_eq!(columns.messages.micros, [1_565_132_398_000_000]);
    assert_eq!((columns.messages.channel[0], columns.messages.address[0]), (b'B', *b"BSVDM"));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bits_give_the_rows_that_the_message_gives(
        message_type in 0_u64..64,
        bits in prop_oneof![Just(168_usize), Just(96), Just(160), Just(272), Just(312), Just(424), 38_usize..1100],
        words in proptest::collection::vec(any::<u32>(), 40),
    ) {
        let mut payload = Payload::new();
        for (i, word) in words.iter().enumerate() {
            payload.put(32 * i, 32, u64::from(*word));
        }
        payload.put(0, 6, message_type);
        payload.set_len(bits);
        let origin = Origin { line: 3, offset: 9, ..Origin::default() };
        let (mut direct, mut by_message) = (Columns::default(), Columns::default());
        let quality = direct.decode(&mut payload.clone(), Quality::GOOD, &origin).unwrap();
        let (message, doubts) = decode(&mut payload).unwrap();
        prop_assert_eq!(doubts, quality);
        by_message.push(&message, &payload, doubts, &origin);
        prop_assert_eq!(&direct, &by_message);
        same(&direct, &[(message, payload, doubts)]);
        direct.clear();
        prop_assert_eq!(&direct, &Columns::default());
    }
}
