//! The offline verifier over histories with known truth: releases and keys that someone with all keys of a side wrote
//! inside a suspension are all found, at their leaf; clean histories raise no alarm. `BITACORA_PLANTED=1000` sets how
//! many of each.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test fails loudly, and reads its size from the environment"
)]

mod world;

use bitacora_exchange::audit::{Options, Report, TrustError, TrustFile, audit};
use bitacora_exchange::history::Signatures;
use bitacora_ledger::Envelope;
use bitacora_policy::SuspensionScope;
use bitacora_primitives::Duration;
use bitacora_primitives::markings::{ItemKind, Purpose};
use world::forger::Forger;
use world::{Dice, at, party};

/// What is planted into a history.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Plant {
    Nothing,
    Release,
    Key,
}

/// Two suspensions, one resumed in part, with lawful traffic before, within and after. Gives the first planted leaf.
fn history(dice: &Dice, plant: Plant) -> (Forger, Option<u64>) {
    let mut log = Forger::new();
    let mut planted = None;
    let mut waiting: Vec<(bitacora_exchange::record::Release, Envelope)> = Vec::new();
    traffic(&mut log, dice, &mut waiting, None);
    let part = dice.one_in(2);
    let scope = SuspensionScope {
        items: if part { [ItemKind::Lead].into() } else { Default::default() },
        ..Default::default()
    };
    let notice = log.suspension(1, scope, at(500));
    log.push_suspension(notice.clone(), at(500));
    // Where the attacker writes: before or after the partial resumption, always for arrest, which is not resumed.
    let early = dice.one_in(2);
    lawful_inside(&mut log, dice);
    if early {
        planted = plant_one(&mut log, plant, &waiting);
    }
    lawful_inside(&mut log, dice);
    let seizures = SuspensionScope { purposes: [Purpose::Seizure].into(), ..Default::default() };
    log.push_resumption(log.resumption(1, notice.suspension, seizures), at(700));
    log.push_release(ItemKind::Lead, Purpose::Seizure, at(710));
    if !early {
        planted = plant_one(&mut log, plant, &waiting);
    }
    lawful_inside(&mut log, dice);
    log.push_resumption(log.resumption(2, notice.suspension, SuspensionScope::default()), at(800));
    traffic(&mut log, dice, &mut waiting, Some(Purpose::Arrest));
    let size = log.size();
    for kept in 1..=size / 5 {
        log.kept.push((kept * 5, at(1_000 + kept as i64)));
    }
    (log, planted)
}

fn traffic(
    log: &mut Forger,
    dice: &Dice,
    waiting: &mut Vec<(bitacora_exchange::record::Release, Envelope)>,
    last: Option<Purpose>,
) {
    for _ in 0..3 + dice.below(6) {
        let purpose = if dice.one_in(2) { Purpose::Arrest } else { Purpose::Seizure };
        let (leaf, release) = log.push_release(ItemKind::Lead, purpose, at(100));
        let receipt = log.receipt(&release, leaf);
        if dice.one_in(3) && last.is_none() {
            waiting.push((release, receipt));
        } else {
            log.push(log.grant(&release, receipt), at(101));
        }
    }
    if last.is_none() {
        let (leaf, release) = log.push_release(ItemKind::Lead, Purpose::Arrest, at(100));
        waiting.push((release.clone(), log.receipt(&release, leaf)));
    }
}

fn lawful_inside(log: &mut Forger, dice: &Dice) {
    for _ in 0..dice.below(4) {
        log.push_release(ItemKind::Distress, Purpose::Rescue, at(600));
    }
}

fn plant_one(
    log: &mut Forger,
    plant: Plant,
    waiting: &[(bitacora_exchange::record::Release, Envelope)],
) -> Option<u64> {
    match plant {
        Plant::Nothing => None,
        // Back-dated by the one who writes it: order is by leaf, not by what a record says.
        Plant::Release => Some(log.push_release(ItemKind::Lead, Purpose::Arrest, at(200)).0),
        Plant::Key => {
            let (release, receipt) = waiting.last()?;
            Some(log.push(log.grant(release, receipt.clone()), at(201)))
        }
    }
}

