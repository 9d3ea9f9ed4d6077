//! Media types and content negotiation (TAXII 2.1, 1.6.8; RFC 9110, 8.3 and 12.5.1).

use axum::http::HeaderMap;
use axum::http::header::{ACCEPT, CONTENT_TYPE};

/// What every answer is, and every request body must be.
pub const TAXII_21: &str = "application/taxii+json;version=2.1";
/// An object of STIX 2.1.
pub const STIX_21: &str = "application/stix+json;version=2.1";
/// An object of STIX 2.0.
pub const STIX_20: &str = "application/stix+json;version=2.0";

/// Ranges of an `Accept` field that are read; no client of ours or of others sends more than a handful.
const MOST_RANGES: usize = 64;

/// A media type or range, its parameters' names in lower case.
struct Media {
    essence: String,
    parameters: Vec<(String, String)>,
}

impl Media {
    /// `None` when it has not the form of RFC 9110, 8.3.1.
    fn parse(text: &str) -> Option<Self> {
        let mut parts = unquoted(text, ';');
        let essence = parts.next()?.trim().to_ascii_lowercase();
        essence.split_once('/').filter(|(kind, sub)| !kind.is_empty() && !sub.is_empty())?;
        let mut parameters = Vec::new();
        for part in parts {
            let part = part.trim();
            if part.is_empty() {
                continue;
            }
            let (name, value) = part.split_once('=')?;
            let value = value.trim().trim_matches('"').to_ascii_lowercase();
            parameters.push((name.trim().to_ascii_lowercase(), value));
        }
        Some(Self { essence, parameters })
    }

    fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
    }

    /// How closely this range names what we send: 0 for anything, up to 3 with the version; `None` when it does not.
    fn closeness(&self) -> Option<u8> {
        match (self.essence.as_str(), self.parameter("version")) {
            ("*/*", _) => Some(0),
            ("application/*", _) => Some(1),
            ("application/taxii+json", None) => Some(2),
            ("application/taxii+json", Some("2.1")) => Some(3),
            _ => None,
        }
    }

    /// The weight in thousandths (RFC 9110, 12.4.2); a weight that cannot be read is none at all.
    fn weight(&self) -> u16 {
        let Some(text) = self.parameter("q") else { return 1_000 };
        let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
        let digits = fraction.len() <= 3 && fraction.bytes().all(|byte| byte.is_ascii_digit());
        match (whole, format!("{fraction:0<3}").parse::<u16>()) {
            ("0", Ok(weight)) if digits => weight,
            ("1", Ok(0)) if digits => 1_000,
            _ => 0,
        }
    }
}

/// Splits at `mark` outside quotation marks.
fn unquoted(text: &str, mark: char) -> impl Iterator<Item = &str> {
    let mut quoted = false;
    text.split(move |sign: char| {
        quoted ^= sign == '"';
        sign == mark && !quoted
    })
}

/// Whether a client takes TAXII 2.1. No `Accept` at all takes anything (RFC 9110, 12.5.1). Of several ranges the closest decides,
/// so that `application/taxii+json;version=2.1;q=0, */*` refuses.
pub(crate) fn acceptable(headers: &HeaderMap) -> bool {
    let mut asked = false;
    let mut closest: Option<(u8, u16)> = None;
    for field in headers.get_all(ACCEPT) {
        let Ok(text) = field.to_str() else { return false };
        for part in unquoted(text, ',').take(MOST_RANGES).map(str::trim).filter(|part| !part.is_empty()) {
            asked = true;
            let Some(media) = Media::parse(part) else { continue };
            let Some(close) = media.closeness() else { continue };
            let offer = (close, media.weight());
            closest = Some(closest.map_or(offer, |best| best.max(offer)));
        }
    }
    !asked || closest.is_some_and(|(_, weight)| weight > 0)
}

/// Whether a body is a TAXII 2.1 message: the type once, without a version (the latest) or with 2.1.
pub(crate) fn is_taxii(headers: &HeaderMap) -> bool {
    let mut fields = headers.get_all(CONTENT_TYPE).iter();
    let (Some(field), None) = (fields.next(), fields.next()) else { return false };
    field.to_str().is_ok_and(names_taxii)
}

/// Whether a `Content-Type` says TAXII 2.1, or TAXII without a version.
pub(crate) fn names_taxii(content_type: &str) -> bool {
    let Some(media) = Media::parse(content_type) else { return false };
    matches!(media.closeness(), Some(2 | 3))
        && media.parameter("charset").is_none_or(|charset| charset == "utf-8")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accepts(field: &str) -> bool {
        acceptable(&HeaderMap::from_iter([(ACCEPT, field.parse().unwrap())]))
    }

    #[test]
    fn what_names_taxii_21_is_served() {
        assert!(acceptable(&HeaderMap::new()));
        for yes in [
            "application/taxii+json;version=2.1",
            "application/taxii+json; version=2.1",
            "Application/TAXII+JSON ; Version = \"2.1\"",
            "application/taxii+json",
            "application/*",
            "*/*",
            "",
            "text/html, application/xhtml+xml, */*;q=0.8",
            "application/taxii+json;version=2.0, application/taxii+json;version=2.1;q=0.5",
            "application/taxii+json;version=2.1;q=0.001",
            "*/*;q=0, application/taxii+json",
        ] {
            assert!(accepts(yes), "{yes}");
        }
    }

    #[test]
    fn what_does_not_is_refused() {
        for no in [
            "application/json",
            "application/taxii+json;version=2.0",
            "application/vnd.oasis.taxii+json; version=2.0",
            "application/stix+json;version=2.1",
            "text/*",
            "*",
            "application/taxii+json;version=2.1;q=0",
            "application/taxii+json;version=2.1;q=0.000, */*",
            "application/taxii+json;q=2",
            "application/taxii+json;q=0.5x",
            "application/taxii+json;version",
        ] {
            assert!(!accepts(no), "{no}");
        }
    }

    #[test]
    fn a_body_says_once_what_it_is() {
        let sent = |fields: &[&str]| {
            let fields = fields.iter().map(|field| (CONTENT_TYPE, field.parse().unwrap()));
            is_taxii(&HeaderMap::from_iter(fields))
        };
        assert!(
            sent(&[TAXII_21])
                && sent(&["application/taxii+json"])
                && sent(&["application/TAXII+json; charset=UTF-8"])
        );
        for no in [
            "application/json",
            "*/*",
            "application/*",
            "application/taxii+json;version=2.0",
            "application/taxii+json;charset=utf-16",
        ] {
            assert!(!sent(&[no]), "{no}");
        }
        assert!(!sent(&[]));
        let mut twice = HeaderMap::new();
        twice.append(CONTENT_TYPE, TAXII_21.parse().unwrap());
        twice.append(CONTENT_TYPE, TAXII_21.parse().unwrap());
        assert!(!is_taxii(&twice));
    }
}
