//! How a place departs from the feed as a whole: ends of silences seen there against those to be expected, by cell,
//! each cell drawn towards the larger one that holds it (gamma frailty). Knows no vessel and no coast.

use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use super::curve::Curve;

/// Edge of the cells of each level as multiples of the smallest.
const SIDES: [i32; 3] = [1, 4, 16];
/// Silences up to five minutes, up to an hour, and longer: a place can be heard well and still be left by all.
/// First half octave of each: 256 s, 4,096 s.
const BANDS: [usize; 4] = [0, 16, 24, super::curve::BINS];
const BAND_COUNT: usize = 3;

/// The band of a half octave.
const fn band(bin: usize) -> usize {
    if bin < BANDS[1] {
        0
    } else if bin < BANDS[2] {
        1
    } else {
        2
    }
}

/// Row, column and level.
type Key = (i32, i32, u8);

#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
struct Cell {
    key: Key,
    parent: u32,
    /// Number of the window when it was touched last.
    touched: i64,
    #[serde(with = "super::bits")]
    ended: [f64; BAND_COUNT],
    #[serde(with = "super::bits")]
    expected: [f64; BAND_COUNT],
}

/// Where a cell is kept, as long as none has been given up since.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Kept {
    key: Key,
    index: u32,
    generation: u32,
}

/// What is expected of a place: for each band the two parameters of a gamma distribution of its factor.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Factors([(f64, f64); BAND_COUNT]);

/// All cells.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(from = "Saved", into = "Saved")]
pub struct Places {
    cells: Vec<Cell>,
    index: FxHashMap<Key, u32>,
    generation: u32,
}

#[derive(Serialize, Deserialize)]
struct Saved {
    cells: Vec<Cell>,
}

impl From<Saved> for Places {
    fn from(saved: Saved) -> Self {
        let mut places = Self::default();
        for cell in saved.cells {
            // A parent that is not there is made: what was saved may have been cut.
            let place = places.make(cell.key);
            if let Some(made) = places.cells.get_mut(place as usize) {
                *made = Cell { parent: made.parent, ..cell };
            }
        }
        places
    }
}

impl From<Places> for Saved {
    fn from(places: Places) -> Self {
        Self { cells: places.cells }
    }
}

impl PartialEq for Places {
    fn eq(&self, other: &Self) -> bool {
        self.cells == other.cells
    }
}

impl Default for Places {
    fn default() -> Self {
        let all = Cell {
            key: (0, 0, SIDES.len() as u8),
            parent: 0,
            touched: 0,
            ended: [0.0; 3],
            expected: [0.0; 3],
        };
        Self { cells: vec![all], index: FxHashMap::default(), generation: 0 }
    }
}

/// What the past still weighs: 1 now, less with every window since.
#[derive(Clone, Copy, Debug)]
pub struct Fading {
    pub window: i64,
    pub half_life: f64,
}

impl Fading {
    pub fn since(&self, window: i64) -> f64 {
        if window >= self.window {
            1.0
        } else {
            libm::exp2(-(self.window.saturating_sub(window) as f64) / self.half_life)
        }
    }
}

impl Places {
    pub const fn len(&self) -> usize {
        self.cells.len()
    }

    /// The smallest cell of a place, made when there is none. `known`: where it, or one near, was kept last.
    pub fn keep(&mut self, row: i32, column: i32, known: Option<Kept>) -> Kept {
        let key = (row, column, 0);
        if let Some(kept) = known
            && kept.key == key
            && kept.generation == self.generation
        {
            return kept;
        }
        Kept { key, index: self.make(key), generation: self.generation }
    }

    fn make(&mut self, key: Key) -> u32 {
        if let Some(index) = self.index.get(&key) {
            return *index;
        }
        let (row, column, level) = key;
        let next = usize::from(level) + 1;
        let parent = match (SIDES.get(usize::from(level)), SIDES.get(next)) {
            (Some(own), Some(side)) => {
                let by = side / own;
                self.make((row.div_euclid(by), column.div_euclid(by), next as u8))
            }
            _ => 0,
        };
        if usize::from(level) >= SIDES.len() {
            return 0;
        }
        let index = self.cells.len() as u32;
        self.cells.push(Cell { key, parent, touched: i64::MIN, ended: [0.0; 3], expected: [0.0; 3] });
        self.index.insert(key, index);
        index
    }

