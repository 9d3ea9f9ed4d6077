//! A stranger as judge: every message of the recordings and of a typed corpus, compared field by field with the
//! crate `aivdm`, which shares no code with this one. And arbitrary bytes, which must never end in a panic.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test reads recordings and fails loudly"
)]

use std::path::{Path, PathBuf};

use aivdm::AisMessage;
use bitacora_ais::armour::armour;
use bitacora_ais::assemble::{Arrival, Assembled, Assembler, Window};
use bitacora_ais::sentence::{Line, parse};
use bitacora_ais::{Body, Message, Payload, Quality, decode};
use proptest::prelude::*;

/// Every complete payload of a file.
fn payloads(path: &Path, mut each: impl FnMut(&Payload)) {
    let mut assembler: Assembler<()> = Assembler::new(256, Window::default());
    let mut payload = Payload::new();
    for (number, line) in std::fs::read(path).unwrap().split(|byte| *byte == b'\n').enumerate() {
        let Ok(Line::Sentence(sentence)) = parse(line) else { continue };
        let arrival = Arrival { line: number as u64, micros: None, context: () };
        let pushed = assembler.push(&sentence, 0, arrival, &mut payload, &mut |_| {});
        if let Ok(Assembled::Single | Assembled::Whole(_)) = pushed {
            each(&payload);
        }
    }
}

type Numbers = Vec<(i64, i64)>;
type Texts = Vec<(String, String)>;

