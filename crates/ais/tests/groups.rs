//! TAG groups: fragments in any order, names of groups used again, parts that never come. Every message that is whole comes
//! out bit for bit, every other fragment is given back once.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails loudly"
)]

use std::collections::BTreeMap;

use bitacora_ais::Payload;
use bitacora_ais::armour::unarmour;
use bitacora_ais::assemble::{Arrival, Assembled, Assembler, Window};
use bitacora_ais::sentence::{Line, checksum, parse};
use proptest::prelude::*;

const SLOTS: usize = 256;

/// One fragment: the message it is of, its number and their count.
#[derive(Clone, Copy, Debug)]
struct Part {
    message: usize,
    number: usize,
    count: usize,
}

/// The characters of a fragment, which tell message and number.
fn chars(part: &Part) -> String {
    format!("{:05}{}{}", part.message, part.number, "0".repeat(part.number))
}

/// All with one talker, channel and sequence number, so that nothing but the group tells them apart.
fn line(part: &Part, group: usize) -> String {
    let tag = format!("g:{}-{}-{group}", part.number, part.count);
    let inside = format!("AIVDM,{},{},1,A,{},0", part.count, part.number, chars(part));
    let sum = |text: &str| checksum(text.as_bytes());
    format!("\\{tag}*{:02X}\\!{inside}*{:02X}", sum(&tag), sum(&inside))
}

/// How often each payload came out, and the fragments given back.
fn run(lines: &[(u64, String)]) -> (BTreeMap<Vec<u8>, usize>, Vec<u64>) {
    let mut assembler: Assembler<()> = Assembler::new(SLOTS, Window::default());
    let (mut payload, mut out, mut lost) = (Payload::new(), BTreeMap::new(), Vec::new());
    for (number, text) in lines {
        let Ok(Line::Sentence(sentence)) = parse(text.as_bytes()) else { panic!("{text}") };
        let arrival = Arrival { line: *number, micros: None, context: () };
        let gone = &mut |arrival: Arrival<()>| lost.push(arrival.line);
        if let Assembled::Whole(_) = assembler.push(&sentence, 0, arrival, &mut payload, gone).unwrap() {
            *out.entry(payload.packed().to_vec()).or_default() += 1;
        }
        assert!(assembler.waiting() <= 9 * SLOTS);
    }
    assembler.finish(&mut |arrival| lost.push(arrival.line));
    lost.sort_unstable();
    (out, lost)
}

fn payload_of(message: usize, count: usize) -> Vec<u8> {
    let text: String = (1..=count).map(|number| chars(&Part { message, number, count })).collect();
    let mut payload = Payload::new();
    unarmour(text.as_bytes(), 0, &mut payload).unwrap();
    payload.packed().to_vec()
}

fn parts(counts: &[usize], first: usize) -> Vec<Part> {
    let of = |(message, count): (usize, &usize)| {
        let (message, count) = (message + first, *count);
        (1..=count).map(move |number| Part { message, number, count })
    };
    counts.iter().enumerate().flat_map(of).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn fragments_of_groups_in_any_order_lose_nothing(
        (counts, order) in proptest::collection::vec(2_usize..6, 1..40).prop_flat_map(|counts| {
            let parts = parts(&counts, 0);
            (Just(counts), Just(parts).prop_shuffle())
        }),
    ) {
        // Within the 64 lines over which the end may come before the beginning, and beyond them as well: groups bind.
        let lines: Vec<(u64, String)> =
            order.iter().zip(1..).map(|(part, at)| (at, line(part, part.message))).collect();
        let (out, lost) = run(&lines);
        prop_assert_eq!(lost, Vec::<u64>::new());
        let want: BTreeMap<Vec<u8>, usize> =
            counts.iter().enumerate().map(|(message, count)| (payload_of(message, *count), 1)).collect();
        prop_assert_eq!(out, want);
    }

    #[test]
    fn a_group_name_used_again_does_not_join_what_an_older_one_left(
        counts in proptest::collection::vec(2_usize..6, 1..30),
        missing in proptest::collection::vec(any::<prop::sample::Index>(), 1..10),
        between in 0_u64..200,
    ) {
        // The first round loses fragments; the second uses the same names, each of its messages in the order of its parts.
        let all = parts(&counts, 0);
        let gone: Vec<usize> = missing.iter().map(|index| index.index(all.len())).collect();
        let mut at = 0;
        let mut lines = Vec::new();
        let mut broken = vec![false; counts.len()];
        for (index, part) in all.iter().enumerate() {
            // An end whose beginning is lost may as well be early: the next beginning of its name is taken for its own.
            if gone.contains(&index) && part.number > 1 {
                broken[part.message] = true;
            } else {
                at += 1;
                lines.push((at, line(part, part.message)));
            }
        }
        let first_round = lines.len();
        at += between;
        for part in parts(&counts, counts.len()) {
            at += 1;
            lines.push((at, line(&part, part.message - counts.len())));
        }
        let (out, lost) = run(&lines);
        for (message, count) in counts.iter().enumerate() {
            let again = payload_of(message + counts.len(), *count);
            let whole = payload_of(message, *count);
            prop_assert_eq!(out.get(&whole).copied().unwrap_or(0), usize::from(!broken[message]));
            prop_assert_eq!(out.get(&again).copied().unwrap_or(0), 1, "message {} again", message);
        }
        prop_assert_eq!(out.values().sum::<usize>(), counts.len() + broken.iter().filter(|broken| !**broken).count());
        let waiting: usize = first_round
            - counts.iter().zip(&broken).filter(|(_, broken)| !**broken).map(|(count, _)| count).sum::<usize>();
        prop_assert_eq!(lost.len(), waiting);
    }
}

#[test]
fn beginnings_without_end_stay_bounded_and_are_all_given_back() {
    let lines: Vec<(u64, String)> = (0..20_000)
        .map(|message| {
            (message as u64 + 1, line(&Part { message: message % 99_999, number: 1, count: 2 }, message))
        })
        .collect();
    let (out, lost) = run(&lines);
    assert!(out.is_empty());
    assert_eq!(lost, (1..=20_000).collect::<Vec<u64>>());
}
