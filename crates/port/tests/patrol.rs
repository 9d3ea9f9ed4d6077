//! Patrol games against every joint schedule there is, against values found by hand, and against wrong input.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test reads files and fails loudly"
)]

mod games;

use std::collections::BTreeSet;

use bitacora_port::game::PARTS;
use bitacora_port::game::certificate::{self, Answer, PatrolCertificate, check_patrol};
use bitacora_port::game::patrol::{self, Boat, Class, PatrolGame};
use games::SplitMix;
use games::patrol::{Shape, attack, both_ways, patrol_game, sectors};
use microlp::{ComparisonOp, OptimizationDirection, Problem};

/// What a boat can meet: the sets of attacks of all its patrols, found by walking every one.
fn meets(game: &PatrolGame, boat: &Boat) -> BTreeSet<BTreeSet<usize>> {
    let mut all = BTreeSet::new();
    let mut open = vec![(boat.base, boat.first, BTreeSet::new())];
    while let Some((sector, step, mut met)) = open.pop() {
        for (index, attack) in game.attacks().iter().enumerate() {
            if attack.windows.iter().any(|w| w.sector == sector && (w.first..=w.last).contains(&step)) {
                met.insert(index);
            }
        }
        if step == boat.last {
            if boat.end.is_none_or(|end| end == sector) {
                all.insert(met);
            }
            continue;
        }
        for along in game.classes()[usize::from(boat.class)].moves.iter().filter(|m| m.from == sector) {
            if step + along.steps <= boat.last {
                open.push((along.to, step + along.steps, met.clone()));
            }
        }
        open.push((sector, step + 1, met));
    }
    all
}

/// The value of the game over all joint schedules, in units.
fn by_hand(game: &PatrolGame) -> f64 {
    let mut joints = BTreeSet::from([BTreeSet::new()]);
    for boat in game.boats() {
        let own = meets(game, boat);
        joints = joints.iter().flat_map(|a| own.iter().map(|b| a.union(b).copied().collect())).collect();
    }
    let mut problem = Problem::new(OptimizationDirection::Minimize);
    let level = problem.add_var(1.0, (f64::NEG_INFINITY, f64::INFINITY));
    let columns: Vec<_> = joints.iter().map(|_| problem.add_var(0.0, (0.0, f64::INFINITY))).collect();
    let whole: Vec<_> = columns.iter().map(|column| (*column, 1.0)).collect();
    problem.add_constraint(whole, ComparisonOp::Eq, 1.0);
    for (index, attack) in game.attacks().iter().enumerate() {
        let met = joints.iter().zip(&columns).filter(|(joint, _)| joint.contains(&index));
        let mut terms: Vec<_> = met.map(|(_, column)| (*column, attack.range() as f64 / 1e4)).collect();
        terms.push((level, 1.0));
        problem.add_constraint(terms, ComparisonOp::Ge, attack.value.get() as f64 / 100.0);
    }
    problem.solve().unwrap().into_solution().unwrap().objective()
}

fn answered(game: &PatrolGame) -> Answer<PatrolCertificate> {
    let plan = patrol::solve(game).unwrap();
    assert_eq!(plan.schedules.iter().map(|schedule| schedule.parts).sum::<u64>(), PARTS);
    let answer = certificate::patrol(game, &plan).unwrap();
    check_patrol(game, &answer).unwrap();
    answer
}

/// A game so small that every joint schedule can be listed.
fn listable(random: &mut SplitMix, attacks: u64, alike: bool, single: bool) -> PatrolGame {
    let shape = Shape {
        sectors: 3 + random.below(2) as u16,
        steps: 4 + random.below(2) as u16,
        boats: 1 + random.below(3) as usize,
        attacks: 4 + random.below(attacks) as usize,
        alike,
        single,
    };
    patrol_game(random, shape)
}

#[test]
fn boats_alike_and_attacks_of_one_place_are_solved_exactly() {
    for seed in 0..160 {
        let random = &mut SplitMix(seed);
        let game = listable(random, 12, true, true);
        let (answer, value) = (answered(&game), by_hand(&game));
        assert!(
            (answer.v_attacker - value).abs() < 1e-9,
            "seed {seed}: {} is not {value}",
            answer.v_attacker
        );
        assert!(answer.certificate.gap < 1e-9, "seed {seed}: gap {}", answer.certificate.gap);
    }
}

