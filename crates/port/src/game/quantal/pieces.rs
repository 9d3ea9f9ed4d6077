//! The separable terms of a quantal response and their maximum at a price: e^(−κc)·(saved·c + lost − r), with
//! weights relative to a level of the attacker's payoff. Works with logarithms, so that no payoff overflows.

use super::QuantalGame;

/// The term of one target.
#[derive(Debug, Clone, Copy)]
struct Piece {
    /// Logarithm of the weight uncovered.
    log_weight: f64,
    /// λ·range: how fast coverage scares the attacker off.
    kappa: f64,
    saved: f64,
    lost: f64,
    loot: f64,
    range: f64,
    /// Least and most coverage allowed.
    low: f64,
    high: f64,
}

/// All the terms of a game.
#[derive(Debug, Clone)]
pub(super) struct Pieces {
    pieces: Vec<Piece>,
}

/// Steps of the search for a price: a third of them alone would exhaust the digits of a double.
const MOST_STEPS: usize = 300;
/// Every round halves what is left between value and bound.
const MOST_ROUNDS: usize = 100;

impl Piece {
    fn log(&self, c: f64) -> f64 {
        self.log_weight - self.kappa * c
    }

    fn weight(&self, c: f64) -> f64 {
        libm::exp(self.log(c).min(700.0))
    }

    fn attacked(&self, c: f64) -> f64 {
        self.loot - self.range * c
    }

    fn defended(&self, c: f64) -> f64 {
        self.lost + self.saved * c
    }

    /// saved − κ·(lost − r): the slope at no coverage, per weight.
    fn steep(&self, r: f64) -> f64 {
        self.saved - self.kappa * (self.lost - r)
    }

    /// Where the term is highest after the price is paid, within the limits.
    fn best(&self, r: f64, log_price: f64) -> f64 {
        let steep = self.steep(r);
        let c = if steep <= 0.0 {
            0.0
        } else if self.saved > 0.0 {
            // weight·e^(−κc)·(steep − saved·κc) = price, with z = steep/saved − κc: z + ln z = what follows.
            let end = steep / self.saved;
            (end - wright(log_price - self.log_weight - libm::log(self.saved) + end)) / self.kappa
        } else {
            (self.log_weight + libm::log(steep) - log_price) / self.kappa
        };
        c.max(self.low).min(self.high)
    }
}

/// The z with z + ln z = `sum` (Wright's omega), by Newton steps from below, which never overshoot.
fn wright(sum: f64) -> f64 {
    let mut z = if sum > 1.0 {
        sum - libm::log(sum)
    } else {
        let e = libm::exp(sum);
        e / (1.0 + e)
    };
    if z <= 0.0 {
        return 0.0;
    }
    for _ in 0..60 {
        let next = z * (1.0 + sum - libm::log(z)) / (1.0 + z);
        if next.partial_cmp(&z) != Some(std::cmp::Ordering::Greater) {
            break;
        }
        z = next;
    }
    z
}

impl Pieces {
    /// The terms with weight 1 where the attacker earns `level`.
    pub(super) fn new(game: &QuantalGame, level: f64) -> Self {
        let lambda = f64::from(game.rationality().millionths()) / 1e6;
        let units = |hundredths: i64| hundredths as f64 / 100.0;
        let targets = game.security().targets();
        let piece = |t: &super::super::origami::Target| {
            let (loot, range) = (units(t.attacker_uncovered.get()), units(t.range()));
            let (lost, saved) = (units(t.defender_uncovered.get()), units(t.saved()));
            let (log_weight, kappa) = (lambda * (loot - level), lambda * range);
            Piece { log_weight, kappa, saved, lost, loot, range, low: 0.0, high: 1.0 }
        };
        Self { pieces: targets.iter().map(piece).collect() }
    }

    /// The same terms with limits on the coverage.
    pub(super) fn limited(&self, limits: impl Iterator<Item = (f64, f64)>) -> Self {
        let limited = self.pieces.iter().zip(limits);
        Self { pieces: limited.map(|(piece, (low, high))| Piece { low, high, ..*piece }).collect() }
    }

    /// The mean by weights relative to the largest: some weight is always 1.
    fn mean(&self, coverage: &[f64], of: impl Fn(&Piece, f64) -> f64) -> f64 {
        let plays = || self.pieces.iter().zip(coverage);
        let top = plays().map(|(piece, c)| piece.log(*c)).fold(f64::NEG_INFINITY, f64::max);
        let (mut mass, mut sum) = (0.0, 0.0);
        for (piece, c) in plays() {
            let weight = libm::exp(piece.log(*c) - top);
            mass += weight;
            sum += weight * of(piece, *c);
        }
        sum / mass
    }

