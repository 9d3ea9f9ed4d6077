//! The bits of one AIS message, most significant bit first, in a fixed padded buffer, and how fields lie in
//! them. Never allocates; a read beyond the last bit gives zeros.

/// Longest payload kept, in bits. M.1371-5 needs at most 1064 (type 26, five slots); the rest is room for
/// receivers that append their own bits.
pub const MAX_BITS: usize = 1536;

const PADDED_BYTES: usize = MAX_BITS / 8 + 16;

/// One message as bits.
#[derive(Clone)]
pub struct Payload {
    bytes: [u8; PADDED_BYTES],
    bits: u16,
    /// Bytes from here on are zero: the next payload need clear no more than this one touched.
    touched: u16,
}

impl PartialEq for Payload {
    fn eq(&self, other: &Self) -> bool {
        self.bits == other.bits && self.bytes == other.bytes
    }
}
impl Eq for Payload {}

impl Default for Payload {
    fn default() -> Self {
        Self::new()
    }
}

impl std::fmt::Debug for Payload {
    /// `bits:hex`, the way gpsd prints data it does not take apart.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:", self.bits)?;
        let whole = usize::from(self.bits).div_ceil(8);
        self.bytes.iter().take(whole).try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl Payload {
    pub const fn new() -> Self {
        Self { bytes: [0; PADDED_BYTES], bits: 0, touched: 0 }
    }

    /// Length in bits.
    pub const fn len(&self) -> usize {
        self.bits as usize
    }
    pub const fn is_empty(&self) -> bool {
        self.bits == 0
    }

    /// The bits, packed; the last byte is filled up with zeros.
    pub fn packed(&self) -> &[u8] {
        self.bytes.get(..self.len().div_ceil(8)).unwrap_or(&[])
    }

    /// The 64 bits that begin with the byte that holds bit `start`, and the place of the bit in that byte.
    #[inline(always)]
    fn word(&self, start: usize) -> (u64, u32) {
        let word = match self.bytes.get(start / 8..).and_then(|tail| tail.first_chunk::<8>()) {
            Some(chunk) => u64::from_be_bytes(*chunk),
            None => 0,
        };
        (word, (start % 8) as u32)
    }

    /// An unsigned field of 1 to 57 bits.
    #[inline(always)]
    pub fn uint(&self, start: usize, len: usize) -> u64 {
        let (word, shift) = self.word(start);
        (word << shift).checked_shr(64 - len as u32).unwrap_or(0)
    }

    /// A two's complement field of 1 to 57 bits.
    #[inline(always)]
    pub fn int(&self, start: usize, len: usize) -> i64 {
        let (word, shift) = self.word(start);
        ((word << shift) as i64).checked_shr(64 - len as u32).unwrap_or(0)
    }

    /// Writes the low `len` bits of `value` at `start` and makes the payload reach at least that far.
    /// Bits beyond [`MAX_BITS`] are not written.
    pub fn put(&mut self, start: usize, len: usize, value: u64) {
        for i in 0..len {
            let at = start + i;
            if at >= MAX_BITS {
                self.touch(MAX_BITS);
                return;
            }
            let bit = value.checked_shr((len - 1 - i) as u32).unwrap_or(0) as u8 & 1;
            if let Some(byte) = self.bytes.get_mut(at / 8) {
                let mask = 0x80_u8 >> (at % 8);
                *byte = if bit == 1 { *byte | mask } else { *byte & !mask };
            }
        }
        self.touch(start + len);
        self.bits = self.bits.max((start + len) as u16);
    }

    /// Bits up to this one may be set.
    fn touch(&mut self, bits: usize) {
        self.touched = self.touched.max(bits.div_ceil(8).min(PADDED_BYTES) as u16);
    }

    /// Sets the length; what lies beyond it becomes zero.
    pub fn set_len(&mut self, bits: usize) {
        let bits = bits.min(MAX_BITS);
        self.bits = bits as u16;
        self.clear_from(bits);
    }

    fn clear_from(&mut self, bits: usize) {
        if let Some(byte) = self.bytes.get_mut(bits / 8) {
            *byte &= !(0xff_u8 >> (bits % 8));
        }
        self.clear_bytes(bits / 8 + 1);
    }

    #[inline(always)]
    fn clear_bytes(&mut self, from: usize) {
        let touched = usize::from(self.touched);
        if touched > from {
            if let Some(tail) = self.bytes.get_mut(from..touched) {
                tail.fill(0);
            }
            self.touched = from as u16;
        }
    }

    pub(crate) fn bytes_mut(&mut self) -> &mut [u8; PADDED_BYTES] {
        &mut self.bytes
    }
    /// `written` bytes from the first have been set anew; what an earlier payload left behind them goes.
    #[inline(always)]
    pub(crate) fn begin(&mut self, written: usize, bits: usize) {
        self.clear_bytes(written);
        self.touched = written as u16;
        self.bits = bits as u16;
    }
}

/// A run of bits inside a payload: application data or free text of variable length.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Span {
    pub start: u16,
    pub len: u16,
}

