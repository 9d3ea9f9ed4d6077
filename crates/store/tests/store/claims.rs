//! Claims: entered once however often a page is read, acted on with their leaf or not at all, found by whom they are about.

use bitacora_store::{ClaimFilter, ClaimRow, ClaimsEntered, NewClaimEntry, Store};

use crate::fixture::*;
use crate::on_both;

on_both![
    what_is_read_and_up_to_where_come_together_or_not_at_all,
    an_act_and_its_leaf_come_together_or_not_at_all,
    claims_are_found_by_state_kind_and_subject_newest_first,
    many_claims_are_entered_and_asked_for_at_once,
];

fn entry(claim: &str, seq: u32, state: &str, subject: &str) -> NewClaimEntry {
    NewClaimEntry {
        claim: claim.to_owned(),
        seq,
        recorded: at(1_000 + i64::from(seq)),
        body: format!("{{\"entry\":\"{claim} {seq} ñ\"}}"),
        row: ClaimRow {
            state: state.to_owned(),
            kind: "contact".to_owned(),
            taken: state == "taken",
            handed: at(claim.len() as i64),
            subjects: vec![subject.to_owned()],
            body: format!("{{\"standing\":\"{claim} {seq}\"}}"),
        },
    }
}

fn found(store: &Store, filter: ClaimFilter) -> Vec<String> {
    let rows = store.claims(&ClaimFilter { limit: 10, ..filter }).unwrap();
    rows.into_iter().map(|row| row.body).collect()
}

fn what_is_read_and_up_to_where_come_together_or_not_at_all(case: &Case) {
    let store = case.open();
    assert_eq!(store.claims_read_to("inbox").unwrap(), None);
    let page = [entry("a", 1, "open", "mmsi:1"), entry("bb", 1, "open", "mmsi:2")];
    let entered = ClaimsEntered::Entered { leaf: None };
    assert_eq!(store.enter_claims("inbox", at(5), &page).unwrap(), entered);
    // Read again after a crash: the same entries are not the next ones, and the mark does not move.
    let again = [entry("ccc", 1, "open", "mmsi:3"), entry("a", 1, "open", "mmsi:1")];
    let moved = ClaimsEntered::Moved { claim: "a".to_owned() };
    assert_eq!(store.enter_claims("inbox", at(9), &again).unwrap(), moved);
    assert_eq!(store.claim("ccc").unwrap(), None, "nothing of a refused page is entered");
    assert_eq!(store.claims_read_to("inbox").unwrap(), Some(at(5)));
    drop(store);
    let store = case.open();
    assert_eq!(store.claims_read_to("inbox").unwrap(), Some(at(5)));
    assert_eq!(store.claim_entries("a").unwrap().len(), 1);
}

fn an_act_and_its_leaf_come_together_or_not_at_all(case: &Case) {
    let store = case.open();
    store.enter_claims("inbox", at(5), &[entry("a", 1, "open", "mmsi:1")]).unwrap();
    let act = entry("a", 2, "taken", "mmsi:1");
    let acted = store.act_on_claim(&act, |n| leaf("claim_taken", n)).unwrap();
    assert_eq!(acted, ClaimsEntered::Entered { leaf: Some(0) });
    let second = store.act_on_claim(&act, |n| leaf("claim_set_aside", n)).unwrap();
    assert_eq!(second, ClaimsEntered::Moved { claim: "a".to_owned() });
    assert_eq!(store.leaf_hashes(0).unwrap().len(), 1, "a refused act leaves no leaf");
    let leaves: Vec<Option<u64>> = store.claim_entries("a").unwrap().iter().map(|row| row.leaf).collect();
    assert_eq!(leaves, [None, Some(0)]);
    assert_eq!(store.claim_counts().unwrap(), [("taken".to_owned(), 1)]);
}

fn claims_are_found_by_state_kind_and_subject_newest_first(case: &Case) {
    let store = case.open();
    let page = [
        entry("a", 1, "open", "mmsi:1"),
        entry("bb", 1, "taken", "mmsi:1"),
        entry("ccc", 1, "open", "mmsi:2"),
    ];
    store.enter_claims("inbox", at(5), &page).unwrap();
    let standing = |claim: &str| format!("{{\"standing\":\"{claim} 1\"}}");
    assert_eq!(found(&store, ClaimFilter::default()), ["ccc", "bb", "a"].map(standing));
    let open = ClaimFilter { states: Some(vec!["open".to_owned()]), ..ClaimFilter::default() };
    assert_eq!(found(&store, open.clone()), ["ccc", "a"].map(standing));
    assert_eq!(found(&store, ClaimFilter { before: Some(at(3)), ..open }), ["a"].map(standing));
    let about = ClaimFilter { subject: Some("mmsi:1".to_owned()), ..ClaimFilter::default() };
    assert_eq!(found(&store, about.clone()), ["bb", "a"].map(standing));
    assert_eq!(found(&store, ClaimFilter { taken: true, ..about }), ["bb"].map(standing));
    let other = ClaimFilter { kind: Some("incident".to_owned()), ..ClaimFilter::default() };
    assert_eq!(found(&store, other), Vec::<String>::new());
}

fn many_claims_are_entered_and_asked_for_at_once(case: &Case) {
    let store = case.open();
    let claims: Vec<String> = (0..77).map(|number| format!("claim {number:02}")).collect();
    let page = |seq| claims.iter().map(move |claim| entry(claim, seq, "open", "mmsi:1")).collect::<Vec<_>>();
    let entered = ClaimsEntered::Entered { leaf: None };
    assert_eq!(store.enter_claims("inbox", at(5), &page(1)).unwrap(), entered);
    assert_eq!(store.enter_claims("inbox", at(6), &page(2)).unwrap(), entered);
    let moved = ClaimsEntered::Moved { claim: claims[0].clone() };
    assert_eq!(store.enter_claims("inbox", at(7), &page(4)).unwrap(), moved);
    let first = NewClaimEntry {
        row: ClaimRow { body: String::new(), ..entry("x", 1, "open", "").row },
        ..entry("x", 1, "open", "")
    };
    assert_eq!(store.enter_claims("inbox", at(8), std::slice::from_ref(&first)).unwrap(), entered);
    assert_eq!(store.claim("x").unwrap().unwrap().body, first.body, "its entry says it");
    let asked: Vec<&str> = claims.iter().map(String::as_str).chain(["another"]).collect();
    let mut standings = store.standings(&asked).unwrap();
    standings.sort_by(|a, b| a.0.cmp(&b.0));
    assert_eq!(standings.len(), claims.len());
    for ((id, row), claim) in standings.iter().zip(&claims) {
        assert_eq!((id, &row.body), (claim, &format!("{{\"standing\":\"{claim} 2\"}}")));
    }
}
