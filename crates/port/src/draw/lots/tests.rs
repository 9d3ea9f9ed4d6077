//! The chances of a draw, counted: every offset of every slot, in every state.

use std::collections::BTreeMap;

use super::*;
use crate::draw::plan::{Wish, lay};

/// Known numbers (SplitMix64), the same on every machine.
pub(crate) struct Numbers(pub u64);

impl Numbers {
    pub(crate) fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % n
    }
}

fn gcd(a: u128, b: u128) -> u128 {
    if b == 0 { a } else { gcd(b, a % b) }
}

fn add((a, b): (u128, u128), (c, d): (u128, u128)) -> (u128, u128) {
    let whole = b / gcd(b, d) * d;
    let part = a * (whole / b) + c * (whole / d);
    let shared = gcd(part, whole);
    (part / shared, whole / shared)
}

/// Lots with their offsets counted: for each lot the number of offsets that pick it, from the intervals between which
/// nothing changes; checks the number of picks on the way.
fn offsets(lots: &Lots, order: &[u32]) -> Vec<u64> {
    let mut cuts = vec![0, lots.spacing()];
    let mut point = 0;
    for place in order {
        point += lots.weights()[*place as usize];
        cuts.push(point % lots.spacing());
    }
    cuts.sort_unstable();
    cuts.dedup();
    let mut counts = vec![0; lots.len()];
    for pair in cuts.windows(2) {
        let picked = lots.comb(order, pair[0]);
        assert_eq!(picked, lots.comb(order, pair[1] - 1), "nothing changes within an interval");
        let teeth = picked.len() as u64;
        assert!(teeth == point / lots.spacing() || teeth == point.div_ceil(lots.spacing()));
        for place in picked {
            counts[place] += pair[1] - pair[0];
        }
    }
    counts
}

#[test]
fn the_offsets_that_select_a_lot_are_exactly_its_weight() {
    let mut numbers = Numbers(1);
    for instance in 0..2_000 {
        let count = 1 + numbers.below(40) as usize;
        let spacing = [GRID, 1 + numbers.below(GRID), 1 + numbers.below(9)][instance % 3];
        let weights: Vec<u64> = (0..count).map(|_| numbers.below(spacing + 1)).collect();
        let lots = Lots::given(&weights, None, spacing);
        let order = Stream::new(&instance.to_string()).permutation(count as u32);
        assert_eq!(offsets(&lots, &order), weights);
    }
}

/// What a split promises, in both states.
fn holds(masses: &[u64], place: usize, before: u64, grid: u64) {
    let state = |scanned| Lots::given(masses, Some(Incoming { place, before, scanned }), grid);
    let (yes, no) = (state(true), state(false));
    assert_eq!((yes.spacing(), no.spacing()), (before, grid - before));
    assert_eq!(yes.weights()[place], 0, "scanned before, never again");
    let total: u64 = masses.iter().sum();
    for (lots, name) in [(&yes, "scanned"), (&no, "not scanned")] {
        let sum: u64 = lots.weights().iter().sum();
        let context =
            format!("{name}: {masses:?} place {place} before {before} of {grid}: {:?}", lots.weights());
        assert!(lots.weights().iter().all(|weight| *weight <= lots.spacing()), "{context}");
        // Whatever the state, floor or ceiling of the slot's sum are picked.
        assert!(sum >= total / grid * lots.spacing(), "{context}");
        assert!(sum <= total.div_ceil(grid) * lots.spacing(), "{context}");
    }
    let both: Vec<u64> = yes.weights().iter().zip(no.weights()).map(|(a, b)| a + b).collect();
    assert_eq!(both, masses, "over both states every chance is exactly its mass");
}

#[test]
fn there_is_always_a_split() {
    // Every slot of up to four lots on a grid of 5.
    let grid = 5;
    for before in 1..grid {
        for incoming in 1..=grid - before {
            for others in 0..6_u64.pow(3) {
                let mut masses = vec![others % 6, others / 6 % 6, others / 36];
                masses.insert((others % 4) as usize, incoming);
                holds(&masses, (others % 4) as usize, before, grid);
            }
        }
    }
    // And many on the grid in use.
    let mut numbers = Numbers(2);
    for instance in 0..20_000 {
        let count = 1 + numbers.below(12) as usize;
        let most = [GRID, GRID / 2, GRID / 50, 3][instance % 4];
        let mut masses: Vec<u64> =
            (0..count).map(|_| if numbers.below(4) == 0 { GRID } else { numbers.below(most + 1) }).collect();
        let before = 1 + numbers.below(if instance % 5 == 0 { 3 } else { GRID - 1 });
        let place = numbers.below(count as u64) as usize;
        masses[place] = 1 + numbers.below(GRID - before);
        holds(&masses, place, before, GRID);
    }
}

