//! Certificates verify as printed and parsed again, and fail when any one number in them is changed.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test reads files and fails loudly"
)]

mod games;

use bitacora_port::game::certificate::{
    self, Answer, CheckError, OrigamiCertificate, QuantalCertificate, SlotCertificate, check_origami,
    check_patrol, check_quantal, check_slots,
};
use bitacora_port::game::origami;
use bitacora_port::game::patrol;
use bitacora_port::game::quantal::{self, QuantalGame, Rationality};
use bitacora_port::game::side::{self, Row, Sense, SideGame};
use bitacora_port::game::slots::{self, SlotGame, Spare};
use bitacora_port::game::table;
use games::patrol::{Shape, patrol_game};
use games::{SplitMix, security_game, slot_game};
use serde_json::Value;

/// Every text that differs from this one in one number, by one unit of its last digit and by one in its first.
fn mutants(value: &Value) -> Vec<(String, Value)> {
    let mut paths = Vec::new();
    walk(value, String::new(), &mut paths);
    let mut all = Vec::new();
    for path in paths {
        for change in 0..3 {
            let mut copy = value.clone();
            let place = copy.pointer_mut(&path).unwrap();
            let Some(changed) = changed(place, change) else { continue };
            *place = changed;
            all.push((path.clone(), copy));
        }
    }
    all
}

fn walk(value: &Value, path: String, paths: &mut Vec<String>) {
    match value {
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(index, item)| walk(item, format!("{path}/{index}"), paths));
        }
        Value::Object(fields) => {
            fields.iter().for_each(|(name, item)| walk(item, format!("{path}/{name}"), paths));
        }
        Value::Number(_) | Value::String(_) => paths.push(path),
        Value::Null | Value::Bool(_) => {}
    }
}

fn changed(value: &Value, change: u32) -> Option<Value> {
    match value {
        Value::String(digits) if digits.len() == 64 => {
            let flipped = if digits.starts_with('0') { "1" } else { "0" };
            (change == 0).then(|| Value::String(format!("{flipped}{}", &digits[1..])))
        }
        Value::String(digits) => {
            let number: i128 = digits.parse().unwrap();
            Some(Value::String((number + [1, -1, 1_000_000][change as usize]).to_string()))
        }
        Value::Number(number) if number.is_f64() => {
            let x = number.as_f64().unwrap();
            // One part in 10^15, one in 10^6 of the number, and its sign.
            let y = [x + 1e-6 * x.abs().max(1e-9), x - 1e-6 * x.abs().max(1e-9), -x][change as usize];
            (y != x).then(|| serde_json::json!(y))
        }
        Value::Number(number) => {
            let x = number.as_u64().unwrap();
            let y = [x.checked_add(1), x.checked_sub(1), x.checked_mul(2)][change as usize]?;
            (y != x).then(|| serde_json::json!(y))
        }
        _ => None,
    }
}

/// Prints, parses and verifies; then verifies that no mutant passes.
fn no_mutant_passes<C: serde::Serialize + serde::de::DeserializeOwned + PartialEq + std::fmt::Debug>(
    answer: &Answer<C>,
    check: impl Fn(&Answer<C>) -> Result<certificate::Verified, CheckError>,
) {
    let text = serde_json::to_string(answer).unwrap();
    let parsed: Answer<C> = serde_json::from_str(&text).unwrap();
    assert_eq!(&parsed, answer);
    check(&parsed).unwrap();
    let value: Value = serde_json::from_str(&text).unwrap();
    let mutants = mutants(&value);
    assert!(mutants.len() > 30);
    for (path, mutant) in mutants {
        let Ok(mutant) = serde_json::from_value::<Answer<C>>(mutant) else { continue };
        assert!(check(&mutant).is_err(), "a changed `{path}` passes");
    }
}

fn slot_answer(game: &SlotGame) -> Answer<SlotCertificate> {
    certificate::slots(game, &slots::solve(game, Spare::Idle).unwrap())
}

