//! The canonical text of a game and its SHA-256: it ties a certificate to the game it answers.
//!
//! One line for the kind, one for the capacity, then one per target in hundredths, then one per side constraint. The
//! text is the same in every language because it holds nothing but decimal integers.

use std::fmt::Write;

use bitacora_ledger::sha256;

use super::super::bayes::BayesGame;
use super::super::origami::SecurityGame;
use super::super::patrol::PatrolGame;
use super::super::quantal::QuantalGame;
use super::super::side::{Row, Sense};
use super::super::slots::SlotGame;

pub(super) fn slots(game: &SlotGame, rows: &[Row]) -> String {
    let mut text = format!("slot\n{}\n", joined(game.capacity(), ","));
    for c in game.containers() {
        put(&mut text, format_args!("{},{},{},{}\n", c.value.get(), c.penalty.get(), c.first, c.last));
    }
    for row in rows {
        let sense = match row.sense {
            Sense::AtMost => "most",
            Sense::AtLeast => "least",
        };
        put(&mut text, format_args!("{sense},{},{}\n", row.bound, joined(&row.members, " ")));
    }
    hash(&text)
}

pub(super) fn origami(game: &SecurityGame) -> String {
    hash(&security("origami", game))
}

pub(super) fn quantal(game: &QuantalGame) -> String {
    hash(&format!("{}lambda {}\n", security("qr", game.security()), game.rationality().millionths()))
}

/// One line for each type's prior, then one for each of its replies: defender and attacker by strategy.
pub(super) fn bayes(game: &BayesGame) -> String {
    let mut text = format!("bayes\n{}\n", game.strategies());
    for kind in game.types() {
        put(&mut text, format_args!("prior {}\n", kind.prior));
        for reply in &kind.replies {
            let pairs = reply.defender.iter().zip(&reply.attacker);
            let pairs: Vec<String> = pairs.map(|(d, a)| format!("{},{}", d.get(), a.get())).collect();
            put(&mut text, format_args!("{}\n", pairs.join(" ")));
        }
    }
    hash(&text)
}

/// Ids are left out: one line for each class, move, boat and attack, in positions.
pub(super) fn patrol(game: &PatrolGame) -> String {
    let mut text = format!("patrol\n{},{}\n", game.steps(), game.sectors().len());
    for class in game.classes() {
        text.push_str("class\n");
        for along in &class.moves {
            put(&mut text, format_args!("{},{},{}\n", along.from, along.to, along.steps));
        }
    }
    for b in game.boats() {
        let end = b.end.map_or_else(|| "-".to_owned(), |end| end.to_string());
        put(&mut text, format_args!("boat {},{},{},{},{end}\n", b.class, b.base, b.first, b.last));
    }
    for a in game.attacks() {
        let windows = a.windows.iter().map(|w| format!("{} {} {}", w.sector, w.first, w.last));
        let windows = windows.collect::<Vec<_>>().join(",");
        put(&mut text, format_args!("attack {},{},{},{windows}\n", a.value.get(), a.penalty.get(), a.chance));
    }
    hash(&text)
}

fn security(kind: &str, game: &SecurityGame) -> String {
    let mut text = format!("{kind}\n{}\n", game.resources());
    for t in game.targets() {
        put(
            &mut text,
            format_args!(
                "{},{},{},{}\n",
                t.attacker_uncovered.get(),
                t.attacker_covered.get(),
                t.defender_covered.get(),
                t.defender_uncovered.get()
            ),
        );
    }
    text
}

fn joined(numbers: &[u32], between: &str) -> String {
    let numbers: Vec<String> = numbers.iter().map(u32::to_string).collect();
    numbers.join(between)
}

/// Writing to a string cannot fail.
fn put(text: &mut String, line: std::fmt::Arguments<'_>) {
    let _ = text.write_fmt(line);
}

fn hash(text: &str) -> String {
    sha256(text.as_bytes()).0.iter().fold(String::with_capacity(64), |mut hex, byte| {
        put(&mut hex, format_args!("{byte:02x}"));
        hex
    })
}
