//! Comb (systematic) sampling in integers: the lots lie end to end along a line in random order, and the teeth of a comb
//! that is shifted at random pick those they touch. Also the split of a slot's masses by what became of the one
//! container that may have been scanned before. Never uses a fraction: every chance is a count of offsets.

/// Certainty: a chance is `units / GRID`. The parts in which the game gives its coverage, so that a draw keeps them as
/// they are; below 2^53, so that every reader of JSON does.
pub const GRID: u64 = crate::game::PARTS;

/// What a slot's draw is made from: of the `spacing` offsets of the comb, `weights[j]` pick lot `j`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Lots {
    // INVARIANT: no weight exceeds the spacing, so no lot is picked twice.
    weights: Vec<u64>,
    spacing: u64,
}

/// The container that had mass in earlier slots of the draw: at most one per slot.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Incoming {
    /// Its place among the slot's lots.
    pub place: usize,
    /// Its mass in the earlier slots that were drawn: the chance, in units, that it was scanned before.
    pub before: u64,
    pub scanned: bool,
}

impl Lots {
    /// The lots of a slot given what is known. With `masses[j]` units of `grid` each, and an incoming container, there are
    /// two states: it was scanned before (`before` of `grid`) or not. Each mass is split into what it weighs in either
    /// state, so that over both states every chance is exactly its mass.
    pub fn given(masses: &[u64], incoming: Option<Incoming>, grid: u64) -> Self {
        match incoming {
            Some(Incoming { place, before, scanned }) if before > 0 && before < grid => {
                let scanned_weights = split(masses, place, before, grid);
                if scanned {
                    Self { weights: scanned_weights, spacing: before }
                } else {
                    let weights =
                        masses.iter().zip(&scanned_weights).map(|(mass, part)| mass - part).collect();
                    Self { weights, spacing: grid - before }
                }
            }
            _ => Self { weights: masses.to_vec(), spacing: grid },
        }
    }

    pub fn spacing(&self) -> u64 {
        self.spacing
    }

    pub fn weights(&self) -> &[u64] {
        &self.weights
    }

    pub fn len(&self) -> usize {
        self.weights.len()
    }

    pub fn is_empty(&self) -> bool {
        self.weights.is_empty()
    }

    /// The lots that a comb at `offset < spacing` touches when they lie in `order`, in ascending places.
    pub fn comb(&self, order: &[u32], offset: u64) -> Vec<usize> {
        // Teeth before a point of the line: those at offset, offset + spacing, ... below it.
        let teeth = |point: u64| (point + self.spacing - 1 - offset) / self.spacing;
        let mut picked = Vec::new();
        let (mut point, mut before) = (0, 0);
        for place in order.iter().map(|place| *place as usize) {
            point += self.weights.get(place).copied().unwrap_or(0);
            let after = teeth(point);
            if after > before {
                picked.push(place);
            }
            before = after;
        }
        picked.sort_unstable();
        picked
    }
}

/// How much of each mass falls in the state "the lot at `incoming` was scanned before", which has `before` of the `grid`
/// units. The rest falls in the other state. The incoming lot has nothing in the first state; both states' sums stay
/// within the floor and the ceiling of the slot's sum, in their own units. Shares follow the masses as nearly as that
/// allows, so that knowing the state tells little about any other container.
fn split(masses: &[u64], incoming: usize, before: u64, grid: u64) -> Vec<u64> {
    let rest = grid - before;
    let total: u64 = masses.iter().sum();
    let (least, most) = (total / grid, total.div_ceil(grid));
    // Bounds of each part: neither state may owe a lot more than certainty.
    let bounds = |(place, mass): (usize, &u64)| {
        if place == incoming { (0, 0) } else { (mass.saturating_sub(rest), before.min(*mass)) }
    };
    let limits: Vec<(u64, u64)> = masses.iter().enumerate().map(bounds).collect();
    // Where nothing forces otherwise, the others' chances are the same in both states.
    let mut parts: Vec<u64> = masses
        .iter()
        .zip(&limits)
        .map(|(mass, (low, high))| scaled(*mass, before, grid).clamp(*low, *high))
        .collect();
    let low: u64 = limits.iter().map(|(low, _)| low).sum();
    let high: u64 = limits.iter().map(|(_, high)| high).sum();
    // INVARIANT: the interval is never empty (docs/port-draw.md, "Why there is always a split").
    let floor = low.max(total.saturating_sub(most * rest)).max(least * before);
    let ceiling = high.min(most * before).min(total - least * rest);
    let sum: u64 = parts.iter().sum();
    if sum < floor {
        let room: Vec<u64> = parts.iter().zip(&limits).map(|(part, (_, high))| high - part).collect();
        for (part, more) in parts.iter_mut().zip(spread(floor - sum, &room)) {
            *part += more;
        }
    } else if sum > ceiling {
        let room: Vec<u64> = parts.iter().zip(&limits).map(|(part, (low, _))| part - low).collect();
        for (part, less) in parts.iter_mut().zip(spread(sum - ceiling, &room)) {
            *part -= less;
        }
    }
    parts
}

/// `amount` shared out in proportion to the room, whole units, what rounding leaves going to the first with room.
fn spread(amount: u64, room: &[u64]) -> Vec<u64> {
    let total = room.iter().sum();
    let mut shares: Vec<u64> = room.iter().map(|room| scaled(*room, amount, total)).collect();
    let mut left = amount - shares.iter().sum::<u64>();
    for (share, room) in shares.iter_mut().zip(room) {
        let more = left.min(room - *share);
        *share += more;
        left -= more;
    }
    shares
}

/// `floor(value * part / whole)`, where `part <= whole`.
fn scaled(value: u64, part: u64, whole: u64) -> u64 {
    if whole == 0 { 0 } else { (u128::from(value) * u128::from(part) / u128::from(whole)) as u64 }
}
