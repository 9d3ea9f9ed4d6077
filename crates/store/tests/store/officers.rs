//! Officers sign in once per link.

use bitacora_primitives::FactId;
use bitacora_store::{NewEntry, Officer, Session, SignIn, Store, StoreError, Token, WatchLogFilter};

use crate::fixture::*;
use crate::on_both;

on_both![
    a_link_lets_in_once,
    an_expired_or_unknown_link_lets_nobody_in,
    a_sign_in_that_cannot_be_logged_uses_up_nothing,
    two_with_one_link_at_once_let_in_one,
    a_session_ends_by_time_or_by_hand,
];

fn ana() -> Officer {
    let (name, role) = ("Ana Peña".into(), "watch".into());
    Officer { id: officer_id("ana"), name, role, public_key: [3; 32], added: at(0) }
}

fn token(n: u8) -> Token {
    Token { hash: [n; 32], issued: at(0), expires: at(3600) }
}

fn session(n: u8, started: i64) -> Session {
    Session { hash: [n; 32], started: at(started), expires: at(started + 1000) }
}

fn sign_in(store: &Store, token: &Token, session: &Session) -> SignIn {
    let made = |officer: &Officer| {
        let entry = NewEntry {
            id: FactId::of(&[&session.hash]),
            kind: "sign_in".into(),
            code: "signed_in".into(),
            at: session.started,
            recorded: session.started,
            officer: Some(officer.id),
            mmsi: None,
            lead: None,
            event: None,
            lat: None,
            lon: None,
            text: None,
            body: "{}".into(),
        };
        Ok((entry, leaf("sign_in", 0)))
    };
    store.sign_in(&token.hash, session, made).unwrap()
}

fn a_link_lets_in_once(case: &Case) {
    let store = case.open();
    store.add_officer(&ana(), &token(1)).unwrap();
    assert_eq!(store.officers().unwrap(), [ana()]);
    assert_eq!(sign_in(&store, &token(1), &session(2, 10)), SignIn::Done { officer: ana(), leaf: 0 });
    assert_eq!(sign_in(&store, &token(1), &session(3, 20)), SignIn::Used { at: at(10) });
    let log = store.watchlog(&WatchLogFilter::default()).unwrap();
    assert_eq!(
        log.iter().map(|row| (row.kind.as_str(), row.leaf)).collect::<Vec<_>>(),
        [("sign_in", Some(0))]
    );
    store.add_token(officer_id("ana"), &token(4)).unwrap();
    assert!(matches!(sign_in(&store, &token(4), &session(3, 20)), SignIn::Done { leaf: 1, .. }));
    let nobody = store.add_token(officer_id("nobody"), &token(5));
    assert!(matches!(nobody, Err(StoreError::UnknownOfficer(_))));
}

fn an_expired_or_unknown_link_lets_nobody_in(case: &Case) {
    let store = case.open();
    store.add_officer(&ana(), &token(1)).unwrap();
    assert_eq!(sign_in(&store, &token(9), &session(2, 10)), SignIn::Unknown);
    assert_eq!(sign_in(&store, &token(1), &session(2, 3600)), SignIn::Expired { at: at(3600) });
    assert_eq!(store.session(&[2; 32], at(3601)).unwrap(), None);
    assert_eq!(store.leaf_hashes(0).unwrap().len(), 0);
}

fn a_sign_in_that_cannot_be_logged_uses_up_nothing(case: &Case) {
    let store = case.open();
    store.add_officer(&ana(), &token(1)).unwrap();
    let failed =
        store.sign_in(&[1; 32], &session(2, 10), |_| Err(StoreError::Leaf { why: "no salt".into() }));
    assert!(matches!(failed, Err(StoreError::Leaf { .. })));
    assert_eq!(store.session(&[2; 32], at(11)).unwrap(), None);
    assert!(matches!(sign_in(&store, &token(1), &session(2, 10)), SignIn::Done { .. }));
}

fn two_with_one_link_at_once_let_in_one(case: &Case) {
    let store = case.open();
    store.add_officer(&ana(), &token(1)).unwrap();
    let answers: Vec<SignIn> = std::thread::scope(|scope| {
        let threads: Vec<_> = (10..16)
            .map(|n| {
                scope.spawn({
                    let store = &store;
                    move || sign_in(store, &token(1), &session(n, 10))
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert_eq!(answers.iter().filter(|answer| matches!(answer, SignIn::Done { .. })).count(), 1);
    assert_eq!(answers.iter().filter(|answer| matches!(answer, SignIn::Used { .. })).count(), 5);
}

fn a_session_ends_by_time_or_by_hand(case: &Case) {
    let store = case.open();
    store.add_officer(&ana(), &token(1)).unwrap();
    sign_in(&store, &token(1), &session(2, 10));
    assert_eq!(store.session(&[2; 32], at(1009)).unwrap(), Some(ana()));
    assert_eq!(store.session(&[2; 32], at(1010)).unwrap(), None);
    assert_eq!(store.session(&[3; 32], at(20)).unwrap(), None);
    assert!(store.end_session(&[2; 32], at(500)).unwrap());
    assert!(!store.end_session(&[2; 32], at(501)).unwrap());
    assert!(!store.end_session(&[3; 32], at(501)).unwrap());
    assert_eq!(store.session(&[2; 32], at(502)).unwrap(), None);
}
