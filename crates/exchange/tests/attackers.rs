//! The threat model's rows that the core can show, one test each: what the attacker holds, and what becomes of it.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test fails loudly, and reads its size from the environment"
)]

mod world;

use bitacora_exchange::history::Fault;
use bitacora_exchange::mirror::{Mirror, MirrorError};
use bitacora_exchange::observer::{ObserverError, ObserverLink};
use bitacora_exchange::record::{Condition, Entry, Record, Signed};
use bitacora_exchange::side::{Asked, Audience, Fault as SideFault, Link, Offered, Readable, Stop};
use bitacora_exchange::wire::{Chunk, Entries, LeafOut, Message};
use bitacora_exchange::{Agreement, AgreementError, Gate, Shut};
use bitacora_ledger::{Checkpoint, CosignerKey, Hash, Signer as _, Tree, VerifierKey, leaf_hash, sha256};
use bitacora_policy::SuspensionScope;
use bitacora_primitives::markings::{ItemKind, Purpose, Text};
use world::forger::{Forger, approve, enrolment, envelope_of, seal};
use world::quiet::{again, asked};
use world::witness::Witness;
use world::{Dice, Disk, Key, Node, OFFICERS, Wire, at, exchange_one, pair, party};

fn everything() -> Stop {
    Stop {
        scope: SuspensionScope::default(),
        exceptions: Default::default(),
        reason: Text::new("ataques a lanchas", "attacks on boats"),
        condition: Condition { text: Text::new("mientras sigan", "as long as they continue"), rule: None },
        incident: None,
    }
}

fn stop(node: &mut Node, seconds: i64) -> bitacora_primitives::SuspensionId {
    let notice = everything().notice(node.side.agreement_id(), &node.code, [seconds as u8; 32], at(seconds));
    let approval = node.approve(OFFICERS[0], &notice);
    let id = notice.suspension;
    node.side.suspend(notice, vec![approval], at(seconds)).unwrap();
    node.commit();
    id
}

// -- export around the gate

#[test]
fn an_item_can_only_be_written_under_a_pass_and_a_closed_gate_gives_none() {
    let (mut co, mut us) = pair();
    let mut wire = Wire::new();
    wire.settle(&mut co, &mut us, at(60));
    co.side.offer(asked(1, ItemKind::Lead), None, Vec::new(), at(100)).unwrap();
    co.commit();
    let queued = co.side.pump(&mut wire.co, &co.disk, at(101)).unwrap();
    let about: Vec<_> = queued.iter().filter(|one| !one.items().is_empty()).collect();
    assert_eq!(about.len(), 2, "the leaf and the ciphertext name their item");
    stop(&mut co, 102);
    for one in about {
        assert!(
            matches!(co.gate.pass(one.items().iter()), Err(Shut::Suspended(_))),
            "queued before the stop"
        );
    }
}

#[test]
fn no_write_of_the_scope_starts_after_a_suspension_returned() {
    use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
    let (mut co, mut us) = pair();
    let release = exchange_one(&mut co, &mut us, 1, 100);
    let tags = co.side.own().releases()[&release].tags.as_ref().clone();
    let notice = everything().notice(co.side.agreement_id(), &co.code, [1; 32], at(1));
    let started = AtomicU64::new(0);
    for _ in 0..500 {
        let gate = Gate::new();
        gate.open(co.side.agreement_id(), Vec::new());
        let returned = AtomicBool::new(false);
        std::thread::scope(|scope| {
            for _ in 0..3 {
                scope.spawn(|| {
                    while let Ok(pass) = gate.pass([&tags]) {
                        started.fetch_add(1, Ordering::Relaxed);
                        assert!(
                            !returned.load(Ordering::SeqCst),
                            "a write was under way after the stop returned"
                        );
                        drop(pass);
                    }
                });
            }
            while started.load(Ordering::Relaxed) == 0 {
                std::thread::yield_now();
            }
            gate.close(notice.closure());
            returned.store(true, Ordering::SeqCst);
        });
        assert!(gate.check(&tags).is_err());
    }
    assert!(started.into_inner() > 0);
}

