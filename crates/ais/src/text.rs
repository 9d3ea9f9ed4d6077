//! Six-bit characters (ITU-R M.1371-5 Annex 8, 6-bit ASCII table) in fixed arrays. Never allocates.

use crate::bits::{Bits, Field, FieldValue, Payload};

/// Text as transmitted, one ASCII character per six bits; `@` stands for "nothing from here on".
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Text<const N: usize>([u8; N]);

/// The ASCII character of a six-bit value: 0-31 are `@` to `_`, 32-63 are blank to `?`.
#[inline(always)]
pub const fn to_ascii(six: u8) -> u8 {
    if six < 32 { six + 64 } else { six & 63 }
}

/// The six-bit value of an ASCII character; lower case counts as upper, any other as `?`.
pub const fn from_ascii(ascii: u8) -> u8 {
    match ascii {
        b'@'..=b'_' => ascii - 64,
        b' '..=b'?' => ascii,
        b'a'..=b'z' => ascii - 96,
        _ => b'?',
    }
}

impl<const N: usize> Text<N> {
    /// All `@`: not available.
    pub const BLANK: Self = Self([b'@'; N]);

    /// The first N characters, in upper case; a character that six bits cannot carry becomes `?`.
    pub fn of(text: &str) -> Self {
        let mut out = Self::BLANK;
        for (to, from) in out.0.iter_mut().zip(text.chars()) {
            let ascii = if from.is_ascii() { from as u8 } else { b'?' };
            *to = to_ascii(from_ascii(ascii));
        }
        out
    }

    /// The first `count` characters, the rest blank.
    pub fn first(&self, count: usize) -> Self {
        let mut out = Self::BLANK;
        for (to, from) in out.0.iter_mut().zip(self.0.iter().take(count)) {
            *to = *from;
        }
        out
    }

    /// Characters as transmitted, one run after the other, as many as fit.
    pub(crate) fn join(one: &[u8], other: &[u8]) -> Self {
        let mut out = Self::BLANK;
        for (to, from) in out.0.iter_mut().zip(one.iter().chain(other)) {
            *to = *from;
        }
        out
    }

    /// Every character as transmitted, `@` included.
    pub const fn raw(&self) -> &[u8; N] {
        &self.0
    }

    /// Cut at the first `@`, trailing blanks removed; leading blanks are part of the text.
    pub fn as_str(&self) -> &str {
        let end = memchr::memchr(b'@', &self.0).unwrap_or(N);
        let cut = self.0.get(..end).unwrap_or(&[]);
        std::str::from_utf8(cut).unwrap_or("").trim_end_matches(' ')
    }

    /// `None` when nothing was transmitted.
    pub fn get(&self) -> Option<&str> {
        Some(self.as_str()).filter(|text| !text.is_empty())
    }
}

impl<const N: usize> std::fmt::Debug for Text<N> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?}", std::str::from_utf8(&self.0).unwrap_or(""))
    }
}

/// Eight six-bit characters from the low 48 bits, as eight ASCII bytes, first character first.
#[inline(always)]
const fn spread(packed: u64) -> [u8; 8] {
    let x = ((packed & 0x0000_ffff_ff00_0000) << 8) | (packed & 0x00ff_ffff);
    let x = ((x & 0x00ff_f000_00ff_f000) << 4) | (x & 0x0000_0fff_0000_0fff);
    let x = ((x & 0x0fc0_0fc0_0fc0_0fc0) << 2) | (x & 0x003f_003f_003f_003f);
    // Values below 32 move up by 64.
    (x + ((!x & 0x2020_2020_2020_2020) << 1)).to_be_bytes()
}

impl<const N: usize> Field for Text<N> {
    #[inline(always)]
    fn read(bits: &impl Bits, start: usize, _len: usize) -> Self {
        let mut out = [0; N];
        for (i, chunk) in out.chunks_mut(8).enumerate() {
            let ascii = spread(bits.unsigned(start + 48 * i, 48));
            for (to, from) in chunk.iter_mut().zip(ascii) {
                *to = from;
            }
        }
        Self(out)
    }
    fn read_cut(payload: &Payload, start: usize, _absent: Self) -> Self {
        Self::read(payload, start, 6 * N).first(payload.len().saturating_sub(start) / 6)
    }
    fn write(self, payload: &mut Payload, start: usize, _len: usize) -> bool {
        for (i, ascii) in self.0.iter().enumerate() {
            payload.put(start + 6 * i, 6, u64::from(from_ascii(*ascii)));
        }
        true
    }
    fn value(&self) -> FieldValue<'_> {
        FieldValue::Text(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_six_bit_value_maps_to_its_character_and_back() {
        let table = "@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_ !\"#$%&'()*+,-./0123456789:;<=>?";
        for (six, ascii) in (0_u8..64).zip(table.bytes()) {
            assert_eq!(to_ascii(six), ascii);
            assert_eq!(from_ascii(ascii), six);
            let mut payload = Payload::new();
            payload.put(5, 6, u64::from(six));
            assert_eq!(Text::<1>::read(&payload, 5, 6).raw(), &[ascii]);
        }
    }

    #[test]
    fn text_is_cut_at_the_first_at_sign_and_keeps_leading_blanks() {
        assert_eq!(Text::<20>::of(" Nuqui 'IV'_@rest").as_str(), " NUQUI 'IV'_");
        assert_eq!(Text::<4>::of("ab  ").as_str(), "AB");
        assert_eq!(Text::<4>::BLANK.get(), None);
        assert_eq!(Text::<4>::of("\u{d1}and\u{fa}").as_str(), "?AND");
    }

    #[test]
    fn a_name_reads_back_at_an_odd_offset() {
        let name = Text::<20>::of("EVER GIVEN 0123456789");
        let mut payload = Payload::new();
        assert!(name.write(&mut payload, 43, 120));
        assert_eq!(Text::<20>::read(&payload, 43, 120), name);
    }
}
