//! Container numbers by ISO 6346:2022: owner code, category, serial, check digit. A number is kept as it was read,
//! right or wrong: what is wrong with it is a finding, never a reason to lose the event.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Most characters a source may send for one number (DCSA Track & Trace 3.0 `equipmentReference`, maxLength 15).
pub const MAX_NUMBER_LEN: usize = 15;

/// A container number as read: upper case, without blanks, hyphens and dots. Whether it obeys ISO 6346 is asked with
/// [`ContainerNumber::check`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ContainerNumber {
    bytes: [u8; MAX_NUMBER_LEN],
    len: u8,
}

/// Why a text cannot name a container at all.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum BadContainer {
    #[error("the container number is empty")]
    Empty,
    #[error("the container number is longer than {MAX_NUMBER_LEN} characters")]
    TooLong,
    #[error("`{0}` has no place in a container number")]
    Character(char),
}

/// How a number breaks ISO 6346. The codes go into alerts.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NumberDefect {
    /// Not three letters, a category letter, six digits and a check digit.
    Form,
    /// The fourth letter is not U, J or Z (ISO 6346, 4.1.2).
    Category,
    /// The check digit does not follow from the rest (ISO 6346, annex A).
    CheckDigit,
}

/// The equipment category identifier (ISO 6346, 4.1.2).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Category {
    /// U: freight container.
    Freight,
    /// J: detachable freight container equipment.
    Equipment,
    /// Z: trailer or chassis.
    Chassis,
}

/// A number that obeys ISO 6346.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Checked {
    pub owner: [u8; 3],
    pub category: Category,
    pub serial: u32,
    /// The remainder modulo 11 is 10, which is written 0 (annex A advises against issuing such serials): a check
    /// digit 0 here proves less than elsewhere.
    pub remainder_ten: bool,
}

/// The value of a digit or letter in the check sum: letters count from 10 and skip the multiples of 11 (annex A).
const fn value(byte: u8) -> Option<u32> {
    match byte {
        b'0'..=b'9' => Some((byte - b'0') as u32),
        b'A' => Some(10),
        b'B'..=b'K' => Some((byte - b'B') as u32 + 12),
        b'L'..=b'U' => Some((byte - b'L') as u32 + 23),
        b'V'..=b'Z' => Some((byte - b'V') as u32 + 34),
        _ => None,
    }
}

/// The remainder modulo 11 of the first ten characters, 0 to 10; `None` where one is neither letter nor digit.
pub fn check_remainder(first_ten: &[u8; 10]) -> Option<u32> {
    let mut sum = 0;
    for (place, byte) in first_ten.iter().enumerate() {
        sum += value(*byte)? << place;
    }
    Some(sum % 11)
}

impl ContainerNumber {
    pub fn as_str(&self) -> &str {
        self.bytes.get(..usize::from(self.len)).and_then(|part| std::str::from_utf8(part).ok()).unwrap_or("")
    }

    /// The parts of a right number, or everything that is wrong with it, in the order of the standard.
    pub fn check(&self) -> Result<Checked, Vec<NumberDefect>> {
        let &[a, b, c, category, ref serial @ .., digit] = self.as_str().as_bytes() else {
            return Err(vec![NumberDefect::Form]);
        };
        let letters = [a, b, c, category].iter().all(u8::is_ascii_uppercase);
        let (Ok(serial), true, true) = (
            <[u8; 6]>::try_from(serial),
            letters,
            serial.iter().all(u8::is_ascii_digit) && digit.is_ascii_digit(),
        ) else {
            return Err(vec![NumberDefect::Form]);
        };
        let category_of = match category {
            b'U' => Some(Category::Freight),
            b'J' => Some(Category::Equipment),
            b'Z' => Some(Category::Chassis),
            _ => None,
        };
        let [s0, s1, s2, s3, s4, s5] = serial;
        let remainder = check_remainder(&[a, b, c, category, s0, s1, s2, s3, s4, s5]);
        let agrees = remainder.is_some_and(|remainder| remainder % 10 == u32::from(digit - b'0'));
        match (category_of, agrees) {
            (Some(category), true) => Ok(Checked {
                owner: [a, b, c],
                category,
                serial: serial.iter().fold(0, |sum, byte| sum * 10 + u32::from(byte - b'0')),
                remainder_ten: remainder == Some(10),
            }),
            (None, true) => Err(vec![NumberDefect::Category]),
            (Some(_), false) => Err(vec![NumberDefect::CheckDigit]),
            (None, false) => Err(vec![NumberDefect::Category, NumberDefect::CheckDigit]),
        }
    }
}