#[test]
fn safety_of_life_is_always_an_exception() {
    let mut log = Forger::new();
    let mut notice = log.suspension(1, SuspensionScope::default(), at(10));
    notice.scope.items = [ItemKind::Distress, ItemKind::Lead].into();
    let cry = log.release(ItemKind::Distress, Purpose::Rescue);
    assert!(!notice.closure().stops(&cry.tags), "whatever the notice says");
    assert!(notice.closure().stops(&log.release(ItemKind::Lead, Purpose::Seizure).tags));
    log.push_suspension(notice, at(10));
    log.push_release(ItemKind::Distress, Purpose::Rescue, at(11));
    assert!(log.first_fault().is_none());
}

#[test]
fn the_gate_starts_closed_until_the_log_is_replayed() {
    let (mut co, mut us) = pair();
    let release = exchange_one(&mut co, &mut us, 1, 100);
    let tags = co.side.own().releases()[&release].tags.clone();
    assert_eq!(Gate::new().check(&tags), Err(Shut::NotOpen));
    assert_eq!(co.gate.check(&tags), Ok(()));
}

// -- replay

#[test]
fn a_grant_or_any_record_put_again_at_another_index_or_log_is_found() {
    let mut log = Forger::new();
    let (leaf, release) = log.push_release(ItemKind::Lead, Purpose::Seizure, at(100));
    let receipt = log.receipt(&release, leaf);
    log.push(log.grant(&release, receipt.clone()), at(101));
    assert!(log.first_fault().is_none());

    // The very bytes again, one place further.
    let again = log.leaves.last().unwrap().1.clone().unwrap();
    log.push_text(again);
    assert!(matches!(log.first_fault(), Some((5, Fault::OtherPlace { index: 4, .. }))));
    log.leaves.pop();

    // Signed anew for its place: the key was given already.
    log.push(log.grant(&release, receipt.clone()), at(102));
    assert!(matches!(log.first_fault(), Some((5, Fault::KeyTooLate(_)))));
    log.leaves.pop();

    // The receipt of one release for the key of another.
    let (_, other) = log.push_release(ItemKind::Lead, Purpose::Arrest, at(103));
    log.push(log.grant(&other, receipt), at(104));
    assert!(matches!(log.first_fault(), Some((6, Fault::KeyWithoutReceipt(_)))));
    log.leaves.pop();

    // A record of the partner's log in ours, signed by our key.
    let entry = Entry {
        log: "bitacora/CO-US-MAR/US".to_owned(),
        index: 6,
        recorded: at(105),
        record: enrolment("Restrepo", None),
    };
    let text = seal(&entry, &log.keys, "CO");
    log.push_text(text);
    assert!(matches!(log.first_fault(), Some((6, Fault::OtherPlace { .. }))));
}

#[test]
fn an_old_resumption_resumes_nothing_after_a_later_stop() {
    let mut log = Forger::new();
    let notice = log.suspension(1, SuspensionScope::default(), at(10));
    log.push_suspension(notice.clone(), at(10));
    let resumption = log.resumption(1, notice.suspension, SuspensionScope::default());
    log.push_resumption(resumption.clone(), at(20));
    log.push_suspension(log.suspension(2, SuspensionScope::default(), at(30)), at(30));
    let leaf = log.push_resumption(resumption, at(40));
    assert!(matches!(log.first_fault(), Some((found, Fault::NotSuspended(_))) if found == leaf));
    log.leaves.pop();
    let leaf = log.push_suspension(notice, at(40));
    assert!(matches!(log.first_fault(), Some((found, Fault::SuspendedTwice(_))) if found == leaf));
}

