//! Every type of the standard is written as well as read: messages of the recordings and of a typed corpus, read,
//! written and read again, say the same; and each type with nothing but "not available" does.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test fails loudly"
)]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use bitacora_ais::assemble::{Arrival, Assembled, Assembler, Window};
use bitacora_ais::sentence::{Line, parse};
use bitacora_ais::{Payload, Quality, decode, encode_with};

/// Types of M.1371-5 and type 28 of M.1371-6, with a length that each allows.
const LENGTHS: [(u64, usize); 28] = [
    (1, 168),
    (2, 168),
    (3, 168),
    (4, 168),
    (5, 424),
    (6, 104),
    (7, 72),
    (8, 80),
    (9, 168),
    (10, 72),
    (11, 168),
    (12, 168),
    (13, 168),
    (14, 100),
    (15, 160),
    (16, 144),
    (17, 200),
    (18, 168),
    (19, 312),
    (20, 160),
    (21, 272),
    (22, 168),
    (23, 160),
    (24, 168),
    (25, 168),
    (26, 500),
    (27, 96),
    (28, 168),
];

/// Any bits of a type, read and written: what is written reads the same, and is of the same length.
#[test]
fn every_type_writes_what_it_reads() {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    for (message_type, bits) in LENGTHS {
        for round in 0..200 {
            let mut payload = Payload::new();
            for at in (0..bits).step_by(32) {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                payload.put(at, 32, state >> 32);
            }
            payload.put(0, 6, message_type);
            payload.put(8, 30, 730_000_001 + round);
            if message_type == 24 {
                payload.put(38, 2, round & 1);
            }
            payload.set_len(bits);
            let (message, _) = decode(&mut payload).unwrap();
            assert_eq!(u64::from(message.message_type), message_type);
            let mut written = encode_with(&message, &payload).unwrap();
            // Lists that end with zeros, and part A of type 24, have a shorter form.
            assert!(written.len() <= bits.next_multiple_of(8), "{message_type}");
            let (again, quality) = decode(&mut written).unwrap();
            assert_eq!(again.mmsi, message.mmsi);
            assert!(!quality.has(Quality::OFF_LENGTH), "{message_type} {bits} {}", written.len());
            let mut fields = Vec::new();
            message.fields(|name, value| fields.push((name, format!("{value:?}"))));
            let mut back = Vec::new();
            again.fields(|name, value| back.push((name, format!("{value:?}"))));
            assert_eq!(back, fields, "{message_type}");
        }
    }
}

/// Whether two payloads are equal where the type has no spare bits to lose is told by reading them again.
#[test]
fn recorded_messages_of_every_type_say_the_same_after_writing() {
    let (Some(raw), Some(expected)) = (bitacora_given::data("ais/raw"), bitacora_given::data("ais-expected"))
    else {
        return;
    };
    let within = |folder: &Path| -> Vec<PathBuf> {
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect()
    };
    let mut files = within(&raw);
    files.extend(within(&expected).iter().filter(|path| path.is_dir()).flat_map(|folder| within(folder)));
    let mut seen: BTreeMap<u8, (u32, u32)> = BTreeMap::new();
    let mut by_aislib = (0, 0);
    for file in files {
        let of_aislib = file.ends_with("aislib/decode_encode_messages.txt");
        let mut assembler: Assembler<()> = Assembler::new(256, Window::default());
        let mut payload = Payload::new();
        for (number, line) in std::fs::read(file).unwrap().split(|byte| *byte == b'\n').enumerate() {
            let Ok(Line::Sentence(sentence)) = parse(line) else { continue };
            let arrival = Arrival { line: number as u64, micros: None, context: () };
            let pushed = assembler.push(&sentence, 0, arrival, &mut payload, &mut |_| {});
            let Ok(Assembled::Single | Assembled::Whole(_)) = pushed else { continue };
            let original = payload.clone();
            let Ok((message, quality)) = decode(&mut payload) else { continue };
            if quality.has(Quality::OFF_LENGTH) {
                continue;
            }
            let mut written = encode_with(&message, &payload).unwrap();
            let counts = seen.entry(message.message_type).or_default();
            counts.0 += 1;
            counts.1 += u32::from(written == original);
            if of_aislib {
                by_aislib = (by_aislib.0 + 1, by_aislib.1 + u32::from(written == original));
            }
            let (again, _) = decode(&mut written).unwrap();
            let mut fields = Vec::new();
            message.fields(|name, value| fields.push((name, format!("{value:?}"))));
            let mut back = Vec::new();
            again.fields(|name, value| back.push((name, format!("{value:?}"))));
            assert_eq!(back, fields, "{original:?}");
            if let (Some(data), Some(copy)) = (message.data(), again.data()) {
                assert!(data.bytes(&payload).eq(copy.bytes(&written)), "{original:?}");
            }
        }
    }
    for (message_type, (all, same)) in &seen {
        println!(
            "type {message_type:>2}: {all:>6} written, {same:>6} bit for bit, the others but for spare bits"
        );
    }
    // AisLib's own test of this set (`aisDecodeEncode`) wants the same characters. Twelve of type 20 end with a fourth
    // reservation of nothing but zeros, which says nothing and is not written.
    println!("AisLib's set: {} written, {} bit for bit", by_aislib.0, by_aislib.1);
    assert_eq!(by_aislib, (601, 589));
    assert!((1..=27).filter(|message_type| seen.contains_key(message_type)).count() >= 26, "{seen:?}");
}
