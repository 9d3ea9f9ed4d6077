//! Payload armouring of IEC 61162-1: six bits per character, `0`-`W` and `` ` ``-`w`. Eight characters at a
//! time inside one 64-bit word. Never allocates.

use crate::bits::{MAX_BITS, Payload};

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

/// Six-bit values of eight armouring characters, packed into the low 48 bits; `None` for any other character.
#[inline(always)]
const fn unarmour8(chars: u64) -> Option<u64> {
    // Wrong when: the top bit is set, below 0x30, above 0x77, or 0x58 to 0x5f.
    let below = !((chars | HIGH) - 0x30 * ONES);
    let above = (chars & !HIGH) + 8 * ONES;
    let gap = (((chars ^ (0x58 * ONES)) & (0x78 * ONES)) + 0x7f * ONES) ^ HIGH;
    if (chars | below | above | gap) & HIGH != 0 {
        return None;
    }
    // 0x60 and up are 8 less again.
    let late = (chars & (chars << 1)) & (0x40 * ONES);
    let six = chars - 0x30 * ONES - (late >> 3);
    let x = ((six & 0x3f00_3f00_3f00_3f00) >> 2) | (six & 0x003f_003f_003f_003f);
    let x = ((x & 0x0fff_0000_0fff_0000) >> 4) | (x & 0x0000_0fff_0000_0fff);
    Some(((x & 0x00ff_ffff_0000_0000) >> 8) | (x & 0x00ff_ffff))
}

/// Replaces the payload by the bits of these characters less the fill bits at the end.
pub fn unarmour(chars: &[u8], fill_bits: u8, payload: &mut Payload) -> Result<(), ArmourError> {
    if chars.len() * 6 > MAX_BITS {
        return Err(ArmourError::TooLong);
    }
    let bytes = payload.bytes_mut();
    bytes.fill(0);
    let (whole, rest) = chars.as_chunks::<8>();
    let mut at = 0;
    for chunk in whole {
        let Some(packed) = unarmour8(u64::from_be_bytes(*chunk)) else { return Err(ArmourError::Character) };
        if let Some(to) = bytes.get_mut(at..).and_then(|tail| tail.first_chunk_mut::<8>()) {
            *to = (packed << 16).to_be_bytes();
        }
        at += 6;
    }
    if !rest.is_empty() {
        let mut last = [b'0'; 8];
        for (to, from) in last.iter_mut().zip(rest) {
            *to = *from;
        }
        let Some(packed) = unarmour8(u64::from_be_bytes(last)) else { return Err(ArmourError::Character) };
        if let Some(to) = bytes.get_mut(at..).and_then(|tail| tail.first_chunk_mut::<8>()) {
            *to = (packed << 16).to_be_bytes();
        }
    }
    let bits = (chars.len() * 6).saturating_sub(usize::from(fill_bits));
    if fill_bits == 0 {
        payload.set_bits(bits);
    } else {
        payload.set_len(bits);
    }
    Ok(())
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
    fn fill_bits_are_cut_and_read_as_zero() {
        let mut payload = Payload::new();
        unarmour(b"w", 2, &mut payload).unwrap();
        assert_eq!(payload.len(), 4);
        assert_eq!(payload.uint(0, 6), 0b111100);
        unarmour(b"", 5, &mut payload).unwrap();
        assert_eq!(payload.len(), 0);
    }
}