impl Span {
    /// From `start` to the end of the payload, nothing where the payload ends before.
    pub fn rest(payload: &Payload, start: usize) -> Self {
        Self { start: start as u16, len: payload.len().saturating_sub(start) as u16 }
    }

    /// The bytes of the run, the last one filled up with zeros on the right.
    pub fn bytes<'a>(&self, payload: &'a Payload) -> impl Iterator<Item = u8> + use<'a> {
        let (start, len) = (usize::from(self.start), usize::from(self.len));
        (0..len.div_ceil(8)).map(move |i| {
            let have = (len - 8 * i).min(8);
            (payload.uint(start + 8 * i, have) << (8 - have)) as u8
        })
    }

    /// The run as six-bit characters, cut at the first `@`, trailing blanks removed, appended to `out`.
    pub fn text(&self, payload: &Payload, out: &mut String) {
        let begin = out.len();
        for i in 0..usize::from(self.len) / 6 {
            let ascii = crate::text::to_ascii(payload.uint(usize::from(self.start) + 6 * i, 6) as u8);
            if ascii == b'@' {
                break;
            }
            out.push(char::from(ascii));
        }
        while out.len() > begin && out.ends_with(' ') {
            out.pop();
        }
    }
}

/// Where fields are read from.
pub trait Bits {
    /// An unsigned field of 1 to 57 bits.
    fn unsigned(&self, start: usize, len: usize) -> u64;
    /// A two's complement field of 1 to 57 bits.
    fn signed(&self, start: usize, len: usize) -> i64;
}

impl Bits for Payload {
    #[inline(always)]
    fn unsigned(&self, start: usize, len: usize) -> u64 {
        self.uint(start, len)
    }
    #[inline(always)]
    fn signed(&self, start: usize, len: usize) -> i64 {
        self.int(start, len)
    }
}

/// The 168 bits of a message of one slot in three words, which stay in registers: written to memory and read back field by
/// field, each load would wait for two stores to meet.
#[derive(Clone, Copy)]
pub(crate) struct Slot(pub(crate) [u64; 3]);

impl Slot {
    /// `None` when the payload has another length.
    #[inline(always)]
    pub(crate) fn of(payload: &Payload) -> Option<Self> {
        if payload.len() != 168 {
            return None;
        }
        let (words, _) = payload.bytes.as_chunks::<8>();
        let [one, two, three, ..] = words else { return None };
        Some(Self([one, two, three].map(|word| u64::from_be_bytes(*word))))
    }

    /// The 64 bits from `start` on.
    #[inline(always)]
    fn word(&self, start: usize) -> u64 {
        let [one, two, three] = self.0;
        let (high, low) = match start / 64 {
            0 => (one, two),
            1 => (two, three),
            2 => (three, 0),
            _ => (0, 0),
        };
        let shift = start as u32 % 64;
        (high << shift) | low.checked_shr(64 - shift).unwrap_or(0)
    }
}

