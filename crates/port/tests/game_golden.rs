//! Golden values: what HiGHS, multiple linear programmes and enumeration gave for the same games.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test reads files and fails loudly"
)]

use std::path::PathBuf;

use bitacora_port::game::bayes::{self, AttackerType, BayesGame, Reply};
use bitacora_port::game::certificate;
use bitacora_port::game::origami::{self, SecurityGame, Target};
use bitacora_port::game::quantal::{self, Guard, Guarded, QuantalGame, Rationality};
use bitacora_port::game::slots::{self, Spare};
use bitacora_port::game::{PARTS, Payoff, table};

fn shared(part: &str) -> Option<PathBuf> {
    bitacora_given::data(&format!("port/{part}"))
}

fn read(part: &str) -> Option<String> {
    shared(part).map(|path| std::fs::read_to_string(path).unwrap())
}

#[test]
fn slot_games_have_the_value_that_highs_found() {
    for (n, value) in [(100, 3.309896700880), (1_000, 5.231100292875), (10_000, 5.071877140633)] {
        let Some(text) = read(&format!("baseline/games/slot_{n}.csv")) else { return };
        let scans = (n / 240).max(1) as u32;
        let game = table::slot_game(&text, 24, scans).unwrap();
        for spare in [Spare::Idle, Spare::Spread] {
            let plan = slots::solve(&game, spare).unwrap();
            assert!((plan.value - value).abs() < 1e-12, "{n}: {} {value}", plan.value);
            assert!((plan.v_attacker() - value).abs() < 1e-12, "{n}: {} {value}", plan.v_attacker());
        }
    }
}

#[test]
fn general_sum_games_have_the_equilibrium_that_linear_programmes_found() {
    let golden = [
        (100, 2.858247025846447, 4.887238970867),
        (1_000, 3.787403635815371, 4.828876889059),
        (10_000, 3.510947319869961, 5.006128986422),
    ];
    for (n, defender, attacker) in golden {
        let Some(text) = read(&format!("baseline/games/gs_{n}.csv")) else { return };
        let plan = origami::solve(&table::security_game(&text, n / 10).unwrap()).unwrap();
        assert!((plan.value - attacker).abs() < 1e-12, "{n}: {}", plan.value);
        assert!((plan.v_attacker() - attacker).abs() < 1e-12, "{n}: {}", plan.v_attacker());
        assert!((plan.u_defender() - defender).abs() < 1e-12, "{n}: {}", plan.u_defender());
    }
}

#[test]
fn general_sum_coverage_is_the_reference_coverage() {
    for n in [5, 20, 100, 1_000, 10_000] {
        let Some(text) = read(&format!("baseline/games/gs_{n}.csv")) else { return };
        let wanted = read(&format!("baseline/games/gs_{n}.origami.csv")).unwrap();
        let plan = origami::solve(&table::security_game(&text, (n / 10).max(1)).unwrap()).unwrap();
        let wanted: Vec<f64> = wanted.lines().map(|line| line.parse().unwrap()).collect();
        assert_eq!(wanted.len(), plan.coverage.len());
        for (parts, wanted) in plan.coverage.iter().zip(wanted) {
            assert!((*parts as f64 / PARTS as f64 - wanted).abs() < 1e-11, "{n}: {parts} {wanted}");
        }
    }
}

/// Kukreja, Halfond and Tambe (ASE 2013): five requirements, one tester.
#[test]
fn the_five_target_example_of_kukreja_holds() {
    let target = |uncovered: i64, covered: i64, saved: i64, lost: i64| {
        let [attacker_uncovered, attacker_covered, defender_covered, defender_uncovered] =
            [uncovered, covered, saved, lost].map(|units| Payoff::hundredths(units * 100).unwrap());
        Target { attacker_uncovered, attacker_covered, defender_covered, defender_uncovered }
    };
    let targets = vec![
        target(4, -7, 2, -10),
        target(3, -1, 7, -4),
        target(5, -6, 6, -1),
        target(7, -3, 9, -9),
        target(3, -10, 9, -9),
    ];
    let plan = origami::solve(&SecurityGame::new(targets, 1).unwrap()).unwrap();
    assert_eq!(plan.reply, 2);
    assert!((plan.v_attacker() - 2.4623779437105107).abs() < 1e-13);
    assert!((plan.u_defender() - 0.6148503994569477).abs() < 1e-13);
    let wanted = [0.1397838233, 0.1344055141, 0.2306929142, 0.4537622056, 0.0413555428];
    for (parts, wanted) in plan.coverage.iter().zip(wanted) {
        assert!((*parts as f64 / PARTS as f64 - wanted).abs() < 1e-10);
    }
}

