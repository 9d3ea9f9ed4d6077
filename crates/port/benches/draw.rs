//! A published draw of 10,000 containers verified on one core: from the text to the last pick, and by parts. Processor
//! time, best of several. Prints figures; asserts what is verified, nothing about speed.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a bench reads a clock"
)]

#[path = "../tests/draw/fixture.rs"]
mod fixture;

use std::hint::black_box;
use std::time::{Duration, Instant};

use bitacora_ledger::sha256;
use bitacora_port::draw::{
    BODIES, Beacon, Bundle, Checker, Commitment, Draw, Hex, Round, Share, Times, list_root, verify,
};
use blst::min_sig;

/// Processor time of this process where the system tells it (Linux), else the wall clock.
fn clock(epoch: Instant) -> Duration {
    let told = std::fs::read_to_string("/proc/self/schedstat").ok();
    let nanos = told.and_then(|text| text.split_whitespace().next()?.parse().ok());
    nanos.map_or_else(|| epoch.elapsed(), Duration::from_nanos)
}

/// Of several rounds of `runs` each; one run's share of the best.
fn best(name: &str, runs: u32, mut work: impl FnMut()) {
    let epoch = Instant::now();
    let least = (0..7)
        .map(|_| {
            let start = clock(epoch);
            (0..runs).for_each(|_| work());
            (clock(epoch) - start) / runs
        })
        .min()
        .unwrap();
    println!("{name}: {:.3} ms", least.as_secs_f64() * 1e3);
}

/// A draw with one round of a quicknet-like chain for each slot, signed with a key of our own.
fn with_drand_rounds(count: usize, slots: usize, capacity: u32) -> Draw {
    let key = min_sig::SecretKey::key_gen(&[7; 32], &[]).unwrap();
    let beacon = Beacon::DrandQuicknet {
        key: Hex(key.sk_to_pk().to_bytes()),
        times: Times { first: 1_790_000_000, period: 3 },
    };
    let list = fixture::list(count, slots, capacity, 1);
    let terms = fixture::terms(slots, capacity, beacon, 1_000, 1_200);
    let rounds: Vec<Round> = terms
        .slots
        .iter()
        .map(|slot| {
            let message = sha256(&slot.round.to_be_bytes()).0;
            let signature =
                key.sign(&message, b"BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_", &[]).to_bytes();
            Round::DrandQuicknet { round: slot.round, signature: Hex(signature) }
        })
        .collect();
    let mut draw = Draw::new(Commitment::new(terms, &list).unwrap(), list).unwrap();
    for slot in 0..slots as u32 {
        fixture::run_slot(&mut draw, slot, &rounds, &|_, _| true);
    }
    draw
}

fn main() {
    let own = |slots, capacity| (slots, "an own beacon", fixture::finished(10_000, slots, capacity, 1));
    let drand = (24, "a drand chain", with_drand_rounds(10_000, 24, 42));
    for (slots, beacon, draw) in [own(8, 125), own(24, 42), drand] {
        let text = draw.bundle().to_json().unwrap();
        let picks: usize = draw.bundle().slots.iter().map(|slot| slot.picks.len()).sum();
        let rounds = draw.bundle().rounds.len();
        println!(
            "10,000 containers, {slots} slots, {picks} picks, {rounds} rounds of {beacon}, {} bytes",
            text.len()
        );
        best("  text to verdict", 4, || {
            let bundle = Bundle::parse(black_box(&text)).unwrap();
            assert_eq!(verify(&bundle).unwrap().slots.len(), slots);
        });
        let bundle = Bundle::parse(&text).unwrap();
        best("  reading the text", 4, || {
            black_box(Bundle::parse(&text).unwrap());
        });
        best("  verifying what was read", 4, || {
            black_box(verify(&bundle).unwrap());
        });
        best("  of that, the list's root", 4, || {
            black_box(list_root(&bundle.list).unwrap());
        });
    }
    let commitment = Hex([1; 32]);
    let key = fixture::body_key(BODIES[0]);
    let share = Share::make(BODIES[0], &key, &commitment, 0, 1).unwrap();
    best("one share", 500, || {
        black_box(share.value(&key.public(), &commitment, 0, 1).unwrap());
    });
    // quicknet, round 123 (drand's own published chain).
    let beacon = Beacon::DrandQuicknet {
        key: Hex::parse("83cf0f2896adee7eb8b5f01fcad3912212c437e0073e911fb90022d3e760183c8c4b450b6a0a6c3ac6a5776a2d1064510d1fec758c921cc22b0e17e63aaf4bcb5ed66304de9cf809bd274ca73bab4af5a6e9c76a4bc09e76eae8991ef5ece45a").unwrap(),
        times: Times { first: 1_692_803_367, period: 3 },
    };
    let round = Round::DrandQuicknet {
        round: 123,
        signature: Hex::parse("b75c69d0b72a5d906e854e808ba7e2accb1542ac355ae486d591aa9d43765482e26cd02df835d3546d23c4b13e0dfc92").unwrap(),
    };
    best("drand's key, once a draw", 20, || {
        black_box(Checker::new(&beacon).unwrap());
    });
    let mut checker = Checker::new(&beacon).unwrap();
    best("one drand round (quicknet)", 20, || {
        black_box(checker.value(&round).unwrap());
    });
}
