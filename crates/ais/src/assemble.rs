//! Fragments to whole payloads: any order, interleaved, in a fixed number of slots. A fragment whose companions
//! do not come is given back as lost, never forgotten. Knows no clock: the caller says where and when.

use crate::armour::{ArmourError, unarmour};
use crate::bits::{MAX_BITS, Payload};
use crate::messages::Quality;
use crate::sentence::{Group, Sentence};

/// Fragments a message may have: a count of one digit.
const MAX_PARTS: usize = 9;
const MAX_CHARS: usize = MAX_BITS / 6;

/// How far apart in the input the fragments of one message may lie.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Window {
    pub lines: u64,
    pub micros: i64,
}

impl Default for Window {
    /// A message's fragments leave the receiver together; five seconds allow for networks that delay and reorder.
    /// Without times, lines stand in for them.
    fn default() -> Self {
        Self { lines: 1_000, micros: 5_000_000 }
    }
}

/// Where and when a fragment came.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Arrival<C> {
    pub line: u64,
    pub micros: Option<i64>,
    /// What the caller wants back with the message, such as station and byte offset.
    pub context: C,
}

/// What became of a sentence.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Assembled<C> {
    /// The sentence was the whole message.
    Single,
    /// The sentence was the last fragment missing.
    Whole(Whole<C>),
    /// Waits for its companions.
    Waiting,
}

/// The fragments of a complete payload, in the order of their numbers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Whole<C> {
    arrivals: [Arrival<C>; MAX_PARTS],
    count: u8,
    pub quality: Quality,
}

impl<C> Whole<C> {
    pub fn arrivals(&self) -> &[Arrival<C>] {
        self.arrivals.get(..usize::from(self.count)).unwrap_or(&[])
    }
}

#[derive(Clone)]
struct Slot<C> {
    open: bool,
    /// Stands for the receiving station; 0 while none is named.
    source: u64,
    group: Option<Group>,
    opened: u64,
    micros: Option<i64>,
    count: u8,
    /// Bit n: fragment n is there.
    have: u16,
    fill_bits: u8,
    quality: Quality,
    used: u16,
    parts: [(u16, u16); MAX_PARTS],
    arrivals: [Arrival<C>; MAX_PARTS],
    chars: [u8; MAX_CHARS],
}

impl<C: Copy + Default> Slot<C> {
    fn new() -> Self {
        Self {
            open: false,
            source: 0,
            group: None,
            opened: 0,
            micros: None,
            count: 0,
            have: 0,
            fill_bits: 0,
            quality: Quality::GOOD,
            used: 0,
            parts: [(0, 0); MAX_PARTS],
            arrivals: [Arrival::default(); MAX_PARTS],
            chars: [0; MAX_CHARS],
        }
    }

    fn has(&self, number: u8) -> bool {
        self.have & (1 << number) != 0
    }

    /// `false` when there is no room for its characters.
    fn add(&mut self, sentence: &Sentence<'_>, source: u64, arrival: Arrival<C>) -> bool {
        let start = usize::from(self.used);
        let end = start + sentence.payload.len();
        let Some(to) = self.chars.get_mut(start..end) else { return false };
        to.copy_from_slice(sentence.payload);
        let index = usize::from(sentence.number.saturating_sub(1));
        if let Some(part) = self.parts.get_mut(index) {
            *part = (self.used, end as u16);
        }
        if let Some(place) = self.arrivals.get_mut(index) {
            *place = arrival;
        }
        self.used = end as u16;
        self.have |= 1 << sentence.number;
        self.quality = self.quality.with(sentence.quality);
        if sentence.number == sentence.count {
            self.fill_bits = sentence.fill_bits;
        } else if sentence.fill_bits != 0 {
            self.quality = self.quality.with(Quality::FILL_BITS);
        }
        if self.source == 0 {
            self.source = source;
        }
        if self.group.is_none() {
            self.group = sentence.tag.group;
        }
        if self.micros.is_none() {
            self.micros = arrival.micros;
        }
        true
    }

    fn complete(&self) -> bool {
        self.have.count_ones() == u32::from(self.count)
    }

    fn lose(&mut self, lost: &mut impl FnMut(Arrival<C>)) {
        self.open = false;
        for (index, arrival) in self.arrivals.iter().enumerate() {
            if self.have & (2 << index) != 0 {
                lost(*arrival);
            }
        }
    }
}

/// Puts fragments together. The memory is taken once, at the start.
pub struct Assembler<C> {
    window: Window,
    /// What fragments of one message share, per slot, apart so that looking is quick.
    keys: Vec<u32>,
    slots: Vec<Slot<C>>,
    open: usize,
    swept: u64,
}

