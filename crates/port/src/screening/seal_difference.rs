//! Two readings of what should be one seal: how they differ, and whether the difference may wait for a re-read. It
//! never says that a seal was swapped.

use serde::{Deserialize, Serialize};

use super::seal::codes;

/// Serials this close may come out of one carton of bolt seals, which hold 200 to 250 (a judgement, not a standard).
pub const NEAR_SERIAL: u64 = 250;
/// Longer texts are compared up to here.
const COMPARED: usize = 64;

codes!(
    /// Which queue an alert waits in.
    Tier {
        /// An officer looks now.
        First = "first",
        /// Likely a misread: it stays queued until the seal is read again before the load.
        Reread = "reread",
    }
);

/// What sets the reading apart from the seal expected.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct SealDifference {
    /// Insertions, deletions and substitutions (Levenshtein).
    pub edit_distance: u32,
    /// One character alone differs, and the two are taken for each other: 0/O, 1/I, 5/S, 8/B, 2/Z.
    pub confusable: bool,
    /// Same prefix, same number of digits, and serials close to each other: neighbours out of one carton.
    pub near_serial: bool,
}

fn taken_for_each_other(a: u8, b: u8) -> bool {
    matches!((a.min(b), a.max(b)), (b'0', b'O') | (b'1', b'I') | (b'5', b'S') | (b'8', b'B') | (b'2', b'Z'))
}

fn serial(text: &[u8]) -> Option<(&[u8], usize, u64)> {
    let digits = text.iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
    let (prefix, run) = text.split_at_checked(text.len() - digits)?;
    if digits == 0 || digits > 18 {
        return None;
    }
    Some((prefix, digits, run.iter().fold(0, |sum, byte| sum * 10 + u64::from(byte - b'0'))))
}

fn levenshtein(a: &[u8], b: &[u8]) -> u32 {
    let mut row: Vec<u32> = (0..=b.len() as u32).collect();
    for (n, from) in a.iter().enumerate() {
        let mut corner = n as u32;
        let mut left = n as u32 + 1;
        for (to, slot) in b.iter().zip(row.iter_mut().skip(1)) {
            let here = (corner + u32::from(from != to)).min(left + 1).min(*slot + 1);
            corner = *slot;
            *slot = here;
            left = here;
        }
        if let Some(first) = row.first_mut() {
            *first = n as u32 + 1;
        }
    }
    row.last().copied().unwrap_or(0)
}

impl SealDifference {
    pub fn between(expected: &[u8], read: &[u8], near_serial: u64) -> Self {
        let cut = |text: &[u8]| text.get(..COMPARED).map(<[u8]>::to_vec).unwrap_or_else(|| text.to_vec());
        let (a, b) = (cut(expected), cut(read));
        let apart: Vec<(u8, u8)> = a.iter().zip(&b).filter(|(x, y)| x != y).map(|(x, y)| (*x, *y)).collect();
        let one_character = matches!(apart.as_slice(), &[(x, y)] if taken_for_each_other(x, y));
        Self {
            edit_distance: levenshtein(&a, &b),
            confusable: expected.len() == read.len() && expected.len() <= COMPARED && one_character,
            near_serial: match (serial(expected), serial(read)) {
                (Some((p, n, x)), Some((q, m, y))) => {
                    p == q && n == m && (1..=near_serial).contains(&x.abs_diff(y))
                }
                _ => false,
            },
        }
    }

    /// By one occasion alone. `second_read_agrees`: its other reading gives the seal expected. `known_elsewhere`: the number
    /// read is a seal of another box, or one issued; a misread rarely hits one.
    // INVARIANT: edit distance alone never demotes an alert.
    // INVARIANT: a near-serial swap is never demoted.
    pub const fn tier(&self, second_read_agrees: bool, known_elsewhere: bool) -> Tier {
        if self.near_serial || known_elsewhere {
            return Tier::First;
        }
        if self.confusable || second_read_agrees { Tier::Reread } else { Tier::First }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn between(a: &str, b: &str) -> SealDifference {
        SealDifference::between(a.as_bytes(), b.as_bytes(), NEAR_SERIAL)
    }

    #[test]
    fn edit_distance_alone_never_demotes_an_alert() {
        // One digit off, far apart as serials, no confusable pair: a swap may look just so.
        let off = between("EC10000000", "EC40000000");
        assert_eq!((off.edit_distance, off.confusable, off.near_serial), (1, false, false));
        assert_eq!(off.tier(false, false), Tier::First);
        assert_eq!(off.tier(true, false), Tier::Reread);
        for (a, b) in [("AB", "AC"), ("4471820", "4471820X"), ("4471820", "471820"), ("X1", "Y1")] {
            assert_eq!(between(a, b).tier(false, false), Tier::First, "{a} {b}");
        }
    }

    #[test]
    fn a_confusable_pair_may_demote() {
        for (a, b) in [("EC0012", "ECO012"), ("A1", "AI"), ("5K", "SK"), ("X8", "XB"), ("Z9", "29")] {
            assert!(between(a, b).confusable, "{a} {b}");
            assert_eq!(between(b, a).tier(false, false), Tier::Reread, "{a} {b}");
            assert_eq!(between(a, b).tier(false, true), Tier::First, "known elsewhere {a} {b}");
        }
        assert!(!between("EC0012", "ECOO12").confusable, "two characters are no slip of the eye");
    }

    #[test]
    fn a_near_serial_swap_is_never_demoted() {
        for (a, b) in [("EC1234", "EC1235"), ("4471820", "4471570"), ("EC0999", "EC1000")] {
            let near = between(a, b);
            assert!(near.near_serial, "{a} {b}");
            assert_eq!(near.tier(true, false), Tier::First);
        }
        assert!(!between("EC1234", "EC9234").near_serial);
        assert!(!between("EC1234", "ED1235").near_serial);
        assert!(!between("EC1234", "EC1234").near_serial);
    }

    #[test]
    fn distances_are_those_of_the_textbook() {
        for (a, b, want) in
            [("KITTEN", "SITTING", 3), ("", "AB", 2), ("SAME", "SAME", 0), ("ABCD", "ACBD", 2)]
        {
            assert_eq!(between(a, b).edit_distance, want, "{a} {b}");
        }
    }
}
