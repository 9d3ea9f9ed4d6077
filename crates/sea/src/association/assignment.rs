//! Optimal assignment on sparse scores: the matching with the greatest sum, where staying unmatched scores
//! nothing. Pure arithmetic; knows no sensor.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

/// A pair that may be matched and what that adds to the sum.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Edge {
    pub row: u32,
    pub col: u32,
    pub score: f64,
}

/// For each row its column, or none. Edges that name no row or column, and those whose score is not a positive
/// finite number, are never used. Shortest augmenting paths with dual prices (Jonker and Volgenant 1987), each row having
/// beside its edges a private column "unmatched" of score 0. Time O(rows x edges x log edges) at worst;
/// on gated scores each path stays within its cluster.
pub fn assign(rows: usize, cols: usize, edges: &[Edge]) -> Vec<Option<u32>> {
    let graph = Graph::new(rows, cols, edges);
    let mut state = State {
        prices: vec![0.0; cols],
        row_prices: vec![0.0; rows],
        row_of: vec![None; cols],
        col_of: vec![None; rows],
        distance: vec![f64::INFINITY; cols],
        from: vec![0; cols],
        settled: vec![false; cols],
        touched: Vec::new(),
        tree: Vec::new(),
        heap: BinaryHeap::new(),
    };
    for (row, price) in state.row_prices.iter_mut().enumerate() {
        *price = graph.of(row as u32).iter().map(|(_, cost)| *cost).fold(0.0, f64::min);
    }
    for row in 0..rows as u32 {
        state.place(row, &graph);
    }
    state.col_of
}

/// Edges by row: column and cost, the cost being the negative of the score.
struct Graph {
    starts: Vec<usize>,
    edges: Vec<(u32, f64)>,
}

impl Graph {
    fn new(rows: usize, cols: usize, edges: &[Edge]) -> Self {
        let usable = |edge: &&Edge| {
            (edge.row as usize) < rows
                && (edge.col as usize) < cols
                && edge.score > 0.0
                && edge.score.is_finite()
        };
        let mut sorted: Vec<Edge> = edges.iter().filter(usable).copied().collect();
        // The best of equal pairs first, so that the rest can go.
        sorted.sort_by(|a, b| (a.row, a.col).cmp(&(b.row, b.col)).then(b.score.total_cmp(&a.score)));
        sorted.dedup_by_key(|edge| (edge.row, edge.col));
        let mut starts = vec![0; rows + 1];
        for edge in &sorted {
            if let Some(count) = starts.get_mut(edge.row as usize + 1) {
                *count += 1;
            }
        }
        let mut sum = 0;
        for start in &mut starts {
            sum += *start;
            *start = sum;
        }
        Self { starts, edges: sorted.into_iter().map(|edge| (edge.col, -edge.score)).collect() }
    }

    fn of(&self, row: u32) -> &[(u32, f64)] {
        match self.starts.get(row as usize..row as usize + 2) {
            Some([from, to]) => self.edges.get(*from..*to).unwrap_or(&[]),
            _ => &[],
        }
    }
}

struct State {
    prices: Vec<f64>,
    row_prices: Vec<f64>,
    row_of: Vec<Option<u32>>,
    col_of: Vec<Option<u32>>,
    /// Of the path under way, by column.
    distance: Vec<f64>,
    from: Vec<u32>,
    settled: Vec<bool>,
    touched: Vec<u32>,
    /// Rows reached, with their distance.
    tree: Vec<(u32, f64)>,
    heap: BinaryHeap<Reached>,
}

/// A column and how far it is; the nearest is the greatest, the lower number first.
#[derive(PartialEq)]
struct Reached {
    distance: f64,
    col: u32,
}
impl Eq for Reached {}
impl PartialOrd for Reached {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Reached {
    fn cmp(&self, other: &Self) -> Ordering {
        other.distance.total_cmp(&self.distance).then(other.col.cmp(&self.col))
    }
}

/// Where a path ends: at a free column, or at the "unmatched" of a row.
#[derive(Clone, Copy)]
enum End {
    Column(u32),
    Unmatched(u32),
}

impl State {
    /// Brings one row in by the cheapest path, which may move others.
    fn place(&mut self, row: u32, graph: &Graph) {
        let mut best = (f64::INFINITY, End::Unmatched(row));
        let mut reached = Some((row, 0.0));
        while let Some((at, so_far)) = reached {
            self.tree.push((at, so_far));
            let price = value(&self.row_prices, at);
            if so_far - price < best.0 {
                best = (so_far - price, End::Unmatched(at));
            }
            for (col, cost) in graph.of(at) {
                let distance = so_far + (cost - price - value(&self.prices, *col)).max(0.0);
                let known = self.distance.get(*col as usize).copied().unwrap_or(0.0);
                if distance >= known || distance >= best.0 {
                    continue;
                }
                if known.is_infinite() {
                    self.touched.push(*col);
                }
                set(&mut self.distance, *col, distance);
                set(&mut self.from, *col, at);
                if self.row_of.get(*col as usize).copied().flatten().is_none() {
                    best = (distance, End::Column(*col));
                } else {
                    self.heap.push(Reached { distance, col: *col });
                }
            }
            reached = self.nearest(best.0);
        }
        self.reprice(best.0);
        self.augment(row, best.1);
        self.forget();
    }

    /// The row that holds the nearest column not yet settled, if it is nearer than the best end.
    fn nearest(&mut self, bound: f64) -> Option<(u32, f64)> {
        while let Some(Reached { distance, col }) = self.heap.pop() {
            if distance >= bound {
                return None;
            }
            if !self.settled.get(col as usize).copied().unwrap_or(true) {
                set(&mut self.settled, col, true);
                return Some((self.row_of.get(col as usize).copied().flatten()?, distance));
            }
        }
        None
    }

    /// Keeps every reduced cost at 0 or above and those of matched pairs at 0.
    fn reprice(&mut self, length: f64) {
        for (row, distance) in &self.tree {
            if let Some(price) = self.row_prices.get_mut(*row as usize) {
                *price += length - distance;
            }
        }
        for col in &self.touched {
            let at = *col as usize;
            if self.settled.get(at) == Some(&true)
                && let (Some(price), Some(distance)) = (self.prices.get_mut(at), self.distance.get(at))
            {
                *price += distance - length;
            }
        }
    }

    fn augment(&mut self, row: u32, end: End) {
        let mut col = match end {
            End::Column(col) => col,
            End::Unmatched(freed) => match self.col_of.get(freed as usize).copied().flatten() {
                Some(col) => {
                    set(&mut self.col_of, freed, None);
                    col
                }
                None => return,
            },
        };
        loop {
            let taker = self.from.get(col as usize).copied().unwrap_or(row);
            let left = self.col_of.get(taker as usize).copied().flatten();
            set(&mut self.row_of, col, Some(taker));
            set(&mut self.col_of, taker, Some(col));
            match left {
                Some(left) if taker != row => col = left,
                _ => return,
            }
        }
    }

    fn forget(&mut self) {
        for col in self.touched.drain(..) {
            if let Some(distance) = self.distance.get_mut(col as usize) {
                *distance = f64::INFINITY;
            }
            if let Some(settled) = self.settled.get_mut(col as usize) {
                *settled = false;
            }
        }
        self.tree.clear();
        self.heap.clear();
    }
}

fn value(of: &[f64], at: u32) -> f64 {
    of.get(at as usize).copied().unwrap_or(0.0)
}

fn set<T>(of: &mut [T], at: u32, value: T) {
    if let Some(slot) = of.get_mut(at as usize) {
        *slot = value;
    }
}
