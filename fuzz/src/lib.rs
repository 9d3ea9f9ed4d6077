//! What is fuzzed: every parser of a partner's bytes. `crates/peer/tests/corpus.rs` replays the corpora through the same
//! functions without a fuzzer.

pub mod accounts;
pub mod containers;
pub mod targets;
