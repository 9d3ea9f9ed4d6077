//! Identifiers `type--UUID` (STIX 2.1, 2.9). Ours are UUIDs of version 5 (RFC 9562, 5.5) of what they name, so that the
//! same fact exported twice is the same object.

use std::fmt;
use std::str::FromStr;

use sha1::{Digest, Sha1};

/// The namespace of every id that this crate makes: the version 5 UUID of `urn:bitacora:stix` in RFC 9562's namespace of
/// URLs. STIX 2.1, 2.9 keeps the namespace `00abedb4-…` for cyber observables, which these are not.
pub const NAMESPACE: [u8; 16] =
    [0x48, 0xb9, 0xf6, 0x7a, 0x5c, 0xaa, 0x55, 0x35, 0xb9, 0xe8, 0x99, 0x7d, 0x05, 0xac, 0x61, 0x67];

/// Longest type name (STIX 2.1, 3.1: 250 characters).
const MAX_TYPE: usize = 250;

/// A STIX identifier: a type name and a UUID.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct StixId {
    kind: String,
    uuid: [u8; 16],
}

/// Why a text is no identifier.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("`{0}` is no identifier of the form `type--UUID`")]
pub struct BadStixId(String);

impl StixId {
    /// The id of what these parts name, in this order. Type and parts are hashed as one JSON array: they do not run
    /// together, and no two types share a UUID (STIX 2.1, 2.9).
    pub fn of(kind: &str, parts: &[&str]) -> Self {
        let names = std::iter::once(&kind).chain(parts);
        let list: Vec<serde_json::Value> = names.map(|part| (*part).into()).collect();
        Self {
            kind: kind.to_owned(),
            uuid: version_5(&NAMESPACE, &serde_json::Value::from(list).to_string()),
        }
    }
    /// The type name before the two hyphens.
    pub fn kind(&self) -> &str {
        &self.kind
    }
}

/// RFC 9562, 5.5: SHA-1 of the namespace and the name, cut to 128 bits, with version and variant set.
fn version_5(namespace: &[u8; 16], name: &str) -> [u8; 16] {
    let mut hasher = Sha1::new();
    hasher.update(namespace);
    hasher.update(name.as_bytes());
    let digest = hasher.finalize();
    let mut uuid = [0; 16];
    for (to, from) in uuid.iter_mut().zip(digest.iter()) {
        *to = *from;
    }
    let [.., version, _, variant, _, _, _, _, _, _, _] = &mut uuid;
    *version = (*version & 0x0f) | 0x50;
    *variant = (*variant & 0x3f) | 0x80;
    uuid
}

impl fmt::Display for StixId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}--", self.kind)?;
        for (at, byte) in self.uuid.iter().enumerate() {
            if matches!(at, 4 | 6 | 8 | 10) {
                f.write_str("-")?;
            }
            write!(f, "{byte:02x}")?;
        }
        Ok(())
    }
}

impl FromStr for StixId {
    type Err = BadStixId;
    /// A type name of lower-case letters, digits and hyphens (STIX 2.1, 3.1), and a UUID of the variant of RFC 9562 and of
    /// any version.
    fn from_str(text: &str) -> Result<Self, BadStixId> {
        let bad = || BadStixId(text.chars().take(80).collect());
        let (kind, uuid) = text.split_once("--").ok_or_else(bad)?;
        let named = kind.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'-'));
        if kind.is_empty() || kind.len() > MAX_TYPE || !named || uuid.len() != 36 {
            return Err(bad());
        }
        let mut digits = Vec::with_capacity(32);
        for (at, byte) in uuid.bytes().enumerate() {
            match (at, byte) {
                (8 | 13 | 18 | 23, b'-') => {}
                (8 | 13 | 18 | 23, _) => return Err(bad()),
                (_, b'0'..=b'9') => digits.push(byte - b'0'),
                (_, b'a'..=b'f') => digits.push(byte - b'a' + 10),
                // RFC 9562, 4: read in either case, written in lower case.
                (_, b'A'..=b'F') => digits.push(byte - b'A' + 10),
                _ => return Err(bad()),
            }
        }
        let mut bytes = [0; 16];
        for (to, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
            if let [high, low] = pair {
                *to = high << 4 | low;
            }
        }
        let id = Self { kind: kind.to_owned(), uuid: bytes };
        let variant = id.uuid.get(8).is_some_and(|byte| byte & 0xc0 == 0x80);
        if variant { Ok(id) } else { Err(bad()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn version_5_is_that_of_the_rfc() {
        // RFC 9562, appendix A.4: www.example.com in the namespace of DNS names.
        let dns = "x--6ba7b810-9dad-11d1-80b4-00c04fd430c8".parse::<StixId>().unwrap().uuid;
        let uuid = version_5(&dns, "www.example.com");
        let printed = StixId { kind: "x".to_owned(), uuid }.to_string();
        assert_eq!(printed, "x--2ed6657d-e927-568b-95e1-2665a8aea6a2");
    }

    #[test]
    fn the_namespace_is_derived_as_documented() {
        let url = "x--6ba7b811-9dad-11d1-80b4-00c04fd430c8".parse::<StixId>().unwrap().uuid;
        let made = version_5(&url, "urn:bitacora:stix");
        assert_eq!(NAMESPACE, made, "{made:02x?}");
    }

    #[test]
    fn parts_do_not_run_together_and_ids_read_back() {
        assert_ne!(StixId::of("lead", &["a", "b"]), StixId::of("lead", &["a\",\"b"]));
        let id = StixId::of("lead", &["CO", "led-1"]);
        assert_eq!(id.to_string().parse(), Ok(id));
    }

    #[test]
    fn what_is_no_identifier_is_refused() {
        for bad in [
            "",
            "lead",
            "lead--",
            "Lead--6ba7b810-9dad-11d1-80b4-00c04fd430c8",
            "lead--6ba7b8109dad11d180b400c04fd430c8",
            "lead--6ba7b810-9dad-11d1-00b4-00c04fd430c8",
            "lead--6ba7b810-9dad-11d1-80b4-00c04fd430c8 ",
            "lead--6ba7b810-9dad-11d1-80b4-00c04fd430cé",
        ] {
            assert!(bad.parse::<StixId>().is_err(), "{bad}");
        }
    }
}