impl FromStr for ContainerNumber {
    type Err = BadContainer;
    fn from_str(text: &str) -> Result<Self, BadContainer> {
        let mut number = Self { bytes: [0; MAX_NUMBER_LEN], len: 0 };
        for character in text.chars().filter(|c| !matches!(c, ' ' | '-' | '.')) {
            if !character.is_ascii_alphanumeric() {
                return Err(BadContainer::Character(character));
            }
            let slot = number.bytes.get_mut(usize::from(number.len)).ok_or(BadContainer::TooLong)?;
            *slot = character.to_ascii_uppercase() as u8;
            number.len += 1;
        }
        if number.len == 0 { Err(BadContainer::Empty) } else { Ok(number) }
    }
}

impl fmt::Display for ContainerNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
impl fmt::Debug for ContainerNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ContainerNumber({})", self.as_str())
    }
}
impl Serialize for ContainerNumber {
    fn serialize<S: serde::Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.serialize_str(self.as_str())
    }
}
impl<'de> Deserialize<'de> for ContainerNumber {
    fn deserialize<D: serde::Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        String::deserialize(input)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn defects(text: &str) -> Vec<NumberDefect> {
        text.parse::<ContainerNumber>().unwrap().check().err().unwrap_or_default()
    }

    #[test]
    fn numbers_printed_in_the_standard_and_in_samples_pass() {
        // CSQU3054383 is the worked example of ISO 6346; APZU4812090 stands in the DCSA samples.
        for good in ["CSQU3054383", "CSQU 305438 3", "apzu4812090"] {
            assert_eq!(defects(good), [], "{good}");
        }
    }

    #[test]
    fn each_defect_is_named() {
        assert_eq!(defects("CSQU3054384"), [NumberDefect::CheckDigit]);
        // Printed in a public COPRAR sample: category I, and the check digit is wrong too.
        assert_eq!(defects("MSTI6415664"), [NumberDefect::Category, NumberDefect::CheckDigit]);
        for form in ["CSQU305438", "CSQU30543833", "CS1U3054383", "CSQUA054383", "1"] {
            assert_eq!(defects(form), [NumberDefect::Form], "{form}");
        }
    }

    #[test]
    fn remainder_ten_is_written_zero_and_told() {
        // TEXU 3070.. scanned for the first serial whose remainder is 10.
        let found = (0..1000u32).find_map(|serial| {
            let text = format!("TEXU{serial:06}0");
            let checked = text.parse::<ContainerNumber>().unwrap().check().ok()?;
            checked.remainder_ten.then_some((text, checked))
        });
        let (text, checked) = found.unwrap();
        let first: [u8; 10] = text.as_bytes()[..10].try_into().unwrap();
        assert_eq!(check_remainder(&first), Some(10));
        assert_eq!(checked.category, Category::Freight);
    }

    #[test]
    fn letters_skip_the_multiples_of_eleven() {
        let values: Vec<u32> = (b'A'..=b'Z').map(|letter| value(letter).unwrap()).collect();
        let want: Vec<u32> = (10..=38).filter(|v| v % 11 != 0).collect();
        assert_eq!(values, want);
    }

    #[test]
    fn what_cannot_name_a_container_is_refused() {
        assert_eq!("".parse::<ContainerNumber>(), Err(BadContainer::Empty));
        assert_eq!("A".repeat(16).parse::<ContainerNumber>(), Err(BadContainer::TooLong));
        assert_eq!("CSQU305438é".parse::<ContainerNumber>(), Err(BadContainer::Character('é')));
    }
}
