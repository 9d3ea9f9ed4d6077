//! Payloads as transponders and receivers of the wild send them, each from a report about another decoder: taken with a
//! doubt, never refused, and nothing read that was not sent.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails loudly"
)]

use bitacora_ais::armour::armour;
use bitacora_ais::assemble::{Arrival, Assembled, Assembler, Window};
use bitacora_ais::messages::{PositionA, StaticA, StaticVoyage};
use bitacora_ais::sentence::{Line, checksum, parse};
use bitacora_ais::{Body, Message, Payload, Quality, Text, decode, encode};

const SHIP: u32 = 352_741_000;

fn with_length(message: &Message, bits: usize) -> (Body, Quality) {
    let mut payload = encode(message).unwrap();
    payload.set_len(bits);
    let (message, quality) = decode(&mut payload).unwrap();
    (message.body, quality)
}

fn sentence(inside: &str) -> String {
    format!("!{inside}*{:02X}", checksum(inside.as_bytes()))
}

/// One line after the other through parser and assembler; the payloads that come out.
fn assembled(lines: &[String]) -> Vec<Payload> {
    let mut assembler: Assembler<()> = Assembler::new(8, Window::default());
    let (mut payload, mut out) = (Payload::new(), Vec::new());
    for (number, line) in lines.iter().enumerate() {
        let Ok(Line::Sentence(sentence)) = parse(line.as_bytes()) else { panic!("{line}") };
        let arrival = Arrival { line: number as u64, micros: sentence.tag.micros, context: () };
        match assembler.push(&sentence, 0, arrival, &mut payload, &mut |_| panic!("lost")).unwrap() {
            Assembled::Waiting => {}
            _ => out.push(payload.clone()),
        }
    }
    out
}

/// libais 81 and 141.
#[test]
fn type_1_with_204_bits_says_what_its_168_say() {
    let fields = PositionA { lon: 4_321_000, lat: -1_234_000, speed: 123, ..PositionA::NOT_AVAILABLE };
    let message = Message::new(1, SHIP, Body::PositionA(fields));
    assert_eq!(with_length(&message, 204), (Body::PositionA(fields), Quality::OFF_LENGTH));
    assert_eq!(with_length(&message, 168), (Body::PositionA(fields), Quality::GOOD));
}

#[test]
fn a_field_that_the_payload_does_not_wholly_reach_is_not_available() {
    let fields = PositionA {
        lon: 4_321_000,
        lat: -1_234_000,
        course: 0,
        heading: 0,
        second: 7,
        ..PositionA::NOT_AVAILABLE
    };
    let message = Message::new(1, SHIP, Body::PositionA(fields));
    for bits in 116..168 {
        let (Body::PositionA(got), quality) = with_length(&message, bits) else { panic!("{bits}") };
        assert_eq!(quality, Quality::OFF_LENGTH);
        assert_eq!((got.lon, got.lat), (fields.lon, fields.lat));
        assert_eq!(got.course, if bits >= 128 { 0 } else { 3600 }, "{bits}");
        assert_eq!(got.heading, if bits >= 137 { 0 } else { 511 }, "{bits}");
        assert_eq!(got.second, if bits >= 143 { 7 } else { 60 }, "{bits}");
    }
    assert!(with_length(&message, 115).1.has(Quality::TOO_SHORT));
}

/// libais 177, aismessages 11: transponders that leave out the last bits, receivers that forget the fill bits.
#[test]
fn type_5_with_420_422_or_426_bits_keeps_all_but_what_is_missing() {
    let fields = StaticVoyage {
        imo: 9_321_483,
        shipname: Text::of("EXAMPLE VESSEL"),
        destination: Text::of("GUAYAQUIL 0123456789"),
        draught: 91,
        dte: false,
        ..StaticVoyage::NOT_AVAILABLE
    };
    let message = Message::new(5, SHIP, Body::StaticVoyage(fields));
    for (bits, destination, dte) in [
        (420, "GUAYAQUIL 012345678", true),
        (422, "GUAYAQUIL 0123456789", true),
        (423, "GUAYAQUIL 0123456789", false),
        (424, "GUAYAQUIL 0123456789", false),
        (426, "GUAYAQUIL 0123456789", false),
    ] {
        let (Body::StaticVoyage(got), quality) = with_length(&message, bits) else { panic!("{bits}") };
        assert_eq!(quality, if bits == 424 { Quality::GOOD } else { Quality::OFF_LENGTH }, "{bits}");
        assert_eq!((got.imo, got.draught, got.shipname.as_str()), (9_321_483, 91, "EXAMPLE VESSEL"));
        assert_eq!((got.destination.as_str(), got.dte), (destination, dte), "{bits}");
    }
}

