//! Plans: every sum kept, every window kept, and never two containers in a slot that may have been scanned before.

use std::collections::BTreeMap;

use bitacora_port::draw::{CommitError, Commitment, GRID, PlanError, Wish, lay, units};
use bitacora_port::game;

use crate::fixture::{ANCHOR, Numbers, list, own_beacon, terms};

fn holds(wishes: &[Wish], capacities: &[u32], plan: &[Vec<(u32, u64)>]) -> usize {
    let mut sums: BTreeMap<u32, u64> = BTreeMap::new();
    let mut incoming: BTreeMap<u32, usize> = BTreeMap::new();
    for (wish, masses) in wishes.iter().zip(plan) {
        assert_eq!(masses.iter().map(|mass| mass.1).sum::<u64>(), wish.marginal);
        assert!(masses.iter().all(|mass| (wish.first..=wish.last).contains(&mass.0) && mass.1 > 0));
        assert!(masses.windows(2).all(|pair| pair[0].0 < pair[1].0));
        for (at, (slot, units)) in masses.iter().enumerate() {
            *sums.entry(*slot).or_default() += units;
            *incoming.entry(*slot).or_default() += usize::from(at > 0);
        }
    }
    for (slot, sum) in sums {
        assert!(sum <= u64::from(capacities[slot as usize]) * GRID);
    }
    assert!(incoming.values().all(|count| *count <= 1));
    incoming.values().sum()
}

#[test]
fn a_plan_keeps_every_sum_and_window_and_has_one_incoming_container_a_slot() {
    let mut numbers = Numbers(11);
    let (mut laid, mut straddling) = (0, 0);
    for instance in 0..600 {
        let slots = 2 + numbers.below(12);
        let capacities: Vec<u32> = (0..slots).map(|_| numbers.below(4) as u32).collect();
        let mut wishes: Vec<Wish> = (0..10 + numbers.below(60))
            .map(|_| {
                let first = numbers.below(slots);
                let last = first + numbers.below(slots - first);
                let marginal = [numbers.below(GRID + 1), GRID, numbers.below(GRID / 10)][instance % 3];
                Wish { marginal, first: first as u32, last: last as u32 }
            })
            .collect();
        // Cut until it fits: the slots are then full.
        let plan = loop {
            match lay(&wishes, &capacities) {
                Ok(plan) => break plan,
                Err(PlanError::NoRoom { container, units }) => wishes[container].marginal -= units,
                Err(error) => panic!("{error}"),
            }
        };
        straddling += holds(&wishes, &capacities, &plan);
        laid += 1;
    }
    assert!(laid == 600 && straddling > 200, "{straddling}");
}

#[test]
fn containers_that_would_meet_are_parted() {
    // Slot 0 and slot 1 each leave half a scan; earliest deadline first would send both halves to slot 2.
    let half = GRID / 2;
    let wish = |marginal, first, last| Wish { marginal, first, last };
    let wishes = [wish(half, 0, 0), wish(GRID, 0, 3), wish(half, 1, 1), wish(GRID, 1, 2)];
    let plan = lay(&wishes, &[1, 1, 1, 0]).unwrap();
    assert_eq!(holds(&wishes, &[1, 1, 1, 0], &plan), 1);
    assert_eq!(plan[1], vec![(0, half), (1, half)]);
    assert_eq!(plan[3], vec![(2, GRID)]);
}

#[test]
fn what_does_not_fit_is_refused_with_its_place() {
    let wish = |marginal, first, last| Wish { marginal, first, last };
    let full = wish(GRID, 0, 0);
    assert_eq!(lay(&[full, full], &[1]), Err(PlanError::NoRoom { container: 1, units: GRID }));
    assert_eq!(lay(&[wish(GRID + 1, 0, 0)], &[2]), Err(PlanError::Marginal { container: 0 }));
    assert_eq!(lay(&[full, wish(1, 1, 0)], &[1, 1]), Err(PlanError::Window { container: 1 }));
    assert_eq!(lay(&[full, wish(1, 0, 2)], &[1, 1]), Err(PlanError::Window { container: 1 }));
    assert_eq!(lay(&[], &[10_001]), Err(PlanError::Capacity { slot: 0 }));
    assert!(matches!(lay(&[], &vec![1; 337]), Err(PlanError::TooMany { what: "slots", .. })));
}

