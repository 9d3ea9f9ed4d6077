//! The forms of text that the standards name: times, places, numbers of containers. Each says whether a text has it,
//! and what is wrong; none changes anything.

use bitacora_port::screening::{ContainerNumber, SealNumber, UnLocode};
use bitacora_primitives::Instant;

use super::check::{ANY, Is};
use crate::refusal::Reason;

/// `format: date-time` of Track & Trace 2.2.0; the later standards allow 30 characters.
pub(super) const DATE_TIME: Is = Is::Form(ANY, date_time);
pub(super) const DATE_TIME_30: Is = Is::Form(30, date_time);
/// `format: date`.
pub(super) const DATE: Is = Is::Form(10, date);
/// `format: uuid`.
pub(super) const UUID: Is = Is::Form(36, uuid);
/// `UNLocationCode`: the country by ISO 3166-1, then letters and digits 2 to 9 (3.0.0, schema Location). Whether the
/// place exists is not asked.
pub(super) const UN_LOCODE: Is = Is::Form(5, locode);
/// ISO 3166-1 alpha-2.
pub(super) const COUNTRY: Is = Is::Form(2, country);

/// Times before this and from `LATEST` on come from clocks that were never set. The range is ours, no schema has one;
/// the published negative sample holds 1999 and 2099.
const EARLIEST: Instant = Instant::from_secs(946_684_800);
/// 2090-01-01.
const LATEST: Instant = Instant::from_secs(3_786_912_000);

/// A time of RFC 3339, always with its offset, that a clock can have shown.
pub(super) fn instant(text: &str) -> Result<Instant, Reason> {
    let bytes = text.as_bytes();
    let (Some(clock), Some(rest)) = (bytes.get(..19), bytes.get(19..)) else {
        return Err(Reason::TimeUnreadable);
    };
    let fraction = match rest.split_first() {
        Some((b'.', digits)) => 1 + digits.iter().take_while(|byte| byte.is_ascii_digit()).count(),
        _ => 0,
    };
    let offset = rest.get(fraction..).unwrap_or_default();
    let zulu = offset.eq_ignore_ascii_case(b"Z");
    if !shaped(clock, b"0000-00-00T00:00:00") || fraction == 1 || !(zulu || shaped(offset, b"+00:00")) {
        return Err(Reason::TimeUnreadable);
    }
    let instant = Instant::parse(text).map_err(|_| Reason::TimeUnreadable)?;
    in_range(instant).then_some(instant).ok_or(Reason::OutOfRange)
}

pub(super) fn in_range(instant: Instant) -> bool {
    (EARLIEST..LATEST).contains(&instant)
}

/// Digits where the shape has `0`, either sign where it has `+`, itself elsewhere, in either case.
fn shaped(text: &[u8], shape: &[u8]) -> bool {
    text.len() == shape.len()
        && text.iter().zip(shape).all(|(byte, shape)| match shape {
            b'0' => byte.is_ascii_digit(),
            b'+' => matches!(byte, b'+' | b'-'),
            other => byte.eq_ignore_ascii_case(other),
        })
}

fn holds(fits: bool, reason: Reason) -> Result<(), Reason> {
    if fits { Ok(()) } else { Err(reason) }
}

fn date_time(text: &str) -> Result<(), Reason> {
    instant(text).map(|_| ())
}

fn date(text: &str) -> Result<(), Reason> {
    holds(shaped(text.as_bytes(), b"0000-00-00"), Reason::TimeUnreadable)?;
    instant(&format!("{text}T00:00:00Z")).map(|_| ())
}

/// RFC 9562, 4: any version, either case.
pub(super) fn uuid(text: &str) -> Result<(), Reason> {
    let shape = b"xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
    let fits = text.len() == shape.len()
        && text.bytes().zip(shape).all(|(byte, shape)| match shape {
            b'x' => byte.is_ascii_hexdigit(),
            other => byte == *other,
        });
    holds(fits, Reason::Form)
}

fn locode(text: &str) -> Result<(), Reason> {
    use bitacora_port::screening::locode::BadLocode;
    match text.parse::<UnLocode>() {
        Ok(_) => Ok(()),
        Err(BadLocode::Form) => Err(Reason::Form),
        Err(BadLocode::Country(_)) => Err(Reason::CodeUnknown),
    }
}

fn country(text: &str) -> Result<(), Reason> {
    holds(text.len() == 2, Reason::Form)?;
    // The model's list of countries is asked through a place that fits any of them.
    locode(&format!("{text}AAA"))
}

/// What can name a container at all. ISO 6346 is a "should" of the standards: a wrong check digit is for the rules.
pub(super) fn container(text: &str) -> Result<(), Reason> {
    text.parse::<ContainerNumber>().map(|_| ()).map_err(|_| Reason::Form)
}

pub(super) fn seal(text: &str) -> Result<(), Reason> {
    SealNumber::new(text).map(|_| ()).map_err(|_| Reason::Form)
}

/// `vesselIMONumber`: 7 digits; 3.0.0 has room for 8. The samples' numbers do not keep the check digit, so none is
/// asked.
pub(super) fn imo(text: &str) -> Result<(), Reason> {
    holds(matches!(text.len(), 7 | 8) && text.bytes().all(|byte| byte.is_ascii_digit()), Reason::Form)
}

