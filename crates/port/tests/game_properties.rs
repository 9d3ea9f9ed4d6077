//! What must hold for every game: brute force agrees on small ones, plans keep windows and capacities, more capacity
//! never helps the attacker, and hostile input is refused.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails loudly"
)]

mod games;

use bitacora_port::game::bayes::{self, AttackerType, BayesGame, Reply};
use bitacora_port::game::certificate;
use bitacora_port::game::origami::{self, SecurityGame, Target};
use bitacora_port::game::quantal::{self, QuantalGame, Rationality};
use bitacora_port::game::side::{self, Row, Sense, SideGame};
use bitacora_port::game::slots::{self, Container, SlotGame, Spare};
use bitacora_port::game::{GameError, PARTS, Payoff, table};
use games::{SplitMix, minus, security_game, slot_game};
use proptest::prelude::*;

fn payoff(hundredths: i64) -> Payoff {
    Payoff::hundredths(hundredths).unwrap()
}

/// The value by Hall's condition over every set of slots, not only intervals: the highest water level that the
/// containers confined to a set need.
fn value_over_all_sets(game: &SlotGame) -> f64 {
    let slots = game.capacity().len();
    let floor = game.containers().iter().map(|c| -c.penalty.get()).max().unwrap() as f64;
    let mut value = floor;
    for set in 1_u32..1 << slots {
        let room: u32 = (0..slots).filter(|s| set >> s & 1 == 1).map(|s| game.capacity()[s]).sum();
        let confined = |c: &&Container| (c.first..=c.last).all(|slot| set >> slot & 1 == 1);
        let mut inside: Vec<&Container> = game.containers().iter().filter(confined).collect();
        inside.sort_by_key(|c| std::cmp::Reverse(c.value));
        let (mut slope, mut sum) = (0.0, 0.0);
        for (k, c) in inside.iter().enumerate() {
            slope += 1.0 / c.range() as f64;
            sum += c.value.get() as f64 / c.range() as f64;
            let level = (sum - f64::from(room)) / slope;
            let next = inside.get(k + 1).map_or(f64::NEG_INFINITY, |c| c.value.get() as f64);
            if level >= next {
                value = value.max(level);
                break;
            }
        }
    }
    value / 100.0
}

#[test]
fn the_value_is_that_of_brute_force_over_all_sets_of_slots() {
    for seed in 0..600 {
        let mut random = SplitMix(seed);
        let slots = 1 + random.below(5);
        let n = 1 + random.below(6) as usize;
        let container = |_| {
            let (value, penalty, first) = (random.payoff(1_000), random.payoff(1_000), random.below(slots));
            let last = first + random.below(slots - first);
            Container { value, penalty, first: first as u16, last: last as u16 }
        };
        let containers: Vec<Container> = (0..n).map(container).collect();
        let capacity = (0..slots).map(|_| random.below(3) as u32).collect();
        let game = SlotGame::new(containers, capacity).unwrap();
        let wanted = value_over_all_sets(&game);
        for spare in [Spare::Idle, Spare::Spread] {
            let plan = slots::solve(&game, spare).unwrap();
            assert!((plan.value - wanted).abs() < 1e-12, "{seed}: {} {wanted}", plan.value);
            assert!((plan.v_attacker() - wanted).abs() < 1e-12, "{seed}: {} {wanted}", plan.v_attacker());
            certificate::check_slots(&game, &[], &certificate::slots(&game, &plan)).unwrap();
        }
        assert_eq!(slots::value(&game), slots::solve(&game, Spare::Idle).unwrap().value);
    }
}

#[test]
fn spare_capacity_pushes_the_next_replies_down_in_order() {
    for seed in 0..200 {
        let game = slot_game(&mut SplitMix(seed), 12, 6, 1);
        let gains = |spare| {
            let plan = slots::solve(&game, spare).unwrap();
            let gain = |(c, parts): (&Container, &u64)| {
                c.value.get() as f64 - c.range() as f64 * (*parts as f64 / PARTS as f64)
            };
            let mut gains: Vec<f64> = game.containers().iter().zip(&plan.coverage).map(gain).collect();
            gains.sort_by(|a, b| b.total_cmp(a));
            gains
        };
        let (idle, spread) = (gains(Spare::Idle), gains(Spare::Spread));
        let first = idle.iter().zip(&spread).find(|(a, b)| (*a - *b).abs() > 1e-9);
        assert!(first.is_none_or(|(idle, spread)| spread < idle), "{seed}");
    }
}

