//! Application data of binary messages: every bit kept on every recording, and arbitrary bits and values, which must
//! never end in a panic.

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

use bitacora_ais::applications::{self, ALL, Bits, Item, Record, Value};
use bitacora_ais::assemble::{Arrival, Assembled, Assembler, Window};
use bitacora_ais::messages::{BroadcastBinary, encode_with};
use bitacora_ais::sentence::{Line, parse};
use bitacora_ais::{Body, Message, Payload, Quality, Span, decode};
use proptest::prelude::*;

fn whole(payload: &Payload) -> Span {
    Span::rest(payload, 0)
}

/// A payload of exactly these bits.
fn payload_of(words: &[u64], bits: usize) -> Payload {
    let mut payload = Payload::new();
    for (i, word) in words.iter().enumerate() {
        payload.put(32 * i, 32, *word & 0xffff_ffff);
    }
    payload.set_len(bits);
    payload
}

fn some_bits(len: u16) -> Value {
    Value::Bits(Bits { bytes: vec![0x80; usize::from(len).div_ceil(8)], len })
}

/// Bits of a group.
fn size(items: &'static [Item]) -> usize {
    let of = |item: &Item| match item {
        Item::Number(field) => usize::from(field.bits),
        Item::Text { chars, .. } => 6 * usize::from(*chars),
        Item::Bits { bits, .. } => usize::from(*bits),
        Item::Spare(bits) => usize::from(*bits),
        Item::Times { times, items, .. } => usize::from(*times) * size(items),
        Item::Choice { otherwise, .. } => size(otherwise),
        Item::Repeat { .. } | Item::RestText { .. } | Item::RestBits { .. } => 0,
    };
    items.iter().map(of).sum()
}

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

fn files(part: &str) -> Vec<PathBuf> {
    bitacora_given::files(part)
        .unwrap_or_default()
        .into_iter()
        .flat_map(|path| {
            if path.is_dir() {
                std::fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()).collect()
            } else {
                vec![path]
            }
        })
        .filter(|path| path.extension().is_none_or(|e| e != "json" && e != "chk"))
        .collect()
}

