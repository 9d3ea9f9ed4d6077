//! Pages for a partner's platforms, under a clause that waives receipts: what may stand in one, that its leaf names all of it,
//! that a stop ends it at once, and that no altered one is believed.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "what a test expects and does not find is its failure"
)]

mod world;

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use bitacora_exchange::audit::{Options, TrustFile, audit};
use bitacora_exchange::history::{Fault, Stage};
use bitacora_exchange::page::{Content, MOST_OBJECTS, MOST_RELEASES, ObjectHash, Page, PageDecision};
use bitacora_exchange::record::{Condition, Entry, Record, Withdrawal};
use bitacora_exchange::side::{Asked, Offered, PageAsked, PageObject, Paged, Stop};
use bitacora_exchange::{Sheet, Shelf as _};
use bitacora_ledger::sha256;
use bitacora_policy::{Rule, SuspensionScope};
use bitacora_primitives::ReleaseId;
use bitacora_primitives::markings::{ItemKind, Purpose, Text};
use world::forger::Forger;
use world::{Dice, Node, OFFICERS, Wire, at, distress, offer, pair_under, party};

/// Leads may be read without a receipt, distress too; container alerts may not.
fn waived() -> (Node, Node) {
    pair_under(|agreement| {
        let items = [ItemKind::Lead, ItemKind::Distress].into();
        let rule = Rule::ReceiptWaived { from: party("CO"), to: party("US"), items };
        agreement.clauses.push(world::clause("7.1", rule));
    })
}

fn asked(offer: bitacora_primitives::Offer, purpose: &str) -> Asked {
    Asked { offer, to: party("US"), purpose: purpose.to_owned(), standing: true, asset: None, corrects: None }
}

fn release(co: &mut Node, number: u64, purpose: &str, seconds: i64) -> ReleaseId {
    let lead = asked(offer(number, ItemKind::Lead, at(50)), purpose);
    match co.side.offer(lead, None, Vec::new(), at(seconds)).unwrap() {
        Offered::Released { release, .. } => release,
        other => panic!("{other:?}"),
    }
}

fn object(text: &str, releases: &[ReleaseId]) -> PageObject {
    PageObject { bytes: text.as_bytes().to_vec(), releases: releases.to_vec() }
}

fn page(co: &mut Node, objects: Vec<PageObject>, seconds: i64) -> Paged {
    let asked = PageAsked {
        platform: "opencti-us".to_owned(),
        collection: "co-us-mar-lead-waived".to_owned(),
        content: Content::Objects,
        objects,
    };
    let paged = co.side.page(asked, &co.disk, at(seconds)).unwrap();
    co.commit();
    paged
}

fn stop(co: &mut Node, scope: SuspensionScope, seconds: i64) -> bitacora_primitives::SuspensionId {
    let both = Text::new("motivo", "reason");
    let stop = Stop {
        scope,
        exceptions: BTreeSet::new(),
        reason: both.clone(),
        condition: Condition { text: both, rule: None },
        incident: None,
    };
    let notice = stop.notice(&co.agreement.id, &party("CO"), [seconds as u8; 32], at(seconds));
    let (id, approval) = (notice.suspension, co.approve(OFFICERS[0], &notice));
    co.side.suspend(notice, vec![approval], at(seconds)).unwrap();
    co.commit();
    id
}

fn resume(co: &mut Node, suspension: bitacora_primitives::SuspensionId, seconds: i64) {
    let met = Text::new("cumplida", "met");
    let scope = SuspensionScope::default();
    let resumption = co.side.resumption(suspension, scope, met, None, at(seconds)).unwrap();
    let approvals = OFFICERS.map(|name| co.approve(name, &resumption)).to_vec();
    co.side.resume(resumption, approvals, at(seconds)).unwrap();
    co.commit();
    co.side.take_up(&co.disk, at(seconds)).unwrap();
    co.commit();
}

fn last_page(co: &Node) -> (u64, Page) {
    let (size, _) = co.disk.edge(&party("CO"), u64::MAX);
    let text = co.disk.log(&party("CO")).pop().unwrap().1.unwrap();
    match Entry::open(&text, None).unwrap().0.record {
        Record::Page(page) => (size - 1, *page),
        other => panic!("{}", other.kind()),
    }
}

fn passes(sheet: &Sheet) -> bool {
    sheet.pass(|| ()).is_ok()
}