#[test]
fn chances_on_the_grid_are_the_games_parts() {
    assert_eq!(GRID, game::PARTS);
    assert_eq!(units(1, 3), Some(333_333_333_333_333));
    assert_eq!(units(1 << 32, 1 << 32), Some(GRID));
    assert_eq!((units(2, 1), units(0, 0)), (None, None));
}

#[test]
fn the_games_own_coverage_of_ten_thousand_containers_becomes_a_draw() {
    let Some(text) = bitacora_given::text("port/baseline/games/slot_10000.csv") else { return };
    let mut containers = Vec::new();
    for line in text.lines().skip(1) {
        let row: Vec<i64> = line.split(',').map(|cell| cell.parse().unwrap()).collect();
        containers.push(game::slots::Container {
            value: game::Payoff::hundredths(row[1]).unwrap(),
            penalty: game::Payoff::hundredths(row[2]).unwrap(),
            first: row[3] as u16,
            last: row[4] as u16,
        });
    }
    let windows: Vec<(u16, u16)> = containers.iter().map(|one| (one.first, one.last)).collect();
    let game = game::slots::SlotGame::new(containers, vec![41; 24]).unwrap();
    let coverage = game::slots::solve(&game, game::slots::Spare::Spread).unwrap().coverage;
    let wishes: Vec<Wish> = coverage
        .iter()
        .zip(windows)
        .map(|(parts, (first, last))| Wish { marginal: *parts, first: first.into(), last: last.into() })
        .collect();
    let plan = lay(&wishes, &[41; 24]).unwrap();
    let straddling = holds(&wishes, &[41; 24], &plan);
    println!(
        "{} containers covered, {straddling} times two slots share one",
        coverage.iter().filter(|c| **c > 0).count()
    );
}

#[test]
fn terms_that_do_not_hold_together_are_not_committed_to() {
    let list = list(20, 3, 2, 5);
    let good = || terms(3, 2, own_beacon(), ANCHOR + 1, 1);
    assert!(Commitment::new(good(), &list).is_ok());
    let refused = |change: &dyn Fn(&mut bitacora_port::draw::Terms)| {
        let mut terms = good();
        change(&mut terms);
        Commitment::new(terms, &list).unwrap_err()
    };
    assert_eq!(refused(&|terms| terms.keys[1] = terms.keys[0]), CommitError::Bodies);
    assert_eq!(
        refused(&|terms| terms.port = "Cartagena de Indias\n".into()),
        CommitError::Text { what: "port" }
    );
    assert_eq!(refused(&|terms| terms.rules = String::new()), CommitError::Text { what: "rules" });
    assert_eq!(refused(&|terms| terms.officers[1] = terms.officers[0]), CommitError::Officers);
    assert_eq!(refused(&|terms| terms.slots[1].round = 0), CommitError::Slot { slot: 1 });
    assert!(matches!(refused(&|terms| terms.slots[0].capacity = 0), CommitError::Capacity { slot: 0 }));
    assert!(matches!(refused(&|terms| terms.slots.truncate(2)), CommitError::Plan { .. }));

    let mut twice = list.clone();
    twice[1].container = twice[0].container.clone();
    assert_eq!(Commitment::new(good(), &twice).unwrap_err(), CommitError::ListOrder { place: 1 });
    let mut more = list.clone();
    more[4].marginal += 1;
    assert_eq!(Commitment::new(good(), &more).unwrap_err(), CommitError::Marginal { place: 4 });
    let mut meeting = list;
    for entry in meeting.iter_mut().take(2) {
        (entry.first, entry.last, entry.marginal, entry.plan) = (0, 2, 2, vec![(0, 1), (2, 1)]);
    }
    for entry in meeting.iter_mut().skip(2) {
        (entry.marginal, entry.plan) = (0, vec![]);
    }
    assert_eq!(Commitment::new(good(), &meeting).unwrap_err(), CommitError::TwoIncoming { slot: 2 });
}