    /// From a cell up to the largest that holds it.
    fn chain(&self, kept: Kept) -> [u32; SIDES.len()] {
        let index = if kept.generation == self.generation {
            Some(kept.index)
        } else {
            self.index.get(&kept.key).copied()
        };
        let mut chain = [0; SIDES.len()];
        let mut at = index.unwrap_or(0);
        for slot in &mut chain {
            *slot = at;
            at = self.cells.get(at as usize).map_or(0, |cell| cell.parent);
        }
        chain
    }

    /// A silence there went from half octave `from` through `to`, and ended in it if `ended`; `weight` negative takes
    /// back what was said before.
    pub fn silence(
        &mut self,
        kept: Kept,
        curve: &Curve,
        through: (usize, usize),
        ended: bool,
        weight: f64,
        fading: Fading,
    ) {
        let (from, to) = through;
        let mut expected = [0.0; BAND_COUNT];
        for (index, slot) in expected.iter_mut().enumerate() {
            let (Some(begin), Some(end)) = (BANDS.get(index), BANDS.get(index + 1)) else { continue };
            let (begin, end) = ((*begin).max(from), (*end).min(to));
            if begin < end {
                *slot = weight * curve.expected(begin, end);
            }
        }
        let last = band(to.saturating_sub(1));
        for index in self.chain(kept) {
            let Some(cell) = self.cells.get_mut(index as usize) else { continue };
            if cell.touched < fading.window {
                let factor = if cell.touched == i64::MIN { 1.0 } else { fading.since(cell.touched) };
                cell.ended.iter_mut().chain(&mut cell.expected).for_each(|sum| *sum *= factor);
                cell.touched = fading.window;
            }
            for (sum, more) in cell.expected.iter_mut().zip(expected) {
                *sum = (*sum + more).max(0.0);
            }
            if ended && let Some(sum) = cell.ended.get_mut(last) {
                *sum = (*sum + weight).max(0.0);
            }
        }
    }

    /// What to expect of the place, each level drawn towards the next larger by `shrinkage` ends; and the number of ends
    /// seen in the smallest of the two smallest levels that has at least `enough`.
    pub fn factors(&self, kept: Kept, shrinkage: f64, enough: f64, fading: Fading) -> (Factors, Option<f64>) {
        let mut factors = [(shrinkage, shrinkage); BAND_COUNT];
        let mut seen = None;
        let chain = self.chain(kept);
        for (level, index) in chain.iter().enumerate().rev() {
            let Some(cell) = self.cells.get(*index as usize).filter(|_| *index != 0) else { continue };
            let weight = fading.since(cell.touched);
            for (band, factor) in factors.iter_mut().enumerate() {
                let (ended, expected) = (cell.ended.get(band), cell.expected.get(band));
                let mean = factor.0 / factor.1;
                *factor = (
                    shrinkage * mean + weight * ended.copied().unwrap_or_default(),
                    shrinkage + weight * expected.copied().unwrap_or_default(),
                );
            }
            let count: f64 = weight * cell.ended.iter().sum::<f64>();
            if level < 2 && count >= enough {
                seen = Some(count);
            }
        }
        (Factors(factors), seen)
    }

    /// Gives up the cells that weigh least when there are more than `most`.
    pub fn thin(&mut self, most: usize, fading: Fading) {
        if self.cells.len() <= most {
            return;
        }
        let mut smallest: Vec<(f64, Cell)> = self
            .cells
            .iter()
            .filter(|cell| cell.key.2 == 0)
            .map(|cell| (fading.since(cell.touched) * cell.expected.iter().sum::<f64>(), *cell))
            .collect();
        smallest.sort_by(|(a, one), (b, other)| b.total_cmp(a).then(one.key.cmp(&other.key)));
        // Each may need two larger ones of its own.
        smallest.truncate(most / 4);
        let mut kept = Self { generation: self.generation.wrapping_add(1), ..Self::default() };
        for (_, cell) in smallest {
            // With all that hold it.
            let mut at = kept.make(cell.key);
            while let Some(made) = kept.cells.get_mut(at as usize).filter(|_| at != 0) {
                at = made.parent;
                if let Some(old) = self.index.get(&made.key).and_then(|old| self.cells.get(*old as usize)) {
                    *made = Cell { parent: made.parent, ..*old };
                }
            }
        }
        if let (Some(all), Some(old)) = (kept.cells.first_mut(), self.cells.first()) {
            *all = *old;
        }
        *self = kept;
    }
}

