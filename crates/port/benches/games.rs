//! Time of the game solvers on one core, beside a floor measured in the same run: sorting the same payoffs, and one
//! pass over them. Prints figures and asserts nothing about speed; `HUGE=1` adds a million targets.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a bench reads a clock and its environment"
)]

#[path = "../tests/games/mod.rs"]
mod games;

use std::hint::black_box;
use std::time::Instant as Clock;

use bitacora_port::game::quantal::{self, QuantalGame, Rationality};
use bitacora_port::game::slots::{self, Spare};
use bitacora_port::game::{certificate, origami, patrol};
use games::patrol::coast;
use games::{SplitMix, security_game, slot_game};

/// Least of seven runs, in milliseconds.
fn least<T>(mut run: impl FnMut() -> T) -> f64 {
    let mut best = f64::INFINITY;
    for _ in 0..7 {
        let start = Clock::now();
        black_box(run());
        best = best.min(start.elapsed().as_secs_f64() * 1e3);
    }
    best
}

/// Sorting, and summing, as many payoffs as there are targets.
fn floor(payoffs: &[f64]) -> (f64, f64) {
    let sort = least(|| {
        let mut copy = payoffs.to_vec();
        copy.sort_unstable_by(f64::total_cmp);
        copy
    });
    (sort, least(|| payoffs.iter().sum::<f64>()))
}

fn main() {
    for (n, hours, seed) in [(10_000, 24, 100_210), (100_000, 168, 190_210)] {
        let game = slot_game(&mut SplitMix(seed), n, hours, (n as u64 / 10 / hours) as u32);
        let values: Vec<f64> = game.containers().iter().map(|c| c.value.get() as f64).collect();
        let (sort, pass) = floor(&values);
        let value = least(|| slots::value(&game));
        let idle = least(|| slots::solve(&game, Spare::Idle).unwrap());
        let spread = least(|| slots::solve(&game, Spare::Spread).unwrap());
        let more = least(|| slots::one_more(&game, 1).unwrap());
        let answer = certificate::slots(&game, &slots::solve(&game, Spare::Idle).unwrap());
        let check = least(|| certificate::check_slots(&game, &[], &answer).unwrap());
        println!(
            "slots {n} x {hours}: value {value:.2} ms, plan {idle:.2} ms, spread {spread:.2} ms, one more in each slot \
             {more:.2} ms, check {check:.2} ms (floor: sort {sort:.2} ms, one pass {pass:.3} ms); v {} bound {}",
            answer.v_attacker, answer.certificate.v_bound
        );
    }
    let huge = std::env::var_os("HUGE").is_some();
    for n in [10_000, 1_000_000].into_iter().filter(|n| *n < 1_000_000 || huge) {
        let game = security_game(&mut SplitMix(20_240 + n as u64), n, n as u32 / 10);
        let values: Vec<f64> = game.targets().iter().map(|t| t.attacker_uncovered.get() as f64).collect();
        let (sort, pass) = floor(&values);
        let solve = least(|| origami::solve(&game).unwrap());
        let answer = certificate::origami(&game, &origami::solve(&game).unwrap());
        println!(
            "general-sum {n}: {solve:.3} ms (floor: sort {sort:.3} ms, one pass {pass:.3} ms); u {} bound {}",
            answer.u_defender, answer.certificate.u_bound
        );
    }
    let game = security_game(&mut SplitMix(7), 1_000, 100);
    let game = QuantalGame::new(game, Rationality::new(0.76).unwrap());
    let solve = least(|| quantal::solve(&game).unwrap());
    let plan = quantal::solve(&game).unwrap();
    println!("quantal 1000: {solve:.2} ms; u {} bound {}", plan.u_defender, plan.bound);
    for (name, columns, rows, steps, boats, attacks) in
        [("small", 5, 4, 16, 3, 80), ("large", 10, 6, 48, 4, 500)]
    {
        let game = coast(&mut SplitMix(7), columns, rows, steps, boats, attacks);
        let start = Clock::now();
        let plan = patrol::solve(&game).unwrap();
        let solve = start.elapsed().as_secs_f64() * 1e3;
        let answer = certificate::patrol(&game, &plan).unwrap();
        let check = least(|| certificate::check_patrol(&game, &answer).unwrap());
        println!(
            "patrols {name}, {} sectors x {steps} steps, {boats} boats, {attacks} attacks: {solve:.0} ms, check \
             {check:.2} ms; v {} bound {} gap {}, {} schedules",
            columns * rows,
            answer.v_attacker,
            answer.certificate.v_bound,
            answer.certificate.gap,
            plan.schedules.len()
        );
    }
}
