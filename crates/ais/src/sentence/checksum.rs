//! The exclusive-or of IEC 61162-1, eight bytes at a time.

/// Exclusive-or of all bytes.
#[inline(always)]
pub fn checksum(bytes: &[u8]) -> u8 {
    let (words, rest) = bytes.as_chunks::<8>();
    let sum = words.iter().fold(0_u64, |sum, word| sum ^ u64::from_le_bytes(*word));
    let folded = match bytes.last_chunk::<8>() {
        // The rest once more as the end of a whole word, without the bytes that are in the sum already.
        Some(last) => sum ^ u64::from_le_bytes(*last).checked_shr(64 - 8 * rest.len() as u32).unwrap_or(0),
        None => rest.iter().fold(sum, |sum, byte| sum ^ u64::from(*byte)),
    };
    let folded = folded ^ (folded >> 32);
    let folded = folded ^ (folded >> 16);
    (folded ^ (folded >> 8)) as u8
}

/// Two hexadecimal digits of either case.
#[inline(always)]
pub(crate) fn hex_pair(high: u8, low: u8) -> Option<u8> {
    Some((hex_digit(high)? << 4) | hex_digit(low)?)
}

#[inline(always)]
fn hex_digit(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'A'..=b'F' => Some(digit - b'A' + 10),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_bytes_give_the_same_sum() {
        for len in 0..100_usize {
            let bytes: Vec<u8> = (0..len).map(|i| (i * 37 + 11) as u8).collect();
            assert_eq!(checksum(&bytes), bytes.iter().fold(0, |sum, byte| sum ^ byte), "{len}");
        }
    }

    #[test]
    fn the_example_sentence_sums_to_5c() {
        // gpsd's AIVDM description, section "AIVDM/AIVDO sentence layer".
        assert_eq!(checksum(b"AIVDM,1,1,,B,177KQJ5000G?tO`K>RA1wUbN0TKH,0"), 0x5c);
        assert_eq!(hex_pair(b'5', b'c'), Some(0x5c));
        assert_eq!(hex_pair(b'G', b'0'), None);
    }
}