impl<C> std::fmt::Debug for Assembler<C> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Assembler({} of {} slots open)", self.open, self.slots.len())
    }
}

/// No sentence has this key: its address has bytes below 128.
const FREE: u32 = u32::MAX;

/// Talker, VDM or VDO, channel, sequence and count.
fn key(sentence: &Sentence<'_>) -> u32 {
    let [a, b, _, _, last] = sentence.address;
    let talker = (u32::from(a & 0x7f) << 8) | (u32::from(b & 0x7f) << 1) | u32::from(last == b'O');
    let sequence = sentence.sequence.map_or(100, u32::from);
    let channel = sentence.channel.map_or(0, |channel| u32::from(channel & 0x7f));
    // 15 + 7 + 10 bits: sequence up to 100 and count up to 9 make at most 1008.
    (talker << 17) | (channel << 10) | (sequence * 10 + u32::from(sentence.count))
}

impl<C: Copy + Default> Assembler<C> {
    pub fn new(slots: usize, window: Window) -> Self {
        let slots = slots.max(1);
        Self { window, keys: vec![FREE; slots], slots: vec![Slot::new(); slots], open: 0, swept: 0 }
    }

    /// Fragments that wait.
    pub fn waiting(&self) -> usize {
        self.slots.iter().filter(|slot| slot.open).map(|slot| slot.have.count_ones() as usize).sum()
    }

    /// Takes one sentence. When it completes a message, `payload` holds its bits. `source` stands for the
    /// station that received it, 0 when it is not named. `lost` gets the fragments that are given up.
    #[inline(always)]
    pub fn push(
        &mut self,
        sentence: &Sentence<'_>,
        source: u64,
        arrival: Arrival<C>,
        payload: &mut Payload,
        lost: &mut impl FnMut(Arrival<C>),
    ) -> Result<Assembled<C>, ArmourError> {
        if sentence.count > 1 {
            return self.fragment(sentence, source, arrival, payload, lost);
        }
        unarmour(sentence.payload, sentence.fill_bits, payload)?;
        Ok(Assembled::Single)
    }

    #[inline(never)]
    fn fragment(
        &mut self,
        sentence: &Sentence<'_>,
        source: u64,
        arrival: Arrival<C>,
        payload: &mut Payload,
        lost: &mut impl FnMut(Arrival<C>),
    ) -> Result<Assembled<C>, ArmourError> {
        self.sweep(&arrival, lost);
        let key = key(sentence);
        let index = match self.companion(key, sentence, source, &arrival) {
            Some(index) => index,
            None => self.claim(key, sentence.count, &arrival, lost),
        };
        let Some(slot) = self.slots.get_mut(index) else { return Ok(Assembled::Waiting) };
        if !slot.add(sentence, source, arrival) {
            slot.lose(lost);
            self.free(index);
            return Err(ArmourError::TooLong);
        }
        if !slot.complete() {
            return Ok(Assembled::Waiting);
        }
        let mut chars = [0; MAX_CHARS];
        let mut used = 0;
        for (start, end) in slot.parts.iter().take(usize::from(slot.count)) {
            let from = slot.chars.get(usize::from(*start)..usize::from(*end)).unwrap_or(&[]);
            if let Some(to) = chars.get_mut(used..used + from.len()) {
                to.copy_from_slice(from);
            }
            used += from.len();
        }
        let whole = Whole { arrivals: slot.arrivals, count: slot.count, quality: slot.quality };
        let fill_bits = slot.fill_bits;
        let read = unarmour(chars.get(..used).unwrap_or(&[]), fill_bits, payload);
        if read.is_err() {
            // The caller refuses the sentence in hand; its companions go the same way.
            let number = sentence.number;
            for (index, other) in whole.arrivals().iter().enumerate() {
                if index + 1 != usize::from(number) {
                    lost(*other);
                }
            }
        }
        self.free(index);
        read.map(|()| Assembled::Whole(whole))
    }

