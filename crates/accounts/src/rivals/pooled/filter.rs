//! The Kalman filter with a fixed-interval smoother over a state that only a level, its slope and the biases make up.
//! Readings come one by one, so that no matrix is ever inverted. Knows nothing of methods or years.

/// A square matrix by rows.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Square {
    size: usize,
    cells: Vec<f64>,
}

impl Square {
    pub(super) fn zeros(size: usize) -> Self {
        Self { size, cells: vec![0.0; size * size] }
    }
    pub(super) fn row(&self, row: usize) -> &[f64] {
        self.cells.get(row * self.size..(row + 1) * self.size).unwrap_or(&[])
    }
    fn row_mut(&mut self, row: usize) -> &mut [f64] {
        self.cells.get_mut(row * self.size..(row + 1) * self.size).unwrap_or(&mut [])
    }
    pub(super) fn at(&self, row: usize, column: usize) -> f64 {
        self.row(row).get(column).copied().unwrap_or(0.0)
    }
    pub(super) fn add(&mut self, row: usize, column: usize, value: f64) {
        if let Some(cell) = self.row_mut(row).get_mut(column) {
            *cell += value;
        }
    }
    fn rows(&self) -> impl Iterator<Item = &[f64]> {
        self.cells.chunks_exact(self.size.max(1))
    }
    fn rows_mut(&mut self) -> impl Iterator<Item = &mut [f64]> {
        self.cells.chunks_exact_mut(self.size.max(1))
    }
    /// Adds a row to another, then the column to the other's.
    fn take_in(&mut self, sum: usize, part: usize) {
        let own = self.row(part).to_vec();
        for (cell, other) in self.row_mut(sum).iter_mut().zip(own) {
            *cell += other;
        }
        for row in self.rows_mut() {
            let own = pick(row, part);
            if let Some(cell) = row.get_mut(sum) {
                *cell += own;
            }
        }
    }
    fn times(&self, vector: &[f64]) -> Vec<f64> {
        self.rows().map(|row| dot(row, vector)).collect()
    }
    /// The variance of a sum of parts of the state.
    pub(super) fn variance_of(&self, parts: &[(usize, f64)]) -> f64 {
        let pairs = parts.iter().flat_map(|a| parts.iter().map(move |b| (a, b)));
        pairs.map(|((i, x), (j, y))| x * y * self.at(*i, *j)).sum()
    }
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(x, y)| x * y).sum()
}
fn pick(vector: &[f64], place: usize) -> f64 {
    vector.get(place).copied().unwrap_or(0.0)
}
fn sum_at(vector: &[f64], places: &[usize]) -> f64 {
    places.iter().map(|place| pick(vector, *place)).sum()
}

/// A number that is the sum of some parts of the state, and an error of this variance above zero.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Observed {
    pub(super) parts: Vec<usize>,
    pub(super) value: f64,
    pub(super) variance: f64,
}

/// The level is the first part of the state and its slope the second: each step adds the slope to the level. All other
/// parts stay, but for what the step's covariance adds to them; then the sums take in their parts.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct System {
    pub(super) mean: Vec<f64>,
    pub(super) covariance: Square,
    pub(super) step_covariance: Square,
    /// Sum, part: after each step but those beyond `summed`, the first takes in the second.
    pub(super) sums: Vec<(usize, usize)>,
    pub(super) summed: usize,
    /// One list of readings for each step, from the first.
    pub(super) steps: Vec<Vec<Observed>>,
}

#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) struct Gauss {
    pub(super) mean: f64,
    pub(super) variance: f64,
}

/// What the readings say.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Smoothed {
    /// Of each step, given all readings.
    pub(super) levels: Vec<Gauss>,
    /// The state at the last step, given all readings: what never changes is known here as well as anywhere.
    pub(super) mean: Vec<f64>,
    pub(super) covariance: Square,
    pub(super) log_likelihood: f64,
}

/// One reading as the backward pass needs it.
struct Seen {
    parts: Vec<usize>,
    surprise: f64,
    variance: f64,
    gain: Vec<f64>,
}

