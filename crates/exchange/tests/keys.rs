//! Keys that change: officers dismissed, record keys rotated, versions of an agreement that would smuggle a key in or
//! bring one back.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails loudly"
)]

mod world;

use std::sync::Arc;

use bitacora_exchange::history::Fault;
use bitacora_exchange::record::{Record, Rotation};
use bitacora_exchange::side::Readable;
use bitacora_exchange::wire::Message;
use bitacora_exchange::{Agreement, SideError};
use bitacora_ledger::{CosignerKey, Signer as _, VerifierKey};
use bitacora_policy::SuspensionScope;
use bitacora_primitives::markings::{ItemKind, Purpose, Text};
use world::forger::{Forger, enrolment, envelope_of};
use world::quiet::Wire;
use world::{Key, Keyring, Node, OFFICERS, at, exchange_one, pair, party, signed};

#[test]
fn a_dismissed_officer_signs_nothing_whatever_the_clock_says() {
    let mut log = Forger::new();
    log.push(enrolment(OFFICERS[0], Some(at(1_000))), at(1_000));
    let notice = log.suspension(1, SuspensionScope::default(), at(2_000));
    log.push_suspension(notice.clone(), at(2_000));
    assert!(matches!(log.first_fault(), Some((_, Fault::Approval(_)))));
    log.leaves.pop();
    // The clock is set back to before the dismissal.
    log.push_release(ItemKind::Lead, Purpose::Seizure, at(500));
    log.push_suspension(notice, at(500));
    assert!(matches!(log.first_fault(), Some((_, Fault::Approval(_)))));
}

#[test]
fn a_rotated_key_signs_no_more_and_a_rotation_needs_both_keys() {
    let mut log = Forger::new();
    let fresh = Key::new("CO record 2");
    let rotation = |log: &Forger, by: &Key| {
        let proof = by.sign(&Rotation::proof_message("bitacora/CO-US-MAR/CO", log.size()));
        let key = VerifierKey::new("record.CO.2", fresh.public()).unwrap().to_string();
        Record::Rotation(Rotation { key, reason: Text::new("robo", "theft"), proof })
    };
    // Whoever rotates to a key that he does not hold.
    log.push(rotation(&log, &Key::new("CO record")), at(10));
    assert!(matches!(log.first_fault(), Some((_, Fault::Rotation))));
    log.leaves.pop();
    log.push(rotation(&log, &fresh), at(10));
    assert!(log.first_fault().is_none());
    let leaf = log.push_release(ItemKind::Lead, Purpose::Seizure, at(11)).0;
    assert!(
        matches!(log.first_fault(), Some((found, Fault::Entry(_))) if found == leaf),
        "signed by the old key"
    );
}

#[test]
fn a_side_goes_on_with_its_rotated_key_after_a_restart() {
    let (mut co, mut us) = pair();
    exchange_one(&mut co, &mut us, 1, 100);
    let fresh = Key::new("CO record 2");
    let key = VerifierKey::new("record.CO.2", fresh.public()).unwrap();
    let unknown = co.side.rotate(&key, Text::new("rutina", "routine"), at(110));
    assert!(matches!(unknown, Err(SideError::Secret(_))), "a key that is not held is not rotated to");
    co.keys = Arc::new(Keyring { others: vec![fresh], ..Keyring::new("CO") });
    co.crash();
    co.side.rotate(&key, Text::new("rutina", "routine"), at(110)).unwrap();
    co.commit();
    co.crash();
    let release = exchange_one(&mut co, &mut us, 2, 120);
    assert_eq!(us.side.readable(&release, at(121)), Some(Readable::Yes));
    assert!(us.side.findings().is_empty(), "{:?}", us.side.findings());
}

fn rotated_key(code: &str) -> (Key, VerifierKey) {
    let fresh = Key::new(&format!("{code} record 2"));
    let key = VerifierKey::new(&format!("record.{code}.2"), fresh.public()).unwrap();
    (fresh, key)
}