/// Entries on a grid of `grid` units, their plan laid by the planner.
fn entries(numbers: &mut Numbers, grid: u64, capacities: &[u32]) -> Vec<Entry> {
    let slots = capacities.len() as u64;
    let mut wishes: Vec<Wish> = Vec::new();
    for _ in 0..5 + numbers.below(8) {
        let first = numbers.below(slots);
        let last = first + numbers.below(slots - first);
        let mut wish = Wish { marginal: 1 + numbers.below(grid), first: first as u32, last: last as u32 };
        // As much as fits: the planner says when it does not.
        while wish.marginal > 0 {
            let scaled = |wish: &Wish| Wish { marginal: wish.marginal * (GRID / grid), ..*wish };
            let all: Vec<Wish> = wishes.iter().chain([&wish]).map(scaled).collect();
            if lay(&all, capacities).is_ok() {
                wishes.push(wish);
                break;
            }
            wish.marginal -= 1;
        }
    }
    let scaled: Vec<Wish> =
        wishes.iter().map(|wish| Wish { marginal: wish.marginal * (GRID / grid), ..*wish }).collect();
    let plan = lay(&scaled, capacities).unwrap();
    wishes
        .iter()
        .zip(plan)
        .zip(10..)
        .map(|((wish, masses), name)| Entry {
            container: format!("BOX{name}").parse().unwrap(),
            first: wish.first,
            last: wish.last,
            marginal: wish.marginal,
            plan: masses.into_iter().map(|(slot, units)| (slot, units / (GRID / grid))).collect(),
        })
        .collect()
}

/// Walks every state of a draw, and sums the chance of each container in each slot as an exact fraction.
fn walk(
    progress: &Progress,
    slot: u32,
    chance: (u128, u128),
    capacities: &[u32],
    undrawn: Option<u32>,
    found: &mut BTreeMap<(u32, u32), (u128, u128)>,
) {
    if slot as usize == capacities.len() {
        return;
    }
    if undrawn == Some(slot) {
        return walk(progress, slot + 1, chance, capacities, undrawn, found);
    }
    let lots = progress.lots(slot);
    let order = Stream::new(&format!("order {slot}")).permutation(lots.len() as u32);
    // Offsets that give the same picks are one state.
    let mut outcomes: BTreeMap<Vec<usize>, u128> = BTreeMap::new();
    for offset in 0..lots.spacing() {
        *outcomes.entry(lots.comb(&order, offset)).or_insert(0) += 1;
    }
    for (picked, count) in outcomes {
        assert!(picked.len() <= capacities[slot as usize] as usize, "a slot's capacity holds in every state");
        let mut next = progress.clone();
        let scanned_before = next.scanned.clone();
        let picks = next.take(slot, &picked);
        let here = (chance.0 * count, chance.1 * u128::from(lots.spacing()));
        let shared = gcd(here.0, here.1);
        let here = (here.0 / shared, here.1 / shared);
        for at in &picks {
            assert!(!scanned_before[*at as usize], "nobody is scanned twice");
            let entry = found.entry((*at, slot)).or_insert((0, 1));
            *entry = add(*entry, here);
        }
        walk(&next, slot + 1, here, capacities, undrawn, found);
    }
}

