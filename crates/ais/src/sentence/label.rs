//! A short name inside a line, such as a station's, kept without allocating.

/// Up to 23 bytes; longer names are cut, which TAG blocks (IEC 61162-450: 15) never need.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Label {
    bytes: [u8; 23],
    len: u8,
}

impl Label {
    #[inline]
    pub fn of(name: &[u8]) -> Self {
        let mut label = Self::default();
        let name = name.get(..label.bytes.len()).unwrap_or(name);
        label.len = name.len() as u8;
        // Most names have 8 to 16 characters: two words that overlap, without a loop.
        match (name.first_chunk::<8>(), name.last_chunk::<8>()) {
            (Some(first), Some(last)) if name.len() <= 16 => {
                let end = name.len();
                if let Some(to) = label.bytes.first_chunk_mut::<8>() {
                    *to = *first;
                }
                if let Some(to) = label.bytes.get_mut(end - 8..).and_then(|tail| tail.first_chunk_mut::<8>())
                {
                    *to = *last;
                }
            }
            _ => {
                for (to, from) in label.bytes.iter_mut().zip(name) {
                    *to = *from;
                }
            }
        }
        label
    }
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }
    /// All places, zero where the name has ended.
    pub(crate) const fn padded(&self) -> [u8; 23] {
        self.bytes
    }
    /// Stands for the name where names are only told apart; 0 is "not named".
    pub fn key(&self) -> u64 {
        if self.is_empty() {
            return 0;
        }
        let fold = |hash: u64, byte: &u8| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        self.bytes().iter().fold(1, fold).max(1)
    }
    pub fn bytes(&self) -> &[u8] {
        self.bytes.get(..usize::from(self.len)).unwrap_or(&[])
    }
    /// The name, or nothing when it is empty or no text.
    pub fn get(&self) -> Option<&str> {
        std::str::from_utf8(self.bytes()).ok().filter(|name| !name.is_empty())
    }
}

impl std::fmt::Debug for Label {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?}", self.get().unwrap_or(""))
    }
}