#[test]
fn the_value_of_any_game_lies_between_the_bound_and_the_plan() {
    let mut exact = 0;
    for seed in 0..160 {
        let random = &mut SplitMix(seed);
        let game = listable(random, 8, seed % 3 == 0, seed % 4 == 0);
        let (answer, value) = (answered(&game), by_hand(&game));
        let certificate = &answer.certificate;
        assert!(
            certificate.v_bound <= value + 1e-9,
            "seed {seed}: bound {} above {value}",
            certificate.v_bound
        );
        assert!(answer.v_attacker >= value - 1e-9, "seed {seed}: plan {} below {value}", answer.v_attacker);
        assert!(answer.v_attacker - value <= certificate.gap + 1e-9, "seed {seed}");
        exact += u32::from(answer.v_attacker - value < 1e-9);
    }
    assert!(exact >= 150, "{exact}");
}

/// A hub with so many sectors around it, each a step away and attacked at that step.
fn star(points: u16, boats: usize, chance: u8) -> PatrolGame {
    let ways: Vec<_> = (1..=points).map(|to| (0, to, 1)).collect();
    let boat = |index| Boat { id: format!("P{index}"), class: 0, base: 0, first: 0, last: 1, end: None };
    let attacks = (1..=points).map(|to| attack(to.into(), 600, 300, chance, &[(to, 1, 1)])).collect();
    let class = Class { id: "fast".to_owned(), moves: both_ways(&ways) };
    PatrolGame::new(2, sectors(points + 1), vec![class], (0..boats).map(boat).collect(), attacks).unwrap()
}

#[test]
fn boats_around_a_hub_spread_evenly() {
    for (points, boats) in [(2, 1), (3, 1), (5, 2), (6, 4), (7, 3)] {
        let answer = answered(&star(points, boats, 80));
        // Each is met with boats/points, and then caught in 80 of 100.
        let value = 6.0 - 9.0 * 0.8 * boats as f64 / f64::from(points);
        assert!((answer.v_attacker - value).abs() < 1e-12, "{points} {boats}: {}", answer.v_attacker);
        assert!(answer.certificate.gap < 1e-12);
        assert!(answer.coverage.iter().all(|met| (met - boats as f64 / f64::from(points)).abs() < 1e-14));
    }
}

#[test]
fn enough_boats_leave_what_surely_met_attacks_earn() {
    let answer = answered(&star(3, 4, 50));
    assert_eq!(answer.v_attacker, 1.5);
    assert_eq!(answer.certificate.gap, 0.0);
}

/// Round a ring the same attacks everywhere at every step: a boat is always somewhere, and nowhere else.
#[test]
fn a_boat_on_a_ring_is_in_one_sector_at_a_time() {
    for ring in 3..7_u16 {
        let ways: Vec<_> = (0..ring).map(|from| (from, (from + 1) % ring, 1)).collect();
        let boat = Boat { id: "P".to_owned(), class: 0, base: 0, first: 0, last: ring, end: None };
        let attacks = (0..ring).map(|to| attack(to.into(), 100, 100, 100, &[(to, ring, ring)])).collect();
        let class = Class { id: "fast".to_owned(), moves: both_ways(&ways) };
        let game = PatrolGame::new(ring + 1, sectors(ring), vec![class], vec![boat], attacks).unwrap();
        let answer = answered(&game);
        assert!((answer.v_attacker - (1.0 - 2.0 / f64::from(ring))).abs() < 1e-12, "{}", answer.v_attacker);
    }
}