    /// What the attacker earns at his best reply.
    pub(super) fn level(&self, coverage: &[f64]) -> f64 {
        let earns = self.pieces.iter().zip(coverage).map(|(piece, c)| piece.attacked(*c));
        earns.fold(f64::NEG_INFINITY, f64::max)
    }

    /// What the defender expects.
    pub(super) fn defended(&self, coverage: &[f64]) -> f64 {
        self.mean(coverage, Piece::defended)
    }

    /// What the attacker expects.
    pub(super) fn attacked(&self, coverage: &[f64]) -> f64 {
        self.mean(coverage, Piece::attacked)
    }

    /// The coverage that is best for the defender, within the limits.
    pub(super) fn optimum(&self, resources: f64) -> Vec<f64> {
        let mut coverage: Vec<f64> = self.pieces.iter().map(|piece| piece.low).collect();
        let mut r = self.defended(&coverage);
        let mut above = self.pieces.iter().map(|piece| piece.lost + piece.saved).fold(r, f64::max);
        for _ in 0..MOST_ROUNDS {
            // Dinkelbach's step converges fast once it is near, but for large λ it only creeps; a halving between
            // what is reached and what cannot be passed brings it near.
            let (next, _) = self.at(r, resources);
            let value = self.defended(&next);
            let gained = value - r;
            if gained > 0.0 {
                (coverage, r) = (next, value);
            }
            // Less is rounding, which would go on for ever.
            if gained.is_nan() || gained <= 1e-14 * r.abs().max(1.0) {
                break;
            }
            let middle = 0.5 * (r + above);
            let (next, _) = self.at(middle, resources);
            let value = self.defended(&next);
            if value < middle {
                above = middle;
            }
            if value > r {
                (coverage, r) = (next, value);
            }
        }
        coverage
    }

    /// The coverage that maximises the terms at the value `r`, and the price of coverage there.
    fn at(&self, r: f64, resources: f64) -> (Vec<f64>, f64) {
        let spend = |log_price: f64| self.pieces.iter().map(|piece| piece.best(r, log_price)).sum::<f64>();
        let coverage = |log_price: f64| self.pieces.iter().map(|piece| piece.best(r, log_price)).collect();
        if spend(f64::NEG_INFINITY) <= resources {
            return (coverage(f64::NEG_INFINITY), 0.0);
        }
        let slopes =
            self.pieces.iter().map(|piece| (piece, libm::log(piece.steep(r).max(f64::MIN_POSITIVE))));
        let mut high =
            slopes.map(|(piece, log)| piece.log_weight + log).fold(f64::NEG_INFINITY, f64::max) + 1.0;
        // Below this price every term is paid for to within the last digit of its end.
        let cheapest = self.pieces.iter().map(|piece| piece.log(1.0)).fold(f64::INFINITY, f64::min);
        let mut low = cheapest.min(high) - 800.0;
        // Regula falsi with Illinois weights, and every third step a halving so that it cannot stall.
        let (mut over, mut under) = (spend(low) - resources, spend(high) - resources);
        for step in 0..MOST_STEPS {
            let falsi = high - under * (high - low) / (under - over);
            let halving = step % 3 == 2 || falsi <= low || falsi >= high || falsi.is_nan();
            let next = if halving { 0.5 * (low + high) } else { falsi };
            if next <= low || next >= high {
                break;
            }
            let excess = spend(next) - resources;
            if excess > 0.0 {
                (low, over) = (next, excess);
                under *= 0.5;
            } else {
                (high, under) = (next, excess);
                over *= 0.5;
                if excess >= -1e-13 * resources {
                    break;
                }
            }
        }
        (coverage(high), libm::exp(high))
    }

    /// A value above `r` that no coverage reaches, and the price that proves it.
    pub(super) fn bound(&self, r: f64, resources: f64) -> Option<(f64, f64)> {
        let scale = r.abs().max(1.0);
        let mut above = scale * 1e-13;
        while above < scale * 1e-2 {
            let (coverage, price) = self.at(r + above, resources);
            let mut dual = price * resources;
            let mut size = dual;
            for (piece, c) in self.pieces.iter().zip(coverage) {
                let term = piece.weight(c) * (piece.defended(c) - r - above);
                dual += term - price * c;
                size += term.abs();
            }
            if dual <= -1e-15 * size {
                return Some((r + above, price));
            }
            above *= 2.0;
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::wright;

    #[test]
    fn omega_solves_its_equation() {
        for step in -60..400 {
            let sum = f64::from(step) * 0.5;
            let z = wright(sum);
            assert!((z + libm::log(z) - sum).abs() < 1e-12 * sum.abs().max(1.0), "{sum}: {z}");
        }
        assert_eq!(wright(-1e4), 0.0);
    }
}