/// One step before its readings.
struct Ahead {
    level: f64,
    level_row: Vec<f64>,
    seen: Vec<Seen>,
}

/// `ln 2π`
const LOG_TAU: f64 = 1.837_877_066_409_345_3;

pub(super) fn log_normal_density(distance: f64, variance: f64) -> f64 {
    -0.5 * (LOG_TAU + libm::log(variance) + distance * distance / variance)
}

struct Forward {
    mean: Vec<f64>,
    covariance: Square,
    log_likelihood: f64,
}

impl Forward {
    fn step(&mut self, system: &System, place: usize) {
        self.take_in(0, 1);
        for (cell, added) in self.covariance.cells.iter_mut().zip(&system.step_covariance.cells) {
            *cell += added;
        }
        if place <= system.summed {
            system.sums.iter().for_each(|(sum, part)| self.take_in(*sum, *part));
        }
    }

    fn take_in(&mut self, sum: usize, part: usize) {
        let taken = pick(&self.mean, part);
        if let Some(cell) = self.mean.get_mut(sum) {
            *cell += taken;
        }
        self.covariance.take_in(sum, part);
    }

    /// The covariance after a reading in the form of Bucy and Joseph (1968), which stays positive where the short form
    /// loses it to rounding.
    fn read(&mut self, observed: &Observed) -> Seen {
        let mut with = vec![0.0; self.mean.len()];
        for place in &observed.parts {
            for (cell, other) in with.iter_mut().zip(self.covariance.row(*place)) {
                *cell += other;
            }
        }
        let variance = sum_at(&with, &observed.parts) + observed.variance;
        let surprise = observed.value - sum_at(&self.mean, &observed.parts);
        let gain: Vec<f64> = with.iter().map(|cell| cell / variance).collect();
        for (mean, gain) in self.mean.iter_mut().zip(&gain) {
            *mean += gain * surprise;
        }
        for (row, own) in self.covariance.rows_mut().zip(&gain) {
            for (cell, other) in row.iter_mut().zip(&with) {
                *cell -= own * other;
            }
            let left = sum_at(row, &observed.parts) - observed.variance * own;
            for (cell, other) in row.iter_mut().zip(&gain) {
                *cell -= left * other;
            }
        }
        self.log_likelihood += log_normal_density(surprise, variance);
        Seen { parts: observed.parts.clone(), surprise, variance, gain }
    }
}

/// The logarithm of the readings' density.
pub(super) fn log_likelihood(system: &System) -> f64 {
    run(system, |_| {}).log_likelihood
}

fn run(system: &System, mut keep: impl FnMut(Ahead)) -> Forward {
    let mut forward =
        Forward { mean: system.mean.clone(), covariance: system.covariance.clone(), log_likelihood: 0.0 };
    for (place, readings) in system.steps.iter().enumerate() {
        if place > 0 {
            forward.step(system, place);
        }
        let level = pick(&forward.mean, 0);
        let level_row = forward.covariance.row(0).to_vec();
        let seen = readings.iter().map(|observed| forward.read(observed)).collect();
        keep(Ahead { level, level_row, seen });
    }
    forward
}

/// The last state before any reading. It has no levels.
pub(super) fn unread(system: &System) -> Smoothed {
    let Forward { mean, covariance, .. } = run(system, |_| {});
    Smoothed { levels: Vec::new(), mean, covariance, log_likelihood: 0.0 }
}