/// libais 177, aismessages 38.
#[test]
fn type_24a_with_158_160_162_or_168_bits_keeps_every_whole_character() {
    let fields = StaticA { partno: 0, shipname: Text::of("ABCDEFGHIJKLMNOPQRS1") };
    let message = Message::new(24, SHIP, Body::StaticA(fields));
    for (bits, name, quality) in [
        (158, "ABCDEFGHIJKLMNOPQRS", Quality::OFF_LENGTH),
        (160, "ABCDEFGHIJKLMNOPQRS1", Quality::GOOD),
        (162, "ABCDEFGHIJKLMNOPQRS1", Quality::OFF_LENGTH),
        (168, "ABCDEFGHIJKLMNOPQRS1", Quality::GOOD),
    ] {
        let (Body::StaticA(got), doubts) = with_length(&message, bits) else { panic!("{bits}") };
        assert_eq!((got.shipname.as_str(), doubts), (name, quality), "{bits}");
    }
}

/// aismessages 11: a fill bit count that is not the one that was filled with.
#[test]
fn a_wrong_fill_bit_count_costs_no_more_than_the_last_field() {
    let fields = StaticA { partno: 0, shipname: Text::of("WRONG FILL BITS 1234") };
    let (chars, right) = armour(&encode(&Message::new(24, SHIP, Body::StaticA(fields))).unwrap());
    let chars = String::from_utf8(chars).unwrap();
    assert_eq!(right, 2);
    for fill in 0..=9_u8 {
        let line = sentence(&format!("AIVDM,1,1,,B,{chars},{fill}"));
        let mut payload = assembled(&[line]).remove(0);
        let (message, _) = decode(&mut payload).unwrap();
        let Body::StaticA(got) = message.body else { panic!("{message:?}") };
        let whole = if fill <= 2 || fill > 5 { "WRONG FILL BITS 1234" } else { "WRONG FILL BITS 123" };
        assert_eq!(got.shipname.as_str(), whole, "{fill}");
    }
}

/// pyais 28: sentences without a channel; rtl-ais 39: two receivers of one program write their channels between each other.
#[test]
fn fragments_of_two_channels_and_of_none_do_not_mix() {
    let part =
        |number, channel: &str, chars: &str| sentence(&format!("AIVDM,2,{number},5,{channel},{chars},0"));
    let lines = [
        part(1, "A", "55NOvQ1"),
        part(1, "B", "55NOvQ2"),
        part(1, "", "55NOvQ3"),
        part(2, "B", "222"),
        part(2, "", "333"),
        part(2, "A", "111"),
    ];
    let chars: Vec<String> =
        assembled(&lines).iter().map(|payload| String::from_utf8(armour(payload).0).unwrap()).collect();
    assert_eq!(chars, ["55NOvQ2222", "55NOvQ3333", "55NOvQ1111"]);
}

/// pyais 177: fragment number 0 is refused with its own reason; libais 235: two TAG blocks one after the other; AisLib 103:
/// colons and backslashes in the free text of a TAG block; Ais.Net.Receiver 149, AISdb 109, AIS-catcher 511: the unit of `c`.
#[test]
fn tag_blocks_of_the_wild_are_read() {
    let block = |fields: &str| format!("\\{fields}*{:02X}\\", checksum(fields.as_bytes()));
    let plain = sentence("AIVDM,1,1,,B,177KQJ5000G?tO`K>RA1wUbN0TKH,0");
    let tag = |blocks: String| match parse((blocks + &plain).as_bytes()) {
        Ok(Line::Sentence(sentence)) => {
            let text = String::from_utf8(sentence.tag.text.to_vec()).unwrap();
            let source = String::from_utf8(sentence.tag.source.to_vec()).unwrap();
            (sentence.tag.micros, source, text)
        }
        other => panic!("{other:?}"),
    };
    let at = Some(1_469_664_000_000_000);
    for unit in ["1469664000", "1469664000000", "1469664000000000", "1469664000000000000", "1469664000.0"] {
        assert_eq!(tag(block(&format!("c:{unit}"))), (at, String::new(), String::new()), "{unit}");
    }
    let two = block("s:r003669987") + &block("c:1469664000");
    assert_eq!(tag(two), (at, "r003669987".to_owned(), String::new()));
    let text = block("i:a: \\b\\ c:d,s:x,c:1469664000");
    assert_eq!(tag(text), (at, "x".to_owned(), "a: \\b\\ c:d".to_owned()));
    // A relay puts its own block, or text of its own, before what it passes on.
    let relayed = "UdPbC$".trim_end_matches('$').to_owned() + &block("s:b003669710,c:1469664000");
    assert_eq!(tag(relayed), (at, "b003669710".to_owned(), String::new()));
    let zero = sentence("AIVDM,2,0,1,B,177,0");
    assert_eq!(parse(zero.as_bytes()), Err(bitacora_ais::sentence::SentenceError::FragmentNumbers));
}
