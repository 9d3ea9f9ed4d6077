//! Words that both partners must read alike: languages, parties, purposes, kinds of item, handling and grading.
//! Closed lists: what is not here cannot be asked for.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// One sentence in the two languages that are signed together.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Text {
    pub es: String,
    pub en: String,
}

impl Text {
    pub fn new(es: &str, en: &str) -> Self {
        Self { es: es.to_owned(), en: en.to_owned() }
    }
}

/// Why a text is not a code of the kind asked for.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("`{text}` is not a {what}")]
pub struct BadCode {
    text: String,
    what: &'static str,
}

impl BadCode {
    pub fn new(text: &str, what: &'static str) -> Self {
        Self { text: text.chars().take(40).collect(), what }
    }
}

/// A text of a fixed alphabet, checked when read.
macro_rules! code_text {
    ($(#[$doc:meta])* $name:ident, $what:literal, $max:literal, $allowed:expr) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }
        impl FromStr for $name {
            type Err = BadCode;
            fn from_str(text: &str) -> Result<Self, BadCode> {
                let allowed: fn(u8) -> bool = $allowed;
                if text.is_empty() || text.len() > $max || !text.bytes().all(allowed) {
                    return Err(BadCode::new(text, $what));
                }
                Ok(Self(text.to_owned()))
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
                String::deserialize(input)?.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

code_text!(
    /// A sovereign party: its ISO 3166-1 alpha-2 code, or the short name of a body such as `EUROPOL`.
    PartyCode, "party code of capital letters", 12, |b| b.is_ascii_uppercase()
);
code_text!(
    /// An agreement, as `CO-US-MAR`: capital letters, digits and hyphens.
    AgreementId, "agreement id of capital letters, digits and hyphens", 40,
    |b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'-'
);
code_text!(
    /// A clause within its agreement, as `3.1`.
    ClauseId, "clause id of digits and points", 12, |b| b.is_ascii_digit() || b == b'.'
);
code_text!(
    /// An area polygon within its agreement, as `caribbean-w-2`.
    AreaId, "area id of lower-case letters, digits and hyphens", 40,
    |b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-'
);
code_text!(
    /// The name of a field of an item, as `evidence` or `sensor`.
    FieldName, "field name of lower-case letters, digits and underscores", 40,
    |b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_'
);

macro_rules! closed_list {
    ($(#[$doc:meta])* $name:ident, $what:literal, $($(#[$inner:meta])* $variant:ident = $code:literal),+ $(,)?) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
        pub enum $name {
            $($(#[$inner])* #[serde(rename = $code)] $variant),+
        }
        impl $name {
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];
            pub const fn code(self) -> &'static str {
                match self { $(Self::$variant => $code),+ }
            }
        }
        impl FromStr for $name {
            type Err = BadCode;
            fn from_str(text: &str) -> Result<Self, BadCode> {
                Self::ALL
                    .iter()
                    .copied()
                    .find(|one| one.code() == text)
                    .ok_or_else(|| BadCode::new(text, $what))
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.code())
            }
        }
    };
}
pub(crate) use closed_list;

closed_list!(
    /// What an item may be used for. There is no purpose that allows lethal force, and no code for one.
    Purpose, "lawful purpose: seizure, arrest, rescue or prosecution",
    Seizure = "seizure",
    Arrest = "arrest",
    Rescue = "rescue",
    Prosecution = "prosecution",
);

closed_list!(
    /// What may be released. An agreement calls it the subject of a flow.
    ItemKind, "kind of item",
    Lead = "lead",
    Track = "track",
    Contact = "contact",
    ContainerAlert = "container_alert",
    Seizure = "seizure",
    CaseFact = "case_fact",
    Series = "series",
    /// Safety of life: position, time and distress only.
    Distress = "distress",
);

closed_list!(
    /// Traffic Light Protocol, FIRST TLP 2.0 (2022), from the widest audience to the narrowest.
    Tlp, "TLP 2.0 label",
    Clear = "clear",
    Green = "green",
    Amber = "amber",
    AmberStrict = "amber+strict",
    Red = "red",
);

closed_list!(
    /// Europol handling codes.
    HandlingCode, "Europol handling code H0 to H3",
    /// Crime prevention only.
    H0 = "H0",
    /// Not to be used in judicial proceedings without the provider's consent.
    H1 = "H1",
    /// Not to be passed on without the provider's consent.
    H2 = "H2",
    /// Other restrictions, in the text that a person reads.
    H3 = "H3",
);

/// Source and information grading: `A` to `F` and `1` to `6` (NATO AJP-2.1), worse as it goes on.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Grading {
    source: u8,
    information: u8,
}

impl Grading {
    /// `A` = 1 … `F` = 6.
    pub const fn source_rank(self) -> u8 {
        self.source - b'A' + 1
    }
    /// 1 … 6.
    pub const fn information_rank(self) -> u8 {
        self.information - b'0'
    }
}

impl FromStr for Grading {
    type Err = BadCode;
    fn from_str(text: &str) -> Result<Self, BadCode> {
        match text.as_bytes() {
            [source @ b'A'..=b'F', information @ b'1'..=b'6'] => {
                Ok(Self { source: *source, information: *information })
            }
            _ => Err(BadCode::new(text, "grading of A to F and 1 to 6, as `B2`")),
        }
    }
}
impl fmt::Display for Grading {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", char::from(self.source), char::from(self.information))
    }
}
impl Serialize for Grading {
    fn serialize<S: serde::Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.collect_str(self)
    }
}
impl<'de> Deserialize<'de> for Grading {
    fn deserialize<D: serde::Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        String::deserialize(input)?.parse().map_err(serde::de::Error::custom)
    }
}

/// The caveats that travel with an item.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Handling {
    pub tlp: Tlp,
    pub codes: BTreeSet<HandlingCode>,
    /// REL TO: who may hold it. Empty means that nobody but the originator may.
    pub releasable_to: BTreeSet<PartyCode>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_read_back_and_others_are_refused() {
        for purpose in Purpose::ALL {
            assert_eq!(purpose.code().parse(), Ok(*purpose));
        }
        assert!("lethal".parse::<Purpose>().is_err());
        assert_eq!("B2".parse::<Grading>().unwrap().to_string(), "B2");
        for bad in ["G1", "A0", "A7", "", "A12"] {
            assert!(bad.parse::<Grading>().is_err(), "{bad}");
        }
        assert!("co".parse::<PartyCode>().is_err());
        assert!("3.1; permit".parse::<ClauseId>().is_err());
    }

    #[test]
    fn gradings_order_from_best_to_worst() {
        let rank = |text: &str| text.parse::<Grading>().unwrap();
        assert!(rank("A1") < rank("A2") && rank("A6") < rank("B1"));
        assert_eq!((rank("C3").source_rank(), rank("C3").information_rank()), (3, 3));
    }
}
