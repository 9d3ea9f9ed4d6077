//! Payload armouring of IEC 61162-1: six bits per character, `0`-`W` and `` ` ``-`w`. Eight characters at a
//! time inside one 64-bit word. Never allocates.

use crate::bits::{MAX_BITS, Payload, Slot};

/// Why characters are no payload.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ArmourError {
    #[error("a character of the payload is not one of the 64 armouring characters")]
    Character,
    #[error("the payload is longer than {MAX_BITS} bits")]
    TooLong,
}

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGH: u64 = 0x8080_8080_8080_8080;

/// Six-bit values of eight armouring characters, packed into the low 48 bits, and a word whose top bits of bytes say
/// which of them are no such characters.
#[inline(always)]
const fn unarmour8(chars: u64) -> (u64, u64) {
    // Wrong when: the top bit is set, below 0x30, above 0x77, or 0x58 to 0x5f.
    let below = !((chars | HIGH) - 0x30 * ONES);
    let above = (chars & !HIGH) + 8 * ONES;
    let gap = (((chars ^ (0x58 * ONES)) & (0x78 * ONES)) + 0x7f * ONES) ^ HIGH;
    let wrong = chars | below | above | gap;
    // 0x60 and up are 8 less again.
    let late = (chars & (chars << 1)) & (0x40 * ONES);
    let six = chars.wrapping_sub(0x30 * ONES).wrapping_sub(late >> 3);
    let x = ((six & 0x3f00_3f00_3f00_3f00) >> 2) | (six & 0x003f_003f_003f_003f);
    let x = ((x & 0x0fff_0000_0fff_0000) >> 4) | (x & 0x0000_0fff_0000_0fff);
    (((x & 0x00ff_ffff_0000_0000) >> 8) | (x & 0x00ff_ffff), wrong)
}

/// Replaces the payload by the bits of these characters less the fill bits at the end.
#[inline]
pub fn unarmour(chars: &[u8], fill_bits: u8, payload: &mut Payload) -> Result<(), ArmourError> {
    if chars.len() * 6 > MAX_BITS {
        return Err(ArmourError::TooLong);
    }
    let bytes = payload.bytes_mut();
    let (whole, rest) = chars.as_chunks::<8>();
    let (mut at, mut wrong) = (0, 0);
    let mut put = |word: u64| {
        let (packed, doubt) = unarmour8(word);
        wrong |= doubt;
        // Two bytes too many, which the next word or the padding takes.
        if let Some(to) = bytes.get_mut(at..).and_then(|tail| tail.first_chunk_mut::<8>()) {
            *to = (packed << 16).to_be_bytes();
        }
        at += 6;
    };
    for chunk in whole {
        put(u64::from_be_bytes(*chunk));
    }
    if !rest.is_empty() {
        let absent = (0x30 * ONES) >> (8 * rest.len());
        let last = match chars.last_chunk::<8>() {
            Some(last) => u64::from_be_bytes(*last) << (8 * (8 - rest.len())),
            None => {
                let there = rest.iter().fold(0, |word, char| (word << 8) | u64::from(*char));
                there << (8 * (8 - rest.len()))
            }
        };
        put(last | absent);
    }
    let bits = (chars.len() * 6).saturating_sub(usize::from(fill_bits));
    payload.begin(at, bits);
    if wrong & HIGH != 0 {
        return Err(ArmourError::Character);
    }
    if fill_bits != 0 {
        payload.set_len(bits);
    }
    Ok(())
}

