//! Fragments in order and out of it, with known ends.

use super::*;
use crate::sentence::{Line, checksum, parse};

fn line(tag: &str, inside: &str) -> String {
    let tag = match tag {
        "" => String::new(),
        fields => format!("\\{fields}*{:02X}\\", checksum(fields.as_bytes())),
    };
    format!("{tag}!{inside}*{:02X}", checksum(inside.as_bytes()))
}

/// The line numbers of each message and of the lost fragments.
fn run(lines: &[(u64, String)], slots: usize) -> (Vec<Vec<u64>>, Vec<u64>) {
    let mut assembler: Assembler<()> = Assembler::new(slots, Window::default());
    let mut payload = Payload::new();
    let (mut whole, mut lost) = (Vec::new(), Vec::new());
    for (number, text) in lines {
        let Ok(Line::Sentence(sentence)) = parse(text.as_bytes()) else { panic!("{text}") };
        let source = sentence.tag.source.iter().map(|byte| u64::from(*byte)).sum();
        let arrival = Arrival { line: *number, micros: sentence.tag.micros, context: () };
        let gone = &mut |arrival: Arrival<()>| lost.push(arrival.line);
        if let Assembled::Whole(done) =
            assembler.push(&sentence, source, arrival, &mut payload, gone).unwrap()
        {
            whole.push(done.arrivals().iter().map(|arrival| arrival.line).collect());
        }
    }
    assembler.finish(&mut |arrival| lost.push(arrival.line));
    (whole, lost)
}
fn plain(inside: &[&str]) -> Vec<(u64, String)> {
    inside.iter().zip(1..).map(|(inside, number)| (number, line("", inside))).collect()
}

#[test]
fn fragments_come_in_any_order_and_between_others() {
    let lines = plain(&[
        "AIVDM,3,3,1,A,w,2",
        "AIVDM,2,1,1,B,5,0",
        "AIVDM,1,1,,A,1,0",
        "AIVDM,3,1,1,A,5,0",
        "AIVDM,2,2,1,B,0,0",
        "AIVDM,3,2,1,A,0,0",
    ]);
    assert_eq!(run(&lines, 8), (vec![vec![2, 5], vec![4, 6, 1]], vec![]));
}

#[test]
fn talker_channel_sequence_and_station_keep_messages_apart() {
    let lines: Vec<(u64, String)> = [
        ("s:one", "AIVDM,2,1,1,A,5,0"),
        ("s:two", "AIVDM,2,1,1,A,5,0"),
        ("s:one", "ABVDM,2,2,1,A,0,0"),
        ("s:one", "AIVDM,2,2,1,B,0,0"),
        ("s:one", "AIVDM,2,2,2,A,0,0"),
        ("s:one", "AIVDM,2,2,1,A,0,0"),
        ("s:two", "AIVDM,2,2,1,A,0,0"),
    ]
    .iter()
    .zip(1..)
    .map(|((tag, inside), number)| (number, line(tag, inside)))
    .collect();
    assert_eq!(run(&lines, 8), (vec![vec![1, 6], vec![2, 7]], vec![3, 4, 5]));
}

#[test]
fn a_group_binds_what_names_no_station() {
    let lines: Vec<(u64, String)> = [
        ("g:1-2-10,s:one,c:1469664000", "AIVDM,2,1,1,A,5,0"),
        ("g:1-2-11,s:two,c:1469664000", "AIVDM,2,1,1,A,5,0"),
        ("g:2-2-10", "AIVDM,2,2,1,A,0,0"),
        ("g:2-2-11", "AIVDM,2,2,1,A,0,0"),
    ]
    .iter()
    .zip(1..)
    .map(|((tag, inside), number)| (number, line(tag, inside)))
    .collect();
    assert_eq!(run(&lines, 8), (vec![vec![1, 3], vec![2, 4]], vec![]));
}

#[test]
fn halves_of_two_messages_are_not_joined_over_a_distance() {
    let end_first = [(1, line("", "AIVDM,2,2,1,A,0,0")), (1 + MOMENT + 1, line("", "AIVDM,2,1,1,A,5,0"))];
    assert_eq!(run(&end_first, 8).0, Vec::<Vec<u64>>::new());
    let too_late = [(1, line("", "AIVDM,2,1,1,A,5,0")), (1_002, line("", "AIVDM,2,2,1,A,0,0"))];
    assert_eq!(run(&too_late, 8), (vec![], vec![1, 1_002]));
    let clock =
        [(1, line("c:1469664000", "AIVDM,2,1,1,A,5,0")), (2, line("c:1469664006", "AIVDM,2,2,1,A,0,0"))];
    assert_eq!(run(&clock, 8).0, Vec::<Vec<u64>>::new());
}

#[test]
fn when_all_slots_are_taken_the_longest_waiting_is_given_back() {
    let lines = plain(&[
        "AIVDM,2,1,1,A,5,0",
        "AIVDM,2,1,2,A,5,0",
        "AIVDM,2,1,3,A,5,0",
        "AIVDM,2,2,1,A,0,0",
        "AIVDM,2,2,3,A,0,0",
    ]);
    let (whole, lost) = run(&lines, 2);
    assert_eq!(whole, [vec![3, 5]]);
    assert_eq!(lost, [1, 2, 4]);
}

#[test]
fn a_message_longer_than_any_gives_every_fragment_back() {
    let long = "0".repeat(90);
    let inside: Vec<String> = (1..=9).map(|n| format!("AIVDM,9,{n},1,A,{long},0")).collect();
    let lines: Vec<(u64, String)> = inside.iter().zip(1..).map(|(i, n)| (n, line("", i))).collect();
    let mut assembler: Assembler<()> = Assembler::new(4, Window::default());
    let (mut payload, mut given_back, mut refused) = (Payload::new(), 0, 0);
    for (number, text) in &lines {
        let Ok(Line::Sentence(sentence)) = parse(text.as_bytes()) else { panic!("{text}") };
        let arrival = Arrival { line: *number, micros: None, context: () };
        let pushed = assembler.push(&sentence, 0, arrival, &mut payload, &mut |_| given_back += 1);
        refused += usize::from(pushed.is_err());
    }
    assembler.finish(&mut |_| given_back += 1);
    assert_eq!(given_back + refused, 9);
    assert!(refused > 0);
}
