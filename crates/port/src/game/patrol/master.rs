//! The master programme of column generation: how often each known column is used so that the attacker earns least,
//! and the attacker's mixture that prices new columns. Primal simplex with an explicit inverse, because both sides are
//! wanted after every step. What it answers is never trusted: plan and bound are recomputed in integers.
//!
//! Least t ≥ 0 with Σ coefficient·x + t ≥ need for every row, Σ x = count for every group, x ≥ 0.

use super::error::PatrolError;

/// Reduced costs below this are noise.
const NOISE: f64 = 1e-11;
/// Pivots below this are not taken.
const SMALLEST_PIVOT: f64 = 1e-9;
/// Steps between two inversions from scratch.
const REFRESH: usize = 400;
/// Steps without progress after which values are moved apart.
const STALL: usize = 40;
/// Most multiplications in all steps together.
const MOST_WORK: usize = 40_000_000_000;

/// What a group can do: coefficients by row, ascending.
#[derive(Debug, Clone)]
pub(super) struct Column<P> {
    pub group: usize,
    pub rows: Vec<(u32, f64)>,
    pub what: P,
}

/// What an oracle knows at some prices of the rows.
pub(super) struct Priced<P> {
    pub columns: Vec<Column<P>>,
    /// Σ count·(most that any column of the group collects), when the oracle knows it for certain.
    pub most: Option<f64>,
}

/// When the programme ends.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rules {
    /// So near the bound.
    pub enough: f64,
    /// A bound that is known before.
    pub floor: f64,
    /// Price the known columns before the oracle is asked: for oracles that cost more than a look at them.
    pub keep: bool,
    /// After so many answers of the oracle without a column that helps.
    pub tries: usize,
    /// What an answer of the oracle costs, in multiplications.
    pub asking: usize,
}

/// Where the programme ended.
#[derive(Debug)]
pub(super) struct Outcome<P> {
    /// Columns used, and how much.
    pub used: Vec<(Column<P>, f64)>,
    /// Prices of the rows that prove the bound.
    pub prices: Vec<f64>,
    pub bound: f64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Basic {
    Level,
    Surplus(usize),
    Column(usize),
}

pub(super) struct Master<P> {
    needs: Vec<f64>,
    size: usize,
    right: Vec<f64>,
    columns: Vec<Column<P>>,
    basis: Vec<Basic>,
    value: Vec<f64>,
    /// Row by position in the basis, column by row of the programme.
    inverse: Vec<f64>,
    level_at: Option<usize>,
}

#[expect(
    clippy::indexing_slicing,
    reason = "dense matrix code: positions and rows are below `size` by construction"
)]
impl<P: Clone> Master<P> {
    /// Starts with all of a group's count on its first column. There must be one for each group.
    pub(super) fn new(needs: Vec<f64>, counts: &[f64], columns: Vec<Column<P>>) -> Result<Self, PatrolError> {
        let (rows, size) = (needs.len(), needs.len() + counts.len());
        let mut first = Vec::with_capacity(counts.len());
        for group in 0..counts.len() {
            first.push(columns.iter().position(|c| c.group == group).ok_or(PatrolError::Precision)?);
        }
        let right: Vec<f64> = needs.iter().chain(counts).copied().collect();
        let mut lacking = needs.clone();
        for (column, count) in first.iter().zip(counts) {
            for (row, coefficient) in &columns[*column].rows {
                lacking[*row as usize] -= coefficient * count;
            }
        }
        let worst = (0..rows).fold(None, |worst: Option<usize>, row| match worst {
            Some(worst) if lacking[worst] >= lacking[row] => Some(worst),
            _ => Some(row),
        });
        let level_at = worst.filter(|worst| lacking[*worst] > 0.0);
        let mut basis: Vec<Basic> = (0..rows).map(Basic::Surplus).collect();
        basis.extend(first.iter().map(|column| Basic::Column(*column)));
        if let Some(worst) = level_at {
            basis[worst] = Basic::Level;
        }
        let mut master =
            Self { needs, size, right, columns, basis, value: vec![], inverse: vec![], level_at };
        master.refresh()?;
        Ok(master)
    }

