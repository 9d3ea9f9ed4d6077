//! Forms of the numbers a vessel goes by: MMSI (ITU-R M.585-9 and the ITU table of maritime identification
//! digits), IMO number (IMO A.1117(30)), call sign (ITU Radio Regulations, Article 19). Says nothing of who it is.

use bitacora_primitives::Mmsi;
use bitacora_primitives::mmsi::MmsiClass;
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

/// First and last of runs of maritime identification digits that the ITU has allotted (table of November 2023).
const ALLOTTED: &[(u16, u16)] = &[
    (201, 216),
    (218, 220),
    (224, 259),
    (261, 279),
    (301, 301),
    (303, 312),
    (314, 314),
    (316, 316),
    (319, 319),
    (321, 321),
    (323, 323),
    (325, 325),
    (327, 327),
    (329, 332),
    (334, 334),
    (336, 336),
    (338, 339),
    (341, 341),
    (343, 343),
    (345, 345),
    (347, 348),
    (350, 359),
    (361, 362),
    (364, 364),
    (366, 379),
    (401, 401),
    (403, 403),
    (405, 405),
    (408, 408),
    (410, 410),
    (412, 414),
    (416, 417),
    (419, 419),
    (422, 423),
    (425, 425),
    (428, 428),
    (431, 432),
    (434, 434),
    (436, 438),
    (440, 441),
    (443, 443),
    (445, 445),
    (447, 447),
    (450, 451),
    (453, 453),
    (455, 455),
    (457, 457),
    (459, 459),
    (461, 461),
    (463, 463),
    (466, 466),
    (468, 468),
    (470, 473),
    (475, 475),
    (477, 478),
    (501, 501),
    (503, 503),
    (506, 506),
    (508, 508),
    (510, 512),
    (514, 516),
    (518, 518),
    (520, 520),
    (523, 523),
    (525, 525),
    (529, 529),
    (531, 531),
    (533, 533),
    (536, 536),
    (538, 538),
    (540, 540),
    (542, 542),
    (544, 544),
    (546, 546),
    (548, 548),
    (550, 550),
    (553, 553),
    (555, 555),
    (557, 557),
    (559, 559),
    (561, 561),
    (563, 567),
    (570, 570),
    (572, 572),
    (574, 574),
    (576, 578),
    (601, 601),
    (603, 603),
    (605, 605),
    (607, 613),
    (615, 622),
    (624, 627),
    (629, 638),
    (642, 642),
    (644, 645),
    (647, 647),
    (649, 650),
    (654, 657),
    (659, 672),
    (674, 679),
    (701, 701),
    (710, 710),
    (720, 720),
    (725, 725),
    (730, 730),
    (735, 735),
    (740, 740),
    (745, 745),
    (750, 750),
    (755, 755),
    (760, 760),
    (765, 765),
    (770, 770),
    (775, 775),
];

pub fn is_allotted(mid: u16) -> bool {
    let within = |(first, last): &(u16, u16)| (*first..=*last).contains(&mid);
    ALLOTTED.iter().any(within)
}

/// The maritime identification digits of a number, wherever its class has them.
pub const fn mid(mmsi: Mmsi) -> Option<u16> {
    let number = mmsi.number();
    let mid = match mmsi.class() {
        MmsiClass::Ship => number / 1_000_000,
        MmsiClass::GroupOfShips => number / 100_000,
        MmsiClass::CoastStation => number / 10_000,
        MmsiClass::SarAircraft => number / 1_000 % 1_000,
        MmsiClass::HandheldVhf => number / 100_000 % 1_000,
        MmsiClass::CraftOfParentShip | MmsiClass::AidToNavigation => number / 10_000 % 1_000,
        MmsiClass::DistressDevice | MmsiClass::Unassigned => return None,
    };
    Some(mid as u16)
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
    mid(mmsi).filter(|mid| !is_allotted(*mid)).map(|_| MmsiFault::UnallottedMid)
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
            assert_eq!(mid(mmsi(number)), digits, "{number}");
            assert_eq!(mmsi_fault(mmsi(number)), None, "{number}");
        }
        assert_eq!(mmsi_fault(mmsi(217_000_123)), Some(MmsiFault::UnallottedMid));
        assert_eq!(mmsi_fault(mmsi(776_000_123)), Some(MmsiFault::UnallottedMid));
        assert_eq!(mmsi_fault(mmsi(100_000_123)), Some(MmsiFault::UnassignedForm));
        for placeholder in [0, 111_111_111, 123_456_789, 777_777_777, 1_193_046] {
            assert_eq!(mmsi_fault(mmsi(placeholder)), Some(MmsiFault::Placeholder), "{placeholder}");
        }
        assert_eq!((100..=999).filter(|mid| is_allotted(*mid)).count(), 292);
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