/// Numbers and text that both decoders give, ours first.
fn pairs(ours: &Message, theirs: &AisMessage) -> Option<(Numbers, Texts)> {
    let n = |a: i64, b: i64| (a, b);
    let t = |a: &str, b: &str| (a.to_owned(), b.trim_end().split('@').next().unwrap().trim_end().to_owned());
    Some(match (&ours.body, theirs) {
        (Body::PositionA(a), AisMessage::PositionReportClassA(b)) => (
            vec![
                n(ours.mmsi.into(), b.mmsi.raw().into()),
                n(ours.message_type.into(), b.message_type.into()),
                n(a.lon.into(), b.longitude.raw().into()),
                n(a.lat.into(), b.latitude.raw().into()),
                n(a.speed.into(), b.sog.raw().into()),
                n(a.course.into(), b.cog.raw().into()),
                n(a.heading.into(), b.heading.raw().into()),
                n(a.turn.into(), b.rate_of_turn.raw().into()),
                n(a.status.into(), b.navigation_status.to_raw().into()),
                n(a.second.into(), b.timestamp.to_raw().into()),
                n(a.accuracy.into(), b.position_accuracy.into()),
                n(a.raim.into(), b.raim.into()),
                n(a.radio.into(), b.radio_status.into()),
            ],
            vec![],
        ),
        (Body::BaseStation(a), AisMessage::BaseStationReport(b)) => (
            vec![
                n(ours.mmsi.into(), b.mmsi.raw().into()),
                n(a.lon.into(), b.longitude.raw().into()),
                n(a.lat.into(), b.latitude.raw().into()),
                n(a.year.into(), b.utc_year.into()),
                n(a.month.into(), b.utc_month.into()),
                n(a.day.into(), b.utc_day.into()),
                n(a.hour.into(), b.utc_hour.into()),
                n(a.minute.into(), b.utc_minute.into()),
                n(a.second.into(), b.utc_second.into()),
                n(a.radio.into(), b.radio_status.into()),
            ],
            vec![],
        ),
        (Body::StaticVoyage(a), AisMessage::StaticVoyageData(b)) => (
            vec![
                n(ours.mmsi.into(), b.mmsi.raw().into()),
                n(a.imo.into(), b.imo_number.into()),
                n(a.shiptype.into(), b.ship_type.into()),
                n(a.to_bow.into(), b.dimension_to_bow.into()),
                n(a.to_stern.into(), b.dimension_to_stern.into()),
                n(a.to_port.into(), b.dimension_to_port.into()),
                n(a.to_starboard.into(), b.dimension_to_starboard.into()),
                n(a.draught.into(), b.draught_decimeters.into()),
                n(a.month.into(), b.eta_month.into()),
                n(a.minute.into(), b.eta_minute.into()),
            ],
            vec![
                t(a.callsign.as_str(), b.call_sign.as_str()),
                t(a.shipname.as_str(), b.name.as_str()),
                t(a.destination.as_str(), b.destination.as_str()),
            ],
        ),
        (Body::SarAircraft(a), AisMessage::SarAircraftPositionReport(b)) => (
            vec![
                n(a.alt.into(), b.altitude_meters.into()),
                n(a.speed.into(), b.sog_knots.into()),
                n(a.lon.into(), b.longitude.raw().into()),
                n(a.lat.into(), b.latitude.raw().into()),
                n(a.course.into(), b.cog.raw().into()),
                n(a.radio.into(), b.radio_status.into()),
            ],
            vec![],
        ),
        (Body::PositionB(a), AisMessage::PositionReportClassB(b)) => (
            vec![
                n(ours.mmsi.into(), b.mmsi.raw().into()),
                n(a.lon.into(), b.longitude.raw().into()),
                n(a.lat.into(), b.latitude.raw().into()),
                n(a.speed.into(), b.sog.raw().into()),
                n(a.course.into(), b.cog.raw().into()),
                n(a.heading.into(), b.heading.raw().into()),
                n(a.cs.into(), b.cs_unit.into()),
                n(a.msg22.into(), b.message22_flag.into()),
                n(a.radio.into(), b.radio_status.into()),
            ],
            vec![],
        ),
        (Body::ExtendedB(a), AisMessage::PositionReportClassBExtended(b)) => (
            vec![
                n(a.lon.into(), b.longitude.raw().into()),
                n(a.lat.into(), b.latitude.raw().into()),
                n(a.speed.into(), b.sog.raw().into()),
                n(a.course.into(), b.cog.raw().into()),
                n(a.shiptype.into(), b.ship_type.into()),
                n(a.to_stern.into(), b.dimension_to_stern.into()),
                n(a.assigned.into(), b.assigned.into()),
            ],
            vec![t(a.shipname.as_str(), b.name.as_str())],
        ),
        (Body::AidToNavigation(a, extension), AisMessage::AidToNavigationReport(b)) => (
            vec![
                n(a.aid_type.into(), b.aid_type.into()),
                n(a.lon.into(), b.longitude.raw().into()),
                n(a.lat.into(), b.latitude.raw().into()),
                n(a.to_bow.into(), b.dimension_to_bow.into()),
                n(a.second.into(), b.timestamp.to_raw().into()),
                n(a.virtual_aid.into(), b.virtual_aid.into()),
            ],
            // That crate appends an extension to any name; Message 21 of M.1371-5 wants it only "when more than 20 characters
            // are needed", which gpsd and this crate take at its word.
            if a.name.raw().contains(&b'@') {
                vec![]
            } else {
                // It also drops a blank between the two parts.
                vec![t(&a.full_name(extension).as_str().replace(' ', ""), &b.name.as_str().replace(' ', ""))]
            },
        ),
        (Body::LongRange(a), AisMessage::LongRangeBroadcast(b)) => (
            vec![
                n(a.lon.into(), b.longitude_raw.into()),
                n(a.lat.into(), b.latitude_raw.into()),
                n(a.speed.into(), b.sog_knots.into()),
                n(a.course.into(), b.cog_degrees.into()),
            ],
            vec![],
        ),
        _ => return None,
    })
}

#[test]
fn every_field_agrees_with_another_decoder() {
    let (Some(raw), Some(expected)) = (bitacora_given::data("ais/raw"), bitacora_given::data("ais-expected"))
    else {
        return;
    };
    let files = |folder: &Path| -> Vec<PathBuf> {
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect()
    };
    let mut paths = files(&raw);
    paths.extend(files(&expected).iter().filter(|path| path.is_dir()).flat_map(|folder| files(folder)));
    paths.sort();
    let (mut compared, mut messages, mut refused_there, mut differing) = (0_u64, 0_u64, 0_u64, Vec::new());
    for path in &paths {
        let (mut by_type, mut missing) = ([0_u64; 64], std::collections::BTreeMap::<u8, u64>::new());
        payloads(path, |payload| {
            let Ok((ours, quality)) = decode(&mut payload.clone()) else { return };
            messages += 1;
            by_type[usize::from(ours.message_type)] += 1;
            let (chars, fill_bits) = armour(payload);
            let Ok(theirs) = aivdm::decode_payload(&chars, fill_bits) else {
                // That crate refuses short payloads and type 28, which M.1371-5 has not; any other message of the right length
                // it must take.
                refused_there += 1;
                *missing.entry(ours.message_type).or_default() += 1;
                if quality == Quality::GOOD && ours.message_type != 28 {
                    differing.push(format!("refused there: {ours:?}"));
                }
                return;
            };
            if quality.has(Quality::OFF_LENGTH) {
                return;
            }
            if let Some((numbers, texts)) = pairs(&ours, &theirs) {
                compared += 1;
                if numbers.iter().any(|(a, b)| a != b) || texts.iter().any(|(a, b)| a != b) {
                    differing.push(format!("{ours:?} {numbers:?} {texts:?}"));
                }
            }
        });
        let name = path.file_name().unwrap().to_string_lossy();
        println!(
            "{name}: {} messages, {} there; ours less theirs by type {missing:?}",
            by_type.iter().sum::<u64>(),
            by_type.iter().sum::<u64>() - missing.values().sum::<u64>()
        );
    }
    println!(
        "{messages} messages, {compared} compared, {refused_there} refused there, {} differ",
        differing.len()
    );
    for line in differing.iter().take(20) {
        println!("{line}");
    }
    assert!(messages > 170_000 && compared > 150_000, "{messages} {compared}");
    assert!(differing.is_empty());
}

