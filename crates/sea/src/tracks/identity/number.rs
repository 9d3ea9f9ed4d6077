//! Forms of the numbers a vessel goes by: MMSI (ITU-R M.585-9 and the ITU table of maritime identification
//! digits), IMO number (IMO A.1117(30)), call sign (ITU Radio Regulations, Article 19). Says nothing of who it is.

use bitacora_primitives::mmsi::MmsiClass;
use bitacora_primitives::{Mmsi, mid};
use serde::{Deserialize, Serialize};

/// What is wrong with the form of an MMSI.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MmsiFault {
    /// No class of M.585-9 has this form.
    UnassignedForm,
    /// The three digits that name the country are allotted to none.
    UnallottedMid,
    /// A number that transponders leave the factory with or that people type to get on.
    Placeholder,
}

/// The first fault of a number's form; `None` for a number that can be somebody's.
pub fn mmsi_fault(mmsi: Mmsi) -> Option<MmsiFault> {
    let number = mmsi.number();
    let digit = number % 10;
    // All digits equal, counting up or down, and 1193046 (0x123456), the value of unconfigured class A units.
    if number == digit * 111_111_111 || matches!(number, 123_456_789 | 987_654_321 | 1_193_046) {
        return Some(MmsiFault::Placeholder);
    }
    if mmsi.class() == MmsiClass::Unassigned {
        return Some(MmsiFault::UnassignedForm);
    }
    mmsi.mid().filter(|mid| !mid::is_allotted(*mid)).map(|_| MmsiFault::UnallottedMid)
}

/// Seven digits of which the last is the last digit of 7a + 6b + 5c + 4d + 3e + 2f.
pub fn is_imo_number(number: u32) -> bool {
    if !(1_000_000..=9_999_999).contains(&number) {
        return false;
    }
    let mut rest = number / 10;
    let mut sum = 0;
    for weight in 2..=7 {
        sum += weight * (rest % 10);
        rest /= 10;
    }
    sum % 10 == number % 10
}

/// Letters and digits only, three to seven, and not a word that stands for none.
pub fn is_call_sign(text: &str) -> bool {
    const NONE: [&str; 8] = ["NONE", "NULL", "TEST", "UNKNOWN", "UNKN", "NOCALL", "CALLSGN", "NOTSET"];
    let bytes = text.as_bytes();
    (3..=7).contains(&bytes.len())
        && bytes.iter().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
        && bytes.iter().any(u8::is_ascii_uppercase)
        && bytes.windows(2).any(|pair| pair.first() != pair.last())
        && !NONE.contains(&text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mmsi(number: u32) -> Mmsi {
        Mmsi::new(number).unwrap()
    }

    #[test]
    fn imo_numbers_carry_their_check_digit() {
        // 9074729: 9*7 + 0*6 + 7*5 + 4*4 + 7*3 + 2*2 = 139 (the example of IMO and of the ship register).
        assert!(is_imo_number(9_074_729));
        assert!(is_imo_number(8_814_275));
        for wrong in [9_074_728, 9_047_729, 0, 999_999, 10_000_000, u32::MAX] {
            assert!(!is_imo_number(wrong), "{wrong}");
        }
    }

    #[test]
    fn mmsi_forms_follow_m585_and_the_table_of_countries() {
        for (number, digits) in [
            (351_000_123, Some(351)),
            (35_100_012, Some(351)),
            (3_510_001, Some(351)),
            (111_351_001, Some(351)),
            (835_100_123, Some(351)),
            (983_511_234, Some(351)),
            (993_511_234, Some(351)),
            (970_123_456, None),
        ] {
            assert_eq!(mmsi(number).mid(), digits, "{number}");
            assert_eq!(mmsi_fault(mmsi(number)), None, "{number}");
        }
        assert_eq!(mmsi_fault(mmsi(217_000_123)), Some(MmsiFault::UnallottedMid));
        assert_eq!(mmsi_fault(mmsi(776_000_123)), Some(MmsiFault::UnallottedMid));
        assert_eq!(mmsi_fault(mmsi(100_000_123)), Some(MmsiFault::UnassignedForm));
        for placeholder in [0, 111_111_111, 123_456_789, 777_777_777, 1_193_046] {
            assert_eq!(mmsi_fault(mmsi(placeholder)), Some(MmsiFault::Placeholder), "{placeholder}");
        }
    }

    #[test]
    fn call_signs_are_letters_and_digits() {
        for right in ["HPXY", "3FAB7", "PBAB", "WDC1234"] {
            assert!(is_call_sign(right), "{right}");
        }
        for wrong in ["", "0", "00000", "AAAA", "NONE", "HP-XY", "12345", "TOOLONG1", "hpxy"] {
            assert!(!is_call_sign(wrong), "{wrong}");
        }
    }
}
