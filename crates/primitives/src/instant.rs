//! Time as the system keeps it: UTC microseconds since 1970, no leap seconds, printed as RFC 3339 with `Z`.

use std::fmt;
use std::ops::{Add, Sub};

use serde::{Deserialize, Serialize};

/// A point in time, UTC, microsecond resolution.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Instant(i64);

/// A signed span of time in microseconds.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Duration(i64);

/// Why a text is not a time.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("`{text}` is neither an RFC 3339 time nor epoch seconds")]
pub struct BadInstant {
    text: String,
}

impl Instant {
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }
    /// Saturates far outside any plausible date instead of wrapping.
    pub const fn from_secs(secs: i64) -> Self {
        Self(secs.saturating_mul(1_000_000))
    }
    pub const fn micros(self) -> i64 {
        self.0
    }
    pub const fn secs(self) -> i64 {
        self.0.div_euclid(1_000_000)
    }
    /// Seconds as a float, for arithmetic on differences of minutes to days (error below 1 µs until 2100).
    pub fn secs_f64(self) -> f64 {
        self.0 as f64 / 1e6
    }
    pub const fn saturating_sub(self, other: Self) -> Duration {
        Duration(self.0.saturating_sub(other.0))
    }
    /// Days since 1970-01-01, the key of a day's Parquet folder.
    pub const fn day(self) -> i64 {
        self.0.div_euclid(86_400_000_000)
    }

    /// Reads RFC 3339 (`Z`, an offset, or a space in place of `T`; without an offset the text is UTC), or epoch
    /// seconds with or without a fraction.
    pub fn parse(text: &str) -> Result<Self, BadInstant> {
        let bad = || BadInstant { text: text.chars().take(40).collect() };
        let trimmed = text.trim();
        if let Ok(stamp) = trimmed.parse::<jiff::Timestamp>() {
            return Ok(Self(stamp.as_microsecond()));
        }
        if let Ok(civil) = trimmed.trim_end_matches(" UTC").parse::<jiff::civil::DateTime>() {
            let zoned = civil.to_zoned(jiff::tz::TimeZone::UTC).map_err(|_| bad())?;
            return Ok(Self(zoned.timestamp().as_microsecond()));
        }
        let secs: f64 = trimmed.parse().map_err(|_| bad())?;
        // 253402300799 is 9999-12-31T23:59:59Z; beyond it the number is milliseconds or nonsense, not seconds.
        if !secs.is_finite() || secs.abs() > 253_402_300_799.0 {
            return Err(bad());
        }
        Ok(Self(libm::round(secs * 1e6) as i64))
    }
}

impl Duration {
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }
    pub const fn from_secs(secs: i64) -> Self {
        Self(secs.saturating_mul(1_000_000))
    }
    pub const fn from_mins(mins: i64) -> Self {
        Self::from_secs(mins.saturating_mul(60))
    }
    pub const fn from_hours(hours: i64) -> Self {
        Self::from_secs(hours.saturating_mul(3600))
    }
    pub fn from_secs_f64(secs: f64) -> Self {
        Self(libm::round(secs * 1e6) as i64)
    }
    pub const fn micros(self) -> i64 {
        self.0
    }
    pub fn secs_f64(self) -> f64 {
        self.0 as f64 / 1e6
    }
    pub const fn abs(self) -> Self {
        Self(self.0.saturating_abs())
    }
    pub fn hours_f64(self) -> f64 {
        self.secs_f64() / 3600.0
    }
}

impl Add<Duration> for Instant {
    type Output = Instant;
    fn add(self, span: Duration) -> Instant {
        Instant(self.0.saturating_add(span.0))
    }
}
impl Sub<Duration> for Instant {
    type Output = Instant;
    fn sub(self, span: Duration) -> Instant {
        Instant(self.0.saturating_sub(span.0))
    }
}
impl Sub for Instant {
    type Output = Duration;
    fn sub(self, other: Instant) -> Duration {
        self.saturating_sub(other)
    }
}

impl fmt::Display for Instant {
    /// `2026-11-21T16:00:09Z`, with a fraction only where there is one.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match jiff::Timestamp::from_microsecond(self.0) {
            Ok(stamp) => write!(f, "{stamp}"),
            Err(_) => write!(f, "out-of-range:{}", self.0),
        }
    }
}
impl Serialize for Instant {
    fn serialize<S: serde::Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.collect_str(self)
    }
}
impl<'de> Deserialize<'de> for Instant {
    fn deserialize<D: serde::Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        let text = String::deserialize(input)?;
        Instant::parse(&text).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_forms_that_recordings_use() {
        let want = Instant::from_micros(1_469_664_000_500_000);
        for text in [
            "2016-07-28T00:00:00.5Z",
            "2016-07-28 00:00:00.5",
            "2016-07-27T19:00:00.5-05:00",
            "2016-07-28 00:00:00.500 UTC",
            "1469664000.5",
        ] {
            assert_eq!(Instant::parse(text), Ok(want), "{text}");
        }
        assert_eq!(want.to_string(), "2016-07-28T00:00:00.5Z");
    }

    #[test]
    fn refuses_what_is_no_time() {
        for text in ["", "yesterday", "1469664000000", "nan", "2016-13-01T00:00:00Z"] {
            assert!(Instant::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn days_before_1970_round_down() {
        assert_eq!(Instant::from_secs(-1).day(), -1);
        assert_eq!(Instant::from_secs(86_400).day(), 1);
    }
}