#[test]
fn an_old_lease_reads_nothing_again() {
    let (mut co, mut us) = pair();
    let release = exchange_one(&mut co, &mut us, 1, 100);
    let mut wire = Wire::new();
    wire.settle(&mut co, &mut us, at(110));
    let old = co.side.beat(&mut wire.co, at(120)).unwrap().remove(0);
    us.side.receive(&mut wire.us, again(old.message()), at(120)).unwrap();
    assert_eq!(us.side.readable(&release, at(121)), Some(Readable::Yes));
    // It lapses, and coming again does not renew it.
    us.side.receive(&mut wire.us, again(old.message()), at(2_000)).unwrap();
    assert_eq!(us.side.readable(&release, at(2_001)), Some(Readable::Quiet));
    // Nor does a restart make it new, once the log has gone on.
    exchange_one(&mut co, &mut us, 2, 2_100);
    us.crash();
    us.side.receive(&mut Wire::new().us, again(old.message()), at(2_200)).unwrap();
    assert_eq!(us.side.readable(&release, at(2_201)), Some(Readable::Quiet));
    // A clock that is set back to before the lease came renews nothing either.
    Wire::new().settle(&mut co, &mut us, at(2_300));
    assert_eq!(us.side.readable(&release, at(2_301)), Some(Readable::Yes));
    assert_eq!(us.side.readable(&release, at(1_000)), Some(Readable::Quiet));
}

#[test]
fn a_lease_by_another_key_ends_the_connection() {
    let (mut co, mut us) = pair();
    let mut wire = Wire::new();
    wire.settle(&mut co, &mut us, at(9));
    let mut status = co.side.beat(&mut wire.co, at(10)).unwrap().remove(0).message().clone();
    let Message::Status(inner) = &mut status else { panic!("not a status") };
    let lease = inner.lease.clone().unwrap();
    inner.lease = Some(
        us.side
            .beat(&mut wire.us, at(10))
            .map(|out| match out[0].message() {
                Message::Status(status) => status.lease.clone().unwrap(),
                _ => lease,
            })
            .unwrap(),
    );
    assert!(matches!(us.side.receive(&mut wire.us, status, at(11)), Err(SideFault::BadLease)));
}

// -- equivocation

#[test]
fn two_histories_meet_at_the_partner_and_at_the_witness() {
    let (mut co, mut us) = pair();
    exchange_one(&mut co, &mut us, 1, 100);
    // Another history from here on, for the witness.
    let mut liar = Node::start("CO", co.keys.clone(), &co.agreement, co.disk.clone());
    exchange_one(&mut co, &mut us, 2, 200);
    liar.side
        .enrol(
            world::officer_id("Nadie"),
            "Nadie",
            bitacora_primitives::Role::Release,
            &Key::new("n").public(),
            at(300),
        )
        .unwrap();
    liar.commit();
    let mut witness = Witness::start(&co.agreement, Disk::default());
    let (mut to_witness, mut at_witness) =
        (Link::new(Audience::Witness("oversight".to_owned()), &party("US")), ObserverLink::new(party("CO")));
    let first = witness.observer.pump(&mut at_witness, at(301), false).unwrap();
    liar.side.receive(&mut to_witness, again(first.message()), at(301)).unwrap();
    for one in liar.side.pump(&mut to_witness, &liar.disk, at(301)).unwrap() {
        witness.observer.receive(&mut at_witness, again(one.message()), at(302)).unwrap();
    }
    witness.commit();

    // The witness shows the United States what it was shown, and is shown what they hold: one of the two convicts.
    let (mut us_link, mut us_end) =
        (Link::new(Audience::Witness("oversight".to_owned()), &party("CO")), ObserverLink::new(party("US")));
    let shown = witness.observer.pump(&mut us_end, at(303), true).unwrap();
    let at_us = us.side.receive(&mut us_link, again(shown.message()), at(303));
    let told = us.side.beat(&mut us_link, at(303)).unwrap().remove(0);
    let at_witness = witness.observer.receive(&mut us_end, again(told.message()), at(303));
    let proof = match (at_us, at_witness) {
        (Err(SideFault::Mirror(MirrorError::Fork { proof, .. })), _) => proof,
        (_, Err(ObserverError::Mirror(MirrorError::Fork { proof, .. }))) => proof,
        other => panic!("no fork was seen: {other:?}"),
    };
    let key = co.agreement.party(&party("CO")).unwrap().read_keys().unwrap().log;
    let fork = proof.verify("bitacora/CO-US-MAR/CO", &[key]).unwrap();
    assert_ne!(fork.older.root, fork.other_root);
    assert_eq!(
        bitacora_ledger::ForkProof::parse(proof.to_string().as_bytes()),
        Ok(*proof),
        "the file is the proof"
    );
}

