//! Timestamps on the wire (TAXII 2.1, 2: RFC 3339, UTC, `Z`).

use bitacora_primitives::Instant;

/// From the year 1 to where the calendar of `jiff` ends, 9999-12-30T22:00Z; microseconds since 1970.
const YEARS: std::ops::RangeInclusive<i64> = -62_135_596_800_000_000..=253_402_207_199_999_999;

/// A timestamp that ends in `Z`, cut to microseconds; `None` for anything else.
///
/// Cutting loses nothing here: no stored time has more than six decimals, so that none lies between a time and its cut.
pub(crate) fn parse(text: &str) -> Option<Instant> {
    bitacora_stix::time::parse(text).filter(|at| YEARS.contains(&at.micros()))
}

/// `date_added` (TAXII 2.1, 3.3 and 5.3): always six decimals, so that texts sort as times do.
pub(crate) fn micros(at: Instant) -> String {
    decimals(at, 6)
}

/// A version: as STIX 2.1, 3.2 writes `modified`, three decimals, and six where the time has more.
pub(crate) fn version(at: Instant) -> String {
    decimals(at, if at.micros().rem_euclid(1_000) == 0 { 3 } else { 6 })
}

fn decimals(at: Instant, places: usize) -> String {
    let within = Instant::from_micros(at.micros().clamp(*YEARS.start(), *YEARS.end()));
    let text = within.to_string();
    let body = text.trim_end_matches('Z');
    let (whole, fraction) = body.split_once('.').unwrap_or((body, ""));
    format!("{whole}.{fraction:0<places$}Z")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn decimals_are_those_of_the_standards() {
        let at = Instant::from_micros(1_500_000);
        assert_eq!(
            (micros(at), version(at)),
            ("1970-01-01T00:00:01.500000Z".into(), "1970-01-01T00:00:01.500Z".into())
        );
        assert_eq!(version(Instant::from_micros(1)), "1970-01-01T00:00:00.000001Z");
        let last = Instant::from_micros(*YEARS.end());
        assert_eq!(
            (micros(last).as_str(), parse(&micros(last))),
            ("9999-12-30T21:59:59.999999Z", Some(last))
        );
        assert_eq!(parse("1970-01-01T00:00:00.0000019Z"), Some(Instant::from_micros(1)));
        for bad in ["", "1", "1970-01-01T00:00:00+00:00", "1970-01-01T00:00:00", "1970-01-01", "last"] {
            assert_eq!(parse(bad), None, "{bad}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back_and_sorts_as_times_do(a in YEARS, b in YEARS) {
            let (first, second) = (Instant::from_micros(a), Instant::from_micros(b));
            prop_assert_eq!(parse(&micros(first)), Some(first));
            prop_assert_eq!(parse(&version(first)), Some(first));
            prop_assert_eq!(micros(first).cmp(&micros(second)), a.cmp(&b));
        }
    }
}
