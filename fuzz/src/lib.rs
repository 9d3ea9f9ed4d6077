//! What is fuzzed: every parser of bytes from outside. `crates/peer/tests/corpus.rs`, `crates/feeds/tests/corpus.rs`
//! and `crates/stix/tests/corpus.rs` replay the corpora through the same functions without a fuzzer.

pub mod accounts;
pub mod containers;
pub mod sea;
pub mod stix;
#[cfg(feature = "partner")]
pub mod targets;
