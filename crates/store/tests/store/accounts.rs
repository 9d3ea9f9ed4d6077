//! Facts of the accounts: in the log's order, each with its leaf, and none on a state that its writer had not seen.

use bitacora_store::AccountFact;

use crate::fixture::*;
use crate::on_both;

on_both![a_fact_comes_with_its_leaf_and_once, a_fact_decided_on_older_facts_is_not_stored];

fn fact(id: &str) -> AccountFact {
    AccountFact { id: id.to_owned(), recorded: at(1000), body: format!("{{\"id\":\"{id} ñ\"}}") }
}

fn a_fact_comes_with_its_leaf_and_once(case: &Case) {
    let store = case.open();
    assert!(store.log_account_fact(&fact("b"), 0, |n| leaf("account", n)).unwrap());
    assert!(store.log_account_fact(&fact("a"), 1, |n| leaf("account", n)).unwrap());
    assert!(store.log_account_fact(&fact("b"), 7, |n| leaf("account", n)).unwrap(), "it is there");
    assert_eq!(store.account_facts().unwrap(), [fact("b"), fact("a")]);
    assert_eq!((store.account_fact_count().unwrap(), store.leaf_hashes(0).unwrap().len()), (2, 2));
}

fn a_fact_decided_on_older_facts_is_not_stored(case: &Case) {
    let store = case.open();
    assert!(store.log_account_fact(&fact("a"), 0, |n| leaf("account", n)).unwrap());
    assert!(!store.log_account_fact(&fact("b"), 0, |n| leaf("account", n)).unwrap());
    assert_eq!((store.account_fact_count().unwrap(), store.leaf_hashes(0).unwrap().len()), (1, 1));
}