/// Gives the node the key, and rotates to it.
fn rotate(node: &mut Node, seconds: i64) -> VerifierKey {
    let code = node.code.to_string();
    let (fresh, key) = rotated_key(&code);
    node.keys = Arc::new(Keyring { others: vec![fresh], ..Keyring::new(&code) });
    node.crash();
    node.side.rotate(&key, Text::new("rutina", "routine"), at(seconds)).unwrap();
    node.commit();
    key
}

/// Version 2 of the node's agreement, changed, and signed by both with the keys it names.
fn amended(co: &Node, us: &Node, change: impl FnOnce(&mut Agreement)) -> bitacora_ledger::Envelope {
    let mut next = Agreement {
        version: 2,
        replaces: Some(co.agreement.digest().unwrap()),
        policy_set: String::new(),
        ..co.agreement.clone()
    };
    change(&mut next);
    let next = next.settle().unwrap();
    let keys = |node: &Node, place: usize| {
        let named = next.parties[place].read_keys().unwrap().record;
        let record = node.keys.others.iter().chain([&node.keys.record]);
        let record = record.clone().find(|key| key.public() == *named.public_key()).unwrap().clone();
        Arc::new(Keyring { record, ..Keyring::new(node.code.as_str()) })
    };
    signed(&next, &[&keys(co, 0), &keys(us, 1)])
}

#[test]
fn an_amendment_changes_no_key_but_the_transports() {
    let cosigner = CosignerKey::new("cosigner.CO", Key::new("thief").public()).unwrap().to_string();
    let log = VerifierKey::new("bitacora/CO-US-MAR/CO", Key::new("thief").public()).unwrap().to_string();
    type Change = Box<dyn FnOnce(&mut Agreement)>;
    let changes: Vec<(&str, Change)> = vec![
        ("cosigner", Box::new(move |next| next.parties[0].keys.cosigner = cosigner)),
        ("log", Box::new(move |next| next.parties[0].keys.log = log)),
        ("seal", Box::new(|next| next.parties[0].keys.seal = next.parties[1].keys.seal)),
    ];
    for (what, change) in changes {
        let (mut co, us) = pair();
        let refused = co.side.adopt(amended(&co, &us, change), at(50));
        assert!(
            matches!(&refused, Err(SideError::Finding(found)) if matches!(found.what, Fault::OtherKeys)),
            "{what}: {refused:?}"
        );
    }
    let (mut co, mut us) = pair();
    let both = amended(&co, &us, |next| next.parties[0].keys.transport = "1".repeat(64));
    for node in [&mut co, &mut us] {
        node.side.adopt(both.clone(), at(50)).unwrap();
        node.commit();
    }
    let release = exchange_one(&mut co, &mut us, 1, 60);
    assert_eq!(us.side.readable(&release, at(61)), Some(Readable::Yes));
    assert_eq!(co.side.own().agreement().unwrap().version, 2);
}

#[test]
fn an_amendment_never_brings_a_rotated_key_back() {
    let (mut co, mut us) = pair();
    exchange_one(&mut co, &mut us, 1, 60);
    let before = amended(&co, &us, |_| {});
    let key = rotate(&mut co, 70);
    exchange_one(&mut co, &mut us, 2, 80);
    for node in [&mut co, &mut us] {
        let refused = node.side.adopt(before.clone(), at(90));
        assert!(matches!(refused, Err(SideError::Finding(_))), "signed by the old key: {refused:?}");
    }
    let after = amended(&co, &us, |next| next.parties[0].keys.record = key.to_string());
    for node in [&mut co, &mut us] {
        node.side.adopt(after.clone(), at(100)).unwrap();
        node.commit();
    }
    let release = exchange_one(&mut co, &mut us, 3, 110);
    assert_eq!(us.side.readable(&release, at(111)), Some(Readable::Yes));
    assert!(us.side.findings().is_empty(), "{:?}", us.side.findings());
}

