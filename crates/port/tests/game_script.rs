//! The script of the auditors, in another language, agrees with the printed answers and refuses changed ones.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test reads files and fails loudly"
)]

mod games;

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use bitacora_port::game::origami::{self, SecurityGame};
use bitacora_port::game::patrol;
use bitacora_port::game::quantal::{self, Guard, QuantalGame, Rationality};
use bitacora_port::game::side::{self, SideGame};
use bitacora_port::game::slots::{self, SlotGame, Spare};
use bitacora_port::game::{certificate, table};
use games::patrol::{Shape, file, patrol_game};
use games::{SplitMix, security_game, slot_game};
use serde_json::Value;

/// Where the files of one case lie, and the script; `None` without an interpreter.
fn desk(case: &str) -> Option<(PathBuf, PathBuf)> {
    if !bitacora_given::python("json", "install Python 3") {
        return None;
    }
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tools/check_certificate.py");
    let desk = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("certificate-{case}"));
    std::fs::create_dir_all(&desk).unwrap();
    Some((desk, script))
}

fn slot_table(game: &SlotGame) -> String {
    let mut text = "container,v,p,a,b\n".to_owned();
    for (index, c) in game.containers().iter().enumerate() {
        writeln!(text, "{index},{},{},{},{}", c.value.get(), c.penalty.get(), c.first, c.last).unwrap();
    }
    text
}

fn security_table(game: &SecurityGame) -> String {
    let mut text = "target,ua_u,ua_c,ud_c,ud_u\n".to_owned();
    for (index, t) in game.targets().iter().enumerate() {
        let attacker = (t.attacker_uncovered.get(), t.attacker_covered.get());
        let defender = (t.defender_covered.get(), t.defender_uncovered.get());
        writeln!(text, "{index},{},{},{},{}", attacker.0, attacker.1, defender.0, defender.1).unwrap();
    }
    text
}

/// Runs the script on the answer, and on mutants of it: it must accept the first only.
fn judged(
    case: &str,
    kind: &str,
    game: &str,
    answer: &impl serde::Serialize,
    options: &[&str],
    paths: &[&str],
) {
    let Some((desk, script)) = desk(case) else { return };
    std::fs::write(desk.join("game.csv"), game).unwrap();
    let run = |answer: &Value| {
        std::fs::write(desk.join("answer.json"), answer.to_string()).unwrap();
        let run = Command::new("python3")
            .arg(&script)
            .args([kind, "game.csv", "answer.json"])
            .args(options)
            .current_dir(&desk)
            .output()
            .unwrap();
        (
            run.status.success(),
            String::from_utf8_lossy(&run.stdout).into_owned() + &String::from_utf8_lossy(&run.stderr),
        )
    };
    let text = serde_json::to_string(answer).unwrap();
    let value: Value = serde_json::from_str(&text).unwrap();
    let (valid, said) = run(&value);
    assert!(valid && said.starts_with("valid"), "{case}: {said}");
    for path in paths {
        let mut mutant = value.clone();
        let place = mutant.pointer_mut(path).unwrap_or_else(|| panic!("{case}: no {path}"));
        *place = match place.clone() {
            Value::String(digits) if digits.len() == 64 => Value::String("0".repeat(64)),
            Value::String(digits) => Value::String((digits.parse::<i128>().unwrap() + 1).to_string()),
            Value::Number(n) if n.is_f64() => serde_json::json!(n.as_f64().unwrap() * 1.000001 + 1e-9),
            Value::Number(n) => serde_json::json!(n.as_u64().unwrap() + 1),
            other => panic!("{other}"),
        };
        let (valid, said) = run(&mutant);
        assert!(!valid && said.starts_with("invalid"), "{case}: a changed `{path}` passes: {said}");
    }
}

const ANSWER: [&str; 5] =
    ["/v_attacker", "/u_defender", "/coverage/0", "/certificate/game", "/certificate/proof/weights/0/1"];
