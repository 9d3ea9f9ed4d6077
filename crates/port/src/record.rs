//! Whether the picks of many draws follow the chances that were committed to: a chi-square over boxes of like chance.
//! Says no more than that: a single pick is proven by deriving it again (`draw::verify`), not by a statistic.

use std::collections::{BTreeMap, BTreeSet};

use crate::draw::{Bundle, GRID, Label, Verified};

#[cfg(test)]
mod tests;

/// Picks below which nothing is said.
pub const FEWEST_PICKS: u32 = 30;
/// The least variance of a bin: it holds at least five expected picks and five expected boxes passed over, so that its
/// number of picks is near to normal (W. G. Cochran's rule for chi-square, 1954).
const LEAST_VARIANCE: f64 = 5.0;
const MOST_BINS: usize = 10;
/// Below this p the picks are said not to follow the chances. Looked at each day for a month, a limit of 5 % would be
/// passed by fair draws too.
pub const LEVEL: f64 = 0.01;

/// One box of one draw: its committed chance in the slots that were drawn, in units of the grid, and whether one of them
/// picked it. A box is picked at most once in a draw, so this is a yes with just that chance.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Chance {
    pub units: u64,
    pub picked: bool,
}

/// Boxes of like chance.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct Bin {
    pub boxes: u32,
    pub picked: u32,
    pub expected: f64,
    /// The sum of p (1 - p): at least the variance of `picked`.
    pub variance: f64,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Verdict {
    Follows,
    Departs,
    TooFew,
}

impl Verdict {
    pub const fn code(self) -> &'static str {
        match self {
            Self::Follows => "follows",
            Self::Departs => "departs",
            Self::TooFew => "too_few",
        }
    }
}

#[derive(Clone, PartialEq, Debug)]
pub struct Fit {
    /// Boxes that something was left to chance for.
    pub boxes: u32,
    /// Of these, picked.
    pub picks: u32,
    pub bins: Vec<Bin>,
    /// Chi-square and its p; none where the picks are too few.
    pub statistic: Option<(f64, f64)>,
    pub verdict: Verdict,
}

/// The chances that a draw's open slots gave, and what became of them. Slots that were not drawn picked nobody: their
/// part of a chance does not count. Boxes that were certain to be picked, or not to be, tell nothing and are left out.
pub fn chances(bundle: &Bundle, verified: &Verified) -> Vec<Chance> {
    let drawn = || verified.slots.iter().filter(|slot| slot.round.is_some());
    let slots: BTreeSet<u32> = drawn().map(|slot| slot.slot).collect();
    let picked: BTreeSet<&Label> = drawn().flat_map(|slot| &slot.picks).collect();
    let of = |entry: &crate::draw::Entry| {
        let open = entry.plan.iter().filter(|(slot, _)| slots.contains(slot));
        Chance { units: open.map(|(_, units)| units).sum(), picked: picked.contains(&entry.container) }
    };
    bundle.list.iter().map(of).filter(|chance| (1..GRID).contains(&chance.units)).collect()
}

/// Chi-square of picks against chances.
///
/// Boxes of all draws are sorted by chance and cut into at most ten bins *b*, each of the same part of the whole variance.
/// With *O(b)* picks in a bin, *E(b)* the sum of its chances *p* and *V(b)* the sum of *p (1 - p)*, the statistic is the
/// sum of *(O - E)^2 / V*, against chi-square with as many degrees as bins.
///
/// Were every box picked independently, *V* would be the variance of *O*. It is not so: a slot's number of picks is fixed
/// to its floor or ceiling, so a box that is picked takes the place of others. The picks are associated negatively, the
/// variance of a bin is below *V*, and the statistic is smaller than its law says: p errs upwards, and a fair draw is
/// called unfair more rarely than `LEVEL` (a test counts it). The price: a small departure needs more picks to show.
pub fn fit(chances: &[Chance]) -> Fit {
    let mut sorted: BTreeMap<u64, (u32, u32)> = BTreeMap::new();
    for chance in chances.iter().filter(|chance| (1..GRID).contains(&chance.units)) {
        let (boxes, picked) = sorted.entry(chance.units).or_default();
        *boxes += 1;
        *picked += u32::from(chance.picked);
    }
    // Boxes of one chance stay in one bin: who is in which must not hang on the order of equal ones.
    let groups: Vec<Bin> =
        sorted.iter().map(|(units, (boxes, picked))| group(*units, *boxes, *picked)).collect();
    let whole: f64 = groups.iter().map(|group| group.variance).sum();
    let enough = f64::max(LEAST_VARIANCE, whole / MOST_BINS as f64);
    let mut bins: Vec<Bin> = Vec::new();
    for group in groups {
        match bins.last_mut() {
            Some(bin) if bin.variance < enough => bin.add(&group),
            _ => bins.push(group),
        }
    }
    if let Some(rest) = bins.pop_if(|bin| bin.variance < LEAST_VARIANCE) {
        match bins.last_mut() {
            Some(bin) => bin.add(&rest),
            None => bins.push(rest),
        }
    }
    let boxes = bins.iter().map(|bin| bin.boxes).sum();
    let picks = bins.iter().map(|bin| bin.picked).sum();
    let statistic = (picks >= FEWEST_PICKS && bins.len() > 1).then(|| {
        let sum = bins.iter().map(|bin| (f64::from(bin.picked) - bin.expected).powi(2) / bin.variance).sum();
        (sum, above(bins.len() as u32, sum))
    });
    let verdict = match statistic {
        None => Verdict::TooFew,
        Some((_, p)) if p < LEVEL => Verdict::Departs,
        Some(_) => Verdict::Follows,
    };
    Fit { boxes, picks, bins, statistic, verdict }
}

fn group(units: u64, boxes: u32, picked: u32) -> Bin {
    let p = units as f64 / GRID as f64;
    let expected = f64::from(boxes) * p;
    Bin { boxes, picked, expected, variance: expected * (1.0 - p) }
}

impl Bin {
    fn add(&mut self, other: &Self) {
        self.boxes += other.boxes;
        self.picked += other.picked;
        self.expected += other.expected;
        self.variance += other.variance;
    }
}

/// The chance that chi-square with so many degrees is at least `x`: the regularised incomplete gamma function
/// *Q(degrees/2, x/2)*. From *Q(1/2, x) = erfc(sqrt x)* or *Q(1, x) = exp(-x)*, by
/// *Q(a+1, x) = Q(a, x) + x^a exp(-x) / Gamma(a+1)* (DLMF 8.4.6, 8.4.5, 8.8.6); every term is positive.
pub fn above(degrees: u32, x: f64) -> f64 {
    let half = x / 2.0;
    if degrees == 0 || half <= 0.0 {
        return 1.0;
    }
    let (mut a, mut q) =
        if degrees % 2 == 1 { (0.5, libm::erfc(half.sqrt())) } else { (1.0, libm::exp(-half)) };
    while a < f64::from(degrees) / 2.0 {
        q += libm::exp(a * libm::log(half) - half - libm::lgamma(a + 1.0));
        a += 1.0;
    }
    q.min(1.0)
}