/// Two histories that share a beginning, one to each mirror; `BITACORA_PLANTED=1000` sets how many.
#[test]
fn every_planted_fork_is_convicted_by_the_mirror_that_holds_more() {
    let trials = std::env::var("BITACORA_PLANTED").ok().and_then(|text| text.parse().ok()).unwrap_or(60);
    let log = Key::new("CO log");
    let key = VerifierKey::new("bitacora/CO-US-MAR/CO", log.public()).unwrap();
    let (signer, cosigner) = (Key::new("c"), CosignerKey::new("c", Key::new("c").public()).unwrap());
    let batch = |leaves: &[LeafOut], from: usize| {
        let tree = Tree::from_leaf_hashes(leaves.iter().map(|leaf| leaf_hash(&leaf.commitment.0)));
        let checkpoint = Checkpoint { origin: key.name().to_owned(), size: tree.size(), root: tree.root() };
        Entries {
            agreement: "CO-US-MAR".parse().unwrap(),
            log: party("CO"),
            from: from as u64,
            leaves: leaves[from..].to_vec(),
            checkpoint: checkpoint.sign(&key, &log),
        }
    };
    for seed in 0..trials {
        let dice = Dice::new(seed);
        let leaf = |dice: &Dice| LeafOut { commitment: sha256(&dice.next().to_be_bytes()), record: None };
        let common: Vec<LeafOut> = (0..dice.below(20)).map(|_| leaf(&dice)).collect();
        let branch = |dice: &Dice| {
            let more: Vec<LeafOut> = (0..1 + dice.below(20)).map(|_| leaf(dice)).collect();
            [common.clone(), more].concat()
        };
        let (one, other) = (branch(&dice), branch(&dice));
        let hold = |leaves: &[LeafOut]| {
            let mut mirror = Mirror::new(key.clone(), std::iter::empty::<Hash>(), None);
            mirror.take(&batch(leaves, 0), &cosigner, &signer, at(1)).unwrap();
            mirror
        };
        let (smaller, larger) = if one.len() <= other.len() { (&one, &other) } else { (&other, &one) };
        let shown = batch(smaller, 0).checkpoint;
        let Err(MirrorError::Fork { proof, .. }) = hold(larger).compare(&shown) else {
            panic!("seed {seed}")
        };
        proof.verify(key.name(), std::slice::from_ref(&key)).unwrap();
        // The leaves themselves, sent to the one who holds the other history, convict as well.
        let from = dice.below(common.len() as u64 + 1) as usize;
        let mut mirror = hold(smaller);
        let before = mirror.size();
        let sent = mirror.take(&batch(larger, from), &cosigner, &signer, at(2));
        let Err(MirrorError::Fork { proof, .. }) = sent else { panic!("seed {seed}: {sent:?}") };
        proof.verify(key.name(), std::slice::from_ref(&key)).unwrap();
        assert_eq!(mirror.size(), before, "nothing of it was taken");
        // The same history again convicts nobody.
        hold(larger).take(&batch(larger, from), &cosigner, &signer, at(3)).unwrap();
        hold(larger).compare(&batch(larger, 0).checkpoint).unwrap();
    }
}

// -- stolen, old and missing keys

