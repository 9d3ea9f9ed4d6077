//! Parts that come late, swapped or interleaved, on every multi-part message of the recordings.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test reads recordings and fails loudly"
)]

use std::collections::HashMap;
use std::path::PathBuf;

use bitacora_ais::Payload;
use bitacora_ais::assemble::{Arrival, Assembled, Assembler, Window};
use bitacora_ais::sentence::{Line, Sentence, parse};

fn recordings() -> Option<Vec<PathBuf>> {
    bitacora_given::files("ais/raw")
}

/// The sentences of all recordings, without what receivers put around them.
fn plain_sentences(paths: &[PathBuf]) -> Vec<Vec<u8>> {
    let mut out = Vec::new();
    for path in paths {
        for line in std::fs::read(path).unwrap().split(|byte| *byte == b'\n') {
            if let Ok(Line::Sentence(sentence)) = parse(line) {
                let end = line.len() - line.iter().rev().position(|byte| *byte == b'*').unwrap() + 2;
                let start = line.iter().position(|byte| *byte == b'!').unwrap();
                let _ = sentence;
                out.push(line[start..end.min(line.len())].to_vec());
            }
        }
    }
    out
}

fn sentence(line: &[u8]) -> Sentence<'_> {
    match parse(line) {
        Ok(Line::Sentence(sentence)) => sentence,
        other => panic!("{other:?}"),
    }
}

#[derive(Default, Debug)]
struct Outcome {
    /// Payloads of multi-part messages and how often each came out.
    payloads: HashMap<Vec<u8>, i64>,
    /// The lines of each.
    members: Vec<Vec<u64>>,
    fragments: usize,
    lost: usize,
}

fn assemble<'a>(lines: impl Iterator<Item = &'a [u8]>, slots: usize) -> Outcome {
    let mut assembler: Assembler<()> = Assembler::new(slots, Window::default());
    let mut payload = Payload::new();
    let mut outcome = Outcome::default();
    for (number, line) in lines.enumerate() {
        let sentence = sentence(line);
        outcome.fragments += usize::from(sentence.count > 1);
        let arrival = Arrival { line: number as u64, micros: None, context: () };
        let lost = &mut outcome.lost;
        match assembler.push(&sentence, 0, arrival, &mut payload, &mut |_| *lost += 1) {
            Ok(Assembled::Whole(whole)) => {
                *outcome.payloads.entry(payload.packed().to_vec()).or_default() += 1;
                outcome.members.push(whole.arrivals().iter().map(|arrival| arrival.line).collect());
            }
            Ok(_) => {}
            Err(error) => panic!("{error}"),
        }
    }
    let lost = &mut outcome.lost;
    assembler.finish(&mut |_| *lost += 1);
    let whole: usize = outcome.members.iter().map(Vec::len).sum();
    assert_eq!(outcome.fragments, whole + outcome.lost, "every fragment is part of a message or lost");
    outcome
}

/// Messages of `truth` that `found` lacks, and messages that `found` has made up.
fn compare(truth: &Outcome, found: &Outcome) -> (i64, i64) {
    let difference = |one: &Outcome, other: &Outcome| {
        one.payloads.iter().map(|(k, n)| (n - other.payloads.get(k).copied().unwrap_or(0)).max(0)).sum()
    };
    (difference(truth, found), difference(found, truth))
}

#[test]
fn late_and_swapped_parts_lose_no_more_than_the_best_tool() {
    let Some(paths) = recordings() else { return };
    let lines = plain_sentences(&paths);
    let natural = assemble(lines.iter().map(Vec::as_slice), 256);
    println!("{} lines, {} multi-part messages", lines.len(), natural.members.len());

    // Only sentences of complete messages and single ones, so that nothing else can be lost.
    let mut order: Vec<(usize, usize, usize)> = Vec::new();
    let mut last_of = HashMap::new();
    let mut swap = HashMap::new();
    for members in &natural.members {
        let last = *members.iter().max().unwrap() as usize;
        last_of.insert(last, ());
        let mut sorted = members.clone();
        sorted.sort_unstable();
        for (from, to) in sorted.iter().zip(sorted.iter().rev()) {
            swap.insert(*from as usize, *to as usize);
        }
    }
    let part = |index: usize| sentence(&lines[index]).count > 1;
    for index in 0..lines.len() {
        if !part(index) || swap.contains_key(&index) {
            order.push((index, 0, index));
        }
    }
    let run = |order: &[(usize, usize, usize)]| {
        assemble(order.iter().map(|(_, _, index)| lines[*index].as_slice()), 256)
    };
    let late: Vec<_> = {
        let mut order: Vec<_> = order
            .iter()
            .enumerate()
            .map(|(at, (_, _, index))| match last_of.get(index) {
                Some(()) => (at + 6, 1, *index),
                None => (at, 0, *index),
            })
            .collect();
        order.sort_unstable();
        order
    };
    let swapped: Vec<_> =
        order.iter().map(|(a, b, index)| (*a, *b, swap.get(index).copied().unwrap_or(*index))).collect();
    let (late, swapped) = (run(&late), run(&swapped));
    let (late_lost, late_false) = compare(&natural, &late);
    let (swapped_lost, swapped_false) = compare(&natural, &swapped);
    println!("6 lines late: {late_lost} lost, {late_false} made up, {} fragments left", late.lost);
    println!("swapped: {swapped_lost} lost, {swapped_false} made up, {} fragments left", swapped.lost);
    assert!(late_lost <= 45 && swapped_lost == 0, "{late_lost} {swapped_lost}");
}