/// The 168 bits of 28 characters; `None` when one of them is no armouring character.
#[inline(always)]
pub(crate) fn unarmour_slot(chars: &[u8; 28]) -> Option<Slot> {
    let (whole, rest) = chars.as_chunks::<8>();
    let ([one, two, three], [a, b, c, d]) = (whole, rest) else { return None };
    let (one, wrong_one) = unarmour8(u64::from_be_bytes(*one));
    let (two, wrong_two) = unarmour8(u64::from_be_bytes(*two));
    let (three, wrong_three) = unarmour8(u64::from_be_bytes(*three));
    let (four, wrong_four) = unarmour8(u64::from_be_bytes([*a, *b, *c, *d, b'0', b'0', b'0', b'0']));
    if (wrong_one | wrong_two | wrong_three | wrong_four) & HIGH != 0 {
        return None;
    }
    Some(Slot([(one << 16) | (two >> 32), (two << 32) | (three >> 16), (three << 48) | four]))
}

/// The armoured characters of a payload and the number of fill bits in the last one.
pub fn armour(payload: &Payload) -> (Vec<u8>, u8) {
    let count = payload.len().div_ceil(6);
    let chars = (0..count)
        .map(|i| {
            let six = payload.uint(6 * i, 6) as u8;
            if six < 40 { six + 48 } else { six + 56 }
        })
        .collect();
    (chars, (count * 6 - payload.len()) as u8)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bits::Bits;

    /// The definition, one character at a time.
    fn slow(c: u8) -> Option<u8> {
        match c {
            48..=87 => Some(c - 48),
            96..=119 => Some(c - 56),
            _ => None,
        }
    }

    #[test]
    fn every_byte_in_every_place_matches_the_definition() {
        for c in 0..=255_u8 {
            for place in 0..8 {
                let mut chars = *b"5w0W`1Pk";
                chars[place] = c;
                let got = unarmour8(u64::from_be_bytes(chars));
                let want = chars
                    .iter()
                    .try_fold(0_u64, |packed, c| slow(*c).map(|six| (packed << 6) | u64::from(six)));
                let got = (got.1 & HIGH == 0).then_some(got.0);
                assert_eq!(got, want, "{c} at {place}");
            }
        }
    }

    #[test]
    fn any_length_reads_back() {
        for len in 0..=MAX_BITS / 6 {
            let chars: Vec<u8> = (0..len).map(|i| b"0W`w5PAk"[(i * 7 + len) % 8]).collect();
            let mut payload = Payload::new();
            payload.put(0, 57, u64::MAX);
            unarmour(&chars, 0, &mut payload).unwrap();
            assert_eq!(payload.len(), 6 * len);
            assert_eq!(armour(&payload), (chars, 0));
        }
        let mut payload = Payload::new();
        assert_eq!(unarmour(&[b'0'; MAX_BITS / 6 + 1], 0, &mut payload), Err(ArmourError::TooLong));
    }

    #[test]
    fn one_slot_in_words_is_the_same_payload() {
        for seed in 0..200_usize {
            let chars: [u8; 28] = std::array::from_fn(|i| b"0W`w5PAkD<"[(i * (seed + 3) + seed / 7) % 10]);
            let mut payload = Payload::new();
            unarmour(&chars, 0, &mut payload).unwrap();
            let (slot, again) = (unarmour_slot(&chars).unwrap(), Slot::of(&payload).unwrap());
            assert_eq!(slot.0, again.0);
            for start in 0..168 {
                for len in 1..=57.min(168 - start) {
                    assert_eq!(slot.unsigned(start, len), payload.uint(start, len), "{start} {len}");
                    assert_eq!(slot.signed(start, len), payload.int(start, len), "{start} {len}");
                }
            }
            let mut damaged = chars;
            damaged[seed % 28] = b'X';
            assert!(unarmour_slot(&damaged).is_none());
        }
    }

    #[test]
    fn fill_bits_are_cut_and_read_as_zero() {
        let mut payload = Payload::new();
        unarmour(b"w", 2, &mut payload).unwrap();
        assert_eq!(payload.len(), 4);
        assert_eq!(payload.uint(0, 6), 0b111100);
        unarmour(b"", 5, &mut payload).unwrap();
        assert_eq!(payload.len(), 0);
    }
}