impl Factors {
    /// Probability that a vessel that transmits is not heard for so long, given the curve of its kind; and the mean time
    /// that it was not heard until then, in seconds.
    pub fn survival(&self, curve: &Curve, micros: i64) -> (f64, f64) {
        let mut walk = Walk::default();
        let through = super::curve::bin(micros);
        for bin in 0..=through {
            let part = if bin == through { super::curve::share(micros) } else { 1.0 };
            walk.step(self, curve, bin, part);
        }
        (walk.survival, walk.mean_s)
    }

    /// The length by which half of the silences have ended, seconds.
    pub fn half_end_s(&self, curve: &Curve) -> f64 {
        let mut walk = Walk::default();
        for bin in 0..super::curve::BINS {
            let before = walk.survival;
            walk.step(self, curve, bin, 1.0);
            if walk.survival < 0.5 {
                let share = (before - 0.5) / (before - walk.survival);
                let (from, to) = (super::curve::begins_s(bin), super::curve::begins_s(bin + 1));
                return from + share * (to - from);
            }
        }
        super::curve::begins_s(super::curve::BINS)
    }
}

/// Half octave by half octave along a curve.
struct Walk {
    band: usize,
    /// Cumulative hazard within the band, and the survival before it.
    sum: f64,
    before: f64,
    survival: f64,
    mean_s: f64,
}

impl Default for Walk {
    fn default() -> Self {
        // Nothing ends within the first second, before the first half octave.
        Self { band: 0, sum: 0.0, before: 1.0, survival: 1.0, mean_s: 1.0 }
    }
}

impl Walk {
    fn step(&mut self, factors: &Factors, curve: &Curve, bin: usize, part: f64) {
        let now = band(bin);
        if now != self.band {
            (self.band, self.sum, self.before) = (now, 0.0, self.survival);
        }
        let hazard = curve.hazards().get(bin).copied().unwrap_or_default();
        self.sum -= part * libm::log1p(-hazard);
        let (shape, rate) = factors.0.get(now).copied().unwrap_or((1.0, 1.0));
        let after = self.before * libm::exp(-shape * libm::log1p(self.sum / rate));
        let length = part * (super::curve::begins_s(bin + 1) - super::curve::begins_s(bin));
        self.mean_s += length * 0.5 * (self.survival + after);
        self.survival = after;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Fading = Fading { window: 0, half_life: 100.0 };

    /// INVARIANT: the cells kept are bounded, and those that were heard most are among them.
    #[test]
    fn the_cells_kept_are_bounded_and_those_heard_most_are_among_them() {
        let mut places = Places::default();
        let curve = Curve::default();
        let mut well = None;
        for row in 0..5_000 {
            places.thin(400, NOW);
            assert!(places.len() <= 403);
            let kept = places.keep(row, -row, None);
            places.silence(kept, &curve, (0, 10), true, 1.0, NOW);
            let often = places.keep(7, 7, well);
            places.silence(often, &curve, (0, 10), true, 1.0, NOW);
            well = Some(often);
        }
        let (_, seen) = places.factors(well.unwrap(), 8.0, 30.0, NOW);
        assert!(seen.is_some_and(|seen| (seen - 5_000.0).abs() < 2.0), "{seen:?}");
        assert_eq!(places.factors(places.clone().keep(1, -1, None), 8.0, 30.0, NOW).1, None);
    }

    #[test]
    fn a_place_that_is_heard_badly_leaves_longer_silences() {
        let mut places = Places::default();
        let mut curve = Curve::default();
        for _ in 0..1_000 {
            curve.end(6, 1.0, &super::super::curve::PRIOR);
        }
        let (good, bad) = (places.keep(0, 0, None), places.keep(100, 100, None));
        for _ in 0..100 {
            places.silence(good, &curve, (0, 7), true, 1.0, NOW);
            places.silence(bad, &curve, (0, 12), true, 1.0, NOW);
        }
        let survival = |place| places.factors(place, 8.0, 30.0, NOW).0.survival(&curve, 30_000_000);
        let ((here, mean), (there, longer)) = (survival(good), survival(bad));
        assert!(here < there && there < 1.0, "{here} {there}");
        assert!(mean < longer && longer < 30.0, "{mean} {longer}");
    }
}
