//! Ids. Most are derived from what they name, so that the same input read twice gives the same fact and a
//! repeated read changes nothing.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// Why a text is not an id of the kind asked for.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("`{text}` is not an id of the form `{prefix}-` and 20 hexadecimal digits")]
pub struct BadId {
    text: String,
    prefix: &'static str,
}

macro_rules! typed_id {
    ($(#[$doc:meta])* $name:ident, $prefix:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        pub struct $name([u8; 10]);

        impl $name {
            pub const PREFIX: &'static str = $prefix;

            /// The id of what these parts name. Each part is length-prefixed: ("ab","c") is not ("a","bc").
            pub fn of(parts: &[&[u8]]) -> Self {
                let mut hasher = Sha256::new();
                hasher.update($prefix.as_bytes());
                for part in parts {
                    hasher.update((part.len() as u64).to_be_bytes());
                    hasher.update(part);
                }
                let digest = hasher.finalize();
                let mut short = [0; 10];
                for (to, from) in short.iter_mut().zip(digest.iter()) {
                    *to = *from;
                }
                Self(short)
            }
            pub const fn from_bytes(bytes: [u8; 10]) -> Self {
                Self(bytes)
            }
            pub const fn bytes(&self) -> &[u8; 10] {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!($prefix, "-"))?;
                self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
            }
        }
        impl FromStr for $name {
            type Err = BadId;
            fn from_str(text: &str) -> Result<Self, BadId> {
                let bad = || BadId { text: text.chars().take(40).collect(), prefix: $prefix };
                let hex = text.strip_prefix(concat!($prefix, "-")).ok_or_else(bad)?;
                if hex.len() != 20 || !hex.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')) {
                    return Err(bad());
                }
                let mut bytes = [0; 10];
                for (i, byte) in bytes.iter_mut().enumerate() {
                    let pair = hex.get(2 * i..2 * i + 2).ok_or_else(bad)?;
                    *byte = u8::from_str_radix(pair, 16).map_err(|_| bad())?;
                }
                Ok(Self(bytes))
            }
        }
        impl Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
                out.collect_str(self)
            }
        }
        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
                String::deserialize(input)?.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

typed_id!(
    /// A recording or a live feed.
    SourceId, "src"
);
typed_id!(
    /// A track: one hull's run of fixes under one MMSI.
    TrackId, "trk"
);
typed_id!(
    /// A behaviour event; a later revision keeps the id.
    EventId, "evt"
);
typed_id!(
    /// An indication; a later revision keeps the id.
    IndicationId, "ind"
);
typed_id!(
    /// A lead.
    LeadId, "led"
);
typed_id!(
    /// An officer of this node.
    OfficerId, "off"
);
typed_id!(
    /// One release of one item to one partner.
    ReleaseId, "rel"
);
typed_id!(
    /// A suspension, whole or in part.
    SuspensionId, "sus"
);
typed_id!(
    /// An incident of the register.
    IncidentId, "inc"
);
typed_id!(
    /// Any other stored fact: a decision, a note, an export.
    FactId, "fct"
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_prints_and_reads_back() {
        let id = LeadId::of(&[b"352741000", b"2026-11-21"]);
        assert_eq!(id.to_string().parse(), Ok(id));
        assert_eq!(id.to_string().len(), "led-".len() + 20);
    }

    #[test]
    fn parts_do_not_run_together() {
        assert_ne!(EventId::of(&[b"ab", b"c"]), EventId::of(&[b"a", b"bc"]));
    }

    #[test]
    fn an_id_of_another_kind_or_form_is_refused() {
        let id = LeadId::of(&[b"x"]).to_string();
        assert!(id.parse::<EventId>().is_err());
        for bad in [
            "led-",
            "led-00",
            "led-zzzzzzzzzzzzzzzzzzzz",
            "led-00000000000000000é0",
            "led-+0000000000000000000",
        ] {
            assert!(bad.parse::<LeadId>().is_err(), "{bad}");
        }
    }
}