/// Forward and back. The backward pass is the one of Durbin and Koopman, "Time Series Analysis by State Space Methods",
/// 2nd ed. 2012, section 6.4: the same moments as Rauch, Tung and Striebel's, without the inverse that a bias fixed by a
/// constraint does not have.
pub(super) fn smooth(system: &System) -> Smoothed {
    let mut steps = Vec::with_capacity(system.steps.len());
    let forward = run(system, |ahead| steps.push(ahead));
    let size = system.mean.len();
    let mut pull = vec![0.0; size];
    let mut weight = Square::zeros(size);
    let mut levels = Vec::with_capacity(steps.len());
    for (place, ahead) in steps.iter().enumerate().rev() {
        for seen in ahead.seen.iter().rev() {
            back(&mut pull, &mut weight, seen);
        }
        let mean = ahead.level + dot(&ahead.level_row, &pull);
        let known = dot(&ahead.level_row, &weight.times(&ahead.level_row));
        levels.push(Gauss { mean, variance: (pick(&ahead.level_row, 0) - known).max(0.0) });
        if place > 0 {
            // Transposed and in reverse: what pulls a sum pulls its part of the step before.
            let sums = if place <= system.summed { system.sums.as_slice() } else { &[] };
            for (sum, part) in sums.iter().rev().chain([&(0, 1)]) {
                let pulled = pick(&pull, *sum);
                if let Some(cell) = pull.get_mut(*part) {
                    *cell += pulled;
                }
                weight.take_in(*part, *sum);
            }
        }
    }
    levels.reverse();
    Smoothed {
        levels,
        mean: forward.mean,
        covariance: forward.covariance,
        log_likelihood: forward.log_likelihood,
    }
}