/// The equilibrium by trying every target as the reply: the most coverage it can have while it stays a best reply.
fn equilibrium_by_trying_every_reply(game: &SecurityGame) -> f64 {
    let units = |p: Payoff| p.get() as f64 / 100.0;
    let mut best = f64::NEG_INFINITY;
    for target in game.targets() {
        let range = target.range() as f64 / 100.0;
        let fits = |c: f64| {
            let level = units(target.attacker_uncovered) - range * c;
            let needs = game
                .targets()
                .iter()
                .filter(|t| *t != target)
                .map(|t| ((units(t.attacker_uncovered) - level) / (t.range() as f64 / 100.0)).max(0.0));
            let needs: Vec<f64> = needs.collect();
            needs.iter().all(|need| *need <= 1.0 + 1e-13)
                && c + needs.iter().sum::<f64>() <= f64::from(game.resources()) + 1e-12
        };
        if !fits(0.0) {
            continue;
        }
        let (mut low, mut high) = (0.0, 1.0);
        if fits(1.0) {
            low = 1.0;
        }
        for _ in 0..100 {
            let middle = 0.5 * (low + high);
            if fits(middle) { low = middle } else { high = middle }
        }
        best = f64::max(best, units(target.defender_uncovered) + low * target.saved() as f64 / 100.0);
    }
    best
}

#[test]
fn the_general_sum_equilibrium_is_that_of_trying_every_reply() {
    for seed in 0..400 {
        let mut random = SplitMix(seed);
        let (n, resources) = (1 + random.below(6) as usize, random.below(7) as u32);
        let game = security_game(&mut random, n, resources);
        let plan = origami::solve(&game).unwrap();
        let wanted = equilibrium_by_trying_every_reply(&game);
        assert!((plan.u_defender() - wanted).abs() < 1e-9, "{seed}: {} {wanted}", plan.u_defender());
        certificate::check_origami(&game, &certificate::origami(&game, &plan)).unwrap();
    }
}

#[test]
fn no_coverage_on_a_grid_beats_the_quantal_plan() {
    for seed in 0..40 {
        let mut random = SplitMix(seed);
        let lambda = [0.05, 0.76, 3.0, 50.0][random.below(4) as usize];
        let game = QuantalGame::new(security_game(&mut random, 3, 1), Rationality::new(lambda).unwrap());
        let plan = quantal::solve(&game).unwrap();
        let step = PARTS / 100;
        for a in 0..=100 {
            for b in 0..=100 - a {
                for c in [0, (100 - a - b) / 2, 100 - a - b] {
                    let (grid, _) = quantal::expected(&game, &[a * step, b * step, c * step]);
                    assert!(grid <= plan.bound, "{seed}: {grid} above the bound {}", plan.bound);
                    assert!(grid <= plan.u_defender + 1e-9, "{seed}: {grid} beats {}", plan.u_defender);
                }
            }
        }
        certificate::check_quantal(&game, &certificate::quantal(&game, &plan)).unwrap();
    }
}

/// With two strategies the optimum lies at an end or where two replies of some type earn it the same.
fn best_of_two_strategies(game: &BayesGame) -> f64 {
    let at = |payoffs: &[Payoff], x: f64| payoffs[0].get() as f64 * x + payoffs[1].get() as f64 * (1.0 - x);
    let mut points = vec![0.0, 1.0];
    for kind in game.types() {
        for a in &kind.replies {
            for b in &kind.replies {
                let d = |x| at(&a.attacker, x) - at(&b.attacker, x);
                let x = d(0.0) / (d(0.0) - d(1.0));
                if (0.0..=1.0).contains(&x) {
                    points.push(x);
                }
            }
        }
    }
    let value = |x: f64| -> f64 {
        let of = |kind: &AttackerType| {
            let most = kind.replies.iter().map(|r| at(&r.attacker, x)).fold(f64::NEG_INFINITY, f64::max);
            let willing = kind.replies.iter().filter(|r| at(&r.attacker, x) >= most - 1e-9);
            f64::from(kind.prior) / 1e8
                * willing.map(|r| at(&r.defender, x)).fold(f64::NEG_INFINITY, f64::max)
        };
        game.types().iter().map(of).sum()
    };
    points.into_iter().map(value).fold(f64::NEG_INFINITY, f64::max)
}