#[test]
fn the_record_key_alone_releases_nothing_that_officers_sign_and_neither_stops_nor_resumes() {
    let mut log = Forger::new();
    let alert = log.release(ItemKind::ContainerAlert, Purpose::Seizure);
    let leaf = log.push(Record::Release(Box::new(alert.clone())), at(100));
    assert!(
        matches!(log.first_fault(), Some((found, Fault::Officers { found: 0, needed: 2 })) if found == leaf)
    );
    log.leaves.pop();

    // Signed by somebody, in the officers' names.
    let mut forged = alert.clone();
    let message = bitacora_exchange::record::statement_bytes(&forged.statement()).unwrap();
    forged.approvals = OFFICERS
        .map(|name| bitacora_exchange::record::Approval {
            officer: world::officer_id(name),
            signature: Key::new("thief").sign(&message),
        })
        .to_vec();
    log.push(Record::Release(Box::new(forged)), at(100));
    assert!(matches!(log.first_fault(), Some((_, Fault::Approval(_)))));
    log.leaves.pop();

    // A true signature, over another release.
    let mut moved = alert;
    let other = log.release(ItemKind::Lead, Purpose::Arrest);
    moved.approvals = OFFICERS.map(|name| approve(name, &other.statement())).to_vec();
    log.push(Record::Release(Box::new(moved)), at(100));
    assert!(matches!(log.first_fault(), Some((_, Fault::Approval(_)))));
    log.leaves.pop();

    let notice = log.suspension(1, SuspensionScope::default(), at(100));
    log.push(
        Record::Suspension(Box::new(Signed { statement: notice.clone(), approvals: Vec::new() })),
        at(100),
    );
    assert!(matches!(log.first_fault(), Some((_, Fault::Officers { .. }))));
    log.leaves.pop();
    log.push_suspension(notice.clone(), at(100));
    let resumption = log.resumption(1, notice.suspension, SuspensionScope::default());
    let once = vec![approve(OFFICERS[0], &resumption)];
    log.push(
        Record::Resumption(Box::new(Signed { statement: resumption.clone(), approvals: once.clone() })),
        at(101),
    );
    assert!(matches!(log.first_fault(), Some((_, Fault::Officers { found: 1, needed: 2 }))));
    log.leaves.pop();
    // The same officer twice is one officer.
    let twice = [once.clone(), once].concat();
    log.push(Record::Resumption(Box::new(Signed { statement: resumption, approvals: twice })), at(101));
    assert!(matches!(log.first_fault(), Some((_, Fault::Officers { found: 1, needed: 2 }))));
}

// -- receipts and keys

#[test]
fn no_key_without_a_receipt_and_a_receipt_of_ones_own_making_is_none() {
    let mut log = Forger::new();
    let (leaf, release) = log.push_release(ItemKind::Lead, Purpose::Seizure, at(100));
    let true_receipt = log.receipt(&release, leaf);
    // Made with the keys that the releasing side has.
    let mut entry = Entry::read(&true_receipt, None).unwrap();
    let forged = envelope_of(&seal(&entry, &log.keys, "US"));
    log.push(log.grant(&release, forged), at(101));
    assert!(matches!(log.first_fault(), Some((_, Fault::KeyWithoutReceipt(_)))));
    log.leaves.pop();
    // Over other bytes, for another purpose, of another leaf.
    for bend in 0..3 {
        let Record::Receipt(receipt) = &mut entry.record else { panic!("no receipt") };
        let before = receipt.clone();
        match bend {
            0 => receipt.sealed = sha256(b"other"),
            1 => receipt.purpose = Purpose::Arrest,
            _ => receipt.leaf += 1,
        }
        let bent = envelope_of(&seal(&entry, &log.other, "US"));
        log.push(log.grant(&release, bent), at(101));
        assert!(matches!(log.first_fault(), Some((_, Fault::KeyWithoutReceipt(_)))), "bend {bend}");
        log.leaves.pop();
        entry.record = Record::Receipt(before);
    }
    log.push(log.grant(&release, true_receipt), at(101));
    assert!(log.first_fault().is_none());
}