    /// Inverts the basis from scratch, by Gauss and Jordan.
    fn refresh(&mut self) -> Result<(), PatrolError> {
        let n = self.size;
        let mut matrix = vec![0.0; n * n];
        for (position, basic) in self.basis.iter().enumerate() {
            match *basic {
                Basic::Level => (0..self.needs.len()).for_each(|row| matrix[row * n + position] = 1.0),
                Basic::Surplus(row) => matrix[row * n + position] = -1.0,
                Basic::Column(column) => {
                    let column = &self.columns[column];
                    for (row, coefficient) in &column.rows {
                        matrix[*row as usize * n + position] = *coefficient;
                    }
                    matrix[(self.needs.len() + column.group) * n + position] = 1.0;
                }
            }
        }
        let mut work = vec![0.0; n * n];
        (0..n).for_each(|row| work[row * n + row] = 1.0);
        // Surpluses first: each stands in one row alone, and what follows fills in only where rows bind.
        let mut order: Vec<usize> = (0..n).collect();
        order.sort_by_key(|position| !matches!(self.basis[*position], Basic::Surplus(_)));
        let mut row_of = vec![usize::MAX; n];
        let mut free = vec![true; n];
        for at in order {
            let size = |row: &usize| matrix[row * n + at].abs();
            let pivot = (0..n).filter(|row| free[*row]).max_by(|a, b| size(a).total_cmp(&size(b)));
            let pivot = pivot.filter(|row| size(row) > SMALLEST_PIVOT).ok_or(PatrolError::Precision)?;
            (free[pivot], row_of[at]) = (false, pivot);
            let scale = matrix[pivot * n + at];
            let line = scaled(&mut matrix[pivot * n..][..n], scale);
            let other = scaled(&mut work[pivot * n..][..n], scale);
            for row in (0..n).filter(|row| *row != pivot) {
                let factor = matrix[row * n + at];
                if factor != 0.0 {
                    subtract(&mut matrix[row * n..][..n], factor, &line);
                    subtract(&mut work[row * n..][..n], factor, &other);
                }
            }
        }
        let inverse = row_of.iter().flat_map(|row| &work[row * n..][..n]).copied().collect();
        self.inverse = inverse;
        self.value = self.values(&self.right);
        Ok(())
    }

    fn values(&self, right: &[f64]) -> Vec<f64> {
        let rows = self.inverse.chunks_exact(self.size);
        rows.map(|row| row.iter().zip(right).map(|(a, b)| a * b).sum()).collect()
    }

    /// By how much a column's price exceeds what it costs its group: it lowers the level when positive.
    fn advantage(&self, duals: &[f64], column: &Column<P>) -> f64 {
        let collected: f64 = column.rows.iter().map(|(row, c)| duals[*row as usize] * c).sum();
        collected + duals[self.needs.len() + column.group]
    }

    /// The basis seen from a variable outside it.
    fn direction(&self, entering: Basic) -> Vec<f64> {
        let rows = self.inverse.chunks_exact(self.size);
        match entering {
            Basic::Level => rows.map(|row| row[..self.needs.len()].iter().sum()).collect(),
            Basic::Surplus(surplus) => rows.map(|row| -row[surplus]).collect(),
            Basic::Column(column) => {
                let column = &self.columns[column];
                let group = self.needs.len() + column.group;
                let along = |row: &[f64]| {
                    row[group] + column.rows.iter().map(|(at, c)| row[*at as usize] * c).sum::<f64>()
                };
                rows.map(along).collect()
            }
        }
    }

    /// Takes a variable into the basis; gives by how much it moved.
    fn enter(&mut self, entering: Basic) -> Result<f64, PatrolError> {
        let n = self.size;
        let direction = self.direction(entering);
        // Harris: among the rows that block within the noise, the largest pivot.
        let blocks =
            || direction.iter().zip(&self.value).enumerate().filter(|(_, (d, _))| **d > SMALLEST_PIVOT);
        let most = blocks().map(|(_, (d, x))| (x.max(0.0) + 1e-12) / d).fold(f64::INFINITY, f64::min);
        let close = blocks().filter(|(_, (d, x))| x.max(0.0) / *d <= most);
        let leaving = close.max_by(|(_, (a, _)), (_, (b, _))| a.total_cmp(b)).map(|(at, _)| at);
        let leaving = leaving.ok_or(PatrolError::Precision)?;
        let pivot = direction[leaving];
        let length = self.value[leaving].max(0.0) / pivot;
        let line = scaled(&mut self.inverse[leaving * n..][..n], pivot);
        for (position, row) in self.inverse.chunks_exact_mut(n).enumerate() {
            let factor = direction[position];
            if position == leaving {
                self.value[position] = length;
            } else if factor != 0.0 {
                subtract(row, factor, &line);
                self.value[position] -= factor * length;
            }
        }
        if self.level_at == Some(leaving) {
            self.level_at = None;
        }
        self.basis[leaving] = entering;
        Ok(length)
    }

    /// Moves apart the values that keep the programme from moving, by less than what a plan is judged by.
    fn shake(&mut self, round: usize) {
        for (position, value) in self.value.iter_mut().enumerate() {
            if *value < 1e-10 {
                // Any fixed numbers will do that have no pattern: multiples of the golden ratio.
                let part = ((position + 31 * round) as f64 * 0.618_033_988_749_895).fract();
                *value = 1e-11 * (1.0 + part);
            }
        }
    }

