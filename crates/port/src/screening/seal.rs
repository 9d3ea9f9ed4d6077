//! Seals by ISO 17712:2013 and how they are read. A seal is its maker and its serial: serials are unique per maker
//! only. Telling a misread from a swap is the work of `seal_reading`; nothing is decided here.

use serde::{Deserialize, Serialize};

/// Most characters of a seal number (UN/EDIFACT data element 9308, an..35; DCSA Track & Trace 3.0 allows 15).
pub const MAX_SEAL_LEN: usize = 35;

/// A seal number as read: upper case, without blanks and hyphens. Zeros in front count.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct SealNumber(String);

/// Why a text is no seal number.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum BadSeal {
    #[error("the seal number is empty")]
    Empty,
    #[error("the seal number is longer than {MAX_SEAL_LEN} characters")]
    TooLong,
    #[error("`{0}` has no place in a seal number")]
    Character(char),
}

impl SealNumber {
    pub fn new(text: &str) -> Result<Self, BadSeal> {
        let mut number = String::new();
        for character in text.chars().filter(|c| !matches!(c, ' ' | '-')) {
            if !character.is_ascii_graphic() {
                return Err(BadSeal::Character(character));
            }
            if number.len() == MAX_SEAL_LEN {
                return Err(BadSeal::TooLong);
            }
            number.push(character.to_ascii_uppercase());
        }
        if number.is_empty() { Err(BadSeal::Empty) } else { Ok(Self(number)) }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The prefix and the run of digits at the end with its value: `EC00012` is (`EC`, 5 digits, 12). `None` where the
    /// number does not end in a digit, or the run has more than 18 digits.
    pub fn serial(&self) -> Option<(&str, usize, u64)> {
        let prefix = self.0.trim_end_matches(|c: char| c.is_ascii_digit());
        let digits = self.0.get(prefix.len()..)?;
        if digits.is_empty() || digits.len() > 18 {
            return None;
        }
        Some((prefix, digits.len(), digits.parse().ok()?))
    }
}

impl TryFrom<String> for SealNumber {
    type Error = BadSeal;
    fn try_from(text: String) -> Result<Self, BadSeal> {
        Self::new(&text)
    }
}
impl From<SealNumber> for String {
    fn from(number: SealNumber) -> Self {
        number.0
    }
}

macro_rules! codes {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $code:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
        pub enum $name {
            $($(#[$vdoc])* #[serde(rename = $code)] $variant,)+
        }
        impl $name {
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];
            pub const fn code(self) -> &'static str {
                match self { $(Self::$variant => $code),+ }
            }
            /// `None` for a code that is not in the list: the caller refuses it, by name.
            pub fn from_code(code: &str) -> Option<Self> {
                match code { $($code => Some(Self::$variant),)+ _ => None }
            }
        }
    };
}
pub(crate) use codes;

codes!(
    /// Strength class of ISO 17712, clause 4: indicative, security, high security.
    SealClass { Indicative = "I", Security = "S", High = "H" }
);
codes!(
    /// Who affixed it: DCSA Track & Trace 3.0 `seals[].source`.
    SealSource {
        Carrier = "CAR",
        Consolidator = "CNS",
        Customer = "CST",
        Customs = "CUS",
        Phytosanitary = "PHY",
        Shipper = "SHI",
        Terminal = "TER",
        Veterinary = "VET",
    }
);
codes!(
    /// What it is made as: DCSA Track & Trace 3.0 `seals[].type`.
    SealType { Bolt = "BLT", Wire = "WIR", KeylessPadlock = "KLP" }
);
codes!(
    /// Where it sits: DCSA Track & Trace 3.0 `seals[].placement`, of which `DOOR` is the default. Each placement is a
    /// chain of its own.
    SealPlacement { Door = "DOOR", Vent = "VENT" }
);
codes!(
    /// State when read: UN/EDIFACT data element 4517.
    SealCondition { Right = "1", Damaged = "2", Missing = "3" }
);
codes!(
    /// How it was read.
    ReadBy { Person = "person", Camera = "camera", Electronic = "electronic", Document = "document" }
);

/// One seal as one event reports it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SealReading {
    pub number: SealNumber,
    /// Maker's mark (ISO 17712, clause 5). `None` where the source does not say: such readings compare with any maker.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub maker: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<SealSource>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub class: Option<SealClass>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<SealType>,
    pub placement: SealPlacement,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub condition: Option<SealCondition>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub read_by: Option<ReadBy>,
    /// An independent second reading of the same seal on the same occasion, whatever it said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub second_read: Option<SealNumber>,
    /// How many independent readings gave `number`; 0 where the source does not say.
    #[serde(default)]
    pub read_count: u16,
}

impl SealReading {
    /// A door seal of which only the number is known.
    pub const fn door(number: SealNumber) -> Self {
        Self {
            number,
            maker: None,
            source: None,
            class: None,
            kind: None,
            placement: SealPlacement::Door,
            condition: None,
            read_by: None,
            second_read: None,
            read_count: 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seal_number_keeps_its_zeros_and_loses_its_blanks() {
        let seal = SealNumber::new("ec 000-12").unwrap();
        assert_eq!(seal.as_str(), "EC00012");
        assert_eq!(seal.serial(), Some(("EC", 5, 12)));
        assert_eq!(SealNumber::new("EC12I").unwrap().serial(), None);
        assert_eq!(SealNumber::new("9".repeat(19).as_str()).unwrap().serial(), None);
    }

    #[test]
    fn what_is_no_seal_number_is_refused() {
        assert_eq!(SealNumber::new(" - "), Err(BadSeal::Empty));
        assert_eq!(SealNumber::new(&"1".repeat(36)), Err(BadSeal::TooLong));
        assert_eq!(SealNumber::new("12\u{7f}"), Err(BadSeal::Character('\u{7f}')));
    }

    #[test]
    fn codes_print_and_read_back() {
        for source in SealSource::ALL {
            assert_eq!(SealSource::from_code(source.code()), Some(*source));
            assert_eq!(serde_json::to_value(source).unwrap(), source.code());
        }
        assert_eq!(SealClass::from_code("X"), None);
    }
}