pub(super) fn latitude(text: &str) -> Result<(), Reason> {
    degrees(text, 90.0)
}

pub(super) fn longitude(text: &str) -> Result<(), Reason> {
    degrees(text, 180.0)
}

/// Decimal degrees of ISO 6709, annex F: a sign, digits, a point, digits.
fn degrees(text: &str, most: f64) -> Result<(), Reason> {
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, "0"));
    let value = text.parse::<f64>().ok().filter(|_| digits(whole) && digits(fraction));
    match value {
        Some(value) if value.abs() <= most => Ok(()),
        Some(_) => Err(Reason::PositionOutOfRange),
        None => Err(Reason::NumberUnreadable),
    }
}

/// 3.0.0, schema ServiceCodeOrReference: `SR`, five digits, a letter.
pub(super) fn service_reference(text: &str) -> Result<(), Reason> {
    let (digits, letter) = (text.get(2..7).unwrap_or_default(), text.get(7..).unwrap_or_default());
    let fits = text.starts_with("SR")
        && shaped(digits.as_bytes(), b"00000")
        && matches!(letter.as_bytes(), [b'A'..=b'Z']);
    holds(fits, Reason::Form)
}

/// 3.0.0, schema VoyageNumberOrReference: two digits of the year, two letters or digits, the direction.
pub(super) fn voyage_reference(text: &str) -> Result<(), Reason> {
    let fits = matches!(text.as_bytes(), [b'0'..=b'9', b'0'..=b'9', c, d, b'N' | b'E' | b'W' | b'S' | b'R']
        if c.is_ascii_alphanumeric() && d.is_ascii_alphanumeric());
    holds(fits, Reason::Form)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_has_its_offset() {
        let same = ["2021-01-09T14:12:56+01:00", "2021-01-09T13:12:56Z", "2021-01-09t13:12:56.000z"];
        for text in same {
            assert_eq!(instant(text), Ok(Instant::from_secs(1_610_197_976)), "{text}");
        }
        for text in [
            "2021-01-09T13:12:56",
            "2021-01-09 13:12:56Z",
            "2021 01 01 14:12:56",
            "2019/11/12 07:41:00 +08:30",
            "2021-01-09T13:12Z",
            "2021-01-09T13:12:56.Z",
            "2021-13-09T13:12:56Z",
            "2021-01-09T13:12:56+0100",
            "2021-01-09T13:12:56Zé",
            "1610197976",
            "",
        ] {
            assert_eq!(instant(text), Err(Reason::TimeUnreadable), "{text}");
        }
        for text in ["1999-12-31T23:59:59Z", "2090-01-01T00:00:00Z", "1999-01-01T14:12:56Z"] {
            assert_eq!(instant(text), Err(Reason::OutOfRange), "{text}");
        }
        assert!(instant("2000-01-01T00:00:00Z").is_ok() && instant("2089-12-31T23:59:59.9Z").is_ok());
    }

    #[test]
    fn each_form_takes_its_own_and_refuses_its_neighbours() {
        assert_eq!(uuid("3CECB101-7a1a-43a4-9d62-e88a131651e3"), Ok(()));
        for bad in
            ["incorrect", "3cecb101-7a1a-43a4-9d62-e88a131651e", "3cecb101-7a1a-43a4-9d62-e88a131651eg"]
        {
            assert_eq!(uuid(bad), Err(Reason::Form));
        }
        assert_eq!(locode("XYABC"), Err(Reason::CodeUnknown));
        assert_eq!(locode("nlrtm"), Err(Reason::Form));
        assert_eq!((country("NL"), country("XY")), (Ok(()), Err(Reason::CodeUnknown)));
        assert_eq!((country("N"), country("é")), (Err(Reason::Form), Err(Reason::Form)));
        assert_eq!((latitude("-90"), latitude("48.8585500"), latitude("+0.5")), (Ok(()), Ok(()), Ok(())));
        assert_eq!(latitude("90.01"), Err(Reason::PositionOutOfRange));
        assert_eq!(longitude("-180.1"), Err(Reason::PositionOutOfRange));
        for bad in ["", "1e1", "nan", ".5", "5.", "--1", "1,5", "48° N"] {
            assert_eq!(longitude(bad), Err(Reason::NumberUnreadable), "{bad}");
        }
        assert_eq!((service_reference("SR12345A"), voyage_reference("2301W")), (Ok(()), Ok(())));
        assert_eq!(
            (service_reference("SR1234é"), voyage_reference("2301X")),
            (Err(Reason::Form), Err(Reason::Form))
        );
        assert_eq!(
            (imo("9321483"), imo("932148"), imo("IMO9321")),
            (Ok(()), Err(Reason::Form), Err(Reason::Form))
        );
        assert_eq!((date("2025-01-23"), date("2025-02-30")), (Ok(()), Err(Reason::TimeUnreadable)));
        assert_eq!((container("apzu 4812090"), container("APZU481209é")), (Ok(()), Err(Reason::Form)));
    }
}