const PROOF: [&str; 5] = [
    "/certificate/v_bound",
    "/certificate/reply",
    "/certificate/proof/weight",
    "/certificate/proof/gain",
    "/certificate/proof/prices/0/1",
];

#[test]
fn the_script_verifies_slot_games() {
    let game = slot_game(&mut SplitMix(4), 60, 12, 2);
    let answer = certificate::slots(&game, &slots::solve(&game, Spare::Spread).unwrap());
    let options = ["--slots", "12", "--capacity", "2"];
    let own =
        ["/certificate/plan/3/0", "/certificate/plan/3/1", "/certificate/plan/3/2", "/certificate/loads/2"];
    let paths = [&ANSWER[..], &PROOF, &own].concat();
    judged("slot", "slot", &slot_table(&game), &answer, &options, &paths);
}

#[test]
fn the_script_verifies_side_constraints() {
    let Some((desk, _)) = desk("side") else { return };
    let rows = "sense,hundredths,containers\nmost,50,0 3 6 9\nleast,150,1 2 4\n";
    std::fs::write(desk.join("rows.csv"), rows).unwrap();
    let slots = slot_game(&mut SplitMix(4), 40, 8, 2);
    let game = SideGame::new(slots, table::side_constraints(rows).unwrap()).unwrap();
    let answer = certificate::side(&game, &side::solve(&game).unwrap());
    let options = ["--slots", "8", "--capacity", "2", "--rows", "rows.csv"];
    judged(
        "side",
        "slot",
        &slot_table(game.slots()),
        &answer,
        &options,
        &[&ANSWER[..], &PROOF[..4], &["/certificate/proof/rows/0/1"]].concat(),
    );
}

#[test]
fn the_script_verifies_general_sum_games() {
    let game = security_game(&mut SplitMix(4), 60, 6);
    let answer = certificate::origami(&game, &origami::solve(&game).unwrap());
    let paths = [&ANSWER[..], &PROOF, &["/certificate/u_bound", "/certificate/used"]].concat();
    judged("origami", "origami", &security_table(&game), &answer, &["--resources", "6"], &paths);
}

#[test]
fn the_script_verifies_quantal_responses() {
    let security = security_game(&mut SplitMix(4), 30, 3);
    let text = security_table(&security);
    let game = QuantalGame::new(security, Rationality::new(0.76).unwrap());
    let answer = certificate::quantal(&game, &quantal::solve(&game).unwrap());
    let options = ["--resources", "3", "--lambda", "0.76"];
    let own = ["/certificate/u_bound", "/certificate/price", "/certificate/level", "/certificate/used"];
    judged("qr", "qr", &text, &answer, &options, &[&ANSWER[..4], &own].concat());
    for (guard, case) in [(Guard::Worst, "worst"), (Guard::Rational, "rational")] {
        let answer = certificate::quantal(&game, &quantal::solve_guarded(&game, guard, 0.05).unwrap());
        let own = format!("/certificate/guard/{case}/0");
        judged(&format!("qr-{case}"), "qr", &text, &answer, &options, &["/u_defender", own.as_str()]);
    }
}

#[test]
fn the_script_verifies_patrols() {
    for (case, alike, single) in [("patrol", false, false), ("patrol-alike", true, true)] {
        let shape = Shape { sectors: 6, steps: 8, boats: 2, attacks: 20, alike, single };
        let game = patrol_game(&mut SplitMix(9), shape);
        let answer = certificate::patrol(&game, &patrol::solve(&game).unwrap()).unwrap();
        let own = [
            "/certificate/gap",
            "/certificate/loads/2",
            "/certificate/schedules/0/parts",
            "/certificate/schedules/0/boats/0/1/0",
            "/certificate/schedules/0/boats/0/1/1",
            "/certificate/proof/most/1",
            "/certificate/proof/sure/0",
            "/certificate/proof/sure/1",
        ];
        let paths = [&ANSWER[..], &PROOF[..4], &own].concat();
        judged(case, "patrol", &file(&game), &answer, &[], &paths);
    }
}