impl Bits for Slot {
    #[inline(always)]
    fn unsigned(&self, start: usize, len: usize) -> u64 {
        self.word(start).checked_shr(64 - len as u32).unwrap_or(0)
    }
    #[inline(always)]
    fn signed(&self, start: usize, len: usize) -> i64 {
        (self.word(start) as i64).checked_shr(64 - len as u32).unwrap_or(0)
    }
}

/// How one field type lies in the bits.
pub trait Field: Sized + Copy {
    fn read(bits: &impl Bits, start: usize, len: usize) -> Self;
    /// A field that the payload does not wholly reach: not available, but for text the characters that are whole.
    fn read_cut(_payload: &Payload, _start: usize, absent: Self) -> Self {
        absent
    }
    /// `false` when the value does not fit into `len` bits; nothing is written then.
    fn write(self, payload: &mut Payload, start: usize, len: usize) -> bool;
    fn value(&self) -> FieldValue<'_>;
}

/// A field for printing.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum FieldValue<'a> {
    Number(i64),
    Text(&'a str),
}

macro_rules! unsigned_field {
    ($($int:ty)*) => {$(
        impl Field for $int {
            #[inline(always)]
            fn read(bits: &impl Bits, start: usize, len: usize) -> Self {
                bits.unsigned(start, len) as $int
            }
            fn write(self, payload: &mut Payload, start: usize, len: usize) -> bool {
                let value = u64::from(self);
                let fits = value < 1 << len;
                if fits {
                    payload.put(start, len, value);
                }
                fits
            }
            fn value(&self) -> FieldValue<'_> {
                FieldValue::Number(i64::from(*self))
            }
        }
    )*};
}
macro_rules! signed_field {
    ($($int:ty)*) => {$(
        impl Field for $int {
            #[inline(always)]
            fn read(bits: &impl Bits, start: usize, len: usize) -> Self {
                bits.signed(start, len) as $int
            }
            fn write(self, payload: &mut Payload, start: usize, len: usize) -> bool {
                let value = i64::from(self);
                let half = 1_i64 << (len - 1);
                let fits = (-half..half).contains(&value);
                if fits {
                    payload.put(start, len, value as u64);
                }
                fits
            }
            fn value(&self) -> FieldValue<'_> {
                FieldValue::Number(i64::from(*self))
            }
        }
    )*};
}
unsigned_field!(u8 u16 u32);
signed_field!(i8 i32);

impl Field for bool {
    #[inline(always)]
    fn read(bits: &impl Bits, start: usize, _len: usize) -> Self {
        bits.unsigned(start, 1) == 1
    }
    fn write(self, payload: &mut Payload, start: usize, _len: usize) -> bool {
        payload.put(start, 1, u64::from(self));
        true
    }
    fn value(&self) -> FieldValue<'_> {
        FieldValue::Number(i64::from(*self))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_reads_back_as_written_at_any_offset() {
        for start in 0..64 {
            for len in 1..=57 {
                let mut payload = Payload::new();
                let value = 0x5a5a_5a5a_5a5a_5a5a_u64 & ((1 << len) - 1);
                payload.put(start, len, value);
                assert_eq!(payload.uint(start, len), value, "{start} {len}");
                assert_eq!(payload.len(), start + len);
            }
        }
    }

    #[test]
    fn a_negative_field_keeps_its_sign() {
        let mut payload = Payload::new();
        assert!((-54_000_000_i32).write(&mut payload, 89, 27));
        assert_eq!(i32::read(&payload, 89, 27), -54_000_000);
        assert!(!(1_i32 << 26).write(&mut payload, 89, 27));
    }

    #[test]
    fn reading_beyond_the_end_gives_zeros() {
        let mut payload = Payload::new();
        payload.put(0, 13, 0x1fff);
        assert_eq!(payload.uint(13, 40), 0);
        assert_eq!(payload.uint(MAX_BITS + 1000, 30), 0);
    }

    #[test]
    fn a_write_beyond_the_buffer_changes_nothing_and_does_not_fail() {
        let mut payload = Payload::new();
        payload.put(MAX_BITS - 2, 8, 0xff);
        assert_eq!(payload.uint(MAX_BITS - 2, 8), 0xc0);
    }
}