fn check(log: &Forger, signatures: Signatures) -> Report {
    audit(&log.directory(), None, &TrustFile::of(&log.agreement).unwrap(), Options { signatures }).unwrap()
}

fn trials() -> u64 {
    std::env::var("BITACORA_PLANTED").ok().and_then(|text| text.parse().ok()).unwrap_or(60)
}

#[test]
fn every_planted_release_is_found_at_its_leaf_and_no_clean_history_alarms() {
    let trials = trials();
    for seed in 0..trials {
        let dice = Dice::new(seed);
        let (clean, _) = history(&dice, Plant::Nothing);
        let report = check(&clean, Signatures::Verify);
        assert!(report.holds(), "seed {seed}: {:?} {:?}", report.broken, report.findings);
        assert_eq!(report.suspensions[0].counts.of_scope, 0);

        let plant = if seed % 2 == 0 { Plant::Release } else { Plant::Key };
        let (forged, leaf) = history(&Dice::new(seed), plant);
        for signatures in [Signatures::Verify, Signatures::Skip] {
            let report = check(&forged, signatures);
            assert!(!report.holds(), "seed {seed}: {plant:?} was not found");
            assert_eq!(report.first_bad_leaf(), leaf, "seed {seed}: {:?}", report.findings);
            assert_eq!(report.findings_total, 1, "seed {seed}: {:?}", report.findings);
            assert_eq!(report.suspensions[0].counts.of_scope, 1);
        }
    }
    println!("{trials} clean and {trials} planted histories");
}

#[test]
fn an_interval_tells_what_went_under_which_exception_and_since_when_it_is_proven() {
    let mut log = Forger::new();
    log.push_release(ItemKind::Lead, Purpose::Seizure, at(100));
    // The side says that it stopped at 400; the partner first saw the leaf at 900.
    let notice = log.suspension(1, SuspensionScope::default(), at(400));
    let began = log.push_suspension(notice.clone(), at(401));
    log.push_release(ItemKind::Distress, Purpose::Rescue, at(450));
    log.push_release(ItemKind::Distress, Purpose::Rescue, at(460));
    log.kept = vec![(began, at(300)), (began + 2, at(900)), (began + 3, at(950))];
    let ended =
        log.push_resumption(log.resumption(2, notice.suspension, SuspensionScope::default()), at(1_000));
    let report = check(&log, Signatures::Verify);
    assert!(report.holds(), "{:?}", report.findings);
    let interval = report.interval(&notice.suspension).unwrap();
    assert_eq!((interval.began.leaf, interval.ended.as_ref().unwrap().leaf), (began, ended));
    assert_eq!(interval.began.declared, at(401));
    assert_eq!(interval.gate_closed_declared, at(400));
    let proven = interval.began.proven.as_ref().unwrap();
    assert_eq!((proven.at, proven.by.as_str(), proven.size), (at(900), "cosigner.US", began + 2));
    assert_eq!(interval.ended.as_ref().unwrap().proven, None, "nobody vouches for the end yet");
    assert_eq!(interval.counts.under_exception, 2);
    assert_eq!(interval.under_exception.get(&"9.1".parse().unwrap()), Some(&2));
    assert_eq!(interval.exceptions.iter().map(|one| one.leaf).collect::<Vec<_>>(), [began + 1, began + 2]);
    let json = serde_json::to_value(&report).unwrap();
    assert_eq!(json["suspensions"][0]["under_exception"]["9.1"], 2);
}

#[test]
fn a_stop_that_is_dated_back_is_shown_as_declared_and_as_proven() {
    let mut log = Forger::new();
    let (leaf, _) = log.push_release(ItemKind::Lead, Purpose::Seizure, at(10_000));
    log.kept.push((leaf + 1, at(10_001)));
    // "We had stopped before that release": order is the leaf, and the time is the cosigner's.
    let began = log.push_suspension(log.suspension(1, SuspensionScope::default(), at(5_000)), at(5_000));
    log.kept.push((began + 1, at(20_000)));
    let report = check(&log, Signatures::Verify);
    let interval = &report.suspensions[0];
    assert!(interval.began.leaf > leaf && interval.counts.of_scope == 0);
    assert_eq!(interval.began.declared, at(5_000));
    let proven = interval.began.proven.as_ref().unwrap().at;
    assert!(proven - interval.began.declared > Duration::from_hours(4));
}