    /// The slot that this fragment belongs to. A group or station named by both must agree; of several that may
    /// be meant, the one that shares most, then the nearest in the sense of [`nearness`].
    fn companion(
        &self,
        key: u32,
        sentence: &Sentence<'_>,
        source: u64,
        arrival: &Arrival<C>,
    ) -> Option<usize> {
        let mut best = None;
        for index in memchr_u32(key, &self.keys) {
            let Some(slot) = self.slots.get(index) else { continue };
            if slot.has(sentence.number) || arrival.line.saturating_sub(slot.opened) > self.window.lines {
                continue;
            }
            if let (Some(then), Some(now)) = (slot.micros, arrival.micros)
                && then.abs_diff(now) > self.window.micros.unsigned_abs()
            {
                continue;
            }
            let same_group = match (slot.group, sentence.tag.group) {
                (Some(one), Some(other)) if one.id != other.id || one.count != other.count => continue,
                (Some(_), Some(_)) => true,
                _ => false,
            };
            if slot.source != 0 && source != 0 && slot.source != source && !same_group {
                continue;
            }
            // The end before the beginning is rare. Far apart, with nothing else to bind them, they are more likely
            // what is left of two messages that lost the other half each.
            let distance = arrival.line.saturating_sub(slot.opened);
            let bound = same_group || (source != 0 && slot.source == source);
            if slot.have > 1 << sentence.number && distance > MOMENT && !bound {
                continue;
            }
            // Names of groups are used again: of two with one name the older has lost its companions.
            let nearest = if same_group { (3, u64::MAX - distance) } else { nearness(distance) };
            let score = (same_group, slot.source == source, nearest);
            if best.is_none_or(|(other, _)| score > other) {
                best = Some((score, index));
            }
        }
        best.map(|(_, index)| index)
    }

    /// A free slot, or that of the fragments that have waited longest.
    fn claim(
        &mut self,
        key: u32,
        count: u8,
        arrival: &Arrival<C>,
        lost: &mut impl FnMut(Arrival<C>),
    ) -> usize {
        let index = match self.keys.iter().position(|key| *key == FREE) {
            Some(index) => index,
            None => {
                let oldest = self.slots.iter().enumerate().min_by_key(|(_, slot)| slot.opened);
                let index = oldest.map_or(0, |(index, _)| index);
                if let Some(slot) = self.slots.get_mut(index) {
                    slot.lose(lost);
                }
                self.free(index);
                index
            }
        };
        if let (Some(slot), Some(place)) = (self.slots.get_mut(index), self.keys.get_mut(index)) {
            *place = key;
            self.open += 1;
            slot.open = true;
            slot.source = 0;
            slot.group = None;
            slot.opened = arrival.line;
            slot.micros = None;
            slot.count = count;
            slot.have = 0;
            slot.fill_bits = 0;
            slot.quality = Quality::GOOD;
            slot.used = 0;
        }
        index
    }

    fn free(&mut self, index: usize) {
        if let (Some(slot), Some(key)) = (self.slots.get_mut(index), self.keys.get_mut(index)) {
            slot.open = false;
            *key = FREE;
            self.open = self.open.saturating_sub(1);
        }
    }

    /// Gives up, now and then, what has left the window.
    fn sweep(&mut self, arrival: &Arrival<C>, lost: &mut impl FnMut(Arrival<C>)) {
        if arrival.line.saturating_sub(self.swept) < 256 || self.open == 0 {
            return;
        }
        self.swept = arrival.line;
        let window = self.window;
        self.give_up(lost, |slot| {
            let late = match (slot.micros, arrival.micros) {
                // Six times the window, so that one station's wrong clock does not end another's message.
                (Some(then), Some(now)) => now.saturating_sub(then) > window.micros.saturating_mul(6),
                _ => false,
            };
            late || arrival.line.saturating_sub(slot.opened) > window.lines
        });
    }

    fn give_up(&mut self, lost: &mut impl FnMut(Arrival<C>), gone: impl Fn(&Slot<C>) -> bool) {
        for (slot, key) in self.slots.iter_mut().zip(&mut self.keys) {
            if slot.open && gone(slot) {
                slot.lose(lost);
                *key = FREE;
                self.open = self.open.saturating_sub(1);
            }
        }
    }

    /// The input is over: every fragment that still waits is lost.
    pub fn finish(&mut self, lost: &mut impl FnMut(Arrival<C>)) {
        self.give_up(lost, |_| true);
    }
}

/// In lines.
const MOMENT: u64 = 64;

/// Which of several open messages a fragment is for, when nothing else tells them apart: the one that the line
/// before began, as a receiver writes fragments one after the other; else, of those begun a moment ago, the
/// first, as a delay keeps the order; else the last begun, since older ones have lost their companion.
fn nearness(distance: u64) -> (u8, u64) {
    match distance {
        0..=1 => (2, 0),
        2..=MOMENT => (1, distance),
        _ => (0, u64::MAX - distance),
    }
}

/// Every place of `key`.
fn memchr_u32(key: u32, keys: &[u32]) -> impl Iterator<Item = usize> + use<'_> {
    keys.iter().enumerate().filter(move |(_, other)| **other == key).map(|(index, _)| index)
}

#[cfg(test)]
mod tests;
