//! The sentence that most of a recording consists of, recognised as a whole: one fragment of one slot, a
//! channel, no fill bits, nothing behind the checksum. Anything else is left to the parser; it refuses nothing.

use crate::armour::unarmour_slot;
use crate::bits::Slot;

/// `!AIVDM,1,1,,A,` with 28 characters and `,0*hh`; one more with a sequence number.
const PLAIN: usize = 47;
const NUMBERED: usize = 48;

/// What such a sentence says.
#[derive(Clone, Copy)]
pub(crate) struct OneSlot {
    pub(crate) address: [u8; 5],
    pub(crate) channel: u8,
    pub(crate) bits: Slot,
}

/// Bits of eight bytes that are given, and what they are.
type Given = (u64, u64);

/// `M` and `O` differ in one bit.
const ADDRESS: Given =
    (u64::from_le_bytes([0xff, 0, 0, 0xff, 0xff, 0xfd, 0xff, 0xff]), u64::from_le_bytes(*b"!\0\0VDM,1"));
const PLAIN_FIELDS: Given =
    (u64::from_le_bytes([0xff, 0xff, 0xff, 0xff, 0, 0xff, 0, 0]), u64::from_le_bytes(*b",1,,\0,\0\0"));
const NUMBERED_FIELDS: Given =
    (u64::from_le_bytes([0xff, 0xff, 0xff, 0, 0xff, 0, 0xff, 0]), u64::from_le_bytes(*b",1,\0,\0,\0"));

/// `None` when the bytes are no such sentence, or one whose checksum is wrong or written in small letters.
#[inline(always)]
pub(crate) fn one_slot(body: &[u8]) -> Option<OneSlot> {
    match body.len() {
        PLAIN => plain(body.first_chunk()?),
        NUMBERED => numbered(body.first_chunk()?),
        _ => None,
    }
}

#[inline(always)]
fn plain(body: &[u8; PLAIN]) -> Option<OneSlot> {
    let (words, [p, q, b',', b'0', b'*', high, low]) = body.as_chunks::<8>() else { return None };
    let sum = head(words, PLAIN_FIELDS)?;
    if [*high, *low] != hex(fold(sum) ^ b'!' ^ p ^ q ^ b',' ^ b'0') {
        return None;
    }
    let [_, a, b, v, d, last, _, _, _, _, _, _, channel, _, payload @ .., _, _, _, _, _] = body;
    slot([*a, *b, *v, *d, *last], *channel, payload)
}

#[inline(always)]
fn numbered(body: &[u8; NUMBERED]) -> Option<OneSlot> {
    let (words, _) = body.as_chunks::<8>();
    let (words, [[p, q, r, b',', b'0', b'*', high, low]]) = words.split_last_chunk::<1>()? else {
        return None;
    };
    let sum = head(words, NUMBERED_FIELDS)?;
    if [*high, *low] != hex(fold(sum) ^ b'!' ^ p ^ q ^ r ^ b',' ^ b'0') {
        return None;
    }
    let [_, a, b, v, d, last, _, _, _, _, _, sequence, _, channel, _, payload @ .., _, _, _, _, _] = body;
    if !sequence.is_ascii_digit() {
        return None;
    }
    slot([*a, *b, *v, *d, *last], *channel, payload)
}

/// The exclusive-or of the first forty bytes, when what they must be they are.
#[inline(always)]
fn head(words: &[[u8; 8]], fields: Given) -> Option<u64> {
    let [one, two, three, four, five] = words else { return None };
    let [one, two, three, four, five] = [one, two, three, four, five].map(|word| u64::from_le_bytes(*word));
    let given = one & ADDRESS.0 == ADDRESS.1 && two & fields.0 == fields.1;
    given.then_some(one ^ two ^ three ^ four ^ five)
}

#[inline(always)]
fn slot(address: [u8; 5], channel: u8, payload: &[u8; 28]) -> Option<OneSlot> {
    // A field that is empty or broken by a line end reads otherwise.
    let [a, b, ..] = address;
    if a.min(b).min(channel) <= b',' {
        return None;
    }
    Some(OneSlot { address, channel, bits: unarmour_slot(payload)? })
}

