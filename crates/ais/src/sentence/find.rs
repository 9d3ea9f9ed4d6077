//! Finding a byte in the few dozen that a TAG block or a sentence has: too few for a call into a search that first
//! asks the processor what it can do.

pub(crate) const ONES: u64 = 0x0101_0101_0101_0101;
pub(crate) const HIGH: u64 = 0x8080_8080_8080_8080;

/// Where `byte` is first.
#[inline(always)]
pub(crate) fn position_of(byte: u8, bytes: &[u8]) -> Option<usize> {
    let wanted = ONES * u64::from(byte);
    let (words, rest) = bytes.as_chunks::<8>();
    for (index, word) in words.iter().enumerate() {
        let differs = u64::from_le_bytes(*word) ^ wanted;
        // The lowest mark is right; a borrow can only add marks above it.
        let found = differs.wrapping_sub(ONES) & !differs & HIGH;
        if found != 0 {
            return Some(8 * index + found.trailing_zeros() as usize / 8);
        }
    }
    rest.iter().position(|other| *other == byte).map(|at| 8 * words.len() + at)
}

/// No byte is below `0`, as in a payload: neither comma nor star is among them.
#[inline(always)]
pub(crate) fn all_from_zero_digit(bytes: &[u8]) -> bool {
    let below = |word: &[u8; 8]| !((u64::from_le_bytes(*word) | HIGH) - 0x30 * ONES);
    match bytes.last_chunk::<8>() {
        Some(last) => {
            bytes.as_chunks::<8>().0.iter().fold(below(last), |any, word| any | below(word)) & HIGH == 0
        }
        None => bytes.iter().all(|byte| *byte >= b'0'),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_place_is_found_at_any_length_and_among_neighbouring_values() {
        for len in 0..40 {
            for at in 0..=len {
                // A byte one above the wanted one right behind it is what a borrow could mark.
                let mut bytes: Vec<u8> = (0..len).map(|i| if i == at + 1 { b'-' } else { b'+' }).collect();
                assert_eq!(position_of(b',', &bytes), None);
                assert!(!all_from_zero_digit(&bytes) || bytes.is_empty());
                if let Some(place) = bytes.get_mut(at) {
                    *place = b',';
                    assert_eq!(position_of(b',', &bytes), Some(at), "{len}");
                }
                let mut payload = vec![b'0'; len];
                assert!(all_from_zero_digit(&payload));
                if let Some(place) = payload.get_mut(at) {
                    for low in [b',', b'*', b'/', 0, 0x80 | b','] {
                        *place = low;
                        assert!(!all_from_zero_digit(std::slice::from_ref(place)) || low & 0x80 != 0);
                    }
                    *place = b'/';
                    assert!(!all_from_zero_digit(&payload), "{len} {at}");
                }
            }
        }
    }
}
