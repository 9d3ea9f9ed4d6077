//! Games made from a seed.
#![allow(dead_code, reason = "each test file uses some of these")]

use bitacora_port::game::Payoff;
use bitacora_port::game::origami::{SecurityGame, Target};
use bitacora_port::game::slots::{Container, SlotGame};

/// SplitMix64 (Steele, Lea and Flood 2014).
pub struct SplitMix(pub u64);

impl SplitMix {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub fn below(&mut self, n: u64) -> u64 {
        self.next() % n
    }

    pub fn payoff(&mut self, n: u64) -> Payoff {
        Payoff::hundredths(1 + self.below(n) as i64).unwrap()
    }
}

pub fn minus(payoff: Payoff) -> Payoff {
    Payoff::hundredths(-payoff.get()).unwrap()
}

/// Payoffs of 0.01 to 10 units; windows of 1 to 6 slots.
pub fn slot_game(random: &mut SplitMix, n: usize, slots: u64, scans: u32) -> SlotGame {
    let container = |_| {
        let (value, penalty, first) = (random.payoff(1_000), random.payoff(1_000), random.below(slots));
        let last = (first + random.below(6)).min(slots - 1);
        Container { value, penalty, first: first as u16, last: last as u16 }
    };
    let containers = (0..n).map(container).collect();
    SlotGame::uniform(containers, slots as usize, scans).unwrap()
}

pub fn security_game(random: &mut SplitMix, n: usize, resources: u32) -> SecurityGame {
    let target = |_| {
        let [uncovered, covered, saved, lost] = std::array::from_fn(|_| random.payoff(1_000));
        Target {
            attacker_uncovered: uncovered,
            attacker_covered: minus(covered),
            defender_covered: saved,
            defender_uncovered: minus(lost),
        }
    };
    SecurityGame::new((0..n).map(target).collect(), resources).unwrap()
}

pub mod patrol;
