//! Prints one bundle with an object of every form that we emit: `tools/check_stix.py` has others' checkers read it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a check by hand fails loudly"
)]

#[path = "../tests/made/mod.rs"]
mod made;

fn main() {
    println!("{}", made::everything().canonical());
}
