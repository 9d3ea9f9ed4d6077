//! Beacons against real drand rounds, the counter sampler against the election auditors' vectors, and the own beacon.

use bitacora_port::draw::stream::reduce;
use bitacora_port::draw::{Beacon, Checker, Hex, Round, RoundError, Stream, Times, part};
use bitacora_primitives::Instant;
use serde_json::Value;

use crate::fixture::{ANCHOR, own_beacon, own_rounds, party_key};

const TIMES: Times = Times { first: 1_692_803_367, period: 3 };

/// The beacon and the round of a vector.
pub fn vector(row: &Value) -> (Beacon, Round) {
    fn hex<const N: usize>(row: &Value, name: &str) -> Hex<N> {
        Hex::parse(row[name].as_str().unwrap()).unwrap()
    }
    let round = row["round"].as_u64().unwrap();
    match row["chain"].as_str().unwrap().split(' ').nth(1).unwrap() {
        "chained" => (
            Beacon::DrandChained { key: hex(row, "pk"), times: TIMES },
            Round::DrandChained { round, previous: hex(row, "prev"), signature: hex(row, "sig") },
        ),
        "unchained" => (
            Beacon::DrandUnchained { key: hex(row, "pk"), times: TIMES },
            Round::DrandUnchained { round, signature: hex(row, "sig") },
        ),
        _ => (
            Beacon::DrandQuicknet { key: hex(row, "pk"), times: TIMES },
            Round::DrandQuicknet { round, signature: hex(row, "sig") },
        ),
    }
}

#[test]
fn real_drand_rounds_verify_and_no_changed_bit_does() {
    let Some(text) = bitacora_given::text("port/beacon/drand_vectors.json") else { return };
    let file: Value = serde_json::from_str(&text).unwrap();
    let vectors = file["vectors"].as_array().unwrap();
    assert_eq!(vectors.len(), 3);
    for row in vectors {
        let (beacon, round) = vector(row);
        let value = Checker::new(&beacon).unwrap().value(&round).unwrap();
        assert_ne!(value, Hex([0; 32]));
        // One bit in each byte of each member; the number too.
        for (name, size) in [("pk", 96), ("prev", 96), ("sig", 96)] {
            let text = row[name].as_str().unwrap();
            for at in 0..size.min(text.len() / 2) {
                let mut bytes: Vec<u8> = (0..text.len() / 2)
                    .map(|byte| u8::from_str_radix(&text[2 * byte..2 * byte + 2], 16).unwrap())
                    .collect();
                bytes[at] ^= 1 << (at % 8);
                let mut changed = row.clone();
                changed[name] = bitacora_ledger::hex::encode(&bytes).into();
                let (beacon, round) = vector(&changed);
                let refused = Checker::new(&beacon).and_then(|mut checker| checker.value(&round));
                assert!(matches!(refused, Err(RoundError::Key | RoundError::Signature)), "{name} byte {at}");
            }
        }
        let mut changed = row.clone();
        changed["round"] = (row["round"].as_u64().unwrap() + 1).into();
        let (beacon, round) = vector(&changed);
        assert_eq!(Checker::new(&beacon).unwrap().value(&round), Err(RoundError::Signature));
        // A round of another scheme does not pass for this one's.
        for other in vectors.iter().filter(|other| other["chain"] != row["chain"]) {
            let refused = Checker::new(&beacon).unwrap().value(&vector(other).1);
            assert_eq!(refused, Err(RoundError::Kind));
        }
    }
}

#[test]
fn the_counter_sampler_gives_the_election_auditors_picks() {
    let Some(text) = bitacora_given::text("port/beacon/rivest_sampler_tests.json") else { return };
    let file: Value = serde_json::from_str(&text).unwrap();
    let tests = file["tests"].as_array().unwrap();
    assert_eq!(tests.len(), 10);
    for test in tests {
        let mut stream = Stream::new(test["data"]["seed"].as_str().unwrap());
        let total = test["data"]["total"].as_u64().unwrap();
        let picks: Vec<u64> = (0..test["data"]["count"].as_u64().unwrap())
            .map(|_| reduce(&stream.block(), total).unwrap() + 1)
            .collect();
        let expected: Vec<u64> =
            test["expected"].as_array().unwrap().iter().map(|pick| pick.as_u64().unwrap()).collect();
        assert_eq!(picks, expected);
    }
}

#[test]
fn an_own_beacon_chains_its_rounds_and_takes_no_part_of_another() {
    let rounds = own_rounds(3, |_| vec![0, 1, 2]);
    let beacon = own_beacon();
    let checker = || Checker::new(&beacon).unwrap();
    let mut whole = checker();
    let values: Vec<_> = rounds.iter().map(|round| whole.value(round).unwrap()).collect();
    assert!(values[0] != values[1] && values[1] != values[2]);
    // Skipped, repeated, or one party's part for another's.
    assert_eq!(checker().value(&rounds[1]), Err(RoundError::Order));
    assert_eq!(whole.value(&rounds[2]), Err(RoundError::Order));
    let change = |edit: &dyn Fn(&mut Vec<bitacora_port::draw::Part>)| {
        let Round::ThreeParty { round, mut parts } = rounds[0].clone() else { panic!() };
        edit(&mut parts);
        checker().value(&Round::ThreeParty { round, parts })
    };
    assert_eq!(change(&|parts| parts.truncate(1)), Err(RoundError::Parties));
    assert_eq!(change(&|parts| parts.swap(0, 1)), Err(RoundError::Parties));
    assert_eq!(change(&|parts| parts[2].party = 3), Err(RoundError::Parties));
    assert_eq!(change(&|parts| parts[1].proof = parts[0].proof), Err(RoundError::Signature));
    // Two of three are a round, with another value.
    let two = change(&|parts| parts.truncate(2)).unwrap();
    assert_ne!(two, values[0]);
    // A part made ahead, for another value before, does not hold.
    let ahead = part(0, &party_key(0), ANCHOR + 1, &Hex([8; 32])).unwrap();
    assert_eq!(change(&|parts| parts[0] = ahead), Err(RoundError::Signature));
}

#[test]
fn a_round_has_its_time() {
    let Some(text) = bitacora_given::text("port/beacon/drand_vectors.json") else { return };
    let file: Value = serde_json::from_str(&text).unwrap();
    let (beacon, _) = vector(&file["vectors"][2]);
    let first = Instant::from_secs(1_692_803_367);
    assert_eq!(beacon.time_of(1), Some(first));
    assert_eq!(beacon.time_of(123), Some(Instant::from_secs(1_692_803_367 + 366)));
    assert_eq!((beacon.time_of(0), beacon.time_of(u64::MAX)), (None, None));
    assert_eq!(beacon.round_from(first), 1);
    assert_eq!(beacon.round_from(Instant::from_micros(first.micros() + 1)), 2);
    for round in [1, 2, 99, 12_345_678] {
        assert_eq!(beacon.round_from(beacon.time_of(round).unwrap()), round);
    }
}
