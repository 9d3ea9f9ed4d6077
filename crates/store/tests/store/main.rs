//! One suite for both engines: every case runs on SQLite and on a real PostgreSQL, which the suite starts for itself.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "what a test expects and does not find is its failure"
)]

mod accounts;
mod claims;
mod exchange;
mod facts;
mod fixture;
mod folder;
mod incidents;
mod killed;
mod log;
mod officers;
mod positions;
mod receptions;
mod server;
mod statics;
mod taxii;
mod watchlog;

/// Names each case once and runs it on both engines.
macro_rules! on_both {
    ($($case:ident),* $(,)?) => {
        mod sqlite {
            $(#[test]
            fn $case() {
                super::$case(&crate::fixture::Case::sqlite());
            })*
        }
        mod postgresql {
            $(#[test]
            fn $case() {
                if let Some(case) = crate::fixture::Case::postgresql() {
                    super::$case(&case);
                }
            })*
        }
    };
}
pub(crate) use on_both;