#[test]
fn a_receipt_without_a_key_shows_in_both_logs() {
    let (mut co, mut us) = pair();
    let mut wire = Wire::new();
    wire.settle(&mut co, &mut us, at(60));
    co.side.offer(asked(1, ItemKind::Lead), None, Vec::new(), at(100)).unwrap();
    co.commit();
    for one in co.side.pump(&mut wire.co, &co.disk, at(101)).unwrap() {
        us.side.receive(&mut wire.us, again(one.message()), at(101)).unwrap();
    }
    us.commit();
    // Colombia takes the receipt and gives nothing: its process is gone before it can.
    let keys = bitacora_exchange::audit::TrustFile::of(&co.agreement).unwrap();
    let of = |node: &Node| world::directory::own_directory(&node.disk, &node.code, &node.keys);
    let options = bitacora_exchange::audit::Options::default();
    let report = bitacora_exchange::audit::audit(&of(&co), Some(&of(&us)), &keys, options).unwrap();
    assert!(report.holds());
    assert_eq!((report.totals.without_key, report.pairing.unwrap().directions[0].paired), (1, 1));
}

#[test]
fn bytes_that_are_not_the_releases_are_declined_and_bytes_beyond_it_end_the_link() {
    let (mut co, mut us) = pair();
    let mut wire = Wire::new();
    wire.settle(&mut co, &mut us, at(60));
    let Offered::Released { release, .. } =
        co.side.offer(asked(1, ItemKind::Lead), None, Vec::new(), at(100)).unwrap()
    else {
        panic!("not released");
    };
    co.commit();
    for one in co.side.pump(&mut wire.co, &co.disk, at(101)).unwrap() {
        let message = match one.message() {
            Message::Chunk(chunk) => {
                let skip = Chunk { offset: 1, ..chunk.clone() };
                assert!(matches!(
                    us.side.receive(&mut wire.us, Message::Chunk(skip), at(101)),
                    Err(SideFault::NotTheNext(_))
                ));
                let mut bytes = chunk.bytes.clone();
                bytes[0] ^= 1;
                Message::Chunk(Chunk { bytes, ..chunk.clone() })
            }
            other => other.clone(),
        };
        us.side.receive(&mut wire.us, message, at(101)).unwrap();
    }
    us.commit();
    let taken = us.side.own().taken(&release).unwrap();
    assert!(taken.declined && taken.receipt.is_none());
}

// -- the partner's log breaks a rule

#[test]
fn a_leaf_that_breaks_a_rule_is_mirrored_as_evidence_and_applied_nowhere() {
    let (_, mut us) = pair();
    let mut log = Forger::new();
    log.push_suspension(log.suspension(1, SuspensionScope::default(), at(10)), at(10));
    let (leaf, release) = log.push_release(ItemKind::Lead, Purpose::Seizure, at(20));
    log.push_suspension(log.suspension(2, SuspensionScope::default(), at(30)), at(30));
    let files = log.directory();
    let entries = Entries {
        agreement: log.agreement.id.clone(),
        log: party("CO"),
        from: 0,
        leaves: log
            .leaves
            .iter()
            .map(|(commitment, record)| LeafOut { commitment: *commitment, record: record.clone() })
            .collect(),
        checkpoint: String::from_utf8(files["checkpoint"].clone()).unwrap(),
    };
    us.side.receive(&mut Wire::new().us, Message::Entries(Box::new(entries)), at(40)).unwrap();
    us.commit();
    for _ in 0..2 {
        assert_eq!(us.side.mirror().size(), log.size(), "all of it is kept");
        assert_eq!(us.side.findings().iter().map(|found| found.leaf).collect::<Vec<_>>(), [leaf]);
        assert_eq!(us.side.readable(&release.release, at(41)), None);
        assert_eq!(us.side.own().seen().len(), 2, "what follows it in the batch is taken");
        us.crash();
    }
}

