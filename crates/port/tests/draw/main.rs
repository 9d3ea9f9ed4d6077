//! Draws from commitment to publication, and both verifiers.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test fails loudly, reads files and starts the other verifier"
)]

mod beacons;
mod course;
mod fixture;
mod forgery;
mod plans;
mod python;