    fn length(&self, column: usize) -> f64 {
        libm::sqrt(2.0 + self.columns[column].rows.iter().map(|(_, c)| c * c).sum::<f64>())
    }

    /// The most negative price of a row: its surplus lowers the level.
    fn surplus(&self, duals: &[f64]) -> Option<usize> {
        let rows = (0..self.needs.len()).filter(|row| duals[*row] < -NOISE);
        rows.min_by(|a, b| duals[*a].total_cmp(&duals[*b]))
    }

    /// Runs until no column helps, the bound is reached, or the work is spent.
    pub(super) fn run(
        mut self,
        rules: Rules,
        mut oracle: impl FnMut(&[f64]) -> Priced<P>,
    ) -> Result<Outcome<P>, PatrolError> {
        let Rules { enough, floor, keep, tries, asking } = rules;
        let (mut bound, mut prices, mut tried) = (floor, vec![0.0; self.needs.len()], 0);
        let mut queue: Vec<usize> = Vec::new();
        let (mut work, mut steps, mut still, mut rounds, mut shaken) = (0_usize, 0, 0, 0, false);
        while let Some(at) = self.level_at {
            if self.value[at] - bound <= enough || work > MOST_WORK {
                break;
            }
            let duals = self.inverse[at * self.size..][..self.size].to_vec();
            let advantage = |column: &usize| self.advantage(&duals, &self.columns[*column]);
            // Advantages are compared by how long the variables are: else surpluses, which are short, take small steps.
            let known = if keep { 0..self.columns.len() } else { 0..0 };
            queue.retain(|column| advantage(column) > NOISE);
            let columns = known.chain(queue.iter().copied()).map(|column| {
                let more = advantage(&column);
                (if more > NOISE { more / self.length(column) } else { 0.0 }, Basic::Column(column))
            });
            let surpluses =
                self.surplus(&duals).map(|row| (-duals[row] / std::f64::consts::SQRT_2, Basic::Surplus(row)));
            let best =
                columns.chain(surpluses).max_by(|a, b| a.0.total_cmp(&b.0)).filter(|(more, _)| *more > 0.0);
            let entering = best.map(|(_, entering)| entering);
            let Some(entering) = entering else {
                let weights: Vec<f64> = duals[..self.needs.len()].iter().map(|y| y.max(0.0)).collect();
                let priced = oracle(&weights);
                work += asking;
                if let Some(most) = priced.most {
                    let total = weights.iter().sum::<f64>().max(1.0);
                    let earned: f64 = weights.iter().zip(&self.needs).map(|(y, need)| y * need).sum();
                    if (earned - most) / total > bound {
                        bound = (earned - most) / total;
                        prices.clone_from(&weights);
                    }
                }
                for column in priced.columns {
                    if self.advantage(&duals, &column) > NOISE {
                        queue.push(self.columns.len());
                        self.columns.push(column);
                    }
                }
                tried = if queue.is_empty() { tried + 1 } else { 0 };
                if tried == tries {
                    break;
                }
                continue;
            };
            steps += 1;
            work += self.size * self.size;
            let moved = self.enter(entering)?;
            still = if moved > 1e-13 { 0 } else { still + 1 };
            if still > STALL {
                (still, rounds, shaken) = (0, rounds + 1, true);
                self.shake(rounds);
            }
            // An inversion would undo the shaking: what was shaken waits for the next one.
            if steps % REFRESH == 0 && !std::mem::take(&mut shaken) {
                self.refresh()?;
            }
        }
        if self.level_at.is_none() {
            // Every need is met: the bound is that of no prices at all.
            prices.fill(0.0);
        }
        self.refresh()?;
        let mut used = Vec::new();
        for (basic, value) in self.basis.iter().zip(&self.value) {
            if let Basic::Column(column) = basic
                && *value > 0.0
            {
                used.push((self.columns[*column].clone(), *value));
            }
        }
        Ok(Outcome { used, prices, bound })
    }
}

/// Divides a row by its pivot; gives what is not 0 of it. Only columns of rows that bind are.
fn scaled(row: &mut [f64], pivot: f64) -> Vec<(usize, f64)> {
    let mut kept = Vec::new();
    for (at, x) in row.iter_mut().enumerate().filter(|(_, x)| **x != 0.0) {
        *x /= pivot;
        kept.push((at, *x));
    }
    kept
}

#[expect(
    clippy::indexing_slicing,
    reason = "the inner loop of dense matrix code: positions come from a row as long"
)]
fn subtract(row: &mut [f64], factor: f64, line: &[(usize, f64)]) {
    for (at, x) in line {
        row[*at] -= factor * x;
    }
}
