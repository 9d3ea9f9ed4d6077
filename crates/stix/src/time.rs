//! Times of objects: `created` and `modified` with milliseconds (STIX 2.1, 3.2 and 3.6), strictly rising from one revision to the
//! next, and the texts of timestamps.

use bitacora_primitives::{Duration, Instant};

const MILLISECOND: i64 = 1_000;
/// RFC 3339 has four digits for the year: 0001-01-01 to 9999-12-31.
const YEARS: std::ops::RangeInclusive<i64> = -62_135_596_800_000_000..=253_402_300_799_999_999;

/// When an object's first and present revision were recorded, in whole milliseconds, and which object of the item it is.
///
/// They are times of the log, never of the sea: an agreement may have cut when something happened, and these must not
/// tell it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Times {
    created: Instant,
    modified: Instant,
    /// How often the item had been withdrawn before.
    life: u32,
}

impl Times {
    /// A first revision, recorded at `at`; cut to whole milliseconds.
    pub fn first(at: Instant) -> Self {
        let at = whole(at);
        Self { created: at, modified: at, life: 0 }
    }

    /// The next revision, recorded at `at`. A clock that stood still or went back does not undo a revision: it is then one
    /// millisecond after the one before.
    // INVARIANT: `modified` rises strictly from revision to revision.
    pub fn next(self, at: Instant) -> Self {
        let least = self.modified + Duration::from_micros(MILLISECOND);
        Self { modified: whole(at).max(least), ..self }
    }

    /// The first revision after a withdrawal, recorded at `at`. A revoked object has had its last version (STIX 2.1, 3.2,
    /// `revoked`), so what is told of the item from then on are other objects, with ids of their own.
    pub fn anew(self, at: Instant) -> Self {
        let next = self.next(at);
        Self { created: next.modified, life: self.life.saturating_add(1), ..next }
    }

    pub const fn created(self) -> Instant {
        self.created
    }
    pub const fn modified(self) -> Instant {
        self.modified
    }
    /// How often the item had been withdrawn before: 0 for most.
    pub const fn life(self) -> u32 {
        self.life
    }
}

fn whole(at: Instant) -> Instant {
    Instant::from_micros(at.micros().div_euclid(MILLISECOND).saturating_mul(MILLISECOND))
}

/// `2026-11-21T16:00:09.000Z`; `None` outside the years 1 to 9999.
pub(crate) fn milliseconds(at: Instant) -> Option<String> {
    let text = seconds(whole(at))?;
    let body = text.strip_suffix('Z')?;
    let (whole, fraction) = body.split_once('.').unwrap_or((body, ""));
    Some(format!("{whole}.{fraction:0<3}Z"))
}

/// `2026-11-21T16:00:09Z`, with as many decimals as there are; `None` outside the years 1 to 9999.
pub(crate) fn seconds(at: Instant) -> Option<String> {
    YEARS.contains(&at.micros()).then(|| at.to_string())
}

/// A timestamp as STIX 2.1 (2.16) has it, RFC 3339 and always `Z`: `None` for anything else. More than six decimals
/// are cut, which no two revisions of one object differ by.
pub fn parse(text: &str) -> Option<Instant> {
    let bytes = text.as_bytes();
    let form = b"0000-00-00T00:00:00";
    let head = bytes.get(..form.len())?;
    let right = head.iter().zip(form).all(|(byte, form)| match form {
        b'0' => byte.is_ascii_digit(),
        other => byte == other,
    });
    let fraction = match bytes.get(form.len()..)? {
        [b'Z'] => true,
        [b'.', digits @ .., b'Z'] => !digits.is_empty() && digits.iter().all(u8::is_ascii_digit),
        _ => false,
    };
    // A leap second has no place in a count of microseconds; RFC 3339 knows it, nobody's track depends on it.
    if !right || !fraction || head.get(17..19)? == b"60" || bytes.len() > 40 {
        return None;
    }
    // The crate that reads the calendar takes nine decimals.
    let cut = text.get(..bytes.len().min(form.len() + 7))?.trim_end_matches('Z');
    Instant::parse(&format!("{cut}Z")).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn timestamps_have_three_decimals() {
        let at = |micros| milliseconds(Instant::from_micros(micros)).unwrap();
        assert_eq!(at(0), "1970-01-01T00:00:00.000Z");
        assert_eq!(at(1_500_999), "1970-01-01T00:00:01.500Z");
        assert_eq!(at(-1), "1969-12-31T23:59:59.999Z");
        assert_eq!(milliseconds(Instant::from_micros(i64::MAX)), None);
    }

    #[test]
    fn only_stix_timestamps_are_read() {
        for (text, micros) in [
            ("1970-01-01T00:00:01Z", 1_000_000),
            ("1970-01-01T00:00:01.5Z", 1_500_000),
            ("1970-01-01T00:00:00.000000999Z", 0),
        ] {
            assert_eq!(parse(text), Some(Instant::from_micros(micros)), "{text}");
        }
        for bad in [
            "",
            "1970-01-01",
            "1970-01-01T00:00:01",
            "1970-01-01 00:00:01Z",
            "1970-01-01T00:00:01+00:00",
            "1970-01-01T00:00:01z",
            "1970-01-01T00:00:01.Z",
            "1970-13-01T00:00:01Z",
            "1970-02-30T00:00:01Z",
            "1970-01-01T24:00:01Z",
            "1970-01-01T00:00:60Z",
            "0000000001",
            "1970-01-01T00:00:01.٣Z",
        ] {
            assert_eq!(parse(bad), None, "{bad}");
        }
    }

    proptest! {
        /// INVARIANT: `modified` rises strictly from revision to revision.
        #[test]
        fn invariant_modified_rises_strictly_from_revision_to_revision(
            clock in proptest::collection::vec(-5_000_000i64..5_000_000, 1..20),
        ) {
            let mut times = Times::first(Instant::from_micros(clock[0]));
            for at in &clock[1..] {
                let next = times.next(Instant::from_micros(*at));
                prop_assert!(next.modified() > times.modified() && next.created() == times.created());
                prop_assert_eq!(next.modified().micros() % MILLISECOND, 0);
                times = next;
            }
        }

        #[test]
        fn what_is_written_reads_back(micros in YEARS) {
            let at = Instant::from_micros(micros);
            prop_assert_eq!(parse(&seconds(at).unwrap()), Some(at));
            prop_assert_eq!(parse(&milliseconds(at).unwrap()), Some(whole(at)));
        }
    }
}
