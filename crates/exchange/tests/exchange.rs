//! Two sides talk over links that lose nothing: a lead goes, its receipt comes, its key follows; a stop cuts it.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails loudly"
)]

mod world;

use bitacora_exchange::side::{Asked, Offered, Readable};
use bitacora_primitives::markings::{ItemKind, Text};
use world::quiet::asked;
use world::{Wire, at, distress, pair, party};

#[test]
fn a_lead_goes_cut_and_sealed_and_opens_after_its_receipt() {
    let (mut co, mut us) = pair();
    let mut wire = Wire::new();
    wire.settle(&mut co, &mut us, at(60));
    let Offered::Released { release, .. } =
        co.side.offer(asked(1, ItemKind::Lead), None, Vec::new(), at(100)).unwrap()
    else {
        panic!("not released");
    };
    co.commit();
    wire.settle(&mut co, &mut us, at(101));
    assert_eq!(us.side.readable(&release, at(102)), Some(Readable::Yes));
    let shown = us.side.show(release, &us.disk, at(102)).unwrap();
    assert!(shown.document.fields.keys().all(|name| name.as_str() != "evidence"), "the clause removes it");
    assert_eq!(shown.document.place.unwrap().grid_m, 11_112);
    assert_eq!(us.side.readable(&release, at(102 + 900)), Some(Readable::Quiet), "the lease ran out");
}

#[test]
fn a_stop_cuts_what_is_under_way_and_lets_distress_through() {
    let (mut co, mut us) = pair();
    let mut wire = Wire::new();
    wire.settle(&mut co, &mut us, at(60));
    let Offered::Released { release, .. } =
        co.side.offer(asked(1, ItemKind::Lead), None, Vec::new(), at(100)).unwrap()
    else {
        panic!("not released");
    };
    co.commit();
    let stop = bitacora_exchange::side::Stop {
        scope: Default::default(),
        exceptions: Default::default(),
        reason: Text::new("ataques a lanchas", "attacks on boats"),
        condition: bitacora_exchange::record::Condition {
            text: Text::new("mientras sigan", "as long as they continue"),
            rule: None,
        },
        incident: None,
    };
    let notice = stop.notice(co.side.agreement_id(), &party("CO"), [5; 32], at(101));
    let approval = co.approve("Restrepo", &notice);
    let id = notice.suspension;
    co.side.suspend(notice, vec![approval], at(101)).unwrap();
    co.commit();
    wire.settle(&mut co, &mut us, at(102));
    assert_eq!(
        us.side.readable(&release, at(103)),
        None,
        "not even the release's record reached the partner"
    );
    assert!(matches!(
        co.side.offer(asked(2, ItemKind::Lead), None, Vec::new(), at(104)).unwrap(),
        Offered::Held { .. }
    ));
    let cry =
        Asked { offer: distress(3, at(104)), purpose: "rescue".to_owned(), ..asked(3, ItemKind::Distress) };
    let Offered::Released { release: cry, .. } = co.side.offer(cry, None, Vec::new(), at(105)).unwrap()
    else {
        panic!("distress was held");
    };
    co.commit();
    wire.settle(&mut co, &mut us, at(106));
    assert_eq!(us.side.readable(&cry, at(107)), Some(Readable::Yes));
    assert!(us.side.own().seen().contains_key(&id), "the partner recorded the stop");

    let resumption =
        co.side.resumption(id, Default::default(), Text::new("cumplida", "met"), None, at(200)).unwrap();
    let approvals = vec![co.approve("Restrepo", &resumption), co.approve("Arbeláez", &resumption)];
    assert!(co.side.resume(resumption.clone(), approvals[..1].to_vec(), at(200)).is_err(), "two must sign");
    co.side.resume(resumption, approvals, at(200)).unwrap();
    co.commit();
    let taken_up = co.side.take_up(&co.disk, at(201)).unwrap();
    assert_eq!(
        taken_up.iter().filter(|one| matches!(one, Offered::Released { .. })).count(),
        2,
        "{taken_up:?}"
    );
    co.commit();
    wire.settle(&mut co, &mut us, at(202));
    assert_eq!(us.side.own().all_taken().filter(|(_, taken)| taken.receipt.is_some()).count(), 3);
}