// -- agreements

#[test]
fn an_altered_agreement_is_not_the_signed_one() {
    let log = Forger::new();
    let record = Entry::open(log.leaves[0].1.as_deref().unwrap(), None).unwrap().0.record;
    let Record::Agreement { envelope } = record else { panic!("no agreement") };
    Agreement::in_force(&envelope).unwrap();
    let text = String::from_utf8(envelope.payload.clone()).unwrap();
    let mut longer = envelope.clone();
    longer.payload = text.replace("\"lease_s\":900", "\"lease_s\":86400").into_bytes();
    assert_ne!(longer.payload, envelope.payload);
    assert!(matches!(Agreement::in_force(&longer), Err(AgreementError::NotSigned { .. })));
    // A clause that permits more than the policies that were signed.
    let mut wider = envelope.clone();
    wider.payload = text.replacen("\"standing\":false", "\"standing\":true", 1).into_bytes();
    assert_ne!(wider.payload, envelope.payload);
    assert!(matches!(Agreement::in_force(&wider), Err(AgreementError::OtherPolicySet { .. })));
    let mut one_sided = envelope.clone();
    one_sided.signatures.truncate(1);
    assert!(matches!(Agreement::in_force(&one_sided), Err(AgreementError::NotSigned { .. })));
}

// -- markings

#[test]
fn a_handling_code_travels_with_the_item_and_a_narrower_marking_stays_home() {
    let (mut co, _) = pair();
    let mut marked = asked(1, ItemKind::Lead);
    marked.offer.handling.releasable_to = [party("CO")].into();
    assert!(matches!(co.side.offer(marked, None, Vec::new(), at(100)).unwrap(), Offered::Refused { .. }));
    let mut coded = asked(2, ItemKind::Lead);
    coded.offer.handling.codes = ["H1".parse().unwrap()].into();
    match co.side.offer(coded, None, Vec::new(), at(101)).unwrap() {
        Offered::Released { decision, .. } => {
            assert!(decision.handling.codes.contains(&"H1".parse().unwrap()))
        }
        Offered::Refused { .. } => {}
        other => panic!("{other:?}"),
    }
    let lethal = Asked { purpose: "strike".to_owned(), ..asked(3, ItemKind::Lead) };
    let Offered::Refused { decision, .. } = co.side.offer(lethal, None, Vec::new(), at(102)).unwrap() else {
        panic!("a purpose that does not exist was not refused");
    };
    assert_eq!(decision.reasons[0].clause, "0.1", "by the base prohibition");
}

// -- full disk, wrong order

#[test]
fn a_stop_that_the_disk_refuses_stays_shut_and_loses_nothing() {
    let (mut co, mut us) = pair();
    let mut wire = Wire::new();
    wire.settle(&mut co, &mut us, at(60));
    let Offered::Released { release, .. } =
        co.side.offer(asked(1, ItemKind::Lead), None, Vec::new(), at(100)).unwrap()
    else {
        panic!("not released");
    };
    co.commit();
    let notice = everything().notice(co.side.agreement_id(), &co.code, [9; 32], at(101));
    co.gate.close(notice.closure());
    let approval = co.approve(OFFICERS[0], &notice);
    co.side.suspend(notice.clone(), vec![approval.clone()], at(101)).unwrap();
    // The store refuses: "stopped, not yet logged".
    drop(co.side.take_draft());
    co.reopen();
    let tags = co.side.own().releases()[&release].tags.clone();
    assert_eq!(co.gate.check(&tags), Err(Shut::Suspended(notice.suspension)));
    let mut wire = Wire::new();
    wire.settle(&mut co, &mut us, at(102));
    assert_eq!(us.side.readable(&release, at(103)), None);
    assert_eq!(us.side.mirror().size(), co.side.own().releases()[&release].leaf, "its leaf waits");
    assert!(matches!(
        co.side.offer(asked(2, ItemKind::Lead), None, Vec::new(), at(104)).unwrap(),
        Offered::Held { .. }
    ));
    // There is room again, and the stop is logged.
    co.side.suspend(notice, vec![approval], at(105)).unwrap();
    co.commit();
    wire.settle(&mut co, &mut us, at(106));
    assert_eq!(us.side.mirror().size(), co.side.durable());
    assert_eq!(us.side.readable(&release, at(107)), None, "cut before it was seen");
    let id = *co.side.own().suspensions().keys().next().unwrap();
    let resumption = co
        .side
        .resumption(id, SuspensionScope::default(), Text::new("cumplida", "met"), None, at(108))
        .unwrap();
    let approvals = OFFICERS.map(|name| co.approve(name, &resumption)).to_vec();
    co.side.resume(resumption, approvals, at(108)).unwrap();
    co.commit();
    wire.beat(&mut co, &mut us, at(109));
    let readable =
        us.side.theirs().releases().keys().filter(|id| us.side.readable(id, at(110)) == Some(Readable::Yes));
    assert_eq!(readable.count(), 2);
}