#[test]
fn bayesian_commitments_are_those_of_enumeration() {
    for seed in 0..150 {
        let mut random = SplitMix(seed);
        let mut any = || payoff(random.below(2_001) as i64 - 1_000);
        let types = [300_000, 500_000, 200_000].map(|prior| {
            let replies = std::array::from_fn::<_, 3, _>(|_| Reply {
                defender: vec![any(), any()],
                attacker: vec![any(), any()],
            });
            AttackerType { prior, replies: replies.to_vec() }
        });
        let game = BayesGame::new(2, types.to_vec()).unwrap();
        let plan = bayes::solve(&game, 10_000).unwrap();
        let wanted = best_of_two_strategies(&game);
        assert!((plan.u_defender() - wanted).abs() < 1e-9, "{seed}: {} {wanted}", plan.u_defender());
        assert!(plan.gap() < 1e-8, "{seed}: gap {}", plan.gap());
        certificate::check_bayes(&game, &certificate::bayes(&game, &plan)).unwrap();
    }
}

#[test]
fn side_constraints_hold_and_cost_the_defender() {
    for seed in 0..60 {
        let slots = slot_game(&mut SplitMix(seed), 40, 10, 2);
        let free = slots::solve(&slots, Spare::Idle).unwrap();
        let none = side::solve(&SideGame::new(slots.clone(), Vec::new()).unwrap()).unwrap();
        assert!((none.v_attacker() - free.v_attacker()).abs() < 1e-9, "{seed}");
        let rows = vec![
            Row::must_cover(vec![seed as u32 % 40]),
            Row {
                sense: Sense::AtMost,
                bound: 100,
                members: (0..10).filter(|i| *i != seed as u32 % 40).collect(),
            },
            Row { sense: Sense::AtLeast, bound: 120, members: vec![20, 22, 24, 26] },
        ];
        let game = SideGame::new(slots, rows).unwrap();
        let plan = side::solve(&game).unwrap();
        assert!(plan.v_attacker() >= free.v_attacker() - 1e-9, "{seed}");
        assert_eq!(plan.coverage[seed as usize % 40], PARTS);
        assert!(game.rows()[1].members.iter().map(|i| plan.coverage[*i as usize]).sum::<u64>() <= PARTS);
        assert!([20, 22, 24, 26].iter().map(|i| plan.coverage[*i]).sum::<u64>() >= PARTS / 5 * 6);
        certificate::check_slots(game.slots(), game.rows(), &certificate::side(&game, &plan)).unwrap();
    }
}

#[test]
fn contradicting_side_constraints_are_infeasible() {
    let slots = slot_game(&mut SplitMix(3), 20, 5, 1);
    let least = Row { sense: Sense::AtLeast, bound: 100, members: vec![1, 2] };
    let most = Row { sense: Sense::AtMost, bound: 99, members: vec![1, 2] };
    let game = SideGame::new(slots.clone(), vec![least, most]).unwrap();
    assert_eq!(side::solve(&game), Err(GameError::Infeasible));
    let all = SideGame::new(slots, vec![Row::must_cover((0..20).collect())]).unwrap();
    assert_eq!(side::solve(&all), Err(GameError::Infeasible));
    let closed = slot_game(&mut SplitMix(3), 20, 5, 0);
    let one = SideGame::new(closed, vec![Row::must_cover(vec![4])]).unwrap();
    assert_eq!(side::solve(&one), Err(GameError::Infeasible));
}

#[test]
fn one_more_scan_is_worth_what_a_new_solution_says() {
    let game = slot_game(&mut SplitMix(11), 200, 24, 2);
    let plan = slots::solve(&game, Spare::Idle).unwrap();
    let gains = slots::one_more(&game, 1).unwrap();
    assert_eq!(gains.len(), 24);
    let mut positive = 0;
    for gain in &gains {
        let more = game.with_capacity(gain.slot.into(), 3).unwrap();
        let again = slots::solve(&more, Spare::Idle).unwrap();
        assert!((again.value - gain.value).abs() < 1e-12);
        assert!((plan.value - again.value - gain.gain).abs() < 1e-12);
        positive += usize::from(gain.gain > 0.0);
        let price = slots::price_of_capacity(&plan).into_iter().find(|(slot, _)| *slot == gain.slot);
        // The price holds at the margin: a whole scan gains no more.
        assert!(gain.gain <= price.map_or(0.0, |(_, price)| price) + 1e-12);
    }
    assert!(positive > 0);
}

