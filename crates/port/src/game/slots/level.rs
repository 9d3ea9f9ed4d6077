//! The value of a slot game: the highest water level over all intervals of slots, found by Newton steps from below.
//! Each step takes the interval that overflows most, so the level only rises, and it ends after a few steps.

use super::super::proof::{Proof, UNIT};
use super::super::water::{Sharp, Slope, Target, need};
use super::SlotGame;

/// Containers with one window, as a range of the sorted targets.
#[derive(Debug, Clone, Copy)]
struct Bucket {
    first: usize,
    last: usize,
    start: usize,
    end: usize,
}

/// The game as the search wants it: targets sorted by window.
#[derive(Debug)]
pub(super) struct Field<'a> {
    game: &'a SlotGame,
    targets: Vec<Target>,
    /// Position in the game of each sorted target.
    origin: Vec<u32>,
    /// Ordered by last slot, then first.
    buckets: Vec<Bucket>,
}

/// The level that holds, and what forbids a lower one.
#[derive(Debug, Clone, Copy)]
pub(super) struct Top {
    /// In hundredths.
    pub level: f64,
    /// The interval of slots that is full at this level; `None` when a container is covered wholly.
    pub tight: Option<(usize, usize)>,
}

/// What is left of the game while spare capacity is spread: slots that are spoken for have none.
struct Left {
    capacity: Vec<f64>,
    /// Buckets still open.
    open: Vec<bool>,
}

/// Newton steps end long before this; the bound keeps rounding noise from going on for ever.
const MOST_STEPS: usize = 1_000;

impl<'a> Field<'a> {
    pub(super) fn new(game: &'a SlotGame) -> Self {
        let mut keys: Vec<u64> = game
            .containers()
            .iter()
            .enumerate()
            .map(|(index, c)| (u64::from(c.last) << 48) | (u64::from(c.first) << 32) | index as u64)
            .collect();
        keys.sort_unstable();
        let mut field =
            Self { game, targets: Vec::with_capacity(keys.len()), origin: Vec::new(), buckets: Vec::new() };
        let mut window = None;
        for key in keys {
            let index = (key & 0xffff_ffff) as u32;
            let Some(container) = game.containers().get(index as usize) else { continue };
            let at = field.targets.len();
            if window != Some(key >> 32) {
                window = Some(key >> 32);
                let (first, last) = (container.first.into(), container.last.into());
                field.buckets.push(Bucket { first, last, start: at, end: at });
            }
            let range = container.range() as f64;
            field.targets.push(Target { gain: container.value.get() as f64, inverse: 1.0 / range });
            field.origin.push(index);
            if let Some(bucket) = field.buckets.last_mut() {
                bucket.end = at + 1;
            }
        }
        field
    }

    fn members(&self, bucket: &Bucket) -> &[Target] {
        self.targets.get(bucket.start..bucket.end).unwrap_or_default()
    }

    /// The value of the game.
    pub(super) fn top(&self) -> Top {
        let capacity = self.game.capacity().iter().map(|&scans| f64::from(scans)).collect();
        self.highest(&Left { capacity, open: vec![true; self.buckets.len()] })
    }

    /// The value with another capacity in one slot.
    pub(super) fn top_with(&self, slot: usize, scans: u32) -> Top {
        let mut capacity: Vec<f64> = self.game.capacity().iter().map(|&scans| f64::from(scans)).collect();
        if let Some(place) = capacity.get_mut(slot) {
            *place = f64::from(scans);
        }
        self.highest(&Left { capacity, open: vec![true; self.buckets.len()] })
    }

    /// No container can be pushed below what the attacker gets when it is covered wholly.
    fn floor(&self, left: &Left) -> f64 {
        let mut floor = f64::NEG_INFINITY;
        for (bucket, _) in self.buckets.iter().zip(&left.open).filter(|(_, open)| **open) {
            for &index in self.origin.get(bucket.start..bucket.end).unwrap_or_default() {
                if let Some(container) = self.game.containers().get(index as usize) {
                    floor = floor.max(-(container.penalty.get() as f64));
                }
            }
        }
        floor
    }

    fn highest(&self, left: &Left) -> Top {
        let mut top = Top { level: self.floor(left), tight: None };
        for _ in 0..MOST_STEPS {
            let Some((first, last, room)) = self.fullest(left, top.level) else { break };
            let mut slope = Slope::new();
            self.inside(left, first, last, |members| slope.add(members, top.level));
            let level = slope.level(room);
            // Not greater, or not a number: rounding is all that is left.
            if level.partial_cmp(&top.level) != Some(std::cmp::Ordering::Greater) {
                break;
            }
            top = Top { level, tight: Some((first, last)) };
        }
        if let Some((first, last)) = top.tight {
            let mut sharp = Sharp::new();
            self.inside(left, first, last, |members| sharp.add(members, top.level));
            top.level = sharp.level(top.level, self.room(left, first, last));
        }
        top
    }