/// Both ends of a line of three at the same step, from the middle, by two boats of which one is too slow to get there.
#[test]
fn a_slow_boat_covers_what_it_can_reach() {
    let class =
        |id: &str, steps| Class { id: id.to_owned(), moves: both_ways(&[(0, 1, steps), (1, 2, steps)]) };
    let boat = |id: &str, class| Boat { id: id.to_owned(), class, base: 1, first: 0, last: 1, end: None };
    let attacks = vec![attack(0, 100, 100, 100, &[(0, 1, 1)]), attack(1, 100, 100, 100, &[(2, 1, 1)])];
    let classes = vec![class("fast", 1), class("slow", 2)];
    let game = PatrolGame::new(2, sectors(3), classes, vec![boat("A", 0), boat("B", 1)], attacks).unwrap();
    let answer = answered(&game);
    assert!(answer.v_attacker.abs() < 1e-12 && answer.certificate.gap < 1e-12, "{}", answer.v_attacker);
}

#[test]
fn two_runs_give_the_same_bytes() {
    let shape = Shape { sectors: 6, steps: 8, boats: 3, attacks: 30, alike: false, single: false };
    let game = patrol_game(&mut SplitMix(5), shape);
    let printed = || serde_json::to_string(&answered(&game)).unwrap();
    assert_eq!(printed(), printed());
}

#[test]
fn a_file_reads_as_the_game_it_was_written_from() {
    for seed in 0..40 {
        let shape = Shape { sectors: 5, steps: 6, boats: 2, attacks: 9, alike: false, single: seed % 2 == 0 };
        let game = patrol_game(&mut SplitMix(seed), shape);
        assert_eq!(patrol::read(&games::patrol::file(&game)).unwrap(), game);
    }
}

/// A file that reads, as parts that a test changes.
fn small() -> serde_json::Value {
    serde_json::json!({
        "steps": 4,
        "sectors": [{"id": "A", "lat": 9.4, "lon": -76.2}, {"id": "B"}, {"id": "C"}],
        "classes": [{"id": "fast", "moves": [["A", "B", 1]]}],
        "boats": [{"id": "P1", "class": "fast", "base": "A", "first": 0, "last": 3, "end": "A"}],
        "attacks": [{"id": "X", "value": 100, "penalty": 50, "chance": 80, "at": [["B", 1, 2]]}],
    })
}

#[test]
fn wrong_files_are_refused_with_place_and_rule() {
    let cases = [
        ("/steps", serde_json::json!(0), "the game has no steps"),
        ("/steps", serde_json::json!(2_000), "2000 steps are more than the 1000 a game may have"),
        ("/steps", serde_json::json!(-1), "line 1, column "),
        ("/sectors", serde_json::json!([]), "class `fast` names `A`, which is not there"),
        ("/sectors/1/id", serde_json::json!("A"), "sector `A` is there twice"),
        ("/sectors/1/id", serde_json::json!(""), "sector `1` has no usable id"),
        ("/sectors/1/id", serde_json::json!("a\nb"), "sector `1` has no usable id"),
        ("/sectors/0/lat", serde_json::json!(95.0), "latitude of sector `A`: `95` is not within -90..=90"),
        ("/sectors/0/depth", serde_json::json!(9), "unknown field `depth`"),
        ("/boats", serde_json::json!([]), "the game has no boats"),
        ("/boats/0/end", serde_json::json!("C"), "boat `P1` cannot be at `C` at its last step `3`"),
        ("/boats/0/end", serde_json::json!("D"), "boat `P1` names `D`, which is not there"),
        ("/boats/0/last", serde_json::json!(4), "boat `P1`: `4` is not within 0..=3"),
        ("/boats/0/first", serde_json::json!(65_536), "line 1, column "),
        ("/boats/0/class", serde_json::json!("slow"), "boat `P1` names `slow`, which is not there"),
        ("/attacks", serde_json::json!([]), "the game has no attacks"),
        ("/attacks/0/at", serde_json::json!([]), "attack `X` goes through no sector"),
        (
            "/attacks/0/at/0",
            serde_json::json!(["B", 2, 1]),
            "attack `X` ends at `1`, before it starts at `2`",
        ),
        ("/attacks/0/at/0", serde_json::json!(["B", 1, 9]), "attack `X`: `9` is not within 0..=3"),
        ("/attacks/0/chance", serde_json::json!(0), "chance of attack `X`: `0` is not within 1..=100"),
        ("/attacks/0/chance", serde_json::json!(101), "chance of attack `X`: `101` is not within 1..=100"),
        (
            "/attacks/0/value",
            serde_json::json!(-50),
            "attack `X`: value and penalty together are not above 0",
        ),
        (
            "/attacks/0/value",
            serde_json::json!(1_000_000_000),
            "value of attack `X`: `1000000000` is not within",
        ),
        ("/classes/0/moves/0", serde_json::json!(["A", "A", 1]), "class `fast` moves from `A` to itself"),
        (
            "/classes/0/moves/0",
            serde_json::json!(["A", "B", 0]),
            "steps of a move of class `fast`: `0` is not",
        ),
        (
            "/classes/0/moves",
            serde_json::json!([["A", "B", 1], ["A", "B", 2]]),
            "move `fast A B` is there twice",
        ),
    ];
    for (path, value, said) in cases {
        let mut file = small();
        let (parent, name) = path.rsplit_once('/').unwrap();
        match file.pointer_mut(path) {
            Some(place) => *place = value,
            None => file.pointer_mut(parent).unwrap()[name] = value,
        }
        let refused =
            patrol::read(&file.to_string()).and_then(|game| patrol::solve(&game)).unwrap_err().to_string();
        assert!(refused.contains(said) && refused.lines().count() == 1, "{path}: {refused}");
    }
    assert!(patrol::read("{").unwrap_err().to_string().starts_with("line 1, column 1: "));
}