#[test]
fn hostile_games_are_refused() {
    let c = |value, penalty, first, last| Container {
        value: payoff(value),
        penalty: payoff(penalty),
        first,
        last,
    };
    let many = |what: &str, error: GameError| assert!(error.to_string().contains(what), "{error}");
    assert_eq!(SlotGame::new(Vec::new(), vec![1]), Err(GameError::Empty));
    assert_eq!(SlotGame::new(vec![c(1, 1, 0, 0)], Vec::new()), Err(GameError::Empty));
    many("1000000000 scans", SlotGame::new(vec![c(1, 1, 0, 0)], vec![1_000_000_000]).unwrap_err());
    many("slots", SlotGame::uniform(vec![c(1, 1, 0, 0)], usize::MAX, 1).unwrap_err());
    many("window", SlotGame::new(vec![c(1, 1, 1, 0)], vec![1, 1]).unwrap_err());
    many("window", SlotGame::new(vec![c(1, 1, 0, 2)], vec![1, 1]).unwrap_err());
    assert_eq!(SlotGame::new(vec![c(5, -5, 0, 0)], vec![1]), Err(GameError::NoDeterrence { index: 0 }));
    let t = |a, b, d, e| Target {
        attacker_uncovered: payoff(a),
        attacker_covered: payoff(b),
        defender_covered: payoff(d),
        defender_uncovered: payoff(e),
    };
    assert_eq!(SecurityGame::new(Vec::new(), 1), Err(GameError::Empty));
    many("resources", SecurityGame::new(vec![t(1, 0, 1, 0)], u32::MAX).unwrap_err());
    assert_eq!(SecurityGame::new(vec![t(1, 1, 1, 0)], 1), Err(GameError::NoDeterrence { index: 0 }));
    assert_eq!(SecurityGame::new(vec![t(1, 0, 0, 1)], 1), Err(GameError::DefenderPrefersLoss { index: 0 }));
    assert_eq!(Rationality::new(f64::NAN), None);
    assert_eq!(Rationality::new(0.0), None);
    assert_eq!(Rationality::new(1e9), None);
    assert_eq!(BayesGame::new(0, Vec::new()), Err(GameError::Empty));
    let reply = Reply { defender: vec![payoff(1)], attacker: vec![payoff(1)] };
    let kind = AttackerType { prior: 999_999, replies: vec![reply] };
    assert_eq!(BayesGame::new(1, vec![kind.clone()]), Err(GameError::Number { what: "prior", index: 0 }));
    assert_eq!(BayesGame::new(2, vec![kind]), Err(GameError::Number { what: "replies", index: 0 }));
}

#[test]
fn tables_that_do_not_read_name_their_line() {
    let read = |text: &str| table::slot_game(text, 4, 1).unwrap_err().to_string();
    assert!(read("").starts_with("line 1:"));
    assert!(read("container,v,p,a\n").starts_with("line 1:"));
    assert!(read("container,v,p,a,b\n0,1,1,0\n").starts_with("line 2: `0,1,1,0` is not five fields"));
    assert!(read("container,v,p,a,b\n0,1,1,0,3\n2,1,1,0,3\n").starts_with("line 3: `2`"));
    assert!(read("container,v,p,a,b\n0,NaN,1,0,3\n").starts_with("line 2: `NaN`"));
    assert!(read("container,v,p,a,b\n0,99999999999999999999,1,0,3\n").starts_with("line 2:"));
    assert!(read("container,v,p,a,b\n0,1,1,-1,3\n").starts_with("line 2: `-1` is not a slot"));
    let side = |text: &str| table::side_constraints(text).unwrap_err().to_string();
    assert!(side("sense\n").starts_with("line 1:"));
    assert!(side("sense,hundredths,containers\nabout,1,2\n").starts_with("line 2: `about`"));
    assert!(side("sense,hundredths,containers\nmost,-1,2\n").starts_with("line 2: `-1`"));
    assert!(side("sense,hundredths,containers\nmost,1,2  3\n").starts_with("line 2: `` is not a container"));
    let rows = table::side_constraints("sense,hundredths,containers\nleast,100,4\n").unwrap();
    assert_eq!(rows, [Row::must_cover(vec![4])]);
    assert_eq!(table::slot_game("container,v,p,a,b\n", 4, 1), Err(GameError::Empty));
    assert_eq!(table::security_game("target,ua_u,ua_c,ud_c,ud_u\n", 1), Err(GameError::Empty));
}