/// Takes one input through every layer.
fn through(input: &[u8]) {
    let mut assembler: Assembler<u64> = Assembler::new(4, Window { lines: 50, micros: 1_000_000 });
    let mut payload = Payload::new();
    let (mut given, mut back) = (0, 0);
    for (number, line) in input.split(|byte| *byte == b'\n').enumerate() {
        let Ok(Line::Sentence(sentence)) = parse(line) else { continue };
        let arrival = Arrival { line: number as u64, micros: sentence.tag.micros, context: 7 };
        given += 1;
        match assembler.push(&sentence, 0, arrival, &mut payload, &mut |_| back += 1) {
            Ok(Assembled::Single) => {
                back += 1;
                let _ = decode(&mut payload);
            }
            Ok(Assembled::Whole(whole)) => {
                back += whole.arrivals().len();
                let _ = decode(&mut payload);
            }
            Ok(Assembled::Waiting) => {}
            Err(_) => back += 1,
        }
    }
    assembler.finish(&mut |_| back += 1);
    assert_eq!(given, back, "a sentence was forgotten");
}

fn summed(inside: &str) -> Vec<u8> {
    let sum = inside.bytes().fold(0, |sum, byte| sum ^ byte);
    format!("!{inside}*{sum:02X}\n").into_bytes()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn arbitrary_bytes_never_panic(input in proptest::collection::vec(any::<u8>(), 0..400)) {
        through(&input);
    }

    #[test]
    fn sentences_of_arbitrary_fields_never_panic_and_none_is_forgotten(
        fields in proptest::collection::vec(
            ("[AB][IS]VD[MO]", 1_u8..=9, 1_u8..=9, "[0-3]?", "[AB]?", "[0-W`-w]{0,90}", 0_u8..=7),
            1..40,
        )
    ) {
        let mut input = Vec::new();
        for (address, count, number, sequence, channel, payload, fill) in fields {
            let number = number.min(count);
            let inside = format!("{address},{count},{number},{sequence},{channel},{payload},{fill}");
            input.extend(summed(&inside));
        }
        through(&input);
    }

    #[test]
    fn any_bits_decode_and_any_message_encodes_again(
        message_type in 0_u64..64,
        bits in 0_usize..1100,
        words in proptest::collection::vec(any::<u32>(), 40),
    ) {
        let mut payload = Payload::new();
        for (i, word) in words.iter().enumerate() {
            payload.put(32 * i, 32, u64::from(*word));
        }
        payload.put(0, 6, message_type);
        payload.set_len(bits);
        let source = payload.clone();
        if let Ok((message, quality)) = decode(&mut payload) {
            prop_assert_eq!(u64::from(message.message_type), message_type);
            if let Ok(mut again) = bitacora_ais::encode_with(&message, &source)
                && !quality.has(Quality::OFF_LENGTH)
                && message.data().is_none()
                && message.free_text().is_none()
            {
                // What a message says survives being written, whatever the spare bits held.
                let (back, _) = decode(&mut again).unwrap();
                prop_assert_eq!(back.mmsi, message.mmsi);
                prop_assert_eq!(back.fix(), message.fix());
            }
        } else {
            prop_assert!(bits < 38);
        }
    }
}