/// Recordings and typed corpora: writing what was read gives the same bits, of the data and of the whole message.
#[test]
fn every_bit_of_every_recorded_application_is_kept() {
    let files: Vec<PathBuf> = files("ais/raw").into_iter().chain(files("ais-expected")).collect();
    if files.is_empty() {
        return;
    }
    let mut seen: BTreeMap<(&str, u16, u8), [u32; 3]> = BTreeMap::new();
    let mut total = 0;
    for file in files {
        payloads(&file, |payload| {
            let mut payload = payload.clone();
            let Ok((message, _)) = decode(&mut payload) else { return };
            let Some((application, data)) = applications::of(&message) else { return };
            total += 1;
            let (record, quality) = application.decode(&payload, data);
            let back = application.encode(&record).unwrap();
            assert!(data.bytes(&payload).eq(whole(&back).bytes(&back)), "{} {payload:?}", application.name);
            assert_eq!(usize::from(data.len), back.len());
            let counts = seen.entry((application.name, application.dac, application.fid)).or_default();
            counts[0] += 1;
            counts[1] += u32::from(quality.has(Quality::OFF_LENGTH));
            counts[2] += u32::from(quality.has(Quality::FIELD_RANGE));
        });
    }
    for ((name, dac, fid), [all, off, range]) in &seen {
        println!(
            "{dac:>3} {fid:>2} {name:<28} {all:>5}, {off} of another length, {range} with values out of range"
        );
    }
    assert!(total > 2_000, "{total}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4000, failure_persistence: None, ..ProptestConfig::default() })]

    // INVARIANT: writing what was read gives the same bits, whatever they were.
    #[test]
    fn writing_what_was_read_gives_the_same_bits_whatever_they_were(
        which in 0..ALL.len(),
        words in proptest::collection::vec(any::<u64>(), 48),
        bits in prop_oneof![0_usize..1100, Just(1000)],
        before in 0_usize..90,
    ) {
        let application = ALL[which].1;
        let payload = payload_of(&words, (before + bits).min(1500));
        let data = Span { start: before as u16, len: (payload.len() - before) as u16 };
        let (record, quality) = application.decode(&payload, data);
        let back = application.encode(&record).unwrap();
        prop_assert_eq!(back.len(), usize::from(data.len), "{} {:?}", application.name, record);
        prop_assert!(data.bytes(&payload).eq(whole(&back).bytes(&back)), "{} {:?}", application.name, record);
        let (again, same) = application.decode(&back, whole(&back));
        prop_assert_eq!(again, record);
        // Padding is judged by the length of the whole message.
        prop_assert!(same.has(Quality::FIELD_RANGE) == quality.has(Quality::FIELD_RANGE));
    }

    /// Values that the definition allows, spare bits zero, length as defined: nothing is doubted.
    #[test]
    fn what_the_definition_allows_is_read_without_doubt(which in 0..ALL.len(), seed in any::<u64>()) {
        let application = ALL[which].1;
        let mut dice = Dice(seed | 1);
        let record = allowed(application.items, &mut dice);
        let data = application.encode(&record).unwrap();
        let header = BroadcastBinary { dac: application.dac, fid: application.fid };
        let message = Message::new(8, 1, Body::BroadcastBinary(header, whole(&data)));
        let payload = encode_with(&message, &data).unwrap();
        let (back, quality) = application.decode(&payload, Span::rest(&payload, 56));
        prop_assert_eq!(quality, Quality::GOOD, "{} {:?}", application.name, record);
        for (name, value) in record.entries() {
            prop_assert_eq!(back.get(name), Some(value), "{}", name);
        }
    }
}

/// A small generator of its own, so that one seed makes one record.
struct Dice(u64);
impl Dice {
    fn next(&mut self, below: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % below
    }
}

fn allowed(items: &'static [Item], dice: &mut Dice) -> Record {
    fn level(items: &'static [Item], mut record: Record, dice: &mut Dice) -> Record {
        for item in items {
            match item {
                Item::Number(field) if field.name == "waycount" => {}
                Item::Number(field) => {
                    let span = (field.most - field.least + 1) as u64;
                    let mut raw = field.least + dice.next(span) as i64;
                    if !field.absent.is_empty() && dice.next(4) == 0 {
                        raw = field.absent[dice.next(field.absent.len() as u64) as usize];
                    }
                    if field.name == "sensor" || field.name == "msgid" {
                        raw = dice.next(12) as i64;
                    }
                    record = record.number(field.name, raw);
                }
                Item::Text { name, chars } => {
                    let six: String = (0..*chars).map(|_| char::from(b'@' + dice.next(32) as u8)).collect();
                    record = record.text(name, &six);
                }
                Item::RestText { name } => record = record.text(name, "GAVIOTA 7 ?"),
                Item::Times { name, times, items } => {
                    let groups = (0..*times).map(|_| allowed(items, dice)).collect();
                    record = record.groups(name, groups);
                }
                Item::Repeat { name, most, items, .. } => {
                    // Never more bits than a message has.
                    let most = usize::from(*most).min(900 / size(items));
                    let groups = (0..=dice.next(most as u64)).map(|_| allowed(items, dice)).collect();
                    record = record.groups(name, groups);
                }
                Item::Choice { cases, otherwise } => {
                    let selecting = ["sensor", "msgid", "idtype", "shape", "wmo", "sub_id"];
                    let selector = selecting.iter().find_map(|name| record.get_number(name)).unwrap();
                    let case = cases
                        .iter()
                        .find(|(value, _)| *value == selector)
                        .map_or(*otherwise, |(_, items)| *items);
                    record = level(case, record, dice);
                }
                Item::Bits { name, bits } => record = record.with(name, some_bits(*bits)),
                Item::RestBits { name } => record = record.with(name, some_bits(16)),
                Item::Spare(_) => {}
            }
        }
        record
    }
    level(items, Record::new(), dice)
}
