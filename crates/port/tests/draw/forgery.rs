//! What must never happen: a changed draw that verifies.

use bitacora_port::draw::{Bundle, CommitError, Hex, RoundError, Why, list_root, verify};

use crate::fixture::finished;

/// What the verifier says to a text.
pub fn verdict(text: &[u8]) -> Result<String, Why> {
    let text = std::str::from_utf8(text).map_err(|error| Why::NotADraw(error.to_string()))?;
    verify(&Bundle::parse(text)?).map(|verified| verified.text())
}

#[test]
fn flipping_any_byte_of_a_published_draw_makes_it_fail() {
    let text = finished(5, 2, 1, 7).bundle().to_json().unwrap().into_bytes();
    assert!(verdict(&text).is_ok());
    let mut flips = 0;
    for at in 0..text.len() {
        // The lowest bit keeps digits digits and hexadecimal hexadecimal; another bit moves by the place.
        for bit in [0, 1 + at % 7] {
            let mut changed = text.clone();
            changed[at] ^= 1 << bit;
            let said = verdict(&changed);
            assert!(said.is_err(), "byte {at}, bit {bit}: {}", String::from_utf8_lossy(&changed));
            flips += 1;
        }
    }
    println!("{flips} flips, all refused");
}

#[test]
fn the_first_thing_that_differs_is_named() {
    let good = finished(20, 3, 2, 8).bundle().clone();
    let said = |edit: &dyn Fn(&mut Bundle)| {
        let mut bundle = good.clone();
        edit(&mut bundle);
        verify(&bundle).unwrap_err()
    };
    let by = |error: CommitError| Why::Commitment(error);
    assert_eq!(said(&|b| b.list[3].first = 0), by(CommitError::ListRoot));
    assert_eq!(said(&|b| b.list[3].marginal += 1), by(CommitError::Marginal { place: 3 }));
    assert_eq!(said(&|b| b.list.swap(0, 1)), by(CommitError::ListOrder { place: 1 }));
    assert_eq!(said(&|b| drop(b.list.pop())), by(CommitError::ListCount { count: 19, committed: 20 }));
    assert_eq!(said(&|b| b.commitment.threshold = 1), by(CommitError::Version));
    assert_eq!(said(&|b| b.commitment.model.push('x')), Why::CommitmentHash);
    assert_eq!(said(&|b| b.commitment.bodies[0].key = Hex([1; 32])), Why::CommitmentHash);
    assert_eq!(said(&|b| b.commitment.slots[1].round += 1), Why::CommitmentHash);
    let first = good.rounds[0].number();
    let gone = Why::Round { round: first + 1, reason: RoundError::Order };
    assert_eq!(said(&|b| drop(b.rounds.remove(0))), gone);
    let last = good.slots[2].attempts.last().unwrap().round;
    let missing = said(&|b| b.rounds.retain(|round| round.number() < last));
    assert_eq!(missing, Why::RoundMissing { slot: 2, round: last });
    assert_eq!(said(&|b| drop(b.slots.remove(0))), Why::SlotOrder { place: 0 });
    let none = said(&|b| b.slots[1].picks.clear());
    assert!(matches!(none, Why::Pick { slot: 1, place: 0, derived: Some(_), published: None }), "{none:?}");
    let more = said(&|b| b.slots[1].picks.push("ZZZZ9999999".parse().unwrap()));
    assert!(matches!(more, Why::Pick { slot: 1, derived: None, published: Some(_), .. }), "{more:?}");
    let attempts = good.slots[0].attempts.len();
    let again = said(&|b| {
        let attempt = b.slots[0].attempts.last().unwrap().clone();
        b.slots[0].attempts.push(attempt);
    });
    assert_eq!(again, Why::Attempt { slot: 0, attempt: attempts });
    assert_eq!(said(&|b| b.slots[2].attempts[0].shares.reverse()), Why::ShareOrder { slot: 2, attempt: 0 });
    assert!(matches!(said(&|b| b.overrides[0].slot = 1), Why::Override { place: 0, .. }));
    assert_eq!(said(&|b| b.overrides[0].slot = 1).code(), "override");
}

/// The draw again with another commitment, hashes made to fit: what a forger can do who holds no key.
pub fn refit(bundle: &Bundle, edit: impl Fn(&mut Bundle)) -> Bundle {
    let mut forged = bundle.clone();
    edit(&mut forged);
    forged.commitment.list.root = list_root(&forged.list).unwrap();
    forged.hash = forged.commitment.hash().unwrap();
    forged
}

/// Changes that keep every sum: a container renamed, chances moved, a version, a capacity, a round, a key.
pub fn forgeries(bundle: &Bundle) -> Vec<Bundle> {
    vec![
        refit(bundle, |b| b.list[0].container = "AAAA0000000".parse().unwrap()),
        refit(bundle, |b| {
            let entry = b.list.iter_mut().find(|entry| !entry.plan.is_empty()).unwrap();
            entry.marginal -= 1;
            entry.plan[0].1 -= 1;
        }),
        refit(bundle, |b| b.commitment.rules.push('b')),
        refit(bundle, |b| b.commitment.slots[0].capacity += 1),
        refit(bundle, |b| b.commitment.slots[1].round -= 1),
        refit(bundle, |b| b.commitment.bodies[2].key = b.commitment.officers[0].key),
    ]
}

#[test]
fn a_commitment_changed_after_the_round_fails_at_the_bodies_shares() {
    let draw = finished(20, 3, 2, 9);
    for (at, forged) in forgeries(draw.bundle()).iter().enumerate() {
        let why = verify(forged).unwrap_err();
        assert!(matches!(why, Why::Share { slot: 0, .. }), "{at}: {why:?}");
    }
}
