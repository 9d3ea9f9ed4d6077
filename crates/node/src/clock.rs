//! The wall clock, read here and nowhere else.

use std::time::{SystemTime, UNIX_EPOCH};

use bitacora_primitives::Instant;

pub(crate) fn now() -> Instant {
    // A clock set before 1970 is a broken clock; the epoch is then as good an answer as any.
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Instant::from_micros(i64::try_from(since.as_micros()).unwrap_or(i64::MAX))
}