#[test]
fn no_changed_number_of_a_slot_certificate_passes() {
    for seed in 0..12 {
        let game = slot_game(&mut SplitMix(seed), 30, 8, (seed % 4) as u32);
        no_mutant_passes(&slot_answer(&game), |answer| check_slots(&game, &[], answer));
        let spread = certificate::slots(&game, &slots::solve(&game, Spare::Spread).unwrap());
        no_mutant_passes(&spread, |answer| check_slots(&game, &[], answer));
    }
}

#[test]
fn no_changed_number_of_a_general_sum_certificate_passes() {
    for seed in 0..12 {
        let game = security_game(&mut SplitMix(seed), 20, 1 + seed as u32 * 2);
        let answer: Answer<OrigamiCertificate> = certificate::origami(&game, &origami::solve(&game).unwrap());
        no_mutant_passes(&answer, |answer| check_origami(&game, answer));
    }
}

#[test]
fn no_changed_number_of_a_quantal_certificate_passes() {
    for seed in 0..12 {
        let game = security_game(&mut SplitMix(seed), 20, 1 + seed as u32);
        let game = QuantalGame::new(game, Rationality::new(0.76).unwrap());
        let answer: Answer<QuantalCertificate> = certificate::quantal(&game, &quantal::solve(&game).unwrap());
        no_mutant_passes(&answer, |answer| check_quantal(&game, answer));
    }
}

#[test]
fn no_changed_number_of_a_certificate_with_side_constraints_passes() {
    for seed in 0..12 {
        let slots = slot_game(&mut SplitMix(seed), 24, 8, 2);
        let rows = vec![
            Row { sense: Sense::AtMost, bound: 50, members: vec![0, 3, 6, 9] },
            Row { sense: Sense::AtLeast, bound: 60, members: vec![1, 2, 4] },
        ];
        let game = SideGame::new(slots, rows).unwrap();
        let answer = certificate::side(&game, &side::solve(&game).unwrap());
        no_mutant_passes(&answer, |answer| check_slots(game.slots(), game.rows(), answer));
    }
}

#[test]
fn no_changed_number_of_a_patrol_certificate_passes() {
    for seed in 0..12 {
        let alike = seed % 2 == 0;
        let shape = Shape { sectors: 5, steps: 7, boats: 2, attacks: 12, alike, single: seed % 4 < 2 };
        let game = patrol_game(&mut SplitMix(seed), shape);
        let answer = certificate::patrol(&game, &patrol::solve(&game).unwrap()).unwrap();
        no_mutant_passes(&answer, |answer| check_patrol(&game, answer));
    }
}

#[test]
fn an_answer_to_another_game_does_not_verify() {
    let game = slot_game(&mut SplitMix(1), 30, 8, 2);
    let other = game.with_capacity(7, 5).unwrap();
    assert_eq!(check_slots(&other, &[], &slot_answer(&game)), Err(CheckError("game")));
}

/// The example of docs/port-solve.md.
#[test]
fn the_document_prints_this_answer() {
    let text = "container,v,p,a,b\n0,900,300,0,1\n1,400,100,0,0\n2,600,600,1,1\n";
    let game = table::slot_game(text, 2, 1).unwrap();
    let printed = serde_json::to_string(&slot_answer(&game)).unwrap();
    let document =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/port-solve.md")).unwrap();
    println!("{printed}");
    assert!(document.contains(text.trim_end()), "the table");
    assert!(document.contains(&printed), "the answer");
}

/// The patrol example of docs/port-solve.md.
#[test]
fn the_document_prints_this_patrol() {
    let document =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/port-solve.md")).unwrap();
    let (_, after) = document.split_once("`patrol.json`").unwrap();
    let text = after.split("```").nth(1).unwrap().trim_start_matches("json\n");
    let game = patrol::read(text).unwrap();
    let answer = certificate::patrol(&game, &patrol::solve(&game).unwrap()).unwrap();
    let printed = serde_json::to_string(&answer).unwrap();
    println!("{printed}");
    assert!(document.contains(&printed), "the answer");
}