#[test]
fn a_torn_or_altered_record_names_its_leaf() {
    let (log, _) = history(&Dice::new(1), Plant::Nothing);
    let keys = TrustFile::of(&log.agreement).unwrap();
    let mut files = log.directory();
    let lines = files.get_mut("records/000.jsonl").unwrap();
    let at = lines.iter().enumerate().filter(|(_, byte)| **byte == b'\n').nth(6).unwrap().0 + 10;
    lines[at] ^= 1;
    let report = audit(&files, None, &keys, Options::default()).unwrap();
    assert_eq!(report.first_bad_leaf(), Some(7));
    assert_eq!(report.broken.unwrap().file, "records/000.jsonl");
}

#[test]
fn a_receipt_that_one_side_alone_holds_is_claimed_by_that_side() {
    let (mut co, mut us) = world::pair();
    // Two real nodes exchange one lead.
    let release = world::exchange_one(&mut co, &mut us, 1, 100);
    let keys = TrustFile::of(&co.agreement).unwrap();
    let of = |node: &world::Node| world::directory::own_directory(&node.disk, &node.code, &node.keys);
    let (co_files, us_files) = (of(&co), of(&us));
    let report = audit(&co_files, Some(&us_files), &keys, Options::default()).unwrap();
    assert!(report.holds(), "{:?} {:?} {:?}", report.broken, report.findings, report.pairing);
    assert_eq!((report.totals.releases, report.totals.granted, report.totals.without_key), (1, 1, 0));
    let pairing = report.pairing.unwrap();
    assert_eq!((pairing.directions[0].paired, pairing.directions[1].paired), (1, 0));

    // Colombia shows another log, in which it never released; the receipt remains.
    let mut denial = Forger::new();
    for _ in 0..6 {
        denial.push(world::forger::enrolment("Arbeláez", None), at(0));
    }
    let report = audit(&denial.directory(), Some(&us_files), &keys, Options::default()).unwrap();
    let direction = &report.pairing.as_ref().unwrap().directions[0];
    assert_eq!((direction.received_only, direction.received_only_first[0].release), (1, release));
    assert!(!report.holds());
}

#[test]
fn the_keys_file_says_what_it_means_and_refuses_the_rest() {
    let log = Forger::new();
    let keys = TrustFile::of(&log.agreement).unwrap();
    let text = format!("# both parties\n\n{keys}");
    assert_eq!(TrustFile::parse(&text), Ok(keys));
    let line = |line, what| Err(TrustError::Line { line, what });
    assert_eq!(TrustFile::parse("log CO x"), line(1, "the agreement comes first"));
    assert_eq!(
        TrustFile::parse("agreement CO-US-MAR\nwitness x"),
        line(2, "the witness's key is none of a cosigner")
    );
    let swapped = text.replace("log CO", "log US");
    assert!(matches!(
        TrustFile::parse(&swapped),
        Err(TrustError::Line { what: "a log's key is named as the log's origin", .. })
    ));
    let cosigner_as_record = text.replace("cosigner CO", "record CO");
    assert!(
        matches!(TrustFile::parse(&cosigner_as_record), Err(TrustError::Line { .. })),
        "the key's own type tells"
    );
    let one: String =
        text.lines().filter(|line| !line.contains(" US ")).map(|line| format!("{line}\n")).collect();
    assert_eq!(TrustFile::parse(&one), Err(TrustError::Parties(1)));
    let no_record: String =
        text.lines().filter(|line| !line.starts_with("record US")).map(|line| format!("{line}\n")).collect();
    assert_eq!(TrustFile::parse(&no_record), Err(TrustError::Missing { party: party("US"), what: "record" }));
}