    fn room(&self, left: &Left, first: usize, last: usize) -> f64 {
        left.capacity.get(first..=last).unwrap_or_default().iter().sum()
    }

    /// Calls `take` with the members of every open bucket whose window lies in the interval.
    fn inside(&self, left: &Left, first: usize, last: usize, mut take: impl FnMut(&[Target])) {
        for (bucket, open) in self.buckets.iter().zip(&left.open) {
            if *open && bucket.first >= first && bucket.last <= last {
                take(self.members(bucket));
            }
        }
    }

    /// The interval that must hold most above its capacity at this level, and its capacity; `None` when all fit.
    fn fullest(&self, left: &Left, level: f64) -> Option<(usize, usize, f64)> {
        let mut worst = (0.0, None);
        // Need by first slot of the windows that end by now; the sum from `first` on is what [first, last] must hold.
        let mut by_first = vec![0.0; left.capacity.len()];
        let mut buckets = self.buckets.iter().zip(&left.open).peekable();
        while let Some((ahead, _)) = buckets.peek() {
            let last = ahead.last;
            while let Some((bucket, open)) = buckets.next_if(|(bucket, _)| bucket.last == last) {
                if let Some(place) = by_first.get_mut(bucket.first).filter(|_| *open) {
                    *place += need(self.members(bucket), level);
                }
            }
            let (mut held, mut room) = (0.0, 0.0);
            for (first, (need, scans)) in by_first.iter().zip(&left.capacity).enumerate().take(last + 1).rev()
            {
                held += need;
                room += scans;
                if held - room > worst.0 {
                    worst = (held - room, Some((first, last, room)));
                }
            }
        }
        worst.1
    }

    /// Pushes down what the first level left: fixes the containers of the tight interval, takes its capacity away,
    /// and finds the level of the rest, until a container would be covered wholly.
    pub(super) fn spread(&self, top: &Top, levels: &mut [f64]) {
        let capacity = self.game.capacity().iter().map(|&scans| f64::from(scans)).collect();
        let mut left = Left { capacity, open: vec![true; self.buckets.len()] };
        let mut top = *top;
        loop {
            for (bucket, open) in self.buckets.iter().zip(&mut left.open).filter(|(_, open)| **open) {
                for &index in self.origin.get(bucket.start..bucket.end).unwrap_or_default() {
                    if let Some(level) = levels.get_mut(index as usize) {
                        *level = top.level;
                    }
                }
                if top.tight.is_some_and(|(first, last)| bucket.first >= first && bucket.last <= last) {
                    *open = false;
                }
            }
            let Some((first, last)) = top.tight else { return };
            left.capacity.get_mut(first..=last).unwrap_or_default().fill(0.0);
            if !left.open.contains(&true) {
                return;
            }
            let next = self.highest(&left);
            top = Top { level: next.level.min(top.level), tight: next.tight };
        }
    }

    /// The attacker's mixed strategy that earns the level whatever the plan is.
    pub(super) fn proof(&self, top: &Top) -> Proof {
        let containers = self.game.containers();
        let proof = match top.tight {
            Some((first, last)) => {
                let mut proof = Proof::default();
                for (at, container) in self.tight_members(first, last) {
                    if let (Some(target), Some(stake)) =
                        (self.targets.get(at), containers.get(container as usize))
                        && target.gain >= top.level
                    {
                        proof.weigh(container, stake.range());
                    }
                }
                let open = self.game.capacity().iter().enumerate().skip(first).take(last + 1 - first);
                proof.prices =
                    open.filter(|(_, scans)| **scans > 0).map(|(slot, _)| (slot as u16, UNIT)).collect();
                proof
            }
            None => {
                let least = containers.iter().enumerate().min_by_key(|(_, container)| container.penalty);
                Proof::single(least.map_or(0, |(index, _)| index as u32))
            }
        };
        proof.finish(&self.game.stakes(), self.game.capacity(), &[])
    }

    fn tight_members(&self, first: usize, last: usize) -> impl Iterator<Item = (usize, u32)> + '_ {
        let inside = self.buckets.iter().filter(move |bucket| bucket.first >= first && bucket.last <= last);
        inside.flat_map(|bucket| {
            let range = bucket.start..bucket.end;
            range.clone().zip(self.origin.get(range).unwrap_or_default().iter().copied())
        })
    }
}