#[test]
fn quantal_responses_reach_the_known_optimum_and_prove_it() {
    for (n, optimum, rational) in
        [(5, -0.17693396218, -1.736329035779), (20, -2.37263521866, -4.215379714415)]
    {
        let Some(text) = read(&format!("baseline/games/gs_{n}.csv")) else { return };
        let security = table::security_game(&text, (n / 10).max(1)).unwrap();
        let plan = origami::solve(&security).unwrap();
        let game = QuantalGame::new(security, Rationality::new(0.76).unwrap());
        let (under_error, _) = quantal::expected(&game, &plan.coverage);
        assert!((under_error - rational).abs() < 1e-9, "{n}: {under_error}");
        let best = quantal::solve(&game).unwrap();
        println!("{n}: {} bound {} reference {optimum}", best.u_defender, best.bound);
        assert!(
            best.u_defender > optimum - 1e-9 && best.u_defender < optimum + 1e-5,
            "{n}: {}",
            best.u_defender
        );
        assert!(best.bound - best.u_defender < 1e-9);
        if n == 20 {
            assert!(best.u_defender - under_error >= 1.8);
        }
        let guarded = quantal::solve_guarded(&game, Guard::Rational, 0.05).unwrap();
        let Some(Guarded::Rational(reply, earned)) = guarded.guard else { panic!("no guard") };
        println!("{n}: guarded {} rational {earned} at {reply} of {}", guarded.u_defender, plan.u_defender());
        assert!(earned >= plan.u_defender() - 0.05 * plan.u_defender().abs());
        assert!(guarded.u_defender > under_error);
        let worst = |coverage: &[u64]| {
            let earns = game.security().targets().iter().zip(coverage).map(|(t, c)| {
                let lost = t.defender_uncovered.get() as f64 / 100.0;
                lost + t.saved() as f64 / 100.0 * (*c as f64 / PARTS as f64)
            });
            earns.fold(f64::INFINITY, f64::min)
        };
        let blend = quantal::solve_guarded(&game, Guard::Worst, 0.05).unwrap();
        let Some(Guarded::Worst(_, least)) = blend.guard else { panic!("no guard") };
        println!("{n}: blend {} worst {least} rational plan's {}", blend.u_defender, worst(&plan.coverage));
        assert!((worst(&blend.coverage) - least).abs() < 1e-12);
        let maximin = quantal::solve_guarded(&game, Guard::Worst, 0.0).unwrap();
        let Some(Guarded::Worst(_, most)) = maximin.guard else { panic!("no guard") };
        println!("{n}: maximin {most} under error {}", maximin.u_defender);
        assert!(least >= most - 0.05 * most.abs() - 1e-9);
        assert!(blend.u_defender >= maximin.u_defender - 1e-9);
    }
}

/// The published text: strategies, types, and per type its prior, number of replies, their names, and one line per
/// strategy with `defender,attacker` for each reply.
fn bayes_game(text: &str) -> BayesGame {
    let mut lines = text.lines();
    let number = |line: Option<&str>| line.unwrap().trim().parse::<usize>().unwrap();
    let (strategies, count) = (number(lines.next()), number(lines.next()));
    let types = (0..count).map(|_| {
        let prior = (lines.next().unwrap().trim().parse::<f64>().unwrap() * 1e6).round() as u32;
        let replies = number(lines.next());
        assert_eq!(lines.next().unwrap().split('|').count(), replies);
        let mut read = vec![Reply { defender: Vec::new(), attacker: Vec::new() }; replies];
        for _ in 0..strategies {
            for (reply, pair) in read.iter_mut().zip(lines.next().unwrap().split_whitespace()) {
                let (defender, attacker) = pair.split_once(',').unwrap();
                reply.defender.push(Payoff::from_units(defender.parse().unwrap()).unwrap());
                reply.attacker.push(Payoff::from_units(attacker.parse().unwrap()).unwrap());
            }
        }
        AttackerType { prior, replies: read }
    });
    BayesGame::new(strategies, types.collect()).unwrap()
}

#[test]
fn the_bayesian_example_has_the_optimum_that_540_programmes_prove() {
    let Some(text) = read("games/dobss_bayesian_input.txt") else { return };
    // The priors that the file states: 0.5, 0.35, 0.05 and 0.1.
    let game = bayes_game(&text);
    let plan = bayes::solve(&game, 100_000).unwrap();
    println!(
        "{} {:?} {:?} gap {} {}",
        plan.u_defender(),
        plan.mixture,
        plan.replies,
        plan.gap(),
        plan.branches.len()
    );
    assert!((plan.u_defender() - 0.9121428571428574).abs() < 1e-12);
    assert!(plan.gap().abs() < 1e-9);
    assert_eq!(plan.replies, [1, 2, 5, 2]);
    for (parts, wanted) in
        plan.mixture.iter().zip([0.4285714285714286, 0.4142857142857143, 0.0, 0.15714285714285717])
    {
        assert!((*parts as f64 / PARTS as f64 - wanted).abs() < 1e-12);
    }
    let answer = certificate::bayes(&game, &plan);
    let verified = certificate::check_bayes(&game, &answer).unwrap();
    assert!(verified.high - verified.low < 1e-9);
    // Cut short, the gap is stated and holds.
    let early = bayes::solve(&game, 10).unwrap();
    assert!(early.gap() >= 0.0 && early.bound() >= 0.9121428571);
    certificate::check_bayes(&game, &certificate::bayes(&game, &early)).unwrap();
}