#[test]
fn every_container_has_exactly_its_chance_in_every_slot_over_all_states() {
    let mut numbers = Numbers(3);
    let (mut straddling, mut full) = (0, 0);
    for instance in 0..400 {
        // Divisors of 10^15, so that the planner's answer is one on the small grid too.
        let grid = [2, 4, 5, 10][instance % 4];
        let capacities: Vec<u32> = (0..3 + numbers.below(2)).map(|_| 1 + numbers.below(2) as u32).collect();
        let list = entries(&mut numbers, grid, &capacities);
        straddling += list.iter().filter(|entry| entry.plan.len() > 1).count();
        for (slot, capacity) in (0..).zip(&capacities) {
            let mass: u64 = list
                .iter()
                .flat_map(|entry| &entry.plan)
                .filter(|mass| mass.0 == slot)
                .map(|mass| mass.1)
                .sum();
            full += usize::from(mass == u64::from(*capacity) * grid);
        }
        let progress = Progress::on_grid(&list, capacities.len(), grid);
        let mut found = BTreeMap::new();
        walk(&progress, 0, (1, 1), &capacities, None, &mut found);
        for (place, entry) in (0..).zip(&list) {
            for (slot, units) in &entry.plan {
                let shared = gcd(u128::from(*units), u128::from(grid));
                let expected = (u128::from(*units) / shared, u128::from(grid) / shared);
                assert_eq!(found.remove(&(place, *slot)), Some(expected), "{entry:?} in slot {slot}");
            }
        }
        assert!(found.is_empty(), "nobody is picked where it has no mass");
    }
    assert!(
        straddling > 150 && full > 500,
        "the instances are hard: {straddling} straddle, {full} slots are full"
    );
}

#[test]
fn with_a_slot_that_was_never_drawn_the_others_keep_their_chances() {
    let mut numbers = Numbers(4);
    for instance in 0..100 {
        let grid = [4, 8][instance % 2];
        let capacities = [1, 2, 1, 1];
        let list = entries(&mut numbers, grid, &capacities);
        let undrawn = numbers.below(4) as u32;
        let mut found = BTreeMap::new();
        walk(&Progress::on_grid(&list, 4, grid), 0, (1, 1), &capacities, Some(undrawn), &mut found);
        for (place, entry) in (0..).zip(&list) {
            for (slot, units) in entry.plan.iter().filter(|mass| mass.0 != undrawn) {
                let shared = gcd(u128::from(*units), u128::from(grid));
                let expected = (u128::from(*units) / shared, u128::from(grid) / shared);
                assert_eq!(found.remove(&(place, *slot)), Some(expected));
            }
        }
        assert!(found.is_empty());
    }
}

#[test]
fn a_million_draws_pass_the_chi_square() {
    // One pick in each of two slots, so that picks are multinomial; the third container straddles both, which are full.
    let unit = GRID / 100;
    let rows: [&[(u32, u64)]; 6] = [
        &[(0, 5 * unit)],
        &[(0, 60 * unit)],
        &[(0, 35 * unit), (1, 20 * unit)],
        &[(1, 50 * unit)],
        &[(1, 29 * unit)],
        &[(1, unit)],
    ];
    let list: Vec<Entry> = rows
        .iter()
        .zip(10..)
        .map(|(plan, name)| Entry {
            container: format!("BOX{name}").parse().unwrap(),
            first: 0,
            last: 1,
            marginal: plan.iter().map(|mass| mass.1).sum(),
            plan: plan.to_vec(),
        })
        .collect();
    let start = Progress::new(&list, 2);
    let draws = 1_000_000_u32;
    let mut counts = [[0_u32; 6]; 2];
    let mut twice = 0;
    for draw in 0..draws {
        let mut progress = start.clone();
        let mut seed = [0; 32];
        seed[..4].copy_from_slice(&draw.to_be_bytes());
        let mut picks = [0; 2];
        for slot in 0..2 {
            seed[31] = slot as u8;
            let picked = progress.draw(slot, &Hex(seed));
            assert_eq!(picked.len(), 1);
            picks[slot as usize] = picked[0];
            counts[slot as usize][picked[0] as usize] += 1;
        }
        twice += u32::from(picks[0] == picks[1]);
    }
    assert_eq!(twice, 0);
    for (slot, counts) in (0..).zip(&counts) {
        let mut square = 0.0;
        for (row, count) in rows.iter().zip(counts) {
            let mass: u64 = row.iter().filter(|mass| mass.0 == slot).map(|mass| mass.1).sum();
            let expected = f64::from(draws) * mass as f64 / GRID as f64;
            if expected > 0.0 {
                square += (f64::from(*count) - expected).powi(2) / expected;
            } else {
                assert_eq!(*count, 0);
            }
        }
        // The 99.9 % points with 2 and 3 degrees of freedom: 13.8 and 16.3.
        assert!(square < [13.8, 16.3][slot as usize], "slot {slot}: {square}");
        println!("slot {slot}: chi-square {square:.2}");
    }
}