/// Exclusive-or of the eight bytes.
#[inline(always)]
const fn fold(sum: u64) -> u8 {
    let sum = sum ^ (sum >> 32);
    let sum = sum ^ (sum >> 16);
    (sum ^ (sum >> 8)) as u8
}

/// The two digits of a checksum in capitals, as nearly all are.
#[inline(always)]
const fn hex(sum: u8) -> [u8; 2] {
    const fn digit(four: u8) -> u8 {
        four + b'0' + (four > 9) as u8 * 7
    }
    [digit(sum >> 4), digit(sum & 15)]
}

/// The same at the beginning of a block of lines, with the length of its line and line end.
#[inline(always)]
pub(crate) fn one_slot_line(block: &[u8]) -> Option<(OneSlot, usize)> {
    // Where the sequence number is empty its comma comes one byte early.
    let read = match block.get(11)? {
        b',' => (plain(block.first_chunk()?)?, PLAIN),
        _ => (numbered(block.first_chunk()?)?, NUMBERED),
    };
    let (sentence, len) = read;
    match block.get(len..)? {
        [b'\n', ..] => Some((sentence, len + 1)),
        [b'\r', b'\n', ..] => Some((sentence, len + 2)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bits::Payload;
    use crate::messages::Quality;
    use crate::sentence::{Line, checksum, parse};

    fn agrees(line: &[u8]) -> bool {
        let Some(got) = one_slot(line) else { return false };
        let Ok(Line::Sentence(sentence)) = parse(line) else { panic!("{line:?}") };
        assert_eq!((sentence.address, sentence.channel), (got.address, Some(got.channel)));
        assert_eq!((sentence.count, sentence.number), (1, 1));
        assert_eq!((sentence.fill_bits, sentence.quality), (0, Quality::GOOD));
        assert!(sentence.prefix.is_empty() && sentence.trailer.is_empty());
        let mut payload = Payload::new();
        crate::armour::unarmour(sentence.payload, 0, &mut payload).unwrap();
        assert_eq!(Slot::of(&payload).unwrap().0, got.bits.0);
        true
    }

    fn summed(line: &[u8]) -> Vec<u8> {
        let end = line.len() - 3;
        [&line[..end], format!("*{:02X}", checksum(&line[1..end])).as_bytes()].concat()
    }

    #[test]
    fn what_is_recognised_as_a_whole_is_what_the_parser_reads() {
        for line in [
            &b"!AIVDM,1,1,,B,177KQJ5000G?tO`K>RA1wUbN0TKH,0*00"[..],
            &b"!ABVDO,1,1,7,1,177KQJ5000G?tO`K>RA1wUbN0TKH,0*00"[..],
        ] {
            let line = summed(line);
            assert!(agrees(&line));
            let mut taken = 0;
            for at in 0..line.len() {
                for byte in 0..=255 {
                    let mut other = line.clone();
                    other[at] = byte;
                    agrees(&other);
                    taken += u32::from(agrees(&summed(&other)));
                }
            }
            // Every armouring character in 28 places, talkers and channels.
            assert!(taken > 28 * 64 + 3 * 200, "{taken}");
        }
    }

    #[test]
    fn a_line_ends_where_its_line_end_is() {
        for line in [
            &b"!AIVDM,1,1,,B,177KQJ5000G?tO`K>RA1wUbN0TKH,0*00"[..],
            &b"!AIVDM,1,1,0,B,177KQJ5000G?tO`K>RA1wUbN0TKH,0*00"[..],
        ] {
            let line = summed(line);
            let taken = |end: &[u8]| one_slot_line(&[&line[..], end].concat()).map(|(_, taken)| taken);
            assert_eq!((taken(b"\n!"), taken(b"\r\n")), (Some(line.len() + 1), Some(line.len() + 2)));
            for end in [&b""[..], b"\r", b",r003669987\n", b" \n", b"\r\r\n"] {
                assert_eq!(taken(end), None);
            }
        }
    }
}