#[test]
fn a_receipt_signed_before_a_rotation_still_earns_its_key_after_it() {
    let (mut co, mut us) = pair();
    let mut wire = Wire::new();
    wire.settle(&mut co, &mut us, at(55));
    // The receipt is in the log under the old key, the rotation right behind it; Colombia reads both at once.
    let asked = world::quiet::asked(1, ItemKind::Lead);
    co.side.offer(asked, None, Vec::new(), at(60)).unwrap();
    co.commit();
    for _ in 0..3 {
        for one in us.side.pump(&mut wire.us, &us.disk, at(60)).unwrap() {
            let wants = matches!(one.message(), Message::Status(_));
            // Its leaves stay away until the rotation is among them.
            if wants {
                co.side.receive(&mut wire.co, world::quiet::again(one.message()), at(60)).unwrap();
            }
        }
        for one in co.side.pump(&mut wire.co, &co.disk, at(60)).unwrap() {
            us.side.receive(&mut wire.us, world::quiet::again(one.message()), at(60)).unwrap();
        }
        us.commit();
    }
    assert_eq!(us.side.own().all_taken().filter(|(_, taken)| taken.receipt.is_some()).count(), 1);
    rotate(&mut us, 61);
    let mut wire = Wire::new();
    wire.settle(&mut co, &mut us, at(62));
    let (_, state) = co.side.own().releases().iter().next().unwrap();
    assert!(matches!(state.stage, bitacora_exchange::history::Stage::Granted(_)), "{state:?}");
    // Colombia's log, read from the disk alone, says the same.
    co.crash();
    assert!(us.side.findings().is_empty(), "{:?}", us.side.findings());
    exchange_one(&mut co, &mut us, 2, 70);
}

#[test]
fn a_rotation_that_another_signed_for_binds_nobody() {
    let mut log = Forger::new();
    let (_, key) = rotated_key("US");
    let proof = Key::new("thief").sign(&Rotation::proof_message("bitacora/CO-US-MAR/US", 7));
    let rotation = Rotation { key: key.to_string(), reason: Text::new("robo", "theft"), proof };
    let entry = bitacora_exchange::record::Entry {
        log: "bitacora/CO-US-MAR/US".to_owned(),
        index: 7,
        recorded: at(5),
        record: Record::Rotation(rotation),
    };
    let envelope = envelope_of(&world::forger::seal(&entry, &log.other, "US"));
    log.push(Record::Seen { envelope }, at(10));
    assert!(matches!(log.first_fault(), Some((_, Fault::Rotation))));
}

#[test]
fn a_log_that_was_set_back_or_altered_under_its_own_signed_root_is_not_opened() {
    let (mut co, mut us) = pair();
    exchange_one(&mut co, &mut us, 1, 60);
    exchange_one(&mut co, &mut us, 2, 70);
    let whole = co.disk.clone();
    let open = |disk: &world::Disk| {
        let secrets: Arc<dyn bitacora_exchange::Secrets> = co.keys.clone();
        let gate = Arc::new(bitacora_exchange::Gate::new());
        bitacora_exchange::Side::open(&co.agreement, party("CO"), gate, secrets, disk).map(drop)
    };
    open(&whole).unwrap();
    let size = whole.log(&party("CO")).len() as u64;
    let shorter = whole.without_last(&party("CO"));
    let refused = open(&shorter);
    assert!(matches!(refused, Err(SideError::SetBack(at)) if at == size), "{refused:?}");
    // Altered text and commitment alike: only the signed root tells.
    let altered = whole.altered(&party("CO"), size - 1);
    let refused = open(&altered);
    assert!(refused.is_err(), "an altered leaf was taken");
}

#[test]
fn an_officers_signature_is_asked_for_after_a_start_as_before_it() {
    let (mut co, mut us) = pair();
    exchange_one(&mut co, &mut us, 1, 60);
    // The partner holds and has cosigned all of it: nothing in the log is beyond the root that Colombia signed.
    let size = co.disk.log(&party("CO")).len() as u64;
    assert!(co.side.cosigned().last().is_some_and(|kept| kept.size == size));
    co.crash();
    let log = Forger::new();
    let notice = log.suspension(1, SuspensionScope::default(), at(100));
    let mut approval = co.approve(OFFICERS[0], &notice);
    approval.signature[0] ^= 1;
    let refused = co.side.suspend(notice, vec![approval], at(100));
    assert!(
        matches!(&refused, Err(SideError::Finding(found)) if matches!(found.what, Fault::Approval(_))),
        "{refused:?}"
    );
}
