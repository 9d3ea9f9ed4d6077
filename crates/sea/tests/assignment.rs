//! The assignment against every other on small matrices and against the greedy one on a large, probabilities against
//! the enumeration of all matchings.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails loudly"
)]

use bitacora_sea::association::assignment::{Edge, assign};
use bitacora_sea::association::marginals::marginals;
use proptest::prelude::*;

/// SplitMix64, so that every scene is the same everywhere.
struct Dice(u64);
impl Dice {
    fn unit(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) >> 11) as f64 / (1u64 << 53) as f64
    }
}

#[test]
fn d10_the_assignment_is_the_best_and_not_the_greedy_one() {
    let edge = |row, col, score| Edge { row, col, score };
    let edges = [edge(0, 0, 0.9), edge(0, 1, 0.8), edge(1, 0, 0.8), edge(1, 1, 0.0)];
    let found = assign(2, 2, &edges);
    assert_eq!(found, [Some(1), Some(0)]);
    assert!((sum(&found, &edges) - 1.6).abs() < 1e-12);
}

fn sum(found: &[Option<u32>], edges: &[Edge]) -> f64 {
    found
        .iter()
        .enumerate()
        .filter_map(|(row, col)| {
            let of = edges.iter().filter(|e| e.row as usize == row && Some(e.col) == *col);
            of.map(|e| e.score).reduce(f64::max)
        })
        .sum()
}

fn brute(row: usize, rows: usize, used: u32, edges: &[Edge]) -> f64 {
    if row == rows {
        return 0.0;
    }
    let free = edges.iter().filter(|e| e.row as usize == row && used >> e.col & 1 == 0 && e.score > 0.0);
    free.map(|e| e.score + brute(row + 1, rows, used | 1 << e.col, edges))
        .fold(brute(row + 1, rows, used, edges), f64::max)
}

fn greedy(edges: &[Edge]) -> f64 {
    let mut sorted: Vec<&Edge> = edges.iter().filter(|e| e.score > 0.0).collect();
    sorted.sort_by(|a, b| b.score.total_cmp(&a.score));
    let (mut rows, mut cols, mut total) =
        (std::collections::HashSet::new(), std::collections::HashSet::new(), 0.0);
    for e in sorted {
        if !rows.contains(&e.row) && !cols.contains(&e.col) {
            rows.insert(e.row);
            cols.insert(e.col);
            total += e.score;
        }
    }
    total
}

/// Weight of all matchings, and of those with each pair, by enumeration.
fn all_matchings(
    row: usize,
    rows: usize,
    used: u32,
    weight: f64,
    chosen: &mut Vec<usize>,
    edges: &[Edge],
    out: &mut [f64],
) {
    if row == rows {
        let last = out.len() - 1;
        out[last] += weight;
        for at in chosen.iter() {
            out[*at] += weight;
        }
        return;
    }
    all_matchings(row + 1, rows, used, weight, chosen, edges, out);
    for (at, e) in edges.iter().enumerate().filter(|(_, e)| e.row as usize == row) {
        if used >> e.col & 1 == 0 {
            chosen.push(at);
            all_matchings(row + 1, rows, used | 1 << e.col, weight * libm::exp(e.score), chosen, edges, out);
            chosen.pop();
        }
    }
}

