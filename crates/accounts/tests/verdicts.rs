#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails loudly"
)]
//! The verdict matrix over the starting data.

use bitacora_accounts::starting::starting;
use bitacora_accounts::verdict::matrix;

#[test]
fn dump() {
    let start = starting().unwrap();
    let all = matrix(&start.ledger, &start.registry, &start.commitments, Some("2026-11-21".parse().unwrap()));
    println!("{}", all.to_csv(&start.ledger));
    for own in &all.judged {
        println!("{:?}", own);
    }
}