// INVARIANT: the leaf is durable before the first byte leaves; one leaf a page names every object in it.
#[test]
fn one_leaf_a_page_names_the_hash_of_every_object_and_both_logs_hold() {
    let (mut co, mut us) = waived();
    let ids = [1, 2, 3].map(|number| release(&mut co, number, "seizure", 100));
    let arrest = release(&mut co, 4, "arrest", 100);
    co.commit();
    let before = co.side.durable();
    let objects = vec![
        object("a", &ids[..1]),
        object("shared", &[ids[0], ids[1], arrest]),
        object("b", &ids[1..2]),
        object("c", &[arrest]),
    ];
    let paged = page(&mut co, objects, 110);
    let sheet = paged.sheet.unwrap();
    assert_eq!((co.side.durable(), sheet.leaf()), (before + 1, before), "one leaf");
    assert_eq!((paged.kept, paged.refused.len(), paged.looked_at), (vec![0, 1, 2, 3], 0, 4));
    let (_, record) = last_page(&co);
    let hashes: Vec<ObjectHash> = sheet.objects().iter().map(|bytes| ObjectHash(sha256(bytes))).collect();
    assert_eq!(record.objects, hashes);
    assert_eq!((record.waiver.as_str(), record.platform.as_str()), ("7.1", "opencti-us"));
    assert_eq!(record.decisions.len(), 2, "one decision for equal attributes: {:?}", record.decisions);
    assert!(passes(&sheet));

    Wire::new().settle(&mut co, &mut us, at(120));
    let seen = us.side.theirs().releases();
    assert_eq!(seen[&ids[0]].paged, Some(before), "the partner's mirror has the page opened");
    assert_eq!(seen[&ids[2]].paged, None);
    assert!(us.side.findings().is_empty(), "{:?}", us.side.findings());
}

#[test]
fn nothing_stands_in_a_page_that_was_not_released_or_that_no_clause_waives() {
    let (mut co, _) = waived();
    let dice = Dice::new(7);
    let mut known: Vec<ReleaseId> = (0..40).map(|number| release(&mut co, number, "seizure", 100)).collect();
    let alert = asked(offer(90, ItemKind::ContainerAlert, at(50)), "seizure");
    let alert = Asked { standing: false, ..alert };
    let (statement, salt) = co.side.statement(&alert).unwrap().unwrap();
    let signed = OFFICERS.map(|name| co.approve(name, &statement)).to_vec();
    let Offered::Released { release: alert, .. } = co.side.offer(alert, Some(salt), signed, at(100)).unwrap()
    else {
        panic!("two signed");
    };
    let help = asked(distress(91, at(50)), "rescue");
    let Offered::Released { release: help, .. } = co.side.offer(help, None, Vec::new(), at(100)).unwrap()
    else {
        panic!("distress goes");
    };
    let strange = ReleaseId::of(&[b"never"]);
    known.extend([alert, help, strange]);
    co.commit();
    // Arrests are not in any of them; seizures are stopped in some rounds.
    let mut suspended = None;
    for round in 0..60i64 {
        if dice.one_in(6) {
            match suspended.take() {
                None => {
                    let items = [ItemKind::Lead].into();
                    let scope = SuspensionScope { items, ..SuspensionScope::default() };
                    suspended = Some(stop(&mut co, scope, 200 + round));
                }
                Some(id) => resume(&mut co, id, 200 + round),
            }
        }
        let objects: Vec<PageObject> = (0..dice.below(12))
            .map(|number| {
                let pick = |_| known[dice.below(known.len() as u64) as usize];
                let releases: Vec<ReleaseId> = (0..dice.below(3)).map(pick).collect();
                object(&format!("{round} {number}"), &releases)
            })
            .collect();
        let size = co.side.durable();
        let paged = page(&mut co, objects.clone(), 200 + round);
        let may = |id: &ReleaseId| {
            let Some(state) = co.side.own().releases().get(id) else { return false };
            let waived = matches!(state.tags.kind, ItemKind::Lead | ItemKind::Distress);
            waived
                && !matches!(state.stage, Stage::Cut | Stage::Declined)
                && co.side.gate_says(&state.tags).is_ok()
        };
        for (place, object) in objects.iter().enumerate() {
            assert_eq!(
                paged.kept.contains(&place),
                object.releases.iter().any(may),
                "round {round}, {place}"
            );
        }
        assert_eq!(paged.kept.len() + paged.refused.len(), objects.len());
        assert_eq!(co.side.durable() - size, u64::from(paged.sheet.is_some()));
        if paged.sheet.is_some() {
            let (_, record) = last_page(&co);
            assert!(record.decisions.iter().flat_map(|one| &one.releases).all(may));
        }
    }
}