fn matrix() -> impl Strategy<Value = (usize, usize, Vec<Edge>)> {
    (1..7usize, 1..7usize).prop_flat_map(|(rows, cols)| {
        let cell = prop_oneof![
            3 => (-4.0..8.0f64).prop_map(Some),
            1 => (0..4u8).prop_map(|n| Some(f64::from(n))),
            2 => Just(None)
        ];
        prop::collection::vec(cell, rows * cols).prop_map(move |cells| {
            let edges = cells.into_iter().enumerate().filter_map(|(at, score)| {
                Some(Edge { row: (at / cols) as u32, col: (at % cols) as u32, score: score? })
            });
            (rows, cols, edges.collect())
        })
    })
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 400,
        failure_persistence: None,
        rng_seed: proptest::test_runner::RngSeed::Fixed(7),
        ..ProptestConfig::default()
    })]

    #[test]
    fn no_assignment_is_better_on_small_matrices((rows, cols, edges) in matrix()) {
        let found = assign(rows, cols, &edges);
        let mut used: Vec<u32> = found.iter().flatten().copied().collect();
        let count = used.len();
        used.sort_unstable();
        used.dedup();
        prop_assert_eq!(used.len(), count);
        let best = brute(0, rows, 0, &edges);
        prop_assert!((sum(&found, &edges) - best).abs() < 1e-9, "{} {}", sum(&found, &edges), best);
        prop_assert!(best >= greedy(&edges) - 1e-9);
    }

    #[test]
    fn marginals_are_those_of_the_enumeration((rows, cols, edges) in matrix()) {
        let mut out = vec![0.0; edges.len() + 1];
        all_matchings(0, rows, 0, 1.0, &mut Vec::new(), &edges, &mut out);
        let all = out.pop().unwrap();
        let found = marginals(rows, cols, &edges);
        for (given, wanted) in found.matched.iter().zip(&out) {
            prop_assert!((given - wanted / all).abs() < 1e-9, "{given} {}", wanted / all);
        }
        for row in 0..rows {
            let with: f64 =
                edges.iter().zip(&out).filter(|(e, _)| e.row as usize == row).map(|(_, w)| w / all).sum();
            prop_assert!((found.unmatched[row] - (1.0 - with)).abs() < 1e-9);
        }
    }
}

#[test]
fn two_thousand_by_two_thousand_is_not_worse_than_greedy() {
    let mut dice = Dice(11);
    let mut edges = Vec::new();
    for row in 0..2_000u32 {
        for _ in 0..25 {
            let col = (dice.unit() * 2_000.0) as u32;
            edges.push(Edge { row, col, score: 12.0 * dice.unit() - 1.0 });
        }
    }
    let found = assign(2_000, 2_000, &edges);
    let best = sum(&found, &edges);
    assert!(best >= greedy(&edges));
    println!("optimum {best:.1}, greedy {:.1}", greedy(&edges));
}

#[test]
fn belief_propagation_is_near_the_exact_sums() {
    // Eleven by eleven is propagated, the same without its last row and column is summed; that row stands alone.
    for seed in 0..20 {
        let mut dice = Dice(seed);
        let mut edges = Vec::new();
        for row in 0..11u32 {
            for col in 0..11u32 {
                if row < 10 && col < 10 && dice.unit() < 0.4 {
                    edges.push(Edge { row, col, score: 6.0 * dice.unit() - 2.0 });
                }
            }
        }
        let exact = marginals(11, 11, &edges);
        // A bridge so weak that it changes nothing makes the cluster large.
        for other in 0..10 {
            edges.push(Edge { row: 10, col: other, score: -30.0 });
            edges.push(Edge { row: other, col: 10, score: -30.0 });
        }
        let propagated = marginals(11, 11, &edges);
        for (a, b) in exact.unmatched.iter().zip(&propagated.unmatched) {
            assert!((a - b).abs() < 0.12, "seed {seed}: {a} {b}");
        }
        let mean =
            exact.unmatched.iter().zip(&propagated.unmatched).map(|(a, b)| (a - b).abs()).sum::<f64>() / 11.0;
        assert!(mean < 0.03, "seed {seed}: {mean}");
    }
}

#[test]
fn hostile_edges_are_never_used() {
    let edge = |row, col, score| Edge { row, col, score };
    let edges = [
        edge(0, 9, 5.0),
        edge(9, 0, 5.0),
        edge(0, 0, f64::NAN),
        edge(0, 1, f64::INFINITY),
        edge(1, 1, -3.0),
        edge(1, 0, 1e300),
    ];
    assert_eq!(assign(2, 2, &edges), [None, Some(0)]);
    assert_eq!(assign(0, 0, &edges), []);
    let found = marginals(2, 2, &edges);
    assert!(found.unmatched.iter().all(|p| (0.0..=1.0).contains(p)), "{found:?}");
}
