//! Several receivers' copies of every multi-part message of the recordings in one stream, late, swapped and between each
//! other, and messages that only their channel tells apart: what comes out is compared bit for bit.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test reads recordings and fails loudly"
)]

use std::collections::HashMap;

use bitacora_ais::Payload;
use bitacora_ais::assemble::{Arrival, Assembled, Assembler, Window};
use bitacora_ais::sentence::{Line, Sentence, checksum, parse};

/// A message's sentences as they stood, each with its line.
type Parts = Vec<(usize, String)>;

fn sentence(line: &str) -> Sentence<'_> {
    match parse(line.as_bytes()) {
        Ok(Line::Sentence(sentence)) => sentence,
        other => panic!("{other:?}"),
    }
}

/// Written anew with another sequence number and channel.
fn written(line: &str, sequence: u8, channel: char) -> String {
    let s = sentence(line);
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let (address, payload) = (text(&s.address), text(s.payload));
    let inside = format!("{address},{},{},{sequence},{channel},{payload},{}", s.count, s.number, s.fill_bits);
    format!("!{inside}*{:02X}", checksum(inside.as_bytes()))
}

/// The multi-part messages of all recordings whose sentences hold together as they stand.
fn messages() -> Option<Vec<Parts>> {
    let paths = bitacora_given::files("ais/raw")?;
    let (mut line_number, mut out) = (0, Vec::new());
    for path in paths {
        let bytes = std::fs::read(path).unwrap();
        let mut assembler: Assembler<()> = Assembler::new(256, Window::default());
        let (mut payload, mut seen) = (Payload::new(), HashMap::new());
        for line in bytes.split(|byte| *byte == b'\n') {
            line_number += 1;
            let Ok(Line::Sentence(s)) = parse(line) else { continue };
            if s.count == 1 {
                continue;
            }
            let start = line.iter().position(|byte| *byte == b'!').unwrap();
            let star = line.iter().rposition(|byte| *byte == b'*').unwrap();
            seen.insert(line_number, String::from_utf8_lossy(&line[start..star + 3]).into_owned());
            let arrival = Arrival { line: line_number as u64, micros: s.tag.micros, context: () };
            let source = s.tag.source.iter().fold(0, |sum, byte| sum * 31 + u64::from(*byte));
            if let Ok(Assembled::Whole(whole)) =
                assembler.push(&s, source, arrival, &mut payload, &mut |_| {})
            {
                let lines = whole.arrivals().iter().map(|arrival| arrival.line as usize);
                out.push(lines.map(|line| (line, seen[&line].clone())).collect::<Parts>());
            }
        }
    }
    out.sort_by_key(|parts| parts[0].0);
    Some(out)
}

type Bits = HashMap<(u64, Vec<u8>), i64>;

/// Bits and receiver of every message that a stream of lines with their receivers gives, and its fragments that were lost.
fn assembled<'a>(stream: impl Iterator<Item = (u64, &'a str)>) -> (Bits, usize) {
    let mut assembler: Assembler<u64> = Assembler::new(256, Window::default());
    let (mut payload, mut out, mut lost) = (Payload::new(), Bits::new(), 0);
    for (number, (receiver, line)) in stream.enumerate() {
        let arrival = Arrival { line: number as u64, micros: None, context: receiver };
        match assembler.push(&sentence(line), receiver, arrival, &mut payload, &mut |_| lost += 1) {
            Ok(Assembled::Whole(whole)) => {
                assert!(whole.arrivals().iter().all(|arrival| arrival.context == receiver));
                *out.entry((receiver, payload.packed().to_vec())).or_default() += 1;
            }
            Ok(_) => {}
            Err(error) => panic!("{error}"),
        }
    }
    assembler.finish(&mut |_| lost += 1);
    (out, lost)
}

/// What each message says when nothing else is there.
fn alone(messages: &[Parts], receiver: u64) -> Bits {
    let mut out = Bits::new();
    for parts in messages {
        let (one, lost) = assembled(parts.iter().map(|(_, line)| (receiver, line.as_str())));
        assert_eq!((one.values().sum::<i64>(), lost), (1, 0));
        for (bits, count) in one {
            *out.entry(bits).or_default() += count;
        }
    }
    out
}

/// How many messages of one are not in the other.
fn missing(one: &Bits, other: &Bits) -> i64 {
    one.iter().map(|(bits, count)| (count - other.get(bits).copied().unwrap_or(0)).max(0)).sum()
}

#[test]
fn copies_of_several_receivers_late_and_swapped_lose_no_more_than_the_best_tool() {
    let Some(messages) = messages() else { return };
    // In order; swapped; the last six places late; swapped, behind the others by three. Receivers one place apart.
    let receivers = 1..=4_u64;
    let mut stream: Vec<(usize, u64, usize, &str)> = Vec::new();
    let mut order = 0;
    for parts in &messages {
        for receiver in receivers.clone() {
            for (at, _) in parts.iter().enumerate() {
                let (taken, place) = match receiver {
                    2 => (parts.len() - 1 - at, order + at),
                    3 if at + 1 == parts.len() => (at, order + at + 6),
                    4 => (parts.len() - 1 - at, order + at + 3),
                    _ => (at, order + at),
                };
                stream.push((place, receiver, at, &parts[taken].1));
            }
        }
        order += parts.len();
    }
    stream.sort_by_key(|(place, receiver, at, _)| (*place, *receiver, *at));
    let (found, lost) = assembled(stream.iter().map(|(_, receiver, _, line)| (*receiver, *line)));
    let total: i64 = found.values().sum();
    println!("{} messages of four receivers: {total} given, {lost} fragments lost", messages.len());
    for receiver in receivers {
        let wanted = alone(&messages, receiver);
        let given: Bits =
            found.iter().filter(|((r, _), _)| *r == receiver).map(|(k, n)| (k.clone(), *n)).collect();
        let (gone, made_up) = (missing(&wanted, &given), missing(&given, &wanted));
        println!("receiver {receiver}: {gone} missing, {made_up} made up");
        assert_eq!((gone, made_up), (0, 0), "receiver {receiver}");
    }
}

#[test]
fn only_the_channel_tells_two_messages_apart() {
    let Some(messages) = messages() else { return };
    let both: Vec<Parts> = messages
        .iter()
        .enumerate()
        .map(|(at, parts)| {
            let channel = if at % 2 == 0 { 'A' } else { 'B' };
            let sequence = (at / 2 % 10) as u8;
            parts.iter().map(|(line, text)| (*line, written(text, sequence, channel))).collect()
        })
        .collect();
    let mut stream = Vec::new();
    for (at, pair) in both.chunks_exact(2).enumerate() {
        let [one, other] = pair else { panic!() };
        let longest = one.len().max(other.len());
        // The parts of the two in turn; of every third pair backwards.
        for place in 0..longest {
            let place = if at % 3 == 2 { longest - 1 - place } else { place };
            stream.extend([one, other].into_iter().filter_map(|parts| parts.get(place)));
        }
    }
    let wanted = alone(&both[..both.len() / 2 * 2], 0);
    let (found, lost) = assembled(stream.iter().map(|(_, line)| (0, line.as_str())));
    println!("{} messages on two channels: {} given, {lost} lost", both.len(), found.values().sum::<i64>());
    assert_eq!((missing(&wanted, &found), missing(&found, &wanted), lost), (0, 0, 0));
}