#[test]
fn what_is_added_while_the_disk_works_is_not_sent_with_it() {
    let (mut co, mut us) = pair();
    let mut wire = Wire::new();
    wire.settle(&mut co, &mut us, at(60));
    co.side.offer(asked(1, ItemKind::Lead), None, Vec::new(), at(100)).unwrap();
    let draft = co.side.take_draft();
    co.side.offer(asked(2, ItemKind::Lead), None, Vec::new(), at(101)).unwrap();
    co.disk.store(draft);
    co.side.committed();
    assert_eq!(co.side.durable() + 1, co.side.tree().size());
    let mut sent = 0;
    for one in co.side.pump(&mut wire.co, &co.disk, at(102)).unwrap() {
        match one.message() {
            Message::Entries(entries) => sent = entries.from + entries.leaves.len() as u64,
            Message::Chunk(chunk) => {
                assert!(co.side.own().releases()[&chunk.release].leaf < co.side.durable())
            }
            Message::Status(_) => {}
        }
    }
    assert_eq!(sent, co.side.durable());
    assert_eq!(co.side.checkpoint(co.side.tree().size()), None, "nothing is signed that could be lost");
}

#[test]
fn a_key_that_went_by_unopened_during_a_stop_comes_after_it() {
    let (mut co, mut us) = pair();
    let mut wire = Wire::new();
    wire.settle(&mut co, &mut us, at(60));
    let Offered::Released { release, .. } =
        co.side.offer(asked(1, ItemKind::Lead), None, Vec::new(), at(100)).unwrap()
    else {
        panic!("not released");
    };
    co.commit();
    for one in co.side.pump(&mut wire.co, &co.disk, at(101)).unwrap() {
        us.side.receive(&mut wire.us, again(one.message()), at(101)).unwrap();
    }
    us.commit();
    for one in us.side.pump(&mut wire.us, &us.disk, at(102)).unwrap() {
        co.side.receive(&mut wire.co, again(one.message()), at(102)).unwrap();
    }
    // The key is granted and durable, the link is cut, and then comes the stop.
    co.commit();
    let id = stop(&mut co, 103);
    let mut wire = Wire::new();
    wire.beat(&mut co, &mut us, at(104));
    assert_eq!(us.side.readable(&release, at(105)), Some(Readable::Sealed), "the key was not opened");
    let resumption = co
        .side
        .resumption(id, SuspensionScope::default(), Text::new("cumplida", "met"), None, at(106))
        .unwrap();
    let approvals = OFFICERS.map(|name| co.approve(name, &resumption)).to_vec();
    co.side.resume(resumption, approvals, at(106)).unwrap();
    co.commit();
    for seconds in [107, 108] {
        wire.beat(&mut co, &mut us, at(seconds));
    }
    assert_eq!(us.side.readable(&release, at(109)), Some(Readable::Yes));
    assert_eq!(co.side.own().releases().len(), 1, "under the same release");
}