#[test]
fn a_page_is_cut_to_what_one_leaf_names_and_the_rest_is_left_to_the_next() {
    let (mut co, _) = waived();
    let ids: Vec<ReleaseId> =
        (0..MOST_RELEASES as u64 + 5).map(|n| release(&mut co, n, "seizure", 100)).collect();
    co.commit();
    let one_each: Vec<PageObject> = ids.iter().map(|id| object("x", &[*id])).collect();
    let paged = page(&mut co, one_each, 110);
    assert_eq!((paged.kept.len(), paged.looked_at), (MOST_RELEASES, MOST_RELEASES));
    let many = vec![object("x", &ids[..1]); MOST_OBJECTS + 9];
    let paged = page(&mut co, many, 111);
    assert_eq!((paged.kept.len(), paged.looked_at), (MOST_OBJECTS, MOST_OBJECTS));
}

// INVARIANT: no piece of a suspended scope is handed over after the suspension returned.
#[test]
fn after_a_suspension_returned_no_piece_of_a_page_passes() {
    let (mut co, _) = waived();
    let lead = release(&mut co, 1, "seizure", 100);
    co.commit();
    let sheet = page(&mut co, vec![object("a", &[lead])], 110).sheet.unwrap();
    let (stopped, late, early) = (AtomicBool::new(false), AtomicU64::new(0), AtomicU64::new(0));
    std::thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                loop {
                    let after = stopped.load(Ordering::SeqCst);
                    let passed = passes(&sheet);
                    late.fetch_add(u64::from(after && passed), Ordering::SeqCst);
                    early.fetch_add(u64::from(passed), Ordering::SeqCst);
                    if after && !passed {
                        return;
                    }
                }
            });
        }
        while early.load(Ordering::SeqCst) < 100 {
            std::thread::yield_now();
        }
        stop(&mut co, SuspensionScope::default(), 120);
        stopped.store(true, Ordering::SeqCst);
    });
    assert_eq!(late.load(Ordering::SeqCst), 0);
}

#[test]
fn a_stop_of_a_part_lets_the_rest_pass_and_a_resumption_lets_all_go_on() {
    let (mut co, mut us) = waived();
    let (seizure, arrest) = (release(&mut co, 1, "seizure", 100), release(&mut co, 2, "arrest", 100));
    co.commit();
    Wire::new().settle(&mut co, &mut us, at(101));
    let both = || vec![object("s", &[seizure]), object("a", &[arrest])];
    let open = page(&mut co, both(), 110).sheet.unwrap();
    let seizures = SuspensionScope { purposes: [Purpose::Seizure].into(), ..SuspensionScope::default() };
    let id = stop(&mut co, seizures, 120);
    assert!(!passes(&open), "what was on its way stops, whole: a part of it is covered");
    let part = page(&mut co, both(), 130);
    assert_eq!((part.kept, part.refused[0].place), (vec![1], 0));
    assert_eq!(part.refused[0].reasons[0].clause, id.to_string(), "the suspension is named");
    assert!(passes(&part.sheet.unwrap()));
    resume(&mut co, id, 140);
    let all = page(&mut co, both(), 150);
    assert_eq!(all.kept, vec![0, 1]);
    assert!(last_page(&co).1.epoch > 0);

    // Withdrawn, it may still be read: as taken back.
    let statement = Withdrawal { release: seizure, reason: Text::new("error", "error") };
    let approvals = vec![co.approve(OFFICERS[0], &statement)];
    co.side.withdraw(seizure, statement.reason, approvals, at(160)).unwrap();
    co.commit();
    assert_eq!(page(&mut co, both(), 170).kept, vec![0, 1]);
    Wire::new().settle(&mut co, &mut us, at(180));
    assert!(us.side.findings().is_empty(), "{:?}", us.side.findings());
}

#[test]
fn without_a_waiver_nothing_is_given_and_nothing_logged() {
    let (mut co, _) = world::pair();
    let lead = release(&mut co, 1, "seizure", 100);
    co.commit();
    let before = co.side.durable();
    let paged = page(&mut co, vec![object("a", &[lead])], 110);
    assert!(paged.sheet.is_none() && paged.kept.is_empty());
    assert_eq!((paged.refused.len(), co.side.durable()), (1, before));
}

/// A lawful page of a log that someone with all keys of a side writes.
fn forged(log: &Forger, release: &bitacora_exchange::record::Release) -> Page {
    Page {
        to: party("US"),
        platform: "x".to_owned(),
        collection: "y".to_owned(),
        content: Content::Objects,
        version: 1,
        epoch: 0,
        policy_set: log.agreement.policy_set.clone(),
        waiver: "7.1".parse().unwrap(),
        decisions: vec![PageDecision {
            tags: release.tags.clone(),
            reasons: release.reasons.clone(),
            releases: vec![release.release],
        }],
        objects: vec![ObjectHash(sha256(b"a"))],
    }
}

