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
        for (to, from) in label.bytes.iter_mut().zip(name) {
            *to = *from;
            label.len += 1;
        }
        label
    }
    pub const fn is_empty(&self) -> bool {
        self.len == 0
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