#[test]
fn more_than_a_game_may_have_is_refused() {
    let many = |count: usize, item: fn(usize) -> serde_json::Value| {
        (0..count).map(item).collect::<serde_json::Value>()
    };
    let boat =
        |i| serde_json::json!({"id": format!("P{i}"), "class": "fast", "base": "A", "first": 0, "last": 3});
    let run = |i| serde_json::json!({"id": format!("X{i}"), "value": 1, "penalty": 1, "chance": 50, "at": [["B", 1, 2]]});
    let cases = [
        ("/boats", many(33, boat), "33 boats are more than the 32"),
        ("/attacks", many(2_001, run), "2001 attacks are more than the 2000"),
        (
            "/sectors",
            many(501, |i| serde_json::json!({"id": format!("S{i}")})),
            "501 sectors are more than the 500",
        ),
        ("/classes/0/moves", many(5_001, |_| serde_json::json!(["A", "B", 1])), "5001 moves of a class"),
        ("/attacks/0/at", many(201, |_| serde_json::json!(["A", 0, 0])), "201 windows of an attack"),
    ];
    for (path, value, said) in cases {
        let mut file = small();
        *file.pointer_mut(path).unwrap() = value;
        let refused = patrol::read(&file.to_string()).unwrap_err().to_string();
        assert!(refused.starts_with(said), "{path}: {refused}");
    }
}

#[test]
fn sectors_that_no_boat_reaches_are_met_by_none() {
    let mut file = small();
    file["attacks"]
        .as_array_mut()
        .unwrap()
        .push(serde_json::json!({"id": "Y", "value": 40, "penalty": 0, "chance": 100, "at": [["C", 0, 3]]}));
    let game = patrol::read(&file.to_string()).unwrap();
    let answer = answered(&game);
    assert_eq!(answer.coverage, [1.0, 0.0]);
    assert_eq!((answer.v_attacker, answer.certificate.reply), (0.4, 1));
}

#[test]
fn the_picture_holds_shapes_and_ids_only() {
    let mut file = small();
    file["sectors"][1]["id"] = serde_json::json!("<script>&\"");
    file["classes"][0]["moves"][0][1] = serde_json::json!("<script>&\"");
    file["attacks"][0]["at"][0][0] = serde_json::json!("<script>&\"");
    let game = patrol::read(&file.to_string()).unwrap();
    let svg = patrol::picture(&game, &patrol::solve(&game).unwrap());
    assert!(svg.starts_with("<svg ") && svg.ends_with("</svg>\n"));
    assert!(svg.contains("&lt;script&gt;&amp;&quot;") && !svg.contains("<script"));
    assert_eq!(svg.matches("http").count(), 1, "the name space alone");
    // Out to the sector and back, and what it waits there.
    assert!(svg.matches("stroke=\"#036\"").count() >= 3);
}