#[test]
fn extreme_games_are_solved_and_proved() {
    let most = bitacora_port::game::MAX_PAYOFF;
    // No capacity: the attacker takes the most valuable.
    let game = slot_game(&mut SplitMix(5), 50, 6, 0);
    let plan = slots::solve(&game, Spare::Spread).unwrap();
    assert_eq!(
        plan.best_reply,
        game.containers().iter().map(|c| c.value.get()).max().unwrap() as i128 * PARTS as i128
    );
    certificate::check_slots(&game, &[], &certificate::slots(&game, &plan)).unwrap();
    // Capacity for all: every container is covered as far as it helps.
    let game = slot_game(&mut SplitMix(5), 50, 6, 1_000);
    let plan = slots::solve(&game, Spare::Spread).unwrap();
    let least = game.containers().iter().map(|c| -c.penalty.get()).max().unwrap() as i128 * PARTS as i128;
    // Coverage is rounded down, which gives the attacker less than a part's worth.
    assert!((least..least + 2_000).contains(&plan.best_reply));
    certificate::check_slots(&game, &[], &certificate::slots(&game, &plan)).unwrap();
    // Payoffs eight orders of magnitude apart.
    for seed in 0..50 {
        let mut random = SplitMix(seed);
        let container = |index: u16| {
            let value = if index.is_multiple_of(3) {
                most - random.below(1_000) as i64
            } else {
                random.below(100) as i64
            };
            let penalty = if index.is_multiple_of(2) { 1 + random.below(9) as i64 } else { most };
            Container { value: payoff(value), penalty: payoff(penalty), first: index % 4, last: 3 }
        };
        let game = SlotGame::uniform((0..30).map(container).collect(), 4, 2).unwrap();
        let plan = slots::solve(&game, Spare::Spread).unwrap();
        certificate::check_slots(&game, &[], &certificate::slots(&game, &plan)).unwrap();
        let target = |c: &Container| Target {
            attacker_uncovered: c.value,
            attacker_covered: minus(c.penalty),
            defender_covered: payoff(most),
            defender_uncovered: minus(payoff(most)),
        };
        let game = SecurityGame::new(game.containers().iter().map(target).collect(), 3).unwrap();
        let plan = origami::solve(&game).unwrap();
        certificate::check_origami(&game, &certificate::origami(&game, &plan)).unwrap();
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn plans_keep_windows_and_capacities_and_more_capacity_never_helps_the_attacker(
        seed in any::<u64>(), n in 1_usize..60, slots in 1_u64..30, scans in 0_u32..5, at in 0_u64..30, spread in any::<bool>(),
    ) {
        let game = slot_game(&mut SplitMix(seed), n, slots, scans);
        let plan = slots::solve(&game, if spread { Spare::Spread } else { Spare::Idle }).unwrap();
        let mut given = vec![0_u64; n];
        for part in &plan.plan {
            let container = game.containers()[part.container as usize];
            prop_assert!(container.first <= part.slot && part.slot <= container.last);
            prop_assert!(part.parts > 0);
            given[part.container as usize] += part.parts;
        }
        prop_assert_eq!(&given, &plan.coverage);
        prop_assert!(given.iter().all(|parts| *parts <= PARTS));
        let most = u128::from(scans) * u128::from(PARTS);
        prop_assert!(plan.loads(slots as usize).iter().all(|load| *load <= most));
        let more = game.with_capacity((at % slots) as usize, scans + 1).unwrap();
        prop_assert!(slots::value(&more) <= plan.value + 1e-12);
        prop_assert!(certificate::check_slots(&game, &[], &certificate::slots(&game, &plan)).is_ok());
    }

    #[test]
    fn tables_never_panic(text in "(container,v,p,a,b\n)?([0-9a-z,.-]{0,12}\n?){0,6}") {
        let _ = table::slot_game(&text, 5, 1);
        let _ = table::security_game(&text, 1);
    }
}
