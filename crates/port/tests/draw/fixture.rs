//! A port's day, made from a seed: containers with windows and chances, keys of bodies, parties and officers, and draws
//! that run through.

use bitacora_port::draw::{
    Action, Anchor, BODIES, Beacon, Body, Commitment, Draw, Entry, GRID, Hex, OfficerKey, OfficerSignature,
    Outcome, Override, Part, Round, SecretKey, Share, Slot, Terms, Times, Wish, lay, part, signed_text,
};
use bitacora_primitives::OfficerId;
use ed25519_dalek::{Signer as _, SigningKey};

/// Known numbers (SplitMix64), the same on every machine.
pub struct Numbers(pub u64);

impl Numbers {
    pub fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % n
    }
}

/// First round of the own beacon after its anchor.
pub const ANCHOR: u64 = 500;

pub fn body_key(body: Body) -> SecretKey {
    SecretKey::from_seed(&[1 + body as u8; 32])
}

pub fn party_key(party: u32) -> SecretKey {
    SecretKey::from_seed(&[0x40 + party as u8; 32])
}

pub fn officer(number: u8) -> (OfficerId, SigningKey) {
    (OfficerId::of(&[&[number]]), SigningKey::from_bytes(&[0x80 + number; 32]))
}

pub fn own_beacon() -> Beacon {
    Beacon::ThreeParty {
        keys: [0, 1, 2].map(|party| party_key(party).public()),
        from: Anchor { round: ANCHOR, value: Hex([9; 32]) },
        times: Times { first: 1_790_000_000, period: 600 },
    }
}

/// The rounds of the own beacon, one after the other, with these parties.
pub fn own_rounds(count: u64, parties: impl Fn(u64) -> Vec<u32>) -> Vec<Round> {
    let beacon = own_beacon();
    let mut checker = bitacora_port::draw::Checker::new(&beacon).unwrap();
    let mut value = Hex([9; 32]);
    (ANCHOR + 1..=ANCHOR + count)
        .map(|round| {
            let parts: Vec<Part> = parties(round)
                .into_iter()
                .map(|party| part(party, &party_key(party), round, &value).unwrap())
                .collect();
            let round = Round::ThreeParty { round, parts };
            value = checker.value(&round).unwrap();
            round
        })
        .collect()
}

/// A list of `count` containers over `slots`; more is wanted than fits, so slots are full.
pub fn list(count: usize, slots: usize, capacity: u32, seed: u64) -> Vec<Entry> {
    let mut numbers = Numbers(seed);
    let capacities = vec![capacity; slots];
    let mut wishes: Vec<Wish> = (0..count)
        .map(|_| {
            let first = numbers.below(slots as u64);
            let last = (first + numbers.below(4)).min(slots as u64 - 1);
            let mean = GRID / count as u64 * slots as u64 * u64::from(capacity);
            let marginal = numbers.below((3 * mean).min(GRID)) + 1;
            Wish { marginal, first: first as u32, last: last as u32 }
        })
        .collect();
    // What does not fit is cut until it does.
    let plan = loop {
        match lay(&wishes, &capacities) {
            Ok(plan) => break plan,
            Err(bitacora_port::draw::PlanError::NoRoom { container, units }) => {
                wishes[container].marginal -= units;
            }
            Err(error) => panic!("{error}"),
        }
    };
    (0..)
        .zip(wishes.iter().zip(plan))
        .map(|(number, (wish, plan)): (u32, _)| Entry {
            container: format!("XYZU{number:07}").parse().unwrap(),
            first: wish.first,
            last: wish.last,
            marginal: wish.marginal,
            plan,
        })
        .collect()
}

pub fn terms(slots: usize, capacity: u32, beacon: Beacon, first: u64, step: u64) -> Terms {
    let slots = (0..slots as u64).map(|slot| Slot { capacity, round: first + step * slot }).collect();
    let officers = [1, 2, 3].map(|number| {
        let (officer, key) = officer(number);
        OfficerKey { key: Hex(key.verifying_key().to_bytes()), officer }
    });
    Terms {
        port: "XXABC".into(),
        shift: "2026-11-22 night".into(),
        rules: "rules 3".into(),
        model: "slot game 1, priors assumed".into(),
        slots,
        beacon,
        keys: BODIES.map(|body| body_key(body).public()),
        officers: officers.to_vec(),
    }
}

pub fn shares(draw: &Draw, slot: u32, round: u64, bodies: &[Body]) -> Vec<Share> {
    bodies
        .iter()
        .map(|body| Share::make(*body, &body_key(*body), draw.commitment(), slot, round).unwrap())
        .collect()
}

/// Runs a slot until it is drawn; `present` says who answers at which attempt.
pub fn run_slot(draw: &mut Draw, slot: u32, rounds: &[Round], present: &dyn Fn(usize, Body) -> bool) {
    for attempt in 0.. {
        let Some(awaited) = draw.awaited(slot) else { return };
        for round in rounds.iter().filter(|round| round.number() <= awaited.round) {
            draw.round(round.clone()).unwrap();
        }
        let bodies: Vec<Body> = awaited.bodies.into_iter().filter(|body| present(attempt, *body)).collect();
        let given = shares(draw, slot, awaited.round, &bodies);
        if matches!(draw.attempt(slot, &given).unwrap().outcome, Outcome::Drawn { .. }) {
            return;
        }
    }
}

pub fn override_of(draw: &Draw, slot: u32, action: Action, container: &str, reason: &str) -> Override {
    let container = container.parse().unwrap();
    let text = signed_text(draw.commitment(), slot, action, &container, reason).unwrap();
    let mut signatures = [1, 2].map(|number| {
        let (officer, key) = officer(number);
        OfficerSignature { officer, signature: Hex(key.sign(text.as_bytes()).to_bytes()) }
    });
    signatures.sort_by_key(|signature| signature.officer);
    Override { action, container, reason: reason.into(), signatures, slot }
}

/// A finished draw over an own beacon: absences, fallbacks and overrides included.
pub fn finished(count: usize, slots: usize, capacity: u32, seed: u64) -> Draw {
    let list = list(count, slots, capacity, seed);
    let step = 4;
    let terms = terms(slots, capacity, own_beacon(), ANCHOR + 1, step);
    let mut draw = Draw::new(Commitment::new(terms, &list).unwrap(), list).unwrap();
    let rounds = own_rounds(step * slots as u64 + 1, |round| match (round + seed) % 4 {
        0 => vec![0, 2],
        _ => vec![0, 1, 2],
    });
    for slot in 0..slots as u32 {
        let mut numbers = Numbers(seed * 1000 + u64::from(slot));
        let (first, second) = (numbers.below(8), numbers.below(8));
        run_slot(&mut draw, slot, &rounds, &|attempt, body| match attempt {
            0 => !(first == 0 && body == Body::Police || first == 1 && body != Body::Port),
            1 => !(second == 0 && body == Body::Customs),
            _ => true,
        });
    }
    let added = override_of(&draw, 0, Action::Add, "XYZU0000001", "sello roto, según el guardia");
    draw.add_override(added).unwrap();
    draw
}