fn back(pull: &mut [f64], weight: &mut Square, seen: &Seen) {
    let new = seen.surprise / seen.variance - dot(&seen.gain, pull);
    for place in &seen.parts {
        if let Some(cell) = pull.get_mut(*place) {
            *cell += new;
        }
    }
    let with = weight.times(&seen.gain);
    let corner = dot(&seen.gain, &with) + 1.0 / seen.variance;
    for (row, own) in weight.rows_mut().zip(&with) {
        for place in &seen.parts {
            if let Some(cell) = row.get_mut(*place) {
                *cell -= own;
            }
        }
    }
    for row in &seen.parts {
        for (cell, other) in weight.row_mut(*row).iter_mut().zip(&with) {
            *cell -= other;
        }
        for column in &seen.parts {
            weight.add(*row, *column, corner);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chance::Chance;

    /// A mean and its weights on independent normals.
    type Row = (f64, Vec<f64>);

    /// The same question as one large normal vector: `levels, last state, readings` as sums of independent normals, and the
    /// conditional moments by Gauss and Jordan.
    struct Joint {
        rows: Vec<Row>,
    }

    fn joint(system: &System, root: &[Vec<f64>], added: &[Vec<f64>]) -> (Joint, Vec<Row>, Vec<f64>) {
        let size = system.mean.len();
        let noises = size + system.steps.len() * size;
        let readings: usize = system.steps.iter().map(Vec::len).sum();
        let width = noises + readings;
        let mut state: Vec<Row> = (0..size)
            .map(|i| {
                let mut row = vec![0.0; width];
                row[..size].copy_from_slice(&root[i]);
                (system.mean[i], row)
            })
            .collect();
        let (mut levels, mut read, mut values, mut next) = (Vec::new(), Vec::new(), Vec::new(), noises);
        for (t, step) in system.steps.iter().enumerate() {
            if t > 0 {
                let slope = state[1].clone();
                state[0].0 += slope.0;
                for (a, b) in state[0].1.iter_mut().zip(slope.1) {
                    *a += b;
                }
                for (own, added) in state.iter_mut().zip(added) {
                    let noise = own.1[size + t * size..].iter_mut();
                    noise.zip(added).for_each(|(cell, added)| *cell += added);
                }
                for (sum, part) in system.sums.iter().filter(|_| t <= system.summed) {
                    let own = state[*part].clone();
                    state[*sum].0 += own.0;
                    state[*sum].1.iter_mut().zip(own.1).for_each(|(a, b)| *a += b);
                }
            }
            levels.push(state[0].clone());
            for observed in step {
                let mut row = (0.0, vec![0.0; width]);
                for part in &observed.parts {
                    row.0 += state[*part].0;
                    for (a, b) in row.1.iter_mut().zip(&state[*part].1) {
                        *a += b;
                    }
                }
                row.1[next] = observed.variance.sqrt();
                next += 1;
                read.push(row);
                values.push(observed.value);
            }
        }
        levels.extend(state);
        (Joint { rows: levels }, read, values)
    }

    fn conditional(joint: &Joint, read: &[Row], values: &[f64]) -> Vec<Gauss> {
        let n = read.len();
        let mut matrix: Vec<Vec<f64>> = read
            .iter()
            .enumerate()
            .map(|(i, a)| {
                let mut row: Vec<f64> = read.iter().map(|b| dot(&a.1, &b.1)).collect();
                row.extend((0..n).map(|j| f64::from(u8::from(i == j))));
                row
            })
            .collect();
        for i in 0..n {
            let pivot = matrix[i][i];
            matrix[i].iter_mut().for_each(|cell| *cell /= pivot);
            let own = matrix[i].clone();
            for (j, row) in matrix.iter_mut().enumerate() {
                let factor = row[i];
                if j != i {
                    row.iter_mut().zip(&own).for_each(|(cell, other)| *cell -= factor * other);
                }
            }
        }
        let of = |row: &Row| {
            let cross: Vec<f64> = read.iter().map(|own| dot(&row.1, &own.1)).collect();
            let weights: Vec<f64> = matrix.iter().map(|own| dot(&own[n..], &cross)).collect();
            let away: Vec<f64> = read.iter().zip(values).map(|(own, value)| value - own.0).collect();
            Gauss {
                mean: row.0 + dot(&weights, &away),
                variance: dot(&row.1, &row.1) - dot(&weights, &cross),
            }
        };
        joint.rows.iter().map(of).collect()
    }

    fn cross(rows: &[Vec<f64>]) -> Square {
        let mut made = Square::zeros(rows.len());
        for (i, a) in rows.iter().enumerate() {
            for (j, b) in rows.iter().enumerate() {
                made.add(i, j, dot(a, b));
            }
        }
        made
    }

    #[test]
    fn the_smoother_is_the_conditional_normal() {
        let mut chance = Chance::seeded(9);
        for case in 0..20 {
            // Level, slope, two biases that add to zero, two walks that do (both singular), the sum of the second walk.
            let on = |place: usize, value: f64| {
                let mut row = vec![0.0; 7];
                row[place] = value;
                row
            };
            let root = vec![
                on(0, 2.0),
                on(1, 0.3),
                on(2, 0.2),
                on(2, -0.2),
                vec![0.0; 7],
                vec![0.0; 7],
                vec![0.0; 7],
            ];
            let step = vec![
                on(0, 0.14),
                on(1, 0.05),
                vec![0.0; 7],
                vec![0.0; 7],
                on(4, 0.1),
                on(4, -0.1),
                vec![0.0; 7],
            ];
            let steps = (0..9)
                .map(|t| {
                    let mut readings = Vec::new();
                    if t != 4 {
                        readings.push(Observed {
                            parts: vec![0, 2, 4],
                            value: 5.0 + chance.normal(),
                            variance: 0.02,
                        });
                    }
                    if t % 3 != case % 3 {
                        readings.push(Observed {
                            parts: vec![0, 3, 5],
                            value: 4.0 + chance.normal(),
                            variance: 0.03,
                        });
                    }
                    readings
                })
                .collect();
            let system = System {
                mean: vec![4.5, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0],
                covariance: cross(&root),
                step_covariance: cross(&step),
                sums: vec![(6, 5)],
                summed: 6,
                steps,
            };
            let smoothed = smooth(&system);
            let (wanted, read, values) = joint(&system, &root, &step);
            let wanted = conditional(&wanted, &read, &values);
            for (own, want) in smoothed.levels.iter().zip(&wanted) {
                assert!((own.mean - want.mean).abs() < 1e-9, "{own:?} {want:?}");
                assert!((own.variance - want.variance).abs() < 1e-9, "{own:?} {want:?}");
            }
            for (place, want) in wanted[9..].iter().enumerate() {
                assert!((smoothed.mean[place] - want.mean).abs() < 1e-9);
                assert!((smoothed.covariance.at(place, place) - want.variance).abs() < 1e-9);
            }
            assert_eq!(smoothed.log_likelihood.to_bits(), log_likelihood(&system).to_bits());
        }
    }
}