#[test]
fn the_offline_verifier_counts_pages_and_finds_every_altered_one() {
    let waiver = |agreement: &mut bitacora_exchange::Agreement| {
        let items = [ItemKind::Lead].into();
        let rule = Rule::ReceiptWaived { from: party("CO"), to: party("US"), items };
        agreement.clauses.push(world::clause("7.1", rule));
    };
    let lawful = || {
        let mut log = Forger::under(waiver);
        let (_, release) = log.push_release(ItemKind::Lead, Purpose::Seizure, at(100));
        let page = forged(&log, &release);
        (log, release, page)
    };
    let (mut log, release, page) = lawful();
    log.push(Record::Page(Box::new(page)), at(101));
    assert!(log.first_fault().is_none());
    let keys = TrustFile::of(&log.agreement).unwrap();
    let report = audit(&log.directory(), None, &keys, Options::default()).unwrap();
    assert!(report.holds(), "{:?}", report.findings);
    assert_eq!((report.totals.pages, report.totals.page_objects, report.totals.not_receipted), (1, 1, 1));
    let leaf = log.size() - 2;
    let receipt = log.receipt(&release, leaf);
    log.push(log.grant(&release, receipt), at(102));
    let report = audit(&log.directory(), None, &keys, Options::default()).unwrap();
    assert_eq!((report.totals.pages, report.totals.not_receipted), (1, 0), "receipted later");

    type Alter = fn(&mut Page);
    let alterations: [(&str, Alter); 13] = [
        ("another epoch", |page| page.epoch = 3),
        ("another version", |page| page.version = 2),
        ("to ourselves", |page| page.to = party("CO")),
        ("no object", |page| page.objects.clear()),
        ("too many objects", |page| page.objects = vec![page.objects[0]; MOST_OBJECTS + 1]),
        ("no release", |page| page.decisions.clear()),
        ("a release twice", |page| {
            let release = page.decisions[0].releases[0];
            page.decisions[0].releases.push(release);
        }),
        ("a release that is none", |page| page.decisions[0].releases = vec![ReleaseId::of(&[b"none"])]),
        ("a clause that waives nothing", |page| page.waiver = "3.1".parse().unwrap()),
        ("a waiver that does not exist", |page| page.waiver = "7.9".parse().unwrap()),
        ("a kind that is not waived", |page| page.decisions[0].tags.kind = ItemKind::Contact),
        ("another purpose", |page| page.decisions[0].tags.purpose = Purpose::Arrest),
        ("no area of the clause", |page| page.decisions[0].tags.areas.clear()),
    ];
    for (name, alter) in alterations {
        let (mut log, _, mut page) = lawful();
        alter(&mut page);
        let leaf = log.push(Record::Page(Box::new(page)), at(101));
        let (at_leaf, fault) = log.first_fault().unwrap_or_else(|| panic!("{name} is believed"));
        assert_eq!(at_leaf, leaf, "{name}: {fault}");
        let report = audit(&log.directory(), None, &keys, Options::default()).unwrap();
        assert_eq!(report.first_bad_leaf(), Some(leaf), "{name}");
        assert_eq!(report.totals.pages, 0, "{name}: what does not hold counts for nothing");
    }

    let (mut log, _, mut page) = lawful();
    let notice = log.suspension(1, SuspensionScope::default(), at(110));
    let leaf = log.push_suspension(notice.clone(), at(110));
    page.epoch = leaf;
    log.push(Record::Page(Box::new(page)), at(105));
    let (_, fault) = log.first_fault().unwrap();
    assert!(matches!(fault, Fault::PageSuspended { .. }), "{fault}");
    let report = audit(&log.directory(), None, &keys, Options::default()).unwrap();
    assert_eq!(report.interval(&notice.suspension).unwrap().counts.of_scope, 1, "counted where it lies");
}

#[test]
fn a_page_survives_a_crash_once_it_is_durable_and_not_before() {
    let (mut co, _) = waived();
    let lead = release(&mut co, 1, "seizure", 100);
    co.commit();
    let objects = || vec![object("a", &[lead])];
    let asked = PageAsked {
        platform: "p".to_owned(),
        collection: "c".to_owned(),
        content: Content::Manifest,
        objects: objects(),
    };
    co.side.page(asked, &co.disk, at(110)).unwrap();
    co.crash();
    assert_eq!(co.side.own().releases()[&lead].paged, None, "it was not durable");
    let leaf = page(&mut co, objects(), 120).sheet.unwrap().leaf();
    co.crash();
    assert_eq!(co.side.own().releases()[&lead].paged, Some(leaf));
    assert!(co.disk.sealed(&lead).unwrap().is_some());
}
