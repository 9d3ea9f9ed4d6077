//! Small numbers for texts, in order of first sight, so that the rules index arrays and touch only recent memory.
//! Never slower than logarithmic: texts chosen to collide go to an ordered map.

use std::collections::BTreeMap;

/// Longest text that is its own key; the sixteenth byte holds the length, so that no two texts share a key.
const PACKED: usize = 15;
/// In the sixteenth byte: the rest is the number of a long text.
const LONG: u8 = 0xff;
/// Slots tried before the ordered map.
const PROBES: usize = 24;

/// A text as one number; equal texts have equal keys, and no others.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) struct Key(u128);

impl Key {
    /// The key of no text.
    pub(super) const NONE: Self = Self(u128::MAX);
}

/// The texts longer than 15 bytes, of every column.
#[derive(Debug, Default)]
pub(super) struct LongTexts {
    numbers: BTreeMap<Box<[u8]>, u64>,
}

impl LongTexts {
    #[inline]
    pub(super) fn key(&mut self, text: &[u8]) -> Key {
        let mut bytes = [0; PACKED + 1];
        if let Some(room) = bytes.get_mut(..text.len())
            && text.len() <= PACKED
        {
            room.copy_from_slice(text);
            let [.., last] = &mut bytes;
            *last = text.len() as u8;
            return Key(u128::from_le_bytes(bytes));
        }
        self.long_key(text)
    }

    #[cold]
    fn long_key(&mut self, text: &[u8]) -> Key {
        let next = self.numbers.len() as u64;
        let number = match self.numbers.get(text) {
            Some(number) => *number,
            None => *self.numbers.entry(text.into()).or_insert(next),
        };
        Key(u128::from(number) | u128::from(LONG) << 120)
    }

    pub(super) fn text(&self, key: Key) -> Vec<u8> {
        let [text @ .., length] = key.0.to_le_bytes();
        if length == LONG {
            let long = self.numbers.iter().find(|(_, number)| u128::from(**number) == key.0 << 8 >> 8);
            return long.map(|(text, _)| text.to_vec()).unwrap_or_default();
        }
        text.get(..usize::from(length)).map(<[u8]>::to_vec).unwrap_or_default()
    }
}

#[derive(Debug)]
pub(super) struct Interner {
    /// High 32 bits: hash; low 32 bits: index + 1; 0 is a free slot.
    slots: Vec<u64>,
    keys: Vec<Key>,
    crowded: BTreeMap<Key, u32>,
}

const TAG: u64 = 0xffff_ffff_0000_0000;

#[inline]
fn hash(Key(key): Key) -> u64 {
    let (low, high) = (key as u64, (key >> 64) as u64);
    let mixed = u128::from(low ^ 0x9e37_79b9_7f4a_7c15) * u128::from(high ^ 0xd1b5_4a32_d192_ed03);
    (mixed as u64 ^ (mixed >> 64) as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

impl Interner {
    pub(super) fn with_capacity(expected: usize) -> Self {
        let slots = expected.saturating_mul(2).clamp(64, 1 << 22).next_power_of_two();
        Self { slots: vec![0; slots], keys: Vec::new(), crowded: BTreeMap::new() }
    }

    /// The index of a key, the next free one where it is new. `None` after four thousand million keys.
    #[inline]
    pub(super) fn index(&mut self, key: Key) -> Option<u32> {
        let hash = hash(key);
        let mask = self.slots.len() - 1;
        // The middle bits: the multiplication leaves the low ones weak.
        let mut at = (hash >> 20) as usize & mask;
        for _ in 0..PROBES {
            let slot = *self.slots.get(at)?;
            if slot == 0 {
                let index = self.append(key)?;
                *self.slots.get_mut(at)? = hash & TAG | u64::from(index + 1);
                if self.keys.len() * 2 > self.slots.len() {
                    self.grow();
                }
                return Some(index);
            }
            if (slot ^ hash) & TAG == 0 {
                let index = slot as u32 - 1;
                if self.keys.get(index as usize) == Some(&key) {
                    return Some(index);
                }
            }
            at = (at + 1) & mask;
        }
        self.index_crowded(key)
    }

    pub(super) fn key(&self, index: u32) -> Key {
        self.keys.get(index as usize).copied().unwrap_or(Key::NONE)
    }

    fn append(&mut self, key: Key) -> Option<u32> {
        let index = u32::try_from(self.keys.len()).ok().filter(|index| *index < u32::MAX)?;
        self.keys.push(key);
        Some(index)
    }

    #[cold]
    fn index_crowded(&mut self, key: Key) -> Option<u32> {
        if let Some(index) = self.crowded.get(&key) {
            return Some(*index);
        }
        let index = self.append(key)?;
        self.crowded.insert(key, index);
        Some(index)
    }

    /// Places every key anew: one that was crowded out before may now have a slot of its own.
    #[cold]
    fn grow(&mut self) {
        let mask = self.slots.len() * 2 - 1;
        self.slots = vec![0; mask + 1];
        self.crowded.clear();
        for (index, key) in self.keys.iter().enumerate() {
            let hash = hash(*key);
            let mut at = (hash >> 20) as usize & mask;
            let mut placed = false;
            for _ in 0..PROBES {
                if let Some(slot) = self.slots.get_mut(at).filter(|slot| **slot == 0) {
                    *slot = hash & TAG | (index as u64 + 1);
                    placed = true;
                    break;
                }
                at = (at + 1) & mask;
            }
            if !placed {
                self.crowded.insert(*key, index as u32);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashMap;

    #[test]
    fn every_text_keeps_its_number_through_growth() {
        let (mut interner, mut long) = (Interner::with_capacity(0), LongTexts::default());
        let mut truth: HashMap<String, u32> = HashMap::new();
        for n in 0..20_000u64 {
            let text = match n % 3 {
                0 => format!("{}", n * 7919 % 5000),
                1 => format!("EC{:08}", n * 104_729 % 6000),
                _ => format!("a booking reference of {:06}", n % 3000),
            };
            let next = truth.len() as u32;
            let want = *truth.entry(text.clone()).or_insert(next);
            assert_eq!(interner.index(long.key(text.as_bytes())), Some(want), "{text}");
        }
        for (text, index) in &truth {
            assert_eq!(long.text(interner.key(*index)), text.as_bytes());
        }
    }

    #[test]
    fn no_two_texts_share_a_key() {
        let mut long = LongTexts::default();
        let texts: [&[u8]; 7] =
            [b"a", b"a\0", b"", b"\0", &[0xff; 15], b"sixteen letters.", b"sixteen letters!"];
        for (n, a) in texts.iter().enumerate() {
            for (m, b) in texts.iter().enumerate() {
                assert_eq!(long.key(a) == long.key(b), n == m);
            }
            assert_ne!(long.key(a), Key::NONE);
        }
    }

    #[test]
    fn crowded_keys_are_still_found() {
        let mut interner = Interner::with_capacity(0);
        // Keys whose slots coincide in the smallest table: far more than the probes allow.
        let colliding: Vec<Key> =
            (0..200_000).map(Key).filter(|key| hash(*key) >> 20 & 63 == 7).take(2 * PROBES).collect();
        assert!(colliding.len() > PROBES);
        for round in 0..2 {
            for (n, key) in colliding.iter().enumerate() {
                assert_eq!(interner.index(*key), Some(n as u32), "round {round}");
            }
        }
    }
}
